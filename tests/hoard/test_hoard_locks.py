"""Locks: leases of sessions on a datastore or on parts of running."""

import asyncio

import pytest
from cellar import PUMP, ROOM, commit, edit, value
from test_hoard_confirmed import Played

from pyconfhoard.errors import BadInput, Conflict, NotFound
from pyconfhoard.hoard import Terms
from pyconfhoard.hoard.bridge import run_sync
from pyconfhoard.hoard.first_boot import write_first_boot
from pyconfhoard.hoard.locks import Locks
from pyconfhoard.tree import parse_path


@pytest.fixture
def clock():
    return Played()


@pytest.fixture
def hoard(start, clock):
    hoard = start()
    hoard.locks = Locks(hoard, monotonic=clock)
    return hoard


def path(hoard, text):
    return parse_path(hoard.schema, text)


class TestWhole:
    def test_running_is_changed_by_the_session_that_locked_it_only(self, hoard):
        lock = hoard.locks.acquire("ann")
        with pytest.raises(Conflict, match="ann has locked running for another 60 s") as error:
            commit(hoard, f"{ROOM}/setpoint", "18.0", "bob")
        assert error.value.faults[0].tag == "in-use"
        commit(hoard, f"{ROOM}/setpoint", "18.0", "ann", session=lock.session)
        hoard.locks.release(lock.id)
        commit(hoard, f"{ROOM}/setpoint", "19.0", "bob")
        assert hoard.revision == 2

    def test_lock_that_is_not_renewed_ends(self, hoard, clock):
        lock = hoard.locks.acquire("ann", lease=30)
        clock.now = 20
        assert hoard.locks.renew(lock.id).expires == 50
        clock.now = 49
        with pytest.raises(Conflict):
            commit(hoard, f"{ROOM}/setpoint", "18.0")
        hoard.locks.renew(lock.id, 10)
        clock.now = 59
        commit(hoard, f"{ROOM}/setpoint", "18.0")
        assert hoard.locks.held == ()
        for end in (hoard.locks.release, hoard.locks.renew):
            with pytest.raises(NotFound, match="ends with its lease"):
                end(lock.id)

    def test_lock_is_one_sessions_at_a_time(self, hoard):
        lock = hoard.locks.acquire("ann")
        with pytest.raises(Conflict, match="ann has locked running") as error:
            hoard.locks.acquire("bob")
        assert error.value.faults[0].tag == "lock-denied"
        with pytest.raises(Conflict, match="this session has locked running already"):
            hoard.locks.acquire("ann", session=lock.session)
        hoard.locks.acquire("bob", target="candidate")
        with pytest.raises(Conflict, match="bob has locked candidate"):
            hoard.locks.admit("", "candidate")
        hoard.locks.admit("", "startup")

    def test_lock_is_denied_while_anothers_confirmed_commit_waits(self, hoard):
        hoard.confirmed.commit_now((), Terms(persist="secret"), author="ann")
        for _ in range(2):
            with pytest.raises(Conflict, match="a confirmed commit of ann waits") as error:
                hoard.locks.acquire("bob")
        assert error.value.faults[0].tag == "lock-denied"
        hoard.locks.acquire("bob", target="startup")
        hoard.confirmed.confirm_now("secret")
        hoard.locks.acquire("bob")

    def test_lock_stops_rollback_confirmed_commits_and_registrations_too(self, hoard):
        commit(hoard, f"{ROOM}/setpoint", "18.0")
        hoard.locks.acquire("ann")
        for attempt in (
            lambda: hoard.history.rollback_now(0, author="bob"),
            lambda: hoard.history.undo_now(1, author="bob"),
            lambda: hoard.confirmed.commit_now((), author="bob"),
            lambda: hoard.register_now("Pantry", "pantry", "/shelf"),
        ):
            with pytest.raises(Conflict, match="ann has locked running"):
                attempt()
        assert "Pantry" not in hoard.owners

    def test_lock_of_startup_keeps_the_first_data_as_it_is(self, hoard):
        lock = hoard.locks.acquire("ann", target="startup")
        with pytest.raises(Conflict, match="ann has locked startup"):
            run_sync(write_first_boot(hoard))
        run_sync(write_first_boot(hoard, session=lock.session))
        assert hoard.files.path("startup", "cellar").exists()

    def test_lock_is_taken_when_the_commits_under_way_have_ended(self, hoard):
        class Slow:
            def __init__(self):
                self.asked, self.answer = asyncio.Event(), asyncio.Event()

            async def prepare(self, revision, changes):
                self.asked.set()
                await self.answer.wait()
                return ""

            def abort(self, revision):
                pass

        async def play():
            voter = Slow()
            hoard.link("Room", voter)
            change = [edit(hoard, "merge", f"{ROOM}/setpoint", "18.0")]
            commit = asyncio.ensure_future(hoard.commit(change, author="bob"))
            await voter.asked.wait()
            taken = asyncio.ensure_future(hoard.locks.take("ann"))
            await asyncio.sleep(0)
            assert not taken.done()
            voter.answer.set()
            await taken
            assert hoard.revision == 1
            await commit
            with pytest.raises(Conflict, match="ann has locked running"):
                await hoard.commit(change, author="bob")

        hoard.register_now("Room", "cellar", "/house/room")
        asyncio.run(play())
        assert hoard.revision == 1

    def test_lock_does_not_stop_what_takes_itself_back(self, hoard):
        hoard.confirmed.commit_now((), Terms(persist="secret"), author="ann", comment="")
        hoard.confirmed.cancel_now("secret", author="ann")
        done = hoard.locks.acquire("ann")
        commit(hoard, f"{ROOM}/setpoint", "18.0", session=done.session)


class TestParts:
    def test_are_changed_by_the_session_that_locked_them_only(self, hoard):
        lock = hoard.locks.acquire("ann", paths=[path(hoard, ROOM)])
        for place, raw in ((f"{ROOM}/setpoint", "18.0"), (ROOM, {"setpoint": "18.0"})):
            with pytest.raises(Conflict, match=f"ann has locked {ROOM} for another 60 s") as error:
                commit(hoard, place, raw, "bob")
            assert error.value.faults[0].tag == "in-use"
        commit(hoard, f"{PUMP}/mode", "on", "bob")
        commit(hoard, f"{ROOM}/setpoint", "18.0", "ann", session=lock.session)
        with pytest.raises(Conflict):
            commit(hoard, "/cellar:house", None, "bob")  # with the room in it
        assert value(hoard, f"{ROOM}/setpoint") == "18.0"

    def test_are_told_as_far_as_a_change_meets_them(self, hoard):
        hoard.locks.acquire("ann", paths=[path(hoard, ROOM), path(hoard, PUMP)])
        with pytest.raises(Conflict, match=f"ann has locked {PUMP} for"):
            commit(hoard, f"{PUMP}/mode", "on", "bob")
        with pytest.raises(Conflict, match=f"ann has locked {ROOM}, {PUMP} for"):
            hoard.locks.acquire("bob", paths=[path(hoard, "/cellar:house")])

    def test_that_a_commit_names_but_does_not_change_are_no_obstacle(self, hoard):
        commit(hoard, f"{ROOM}/setpoint", "18.0")
        hoard.locks.acquire("ann", paths=[path(hoard, ROOM)])
        commit(hoard, "/cellar:house", {"room": {"setpoint": "18.0"}, "pump": {"mode": "on"}}, "bob")
        assert value(hoard, f"{PUMP}/mode") == "on"

    def test_of_two_sessions_do_not_meet(self, hoard):
        lock = hoard.locks.acquire("ann", paths=[path(hoard, ROOM)])
        for place in (ROOM, f"{ROOM}/setpoint", "/cellar:house"):
            with pytest.raises(Conflict, match=f"ann has locked {ROOM}") as error:
                hoard.locks.acquire("bob", paths=[path(hoard, PUMP), path(hoard, place)])
            assert (error.value.faults[0].tag, error.value.faults[0].path) == ("lock-denied", place)
        hoard.locks.acquire("bob", paths=[path(hoard, PUMP)])
        with pytest.raises(Conflict, match=f"bob has locked {PUMP}"):
            hoard.locks.acquire("ann", session=lock.session)
        hoard.locks.acquire("ann", paths=[path(hoard, f"{ROOM}/probe")], session=lock.session)
        assert [one.owner for one in hoard.locks.held] == ["ann", "bob", "ann"]

    def test_of_one_entry_leave_the_others(self, hoard):
        hoard.locks.acquire("ann", paths=[path(hoard, f"{ROOM}/probe[id='a']")])
        commit(hoard, f"{ROOM}/probe[id='b']", {"id": "b"}, "bob")
        with pytest.raises(Conflict):
            commit(hoard, f"{ROOM}/probe[id='a']", {"id": "a"}, "bob")

    def test_end_with_their_session(self, hoard):
        lock = hoard.locks.acquire("ann", paths=[path(hoard, ROOM)])
        hoard.locks.acquire("ann", target="candidate", session=lock.session)
        other = hoard.locks.acquire("bob", paths=[path(hoard, PUMP)])
        hoard.locks.end(lock.session)
        assert hoard.locks.held == (other,)

    def test_are_of_running_only(self, hoard):
        with pytest.raises(BadInput, match="other datastores as a whole only"):
            hoard.locks.acquire("ann", target="startup", paths=[path(hoard, ROOM)])


@pytest.mark.parametrize("lease", [0, -1, 100_000, float("nan")])
def test_leases_have_bounds(hoard, lease):
    with pytest.raises(BadInput, match="at most 86400 seconds"):
        hoard.locks.acquire("ann", lease=lease)
    assert hoard.locks.held == ()
