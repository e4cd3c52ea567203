"""Types and defaults of leaves and leaf-lists, when all nodes stand.

A leafref takes its type from its target, wherever that is. A default value is parsed by the final type, so one that does
not fit is found here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pyconfhoard.schema.compile_nodes import NO_TYPE, fill_in
from pyconfhoard.schema.compile_types import TypeCompiler, default_of, typedef_of, units_of
from pyconfhoard.schema.expression import XPath
from pyconfhoard.schema.faults import Faults
from pyconfhoard.schema.leafrefs import PathError, lead
from pyconfhoard.schema.nodes import DataNode, Inner, Leaf, LeafList
from pyconfhoard.schema.rules import check_condition, check_defaults, check_leafref, check_unlike
from pyconfhoard.schema.statements import Statements
from pyconfhoard.schema.stmt import Statement, module_of, origin_of, prefixes_of
from pyconfhoard.schema.types import Identityref, InvalidValue, Type, Value, parse_default

__all__ = ["LeafCompiler"]


class LeafCompiler:
    """``leaves``: all that there are, with their statements. ``tops``: where paths may begin beside the data tree."""

    def __init__(self, statements: Statements, types: TypeCompiler, faults: Faults) -> None:
        self._types = types
        self._faults = faults
        self._conditional = {
            f"{module_of(stmt)}:{stmt.arg}"
            for module in statements.modules.values()
            for stmt in module.i_identities.values()
            if stmt.search_one("if-feature") is not None
        }
        self.leaves: dict[Leaf | LeafList, Statement] = {}
        self.tops: Mapping[str, Inner] = {}
        self._targets: dict[Leaf | LeafList, Leaf | LeafList] = {}
        """Where leafrefs lead: the last one of each leaf."""
        self._typing: list[Leaf | LeafList] = []
        """The leaves whose type is being compiled: a chain of leafrefs."""
        self._typed: set[Leaf | LeafList] = set()

    def compile(self) -> None:
        """Give each leaf its type, and then its default."""
        for leaf in self.leaves:
            self._compile_type(leaf)
        for leaf, stmt in self.leaves.items():
            self._compile_default(leaf, stmt)

    def _compile_type(self, leaf: Leaf | LeafList) -> Type:
        if leaf not in self._typed:
            stmt = self.leaves[leaf].search_one("type")
            self._typing.append(leaf)
            compiled = self._types.compile(stmt, leaf.module, lambda path, at: self.target(leaf, path, at))
            self._typing.pop()
            fill_in(leaf, "type", compiled)
            if leaf in self._targets:
                check_leafref(stmt, leaf, self._targets[leaf], self._faults)
            self._typed.add(leaf)
        return leaf.type

    def target(self, leaf: DataNode, path: XPath, at: Statement) -> Type:
        """The type of the leaf that a path leads to from ``leaf``."""
        try:
            target = lead(leaf, path, self.tops, self._target_of)
        except PathError as reason:
            self._faults.add(at, f"{leaf.path()}: {reason}")
            return NO_TYPE
        if target in self._typing:
            self._faults.add(at, f"{leaf.path()}: the leafref leads back to itself through {target.path()}")
            return NO_TYPE
        if isinstance(leaf, Leaf | LeafList):
            self._targets[leaf] = target
        return self._compile_type(target)

    def _target_of(self, leaf: Leaf | LeafList) -> DataNode:
        if leaf in self._typing:
            raise PathError(f"deref of {leaf.path()} leads back to itself")
        self._compile_type(leaf)
        if leaf not in self._targets:
            raise PathError(f"{leaf.path()}, the argument of deref, is no leafref")
        return self._targets[leaf]

    def _compile_default(self, leaf: Leaf | LeafList, stmt: Statement) -> None:
        type_stmt = stmt.search_one("type")
        fill_in(leaf, "units", units_of(stmt))
        fill_in(leaf, "typedef", typedef_of(type_stmt))
        defaults = _own_defaults(stmt)
        check_defaults(leaf, defaults, self._faults)
        inherited = default_of(type_stmt)
        # A value that must be given is never supplied (RFC 7950 sections 7.6.1, 7.7.2, 7.8.2);
        # YANG 1 knows no defaults of leaf-lists.
        if isinstance(leaf, Leaf):
            if leaf.is_key:
                return
            if not defaults and inherited is not None and not leaf.mandatory:
                defaults = [inherited]
            for value in self._default_values(leaf, defaults[:1]):
                fill_in(leaf, "default", value)
        else:
            new = stmt.i_orig_module.i_version != "1"
            if not defaults and inherited is not None and leaf.min_elements == 0 and new:
                defaults = [inherited]
            fill_in(leaf, "defaults", tuple(self._default_values(leaf, defaults)))

    def _default_values(self, leaf: Leaf | LeafList, defaults: list[Statement]) -> Iterator[Value]:
        known: set[str] = set()
        for stmt in defaults:
            try:
                value = parse_default(leaf.type, stmt.arg, origin_of(stmt), prefixes_of(stmt))
                if isinstance(leaf.type, Identityref):
                    check_condition(stmt, value, self._conditional, self._faults)
                if isinstance(leaf, LeafList):
                    check_unlike(leaf, stmt, value, known, self._faults)
                yield value
            except InvalidValue as reason:
                message = f"the default of {leaf.path()} does not match its type: {reason.message}"
                self._faults.add(stmt, message, value=stmt.arg, legal=reason.legal)


def _own_defaults(stmt: Statement) -> list[Statement]:
    """The ``default`` statements of a leaf or leaf-list.

    A refine replaces them all (RFC 7950 section 7.13.2); pyang moves its first one only.
    """
    found = list(stmt.search("default"))
    refined = [each.stmt_parent for each in found if each.stmt_parent.keyword == "refine"]
    return list(refined[-1].search("default")) if refined else found
