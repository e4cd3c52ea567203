"""Power cuts, played by a disk that drops, reorders and tears what was not synced: what was answered is there."""

import asyncio
import functools
import random

import pytest
from played_disk import PlayedDisk
from test_kill9 import MODEL

from pyconfhoard.errors import StoreError
from pyconfhoard.hoard import Commit, Hoard, Retention, upkeep
from pyconfhoard.store import sqlite_file
from pyconfhoard.store.checker import check
from pyconfhoard.store.journal import SyncFailed
from pyconfhoard.store.sqlite import SqliteJournal
from pyconfhoard.tree import Branch, Edit, Path, parse_path


@pytest.fixture
def yang(tmp_path):
    (tmp_path / "twin.yang").write_text(MODEL)
    return tmp_path


@pytest.fixture(autouse=True)
def _chores_wait_for_the_test(monkeypatch):
    """Files and snapshots are written when the test says so, in its own thread: one seed, one story."""
    for name in ("FILES_DELAY", "OPERATIONAL_DELAY", "SNAPSHOT_DELAY", "HISTORY_DELAY", "DISK_DELAY"):
        monkeypatch.setattr(upkeep, name, 1e6)
    monkeypatch.setattr("pyconfhoard.store.sqlite_log._SPARE", 4)  # pages are given back all the time


@pytest.fixture
def played(monkeypatch):
    """Makes a played disk, through which a journal's WAL is written again, too."""

    def make(**more):
        disk = PlayedDisk(**more)
        monkeypatch.setattr(sqlite_file, "write_again", disk.write_again)
        return disk

    return make


def opened(folder, yang, disk=None):
    journal = functools.partial(SqliteJournal, connect=disk.connect) if disk else SqliteJournal
    kept = Retention(last=30, within=None)
    return Hoard.open(folder, yang=[yang], modules=["twin"], lock_timeout=0, journal=journal, retention=kept)


def change(hoard, number):
    """One transaction: two leaves that must be equal, and an entry."""
    log = Path.ROOT.child(hoard.schema.root.children["twin:log"])
    entry = Branch(hoard.schema.root.children["twin:log"], {"n": number % 40, "text": f"{number}" * 60})
    return [
        Edit("merge", parse_path(hoard.schema, "/twin:pair/first"), number),
        Edit("merge", log.entry((number % 40,)), entry),
        Edit("merge", parse_path(hoard.schema, "/twin:pair/second"), number),
    ]


def work(hoard, dice, disk, answered, *, failures, crowd):
    """Commit, write files and snapshots, until the power goes; ``answered`` is told the last number that was."""
    while not disk.dead:
        if failures and dice.random() < 0.05:
            disk.failing = dice.choice((1, 1, 2, 5))
            if dice.random() < 0.3:  # and the power goes while that is got over
                disk.cut_at = disk.steps + dice.randrange(1, 15)
        for outcome in several(hoard, crowd) if crowd else one(hoard):
            if isinstance(outcome, Commit):
                answered[0] = max(answered[0], outcome.root["twin:pair"]["first"])
            elif not isinstance(outcome, StoreError):
                raise outcome
        if dice.random() < 0.1:
            hoard.upkeep.keeper.touch("snapshot")
            hoard.upkeep.keeper.touch("history")
            hoard.upkeep.keeper.flush()


def next_one(hoard):
    return lambda running: change(hoard, running["twin:pair"]["first"] + 1)


def one(hoard):
    before = hoard.running["twin:pair"]["first"]
    try:
        yield hoard.commit_now(next_one(hoard), author="me")
    except SyncFailed:
        return
    except StoreError:
        assert hoard.running["twin:pair"]["first"] == before


def several(hoard, crowd):
    """What became of some commits at once: they share a sync."""

    async def main():
        commits = (hoard.commit(next_one(hoard), author="me") for _ in range(crowd))
        return await asyncio.gather(*commits, return_exceptions=True)

    return asyncio.run(main())


def abandon(hoard):
    """As the process is when the power goes: nothing is written any more."""
    for chore in hoard.upkeep.keeper.chores.values():
        chore.due = None
    hoard.upkeep.close = lambda: None
    hoard.close()


@pytest.mark.parametrize("crowd", [0, 5], ids=["one committer", "five at once"])
@pytest.mark.parametrize("failures", [False, True], ids=["syncs work", "syncs fail at times"])
def test_no_answered_commit_is_lost_and_none_is_half_there(tmp_path, yang, rounds, played, failures, crowd):
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")  # shown when the test fails
    dice = random.Random(seed)
    folder = tmp_path / "0"
    with opened(folder, yang) as hoard:
        hoard.commit_now(change(hoard, 1), author="me")
    answered = [1]
    for turn in range(1, rounds + 1):
        disk = played(cut_at=dice.choice((dice.randrange(1, 60), dice.randrange(1, 600))), dice=dice)
        try:
            hoard = opened(folder, yang, disk)
        except StoreError:
            assert disk.dead
        else:
            work(hoard, dice, disk, answered, failures=failures, crowd=crowd)
            abandon(hoard)
        found = tmp_path / str(turn)
        disk.after_the_cut(folder, found)
        folder = found
        assert check(folder) == []
        with opened(folder, yang) as hoard:
            pair = hoard.running["twin:pair"]
            assert pair["first"] == pair["second"] >= answered[0], f"turn {turn}"
            answered[0] = pair["first"]
            if dice.random() < 0.5:
                hoard.upkeep.keeper.close(flush=False)
    assert answered[0] > rounds
    assert hoard.journal.first > 1  # history was let go of meanwhile
    assert not list((folder / "persist").glob("*refused*"))
