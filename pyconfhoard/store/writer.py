"""The one writer of a journal: a thread where an event loop runs, the caller itself where none does.

A sync to an SD card may take a hundred milliseconds; meanwhile the loop answers GETs. So with a loop
running, work goes to one thread in the order in which it came, and records that wait together are
appended together: one sync for all (group commit; where there is no room for all of them, one by
one). Without a loop (the library, scripts, tests) the same calls do the work at once, in the caller's
thread.

**After a failed sync** nobody knows whether the records are on the disk. The journal is reopened, once,
to learn it. If it can tell, the append has succeeded or it has not, and life goes on. If it cannot,
:attr:`Writer.reason` says why, every append is refused, and each one that is tried (or
:meth:`Writer.recover`) looks at the disk again.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pyconfhoard.errors import Fault, StoreError
from pyconfhoard.store.journal import Journal, Record, SyncFailed

__all__ = ["Writer"]

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Job(Generic[T]):
    """One piece of work; ``records`` where it is an append, which others may join."""

    work: Callable[[], T]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[T]
    records: tuple[Record, ...] = ()

    def finish(self, value: Any, error: BaseException | None) -> None:
        """Tell the loop, if it still is there."""
        with suppress(RuntimeError):  # the loop was closed under its own work
            self.loop.call_soon_threadsafe(self._tell, value, error)

    def _tell(self, value: Any, error: BaseException | None) -> None:
        if self.done.cancelled():
            return
        if error is not None:
            self.done.set_exception(error)
        else:
            self.done.set_result(value)


class Writer:
    """Appends to ``journal``, and runs what else has to wait for its disk."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.reason = ""
        """Why nothing can be committed; empty when all is well."""
        self.refused = ""
        """Why the last append is certainly not in the journal (a full disk); empty when it is."""
        self.troubled: Callable[[], None] = lambda: None
        """Called, in any thread, when the disk has to be looked at again later: :meth:`look`."""
        self._turn = threading.Lock()
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def start(self, records: Sequence[Record]) -> asyncio.Future[None] | None:
        """Begin to make records durable, in the order of the calls. The future ends with :class:`StoreError` when they are
        not, and its kind :class:`SyncFailed` when nobody knows. None where no event loop runs: it is done then, or
        that is raised. Records that stand on others which were not stored are not stored either."""
        listed = tuple(records)
        if not _loop_runs():
            with self._turn:
                self._append(listed)
            return None
        return self._submitted(lambda: self._append(listed), listed)

    async def do(self, work: Callable[[], T]) -> T:
        """Run ``work`` where appends are run, in turn with them; its result. After a failed sync the journal has been
        reopened when this raises :class:`SyncFailed`."""
        return await self._submit(lambda: self._done(work))

    async def recover(self) -> None:
        """Look at the disk again after a failed sync. Raises :class:`StoreError` when it still fails."""
        if self.reason:
            await self._submit(self._recover)

    def look(self) -> None:
        """:meth:`recover` from a thread that may wait."""
        with self._turn:
            if self.reason:
                self._recover()

    async def _submit(self, work: Callable[[], T]) -> T:
        if not _loop_runs():
            with self._turn:
                return work()
        return await self._submitted(work)

    def _submitted(self, work: Callable[[], T], records: tuple[Record, ...] = ()) -> asyncio.Future[T]:
        loop = asyncio.get_running_loop()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="journal-writer", daemon=True)
            self._thread.start()
        done: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job(work, loop, done, records))
        return done

    # -- in the thread -------------------------------------------------------------------------

    def _run(self) -> None:
        held: _Job[Any] | None = None
        while True:
            job = held if held is not None else self._jobs.get()
            held = None
            if job is None:
                return
            group = [job]
            ending = False
            while job.records and not ending:
                try:
                    other = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if other is None:
                    ending = True
                elif other.records:
                    group.append(other)
                else:
                    held = other
                    break
            self._do(group)
            if ending:
                return

    def _do(self, group: list[_Job[Any]]) -> None:
        if len(group) > 1:
            try:
                with self._turn:
                    self._append(tuple(record for job in group for record in job.records))
            except StoreError as error:
                if not isinstance(error, SyncFailed) and not isinstance(error.__cause__, SyncFailed):
                    for job in group:  # for some there may be room
                        self._do([job])
                    return
                for job in group:
                    job.finish(None, error)
            except BaseException as error:  # it belongs to those who wait
                for job in group:
                    job.finish(None, error)
            else:
                for job in group:
                    job.finish(None, None)
            return
        (job,) = group
        try:
            with self._turn:
                value = job.work()
        except BaseException as error:  # it belongs to the one who waits
            job.finish(None, error)
        else:
            job.finish(value, None)

    def _append(self, records: tuple[Record, ...]) -> None:
        if self.reason:
            self._recover()
        if records[0].revision > self.journal.head + 1:
            raise StoreError(
                Fault("resource-denied", "nothing was changed: a commit before this one could not be stored")
            )
        try:
            self._appended(records)
        except SyncFailed:
            raise  # :attr:`reason` tells
        except StoreError as error:
            self.refused = str(error)
            raise
        self.refused = ""

    def _appended(self, records: tuple[Record, ...]) -> None:
        try:
            self.journal.append(records)
        except SyncFailed as failure:
            self.reason = str(failure)
            self._recover()
            if self.journal.head < records[-1].revision:
                raise StoreError(
                    Fault("resource-denied", f"nothing was changed: {failure.faults[0].message}")
                ) from failure

    def _done(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except SyncFailed as failure:
            self.reason = str(failure)
            self._recover()
            raise

    def _recover(self) -> None:
        try:
            self.journal.reopen()
        except StoreError as error:
            self.reason = str(error)
            self.troubled()
            raise SyncFailed(
                f"commits are stopped: {self.reason}. They go on when the disk works again; "
                "whether the last one was stored is known then"
            ) from error
        self.reason = ""

    def close(self) -> None:
        """End the thread when what was submitted is done."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()
            self._thread = None


def _loop_runs() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
