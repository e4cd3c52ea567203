"""Where something changed: one place, with the node that was there before and the one that is there now.

:func:`events` turns the changes between two trees (``tree.diff``) into events of the accessible tree. What
says nothing by being there, a container without presence, counts as its members; what it tells by
its members (that a case is chosen) is an event of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pyconfhoard.schema.nodes import Container
from pyconfhoard.tree import Branch, Change, Path, Step
from pyconfhoard.tree.branch import same
from pyconfhoard.validation.cursor import Cursor, Document
from pyconfhoard.validation.shapes import Kind, Shape

__all__ = ["Event", "Spot", "events"]


class Spot:
    """``old`` and ``new`` are the nodes at one place in two accessible trees; None where there is none."""

    __slots__ = ("above", "new", "old", "shape")

    def __init__(self, shape: Shape, above: Spot | None, old: Cursor | None, new: Cursor | None) -> None:
        self.shape = shape
        self.above = above
        self.old = old
        self.new = new

    def up(self, depth: int) -> Spot:
        """The spot above that is at ``depth``; this one, if it is not deeper."""
        spot = self
        while spot.shape.depth > depth and spot.above is not None:
            spot = spot.above
        return spot

    def down(self, step: Step) -> Spot:
        """The spot of a child."""
        shape = self.shape.members[step.name]
        return Spot(shape, self, _child(self.old, shape, step.key), _child(self.new, shape, step.key))

    @classmethod
    def of(cls, node: Cursor, *, only_old: bool = False, above: Spot | None = None) -> Spot:
        """A spot at which nothing changed, or (``only_old``) only the old tree is known. ``above`` is one of those
        above it, if it is known."""
        if above is not None and node.shape is above.shape:
            return above
        parent = node.parent
        over = None if parent is None else cls.of(parent, only_old=only_old, above=above)
        return cls(node.shape, over, node, None if only_old else node)


class Event:
    """Something came, went, changed its value or its place at a spot. ``deep``: it came or went with all that is
    below it. ``change`` is the change of the tree that it is part of."""

    __slots__ = ("change", "deep", "spot")

    def __init__(self, spot: Spot, change: Change, *, deep: bool = False) -> None:
        self.spot = spot
        self.change = change
        self.deep = deep


def _child(parent: Cursor | None, shape: Shape, key: tuple[Any, ...] | None) -> Cursor | None:
    if parent is None:
        return None
    if shape.kind is Kind.LIST:
        return None if key is None else parent.entry(shape, key)
    if shape.kind is Kind.LEAF_LIST:
        values = parent.select(shape) if key is not None else ()
        return next((one for one in values if key is not None and same(one.value, key[0])), None)
    return next(iter(parent.select(shape)), None)


def events(
    old: Document,
    new: Document,
    changes: Iterable[Change],
    concerned: Callable[[Shape], bool] = lambda shape: True,
) -> Iterator[Event]:
    """What happened between two accessible trees of the same model; ``concerned`` says of a node of the model whether
    anybody wants to know what happens to it and below it."""
    way: list[tuple[Step, Spot]] = []
    root = Spot(new.root.shape, None, old.root, new.root)
    for change in changes:
        if change.kind == "modified" and isinstance(change.new, Branch):
            continue  # of its annotations only
        if not concerned(_shape(root.shape, change.path)):
            continue
        spot = _follow(root, way, change.path)
        if spot.shape.kind is Kind.LEAF_LIST and spot.above is not None:
            yield from _values(spot.above, spot.shape, change, _defaults(spot.above, spot.shape))
        if change.kind == "deleted":
            yield from _whole(spot, change, change.old)
        elif change.kind == "created":
            yield from _whole(spot, change, change.new)
        elif spot.shape.kind is Kind.LEAF_LIST and change.path.last.key is None:
            yield from _values(spot.above or spot, spot.shape, change, (*change.old, *change.new))
        else:
            yield Event(spot, change)


def _shape(shape: Shape, path: Path) -> Shape:
    for step in path.steps:
        shape = shape.members[step.name]
    return shape


def _follow(spot: Spot, way: list[tuple[Step, Spot]], path: Path) -> Spot:
    """The spot at a path, found from the one before it: most changes stand beside one another."""
    shared = 0
    for (known, _), step in zip(way, path.steps, strict=False):
        if known is not step:
            break
        shared += 1
    del way[shared:]
    if way:
        spot = way[-1][1]
    for step in path.steps[shared:]:
        spot = spot.down(step)
        way.append((step, spot))
    return spot


def _whole(spot: Spot, change: Change, value: Any) -> Iterator[Event]:
    """Something that came or went."""
    node = spot.shape.node
    if isinstance(value, Branch):
        deep = not isinstance(node, Container) or bool(node.presence)
        yield Event(spot, change, deep=deep)
        if not deep:
            for name, member in value.members.items():
                yield from _member(spot, spot.shape.members[name], member, change)
    elif spot.shape.kind is Kind.LEAF_LIST and type(value) is tuple and change.path.last.key is None:
        yield from _values(spot.above or spot, spot.shape, change, value)
    else:
        yield Event(spot, change)


def _member(above: Spot, shape: Shape, value: Any, change: Change) -> Iterator[Event]:
    if shape.kind is Kind.LIST:
        for key in value:
            yield Event(above.down(Step.of(shape.node, key)), change, deep=True)
    elif shape.kind is Kind.LEAF_LIST:
        yield from _values(above, shape, change, (*value, *_defaults(above, shape)))
    else:
        yield from _whole(above.down(Step.of(shape.node)), change, value)


def _values(above: Spot, shape: Shape, change: Change, values: Iterable[Any]) -> Iterator[Event]:
    """Each of these values of a leaf-list."""
    for value in values:
        yield Event(above.down(Step.of(shape.node, (value,))), change)


def _defaults(above: Spot, shape: Shape) -> tuple[Any, ...]:
    """The default values of a leaf-list, if they came into use or went out of it because it has values now, or none."""
    if shape.implied is None:
        return ()
    stored = (node is not None and shape.member in node.value.members for node in (above.old, above.new))
    return shape.implied if len(set(stored)) > 1 else ()
