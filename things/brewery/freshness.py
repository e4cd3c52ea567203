"""How old a reading is: by when it was *seen to be new*, not by its date and not by its value.

A date can be set back, and then what is old looks new. A value that does not change is a steady
temperature, not a dead sensor. What cannot lie is that readings keep coming, each with another time
stamp than the one before. The very first one proves nothing: it may have lain there for hours.
"""

from __future__ import annotations

from datetime import datetime
from math import inf

__all__ = ["Freshness"]


class Freshness:
    """Follows the time stamps of one source."""

    def __init__(self) -> None:
        self._stamp: datetime | None = None
        self._since = -inf

    def age(self, stamp: datetime | None, now: float) -> float:
        """Seconds, by the monotonic clock ``now``, since the reading with this stamp was seen to be new;
        infinite as long as only one was seen."""
        if stamp != self._stamp:
            self._since = -inf if self._stamp is None else now
            self._stamp = stamp
        return now - self._since
