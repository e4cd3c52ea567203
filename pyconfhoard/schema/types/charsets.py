"""Sets of characters as intervals of code points, and those that XSD has names for.

A set is a sorted tuple of disjoint, non-adjacent intervals, both ends included. Every set is made
within ``0..top``: all of Unicode, or :data:`ASCII` alone, in which case nothing has to be looked
up beyond its 128 characters.
"""

from __future__ import annotations

import functools
import itertools
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from pyconfhoard.schema.types import xsd_tables

__all__ = [
    "ASCII",
    "CATEGORIES",
    "UNICODE",
    "CharSet",
    "block",
    "category",
    "complement",
    "difference",
    "name_characters",
    "union",
]

CharSet: TypeAlias = tuple[tuple[int, int], ...]

ASCII: Final = 0x7F
UNICODE: Final = 0x10FFFF

_SUBCATEGORIES: Final = {
    "L": "ultmo",
    "M": "nce",
    "N": "dlo",
    "P": "cdseifo",
    "Z": "slp",
    "S": "mcko",
    "C": "cfon",
}
CATEGORIES: Final = frozenset(
    major + minor for major, minors in _SUBCATEGORIES.items() for minor in ("", *minors)
)
"""XSD 1.0 section F.1.1; ``Cs`` (surrogates) is none of them, for no string has any."""


def union(intervals: Iterable[tuple[int, int]], top: int) -> CharSet:
    """The set of any intervals, overlapping and unsorted as they may be, cut off above ``top``."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(intervals):
        if low > top:
            break
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], min(high, top)))
        else:
            merged.append((low, min(high, top)))
    return tuple(merged)


def complement(chars: CharSet, top: int) -> CharSet:
    """All of ``0..top`` that is not in ``chars``."""
    gaps: list[tuple[int, int]] = []
    start = 0
    for low, high in chars:
        if start < low:
            gaps.append((start, low - 1))
        start = high + 1
    if start <= top:
        gaps.append((start, top))
    return tuple(gaps)


def difference(chars: CharSet, without: CharSet, top: int) -> CharSet:
    """``chars`` but for those in ``without``."""
    return complement(union((*complement(chars, top), *without), top), top)


@functools.cache
def category(name: str, top: int) -> CharSet:
    """``\\p{name}``, of one letter or two. Raises ``ValueError`` if there is no such category."""
    if name not in CATEGORIES:
        raise ValueError(f"there is no category {name!r} of characters")
    found = _categories(top)
    return union(itertools.chain.from_iterable(found[key] for key in found if key.startswith(name)), top)


@functools.cache
def block(name: str, top: int) -> CharSet:
    """``\\p{Isname}``. Raises ``ValueError`` if there is no such block."""
    known = _blocks()
    parts = xsd_tables.BLOCK_ALIASES.get(name, (name,))
    if not all(part in known for part in parts):
        raise ValueError(f"there is no block {name!r} of characters")
    return union((known[part] for part in parts), top)


@functools.cache
def name_characters(*, initial: bool, top: int) -> CharSet:
    """``\\i`` (``initial``) or ``\\c``."""
    text = xsd_tables.INITIAL_NAME_CHARACTERS
    if not initial:
        text += xsd_tables.FURTHER_NAME_CHARACTERS
    return union(map(_interval, text.split()), top)


@functools.cache
def _categories(top: int) -> Mapping[str, list[tuple[int, int]]]:
    """The intervals of each category that Python's Unicode has, found by looking at each character.

    Planes 4 to 13 are unassigned and 15 and 16 private: looking at those million characters would
    take four times as long as all the others together.
    """
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    looked_at = [range(0x40000), range(0xE0000, 0xF0000)] if top == UNICODE else [range(top + 1)]
    for points in looked_at:
        low = points.start
        for key, run in itertools.groupby(map(unicodedata.category, map(chr, points))):
            high = low + sum(1 for _ in run) - 1
            found[key].append((low, high))
            low = high + 1
    if top == UNICODE:
        found["Cn"] += [(0x40000, 0xDFFFF), (0xFFFFE, 0xFFFFF), (0x10FFFE, 0x10FFFF)]
        found["Co"] += [(0xF0000, 0xFFFFD), (0x100000, 0x10FFFD)]
    return found


@functools.cache
def _blocks() -> Mapping[str, tuple[int, int]]:
    pairs = (entry.split("=") for entry in xsd_tables.BLOCKS.split())
    return {name: _interval(interval) for name, interval in pairs}


def _interval(text: str) -> tuple[int, int]:
    low, _, high = text.partition("-")
    return int(low, 16), int(high or low, 16)
