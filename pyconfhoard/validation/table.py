"""The rules of a schema, compiled once and grouped by the schema node that they are asked at.

A :class:`Plan` says, for one schema node, what is asked at each of its instances, and below which
children there is anything to ask at all: the rest of a tree is never looked at, so that pages of a
list that no rule concerns stay undecoded. Of state data nothing is asked (RFC 8342 section 5.3), but
by a table that is made to ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pyconfhoard.errors import Fault, ModelError, Place
from pyconfhoard.schema.nodes import Case, Choice, Inner, Leaf, LeafList, List, Schema, When, XPath
from pyconfhoard.validation.compile import compile_xpath
from pyconfhoard.validation.cursor import Cursor
from pyconfhoard.validation.expression import Expression, Uncompilable, constant
from pyconfhoard.validation.rules.must import Must
from pyconfhoard.validation.rules.reference import Reference, Target, targets_of
from pyconfhoard.validation.rules.rule import Rule
from pyconfhoard.validation.rules.structure import Cases, Mandatory, MaxElements, MinElements
from pyconfhoard.validation.rules.unique import Unique
from pyconfhoard.validation.rules.when import condition, guard
from pyconfhoard.validation.shapes import Shape, make_shapes
from pyconfhoard.xpath import ROOT, Expr, XPathSyntaxError, parse

__all__ = ["Plan", "RuleTable"]


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What is asked at the instances of one schema node and below."""

    shape: Shape
    rules: tuple[Rule, ...]
    """About the instance itself (must, leafref, instance-identifier), then about which children it has
    (mandatory, choice, min- and max-elements, unique)."""
    below: tuple[Plan, ...]
    """The children at or below which there is something to ask."""
    conditional: tuple[Plan, ...]
    """The children that have a ``when``, or something below them has."""

    @property
    def idle(self) -> bool:
        return not (self.rules or self.below)


class RuleTable:
    """``state``: the rules of nodes that are not configuration are in it, too.

    Raises :class:`ModelError` with the place of every expression that cannot be compiled.
    """

    def __init__(self, schema: Schema, *, state: bool = False) -> None:
        self.schema = schema
        self._state = state
        self.shape = make_shapes(schema.root)
        self._faults: list[Fault] = []
        self._compiled: dict[tuple[str, str, tuple[tuple[str, str], ...]], tuple[Expression, Expr]] = {}
        shapes = [self.shape]
        for shape in shapes:
            shapes.extend(shape.children)
            for child in shape.children:
                child.guards = tuple(self._guard(shape, when) for when in child.node.whens)
        plans: dict[Shape, Plan] = {}
        for shape in reversed(shapes):
            plans[shape] = self._plan(shape, plans)
        self.root = plans[self.shape]
        if self._faults:
            raise ModelError(self._faults)

    def _plan(self, shape: Shape, plans: dict[Shape, Plan]) -> Plan:
        children = [plans[child] for child in shape.children if child.node.config or self._state]
        return Plan(
            shape,
            (*self._own(shape), *self._group(shape)),
            tuple(plan for plan in children if not plan.idle),
            tuple(plan for plan in children if plan.shape.guards or plan.conditional),
        )

    def _own(self, shape: Shape) -> Iterator[Rule]:
        node = shape.node
        for must in node.musts:
            yield Must(node, must, self._expression(must.xpath, must.place)[0])
        target = self._target(shape)
        if target is not None:
            shape.deref = target.nodes
            if target.required and isinstance(node, Leaf | LeafList):
                yield Reference(node, target)

    def _target(self, shape: Shape) -> Target | None:
        try:
            return targets_of(shape, self.schema)
        except (Uncompilable, XPathSyntaxError) as error:
            self._refuse(f"the path of {shape.node.name}: {error}", shape.node.place)
            return None

    def _group(self, shape: Shape) -> Iterator[Rule]:
        node = shape.node
        if not isinstance(node, Inner):
            return
        for choice in _choices(node):
            if choice.config or self._state:
                yield Cases(shape, choice, tuple(self._conditions(shape, choice)))
        for child in shape.children:
            if child.node.config or self._state:
                yield from self._members(child)

    def _members(self, shape: Shape) -> Iterator[Rule]:
        node = shape.node
        if isinstance(node, List | LeafList):
            if node.min_elements:
                yield MinElements(shape, node)
            if node.max_elements is not None:
                yield MaxElements(shape, node, node.max_elements)
        elif node.mandatory and not isinstance(node, Inner) and not (isinstance(node, Leaf) and node.is_key):
            yield Mandatory(shape)
        if isinstance(node, List):
            for paths, place in zip(node.unique, node.unique_places, strict=True):
                yield Unique(shape, node, paths, place)

    # -- expressions ---------------------------------------------------------------------------

    def _guard(self, parent: Shape, when: When) -> Callable[[Cursor, Shape], bool]:
        expression, syntax = self._expression(when.xpath, when.place)
        return guard(when, expression, syntax, _added(parent, when))

    def _conditions(self, parent: Shape, choice: Choice) -> Iterator[Callable[[Cursor], bool]]:
        for when in choice.whens if choice.mandatory else ():
            expression, syntax = self._expression(when.xpath, when.place)
            yield condition(expression, syntax, _added(parent, when))

    def _expression(self, xpath: XPath, place: Place) -> tuple[Expression, Expr]:
        """Compiled once, however often a grouping is used."""
        key = (xpath.text, xpath.module, tuple(sorted(xpath.prefixes.items())))
        found = self._compiled.get(key)
        if found is None:
            try:
                found = compile_xpath(xpath, self.schema), parse(xpath.text)
            except Uncompilable as error:
                self._refuse(f"the expression {xpath.text!r}: {error}", place)
                found = constant("boolean", True), ROOT
            self._compiled[key] = found
        return found

    def _refuse(self, message: str, place: Place) -> None:
        self._faults.append(Fault("invalid-value", message, place=place))


def _added(parent: Shape, when: When) -> frozenset[Shape]:
    return frozenset(child for child in parent.children if when in child.node.whens)


def _choices(holder: Inner | Case) -> Iterator[Choice]:
    """The choices of a node, those nested in cases included."""
    for choice in holder.choices:
        yield choice
        for case in choice.cases.values():
            yield from _choices(case)
