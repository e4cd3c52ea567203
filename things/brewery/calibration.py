"""Calibration: what is added to what a probe says, by range.

A range holds the values *above* ``low`` up to and including ``high``, so that ranges which meet leave
neither a gap nor a value that is in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

__all__ = ["Offset", "corrected", "overlapping"]


@dataclass(frozen=True, slots=True, order=True)
class Offset:
    """``offset`` is added to readings in ``low`` (exclusive) to ``high`` (inclusive); all in °C."""

    low: Decimal
    high: Decimal
    offset: Decimal

    def __str__(self) -> str:
        return f"{self.low} to {self.high} °C"


def corrected(value: Decimal, offsets: Sequence[Offset]) -> Decimal:
    """``value`` with the offset of the range that holds it; as it is when none does."""
    for each in offsets:
        if each.low < value <= each.high:
            return value + each.offset
    return value


def overlapping(offsets: Sequence[Offset]) -> tuple[Offset, Offset] | None:
    """Two ranges that hold a common value, if there are any."""
    holding = sorted(each for each in offsets if each.low < each.high)
    for before, after in pairwise(holding):
        if after.low < before.high:
            return before, after
    return None
