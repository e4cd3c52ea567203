"""From the names of modules to a compiled schema: the stages in their order.

Module files are found (:mod:`repository`), read and expanded by pyang (:mod:`statements`), compiled
(:mod:`compile`), and kept (:mod:`cache`). With a warm cache the second and third are not even
imported.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from pyconfhoard.schema.cache import Cache
from pyconfhoard.schema.collection import no_collection
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.schema.repository import PROJECT_YANG, Library

__all__ = ["COMPILER", "load"]

COMPILER: Final = 6
"""Raise it when the same files give another schema: what earlier versions kept then falls."""


def load(
    modules: Sequence[str],
    *,
    folders: Sequence[Path] = (),
    features: Mapping[str, Collection[str]] | None = None,
    cache: Path | None = None,
) -> Schema:
    """The compiled schema of some modules and of what they import.

    ``modules`` are names, or ``name@revision``; their order means nothing. Files are looked for in
    ``folders`` in their order, then among the project's modules, then among those that pyang ships;
    the first folder that has a module decides. ``features`` names the enabled features of some
    modules (all of the others' are on). ``cache`` is a folder for compiled schemas.

    Raises :class:`~pyconfhoard.errors.ModelError` with every fault, each with file and line.
    """
    searched = [Path(folder).absolute() for folder in folders]
    if PROJECT_YANG not in searched and PROJECT_YANG.is_dir():
        searched.append(PROJECT_YANG)
    library = Library.of(searched)
    kept = Cache(cache, modules, searched, features, COMPILER) if cache is not None else None
    if kept is not None:
        schema = kept.load(library)
        if schema is not None:
            return schema

    from pyconfhoard.schema.compile import compile_schema  # noqa: PLC0415  # a warm start imports no pyang
    from pyconfhoard.schema.statements import read  # noqa: PLC0415

    with no_collection():
        statements = read(modules, library, features)
        schema = compile_schema(statements, version=COMPILER)
    if kept is not None:
        kept.keep(schema, statements.sources)
    return schema
