"""The verdict on a change, at the cost of the change.

A tree that was valid is changed. Only rules that read something which changed can have another verdict now, and
rules at nodes that are new. Both are found from the changes: the triggers of the schema node say which rules
read it, their origins lead to the nodes to ask them at (``dependencies``, ``origins``); what came with all
that is below it is walked through as the plain validator walks through everything.

The faults are those that the plain validator finds, in the same order, each with the edit that caused it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from pyconfhoard.errors import BadInput, Fault, NotFound
from pyconfhoard.schema.nodes import DataNode
from pyconfhoard.tree import Branch, Change, Edit, Path, apply, diff, parse_path
from pyconfhoard.validation.cursor import Cursor, Document
from pyconfhoard.validation.dependencies import Asked, Dependencies, Trigger, Triggers
from pyconfhoard.validation.origins import Named, Origin
from pyconfhoard.validation.rules.unique import UniqueEntry
from pyconfhoard.validation.settle import Settled, false_below, outermost, supplies, supplying
from pyconfhoard.validation.shapes import Shape
from pyconfhoard.validation.spots import Event, Spot, events
from pyconfhoard.validation.walk import walk

__all__ = ["Incremental"]


class Incremental:
    """The triggers of a model, at work."""

    __slots__ = ("_may_fail", "_may_settle", "_names", "dependencies")

    def __init__(self, dependencies: Dependencies) -> None:
        self.dependencies = dependencies
        schema = dependencies.table.schema

        def names(value: Any) -> Iterable[str]:
            """The paths of the node that an instance-identifier names and of all nodes above it."""
            if not isinstance(value, str):
                return ()
            try:
                path = parse_path(schema, value)
            except (BadInput, NotFound):
                return ()
            return [str(Path(path.steps[:size])) for size in range(1, len(path) + 1)]

        self._names: Callable[[Any], Iterable[str]] = names

        def may_settle(shape: Shape) -> bool:
            """Whether a ``when`` is about what happens there, or stands below it."""
            return shape in dependencies.conditional or dependencies.conditions.any(shape)

        def may_fail(shape: Shape) -> bool:
            """The same of all other rules."""
            return shape in dependencies.plans or dependencies.rules.any(shape)

        self._may_settle: Callable[[Shape], bool] = may_settle
        self._may_fail: Callable[[Shape], bool] = may_fail

    # -- when ----------------------------------------------------------------------------------

    def settle(
        self, base: Branch, edits: Sequence[Edit], changes: Iterable[Change], root: Branch, revision: int
    ) -> Settled:
        """``root``, which ``edits`` made of the valid ``base`` by these ``changes``, without nodes whose ``when`` turned
        false."""
        if not self.dependencies.table.root.conditional:
            return Settled(root)
        shape = self.dependencies.table.shape
        supplied = supplying(edits)
        removed: dict[Path, tuple[Path, Fault]] = {}
        while gone := self._false(Document(shape, base), Document(shape, root, settled=False), changes):
            removed |= gone
            removal = [Edit("remove", path) for path in outermost(gone)]
            base, root = root, apply(root, removal, revision)
            changes = diff(base, root, edits=removal)
        faults = (removed[path][1] for path in outermost(removed) if supplies(supplied, path))
        return Settled(root, {path: cause for path, (cause, _) in removed.items()}, tuple(faults))

    def _false(
        self, old: Document, new: Document, changes: Iterable[Change]
    ) -> dict[Path, tuple[Path, Fault]]:
        """The stored nodes of which a ``when`` is false now, each with the change that made it so."""
        found: dict[Path, tuple[Path, Fault]] = {}
        seen: set[Any] = set()
        for event in events(old, new, changes, self._may_settle):
            for asked, context in self._contexts(self.dependencies.conditions, event):
                identity = (asked, context.trail())
                if identity not in seen:
                    seen.add(identity)
                    for fault in asked.rule.check(context):
                        found.setdefault(_path(context, asked), (event.change.path, fault))
            plan = self.dependencies.conditional.get(event.spot.shape)
            if event.deep and event.spot.new is not None and plan is not None:
                for path, fault in false_below(event.spot.new, plan):
                    found.setdefault(path, (event.change.path, fault))
        return found

    # -- all other rules -----------------------------------------------------------------------

    def faults(
        self, base: Branch, changes: Iterable[Change], root: Branch, most: Callable[[int], bool]
    ) -> list[tuple[Fault, Path]] | None:
        """What is wrong with ``root``, which ``changes`` made of the valid ``base``, each fault with the path of
        the change that caused it. None if so many nodes have changed that it is cheaper to look at everything, which
        ``most`` says of a number."""
        shape = self.dependencies.table.shape
        old, new = Document(shape, base), Document(shape, root)
        found = _Found()
        for count, event in enumerate(events(old, new, changes, self._may_fail)):
            if most(count):
                return None
            for asked, context in self._contexts(self.dependencies.rules, event):
                found.ask(asked, context, event)
            self._walk(event, found)
        return found.ordered()

    def _walk(self, event: Event, found: _Found) -> None:
        spot = event.spot
        plan = self.dependencies.plans.get(spot.shape)
        if event.deep and spot.new is not None and plan is not None:
            for rule, context, fault in walk(spot.new, plan):
                found.add(self.dependencies.asked[rule], context, fault, event)

    def _contexts(self, triggers: Triggers, event: Event) -> Iterator[tuple[Asked, Cursor]]:
        spot = event.spot
        listed: Sequence[Trigger] = (
            triggers.below(spot.shape) if event.deep else triggers.at.get(spot.shape, ())
        )
        for trigger in listed:
            if trigger.grows and _still_there(spot, trigger.origin):
                continue
            asked = trigger.asked
            for context in self.dependencies.finder.contexts(trigger.origin, asked.line, spot, self._names):
                yield asked, context


def _still_there(spot: Spot, origin: Origin) -> bool:
    """Whether nothing was lost: it was not there before, or whoever names it, and not its value, still finds it."""
    if spot.old is None:
        return True
    return isinstance(origin, Named) and origin.depth == spot.shape.depth and spot.new is not None


def _path(context: Cursor, asked: Asked) -> Path:
    rule = asked.rule
    return context.path().child(rule.node) if isinstance(rule.node, DataNode) else context.path()


class _Found:
    """Verdicts that were asked for, each node once, and the faults that came of them."""

    __slots__ = ("_faults", "_seen")

    def __init__(self) -> None:
        self._seen: set[Any] = set()
        self._faults: dict[tuple[Any, Fault], tuple[Asked, Cursor, Cursor | None, Event]] = {}

    def ask(self, asked: Asked, context: Cursor, event: Event) -> None:
        identity = (asked, context.trail())
        if identity in self._seen:
            return
        self._seen.add(identity)
        rule = asked.rule
        if isinstance(rule, UniqueEntry):
            for first, second in rule.same(context):
                self.add(asked, context.parent or context, rule.rule.fault(first, second), event, second)
            return
        for fault in rule.check(context):
            self.add(asked, context, fault, event)

    def add(
        self, asked: Asked, context: Cursor, fault: Fault, event: Event, second: Cursor | None = None
    ) -> None:
        self._faults.setdefault((asked, fault), (asked, context, second, event))

    def ordered(self) -> list[tuple[Fault, Path]]:
        """The faults as the plain validator finds them, each with the path of the change that caused it."""
        found = list(self._faults.items())
        if len(found) > 1:
            found.sort(key=_order)
        return [(fault, event.change.path) for (_, fault), (_, _, _, event) in found]


def _order(found: tuple[Any, tuple[Asked, Cursor, Cursor | None, Event]]) -> tuple[int, ...]:
    asked, context, second, _ = found[1]
    order = (*context.order(), -1, asked.rank)
    return order if second is None else (*order, *second.order())
