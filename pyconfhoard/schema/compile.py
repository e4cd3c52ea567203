"""Statements to nodes: the compiler.

pyang has expanded the statements; this turns them into :mod:`nodes`, in three passes:

1. **Nodes**, top down, parents before children. A node is skipped whose ``if-feature`` is false
   (pyang marked it) or whose module is not implemented. ``choice`` and ``case`` disappear from
   the data tree; what they say is handed down to the nodes in them.
2. **Types and defaults** (:mod:`compile_leaves`), when all nodes stand.
3. **Cross references**: the paths of ``unique``.

Nodes are frozen once this module lets go of them; until then it fills in what refers forward.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any, Final, cast

from pyconfhoard.errors import Place
from pyconfhoard.schema.compile_expressions import ExpressionCompiler
from pyconfhoard.schema.compile_leaves import LeafCompiler
from pyconfhoard.schema.compile_nodes import MAKERS, fill_in
from pyconfhoard.schema.compile_types import TypeCompiler
from pyconfhoard.schema.dialect import ANNOTATION, AUGMENT_STRUCTURE, STRUCTURE
from pyconfhoard.schema.faults import Faults
from pyconfhoard.schema.identities import compile_identities
from pyconfhoard.schema.nodes import (
    Case,
    Choice,
    DataNode,
    Inner,
    Leaf,
    LeafList,
    List,
    Module,
    Notification,
    Operation,
    Parameters,
    Root,
    Schema,
    Status,
    Structure,
    Submodule,
    When,
    case_key,
)
from pyconfhoard.schema.rules import (
    check_augment,
    check_change,
    check_choice,
    check_default_case,
    check_keys,
    check_sibling,
    check_structure,
    check_unique,
)
from pyconfhoard.schema.statements import Statements
from pyconfhoard.schema.stmt import Statement, module_of, place_of, resolve, text_of
from pyconfhoard.schema.typedefs import check_typedefs
from pyconfhoard.schema.types import Type

__all__ = ["compile_schema"]

_DATA: Final = frozenset({"container", "list", "leaf", "leaf-list", "anydata", "anyxml"})
_OPERATIONS: Final = frozenset({"rpc", "action"})

_Chain = tuple[When, ...]


def compile_schema(statements: Statements, *, version: int) -> Schema:
    """The schema that the statements mean; ``version`` is the compiler's, part of the fingerprint.

    Raises :class:`ModelError` with every fault found.
    """
    return _Compiler(statements).compile(_fingerprint(statements, version))


class _Compiler:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        self._faults = Faults()
        self._identities = compile_identities(statements.modules, self._faults)
        self._types = TypeCompiler(
            {name: identity.derived for name, identity in self._identities.items()}, self._faults
        )
        self._root = Root(name="", module="", member="", place=Place("", 0), children={})
        self._rpcs: dict[str, Operation] = {}
        self._notifications: dict[str, Notification] = {}
        self._structures: dict[str, Structure] = {}
        self._leaves = LeafCompiler(statements, self._types, self._faults)
        self._expressions = ExpressionCompiler(statements, self._faults)
        self._lists: dict[List, Statement] = {}
        self._choices: dict[Choice, Statement] = {}
        self._made: dict[int, DataNode] = {}
        """Nodes by the identity of their statement, for ``unique``."""

    def compile(self, fingerprint: str) -> Schema:
        modules = {name: self._module(name) for name in self._statements.modules}
        for name in sorted(self._statements.implemented):
            for part in _parts(self._statements.modules[name]):
                for augment in part.search("augment"):
                    check_augment(augment, self._faults)
                for augment in part.search(AUGMENT_STRUCTURE):
                    check_structure(augment, self._faults)
                for change in (*part.search("augment"), *part.search("deviation")):
                    check_change(change, self._statements.modules, self._faults)
            self._fill_top(self._statements.modules[name])
        self._leaves.tops = {**self._notifications, **self._structures}
        self._leaves.compile()
        for node, stmt in self._lists.items():
            self._compile_unique(node, stmt)
        for choice, stmt in self._choices.items():
            check_default_case(stmt, choice, self._faults)
        for module in self._statements.modules.values():
            check_typedefs(_parts(module), self._types, self._faults)
        annotations = dict(self._annotations())
        self._faults.raise_if_any()
        return Schema(
            modules=modules,
            root=self._root,
            rpcs=self._rpcs,
            notifications=self._notifications,
            identities=self._identities,
            fingerprint=fingerprint,
            warnings=tuple(self._expressions.warnings),
            annotations=annotations,
            structures=self._structures,
        )

    # Modules

    def _module(self, name: str) -> Module:
        stmt = self._statements.modules[name]
        deviations = sorted(
            other
            for other in self._statements.implemented
            for part in _parts(self._statements.modules[other])
            if any(_first_module(change) == stmt.arg for change in part.search("deviation"))
        )
        return Module(
            name=stmt.arg,
            revision=stmt.i_latest_revision or "",
            namespace=text_of(stmt, "namespace"),
            prefix=text_of(stmt, "prefix"),
            yang_version=stmt.i_version,
            place=place_of(stmt),
            implemented=name in self._statements.implemented,
            features=self._statements.features[name],
            submodules=tuple(
                Submodule(part.arg, max((each.arg for each in part.search("revision")), default=""))
                for part in stmt.i_merged or _parts(stmt)[1:]
            ),
            deviations=tuple(dict.fromkeys(deviations)),
            organization=text_of(stmt, "organization"),
            contact=text_of(stmt, "contact"),
            description=text_of(stmt, "description"),
        )

    def _annotations(self) -> Iterator[tuple[str, Type]]:
        known: dict[tuple[str, str], Statement] = {}
        for name in sorted(self._statements.implemented):
            for part in _parts(self._statements.modules[name]):
                for stmt in part.search(ANNOTATION):
                    if known.setdefault((name, stmt.arg), stmt) is not stmt:
                        self._faults.add(stmt, f"a second annotation {stmt.arg!r} (RFC 7952 section 3)")
                    elif not hasattr(stmt, "i_not_implemented"):
                        compiled = self._types.compile(
                            stmt.search_one("type"),
                            name,
                            lambda path, at: self._leaves.target(self._root, path, at),
                        )
                        yield f"{name}:{stmt.arg}", compiled

    # First pass: nodes

    def _fill_top(self, module: Statement) -> None:
        stmts = [stmt for stmt in module.i_children if stmt.keyword not in (STRUCTURE, AUGMENT_STRUCTURE)]
        self._fill(self._root, stmts, config=True)
        for stmt in module.i_children:
            if stmt.keyword == STRUCTURE and not self._skipped(stmt):
                name = f"{module_of(stmt)}:{stmt.arg}"
                structure = Structure(
                    **self._common(stmt, self._root, (), config=False),
                    member=name,
                    musts=self._expressions.musts(stmt),
                )
                self._structures[name] = structure
                self._fill(structure, stmt.i_children, config=False)

    def _skipped(self, stmt: Statement) -> bool:
        return hasattr(stmt, "i_not_implemented") or module_of(stmt) not in self._statements.implemented

    def _fill(
        self,
        parent: Inner,
        stmts: list[Statement],
        *,
        config: bool,
        case: Case | None = None,
        conditions: _Chain = (),
    ) -> None:
        """Make the children of ``parent``, or of a ``case`` in it. ``config`` is false in operations
        and notifications, where the statement means nothing."""
        choices: list[Choice] = []
        children: list[DataNode] = []
        for stmt in stmts:
            if self._skipped(stmt):
                continue
            if stmt.keyword == "choice":
                choices.append(self._choice(stmt, parent, case, conditions, config=config))
            elif stmt.keyword in _OPERATIONS:
                self._operation(stmt, parent)
            elif stmt.keyword == "notification":
                self._notification(stmt, parent)
            elif stmt.keyword in _DATA:
                children.append(self._data(stmt, parent, case, conditions, config=config))
        if case is None:
            fill_in(parent, "choices", parent.choices + tuple(choices))
        else:
            nested = [
                child for choice in choices for inner in choice.cases.values() for child in inner.children
            ]
            own = {*children, *nested}
            fill_in(case, "choices", tuple(choices))
            fill_in(case, "children", tuple(node for node in parent.children.values() if node in own))

    def _choice(
        self, stmt: Statement, parent: Inner, case: Case | None, conditions: _Chain, *, config: bool
    ) -> Choice:
        common = self._common(stmt, parent, conditions, config=config, above=True)
        cases: dict[str, Case] = {}
        choice = Choice(
            **common,
            cases=cases,
            default=text_of(stmt, "default"),
            mandatory=text_of(stmt, "mandatory") == "true",
            case=case,
        )
        for branch in stmt.i_children:
            if self._skipped(branch) or (
                _is_shorthand(branch) and all(map(self._skipped, branch.i_children))
            ):
                continue
            of_case = self._common(branch, parent, choice.whens, config=config, above=True)
            made = Case(**of_case, choice=choice)
            cases[case_key(made, cases)] = made
            self._fill(parent, branch.i_children, config=config, case=made, conditions=made.whens)
        check_choice(stmt, self._faults)
        if choice.default not in cases:
            fill_in(choice, "default", "")  # features removed its case
        self._choices[choice] = stmt
        return choice

    def _data(
        self, stmt: Statement, parent: Inner, case: Case | None, conditions: _Chain, *, config: bool
    ) -> DataNode:
        common = self._common(stmt, parent, conditions, config=config)
        name = common["module"]
        common |= {
            "member": stmt.arg if parent.module == name else f"{name}:{stmt.arg}",
            "case": case,
            "mandatory": text_of(stmt, "mandatory") == "true",
            "musts": self._expressions.musts(stmt),
        }
        node = MAKERS[stmt.keyword](stmt, common)
        check_sibling(stmt, parent.children.get(node.member), self._faults)
        # A mapping to those who read it; ours to fill until the schema is made.
        cast(dict[str, DataNode], parent.children)[node.member] = node
        self._made[id(stmt)] = node
        if isinstance(node, Inner):
            self._fill(node, stmt.i_children, config=config)
        if isinstance(node, List):
            self._keys(node)
            check_keys(stmt, node, self._faults)
            self._lists[node] = stmt
        if isinstance(node, Leaf | LeafList):
            self._leaves.leaves[node] = stmt
        return node

    def _keys(self, node: List) -> None:
        children = cast(dict[str, DataNode], node.children)
        others = {name: child for name, child in children.items() if name not in node.keys}
        keys = {name: children[name] for name in node.keys if name in children}
        children.clear()
        children.update(keys | others)
        for key in keys.values():
            fill_in(key, "is_key", True)

    def _operation(self, stmt: Statement, parent: Inner) -> None:
        common = self._common(stmt, parent, (), config=False)
        name = common["module"]
        member = stmt.arg if parent.module == name else f"{name}:{stmt.arg}"
        made: dict[str, Parameters] = {}
        parts = {part.keyword: part for part in stmt.i_children}
        for direction in ("input", "output"):
            part = parts.get(direction)  # None if a deviation removed it
            made[direction] = Parameters(
                name=direction,
                module=name,
                member=direction,
                place=place_of(part or stmt),
                config=False,
                parent=parent,
                musts=self._expressions.musts(part, module=name) if part else (),
                operation=member,
            )
            if part:
                self._fill(made[direction], part.i_children, config=False)
        operation = Operation(**common, input=made["input"], output=made["output"])
        if isinstance(parent, Root):
            self._rpcs[member] = operation
        else:
            fill_in(parent, "actions", {**parent.actions, member: operation})

    def _notification(self, stmt: Statement, parent: Inner) -> None:
        common = self._common(stmt, parent, (), config=False)
        name = common["module"]
        member = stmt.arg if parent.module == name else f"{name}:{stmt.arg}"
        node = Notification(**common, member=member, musts=self._expressions.musts(stmt))
        if isinstance(parent, Root):
            self._notifications[member] = node
        else:
            fill_in(parent, "notifications", {**parent.notifications, member: node})
        self._fill(node, stmt.i_children, config=False)

    def _common(
        self, stmt: Statement, parent: Inner, conditions: _Chain, *, config: bool, above: bool = False
    ) -> dict[str, Any]:
        """The fields of :class:`Node`. ``above``: a ``when`` on it has the parent as context."""
        return {
            "name": stmt.arg,
            "module": module_of(stmt),
            "place": place_of(stmt),
            "config": config and stmt.i_config is not False,
            "status": cast(Status, text_of(stmt, "status", "current")),
            "description": text_of(stmt, "description"),
            "reference": text_of(stmt, "reference"),
            "whens": conditions + tuple(self._expressions.whens(stmt, parent, above=above)),
            "parent": parent,
            "extensions": tuple(
                (f"{each.keyword[0]}:{each.keyword[1]}", each.arg or "")
                for each in stmt.substmts
                if isinstance(each.keyword, tuple)
            ),
        }

    # Third pass: unique

    def _compile_unique(self, node: List, stmt: Statement) -> None:
        """pyang has found the leaves; a constraint on a leaf that features removed never applies."""
        found: list[tuple[tuple[tuple[str, ...], ...], Place]] = []
        for unique, leaves in stmt.i_unique:
            check_unique(unique, leaves, self._faults)
            made = [self._made.get(id(leaf)) for leaf in leaves]
            present = [leaf for leaf in made if leaf is not None]
            if len(present) == len(made):
                found.append((tuple(_steps(leaf, node) for leaf in present), place_of(unique)))
        fill_in(node, "unique", tuple(paths for paths, _ in found))
        fill_in(node, "unique_places", tuple(place for _, place in found))


def _parts(module: Statement) -> list[Statement]:
    """A module and its submodules, however deeply included."""
    found = [module]
    for part in found:
        for include in part.search("include"):
            submodule = module.i_ctx.get_module(include.arg)
            if submodule is not None and submodule not in found:
                found.append(submodule)
    return found


def _first_module(change: Statement) -> str:
    """The module that an augment or deviation changes: that of the first name in its path."""
    return resolve(change, change.arg.strip().lstrip("/").partition("/")[0])[0]


def _is_shorthand(case: Statement) -> bool:
    """Whether pyang made this case up around a node that stands in a choice by itself."""
    return case.stmt_parent.search_one("case", case.arg) is None


def _steps(leaf: DataNode, node: List) -> tuple[str, ...]:
    steps: list[str] = []
    here: DataNode | None = leaf
    while here is not None and here is not node:
        steps.append(here.member)
        here = here.parent
    return tuple(reversed(steps))


def _fingerprint(statements: Statements, version: int) -> str:
    told = {
        "compiler": version,
        "implemented": sorted(statements.implemented),
        "features": statements.features,
        "files": sorted({(source.name, source.revision, source.sha256) for source in statements.sources}),
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
