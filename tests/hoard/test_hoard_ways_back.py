"""Ways back that are loaded into a candidate, and committed with it."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from cellar import PUMP, ROOM, commit, edit, value
from late import Late

from pyconfhoard.access import Principal
from pyconfhoard.errors import AccessDenied, Conflict, NotFound
from pyconfhoard.hoard import SHARED, Hoard
from pyconfhoard.hoard.candidates import Candidate
from pyconfhoard.tree import Edit

SETPOINT, HIGH, MODE = f"{ROOM}/setpoint", f"{ROOM}/high", f"{PUMP}/mode"
VERA = Principal("vera", "user")
NO_PUMP = """{"ietf-netconf-acm:nacm": {
    "write-default": "permit",
    "groups": {"group": [{"name": "guests", "user-name": ["vera"]}]},
    "rule-list": [{"name": "guests", "group": ["guests"], "rule": [
        {"name": "no-pump", "path": "/c:house/c:pump", "access-operations": "*", "action": "deny"}]}]
}}"""


@pytest.fixture
def evening(hoard: Hoard) -> Hoard:
    """1: a setpoint, labelled; 2: another; 3: the pump."""
    commit(hoard, SETPOINT, "18.0", label="good")
    commit(hoard, SETPOINT, "19.0")
    commit(hoard, MODE, "on")
    return hoard


def rollback(hoard: Hoard, revision: int | str, id: str, **more: Any) -> Candidate:
    return hoard.history.load_rollback_now(revision, id, **more)


def undo(hoard: Hoard, revision: int | str, id: str, **more: Any) -> Candidate:
    return hoard.history.load_undo_now(revision, id, **more)


def put(hoard: Hoard, id: str, path: str, raw: Any) -> None:
    hoard.candidates.edit(id, [edit(hoard, "merge", path, raw)])


class TestLoadedRollback:
    def test_is_pending_until_the_commit_which_tells_of_it(self, evening: Hoard) -> None:
        id = evening.candidates.create("ann").id
        loaded = rollback(evening, "good", id)
        assert (evening.revision, loaded.root) == (3, evening.root_at(1))
        put(evening, id, HIGH, "25.0")
        done = evening.candidates.commit_now(id)
        assert (done.revision, done.comment) == (4, "rollback to revision 1 (good)")
        assert [value(evening, path) for path in (SETPOINT, HIGH, MODE)] == ["18.0", "25.0", None]

    def test_takes_the_place_of_what_was_pending(self, evening: Hoard) -> None:
        id = evening.candidates.create("ann").id
        put(evening, id, HIGH, "25.0")
        assert rollback(evening, 2, id).root == evening.root_at(2)

    def test_goes_back_from_where_running_is_now(self, evening: Hoard) -> None:
        id = evening.candidates.create("ann").id
        commit(evening, SETPOINT, "20.0", "bob")
        rollback(evening, 1, id)
        evening.candidates.commit_now(id)
        assert evening.running == evening.root_at(1)

    def test_is_refused_when_running_moves_again_before_the_commit(self, evening: Hoard) -> None:
        id = evening.candidates.create("ann").id
        rollback(evening, 1, id)
        commit(evening, SETPOINT, "20.0", "bob")
        with pytest.raises(Conflict, match="changed meanwhile by bob"):
            evening.candidates.commit_now(id)

    def test_to_what_never_was_leaves_what_is_pending(self, evening: Hoard) -> None:
        id = evening.candidates.create("ann").id
        put(evening, id, HIGH, "25.0")
        with pytest.raises(NotFound, match="no revision 9"):
            rollback(evening, 9, id)
        assert value(evening, HIGH, evening.candidates.get(id).root) == "25.0"

    def test_takes_the_place_of_what_is_entered_before_it_is_done(
        self, evening: Hoard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        id = evening.candidates.create("ann").id
        monkeypatch.setattr(evening, "pace", Late(lambda: put(evening, id, HIGH, "25.0")))
        assert rollback(evening, 2, id).root == evening.root_at(2)

    def test_is_forgotten_with_the_candidate(self, evening: Hoard) -> None:
        rollback(evening, 1, SHARED)
        evening.candidates.discard_now(SHARED)
        assert (evening.candidates.shared.pending, evening.candidates.shared.comment) == (False, "")


class TestLoadedUndo:
    def test_stands_beside_what_is_pending(self, evening: Hoard) -> None:
        id = evening.candidates.create("ann").id
        put(evening, id, HIGH, "25.0")
        undo(evening, 2, id)
        done = evening.candidates.commit_now(id)
        assert done.comment == "undo of revision 2"
        assert [value(evening, path) for path in (SETPOINT, HIGH, MODE)] == ["18.0", "25.0", "on"]

    def test_stands_beside_what_is_entered_before_it_is_done(
        self, evening: Hoard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        id = evening.candidates.create("ann").id
        monkeypatch.setattr(evening, "pace", Late(lambda: put(evening, id, HIGH, "25.0")))
        undo(evening, 2, id)
        assert evening.candidates.commit_now(id).comment == "undo of revision 2"
        assert [value(evening, path) for path in (SETPOINT, HIGH)] == ["18.0", "25.0"]

    def test_each_is_told(self, evening: Hoard) -> None:
        id = evening.candidates.create("ann").id
        undo(evening, 3, id)
        undo(evening, 2, id, comment="too warm")
        assert evening.candidates.commit_now(id).comment == "undo of revision 3; too warm"
        assert evening.running == evening.root_at(1)

    def test_takes_back_what_was_committed_after_the_candidate_was_made(self, evening: Hoard) -> None:
        id = evening.candidates.create("ann").id
        put(evening, id, HIGH, "25.0")
        commit(evening, SETPOINT, "20.0", "bob")
        assert value(evening, SETPOINT, undo(evening, 4, id).root) == "19.0"
        evening.candidates.commit_now(id)
        assert [value(evening, path) for path in (SETPOINT, HIGH)] == ["19.0", "25.0"]

    def test_of_what_was_changed_again_is_refused_and_changes_nothing(self, evening: Hoard) -> None:
        id = evening.candidates.create("ann").id
        put(evening, id, HIGH, "25.0")
        with pytest.raises(Conflict, match="changed meanwhile"):
            undo(evening, 1, id)
        candidate = evening.candidates.get(id)
        assert (value(evening, HIGH, candidate.root), candidate.comment) == ("25.0", "")


def test_a_load_leaves_the_event_loop_to_others(evening: Hoard) -> None:
    threads: list[int] = []

    def way(_start: object) -> list[Edit]:
        threads.append(threading.get_ident())
        return []

    asyncio.run(evening.candidates.load(SHARED, way, "slowly", anew=True))
    assert threads
    assert threading.get_ident() not in threads


class TestTheSharedCandidate:
    @pytest.fixture
    def guarded(self, start: Callable[..., Hoard]) -> Hoard:
        hoard = start(modules=["cellar", "ietf-netconf-acm"])
        prefix = hoard.schema.modules["cellar"].prefix
        hoard.load_now(NO_PUMP.replace("c:", f"{prefix}:").encode(), "merge", author="me")
        commit(hoard, SETPOINT, "18.0")
        commit(hoard, MODE, "on")
        return hoard

    def test_takes_back_only_what_its_editor_may_change(self, guarded: Hoard) -> None:
        for way in (rollback, undo):
            with pytest.raises(AccessDenied):
                way(guarded, guarded.revision - (way is rollback), SHARED, author=VERA)
        assert not guarded.candidates.shared.pending
        assert undo(guarded, guarded.revision - 1, SHARED, author=VERA).pending

    def test_rollback_of_who_may_not_discard_what_is_pending_is_refused(self, guarded: Hoard) -> None:
        put(guarded, SHARED, MODE, "off")
        with pytest.raises(AccessDenied):
            rollback(guarded, guarded.revision, SHARED, author=VERA)
        assert guarded.candidates.shared.pending

    def test_keeps_what_comes_before_a_rollback_is_done_that_its_author_may_not_discard(
        self, guarded: Hoard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(guarded, "pace", Late(lambda: put(guarded, SHARED, MODE, "off")))
        with pytest.raises(AccessDenied):
            rollback(guarded, guarded.revision, SHARED, author=VERA)
        assert value(guarded, MODE, guarded.candidates.shared.root) == "off"

    def test_is_not_changed_while_another_has_locked_it(self, evening: Hoard) -> None:
        evening.locks.acquire("ann", target="candidate")
        with pytest.raises(Conflict, match="ann has locked candidate"):
            rollback(evening, 1, SHARED, author="bob", session="another's session")
