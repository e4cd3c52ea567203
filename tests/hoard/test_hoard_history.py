"""History: the list of revisions, what differs, labels, and the ways back."""

import asyncio
from datetime import UTC, datetime

import pytest
from cellar import PUMP, ROOM, commit, edit, value
from hypothesis import given, settings
from hypothesis import strategies as st

from pyconfhoard.errors import BadInput, Conflict, Invalid, NotFound
from pyconfhoard.hoard import Hoard
from pyconfhoard.hoard.merge import spread
from pyconfhoard.store.snapshots import step_back
from pyconfhoard.tree import Branch, Path, apply, diff, parse_path, to_json

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def path(hoard, text):
    return parse_path(hoard.schema, text)


def states(hoard):
    """Every state by undo of all that came after it."""
    return {
        revision: step_back(hoard.journal, hoard.schema, hoard.running, hoard.revision, revision)
        for revision in range(hoard.revision + 1)
    }


class TestRevisions:
    def test_are_listed_newest_first_with_who_when_from_where_and_why(self, start):
        hoard = start(now=lambda: NOON)
        commit(hoard, f"{ROOM}/setpoint", "18.0", "ann", comment="warmer", source="cli", label="warm")
        commit(hoard, f"{PUMP}/mode", "on", "bob")
        second, first = hoard.history.revisions()
        assert (second.revision, second.author, second.source) == (2, "bob", "library")
        assert (first.time, first.author, first.source) == (NOON, "ann", "cli")
        assert (first.comment, first.labels) == ("warmer", ("warm",))
        assert first.size == len(hoard.journal.record(1).edits)

    def test_come_in_pages(self, hoard):
        for n in range(7):
            commit(hoard, f"{ROOM}/setpoint", f"{n}.0")
        pages, before = [], None
        while page := hoard.history.revisions(limit=3, before=before):
            pages.append([line.revision for line in page])
            before = page[-1].revision
        assert pages == [[7, 6, 5], [4, 3, 2], [1]]
        with pytest.raises(BadInput, match="between 1 and 1000"):
            hoard.history.revisions(limit=0)

    def test_can_be_those_of_an_author_or_those_with_a_label(self, hoard):
        for n, author in enumerate(("ann", "bob", "ann")):
            commit(hoard, f"{ROOM}/setpoint", f"{n}.0", author)
        hoard.history.label_now("good", 2)
        assert [one.revision for one in hoard.history.revisions(author="ann")] == [3, 1]
        assert [one.revision for one in hoard.history.revisions(labelled=True)] == [2]

    def test_are_given_one_by_one_with_what_they_changed(self, hoard):
        commit(hoard, f"{ROOM}/setpoint", "18.0", label="first")
        commit(hoard, f"{ROOM}/setpoint", "19.0")
        assert hoard.history.get(2) == hoard.history.get("2")
        found = hoard.history.get("first")
        assert (found.line.revision, found.difference.text()) == (
            1,
            "  cellar:house\n    room\n+     setpoint 18.0\n",
        )
        assert hoard.history.get(2).difference.text() == (
            "  cellar:house\n    room\n-     setpoint 18.0\n+     setpoint 19.0\n"
        )

    @pytest.mark.parametrize("place", [f"{ROOM}/probe[id='a']/offset", "/cellar:house/lamp/watts"])
    def test_of_a_leaf_deleted_in_what_stays_tell_of_the_leaf_alone(self, hoard, place):
        commit(hoard, f"{ROOM}/probe[id='a']", {"id": "a", "offset": "1.0"})
        commit(hoard, "/cellar:house/lamp", {"watts": 40})
        commit(hoard, place)
        (change,) = hoard.history.get(3).difference.changes
        assert (change.kind, change.path) == ("deleted", path(hoard, place))

    @pytest.mark.parametrize("revision", [0, -1, 2, "2"])
    def test_that_never_were_are_told_to_be_so(self, hoard, revision):
        commit(hoard, f"{ROOM}/setpoint", "18.0")
        with pytest.raises(NotFound, match=rf"revision {revision} does not exist; there are 1 to 1"):
            hoard.history.get(revision)

    def test_by_a_label_that_is_not_there_are_told_with_those_that_are(self, hoard):
        commit(hoard, f"{ROOM}/setpoint", "18.0", label="warm")
        with pytest.raises(NotFound, match="no label 'cold'; there are: warm"):
            hoard.history.get("cold")


class TestLabels:
    def test_are_unique_in_a_hoard(self, hoard):
        commit(hoard, f"{ROOM}/setpoint", "18.0", label="good")
        with pytest.raises(Conflict, match="the label good is that of revision 1"):
            commit(hoard, f"{ROOM}/setpoint", "19.0", label="good")
        assert hoard.revision == 1
        commit(hoard, f"{ROOM}/setpoint", "19.0")
        with pytest.raises(Conflict, match="the label good is that of revision 1"):
            hoard.history.label_now("good", 2)
        hoard.history.label_now("good", 1)
        hoard.history.unlabel_now("good")
        hoard.history.label_now("good", 2)
        assert hoard.history.labels() == {"good": 2}

    def test_last_over_a_start(self, start):
        hoard = start()
        commit(hoard, f"{ROOM}/setpoint", "18.0", label="good")
        hoard.close()
        assert start().history.labels() == {"good": 1}

    @pytest.mark.parametrize("name", ["", "7", "running", "a b", "x" * 65, "-a"])
    def test_are_words(self, hoard, name):
        commit(hoard, f"{ROOM}/setpoint", "18.0")
        with pytest.raises(BadInput, match="a label is a letter"):
            hoard.history.label_now(name, 1)

    def test_of_a_revision_that_is_not_there_cannot_be(self, hoard):
        with pytest.raises(NotFound, match="revision 3 does not exist"):
            hoard.history.label_now("good", 3)

    def test_that_is_not_there_cannot_be_taken_away(self, hoard):
        with pytest.raises(NotFound, match="no label 'good'; there are: none"):
            hoard.history.unlabel_now("good")


class TestDiff:
    def test_of_any_two_revisions_goes_both_ways(self, hoard):
        commit(hoard, f"{ROOM}/setpoint", "18.0")
        commit(hoard, f"{PUMP}/mode", "on")
        commit(hoard, f"{ROOM}/setpoint", "19.0")
        there = hoard.history.diff(1, 3)
        assert apply(hoard.root_at(1), there.edits, 1) == hoard.running
        back = hoard.history.diff(3, 1)
        assert apply(hoard.running, back.edits, 1) == hoard.root_at(1)
        assert not hoard.history.diff(2, 2)

    def test_can_be_of_a_subtree(self, hoard):
        commit(hoard, f"{ROOM}/setpoint", "18.0")
        commit(hoard, f"{PUMP}/mode", "on")
        assert "setpoint" not in hoard.history.diff(0, path=path(hoard, PUMP)).text()
        only = hoard.history.diff(0, path=path(hoard, f"{ROOM}/setpoint"))
        assert [str(change.path) for change in only.changes] == [f"{ROOM}/setpoint"]

    def test_of_datastores_names_them(self, hoard):
        commit(hoard, f"{ROOM}/setpoint", "18.0")
        assert "+     setpoint 18.0" in hoard.history.diff("startup", "running").text()
        hoard.upkeep.keeper.flush()
        assert not hoard.history.diff("persist", "running")
        hoard.publish("cellar", {"cellar:house": {"room": {"results": {"latest": "17.5"}}}})
        assert "latest 17.5" in hoard.history.diff("running", "operational").text()

    def test_of_a_candidate_takes_its_root(self, hoard):
        candidate = hoard.candidates.create("me")
        hoard.candidates.edit(candidate.id, [edit(hoard, "merge", f"{ROOM}/setpoint", "18.0")])
        assert "setpoint 18.0" in hoard.history.diff("running", candidate.root).text()


STEPS = st.lists(
    st.sampled_from(
        [
            (f"{ROOM}/setpoint", "18.0"),
            (f"{ROOM}/setpoint", "19.0"),
            (f"{ROOM}/setpoint", None),
            (f"{ROOM}/probe[id='a']", {"id": "a", "offset": "1.0"}),
            (f"{ROOM}/probe[id='a']/offset", "2.0"),
            (f"{ROOM}/probe[id='a']/offset", None),
            (f"{ROOM}/probe[id='a']", None),
            (f"{ROOM}/probe[id='b']", {"id": "b"}),
            (ROOM, None),
            ("/cellar:house/lamp", {}),
            ("/cellar:house/lamp/watts", 40),
            ("/cellar:house/lamp/watts", None),
            ("/cellar:house/lamp", None),
            ("/cellar:bottle[name='x']", {"name": "x", "cork": "oak"}),
            ("/cellar:bottle[name='x']/cap", "red"),
            ("/cellar:bottle[name='x']/year", 1999),
            ("/cellar:bottle[name='x']/year", None),
            ("/cellar:bottle[name='x']", None),
            ("/cellar:menu[.='soup']", None),
            ("/cellar:menu", ["soup", "bread"]),
            ("/cellar:menu", ["wine"]),
        ]
    ),
    min_size=1,
    max_size=12,
)


def committed(hoard, steps):
    for place, raw in steps:
        try:
            commit(hoard, place, raw)
        except (Conflict, Invalid):
            continue


@given(steps=STEPS, data=st.data())
@settings(max_examples=60, deadline=None)
def test_what_records_alone_tell_is_what_the_states_tell(tmp_path_factory, steps, data):
    from cellar import YANG  # noqa: PLC0415 - beside the tests

    with Hoard.open(tmp_path_factory.mktemp("h"), yang=[YANG], modules=["cellar"]) as hoard:
        committed(hoard, steps)
        there = states(hoard)
        numbers = st.integers(0, hoard.revision)
        old, new = data.draw(numbers), data.draw(numbers)
        low, high = sorted((old, new))
        before, after = hoard.roots.pair(old, new)
        expected = {str(one.path): one for one in spread(diff(there[old], there[new]))}
        found = {str(one.path): one for one in spread(diff(before, after))}
        assert found.keys() == expected.keys()
        for name, one in found.items():
            assert (one.kind, one.old, one.new) == (
                expected[name].kind,
                expected[name].old,
                expected[name].new,
            )
        assert apply(there[old], hoard.history.diff(old, new).edits, 1) == there[new]
        for number in range(low + 1, high + 1):
            detail = hoard.history.get(number)
            assert apply(there[number - 1], detail.difference.edits, 1) == there[number]


class TestRootAt:
    def test_a_revision_is_the_state_it_was(self, start):
        hoard = start()
        for n in range(12):
            commit(hoard, f"{ROOM}/setpoint", f"{n}.0")
        hoard.close()  # with a snapshot
        hoard = start()
        for n in range(12, 20):
            commit(hoard, f"{ROOM}/setpoint", f"{n}.0")
        for revision in (20, 13, 12, 11, 3, 4, 1):
            assert value(hoard, f"{ROOM}/setpoint", hoard.root_at(revision)) == f"{revision - 1}.0"
        assert hoard.root_at(0) == Branch(hoard.schema.root, {})


class TestRollback:
    def test_is_a_commit_of_its_own_that_names_the_revision(self, hoard):
        commit(hoard, f"{ROOM}/setpoint", "18.0", label="good")
        commit(hoard, f"{ROOM}/setpoint", "19.0")
        commit(hoard, f"{PUMP}/mode", "on")
        done = hoard.history.rollback_now("good", author="ann")
        assert (done.revision, done.author, done.comment) == (4, "ann", "rollback to revision 1 (good)")
        assert hoard.running == hoard.root_at(1)
        assert hoard.history.rollback_now(3, author="ann", comment="no").comment == "no"
        assert value(hoard, f"{PUMP}/mode") == "on"

    def test_dry_run_gives_the_difference_and_changes_nothing(self, hoard):
        commit(hoard, f"{ROOM}/setpoint", "18.0")
        commit(hoard, f"{ROOM}/setpoint", "19.0")
        assert hoard.history.try_rollback(1).text() == (
            "  cellar:house\n    room\n-     setpoint 19.0\n+     setpoint 18.0\n"
        )
        assert hoard.revision == 2

    def test_to_where_it_is_makes_no_revision(self, hoard):
        commit(hoard, f"{ROOM}/setpoint", "18.0")
        assert hoard.history.rollback_now(1, author="me").changes == ()
        assert hoard.revision == 1

    def test_runs_in_a_loop(self, hoard):
        async def main():
            await hoard.commit([edit(hoard, "merge", f"{ROOM}/setpoint", "18.0")], author="me", label="one")
            await hoard.commit([edit(hoard, "merge", f"{ROOM}/setpoint", "19.0")], author="me")
            await hoard.history.label("two", 2)
            return await hoard.history.rollback("one", author="me"), await hoard.history.undo(3, author="me")

        back, forth = asyncio.run(main())
        assert (back.revision, forth.revision) == (3, 4)
        assert value(hoard, f"{ROOM}/setpoint") == "19.0"


class TestUndo:
    def test_takes_back_one_revision_and_leaves_the_later_ones(self, hoard):
        commit(hoard, f"{ROOM}/setpoint", "18.0")
        commit(hoard, f"{ROOM}/setpoint", "19.0")
        commit(hoard, f"{PUMP}/mode", "on")
        assert hoard.history.try_undo(2).text().splitlines()[-1] == "+     setpoint 18.0"
        done = hoard.history.undo_now(2, author="ann")
        assert (done.revision, done.comment) == (4, "undo of revision 2")
        assert value(hoard, f"{ROOM}/setpoint") == "18.0"
        assert value(hoard, f"{PUMP}/mode") == "on"

    def test_of_what_was_changed_again_is_refused_naming_node_author_and_time(self, start):
        hoard = start(now=lambda: NOON)
        commit(hoard, f"{ROOM}/setpoint", "18.0", "ann")
        commit(hoard, f"{ROOM}/setpoint", "19.0", "bob")
        with pytest.raises(Conflict) as error:
            hoard.history.undo_now(1, author="ann")
        (fault,) = error.value.faults
        assert (fault.tag, fault.path) == ("in-use", f"{ROOM}/setpoint")
        assert fault.message == "changed meanwhile by bob at 2026-11-21T12:00:00.000000Z (revision 2)"
        assert hoard.revision == 2

    def test_of_what_was_changed_and_changed_back_is_fine(self, hoard):
        commit(hoard, f"{ROOM}/setpoint", "18.0")
        commit(hoard, f"{ROOM}/setpoint", "19.0")
        commit(hoard, f"{ROOM}/setpoint", "18.0")
        hoard.history.undo_now(1, author="me")
        assert value(hoard, f"{ROOM}/setpoint") is None

    def test_must_leave_valid_data(self, hoard):
        commit(hoard, f"{ROOM}/probe[id='a']", {"id": "a"})
        commit(hoard, f"{PUMP}/sensor", "a")
        with pytest.raises(Invalid):
            hoard.history.undo_now(1, author="me")
        hoard.history.undo_now(2, author="me")
        hoard.history.undo_now(1, author="me")
        assert hoard.running == hoard.root_at(0)

    def test_of_what_never_was_is_told(self, hoard):
        with pytest.raises(NotFound, match="revision 1 does not exist"):
            hoard.history.undo_now(1, author="me")


@given(steps=STEPS)
@settings(max_examples=40, deadline=None)
def test_undo_of_the_last_revision_is_exact(tmp_path_factory, steps):
    from cellar import YANG  # noqa: PLC0415 - beside the tests

    with Hoard.open(tmp_path_factory.mktemp("h"), yang=[YANG], modules=["cellar"]) as hoard:
        committed(hoard, steps)
        if hoard.revision:
            before = hoard.root_at(hoard.revision - 1)
            hoard.history.undo_now(hoard.revision, author="me")
            root = hoard.schema.root
            assert to_json(root, hoard.running) == to_json(root, before)
            assert hoard.history.diff(before, "running").edits == ()


def test_root_of_a_list_is_its_own_point(hoard):
    commit(hoard, "/cellar:menu", ["soup"])
    assert hoard.history.root_of(hoard.running) is hoard.running
    assert hoard.history.root_of("running") is hoard.running
    assert hoard.history.root_of("intended") is hoard.intended is hoard.running
    assert hoard.history.diff(0, 1, Path.ROOT)
