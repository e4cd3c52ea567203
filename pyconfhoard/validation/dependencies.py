"""Which rules a change can touch: for each schema node the rules that read it, found out once for a model.

What :mod:`reads <pyconfhoard.validation.reads>` notes of every rule is turned round here, into triggers by schema
node. A trigger says which rule to ask again when an instance of the node comes, goes or changes, and how
to get from there to the nodes that it is to be asked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from pyconfhoard.schema.nodes import List, Schema
from pyconfhoard.validation.origins import Above, Chosen, Equals, Finder, Origin, fans, reach
from pyconfhoard.validation.reads import Reader
from pyconfhoard.validation.rules.must import Must
from pyconfhoard.validation.rules.rule import Rule
from pyconfhoard.validation.rules.unique import Unique, UniqueEntry
from pyconfhoard.validation.rules.when import Condition
from pyconfhoard.validation.shapes import Kind, Shape
from pyconfhoard.validation.table import Plan, RuleTable

__all__ = ["Asked", "Dependencies", "Trigger", "Triggers"]


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A rule with where it is asked. ``rank`` is its place among all rules asked at one node."""

    rule: Rule
    line: tuple[Shape, ...]
    """From the root to the nodes at which it is asked."""
    rank: int
    searches: tuple[Shape, ...]
    """The lists of which it may look at every entry."""


@dataclass(frozen=True, slots=True)
class Trigger:
    asked: Asked
    origin: Origin
    grows: bool
    """Only what goes matters."""


class Triggers:
    """By schema node."""

    __slots__ = ("_below", "_reads", "at")

    def __init__(self) -> None:
        self.at: dict[Shape, list[Trigger]] = {}
        self._below: dict[Shape, tuple[Trigger, ...]] = {}
        self._reads: dict[Shape, bool] = {}

    def add(self, rule: Rule, context: Shape, rank: int, schema: Schema) -> Asked:
        reader = Reader(schema, context)
        rule.read(reader)
        asked = Asked(rule, reader.line, rank, tuple(reader.searches))
        for read in reader.reads:
            self.at.setdefault(read.shape, []).append(Trigger(asked, read.origin, read.grows))
        return asked

    def below(self, shape: Shape) -> tuple[Trigger, ...]:
        """Those for an instance that comes or goes with all that is below it.

        Of the contexts inside nothing is said: they are new, or gone. Of an entry that comes, whether it is
        unique must be asked nevertheless.
        """
        found = self._below.get(shape)
        if found is None:
            kept: dict[tuple[Asked, Origin], Trigger] = {}
            for trigger in self._in(shape):
                inside = reach(trigger.origin) >= shape.depth
                if inside and not (
                    isinstance(trigger.asked.rule, UniqueEntry) and trigger.asked.line[-1] is shape
                ):
                    continue
                known = kept.get((trigger.asked, trigger.origin))
                if known is None or known.grows:
                    kept[trigger.asked, trigger.origin] = trigger
            found = self._below[shape] = tuple(kept.values())
        return found

    def any(self, shape: Shape) -> bool:
        """Whether there is one for the node or for anything below it."""
        found = self._reads.get(shape)
        if found is None:
            found = self._reads[shape] = next(self._in(shape), None) is not None
        return found

    def _in(self, shape: Shape) -> Iterator[Trigger]:
        yield from self.at.get(shape, ())
        for child in shape.children:
            yield from self._in(child)


class Dependencies:
    """All triggers of a model: ``rules`` for its rules, ``conditions`` for ``when``."""

    def __init__(self, table: RuleTable) -> None:
        self.table = table
        self.finder = Finder()
        self.rules = Triggers()
        self.conditions = Triggers()
        self.plans: dict[Shape, Plan] = {}
        self.asked: dict[Rule, Asked] = {}
        plans = [table.root]
        for plan in plans:
            self.plans[plan.shape] = plan
            plans.extend(plan.below)
            for rank, rule in enumerate(plan.rules):
                self.asked[rule] = self.rules.add(rule, plan.shape, rank, table.schema)
                if isinstance(rule, Unique):
                    self.rules.add(UniqueEntry(rule), rule.shape, rank, table.schema)
        self.conditional: dict[Shape, Plan] = {}
        plans = [table.root]
        for plan in plans:
            self.conditional[plan.shape] = plan
            plans.extend(plan.conditional)
            for rank, child in enumerate(plan.conditional):
                if child.shape.guards:
                    self.conditions.add(Condition(child.shape), plan.shape, rank, table.schema)

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """For each must and ``when`` that a change may make expensive: where it stands, and why.

        It is so where a change in one entry of a list may have to be checked in all entries of one, and where one
        verdict may have to look at all entries.
        """
        found: dict[str, None] = {}
        for triggers in (self.rules, self.conditions):
            for shape, list_ in triggers.at.items():
                for trigger in list_:
                    if isinstance(trigger.asked.rule, Must | Condition):
                        reason = _reason(shape, trigger)
                        if reason:
                            found[_told(trigger.asked, reason)] = None
            for asked in {trigger.asked: None for list_ in triggers.at.values() for trigger in list_}:
                if isinstance(asked.rule, Must | Condition) and asked.searches:
                    names = ", ".join(shape.node.path() for shape in asked.searches)
                    found[_told(asked, f"it may have to look at every entry of {names}")] = None
        return tuple(sorted(found))


def _reason(shape: Shape, trigger: Trigger) -> str:
    """Why one change may have to be checked at many nodes; empty if it need not."""
    origin, line = trigger.origin, trigger.asked.line
    if not fans(origin, line):
        return ""
    depth = origin.depth if isinstance(origin, Above) else reach(origin)
    named = _named(origin)
    above, many = shape, ""
    while above.depth > depth and above.parent is not None:
        many = above.node.path() if above.kind is Kind.LIST and above is not named else many
        above = above.parent
    return f"a change in any entry of {many} is checked at all of {line[-1].node.path()}" if many else ""


def _named(origin: Origin) -> Shape | None:
    """The list of which the model names the one entry that counts."""
    if not isinstance(origin, Chosen) or not isinstance(origin.entry.node, List):
        return None
    keys = origin.entry.node.keys
    named = any(isinstance(test, Equals) and test.leaf.member in keys for test in origin.tests)
    return origin.entry if named and len(keys) == 1 else None


def _told(asked: Asked, reason: str) -> str:
    rule = asked.rule
    return f"{rule.place}: {rule.keyword} at {asked.line[-1].node.path()} costs more in a larger datastore: {reason}"
