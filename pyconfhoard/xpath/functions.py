"""The functions that an expression may call, and how many arguments each takes.

The core library of XPath 1.0 (section 4) and the functions of RFC 7950 section 10.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["CORE_FUNCTIONS", "FUNCTIONS", "YANG_FUNCTIONS"]

Arity = tuple[int, int | None]
"""The fewest and the most arguments; None: as many as one likes."""

CORE_FUNCTIONS: Final[Mapping[str, Arity]] = {
    "last": (0, 0),
    "position": (0, 0),
    "count": (1, 1),
    "id": (1, 1),
    "local-name": (0, 1),
    "namespace-uri": (0, 1),
    "name": (0, 1),
    "string": (0, 1),
    "concat": (2, None),
    "starts-with": (2, 2),
    "contains": (2, 2),
    "substring-before": (2, 2),
    "substring-after": (2, 2),
    "substring": (2, 3),
    "string-length": (0, 1),
    "normalize-space": (0, 1),
    "translate": (3, 3),
    "boolean": (1, 1),
    "not": (1, 1),
    "true": (0, 0),
    "false": (0, 0),
    "lang": (1, 1),
    "number": (0, 1),
    "sum": (1, 1),
    "floor": (1, 1),
    "ceiling": (1, 1),
    "round": (1, 1),
}

YANG_FUNCTIONS: Final[Mapping[str, Arity]] = {
    "current": (0, 0),
    "re-match": (2, 2),
    "deref": (1, 1),
    "derived-from": (2, 2),
    "derived-from-or-self": (2, 2),
    "enum-value": (1, 1),
    "bit-is-set": (2, 2),
}

FUNCTIONS: Final[Mapping[str, Arity]] = {**CORE_FUNCTIONS, **YANG_FUNCTIONS}
