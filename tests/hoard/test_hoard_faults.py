"""What goes wrong around a hoard: the clock, the folder, crowds."""

import asyncio
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cellar import PUMP, ROOM, YANG, commit, edit, value

import pyconfhoard
from pyconfhoard.store.checker import check
from pyconfhoard.tree import Edit, parse_path

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)

COMMITTERS = 100


def test_clock_that_is_set_back_a_day_changes_dates_and_nothing_else(start, folder):
    clock = [NOON]
    hoard = start(now=lambda: clock[0])
    commit(hoard, f"{ROOM}/setpoint", "18.0")
    clock[0] -= timedelta(days=1)
    commit(hoard, f"{ROOM}/setpoint", "19.0")
    hoard.close()
    hoard = start(now=lambda: clock[0])
    commit(hoard, f"{PUMP}/mode", "on")
    assert [line.revision for line in hoard.history.revisions()] == [3, 2, 1]
    assert hoard.history.revisions()[1].time == NOON - timedelta(days=1)
    assert hoard.history.try_rollback(1).text().count("setpoint") == 2
    assert [one.by.revision for one in hoard.history.blame()] == [2, 3]
    hoard.close()
    assert check(folder) == []


def test_hundred_committers_at_once_lose_nothing(hoard, folder):
    """Each has a value of its own, and all add to one: none overtakes another."""
    counter = parse_path(hoard.schema, f"{ROOM}/high")

    def added(n):
        def edits(running):
            house = running.get("cellar:house")
            room = house.get("room") if house else None
            high = room.get("high") if room else None
            probe = edit(hoard, "merge", f"{ROOM}/probe[id='{n}']", {"id": str(n)})
            return [Edit("merge", counter, type(step)((high or low) + step)), probe]

        return edits

    low = edit(hoard, "merge", f"{ROOM}/high", "0.0").value
    step = edit(hoard, "merge", f"{ROOM}/high", "0.1").value
    commit(hoard, f"{ROOM}/low", "0.0")
    told = []
    hoard.subscribe(told.append)

    async def main():
        await asyncio.gather(*(hoard.commit(added(n), author=f"a{n}") for n in range(COMMITTERS)))

    asyncio.run(main())
    assert [one.revision for one in told] == list(range(2, COMMITTERS + 2))
    assert value(hoard, f"{ROOM}/high") == "10.0"
    assert len(value(hoard, f"{ROOM}/probe")) == COMMITTERS
    assert {line.author for line in hoard.history.revisions(limit=COMMITTERS)} == {
        f"a{n}" for n in range(COMMITTERS)
    }


def test_threads_without_a_loop_take_turns(hoard):
    def run(n):
        for _ in range(5):
            commit(hoard, f"{ROOM}/probe[id='{n}']", {"id": str(n)})
            commit(hoard, f"{ROOM}/probe[id='{n}']")

    threads = [threading.Thread(target=run, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert hoard.revision == 80
    assert value(hoard, ROOM) is None


READ_ONLY = """
import encodings.ascii, os, sys
sys.path[:0] = [sys.argv[3]]
from pyconfhoard.errors import StoreError
from pyconfhoard.hoard import Hoard
from pyconfhoard.schema import compile  # all that is imported, while this process may still read it
from pyconfhoard.tree import Edit, parse_path

folder, yang = sys.argv[1:3]
if os.geteuid() == 0:
    os.setuid(os.stat(folder).st_uid)
def opened():
    return Hoard.open(folder, yang=[yang], modules=["cellar"], lock_timeout=0)
def mode(hoard, word):
    return hoard.commit_now([Edit("merge", parse_path(hoard.schema, "/cellar:house/pump/mode"), word)], author="me")
hoard = opened()
mode(hoard, "on")
os.chmod(os.path.join(folder, "persist"), 0o500)
os.chmod(folder, 0o500)
print(mode(hoard, "auto").revision)
hoard.upkeep.keeper.flush()
print(hoard.upkeep.keeper.chores["persist files"].reason)
os.chmod(os.path.join(folder, "persist"), 0o700)
hoard.close()
print("auto" in open(os.path.join(folder, "persist", "cellar.json")).read())
try:
    opened()
except StoreError as error:
    print(error)
"""


def test_folder_that_becomes_read_only_is_named_and_commits_go_on_while_they_can(tmp_path):
    folder = tmp_path / "datastore"
    folder.mkdir()
    yang = tmp_path / "yang"
    yang.mkdir()
    (yang / "cellar.yang").write_text((YANG / "cellar.yang").read_text())
    if os.geteuid() == 0:  # whom access bits tell nothing
        os.chown(folder, 65534, 65534)
        for above in folder.parents[:4]:
            if above.is_relative_to("/tmp") and above != Path("/tmp"):
                above.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", READ_ONLY, str(folder), str(yang), str(Path(pyconfhoard.__file__).parents[1])],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    revision, reason, written, refused = done.stdout.splitlines()
    assert revision == "2"
    assert "persist/cellar.json cannot be written" in reason
    assert "ermission denied" in reason
    assert written == "True"
    assert refused == f"the journal {folder}/journal.db cannot be used: it, or its folder, may only be read"
