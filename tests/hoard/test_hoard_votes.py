"""Votes in prepare: who is asked, what a refusal does, and what silence does."""

import asyncio

import pytest
from cellar import PUMP, ROOM, edit, value

from pyconfhoard.errors import HoardError, NotFound, Refused
from pyconfhoard.hoard.commit import rehearse


class Played:
    """A linked Thing: answers with ``reason``, or never, or its link breaks."""

    def __init__(self, reason="", *, hangs=False, broken=False):
        self.reason, self.hangs, self.broken = reason, hangs, broken
        self.asked = []
        self.aborted = []

    async def prepare(self, revision, changes):
        self.asked.append((revision, [(str(change.path), change.kind) for change in changes]))
        if self.hangs:
            await asyncio.Event().wait()
        if self.broken:
            raise ConnectionError("gone")
        return self.reason

    def abort(self, revision):
        self.aborted.append(revision)


@pytest.fixture
def served(start):
    hoard = start(vote_timeout=0.05)
    hoard.register_now("Room", "cellar", "/house/room")
    hoard.register_now("Pump", "cellar", "/house/pump")
    return hoard


def change(hoard, path, raw=None):
    operation = "remove" if raw is None else "merge"
    return asyncio.run(hoard.commit([edit(hoard, operation, path, raw)], author="me"))


class TestVotes:
    def test_are_asked_of_the_things_that_a_change_touches(self, served):
        room, pump = Played(), Played()
        served.link("Room", room)
        served.link("Pump", pump)
        change(served, f"{ROOM}/setpoint", "1.0")
        assert room.asked == [(1, [(ROOM, "created")])]
        assert pump.asked == []
        change(served, f"{ROOM}/setpoint", "2.0")
        assert room.asked[1] == (2, [(f"{ROOM}/setpoint", "modified")])

    def test_show_each_thing_its_own_part_only(self, served):
        room, pump = Played(), Played()
        served.link("Room", room)
        served.link("Pump", pump)
        change(served, "/cellar:house", {"room": {"low": "1.0"}, "pump": {"mode": "on"}, "lamp": {}})
        assert room.asked == [(1, [(ROOM, "created")])]
        assert pump.asked == [(1, [(PUMP, "created")])]
        change(served, "/cellar:house")
        assert room.asked[1:] == [(2, [(ROOM, "deleted")])]

    def test_refused_stops_the_change_with_the_reason(self, served):
        room, pump = Played("the valve is stuck"), Played()
        served.link("Room", room)
        served.link("Pump", pump)
        with pytest.raises(Refused, match="Room refuses: the valve is stuck") as error:
            change(served, "/cellar:house", {"room": {"low": "1.0"}, "pump": {"mode": "on"}})
        assert error.value.faults[0].path == ROOM
        assert served.revision == served.journal.head == 0
        assert pump.aborted == [1]

    def test_are_not_asked_of_those_that_are_not_linked(self, served):
        room = Played("never")
        served.link("Room", room)
        served.unlink("Room", room)
        assert change(served, f"{ROOM}/low", "1.0").revision == 1

    def test_are_not_asked_for_nothing(self, served):
        room = Played()
        served.link("Room", room)
        change(served, f"{ROOM}/low")
        assert room.asked == []

    def test_missed_abort_this_change_and_are_passed_over_until_they_answer(self, served):
        room = Played(hangs=True)
        served.link("Room", room)
        with pytest.raises(Refused, match=r"Room did not say within 0\.05 s .* repeat the change"):
            change(served, f"{ROOM}/low", "1.0")
        assert room.aborted == [1]
        assert served.votes.skipped == {"Room"}
        assert change(served, f"{ROOM}/low", "1.0").revision == 1
        served.votes.answered("Room")
        room.hangs, room.reason = False, "now I am awake"
        with pytest.raises(Refused, match="now I am awake"):
            change(served, f"{ROOM}/low", "2.0")

    def test_of_a_link_that_breaks_do_not_count(self, served):
        served.link("Room", Played(broken=True))
        assert change(served, f"{ROOM}/low", "1.0").revision == 1

    def test_are_cast_at_the_same_time(self, served):
        both = asyncio.Barrier(2) if hasattr(asyncio, "Barrier") else None

        class Meeting(Played):
            async def prepare(self, revision, changes):
                await both.wait()
                return ""

        served.votes.deadline = 10
        served.link("Room", Meeting())
        served.link("Pump", Meeting())
        assert change(served, "/cellar:house", {"room": {"low": "1.0"}, "pump": {"mode": "on"}}).revision == 1

    def test_of_the_thing_that_took_the_name_over_count(self, served):
        first, second = Played("old"), Played()
        served.link("Room", first)
        served.link("Room", second)
        served.unlink("Room", first)
        assert served.votes.linked == {"Room"}
        change(served, f"{ROOM}/low", "1.0")
        assert second.asked

    def test_are_of_registered_things_only(self, served):
        with pytest.raises(NotFound):
            served.link("Nobody", Played())

    def test_need_a_loop(self, served):
        served.link("Room", Played())
        with pytest.raises(RuntimeError, match=r"Room must be asked, .*: await Hoard\.commit"):
            served.commit_now([edit(served, "merge", f"{ROOM}/low", "1.0")], author="me")
        assert value(served, f"{ROOM}/low") is None
        served.votes.unlink("Room", served.votes._voters["Room"])
        served.commit_now([edit(served, "merge", f"{ROOM}/low", "1.0")], author="me")


class TestRehearsal:
    def rehearsed(self, hoard, path, raw):
        return asyncio.run(rehearse(hoard, [edit(hoard, "merge", path, raw)], "me"))

    def test_tells_every_objection_and_changes_nothing(self, served):
        room, pump = Played("too warm"), Played("no water")
        served.link("Room", room)
        served.link("Pump", pump)
        found = self.rehearsed(served, "/cellar:house", {"room": {"low": "1.0"}, "pump": {"mode": "on"}})
        assert {fault.message for fault in found.objections} == {
            "Room refuses: too warm",
            "Pump refuses: no water",
        }
        assert (served.revision, served.running is found.old) == (0, True)
        assert value(served, ROOM) is None

    def test_tells_those_who_agree_that_it_will_not_come(self, served):
        room = Played()
        served.link("Room", room)
        found = self.rehearsed(served, f"{ROOM}/setpoint", "1.0")
        assert (found.objections, room.aborted) == ((), [1])
        assert [change.kind for change in found.changes] == ["created"]

    def test_asks_nobody_about_what_the_model_refuses(self, served):
        room = Played()
        served.link("Room", room)
        with pytest.raises(HoardError):
            self.rehearsed(served, ROOM, {"low": "5.0", "high": "1.0"})
        assert room.asked == []

    def test_of_a_candidate_refuses_as_its_commit_would(self, served):
        room = Played("too warm")
        served.link("Room", room)
        candidate = served.candidates.create("me")
        served.candidates.edit(candidate.id, [edit(served, "merge", f"{ROOM}/setpoint", "1.0")])
        with pytest.raises(Refused, match="too warm"):
            asyncio.run(served.candidates.check(candidate.id))
        assert served.candidates.get(candidate.id) is candidate
