"""One step of a migration: data without a schema, and rules, to other data without a schema.

All rules read the data before the step. A walk takes each node along to its *spot* in the new data: below the
spot of the node around it, or where a rule puts it. So what no rule names goes where the nodes around it go, rules
may stand inside of one another, and their order means nothing.

1. What goes below something that is there anyway. A list entry keeps being that entry, whatever its list is called.
2. What goes into an entry that a rule names by keys, made if there is none.
3. Defaults, wherever there still is no value.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from pyconfhoard.errors import Fault
from pyconfhoard.migration.expressions import NoNumber, Reader, Trail, Uncompilable
from pyconfhoard.migration.loose import Item, Loose, LooseAny, LooseLeaf, LooseValues, Names
from pyconfhoard.migration.paths import Step, holds
from pyconfhoard.migration.rules import Convert, Default, Drop, Move, Rule, Stage

__all__ = ["Changed", "Kind", "Kinds", "changed", "moved_names"]

Kind: TypeAlias = Literal["container", "presence", "list", "value", "unknown"]
"""What a node of the new data is: a container (``presence``: one that says something by being there), a list, or a leaf and its
like; ``unknown`` to the last model, where a step on the way may know it."""

Kinds: TypeAlias = Callable[[Names], Kind]


@dataclass(slots=True)
class Changed:
    """The data after a step. ``uses`` counts, for each rule, the values that it was applied to."""

    root: Loose
    uses: list[int]
    faults: list[Fault]


def changed(root: Loose, stage: Stage, kinds: Kinds) -> Changed:
    """``root``, which stays as it is, taken through a step. ``kinds`` are those of the last model. Costs its size."""
    walk = _Walk(root, stage, kinds)
    walk.run()
    return Changed(walk.result, walk.uses, walk.faults)


def moved_names(steps: Sequence[Step], stage: Stage) -> tuple[Step, ...] | None:
    """Where the node at a path (with the keys of its entries) is after a step; None where it goes away."""
    table = _Table(stage.rules)
    here: tuple[Step, ...] | None = ()
    for size, step in enumerate(steps, 1):
        rule = table.of_path(steps[:size])
        if isinstance(rule, Drop):
            here = None
        elif isinstance(rule, Move) and not rule.renames:
            known = {one.name: one.keys for one in here or ()}
            here = tuple(
                one if one.keys else Step(one.name, known.get(one.name, ())) for one in rule.to.steps
            )
            here = (*here[:-1], Step(here[-1].name, here[-1].keys or step.keys))
        elif here is not None:
            name = rule.to.steps[-1].name if isinstance(rule, Move) else step.name
            here = (*here, Step(name, step.keys))
    return here


class _Table:
    """The rules that name old nodes, by the names of their paths, the more particular first."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._by_names: dict[Names, list[tuple[int, Rule]]] = {}
        for number, rule in enumerate(rules):
            if not isinstance(rule, Default):
                self._by_names.setdefault(rule.path.names, []).append((number, rule))
        for found in self._by_names.values():
            found.sort(key=lambda one: -sum(len(step.keys) for step in one[1].path.steps))
        self.within = {names[:size] for names in self._by_names for size in range(1, len(names))}
        """The names of nodes that have rules below them."""

    def find(self, names: Names, around: Sequence[Loose | None]) -> tuple[int, Rule] | None:
        """The rule for a node. ``around`` are the entries (None: containers) at each of its names."""
        for number, rule in self._by_names.get(names, ()):
            if all(
                not step.keys or (entry is not None and holds(step.keys, entry))
                for step, entry in zip(rule.path.steps, around, strict=True)
            ):
                return number, rule
        return None

    def of_path(self, steps: Sequence[Step]) -> Rule | None:
        """The same for a path."""
        for _, rule in self._by_names.get(tuple(step.name for step in steps), ()):
            if all(
                set(mine.keys) <= set(theirs.keys)
                for mine, theirs in zip(rule.path.steps, steps, strict=True)
            ):
                return rule
        return None


@dataclass(frozen=True, slots=True)
class _Spot:
    """A place in the new data, which is made when something comes there. ``tag`` tells entries apart: the old entry
    that it was, or the keys that a rule gives it; None for what is no entry."""

    up: _Spot | None
    name: str = ""
    tag: Hashable = None
    keys: tuple[tuple[str, str], ...] = ()

    def chain(self) -> list[_Spot]:
        """From the top, the root itself left out."""
        links: list[_Spot] = []
        spot: _Spot | None = self
        while spot is not None and spot.up is not None:
            links.append(spot)
            spot = spot.up
        return links[::-1]

    @property
    def keyed(self) -> bool:
        """An entry that a rule names is on the way."""
        return bool(self.keys) or (self.up is not None and self.up.keyed)

    def __str__(self) -> str:
        steps = []
        for link in self.chain():
            keys = "".join(f"[{name.partition(':')[2]}='{text}']" for name, text in link.keys)
            steps.append(link.name + keys)
        return "/" + "/".join(steps)


_TOP = _Spot(None)


@dataclass(frozen=True, slots=True)
class _Here:
    """Where the walk is in the old data. ``spot``: where that is in the new (None: nowhere); ``home``: the closest
    around it that is anywhere."""

    names: Names = ()
    around: tuple[Loose | None, ...] = ()
    trail: Trail = ()
    spot: _Spot | None = _TOP
    home: _Spot = _TOP

    def child(self, name: str, entry: Loose | None = None, index: int | None = None) -> _Here:
        return replace(
            self,
            names=(*self.names, name),
            around=(*self.around, entry),
            trail=(*self.trail, (name, index)),
        )

    def at(self, spot: _Spot | None) -> _Here:
        return replace(self, spot=spot, home=spot or self.home)


class _Walk:
    """One step at work."""

    def __init__(self, root: Loose, stage: Stage, kinds: Kinds) -> None:
        self.result = Loose(notes=root.notes)
        self.uses = [0] * len(stage.rules)
        self.faults: list[Fault] = []
        self._old = root
        self._stage = stage
        self._kinds = kinds
        self._table = _Table(stage.rules)
        self._entries: dict[tuple[int, str, Hashable], Loose] = {}
        self._origins: dict[int, Trail] = {id(self.result): ()}
        """By ``id`` of what was made: which old instance it was."""
        self._later: list[Callable[[], None]] = []
        self._reader: Reader | None = None

    def run(self) -> None:
        self._members(self._old, _Here())
        while self._later:
            self._later.pop(0)()
        for number, rule in enumerate(self._stage.rules):
            if isinstance(rule, Default):
                self._default(number, rule, self.result, 0, ())

    # -- the walk ------------------------------------------------------------------------------

    def _members(self, loose: Loose, here: _Here) -> None:
        if here.spot is None and here.names not in self._table.within:
            return
        for name, item in loose.members.items():
            if isinstance(item, list):
                for index, entry in enumerate(item):
                    self._one(entry, here, here.child(name, entry, index), id(entry))
            else:
                self._one(item, here, here.child(name), None)

    def _one(
        self, item: Loose | LooseLeaf | LooseValues | LooseAny, above: _Here, here: _Here, tag: Hashable
    ) -> None:
        """A node that is no list, or one entry of a list."""
        found = self._table.find(here.names, here.around)
        rule: Rule | None = None
        spot = None if above.spot is None else _Spot(above.spot, here.names[-1], tag)
        if found is not None:
            number, rule = found
            if not item.implied:
                self.uses[number] += 1
            spot = self._goal(rule, above, spot, tag)
        if spot is not None and spot.keyed and not above.home.keyed:
            self._later.append(lambda: self._put(item, here.at(spot), rule))
        else:
            self._put(item, here.at(spot), rule)

    def _goal(self, rule: Rule, above: _Here, spot: _Spot | None, tag: Hashable) -> _Spot | None:
        """Where a rule puts a node that would else come to ``spot``."""
        if isinstance(rule, Drop):
            return None
        if isinstance(rule, Move) and rule.renames:
            return None if spot is None else replace(spot, name=rule.to.steps[-1].name)
        if isinstance(rule, Default) or rule.to is None:
            return spot
        steps = rule.to.steps
        goal, taken = _TOP, 0
        for link, step in zip(above.home.chain(), steps[:-1], strict=False):
            if link.name != step.name or (step.keys and step.keys != link.keys):
                break
            goal, taken = link, taken + 1
        names = rule.to.names
        for size, step in enumerate(steps[taken:], taken + 1):
            last = size == len(steps)
            kind = self._kinds(names[:size])
            if kind == "list" and not step.keys and not (last and tag is not None):
                self._fault(rule.to.text, f"say by its keys which entry of {step.name} is meant")
                return None
            # An entry stays one, unless it becomes a container.
            same = tag if last and kind not in {"container", "presence"} else None
            goal = _Spot(goal, step.name, step.keys or same, step.keys)
        return goal

    def _put(self, item: Loose | LooseLeaf | LooseValues | LooseAny, here: _Here, rule: Rule | None) -> None:
        spot = here.spot
        if isinstance(item, Loose):
            if spot is not None and not item.implied:
                made = self._make(spot)
                if made is None:
                    return
                made.stays = made.stays or item.stays
                made.notes = item.notes if made.notes is None else made.notes
                self._origins.setdefault(id(made), here.trail)
            self._members(item, here)
            return
        if spot is None or spot.up is None or (item.implied and spot.keyed):
            return  # what nobody has set makes no entries
        after: Item | None = item
        if isinstance(rule, Convert):
            after = self._converted(item, rule, here)
        if after is None:
            return
        # A default in use is noted for later steps: in what is there, or in an implied container.
        parent = self._make(spot.up, implied=item.implied)
        if parent is None:
            return
        there = parent.members.get(spot.name)
        if there is None or (not isinstance(there, list) and there.implied):
            parent.members[spot.name] = after
        elif not item.implied:
            self._fault(str(spot), "two values come to this one place")

    def _make(self, spot: _Spot, *, implied: bool = False) -> Loose | None:
        """What is at a spot, made if it is not there; None, with a fault, where something else is."""
        if spot.up is None:
            return self.result
        parent = self._make(spot.up, implied=implied)
        if parent is None:
            return None
        item = parent.members.get(spot.name)
        if spot.tag is None:
            if item is None:
                item = parent.members[spot.name] = Loose(stays=False, implied=implied)
            if not isinstance(item, Loose):
                self._fault(str(spot), "it would be two kinds of node at once")
                return None
            item.implied = item.implied and implied
            return item
        if item is None:
            item = parent.members[spot.name] = []
        if not isinstance(item, list):
            self._fault(str(spot), "it would be two kinds of node at once")
            return None
        known = self._entries.get((id(parent), spot.name, spot.tag))
        if known is None:
            known = self._entry(item, spot.keys)
            self._entries[id(parent), spot.name, spot.tag] = known
        return known

    def _entry(self, entries: list[Loose], keys: tuple[tuple[str, str], ...]) -> Loose:
        """The entry with these keys, made if there is none; without keys, a new one."""
        found = next((entry for entry in entries if holds(keys, entry)), None) if keys else None
        if found is None:
            found = Loose({name: LooseLeaf(text, text) for name, text in keys})
            entries.append(found)
        return found

    # -- values --------------------------------------------------------------------------------

    def _converted(self, item: Item, rule: Convert, here: _Here) -> Item | None:
        if isinstance(item, LooseLeaf):
            if item.implied:
                return item
            text = self._text(item.text, rule, here.trail)
            return None if text is None else _leaf(item, text)
        if isinstance(item, LooseValues):
            if item.implied:
                return item
            above, (name, _) = here.trail[:-1], here.trail[-1]
            texts = [
                (value, self._text(value.text, rule, (*above, (name, index))))
                for index, value in enumerate(item.values)
            ]
            values = tuple([_leaf(value, text) for value, text in texts if text is not None])
            return replace(item, values=values) if values else None
        self._fault(str(here.spot), "only the values of a leaf or leaf-list can be converted")
        return item

    def _text(self, text: str, rule: Convert, trail: Trail) -> str | None:
        if not rule.expression:
            return rule.table.get(text, text if rule.otherwise is None else rule.otherwise)
        return self._evaluated(rule.expression, rule.module, trail, str(rule.path))

    def _evaluated(self, expression: str, module: str, trail: Trail, path: str) -> str | None:
        if self._reader is None:
            self._reader = Reader(self._old)
        try:
            return self._reader.value(expression, module, trail)
        except (NoNumber, Uncompilable) as error:
            self._fault(path, f"{error}: {expression}")
            return None

    # -- defaults ------------------------------------------------------------------------------

    def _default(self, number: int, rule: Default, loose: Loose, depth: int, origin: Trail) -> None:
        origin = self._origins.get(id(loose), origin)
        steps = rule.path.steps
        step = steps[depth]
        item = loose.members.get(step.name)
        if depth == len(steps) - 1:
            if item is None or (not isinstance(item, list) and item.implied):
                value = self._value(rule, origin)
                if value is not None:
                    loose.members[step.name] = value
                    self.uses[number] += 1
            return
        for below in self._below(rule, loose, item, step, depth):
            self._default(number, rule, below, depth + 1, origin)

    def _below(
        self, rule: Default, loose: Loose, item: Item | None, step: Step, depth: int
    ) -> Iterator[Loose]:
        if step.keys:
            entries = loose.members.setdefault(step.name, [])
            if isinstance(entries, list):
                yield self._entry(entries, step.keys)
        elif isinstance(item, list):
            yield from list(item)
        elif isinstance(item, Loose):
            item.implied = False
            yield item
        elif item is None and self._kinds(rule.path.names[: depth + 1]) in {"container", "unknown"}:
            made = loose.members[step.name] = Loose(stays=False)
            yield made

    def _value(self, rule: Default, origin: Trail) -> Item | None:
        if rule.expression:
            text = self._evaluated(rule.expression, rule.module, origin, str(rule.path))
            return None if text is None else LooseLeaf(text, text)
        leaves = tuple([LooseLeaf(text, text) for text in rule.values])
        return LooseValues(leaves) if rule.many else leaves[0]

    def _fault(self, path: str, why: str) -> None:
        self.faults.append(Fault("operation-failed", f"{self._stage.file}: {why}", path))


def _leaf(before: LooseLeaf, text: str) -> LooseLeaf:
    """The leaf with another text, which a rule said; itself where that is the same."""
    return before if text == before.text else replace(before, json=text, text=text, refers=False)
