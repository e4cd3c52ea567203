"""``unique`` (RFC 7950 sections 7.8.3 and 15.1), by hash: linear in the entries, and of one that changed, by index.

An entry takes part if each leaf exists or has a default in use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from pyconfhoard.errors import Fault, Place
from pyconfhoard.schema.nodes import DataNode, List
from pyconfhoard.tree import Branch, Entries
from pyconfhoard.validation.cursor import DUMMY, Cursor
from pyconfhoard.validation.index import PageIndex, typed_value
from pyconfhoard.validation.origins import Above
from pyconfhoard.validation.reads import Reader
from pyconfhoard.validation.shapes import Shape

__all__ = ["Unique", "UniqueEntry"]


class Unique:
    """One ``unique`` statement, asked at the parent of the list."""

    keyword: ClassVar[str] = "unique"
    __slots__ = ("leaves", "node", "place", "shape")

    def __init__(self, shape: Shape, node: List, paths: tuple[tuple[str, ...], ...], place: Place) -> None:
        self.shape = shape
        self.leaves = tuple(tuple(_line(shape, path)) for path in paths)
        """The shapes from the entry down to each leaf."""
        self.node: DataNode = node
        self.place = place

    def check(self, at: Cursor) -> Iterator[Fault]:
        seen: dict[tuple[Any, ...], Cursor] = {}
        for entry in at.each(self.shape):
            values = self.values(entry)
            if values is None:
                continue
            first = seen.setdefault(values, entry)
            if first is not entry:
                yield self.fault(first, entry)

    def read(self, reader: Reader) -> None:
        """Nothing: what changes in an entry is asked of :class:`UniqueEntry`."""

    def values(self, entry: Cursor) -> tuple[Any, ...] | None:
        """The values that must be unique together; None if the entry takes no part."""
        found = [_leaf(entry, line) for line in self.leaves]
        values = [typed_value(leaf.value) for leaf in found if leaf is not None]
        return tuple(values) if len(values) == len(found) else None

    def fault(self, first: Cursor, second: Cursor) -> Fault:
        found = [("/".join(shape.member for shape in line), _leaf(second, line)) for line in self.leaves]
        told = [(name, leaf.told()) for name, leaf in found if leaf is not None]
        return Fault(
            "operation-failed",
            f"{', '.join(name for name, _ in found)} must be unique in {self.node.name}; "
            f"{first.path()} has the same",
            str(second.path()),
            app_tag="data-not-unique",
            place=self.place,
            value=", ".join(f"{name}={text}" for name, text in told if text is not None) or None,
        )


class UniqueEntry:
    """The same statement asked at one entry: which entries have what it has? The faults are those that
    :class:`Unique` finds about them."""

    keyword: ClassVar[str] = "unique"
    __slots__ = ("_index", "node", "place", "rule")

    def __init__(self, rule: Unique) -> None:
        self.rule = rule
        self.node = rule.node
        self.place = rule.place
        self._index = PageIndex(self._possible)

    def check(self, at: Cursor) -> Iterator[Fault]:
        for first, second in self.same(at):
            yield self.rule.fault(first, second)

    def same(self, entry: Cursor) -> Iterator[tuple[Cursor, Cursor]]:
        """The first entry with the values of this one, with each of the others in turn."""
        rule, values, above = self.rule, self.rule.values(entry), entry.parent
        entries = None if above is None else above.data(rule.shape)
        if values is None or above is None or not isinstance(entries, Entries):
            return
        found = (
            Cursor(above.document, above, rule.shape, branch, -1)
            for branch in self._index.find(entries, hash(values))
        )
        same = [one for one in found if rule.values(one) == values]
        for second in same[1:]:
            yield same[0], second

    def read(self, reader: Reader) -> None:
        reader.node(*reader.here)
        for line in self.rule.leaves:
            reader.node(line[-1], Above(reader.context.depth))

    def _possible(self, branch: Branch) -> Iterable[int]:
        """The hash of what the entry has to be unique, as if all its defaults were in use."""
        values = tuple([_possible_value(branch, line) for line in self.rule.leaves])
        return () if None in values else (hash(values),)


def _line(shape: Shape, path: tuple[str, ...]) -> Iterator[Shape]:
    for member in path:
        shape = shape.members[member]
        yield shape


def _leaf(entry: Cursor, line: tuple[Shape, ...]) -> Cursor | None:
    node = entry
    for shape in line:
        data = node.data(shape)
        if data is None or data is DUMMY:
            return None
        node = Cursor(node.document, node, shape, data, 0)
    return node


def _possible_value(branch: Branch, line: tuple[Shape, ...]) -> Any:
    data: Any = branch
    for shape in line:
        found = data.members.get(shape.member)
        data = shape.implied if found is None else found
        if data is None:
            return None
    return typed_value(data)
