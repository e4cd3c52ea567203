"""``leafref`` (RFC 7950 section 9.9), ``instance-identifier`` (section 9.13), and unions of them.

A leafref's path ``…/X/Y`` is compiled as ``…/X[Y = current()]/Y[. = current()]``, which gives the
nodes that the leafref refers to, and which is a look-up where ``Y`` is the key of the list ``X``, or
its last key if predicates give the others. Whether there is a target at all is answered by that look-up, if
one is possible, or if the path has predicates; else by an index of the values that the path leads to.

In a union a member that refers fits only if its target exists (section 9.12).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Protocol

from pyconfhoard.errors import BadInput, Fault, NotFound, Place
from pyconfhoard.schema.nodes import Leaf, LeafList, List, Schema
from pyconfhoard.schema.types import InstanceIdentifier, Type, Union
from pyconfhoard.schema.types import Leafref as LeafrefType
from pyconfhoard.tree import parse_path
from pyconfhoard.validation.axes import Name
from pyconfhoard.validation.compile import Compiler
from pyconfhoard.validation.cursor import Cursor
from pyconfhoard.validation.expression import as_boolean, nodes_of
from pyconfhoard.validation.index import Index, key_of
from pyconfhoard.validation.narrowed import narrowed
from pyconfhoard.validation.reads import Reader
from pyconfhoard.validation.scope import Scope
from pyconfhoard.validation.shapes import Kind, Shape, final_type
from pyconfhoard.xpath import (
    PARENT,
    SELF,
    LocationPath,
    NameTest,
    PathFrom,
    parse,
)

__all__ = ["Instance", "Reference", "Target", "UnionTarget", "targets_of"]


class Target(Protocol):
    """What a value refers to."""

    required: bool
    """``require-instance``: the target must exist."""

    def nodes(self, at: Cursor) -> list[Cursor]:
        """The nodes that ``at`` refers to, in document order."""

    def exists(self, at: Cursor) -> bool:
        """Whether there is one."""

    def missing(self, at: Cursor) -> str:
        """A sentence that says that there is none."""


class Reference:
    """Asked at a leaf, or at each entry of a leaf-list: does what it refers to exist?"""

    keyword: ClassVar[str] = "type"
    __slots__ = ("node", "place", "target")

    def __init__(self, node: Leaf | LeafList, target: Target) -> None:
        self.node = node
        self.place: Place = node.place
        self.target = target

    def check(self, at: Cursor) -> Iterator[Fault]:
        if not self.target.exists(at):
            yield Fault(
                "data-missing",
                self.target.missing(at),
                str(at.path()),
                app_tag="instance-required",
                place=self.place,
                value=at.told(),
            )

    def read(self, reader: Reader) -> None:
        reader.node(*reader.here)
        reader.references()


def targets_of(shape: Shape, schema: Schema) -> Target | None:
    """What values of this leaf or leaf-list refer to, if they do."""
    node = shape.node
    if not isinstance(node, Leaf | LeafList):
        return None
    return _target(node.type, shape, schema)


def _target(kind: Type, shape: Shape, schema: Schema) -> Target | None:
    match kind:
        case LeafrefType():
            return LeafrefTarget(kind, shape, schema)
        case InstanceIdentifier():
            return Instance(kind, schema)
        case Union():
            members = [(member, _target(member, shape, schema)) for member in _members(kind)]
            return UnionTarget(tuple(members)) if any(target for _, target in members) else None
    return None


def _members(kind: Union) -> Iterator[Type]:
    for member in kind.members:
        if isinstance(member, Union):
            yield from _members(member)
        else:
            yield member


# -- leafref ---------------------------------------------------------------------------------------


class LeafrefTarget:
    """The nodes on a path that have the leafref's value."""

    __slots__ = ("_found", "_index", "_leaf", "_nodes", "_text", "_up", "required")

    def __init__(self, kind: LeafrefType, shape: Shape, schema: Schema) -> None:
        self.required = kind.require_instance
        self._text = kind.path.text
        scope = Scope(kind.path, schema)
        syntax = parse(kind.path.text)
        if not isinstance(syntax, LocationPath | PathFrom):
            syntax = PathFrom(syntax, (SELF,))
        expression = nodes_of(Compiler(scope)(narrowed(syntax)), "a leafref's path")
        self._nodes = expression.run
        self._found = as_boolean(expression)
        self._index: Index | None = None
        """Of the target, from where the way down begins."""
        way = _way(syntax, scope)
        if way is not None and not _is_key(shape, *way):
            self._up, down = way
            start, leaf = _ends(shape, self._up, down)
            if start is not None and leaf is not None:
                self._index, self._leaf = Index(start, leaf), leaf

    def nodes(self, at: Cursor) -> list[Cursor]:
        found: list[Cursor] = self._nodes(at, 1, 1, at)
        return found

    def exists(self, at: Cursor) -> bool:
        if self._index is None:
            return bool(self._found(at, 1, 1, at))
        start: Cursor | None = at.document.root if self._up < 0 else at
        for _ in range(self._up):
            start = start.parent if start is not None else None
        if start is None:
            return False
        return next(self._index.find(start, key_of(self._leaf, at.value)), None) is not None

    def missing(self, at: Cursor) -> str:
        value = at.told()
        what = "what" if value is None else f"{value!r}, which"
        return f"{at.shape.node.name} refers to {what} does not exist at {self._text}"


def _way(path: LocationPath | PathFrom, scope: Scope) -> tuple[int, tuple[Name, ...]] | None:
    """The steps up (-1: from the root) and the names down, if that is all there is to the path."""
    if isinstance(path, PathFrom):
        return None
    up = 0
    while up < len(path.steps) and path.steps[up] == PARENT:
        up += 1
    if path.absolute and up:
        return None
    names: list[Name] = []
    for step in path.steps[up:]:
        if (
            step.axis != "child"
            or step.predicates
            or not isinstance(step.test, NameTest)
            or step.test.name == "*"
        ):
            return None
        names.append((scope.module(step.test.prefix), step.test.name))
    return (-1 if path.absolute else up), tuple(names)


def _is_key(shape: Shape, up: int, down: tuple[Name, ...]) -> bool:
    """Whether the path ends at the only key of a list, and passes no other list."""
    start, leaf = _ends(shape, up, down)
    lists: list[Shape] = []
    above = leaf
    while above is not None and above is not start:
        if above.kind is Kind.LIST:
            lists.append(above)
        above = above.parent
    if leaf is None or len(lists) != 1 or leaf.parent is not lists[0]:
        return False
    node = lists[0].node
    return isinstance(node, List) and node.keys == (leaf.member,)


def _ends(shape: Shape, up: int, down: tuple[Name, ...]) -> tuple[Shape | None, Shape | None]:
    """Where the way down begins, and where it ends."""
    start: Shape | None = shape
    while start is not None and (up > 0 or (up < 0 and start.parent is not None)):
        start, up = start.parent, up - 1 if up > 0 else up
    leaf = start
    for name in down:
        leaf = leaf.named.get(name) if leaf is not None else None
    return start, leaf


# -- instance-identifier ---------------------------------------------------------------------------


class Instance:
    """The node that an instance-identifier names."""

    __slots__ = ("_schema", "required")

    def __init__(self, kind: InstanceIdentifier, schema: Schema) -> None:
        self.required = kind.require_instance
        self._schema = schema

    def nodes(self, at: Cursor) -> list[Cursor]:
        if not isinstance(at.value, str):
            return []
        try:
            path = parse_path(self._schema, at.value)
        except (BadInput, NotFound):
            return []
        found = at.document.root.find(path)
        return [] if found is None else [found]

    def exists(self, at: Cursor) -> bool:
        return bool(self.nodes(at))

    def missing(self, at: Cursor) -> str:
        return f"{at.shape.node.name} refers to an instance that does not exist"


# -- union -----------------------------------------------------------------------------------------


class UnionTarget:
    """Members in their order, each with what its values refer to."""

    __slots__ = ("_members", "required")

    def __init__(self, members: tuple[tuple[Type, Target | None], ...]) -> None:
        self._members = members
        self.required = any(target is not None and target.required for _, target in members)

    def nodes(self, at: Cursor) -> list[Cursor]:
        for kind, target in self._members:
            if final_type(kind).holds(at.value):
                found = [] if target is None else target.nodes(at)
                if found or target is None or not target.required:
                    return found
        return []

    def exists(self, at: Cursor) -> bool:
        return any(
            kind.holds(at.value) and (target is None or not target.required or target.exists(at))
            for kind, target in self._members
        )

    def missing(self, at: Cursor) -> str:
        reasons = [
            target.missing(at)
            for kind, target in self._members
            if target is not None and target.required and kind.holds(at.value)
        ]
        return "; ".join(reasons)
