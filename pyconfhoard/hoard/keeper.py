"""Housekeeping beside the commits: one thread that does chores when they are due.

A chore is touched when there is something to do and is done a little later, once for all touches in
between. One that takes long waits longer: it is never busy for more than a twentieth of the time (or what else its
``rest`` says). So a large persist file is not written every two seconds while somebody edits.

A chore that cannot be done (a full disk) is said once, and tried again later. One that takes long lets more urgent
ones through (:meth:`Keeper.meanwhile`).

*Commits and requests come first.* A thread that computes takes Python's interpreter lock from the event loop each time the
loop looks for something on a socket; so a chore that takes long rests between its steps (:meth:`Keeper.breathe`), the
longer the more the rest of the process has to do.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from pyconfhoard.errors import StoreError

__all__ = ["Chore", "Keeper"]

_LOG: Final = logging.getLogger("pyconfhoard.hoard")

_RETRY: Final = 10.0
"""Times the chore's delay before a failed one is tried again."""

_REST: Final = 3.0
"""Times as long as a chore has worked it rests between its steps, where it does not say how long."""

_LOOK: Final = 0.02
"""Seconds between two looks at what the others do: clocks of CPU time are coarse on some machines."""

_CROWD: Final = 6.0
"""Times as long it rests while the other threads take all of a processor: what matters to them is its share of the
interpreter lock, and a chore that is done later is still done."""


@dataclass(slots=True, eq=False)
class Chore:
    """``delay``: seconds from the first touch to the work, ``retry`` from its failure to the next attempt; 0 for ten times
    the delay. ``rest``: how many times as long as it last took it waits at least; ``pause``: seconds for which it does,
    which the work sets anew each time. ``work`` may raise :class:`StoreError`."""

    name: str
    work: Callable[[], None]
    delay: float
    retry: float = 0.0
    rest: float = 20.0
    pause: float = 0.0
    due: float | None = None
    cost: float = 0.0
    reason: str = ""
    """Why it could not be done the last time; empty when it was."""


class Keeper:
    """Does ``chores``. The thread is started by the first touch; ``monotonic`` is the clock of :meth:`step`."""

    def __init__(self, chores: Iterable[Chore], *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.chores = {chore.name: chore for chore in chores}
        self._monotonic = monotonic
        self._change = threading.Condition()
        self._busy = threading.RLock()
        self._thread: threading.Thread | None = None
        self._ended = False
        self._rested = 0.0
        """CPU seconds of the keeper's thread when it last rested."""
        self._seen = (0.0, 0.0)
        """When it last looked around, and CPU seconds of all other threads until then."""
        self.crowd = 0.0
        """The share of a processor that all other threads had lately, seen while a chore takes long."""
        self._resting = 0.0
        """Seconds for which it has rested."""

    def touch(self, name: str) -> None:
        """There is something to do. From any thread; does not wait."""
        chore = self.chores[name]
        with self._change:
            if chore.due is not None or self._ended:
                return
            chore.due = self._monotonic() + max(chore.delay, chore.rest * chore.cost, chore.pause)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="hoard-keeper", daemon=True)
                self._thread.start()
            self._change.notify()

    def step(self) -> float | None:
        """Do what is due; seconds until the next chore, None when there is none."""
        for chore in self.chores.values():
            if chore.due is not None and chore.due <= self._monotonic():
                self._do(chore)
        return self._wait()

    def _wait(self) -> float | None:
        due = [chore.due for chore in self.chores.values() if chore.due is not None]
        return max(0.0, min(due) - self._monotonic()) if due else None

    def meanwhile(self, name: str) -> None:
        """For a chore that takes long: do another one now if it is due."""
        chore = self.chores[name]
        if chore.due is not None and chore.due <= self._monotonic():
            self._do(chore)

    def breathe(self, rest: float = _REST) -> None:
        """For a chore that takes long, after each step of about a millisecond: let others have the processor for a while. Does
        nothing in another thread than the keeper's own, whose chores somebody waits for, nor at the end. ``rest``: how many
        times as long as it has worked, where the process has nothing else to do; up to :data:`_CROWD` times that
        where it has."""
        if threading.current_thread() is not self._thread:
            return
        worked = time.thread_time() - self._rested
        self._look_around()
        with self._change:
            if not self._ended:
                begin = time.monotonic()
                self._change.wait(worked * rest * (1.0 + (_CROWD - 1.0) * self.crowd))
                self._resting += time.monotonic() - begin
        self._rested = time.thread_time()

    def _look_around(self) -> None:
        """What the other threads did since the last look. Called in the keeper's thread, before it rests."""
        now, others = time.monotonic(), time.process_time() - time.thread_time()
        since, before = self._seen
        if now - since >= _LOOK:
            self.crowd = min(1.0, max(0.0, (others - before) / (now - since)))
            self._seen = now, others

    def flush(self) -> None:
        """Do now, in this thread, all that was touched."""
        for chore in self.chores.values():
            if chore.due is not None:
                self._do(chore)

    def close(self, *, flush: bool = True) -> None:
        """End the thread, then :meth:`flush`; without, what is due is left undone."""
        with self._change:
            self._ended = True
            self._change.notify()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if flush:
            self.flush()

    def _run(self) -> None:
        while True:
            with self._change:
                while not self._ended and (wait := self._wait()) != 0.0:
                    self._change.wait(wait)
                if self._ended:
                    return
            self.step()

    def _do(self, chore: Chore) -> None:
        with self._busy:
            with self._change:
                if chore.due is None:
                    return
                chore.due = None
            begin, resting = self._monotonic(), self._resting
            self._rested = time.thread_time()
            try:
                chore.work()
            except StoreError as error:
                if chore.reason != str(error):
                    _LOG.warning("%s: %s", chore.name, error)
                chore.reason = str(error)
                with self._change:
                    if not self._ended:
                        wait = chore.retry or _RETRY * max(chore.delay, 1.0)
                        chore.due = self._monotonic() + wait
            else:
                chore.reason = ""
            chore.cost = self._monotonic() - begin - (self._resting - resting)
