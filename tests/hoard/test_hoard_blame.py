"""Blame: who last set each value."""

from datetime import UTC, datetime

import pytest
from cellar import PUMP, ROOM, YANG, commit, edit
from hypothesis import given, settings
from hypothesis import strategies as st
from test_hoard_history import STEPS, committed, states

from pyconfhoard.errors import NotFound
from pyconfhoard.hoard import Hoard, Retention
from pyconfhoard.migration import plan
from pyconfhoard.tree import Branch, Entries, Path, parse_path

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def blamed(hoard, text="/"):
    """Revision by path."""
    return {str(one.path): one.by.revision for one in hoard.history.blame(parse_path(hoard.schema, text))}


def values(branch, path=Path.ROOT):
    """Every value below, and every empty presence container, by path."""
    found = {}
    for name, member in branch.members.items():
        child = branch.schema.children[name]
        place = path.child(child)
        if isinstance(member, Branch):
            found |= values(member, place) or {str(place): None}
        elif isinstance(member, Entries):
            for key, entry in member.items():
                found |= values(entry, place.entry(key))
        elif isinstance(member, tuple):
            found |= {str(place.entry((one,))): one for one in member}
        else:
            found[str(place)] = member
    return found


class TestBlame:
    def test_tells_who_when_and_which_revision_set_each_value(self, start):
        hoard = start(now=lambda: NOON)
        commit(hoard, ROOM, {"setpoint": "18.0", "high": "30.0"}, "ann")
        commit(hoard, f"{ROOM}/setpoint", "19.0", "bob", comment="warmer")
        setpoint, high = hoard.history.blame(parse_path(hoard.schema, ROOM))
        assert (str(setpoint.path), setpoint.value) == (f"{ROOM}/setpoint", "19.0")
        assert (setpoint.by.revision, setpoint.by.author, setpoint.by.time) == (2, "bob", NOON)
        assert setpoint.by.comment == "warmer"
        assert (high.by.revision, high.by.author) == (1, "ann")

    def test_can_be_asked_for_one_leaf_or_one_value(self, hoard):
        commit(hoard, "/cellar:menu", ["soup"])
        commit(hoard, "/cellar:menu", ["bread"])
        commit(hoard, f"{ROOM}/probe[id='a/b[1]']", {"id": "a/b[1]"})
        commit(hoard, f"{ROOM}/probe[id='a/b[1]']/offset", "1.0")
        assert blamed(hoard, "/cellar:menu[.='bread']") == {"/cellar:menu[.='bread']": 2}
        assert blamed(hoard, "/cellar:menu") == {"/cellar:menu[.='soup']": 1, "/cellar:menu[.='bread']": 2}
        assert blamed(hoard, f"{ROOM}/probe[id='a/b[1]']/offset") == {f"{ROOM}/probe[id='a/b[1]']/offset": 4}
        assert blamed(hoard, f"{ROOM}/probe") == {
            f"{ROOM}/probe[id='a/b[1]']/id": 3,
            f"{ROOM}/probe[id='a/b[1]']/offset": 4,
        }

    def test_of_what_is_not_there_is_told(self, hoard):
        with pytest.raises(NotFound, match="nothing was set here"):
            hoard.history.blame(parse_path(hoard.schema, PUMP))
        assert hoard.history.blame() == ()

    def test_after_a_rollback_names_who_rolled_back(self, hoard):
        commit(hoard, f"{ROOM}/setpoint", "18.0", "ann")
        commit(hoard, f"{PUMP}/mode", "on", "ann")
        commit(hoard, f"{ROOM}/setpoint", "19.0", "bob")
        hoard.history.rollback_now(1, author="eve")
        assert blamed(hoard) == {f"{ROOM}/setpoint": 4}
        (one,) = hoard.history.blame()
        assert one.by.author == "eve"

    def test_is_the_same_before_and_after_it_was_brought_up_to_date(self, start):
        hoard = start()
        for n in range(5):
            commit(hoard, f"{ROOM}/probe[id='{n}']", {"id": str(n)})
            commit(hoard, f"{ROOM}/probe[id='{n}']/offset", "1.0")
        commit(hoard, f"{ROOM}/probe[id='2']")
        commit(hoard, f"{ROOM}/probe[id='2']", {"id": "2", "offset": "3.0"})
        before = blamed(hoard)
        assert before[f"{ROOM}/probe[id='2']/offset"] == 12
        hoard.journal.index(7)
        assert blamed(hoard) == before
        hoard.close()
        hoard = start()
        assert hoard.journal.indexed == hoard.revision
        assert blamed(hoard) == before

    def test_outlives_the_revisions_that_it_names(self, start):
        hoard = start(now=lambda: NOON, retention=Retention(last=3, within=None))
        commit(hoard, f"{PUMP}/mode", "on", "ann", comment="pump")
        for n in range(10):
            commit(hoard, f"{ROOM}/setpoint", f"{n}.0")
        hoard.close()
        hoard = start()
        assert hoard.journal.first > 5
        (one,) = hoard.history.blame(parse_path(hoard.schema, PUMP))
        assert (one.by.revision, one.by.author, one.by.time, one.by.comment) == (1, "ann", NOON, "pump")
        assert one.by.size == 0

    def test_keeps_no_more_than_what_is_there(self, hoard):
        for n in range(20):
            commit(hoard, f"{ROOM}/probe[id='{n}']", {"id": str(n)})
            commit(hoard, f"{ROOM}/probe[id='{n}']/offset", "1.0")
            commit(hoard, f"{ROOM}/probe[id='{n}']")
        hoard.journal.index(hoard.revision)
        with hoard.journal._transaction() as connection:
            rows = connection.execute("SELECT path FROM blame").fetchall()
        assert [row[0] for row in rows if "probe" in row[0]] == []

    def test_goes_on_over_a_change_of_model(self, hoard):
        commit(hoard, f"{ROOM}/setpoint", "18.0", "ann")
        commit(hoard, f"{PUMP}/mode", "on", "bob")
        root = plan(hoard.schema, hoard.schema, hoard.running, {}, revision=hoard.revision).after
        hoard.enter(hoard.state_of(hoard.schema, hoard.owners, root), ())
        assert blamed(hoard) == {f"{ROOM}/setpoint": 1, f"{PUMP}/mode": 2}

    def test_of_who_only_moved_or_annotated_a_value_says_nothing(self, hoard):
        commit(hoard, "/cellar:menu", ["soup", "bread"])
        hoard.commit_now([edit(hoard, "replace", "/cellar:menu", ["bread", "soup"])], author="me")
        assert set(blamed(hoard).values()) == {1}


@given(steps=STEPS, data=st.data())
@settings(max_examples=60, deadline=None)
def test_blame_is_the_last_revision_in_which_the_value_came_or_changed(tmp_path_factory, steps, data):
    with Hoard.open(tmp_path_factory.mktemp("h"), yang=[YANG], modules=["cellar"]) as hoard:
        committed(hoard, steps)
        expected, before = {}, {}
        for revision, root in states(hoard).items():
            now = values(root)
            for path, value in now.items():
                if path not in before or before[path] != value:
                    expected[path] = revision
            before = now
        expected = {path: expected[path] for path in before}
        hoard.journal.index(data.draw(st.integers(0, hoard.revision)))
        assert blamed(hoard) == expected
        for path, revision in expected.items():
            assert blamed(hoard, path) == {path: revision}
