"""The function library: XPath 1.0 section 4 and RFC 7950 section 10, as one table.

A function takes the context and the values of its arguments. What depends on the place alone (``position``, ``last``,
``current``) reads the context; a missing optional argument is the context node, as the specification says.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pyconfhoard.errors import HoardError
from pyconfhoard.schema.nodes import Inner, Leaf, LeafList, List, Schema
from pyconfhoard.schema.types.base import Type
from pyconfhoard.schema.types.bits import Bits
from pyconfhoard.schema.types.enumeration import Enumeration
from pyconfhoard.schema.types.identityref import Identityref
from pyconfhoard.schema.types.instance_identifier import InstanceIdentifier
from pyconfhoard.schema.types.leafref import Leafref
from pyconfhoard.schema.types.union import Union
from pyconfhoard.schema.types.xsd import matcher
from pyconfhoard.tree import parse_path
from pyconfhoard.tree.branch import same
from pyconfhoard.validation.cursor import Cursor
from pyconfhoard.validation.numbers import NAN, round_half_up
from pyconfhoard.validation.values import Result, to_boolean, to_number, to_string

__all__ = ["TABLE", "Context", "final_type", "follow"]


@dataclass(slots=True)
class Context:
    """XPath 1.0 section 1, with what YANG adds: the node that ``current()`` means, the schema, and ``names``: what the
    prefixes of the expression mean ("" is the module of names without one)."""

    node: Cursor
    current: Cursor
    schema: Schema
    names: dict[str, str]
    leafref: Callable[[Cursor], list[Cursor]]
    """The nodes that a leafref's node refers to."""
    position: int = 1
    size: int = 1

    def at(self, node: Cursor, position: int, size: int) -> Context:
        return Context(node, self.current, self.schema, self.names, self.leafref, position, size)


def _subject(context: Context, values: list[Result]) -> Result:
    return values[0] if values else [context.node]


def _nodes(value: Result) -> list[Cursor]:
    return value if isinstance(value, list) else []


def _local_name(context: Context, *values: Result) -> str:
    nodes = _nodes(_subject(context, list(values)))
    return nodes[0].schema.name if nodes else ""


def _name(context: Context, *values: Result) -> str:
    nodes = _nodes(_subject(context, list(values)))
    return nodes[0].schema.qname if nodes and nodes[0].schema.name else ""


def _namespace(context: Context, *values: Result) -> str:
    nodes = _nodes(_subject(context, list(values)))
    module = context.schema.modules.get(nodes[0].schema.module) if nodes else None
    return module.namespace if module else ""


def _substring(context: Context, text: Result, start: Result, length: Result | None = None) -> str:
    """Positions count from 1 and round as ``round`` does (section 4.2)."""
    first = round_half_up(to_number(start))
    last = math.inf if length is None else first + round_half_up(to_number(length))
    return "".join(c for at, c in enumerate(to_string(text), 1) if first <= at < last)


def _whole(number: float, how: Callable[[float], int]) -> float:
    """``floor`` and ``ceiling``; what is not finite stays, and a zero keeps the sign."""
    return math.copysign(float(how(number)), number) if math.isfinite(number) else number


def _translate(context: Context, text: Result, old: Result, new: Result) -> str:
    target = to_string(new)
    table: dict[int, str] = {}
    for index, letter in enumerate(to_string(old)):
        table.setdefault(ord(letter), target[index : index + 1])
    return to_string(text).translate(table)


def _before(context: Context, text: Result, mark: Result) -> str:
    head, found, _ = _partition(to_string(text), to_string(mark))
    return head if found else ""


def _after(context: Context, text: Result, mark: Result) -> str:
    _, found, tail = _partition(to_string(text), to_string(mark))
    return tail if found else ""


def _partition(text: str, mark: str) -> tuple[str, bool, str]:
    if not mark:
        return "", True, text
    head, found, tail = text.partition(mark)
    return head, bool(found), tail


def _re_match(context: Context, text: Result, pattern: Result) -> bool:
    """RFC 7950 section 10.2.1. A pattern that is computed and turns out to be none matches nothing."""
    try:
        return matcher(to_string(pattern))(to_string(text))
    except ValueError:
        return False


def final_type(node: Cursor) -> Type | None:
    """The type that a leaf's value has: leafrefs followed, and of a union the member that it is a value of."""
    if not isinstance(node.schema, Leaf | LeafList):
        return None
    kind = node.schema.type
    while True:
        if isinstance(kind, Leafref):
            kind = kind.final
        elif isinstance(kind, Union):
            found = next((member for member in kind.members if member.holds(node.value)), None)
            if found is None:
                return None
            kind = found
        else:
            return kind


def _derived(context: Context, nodes: Result, identity: Result, itself: bool) -> bool:
    """RFC 7950 sections 10.4.1 and 10.4.2."""
    prefix, colon, name = to_string(identity).rpartition(":")
    module = context.names.get(prefix if colon else "", prefix)
    base = f"{module}:{name}"
    known = context.schema.identities.get(base)
    if known is None:
        return False
    return any(
        isinstance(final_type(node), Identityref)
        and (node.value in known.derived or (itself and node.value == base))
        for node in _nodes(nodes)
    )


def _enum_value(context: Context, nodes: Result) -> float:
    """RFC 7950 section 10.5.1: of the first node."""
    for node in _nodes(nodes)[:1]:
        kind = final_type(node)
        if isinstance(kind, Enumeration) and node.value in kind.enums:
            return float(kind.enums[node.value])
    return NAN


def _bit_is_set(context: Context, nodes: Result, bit: Result) -> bool:
    """RFC 7950 section 10.6.1: of the first node."""
    return any(
        isinstance(final_type(node), Bits) and to_string(bit) in node.value for node in _nodes(nodes)[:1]
    )


def _deref(context: Context, nodes: Result) -> list[Cursor]:
    """RFC 7950 section 10.3.1: what a leafref or an instance-identifier refers to."""
    for node in _nodes(nodes)[:1]:
        if isinstance(final_type(node), InstanceIdentifier):
            found = follow(context.schema, node.root, node.text())
            return [] if found is None else [found]
        return context.leafref(node)
    return []


def follow(schema: Schema, root: Cursor, text: str) -> Cursor | None:
    """The one node that an instance-identifier names, defaults in use counted; None where there is none."""
    try:
        path = parse_path(schema, text)
    except HoardError:
        return None
    here: Cursor | None = root
    for step in path.steps:
        if here is None or not isinstance(here.schema, Inner):
            return None
        child = here.schema.children[step.name]
        if isinstance(child, List):
            here = None if step.key is None else here.entry(child, step.key)
        elif isinstance(child, LeafList):
            here = next(
                (node for node in here.instances(child) if step.key and same(node.value, step.key[0])), None
            )
        else:
            here = next(here.instances(child), None)
    return here


def _sum(context: Context, nodes: Result) -> float:
    total = 0.0
    for node in _nodes(nodes):
        total += to_number([node])
    return total


TABLE: Final[dict[str, Callable[..., Result]]] = {
    "last": lambda c: float(c.size),
    "position": lambda c: float(c.position),
    "count": lambda c, nodes: float(len(_nodes(nodes))),
    "id": lambda c, value: [],  # YANG data has no DTD, hence no identifiers
    "local-name": _local_name,
    "namespace-uri": _namespace,
    "name": _name,
    "string": lambda c, *v: to_string(_subject(c, list(v))),
    "concat": lambda c, *v: "".join(map(to_string, v)),
    "starts-with": lambda c, text, start: to_string(text).startswith(to_string(start)),
    "contains": lambda c, text, part: to_string(part) in to_string(text),
    "substring-before": _before,
    "substring-after": _after,
    "substring": _substring,
    "string-length": lambda c, *v: float(len(to_string(_subject(c, list(v))))),
    "normalize-space": lambda c, *v: " ".join(
        word
        for word in to_string(_subject(c, list(v)))
        .replace("\t", " ")
        .replace("\r", " ")
        .replace("\n", " ")
        .split(" ")
        if word
    ),
    "translate": _translate,
    "boolean": lambda c, value: to_boolean(value),
    "not": lambda c, value: not to_boolean(value),
    "true": lambda c: True,
    "false": lambda c: False,
    "lang": lambda c, value: False,  # YANG data has no xml:lang
    "number": lambda c, *v: to_number(_subject(c, list(v))),
    "sum": _sum,
    "floor": lambda c, value: _whole(to_number(value), math.floor),
    "ceiling": lambda c, value: _whole(to_number(value), math.ceil),
    "round": lambda c, value: round_half_up(to_number(value)),
    "current": lambda c: [c.current],
    "re-match": _re_match,
    "deref": _deref,
    "derived-from": lambda c, nodes, identity: _derived(c, nodes, identity, itself=False),
    "derived-from-or-self": lambda c, nodes, identity: _derived(c, nodes, identity, itself=True),
    "enum-value": _enum_value,
    "bit-is-set": _bit_is_set,
}
