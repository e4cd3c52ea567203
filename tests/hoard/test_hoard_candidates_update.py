"""A candidate is brought up to date: based on running as it is, with one of the two preferred where they conflict."""

from collections.abc import Callable
from typing import Any

import pytest
from cellar import PUMP, ROOM, commit, edit, value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from late import Late

from pyconfhoard.access import Principal
from pyconfhoard.errors import AccessDenied, Conflict
from pyconfhoard.hoard import SHARED, Hoard
from pyconfhoard.tree import Edit, parse_path

BOTTLE = "/cellar:bottle[name='a']"
YEAR, CORK, CAP = f"{BOTTLE}/year", f"{BOTTLE}/cork", f"{BOTTLE}/cap"


def change(hoard, candidate, path, raw=None, **more):
    one = edit(hoard, "remove" if raw is None else "merge", path, raw)
    hoard.candidates.edit(candidate.id, [one], **more)


def move(hoard, value, where):
    return Edit("move", parse_path(hoard.schema, f"/cellar:menu[.='{value}']"), None, where)


class TestUpdate:
    @pytest.fixture
    def candidate(self, hoard):
        commit(hoard, ROOM, {"setpoint": "12.0"})
        candidate = hoard.candidates.create("me")
        change(hoard, candidate, f"{ROOM}/setpoint", "13.0")
        change(hoard, candidate, f"{ROOM}/high", "30.0")
        commit(hoard, f"{PUMP}/mode", "on", "ann")
        return candidate

    def test_shows_what_others_committed_and_keeps_what_is_pending(self, hoard, candidate):
        assert value(hoard, f"{PUMP}/mode", candidate.root) is None
        hoard.candidates.update_now(candidate.id)
        assert value(hoard, f"{PUMP}/mode", candidate.root) == "on"
        assert (candidate.base, candidate.revision) == (hoard.running, hoard.revision)
        assert {str(change.path) for change in candidate.changes} == {f"{ROOM}/high", f"{ROOM}/setpoint"}

    def test_changes_nothing_where_they_conflict_and_tells_who_and_where(self, hoard, candidate):
        commit(hoard, f"{ROOM}/setpoint", "14.0", "ann")
        before = candidate.root
        with pytest.raises(Conflict, match="changed meanwhile by ann") as error:
            hoard.candidates.update_now(candidate.id)
        assert error.value.faults[0].path == f"{ROOM}/setpoint"
        assert candidate.root is before

    @pytest.mark.parametrize(("prefer", "setpoint"), [("candidate", "13.0"), ("running", "14.0")])
    def test_lets_one_of_them_give_way_when_told_so(self, hoard, candidate, prefer, setpoint):
        commit(hoard, f"{ROOM}/setpoint", "14.0", "ann")
        hoard.candidates.update_now(candidate.id, prefer)
        hoard.candidates.commit_now(candidate.id)
        assert value(hoard, ROOM) == {"setpoint": setpoint, "high": "30.0"}
        assert value(hoard, f"{PUMP}/mode") == "on"

    def test_takes_along_what_is_edited_meanwhile(self, hoard, candidate):
        hoard.pace = Late(lambda: change(hoard, candidate, f"{ROOM}/low", "5.0"))
        hoard.candidates.update_now(candidate.id)
        assert value(hoard, f"{ROOM}/low", candidate.root) == "5.0"
        assert value(hoard, f"{PUMP}/mode", candidate.root) == "on"


class TestConflict:
    """What each conflict comes to: mine, theirs, and what there is if mine, or theirs, are preferred."""

    BASE = (
        ("/cellar:bottle", [{"name": "a", "year": 1, "cork": "oak"}]),
        ("/cellar:menu", ["soup", "fish", "cake"]),
    )

    @pytest.mark.parametrize(
        ("mine", "theirs", "candidate", "running"),
        [
            pytest.param(
                (YEAR, 2), (YEAR, 3), {"year": 2, "cork": "oak"}, {"year": 3, "cork": "oak"}, id="leaf"
            ),
            pytest.param(
                (YEAR, None), (YEAR, 3), {"cork": "oak"}, {"year": 3, "cork": "oak"}, id="gone-mine"
            ),
            pytest.param((YEAR, 2), (BOTTLE, None), {"year": 2, "cork": "oak"}, None, id="above-theirs"),
            pytest.param((BOTTLE, None), (YEAR, 3), None, {"year": 3, "cork": "oak"}, id="above-mine"),
            pytest.param(
                (CAP, "tin"),
                (CORK, "pine"),
                {"year": 1, "cap": "tin"},
                {"year": 1, "cork": "pine"},
                id="case",
            ),
        ],
    )
    def test_is_settled(self, hoard, mine, theirs, candidate, running):
        for path, raw in self.BASE:
            commit(hoard, path, raw)
        both = [hoard.candidates.create("me") for _ in range(2)]
        for one in both:
            change(hoard, one, *mine)
            change(hoard, one, f"{PUMP}/mode", "on")
        commit(hoard, *theirs)
        for one, prefer, wanted in zip(both, ("candidate", "running"), (candidate, running), strict=True):
            hoard.candidates.update_now(one.id, prefer)
            found = value(hoard, BOTTLE, one.root)
            assert found == (None if wanted is None else {"name": "a", **wanted})
            assert value(hoard, f"{PUMP}/mode", one.root) == "on"

    @pytest.mark.parametrize(
        ("prefer", "menu"),
        [("candidate", ["cake", "soup", "fish"]), ("running", ["fish", "soup", "cake"])],
    )
    def test_of_an_order_is_about_the_whole_list(self, hoard, prefer, menu):
        for path, raw in self.BASE:
            commit(hoard, path, raw)
        candidate = hoard.candidates.create("me")
        hoard.candidates.edit(candidate.id, [move(hoard, "cake", "first")])
        hoard.commit_now([move(hoard, "fish", "first")], author="ann")
        hoard.candidates.update_now(candidate.id, prefer)
        assert value(hoard, "/cellar:menu", candidate.root) == menu


class TestShared:
    def test_is_given_up_by_those_only_who_may_take_it_back(self, start: Callable[..., Hoard]) -> None:
        hoard = start(modules=["cellar", "ietf-netconf-acm"])
        commit(hoard, "/cellar:bottle", [{"name": "a", "year": 1}])
        rules: dict[str, Any] = {"enable-nacm": True, "write-default": "deny", "read-default": "permit"}
        commit(hoard, "/ietf-netconf-acm:nacm", rules)
        hoard.candidates.edit(SHARED, [edit(hoard, "merge", YEAR, 2)])
        commit(hoard, YEAR, 3)
        ann = Principal("ann", "user")
        with pytest.raises(AccessDenied, match="ann may not update this"):
            hoard.candidates.update_now(SHARED, "running", author=ann)
        hoard.candidates.update_now(SHARED, "candidate", author=ann)
        assert value(hoard, YEAR, hoard.candidates.shared.root) == 2
        commit(hoard, YEAR, 4)
        hoard.candidates.update_now(SHARED, "running", author="ann")
        assert not hoard.candidates.shared.pending


LEAVES = (
    f"{ROOM}/setpoint",
    f"{ROOM}/low",
    f"{PUMP}/mode",
    "/cellar:house/lamp",
    "/cellar:menu",
    BOTTLE,
    CAP,
    YEAR,
)
RAWS: dict[str, list[Any]] = {
    f"{ROOM}/setpoint": ["1.0", "2.0", None],
    f"{ROOM}/low": ["1.0", "2.0", None],
    f"{PUMP}/mode": ["on", "auto", None],
    "/cellar:house/lamp": [{}, {"watts": 1}, {"watts": 2}, None],
    "/cellar:menu": [["a"], ["a", "b"], ["c"], None],
    BOTTLE: [{"name": "a", "year": 1}, {"name": "a", "cap": "c"}, {"name": "a", "cork": "k"}, None],
    CAP: ["tin", None],
    YEAR: [5, 6, None],
}
CHANGES = st.lists(st.sampled_from([(path, raw) for path in LEAVES for raw in RAWS[path]]), max_size=5)


def played(hoard: Hoard, root: Any, changes: list[tuple[str, Any]]) -> list[Edit]:
    return [
        edit(hoard, "remove" if raw is None else "merge", path, raw)
        for path, raw in changes
        if raw is None or path not in {CAP, YEAR} or value(hoard, BOTTLE, root) is not None
    ]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(base=CHANGES, mine=CHANGES, theirs=CHANGES)
def test_an_update_that_prefers_one_never_conflicts_and_keeps_all_of_that_one(
    hoard: Hoard, base: list[Any], mine: list[Any], theirs: list[Any]
) -> None:
    hoard.commit_now([edit(hoard, "remove", path) for path in LEAVES], author="x")
    for one in base:
        hoard.commit_now(played(hoard, hoard.running, [one]), author="x")
    begun = hoard.running
    candidates = [hoard.candidates.create("me") for _ in range(2)]
    for candidate in candidates:
        for one in mine:
            hoard.candidates.edit(candidate.id, played(hoard, candidate.root, [one]))
    for one in theirs:
        hoard.commit_now(played(hoard, hoard.running, [one]), author="ann")
    running, made = hoard.running, candidates[0].root
    for candidate, prefer in zip(candidates, ("candidate", "running"), strict=True):
        preferred, other = (made, running) if prefer == "candidate" else (running, made)
        hoard.candidates.update_now(candidate.id, prefer)  # type: ignore[arg-type]  # one of the two
        assert candidate.base is running
        for path in LEAVES:
            was, is_, rival = (value(hoard, path, root) for root in (begun, preferred, other))
            found = value(hoard, path, candidate.root)
            if path == "/cellar:menu":
                assert set(found or ()) <= {*(is_ or ()), *(rival or ())}, (prefer, path)
            elif path in {BOTTLE, "/cellar:house/lamp"}:
                assert found in (is_, rival) or (found is not None and is_ is not None and rival is not None)
            elif is_ != was:
                assert found == is_, (prefer, path)
            else:
                assert found in (is_, rival), (prefer, path)
        hoard.candidates.update_now(candidate.id)
        hoard.candidates.discard_now(candidate.id)
