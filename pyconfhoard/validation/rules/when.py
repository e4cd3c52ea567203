"""``when`` (RFC 7950 section 7.21.5): may a child of a node exist?

The question is asked of a parent and a child's schema node, never of single instances. The
expression is evaluated in an altered tree: all instances of the node replaced by one dummy, which is
the context node; or, if it is written on a uses, augment, choice or case, all nodes that these add
taken away, with the parent as the context node.

Most expressions cannot see the difference. A tree is altered only for one that may: it has a step
that leads to a node of such a name, to any name, or anywhere but to children and upwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

from pyconfhoard.errors import Fault, Place
from pyconfhoard.schema.nodes import DataNode, When
from pyconfhoard.validation.cursor import DUMMY, Cursor
from pyconfhoard.validation.expression import Expression, as_boolean
from pyconfhoard.validation.origins import Above
from pyconfhoard.validation.reads import Reader
from pyconfhoard.validation.shapes import Guard, Shape
from pyconfhoard.xpath import Call, Expr, LocationPath, NameTest, PathFrom, Step, walk

__all__ = ["Condition", "condition", "false_condition", "guard"]

_UPWARDS = frozenset(("self", "parent", "ancestor", "ancestor-or-self"))


def guard(when: When, expression: Expression, syntax: Expr, added: frozenset[Shape]) -> Guard:
    """The condition on a child; ``added`` are all children that stand under this ``when``."""
    if when.on_parent:
        holds = condition(expression, syntax, added)
        return lambda parent, shape: holds(parent)
    truth = as_boolean(expression)
    alters = _may_reach(syntax, {shape.node.name for shape in added})

    def run(parent: Cursor, shape: Shape) -> bool:
        if alters:
            parent = parent.document.masked(parent, frozenset((shape,)), dummy=True)
        node = Cursor(parent.document, parent, shape, DUMMY, 0)
        return bool(truth(node, 1, 1, node))

    return run


def condition(expression: Expression, syntax: Expr, added: frozenset[Shape]) -> Callable[[Cursor], bool]:
    """A condition whose context node is the parent of the nodes that it decides on."""
    truth = as_boolean(expression)
    alters = _may_reach(syntax, {shape.node.name for shape in added})

    def run(parent: Cursor) -> bool:
        if alters:
            parent = parent.document.masked(parent, added, dummy=False)
        return bool(truth(parent, 1, 1, parent))

    return run


def _may_reach(syntax: Expr, names: set[str]) -> bool:
    """Whether the expression may see a node of one of these names that stands beside it."""
    for part in walk(syntax):
        if isinstance(part, Call) and part.name == "deref":
            return True
        if isinstance(part, LocationPath | PathFrom) and any(_step_may(step, names) for step in part.steps):
            return True
    return False


def _step_may(step: Step, names: set[str]) -> bool:
    if step.axis in _UPWARDS:
        return False
    return step.axis != "child" or not isinstance(step.test, NameTest) or step.test.name in {"*", *names}


class Condition:
    """All conditions on a child, asked at its parent: those of a child that is stored must be true."""

    keyword: ClassVar[str] = "when"
    __slots__ = ("node", "place", "shape")

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.node: DataNode = shape.node
        self.place: Place = shape.node.whens[0].place

    def check(self, at: Cursor) -> Iterator[Fault]:
        """``at`` is in a document that is not settled."""
        if self.shape.member in at.value.members and at.stored(self.shape) is None:
            yield false_condition(at, self.shape)

    def read(self, reader: Reader) -> None:
        here = Above(reader.context.depth)
        reader.node(self.shape, here)
        reader.conditions(self.shape, here)


def false_condition(parent: Cursor, shape: Shape) -> Fault:
    """The fault of a request that supplies a node which may not exist (RFC 7950 section 8.3.1)."""
    whens = shape.node.whens
    false = next(
        (at for at, holds in enumerate(shape.guards) if not holds(parent, shape)), len(shape.guards) - 1
    )
    return Fault(
        "unknown-element",
        f"{shape.node.name} does not exist here: its condition is false: {whens[false].xpath.text}",
        str(parent.path().child(shape.node)),
        place=whens[false].place,
    )
