"""Syntax tree to closure: the one function that knows every kind of expression."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pyconfhoard.schema.nodes import Schema, XPath
from pyconfhoard.validation.expression import Expression, Uncompilable, constant
from pyconfhoard.validation.functions import FUNCTIONS
from pyconfhoard.validation.operators import binary, negation
from pyconfhoard.validation.paths import filtered, path
from pyconfhoard.validation.scope import Scope
from pyconfhoard.xpath import (
    BinaryOperation,
    Call,
    Expr,
    Filter,
    LocationPath,
    Negation,
    Number,
    PathFrom,
    String,
    XPathSyntaxError,
    parse,
)

__all__ = ["Compiler", "compile_xpath"]


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles what is written at one place of the model."""

    scope: Scope

    def __call__(self, expression: Expr) -> Expression:
        """Raises :class:`Uncompilable` with the reason."""
        match expression:
            case String(value):
                return replace(constant("string", value), literal=value)
            case Number():
                return replace(constant("number", expression.value), fixed=expression.value)
            case LocationPath() | PathFrom():
                return path(expression, self)
            case Filter():
                return filtered(expression, self)
            case Call(name, arguments):
                return FUNCTIONS[name]([self(argument) for argument in arguments], self.scope)
            case Negation(operand):
                return negation(self(operand))
            case BinaryOperation(operator, left, right):
                return binary(operator, self(left), self(right), self.scope)


def compile_xpath(xpath: XPath, schema: Schema) -> Expression:
    """An expression of the model. Raises :class:`Uncompilable` with the reason."""
    try:
        return Compiler(Scope(xpath, schema))(parse(xpath.text))
    except XPathSyntaxError as error:
        raise Uncompilable(str(error)) from None
