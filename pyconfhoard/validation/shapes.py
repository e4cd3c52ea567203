"""What can be known of instance nodes from the schema alone, prepared for navigation.

A :class:`Shape` belongs to one schema node: its children by expanded name, its place among its
siblings, what it counts as when it is absent. Conditions and references are filled in by the
``table`` that compiles them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from pyconfhoard.errors import Place
from pyconfhoard.schema.nodes import AnyData, Case, Container, DataNode, Inner, Leaf, LeafList, List, Root
from pyconfhoard.schema.types import Leafref, Type
from pyconfhoard.tree import Branch

if TYPE_CHECKING:
    from pyconfhoard.validation.cursor import Cursor
    from pyconfhoard.validation.index import PageIndex

__all__ = ["TEXT", "Guard", "Kind", "Shape", "final_type", "make_shapes"]


class Kind(Enum):
    """How the data of a node is held, and thereby how its instances are enumerated."""

    BRANCH = auto()
    LIST = auto()
    LEAF = auto()
    LEAF_LIST = auto()
    ANY = auto()
    TEXT = auto()
    """The text node inside a leaf; it has no schema node of its own."""


Guard: TypeAlias = "Callable[[Cursor, Shape], bool]"
"""A compiled ``when``: may this child of this node exist?"""


class Shape:
    """A schema node, prepared for navigation. Filled while the model is prepared, then left alone."""

    __slots__ = (
        "_below",
        "cases",
        "children",
        "depth",
        "deref",
        "guards",
        "implied",
        "indexes",
        "kind",
        "member",
        "members",
        "named",
        "node",
        "parent",
        "place",
        "type",
    )

    def __init__(self, node: DataNode, place: int, parent: Shape | None = None) -> None:
        self.node = node
        self.parent = parent
        self.depth: int = 0 if parent is None else parent.depth + 1
        """How many steps it is below the root."""
        self.member = node.member
        self.place = place
        """Among its siblings, from 0."""
        self.kind = _kind(node)
        self.type: Type | None = final_type(node.type) if isinstance(node, Leaf | LeafList) else None
        """Of a leaf or leaf-list, leafrefs resolved."""
        self.children: tuple[Shape, ...] = ()
        self.named: dict[tuple[str, str], Shape] = {}
        """The children by (module, name)."""
        self.members: dict[str, Shape] = {}
        """The children by member name."""
        self.implied: Any = _implied(node)
        """What an absent member counts as: a default, an empty container, or None."""
        self.cases: tuple[tuple[tuple[Shape, ...], tuple[Shape, ...], bool], ...] = ()
        """For each case around it: the case's nodes, those of its rivals, is it the default?"""
        self.guards: tuple[Guard, ...] = ()
        self.deref: Callable[[Cursor], list[Cursor]] | None = None
        """For a leafref or an instance-identifier: the nodes it refers to."""
        self.indexes: dict[Shape, PageIndex] = {}
        """Of a leaf or leaf-list: the indexes of the lists above it by its values, as far as they were wanted."""
        self._below: frozenset[tuple[str, str]] | None = None

    @property
    def below(self) -> frozenset[tuple[str, str]]:
        """The (module, name) of everything below; found out when it is first asked for."""
        if self._below is None:
            self._below = frozenset(self.named).union(*[child.below for child in self.children])
        return self._below


def _kind(node: DataNode) -> Kind:
    match node:
        case List():
            return Kind.LIST
        case Inner():
            return Kind.BRANCH
        case Leaf():
            return Kind.LEAF
        case LeafList():
            return Kind.LEAF_LIST
        case AnyData():
            return Kind.ANY
    raise TypeError(f"{node.qname} is no data node")


def _implied(node: DataNode) -> Any:
    match node:
        case Leaf():
            return node.default
        case LeafList():
            return node.defaults or None
        case Container(presence=""):
            return Branch(node, {})
    return None


def final_type(kind: Type) -> Type:
    """The type that gives a leaf its values: that at the end of a chain of leafrefs."""
    return kind.final if isinstance(kind, Leafref) else kind


def make_shapes(root: Inner) -> Shape:
    """The shapes of ``root`` and of all that is below it; gives that of ``root``."""
    top = Shape(root, 0)
    shapes = [top]
    for shape in shapes:
        node = shape.node
        if isinstance(node, Inner):
            shape.children = tuple(
                Shape(child, place, shape) for place, child in enumerate(node.children.values())
            )
            shape.members = {child.member: child for child in shape.children}
            shape.named = {(child.node.module, child.node.name): child for child in shape.children}
            for child in shape.children:
                child.cases = tuple(_rivals(child.node.case, shape.members))
            shapes.extend(shape.children)
    return top


def _rivals(
    case: Case | None, members: dict[str, Shape]
) -> Iterator[tuple[tuple[Shape, ...], tuple[Shape, ...], bool]]:
    while case is not None:
        choice = case.choice
        own = tuple(members[node.member] for node in case.children)
        rivals = (node for other in choice.cases.values() if other is not case for node in other.children)
        yield own, tuple(members[node.member] for node in rivals), choice.default == case.name
        case = choice.case


TEXT: Final = Shape(Root(name="", module="", member="", place=Place("", 0)), 0)
TEXT.kind = Kind.TEXT
"""That of all text nodes."""
