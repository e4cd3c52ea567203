"""Models written as YANG in the tests, data as RFC 7951 JSON, and XPath asked directly."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path as File
from typing import Any

from pyconfhoard.errors import Fault
from pyconfhoard.schema import load
from pyconfhoard.schema.expression import XPath
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.tree import Branch, Path, decode, parse_path
from pyconfhoard.validation import Validator
from pyconfhoard.validation.cursor import TEXT


@cache
def model(body: str, *more: str) -> Schema:
    """The module ``m`` (prefix and namespace too) with this body, YANG 1.1; ``more`` are whole modules."""
    text = f"module m {{ yang-version 1.1; namespace 'urn:m'; prefix m;\n{body}\n}}\n"
    names = []
    with tempfile.TemporaryDirectory() as folder:
        for source in (text, *more):
            name = source.split("{")[0].split()[1]
            names.append(name)
            File(folder, f"{name}.yang").write_text(source, encoding="utf-8")
        return load(names, folders=[File(folder)])


def data(schema: Schema, raw: dict[str, Any]) -> Branch:
    """A tree; names of ``m`` at the top may go without module."""
    qualified = {name if ":" in name else f"m:{name}": value for name, value in raw.items()}
    made = decode(schema.root, qualified, Path())
    assert isinstance(made, Branch)
    return made


def faults(schema: Schema, raw: dict[str, Any]) -> list[Fault]:
    """What is wrong with a whole tree."""
    outcome = Validator(schema).validate(data(schema, raw))
    assert outcome.total == len(outcome.faults)
    return list(outcome.faults)


def evaluate(schema: Schema, root: Branch, expression: str, at: str = "/") -> Any:
    """The value of an expression at the node of an instance path, which may be there by default only."""
    xpath = XPath(expression, "m", {name: name for name in schema.modules})
    return Validator(schema).evaluate(xpath, root, parse_path(schema, at))


def nodes(schema: Schema, root: Branch, expression: str, at: str = "/") -> list[str]:
    """The instance paths of a node-set; a text node is shown as ``text()`` below its leaf."""
    found = evaluate(schema, root, expression, at)
    assert isinstance(found, list)
    return [f"{node.parent.path}/text()" if node.schema is TEXT else str(node.path) for node in found]
