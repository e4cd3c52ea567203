"""Time, as an ordinary parameter: one clock for intervals, one for dates.

Intervals, minimum times and deadlines use :meth:`Clock.monotonic`, which no change of the
machine's date disturbs (a Pi boots with a wrong one). Dates, shown to people, use
:meth:`Clock.now`. ``pyconfhoard.testing`` has a clock that tests move by hand.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol

__all__ = ["Clock", "SystemClock"]


class Clock(Protocol):
    def monotonic(self) -> float:
        """Seconds since an arbitrary moment; never goes back."""

    def now(self) -> datetime:
        """The date, aware, in UTC."""


class SystemClock:
    """The machine's own clocks."""

    __slots__ = ()

    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)
