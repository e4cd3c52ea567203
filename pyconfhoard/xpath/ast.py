"""The abstract syntax of XPath 1.0: frozen, compared by value, and knowing no data.

Abbreviations are written out: ``.`` is ``self::node()``, ``..`` is ``parent::node()``, ``@x`` is
``attribute::x`` and ``//`` is the step ``descendant-or-self::node()``. Names keep the prefix that
the text has; what it means depends on where the expression stands and is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

__all__ = [
    "AXES",
    "DESCENDANTS",
    "PARENT",
    "ROOT",
    "SELF",
    "Axis",
    "BinaryOperation",
    "BinaryOperator",
    "Call",
    "Expr",
    "Filter",
    "LocationPath",
    "NameTest",
    "Negation",
    "NodeType",
    "NodeTypeTest",
    "Number",
    "PathFrom",
    "Step",
    "String",
    "children",
    "walk",
]

Axis: TypeAlias = Literal[
    "ancestor",
    "ancestor-or-self",
    "attribute",
    "child",
    "descendant",
    "descendant-or-self",
    "following",
    "following-sibling",
    "namespace",
    "parent",
    "preceding",
    "preceding-sibling",
    "self",
]
AXES: Final[dict[str, Axis]] = {
    "ancestor": "ancestor",
    "ancestor-or-self": "ancestor-or-self",
    "attribute": "attribute",
    "child": "child",
    "descendant": "descendant",
    "descendant-or-self": "descendant-or-self",
    "following": "following",
    "following-sibling": "following-sibling",
    "namespace": "namespace",
    "parent": "parent",
    "preceding": "preceding",
    "preceding-sibling": "preceding-sibling",
    "self": "self",
}
"""XPath 1.0 section 2.2: every axis by its name."""

BinaryOperator: TypeAlias = Literal[
    "or", "and", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod", "|"
]
NodeType: TypeAlias = Literal["node", "text", "comment", "processing-instruction"]


@dataclass(frozen=True, slots=True)
class String:
    """A literal; ``value`` without its quotes."""

    value: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written, e.g. ``17`` or ``.5``."""

    text: str

    @property
    def value(self) -> float:
        """The IEEE 754 double that XPath 1.0 section 3.5 means."""
        return float(self.text)


@dataclass(frozen=True, slots=True)
class NameTest:
    """``name``, ``prefix:name``, ``prefix:*`` or ``*``; an empty ``prefix`` means none is written."""

    prefix: str
    name: str


@dataclass(frozen=True, slots=True)
class NodeTypeTest:
    """``node()`` and its like; ``target`` is the literal in ``processing-instruction('x')``."""

    kind: NodeType
    target: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    axis: Axis
    test: NameTest | NodeTypeTest
    predicates: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class LocationPath:
    """Steps from the root (``absolute``) or the context node. ``/`` alone has no step."""

    absolute: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class PathFrom:
    """Steps from the nodes of another expression: ``deref(.)/../x``, ``current()/name``."""

    start: Expr
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """Predicates on an expression that is not a path: ``(a | b)[1]``. Never without predicates."""

    expression: Expr
    predicates: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function of :data:`pyconfhoard.xpath.FUNCTIONS`; its number of arguments is right."""

    name: str
    arguments: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Negation:
    """The unary minus."""

    operand: Expr


@dataclass(frozen=True, slots=True)
class BinaryOperation:
    """Left-associative: ``a - b - c`` has ``a - b`` on its left."""

    operator: BinaryOperator
    left: Expr
    right: Expr


Expr: TypeAlias = String | Number | LocationPath | PathFrom | Filter | Call | Negation | BinaryOperation

ROOT: Final = LocationPath(absolute=True, steps=())
SELF: Final = Step("self", NodeTypeTest("node"))
PARENT: Final = Step("parent", NodeTypeTest("node"))
DESCENDANTS: Final = Step("descendant-or-self", NodeTypeTest("node"))
"""The step that ``//`` stands for."""


def children(expression: Expr) -> tuple[Expr, ...]:
    """The expressions directly inside, predicates of steps included, in the order of the text."""
    match expression:
        case LocationPath(steps=steps):
            return _predicates(steps)
        case PathFrom(start=start, steps=steps):
            return (start, *_predicates(steps))
        case Filter(expression=inner, predicates=predicates):
            return (inner, *predicates)
        case Call(arguments=arguments):
            return arguments
        case Negation(operand=operand):
            return (operand,)
        case BinaryOperation(left=left, right=right):
            return (left, right)
    return ()


def walk(expression: Expr) -> Iterator[Expr]:
    """The expression and everything inside, outermost first, in the order of the text."""
    stack = [expression]
    while stack:
        expression = stack.pop()
        yield expression
        stack.extend(reversed(children(expression)))


def _predicates(steps: tuple[Step, ...]) -> tuple[Expr, ...]:
    return tuple(predicate for step in steps for predicate in step.predicates)
