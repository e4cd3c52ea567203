"""The operators of XPath 1.0: ``or and``, comparisons (section 3.4), arithmetic (section 3.5), ``|``.

Comparisons with node-sets ask whether *some* node (or pair of nodes) satisfies them. Two node-sets
are compared in linear time: equality by a set of strings, order by the extreme numbers.

*Identities.* The string-value of an identityref is ``module:identity``. Compared for equality with a
string that is written in the expression, the string may also name the identity as RFC 7950
section 10.4 does, with a prefix of the expression's module or, for that module, with none. XPath
alone would make such a comparison depend on how a value was encoded.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

from pyconfhoard.schema.types import Identityref
from pyconfhoard.validation.axes import in_document_order
from pyconfhoard.validation.cursor import Cursor
from pyconfhoard.validation.expression import Expression, Run, as_boolean, as_number, as_string, nodes_of
from pyconfhoard.validation.numbers import divide, remainder
from pyconfhoard.validation.scope import Scope
from pyconfhoard.xpath import BinaryOperator

__all__ = ["binary", "negation"]

_ARITHMETIC: Final[Mapping[BinaryOperator, Callable[[float, float], float]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": divide,
    "mod": remainder,
}
_ORDERING: Final[Mapping[BinaryOperator, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_EQUALITY: Final[Mapping[BinaryOperator, Callable[[Any, Any], bool]]] = {"=": operator.eq, "!=": operator.ne}
_MIRRORED: Final[Mapping[BinaryOperator, BinaryOperator]] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def binary(sign: BinaryOperator, left: Expression, right: Expression, scope: Scope) -> Expression:
    """``left sign right``."""
    positional = left.positional or right.positional
    anchored = left.anchored and right.anchored
    if sign == "|":
        return Expression("nodes", _union(left, right), positional, anchored)
    if sign in _ARITHMETIC:
        return Expression(
            "number", _apply(_ARITHMETIC[sign], as_number(left), as_number(right)), positional, anchored
        )
    if sign in {"or", "and"}:
        run = (_either if sign == "or" else _both)(as_boolean(left), as_boolean(right))
    elif sign in _EQUALITY:
        run = _equality(sign, left, right, scope)
    else:
        run = _ordering(sign, left, right)
    return Expression("boolean", run, positional, anchored)


def negation(operand: Expression) -> Expression:
    """``-operand``."""
    number = as_number(operand)

    def run(node: Cursor, position: int, size: int, current: Cursor) -> float:
        return -float(number(node, position, size, current))

    return Expression("number", run, operand.positional, operand.anchored)


def _union(left: Expression, right: Expression) -> Run:
    first, second = nodes_of(left, "'|'").run, nodes_of(right, "'|'").run

    def run(node: Cursor, position: int, size: int, current: Cursor) -> list[Cursor]:
        return in_document_order(first(node, position, size, current) + second(node, position, size, current))

    return run


def _apply(function: Callable[[Any, Any], Any], first: Run, second: Run) -> Run:
    def run(node: Cursor, position: int, size: int, current: Cursor) -> Any:
        return function(first(node, position, size, current), second(node, position, size, current))

    return run


def _either(first: Run, second: Run) -> Run:
    def run(node: Cursor, position: int, size: int, current: Cursor) -> bool:
        return bool(first(node, position, size, current) or second(node, position, size, current))

    return run


def _both(first: Run, second: Run) -> Run:
    def run(node: Cursor, position: int, size: int, current: Cursor) -> bool:
        return bool(first(node, position, size, current) and second(node, position, size, current))

    return run


# -- equality ----------------------------------------------------------------------------------


def _equality(sign: BinaryOperator, left: Expression, right: Expression, scope: Scope) -> Run:
    compare = _EQUALITY[sign]
    results = {left.result, right.result}
    if "boolean" in results:
        return _apply(compare, as_boolean(left), as_boolean(right))
    if results == {"nodes"}:
        return (_some_equal if sign == "=" else _some_differ)(left.run, right.run)
    if "nodes" in results:
        nodes, other = (left, right) if left.result == "nodes" else (right, left)
        if other.result == "number":
            return _some_number(compare, nodes.run, other.run)
        if other.literal is not None:
            return _some_named(compare, nodes.run, other.literal, scope.identity(other.literal))
        return _some_string(compare, nodes.run, other.run)
    if "number" in results:
        return _apply(compare, as_number(left), as_number(right))
    return _apply(compare, as_string(left), as_string(right))


def _some_equal(first: Run, second: Run) -> Run:
    def run(node: Cursor, position: int, size: int, current: Cursor) -> bool:
        left: list[Cursor] = first(node, position, size, current)
        if not left:
            return False
        right: list[Cursor] = second(node, position, size, current)
        if len(left) == 1:
            text = left[0].string()
            return any(other.string() == text for other in right)
        texts = {one.string() for one in left}
        return any(other.string() in texts for other in right)

    return run


def _some_differ(first: Run, second: Run) -> Run:
    def run(node: Cursor, position: int, size: int, current: Cursor) -> bool:
        left: list[Cursor] = first(node, position, size, current)
        right: list[Cursor] = second(node, position, size, current) if left else []
        if not right:
            return False
        return len({one.string() for one in left} | {other.string() for other in right}) > 1

    return run


def _some_number(compare: Callable[[Any, Any], bool], nodes: Run, other: Run) -> Run:
    def run(node: Cursor, position: int, size: int, current: Cursor) -> bool:
        number = other(node, position, size, current)
        return any(compare(one.number(), number) for one in nodes(node, position, size, current))

    return run


def _some_string(compare: Callable[[Any, Any], bool], nodes: Run, other: Run) -> Run:
    def run(node: Cursor, position: int, size: int, current: Cursor) -> bool:
        text = other(node, position, size, current)
        return any(compare(one.string(), text) for one in nodes(node, position, size, current))

    return run


def _some_named(compare: Callable[[Any, Any], bool], nodes: Run, text: str, identity: str) -> Run:
    def run(node: Cursor, position: int, size: int, current: Cursor) -> bool:
        for one in nodes(node, position, size, current):
            other = identity if type(one.value_type()) is Identityref else text
            if compare(one.string(), other):
                return True
        return False

    return run


# -- order ---------------------------------------------------------------------------------------


def _ordering(sign: BinaryOperator, left: Expression, right: Expression) -> Run:
    compare = _ORDERING[sign]
    if left.result == "nodes" and right.result == "nodes":
        return _some_ordered(sign, left.run, right.run)
    if "boolean" not in (left.result, right.result):
        if left.result == "nodes":
            return _some_number(compare, left.run, as_number(right))
        if right.result == "nodes":
            return _some_number(_ORDERING[_MIRRORED[sign]], right.run, as_number(left))
    first, second = (_truth(side) if side.result == "nodes" else as_number(side) for side in (left, right))
    return _apply(compare, first, second)


def _truth(nodes: Expression) -> Run:
    """A node-set beside a boolean counts as one (section 3.4), and then as 0 or 1."""
    return as_number(Expression("boolean", as_boolean(nodes)))


def _some_ordered(sign: BinaryOperator, first: Run, second: Run) -> Run:
    compare = _ORDERING[sign]
    low, high = (min, max) if sign in ("<", "<=") else (max, min)

    def run(node: Cursor, position: int, size: int, current: Cursor) -> bool:
        left = [number for one in first(node, position, size, current) if (number := one.number()) == number]
        if not left:
            return False
        right = [
            number for one in second(node, position, size, current) if (number := one.number()) == number
        ]
        return bool(right) and compare(low(left), high(right))

    return run
