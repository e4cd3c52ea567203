"""The values of a leaf-list, and their annotations.

In configuration values are unique, and one that the system orders is kept sorted, as lists are: two that
hold the same are equal. State data keeps what it is given, twice if need be (RFC 7950 section 7.7).

Annotations of a leaf-list are an array beside it, one object (or null) a value (RFC 7952 section 5.2.3), so
they have to move along when values do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyconfhoard.schema.nodes import LeafList
from pyconfhoard.schema.types.base import Json, Value

__all__ = ["aligned", "arrange", "arranged", "exact", "first_twice"]


def exact(value: Value) -> tuple[str, Any]:
    """What tells values apart, and sorts them, where a union has more than one Python type."""
    return (type(value).__name__, value)


def arranged(node: LeafList, values: Sequence[Value]) -> tuple[Value, ...]:
    """``values`` in the order in which they are kept."""
    if node.ordered_by_user or not node.config or len(values) < 2:
        return tuple(values)
    return tuple(sorted(values, key=exact))


def arrange(
    node: LeafList, values: Sequence[Value], notes: list[Json] | None
) -> tuple[tuple[Value, ...], list[Json] | None]:
    """:func:`arranged`, and the annotations beside them."""
    result = arranged(node, values)
    return result, None if notes is None else aligned(values, notes, result)


def aligned(
    old: Sequence[Value], notes: Sequence[Json], new: Sequence[Value], more: dict[Value, Json] | None = None
) -> list[Json] | None:
    """The annotations ``notes`` of ``old``, laid beside ``new``; None when none is left.

    ``more`` has those of single values, which replace what they had.
    """
    known: dict[tuple[str, Any], Json] = {}
    for value, note in zip(old, notes, strict=False):
        known.setdefault(exact(value), note)
    for value, note in (more or {}).items():
        known[exact(value)] = note
    result = [known.get(exact(value)) or None for value in new]
    while result and result[-1] is None:
        result.pop()
    return result or None


def first_twice(values: Sequence[Value]) -> Value | None:
    """The first value that stands there for the second time, or None."""
    if len(set(values)) == len(values):
        return None
    seen: set[tuple[str, Any]] = set()
    for value in values:
        if exact(value) in seen:
            return value
        seen.add(exact(value))
    return None
