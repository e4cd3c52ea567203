"""Commits on their way to the disk: one sync for many, nothing seen or said of what is not durable."""

import asyncio
import itertools
import random
import threading

import pytest
from cellar import PUMP, ROOM, commit, edit, value

from pyconfhoard.errors import Conflict, Invalid, StoreError
from pyconfhoard.store.checker import check
from pyconfhoard.store.journal import SyncFailed
from pyconfhoard.store.sqlite import SqliteJournal
from pyconfhoard.tree import Edit, parse_path


class FailingDisk(SqliteJournal):
    """Fails as told by ``fails``, append by append: ``full``, or ``before`` or ``after`` the record is there."""

    def __init__(self, path):
        super().__init__(path)
        self.fails = []
        self.reopens = 0
        self.batches = []

    def append(self, records):
        self.batches.append(len(records))
        fails = self.fails.pop(0) if self.fails else ""
        if fails == "full":
            raise StoreError("the disk is full")
        if fails == "before":
            raise SyncFailed("the disk failed")
        super().append(records)
        if fails == "after":
            self._head -= len(records)
            raise SyncFailed("the disk failed")

    def reopen(self):
        if self.reopens:
            self.reopens -= 1
            raise StoreError("the disk is away")
        super().reopen()


@pytest.fixture
def hoard(start):
    hoard = start(journal=FailingDisk)
    commit(hoard, f"{ROOM}/low", "0.0")
    hoard.journal.batches.clear()
    return hoard


def probe(hoard, n, *, operation="create"):
    return edit(hoard, operation, f"{ROOM}/probe[id='{n}']", {"id": str(n)})


async def gathered(*tasks):
    return await asyncio.gather(*tasks, return_exceptions=True)


async def begun(hoard, count):
    """Until so many records are on their way."""
    async with asyncio.timeout(10):
        while len(hoard.flights._all) < count:
            await asyncio.sleep(0)


def run(hoard, edits, *, count=None):
    """Commit all of ``edits`` at once, the disk held until ``count`` are on their way; what became of each."""

    async def main():
        gate = threading.Event()
        held = asyncio.ensure_future(hoard.writer.do(gate.wait))
        tasks = [asyncio.ensure_future(hoard.commit([one], author="me")) for one in edits]
        await begun(hoard, len(tasks) if count is None else count)
        assert hoard.revision == 1  # nobody sees them yet
        assert value(hoard, f"{ROOM}/probe") is None
        gate.set()
        await held
        return await gathered(*tasks)

    return asyncio.run(main())


class TestManyAtOnce:
    def test_share_a_sync(self, hoard):
        told = []
        hoard.subscribe(lambda done: told.append(done.revision))
        outcomes = run(hoard, [probe(hoard, n) for n in range(100)])
        assert [one.revision for one in outcomes] == list(range(2, 102)) == told
        assert hoard.journal.batches == [100]
        assert len(value(hoard, f"{ROOM}/probe")) == 100

    def test_are_each_judged_by_those_before_it(self, hoard):
        first, second = run(hoard, [probe(hoard, 1), probe(hoard, 1)], count=1)
        assert first.revision == 2
        assert isinstance(second, Conflict)

    def test_that_change_nothing_are_answered_when_what_they_rest_on_is_durable(self, hoard):
        first, second = run(hoard, [probe(hoard, 1), probe(hoard, 1, operation="merge")], count=1)
        assert (first.revision, second.revision, second.changes) == (2, 2, ())

    def test_find_their_places_one_by_one_where_there_is_no_room_for_all(self, hoard):
        hoard.journal.fails = ["full", "", "", "full"]
        outcomes = run(hoard, [probe(hoard, n) for n in range(5)])
        assert [one.revision for one in outcomes[:2]] == [2, 3]
        assert [str(one) for one in outcomes[2:]] == [
            "the disk is full",
            *["nothing was changed: a commit before this one could not be stored"] * 2,
        ]
        assert [entry["id"] for entry in value(hoard, f"{ROOM}/probe")] == ["0", "1"]
        assert commit(hoard, f"{PUMP}/mode", "on").revision == 4

    def test_with_a_label_is_alone(self, hoard):
        async def main():
            labelled = [hoard.commit([probe(hoard, n)], author="me", label="good") for n in range(2)]
            return await gathered(*labelled)

        first, second = asyncio.run(main())
        assert first.revision == 2
        assert isinstance(second, Conflict)


class TestFailure:
    def test_of_one_takes_those_with_it_that_stand_on_it_and_no_other(self, hoard):
        hoard.journal.fails = ["before"]
        outcomes = run(hoard, [probe(hoard, n) for n in range(10)])
        assert all(isinstance(one, StoreError) and not isinstance(one, SyncFailed) for one in outcomes)
        assert hoard.revision == 1
        assert run(hoard, [probe(hoard, 1)])[0].revision == 2

    def test_makes_a_refusal_be_found_again(self, hoard):
        """The second is refused because of the first, which then is not stored: it is not refused any more."""
        hoard.journal.fails = ["before"]
        first, second = run(hoard, [probe(hoard, 1), probe(hoard, 1)], count=1)
        assert isinstance(first, StoreError)
        assert second.revision == 2

    @pytest.mark.parametrize("linked", [False, True], ids=["nobody is asked", "a Thing is asked"])
    def test_while_the_next_one_is_judged_takes_nothing_of_the_lost_one_along(self, hoard, linked):
        hoard.register_now("Room", "cellar", "/house/room")
        if linked:
            hoard.link("Room", Thing(hoard))
        hoard.journal.fails = ["before"]
        pump = [edit(hoard, "merge", f"{PUMP}/mode", "on")]

        async def main():
            first = asyncio.ensure_future(hoard.commit(pump, author="me"))
            await begun(hoard, 1)
            judge = hoard.pace.run

            async def judged(work):
                done = await judge(work)
                hoard.pace.run = judge
                await asyncio.wait({first})
                return done

            hoard.pace.run = judged
            return await gathered(first, hoard.commit([probe(hoard, 1)], author="me"))

        first, second = asyncio.run(main())
        assert isinstance(first, StoreError)
        assert second.revision == hoard.revision == 2
        assert value(hoard, PUMP) is None
        assert value(hoard, f"{ROOM}/probe") == [{"id": "1"}]

    def test_that_nobody_understands_is_caught_up_with(self, hoard):
        """The record is there, but the disk cannot tell at once: who comes later goes on from it."""
        told = []
        hoard.subscribe(lambda done: told.append((done.revision, len(done.changes))))
        hoard.journal.fails = ["after"]
        hoard.journal.reopens = 1

        async def main():
            gate = threading.Event()
            held = asyncio.ensure_future(hoard.writer.do(gate.wait))
            first = asyncio.ensure_future(hoard.commit([probe(hoard, 1)], author="me"))
            await begun(hoard, 1)
            between = asyncio.ensure_future(hoard.writer.do(lambda: None))  # so they are not written together
            second = asyncio.ensure_future(hoard.commit([probe(hoard, 2)], author="me"))
            await begun(hoard, 2)
            gate.set()
            return await gathered(first, second, held, between)

        first, second, *_ = asyncio.run(main())
        assert isinstance(first, SyncFailed)
        assert second.revision == 3
        assert [revision for revision, _ in told] == [2, 3]
        assert len(value(hoard, f"{ROOM}/probe")) == 2

    def test_of_a_loop_that_ended_leaves_nothing_behind(self, hoard):
        gate = threading.Event()

        async def abandoned():
            held = asyncio.ensure_future(hoard.writer.do(gate.wait))
            task = asyncio.ensure_future(hoard.commit([probe(hoard, 1)], author="me"))
            await begun(hoard, 1)
            held.cancel()
            task.cancel()

        asyncio.run(abandoned())
        gate.set()
        assert run_later(hoard, probe(hoard, 2)).revision == 3
        assert len(value(hoard, f"{ROOM}/probe")) == 2


def run_later(hoard, one):
    return asyncio.run(hoard.commit([one], author="me"))


class Thing:
    """Votes yes, and remembers what it was asked and told."""

    def __init__(self, hoard):
        self.hoard = hoard
        self.asked = []
        self.aborted = []

    async def prepare(self, revision, changes):
        assert revision == self.hoard.revision + 1  # of a durable state, never of one that may not come to be
        self.asked.append(revision)
        return ""

    def abort(self, revision):
        self.aborted.append(revision)


class TestThings:
    def test_are_asked_about_what_follows_on_durable_states_only(self, hoard):
        hoard.register_now("Room", "cellar", "/house/room")
        thing = Thing(hoard)
        hoard.link("Room", thing)
        pump = parse_path(hoard.schema, f"{PUMP}/mode")
        edits = [probe(hoard, 1), Edit("merge", pump, "on"), probe(hoard, 2), Edit("merge", pump, "auto")]

        async def main():
            return await gathered(*(hoard.commit([one], author="me") for one in edits))

        assert [one.revision for one in asyncio.run(main())] == [2, 3, 4, 5]
        assert thing.asked == [2, 4]

    def test_that_agreed_are_told_when_the_disk_did_not(self, hoard):
        hoard.register_now("Room", "cellar", "/house/room")
        thing = Thing(hoard)
        hoard.link("Room", thing)
        hoard.journal.fails = ["before"]
        with pytest.raises(StoreError):
            run_later(hoard, probe(hoard, 1))
        assert thing.aborted == [2]


@pytest.mark.parametrize("turn", range(8))
def test_whatever_fails_no_answer_is_a_lie(start, folder, turn):
    """Fifty committers and a disk that fails at times. An entry is there if its commit was answered, and is not
    there if it was refused; of a failed sync nobody knows."""
    dice = random.Random(turn)
    hoard = start(journal=FailingDisk)
    told = []
    hoard.subscribe(told.append)

    async def one(n):
        await asyncio.sleep(dice.random() * 0.02)
        if dice.random() < 0.4:
            hoard.journal.fails.append(dice.choice(("before", "after", "full")))
            hoard.journal.reopens = dice.choice((0, 0, 1, 2))
        bad = n % 10 == 9
        change = edit(hoard, "merge", f"{ROOM}/low", "90.0") if bad else probe(hoard, n)
        return await hoard.commit([change], author=f"a{n}")

    async def main():
        outcomes = await gathered(*map(one, range(50)))
        hoard.journal.fails.clear()
        hoard.journal.reopens = 0
        await hoard.commit([edit(hoard, "merge", f"{PUMP}/mode", "on")], author="me")
        return outcomes

    outcomes = asyncio.run(main())
    there = {entry["id"] for entry in value(hoard, f"{ROOM}/probe") or ()}
    for n, outcome in enumerate(outcomes):
        if isinstance(outcome, SyncFailed):
            continue
        if isinstance(outcome, Exception):
            assert isinstance(outcome, StoreError | Invalid), outcome
            assert str(n) not in there
        elif n % 10 != 9:
            assert str(n) in there
            assert str(value(hoard, f"{ROOM}/probe", outcome.root)).count(f"'{n}'") == 1
    assert [done.revision for done in told] == list(range(1, hoard.revision + 1))
    assert all(one.root == other.old for one, other in itertools.pairwise(told))
    hoard.close()
    assert check(folder) == []
