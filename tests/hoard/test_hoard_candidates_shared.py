"""The shared candidate: everybody's, always there, running as it is while nothing is pending in it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from cellar import PUMP, ROOM, commit, edit, value
from late import Late
from test_hoard_confirmed import Played

from pyconfhoard.access import ADMIN, Principal
from pyconfhoard.errors import AccessDenied, Conflict, Invalid
from pyconfhoard.hoard import Hoard, Terms
from pyconfhoard.hoard.bridge import run_sync
from pyconfhoard.hoard.candidates import SHARED, Candidates
from pyconfhoard.hoard.locks import Locks

ANN, BOB = Principal("ann", "user"), Principal("bob", "user")
MINE, YOURS = "/cellar:bottle[name='riesling']", "/cellar:bottle[name='merlot']"


def change(hoard, path, raw=None, **more):
    hoard.candidates.edit(SHARED, [edit(hoard, "remove" if raw is None else "merge", path, raw)], **more)


def finish(hoard, author="ann", **more):
    return run_sync(hoard.candidates.commit(SHARED, author=author, **more))


class TestShared:
    def test_is_what_running_is_while_nothing_is_pending_in_it(self, hoard):
        assert hoard.candidates.shared.root is hoard.running
        commit(hoard, f"{ROOM}/setpoint", "18.0")
        shared = hoard.candidates.shared
        assert (shared.root, shared.revision, shared.author) == (hoard.running, hoard.revision, "")
        change(hoard, f"{ROOM}/setpoint", "19.0")
        change(hoard, f"{ROOM}/setpoint", "18.0")  # and back
        commit(hoard, f"{ROOM}/high", "30.0")
        assert hoard.candidates.shared.root is hoard.running

    def test_is_one_for_all_and_apart_until_its_commit(self, hoard):
        change(hoard, f"{ROOM}/setpoint", "18.0", author="ann")
        change(hoard, f"{PUMP}/mode", "on", author="bob")
        assert hoard.candidates.get(SHARED, "carl").changes == hoard.candidates.shared.changes
        assert value(hoard, f"{ROOM}/setpoint") is None
        done = finish(hoard, "carl", comment="all of it")
        assert (done.revision, done.author, done.comment) == (1, "carl", "all of it")
        assert (value(hoard, f"{ROOM}/setpoint"), value(hoard, f"{PUMP}/mode")) == ("18.0", "on")
        assert hoard.candidates.shared.root is hoard.running

    def test_is_not_counted_and_is_never_too_old(self, start):
        clock = Played()
        hoard = start()
        hoard.candidates = Candidates(hoard, idle=60, monotonic=clock)
        change(hoard, f"{ROOM}/setpoint", "18.0")
        clock.now = 1e6
        assert hoard.candidates.shared.pending
        assert len(hoard.candidates) == 0

    def test_stays_when_its_commit_fails(self, hoard):
        change(hoard, f"{ROOM}/high", "1.0")
        with pytest.raises(Invalid):
            run_sync(hoard.candidates.check(SHARED))
        with pytest.raises(Invalid):
            finish(hoard)
        change(hoard, f"{ROOM}/high", "30.0")
        assert finish(hoard).revision == 1

    def test_merges_when_running_has_moved_and_names_what_was_changed_meanwhile(self, hoard):
        change(hoard, f"{ROOM}/setpoint", "18.0")
        commit(hoard, f"{PUMP}/mode", "on", "bob")
        assert finish(hoard).revision == 2
        assert value(hoard, f"{PUMP}/mode") == "on"
        change(hoard, f"{ROOM}/setpoint", "19.0")
        commit(hoard, f"{ROOM}/setpoint", "17.0", "bob")
        with pytest.raises(Conflict, match="changed meanwhile by bob") as error:
            finish(hoard)
        assert error.value.faults[0].tag == "in-use"
        assert hoard.candidates.shared.pending

    def test_that_is_discarded_is_there_again_at_once(self, hoard):
        for _ in range(2):
            change(hoard, f"{ROOM}/setpoint", "18.0")
            hoard.candidates.discard_now(SHARED)
            assert hoard.candidates.shared.root is hoard.running

    def test_takes_nothing_while_it_is_committed_which_brings_what_was_in_it_before(self, hoard):
        async def play():
            change(hoard, f"{ROOM}/setpoint", "18.0")
            commit = asyncio.ensure_future(hoard.candidates.commit(SHARED, author="ann"))
            await asyncio.sleep(0)
            with pytest.raises(Conflict, match="being committed"):
                change(hoard, f"{PUMP}/mode", "on")
            with pytest.raises(Conflict, match="being committed"):
                await hoard.candidates.discard(SHARED)
            await commit
            change(hoard, f"{PUMP}/mode", "on")

        asyncio.run(play())
        assert value(hoard, f"{ROOM}/setpoint") == "18.0"
        assert [str(one.path) for one in hoard.candidates.shared.changes] == [PUMP]

    def test_may_be_a_confirmed_commit_and_follows_running_back(self, hoard):
        change(hoard, f"{ROOM}/setpoint", "18.0")
        finish(hoard, terms=Terms(persist="mine"))
        assert value(hoard, f"{ROOM}/setpoint", hoard.candidates.shared.root) == "18.0"
        hoard.confirmed.cancel_now("mine", author="ann")
        assert value(hoard, f"{ROOM}/setpoint", hoard.candidates.shared.root) is None


class TestRights:
    @pytest.fixture
    def hoard(self, start: Callable[..., Hoard]) -> Hoard:
        """Ann may change one bottle, and Bob the other."""
        hoard = start(modules=["cellar", "ietf-netconf-acm"])
        rules: dict[str, Any] = {
            "groups": {
                "group": [{"name": "a", "user-name": ["ann"]}, {"name": "b", "user-name": ["bob"]}],
            },
            "rule-list": [
                {"name": group, "group": [group], "rule": [{"name": "r", "path": path, "action": "permit"}]}
                for group, path in (("a", MINE), ("b", YOURS))
            ],
        }
        commit(hoard, "/ietf-netconf-acm:nacm", rules)
        commit(hoard, "/cellar:bottle", [{"name": "riesling", "year": 1}, {"name": "merlot", "year": 1}])
        return hoard

    def test_are_the_editors_at_once_so_that_nobody_else_commits_what_he_may_not(self, hoard):
        with pytest.raises(AccessDenied, match="ann may not update this"):
            change(hoard, f"{YOURS}/year", 2, author=ANN)
        assert not hoard.candidates.shared.pending
        change(hoard, f"{MINE}/year", 2, author=ANN)
        assert finish(hoard, ADMIN).author == "admin"

    def test_to_commit_are_the_committers_for_all_that_is_in_it(self, hoard):
        change(hoard, f"{MINE}/year", 2, author=ANN)
        change(hoard, f"{YOURS}/year", 2, author=BOB)
        for author in (ANN, BOB):
            with pytest.raises(AccessDenied):
                finish(hoard, author)
        assert finish(hoard, ADMIN).revision == hoard.revision

    def test_to_discard_are_those_to_take_each_change_back(self, hoard):
        change(hoard, f"{MINE}/year", 2, author=ANN)
        with pytest.raises(AccessDenied, match="bob may not update this"):
            hoard.candidates.discard_now(SHARED, author=BOB)
        hoard.candidates.discard_now(SHARED, author=ANN)
        assert not hoard.candidates.shared.pending

    def test_to_discard_are_those_to_take_back_what_comes_before_that_is_done_too(self, hoard):
        change(hoard, f"{MINE}/year", 2, author=ANN)
        hoard.pace = Late(lambda: change(hoard, f"{YOURS}/year", 2, author=BOB))
        with pytest.raises(AccessDenied, match="ann may not update this"):
            hoard.candidates.discard_now(SHARED, author=ANN)
        assert len(hoard.candidates.shared.changes) == 2


class TestLock:
    @pytest.fixture
    def clock(self):
        return Played()

    @pytest.fixture
    def hoard(self, start, clock):
        hoard = start()
        hoard.locks = Locks(hoard, monotonic=clock)
        return hoard

    def test_keeps_all_sessions_but_one_from_it(self, hoard):
        lock = hoard.locks.acquire("ann", target="candidate")
        change(hoard, f"{ROOM}/setpoint", "18.0", session=lock.session)
        for attempt in (
            lambda: change(hoard, f"{PUMP}/mode", "on"),
            lambda: hoard.candidates.discard_now(SHARED),
            lambda: finish(hoard, "bob"),
        ):
            with pytest.raises(Conflict, match="ann has locked candidate") as error:
                attempt()
            assert error.value.faults[0].tag == "in-use"
        private = hoard.candidates.create("bob")
        hoard.candidates.edit(private.id, [edit(hoard, "merge", f"{PUMP}/mode", "on")])
        assert run_sync(hoard.candidates.commit(private.id)).revision == 1
        assert finish(hoard, "ann", session=lock.session).revision == 2

    def test_is_not_to_be_had_while_something_is_pending(self, hoard):
        change(hoard, f"{ROOM}/setpoint", "18.0")
        with pytest.raises(Conflict, match="commit or discard them first") as error:
            hoard.locks.acquire("ann", target="candidate")
        assert error.value.faults[0].tag == "lock-denied"
        finish(hoard)
        hoard.locks.acquire("ann", target="candidate")

    @pytest.mark.parametrize("end", ["release", "session", "lease"])
    def test_takes_along_what_is_pending_when_it_ends(self, hoard, clock, end):
        lock = hoard.locks.acquire("ann", target="candidate", lease=30)
        change(hoard, f"{ROOM}/setpoint", "18.0", session=lock.session)
        if end == "release":
            hoard.locks.release(lock.id)
        elif end == "session":
            hoard.locks.end(lock.session)
        else:
            clock.now += 31
        assert hoard.candidates.shared.root is hoard.running
