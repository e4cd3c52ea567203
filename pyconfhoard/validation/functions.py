"""The functions of XPath 1.0 (section 4) and of RFC 7950 (section 10), as one table.

Each entry makes an expression out of compiled arguments; how many there may be was checked when the
text was parsed. What the specifications leave open:

- ``name()`` gives ``module:name``: instance data in JSON has no prefixes.
- ``id()`` gives nothing and ``lang()`` is false: YANG has neither ids nor languages.
- ``re-match()`` with a pattern that is no XSD expression is refused when it is compiled if the pattern
  is written as a string, and false if it comes from data.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from pyconfhoard.schema.types import Bits, Enumeration, Identityref, xsd
from pyconfhoard.validation.cursor import DUMMY, Cursor
from pyconfhoard.validation.expression import (
    Expression,
    Order,
    Result,
    Run,
    Uncompilable,
    as_boolean,
    as_number,
    as_string,
    constant,
    nodes_of,
)
from pyconfhoard.validation.numbers import NAN, round_half_up
from pyconfhoard.validation.scope import Scope
from pyconfhoard.validation.shapes import Kind

__all__ = ["FUNCTIONS"]

Builder: TypeAlias = Callable[[Sequence[Expression], Scope], Expression]

_SELF: Final = Expression("nodes", lambda node, position, size, current: [node], order=Order.SINGLE)
"""What functions take that are called without their optional argument."""


def _pure(result: Result, function: Callable[..., Any], *convert: Callable[[Expression], Run]) -> Builder:
    """A function of strings, numbers or booleans; the last conversion serves the arguments beyond."""

    def build(arguments: Sequence[Expression], scope: Scope) -> Expression:
        runs = [
            convert[min(at, len(convert) - 1)](argument) for at, argument in enumerate(arguments or (_SELF,))
        ]
        return _calling(result, function, runs, arguments or (_SELF,))

    return build


def _calling(
    result: Result, function: Callable[..., Any], runs: Sequence[Run], arguments: Sequence[Expression]
) -> Expression:
    positional = any(argument.positional for argument in arguments)
    anchored = all(argument.anchored for argument in arguments)
    if len(runs) == 1:
        only = runs[0]

        def run_one(node: Cursor, position: int, size: int, current: Cursor) -> Any:
            return function(only(node, position, size, current))

        return Expression(result, run_one, positional, anchored)

    def run(node: Cursor, position: int, size: int, current: Cursor) -> Any:
        return function(*[argument(node, position, size, current) for argument in runs])

    return Expression(result, run, positional, anchored)


def _of_nodes(result: Result, name: str, function: Callable[[list[Cursor]], Any]) -> Builder:
    """A function of one node-set, by default the context node."""

    def build(arguments: Sequence[Expression], scope: Scope) -> Expression:
        argument = nodes_of(arguments[0] if arguments else _SELF, f"{name}()")
        return _calling(result, function, [argument.run], [argument])

    return build


# -- node-sets -----------------------------------------------------------------------------------


def _last(arguments: Sequence[Expression], scope: Scope) -> Expression:
    return Expression("number", lambda node, position, size, current: float(size), positional=True)


def _position(arguments: Sequence[Expression], scope: Scope) -> Expression:
    return Expression("number", lambda node, position, size, current: float(position), positional=True)


def _count(arguments: Sequence[Expression], scope: Scope) -> Expression:
    argument = nodes_of(arguments[0], "count()")
    count = argument.count
    if count is None:
        return _calling("number", lambda nodes: float(len(nodes)), [argument.run], [argument])
    return _calling("number", float, [count], [argument])


def _id(arguments: Sequence[Expression], scope: Scope) -> Expression:
    return constant("nodes", [])


def _is_named(node: Cursor) -> bool:
    return node.parent is not None and node.shape.kind is not Kind.TEXT


def _local_name(nodes: list[Cursor]) -> str:
    return nodes[0].shape.node.name if nodes and _is_named(nodes[0]) else ""


def _name(nodes: list[Cursor]) -> str:
    return nodes[0].shape.node.qname if nodes and _is_named(nodes[0]) else ""


def _namespace_uri(arguments: Sequence[Expression], scope: Scope) -> Expression:
    argument = nodes_of(arguments[0] if arguments else _SELF, "namespace-uri()")
    modules = scope.schema.modules

    def namespace(nodes: list[Cursor]) -> str:
        module = modules.get(nodes[0].shape.node.module) if nodes and _is_named(nodes[0]) else None
        return module.namespace if module else ""

    return _calling("string", namespace, [argument.run], [argument])


def _sum(nodes: list[Cursor]) -> float:
    return float(sum(node.number() for node in nodes))


# -- strings -------------------------------------------------------------------------------------


def _concat(*parts: str) -> str:
    return "".join(parts)


def _contains(text: str, part: str) -> bool:
    return part in text


def _substring_before(text: str, mark: str) -> str:
    before, found, _ = text.partition(mark) if mark else ("", "", "")
    return before if found else ""


def _substring_after(text: str, mark: str) -> str:
    return text.partition(mark)[2] if mark else text


def _substring(text: str, start: float, length: float | None = None) -> str:
    """Characters at positions ``p`` with ``round(start) <= p < round(start) + round(length)``."""
    first = round_half_up(start)
    end = math.inf if length is None else first + round_half_up(length)
    if not (first < math.inf and end > first):  # NaN anywhere selects nothing
        return ""
    low = max(int(first), 1) if first > -math.inf else 1
    return text[low - 1 : max(int(end) - 1, 0)] if end < math.inf else text[low - 1 :]


_BLANKS: Final = " \t\r\n"


def _normalize_space(text: str) -> str:
    return " ".join(word for word in text.translate(_TO_SPACE).split(" ") if word)


_TO_SPACE: Final = str.maketrans(dict.fromkeys(_BLANKS, " "))


def _translate(text: str, old: str, new: str) -> str:
    table: dict[int, str | None] = {}
    for at, letter in enumerate(old):
        table.setdefault(ord(letter), new[at] if at < len(new) else None)
    return text.translate(table)


# -- numbers -------------------------------------------------------------------------------------


def _floor(number: float) -> float:
    return math.copysign(float(math.floor(number)), number) if math.isfinite(number) else number


def _ceiling(number: float) -> float:
    return math.copysign(float(math.ceil(number)), number) if math.isfinite(number) else number


# -- YANG's own (RFC 7950 section 10) ------------------------------------------------------------


def _current(arguments: Sequence[Expression], scope: Scope) -> Expression:
    return Expression(
        "nodes", lambda node, position, size, current: [current], anchored=True, order=Order.SINGLE
    )


def _matches(text: str, pattern: str) -> bool:
    try:
        return xsd.matcher(pattern)(text)
    except ValueError:
        return False


def _re_match(arguments: Sequence[Expression], scope: Scope) -> Expression:
    subject, pattern = arguments
    if pattern.literal is None:
        runs = [as_string(subject), as_string(pattern)]
        return _calling("boolean", _matches, runs, arguments)
    try:
        matcher = xsd.matcher(pattern.literal)
    except ValueError as error:
        raise Uncompilable(f"re-match(): {error}") from None
    return _calling("boolean", matcher, [as_string(subject)], [subject])


def _deref(nodes: list[Cursor]) -> list[Cursor]:
    deref = nodes[0].shape.deref if nodes and nodes[0].value is not DUMMY else None
    return deref(nodes[0]) if deref is not None else []


def _derived_from(*, or_self: bool) -> Builder:
    def build(arguments: Sequence[Expression], scope: Scope) -> Expression:
        name = "derived-from-or-self" if or_self else "derived-from"
        nodes = nodes_of(arguments[0], f"{name}()")
        identities = scope.schema.identities
        written = arguments[1].literal
        if written is not None and scope.identity(written) not in identities:
            raise Uncompilable(f"{name}(): there is no identity {written!r}")

        def derived(nodes: list[Cursor], name: str) -> bool:
            base = scope.identity(name)
            identity = identities.get(base)
            if identity is None:
                return False
            values = (node.value for node in nodes if type(node.value_type()) is Identityref)
            return any(value in identity.derived or (or_self and value == base) for value in values)

        return _calling("boolean", derived, [nodes.run, as_string(arguments[1])], arguments)

    return build


def _enum_value(nodes: list[Cursor]) -> float:
    kind = nodes[0].value_type() if nodes else None
    return float(kind.enums[nodes[0].value]) if isinstance(kind, Enumeration) else NAN


def _bit_is_set(arguments: Sequence[Expression], scope: Scope) -> Expression:
    nodes = nodes_of(arguments[0], "bit-is-set()")

    def is_set(nodes: list[Cursor], bit: str) -> bool:
        return bool(nodes) and isinstance(nodes[0].value_type(), Bits) and bit in nodes[0].value

    return _calling("boolean", is_set, [nodes.run, as_string(arguments[1])], arguments)


FUNCTIONS: Final[Mapping[str, Builder]] = {
    "last": _last,
    "position": _position,
    "count": _count,
    "id": _id,
    "local-name": _of_nodes("string", "local-name", _local_name),
    "namespace-uri": _namespace_uri,
    "name": _of_nodes("string", "name", _name),
    "string": _pure("string", str, as_string),
    "concat": _pure("string", _concat, as_string),
    "starts-with": _pure("boolean", str.startswith, as_string),
    "contains": _pure("boolean", _contains, as_string),
    "substring-before": _pure("string", _substring_before, as_string),
    "substring-after": _pure("string", _substring_after, as_string),
    "substring": _pure("string", _substring, as_string, as_number),
    "string-length": _pure("number", lambda text: float(len(text)), as_string),
    "normalize-space": _pure("string", _normalize_space, as_string),
    "translate": _pure("string", _translate, as_string),
    "boolean": _pure("boolean", bool, as_boolean),
    "not": _pure("boolean", lambda value: not value, as_boolean),
    "true": lambda arguments, scope: constant("boolean", True),
    "false": lambda arguments, scope: constant("boolean", False),
    "lang": lambda arguments, scope: constant("boolean", False),
    "number": _pure("number", float, as_number),
    "sum": _of_nodes("number", "sum", _sum),
    "floor": _pure("number", _floor, as_number),
    "ceiling": _pure("number", _ceiling, as_number),
    "round": _pure("number", round_half_up, as_number),
    "current": _current,
    "re-match": _re_match,
    "deref": _of_nodes("nodes", "deref", _deref),
    "derived-from": _derived_from(or_self=False),
    "derived-from-or-self": _derived_from(or_self=True),
    "enum-value": _of_nodes("number", "enum-value", _enum_value),
    "bit-is-set": _bit_is_set,
}
