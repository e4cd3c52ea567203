"""Subscriptions of RFC 8639 and RFC 8641 over RESTCONF, established and listened to over sockets of a real server."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from event_client import Event, Listener, Refused, listening
from serving import Answer, Server, serving, wait_for

MODELS = Path(__file__).parent / "models"
SN = "ietf-subscribed-notifications"
YP = "ietf-yang-push"
URI = "ietf-restconf-subscribed-notifications:uri"
CHANGE = "ietf-netconf-notifications:netconf-config-change"
TOWER = "/restconf/data/belfry:tower"
RUNNING = {f"{YP}:datastore": "ietf-datastores:running"}
ON_CHANGE = {**RUNNING, f"{YP}:on-change": {}}
XML = "application/yang-data+xml"


def rpc(server: Server, name: str, given: Any, **more: Any) -> Answer:
    module, _, local = name.rpartition(":")
    return server.request(
        "POST", f"/restconf/operations/{module or SN}:{local}", {f"{module or SN}:input": given}, **more
    )


def established(server: Server, given: Any) -> Any:
    answer = rpc(server, "establish-subscription", given)
    assert answer.status == 200, answer.body
    return answer.json[f"{SN}:output"]


def put(server: Server, path: str, body: Any) -> None:
    answer = server.request("PUT", f"/restconf/data/{path}", body)
    assert answer.status in {201, 204}, answer.body


def bell(server: Server, name: str, **more: Any) -> None:
    put(server, f"belfry:tower/bell={quote(name, safe='')}", {"belfry:bell": [{"name": name, **more}]})


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("subscriptions") / "datastore"
    with serving(folder, yang=[MODELS], modules=["belfry"], PYCONF_KEEPALIVE="0.3") as server:
        yield server


@pytest.fixture
def server(running: Server) -> Server:
    """A tower with two bells and nothing else."""
    bells = [{"name": "anna", "weight": 300}, {"name": "maria", "weight": 900}]
    put(running, "", {"ietf-restconf:data": {"belfry:counter": 0, "belfry:tower": {"bell": bells}}})
    return running


@pytest.fixture
def listen(server: Server) -> Iterator[Callable[..., Listener]]:
    """Establishes a subscription and listens to it."""
    with ExitStack() as stack:

        def work(given: Any, **headers: str) -> Listener:
            url = established(server, given)[URI]
            return stack.enter_context(listening(server, url.removeprefix(server.url), **headers))

        yield work


def edits(event: Event | None) -> list[tuple[str, str, Any]]:
    assert event is not None
    patch = event.content["datastore-changes"]["yang-patch"]
    return [(edit["operation"], edit["target"], edit.get("value")) for edit in patch["edit"]]


class TestStreams:
    def test_are_listened_to_at_the_url_that_is_given(
        self, server: Server, listen: Callable[..., Listener]
    ) -> None:
        stream = listen({"stream": "config-changes"})
        put(server, "belfry:counter", {"belfry:counter": 5})
        event = stream.next()
        assert event is not None
        assert (event.name, event.content["edit"][0]["target"]) == (CHANGE, "/belfry:counter")

    def test_lose_nothing_between_establishing_and_listening(self, server: Server) -> None:
        told = established(server, {"stream": "NETCONF"})
        put(server, "belfry:counter", {"belfry:counter": 6})
        with listening(server, told[URI].removeprefix(server.url)) as stream:
            event = stream.next()
        assert event is not None
        assert event.name == CHANGE

    @pytest.mark.parametrize(
        "wanted",
        [
            {"stream-xpath-filter": "/netconf-config-change/edit[target='/belfry:motto']"},
            {"stream-subtree-filter": {CHANGE: {"edit": {"target": "/belfry:motto"}}}},
        ],
    )
    def test_are_filtered(self, server: Server, listen: Callable[..., Listener], wanted: Any) -> None:
        stream = listen({"stream": "NETCONF", **wanted})
        put(server, "belfry:counter", {"belfry:counter": 7})
        put(server, "belfry:motto", {"belfry:motto": "mortuos plango"})
        event = stream.next()
        assert event is not None
        assert [edit["target"] for edit in event.content["edit"]] == ["/belfry:motto"]

    def test_are_filtered_by_what_is_configured(
        self, server: Server, listen: Callable[..., Listener]
    ) -> None:
        path = f"{SN}:filters/stream-filter=motto"
        xpath = "/netconf-config-change/edit/target='/belfry:motto'"
        put(server, path, {f"{SN}:stream-filter": [{"name": "motto", "stream-xpath-filter": xpath}]})
        stream = listen({"stream": "NETCONF", "stream-filter-name": "motto"})
        put(server, "belfry:counter", {"belfry:counter": 8})
        put(server, "belfry:motto", {"belfry:motto": "fulgura frango"})
        event = stream.next()
        assert event is not None
        assert event.content["edit"][0]["target"] == "/belfry:motto"

    def test_are_replayed(self, server: Server, listen: Callable[..., Listener]) -> None:
        since = datetime.now(UTC)
        put(server, "belfry:counter", {"belfry:counter": 9})
        stream = listen({"stream": "config-changes", "replay-start-time": since.isoformat()})
        change, mark = stream.take(2)
        assert change.name == CHANGE
        assert mark.name == f"{SN}:replay-completed"

    def test_that_cannot_be_replayed_so_far_say_from_when_they_are(self, server: Server) -> None:
        told = established(server, {"stream": "NETCONF", "replay-start-time": "2001-01-01T00:00:00Z"})
        assert told["replay-start-time-revision"] > "2026"

    def test_end_at_the_time_to_stop(self, server: Server, listen: Callable[..., Listener]) -> None:
        stop = datetime.now(UTC) + timedelta(seconds=0.5)
        stream = listen({"stream": "NETCONF", "stop-time": stop.isoformat()})
        assert stream.next() is None
        assert datetime.now(UTC) >= stop

    def test_come_in_the_encoding_of_the_request(self, server: Server) -> None:
        body = f'<input xmlns="urn:ietf:params:xml:ns:yang:{SN}"><stream>NETCONF</stream></input>'
        answer = server.request(
            "POST",
            f"/restconf/operations/{SN}:establish-subscription",
            body.encode(),
            headers={"Content-Type": XML, "Accept": XML},
        )
        assert answer.status == 200, answer.body
        uri = ElementTree.fromstring(answer.body)[1].text
        assert uri is not None
        with listening(server, uri.removeprefix(server.url)) as stream:
            put(server, "belfry:counter", {"belfry:counter": 10})
            event = stream.next()
        assert event is not None
        assert ElementTree.fromstring(event.data).tag.endswith("notification")

    def test_come_in_the_encoding_that_is_asked_for(
        self, server: Server, listen: Callable[..., Listener]
    ) -> None:
        stream = listen({"stream": "NETCONF", "encoding": f"{SN}:encode-xml"})
        put(server, "belfry:counter", {"belfry:counter": 11})
        event = stream.next()
        assert event is not None
        assert event.data.startswith("<notification")


class TestPeriodic:
    def test_pushes_come_at_once_and_again(self, server: Server, listen: Callable[..., Listener]) -> None:
        path = "/belfry:tower/bell[name='maria']/weight"
        stream = listen({**RUNNING, f"{YP}:datastore-xpath-filter": path, f"{YP}:periodic": {"period": 20}})
        first = stream.next()
        assert first is not None
        assert first.name == f"{YP}:push-update"
        wanted = {"belfry:tower": {"bell": [{"name": "maria", "weight": 900}]}}
        assert first.content["datastore-contents"] == wanted
        bell(server, "maria", weight=901)
        contents = (event.content["datastore-contents"] for event in iter(stream.next, None))
        assert next(one["belfry:tower"]["bell"][0] for one in contents if one != wanted)["weight"] == 901

    def test_pushes_come_at_multiples_from_the_anchor(
        self, server: Server, listen: Callable[..., Listener]
    ) -> None:
        anchor = "2026-01-01T00:00:00Z"
        stream = listen({**RUNNING, f"{YP}:periodic": {"period": 50, "anchor-time": anchor}})
        for event in stream.take(2):
            passed = datetime.fromisoformat(event.json["eventTime"]) - datetime.fromisoformat(anchor)
            late = passed % timedelta(seconds=0.5)
            assert late < timedelta(seconds=0.25)

    def test_pushes_of_state_hold_it(self, server: Server, listen: Callable[..., Listener]) -> None:
        stream = listen(
            {
                f"{YP}:datastore": "ietf-datastores:operational",
                f"{YP}:datastore-subtree-filter": {
                    "ietf-restconf-monitoring:restconf-state": {"streams": {}}
                },
                f"{YP}:periodic": {"period": 1000},
            }
        )
        event = stream.next()
        assert event is not None
        state = event.content["datastore-contents"]["ietf-restconf-monitoring:restconf-state"]
        assert list(state) == ["streams"]


class TestOnChange:
    def test_begins_with_all_that_is_selected(self, server: Server, listen: Callable[..., Listener]) -> None:
        stream = listen(
            {**ON_CHANGE, f"{YP}:datastore-subtree-filter": {"belfry:tower": {"bell": {"weight": {}}}}}
        )
        event = stream.next()
        assert event is not None
        assert event.name == f"{YP}:push-update"
        assert event.content["datastore-contents"] == {
            "belfry:tower": {"bell": [{"name": "anna", "weight": 300}, {"name": "maria", "weight": 900}]}
        }

    def test_tells_changes_as_edits_of_a_patch(self, server: Server, listen: Callable[..., Listener]) -> None:
        stream = listen({**RUNNING, f"{YP}:on-change": {"sync-on-start": False}})
        bell(server, "maria", weight=901)
        assert edits(stream.next()) == [
            ("replace", "/belfry:tower/bell=maria/weight", {"belfry:weight": 901})
        ]
        bell(server, "peter/paul", note="c")
        assert edits(stream.next()) == [
            (
                "create",
                "/belfry:tower/bell=peter%2Fpaul",
                {"belfry:bell": [{"name": "peter/paul", "note": "c"}]},
            )
        ]
        server.request("DELETE", f"{TOWER}/bell=anna")
        assert edits(stream.next()) == [("delete", "/belfry:tower/bell=anna", None)]

    def test_numbers_its_patches(self, server: Server, listen: Callable[..., Listener]) -> None:
        stream = listen({**RUNNING, f"{YP}:on-change": {"sync-on-start": False}})
        numbers = []
        for number in range(3):
            bell(server, "maria", weight=number)
            event = stream.next()
            assert event is not None
            numbers.append(event.content["datastore-changes"]["yang-patch"]["patch-id"])
        assert numbers == ["0", "1", "2"]

    def test_tells_the_order_of_users(self, server: Server, listen: Callable[..., Listener]) -> None:
        put(server, "belfry:tower/ringer=a", {"belfry:ringer": [{"name": "a"}]})
        stream = listen({**RUNNING, f"{YP}:on-change": {"sync-on-start": False}})
        put(server, "belfry:tower/ringer=b?insert=first", {"belfry:ringer": [{"name": "b"}]})
        event = stream.next()
        assert event is not None
        (edit,) = event.content["datastore-changes"]["yang-patch"]["edit"]
        assert (edit["operation"], edit["where"]) == ("insert", "first")
        path = "/restconf/data/belfry:tower/ringer=b?insert=after&point=" + quote(
            "/belfry:tower/ringer=a", safe=""
        )
        server.request("PUT", path, {"belfry:ringer": [{"name": "b"}]})
        event = stream.next()
        assert event is not None
        (edit,) = event.content["datastore-changes"]["yang-patch"]["edit"]
        assert (edit["operation"], edit["where"]) == ("move", "after") or edit["operation"] == "move"

    def test_tells_only_what_is_selected(self, server: Server, listen: Callable[..., Listener]) -> None:
        path = "/belfry:tower/belfry:bell[belfry:name='maria']"
        stream = listen(
            {**RUNNING, f"{YP}:datastore-xpath-filter": path, f"{YP}:on-change": {"sync-on-start": False}}
        )
        bell(server, "anna", weight=1)
        put(server, "belfry:counter", {"belfry:counter": 3})
        bell(server, "maria", weight=2)
        assert edits(stream.next()) == [("replace", "/belfry:tower/bell=maria/weight", {"belfry:weight": 2})]

    def test_tells_what_comes_into_a_selection_and_goes(
        self, server: Server, listen: Callable[..., Listener]
    ) -> None:
        path = "/belfry:tower/bell[weight > 500]"
        stream = listen(
            {**RUNNING, f"{YP}:datastore-xpath-filter": path, f"{YP}:on-change": {"sync-on-start": False}}
        )
        bell(server, "anna", weight=600)
        ((operation, target, _),) = edits(stream.next())
        assert (operation, target) == ("create", "/belfry:tower/bell=anna")
        bell(server, "maria", weight=400)
        assert edits(stream.next()) == [("delete", "/belfry:tower/bell=maria", None)]

    def test_leaves_out_excluded_changes(self, server: Server, listen: Callable[..., Listener]) -> None:
        stream = listen(
            {**RUNNING, f"{YP}:on-change": {"sync-on-start": False, "excluded-change": ["replace"]}}
        )
        bell(server, "maria", weight=2)
        server.request("DELETE", f"{TOWER}/bell=maria")
        assert edits(stream.next()) == [("delete", "/belfry:tower/bell=maria", None)]

    def test_waits_for_the_dampening_period(self, server: Server, listen: Callable[..., Listener]) -> None:
        stream = listen({**RUNNING, f"{YP}:on-change": {"dampening-period": 50, "sync-on-start": False}})
        bell(server, "maria", weight=1)
        first = stream.next()
        for weight in (2, 3, 4):
            bell(server, "maria", weight=weight)
        bell(server, "anna", weight=299)
        bell(server, "anna", weight=300)
        second = stream.next()
        assert first is not None
        assert second is not None
        assert edits(second) == [("replace", "/belfry:tower/bell=maria/weight", {"belfry:weight": 4})]
        times = [datetime.fromisoformat(event.json["eventTime"]) for event in (first, second)]
        assert times[1] - times[0] >= timedelta(seconds=0.49)

    def test_is_pushed_whole_when_asked(self, server: Server) -> None:
        told = established(server, {**RUNNING, f"{YP}:on-change": {"sync-on-start": False}})
        with listening(server, told[URI].removeprefix(server.url)) as stream:
            assert rpc(server, f"{YP}:resync-subscription", {"id": told["id"]}).status == 204
            event = stream.next()
        assert event is not None
        assert event.name == f"{YP}:push-update"

    def test_comes_in_xml(self, server: Server, listen: Callable[..., Listener]) -> None:
        stream = listen({**ON_CHANGE, "encoding": f"{SN}:encode-xml"})
        bell(server, "maria", weight=77)
        whole, change = (ElementTree.fromstring(event.data) for event in stream.take(2))
        space = f"{{urn:ietf:params:xml:ns:yang:{YP}}}"
        ours = "{urn:pyconfhoard:test:belfry}"
        assert whole.find(f"{space}push-update/{space}datastore-contents/{ours}tower/{ours}bell") is not None
        edit = change.find(
            f"{space}push-change-update/{space}datastore-changes/{space}yang-patch/{space}edit"
        )
        assert edit is not None
        assert [child.tag.removeprefix(space) for child in edit] == [
            "edit-id",
            "operation",
            "target",
            "value",
        ]
        assert edit.findtext(f"{space}value/{ours}weight") == "77"


class TestLife:
    def test_of_a_subscription_shows_in_state(self, server: Server) -> None:
        told = established(server, {"stream": "NETCONF"})
        with listening(server, told[URI].removeprefix(server.url)) as stream:
            put(server, "belfry:counter", {"belfry:counter": 21})
            assert stream.next() is not None
            path = f"/restconf/data/{SN}:subscriptions/subscription={told['id']}"

            def counted() -> Any:
                found = server.get(path).json[f"{SN}:subscription"][0]
                return found if found["receivers"]["receiver"][0]["sent-event-records"] == "1" else None

            found = wait_for(counted, "the event is counted")
        assert found["stream"] == "NETCONF"
        assert found["encoding"] == f"{SN}:encode-json"
        assert found[URI] == told[URI]
        assert found["receivers"]["receiver"][0]["state"] == "active"
        streams = server.get(f"/restconf/data/{SN}:streams").json[f"{SN}:streams"]["stream"]
        assert {stream["name"] for stream in streams} == {"NETCONF", "config-changes"}

    def test_goes_on_by_modified_terms(self, server: Server) -> None:
        told = established(server, {"stream": "NETCONF"})
        with listening(server, told[URI].removeprefix(server.url)) as stream:
            wanted = "/netconf-config-change/edit/target='/belfry:motto'"
            answer = rpc(server, "modify-subscription", {"id": told["id"], "stream-xpath-filter": wanted})
            assert answer.status == 204, answer.body
            mark = stream.next()
            assert mark is not None
            assert mark.name == f"{SN}:subscription-modified"
            assert mark.content["stream-xpath-filter"] == wanted
            assert mark.content["stream"] == "NETCONF"
            put(server, "belfry:counter", {"belfry:counter": 31})
            put(server, "belfry:motto", {"belfry:motto": "x"})
            event = stream.next()
        assert event is not None
        assert event.content["edit"][0]["target"] == "/belfry:motto"

    def test_goes_on_by_a_modified_period(self, server: Server) -> None:
        told = established(server, {**RUNNING, f"{YP}:periodic": {"period": 100000}})
        with listening(server, told[URI].removeprefix(server.url)) as stream:
            assert stream.next() is not None
            answer = rpc(
                server,
                "modify-subscription",
                {"id": told["id"], **RUNNING, f"{YP}:periodic": {"period": 10}},
            )
            assert answer.status == 204, answer.body
            names = [event.name for event in stream.take(3)]
        assert names[0] == f"{SN}:subscription-modified"
        assert names[1:] == [f"{YP}:push-update"] * 2

    def test_ends_when_it_is_deleted(self, server: Server) -> None:
        told = established(server, {"stream": "NETCONF"})
        with listening(server, told[URI].removeprefix(server.url)) as stream:
            assert rpc(server, "delete-subscription", {"id": told["id"]}).status == 204
            assert stream.next() is None
        assert server.get(told[URI].removeprefix(server.url)).status == 404

    def test_ends_with_its_reason_when_it_is_killed(self, server: Server) -> None:
        told = established(server, {"stream": "NETCONF"})
        with listening(server, told[URI].removeprefix(server.url)) as stream:
            assert rpc(server, "kill-subscription", {"id": told["id"]}).status == 204
            mark = stream.next()
            assert stream.next() is None
        assert mark is not None
        assert mark.name == f"{SN}:subscription-terminated"
        assert mark.content == {"id": told["id"], "reason": f"{SN}:no-such-subscription"}

    def test_has_one_listener_the_last(self, server: Server) -> None:
        path = established(server, {"stream": "NETCONF"})[URI].removeprefix(server.url)
        with listening(server, path) as first, listening(server, path) as second:
            assert first.next() is None
            put(server, "belfry:counter", {"belfry:counter": 41})
            assert second.next() is not None

    def test_goes_on_behind_the_last_event_of_a_client(self, server: Server) -> None:
        path = established(server, {"stream": "config-changes"})[URI].removeprefix(server.url)
        with listening(server, f"{path}?with-id") as stream:
            for number in (51, 52, 53):
                put(server, "belfry:counter", {"belfry:counter": number})
            old = stream.take(3)
        with listening(server, path, Last_Event_ID=old[0].id) as stream:
            assert stream.take(2) == old[1:]


class TestErrors:
    @pytest.mark.parametrize(
        ("given", "status", "tag", "identity"),
        [
            ({"stream": "NETCONF", "stream-xpath-filter": "/a["}, 400, "invalid-value", "filter-unsupported"),
            (
                {"stream": "NETCONF", "stream-subtree-filter": {"belfry:song": {}}},
                400,
                "invalid-value",
                "filter-unsupported",
            ),
            (
                {**ON_CHANGE, f"{YP}:datastore-xpath-filter": "nowhere:x"},
                400,
                "invalid-value",
                "filter-unsupported",
            ),
            (
                {**ON_CHANGE, f"{YP}:datastore-subtree-filter": {"belfry:towr": {}}},
                400,
                "invalid-value",
                "filter-unsupported",
            ),
            (
                {f"{YP}:datastore": "ietf-datastores:startup", f"{YP}:on-change": {}},
                400,
                "invalid-value",
                "datastore-not-subscribable",
            ),
            ({**RUNNING, f"{YP}:periodic": {"period": 1}}, 400, "invalid-value", "period-unsupported"),
        ],
    )
    def test_name_their_identity(
        self, server: Server, given: Any, status: int, tag: str, identity: str
    ) -> None:
        answer = rpc(server, "establish-subscription", given)
        assert (answer.status, answer.error["error-tag"]) == (status, tag)
        assert answer.error["error-app-tag"].endswith(f":{identity}")
        (name,) = (name for name in answer.error["error-info"] if not name.startswith("pyconfhoard"))
        about = "stream" if "stream" in given else "datastore"
        assert name.endswith(f":establish-subscription-{about}-error-info")
        assert answer.error["error-info"][name]["reason"] == answer.error["error-app-tag"]

    def test_have_hints(self, server: Server) -> None:
        answer = rpc(server, "establish-subscription", {**RUNNING, f"{YP}:periodic": {"period": 1}})
        info = answer.error["error-info"][f"{YP}:establish-subscription-datastore-error-info"]
        assert info == {"reason": f"{YP}:period-unsupported", "period-hint": 10}

    def test_are_told_in_xml(self, server: Server) -> None:
        body = f'<input xmlns="urn:ietf:params:xml:ns:yang:{SN}"><id>7</id></input>'
        answer = server.request(
            "POST",
            f"/restconf/operations/{SN}:delete-subscription",
            body.encode(),
            headers={"Content-Type": XML, "Accept": XML},
        )
        assert answer.status == 404
        space = f"{{urn:ietf:params:xml:ns:yang:{SN}}}"
        rest = "{urn:ietf:params:xml:ns:yang:ietf-restconf}"
        info = ElementTree.fromstring(answer.body).find(f"{rest}error/{rest}error-info")
        assert info is not None
        assert (
            info.findtext(f"{space}delete-subscription-error-info/{space}reason")
            == f"{SN}:no-such-subscription"
        )

    @pytest.mark.parametrize(
        ("name", "identity"),
        [
            ("modify-subscription", f"{SN}:no-such-subscription"),
            ("delete-subscription", f"{SN}:no-such-subscription"),
            ("kill-subscription", f"{SN}:no-such-subscription"),
            (f"{YP}:resync-subscription", f"{YP}:no-such-subscription-resync"),
        ],
    )
    def test_tell_of_a_subscription_that_is_not_there(self, server: Server, name: str, identity: str) -> None:
        given = {"id": 4000000000}
        if name == "modify-subscription":
            given |= {"stream-xpath-filter": "/a"}
        answer = rpc(server, name, given)
        assert (answer.status, answer.error["error-app-tag"]) == (404, identity)

    @pytest.mark.parametrize(
        "given",
        [
            {},
            {"stream": "NETCNF"},
            {"stream": "NETCONF", "stop-time": "2001-01-01T00:00:00Z"},
            {"stream": "NETCONF", "replay-start-time": "2999-01-01T00:00:00Z"},
            {"stream": "NETCONF", f"{YP}:periodic": {"period": 100}},
            RUNNING,
            {**RUNNING, "stream": "NETCONF"},
            {**ON_CHANGE, f"{YP}:periodic": {"period": 100}},
            {"stream": "NETCONF", "encoding": "belfry:encode-cbor"},
        ],
    )
    def test_of_terms_that_make_no_sense(self, server: Server, given: Any) -> None:
        answer = rpc(server, "establish-subscription", given)
        assert answer.status == 400, answer.body

    def test_of_what_cannot_be_modified(self, server: Server) -> None:
        told = established(server, {"stream": "NETCONF"})
        for given in (ON_CHANGE, {"stream-xpath-filter": "/a["}):
            assert rpc(server, "modify-subscription", {"id": told["id"], **given}).status == 400
        pushed = established(server, ON_CHANGE)
        other = {f"{YP}:datastore": "ietf-datastores:operational"}
        assert rpc(server, "modify-subscription", {"id": pushed["id"], **other}).status == 400

    def test_of_a_url_that_is_none(self, server: Server) -> None:
        for name in ("x", "99999999999", "4000000000"):
            with pytest.raises(Refused) as refused, listening(server, f"/restconf/subscriptions/{name}"):
                pass
            assert refused.value.answer.status == 404

    def test_of_one_subscription_too_many(self, tmp_path: Path) -> None:
        with serving(tmp_path / "datastore", PYCONF_STREAMS="3") as server:
            for _ in range(3):
                established(server, {"stream": "NETCONF"})
            answer = rpc(server, "establish-subscription", {"stream": "NETCONF"})
        assert (answer.status, answer.error["error-tag"]) == (409, "resource-denied")
        assert answer.error["error-app-tag"] == f"{SN}:insufficient-resources"


def test_many_subscriptions_see_the_same(server: Server, listen: Callable[..., Listener]) -> None:
    streams = [listen({**RUNNING, f"{YP}:on-change": {"sync-on-start": False}}) for _ in range(20)]
    for weight in itertools.islice(itertools.count(1), 10):
        bell(server, "maria", weight=weight)
    for stream in streams:
        last = 0
        while last != 10:
            for _, _, value in edits(stream.next()):
                assert value["belfry:weight"] > last
                last = value["belfry:weight"]
