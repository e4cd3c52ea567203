"""Which of the modules read are *implemented* (RFC 7950 section 5.6.5).

A module that is imported for a typedef, grouping or identity adds no data. Implemented are the
modules that were asked for, and from there on every module

* that an implemented one augments or deviates,
* whose data a leafref ``path``, ``must`` or ``when`` of an implemented one names.

The names count where a node uses them, not where they stand: a leafref in a typedef counts for the
module whose leaf has that type. A node that a false ``if-feature`` takes away needs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from pyconfhoard.schema.stmt import Statement, origin_of, prefixes_of, type_chain

__all__ = ["implemented_modules", "names_in"]

_LITERAL: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_PREFIX: Final = re.compile(r"(?<![\w.-])([A-Za-z_][\w.-]*)\s*:(?!:)\s*[A-Za-z_*]", re.ASCII)


def implemented_modules(modules: Mapping[str, Statement], requested: frozenset[str]) -> frozenset[str]:
    """The names of the implemented ones among ``modules``."""
    found: set[str] = set()
    waiting = sorted(requested)
    while waiting:
        name = waiting.pop()
        if name in found or name not in modules:
            continue
        found.add(name)
        waiting.extend(_needed_by(modules[name]) - found)
    return frozenset(found)


def names_in(expression: str) -> set[str]:
    """The prefixes that stand before node names in an XPath expression."""
    return set(_PREFIX.findall(_LITERAL.sub("''", expression)))


def _needed_by(module: Statement) -> set[str]:
    needed: set[str] = set()
    texts = [module]
    for include in module.search("include"):
        submodule = module.i_ctx.get_module(include.arg)
        if submodule is not None:
            texts.append(submodule)
    for text in texts:
        for change in (*text.search("augment"), *text.search("deviation")):
            needed |= _modules_named(change)
            needed |= _conditions(change)
            for child in getattr(change, "i_children", ()):
                needed |= _needed_by_node(child)
    for child in module.i_children:
        needed |= _needed_by_node(child)
    return needed


def _needed_by_node(node: Statement) -> set[str]:
    needed: set[str] = set()
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if hasattr(node, "i_not_implemented"):
            continue
        needed |= _conditions(node)
        for type_stmt in _types(node):
            path = type_stmt.search_one("path")
            if path is not None:
                needed |= _modules_named(path)
        waiting.extend(getattr(node, "i_children", ()))
    return needed


def _types(node: Statement) -> Iterator[Statement]:
    waiting = list(node.search("type"))
    while waiting:
        for link in type_chain(waiting.pop()):
            yield link
            waiting.extend(link.search("type"))


def _conditions(node: Statement) -> set[str]:
    needed: set[str] = set()
    for keyword in ("must", "when"):
        for condition in node.search(keyword):
            needed |= _modules_named(condition)
    return needed


def _modules_named(stmt: Statement) -> set[str]:
    prefixes = prefixes_of(stmt)
    named = {prefixes[prefix] for prefix in names_in(stmt.arg) if prefix in prefixes}
    return named - {origin_of(stmt)} if stmt.keyword in {"augment", "deviation"} else named
