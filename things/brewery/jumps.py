"""The jump filter: a probe now and then says something wild, with a valid checksum.

Rules.

* A reading that differs by more than :data:`SHARE` from the last one believed is held back.
* When more than :data:`PATIENCE` readings in a row were held back, the last of them is believed: it
  is the temperature that has changed. They need not agree with each other, for a temperature that
  changes fast enough to be held back is a different one each time.
* Five per cent of 0 °C is nothing, and near it every reading would be a jump. So the share is taken
  of at least :data:`FLOOR`: what differs by half a degree, the accuracy of the chip, is never a jump.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

__all__ = ["FLOOR", "PATIENCE", "SHARE", "JumpFilter"]

SHARE: Final = Decimal("0.05")
FLOOR: Final = Decimal(10)
"""°C"""
PATIENCE: Final = 5
"""Readings in a row that may be held back."""


class JumpFilter:
    """For one probe. ``last`` is the last value believed, None before the first."""

    def __init__(self) -> None:
        self.last: Decimal | None = None
        self.held = 0
        """How many readings in a row have been held back."""

    def believe(self, value: Decimal) -> bool:
        """Whether to believe this reading; if so it is the new ``last``."""
        if self.last is not None and self.held < PATIENCE and self._jumps(value, self.last):
            self.held += 1
            return False
        self.last = value
        self.held = 0
        return True

    @staticmethod
    def _jumps(value: Decimal, last: Decimal) -> bool:
        return abs(value - last) > SHARE * max(abs(last), FLOOR)
