"""Failed logins make the next one wait: longer for each, and less the longer ago they were.

Counted are failures of an address, and of an address with a user's name. An attempt counts from its beginning until it is
known to be good, so that many at once are no way around. Nobody is locked out: someone else who fails in a
user's name makes only himself wait. At most :data:`KNOWN` are remembered, the latest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Final

__all__ = ["KNOWN", "MOST", "Throttle"]

FREE: Final = 3
"""Failures that cost nothing: people mistype."""
FIRST: Final = 0.5
MOST: Final = 8.0
"""Seconds."""
FORGET: Final = 60.0
"""Seconds after which one failure less counts."""
KNOWN: Final = 10_000


class Throttle:
    """``monotonic`` is a clock in seconds."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._failures: dict[Hashable, tuple[float, float]] = {}
        """How many, and when that was so."""

    def delay(self, *keys: Hashable) -> float:
        """Seconds that an attempt has to wait."""
        count = max((self._count(key) for key in keys), default=0.0)
        return 0.0 if count < FREE else min(FIRST * 2.0 ** int(count - FREE), MOST)

    def failed(self, *keys: Hashable) -> None:
        """One more failure."""
        for key in keys:
            count = self._count(key) + 1
            self._failures.pop(key, None)
            self._failures[key] = (count, self._monotonic())
        while len(self._failures) > KNOWN:
            del self._failures[next(iter(self._failures))]

    def passed(self, *keys: Hashable) -> None:
        """A success: all is forgotten."""
        for key in keys:
            self._failures.pop(key, None)

    def forgiven(self, *keys: Hashable) -> None:
        """One failure less: what was counted before it was known was none."""
        for key in keys:
            count = self._count(key) - 1
            self._failures.pop(key, None)
            if count > 0:
                self._failures[key] = (count, self._monotonic())

    def _count(self, key: Hashable) -> float:
        count, since = self._failures.get(key, (0.0, 0.0))
        return max(0.0, count - (self._monotonic() - since) / FORGET)
