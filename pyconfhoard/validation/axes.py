"""The axes of XPath 1.0 (section 2.2), each a function from a node to nodes in the axis's own order.

Reverse axes give the nearest node first, which is how ``position()`` counts on them. Document order for sorting
is computed only where something must be sorted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from pyconfhoard.validation.cursor import Cursor

__all__ = ["AXES", "REVERSE", "in_document_order"]

REVERSE: Final = frozenset({"ancestor", "ancestor-or-self", "preceding", "preceding-sibling"})


def _ancestors(node: Cursor) -> Iterator[Cursor]:
    here = node.parent
    while here is not None:
        yield here
        here = here.parent


def _siblings(node: Cursor) -> tuple[list[Cursor], int]:
    """All children of the parent, and the place of ``node`` among them."""
    if node.parent is None:
        return [node], 0
    listed = list(node.parent.children())
    mine = (id(node.schema), node.key)
    return listed, next(i for i, other in enumerate(listed) if (id(other.schema), other.key) == mine)


def _following_siblings(node: Cursor) -> Iterable[Cursor]:
    listed, at = _siblings(node)
    return listed[at + 1 :]


def _preceding_siblings(node: Cursor) -> Iterable[Cursor]:
    listed, at = _siblings(node)
    return reversed(listed[:at])


def _following(node: Cursor) -> Iterator[Cursor]:
    here: Cursor | None = node
    while here is not None:
        for sibling in _following_siblings(here):
            yield sibling
            yield from sibling.descendants()
        here = here.parent


def _preceding(node: Cursor) -> Iterator[Cursor]:
    here: Cursor | None = node
    while here is not None:
        for sibling in _preceding_siblings(here):
            yield from reversed([sibling, *sibling.descendants()])
        here = here.parent


def _or_self(node: Cursor, others: Iterable[Cursor]) -> Iterator[Cursor]:
    yield node
    yield from others


AXES: Final[dict[str, Callable[[Cursor], Iterable[Cursor]]]] = {
    "self": lambda node: (node,),
    "child": Cursor.children,
    "parent": lambda node: () if node.parent is None else (node.parent,),
    "ancestor": _ancestors,
    "ancestor-or-self": lambda node: _or_self(node, _ancestors(node)),
    "descendant": Cursor.descendants,
    "descendant-or-self": lambda node: _or_self(node, node.descendants()),
    "following-sibling": _following_siblings,
    "preceding-sibling": _preceding_siblings,
    "following": _following,
    "preceding": _preceding,
    "attribute": lambda node: (),  # YANG data has neither attributes
    "namespace": lambda node: (),  # nor namespace nodes
}


def in_document_order(nodes: Iterable[Cursor]) -> list[Cursor]:
    """Each node once, in document order."""
    unique: dict[Any, Cursor] = {}
    for node in nodes:
        unique.setdefault(node.place, node)
    if len(unique) < 2:
        return list(unique.values())
    ranks: dict[Any, dict[Any, int]] = {}
    return sorted(unique.values(), key=lambda node: _rank(node, ranks))


def _rank(node: Cursor, ranks: dict[Any, dict[Any, int]]) -> list[int]:
    """The position of every ancestor and of the node among its siblings; a parent is before its children."""
    way: list[int] = []
    here = node
    while here.parent is not None:
        parent = here.parent
        known = ranks.get(parent.place)
        if known is None:
            known = {(id(child.schema), child.key): index for index, child in enumerate(parent.children())}
            ranks[parent.place] = known
        way.append(known[(id(here.schema), here.key)])
        here = parent
    way.reverse()
    return way
