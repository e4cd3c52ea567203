"""Followers get each commit below their path in order, once, and go on where they stopped."""

import asyncio
from collections.abc import Callable

import pytest
from cellar import commit, edit

from pyconfhoard.errors import NotFound
from pyconfhoard.hoard import Hoard
from pyconfhoard.hoard.feed import Event, feed
from pyconfhoard.tree import Branch, apply, get, parse_path


async def take(hoard: Hoard, path: str, count: int, after: int | None) -> list[Event]:
    found: list[Event] = []
    events = feed(hoard, parse_path(hoard.schema, path), after=after)
    async with asyncio.timeout(20):
        async for event in events:
            found.append(event)
            if len(found) == count:
                break
    await events.aclose()
    return found


def told(hoard: Hoard, path: str, count: int, after: int = 0) -> list[Event]:
    return asyncio.run(take(hoard, path, count, after))


def test_a_follower_gets_what_is_below_its_path(hoard: Hoard) -> None:
    commit(hoard, "/", {"cellar:menu": ["tea"]})
    commit(hoard, "/cellar:house/room", {"setpoint": "11.0", "low": "9.0"}, author="eve", comment="cold")
    commit(hoard, "/cellar:house/pump", {"mode": "on"})
    commit(hoard, "/cellar:house/room/setpoint", "13.0")
    first, second = told(hoard, "/cellar:house/room", 2)
    assert (first.revision, first.author, first.comment) == (2, "eve", "cold")
    assert (second.revision, [str(edit.path) for edit in second.edits]) == (
        4,
        ["/cellar:house/room/setpoint"],
    )


def test_what_happens_above_is_told_as_what_it_does_there(hoard: Hoard) -> None:
    commit(hoard, "/cellar:house", {"room": {"low": "9.0"}, "pump": {"mode": "on"}})
    commit(hoard, "/cellar:house")
    made, gone = told(hoard, "/cellar:house/pump/mode", 2)
    assert [(edit.operation, edit.value) for edit in (*made.edits, *gone.edits)] == [
        ("replace", "on"),
        ("remove", None),
    ]


def test_a_follower_goes_on_after_a_restart(start: Callable[..., Hoard]) -> None:
    hoard = start()
    commit(hoard, "/cellar:menu", ["a"])
    (first,) = told(hoard, "/", 1)
    commit(hoard, "/cellar:menu", ["b"])
    hoard.close()
    hoard = start()
    commit(hoard, "/cellar:menu", ["c"])
    assert [event.revision for event in told(hoard, "/", 2, after=first.revision)] == [2, 3]


def test_all_events_together_lead_to_what_there_is(hoard: Hoard) -> None:
    for number in range(150):
        commit(
            hoard, f"/cellar:bottle[name='{number % 7}']", {"name": str(number % 7), "year": 1900 + number}
        )
        if number % 5 == 0:
            commit(hoard, f"/cellar:bottle[name='{number % 7}']")
    root = Branch(hoard.schema.root, {})
    for event in told(hoard, "/", hoard.revision):
        root = apply(root, event.edits, event.revision)
    assert root == hoard.running


def test_a_follower_is_woken_by_a_commit(hoard: Hoard) -> None:
    async def follow() -> list[int]:
        seen: list[int] = []
        events = feed(hoard, parse_path(hoard.schema, "/cellar:menu"))
        following = asyncio.create_task(anext(events))
        for number in range(3):
            edits = [edit(hoard, "merge", "/cellar:menu", [str(number)])]
            await hoard.commit(edits, author="me")
            async with asyncio.timeout(20):
                seen.append((await following).revision)
            following = asyncio.create_task(anext(events))
        following.cancel()
        return seen

    assert asyncio.run(follow()) == [1, 2, 3]


@pytest.mark.parametrize("after", [-1, 7])
def test_who_asks_for_what_is_not_there_is_told_what_is(hoard: Hoard, after: int) -> None:
    commit(hoard, "/cellar:menu", ["a"])
    with pytest.raises(NotFound, match="from revision 1 to 1"):
        told(hoard, "/", 1, after=after)


def test_who_stops_listening_is_forgotten(hoard: Hoard) -> None:
    commit(hoard, "/cellar:menu", ["a"])
    before = len(hoard._subscribers)
    told(hoard, "/", 1)
    assert len(hoard._subscribers) == before
    assert get(hoard.running, parse_path(hoard.schema, "/cellar:menu")) == ("a",)
