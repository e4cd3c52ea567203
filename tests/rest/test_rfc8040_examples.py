"""RFC 8040 appendix B, request by request, in the order of the appendix.

The messages are the RFC's. Where it shows what is a server's own (dates, entity tags, the host in a URL), the form is checked;
where this server answers otherwise than "might" stands there, the test says why. The examples of the sections are in
test_rfc8040_sections.py.
"""

import re
import threading
from collections.abc import Iterator
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from event_client import listening
from rfc8040_jukebox import (
    ALBUM,
    ASK_XML,
    CONTENT,
    FOO_FIGHTERS,
    JSON_TYPE,
    JUKEBOX,
    LIBRARY,
    MONITORING,
    NICK_CAVE,
    PLAYLIST,
    RESTCONF,
    SEND_XML,
    SPACE,
    XML_TYPE,
    song_id,
)
from serving import Answer, Server, wait_for
from workshop_paths import DATA

from pyconfhoard import Thing
from pyconfhoard.settings import Settings
from pyconfhoard.thing.context import Context

EVENTS = f"{DATA}/example-events:events"
TWO_ARTISTS = (
    f'<jukebox xmlns="{SPACE}"><library>'
    "<artist><name>Foo Fighters</name><album><name>One by One</name><year>2012</year></album></artist>"
    "<artist><name>Nick Cave and the Bad Seeds</name><album><name>Tender Prey</name><year>1988</year></album></artist>"
    "</library></jukebox>"
)


def is_created(answer: Answer, location: str) -> bool:
    """201 with the headers that every example of a creation shows."""
    assert (answer.status, answer.body) == (201, b"")
    assert re.fullmatch(r'"[^"]+"', answer.headers["etag"])
    assert parsedate_to_datetime(answer.headers["last-modified"])
    return answer.headers["location"] == location


def albums(server: Server, artist: str) -> dict[str, int]:
    listed = server.get(f"{artist}/album").json["example-jukebox:album"]
    return {album["name"]: album["year"] for album in listed}


def songs(server: Server) -> list[tuple[int, str]]:
    listed = server.get(f"{PLAYLIST}/song").json["example-jukebox:song"]
    return [(song["index"], song["id"].partition("/song")[2]) for song in listed]


# -- B.1.1: Retrieve the Top-Level API Resource -----------------------------------------------------


def test_b_1_1_host_meta_leads_to_the_root(empty: Server) -> None:
    answer = empty.get("/.well-known/host-meta", headers={"Accept": "application/xrd+xml"})
    assert (answer.status, answer.headers["content-type"]) == (200, "application/xrd+xml")
    assert b"<XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'>" in answer.body
    assert b"<Link rel='restconf' href='/restconf'/>" in answer.body


def test_b_1_1_the_api_resource(empty: Server) -> None:
    """The library is that of RFC 8525, and says so; the RFC's is of 2016."""
    answer = empty.get("/restconf", headers={"Accept": JSON_TYPE})
    assert (answer.status, answer.headers["content-type"]) == (200, JSON_TYPE)
    api = {"data": {}, "operations": {}, "yang-library-version": "2019-01-04"}
    assert answer.json == {"ietf-restconf:restconf": api}
    told = empty.get("/restconf", headers=ASK_XML)
    assert (told.status, told.headers["content-type"]) == (200, XML_TYPE)
    assert told.headers["cache-control"] == "no-cache"
    assert told.body.decode() == (
        f'<restconf xmlns="{RESTCONF}"><data/><operations/>'
        "<yang-library-version>2019-01-04</yang-library-version></restconf>"
    )


# -- B.1.2: Retrieve the Server Module Information ------------------------------------------------


def test_b_1_2_the_server_lists_its_modules(empty: Server) -> None:
    answer = empty.get(f"{DATA}/ietf-yang-library:modules-state", headers={"Accept": JSON_TYPE})
    assert (answer.status, answer.headers["content-type"]) == (200, JSON_TYPE)
    assert answer.headers["cache-control"] == "no-cache"
    library = answer.json["ietf-yang-library:modules-state"]
    assert re.fullmatch(r"\S+", library["module-set-id"])
    modules = {each["name"]: each for each in library["module"]}
    assert modules["example-jukebox"] == {
        "name": "example-jukebox",
        "revision": "2016-08-15",
        "schema": f"{empty.url}/restconf/schema/example-jukebox@2016-08-15",
        "namespace": SPACE,
        "conformance-type": "implement",
    }
    assert modules["ietf-yang-library"]["conformance-type"] == "implement"
    assert modules["ietf-inet-types"]["conformance-type"] == "import"
    assert modules["ietf-system"]["feature"]
    assert modules["ietf-system"]["deviation"][0].keys() == {"name", "revision"}


# -- B.1.3: Retrieve the Server Capability Information --------------------------------------------


def test_b_1_3_the_server_lists_its_capabilities_in_xml(empty: Server) -> None:
    """All of the RFC's, but that the server of the example tells "start-time" and "stop-time", where section 9.1 knows one
    capability for both, "replay"; the vendor's are ours."""
    answer = empty.get(f"{DATA}/{MONITORING}/capabilities", headers=ASK_XML)
    assert (answer.status, answer.headers["content-type"]) == (200, XML_TYPE)
    text = answer.body.decode()
    assert text.startswith('<capabilities xmlns="urn:ietf:params:xml:ns:yang:ietf-restconf-monitoring">')
    listed = set(re.findall(r"<capability>([^<]+)</capability>", text))
    known = ["defaults:1.0?basic-mode=explicit", "with-defaults:1.0", "depth:1.0", "fields:1.0", "filter:1.0"]
    known += ["replay:1.0"]
    assert {f"urn:ietf:params:restconf:capability:{name}" for name in known} <= listed
    assert any(name.startswith("urn:pyconfhoard:") for name in listed)


# -- B.2.1: Create New Data Resources --------------------------------------------------------------


def test_b_2_1_an_artist_and_an_album_are_created(empty: Server) -> None:
    answer = empty.request("POST", LIBRARY, {"example-jukebox:artist": [{"name": "Foo Fighters"}]})
    assert is_created(answer, f"{empty.url}{FOO_FIGHTERS}")
    body = f'<album xmlns="{SPACE}"><name>Wasting Light</name><year>2011</year></album>'
    answer = empty.request("POST", FOO_FIGHTERS, body.encode(), headers=SEND_XML)
    assert is_created(answer, f"{empty.url}{ALBUM}")
    assert albums(empty, FOO_FIGHTERS) == {"Wasting Light": 2011}


# -- B.2.2: Detect Datastore Resource Entity-Tag Change --------------------------------------------


def test_b_2_2_a_change_since_the_client_looked_is_noticed(jukebox: Server) -> None:
    """Time stamps here are of each resource, not only of the datastore: the example's leaf was changed itself, which is
    later than a minute before."""
    changed = parsedate_to_datetime(jukebox.get(f"{ALBUM}/genre").headers["last-modified"]).timestamp()
    genre = {"example-jukebox:genre": "example-jukebox:blues"}
    early = {"If-Unmodified-Since": formatdate(changed - 60, usegmt=True)}
    answer = jukebox.request("PATCH", f"{ALBUM}/genre", genre, headers=early)
    assert (answer.status, answer.error["error-tag"]) == (412, "operation-failed")
    assert parsedate_to_datetime(answer.headers["last-modified"]).timestamp() == changed
    assert re.fullmatch(r'"[^"]+"', answer.headers["etag"])
    now = {"If-Unmodified-Since": formatdate(changed, usegmt=True)}
    assert jukebox.request("PATCH", f"{ALBUM}/genre", genre, headers=now).status == 204


def test_b_2_2_the_datastore_has_an_entity_tag_that_changes(jukebox: Server) -> None:
    """As the section's title says."""
    before = jukebox.request("HEAD", f"{DATA}?content=config")
    assert (before.status, before.body) == (200, b"")
    genre = {"example-jukebox:genre": "example-jukebox:blues"}
    assert jukebox.request("PATCH", f"{ALBUM}/genre", genre).status == 204
    after = jukebox.request("HEAD", f"{DATA}?content=config")
    assert after.headers["etag"] != before.headers["etag"]


# -- B.2.3: Edit a Datastore Resource --------------------------------------------------------------


def test_b_2_3_the_datastore_is_merged(jukebox: Server) -> None:
    body = (
        f'<data xmlns="{RESTCONF}"><system xmlns="http://example.com/ns/example-system">'
        f"<enable-jukebox-streaming>true</enable-jukebox-streaming></system>{TWO_ARTISTS}</data>"
    )
    answer = jukebox.request("PATCH", DATA, body.encode(), headers=SEND_XML)
    assert (answer.status, answer.body) == (204, b"")
    system = {"example-system:system": {"enable-jukebox-streaming": True}}
    assert jukebox.get(f"{DATA}/example-system:system").json == system
    assert albums(jukebox, FOO_FIGHTERS) == {"Wasting Light": 2011, "One by One": 2012}
    assert albums(jukebox, NICK_CAVE) == {"Tender Prey": 1988}
    assert jukebox.get(f"{ALBUM}/song=Rope").status == 200


# -- B.2.4: Replace a Datastore Resource -----------------------------------------------------------


def test_b_2_4_the_datastore_is_replaced(jukebox: Server) -> None:
    body = f'<data xmlns="{RESTCONF}">{TWO_ARTISTS}</data>'
    answer = jukebox.request("PUT", DATA, body.encode(), headers=SEND_XML)
    assert (answer.status, answer.body) == (204, b"")
    assert albums(jukebox, FOO_FIGHTERS) == {"One by One": 2012}
    assert albums(jukebox, NICK_CAVE) == {"Tender Prey": 1988}
    assert jukebox.get(PLAYLIST).status == 404


# -- B.2.5: Edit a Data Resource -------------------------------------------------------------------


def test_b_2_5_a_data_resource_is_merged(jukebox: Server) -> None:
    body = (
        f'<artist xmlns="{SPACE}"><name>Nick Cave and the Bad Seeds</name>'
        "<album><name>The Good Son</name><year>1990</year></album></artist>"
    )
    answer = jukebox.request("PATCH", NICK_CAVE, body.encode(), headers=SEND_XML)
    assert (answer.status, answer.body) == (204, b"")
    assert albums(jukebox, NICK_CAVE) == {"The Good Son": 1990}


# -- B.3.1: "content" Parameter --------------------------------------------------------------------


class Events(Thing):
    """Counts the events of the example."""

    name = "Events"
    module = "example-events"
    path = "/events"


@pytest.fixture(scope="module")
def counter(examples_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Events]:
    body = {"module": "example-events", "path": "/events"}
    registered = examples_server.request("POST", "/v1/thing/Events", body)
    assert registered.status == 201, registered.body
    folder: Path = tmp_path_factory.mktemp("events")
    settings = Settings(datastore=folder, hoard=examples_server.url, token=registered.json["token"])
    thing = Events(context=Context(settings=settings))
    running = threading.Thread(target=thing.start)
    running.start()
    wait_for(lambda: thing.linked, "the Thing links")
    yield thing
    thing.runner.quit()
    running.join()


@pytest.fixture
def events(examples: Server, counter: Events) -> Server:
    """Two events with what was counted of them."""
    told = {"interface-up": ("Interface up", 42), "interface-down": ("Interface down", 4)}
    listed = [{"name": name, "description": f"{text} notification count"} for name, (text, _) in told.items()]
    assert examples.request("PUT", EVENTS, {"example-events:events": {"event": listed}}).status == 201
    for name, (_, count) in told.items():
        counter.operational[f"event[name='{name}']/event-count"] = count
    path = f"{EVENTS}/event=interface-down/event-count"
    wait_for(lambda: examples.get(path).status == 200, "the counts arrive")
    return examples


def event_members(answer: Answer) -> list[dict[str, Any]]:
    """The entries, without what is annotated: when each count was read, and how good it is."""
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-cache")
    (whole,) = answer.json.values()
    listed = [
        {name: value for name, value in event.items() if not name.startswith("@")} for event in whole["event"]
    ]
    return sorted(listed, key=lambda event: str(event["name"]), reverse=True)


def test_b_3_1_content_all(events: Server) -> None:
    """Entity tags are of configuration, so that there is none for what holds state."""
    for query in ("", "?content=all"):
        answer = events.get(f"{EVENTS}{query}")
        assert event_members(answer) == [
            {"name": "interface-up", "description": "Interface up notification count", "event-count": 42},
            {"name": "interface-down", "description": "Interface down notification count", "event-count": 4},
        ]
        assert not {"etag", "last-modified"} & answer.headers.keys()


def test_b_3_1_content_config(events: Server) -> None:
    answer = events.get(f"{EVENTS}?content=config")
    assert event_members(answer) == [
        {"name": "interface-up", "description": "Interface up notification count"},
        {"name": "interface-down", "description": "Interface down notification count"},
    ]
    assert {"etag", "last-modified"} <= answer.headers.keys()


def test_b_3_1_content_nonconfig(events: Server) -> None:
    answer = events.get(f"{EVENTS}?content=nonconfig")
    assert event_members(answer) == [
        {"name": "interface-up", "event-count": 42},
        {"name": "interface-down", "event-count": 4},
    ]
    assert not {"etag", "last-modified"} & answer.headers.keys()


# -- B.3.2: "depth" Parameter ----------------------------------------------------------------------


def test_b_3_2_depth_unbounded(jukebox: Server) -> None:
    assert jukebox.get(f"{JUKEBOX}?depth=unbounded").json == {"example-jukebox:jukebox": CONTENT}
    assert jukebox.get(JUKEBOX).json == {"example-jukebox:jukebox": CONTENT}


def test_b_3_2_depth_1(jukebox: Server) -> None:
    assert jukebox.get(f"{JUKEBOX}?depth=1").json == {"example-jukebox:jukebox": {}}


def test_b_3_2_depth_3(jukebox: Server) -> None:
    """The RFC shows ``"artist": {}``, which is no JSON of a list (RFC 7951 section 5.4), and no entry without its keys is
    valid (RFC 7950 section 7.8.2): entries on the last level are there with their keys."""
    assert jukebox.get(f"{JUKEBOX}?depth=3").json == {
        "example-jukebox:jukebox": {
            "library": {"artist": [{"name": "Foo Fighters"}, {"name": "Nick Cave and the Bad Seeds"}]},
            "playlist": [
                {
                    "name": "Foo-One",
                    "description": "example playlist 1",
                    "song": [{"index": 1}, {"index": 2}],
                }
            ],
            "player": {"gap": "0.5"},
        }
    }


# -- B.3.3: "fields" Parameter ---------------------------------------------------------------------


def test_b_3_3_fields_choose_what_is_told(jukebox: Server) -> None:
    answer = jukebox.get(f"{DATA}?fields=ietf-yang-library:modules-state/module(name;revision)")
    (data,) = answer.json.items()
    assert data[0] == "ietf-restconf:data"
    assert list(data[1]) == ["ietf-yang-library:modules-state"]
    assert list(data[1]["ietf-yang-library:modules-state"]) == ["module"]
    modules = data[1]["ietf-yang-library:modules-state"]["module"]
    for name, revision in (
        ("example-jukebox", "2016-08-15"),
        ("ietf-inet-types", "2013-07-15"),
        ("ietf-restconf-monitoring", "2017-01-26"),
        ("ietf-yang-types", "2013-07-15"),
    ):
        assert {"name": name, "revision": revision} in modules
    assert all(module.keys() == {"name", "revision"} for module in modules)


# -- B.3.4, B.3.5: "insert" and "point" Parameters -------------------------------------------------


def test_b_3_4_and_b_3_5_songs_are_inserted_first_and_after_the_first(jukebox: Server) -> None:
    """One after the other, in the playlist without its songs: song 2 is inserted after song 1."""
    for index in (1, 2):
        assert jukebox.request("DELETE", f"{PLAYLIST}/song={index}").status == 204
    other = {"example-jukebox:song": [{"index": 9, "id": song_id("Wasting Light")}]}
    assert is_created(jukebox.request("POST", PLAYLIST, other), f"{jukebox.url}{PLAYLIST}/song=9")
    body = {"example-jukebox:song": [{"index": 1, "id": song_id("Rope")}]}
    answer = jukebox.request("POST", f"{PLAYLIST}?insert=first", body)
    assert is_created(answer, f"{jukebox.url}{PLAYLIST}/song=1")
    point = "%2Fexample-jukebox%3Ajukebox%2Fplaylist%3DFoo-One%2Fsong%3D1"
    body = {"example-jukebox:song": [{"index": 2, "id": song_id("Bridge Burning")}]}
    answer = jukebox.request("POST", f"{PLAYLIST}?insert=after&point={point}", body)
    assert is_created(answer, f"{jukebox.url}{PLAYLIST}/song=2")
    assert songs(jukebox) == [
        (1, "[name='Rope']"),
        (2, "[name='Bridge Burning']"),
        (9, "[name='Wasting Light']"),
    ]


# -- B.3.6: "filter" Parameter ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "expression",
    [
        "%2Fevent%2Fevent-class%3D'fault'",
        "%2Fevent%2Fseverity%3C%3D4",
        "%2FlinkUp%7C%2FlinkDown",
        "%2F*%2Freporting-entity%2Fcard%21%3D'Ethernet0'",
        "%2F*%2Femail-addr[contains(.%2C'company.com')]",
    ],
)
def test_b_3_6_filters_of_models_that_are_not_here_are_understood(examples: Server, expression: str) -> None:
    """They select nothing of what happens: nodes that the model does not have are nowhere. The stream is NETCONF, the one
    that there is, and its location is the server's own choice (section 6.2)."""
    with listening(examples, f"/restconf/streams/NETCONF/json?filter={expression}") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")


@pytest.mark.parametrize(
    "expression",
    [
        "(%2Fietf-netconf-notifications%3Anetconf-config-change%2Fdatastore%3D'running'%20and"
        "%20%2Fietf-netconf-notifications%3Anetconf-config-change%2Fedit%2Ftarget%3D'%2Ffoo%3AX')",
        "(%2Fexample-ops%3A*%20or%20%2Fietf-netconf-notifications%3A*)",
    ],
)
def test_b_3_6_prefixes_of_filters_are_names_of_modules(examples: Server, expression: str) -> None:
    """The RFC's last two, with modules and events that are here."""
    with listening(examples, f"/restconf/streams/NETCONF/json?filter={expression}") as stream:
        assert examples.request("PUT", f"{DATA}/foo:X", {"foo:X": 1}).status == 201
        assert stream.take(1)[0].name == "ietf-netconf-notifications:netconf-config-change"


# -- B.3.7, B.3.8: "start-time" and "stop-time" Parameters -----------------------------------------


def test_b_3_7_and_b_3_8_start_time_and_stop_time(examples: Server) -> None:
    """Of 2014 nothing is kept here: what is told is what came later, and of that time itself nothing."""
    path = "/restconf/streams/NETCONF/json?start-time=2014-10-25T10%3A02%3A00Z"
    with listening(examples, path) as stream:
        assert stream.take(1)[0].json["eventTime"] > "2026"
    with listening(examples, f"{path}&stop-time=2014-10-25T12%3A31%3A00Z") as stream:
        while event := stream.next():
            assert event.name in {"nc-notifications:replayComplete", "nc-notifications:notificationComplete"}


# -- B.3.9: "with-defaults" Parameter --------------------------------------------------------------


def test_b_3_9_with_defaults(examples: Server) -> None:
    """The basic mode here is explicit: without the parameter only what was set shows. ``status`` is state that nobody
    reports; in use is its type's default, "ok" ("up", as the RFC has it, is none of its values)."""
    path = f"{DATA}/example:interfaces/interface=eth1"
    assert examples.request("PUT", path, {"example:interface": [{"name": "eth1"}]}).status == 201
    assert examples.get(path).json == {"example:interface": [{"name": "eth1"}]}
    shown = examples.get(f"{path}?with-defaults=report-all").json
    assert shown == {"example:interface": [{"name": "eth1", "mtu": 1500, "status": "ok"}]}
