"""Private candidates: apart until their commit, merged when running has moved meanwhile."""

import asyncio

import pytest
from cellar import PUMP, ROOM, commit, edit, value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyconfhoard.errors import Conflict, Invalid, NotFound
from pyconfhoard.hoard.bridge import run_sync
from pyconfhoard.hoard.candidates import Candidates
from pyconfhoard.tree import Branch, Edit, apply, parse_path


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


def change(hoard, candidate, path, raw=None):
    hoard.candidates.edit(candidate.id, [edit(hoard, "remove" if raw is None else "merge", path, raw)])


def finish(hoard, candidate, **more):
    return run_sync(hoard.candidates.commit(candidate.id, **more))


class TestCandidate:
    def test_is_apart_until_its_commit(self, hoard):
        candidate = hoard.candidates.create("ann")
        change(hoard, candidate, f"{ROOM}/setpoint", "18.5")
        assert value(hoard, f"{ROOM}/setpoint") is None
        assert value(hoard, f"{ROOM}/setpoint", candidate.root) == "18.5"
        assert [str(one.path) for one in candidate.changes] == ["/cellar:house"]
        done = finish(hoard, candidate, comment="warm", source="cli")
        assert (done.revision, done.author, done.comment, done.source) == (1, "ann", "warm", "cli")
        assert value(hoard, f"{ROOM}/setpoint") == "18.5"

    def test_is_gone_after_its_commit(self, hoard):
        candidate = hoard.candidates.create("ann")
        finish(hoard, candidate)
        with pytest.raises(NotFound, match="no such candidate"):
            hoard.candidates.get(candidate.id)

    def test_stays_when_its_commit_fails(self, hoard):
        candidate = hoard.candidates.create("ann")
        change(hoard, candidate, f"{ROOM}/high", "1.0")
        with pytest.raises(Invalid):
            hoard.candidates.validate(candidate.id)
        with pytest.raises(Invalid):
            finish(hoard, candidate)
        change(hoard, candidate, f"{ROOM}/high", "30.0")
        assert hoard.candidates.validate(candidate.id)["cellar:house"]["room"]["high"] == 30
        assert finish(hoard, candidate).revision == 1

    def test_takes_all_edits_or_none(self, hoard):
        candidate = hoard.candidates.create("ann")
        with pytest.raises(Conflict):
            hoard.candidates.edit(
                candidate.id,
                [edit(hoard, "merge", f"{ROOM}/high", "1.0"), edit(hoard, "delete", f"{ROOM}/setpoint")],
            )
        assert candidate.changes == ()

    def test_is_its_authors_only(self, hoard):
        candidate = hoard.candidates.create("ann")
        assert hoard.candidates.get(candidate.id, "ann") is candidate
        with pytest.raises(NotFound):
            hoard.candidates.get(candidate.id, "bob")

    def test_can_be_discarded(self, hoard):
        candidate = hoard.candidates.create("ann")
        hoard.candidates.discard_now(candidate.id)
        with pytest.raises(NotFound):
            hoard.candidates.discard_now(candidate.id)

    def test_expires_when_nobody_touches_it(self, hoard):
        clock = Clock()
        candidates = Candidates(hoard, idle=60, monotonic=clock)
        touched, idle = candidates.create("ann"), candidates.create("ann")
        clock.now += 59
        candidates.get(touched.id)
        clock.now += 2
        assert len(candidates) == 1
        candidates.get(touched.id)
        with pytest.raises(NotFound, match="untouched for 60 s"):
            candidates.get(idle.id)

    def test_ids_cannot_be_guessed(self, hoard):
        ids = {hoard.candidates.create("ann").id for _ in range(100)}
        assert len(ids) == 100
        assert min(map(len, ids)) >= 20

    def test_idle_longest_goes_when_there_are_too_many(self, hoard):
        clock = Clock()
        candidates = Candidates(hoard, monotonic=clock)
        first = candidates.create("ann")
        clock.now += 1
        for _ in range(1000):
            candidates.create("ann")
        assert len(candidates) == 1000
        with pytest.raises(NotFound):
            candidates.get(first.id)


BOTTLE = "/cellar:bottle[name='a']"


class TestMerge:
    """``mine`` against ``theirs``, both changes of one base."""

    BASE = (
        (ROOM, {"setpoint": "12.5", "high": "30.0"}),
        ("/cellar:bottle", [{"name": "a", "year": 1}, {"name": "b", "cap": "tin"}]),
        ("/cellar:menu", ["soup", "fish", "cake"]),
    )

    @pytest.fixture
    def race(self, hoard):
        for path, raw in self.BASE:
            commit(hoard, path, raw)

        def race(mine, theirs):
            candidate = hoard.candidates.create("me")
            for one in mine:
                hoard.candidates.edit(candidate.id, [edit(hoard, *one) if isinstance(one, tuple) else one])
            hoard.commit_now(
                [edit(hoard, *one) if isinstance(one, tuple) else one for one in theirs], author="ann"
            )
            return finish(hoard, candidate)

        return race

    @pytest.mark.parametrize(
        ("mine", "theirs"),
        [
            (("merge", f"{ROOM}/setpoint", "1.0"), ("merge", f"{ROOM}/high", "40.0")),
            (("merge", f"{PUMP}/mode", "on"), ("merge", PUMP, {"sensor": None})),
            (("merge", f"{BOTTLE}/year", 2), ("remove", "/cellar:bottle[name='b']", None)),
            (
                ("merge", "/cellar:bottle[name='c']", {"name": "c"}),
                ("merge", "/cellar:bottle[name='d']", {"name": "d"}),
            ),
            (("remove", f"{ROOM}/setpoint", None), ("remove", f"{ROOM}/setpoint", None)),
            (("merge", f"{ROOM}/setpoint", "1.0"), ("merge", f"{ROOM}/setpoint", "1.0")),
            (("merge", BOTTLE, {"name": "a", "cork": "x"}), ("merge", f"{BOTTLE}/year", 3)),
        ],
    )
    def test_of_what_does_not_conflict_has_both(self, hoard, race, mine, theirs):
        if theirs[2] == {"sensor": None}:
            theirs = ("merge", "/cellar:house/lamp", {"watts": 4})
        base = hoard.running
        race([mine], [theirs])
        both = apply(base, [edit(hoard, *theirs), edit(hoard, *mine)], 99)
        assert hoard.running == both

    @pytest.mark.parametrize(
        ("mine", "theirs", "path"),
        [
            (("merge", f"{ROOM}/setpoint", "1.0"), ("merge", f"{ROOM}/setpoint", "2.0"), f"{ROOM}/setpoint"),
            (("merge", f"{ROOM}/setpoint", "1.0"), ("remove", f"{ROOM}/setpoint", None), f"{ROOM}/setpoint"),
            (("merge", f"{BOTTLE}/year", 2), ("remove", BOTTLE, None), f"{BOTTLE}/year"),
            (("remove", BOTTLE, None), ("merge", f"{BOTTLE}/year", 2), f"{BOTTLE}/year"),
            (
                ("merge", "/cellar:bottle[name='c']", {"name": "c", "year": 1}),
                ("merge", "/cellar:bottle[name='c']", {"name": "c", "year": 2}),
                "/cellar:bottle[name='c']",
            ),
            (("merge", f"{BOTTLE}/cork", "x"), ("merge", f"{BOTTLE}/cap", "y"), f"{BOTTLE}/cork"),
            (
                ("merge", "/cellar:house/lamp", {"watts": 3}),
                ("merge", "/cellar:house/lamp", {}),
                "/cellar:house/lamp",
            ),
        ],
    )
    def test_of_a_conflict_is_refused_naming_node_author_and_revision(self, hoard, race, mine, theirs, path):
        before = hoard.revision
        with pytest.raises(Conflict) as error:
            race([mine], [theirs])
        fault = error.value.faults[0]
        assert (fault.tag, fault.path) == ("in-use", path)
        assert " by ann at 20" in fault.message
        assert f"(revision {before + 1})" in fault.message

    def test_of_two_orders_of_one_list_is_refused(self, hoard, race):
        def move(name, where):
            path = parse_path(hoard.schema, f"/cellar:menu[.='{name}']")
            return Edit("move", path, None, where)

        with pytest.raises(Conflict, match="menu"):
            race([move("cake", "first")], [move("fish", "first")])

    def test_of_an_entry_behind_one_that_is_gone_is_refused(self, hoard, race):
        with pytest.raises(Conflict, match="changed meanwhile by ann") as error:
            race([("merge", "/cellar:menu", ["cheese"])], [("remove", "/cellar:menu[.='cake']")])
        assert error.value.faults[0].path == "/cellar:menu[.='cheese']"
        race([("remove", "/cellar:menu[.='fish']")], [("merge", "/cellar:menu", ["cheese"])])
        assert value(hoard, "/cellar:menu") == ["soup", "cheese"]

    def test_is_validated_again(self, hoard, race):
        with pytest.raises(Invalid, match="high must not be below low"):
            race([("merge", f"{ROOM}/high", "20.0")], [("merge", f"{ROOM}/low", "25.0")])

    def test_of_what_came_to_the_same_adds_nothing(self, hoard, race):
        done = race([("merge", f"{ROOM}/setpoint", "1.0")], [("merge", f"{ROOM}/setpoint", "1.0")])
        assert done.changes == ()
        assert hoard.revision == 4


LEAVES = [f"{ROOM}/setpoint", f"{ROOM}/low", f"{PUMP}/mode", "/cellar:house/lamp", "/cellar:menu", BOTTLE]
RAWS = {
    f"{ROOM}/setpoint": ["1.0", "2.0", None],
    f"{ROOM}/low": ["1.0", "2.0", None],
    f"{PUMP}/mode": ["on", "auto", None],
    "/cellar:house/lamp": [{}, {"watts": 1}, None],
    "/cellar:menu": [["a"], ["a", "b"], None],
    BOTTLE: [{"name": "a", "year": 1}, {"name": "a", "cap": "c"}, {"name": "a", "cork": "k"}, None],
}
CHANGES = st.lists(st.sampled_from([(path, raw) for path in LEAVES for raw in RAWS[path]]), max_size=4)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(base=CHANGES, mine=CHANGES, theirs=CHANGES)
def test_merge_of_changes_to_different_places_is_both_in_any_order(hoard, base, mine, theirs):
    for path in LEAVES:
        commit(hoard, path)
    for path, raw in base:
        commit(hoard, path, raw)
    start: Branch = hoard.running
    candidate = hoard.candidates.create("me")
    for path, raw in mine:
        change(hoard, candidate, path, raw)
    for path, raw in theirs:
        commit(hoard, path, raw)
    touched = {path for path, _ in mine} & {path for path, _ in theirs}
    try:
        finish(hoard, candidate)
    except Conflict:
        assert touched, "a conflict although nothing was touched by both"
    else:
        if not touched:
            wanted = start
            for path, raw in (*theirs, *mine):
                wanted = apply(wanted, [edit(hoard, "remove" if raw is None else "merge", path, raw)], 99)
            assert hoard.running == wanted
    assert hoard.root_at(0).members == {}


class Undecided:
    """A linked Thing that votes when it is told to."""

    def __init__(self):
        self.asked, self.answer = asyncio.Event(), asyncio.Event()

    async def prepare(self, revision, changes):
        self.asked.set()
        await self.answer.wait()
        return ""

    def abort(self, revision):
        """Nothing was prepared."""


class TestCommitUnderWay:
    """While the Things vote."""

    @pytest.fixture
    def voted(self, start):
        hoard = start(vote_timeout=30)
        hoard.register_now("Room", "cellar", "/house/room")
        return hoard

    def test_takes_no_edits_that_would_be_lost(self, voted):
        async def work():
            thing = Undecided()
            voted.link("Room", thing)
            candidate = voted.candidates.create("ann")
            change(voted, candidate, f"{ROOM}/setpoint", "18.5")
            commit = asyncio.ensure_future(voted.candidates.commit(candidate.id))
            await thing.asked.wait()
            with pytest.raises(Conflict, match="being committed"):
                change(voted, candidate, f"{ROOM}/low", "1.0")
            for late in (voted.candidates.discard, voted.candidates.update, voted.candidates.commit):
                with pytest.raises(Conflict, match="being committed"):
                    await late(candidate.id)
            thing.answer.set()
            return await commit

        assert asyncio.run(work()).revision == 1
        assert value(voted, ROOM) == {"setpoint": "18.5"}

    def test_is_finished_when_its_client_hangs_up(self, voted):
        async def work():
            thing = Undecided()
            voted.link("Room", thing)
            candidate = voted.candidates.create("ann")
            change(voted, candidate, f"{ROOM}/setpoint", "18.5")
            commit = asyncio.ensure_future(voted.candidates.commit(candidate.id))
            await thing.asked.wait()
            commit.cancel()
            with pytest.raises(asyncio.CancelledError):
                await commit
            thing.answer.set()
            other = [edit(voted, "merge", f"{PUMP}/mode", "on")]
            return await voted.commit(other, author="bob"), len(voted.candidates)

        after, left = asyncio.run(work())
        assert (after.revision, left) == (2, 0)
        assert value(voted, f"{ROOM}/setpoint") == "18.5"


def test_candidates_commit_in_a_loop(hoard):
    async def main():
        candidates = [hoard.candidates.create(str(n)) for n in range(5)]
        for n, candidate in enumerate(candidates):
            change(hoard, candidate, f"/cellar:bottle[name='{n}']", {"name": str(n)})
        return await asyncio.gather(*(hoard.candidates.commit(one.id) for one in candidates))

    assert sorted(done.revision for done in asyncio.run(main())) == [1, 2, 3, 4, 5]
    assert len(hoard.running["cellar:bottle"]) == 5


class TestPasswords:
    """One that is to be hashed is not kept in a candidate as it came."""

    USER = "/ietf-system:system/authentication/user[name='ann']"
    PASSWORD = f"{USER}/password"

    @pytest.fixture
    def hoard(self, start):
        return start(modules=["cellar", "ietf-system"])

    def test_are_hashed_when_they_come(self, hoard):
        candidate = hoard.candidates.create("ann")
        change(hoard, candidate, self.USER, {"name": "ann", "password": "$0$word"})
        stored = value(hoard, self.PASSWORD, candidate.root)
        assert stored.startswith("$6$")
        finish(hoard, candidate)
        assert value(hoard, self.PASSWORD) == stored

    def test_are_hashed_beside_the_loop_and_what_came_meanwhile_stays(self, hoard):
        candidate = hoard.candidates.create("ann")
        given = edit(hoard, "merge", self.USER, {"name": "ann", "password": "$0$word"})
        before = []

        def edits(root):
            before.append(value(hoard, f"{ROOM}/setpoint", root))
            return (given,)

        async def main():
            writing = asyncio.ensure_future(hoard.candidates.write(candidate.id, edits))
            await asyncio.sleep(0)
            change(hoard, candidate, f"{ROOM}/setpoint", "18.5")
            await writing

        asyncio.run(main())
        assert before[-1] == value(hoard, f"{ROOM}/setpoint", candidate.root) == "18.5"
        assert value(hoard, self.PASSWORD, candidate.root).startswith("$6$")

    def test_edits_that_can_be_had_only_once_are_enough(self, hoard):
        candidate = hoard.candidates.create("ann")
        given = edit(hoard, "merge", self.USER, {"name": "ann", "password": "$0$word"})

        async def main():
            before, tried = await hoard.candidates.rehearse(candidate.id, iter([given]))
            assert before is hoard.running
            written = await hoard.candidates.write(candidate.id, iter([given]))
            return tried, written.root

        for root in asyncio.run(main()):
            assert value(hoard, self.PASSWORD, root).startswith("$6$")
