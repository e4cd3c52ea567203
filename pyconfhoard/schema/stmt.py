"""The questions that we ask a pyang ``Statement``, with what pyang's attributes mean.

``i_module`` is the module or submodule that a node was *expanded* into (for a node from a grouping
that of the ``uses``), ``i_orig_module`` the one whose text holds the statement. Prefixes are those
of the text; the namespace is that of the expansion.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from pyconfhoard.errors import Place

__all__ = [
    "Statement",
    "module_of",
    "origin_of",
    "place_of",
    "prefixes_of",
    "resolve",
    "text_of",
    "tree",
    "type_chain",
]

Statement: TypeAlias = Any
"""A ``pyang.statements.Statement``; pyang has no type hints."""


def place_of(stmt: Statement) -> Place:
    """File (base name) and line of the statement."""
    return Place(stmt.pos.ref, stmt.pos.line)


def module_of(stmt: Statement) -> str:
    """The module in whose namespace the node is; never a submodule."""
    name: str = stmt.i_module.i_modulename
    return name


def origin_of(stmt: Statement) -> str:
    """The module whose text, or whose submodule's, holds the statement."""
    name: str = stmt.i_orig_module.i_modulename
    return name


def prefixes_of(stmt: Statement) -> Mapping[str, str]:
    """What each prefix means in the file that holds the statement: prefix to module name."""
    text = stmt.i_orig_module
    found = {prefix: module for prefix, (module, _) in text.i_prefixes.items()}
    if text.i_prefix is not None:
        found[text.i_prefix] = text.i_modulename  # pyang has the submodule's own name here
    return found


def resolve(stmt: Statement, name: str) -> tuple[str, str]:
    """A possibly prefixed name in the statement's file, as (module, name)."""
    prefix, colon, local = name.partition(":")
    if not colon:
        return origin_of(stmt), name
    return prefixes_of(stmt).get(prefix, ""), local


def text_of(stmt: Statement, keyword: str, default: str = "") -> str:
    """The argument of the first sub-statement of that keyword."""
    found = stmt.search_one(keyword)
    return default if found is None or found.arg is None else str(found.arg)


def tree(stmt: Statement) -> Iterator[Statement]:
    """The statement and all below it, in no particular order."""
    waiting = [stmt]
    while waiting:
        here = waiting.pop()
        yield here
        waiting.extend(here.substmts)


def type_chain(type_stmt: Statement) -> Iterator[Statement]:
    """A ``type`` statement, the one of the typedef that it names, and so on to the built-in type."""
    while True:
        yield type_stmt
        typedef = type_stmt.i_typedef
        if typedef is None:
            return
        type_stmt = typedef.search_one("type")
