"""XPath 1.0 expressions that clients send: compiled by the same compiler as those of models.

*Names.* A prefix is the name of a module (RFC 8040 section 4.8.4), or what the caller's ``prefixes`` say, as an XML
document declares them. A name without one belongs to the module of the name before it, as in an instance-identifier
(RFC 7951 section 6.11); where there is none before it, it stands for nodes of that name in any module, so that
``/event/severity`` means what the examples of RFC 8040 section 4.8.4 mean by it.

*Cost.* A path that looks at a whole tree inside a predicate of another one such costs the square of the tree; three in one
another are refused, since nothing that one wants to know needs them. What is left may still take long on a large tree, so the
caller decides where it runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.schema.nodes import Inner, Schema, XPath
from pyconfhoard.tree import Branch
from pyconfhoard.validation.compile import Compiler
from pyconfhoard.validation.cursor import Cursor, Document
from pyconfhoard.validation.expression import Expression, Uncompilable, as_boolean
from pyconfhoard.validation.scope import Scope
from pyconfhoard.validation.shapes import Shape, make_shapes
from pyconfhoard.xpath import (
    BinaryOperation,
    Call,
    Expr,
    Filter,
    LocationPath,
    NameTest,
    Negation,
    PathFrom,
    Step,
    String,
    XPathSyntaxError,
    children,
    parse,
    walk,
)

__all__ = ["LONGEST", "Query", "compiled", "query"]

LONGEST: Final = 8192
"""Characters of an expression."""

_WIDE: Final = frozenset({"descendant", "descendant-or-self", "following", "preceding"})
_NESTED: Final = 2
"""Paths over a whole tree that may stand in one another."""
_WIDE_PATHS: Final = 16
"""Paths over a whole tree that an expression may have."""

_DOWN: Final = frozenset({"child", "descendant", "descendant-or-self", "self", "attribute"})
_ANY: Final = NameTest("", "*")


class Query:
    """An expression over trees of one schema: ``root`` is the top of that, with its children."""

    def __init__(self, root: Inner, expression: Expression) -> None:
        self.result = expression.result
        self._expression = expression
        self._shape: Shape = make_shapes(root)
        self._truth = as_boolean(expression)

    def holds(self, tree: Branch) -> bool:
        """Whether it is true of a tree, by XPath's ``boolean()``."""
        root = Document(self._shape, tree, state=True).root
        return bool(self._truth(root, 1, 1, root))

    def nodes(self, tree: Branch) -> list[Cursor]:
        """The nodes that it selects in a tree; none where it is not about nodes."""
        if self.result != "nodes":
            return []
        root = Document(self._shape, tree, state=True).root
        found: list[Cursor] = self._expression.run(root, 1, 1, root)
        return found


def query(text: str, schema: Schema, root: Inner, prefixes: Mapping[str, str] | None = None) -> Query:
    """The query of an expression over trees of ``root``. Raises :class:`BadInput` with what is wrong with it."""
    return Query(root, compiled(text, schema, prefixes))


def compiled(
    text: str,
    schema: Schema,
    prefixes: Mapping[str, str] | None = None,
    *,
    module: str = "",
    nested: int = _NESTED,
) -> Expression:
    """The expression, to be run on a cursor. ``prefixes`` are declared besides the modules' names, and win over
    them; ``module`` is that of first names without prefix, empty for any; ``nested``: so many paths over a whole tree may
    stand in one another. Raises :class:`BadInput`."""
    if len(text) > LONGEST:
        raise _wrong(f"the expression has {len(text)} characters; {LONGEST} are read", text[:80] + "...")
    declared = {**{name: name for name in schema.modules}, **(prefixes or {})}
    try:
        parsed = _named(parse(text), module)
        if _nesting(parsed) > nested:
            raise _wrong(f"more than {nested} paths over the whole tree stand in one another", text)
        if sum(map(_is_wide, walk(parsed))) > _WIDE_PATHS:
            raise _wrong(f"more than {_WIDE_PATHS} paths look at the whole tree", text[:80])
        return Compiler(Scope(XPath(text, module, declared), schema))(parsed)
    except (XPathSyntaxError, Uncompilable) as error:
        raise _wrong(f"that is no XPath expression for this server: {error}", text) from None
    except RecursionError:
        raise _wrong("the expression is nested too deeply", text[:80]) from None


def _wrong(message: str, value: str) -> BadInput:
    return BadInput(Fault("invalid-value", message, type="protocol", value=value))


def _named(expression: Expr, module: str) -> Expr:
    """The expression with every name's module written out, those inside of it included."""
    match expression:
        case LocationPath(steps=steps):
            return replace(expression, steps=_steps(steps, "" if expression.absolute else module))
        case PathFrom(start=start, steps=steps):
            return PathFrom(_named(start, module), _steps(steps, module))
        case Filter(expression=inner, predicates=predicates):
            return Filter(_named(inner, module), tuple(_named(one, module) for one in predicates))
        case Call(arguments=arguments):
            return replace(expression, arguments=tuple(_named(one, module) for one in arguments))
        case Negation(operand=operand):
            return Negation(_named(operand, module))
        case BinaryOperation(left=left, right=right):
            return replace(expression, left=_named(left, module), right=_named(right, module))
    return expression


def _nesting(expression: Expr) -> int:
    """How many paths that look at a whole tree stand in one another's predicates."""
    return max(map(_nesting, children(expression)), default=0) + _is_wide(expression)


def _is_wide(expression: Expr) -> bool:
    if not isinstance(expression, LocationPath | PathFrom):
        return False
    absolute = isinstance(expression, LocationPath) and expression.absolute and bool(expression.steps)
    return absolute or any(step.axis in _WIDE for step in expression.steps)


def _steps(steps: tuple[Step, ...], module: str) -> tuple[Step, ...]:
    found: list[Step] = []
    for step in steps:
        test = step.test
        first: tuple[Expr, ...] = ()
        if isinstance(test, NameTest):
            if test.prefix:
                module = test.prefix
            elif step.axis not in _DOWN:
                module = ""
            if not test.prefix and test.name != "*":
                test, first = _resolved(test.name, module)
        predicates = tuple(_named(one, module) for one in step.predicates)
        found.append(Step(step.axis, test, (*first, *predicates)))
    return tuple(found)


def _resolved(name: str, module: str) -> tuple[NameTest, tuple[Expr, ...]]:
    if module:
        return NameTest(module, name), ()
    return _ANY, (BinaryOperation("=", Call("local-name"), String(name)),)
