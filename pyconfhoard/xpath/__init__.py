"""XPath 1.0 with the functions of YANG, as syntax: text to tree and back. No data, no prefixes.

>>> from pyconfhoard.xpath import parse, unparse
>>> unparse(parse("../low-point<current()/../set-point"))
'../low-point < current()/../set-point'
"""

from pyconfhoard.xpath.ast import (
    AXES,
    DESCENDANTS,
    PARENT,
    ROOT,
    SELF,
    Axis,
    BinaryOperation,
    BinaryOperator,
    Call,
    Expr,
    Filter,
    LocationPath,
    NameTest,
    Negation,
    NodeType,
    NodeTypeTest,
    Number,
    PathFrom,
    Step,
    String,
    children,
    walk,
)
from pyconfhoard.xpath.functions import CORE_FUNCTIONS, FUNCTIONS, YANG_FUNCTIONS
from pyconfhoard.xpath.lexer import XPathSyntaxError
from pyconfhoard.xpath.parser import MAX_DEPTH, parse
from pyconfhoard.xpath.text import unparse

__all__ = [
    "AXES",
    "CORE_FUNCTIONS",
    "DESCENDANTS",
    "FUNCTIONS",
    "MAX_DEPTH",
    "PARENT",
    "ROOT",
    "SELF",
    "YANG_FUNCTIONS",
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
    "XPathSyntaxError",
    "children",
    "parse",
    "unparse",
    "walk",
]
