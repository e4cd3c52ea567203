"""A clock that moves only by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

__all__ = ["VirtualClock"]


class VirtualClock:
    """Both clocks of :class:`pyconfhoard.thing.clock.Clock`; ``date`` is where the wall clock starts."""

    def __init__(self, date: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._seconds = 1000.0
        self._date = date

    def monotonic(self) -> float:
        return self._seconds

    def now(self) -> datetime:
        return self._date

    def advance(self, seconds: float) -> None:
        """Let time pass on both clocks."""
        if seconds < 0:
            raise ValueError("the monotonic clock does not go back: set the date with jump()")
        self._seconds += seconds
        self._date += timedelta(seconds=seconds)

    def jump(self, date: datetime) -> None:
        """Set the wall clock alone, as a person or NTP does."""
        self._date = date
