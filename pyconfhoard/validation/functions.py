"""The function library: XPath 1.0 section 4 and RFC 7950 section 10, as one table.

A function takes the context and the values of its arguments. What depends on the place alone (``position``, ``last``,
``current``) reads the context; a missing optional argument is the context node, as the specification says.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from pyconfhoard.errors import HoardError
from pyconfhoard.schema.nodes import Leaf, LeafList, Schema
from pyconfhoard.schema.types.bits import Bits
from pyconfhoard.schema.types.enumeration import Enumeration
from pyconfhoard.schema.types.identityref import Identityref
from pyconfhoard.schema.types.instance_identifier import InstanceIdentifier
from pyconfhoard.schema.types.leafref import Leafref
from pyconfhoard.schema.types.union import Union
from pyconfhoard.schema.types.xsd import matcher
from pyconfhoard.tree import parse_path
from pyconfhoard.validation.cursor import Cursor
from pyconfhoard.validation.values import Result, to_boolean, to_number, to_string

__all__ = ["TABLE", "Context", "follow"]


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
    first = _round(to_number(start))
    last = math.inf if length is None else first + _round(to_number(length))
    return "".join(c for at, c in enumerate(to_string(text), 1) if first <= at < last)


def _round(number: float) -> float:
    """Half goes up, towards positive infinity (section 4.4)."""
    return number if math.isnan(number) or math.isinf(number) else float(math.floor(number + 0.5))


def _whole(number: float, how: Callable[[float], int]) -> float:
    return number if math.isnan(number) or math.isinf(number) else float(how(number))


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
    return matcher(to_string(pattern))(to_string(text))


def _final_types(node: Cursor) -> list[Any]:
    """The type of a leaf, leafrefs followed and unions opened."""
    if not isinstance(node.schema, Leaf | LeafList):
        return []
    kinds: list[Any] = [node.schema.type]
    final: list[Any] = []
    while kinds:
        kind = kinds.pop()
        if isinstance(kind, Leafref):
            kinds.append(kind.final)
        elif isinstance(kind, Union):
            kinds.extend(kind.members)
        else:
            final.append(kind)
    return final


def _derived(context: Context, nodes: Result, identity: Result, itself: bool) -> bool:
    """RFC 7950 sections 10.4.1 and 10.4.2."""
    prefix, colon, name = to_string(identity).rpartition(":")
    module = context.names.get(prefix if colon else "", prefix)
    base = f"{module}:{name}"
    known = context.schema.identities.get(base)
    if known is None:
        return False
    for node in _nodes(nodes):
        if any(isinstance(kind, Identityref) for kind in _final_types(node)) and (
            node.value in known.derived or (itself and node.value == base)
        ):
            return True
    return False


def _enum_value(context: Context, nodes: Result) -> float:
    for node in _nodes(nodes)[:1]:
        for kind in _final_types(node):
            if isinstance(kind, Enumeration) and node.value in dict(kind.enums):
                return float(dict(kind.enums)[node.value])
    return math.nan


def _bit_is_set(context: Context, nodes: Result, bit: Result) -> bool:
    for node in _nodes(nodes)[:1]:
        if any(isinstance(kind, Bits) for kind in _final_types(node)):
            return to_string(bit) in node.value
    return False


def _deref(context: Context, nodes: Result) -> list[Cursor]:
    """RFC 7950 section 10.3.1: what a leafref or an instance-identifier refers to."""
    for node in _nodes(nodes)[:1]:
        if not isinstance(node.schema, Leaf | LeafList):
            return []
        if isinstance(node.schema.type, Leafref):
            return context.leafref(node)
        if any(isinstance(kind, InstanceIdentifier) for kind in _final_types(node)):
            found = follow(context.schema, node.root, to_string([node]))
            return [found] if found is not None else []
    return []


def follow(schema: Schema, root: Cursor, text: str) -> Cursor | None:
    """The node that an instance-identifier names, defaults in use counted; None where there is none."""
    try:
        path = parse_path(schema, text)
    except HoardError:
        return None
    here: Cursor | None = root
    for step in path.steps:
        if here is None or not hasattr(here.schema, "children"):
            return None
        child = here.schema.children[step.name]
        nodes = list(here.instances(child)) if step.key is None or not hasattr(child, "keys") else []
        if step.key is not None and hasattr(child, "keys"):
            here = here.entry(child, step.key)
        elif step.key is not None:
            here = next((node for node in nodes if node.value == step.key[0]), None)
        else:
            here = nodes[0] if nodes else None
    return here


def _sum(context: Context, nodes: Result) -> float:
    return math.fsum(to_number([node]) for node in _nodes(nodes)) if _nodes(nodes) else 0.0


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
    "round": lambda c, value: _round(to_number(value)),
    "current": lambda c: [c.current],
    "re-match": _re_match,
    "deref": _deref,
    "derived-from": lambda c, nodes, identity: _derived(c, nodes, identity, itself=False),
    "derived-from-or-self": lambda c, nodes, identity: _derived(c, nodes, identity, itself=True),
    "enum-value": _enum_value,
    "bit-is-set": _bit_is_set,
}
