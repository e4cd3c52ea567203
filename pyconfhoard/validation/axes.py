"""The thirteen axes of XPath 1.0 (section 2.2) and its node tests (section 2.3).

Each axis is a function from a node to the nodes on it, in *axis order*: document order for forward
axes, the reverse for ``ancestor``, ``ancestor-or-self``, ``preceding`` and ``preceding-sibling``.

YANG data has no attributes and no namespace nodes, so these two axes are empty. A leaf has one text
node, if its value is not the empty string; there are no comments or processing instructions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from typing import Final, TypeAlias

from pyconfhoard.validation.cursor import Cursor
from pyconfhoard.validation.shapes import Kind
from pyconfhoard.xpath import Axis

__all__ = ["AXES", "REVERSE", "Name", "Test", "descendants_named", "in_document_order"]

Name: TypeAlias = tuple[str, str]
"""An expanded name: module and local name."""
Test: TypeAlias = Callable[[Cursor], bool]

REVERSE: Final[frozenset[Axis]] = frozenset(
    ("ancestor", "ancestor-or-self", "preceding", "preceding-sibling")
)


def in_document_order(nodes: list[Cursor]) -> list[Cursor]:
    """Sorted, each node once."""
    if len(nodes) < 2:
        return nodes
    unique = {node.order(): node for node in nodes}
    return [unique[order] for order in sorted(unique)]


def _none(node: Cursor) -> list[Cursor]:
    return []


def _self(node: Cursor) -> list[Cursor]:
    return [node]


def _parent(node: Cursor) -> list[Cursor]:
    return [] if node.parent is None else [node.parent]


def _ancestor(node: Cursor) -> list[Cursor]:
    found = []
    while node.parent is not None:
        node = node.parent
        found.append(node)
    return found


def _ancestor_or_self(node: Cursor) -> list[Cursor]:
    return [node, *_ancestor(node)]


def _descendant(node: Cursor) -> list[Cursor]:
    found = []
    stack = node.children()[::-1]
    while stack:
        node = stack.pop()
        found.append(node)
        stack.extend(reversed(node.children()))
    return found


def _descendant_or_self(node: Cursor) -> list[Cursor]:
    return [node, *_descendant(node)]


def _following_sibling(node: Cursor) -> list[Cursor]:
    return _siblings(node)[1]


def _preceding_sibling(node: Cursor) -> list[Cursor]:
    return _siblings(node)[0][::-1]


def _siblings(node: Cursor) -> tuple[list[Cursor], list[Cursor]]:
    """Those before and those after, in document order."""
    if node.parent is None or node.shape.kind is Kind.TEXT:
        return [], []
    siblings = node.parent.children()
    index, place = node.order()[-1], node.shape.place
    at = 0
    while at < len(siblings) and (siblings[at].shape.place, siblings[at].index) < (place, index):
        at += 1
    return siblings[:at], siblings[at + 1 :]


def _following(node: Cursor) -> list[Cursor]:
    return [
        found
        for above in _ancestor_or_self(node)
        for sibling in _following_sibling(above)
        for found in _descendant_or_self(sibling)
    ]


def _preceding(node: Cursor) -> list[Cursor]:
    return [
        found
        for above in _ancestor_or_self(node)
        for sibling in _preceding_sibling(above)
        for found in reversed(_descendant_or_self(sibling))
    ]


AXES: Final[Mapping[Axis, Callable[[Cursor], list[Cursor]]]] = {
    "ancestor": _ancestor,
    "ancestor-or-self": _ancestor_or_self,
    "attribute": _none,
    "child": Cursor.children,
    "descendant": _descendant,
    "descendant-or-self": _descendant_or_self,
    "following": _following,
    "following-sibling": _following_sibling,
    "namespace": _none,
    "parent": _parent,
    "preceding": _preceding,
    "preceding-sibling": _preceding_sibling,
    "self": _self,
}


def descendants_named(node: Cursor, name: Name) -> list[Cursor]:
    """``descendant::name``, without a look into what cannot hold it."""
    found = []
    stack = [node]
    while stack:
        here = stack.pop()
        shape = here.shape
        if here is not node and (shape.node.module, shape.node.name) == name and shape.kind is not Kind.TEXT:
            found.append(here)
        if name in shape.below:
            inside = (
                here.select(child)
                for child in shape.children
                if name in child.below or (child.node.module, child.node.name) == name
            )
            stack.extend(reversed(list(chain.from_iterable(inside))))
    return found
