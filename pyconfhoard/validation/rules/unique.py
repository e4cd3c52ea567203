"""``unique`` (RFC 7950 sections 7.8.3 and 15.1), by hash: linear in the entries.

An entry takes part if each leaf exists or has a default in use.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyconfhoard.errors import Fault, Place
from pyconfhoard.schema.nodes import DataNode, List
from pyconfhoard.validation.cursor import DUMMY, Cursor
from pyconfhoard.validation.shapes import Shape

__all__ = ["Unique"]


class Unique:
    """One ``unique`` statement, asked at the parent of the list."""

    __slots__ = ("_paths", "_shape", "node", "place")

    def __init__(self, shape: Shape, node: List, paths: tuple[tuple[str, ...], ...], place: Place) -> None:
        self._shape = shape
        self._paths = paths
        self.node: DataNode = node
        self.place = place

    def check(self, at: Cursor) -> Iterator[Fault]:
        seen: dict[tuple[Any, ...], Cursor] = {}
        for entry in at.each(self._shape):
            values = tuple([self._value(entry, path) for path in self._paths])
            if None in values:
                continue
            first = seen.setdefault(values, entry)
            if first is not entry:
                yield self._fault(first, entry)

    def _value(self, entry: Cursor, path: tuple[str, ...]) -> Any:
        leaf = _leaf(entry, path)
        return None if leaf is None else (type(leaf.value), leaf.value)

    def _fault(self, first: Cursor, second: Cursor) -> Fault:
        found = [(path, _leaf(second, path)) for path in self._paths]
        return Fault(
            "operation-failed",
            f"{', '.join('/'.join(path) for path in self._paths)} must be unique in {self.node.name}; "
            f"{first.path()} has the same",
            str(second.path()),
            app_tag="data-not-unique",
            place=self.place,
            value=", ".join(f"{'/'.join(path)}={leaf.string()}" for path, leaf in found if leaf is not None),
        )


def _leaf(entry: Cursor, path: tuple[str, ...]) -> Cursor | None:
    node = entry
    for member in path:
        shape = node.shape.members.get(member)
        data = None if shape is None else node.data(shape)
        if data is None or data is DUMMY or shape is None:
            return None
        node = Cursor(node.document, node, shape, data, 0)
    return node
