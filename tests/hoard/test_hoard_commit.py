"""The way of a change, from edits to the journal and to those who listen."""

import asyncio
import json
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cellar import PUMP, ROOM, commit, edit, value

from pyconfhoard.errors import Conflict, Invalid, NotFound, StoreError
from pyconfhoard.hoard import Hoard
from pyconfhoard.store.sqlite import SqliteJournal
from pyconfhoard.tree import diff


class TestCommit:
    def test_has_revision_time_author_and_changes(self, start):
        noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
        hoard = start(now=lambda: noon)
        done = commit(hoard, f"{ROOM}/setpoint", "18.5", comment="colder", source="cli")
        assert (done.revision, done.time, done.author, done.comment, done.source) == (
            1,
            noon,
            "me",
            "colder",
            "cli",
        )
        assert [(str(change.path), change.kind) for change in done.changes] == [("/cellar:house", "created")]
        assert hoard.revision == 1
        assert hoard.running is done.root
        assert value(hoard, f"{ROOM}/setpoint") == "18.5"

    def test_that_changes_nothing_makes_no_revision(self, hoard):
        first = commit(hoard, f"{ROOM}/setpoint", "18.5")
        same = commit(hoard, f"{ROOM}/setpoint", "18.5", author="you")
        assert same.revision == first.revision == hoard.revision
        assert same.changes == ()
        assert (same.author, same.time) == ("me", first.time)
        assert hoard.journal.head == 1

    def test_that_changes_nothing_is_answered_without_the_journal(self, start, monkeypatch):
        hoard = start()
        first = commit(hoard, f"{ROOM}/setpoint", "18.5", comment="colder", source="rest")
        told = commit(hoard, f"{ROOM}/setpoint", "18.5")
        hoard.close()
        hoard = start()
        again = commit(hoard, f"{ROOM}/setpoint", "18.5")  # this one asks the journal
        assert again == replace(told, root=hoard.running, old=hoard.running)
        hoard.register_now("Pump", "cellar", "/house/pump")
        commit(hoard, f"{ROOM}/setpoint", "19.5")
        monkeypatch.setattr(hoard, "last_record", None)
        same = commit(hoard, f"{ROOM}/setpoint", "19.5")
        assert (same.changes, same.root, same.old) == ((), hoard.running, hoard.running)
        assert (told.revision, told.time, told.comment) == (first.revision, first.time, "colder")

    def test_before_the_first_one_that_changes_nothing_is_revision_0(self, hoard):
        assert commit(hoard, f"{ROOM}/setpoint").revision == 0

    def test_that_undoes_itself_makes_no_revision(self, hoard):
        there = edit(hoard, "merge", f"{ROOM}/high", "20.0")
        gone = edit(hoard, "remove", f"{ROOM}/high")
        assert hoard.commit_now([there, gone], author="me").revision == 0

    def test_stamps_what_it_changed_and_nothing_else(self, hoard):
        commit(hoard, "/cellar:house", {"room": {"setpoint": "1.0"}, "pump": {"mode": "on"}})
        commit(hoard, f"{PUMP}/mode", "auto")
        house = hoard.running["cellar:house"]
        assert (house.revision, house["room"].revision, house["pump"].revision) == (2, 1, 2)

    def test_that_breaks_a_rule_leaves_nothing_behind(self, hoard):
        before = hoard.running
        with pytest.raises(Invalid, match="high must not be below low") as error:
            commit(hoard, f"{ROOM}/high", "9.0")
        assert error.value.faults[0].path == f"{ROOM}/high"
        assert hoard.running is before
        assert hoard.journal.head == 0

    def test_whose_edits_do_not_fit_leaves_nothing_behind(self, hoard):
        with pytest.raises(Conflict):
            hoard.commit_now([edit(hoard, "delete", f"{ROOM}/high")], author="me")
        assert hoard.revision == 0

    def test_takes_edits_made_of_what_runs_at_its_turn(self, hoard):
        seen = []

        def edits(running):
            seen.append(running)
            return [edit(hoard, "merge", f"{ROOM}/setpoint", "1.0")]

        hoard.commit_now(edits, author="me")
        assert len(seen) == 1

    def test_can_be_stopped_by_a_precondition(self, hoard):
        def refuse(running):
            raise Conflict("not as it was")

        with pytest.raises(Conflict, match="not as it was"):
            hoard.commit_now(refuse, author="me")
        commit(hoard, f"{ROOM}/setpoint", "1.0")  # the turn was given back

    def test_is_in_the_journal_with_edits_and_undo_as_json(self, hoard):
        commit(hoard, f"{ROOM}/setpoint", "18.5", source="rest", comment="why")
        commit(hoard, f"{ROOM}/setpoint", "19.5")
        second = hoard.last_record()
        assert json.loads(second.edits) == [{"op": "replace", "path": f"{ROOM}/setpoint", "value": "19.5"}]
        assert json.loads(second.undo) == [{"op": "replace", "path": f"{ROOM}/setpoint", "value": "18.5"}]
        first = next(hoard.journal.records(0))
        assert (first.author, first.source, first.comment) == ("me", "rest", "why")

    def test_shows_in_the_diff_what_went_because_of_a_case(self, hoard):
        commit(hoard, "/cellar:bottle[name='a']", {"name": "a", "cork": "oak"})
        done = commit(hoard, "/cellar:bottle[name='a']/cap", "tin")
        assert {(change.path.last.name, change.kind) for change in done.changes} == {
            ("cork", "deleted"),
            ("cap", "created"),
        }

    def test_inside_a_running_loop_is_told_to_be_awaited(self, hoard):
        async def main():
            with pytest.raises(RuntimeError, match="await the asynchronous twin"):
                hoard.commit_now([], author="me")

        asyncio.run(main())


class TestSubscribers:
    def test_get_each_commit_in_order_after_the_swap(self, hoard):
        seen = []
        hoard.subscribe(lambda done: seen.append((done.revision, hoard.revision, done.old, done.root)))
        roots = [hoard.running]
        for text in ("1.0", "2.0", "2.0", "3.0"):
            commit(hoard, f"{ROOM}/setpoint", text)
            roots.append(hoard.running)
        assert [(one, two) for one, two, _, _ in seen] == [(1, 1), (2, 2), (3, 3)]
        assert [old for _, _, old, _ in seen] == [roots[0], roots[1], roots[2]]

    def test_can_end_it(self, hoard):
        seen = []
        end = hoard.subscribe(seen.append)
        end()
        end()
        commit(hoard, f"{ROOM}/setpoint", "1.0")
        assert seen == []

    def test_are_all_told_even_if_one_raises(self, hoard):
        seen = []
        hoard.subscribe(lambda done: seen.append("first"))
        hoard.subscribe(lambda done: 1 / 0)
        hoard.subscribe(lambda done: seen.append("third"))
        with pytest.raises(ZeroDivisionError):
            commit(hoard, f"{ROOM}/setpoint", "1.0")
        assert seen == ["first", "third"]
        assert hoard.revision == 1


class TestRootAt:
    def test_gives_every_state_there_was(self, hoard):
        states = [hoard.running]
        for path, raw in (
            (f"{ROOM}/setpoint", "1.0"),
            ("/cellar:menu", ["soup", "fish"]),
            ("/cellar:bottle", [{"name": str(n), "cork": "x"} for n in range(100)]),
            ("/cellar:bottle[name='7']/cap", "tin"),
            ("/cellar:house", None),
            ("/cellar:house/lamp", {}),
        ):
            commit(hoard, path, raw)
            states.append(hoard.running)
        for revision, state in enumerate(states):
            assert list(diff(hoard.root_at(revision), state)) == []

    @pytest.mark.parametrize("revision", [-1, 2, 99])
    def test_of_a_revision_that_never_was_is_not_found(self, hoard, revision):
        commit(hoard, f"{ROOM}/setpoint", "1.0")
        with pytest.raises(NotFound, match=f"no revision {revision}"):
            hoard.root_at(revision)


class TestLoop:
    """The same hoard in an event loop."""

    def test_commits_of_many_at_once_are_serial_and_complete(self, hoard):
        async def main():
            edits = [
                edit(hoard, "create", f"/cellar:bottle[name='{n}']", {"name": str(n)}) for n in range(50)
            ]
            return await asyncio.gather(*(hoard.commit([one], author=str(n)) for n, one in enumerate(edits)))

        done = asyncio.run(main())
        assert [one.revision for one in done] == list(range(1, 51))
        assert len(hoard.running["cellar:bottle"]) == 50

    def test_commit_is_made_although_its_caller_was_cancelled(self, hoard):
        async def main():
            task = asyncio.ensure_future(
                hoard.commit([edit(hoard, "merge", f"{ROOM}/setpoint", "1.0")], author="me")
            )
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await hoard.commit([edit(hoard, "merge", f"{ROOM}/high", "30.0")], author="you")

        asyncio.run(main())
        assert hoard.revision == hoard.journal.head == 2
        assert value(hoard, ROOM) == {"setpoint": "1.0", "high": "30.0"}

    def test_failed_commit_does_not_hold_up_the_next(self, hoard):
        async def main():
            bad = hoard.commit([edit(hoard, "merge", f"{ROOM}/high", "1.0")], author="me")
            good = hoard.commit([edit(hoard, "merge", f"{ROOM}/high", "30.0")], author="me")
            return await asyncio.gather(bad, good, return_exceptions=True)

        bad, good = asyncio.run(main())
        assert isinstance(bad, Invalid)
        assert good.revision == 1

    def test_large_change_leaves_the_loop_even_after_a_small_one(self, hoard):
        seen = []

        def bottles(count):
            def made(base):
                seen.append(threading.get_ident())
                return [edit(hoard, "replace", "/cellar:bottle", [{"name": f"b{n}"} for n in range(count)])]

            return made

        async def main():
            hoard.pace.limit = 60.0  # whatever else this machine does, what was made before counts as quick
            for change in (bottles(1), bottles(2), bottles(500), bottles(1)):
                seen.clear()
                await hoard.commit(change, author="me")
                yield list(seen)

        async def all_of(lists):
            return [one async for one in lists]

        _, small, large, smaller = asyncio.run(all_of(main()))
        here = threading.get_ident()
        assert small == [here]
        assert large[0] == here
        assert large[-1] != here, "it was begun anew, in a thread"
        assert smaller[-1] != here, "what goes is looked at, too"

    def test_hoard_can_be_opened_in_one(self, start):
        async def main():
            hoard = start()
            await hoard.commit([edit(hoard, "merge", f"{ROOM}/setpoint", "1.0")], author="me")
            await asyncio.to_thread(hoard.close)

        asyncio.run(main())
        assert value(start(), f"{ROOM}/setpoint") == "1.0"

    def test_hoard_goes_on_in_a_second_one(self, hoard):
        for n in range(3):
            asyncio.run(hoard.commit([edit(hoard, "merge", f"{ROOM}/setpoint", f"{n}.0")], author="me"))
        assert hoard.revision == 3


class TestFullDisk:
    def test_stops_the_commit_and_nothing_else(self, start):
        hoard = start(journal=lambda path: SqliteJournal(path, max_pages=60))
        commit(hoard, f"{ROOM}/setpoint", "1.0")
        before = hoard.running
        with pytest.raises(StoreError, match=r"the disk .* is full") as error:
            commit(hoard, "/cellar:bottle", [{"name": "x" * 100_000 + str(n)} for n in range(10)])
        assert error.value.faults[0].tag == "resource-denied"
        assert hoard.running is before
        assert hoard.health == ""
        assert commit(hoard, f"{ROOM}/setpoint", "2.0").revision == 2

    def test_shows_in_health_until_there_is_room_or_a_commit_finds_some(self, start, monkeypatch):
        room = [False]
        monkeypatch.setattr("pyconfhoard.hoard.data.has_room", lambda folder: room[0])
        hoard = start(journal=lambda path: SqliteJournal(path, max_pages=60))
        assert hoard.health == ""
        with pytest.raises(StoreError, match=r"the disk .* is full"):
            commit(hoard, "/cellar:bottle", [{"name": "x" * 100_000 + str(n)} for n in range(10)])
        assert "is full" in hoard.health
        room[0] = True
        assert hoard.health == ""
        room[0] = False
        assert "is full" in hoard.health
        commit(hoard, f"{ROOM}/setpoint", "2.0")
        assert hoard.health == ""


def test_hoard_is_made_by_open_only():
    with pytest.raises(TypeError, match=r"Hoard\.open"):
        Hoard()


def test_undo_of_any_commit_is_exact(hoard):
    commit(hoard, "/cellar:bottle", [{"name": str(n), "year": n} for n in range(300)])
    for path, raw in (
        ("/cellar:bottle[name='5']", None),
        ("/cellar:bottle[name='x']", {"name": "x", "cap": "t"}),
    ):
        done = commit(hoard, path, raw)
        assert hoard.root_at(done.revision - 1) == done.old


def test_unknown_owner_is_answered_with_those_that_are_there(hoard):
    with pytest.raises(NotFound, match="there are: cellar") as error:
        hoard.owner("Pump")
    assert error.value.faults[0].legal == ("cellar",)
