"""How old a reading is: by when it was *seen to be new*, not by its date and not by its value.

A date can be set back, and then what is old looks new. A value that does not change is a steady
temperature, not a dead sensor. What cannot lie is that readings keep coming: each has another time
stamp than the one before.
"""

from __future__ import annotations

from datetime import datetime

__all__ = ["Freshness"]


class Freshness:
    """Follows the time stamps of one source."""

    def __init__(self) -> None:
        self._stamp: datetime | None = None
        self._since = 0.0

    def age(self, stamp: datetime | None, now: float) -> float:
        """Seconds, by the monotonic clock ``now``, since a reading with this stamp was first seen."""
        if stamp != self._stamp:
            self._stamp = stamp
            self._since = now
        return now - self._since
