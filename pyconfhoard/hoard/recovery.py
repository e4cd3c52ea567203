"""After a failed sync nobody knows what the disk has: it is read again, and the hoard goes on from what is found.

Until that is known nothing is committed (:attr:`pyconfhoard.hoard.Hoard.health` tells why). What is found in the
journal although it was not known to be there is part of history, and so of running: whoever sent it was told that
nobody knew.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pyconfhoard.hoard.commit import replay

if TYPE_CHECKING:
    from pyconfhoard.hoard.hoard import Hoard

__all__ = ["Recovery"]


class Recovery:
    """That of one hoard: :attr:`pyconfhoard.hoard.Hoard.recovery`."""

    def __init__(self, hoard: Hoard) -> None:
        self._hoard = hoard

    async def ready(self, *, alone: bool = False) -> None:
        """Before a commit: :meth:`recover` if there is anything to recover from, or ``alone``. Called in turn."""
        hoard = self._hoard
        if alone or hoard.writer.reason or hoard.flights.failed or not hoard.flights:
            await self.recover()

    async def recover(self) -> None:
        """Wait until no commit is on its way; after a failed sync learn what the journal holds, and go on from there.
        Raises :class:`~pyconfhoard.errors.StoreError` when the disk still fails. Called in turn."""
        hoard = self._hoard
        await hoard.flights.all_landed()
        await hoard.writer.recover()
        self.catch_up_to(hoard.journal.head)
        hoard.confirmed.look()

    def catch_up_to(self, revision: int) -> None:
        """Go on with what is in the journal although it was not known to be. Called in turn."""
        hoard = self._hoard
        if revision > hoard.revision:
            for record in hoard.journal.records(hoard.revision, revision):
                hoard.swap(replay(hoard, record), len(record.edits))

    def look_at_disk(self) -> None:
        """A sync failed: find out whether the disk works again, and adopt what is found."""
        self._hoard.writer.look()
        loop = self._hoard.turn.loop
        if loop is not None and loop.is_running():
            # Not waited for: it may be this very loop that closes the hoard.
            asyncio.run_coroutine_threadsafe(self._catch_up(), loop)

    async def _catch_up(self) -> None:
        async with self._hoard.turn:
            await self.recover()
