"""The index of locks says what each lock says itself."""

from datetime import UTC, datetime

from cellar import PUMP, ROOM, YANG
from hypothesis import given
from hypothesis import strategies as st

from pyconfhoard.hoard.lock_guard import Guard
from pyconfhoard.hoard.locks import Lock
from pyconfhoard.schema import load
from pyconfhoard.tree import parse_path

SCHEMA = load(["cellar"], folders=[YANG])
TEXTS = (
    *("/", "/cellar:house", ROOM, f"{ROOM}/setpoint", f"{ROOM}/probe", f"{ROOM}/probe[id='a']"),
    *(f"{ROOM}/probe[id='b']/offset", PUMP, "/cellar:bottle", "/cellar:bottle[name='a']", "/cellar:menu"),
    *("/cellar:bottle[name='a']/year", "/cellar:bottle[name='b']/year", "/cellar:menu[.='a']"),
)
PATHS = st.sampled_from([parse_path(SCHEMA, text) for text in TEXTS])


@given(parts=st.lists(st.lists(PATHS, max_size=3), max_size=4), changed=st.lists(PATHS, max_size=6))
def test_a_guard_meets_what_its_locks_meet(parts, changed):
    since = datetime(2026, 1, 1, tzinfo=UTC)
    locks = [Lock(id, "s", "ann", "running", tuple(paths), since, 1.0, 1.0) for id, paths in enumerate(parts)]
    guard = Guard(locks)
    for path in changed:
        met = guard.met(path)
        assert len(met) == len(set(met))
        assert set(met) == {lock for lock in locks if lock.meets(path)}
