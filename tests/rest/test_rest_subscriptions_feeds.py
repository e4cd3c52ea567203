"""What feeds subscriptions, without a server: slow readers, state, access rules, changes of the model."""

import asyncio
import json
import random
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from pyconfhoard.access import ADMIN, Principal
from pyconfhoard.hoard import Hoard
from pyconfhoard.hoard.notices import Notices
from pyconfhoard.hoard.notices_follow import STREAMS
from pyconfhoard.tree import (
    Branch,
    Edit,
    Entries,
    apply,
    decode,
    node_at,
    parse_api_path,
    parse_path,
    to_json,
)
from pyconfhoard.tree import Path as Place
from rest.filters.select import WHOLE, pick, selection_of
from rest.subscriptions.feeds import Counts, StreamFeed
from rest.subscriptions.push import OnChangeFeed, PeriodicFeed
from rest.subscriptions.terms import OnChange, Periodic, Terms
from rest.subscriptions.view import Viewer

MODELS = Path(__file__).parent / "models"
T = TypeVar("T")
SUBSCRIBED = ("ietf-subscribed-notifications", "ietf-yang-push", "ietf-netconf-notifications")
OPERATIONAL = "ietf-datastores:operational"
RUNNING = "ietf-datastores:running"
BELL = "/belfry:tower/bell[name='maria']"
AT_ONCE = OnChange(0.0, False, frozenset())


@pytest.fixture
def hoard(tmp_path: Path) -> Iterator[Hoard]:
    features = {"ietf-subscribed-notifications": ("encode-json", "encode-xml", "replay", "subtree", "xpath")}
    modules = ["belfry", "ietf-netconf-acm", *SUBSCRIBED]
    with Hoard.open(tmp_path / "store", yang=[MODELS], modules=modules, features=features) as hoard:
        put(hoard, BELL, {"name": "maria", "weight": 900})
        asyncio.run(hoard.register("Ringer", "belfry", "/tower"))
        yield hoard


def put(hoard: Hoard, path: str, raw: Any) -> None:
    place = parse_path(hoard.schema, path)
    value = decode(node_at(hoard.schema, place), raw, place)
    hoard.commit_now([Edit("merge", place, value)], author="me")


def viewer(hoard: Hoard, principal: Principal = ADMIN, *, kept: int = 100) -> Viewer:
    return Viewer(Notices(hoard, kept=kept), principal, lambda: hoard.operational)


def on_change(
    hoard: Hoard, seen: Viewer, datastore: str, path: str, trigger: OnChange = AT_ONCE
) -> OnChangeFeed:
    selection = selection_of(path, hoard.schema) if path else (WHOLE,)
    terms = Terms("json", {}, datastore=datastore, selection=selection, trigger=trigger)
    return OnChangeFeed(1, terms, seen, Counts(), trigger)


def run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    async def timed() -> T:
        async with asyncio.timeout(20):
            return await work()

    return asyncio.run(timed())


def contents(events: tuple[bytes, ...]) -> list[Any]:
    texts = [
        line.removeprefix(b"data: ")
        for event in events
        for line in event.split(b"\n")
        if line[:5] == b"data:"
    ]
    return [json.loads(text)["ietf-restconf:notification"] for text in texts]


def edits(events: tuple[bytes, ...]) -> list[tuple[str, str, Any]]:
    (content,) = contents(events)
    patch = content["ietf-yang-push:push-change-update"]["datastore-changes"]["yang-patch"]
    return [(edit["operation"], edit["target"], edit.get("value")) for edit in patch["edit"]]


def test_a_slow_reader_is_told_what_it_missed(hoard: Hoard) -> None:
    async def work() -> list[Any]:
        seen = viewer(hoard, kept=8)
        terms = Terms("json", {}, stream=STREAMS["NETCONF"])
        feed = StreamFeed(1, terms, seen, Counts())
        for times in range(40):
            seen.notices.publish("belfry:rung", {"times": times % 9 + 1})
        told = contents(await feed.more(20))
        seen.notices.publish("belfry:rung", {"mood": "glad"})
        return told + contents(await feed.more(20))

    suspended, resumed, rung = run(work)
    assert suspended["ietf-subscribed-notifications:subscription-suspended"] == {
        "id": 1,
        "reason": "ietf-subscribed-notifications:unsupportable-volume",
    }
    assert resumed["ietf-subscribed-notifications:subscription-resumed"] == {"id": 1}
    assert rung["belfry:rung"] == {"mood": "glad"}


def test_changes_of_state_are_told_and_readings_of_the_same_value_are_not(hoard: Hoard) -> None:
    async def work() -> list[Any]:
        feed = on_change(hoard, viewer(hoard), OPERATIONAL, "/belfry:tower/weather")
        found = []
        for wind in (3, 3, 4):
            hoard.publish("Ringer", {"belfry:weather": {"wind": wind}})
            found.append(await feed.more(0.05))
        feed.close()
        return found

    first, same, other = run(work)
    ((operation, target, _),) = edits(first)
    assert (operation, target) == ("create", "/belfry:tower/weather")
    assert same == ()
    assert edits(other) == [("replace", "/belfry:tower/weather/wind", {"belfry:wind": 4})]


def test_changes_of_configuration_show_in_operational(hoard: Hoard) -> None:
    async def work() -> Any:
        feed = on_change(
            hoard, viewer(hoard), OPERATIONAL, f"{BELL}/weight".replace("tower/", "tower/belfry:")
        )
        place = parse_path(hoard.schema, f"{BELL}/weight")
        await hoard.commit([Edit("merge", place, 901)], author="me")
        return await feed.more(20)

    assert edits(run(work)) == [("replace", "/belfry:tower/bell=maria/weight", {"belfry:weight": 901})]


def test_what_went_back_is_not_told(hoard: Hoard) -> None:
    async def work() -> Any:
        feed = on_change(hoard, viewer(hoard), RUNNING, "")
        place = parse_path(hoard.schema, f"{BELL}/weight")
        for weight in (901, 900):
            await hoard.commit([Edit("merge", place, weight)], author="me")
        return await feed.more(0.05)

    assert run(work) == ()


def test_a_burst_is_compared_as_a_whole(hoard: Hoard) -> None:
    async def work() -> Any:
        feed = on_change(hoard, viewer(hoard), RUNNING, "/belfry:tower/bell")
        place = parse_path(hoard.schema, "/belfry:tower/bell")
        bells = [{"name": f"b{number}"} for number in range(3000)]
        for first in range(0, 3000, 500):
            value = decode(node_at(hoard.schema, place), bells[first : first + 500], place)
            await hoard.commit([Edit("merge", place, value)], author="me")
        return await feed.more(20)

    assert len(edits(run(work))) == 3000


def test_what_may_not_be_read_is_not_pushed(hoard: Hoard) -> None:
    rules = {
        "read-default": "permit",
        "groups": {"group": [{"name": "staff", "user-name": ["ann"]}]},
        "rule-list": [
            {
                "name": "hide",
                "group": ["staff"],
                "rule": [
                    {
                        "name": "weights",
                        "path": "/belfry:tower/bell/weight",
                        "access-operations": "read",
                        "action": "deny",
                    }
                ],
            }
        ],
    }
    put(hoard, "/ietf-netconf-acm:nacm", rules)

    async def work() -> tuple[Any, Any, Any]:
        seen = viewer(hoard, Principal("ann", "user"))
        feed = on_change(hoard, seen, RUNNING, "/belfry:tower")
        place = parse_path(hoard.schema, f"{BELL}/weight")
        await hoard.commit([Edit("merge", place, 902)], author="me")
        hidden = await feed.more(0.05)
        note = parse_path(hoard.schema, f"{BELL}/note")
        await hoard.commit([Edit("merge", note, "c")], author="me")
        shown = await feed.more(20)
        feed.resync()
        return hidden, shown, await feed.more(20)

    async def asked() -> Any:
        feed = on_change(
            hoard, viewer(hoard, Principal("ann", "user")), RUNNING, "/belfry:tower/bell[weight > 1]"
        )
        feed.resync()
        return await feed.more(20)

    hidden, shown, whole = run(work)
    (nothing,) = contents(run(asked))
    assert nothing["ietf-yang-push:push-update"]["datastore-contents"] == {}
    assert hidden == ()
    assert edits(shown) == [("create", "/belfry:tower/bell=maria/note", {"belfry:note": "c"})]
    (content,) = contents(whole)
    tower = content["ietf-yang-push:push-update"]["datastore-contents"]["belfry:tower"]
    assert tower == {"bell": [{"name": "maria", "note": "c"}]}


class Later(Viewer):
    """Sees a clock that is set by hand."""

    passed = timedelta()

    def now(self) -> datetime:
        return datetime(2026, 11, 21, tzinfo=UTC) + self.passed


def test_pushes_that_nobody_took_are_not_made_up_for(hoard: Hoard) -> None:
    async def work() -> list[int]:
        trigger = Periodic(1.0, None)
        terms = Terms("json", {}, datastore=RUNNING, trigger=trigger)
        seen = Later(Notices(hoard), ADMIN, lambda: hoard.operational)
        feed = PeriodicFeed(1, terms, seen, Counts(), trigger)
        found = [len(await feed.more(0.001)) for _ in range(2)]
        seen.passed = timedelta(seconds=10.5)
        found += [len(await feed.more(0.001)) for _ in range(2)]
        seen.passed = timedelta(seconds=11.0)
        return [*found, len(await feed.more(0.001))]

    assert run(work) == [1, 0, 1, 0, 1]


def test_an_interrupted_feed_comes_back(hoard: Hoard) -> None:
    async def work() -> list[Any]:
        seen = viewer(hoard)
        trigger = Periodic(1000.0, None)
        periodic = PeriodicFeed(
            1, Terms("json", {}, datastore=RUNNING, trigger=trigger), seen, Counts(), trigger
        )
        await periodic.more(20)
        feeds = [
            periodic,
            on_change(hoard, seen, RUNNING, ""),
            StreamFeed(1, Terms("json", {}, stream=STREAMS["NETCONF"]), seen, Counts()),
        ]
        waiting = [asyncio.create_task(feed.more(60)) for feed in feeds]
        await asyncio.sleep(0)
        for feed in feeds:
            feed.interrupt()
        return await asyncio.gather(*waiting)

    assert run(work) == [(), (), ()]


def received(hoard: Hoard, copy: Branch, event: Any) -> Branch:
    """A receiver's copy after an event."""
    schema = hoard.schema
    update = event.get("ietf-yang-push:push-update")
    if update is not None:
        whole: Branch = decode(schema.root, update["datastore-contents"], Place.ROOT, content="all")
        return whole
    patch = event["ietf-yang-push:push-change-update"]["datastore-changes"]["yang-patch"]
    for edit in patch["edit"]:
        path = parse_api_path(schema, edit["target"].removeprefix("/"))
        point = edit.get("point")
        after = parse_api_path(schema, point.removeprefix("/")).last.key if point else None
        value = None
        if "value" in edit:
            (raw,) = edit["value"].values()
            node = node_at(schema, path)
            value = decode(node, raw, path, content="all")
            if path.last.key is not None:
                value = value.get(path.last.key) if isinstance(value, Entries) else None
        operation = {"create": "replace", "delete": "remove"}.get(edit["operation"], edit["operation"])
        if operation == "insert":
            copy = apply(copy, [Edit("remove", path)], 0)
        copy = apply(copy, [Edit(operation, path, value, edit.get("where"), after)], 0)  # type: ignore[arg-type]
    return copy


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/belfry:tower",
        "/belfry:tower/bell",
        "/belfry:tower/bell/weight",
        "/belfry:tower/bell[note='c']",
        "/belfry:tower/bell[weight > 1]/clapper",
        "/belfry:tower/ringer | /belfry:tower/tune",
        "/belfry:tower/height | /belfry:counter",
    ],
)
def test_a_receiver_that_does_what_it_is_told_has_what_is_selected(hoard: Hoard, text: str) -> None:
    dice = random.Random(text)

    def tower() -> Any:
        bells = [
            {
                "name": name,
                **({"weight": dice.randrange(3)} if dice.random() < 0.7 else {}),
                **({"note": dice.choice("cg")} if dice.random() < 0.7 else {}),
                **({"clapper": {"length": dice.randrange(2)}} if dice.random() < 0.5 else {}),
            }
            for name in "abcd"
            if dice.random() < 0.6
        ]
        found: dict[str, Any] = {"bell": bells} if bells else {}
        if dice.random() < 0.5:
            found["height"] = dice.choice(["1.0", "2.0"])
        names = [name for name in "xyz" if dice.random() < 0.7]
        dice.shuffle(names)
        found["ringer"] = [{"name": name} for name in names]
        found["tune"] = names[:2]
        return found

    async def work() -> None:
        seen = viewer(hoard)
        feed = on_change(hoard, seen, RUNNING, text, OnChange(0.0, True, frozenset()))
        selection = selection_of(text, hoard.schema) if text else (WHOLE,)
        copy = Branch(hoard.schema.root, {})
        for _ in range(40):
            data: dict[str, Any] = {"belfry:counter": dice.randrange(3)} if dice.random() < 0.7 else {}
            if dice.random() < 0.8:
                data["belfry:tower"] = tower()
            root = decode(hoard.schema.root, data, Place.ROOT)
            await hoard.commit([Edit("replace", Place.ROOT, root)], author="me")
            for event in contents(await feed.more(0.0)):
                copy = received(hoard, copy, event)
            assert names(hoard, copy) == names(hoard, pick(selection, hoard.running))

    run(work)


def names(hoard: Hoard, root: Branch) -> Any:
    return to_json(hoard.schema.root, root)
