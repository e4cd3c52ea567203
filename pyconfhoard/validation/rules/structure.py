"""``mandatory``, ``choice``, ``min-elements``, ``max-elements``: which children a node has.

All are asked at the parent. A child that must exist must do so only where it could: not in a case of
which no node exists (RFC 7950 sections 7.6.5, 7.7.5, 7.9.4), and not if its ``when`` is false. That
the parent exists (non-presence containers do when theirs does) is why the rule is asked there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

from pyconfhoard.errors import Fault, Place
from pyconfhoard.schema.nodes import Choice, DataNode, LeafList, List
from pyconfhoard.validation.cursor import Cursor
from pyconfhoard.validation.origins import Above
from pyconfhoard.validation.reads import Reader
from pyconfhoard.validation.shapes import Shape

__all__ = ["Cases", "Mandatory", "MaxElements", "MinElements"]


def _expected(at: Cursor, shape: Shape) -> bool:
    """Whether a child that must exist must exist here."""
    if shape.cases and not at.any_stored(shape.cases[0][0]):
        return False
    return not shape.guards or at.document.allows(at, shape, pending=False)


def _read_expected(reader: Reader, shape: Shape) -> None:
    """What :func:`_expected` depends on, and the child itself."""
    here = Above(reader.context.depth)
    reader.node(*reader.here)
    for own in shape.cases[0][0] if shape.cases else (shape,):
        reader.node(own, here)
    reader.conditions(shape, here)


class Mandatory:
    """``mandatory true`` of a leaf, anydata or anyxml (sections 7.6.5, 7.10 and 7.11)."""

    keyword: ClassVar[str] = "mandatory"
    __slots__ = ("_shape", "node", "place")

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self.node: DataNode = shape.node
        self.place: Place = shape.node.place

    def check(self, at: Cursor) -> Iterator[Fault]:
        if at.stored(self._shape) is None and _expected(at, self._shape):
            yield Fault(
                "data-missing",
                f"{self.node.name} is mandatory in {at.shape.node.name or 'the datastore'}",
                str(at.path().child(self.node)),
                place=self.place,
            )

    def read(self, reader: Reader) -> None:
        _read_expected(reader, self._shape)


class MinElements:
    """``min-elements`` (section 7.7.5)."""

    keyword: ClassVar[str] = "min-elements"
    __slots__ = ("_least", "_shape", "node", "place")

    def __init__(self, shape: Shape, node: List | LeafList) -> None:
        self._shape = shape
        self._least = node.min_elements
        self.node: DataNode = node
        self.place: Place = node.place

    def check(self, at: Cursor) -> Iterator[Fault]:
        count = at.count(self._shape)
        if count < self._least and (count or _expected(at, self._shape)):
            yield _count(at, self.node, self.place, count, "least", self._least, "too-few-elements")

    def read(self, reader: Reader) -> None:
        _read_expected(reader, self._shape)


class MaxElements:
    """``max-elements`` (section 7.7.6)."""

    keyword: ClassVar[str] = "max-elements"
    __slots__ = ("_most", "_shape", "node", "place")

    def __init__(self, shape: Shape, node: List | LeafList, most: int) -> None:
        self._shape = shape
        self._most = most
        self.node: DataNode = node
        self.place: Place = node.place

    def check(self, at: Cursor) -> Iterator[Fault]:
        count = at.count(self._shape)
        if count > self._most:
            yield _count(at, self.node, self.place, count, "most", self._most, "too-many-elements")

    def read(self, reader: Reader) -> None:
        reader.node(*reader.here)
        reader.node(self._shape, Above(reader.context.depth))


def _count(
    at: Cursor, node: DataNode, place: Place, count: int, word: str, bound: int, app_tag: str
) -> Fault:
    return Fault(
        "operation-failed",
        f"{node.name} has {count} {'entry' if count == 1 else 'entries'}; at {word} {bound} must it have",
        str(at.path().child(node)),
        app_tag=app_tag,
        place=place,
    )


class Cases:
    """A choice: nodes of one case at most (section 7.9), and of one at least if it is mandatory
    (section 7.9.4)."""

    keyword: ClassVar[str] = "choice"
    __slots__ = ("_cases", "_conditions", "_outer", "choice", "node", "place")

    def __init__(
        self, parent: Shape, choice: Choice, conditions: tuple[Callable[[Cursor], bool], ...]
    ) -> None:
        self.choice = choice
        self.node = choice
        self.place: Place = choice.place
        self._cases = tuple(
            tuple(parent.members[node.member] for node in case.children) for case in choice.cases.values()
        )
        outer = choice.case
        self._outer = tuple(parent.members[node.member] for node in outer.children) if outer else None
        self._conditions = conditions

    def check(self, at: Cursor) -> Iterator[Fault]:
        chosen = [shapes for shapes in self._cases if at.any_stored(shapes)]
        if len(chosen) > 1:
            yield self._both(at, *chosen[:2])
        if chosen or not self.choice.mandatory:
            return
        if self._outer is not None and not at.any_stored(self._outer):
            return
        if all(holds(at) for holds in self._conditions):
            words = tuple(self.choice.cases)
            yield Fault(
                "data-missing",
                f"one of {', '.join(words)} is needed (choice {self.choice.name})",
                str(at.path()),
                app_tag="missing-choice",
                place=self.place,
                legal=words,
            )

    def read(self, reader: Reader) -> None:
        reader.node(*reader.here)
        for shapes in (*self._cases, self._outer or ()):
            for shape in shapes:
                reader.node(shape, Above(reader.context.depth))
        for when in self.choice.whens if self.choice.mandatory else ():
            reader.expression(when.xpath, reader.here)

    def _both(self, at: Cursor, one: tuple[Shape, ...], other: tuple[Shape, ...]) -> Fault:
        first, second = (
            next(shape.node for shape in shapes if at.stored(shape) is not None) for shapes in (one, other)
        )
        return Fault(
            "bad-element",
            f"{second.name} and {first.name} exclude each other (choice {self.choice.name})",
            str(at.path().child(second)),
            place=self.place,
        )
