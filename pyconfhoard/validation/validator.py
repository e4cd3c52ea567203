"""The plain validator: every rule of the model over a whole tree of configuration.

It is the meaning of "valid", linear in the data, and the oracle against which anything cleverer is tested.
:meth:`Validator.check` is what a commit asks; what does not decode or apply never comes here, so types,
keys and structure are right already.

**when.** A node that exists and whose ``when`` is false is deleted, which may turn other ``when`` false: to
a fixed point (RFC 7950 section 8.2, design). A node that the request itself supplies is not deleted but
refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from pyconfhoard.errors import MAX_FAULTS, Fault
from pyconfhoard.schema.nodes import DataNode, Schema, When
from pyconfhoard.tree import Branch, Edit, Entries, Path, Step, apply, get
from pyconfhoard.validation.cursor import Cursor, Place, root_cursor
from pyconfhoard.validation.plan import Plan, Plans
from pyconfhoard.validation.rules import Run

__all__ = ["Checked", "Outcome", "Validator"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """``faults`` in document order, at most the limit; ``total`` counts all. No fault: valid."""

    faults: tuple[Fault, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Checked:
    """An :class:`Outcome`, and ``root`` with all nodes gone whose ``when`` turned false."""

    root: Branch
    faults: tuple[Fault, ...]
    total: int


class Validator:
    """One per schema; holds the compiled rules and nothing of any tree."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._plans = Plans()

    def check(self, base: Branch, edits: Iterable[Edit], root: Branch, revision: int) -> Checked:
        """The verdict on ``root``, which ``edits`` made of the valid ``base``."""
        settled, faults = self.settle(root, revision, tuple(edits))
        if faults:
            return Checked(settled, tuple(faults[:MAX_FAULTS]), len(faults))
        outcome = _outcome(self._walk(settled), MAX_FAULTS)
        return Checked(settled, outcome.faults, outcome.total)

    def validate(self, root: Branch, *, limit: int = MAX_FAULTS) -> Outcome:
        """Check all of ``root``, a whole tree of configuration; a node whose ``when`` is false is a fault here."""
        pass_ = _Pass(self.schema, self._plans)
        false = pass_.false_whens(pass_.root(root), self._plans.of(root.schema))
        return _outcome(chain(map(_false_fault, false), self._walk(root)), limit)

    def _walk(self, root: Branch) -> Iterator[Fault]:
        pass_ = _Pass(self.schema, self._plans)
        return pass_.walk(pass_.root(root), self._plans.of(root.schema))

    def settle(self, root: Branch, revision: int, edits: tuple[Edit, ...] = ()) -> tuple[Branch, list[Fault]]:
        """``root`` without the nodes whose ``when`` is false, and faults for those that ``edits`` supply."""
        while True:
            pass_ = _Pass(self.schema, self._plans)
            false = list(pass_.false_whens(pass_.root(root), self._plans.of(root.schema)))
            if not false:
                return root, []
            faults = [_false_fault(node) for node in false if _supplied(node.path, edits)]
            if faults:
                return root, faults
            root = apply(root, [Edit("remove", node.path) for node in false], revision)


def _outcome(found: Iterable[Fault], limit: int) -> Outcome:
    faults: list[Fault] = []
    total = 0
    for fault in found:
        total += 1
        if len(faults) < limit:
            faults.append(fault)
    return Outcome(tuple(faults), total)


def _supplied(path: Path, edits: tuple[Edit, ...]) -> bool:
    """True when an edit holds the node at ``path`` in its value, or makes it on its way."""
    for edit in edits:
        if edit.operation in {"delete", "remove", "move"}:
            continue
        if edit.path.within(path):
            return True
        if path.within(edit.path) and _holds(edit.value, path.steps[len(edit.path) :], path, edit.path):
            return True
    return False


def _holds(value: Any, rest: tuple[Step, ...], path: Path, at: Path) -> bool:
    if isinstance(value, Branch):
        return get(value, Path(rest)) is not None
    if isinstance(value, Entries) and path.steps[len(at) - 1].key is not None:
        entry = value.get(path.steps[len(at) - 1].key or ())
        return entry is not None and get(entry, Path(rest)) is not None
    return value is not None and not rest


@dataclass(frozen=True, slots=True)
class _False:
    """A child that is there although a condition of it is false."""

    path: Path
    node: DataNode
    when: When


def _false_fault(found: _False) -> Fault:
    return Fault(
        "unknown-element",
        f"{found.node.name} does not exist here: its condition is false: {found.when.xpath.text}",
        str(found.path),
        place=found.when.place,
    )


class _Pass:
    """One walk over one tree."""

    def __init__(self, schema: Schema, plans: Plans) -> None:
        self._plans = plans
        self._run = Run(schema, self._referred)
        self._asking: set[tuple[Place, int]] = set()

    def root(self, branch: Branch) -> Cursor:
        return root_cursor(branch, self._when_true)

    def walk(self, node: Cursor, plan: Plan) -> Iterator[Fault]:
        """The faults at ``node`` and below, in document order."""
        run = self._run
        for rule in plan.own:
            yield from rule.check(node, run)
        for rule in plan.members:
            yield from rule.check(node, run)
        for child in plan.visit:
            below = self._plans.of(child)
            if not below.own and not below.members and not below.visit:
                continue
            for instance in node.instances(child):
                yield from self.walk(instance, below)

    def false_whens(self, node: Cursor, plan: Plan) -> Iterator[_False]:
        """Explicit nodes (lists and leaf-lists as a whole) whose ``when`` is false, the outermost only."""
        for child in plan.conditional:
            if child.member not in node.value.members:
                continue
            below = self._plans.of(child)
            false = next((rule for rule in below.whens if not rule.holds(node, self._run)), None)
            if false is not None:
                yield _False(node.path.child(child), child, false.when)
            elif below.conditional:
                for instance in node.instances(child):
                    yield from self.false_whens(instance, below)

    def _when_true(self, parent: Cursor, child: DataNode) -> bool:
        """For a child that is absent. A condition that depends on itself counts as true (it can change nothing)."""
        whens = self._plans.of(child).whens
        if not whens:
            return True
        key = (parent.place, id(child))
        if key in self._asking:
            return True
        self._asking.add(key)
        try:
            return all(when.holds(parent, self._run) for when in whens)
        finally:
            self._asking.discard(key)

    def _referred(self, node: Cursor) -> list[Cursor]:
        rule = self._plans.of(node.schema).reference
        return [] if rule is None else rule.nodes(node, self._run)
