"""The writer: with a loop and without, and what it does when the disk fails."""

import asyncio
import threading
from datetime import UTC, datetime

import pytest

from pyconfhoard.errors import StoreError
from pyconfhoard.hoard.bridge import run_sync
from pyconfhoard.store.journal import Record, SyncFailed
from pyconfhoard.store.sqlite import SqliteJournal
from pyconfhoard.store.writer import Writer


def record(revision):
    return Record(revision=revision, time=datetime.now(UTC), author="me", edits="[]", undo="[]")


async def append(writer, records):
    done = writer.start(records)
    if done is not None:
        await done


class FailingDisk(SqliteJournal):
    """A journal whose disk fails as told: ``before`` or ``after`` the record is on it, and at ``reopens``."""

    fails = ""
    reopens = 0
    batches: list

    def append(self, records):
        self.batches.append(len(records))
        fails, self.fails = self.fails, ""
        if fails == "before":
            raise SyncFailed("the disk failed")
        super().append(records)
        if fails == "after":
            self._head -= len(records)  # it does not know
            raise SyncFailed("the disk failed")

    def reopen(self):
        if self.reopens:
            self.reopens -= 1
            raise StoreError("the disk is away")
        super().reopen()


@pytest.fixture
def journal(tmp_path):
    journal = FailingDisk(tmp_path / "j.db")
    journal.batches = []
    yield journal
    journal.close()


@pytest.fixture
def writer(journal):
    writer = Writer(journal)
    yield writer
    writer.close()


class TestWriter:
    def test_without_a_loop_appends_in_the_callers_thread(self, writer, journal):
        run_sync(append(writer, [record(1)]))
        assert journal.head == 1
        assert run_sync(writer.do(threading.current_thread)) is threading.current_thread()

    def test_with_a_loop_leaves_the_loop_free(self, writer, journal):
        async def main():
            await append(writer, [record(1)])
            return await writer.do(threading.current_thread)

        assert asyncio.run(main()) is not threading.current_thread()
        assert journal.head == 1

    def test_appends_what_waits_together_with_one_sync(self, writer, journal):
        async def main():
            gate = threading.Event()
            held = asyncio.ensure_future(writer.do(gate.wait))
            waiting = [asyncio.ensure_future(append(writer, [record(n)])) for n in range(1, 101)]
            await asyncio.sleep(0)
            gate.set()
            await asyncio.gather(held, *waiting)

        asyncio.run(main())
        assert journal.head == 100
        assert journal.batches == [100]

    def test_keeps_other_work_in_turn_with_appends(self, writer, journal):
        async def main():
            gate = threading.Event()
            work = [writer.do(gate.wait), append(writer, [record(1)]), writer.do(lambda: journal.head)]
            work += [append(writer, [record(2)]), writer.do(lambda: journal.head)]
            tasks = [asyncio.ensure_future(one) for one in work]
            await asyncio.sleep(0)
            gate.set()
            return await asyncio.gather(*tasks)

        assert asyncio.run(main())[2::2] == [1, 2]

    def test_passes_on_what_work_raises(self, writer):
        async def main():
            with pytest.raises(ZeroDivisionError):
                await writer.do(lambda: 1 / 0)
            return await writer.do(lambda: "alive")

        assert asyncio.run(main()) == "alive"

    def test_finishes_what_was_submitted_before_it_closes(self, writer, journal):
        async def main():
            task = asyncio.ensure_future(append(writer, [record(1)]))
            await asyncio.sleep(0)
            writer.close()
            await task

        asyncio.run(main())
        assert journal.head == 1

    def test_does_its_work_although_the_one_who_asked_has_gone(self, writer, journal):
        async def main():
            gate = threading.Event()
            held = asyncio.ensure_future(writer.do(gate.wait))
            gone = asyncio.ensure_future(append(writer, [record(1)]))
            await asyncio.sleep(0)
            gone.cancel()
            gate.set()
            await held
            await writer.do(lambda: None)

        asyncio.run(main())
        assert journal.head == 1


class TestFailedSync:
    def test_that_left_nothing_is_an_error_and_life_goes_on(self, writer, journal):
        journal.fails = "before"
        with pytest.raises(StoreError, match="nothing was changed: the disk failed") as error:
            run_sync(append(writer, [record(1)]))
        assert not isinstance(error.value, SyncFailed)
        assert error.value.faults[0].tag == "resource-denied"
        assert writer.reason == ""
        run_sync(append(writer, [record(1)]))
        assert journal.head == 1

    def test_of_a_record_that_is_there_after_all_is_a_success(self, writer, journal):
        journal.fails = "after"
        run_sync(append(writer, [record(1)]))
        assert writer.reason == ""
        assert [one.revision for one in journal.records(0)] == [1]

    def test_that_cannot_be_resolved_stops_commits_and_says_why(self, writer, journal):
        journal.fails = "after"
        journal.reopens = 2
        with pytest.raises(SyncFailed, match="whether the last one was stored is known then") as error:
            run_sync(append(writer, [record(1)]))
        assert error.value.faults[0].tag == "operation-failed"
        assert writer.reason == "the disk is away"
        with pytest.raises(SyncFailed):
            run_sync(writer.recover())
        assert writer.reason

    def test_is_resolved_when_the_disk_is_back(self, writer, journal):
        journal.fails = "after"
        journal.reopens = 1
        with pytest.raises(SyncFailed):
            run_sync(append(writer, [record(1)]))
        run_sync(writer.recover())
        assert writer.reason == ""
        assert journal.head == 1

    def test_is_told_to_all_who_waited_together(self, writer, journal):
        async def main():
            gate = threading.Event()
            held = asyncio.ensure_future(writer.do(gate.wait))
            waiting = [asyncio.ensure_future(append(writer, [record(n)])) for n in (1, 2)]
            await asyncio.sleep(0)
            journal.fails = "before"
            gate.set()
            await held
            return await asyncio.gather(*waiting, return_exceptions=True)

        outcomes = asyncio.run(main())
        assert [type(one) for one in outcomes] == [StoreError, StoreError]
        assert journal.head == 0
