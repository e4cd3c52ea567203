"""What comes back after a restart, and what a failed sync does to a hoard."""

import asyncio
import json

import pytest
from cellar import PUMP, ROOM, YANG, commit, edit, value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyconfhoard.errors import HoardError, NotSupported, StoreError
from pyconfhoard.hoard import Hoard
from pyconfhoard.store.checker import check
from pyconfhoard.store.journal import SyncFailed
from pyconfhoard.store.sqlite import SqliteJournal
from pyconfhoard.tree import Branch, Entries, to_json


class FailingDisk(SqliteJournal):
    """Fails as told, once: ``before`` or ``after`` the record is on it; then ``reopens`` times to be read."""

    fails = ""
    reopens = 0

    def append(self, records):
        fails, self.fails = self.fails, ""
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


class TestFailedSync:
    @pytest.fixture
    def failing(self, start):
        hoard = start(journal=FailingDisk)
        commit(hoard, f"{ROOM}/setpoint", "1.0")
        return hoard

    def test_whose_record_is_lost_refuses_the_commit(self, failing):
        failing.journal.fails = "before"
        with pytest.raises(StoreError, match="nothing was changed") as error:
            commit(failing, f"{ROOM}/setpoint", "2.0")
        assert error.value.faults[0].tag == "resource-denied"
        assert (failing.revision, value(failing, f"{ROOM}/setpoint")) == (1, "1.0")
        assert commit(failing, f"{ROOM}/setpoint", "3.0").revision == 2

    def test_whose_record_is_there_is_a_commit(self, failing):
        failing.journal.fails = "after"
        assert commit(failing, f"{ROOM}/setpoint", "2.0").revision == 2

    def test_that_nobody_can_resolve_stops_commits_and_shows_in_health(self, failing):
        failing.journal.fails = "after"
        failing.journal.reopens = 3
        with pytest.raises(SyncFailed, match="commits are stopped") as error:
            commit(failing, f"{ROOM}/setpoint", "2.0")
        assert error.value.faults[0].tag == "operation-failed"
        assert "the disk is away" in failing.health
        assert value(failing, f"{ROOM}/setpoint") == "1.0"
        with pytest.raises(SyncFailed):
            commit(failing, f"{ROOM}/setpoint", "3.0")
        assert value(failing, f"{ROOM}/setpoint") == "1.0"

    @pytest.mark.parametrize(("fails", "found"), [("after", "2.0"), ("before", "1.0")])
    def test_is_resolved_by_the_next_commit_and_what_was_stored_is_told(self, failing, fails, found):
        seen = []
        failing.subscribe(lambda done: seen.append((done.revision, done.author)))
        failing.journal.fails = fails
        failing.journal.reopens = 1
        with pytest.raises(SyncFailed):
            commit(failing, f"{ROOM}/setpoint", "2.0", author="ann")
        commit(failing, f"{ROOM}/high", "30.0")
        assert failing.health == ""
        assert value(failing, ROOM) == {"setpoint": found, "high": "30.0"}
        wanted = [(2, "ann"), (3, "me")] if fails == "after" else [(2, "me")]
        assert seen == wanted

    def test_is_resolved_by_the_keeper_when_nobody_commits(self, failing):
        async def main():
            failing.journal.fails = "after"
            failing.journal.reopens = 1
            with pytest.raises(SyncFailed):
                await failing.commit([edit(failing, "merge", f"{ROOM}/setpoint", "2.0")], author="ann")
            assert failing.upkeep.keeper.chores["journal"].due is not None
            await asyncio.to_thread(failing.upkeep.keeper.flush)
            async with asyncio.timeout(10):
                while failing.revision < 2:
                    await asyncio.sleep(0)

        asyncio.run(main())
        assert failing.health == ""
        assert (failing.revision, value(failing, f"{ROOM}/setpoint")) == (2, "2.0")


def revisions(part):
    """Every branch's revision, by place."""
    if isinstance(part, Branch):
        below = {
            name: revisions(value)
            for name, value in part.members.items()
            if isinstance(value, Branch | Entries)
        }
        return part.revision, below
    return part.revision, {key: revisions(entry) for key, entry in part.items()}


PATHS = {
    f"{ROOM}/setpoint": ["1.0", "2.0", None],
    f"{ROOM}/probe[id='a/b']/offset": ["1.0", "-2.0", None],
    f"{ROOM}/probe[id='a/b']": [{"id": "a/b"}, {"id": "a/b", "offset": "3.0"}, None],
    f"{PUMP}/mode": ["on", "auto", None],
    "/cellar:house/lamp": [{}, {"watts": 1}, None],
    "/cellar:house": [{"lamp": {}, "room": {"low": "1.0"}}, None],
    "/cellar:menu": [["a"], ["c", "a", "b"], ["\u00e9'\""], None],
    "/cellar:bottle": [[{"name": f"{n}", "year": n} for n in range(70)], None],
    "/cellar:bottle[name='7']": [{"name": "7", "cap": "c"}, {"name": "7", "cork": "k"}, None],
}
STEPS = st.lists(
    st.sampled_from([(path, raw) for path, raws in PATHS.items() for raw in raws]), min_size=1, max_size=8
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, again=STEPS, snapshot=st.booleans(), operation=st.sampled_from(["merge", "replace"]))
def test_everything_comes_back_revisions_included(tmp_path_factory, steps, again, snapshot, operation):
    folder = tmp_path_factory.mktemp("hoard") / "datastore"
    settings = {"yang": [YANG], "modules": ["cellar"], "lock_timeout": 0}
    states = []
    for part in (steps, again):
        with Hoard.open(folder, **settings) as hoard:
            if states:
                raw, stamps = states[-1]
                assert to_json(hoard.schema.root, hoard.running) == raw
                assert revisions(hoard.running) == stamps
            for path, raw in part:
                try:
                    hoard.commit_now(
                        [edit(hoard, "remove" if raw is None else operation, path, raw)], author="me"
                    )
                except HoardError:
                    continue
            states.append((to_json(hoard.schema.root, hoard.running), revisions(hoard.running)))
            if not snapshot:
                hoard.upkeep.keeper.chores["snapshot"].work = lambda: None
    assert check(folder) == []


def test_tail_beyond_the_limit_gets_a_snapshot_by_itself(start, monkeypatch):
    monkeypatch.setattr("pyconfhoard.hoard.upkeep.SNAPSHOT_BYTES", 1000)
    hoard = start()
    commit(hoard, f"{ROOM}/setpoint", "1.0")
    assert hoard.upkeep.keeper.chores["snapshot"].due is None
    commit(hoard, "/cellar:bottle", [{"name": "x" * 20 + str(n)} for n in range(100)])
    assert hoard.upkeep.keeper.chores["snapshot"].due is not None
    hoard.upkeep.keeper.flush()
    assert hoard.journal.snapshot().revision == 2
    assert hoard.journal.tail_bytes(2) == 0


def test_open_reads_no_page_of_a_large_list(start):
    hoard = start()
    commit(hoard, "/cellar:bottle", [{"name": f"{n:05}", "year": n % 1000} for n in range(2000)])
    hoard.close()
    hoard = start()
    bottles = hoard.running["cellar:bottle"]
    assert not any(page.loaded for page in bottles.pages)
    assert len(bottles) == 2000
    assert value(hoard, "/cellar:bottle[name='00007']/year") == 7
    assert sum(page.loaded for page in bottles.pages) == 1


@pytest.mark.damages_store
def test_damaged_page_is_an_error_in_words_and_not_other_data(start, folder):
    hoard = start()
    commit(hoard, "/cellar:bottle", [{"name": f"{n:05}", "year": n % 1000} for n in range(2000)])
    hoard.close()
    journal = SqliteJournal(folder / "journal.db")
    with journal._transaction() as writer:
        writer.execute("UPDATE page SET body = replace(body, '00007', '00008')")
    journal.close()
    (folder / "persist" / "cellar.json").unlink()
    hoard = start()
    with pytest.raises(StoreError, match=r"is damaged: the checksum of page \d+ is wrong"):
        value(hoard, "/cellar:bottle[name='00007']/year")


def test_revision_of_an_older_model_is_told_to_be_one(tmp_path, start):
    models = tmp_path / "models"
    models.mkdir()

    def serve(body):
        (models / "m.yang").write_text(f"module m {{ namespace 'urn:m'; prefix m; {body} }}")
        return start(yang=[models], modules=["m"])

    hoard = serve("leaf a { type string; } leaf b { type string; }")
    commit(hoard, "/m:a", "x")
    commit(hoard, "/m:b", "y")
    commit(hoard, "/m:a")
    hoard.close()
    hoard = serve("leaf b { type string; }")
    assert value(hoard, "/m:b") == "y"
    assert value(hoard, "/m:b", hoard.root_at(3)) == "y"
    with pytest.raises(NotSupported, match="revision 1 is in the words of an older model"):
        hoard.root_at(1)
    assert hoard.view("persist", "m").branch.members == {"m:b": "y"}


def test_persist_file_that_nobody_asked_for_is_kept_aside_when_a_thing_takes_over_data(start, folder):
    hoard = start()
    commit(hoard, f"{PUMP}/mode", "on")
    (folder / "persist" / "Pump.json").write_text('{"cellar:mode": "auto"}')
    hoard.register_now("Pump", "cellar", "/house/pump")
    assert value(hoard, f"{PUMP}/mode") == "on"
    aside = folder / "persist" / "Pump.refused-1.json"
    assert json.loads(aside.read_text()) == {"cellar:mode": "auto"}


def test_persist_file_of_a_module_that_comes_with_a_thing_is_taken(start, folder):
    hoard = start()
    (folder / "persist" / "pantry.json").write_text('{"pantry:shelf": {"label": "jam"}}')
    (folder / "startup" / "Best.json").write_text('{"cellar:name": "b", "cellar:year": 7}')
    hoard.register_now("Best", "cellar", "/bottle[name='b']")
    assert value(hoard, "/cellar:bottle[name='b']/year") == 7
    hoard.close()
    hoard = start(modules=["cellar", "pantry"])
    assert value(hoard, "/pantry:shelf/label") == "jam"
