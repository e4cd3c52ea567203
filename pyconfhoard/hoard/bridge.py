"""One code for programs with an event loop and without.

What a hoard does is written as coroutines. Where no loop runs they never have to wait (the writer
works inline, nobody votes), so that :func:`run_sync` can drive them to their end at one go.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from pyconfhoard.schema.collection import no_collection
from pyconfhoard.validation import Unready, quickly

__all__ = ["Pace", "Turn", "beside", "loop_runs", "offload", "run_sync"]

T = TypeVar("T")


def loop_runs() -> bool:
    """Whether this thread is inside an event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def run_sync(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine, without a loop. Raises ``RuntimeError`` inside one, or where it has to wait."""
    if loop_runs():
        work.close()
        raise RuntimeError("an event loop runs in this thread: await the asynchronous twin of this call")
    try:
        work.send(None)
    except StopIteration as stop:
        result: T = stop.value
        return result
    work.close()
    raise RuntimeError("this call has to wait for others: use its asynchronous twin in an event loop")


def beside(work: Callable[[], T]) -> T:
    """Run ``work`` in a thread without a loop, and wait for it."""
    result: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            result.append(work())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, name="hoard-beside")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return result[0]


async def offload(work: Callable[[], T]) -> T:
    """Run slow, blocking ``work`` without stopping the loop; at once where there is none."""
    if loop_runs():
        return await asyncio.get_running_loop().run_in_executor(None, work)
    return work()


class Pace:
    """Where recurring work is done: in the loop while it is short, in a thread when it took longer than ``limit``
    seconds the last time, so that others are answered meanwhile. The first time counts as long. Work that turns out
    to be large, or to need an index which is not made yet, begins anew in a thread (:func:`~pyconfhoard.validation.take_time`),
    so it must not mind being begun twice."""

    def __init__(self, limit: float = 0.005, *, clock: Callable[[], float] = time.perf_counter) -> None:
        self.limit = limit
        self._clock = clock
        self._last = float("inf")
        self.settles = False
        """Whether the garbage collector leaves alone for good what was made in a thread: for a server, whose data stays."""

    async def run(self, work: Callable[[], T]) -> T:
        """What ``work`` gives, or raises."""
        begin = self._clock()
        try:
            if self._last <= self.limit:
                with suppress(Unready), quickly():
                    return work()
            return await self.apart(work)
        finally:
            self._last = self._clock() - begin

    async def apart(self, work: Callable[[], T]) -> T:
        """The same always in a thread: for work that recurs, but now small, now large."""
        return await offload(lambda: self._uncollected(work))

    def _uncollected(self, work: Callable[[], T]) -> T:
        with no_collection(settle=self.settles):
            return work()


class Turn:
    """A lock for coroutines, first come, first served, and for threads without a loop.

    Held by one coroutine or one thread at a time. A loop that ended leaves nothing behind.
    """

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        """The last event loop that asked."""
        self._thread = threading.Lock()
        self._tasks: asyncio.Lock | None = None
        self._held: asyncio.Lock | None = None

    async def __aenter__(self) -> None:
        if not loop_runs():
            self._thread.acquire()
            return
        loop = asyncio.get_running_loop()
        if self._tasks is None or self.loop is not loop:
            self.loop, self._tasks = loop, asyncio.Lock()
        tasks = self._tasks
        await tasks.acquire()
        try:
            while not self._thread.acquire(blocking=False):  # a thread has it: rare, and soon over
                await asyncio.sleep(0.001)
        except asyncio.CancelledError:
            tasks.release()
            raise
        self._held = tasks

    async def __aexit__(self, *exc: object) -> None:
        held, self._held = self._held, None
        self._thread.release()
        if held is not None:
            held.release()
