"""Location paths: steps chained into one closure, sorted and freed of doubles only where needed.

Most steps need no sorting: the children of nodes in document order, none of which is an ancestor of
another, are in document order again. Which steps do is found out when the path is compiled
(:class:`Order`).

``//x`` becomes ``descendant::x``, which means the same as long as no predicate counts positions, and
which skips what cannot hold an ``x``. ``list[key = …]`` becomes a look-up (``lookup``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from pyconfhoard.validation.axes import AXES, REVERSE, Name, Test, descendants_named, in_document_order
from pyconfhoard.validation.cursor import Cursor
from pyconfhoard.validation.expression import Expression, Order, Run, as_boolean, nodes_of
from pyconfhoard.validation.lookup import KeyTest, Lookup, key_tests
from pyconfhoard.validation.scope import Scope
from pyconfhoard.validation.shapes import Kind
from pyconfhoard.xpath import (
    DESCENDANTS,
    PARENT,
    SELF,
    Axis,
    Expr,
    Filter,
    LocationPath,
    NameTest,
    NodeTypeTest,
    PathFrom,
    Step,
)

__all__ = ["Compile", "filtered", "path"]

Sift: TypeAlias = Callable[[list[Cursor], Cursor], list[Cursor]]
"""A step, from its context nodes, or a predicate, from the nodes it filters; and the current node."""


class Compile(Protocol):
    """What compiles the expressions inside."""

    @property
    def scope(self) -> Scope: ...

    def __call__(self, expression: Expr) -> Expression: ...


@dataclass(frozen=True, slots=True)
class _Link:
    """A step with its predicates compiled."""

    axis: Axis
    test: NameTest | NodeTypeTest
    predicates: tuple[Expression, ...]
    keys: tuple[tuple[KeyTest, ...], ...] = ()
    """For each of the predicates: what it demands of key leaves, see ``lookup``."""


def path(expression: LocationPath | PathFrom, compile_: Compile) -> Expression:
    """Steps from the root, from the context node, or from the nodes of another expression."""
    start: Expression | None = None
    order = Order.SINGLE
    if isinstance(expression, PathFrom):
        start = nodes_of(compile_(expression.start), "a step '/'")
        order = start.order
    links = _merged([_link(step, compile_) for step in expression.steps if step != SELF])
    last = _last_name(links, compile_.scope)
    steps: list[Sift] = []
    for link in links:
        sift, order = _step(link, order, compile_.scope)
        steps.append(sift)
    begin = (
        start.run
        if start
        else _from_root
        if isinstance(expression, LocationPath) and expression.absolute
        else None
    )
    exists = count = None
    if last is not None:
        nodes = _chain(begin, steps[:-1])
        exists, count = _exists(nodes, last), _count(nodes, last)
    return Expression(
        "nodes",
        _chain(begin, steps),
        positional=start is not None and start.positional,
        anchored=start.anchored if start else begin is not None,
        order=order,
        exists=exists,
        count=count,
    )


def filtered(expression: Filter, compile_: Compile) -> Expression:
    """Predicates on a node-set as a whole, counted in document order (section 3.3)."""
    inner = nodes_of(compile_(expression.expression), "a predicate")
    sifts = [_predicate(compile_(predicate)) for predicate in expression.predicates]
    nodes = inner.run

    def run(node: Cursor, position: int, size: int, current: Cursor) -> list[Cursor]:
        found: list[Cursor] = nodes(node, position, size, current)
        for sift in sifts:
            found = sift(found, current)
        return found

    return Expression("nodes", run, inner.positional, inner.anchored, inner.order)


# -- the chain -------------------------------------------------------------------------------------


def _from_root(node: Cursor, position: int, size: int, current: Cursor) -> list[Cursor]:
    return [node.document.root]


def _chain(begin: Run | None, steps: Sequence[Sift]) -> Run:
    def run(node: Cursor, position: int, size: int, current: Cursor) -> list[Cursor]:
        nodes = [node] if begin is None else begin(node, position, size, current)
        for step in steps:
            if not nodes:
                return nodes
            nodes = step(nodes, current)
        return nodes

    return run


def _last_name(links: list[_Link], scope: Scope) -> Name | None:
    """The name in a last step that just takes children by their name."""
    if not links or links[-1].axis != "child" or links[-1].predicates:
        return None
    return _name(links[-1].test, scope)


def _exists(nodes: Run, name: Name) -> Run:
    def run(node: Cursor, position: int, size: int, current: Cursor) -> bool:
        for parent in nodes(node, position, size, current):
            shape = parent.shape.named.get(name)
            if shape is not None and parent.count(shape):
                return True
        return False

    return run


def _count(nodes: Run, name: Name) -> Run:
    def run(node: Cursor, position: int, size: int, current: Cursor) -> int:
        count = 0
        for parent in nodes(node, position, size, current):
            shape = parent.shape.named.get(name)
            if shape is not None:
                count += parent.count(shape)
        return count

    return run


# -- steps -----------------------------------------------------------------------------------------


def _link(step: Step, compile_: Compile) -> _Link:
    keys = (
        tuple(key_tests(predicate, compile_) for predicate in step.predicates) if step.axis == "child" else ()
    )
    return _Link(step.axis, step.test, tuple(compile_(predicate) for predicate in step.predicates), keys)


def _merged(links: list[_Link]) -> list[_Link]:
    """``descendant-or-self::node()/child::x`` as ``descendant::x``, if no predicate minds."""
    merged: list[_Link] = []
    for link in links:
        if (
            link.axis == "child"
            and merged
            and merged[-1] == _ANYWHERE
            and not any(predicate.positional or predicate.result == "number" for predicate in link.predicates)
        ):
            merged[-1] = _Link("descendant", link.test, link.predicates)
        else:
            merged.append(link)
    return merged


_ANYWHERE = _Link(DESCENDANTS.axis, DESCENDANTS.test, ())


def _name(test: NameTest | NodeTypeTest, scope: Scope) -> Name | None:
    """The one expanded name that a test lets through, if there is one."""
    if isinstance(test, NodeTypeTest) or test.name == "*":
        return None
    return scope.module(test.prefix), test.name


def _test(test: NameTest | NodeTypeTest, scope: Scope) -> Test | None:
    """XPath 1.0 section 2.3; None if every node passes."""
    if isinstance(test, NodeTypeTest):
        match test.kind:
            case "node":
                return None
            case "text":
                return lambda node: node.shape.kind is Kind.TEXT
        return lambda node: False
    if test.name != "*":
        module, name = scope.module(test.prefix), test.name
        return lambda node: (
            node.shape.node.name == name
            and node.shape.node.module == module
            and node.shape.kind is not Kind.TEXT
        )
    if test.prefix:
        module = scope.module(test.prefix)
        return lambda node: node.shape.node.module == module and node.shape.kind is not Kind.TEXT
    return lambda node: node.parent is not None and node.shape.kind is not Kind.TEXT


def _step(link: _Link, order: Order, scope: Scope) -> tuple[Sift, Order]:
    """The closure of a step from nodes of which ``order`` is known, and what is known of its result."""
    axis, name = link.axis, _name(link.test, scope)
    after, unsorted = _order_after(axis, order)
    sifts = [_predicate(predicate) for predicate in link.predicates]
    if axis == "child" and name is not None:
        sift = _children_looked_up(name, sifts, link) if sifts else _children(name)
    elif Step(axis, link.test) == PARENT and not sifts:
        sift = _parents
    elif axis == "descendant" and name is not None:
        wanted = name
        sift = _along(lambda node: descendants_named(node, wanted), None, sifts, reverse=False)
    else:
        sift = _along(AXES[axis], _test(link.test, scope), sifts, reverse=axis in REVERSE)
    return (_sorting(sift) if unsorted else sift), after


def _order_after(axis: Axis, order: Order) -> tuple[Order, bool]:
    """What is known of the result of a step, and whether it must be sorted for that."""
    if axis == "self":
        return order, False
    if order is Order.SINGLE:
        if axis == "parent":
            return Order.SINGLE, False
        flat = axis in ("child", "attribute", "namespace", "following-sibling", "preceding-sibling")
        return (Order.FLAT if flat else Order.SORTED), False
    if order is Order.FLAT:
        if axis == "child":
            return Order.FLAT, False
        if axis in ("descendant", "descendant-or-self"):
            return Order.SORTED, False
    return Order.SORTED, True


def _sorting(sift: Sift) -> Sift:
    def run(nodes: list[Cursor], current: Cursor) -> list[Cursor]:
        return in_document_order(sift(nodes, current))

    return run


def _parents(nodes: list[Cursor], current: Cursor) -> list[Cursor]:
    parents: list[Cursor] = []
    for node in nodes:
        parent = node.parent
        if parent is not None and not (parents and parents[-1] is parent):
            parents.append(parent)
    return parents


def _children(name: Name) -> Sift:
    def run(nodes: list[Cursor], current: Cursor) -> list[Cursor]:
        if len(nodes) == 1:
            node = nodes[0]
            shape = node.shape.named.get(name)
            return [] if shape is None else node.select(shape)
        found: list[Cursor] = []
        for node in nodes:
            shape = node.shape.named.get(name)
            if shape is not None:
                found += node.select(shape)
        return found

    return run


def _children_looked_up(name: Name, sifts: list[Sift], link: _Link) -> Sift:
    positional = [predicate.positional or predicate.result == "number" for predicate in link.predicates]
    before = positional.index(True) if any(positional) else len(positional)
    lookup = Lookup(link.keys[:before])

    def run(nodes: list[Cursor], current: Cursor) -> list[Cursor]:
        found: list[Cursor] = []
        for node in nodes:
            shape = node.shape.named.get(name)
            if shape is None:
                continue
            some, done = lookup(node, shape, current)
            if some is None:
                some = node.select(shape)
            for at, sift in enumerate(sifts):
                if not some:
                    break
                if at not in done:
                    some = sift(some, current)
            found += some
        return found

    return run


def _along(
    axis: Callable[[Cursor], list[Cursor]], test: Test | None, sifts: list[Sift], *, reverse: bool
) -> Sift:
    def run(nodes: list[Cursor], current: Cursor) -> list[Cursor]:
        found: list[Cursor] = []
        for node in nodes:
            some = axis(node)
            if test is not None:
                some = [one for one in some if test(one)]
            for sift in sifts:
                some = sift(some, current)
            found += reversed(some) if reverse else some
        return found

    return run


def _predicate(predicate: Expression) -> Sift:
    """XPath 1.0 section 2.4: a number asks for that position, anything else is taken as a boolean."""
    if predicate.fixed is not None:
        number = predicate.fixed
        place = int(number) if number.is_integer() and number >= 1 else None
        return lambda nodes, current: [] if place is None else nodes[place - 1 : place]
    truth = as_boolean(predicate)
    number_of = predicate.run if predicate.result == "number" else None

    def run(nodes: list[Cursor], current: Cursor) -> list[Cursor]:
        size = len(nodes)
        if number_of is not None:
            return [
                node for at, node in enumerate(nodes, start=1) if number_of(node, at, size, current) == at
            ]
        return [node for at, node in enumerate(nodes, start=1) if truth(node, at, size, current)]

    return run
