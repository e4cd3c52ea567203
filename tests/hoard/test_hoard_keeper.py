"""The keeper: chores once for all touches, never busy for long, never silent about what it cannot do."""

import hashlib
import threading
import time

import pytest

from pyconfhoard.errors import StoreError
from pyconfhoard.hoard.keeper import Chore, Keeper


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


class Played(Keeper):
    """A keeper whose thread never comes: the test steps it."""

    def _run(self):
        return


@pytest.fixture
def clock():
    return Clock()


class TestKeeper:
    def test_does_a_chore_once_for_all_touches(self, clock):
        done = []
        keeper = Played([Chore("x", lambda: done.append(clock.now), 2.0)], monotonic=clock)
        keeper.touch("x")
        clock.now = 1.0
        keeper.touch("x")
        assert keeper.step() == 1.0
        clock.now = 2.0
        assert keeper.step() is None
        assert done == [2.0]

    def test_waits_longer_for_a_chore_that_takes_long(self, clock):
        def work():
            clock.now += 3.0

        keeper = Played([Chore("x", work, 2.0)], monotonic=clock)
        keeper.touch("x")
        keeper.flush()
        keeper.touch("x")
        assert keeper.step() == 60.0
        keeper.chores["x"].due = None
        keeper.chores["x"].rest = 2.0
        keeper.touch("x")
        assert keeper.step() == 6.0

    def test_tries_a_failed_chore_again_and_says_why_once(self, clock, caplog):
        trouble = [StoreError("no room"), StoreError("no room"), None]

        def work():
            error = trouble.pop(0)
            if error is not None:
                raise error

        keeper = Played([Chore("x", work, 2.0)], monotonic=clock)
        keeper.touch("x")
        clock.now = 2.0
        assert keeper.step() == 20.0
        assert keeper.chores["x"].reason == "no room"
        clock.now = 22.0
        assert keeper.step() == 20.0
        clock.now = 42.0
        assert keeper.step() is None
        assert keeper.chores["x"].reason == ""
        assert caplog.text.count("no room") == 1

    def test_tries_again_as_soon_as_a_chore_says(self, clock):
        def work():
            raise StoreError("the disk is away")

        keeper = Played([Chore("x", work, 5.0, retry=5.0)], monotonic=clock)
        keeper.touch("x")
        clock.now = 5.0
        assert keeper.step() == 5.0

    def test_thread_does_what_is_due(self):
        done = threading.Event()
        keeper = Keeper([Chore("now", done.set, 0.0), Chore("late", lambda: None, 1000.0)])
        keeper.touch("late")
        keeper.touch("now")
        assert done.wait(10)
        keeper.close()

    def test_rests_between_the_steps_of_a_chore_in_its_own_thread_only(self):
        began, end = threading.Event(), threading.Event()

        def work():
            while not end.is_set():
                sum(range(10_000))
                keeper.breathe()
                began.set()
            shares.append(time.thread_time() - began_at[0])

        shares, began_at = [], [0.0]
        keeper = Keeper([Chore("long", work, 0.0)])
        begin = time.monotonic()
        keeper.touch("long")
        assert began.wait(5)
        while time.monotonic() - begin < 0.2:
            keeper.breathe()  # not its thread: no rest
        end.set()
        keeper.close()
        assert shares[0] < 0.6 * (time.monotonic() - begin)

    def test_rests_longer_while_the_process_has_other_things_to_do(self):
        rests, enough, end = [], threading.Event(), threading.Event()

        def work():
            while not end.is_set() and not enough.is_set():
                begin = time.thread_time()
                while time.thread_time() - begin < 0.005:
                    sum(range(1000))
                worked, begin = time.thread_time() - begin, time.monotonic()
                keeper.breathe(rest=1.0)
                if keeper.crowd > 0.25:
                    rests.append((time.monotonic() - begin) / worked)
                if len(rests) == 5:
                    enough.set()

        def elsewhere():
            while not end.is_set():
                hashlib.sha256(bytes(1 << 20)).digest()  # without the interpreter's lock

        keeper, other = Keeper([Chore("long", work, 0.0)]), threading.Thread(target=elsewhere)
        other.start()
        keeper.touch("long")
        try:
            assert enough.wait(10), keeper.crowd
        finally:
            end.set()
            other.join()
            keeper.close()
        assert min(rests) > 2.0

    def test_close_does_what_was_touched_and_nothing_after(self, clock):
        done = []
        keeper = Played([Chore("x", lambda: done.append("x"), 2.0)], monotonic=clock)
        keeper.touch("x")
        keeper.close()
        keeper.touch("x")
        keeper.flush()
        assert done == ["x"]

    def test_close_without_a_flush_leaves_it_undone(self, clock):
        done = []
        keeper = Played([Chore("x", lambda: done.append("x"), 2.0)], monotonic=clock)
        keeper.touch("x")
        keeper.close(flush=False)
        assert done == []
