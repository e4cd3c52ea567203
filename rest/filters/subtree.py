"""Subtree filters (RFC 6241 section 6), given as anydata in JSON or XML, as selectors (:mod:`rest.filters.select`).

=========================== ======================================= ====================================
filter node                 JSON                                    XML
=========================== ======================================= ====================================
selection: all of it        ``null``, ``[null]``, ``{}`` or ``""``  an empty element
content match               a value                                 an element with text
containment                 an object, or several in an array       an element with elements
=========================== ======================================= ====================================

RFC 6241 tells it in XML only; JSON follows RFC 7951, whose names say where the module changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.schema.nodes import DataNode, Inner, Leaf, LeafList
from pyconfhoard.schema.types.base import InvalidValue, Json
from pyconfhoard.tree import nearest

from .select import WHOLE, Selector

__all__ = ["subtree_of"]

_DEEPEST: Final = 64


def subtree_of(node: Inner, content: Json) -> tuple[Selector, ...]:
    """The selectors of a filter over trees of ``node``, the root of a schema or of notifications.

    Nothing is selected by an empty filter (section 6.4.2). Raises :class:`BadInput` for what is no filter, and for nodes
    that the model does not have: they would never select anything.
    """
    if content in (None, "", [None], {}):
        return ()
    return tuple(_selectors(node, content, 0))


def _selectors(node: Inner, content: Json, depth: int) -> list[Selector]:
    if depth > _DEEPEST:
        raise _wrong("the filter is nested too deeply", node)
    if isinstance(content, list):
        return [selector for one in content for selector in _selectors(node, one, depth)]
    if content in (None, "", {}):
        return [WHOLE]
    if not isinstance(content, dict):
        raise _wrong(f"{node.name or 'the filter'} has no value to compare: {content!r}", node)
    tests: dict[str, Any] = {}
    children: dict[str, tuple[Selector, ...]] = {}
    for name, below in content.items():
        if name.startswith("@"):
            continue
        child = _child(node, name)
        if isinstance(child, Inner):
            children[child.member] = tuple(_selectors(child, below, depth + 1))
        elif below in (None, "", {}) or below == [None]:
            children[child.member] = (WHOLE,)
        else:
            tests[child.member] = _value(child, below)
    if tests and not children:
        return [Selector(whole=True, tests=tests)]
    return [Selector(tests=tests, children=children, shows=True)]


def _child(node: Inner, name: str) -> DataNode:
    found = node.children.get(name) or node.children.get(name.removeprefix(f"{node.module}:"))
    if found is None:
        near = nearest(name, node.children)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        raise _wrong(f"{node.name or 'the datastore'} has no {name!r}{hint}", node, name, near)
    return found


def _value(node: DataNode, content: Json) -> Any:
    """What a leaf must be. Spaces around it do not count in XML, and never are part of what is compared."""
    one = content[0] if isinstance(content, list) and len(content) == 1 else content
    if not isinstance(node, Leaf | LeafList) or isinstance(one, Mapping | list):
        raise _wrong(f"{node.name} cannot be compared to {content!r}", node)
    text = ("true" if one else "false") if isinstance(one, bool) else str(one).strip()
    try:
        return node.type.parse(text, node.module)
    except InvalidValue as error:
        raise _wrong(f"{node.name} is never {text!r}: {error.message}", node, text, error.legal) from None


def _wrong(message: str, node: DataNode, value: str | None = None, legal: tuple[str, ...] = ()) -> BadInput:
    return BadInput(Fault("invalid-value", message, type="protocol", value=value, legal=legal))
