"""The four types of XPath 1.0, what turns one into another (sections 4.2 to 4.4), and how they compare (3.4).

A node-set is a list of cursors in document order; a string ``str``; a number ``float``; a boolean ``bool``.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Final, TypeAlias

from pyconfhoard.validation.cursor import Cursor
from pyconfhoard.validation.numbers import number_text, text_number

__all__ = ["Result", "compare", "to_boolean", "to_number", "to_string"]

Result: TypeAlias = "list[Cursor] | str | float | bool"

_ORDER: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def to_string(value: Result) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number_text(value)
    return value[0].text() if value else ""


def to_number(value: Result) -> float:
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, float):
        return value
    return text_number(to_string(value))


def to_boolean(value: Result) -> bool:
    if isinstance(value, float):
        return not (value == 0 or math.isnan(value))
    return bool(value)


def compare(sign: str, a: Result, b: Result) -> bool:
    """Section 3.4, node-sets included: true when it is for some pair of their nodes."""
    if isinstance(a, list) or isinstance(b, list):
        return _compare_sets(sign, a, b)
    if sign in _ORDER:
        return _ORDER[sign](to_number(a), to_number(b))
    if isinstance(a, bool) or isinstance(b, bool):
        same = to_boolean(a) == to_boolean(b)
    elif isinstance(a, float) or isinstance(b, float):
        same = to_number(a) == to_number(b)
    else:
        same = a == b
    return same if sign == "=" else not same


def _compare_sets(sign: str, a: Result, b: Result) -> bool:
    if isinstance(a, bool) or isinstance(b, bool):
        return compare(sign, to_boolean(a), to_boolean(b))
    left: list[str | float] = [node.text() for node in a] if isinstance(a, list) else [a]
    right: list[str | float] = [node.text() for node in b] if isinstance(b, list) else [b]
    if sign == "=" and isinstance(a, list) and isinstance(b, list):
        return not set(left).isdisjoint(right)
    return any(compare(sign, x, y) for x in left for y in right)
