"""What follows the commits: the end is short whatever is left to do, and the next start goes on with it."""

import json
import threading

import pytest
from cellar import commit, value

from pyconfhoard.hoard import upkeep
from pyconfhoard.store.checker import check

BOTTLES = [{"name": f"{n:05}", "year": n % 1000} for n in range(3000)]
LIST = "/cellar:bottle"


class Clock:
    """Seconds pass with every look at it once the end has begun."""

    now = 0.0
    pace = 0.0

    def __call__(self):
        self.now += self.pace
        return self.now


@pytest.fixture
def late(monkeypatch):
    """No chore is due by itself."""
    for name in ("FILES_DELAY", "SNAPSHOT_DELAY", "HISTORY_DELAY", "OPERATIONAL_DELAY"):
        monkeypatch.setattr(upkeep, name, 1e6)


class TestEnd:
    @pytest.mark.parametrize("seconds", range(6))
    def test_is_over_in_time_and_the_next_start_goes_on(self, late, start, folder, seconds):
        hoard = start()
        commit(hoard, LIST, BOTTLES)
        clock = hoard.upkeep._monotonic = Clock()
        clock.pace = 4.0 / seconds if seconds else 5.0  # so many looks at the clock, and the time is over
        hoard.close()
        hoard = start()
        assert len(value(hoard, LIST)) == len(BOTTLES)
        hoard.upkeep.keeper.flush()
        assert len(json.loads((folder / "persist" / "cellar.json").read_text())["cellar:bottle"]) == 3000
        hoard.close()
        assert check(folder) == []
        assert not list((folder / "persist").glob("*refused*"))

    def test_takes_the_snapshot_before_the_files(self, late, start, folder):
        hoard = start()
        commit(hoard, LIST, BOTTLES)
        written = []
        for name, chore in hoard.upkeep.keeper.chores.items():
            chore.work = lambda name=name: written.append(name)
        hoard.close()
        assert written == ["snapshot", "operational files", "persist files", "history"]

    def test_breaks_off_a_file_that_is_being_written(self, start, folder, monkeypatch):
        monkeypatch.setattr(upkeep, "CLOSING", 0.0)
        monkeypatch.setattr(upkeep, "FILES_DELAY", 0.0)
        hoard = start()
        reached, goes_on = threading.Event(), threading.Event()
        whole = upkeep.write_document

        def slowly(part):
            pieces = whole(part)
            yield next(pieces)
            reached.set()
            assert goes_on.wait(10)
            yield from pieces

        monkeypatch.setattr(upkeep, "write_document", slowly)
        commit(hoard, LIST, BOTTLES)
        assert reached.wait(10)
        ending = threading.Thread(target=hoard.close)
        ending.start()
        while hoard.upkeep._deadline == float("inf"):
            pass
        goes_on.set()
        ending.join(10)
        assert not ending.is_alive()
        assert "bottle" not in (folder / "persist" / "cellar.json").read_text()
        assert not list((folder / "persist").glob(".*.tmp"))


def test_snapshot_does_not_wait_for_a_large_file(late, start, folder):
    hoard = start()
    commit(hoard, LIST, BOTTLES)
    keeper = hoard.upkeep.keeper
    snapshot = keeper.chores["snapshot"]
    snapshot.due = keeper.chores["persist files"].due = 0.0
    persist = hoard.files.write_persist
    hoard.files.write_persist = lambda *more: (persist(*more), taken.append(snapshot.due))
    taken = []
    keeper._do(keeper.chores["persist files"])
    assert taken == [None]
    assert hoard.journal.snapshot().revision == 1


def test_large_files_are_written_as_seldom_as_a_card_needs(late, start, folder, monkeypatch):
    monkeypatch.setattr(upkeep, "FILES_RATE", 1024)
    hoard = start()
    commit(hoard, LIST, BOTTLES)
    keeper = hoard.upkeep.keeper
    keeper._monotonic = lambda: 0.0
    keeper.flush()
    size = (folder / "persist" / "cellar.json").stat().st_size
    chore = keeper.chores["persist files"]
    chore.delay = 2.0
    commit(hoard, "/cellar:bottle[name='00007']", {"name": "00007", "year": 8})
    assert size > 60 * 1024
    assert chore.due == pytest.approx(size / 1024)
    keeper.flush()
    commit(hoard, LIST)
    keeper.flush()
    commit(hoard, "/cellar:bottle[name='7']", {"name": "7"})
    assert chore.due == 2.0
