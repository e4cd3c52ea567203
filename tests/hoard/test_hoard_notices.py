"""Notices come in their order, are judged by the model, and can be read on from any position."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cellar import commit, edit
from hypothesis import given
from hypothesis import strategies as st

from pyconfhoard.errors import BadInput, Invalid, NotFound
from pyconfhoard.hoard import Hoard
from pyconfhoard.hoard.notices import Notice, Notices, Position
from pyconfhoard.hoard.notices_change import CHANGE, LISTED, _above
from pyconfhoard.hoard.notices_follow import STREAMS, Follower, Mark
from pyconfhoard.tree import Edit, parse_path, to_json

MODULES = ["cellar", "bell", "ietf-netconf-notifications"]
ALL, CHANGES = STREAMS["NETCONF"], STREAMS["config-changes"]
BELLS = {"bell": [{"name": "maria", "weight": 900}]}


@pytest.fixture
def hoard(start: Callable[..., Hoard]) -> Hoard:
    hoard = start(modules=MODULES)
    commit(hoard, "/bell:tower", BELLS, author="eve")
    return hoard


def told(notice: Any) -> Any:
    return to_json(notice.node, notice.branch)


def take(follower: Follower, count: int) -> list[Any]:
    async def work() -> list[Any]:
        found: list[Any] = []
        async with asyncio.timeout(20):
            while len(found) < count and not follower.ended:
                found.extend(await follower.more(20))
        return found

    return asyncio.run(work())


class TestPublishing:
    def test_gives_a_notice_with_its_members(self, hoard: Hoard) -> None:
        notice = Notices(hoard).publish("bell:rung", {"bell": "maria", "times": 3})
        assert notice.node.qname == "bell:rung"
        assert told(notice) == {"bell": "maria", "times": 3}

    def test_in_a_data_node_is_about_an_instance(self, hoard: Hoard) -> None:
        place = "/bell:tower/bell[name='maria']"
        notice = Notices(hoard).publish("bell:cracked", {"depth": 2}, place)
        assert (str(notice.at), told(notice)) == (place, {"depth": 2})

    @pytest.mark.parametrize(
        ("name", "data", "at", "error"),
        [
            ("bell:song", {}, "", NotFound),
            ("bell:cracked", {"depth": 2}, "", NotFound),
            ("bell:rung", {}, "/bell:tower", NotFound),
            ("bell:rung", {"times": 300}, "", BadInput),
            ("bell:rung", {"volume": 3}, "", BadInput),
            ("bell:rung", {"bell": "peter"}, "", Invalid),
            ("bell:rung", {"times": 10}, "", Invalid),
            ("bell:cracked", {}, "/bell:tower/bell[name='maria']", Invalid),
            ("bell:cracked", {"depth": 1}, "/bell:tower/bell", BadInput),
            ("bell:cracked", {"depth": 1}, "/bell:tower/bell[name='peter']", NotFound),
        ],
    )
    def test_is_judged_by_the_model(
        self, hoard: Hoard, name: str, data: Any, at: str, error: type[Exception]
    ) -> None:
        notices = Notices(hoard)
        before = notices.position
        with pytest.raises(error):
            notices.publish(name, data, at)
        assert notices.position == before


class TestChanges:
    def test_tell_who_and_what(self, hoard: Hoard) -> None:
        notices = Notices(hoard)
        commit(hoard, "/cellar:house/room", {"setpoint": "13.0"}, author="eve")
        commit(hoard, "/cellar:house/room/setpoint", author="adam")
        made, gone = map(told, notices.after(Position(1)) or ())
        assert made == {
            "changed-by": {"username": "eve", "session-id": 0},
            "datastore": "running",
            "edit": [{"target": "/cellar:house", "operation": "create"}],
        }
        assert gone["changed-by"]["username"] == "adam"
        assert gone["edit"] == [{"target": "/cellar:house", "operation": "delete"}]

    def test_of_the_hoard_itself_are_by_the_server(self, hoard: Hoard) -> None:
        notices = Notices(hoard)
        commit(hoard, "/cellar:menu", ["tea"], author="file")
        (notice,) = notices.after(Position(1)) or ()
        assert told(notice)["changed-by"] == {"server": [None]}

    def test_are_told_by_the_journal_as_they_were_told_live(self, start: Callable[..., Hoard]) -> None:
        hoard = start(modules=MODULES)
        notices = Notices(hoard)
        commit(hoard, "/bell:tower", BELLS, author="eve")
        commit(hoard, "/cellar:menu", ["tea", "wine"])
        commit(hoard, "/bell:tower/bell", [{"name": "peter", "weight": 3}, {"name": "maria", "weight": 8}])
        commit(hoard, "/bell:tower/bell[name='maria']", author="adam")
        hoard.commit_now(
            [Edit("move", parse_path(hoard.schema, "/cellar:menu[.='wine']"), where="first")], author="me"
        )
        live = [(told(one), one.time, one.position) for one in notices.after(Position(0)) or ()]
        again = Notices(hoard).older(Position(0), 10)[1]
        assert [(told(one), one.time, one.position) for one in again] == live

    def test_of_more_than_can_be_listed_name_the_node_above(self, hoard: Hoard) -> None:
        notices = Notices(hoard)
        bells = [{"name": f"b{number}"} for number in range(LISTED + 5)]
        commit(hoard, "/bell:tower/bell", bells)
        (notice,) = notices.after(Position(1)) or ()
        assert told(notice)["edit"] == [{"target": "/bell:tower", "operation": "merge"}]
        (again,) = Notices(hoard).older(Position(1), 10)[1]
        assert told(again) == told(notice)

    def test_nothing_is_told_where_the_model_has_no_such_notification(
        self, start: Callable[..., Hoard]
    ) -> None:
        hoard = start()
        assert CHANGE not in hoard.schema.notifications
        notices = Notices(hoard)
        commit(hoard, "/cellar:menu", ["tea"])
        assert notices.after(Position(0)) == ()


@pytest.mark.parametrize(
    ("first", "last", "above"),
    [
        ("/a:b/c", "/a:b/d", "/a:b"),
        ("/a:b/c", "/a:b/c/d", "/a:b/c"),
        ("/a:b/c/d", "/a:b/c", "/a:b/c"),
        ("/a:b/cc", "/a:b/cd", "/a:b"),
        ("/a:b[k='x/y']/c", "/a:b[k='x/z']", "/"),
        ("/a:b/l[k='x/y']/c", "/a:b/l[k='x/z']", "/a:b"),
        ("/a:b/l[k='1']/c", "/a:b/l[k='1']/d", "/a:b/l[k='1']"),
        ("/a:b", "/c:d", "/"),
    ],
)
def test_the_node_above_two_paths_is_the_closest(first: str, last: str, above: str) -> None:
    assert _above(first, last) == above


class TestPositions:
    @given(st.tuples(st.integers(0), st.integers(0)), st.tuples(st.integers(0), st.integers(0)))
    def test_are_read_as_written_and_keep_their_order(
        self, one: tuple[int, int], other: tuple[int, int]
    ) -> None:
        first, second = Position(*one), Position(*other)
        if len(str(first)) <= 40:
            assert Position.parse(str(first)) == first
        assert (first < second) is (one < other)

    @pytest.mark.parametrize("text", ["", "1", "1.", ".1", "-1.0", "1.0.0", "1.x", "²1.0", "1" * 50 + ".0"])
    def test_that_are_none_are_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match="no position"):
            Position.parse(text)

    def test_grow_also_within_a_revision_and_over_a_restart(self, start: Callable[..., Hoard]) -> None:
        hoard = start(modules=MODULES)
        notices = Notices(hoard)
        found = [notices.publish("bell:silence", None).position for _ in range(50)]
        hoard.close()
        hoard = start(modules=MODULES)
        found.append(Notices(hoard).publish("bell:silence", None).position)
        assert found == sorted(set(found))


class TestFollowing:
    def test_gives_both_kinds_in_order(self, hoard: Hoard) -> None:
        notices = Notices(hoard)
        follower = Follower(notices, ALL)
        notices.publish("bell:silence", None)
        commit(hoard, "/cellar:menu", ["tea"])
        notices.publish("bell:rung", {"times": 1})
        names = [notice.node.name for notice in take(follower, 3)]
        assert names == ["silence", "netconf-config-change", "rung"]

    def test_of_changes_gives_no_others(self, hoard: Hoard) -> None:
        notices = Notices(hoard)
        follower = Follower(notices, CHANGES)
        notices.publish("bell:silence", None)
        commit(hoard, "/cellar:menu", ["tea"])
        assert [notice.position for notice in take(follower, 1)] == [Position(2)]

    def test_goes_on_after_a_position(self, hoard: Hoard) -> None:
        notices = Notices(hoard)
        first = notices.publish("bell:silence", None)
        second = notices.publish("bell:rung", {"times": 1})
        commit(hoard, "/cellar:menu", ["tea"])
        found = take(Follower(notices, ALL, after=first.position), 2)
        assert [one.position for one in found] == [second.position, Position(2)]

    def test_goes_on_after_a_restart(self, start: Callable[..., Hoard]) -> None:
        hoard = start(modules=MODULES)
        for number in range(150):
            commit(hoard, "/cellar:menu", [str(number)])
        hoard.close()
        hoard = start(modules=MODULES)
        notices = Notices(hoard)
        commit(hoard, "/cellar:menu", ["tea"])
        found = take(Follower(notices, ALL, after=Position(20)), 131)
        assert [one.position.revision for one in found] == list(range(21, 152))

    def test_replays_what_was_told_since_a_time_and_says_so(self, hoard: Hoard) -> None:
        commit(hoard, "/cellar:menu", ["tea"])
        notices = Notices(hoard)
        commit(hoard, "/cellar:menu", ["wine"])
        since = next(iter(hoard.journal.records(1, 2))).time
        found = take(Follower(notices, CHANGES, start=since), 3)
        assert [getattr(one, "position", one) for one in found] == [Position(2), Position(3), Mark.REPLAYED]

    def test_ends_at_the_time_to_stop(self, hoard: Hoard) -> None:
        notices = Notices(hoard)
        commit(hoard, "/cellar:menu", ["tea"])
        now = hoard.now()
        follower = Follower(notices, ALL, start=now - timedelta(days=1), stop=now)
        commit(hoard, "/cellar:menu", ["wine"])
        found = take(follower, 9)
        assert [getattr(one, "position", one) for one in found] == [
            Position(1),
            Position(2),
            Mark.REPLAYED,
            Mark.ENDED,
        ]

    def test_ends_at_the_time_to_stop_when_nothing_comes(self, hoard: Hoard) -> None:
        notices = Notices(hoard)
        follower = Follower(notices, ALL, stop=hoard.now() + timedelta(milliseconds=30))
        assert take(follower, 9) == [Mark.ENDED]

    def test_gives_nothing_after_a_while_of_silence(self, hoard: Hoard) -> None:
        assert asyncio.run(Follower(Notices(hoard), ALL).more(0.01)) == ()

    def test_is_woken_by_what_comes(self, hoard: Hoard) -> None:
        async def work() -> list[str]:
            notices = Notices(hoard)
            follower = Follower(notices, ALL)
            waiting = asyncio.create_task(follower.more(20))
            await asyncio.sleep(0)
            await hoard.commit([edit(hoard, "merge", "/cellar:menu", ["tea"])], author="me")
            (found,) = await waiting
            assert isinstance(found, Notice)
            return [found.node.name]

        assert asyncio.run(work()) == ["netconf-config-change"]


class TestDurableNotices:
    """Those of a hoard that keeps them in a file."""

    @pytest.fixture
    def again(self, start: Callable[..., Hoard]) -> Callable[[], tuple[Hoard, Notices]]:
        def work() -> tuple[Hoard, Notices]:
            hoard = start(modules=MODULES)
            return hoard, Notices(hoard, kept=8, durable=True)

        return work

    def names(self, found: list[Any]) -> list[Any]:
        return [
            told(one).get("times", one.position.revision) if isinstance(one, Notice) else one for one in found
        ]

    def test_are_told_again_after_a_restart_among_the_changes(
        self, again: Callable[[], tuple[Hoard, Notices]]
    ) -> None:
        hoard, notices = again()
        commit(hoard, "/bell:tower", BELLS)
        first = notices.publish("bell:rung", {"times": 5})
        commit(hoard, "/cellar:menu", ["tea"])
        notices.publish("bell:rung", {"times": 6})
        notices.publish("bell:cracked", {"depth": 2}, "/bell:tower/bell[name='maria']")
        notices.close()
        hoard.close()
        hoard, notices = again()
        notices.publish("bell:rung", {"times": 7})
        found = take(Follower(notices, ALL, after=first.position), 4)
        assert self.names(found) == [2, 6, 2, 7]
        assert (found[2].node.name, str(found[2].at)) == ("cracked", "/bell:tower/bell[name='maria']")
        whole = take(Follower(notices, ALL, start=hoard.now() - timedelta(days=1)), 7)
        assert self.names(whole) == [1, 5, 2, 6, 2, 7, Mark.REPLAYED]
        changes = take(Follower(notices, CHANGES, after=Position(0)), 2)
        assert self.names(changes) == [1, 2]
        notices.close()

    def test_are_read_by_slow_followers(self, again: Callable[[], tuple[Hoard, Notices]]) -> None:
        _, notices = again()
        follower = Follower(notices, ALL)
        for times in range(1, 10):
            notices.publish("bell:rung", {"times": times})
        notices.close()
        assert self.names(take(follower, 9)) == list(range(1, 10))

    def test_are_as_many_as_are_kept(self, again: Callable[[], tuple[Hoard, Notices]]) -> None:
        hoard, notices = again()
        follower = Follower(notices, ALL)
        for times in range(100):
            notices.publish("bell:rung", {"times": times % 9})
        notices.close()
        lines = (hoard.folder / "run" / "notices.jsonl").read_text().splitlines()
        assert 8 <= len(lines) <= 17
        assert take(follower, 1) == [Mark.LAPSED]

    def test_that_are_damaged_are_passed_over(self, again: Callable[[], tuple[Hoard, Notices]]) -> None:
        hoard, notices = again()
        notices.publish("bell:rung", {"times": 1})
        notices.close()
        hoard.close()
        file = hoard.folder / "run" / "notices.jsonl"
        lines = [
            "[1]",
            "{}",
            '{"position": "x"}',
            '{"position": "0.5", "name": "bell:gone", "at": "", "data": {}}',
        ]
        file.write_text("\n".join([*lines, file.read_text(), '{"position": "0.']), encoding="utf-8")
        hoard, notices = again()
        notices.publish("bell:rung", {"times": 2})
        found = take(Follower(notices, ALL, after=Position(0)), 2)
        assert self.names(found) == [1, 2]
        notices.close()
        assert len(file.read_text().splitlines()) == 5
        assert file.stat().st_mode & 0o077 == 0

    def test_that_cannot_be_written_are_told_all_the_same(
        self, again: Callable[[], tuple[Hoard, Notices]], caplog: pytest.LogCaptureFixture
    ) -> None:
        hoard, notices = again()
        (hoard.folder / "run" / "notices.jsonl").mkdir()
        follower = Follower(notices, ALL)
        for times in (1, 2):
            notices.publish("bell:rung", {"times": times})
        notices.close()
        assert self.names(take(follower, 2)) == [1, 2]
        assert caplog.text.count("cannot be kept") == 1


class TestSlowFollowers:
    def test_of_changes_lose_nothing(self, hoard: Hoard) -> None:
        notices = Notices(hoard, kept=8)
        follower = Follower(notices, CHANGES)
        for number in range(40):
            commit(hoard, "/cellar:menu", [str(number)])
        found = take(follower, 40)
        assert [one.position.revision for one in found] == list(range(2, 42))

    def test_of_everything_are_told_that_they_lapsed(self, hoard: Hoard) -> None:
        notices = Notices(hoard, kept=8)
        follower = Follower(notices, ALL)
        for _ in range(40):
            notices.publish("bell:silence", None)
        assert take(follower, 9) == [Mark.LAPSED]

    def test_keep_no_more_than_is_said(self, hoard: Hoard) -> None:
        notices = Notices(hoard, kept=8)
        for _ in range(100):
            notices.publish("bell:silence", None)
        assert len(notices._listed) <= 8
