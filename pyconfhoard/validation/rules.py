"""One small rule per keyword: each looks at one place and yields what is wrong there.

A rule is made once per schema node, knows its statement's place in the model, and keeps nothing between validations. What a
validation shares (target sets of leafrefs, mainly) lives in :class:`Run`. The tags are those of RFC 7950 section 15.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from pyconfhoard.errors import Fault, Place
from pyconfhoard.schema.nodes import Choice, DataNode, Inner, Leaf, LeafList, List, Must, Schema, When
from pyconfhoard.schema.types.instance_identifier import InstanceIdentifier
from pyconfhoard.schema.types.leafref import Leafref
from pyconfhoard.tree import Path
from pyconfhoard.tree.defaults import case_in_use, default_of, in_use
from pyconfhoard.validation.compile import Evaluate, compile_xpath, names_of
from pyconfhoard.validation.cursor import Cursor, leaf_text
from pyconfhoard.validation.functions import Context, follow
from pyconfhoard.validation.values import to_boolean
from pyconfhoard.xpath import LocationPath, NameTest, Step, parse

__all__ = [
    "Count",
    "InstanceRule",
    "LeafrefRule",
    "Mandatory",
    "MandatoryChoice",
    "MustRule",
    "Rule",
    "Run",
    "Unique",
    "WhenRule",
]


@dataclass(slots=True)
class Run:
    """What one validation shares."""

    schema: Schema
    leafref_nodes: Callable[[Cursor], list[Cursor]]
    targets: dict[tuple[int, int], frozenset[Any]] = field(default_factory=dict)
    """Values that a leafref without predicates may have, by rule and by the branch where its way down begins."""
    held: list[Any] = field(default_factory=list)
    """Branches whose ``id`` is a key above: kept alive, so that no other takes it."""

    def context(self, node: Cursor, names: dict[str, str]) -> Context:
        return Context(node, node, self.schema, names, self.leafref_nodes)


class Rule(Protocol):
    """``check`` looks at one existing node (a default in use counts) and yields its faults."""

    @property
    def place(self) -> Place:
        """The statement in the model."""

    def check(self, node: Cursor, run: Run) -> Iterator[Fault]:
        """The faults at ``node``."""


@dataclass(frozen=True, slots=True)
class MustRule:
    """RFC 7950 section 7.5.3."""

    must: Must
    evaluate: Evaluate
    names: dict[str, str]

    @classmethod
    def of(cls, must: Must) -> MustRule:
        return cls(must, compile_xpath(must.xpath), names_of(must.xpath))

    @property
    def place(self) -> Place:
        return self.must.place

    def check(self, node: Cursor, run: Run) -> Iterator[Fault]:
        if to_boolean(self.evaluate(run.context(node, self.names))):
            return
        value = leaf_text(node.schema, node.value) if isinstance(node.schema, Leaf | LeafList) else None
        yield Fault(
            "operation-failed",
            self.must.message or f"the model demands: {self.must.xpath.text}",
            str(node.path),
            app_tag=self.must.app_tag or "must-violation",
            place=self.must.place,
            value=value,
        )


@dataclass(frozen=True, slots=True)
class WhenRule:
    """RFC 7950 section 7.21.5. Its context node is the node itself, or for one written on a choice, case, uses or
    augment the parent. For a node that does not exist, a stand-in without value takes its place."""

    when: When
    evaluate: Evaluate
    names: dict[str, str]

    @classmethod
    def of(cls, when: When) -> WhenRule:
        return cls(when, compile_xpath(when.xpath), names_of(when.xpath))

    def holds(self, parent: Cursor, node: Cursor, run: Run) -> bool:
        subject = parent if self.when.on_parent else node
        return to_boolean(self.evaluate(run.context(subject, self.names)))


class LeafrefRule:
    """RFC 7950 section 9.9.3. The way of most leafrefs is some steps up and then down by names: the values down there
    are collected once for each branch in which they begin. Other paths are evaluated for each node."""

    def __init__(self, kind: Leafref, place: Place) -> None:
        self.kind = kind
        self.place = place
        self._names = names_of(kind.path)
        self._evaluate = compile_xpath(kind.path)
        expression = parse(kind.path.text)
        self._up = -1
        self._absolute = False
        self._down: tuple[tuple[str, str], ...] = ()
        if isinstance(expression, LocationPath):
            self._split(expression)

    def _split(self, path: LocationPath) -> None:
        ups = 0
        while not path.absolute and ups < len(path.steps) and path.steps[ups].axis == "parent":
            if path.steps[ups].predicates:
                return
            ups += 1
        down = path.steps[ups:]
        if all(_plain(step) for step in down):
            self._up = 0 if path.absolute else ups
            self._absolute = path.absolute
            self._down = tuple(
                (self._names.get(step.test.prefix, step.test.prefix), step.test.name)
                for step in down
                if isinstance(step.test, NameTest)
            )

    def nodes(self, node: Cursor, run: Run) -> list[Cursor]:
        """The nodes that ``node`` refers to: those on its path with its value."""
        found = self._evaluate(run.context(node, self._names))
        return [n for n in found if n.value == node.value] if isinstance(found, list) else []

    def check(self, node: Cursor, run: Run) -> Iterator[Fault]:
        if not self.kind.require_instance or self._exists(node, run):
            return
        text = leaf_text(node.schema, node.value) if isinstance(node.schema, Leaf | LeafList) else ""
        yield Fault(
            "data-missing",
            f"{node.schema.name} refers to {text!r}, which does not exist at {self.kind.path.text}",
            str(node.path),
            app_tag="instance-required",
            place=self.place,
            value=text,
        )

    def _exists(self, node: Cursor, run: Run) -> bool:
        if self._up < 0:
            return bool(self.nodes(node, run))
        start: Cursor | None = node.root if self._absolute else node
        for _ in range(self._up):
            start = start.parent if start is not None else None
        if start is None:
            return False
        key = (id(self), id(start.value))
        values = run.targets.get(key)
        if values is None:
            values = run.targets[key] = frozenset(self._collect(start, 0))
            run.held.append(start.value)
        return node.value in values

    def _collect(self, node: Cursor, depth: int) -> Iterator[Any]:
        if depth == len(self._down):
            yield node.value
            return
        module, name = self._down[depth]
        if isinstance(node.schema, Inner):
            for child in node.schema.children.values():
                if child.name == name and child.module == module:
                    for instance in node.instances(child):
                        yield from self._collect(instance, depth + 1)


def _plain(step: Step) -> bool:
    return (
        step.axis == "child"
        and isinstance(step.test, NameTest)
        and step.test.name != "*"
        and not step.predicates
    )


@dataclass(frozen=True, slots=True)
class InstanceRule:
    """RFC 7950 section 9.13.3: require-instance of an instance-identifier."""

    place: Place

    def check(self, node: Cursor, run: Run) -> Iterator[Fault]:
        if follow(run.schema, node.root, str(node.value)) is None:
            yield Fault(
                "data-missing",
                f"{node.schema.name} refers to an instance that does not exist",
                str(node.path),
                app_tag="instance-required",
                place=self.place,
                value=str(node.value),
            )


def type_rules(node: Leaf | LeafList) -> list[Rule]:
    """The rules that the type of a leaf brings along."""
    kind = node.type
    if isinstance(kind, Leafref):
        return [LeafrefRule(kind, node.place)]
    if isinstance(kind, InstanceIdentifier) and kind.require_instance:
        return [InstanceRule(node.place)]
    return []


@dataclass(frozen=True, slots=True)
class Mandatory:
    """An absent leaf, anydata or choice-less node that must be there (RFC 7950 sections 7.6.5 and 15.5)."""

    child: DataNode

    @property
    def place(self) -> Place:
        return self.child.place

    def check(self, node: Cursor, run: Run) -> Iterator[Fault]:
        branch, child = node.value, self.child
        if child.member in branch.members or not in_use(branch, child) or not node.when_true(node, child):
            return
        path = node.path.child(child)
        yield Fault(
            "data-missing",
            f"{child.name} is mandatory in {node.schema.name or 'the datastore'}",
            str(path),
            place=child.place,
        )


@dataclass(frozen=True, slots=True)
class MandatoryChoice:
    """RFC 7950 section 7.9.4 and 15.6."""

    choice: Choice

    @property
    def place(self) -> Place:
        return self.choice.place

    def check(self, node: Cursor, run: Run) -> Iterator[Fault]:
        choice = self.choice
        outer = choice.case
        while outer is not None:
            if case_in_use(node.value, outer.choice) is not outer:
                return
            outer = outer.choice.case
        present = node.value.members
        if any(child.member in present for case in choice.cases.values() for child in case.children):
            return
        if not all(WhenRule.of(when).holds(node, node, run) for when in choice.whens):
            return
        legal = tuple(choice.cases)
        yield Fault(
            "data-missing",
            f"one of {', '.join(legal)} is needed (choice {choice.name})",
            str(node.path),
            app_tag="missing-choice",
            place=choice.place,
            legal=legal,
        )


@dataclass(frozen=True, slots=True)
class Count:
    """min-elements and max-elements (RFC 7950 sections 7.7.5 and 7.7.6)."""

    child: List | LeafList

    @property
    def place(self) -> Place:
        return self.child.place

    def check(self, node: Cursor, run: Run) -> Iterator[Fault]:
        child = self.child
        value = node.value.members.get(child.member)
        count = len(value) if value is not None else len(default_of(child) or ())  # type: ignore[arg-type]
        path = str(node.path.child(child))
        if child.max_elements is not None and count > child.max_elements:
            yield Fault(
                "operation-failed",
                f"{child.name} has {count} entries; at most {child.max_elements} are allowed",
                path,
                app_tag="too-many-elements",
                place=child.place,
            )
        if count < child.min_elements:
            absent = value is None and (not in_use(node.value, child) or not node.when_true(node, child))
            if not absent:
                yield Fault(
                    "operation-failed",
                    f"{child.name} has {count} entries; at least {child.min_elements} are needed",
                    path,
                    app_tag="too-few-elements",
                    place=child.place,
                )


@dataclass(frozen=True, slots=True)
class Unique:
    """RFC 7950 section 7.8.3: entries in which one of the leaves has neither value nor default do not count."""

    child: List
    leaves: tuple[tuple[str, ...], ...]
    place: Place

    def check(self, node: Cursor, run: Run) -> Iterator[Fault]:
        seen: dict[tuple[Any, ...], Path] = {}
        for entry in node.instances(self.child):
            values = tuple(self._value(entry, way) for way in self.leaves)
            if None in values:
                continue
            path = entry.path
            first = seen.setdefault(values, path)
            if first is not path:
                names = ", ".join("/".join(way) for way in self.leaves)
                yield Fault(
                    "operation-failed",
                    f"{names} must be unique in {self.child.name}; {first} has the same",
                    str(path),
                    app_tag="data-not-unique",
                    place=self.place,
                    value=" ".join(map(str, values)),
                )

    @staticmethod
    def _value(entry: Cursor, way: tuple[str, ...]) -> Any:
        here = entry
        for member in way:
            if not isinstance(here.schema, Inner):
                return None
            found = next(iter(here.instances(here.schema.children[member])), None)
            if found is None:
                return None
            here = found
        return here.value
