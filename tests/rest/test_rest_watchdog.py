"""rest/watchdog.py: a loop that does not turn, a parent that has died."""

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest

from rest.watchdog import Watchdog


class Codes:
    """Notes how the process would have ended."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.code = 0

    def __call__(self, code: int) -> None:
        self.code = code
        self.event.set()


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    thread = threading.Thread(target=made.run_forever)
    thread.start()
    yield made
    made.call_soon_threadsafe(made.stop)
    thread.join()
    made.close()


def test_watchdog_lets_a_loop_that_turns_live(loop: asyncio.AbstractEventLoop) -> None:
    ended = Codes()
    turns = threading.Semaphore(0)
    now = [0.0]

    def clock() -> float:
        now[0] += 0.4
        turns.release()
        return now[0]

    watchdog = Watchdog(loop, lambda: None, limit=2.0, every=0.001, clock=clock, kill=ended)
    watchdog.start()
    for _ in range(50):
        assert turns.acquire(timeout=5)
    watchdog.stop()
    watchdog.join()
    assert not ended.event.is_set()


def test_watchdog_ends_a_process_whose_loop_is_stuck(
    loop: asyncio.AbstractEventLoop, capfd: pytest.CaptureFixture[str]
) -> None:
    ended = Codes()
    release = threading.Event()
    loop.call_soon_threadsafe(release.wait)
    watchdog = Watchdog(loop, lambda: None, limit=0.05, every=0.005, kill=ended)
    watchdog.start()
    assert ended.event.wait(5)
    release.set()
    watchdog.join()
    assert ended.code != 0
    assert "Thread 0x" in capfd.readouterr().err


def test_watchdog_tells_the_loop_when_the_parent_is_gone(loop: asyncio.AbstractEventLoop) -> None:
    told = threading.Event()
    parents = iter([10, 10, 1])
    watchdog = Watchdog(
        loop, told.set, every=0.005, parent=lambda: next(parents, 1), kill=Codes(), grace=60.0
    )
    watchdog.start()
    assert told.wait(5)
    watchdog.stop()
    watchdog.join()


def test_watchdog_ends_an_orphan_that_does_not_end_itself(loop: asyncio.AbstractEventLoop) -> None:
    ended = Codes()
    parents = iter([10])
    began = time.monotonic()
    Watchdog(loop, lambda: None, every=0.005, parent=lambda: next(parents, 1), kill=ended, grace=0.05).start()
    assert ended.event.wait(5)
    assert time.monotonic() - began >= 0.05


def test_watchdog_goes_with_its_loop() -> None:
    loop = asyncio.new_event_loop()
    watchdog = Watchdog(loop, lambda: None, every=0.005, kill=Codes())
    loop.close()
    watchdog.start()
    watchdog.join(5)
    assert not watchdog.is_alive()
