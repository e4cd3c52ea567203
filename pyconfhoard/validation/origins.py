"""From a node that changed back to the nodes at which a rule must be asked again.

A rule is asked at a *context*, and what it reads it finds by a path from there. An *origin* is that path
turned round: it belongs to one read of one rule, and leads from an instance of what is read to the contexts that
may have read it. Origins are found out from the model alone (``reads``).

:class:`Above`
    The path goes up from the context and down again, as ``../high`` does. So: up to the node where it turned,
    and down to all contexts below.
:class:`Chosen`
    On the way down an entry was chosen by what its leaves equal, as ``/device[name = current()/../parent]`` does. So:
    up to the entry, which values it has, which leaves refer to these (by an index), and from there to their
    contexts.
:class:`Named`
    An instance-identifier that names the node, or one below it (by an index).

An origin may lead to more contexts than have read the node, never to fewer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from pyconfhoard.schema.types import Type
from pyconfhoard.validation.cursor import DUMMY, Cursor
from pyconfhoard.validation.index import Index, key_of, typed_value
from pyconfhoard.validation.lookup import values_with_text
from pyconfhoard.validation.shapes import Kind, Shape
from pyconfhoard.validation.spots import Spot

__all__ = ["Above", "Chosen", "Equals", "Finder", "Named", "Origin", "Refers", "fans", "lifted", "reach"]


@dataclass(frozen=True, slots=True)
class Above:
    """The contexts below the node at ``depth`` above what is read."""

    depth: int


@dataclass(frozen=True, slots=True)
class Equals:
    """The entry's ``leaf`` (or the entry, if it is a value itself) has one of these texts."""

    leaf: Shape
    texts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Refers:
    """The entry's ``leaf`` (or the entry, if it is a value itself) has the text of one of these leaves."""

    leaf: Shape
    leaves: tuple[tuple[Shape, Origin], ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Below an entry that passed all of ``tests``; ``outer`` leads back from above the entry."""

    entry: Shape
    tests: tuple[Equals | Refers, ...]
    outer: Origin


@dataclass(frozen=True, slots=True)
class Named:
    """The contexts, which are instance-identifiers, that name the node at ``depth`` or one below it."""

    depth: int


Origin: TypeAlias = Above | Chosen | Named


def lifted(origin: Origin, depth: int) -> Origin:
    """The origin of the node at ``depth`` above one that has ``origin``."""
    match origin:
        case Above(at):
            return origin if at <= depth else Above(depth)
        case Named(at):
            return origin if at <= depth else Named(depth)
        case Chosen(entry, _, outer):
            return origin if entry.depth <= depth else lifted(outer, depth)


def reach(origin: Origin) -> int:
    """How far up the contexts may be: all of them are below the node of that depth above what is read."""
    match origin:
        case Above(depth):
            return depth
        case Named():
            return 0
        case Chosen(_, tests, outer):
            ways = (way for test in tests if isinstance(test, Refers) for _, way in test.leaves)
            return min([reach(outer), *map(reach, ways)])


def fans(origin: Origin, line: tuple[Shape, ...]) -> bool:
    """Whether it leads from one node to the contexts in several entries of a list; ``line`` are the shapes
    from the root to the context."""
    match origin:
        case Above(depth):
            return any(shape.kind in (Kind.LIST, Kind.LEAF_LIST) for shape in line[depth + 1 :])
        case Named():
            return False
        case Chosen(_, tests, outer):
            return fans(outer, line) and not any(
                isinstance(test, Refers) and not any(fans(way, line) for _, way in test.leaves)
                for test in tests
            )


class Finder:
    """Follows origins. One for all rules of a model; it keeps the indexes that it made use of."""

    __slots__ = ("_indexes",)

    def __init__(self) -> None:
        self._indexes: dict[tuple[Shape, Shape, bool], Index] = {}

    def contexts(
        self,
        origin: Origin,
        line: tuple[Shape, ...],
        spot: Spot,
        names: Callable[[str], Iterable[str]] | None = None,
    ) -> Iterator[Cursor]:
        """The contexts, whose shapes from the root are ``line``, that may have read what is at ``spot``.

        ``names`` tells under which paths an instance-identifier is to be found, see :class:`Named`.
        """
        match origin:
            case Above(depth):
                if spot.shape.depth >= depth:
                    yield from _down(spot.up(depth).new, line, depth + 1)
            case Chosen():
                for entry in _entries(spot, origin.entry):
                    yield from self._chosen(origin, line, entry)
            case Named(depth):
                yield from self._named(line, spot.up(depth), names)

    def _chosen(self, origin: Chosen, line: tuple[Shape, ...], entry: Spot) -> Iterator[Cursor]:
        best: list[tuple[Cursor, Origin]] | None = None
        for test in origin.tests:
            kind, values = test.leaf.type, _values(entry, test.leaf)
            if kind is None:
                continue
            if isinstance(test, Equals):
                if not any(kind.text(value) in test.texts for value in values):
                    return
                continue
            found = [
                (cursor, back)
                for leaf, back in test.leaves
                for value in _distinct(values)
                for cursor in self._having(leaf, entry, min(reach(origin.outer), reach(back)), kind, value)
            ]
            if best is None or len(found) < len(best):
                best = found
        if best is None:
            yield from self.contexts(origin.outer, line, entry)
            return
        for cursor, back in best:
            yield from self.contexts(back, line, Spot.of(cursor))

    def _having(self, leaf: Shape, entry: Spot, depth: int, kind: Type, value: Any) -> Iterator[Cursor]:
        """The instances of ``leaf`` that have the text of a value of another leaf's type."""
        top = entry.up(depth)
        if top.new is None or leaf.type is None:
            return
        index = self._index(top.shape, leaf)
        for own in values_with_text(leaf.type, kind, value):
            yield from index.find(top.new, key_of(leaf, own))

    def _index(self, top: Shape, leaf: Shape) -> Index:
        index = self._indexes.get((top, leaf, False))
        if index is None:
            index = self._indexes[top, leaf, False] = Index(top, leaf)
        return index

    def _named(
        self, line: tuple[Shape, ...], spot: Spot, names: Callable[[str], Iterable[str]] | None
    ) -> Iterator[Cursor]:
        node = spot.old or spot.new
        top = spot.up(0).new
        if node is None or top is None or names is None:
            return
        leaf = line[-1]
        index = self._indexes.get((top.shape, leaf, True))
        if index is None:
            index = self._indexes[top.shape, leaf, True] = Index(top.shape, leaf, names)
        yield from index.find(top, str(node.path()))


def _down(node: Cursor | None, line: tuple[Shape, ...], at: int) -> Iterator[Cursor]:
    if node is None:
        return
    if at == len(line):
        yield node
    elif node.value is not DUMMY:
        for child in node.each(line[at]):
            yield from _down(child, line, at + 1)


def _entries(spot: Spot, entry: Shape) -> Iterator[Spot]:
    """The entry that ``spot`` is in, or, where it holds entries, all of them: those that were and those that are."""
    if spot.shape.depth >= entry.depth:
        yield spot.up(entry.depth)
        return
    line: list[Shape] = []
    shape: Shape | None = entry
    while shape is not None and shape is not spot.shape:
        line.append(shape)
        shape = shape.parent
    line.reverse()
    for cursor in _down(spot.old, tuple(line), 0):
        yield Spot.of(cursor, only_old=True, above=spot)
    for cursor in _down(spot.new, tuple(line), 0):
        yield Spot.of(cursor, above=spot)


def _values(entry: Spot, leaf: Shape) -> list[Any]:
    """What the leaf has in the entry, before and after."""
    found: list[Any] = []
    for node in (entry.old, entry.new):
        if node is None:
            continue
        nodes = [node] if leaf is entry.shape else node.select(leaf)
        found += [one.value for one in nodes if one.value is not DUMMY]
    return found


def _distinct(values: list[Any]) -> list[Any]:
    return values if len(values) < 2 else list({typed_value(value): value for value in values}.values())
