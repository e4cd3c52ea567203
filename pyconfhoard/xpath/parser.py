"""Tokens to syntax tree: the whole grammar of XPath 1.0, by recursive descent.

Binary operators are parsed by climbing their precedences; the rest follows the productions of the
recommendation, whose numbers the methods quote. What cannot mean anything in YANG is refused
here, where the column is known: a function that neither XPath 1.0 nor RFC 7950 section 10
defines, a wrong number of arguments, and variables (RFC 7950 section 6.4.1 binds none).

Depth is bounded, by :data:`MAX_DEPTH`, because everything that later works on the tree recurses
over it, and expressions also come in requests.
"""

from __future__ import annotations

from typing import Final, NoReturn

from pyconfhoard.xpath.ast import (
    AXES,
    DESCENDANTS,
    PARENT,
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
)
from pyconfhoard.xpath.functions import FUNCTIONS
from pyconfhoard.xpath.lexer import Token, XPathSyntaxError, tokens

__all__ = ["MAX_DEPTH", "PRECEDENCE", "parse"]

MAX_DEPTH: Final = 200
"""How deep a syntax tree may be; a chain of n operators of one precedence is n deep."""

_MAX_NESTING: Final = 30  # of brackets and signs; each costs the parser up to 18 calls

_LEVELS: Final[tuple[tuple[BinaryOperator, ...], ...]] = (
    ("or",),
    ("and",),
    ("=", "!="),
    ("<", "<=", ">", ">="),
    ("+", "-"),
    ("*", "div", "mod"),
    (),  # the unary minus
    ("|",),
)
PRECEDENCE: Final[dict[str, int]] = {word: level for level, words in enumerate(_LEVELS) for word in words}
"""Of the binary operators, loosest first."""
UNARY: Final = _LEVELS.index(())
"""The precedence of the unary minus."""

_OPERATORS: Final[dict[str, BinaryOperator]] = {word: word for words in _LEVELS for word in words}
_NODE_TYPES: Final[dict[str, NodeType]] = {
    "node": "node",
    "text": "text",
    "comment": "comment",
    "processing-instruction": "processing-instruction",
}


def parse(text: str) -> Expr:
    """The syntax tree of an XPath 1.0 expression. Raises :class:`XPathSyntaxError`."""
    parser = _Parser(text)
    expression = parser.expression(0)
    parser.expect("", "an operator or the end")
    if _depth(expression) > MAX_DEPTH:
        raise XPathSyntaxError(f"the expression is more than {MAX_DEPTH} levels deep", text, 1)
    return expression


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(tokens(text))
        self.at = 0
        self.nesting = 0

    # -- tokens

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    @property
    def following(self) -> str:
        """The text of the token after the current one."""
        return self.tokens[self.at + 1].text if self.at + 1 < len(self.tokens) else ""

    def take(self) -> Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def accept(self, text: str) -> bool:
        """Take the symbol or operator ``text`` if it stands here."""
        token = self.tokens[self.at]
        if token.text == text and token.kind in {"symbol", "operator"}:
            self.at += 1
            return True
        return False

    def expect(self, text: str, wanted: str) -> None:
        if self.token.text != text:
            self.want(wanted)
        self.at += 1

    def want(self, wanted: str) -> NoReturn:
        self.fail(f"expected {wanted}, not {self.token.text or 'the end'}")

    def fail(self, reason: str, token: Token | None = None) -> NoReturn:
        raise XPathSyntaxError(reason, self.text, (token or self.token).column)

    # -- expressions

    def expression(self, level: int) -> Expr:
        """[14] Expr, [21]..[26]: operators of ``level`` and above, left-associative."""
        left = self.unary() if level <= UNARY else self.path()
        while True:
            token = self.token
            found = PRECEDENCE.get(token.text) if token.kind == "operator" else None
            if found is None or found < level:
                return left
            self.at += 1
            left = BinaryOperation(_OPERATORS[token.text], left, self.expression(found + 1))

    def unary(self) -> Expr:
        """[27] UnaryExpr."""
        if self.token.text == "-" and self.token.kind == "operator":
            self.enter()
            self.at += 1
            operand = Negation(self.unary())
            self.nesting -= 1
            return operand
        return self.expression(UNARY + 1)

    def path(self) -> Expr:
        """[19] PathExpr, [20] FilterExpr."""
        if not self.at_primary():
            return self.location_path()
        primary = self.primary()
        predicates = self.predicates()
        start = Filter(primary, predicates) if predicates else primary
        if self.token.text in {"/", "//"}:
            return PathFrom(start, self.steps_after_slash())
        return start

    def at_primary(self) -> bool:
        token = self.token
        if token.kind == "name":
            return self.following == "(" and token.text not in _NODE_TYPES
        return token.kind in {"string", "number"} or token.text in {"(", "$"}

    def primary(self) -> Expr:
        """[15] PrimaryExpr."""
        token = self.take()
        if token.kind == "string":
            return String(token.text[1:-1])
        if token.kind == "number":
            return Number(token.text)
        if token.kind == "name":
            return self.call(token)
        if token.text == "$":
            self.fail(f"YANG binds no variable, so ${self.token.text} has no value", token)
        self.enter(token)
        inner = self.expression(0)
        self.expect(")", "')'")
        self.nesting -= 1
        return inner

    def call(self, name: Token) -> Call:
        """[16] FunctionCall."""
        if name.text not in FUNCTIONS:
            self.fail(f"there is no function {name.text}()", name)
        self.enter(name)
        self.expect("(", "'('")
        arguments: list[Expr] = []
        if not self.accept(")"):
            arguments.append(self.expression(0))
            while self.accept(","):
                arguments.append(self.expression(0))
            self.expect(")", "',' or ')'")
        self.nesting -= 1
        fewest, most = FUNCTIONS[name.text]
        if len(arguments) < fewest or (most is not None and len(arguments) > most):
            self.fail(f"{name.text}() takes {_count(fewest, most)}, not {len(arguments)}", name)
        return Call(name.text, tuple(arguments))

    def predicates(self) -> tuple[Expr, ...]:
        """[8] Predicate, any number of them."""
        found: list[Expr] = []
        while self.accept("["):
            self.enter()
            found.append(self.expression(0))
            self.expect("]", "']'")
            self.nesting -= 1
        return tuple(found)

    # -- location paths

    def location_path(self) -> LocationPath:
        """[1] LocationPath, [2] AbsoluteLocationPath, [10] abbreviated."""
        if self.token.text == "//":
            return LocationPath(True, self.steps_after_slash())
        if self.token.text == "/":
            self.at += 1
            return LocationPath(True, self.relative_path() if self.at_step() else ())
        if not self.at_step():
            self.want("an expression")
        return LocationPath(False, self.relative_path())

    def at_step(self) -> bool:
        return self.token.kind == "name" or self.token.text in {".", "..", "@"}

    def relative_path(self) -> tuple[Step, ...]:
        """[3] RelativeLocationPath."""
        first = self.step()
        return (first, *self.steps_after_slash()) if self.token.text in {"/", "//"} else (first,)

    def steps_after_slash(self) -> tuple[Step, ...]:
        found: list[Step] = []
        while self.token.text in {"/", "//"}:
            if self.take().text == "//":
                found.append(DESCENDANTS)
            found.append(self.step())
        return tuple(found)

    def step(self) -> Step:
        """[4] Step, [5] AxisSpecifier, [12] AbbreviatedStep, [13] AbbreviatedAxisSpecifier."""
        if self.accept("."):
            return SELF
        if self.accept(".."):
            return PARENT
        axis: Axis = "child"
        if self.accept("@"):
            axis = "attribute"
        elif self.following == "::":
            name = self.take()
            if name.text not in AXES:
                self.fail(f"there is no axis {name.text!r}", name)
            axis = AXES[name.text]
            self.at += 1
        return Step(axis, self.node_test(), self.predicates())

    def node_test(self) -> NameTest | NodeTypeTest:
        """[7] NodeTest, [37] NameTest."""
        token = self.token
        if token.kind != "name":
            self.want("the name of a node")
        self.at += 1
        if self.token.text == "(" and token.text in _NODE_TYPES:
            self.at += 1
            target = ""
            if token.text == "processing-instruction" and self.token.kind == "string":
                target = self.take().text[1:-1]
            self.expect(")", "')'")
            return NodeTypeTest(_NODE_TYPES[token.text], target)
        prefix, _, name = token.text.rpartition(":")
        return NameTest(prefix, name)

    def enter(self, token: Token | None = None) -> None:
        self.nesting += 1
        if self.nesting > _MAX_NESTING:
            self.fail(f"brackets are nested more than {_MAX_NESTING} deep", token)


def _count(fewest: int, most: int | None) -> str:
    if most is None:
        return f"at least {fewest} arguments"
    if fewest != most:
        return f"{fewest} to {most} arguments"
    return {0: "no argument", 1: "1 argument"}.get(fewest, f"{fewest} arguments")


def _depth(expression: Expr) -> int:
    level = [expression]
    depth = 0
    while level:
        depth += 1
        level = [child for parent in level for child in children(parent)]
    return depth
