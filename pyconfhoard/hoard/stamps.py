"""Numbers for edits in candidates: what an edit there changes carries one, as what a commit changes carries its revision.

Entity tags are made of these numbers (RFC 8040 section 3.5.1), so one must never come twice for different content: neither as a
revision that running gets later, nor for another candidate, nor after a start anew. They are nanoseconds of the clock,
which is far above all revisions, and tells when the edit was.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

__all__ = ["Stamps", "moment_of"]

_FIRST: Final = 1 << 60
"""Of the year 2006; no journal has as many revisions."""


class Stamps:
    """Each call gives one, greater than all before, also where ``now`` (nanoseconds since 1970) goes back. For any thread."""

    def __init__(self, now: Callable[[], int] = time.time_ns) -> None:
        self._now = now
        self._last = _FIRST
        self._turn = threading.Lock()

    def __call__(self) -> int:
        with self._turn:
            self._last = max(self._last + 1, self._now())
            return self._last


def moment_of(stamp: int) -> datetime | None:
    """When the edit was; None for a revision of the journal."""
    return datetime.fromtimestamp(stamp // 1_000_000_000, UTC) if stamp > _FIRST else None
