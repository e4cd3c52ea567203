"""One small rule per keyword: each looks at one place and yields what is wrong there.

A rule is made once per schema node, knows its statement's place in the model, and keeps nothing between validations. What a
validation shares (target sets of leafrefs, mainly) lives in :class:`Run`. The tags are those of RFC 7950 section 15.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from pyconfhoard.errors import Fault, Place
from pyconfhoard.schema.nodes import Choice, DataNode, Inner, Leaf, LeafList, List, Must, Schema, When
from pyconfhoard.schema.types.base import Type
from pyconfhoard.schema.types.instance_identifier import InstanceIdentifier
from pyconfhoard.schema.types.leafref import Leafref
from pyconfhoard.schema.types.union import Union
from pyconfhoard.tree.branch import same
from pyconfhoard.tree.defaults import case_in_use, default_of, in_use
from pyconfhoard.validation.compile import Evaluate, compile_xpath, may_see, names_of
from pyconfhoard.validation.cursor import Cursor, Hidden, StandIn, View, leaf_text
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
    "Reference",
    "Rule",
    "Run",
    "UnionRule",
    "Unique",
    "WhenRule",
    "reference_rule",
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
    """RFC 7950 section 7.21.5: one verdict per parent, on all instances of ``nodes`` in it.

    A ``when`` of the node itself is evaluated at a dummy in its place; one written on a choice, case, uses or
    augment at the parent, in a tree without the nodes that it brings. Only expressions that could see the
    difference pay for such a view.
    """

    when: When
    evaluate: Evaluate
    names: dict[str, str]
    dummy: DataNode | None
    hidden: frozenset[int]
    """``id`` of the schema nodes to hide; empty where the expression cannot see them."""

    @classmethod
    def of(cls, when: When, nodes: Collection[DataNode]) -> WhenRule:
        """``nodes`` are the children of one parent that ``when`` decides about."""
        names = names_of(when.xpath)
        dummy = None if when.on_parent else next(iter(nodes), None)
        seen = may_see(parse(when.xpath.text), {node.name for node in nodes})
        hidden = frozenset(map(id, nodes)) if seen else frozenset[int]()
        return cls(when, compile_xpath(when.xpath), names, dummy, hidden)

    def holds(self, parent: Cursor, run: Run) -> bool:
        if self.hidden:
            parent = parent.seen(View(parent.view.when_true, Hidden(parent.place, self.hidden, self.dummy)))
        subject = parent if self.dummy is None else StandIn.of(self.dummy, parent)
        return to_boolean(self.evaluate(run.context(subject, self.names)))


class LeafrefRule:
    """RFC 7950 section 9.9.3. The way of most leafrefs is some steps up and then down by names: the values down there
    are collected once for each branch in which they begin. Other paths are evaluated for each node."""

    def __init__(self, kind: Leafref, place: Place) -> None:
        self.kind = kind
        self.place = place
        self._names = names_of(kind.path)
        self._evaluate = compile_xpath(kind.path)
        self._typed = kind.final.name == "union"
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
        return [n for n in found if same(n.value, node.value)] if isinstance(found, list) else []

    def accepts(self, node: Cursor, run: Run) -> bool:
        """True when what ``node`` refers to exists, or need not."""
        return not self.kind.require_instance or self._exists(node, run)

    def check(self, node: Cursor, run: Run) -> Iterator[Fault]:
        if not self.accepts(node, run):
            yield _dangling(node, f", which does not exist at {self.kind.path.text}", self.place)

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
            values = run.targets[key] = frozenset(map(self._mark, self._collect(start, 0)))
            run.held.append(start.value)
        return self._mark(node.value) in values

    def _mark(self, value: Any) -> Any:
        """In a union, values of different types may be equal in Python."""
        return (type(value), value) if self._typed else value

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


def _dangling(node: Cursor, where: str, place: Place) -> Fault:
    """RFC 7950 section 15.5."""
    text = node.text()
    return Fault(
        "data-missing",
        f"{node.schema.name} refers to {text!r}{where}",
        str(node.path),
        app_tag="instance-required",
        place=place,
        value=text,
    )


@dataclass(frozen=True, slots=True)
class InstanceRule:
    """RFC 7950 section 9.13.3: require-instance of an instance-identifier."""

    kind: InstanceIdentifier
    place: Place

    def nodes(self, node: Cursor, run: Run) -> list[Cursor]:
        """The node that ``node`` refers to, if it is there."""
        found = follow(run.schema, node.root, node.text())
        return [] if found is None else [found]

    def accepts(self, node: Cursor, run: Run) -> bool:
        """True when what ``node`` refers to exists, or need not."""
        return not self.kind.require_instance or bool(self.nodes(node, run))

    def check(self, node: Cursor, run: Run) -> Iterator[Fault]:
        if not self.accepts(node, run):
            yield _dangling(node, ", which does not exist", self.place)


Reference: TypeAlias = LeafrefRule | InstanceRule


@dataclass(frozen=True, slots=True)
class UnionRule:
    """RFC 7950 section 9.12: members are tried in order, and one that refers to an instance fits only if that is there."""

    members: tuple[tuple[Type, Reference | None], ...]
    """Unions inside opened; with each member its rule, if it refers to anything."""
    place: Place

    def nodes(self, node: Cursor, run: Run) -> list[Cursor]:
        """What ``node`` refers to, by the first member that fits."""
        for kind, rule in self.members:
            if kind.holds(node.value) and (rule is None or rule.accepts(node, run)):
                return [] if rule is None else rule.nodes(node, run)
        return []

    def check(self, node: Cursor, run: Run) -> Iterator[Fault]:
        for kind, rule in self.members:
            if kind.holds(node.value) and (rule is None or rule.accepts(node, run)):
                return
        yield _dangling(node, ", which does not exist, and no other type of the union fits", self.place)


def reference_rule(node: Leaf | LeafList) -> Reference | UnionRule | None:
    """The rule of what a leaf refers to by its type, if it can refer to anything."""
    members = [(kind, _reference(kind, node.place)) for kind in _members(node.type)]
    if not any(rule for _, rule in members):
        return None
    return UnionRule(tuple(members), node.place) if isinstance(node.type, Union) else members[0][1]


def _members(kind: Type) -> Iterator[Type]:
    if isinstance(kind, Union):
        for member in kind.members:
            yield from _members(member)
    else:
        yield kind


def _reference(kind: Type, place: Place) -> Reference | None:
    if isinstance(kind, Leafref):
        return LeafrefRule(kind, place)
    return InstanceRule(kind, place) if isinstance(kind, InstanceIdentifier) else None


@dataclass(frozen=True, slots=True)
class Mandatory:
    """An absent leaf, anydata or choice-less node that must be there (RFC 7950 sections 7.6.5 and 15.5)."""

    child: DataNode

    @property
    def place(self) -> Place:
        return self.child.place

    def check(self, node: Cursor, run: Run) -> Iterator[Fault]:
        branch, child = node.value, self.child
        if (
            child.member in branch.members
            or not in_use(branch, child)
            or not node.view.when_true(node, child)
        ):
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
    whens: tuple[WhenRule, ...] = ()

    @classmethod
    def of(cls, choice: Choice) -> MandatoryChoice:
        return cls(choice, tuple(WhenRule.of(when, ()) for when in choice.whens))

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
        if not all(when.holds(node, run) for when in self.whens):
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
            absent = value is None and (not in_use(node.value, child) or not node.view.when_true(node, child))
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
        seen: dict[tuple[Any, ...], Cursor] = {}
        for entry in node.instances(self.child):
            leaves = [self._leaf(entry, way) for way in self.leaves]
            found = [leaf for leaf in leaves if leaf is not None]
            if len(found) < len(leaves):
                continue
            first = seen.setdefault(tuple([(type(leaf.value), leaf.value) for leaf in found]), entry)
            if first is not entry:
                names = ", ".join("/".join(way) for way in self.leaves)
                yield Fault(
                    "operation-failed",
                    f"{names} must be unique in {self.child.name}; {first.path} has the same",
                    str(entry.path),
                    app_tag="data-not-unique",
                    place=self.place,
                    value=" ".join(leaf.text() for leaf in found),
                )

    @staticmethod
    def _leaf(entry: Cursor, way: tuple[str, ...]) -> Cursor | None:
        here: Cursor | None = entry
        for member in way:
            if here is None or not isinstance(here.schema, Inner):
                return None
            here = next(here.instances(here.schema.children[member]), None)
        return here
