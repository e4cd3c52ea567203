"""Averages over the last minute, hour or day, in memory that does not grow.

A window is cut into :data:`SLOTS` slots, each of which keeps the sum and the number of its readings.
The window therefore slides in steps of one slot, and covers between 59 and 60 of them. Sums are
exact: readings have few digits, and a day of one a second stays far below the 28 that Decimal keeps.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

__all__ = ["SLOTS", "RollingMean"]

SLOTS: Final = 60


@dataclass(slots=True)
class _Slot:
    number: int
    total: Decimal
    count: int


class RollingMean:
    """The mean of what was added during the last ``seconds`` of a clock that never goes back."""

    def __init__(self, seconds: float) -> None:
        self._width = seconds / SLOTS
        self._slots: deque[_Slot] = deque()
        self._total = Decimal(0)
        self._count = 0

    def add(self, now: float, value: Decimal) -> None:
        """Take in a reading of this moment."""
        number = self._slide(now)
        if not self._slots or self._slots[-1].number != number:
            self._slots.append(_Slot(number, Decimal(0), 0))
        slot = self._slots[-1]
        slot.total += value
        slot.count += 1
        self._total += value
        self._count += 1

    def mean(self, now: float) -> Decimal | None:
        """To 28 digits; None when the window holds no reading."""
        self._slide(now)
        return self._total / self._count if self._count else None

    def _slide(self, now: float) -> int:
        """Forget what has left the window; gives the number of the present slot."""
        number = int(now // self._width)
        while self._slots and self._slots[0].number <= number - SLOTS:
            gone = self._slots.popleft()
            self._total -= gone.total
            self._count -= gone.count
        return number
