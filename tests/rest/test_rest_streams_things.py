"""Notifications that Things send, from their process through the link to who listens."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from event_client import listening
from serving import Server, serving, wait_for

from pyconfhoard import Thing
from pyconfhoard.settings import Settings
from pyconfhoard.thing.context import Context

MODELS = Path(__file__).parent / "models"
ALL = "/restconf/streams/NETCONF/json"


class Ringer(Thing):
    name = "Ringer"
    module = "belfry"
    path = "/tower"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("things") / "datastore"
    with serving(folder, yang=[MODELS], modules=["belfry"]) as running:
        answer = running.request("POST", "/v1/thing/Ringer", {"module": "belfry", "path": "/tower"})
        assert answer.status == 201, answer.body
        bells = {"belfry:tower": {"bell": [{"name": "maria"}]}}
        assert running.request("PUT", "/restconf/data/belfry:tower", bells).status in {201, 204}
        yield running


@pytest.fixture
def ringer(server: Server) -> Iterator[Ringer]:
    thing = Ringer(context=Context(settings=Settings(datastore=server.folder, port=server.port)))
    assert thing.linked
    yield thing
    thing.runner.quit()
    thing.runner.end()


def test_reach_who_listens(server: Server, ringer: Ringer) -> None:
    with listening(server, ALL) as stream:
        ringer.notify("rung", {"bell": "maria", "times": 3, "mood": "glad"})
        event = stream.next()
    assert event is not None
    assert event.name == "belfry:rung"
    assert event.content == {"bell": "maria", "times": 3, "mood": "glad"}


def test_stand_in_the_data_node_that_they_are_about(server: Server, ringer: Ringer) -> None:
    with listening(server, ALL) as stream, listening(server, ALL.replace("json", "xml")) as other:
        ringer.notify("cracked", {"depth": 2}, at="bell[name='maria']")
        event, text = stream.next(), other.next()
    assert event is not None
    assert text is not None
    assert event.content == {"bell": [{"name": "maria", "cracked": {"depth": 2}}]}
    assert '<tower xmlns="urn:pyconfhoard:test:belfry"><bell><name>maria</name><cracked>' in text.data


def test_are_filtered_by_what_they_hold(server: Server, ringer: Ringer) -> None:
    with listening(server, f"{ALL}?filter=/belfry:rung/times>2%20or%20//cracked/depth=9") as stream:
        for times in (1, 2, 3):
            ringer.notify("rung", {"times": times})
        ringer.notify("cracked", {"depth": 9}, at="bell[name='maria']")
        first, second = stream.take(2)
    assert first.content == {"times": 3}
    assert second.name == "belfry:tower"


def test_that_break_a_rule_are_logged_and_dropped(server: Server, ringer: Ringer) -> None:
    with listening(server, ALL) as stream:
        ringer.notify("rung", {"times": 11})
        ringer.notify("rung", {"bell": "nobody"})
        ringer.notify("rung", {"times": 4})
        event = stream.next()
    assert event is not None
    assert event.content == {"times": 4}
    assert "so often rings only one that has a name" in server.log.read_text()


def test_are_told_again_to_a_client_that_was_away(server: Server, ringer: Ringer) -> None:
    with listening(server, f"{ALL}?with-id") as stream:
        ringer.notify("rung", {"times": 1})
        event = stream.next()
        assert event is not None
    ringer.notify("rung", {"times": 2})
    ringer.notify("rung", {"times": 3})
    with listening(server, ALL, Last_Event_ID=event.id) as stream:
        assert [later.content for later in stream.take(2)] == [{"times": 2}, {"times": 3}]


def test_are_told_again_after_a_restart_of_the_hoard(tmp_path: Path) -> None:
    folder = tmp_path / "datastore"
    settings = {"yang": [MODELS], "modules": ["belfry"]}
    with serving(folder, **settings) as server:
        server.request("POST", "/v1/thing/Ringer", {"module": "belfry", "path": "/tower"})
        thing = Ringer(context=Context(settings=Settings(datastore=folder, port=server.port)))
        with listening(server, f"{ALL}?with-id") as stream:
            for times in (1, 2, 3):
                thing.notify("rung", {"times": times})
            first, *others = stream.take(3)
        thing.runner.quit()
        thing.runner.end()
    with serving(folder, **settings) as server, listening(server, ALL, Last_Event_ID=first.id) as stream:
        assert stream.take(2) == others


def test_wait_while_the_hoard_is_away(tmp_path: Path) -> None:
    folder = tmp_path / "datastore"
    settings = {"yang": [MODELS], "modules": ["belfry"]}
    with serving(folder, **settings) as server:
        server.request("POST", "/v1/thing/Ringer", {"module": "belfry", "path": "/tower"})
        thing = Ringer(context=Context(settings=Settings(datastore=folder, port=server.port)))
    try:
        wait_for(
            lambda: thing.runner.drain(0.01) or not thing.linked, "the Thing sees that the hoard is away"
        )
        thing.notify("rung", {"times": 5})
        with serving(folder, port=server.port, **settings) as server:
            start = "2026-01-01T00:00:00Z"
            with listening(server, f"{ALL}?start-time={start}&filter=/belfry:rung") as stream:
                names = {stream.take(1)[0].name for _ in range(2)}
        assert names == {"belfry:rung", "nc-notifications:replayComplete"}
    finally:
        thing.runner.quit()
        thing.runner.end()
