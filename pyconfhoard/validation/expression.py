"""What an XPath expression is compiled to, and the conversions between XPath's four types.

XPath 1.0 without variables is statically typed: of each expression it is known beforehand whether
it gives a node-set, a string, a number or a boolean. So all conversions are chosen when it is
compiled, and none when it runs. A closure takes the context node, the context position and size,
and the node that ``current()`` gives.

A node-set is a list of :class:`Cursor` in document order, each node once. How much work that needs
follows from :class:`Order`, what is known of a list of nodes without looking at it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, Literal, TypeAlias

from pyconfhoard.validation.cursor import Cursor
from pyconfhoard.validation.numbers import NAN, number_text, text_number

__all__ = [
    "Expression",
    "Order",
    "Result",
    "Run",
    "Uncompilable",
    "as_boolean",
    "as_number",
    "as_string",
    "constant",
    "nodes_of",
]

Result: TypeAlias = Literal["nodes", "string", "number", "boolean"]
Run: TypeAlias = Callable[[Cursor, int, int, Cursor], Any]
"""(context node, position, size, current node) -> list of nodes, str, float or bool."""


class Uncompilable(ValueError):
    """An expression that parses but cannot mean anything: the reason in plain words."""


class Order(IntEnum):
    """What is known of a list of nodes, the strongest first; each includes those after it."""

    SINGLE = 0
    """At most one node."""
    FLAT = 1
    """In document order, each once, and none is an ancestor of another."""
    SORTED = 2
    """In document order, each once."""


@dataclass(frozen=True, slots=True)
class Expression:
    result: Result
    run: Run
    positional: bool = False
    """It reads the context position or size."""
    anchored: bool = False
    """It gives the same whatever the context node is."""
    order: Order = Order.SORTED
    """Of the nodes, if it gives nodes."""
    exists: Run | None = None
    """For nodes: a quicker ``boolean()``."""
    count: Run | None = None
    """For nodes: a quicker ``count()``."""
    literal: str | None = None
    """The string, if it is written as one."""
    fixed: float | None = None
    """The number, if it is written as one."""


def constant(result: Result, value: Any) -> Expression:
    """An expression that always gives ``value``."""

    def run(node: Cursor, position: int, size: int, current: Cursor) -> Any:
        return value

    return Expression(result, run, anchored=True)


def nodes_of(expression: Expression, what: str) -> Expression:
    """``expression``, which must give nodes; ``what`` names the place where it stands."""
    if expression.result != "nodes":
        raise Uncompilable(f"{what} needs a node-set, not a {expression.result}")
    return expression


def as_boolean(expression: Expression) -> Run:
    """XPath 1.0 section 4.3, ``boolean()``."""
    run = expression.run
    if expression.result == "boolean":
        return run
    if expression.exists is not None:
        return expression.exists
    if expression.result == "number":

        def not_zero(node: Cursor, position: int, size: int, current: Cursor) -> bool:
            number = run(node, position, size, current)
            return bool(number == number and number)  # noqa: PLR0124 - NaN is false

        return not_zero

    def not_empty(node: Cursor, position: int, size: int, current: Cursor) -> bool:
        return bool(run(node, position, size, current))

    return not_empty


def as_number(expression: Expression) -> Run:
    """XPath 1.0 section 4.4, ``number()``."""
    run = expression.run
    match expression.result:
        case "number":
            return run
        case "nodes":

            def first(node: Cursor, position: int, size: int, current: Cursor) -> float:
                nodes: list[Cursor] = run(node, position, size, current)
                return nodes[0].number() if nodes else NAN

            return first
        case "boolean":

            def one_or_zero(node: Cursor, position: int, size: int, current: Cursor) -> float:
                return float(run(node, position, size, current))

            return one_or_zero
        case "string":

            def parsed(node: Cursor, position: int, size: int, current: Cursor) -> float:
                return text_number(run(node, position, size, current))

            return parsed


_WORDS: Final = {True: "true", False: "false"}


def as_string(expression: Expression) -> Run:
    """XPath 1.0 section 4.2, ``string()``."""
    run = expression.run
    match expression.result:
        case "string":
            return run
        case "nodes":

            def first(node: Cursor, position: int, size: int, current: Cursor) -> str:
                nodes: list[Cursor] = run(node, position, size, current)
                return nodes[0].string() if nodes else ""

            return first
        case "boolean":

            def word(node: Cursor, position: int, size: int, current: Cursor) -> str:
                return _WORDS[run(node, position, size, current)]

            return word
        case "number":

            def written(node: Cursor, position: int, size: int, current: Cursor) -> str:
                return number_text(run(node, position, size, current))

            return written
