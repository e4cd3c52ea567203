"""Syntax tree to text: the shortest form, with as few brackets as the grammar allows.

``parse(unparse(tree)) == tree`` for every tree that :func:`parse` gives.
"""

from __future__ import annotations

from pyconfhoard.xpath.ast import (
    DESCENDANTS,
    PARENT,
    ROOT,
    SELF,
    BinaryOperation,
    Call,
    Expr,
    Filter,
    LocationPath,
    NameTest,
    Negation,
    NodeTypeTest,
    Number,
    PathFrom,
    Step,
    String,
)
from pyconfhoard.xpath.parser import PRECEDENCE, UNARY

__all__ = ["unparse"]


def unparse(expression: Expr) -> str:
    """The expression as text.

    Raises ``ValueError`` for a string that holds both kinds of quotes: XPath 1.0 cannot write it.
    """
    match expression:
        case String(value):
            return _literal(value)
        case Number(text):
            return text
        case LocationPath(absolute, steps):
            return _steps("/" if absolute else "", steps) or "/"
        case PathFrom(start, steps):
            return _primary(start, filtered=True) + _steps("/", steps)
        case Filter(inner, predicates):
            return _primary(inner, filtered=False) + _predicates(predicates)
        case Call(name, arguments):
            return f"{name}({', '.join(map(unparse, arguments))})"
        case Negation(operand):
            return "-" + _operand(operand, UNARY)
        case BinaryOperation(operator, left, right):
            level = PRECEDENCE[operator]
            return f"{_operand(left, level)} {operator} {_operand(right, level + 1)}"


def _operand(expression: Expr, level: int) -> str:
    """As an operand that must bind at least as tightly as ``level``."""
    text = unparse(expression)
    match expression:
        case BinaryOperation(operator):
            bare = PRECEDENCE[operator] >= level
        case Negation():
            bare = level <= UNARY
        case _:
            # An operator after a bare "/" would be read as the name of a step.
            bare = expression != ROOT
    return text if bare else f"({text})"


def _primary(expression: Expr, *, filtered: bool) -> str:
    """As what a predicate or a slash may follow."""
    text = unparse(expression)
    bare = isinstance(expression, String | Number | Call) or (filtered and isinstance(expression, Filter))
    return text if bare else f"({text})"


def _steps(slash: str, steps: tuple[Step, ...]) -> str:
    """The steps, ``slash`` before the first of them."""
    words: list[str] = []
    for index, step in enumerate(steps):
        if step == DESCENDANTS and slash == "/" and index + 1 < len(steps):
            slash = "//"
        else:
            words.append(slash + _step(step))
            slash = "/"
    return "".join(words)


def _step(step: Step) -> str:
    if step == SELF:
        return "."
    if step == PARENT:
        return ".."
    axis = {"child": "", "attribute": "@"}.get(step.axis, f"{step.axis}::")
    return axis + _node_test(step.test) + _predicates(step.predicates)


def _node_test(test: NameTest | NodeTypeTest) -> str:
    if isinstance(test, NameTest):
        return f"{test.prefix}:{test.name}" if test.prefix else test.name
    return f"{test.kind}({_literal(test.target) if test.target else ''})"


def _predicates(predicates: tuple[Expr, ...]) -> str:
    return "".join(f"[{unparse(predicate)}]" for predicate in predicates)


def _literal(value: str) -> str:
    if "'" not in value:
        return f"'{value}'"
    if '"' not in value:
        return f'"{value}"'
    raise ValueError(f"XPath 1.0 has no string with both kinds of quotes: {value!r}")
