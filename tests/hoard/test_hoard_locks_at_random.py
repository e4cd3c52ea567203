"""Sessions that lock, write, prepare and commit in any order: what each may do is what a few lines of Python say."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from cellar import PUMP, ROOM, edit, value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_hoard_confirmed import Played

from pyconfhoard.errors import Conflict
from pyconfhoard.hoard import SHARED, Hoard
from pyconfhoard.hoard.locks import Locks
from pyconfhoard.tree import parse_path

LEAVES = (f"{ROOM}/setpoint", f"{ROOM}/high", f"{PUMP}/mode")
RAW = {LEAVES[0]: ("11.0", "12.0"), LEAVES[1]: ("30.0", "31.0"), LEAVES[2]: ("on", "auto")}
PARTS: tuple[tuple[str, ...], ...] = ((), (ROOM,), (LEAVES[0],), (LEAVES[0], PUMP))
LEASE = 10.0

sessions = st.sampled_from(("the first session", "the second session", ""))
changes = st.sampled_from(LEAVES).flatmap(
    lambda leaf: st.tuples(st.just(leaf), st.sampled_from((None, *RAW[leaf])))
)
locks = st.tuples(
    st.just("lock"), sessions, st.sampled_from(("running", "candidate")), st.sampled_from(PARTS)
)
parts = st.tuples(st.just("lock"), sessions, st.just("running"), st.sampled_from(PARTS[1:]))
steps = st.one_of(
    locks,
    parts,
    st.tuples(st.just("end"), sessions),
    st.tuples(st.just("wait"), st.sampled_from((4.0, 6.0))),
    st.tuples(st.just("commit"), sessions, changes),
    st.tuples(st.just("edit"), sessions, changes),
    st.tuples(st.just("commit shared"), sessions),
    st.tuples(st.just("discard"), sessions),
)


@dataclass
class Expected:
    """What a hoard should be. ``locks`` are of (session, target, parts, end), ``base`` and ``mine`` the shared candidate's."""

    now: float = 0.0
    running: dict[str, str] = field(default_factory=dict)
    base: dict[str, str] = field(default_factory=dict)
    mine: dict[str, str] = field(default_factory=dict)
    locks: list[tuple[str, str, tuple[str, ...], float]] = field(default_factory=list)

    def tidy(self) -> None:
        self._keep([lock for lock in self.locks if lock[3] > self.now])
        if self.mine == self.base:
            self.base, self.mine = dict(self.running), dict(self.running)

    def _keep(self, locks: list[tuple[str, str, tuple[str, ...], float]]) -> None:
        gone = [lock for lock in self.locks if lock not in locks]
        self.locks = locks
        if any(lock[1] == "candidate" for lock in gone):
            self.mine = self.base

    def others(self, session: str, target: str) -> list[tuple[str, ...]]:
        return [parts for owner, of, parts, _ in self.locks if of == target and (owner != session)]

    def lock(self, session: str, target: str, parts: tuple[str, ...]) -> bool:
        if target == "candidate" and (parts or self.mine != self.base):
            return False
        own = any(lock[:3] == (session, target, ()) for lock in self.locks)
        rivals = self.others(session, target)
        if (rivals if not parts else any(_meet(part, rival) for part in parts for rival in rivals)) or (
            own and not parts
        ):
            return False
        self.locks.append((session, target, parts, self.now + LEASE))
        return True

    def end(self, session: str) -> bool:
        self._keep([lock for lock in self.locks if lock[0] != session])
        return True

    def wait(self, seconds: float) -> bool:
        self.now += seconds
        return True

    def commit(self, session: str, change: tuple[str, str | None]) -> bool:
        return self._go(session, _with(self.running, change))

    def _go(self, session: str, then: dict[str, str]) -> bool:
        rivals = self.others(session, "running")
        if () in rivals:
            return False
        changed = _changed(self.running, then)
        if any(_meet(leaf, rival) for leaf in changed for rival in rivals):
            return False
        self.running = then
        return True

    def edit(self, session: str, change: tuple[str, str | None]) -> bool:
        if self.others(session, "candidate"):
            return False
        self.mine = _with(self.mine, change)
        return True

    def commit_shared(self, session: str) -> bool:
        if self.others(session, "candidate"):
            return False
        ours, theirs = _changed(self.base, self.mine), _changed(self.base, self.running)
        if any(self.mine.get(leaf) != self.running.get(leaf) for leaf in ours & theirs):
            return False
        then = dict(self.running)
        for leaf in ours:
            then = _with(then, (leaf, self.mine.get(leaf)))
        if not self._go(session, then):
            return False
        self.base = self.mine = dict(self.running)
        return True

    def discard(self, session: str) -> bool:
        if self.others(session, "candidate"):
            return False
        self.base = self.mine = dict(self.running)
        return True


def _meet(leaf: str, parts: tuple[str, ...]) -> bool:
    return not parts or any(
        leaf == part or leaf.startswith(f"{part}/") or part.startswith(f"{leaf}/") for part in parts
    )


def _with(data: dict[str, str], change: tuple[str, str | None]) -> dict[str, str]:
    leaf, raw = change
    rest = {name: word for name, word in data.items() if name != leaf}
    return rest if raw is None else {**rest, leaf: raw}


def _changed(old: dict[str, str], new: dict[str, str]) -> set[str]:
    return {leaf for leaf in LEAVES if old.get(leaf) != new.get(leaf)}


class Real:
    """The same steps, taken by a hoard."""

    def __init__(self, hoard: Hoard, clock: Played) -> None:
        self.hoard, self.clock = hoard, clock

    def lock(self, session: str, target: Any, parts: tuple[str, ...]) -> None:
        paths = [parse_path(self.hoard.schema, part) for part in parts]
        self.hoard.locks.acquire("x", target=target, paths=paths, lease=LEASE, session=session)

    def end(self, session: str) -> None:
        self.hoard.locks.end(session)

    def wait(self, seconds: float) -> None:
        self.clock.now += seconds

    def _edit(self, change: tuple[str, str | None]) -> Any:
        leaf, raw = change
        return edit(self.hoard, "remove" if raw is None else "merge", leaf, raw)

    def commit(self, session: str, change: tuple[str, str | None]) -> None:
        self.hoard.commit_now([self._edit(change)], author="x", session=session)

    def edit(self, session: str, change: tuple[str, str | None]) -> None:
        self.hoard.candidates.edit(SHARED, [self._edit(change)], session=session)

    def commit_shared(self, session: str) -> None:
        self.hoard.candidates.commit_now(SHARED, author="x", session=session)

    def discard(self, session: str) -> None:
        self.hoard.candidates.discard_now(SHARED, session=session)

    def taken(self, step: tuple[Any, ...]) -> bool:
        name, *given = step
        try:
            getattr(self, name.replace(" ", "_"))(*given)
        except Conflict:
            return False
        return True

    def leaves(self, root: Any = None) -> dict[str, str]:
        found = {leaf: value(self.hoard, leaf, root) for leaf in LEAVES}
        return {leaf: raw for leaf, raw in found.items() if raw is not None}


@pytest.fixture
def clock() -> Played:
    return Played()


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(played=st.lists(steps, max_size=25))
def test_every_session_may_do_what_the_locks_let_it(hoard: Hoard, clock: Played, played: list[Any]) -> None:
    hoard.locks = Locks(hoard, monotonic=clock)
    hoard.candidates.renounce()
    hoard.commit_now([edit(hoard, "remove", leaf) for leaf in LEAVES], author="x")
    real, expected = Real(hoard, clock), Expected(now=clock.now)
    for step in played:
        if step[0] == "lock" and not step[1]:
            continue
        if step[0] == "lock" and step[2] == "candidate":
            step = (*step[:3], ())  # noqa: PLW2901 - parts of it cannot be locked
        expected.tidy()
        name, *given_ = step
        may = getattr(expected, name.replace(" ", "_"))(*given_)
        assert real.taken(step) is may, step
        expected.tidy()
        assert real.leaves() == expected.running, step
        assert real.leaves(hoard.candidates.shared.root) == expected.mine, step
        assert len(hoard.locks.held) == len(expected.locks), step
