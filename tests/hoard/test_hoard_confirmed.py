"""Confirmed commit: a change that takes itself back unless somebody says that all is well."""

import asyncio
import contextlib
import sqlite3
import threading
from datetime import UTC, datetime

import pytest
from cellar import PUMP, ROOM, commit, edit, value

from pyconfhoard.errors import BadInput, Conflict, NotFound, Refused, StoreError
from pyconfhoard.hoard import Hoard, Retention, Terms
from pyconfhoard.hoard import hoard as front
from pyconfhoard.hoard.confirmed import Confirmed
from pyconfhoard.store.checker import check
from pyconfhoard.store.journal import SyncFailed
from pyconfhoard.store.sqlite import SqliteJournal

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Played:
    """A clock that stands until it is moved, with its timer."""

    def __init__(self):
        self.now = 0.0
        self.alarms = []

    def __call__(self):
        return self.now

    def timer(self, delay, call):
        alarm = _Alarm(self.now + delay, call)
        self.alarms.append(alarm)
        return alarm

    def move(self, seconds):
        self.now += seconds
        for alarm in [one for one in self.alarms if one.due <= self.now]:
            self.alarms.remove(alarm)
            if not alarm.cancelled:
                alarm.call()


class _Alarm:
    def __init__(self, due, call):
        self.due, self.call, self.cancelled = due, call, False

    def cancel(self):
        self.cancelled = True


@pytest.fixture
def clock(monkeypatch):
    clock = Played()
    monkeypatch.setattr(
        front, "Confirmed", lambda hoard: Confirmed(hoard, timer=clock.timer, monotonic=clock)
    )
    return clock


def confirmed(hoard, raw="18.0", terms=None, author="ann", **more):
    edits = [edit(hoard, "merge", f"{ROOM}/setpoint", raw)]
    return hoard.confirmed.commit_now(edits, terms or Terms(persist="secret"), author=author, **more)


def setpoint(hoard):
    return value(hoard, f"{ROOM}/setpoint")


class TestConfirmedCommit:
    def test_that_is_confirmed_stays(self, start, clock):
        hoard = start()
        commit(hoard, f"{ROOM}/setpoint", "12.0")
        assert confirmed(hoard).revision == 2
        pending = hoard.confirmed.pending
        assert (pending.id, pending.author, pending.base, hoard.confirmed.remaining) == (
            "secret",
            "ann",
            1,
            600,
        )
        clock.move(599)
        hoard.confirmed.confirm_now("secret")
        assert (hoard.confirmed.pending, hoard.confirmed.remaining) == (None, 0)
        clock.move(100)
        assert (setpoint(hoard), hoard.revision) == ("18.0", 2)
        hoard.close()
        assert setpoint(start()) == "18.0"

    def test_that_is_not_is_taken_back_in_a_commit_of_its_own(self, start, clock):
        hoard = start()
        commit(hoard, f"{ROOM}/setpoint", "12.0")
        told = []
        hoard.subscribe(told.append)
        confirmed(hoard, terms=Terms(30))
        clock.move(30)
        assert (setpoint(hoard), hoard.revision, hoard.confirmed.pending) == ("12.0", 3, None)
        line = hoard.history.revisions()[0]
        assert (line.author, line.source) == ("hoard", "confirmed-commit")
        assert line.comment == "confirmed commit of ann was not confirmed within 30 s: back to revision 1"
        assert [one.revision for one in told] == [2, 3]
        commit(hoard, f"{PUMP}/mode", "on")

    def test_that_is_cancelled_is_taken_back_at_once(self, start, clock):
        hoard = start()
        confirmed(hoard)
        done = hoard.confirmed.cancel_now("secret", author="bob")
        assert (done.author, done.comment) == (
            "bob",
            "confirmed commit of ann was cancelled: back to revision 0",
        )
        assert setpoint(hoard) is None
        clock.move(1000)
        assert hoard.revision == 2

    def test_refuses_other_commits_meanwhile(self, start, clock):
        hoard = start()
        confirmed(hoard)
        candidate = hoard.candidates.create("bob")
        hoard.candidates.edit(candidate.id, [edit(hoard, "merge", f"{PUMP}/mode", "on")])
        clock.move(100)
        words = r"a confirmed commit of ann waits for its confirmation for another 500 s"
        for attempt in (
            lambda: commit(hoard, f"{PUMP}/mode", "on"),
            lambda: hoard.history.rollback_now(0, author="ann"),
            lambda: hoard.history.undo_now(1, author="ann"),
            lambda: confirmed(hoard, terms=Terms(persist="secret")),
            lambda: asyncio.run(hoard.candidates.commit(candidate.id)),
            lambda: (
                hoard.register_now("Pump", "cellar", "/house/pump")
                and hoard.register_now("P", "pantry", "/shelf")
            ),
        ):
            with pytest.raises(Conflict, match=words) as error:
                attempt()
            assert error.value.faults[0].tag == "in-use"
        assert hoard.revision == 1

    def test_is_extended_with_more_time_and_further_changes(self, start, clock):
        hoard = start()
        confirmed(hoard, terms=Terms(30, "secret"))
        clock.move(20)
        confirmed(hoard, "19.0", Terms(100, persist_id="secret"))
        clock.move(20)
        assert (setpoint(hoard), hoard.confirmed.remaining) == ("19.0", 80)
        hoard.confirmed.commit_now((), Terms(200, "other", "secret"), author="ann")
        assert (hoard.revision, hoard.confirmed.remaining) == (2, 200)
        with pytest.raises(NotFound):
            hoard.confirmed.confirm_now("secret")
        clock.move(200)
        assert (setpoint(hoard), hoard.revision) == (None, 3)

    def test_is_confirmed_together_with_further_changes(self, start, clock):
        hoard = start()
        confirmed(hoard)
        hoard.confirmed.confirm_now("secret", [edit(hoard, "merge", f"{PUMP}/mode", "on")], author="ann")
        hoard.close()
        hoard = start()
        assert (setpoint(hoard), value(hoard, f"{PUMP}/mode"), hoard.revision) == ("18.0", "on", 2)

    def test_that_changes_nothing_waits_all_the_same(self, start, clock):
        hoard = start()
        hoard.confirmed.commit_now((), Terms(persist="secret"), author="ann")
        assert (hoard.revision, hoard.confirmed.pending.id) == (0, "secret")
        clock.move(600)
        assert (hoard.revision, hoard.confirmed.pending) == (0, None)
        hoard.close()
        assert start().revision == 0

    def test_is_known_by_its_id_only(self, start, clock):
        hoard = start()
        for attempt in (
            lambda: hoard.confirmed.confirm_now("guess"),
            lambda: hoard.confirmed.cancel_now("guess", author="eve"),
            lambda: confirmed(hoard, terms=Terms(persist_id="guess")),
        ):
            with pytest.raises(NotFound, match="no confirmed commit of that id"):
                attempt()
        confirmed(hoard, terms=Terms())
        assert len(hoard.confirmed.pending.id) > 20
        with pytest.raises(NotFound):
            hoard.confirmed.confirm_now("guess")
        assert setpoint(hoard) == "18.0"

    @pytest.mark.parametrize("timeout", [0, -1, float("nan")])
    def test_of_no_time_is_refused(self, hoard, timeout):
        with pytest.raises(BadInput, match="above 0 seconds"):
            confirmed(hoard, terms=Terms(timeout))

    def test_that_fails_leaves_the_one_that_waits_as_it_is(self, start, clock):
        hoard = start()
        confirmed(hoard, terms=Terms(30, "secret"))
        with pytest.raises(Conflict):
            hoard.confirmed.confirm_now("secret", [edit(hoard, "create", f"{ROOM}/setpoint", "1.0")])
        clock.move(30)
        assert setpoint(hoard) is None

    def test_can_be_that_of_a_candidate(self, start, clock):
        hoard = start()
        candidate = hoard.candidates.create("ann")
        hoard.candidates.edit(candidate.id, [edit(hoard, "merge", f"{ROOM}/setpoint", "18.0")])
        done = asyncio.run(hoard.candidates.commit(candidate.id, terms=Terms(30, "secret")))
        assert (done.author, len(hoard.candidates)) == ("ann", 0)
        clock.move(30)
        assert setpoint(hoard) is None


class TestTakingBack:
    def test_asks_nobody(self, start, clock):
        class Stubborn:
            asked = 0

            async def prepare(self, revision, changes):
                self.asked += 1
                return "" if self.asked == 1 else "never"

            def abort(self, revision):
                pass

        hoard = start()
        hoard.register_now("Room", "cellar", "/house/room")
        stubborn = Stubborn()

        async def main():
            hoard.link("Room", stubborn)
            edits = [edit(hoard, "merge", f"{ROOM}/setpoint", "18.0")]
            await hoard.confirmed.commit(edits, Terms(30, "secret"), author="ann")
            with pytest.raises(Refused):
                await hoard.confirmed.confirm("secret", [edit(hoard, "merge", f"{ROOM}/setpoint", "19.0")])
            await hoard.confirmed.cancel("secret", author="ann")

        asyncio.run(main())
        assert (setpoint(hoard), stubborn.asked) == (None, 2)

    def test_happens_in_the_loop_that_runs(self, start, clock):
        hoard = start()

        async def main():
            edits = [edit(hoard, "merge", f"{ROOM}/setpoint", "18.0")]
            await hoard.confirmed.commit(edits, Terms(30, "secret"), author="ann")
            came = asyncio.Event()
            hoard.subscribe(lambda commit: came.set())
            threading.Thread(target=clock.move, args=(30,)).start()
            await came.wait()

        asyncio.run(main())
        assert setpoint(hoard) is None

    def test_happens_by_the_real_clock_too(self, start):
        hoard = start()
        came = threading.Event()
        hoard.subscribe(lambda commit: came.set() if commit.source == "confirmed-commit" else None)
        confirmed(hoard, terms=Terms(0.01))
        assert came.wait(10)
        with contextlib.suppress(Conflict):  # the thread may just be ending
            commit(hoard, f"{PUMP}/mode", "on")
        assert setpoint(hoard) is None

    def test_is_tried_again_when_the_disk_fails(self, start, clock, monkeypatch):
        hoard = start()
        confirmed(hoard, terms=Terms(30, "secret"))
        real = hoard.journal.append

        def full(records):
            raise StoreError("full")

        monkeypatch.setattr(hoard.journal, "append", full)
        clock.move(30)
        assert (setpoint(hoard), hoard.confirmed.remaining) == ("18.0", 0)
        monkeypatch.setattr(hoard.journal, "append", real)
        clock.move(5)
        assert setpoint(hoard) is None

    def test_spares_the_revision_that_it_goes_back_to_from_retention(self, start, clock):
        hoard = start(retention=Retention(last=2, within=None))
        for n in range(9):
            commit(hoard, f"{ROOM}/setpoint", f"{n}.0")
        confirmed(hoard)
        for n in range(9):
            confirmed(hoard, f"{n}.5", Terms(persist_id="secret"))
        hoard.close()
        hoard = start()
        assert setpoint(hoard) == "8.0"
        assert hoard.history.revisions()[0].comment.endswith("back to revision 9")


class TestNextStart:
    def test_takes_back_what_was_not_confirmed(self, start, folder, clock):
        hoard = start()
        commit(hoard, f"{ROOM}/setpoint", "12.0")
        confirmed(hoard)
        confirmed(hoard, "19.0", Terms(persist_id="secret"))
        hoard.close()
        hoard = start(now=lambda: NOON)
        assert (setpoint(hoard), hoard.revision, hoard.confirmed.pending) == ("12.0", 4, None)
        line = hoard.history.revisions()[0]
        assert (line.author, line.source, line.time) == ("hoard", "confirmed-commit", NOON)
        assert "was not confirmed before the hoard ended: back to revision 1" in line.comment
        hoard.close()
        assert start().revision == 4
        assert '"setpoint": "12.0"' in "".join((folder / "persist" / "cellar.json").read_text().split("\n"))

    def test_takes_it_back_under_the_model_that_it_was_made_in(self, start, tmp_path):
        model = tmp_path / "yang"
        model.mkdir()
        words = "module m { namespace 'urn:m'; prefix m; container c { leaf a { type string; } %s } }"
        (model / "m.yang").write_text(words % "leaf b { type string; }")
        hoard = start(yang=[model], modules=["m"])
        hoard.commit_now([edit(hoard, "merge", "/m:c/a", "x")], author="me")
        hoard.confirmed.commit_now([edit(hoard, "merge", "/m:c/b", "y")], author="me")
        hoard.close()
        (model / "m.yang").write_text(words % "")
        hoard = start(yang=[model], modules=["m"])
        assert value(hoard, "/m:c") == {"a": "x"}

    def test_says_what_is_wrong_with_what_it_reads(self, start, folder):
        start().close()
        other = sqlite3.connect(folder / "journal.db")
        other.execute("INSERT OR REPLACE INTO meta VALUES ('unconfirmed', 'x')")
        other.commit()
        other.close()
        with pytest.raises(StoreError, match="what the journal knows of a confirmed commit is damaged"):
            start()


class FailingDisk(SqliteJournal):
    """Its append fails as a lost disk does; ``kept`` says whether the records are there afterwards."""

    kept = True
    trouble = 0

    def append(self, records):
        if self.trouble:
            if self.kept:
                super().append(records)
            raise SyncFailed("the disk failed")
        super().append(records)

    def reopen(self):
        if self.trouble:
            self.trouble -= 1
            raise StoreError("the disk failed")
        super().reopen()


@pytest.mark.parametrize("kept", [True, False])
def test_confirmed_commit_that_nobody_knows_of_does_not_stay(start, clock, kept):
    hoard = start(journal=FailingDisk)
    commit(hoard, f"{ROOM}/setpoint", "12.0")
    hoard.journal.trouble, hoard.journal.kept = 1, kept
    with pytest.raises(SyncFailed):
        confirmed(hoard)
    with contextlib.suppress(Conflict):
        commit(hoard, f"{PUMP}/mode", "on")  # learns what is in the journal
    assert (hoard.confirmed.pending is not None) is kept
    clock.move(0)
    assert (setpoint(hoard), hoard.confirmed.pending) == ("12.0", None)


@pytest.mark.parametrize("kept", [True, False])
def test_confirmation_that_nobody_knows_of_is_found_out(start, clock, kept):
    hoard = start(journal=FailingDisk)
    confirmed(hoard)
    hoard.journal.trouble, hoard.journal.kept = 1, kept
    with pytest.raises(SyncFailed):
        hoard.confirmed.confirm_now("secret", [edit(hoard, "merge", f"{PUMP}/mode", "on")])
    if kept:
        commit(hoard, f"{ROOM}/low", "5.0")
        assert (setpoint(hoard), hoard.confirmed.pending) == ("18.0", None)
    else:
        clock.move(600)
        assert setpoint(hoard) is None


def test_datastore_of_a_confirmed_commit_is_whole(tmp_path, clock):
    from cellar import YANG  # noqa: PLC0415 - beside the tests

    with Hoard.open(tmp_path / "d", yang=[YANG], modules=["cellar"]) as hoard:
        confirmed(hoard)
    assert check(tmp_path / "d") == []
