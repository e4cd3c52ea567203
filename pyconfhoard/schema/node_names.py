"""The names of all nodes of a model, for what is said of a name that leads nowhere.

That a path in a ``must`` or ``when`` leads nowhere is no error: it is an empty node-set (RFC 7950 section 6.4). But
it is hardly ever meant. pyang follows the steps from parent to child and back; of a name behind any other
step, ``//`` or a predicate on a node-set, :func:`unknown_names` knows at least whether its module has such
a node at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property
from typing import Final

from pyconfhoard.schema.stmt import Statement
from pyconfhoard.xpath import Expr, LocationPath, NameTest, PathFrom, walk

__all__ = ["NodeNames", "unknown_names"]

_NOT_IN_YANG: Final = frozenset({"attribute", "namespace"})
"""Axes on which there is nothing."""


class NodeNames:
    """Those of some modules, gathered when one is first asked for."""

    def __init__(self, modules: Collection[Statement]) -> None:
        self._modules = modules

    def has(self, module: str, name: str) -> bool:
        """Whether the module has a node of that name."""
        return name in self._all.get(module, ())

    def at_top(self, module: str, name: str) -> bool:
        """Whether such a node stands at the top, be it in a choice or of another module's augment."""
        return (module, name) in self._tops

    def holds_anything(self, module: str, name: str) -> bool:
        """Whether it is anydata or anyxml."""
        return (module, name) in self._any

    def near(self, module: str, name: str) -> str:
        """A word on the name that may have been meant."""
        near = get_close_matches(name, sorted(self._all.get(module, ())), n=1)
        return f"; did you mean {near[0]}?" if near else ""

    @cached_property
    def _all(self) -> Mapping[str, set[str]]:
        found: dict[str, set[str]] = {}
        for module, stmt, _ in self._nodes():
            found.setdefault(module, set()).add(stmt.arg)
        return found

    @cached_property
    def _tops(self) -> set[tuple[str, str]]:
        return {(module, stmt.arg) for module, stmt, top in self._nodes() if top}

    @cached_property
    def _any(self) -> set[tuple[str, str]]:
        return {
            (module, stmt.arg) for module, stmt, _ in self._nodes() if stmt.keyword in {"anydata", "anyxml"}
        }

    def _nodes(self) -> Iterator[tuple[str, Statement, bool]]:
        """Each node with its module, and whether it stands at the top. Those that a deviation removes count."""
        for module in self._modules:
            waiting = [(child, True) for child in _children(module)]
            while waiting:
                stmt, top = waiting.pop()
                selects = stmt.keyword in {"choice", "case"}
                if not selects:
                    yield stmt.i_module.i_modulename, stmt, top
                waiting.extend((child, top and selects) for child in _children(stmt))


def _children(stmt: Statement) -> tuple[Statement, ...]:
    return (*getattr(stmt, "i_children", ()), *getattr(stmt, "i_not_supported", ()))


def unknown_names(
    syntax: Expr, module: str, prefixes: Mapping[str, str], names: NodeNames
) -> Iterator[tuple[str, str]]:
    """Module and name of the steps of an expression that name no node of their module.

    ``module`` is that of names without a prefix.
    """
    found = [
        (prefixes.get(step.test.prefix, "") if step.test.prefix else module, step.test.name)
        for part in walk(syntax)
        if isinstance(part, LocationPath | PathFrom)
        for step in part.steps
        if isinstance(step.test, NameTest) and step.test.name != "*" and step.axis not in _NOT_IN_YANG
    ]
    if not any(names.holds_anything(*each) for each in found):  # what is in there has no model
        yield from (each for each in found if each[0] and not names.has(*each))
