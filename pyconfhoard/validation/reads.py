"""What a rule can read, found out from the model alone.

A :class:`Reader` goes through the syntax tree of an expression as an evaluation would, but with schema nodes in
the place of instances, each with its origin (``origins``): the way from an instance of it back to the contexts
of the rule. Everything on which the verdict may depend is noted as a :class:`Read`:

- the nodes that a path ends at, and the entries that a predicate sifts;
- where nodes are compared or converted, all leaves below them as well;
- what decides whether an *implied* node exists (a default, a container without presence): the other nodes of
  its choice, what its ``when`` reads, and the same for the implied nodes above it.

A node that is stored exists until a change says otherwise, so of it nothing more needs to be known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from pyconfhoard.schema.nodes import Leaf, LeafList, Schema, XPath
from pyconfhoard.schema.types import InstanceIdentifier, Leafref, Type, Union
from pyconfhoard.validation.narrowed import narrowed
from pyconfhoard.validation.origins import Above, Chosen, Equals, Named, Origin, Refers, fans, lifted
from pyconfhoard.validation.scope import Scope
from pyconfhoard.validation.shapes import Kind, Shape
from pyconfhoard.xpath import (
    PARENT,
    SELF,
    BinaryOperation,
    Call,
    Expr,
    Filter,
    LocationPath,
    NameTest,
    NodeTypeTest,
    PathFrom,
    Step,
    String,
    children,
    parse,
)

__all__ = ["Read", "Reader", "State"]

State: TypeAlias = tuple[Shape, Origin]
States: TypeAlias = dict[State, None]
"""A set that keeps its order."""


@dataclass(frozen=True, slots=True)
class Read:
    """A rule may read instances of ``shape``; those that did are found by ``origin``.

    ``grows``: more of it cannot break the rule, so that only what goes matters.
    """

    shape: Shape
    origin: Origin
    grows: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """What stays the same within one expression: whose names it uses, and what ``current()`` gives."""

    scope: Scope
    current: State


_TRUTHS: Final = frozenset(("not", "boolean", "count"))
"""Functions that ask of nodes only whether they exist."""


@dataclass(slots=True)
class Reader:
    """Collects the :attr:`reads` of one rule, whose contexts are the instances of ``context``."""

    schema: Schema
    context: Shape
    reads: dict[Read, None] = field(default_factory=dict)
    searches: dict[Shape, None] = field(default_factory=dict)
    """The lists of which one verdict may have to look at every entry."""
    line: tuple[Shape, ...] = ()
    """From the root to the context."""
    _conditions: set[tuple[Shape, Origin]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.line = tuple(_line(self.context))

    @property
    def here(self) -> State:
        """The context itself."""
        return self.context, Above(self.context.depth)

    def node(self, shape: Shape, origin: Origin, *, grows: bool = False) -> None:
        """The rule reads whether instances of ``shape`` exist, and, of leaves, their values."""
        read = Read(shape, origin, grows)
        if read in self.reads or Read(shape, origin) in self.reads:
            return
        self.reads[read] = None
        self._existence(shape, origin)

    def _existence(self, shape: Shape, origin: Origin) -> None:
        while shape.implied is not None and shape.parent is not None:
            above = lifted(origin, shape.depth - 1)
            for own, rivals, _ in shape.cases:
                for other in (*own, *rivals):
                    self.reads[Read(other, above)] = None
            self.conditions(shape, origin)
            shape, origin = shape.parent, above

    def conditions(self, shape: Shape, origin: Origin) -> None:
        """The rule reads whether a child may exist, by every ``when`` on it."""
        if (shape, origin) in self._conditions or shape.parent is None:
            return
        self._conditions.add((shape, origin))
        above = (shape.parent, lifted(origin, shape.depth - 1))
        for when in shape.node.whens:
            self.expression(when.xpath, above if when.on_parent else (shape, origin))

    def expression(self, xpath: XPath, at: State) -> None:
        """The rule evaluates an expression of which ``at`` is the context node, for its truth."""
        self._use(parse(xpath.text), _Place(Scope(xpath, self.schema), at), {at: None}, value=False)

    def targets(self, shape: Shape, origin: Origin) -> States:
        """What instances of a leaf refer to; the rule reads which nodes these are."""
        found: States = {}
        for kind in _kinds(shape):
            if isinstance(kind, Leafref):
                found |= self._referred(kind, (shape, origin))
            elif isinstance(kind, InstanceIdentifier):
                found |= self._anything()
        return found

    def references(self) -> None:
        """The rule reads whether what the context refers to exists."""
        shape, origin = self.here
        for kind in _kinds(shape):
            if isinstance(kind, Leafref) and kind.require_instance:
                self._referred(kind, (shape, origin))
            elif isinstance(kind, InstanceIdentifier) and kind.require_instance:
                for one in _below(self.line[0]):
                    self.node(one, Named(one.depth), grows=True)

    def _referred(self, kind: Leafref, state: State) -> States:
        syntax = parse(kind.path.text)
        if isinstance(syntax, LocationPath | PathFrom):
            syntax = narrowed(syntax)
        found = self._nodes(syntax, _Place(Scope(kind.path, self.schema), state), {state: None}, grows=True)
        for target, way in found:
            self.node(target, way, grows=True)
        return found

    def _anything(self) -> States:
        """Any node at all may be read."""
        found: States = {(shape, Above(0)): None for shape in _below(self.line[0])}
        for shape, origin in found:
            self._search(shape)
            self.node(shape, origin)
        return found

    def _search(self, shape: Shape) -> None:
        if shape.kind is Kind.LIST:
            self.searches[shape] = None

    # -- expressions ---------------------------------------------------------------------------

    def _use(self, expression: Expr, place: _Place, here: States, *, value: bool) -> None:
        """All that an expression reads; ``value``: not only whether its nodes exist."""
        match expression:
            case LocationPath() | PathFrom() | Filter() | Call("current" | "deref") | BinaryOperation("|"):
                for shape, origin in self._nodes(expression, place, here):
                    self.node(shape, origin)
                    if value and shape.type is None:
                        self._all_below(shape, origin)
            case Call(name, arguments):
                if not arguments and name not in {"true", "false", "last", "position"}:
                    self._use(LocationPath(absolute=False, steps=(SELF,)), place, here, value=True)
                for argument in arguments:
                    self._use(argument, place, here, value=name not in _TRUTHS)
            case _:
                truths = isinstance(expression, BinaryOperation) and expression.operator in {"and", "or"}
                for part in children(expression):
                    self._use(part, place, here, value=not truths)

    def _all_below(self, shape: Shape, origin: Origin) -> None:
        for one in _below(shape):
            self.node(one, origin)
            self._search(one)
        self._search(shape)

    def _nodes(self, expression: Expr, place: _Place, here: States, *, grows: bool = False) -> States:
        """The nodes that an expression may give."""
        match expression:
            case LocationPath(absolute, steps):
                root: State = (self.line[0], Above(0))
                return self._steps({root: None} if absolute else here, steps, place, grows)
            case PathFrom(start, steps):
                return self._steps(self._nodes(start, place, here), steps, place, grows)
            case Filter(inner, predicates):
                found = self._nodes(inner, place, here)
                for predicate in predicates:
                    self._sift(found, predicate, place, grows)
                return found
            case Call("current"):
                return {place.current: None}
            case Call("deref", (argument,)):
                found = {}
                for shape, origin in self._nodes(argument, place, here):
                    self.node(shape, origin)
                    found |= self.targets(shape, origin)
                return found
            case BinaryOperation("|", left, right):
                return self._nodes(left, place, here) | self._nodes(right, place, here)
        self._use(expression, place, here, value=True)
        return {}

    # -- steps ---------------------------------------------------------------------------------

    def _steps(self, states: States, steps: Iterable[Step], place: _Place, grows: bool) -> States:
        entered: list[Shape] = []
        for step in steps:
            for shape in entered:
                self._search(shape)
            entered = []
            reached: States = {}
            for state in states:
                for shape, origin in self._step(state, step, place.scope):
                    tests = self._tests(shape, origin, step, place)
                    reached[shape, self._chosen(shape, origin, tests)] = None
                    if step.axis == "child" and not tests:
                        entered.append(shape)
            for predicate in step.predicates:
                self._sift(reached, predicate, place, grows)
                for shape in entered:
                    self._search(shape)
            states = reached
        return states

    def _sift(self, states: States, predicate: Expr, place: _Place, grows: bool) -> None:
        for shape, origin in states:
            self.node(shape, origin, grows=grows)
        for conjunct in _conjuncts(predicate):
            named = _equal(conjunct, place.scope, states) if grows else None
            if named is None:
                self._use(conjunct, place, states, value=False)
                continue
            leaves, other = named
            for leaf, origin in leaves:
                self.node(leaf, origin, grows=True)
            self._use(other, place, states, value=True)

    def _step(self, state: State, step: Step, scope: Scope) -> Iterator[State]:
        for shape, origin in self._axis(state, step):
            if _passes(shape, step.test, scope):
                yield shape, origin

    def _axis(self, state: State, step: Step) -> Iterator[State]:
        shape, origin = state
        match step.axis:
            case "self":
                yield state
            case "child":
                if shape.type is not None:
                    yield state  # its text
                for child in shape.children:
                    yield child, origin
            case "parent":
                yield from _above(state)
            case "ancestor" | "ancestor-or-self":
                if step.axis == "ancestor-or-self":
                    yield state
                above = list(_above(state))
                while above:
                    yield above[0]
                    above = list(_above(above[0]))
            case "descendant" | "descendant-or-self":
                if step.axis == "descendant-or-self":
                    yield state
                for below in _below(shape):
                    self._search(below)
                    yield below, origin
            case "following-sibling" | "preceding-sibling":
                for parent, way in _above(state):
                    for sibling in parent.children:
                        self.node(sibling, way)
                        yield sibling, way
            case "following" | "preceding":
                yield from self._anything()

    # -- look-ups ------------------------------------------------------------------------------

    def _tests(self, shape: Shape, origin: Origin, step: Step, place: _Place) -> tuple[Equals | Refers, ...]:
        """What predicates want leaves of an entry to equal."""
        if step.axis != "child" or shape.kind not in _CHOSEN:
            return ()
        found = (
            self._test(shape, origin, conjunct, place)
            for predicate in step.predicates
            for conjunct in _conjuncts(predicate)
        )
        return tuple(test for test in found if test is not None)

    def _chosen(self, shape: Shape, origin: Origin, tests: tuple[Equals | Refers, ...]) -> Origin:
        """The origin of entries that were chosen by ``tests``."""
        if not tests or (shape.type is not None and isinstance(origin, Chosen)):
            return origin  # the entry that a leaf is in was chosen by it, too
        if fans(origin, self.line) or any(isinstance(test, Equals) for test in tests):
            return Chosen(shape, tests, origin)
        return origin

    def _test(self, shape: Shape, origin: Origin, conjunct: Expr, place: _Place) -> Equals | Refers | None:
        for named, other in _sides(conjunct):
            leaf = _leaf(shape, named, place.scope)
            if leaf is None:
                continue
            if isinstance(other, String):
                return Equals(leaf, frozenset((other.value, place.scope.identity(other.value))))
            leaves = self._from_above(shape, origin, other, place)
            if leaves and all(one.type is not None for one, _ in leaves):
                return Refers(leaf, tuple(leaves))
        return None

    def _from_above(self, shape: Shape, origin: Origin, other: Expr, place: _Place) -> States:
        """The leaves that an expression gives whatever entry it is asked in."""
        match other:
            case LocationPath(absolute=True) | Call("current") | PathFrom(start=Call("current")):
                pass
            case LocationPath(absolute=False, steps=(first, *_)) if first == PARENT:
                pass
            case _:
                return {}
        return self._nodes(other, place, {(shape, origin): None})


_CHOSEN: Final = frozenset((Kind.LIST, Kind.LEAF_LIST, Kind.LEAF))


def _line(shape: Shape) -> list[Shape]:
    line = [shape]
    while line[-1].parent is not None:
        line.append(line[-1].parent)
    return line[::-1]


def _above(state: State) -> Iterator[State]:
    shape, origin = state
    if shape.parent is not None:
        yield shape.parent, lifted(origin, shape.depth - 1)


def _below(shape: Shape) -> Iterator[Shape]:
    for child in shape.children:
        yield child
        yield from _below(child)


def _kinds(shape: Shape) -> Iterator[Type]:
    """The types of a leaf's values: several, if it is a union."""
    node = shape.node
    if isinstance(node, Leaf | LeafList):
        yield from _members(node.type)


def _members(kind: Type) -> Iterator[Type]:
    if isinstance(kind, Union):
        for member in kind.members:
            yield from _members(member)
    else:
        yield kind


def _passes(shape: Shape, test: NameTest | NodeTypeTest, scope: Scope) -> bool:
    if isinstance(test, NodeTypeTest):
        return test.kind == "node" or (test.kind == "text" and shape.type is not None)
    if shape.parent is None:
        return False
    if test.name == "*":
        return not test.prefix or shape.node.module == scope.module(test.prefix)
    return shape.node.name == test.name and shape.node.module == scope.module(test.prefix)


def _conjuncts(predicate: Expr) -> Iterator[Expr]:
    if isinstance(predicate, BinaryOperation) and predicate.operator == "and":
        yield from _conjuncts(predicate.left)
        yield from _conjuncts(predicate.right)
    else:
        yield predicate


def _leaf(shape: Shape, named: Expr, scope: Scope) -> Shape | None:
    """The leaf of an entry that one side of an equality names: a child, or ``.``."""
    match named:
        case LocationPath(absolute=False, steps=(Step("self", NodeTypeTest("node"), ()),)):
            return shape if shape.type is not None else None
        case LocationPath(absolute=False, steps=(Step("child", NameTest(prefix, name), ()),)) if name != "*":
            leaf = shape.named.get((scope.module(prefix), name))
            return leaf if leaf is not None and leaf.kind is Kind.LEAF else None
    return None


def _sides(conjunct: Expr) -> Iterator[tuple[Expr, Expr]]:
    """Both readings of an equality; nothing if it is none."""
    if isinstance(conjunct, BinaryOperation) and conjunct.operator == "=":
        yield conjunct.left, conjunct.right
        yield conjunct.right, conjunct.left


def _equal(conjunct: Expr, scope: Scope, states: States) -> tuple[list[State], Expr] | None:
    """The leaves that an equality holds to something else, and this."""
    for named, other in _sides(conjunct):
        leaves = [
            (leaf, origin) for shape, origin in states if (leaf := _leaf(shape, named, scope)) is not None
        ]
        if leaves:
            return leaves, other
    return None
