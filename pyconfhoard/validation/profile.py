"""What each rule of a model costs over one tree: the plain validation with a clock beside every rule.

The tree is looked at as :meth:`~pyconfhoard.validation.validator.Validator.validate` does, first the conditions
and then the other rules, and the time of every question is added up by the statement that asks it. How to
read the figures:

* Pages of lists are decoded beforehand: no rule is charged for the disk.
* What several rules share is charged to the first that needs it: an index, or the verdict of a ``when`` on
  which another one depends. A ``when`` is asked of nodes that are stored; whether a default is in use because
  of it, is charged to the rule that wants to know.
* Each question also pays for reading the clock, some tenths of a microsecond.
* :attr:`Profile.nanoseconds` is more than the sum of all rules: it has the walk through the tree, too.

They are those of a whole validation. What one commit costs follows what a rule *reads* instead
(``dependencies``): a cheap rule that every entry asks is no harm, unless one change makes all of them ask.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from pyconfhoard.errors import Place
from pyconfhoard.schema.nodes import Choice, DataNode, Node
from pyconfhoard.tree import Branch, Entries
from pyconfhoard.validation.cursor import Cursor, Document
from pyconfhoard.validation.rules.rule import Rule
from pyconfhoard.validation.rules.when import Condition
from pyconfhoard.validation.settle import settle
from pyconfhoard.validation.shapes import Shape
from pyconfhoard.validation.table import Plan
from pyconfhoard.validation.validator import Validator

__all__ = ["Cost", "Profile", "profile"]

Clock: TypeAlias = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one rule has cost: ``asked`` at so many instances, ``nanoseconds`` in all.

    ``keyword`` is the statement that the rule is or follows from, ``path`` the schema path of the node that
    carries it, and ``places`` where it stands: more than one, for a node with several ``when``.
    """

    keyword: str
    path: str
    places: tuple[Place, ...]
    asked: int
    nanoseconds: int

    @property
    def each(self) -> float:
        """Nanoseconds for one instance; 0 if none was asked."""
        return self.nanoseconds / self.asked if self.asked else 0.0


@dataclass(frozen=True, slots=True)
class Profile:
    """All rules of a model, the costliest first; ``nanoseconds`` is the time of the whole validation."""

    costs: tuple[Cost, ...]
    nanoseconds: int


def profile(validator: Validator, root: Branch, *, clock: Clock = time.perf_counter_ns) -> Profile:
    """The cost of every rule over ``root``; ``clock`` gives nanoseconds. The verdict is not told.

    A rule that nothing in the tree asks is listed, too. Raises what reading ``root`` raises:
    :class:`~pyconfhoard.errors.StoreError` for a page that cannot be read.
    """
    table = validator.table
    _decode(root)
    meters = _Meters(table.root, clock)
    begun = clock()
    meters.conditions(Document(table.shape, root, settled=False).root, table.root)
    between = clock()
    settled = settle(table, root, root.revision, None).root
    resumed = clock()
    meters.rules(Document(table.shape, settled).root, table.root)
    whole = clock() - resumed + between - begun
    return Profile(tuple(sorted(meters.costs(), key=_costliest)), whole)


def _costliest(cost: Cost) -> tuple[int, str, str]:
    return -cost.nanoseconds, cost.path, cost.keyword


def _decode(branch: Branch) -> None:
    for data in branch.members.values():
        if isinstance(data, Branch):
            _decode(data)
        elif isinstance(data, Entries):
            for entry in data.values():
                _decode(entry)


class _Meter:
    """One rule with its clock."""

    __slots__ = ("asked", "nanoseconds", "rule")

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.asked = 0
        self.nanoseconds = 0

    def ask(self, at: Cursor, clock: Clock) -> None:
        begun = clock()
        for _ in self.rule.check(at):
            pass
        self.nanoseconds += clock() - begun
        self.asked += 1

    def cost(self) -> Cost:
        rule = self.rule
        places = (
            dict.fromkeys(when.place for when in rule.node.whens)
            if isinstance(rule, Condition)
            else (rule.place,)
        )
        return Cost(rule.keyword, _path(rule.node), tuple(places), self.asked, self.nanoseconds)


class _Meters:
    """Those of all rules of a table."""

    def __init__(self, root: Plan, clock: Clock) -> None:
        self._clock = clock
        self._rules: dict[Shape, tuple[_Meter, ...]] = {}
        self._conditions: dict[Shape, _Meter] = {}
        plans = [root]
        for plan in plans:
            self._rules[plan.shape] = tuple(_Meter(rule) for rule in plan.rules)
            plans.extend(plan.below)
        plans = [root]
        for plan in plans:
            if plan.shape.guards:
                self._conditions[plan.shape] = _Meter(Condition(plan.shape))
            plans.extend(plan.conditional)

    def rules(self, node: Cursor, plan: Plan) -> None:
        """As ``walk`` goes."""
        for meter in self._rules[plan.shape]:
            meter.ask(node, self._clock)
        for child in plan.below:
            for instance in node.each(child.shape):
                self.rules(instance, child)

    def conditions(self, node: Cursor, plan: Plan) -> None:
        """As ``settle`` goes: what is not stored is not asked, nor what is below a false one."""
        for child in plan.conditional:
            shape = child.shape
            if shape.member not in node.value.members:
                continue
            if shape.guards:
                self._conditions[shape].ask(node, self._clock)
            if child.conditional and node.stored(shape) is not None:
                for instance in node.each(shape):
                    self.conditions(instance, child)

    def costs(self) -> Iterator[Cost]:
        for meters in self._rules.values():
            for meter in meters:
                yield meter.cost()
        for meter in self._conditions.values():
            yield meter.cost()


def _path(node: Node) -> str:
    """Its schema path; that of a choice also names the choices and cases around it."""
    if isinstance(node, DataNode):
        return node.path()
    if isinstance(node, Choice) and node.case is not None:
        return f"{_path(node.case.choice)}/{node.case.name}/{node.name}"
    above = "" if node.parent is None else node.parent.path().rstrip("/")
    return f"{above}/{node.name}"
