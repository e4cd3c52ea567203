"""``pattern`` of YANG (XSD's expressions) in the dialect of JSON Schema: ECMA-262 with Unicode, anchored.

The translation to Python's dialect is done already (``pyconfhoard.schema.types.xsd``): classes are sets of intervals there, and
what is left is common to both but for escapes. Here the escapes are made such that ECMA-262, Python and Rust read them alike.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from pyconfhoard.schema.types.xsd import translate

__all__ = ["LONGEST", "ecma"]

LONGEST: Final = 4096
"""Characters. A longer expression is of whole Unicode categories: no page shows it."""

_MOST: Final = 1000
"""Repetitions that engines without backtracking compile."""

_TOKEN: Final = re.compile(r"\\x([0-9a-f]{2})|\\U([0-9a-f]{8})|\\(.)|\{([0-9]+)(?:,([0-9]*))?\}", re.DOTALL)
_SYNTAX: Final = frozenset("^$\\.*+?()[]{}|/")
_CLASS_ONLY: Final = frozenset("nr")


class _Unsuited(ValueError):
    """Nothing that every dialect has."""


@lru_cache(maxsize=4096)
def ecma(xsd: str) -> str | None:
    """The expression, or None where it is too long, repeats too often, or names what JSON's text cannot have."""
    try:
        text = _TOKEN.sub(_rewritten, translate(xsd))
    except _Unsuited:
        return None
    return f"^(?:{text})$" if len(text) <= LONGEST else None


def _rewritten(found: re.Match[str]) -> str:
    low, high, escaped, least, most = found.groups()
    if low is not None:
        return found.group()
    if high is not None:
        return _literal(int(high, 16))
    if escaped is not None:
        return found.group() if escaped in _SYNTAX or escaped in _CLASS_ONLY else str(escaped)
    if int(most or least) > _MOST:
        raise _Unsuited
    return found.group()


def _literal(code: int) -> str:
    if 0xD800 <= code <= 0xDFFF:
        raise _Unsuited
    char = chr(code)
    return char if char.isprintable() or code >= 0x10000 else f"\\u{code:04x}"
