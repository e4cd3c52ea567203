"""A thread that watches over the event loop and over the parent process.

gunicorn's own time limit is off (``timeout = 0``): it would kill a worker that is busy for good reason,
and it does not say what the worker was doing. This one

* kills the process when the loop has not turned for :data:`LIMIT` seconds, after writing where every
  thread stands; gunicorn's master then starts a new worker;
* tells the loop once when the parent has died, and ends the process :data:`ORPHAN` seconds later if
  it is still there: nobody else would.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
import threading
import time
from asyncio import AbstractEventLoop
from collections.abc import Callable
from typing import Final

__all__ = ["LIMIT", "ORPHAN", "Watchdog"]

LIMIT: Final = 120.0
"""Seconds. Validating a large datastore may take a minute on a Raspberry Pi."""

ORPHAN: Final = 10.0
"""Seconds that a worker without a master has to end by itself."""

_EVERY: Final = 0.5
_STUCK: Final = 70
"""Exit code of a process that was stuck."""

_log = logging.getLogger("pyconfhoard.rest")


class Watchdog(threading.Thread):
    """``orphaned`` is called in the loop's thread; ``kill`` ends the process with an exit code."""

    def __init__(
        self,
        loop: AbstractEventLoop,
        orphaned: Callable[[], None],
        *,
        limit: float = LIMIT,
        every: float = _EVERY,
        grace: float = ORPHAN,
        parent: Callable[[], int] = os.getppid,
        clock: Callable[[], float] = time.monotonic,
        kill: Callable[[int], None] = os._exit,
    ) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._loop = loop
        self._orphaned = orphaned
        self._limit = limit
        self._every = every
        self._grace = grace
        self._parent = parent
        self._clock = clock
        self._kill = kill
        self._mother = parent()
        self._turned = True
        self._ended = threading.Event()

    def stop(self) -> None:
        """Watch no longer."""
        self._ended.set()

    def run(self) -> None:
        asked = self._clock()
        lost: float | None = None
        while not self._ended.wait(self._every):
            now = self._clock()
            try:
                if self._turned:
                    asked, self._turned = now, False
                    self._loop.call_soon_threadsafe(self._turn)
                if lost is None and self._parent() != self._mother:
                    lost = now
                    self._loop.call_soon_threadsafe(self._orphaned)
            except RuntimeError:  # the loop is closed
                return
            if now - asked > self._limit:
                _log.critical("the server has been stuck for %g s and ends; it stood here:", self._limit)
                faulthandler.dump_traceback(sys.__stderr__ or 2)
                self._kill(_STUCK)
                return
            if lost is not None and now - lost > self._grace:
                self._kill(_STUCK)
                return

    def _turn(self) -> None:
        self._turned = True
