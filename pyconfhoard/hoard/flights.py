"""Commits on their way to the disk, and what running will be when they are there.

A commit's turn ends when its record is handed to the journal's writer. The next one is judged by what running *will*
be (:attr:`Flights.tip`), so that all that come while the disk syncs wait together and share its next sync: a
hundred committers on a card that takes 20 ms are not served one after the other. Rules:

* Readers, subscribers and Things see what is durable and nothing else: running moves when a flight has landed, and
  flights land in their order.
* What stands on a commit that could not be stored is not stored either: the journal takes revisions without gaps.
  Nobody starts from there any more; who comes waits until all have landed.
* What makes a committer wait for others to land (a label, a Thing's vote, a refusal, a change that changes nothing) is
  said in :mod:`pyconfhoard.hoard.commit`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyconfhoard.errors import StoreError
from pyconfhoard.hoard.state import State
from pyconfhoard.store.journal import Record, SyncFailed

if TYPE_CHECKING:
    from pyconfhoard.hoard.commit import Commit
    from pyconfhoard.hoard.hoard import Hoard

__all__ = ["Flight", "Flights"]


@dataclass(slots=True, eq=False)
class Flight:
    """One commit. ``done`` is None where no event loop runs: then it has landed already."""

    commit: Commit
    size: int
    done: asyncio.Future[None] | None = None

    async def landed(self) -> Commit:
        """The commit, once it is durable and running. Raises :class:`StoreError` when it is not, its kind
        :class:`SyncFailed` when nobody knows, and what a subscriber raised."""
        if self.done is not None:
            await asyncio.shield(self.done)
        return self.commit


class Flights:
    """Those of a hoard. ``catch_up`` brings running up to a revision that the journal has; ``swap`` makes a durable commit
    of some bytes the present."""

    def __init__(
        self, hoard: Hoard, *, catch_up: Callable[[int], None], swap: Callable[[Commit, int], None]
    ) -> None:
        self._hoard = hoard
        self._catch_up = catch_up
        self._swap = swap
        self._all: deque[Flight] = deque()
        self._failed = False

    def __bool__(self) -> bool:
        """Whether any is on its way."""
        return bool(self._all)

    @property
    def tip(self) -> State:
        """The present, with running as it will be when all have landed."""
        state = self._hoard.state
        if not self._all:
            return state
        last = self._all[-1].commit
        return replace(state, running=last.root, revision=last.revision)

    @property
    def failed(self) -> bool:
        """One could not be stored, and others that stand on it are still on their way."""
        return self._failed

    def send(self, record: Record, commit: Commit) -> Flight:
        """Hand a record to the writer: the point of no return. Called in turn. Where no event loop runs, raises as
        :meth:`Flight.landed`."""
        flight = Flight(commit, len(record.edits))
        try:
            written = self._hoard.writer.start((record,))
        except StoreError as error:
            self._lost(flight, error)
            raise
        if written is None:
            self._swap(commit, flight.size)
            return flight
        flight.done = written.get_loop().create_future()
        self._all.append(flight)
        written.add_done_callback(lambda done: self._land(flight, done.exception()))
        return flight

    def _land(self, flight: Flight, error: BaseException | None) -> None:
        if flight.done is None or flight not in self._all:
            return  # given up by all_landed
        self._all.remove(flight)
        if error is None:
            error = self._arrive(flight)
        else:
            self._failed = True
            if isinstance(error, StoreError):
                self._lost(flight, error)
        self._failed = self._failed and bool(self._all)
        if error is None:
            flight.done.set_result(None)
        else:
            flight.done.set_exception(error)
            flight.done.exception()  # looked at: who waits may be gone

    def _arrive(self, flight: Flight) -> BaseException | None:
        try:
            self._catch_up(flight.commit.revision - 1)
            self._swap(flight.commit, flight.size)
        except BaseException as caught:  # a subscriber's: it belongs to the one who waits
            return caught
        return None

    def _lost(self, flight: Flight, error: StoreError) -> None:
        if not isinstance(error, SyncFailed):
            self._hoard.votes.withdraw(flight.commit.revision)

    async def all_landed(self) -> None:
        """Wait until none is on its way, however they end. Called in turn, so that none joins them."""
        loop = asyncio.get_running_loop() if self._all else None
        if any(flight.done is not None and flight.done.get_loop() is not loop for flight in self._all):
            # Of a loop that has ended; the journal knows what became of them.
            self._all.clear()
            self._failed = False
            await self._hoard.writer.do(lambda: None)
        waiting = [flight.done for flight in self._all if flight.done is not None]
        if waiting:
            await asyncio.wait(waiting)
