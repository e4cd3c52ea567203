"""Modules written in a test, and what they compile to."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from textwrap import dedent

from pyconfhoard.schema import load
from pyconfhoard.schema.nodes import Schema


def module(name: str, body: str, *, version: str = "1.1") -> str:
    """A module with the prefix of its first letter."""
    return (
        f'module {name} {{\n  yang-version {version};\n  namespace "urn:test:{name}";\n  prefix {name[0]};\n'
        + dedent(body)
        + "\n}\n"
    )


def write(folder: Path, *texts: str) -> Path:
    """Write modules and submodules to files named after them."""
    folder.mkdir(parents=True, exist_ok=True)
    for text in texts:
        found = re.match(r"\s*(?:sub)?module\s+([\w.-]+)", text)
        assert found
        (folder / f"{found[1]}.yang").write_text(text)
    return folder


def compiled(
    folder: Path,
    *texts: str,
    modules: Collection[str] = (),
    features: Mapping[str, Collection[str]] | None = None,
) -> Schema:
    """The schema of ``modules``, by default of all of the texts that are modules."""
    write(folder, *texts)
    names = modules or [
        found[1] for text in texts if (found := re.match(r"\s*module\s+([\w.-]+)", text)) is not None
    ]
    return load(list(names), folders=[folder], features=features)
