"""Retention: what is kept of history, and what goes."""

import sqlite3
import zlib
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from cellar import PUMP, ROOM, YANG, commit, value

from pyconfhoard.errors import NotFound, StoreError
from pyconfhoard.hoard import Retention, upkeep
from pyconfhoard.store import past
from pyconfhoard.store.checker import check
from pyconfhoard.tree import encode

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def fill(hoard, count, **more):
    for n in range(count):
        commit(hoard, f"{ROOM}/setpoint", f"{n % 50}.0", **more)


def again(hoard, start, **more):
    """Closed, which lets go of what is due, and opened."""
    hoard.close()
    return start(**more)


class TestRetention:
    def test_keeps_the_last_ones(self, start, folder):
        hoard = start(retention=Retention(last=10, within=None))
        fill(hoard, 60)
        hoard = again(hoard, start)
        assert hoard.journal.first == 51
        assert [line.revision for line in hoard.history.revisions()] == list(range(60, 50, -1))
        assert value(hoard, f"{ROOM}/setpoint", hoard.root_at(50)) == "49.0"
        with pytest.raises(NotFound, match="revision 49 is not kept any more: the oldest is 50"):
            hoard.root_at(49)
        with pytest.raises(NotFound, match="revision 50 is not kept any more; there are 51 to 60"):
            hoard.history.get(50)
        hoard.close()
        assert check(folder) == []

    def test_keeps_the_young_ones(self, start, clock):
        hoard = start(now=clock, retention=Retention(last=2, within=timedelta(days=7)))
        fill(hoard, 10)
        clock.now += timedelta(days=5)
        fill(hoard, 10)
        hoard = again(hoard, start, now=clock, retention=Retention(last=2, within=timedelta(days=7)))
        assert hoard.journal.first == 1
        clock.now += timedelta(days=5)
        assert again(hoard, start).journal.first == 11

    def test_keeps_the_last_ones_when_the_clock_jumps(self, start, clock):
        retention = Retention(last=5, within=timedelta(days=7))
        hoard = start(now=clock, retention=retention)
        fill(hoard, 10)
        clock.now += timedelta(days=20_000)
        hoard = again(hoard, start)
        assert hoard.journal.first == 6
        hoard = again(hoard, start, now=lambda: NOON - timedelta(days=1), retention=retention)
        fill(hoard, 10)
        hoard = again(hoard, start)
        assert hoard.journal.first == 6
        assert [line.revision for line in hoard.history.revisions(limit=3)] == [20, 19, 18]

    def test_never_keeps_more_than_the_most(self, start):
        hoard = start(retention=Retention(last=5, within=timedelta(days=7), most=20))
        fill(hoard, 60)
        assert again(hoard, start).journal.first == 41

    @pytest.mark.parametrize("size", [3_000, 20_000, 60_000, 10_000_000])
    def test_never_keeps_more_than_fits(self, start, size):
        retention = Retention(last=500, within=None, size=size)
        hoard = start(retention=retention)
        fill(hoard, 700)
        hoard = again(hoard, start)
        journal = hoard.journal
        assert journal.sizes(journal.first, journal.head) <= size
        if size < 100_000:
            # it is not made smaller than it has to be, and keeps room for what comes
            assert size * 0.7 < journal.sizes(journal.first - 1, journal.head) <= size
        else:
            assert journal.first == 201

    def test_keeps_one_that_alone_does_not_fit(self, start):
        hoard = start(retention=Retention(last=5, within=None, size=10))
        fill(hoard, 20)
        assert again(hoard, start).journal.first == 20

    def test_looks_at_each_size_once(self, start):
        hoard = start(retention=Retention(last=5000, within=None, size=1 << 20))
        fill(hoard, 1000)
        asked = []
        sizes = hoard.journal.sizes
        hoard.journal.sizes = lambda first, last: asked.append((first, last)) or sizes(first, last)
        hoard.upkeep._trim(0)
        assert max(last - first for first, last in asked) < 256
        asked.clear()
        hoard.upkeep._trim(0)
        assert asked == [(768, 1000), (1, 255)]

    def test_keeps_what_has_a_label_with_its_state(self, start, folder):
        hoard = start(retention=Retention(last=5, within=None))
        fill(hoard, 3)
        commit(hoard, f"{PUMP}/mode", "on", "ann", label="good")
        fill(hoard, 40)
        hoard = again(hoard, start, retention=Retention(last=5, within=None))
        assert hoard.journal.first > 30
        assert [line.labels for line in hoard.history.revisions(labelled=True)] == [("good",)]
        assert [line.revision for line in hoard.history.revisions()][-2:] == [hoard.journal.first, 4]
        assert hoard.history.get("good").difference.text().splitlines()[-1] == "+     mode on"
        fill(hoard, 40)
        hoard = again(hoard, start)
        assert hoard.history.rollback_now("good", author="me").comment == "rollback to revision 4 (good)"
        assert value(hoard, f"{ROOM}/setpoint") == "2.0"
        hoard.close()
        assert check(folder) == []

    def test_lets_go_of_what_lost_its_label(self, start, folder):
        hoard = start(retention=Retention(last=5, within=None))
        fill(hoard, 3)
        hoard.history.label_now("good", 2)
        fill(hoard, 40)
        hoard = again(hoard, start, retention=Retention(last=5, within=None))
        hoard.history.unlabel_now("good")
        fill(hoard, 40)
        hoard = again(hoard, start)
        assert hoard.journal.kept_revisions() == ()
        assert hoard.journal.record(2) is None

    def test_happens_beside_the_commits(self, start, monkeypatch):
        monkeypatch.setattr(upkeep, "INDEX_COMMITS", 10)
        monkeypatch.setattr(upkeep, "SNAPSHOT_BYTES", 500)
        hoard = start(retention=Retention(last=5, within=None))
        fill(hoard, 30)
        assert hoard.upkeep.keeper.chores["history"].due is not None
        hoard.upkeep.keeper.flush()
        assert hoard.journal.first == 26

    @pytest.mark.parametrize(("last", "most"), [(0, 10), (11, 10)])
    def test_of_nothing_cannot_be(self, last, most):
        with pytest.raises(ValueError, match="at least 1 byte"):
            Retention(size=0)
        with pytest.raises(ValueError, match="1 <= last <= most"):
            Retention(last=last, most=most)


class TestDisk:
    """What a journal takes has a bound, whatever is committed."""

    def test_stays_below_it_with_comments_labels_entries_and_the_wal(self, start, folder):
        retention = Retention(last=10, within=None, size=100_000, labelled=30_000)
        hoard = start(retention=retention)
        begin = (folder / "journal.db").stat().st_size
        lag, wal = 80_000, 5 << 20
        """What is committed until the next look at the history, and what SQLite keeps of the WAL and adds to it."""
        bound = 2 * begin + 1.5 * (retention.size + retention.labelled + lag)
        written = 0
        for n in range(600):
            place, comment = f"{ROOM}/probe[id='probe {n}']", "x" * 1000
            label = f"label-{n}" if n < 10 else ""
            commit(hoard, place, {"id": f"probe {n}"}, comment=comment, label=label)
            commit(hoard, place, comment=comment)
            written += hoard.journal.sizes(hoard.revision - 1, hoard.revision)
            if n % 30 == 29:
                hoard.upkeep.keeper.flush()
                assert sum(file.stat().st_size for file in folder.glob("journal.db*")) < bound + wal
        assert written > 3 * bound
        hoard.close()
        assert (folder / "journal.db").stat().st_size < bound
        assert check(folder) == []

    def test_no_label_is_given_when_they_take_all_that_they_may(self, start):
        hoard = start(retention=Retention(labelled=3000))
        fill(hoard, 1)
        commit(hoard, f"{PUMP}/mode", "on", label="one", comment="x" * 3000)
        for ask in (
            lambda: commit(hoard, f"{PUMP}/mode", "off", label="two"),
            lambda: hoard.history.label_now("two", 1),
        ):
            with pytest.raises(StoreError, match="may take 3000: take labels away") as refused:
                ask()
            assert refused.value.faults[0].tag == "resource-denied"
        assert hoard.revision == 2
        hoard.history.unlabel_now("one")
        hoard.history.label_now("two", 1)

    def test_of_states_beyond_a_bound_that_was_lowered_the_newest_are_kept_and_that_is_told(
        self, start, caplog
    ):
        hoard = start()
        for n in range(3):
            commit(hoard, f"{PUMP}/mode", "on" if n % 2 else "off", label=f"label-{n}")
        fill(hoard, 30)
        size = len(zlib.compress(encode(hoard.schema.root, hoard.root_at(3))))
        retention = Retention(last=5, within=None, labelled=size + size // 2)
        hoard = again(hoard, start, retention=retention)
        hoard = again(hoard, start, retention=retention)
        assert "that of revision 2 is not kept any more" in caplog.text
        assert hoard.journal.kept_revisions() == (3,)
        assert hoard.history.get("label-0").line.labels == ("label-0",)
        with pytest.raises(NotFound, match="revision 1 is not kept any more"):
            hoard.history.rollback_now("label-0", author="me")

    @pytest.mark.damages_store
    def test_a_labelled_state_that_is_damaged_is_told_and_holds_up_neither_the_others_nor_the_trimming(
        self, start, folder, caplog
    ):
        hoard = start()
        for label in ("old", "new"):
            commit(hoard, f"{PUMP}/mode", "on" if label == "old" else "off", label=label)
            fill(hoard, 20)
        hoard.close()
        with closing(sqlite3.connect(folder / "journal.db")) as database, database:
            assert database.execute("UPDATE log SET edits = '[]' WHERE revision = 10").rowcount
        hoard = again(start(retention=Retention(last=5, within=None)), start)
        assert hoard.journal.first > 30
        assert hoard.journal.kept_revisions() == (22,)
        [told] = [one.getMessage() for one in caplog.records if "labelled" in one.getMessage()]
        assert told.startswith("the state of labelled revision 1 is not kept, for it cannot be read: ")
        assert "./launch --repair" in told
        assert [line.labels for line in hoard.history.revisions(labelled=True)] == [("new",), ("old",)]
        hoard.history.rollback_now("new", author="me")
        assert value(hoard, f"{PUMP}/mode") == "off"

    def test_models_that_nothing_is_in_the_words_of_any_more_go(self, start, folder, monkeypatch):
        monkeypatch.setattr(past, "_MODELS", 2)
        retention = Retention(last=3, within=None)
        for n in range(6):
            text = f"module m{n} {{ namespace 'urn:m{n}'; prefix m; leaf x {{ type string; }} }}"
            (folder.parent / f"m{n}.yang").write_text(text)
            hoard = start(yang=[YANG, folder.parent], modules=["cellar", f"m{n}"], retention=retention)
            fill(hoard, 3)
            hoard.close()
        hoard = start(retention=retention)
        assert len(hoard.journal.models()) == 3
        assert value(hoard, f"{ROOM}/setpoint", hoard.root_at(hoard.revision - 1)) == "1.0"


def test_persist_file_that_was_edited_is_taken_over_though_its_revision_is_gone(start, folder):
    more = {"modules": ["cellar", "pantry"], "retention": Retention(last=2, within=None)}
    hoard = start(**more)
    fill(hoard, 3)
    for n in range(20):
        commit(hoard, "/pantry:shelf/jars", n)
    hoard = again(hoard, start, **more)
    assert hoard.journal.first > 20
    hoard.close()
    file = folder / "persist" / "cellar.json"
    file.write_text(file.read_text().replace("2.0", "7.5"))
    hoard = start(**more)
    assert value(hoard, f"{ROOM}/setpoint") == "7.5"
    assert value(hoard, "/pantry:shelf/jars") == 19


def test_nothing_goes_that_a_persist_file_lags_behind(start, folder):
    hoard = start(retention=Retention(last=2, within=None))
    fill(hoard, 3)
    hoard.upkeep.keeper.flush()
    fill(hoard, 30)
    hoard.upkeep.keeper.chores["persist files"].work = lambda: None
    hoard.close()
    assert start().journal.first <= 4
