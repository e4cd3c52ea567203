"""Event streams of RFC 8040 section 6, listened to over sockets of a real server."""

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from event_client import Event, Refused, listening
from serving import Server, serving, wait_for

from pyconfhoard.errors import BadInput, NotFound
from pyconfhoard.hoard.notices import Position
from rest.streams.query import position_of

MODELS = Path(__file__).parent / "models"
CHANGES = "/restconf/streams/config-changes/json"
ALL = "/restconf/streams/NETCONF/json"
TOWER = "/restconf/data/belfry:tower"
CHANGE = "ietf-netconf-notifications:netconf-config-change"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("streams") / "datastore"
    settings = {"PYCONF_KEEPALIVE": "0.2", "PYCONF_STREAMS": "20"}
    with serving(folder, yang=[MODELS], modules=["belfry"], **settings) as running:
        yield running


def change(server: Server, number: int) -> None:
    answer = server.request("PUT", "/restconf/data/belfry:counter", {"belfry:counter": number})
    assert answer.status in {201, 204}, answer.body


class TestEvents:
    def test_tell_who_changed_what(self, server: Server) -> None:
        change(server, 1)
        with listening(server, f"{CHANGES}?with-id") as stream:
            change(server, 2)
            event = stream.next()
        assert event is not None
        assert stream.headers["content-type"] == "text/event-stream"
        assert event.name == CHANGE
        assert event.content == {
            "changed-by": {"username": "admin", "session-id": 0},
            "datastore": "running",
            "edit": [{"target": "/belfry:counter", "operation": "replace"}],
        }
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", event.json["eventTime"])
        assert event.id == f"{server.revision()}.0"

    def test_have_no_id_where_none_is_asked_for(self, server: Server) -> None:
        with listening(server, CHANGES) as stream:
            change(server, 7)
            event = stream.next()
        assert event is not None
        assert (event.name, event.id) == (CHANGE, "")

    def test_come_in_xml(self, server: Server) -> None:
        with listening(server, CHANGES.replace("json", "xml")) as stream:
            change(server, 3)
            event = stream.next()
        assert event is not None
        root = ElementTree.fromstring(event.data)
        assert root.tag == "{urn:ietf:params:xml:ns:netconf:notification:1.0}notification"
        space = "{urn:ietf:params:xml:ns:yang:ietf-netconf-notifications}"
        target = root.find(f"{space}netconf-config-change/{space}edit/{space}target")
        assert target is not None
        assert target.text is not None
        assert target.text.endswith(":counter")

    def test_are_the_same_in_both_streams(self, server: Server) -> None:
        with listening(server, CHANGES) as one, listening(server, ALL) as other:
            change(server, 4)
            assert one.next() == other.next()

    def test_are_described_by_head(self, server: Server) -> None:
        for path in (ALL, CHANGES):
            answer = server.request("HEAD", path)
            assert (answer.status, answer.headers["content-type"]) == (200, "text/event-stream")
            assert "HEAD" in server.request("OPTIONS", path).headers["allow"]
        assert server.request("HEAD", f"{ALL}?depth=1").status == 400

    def test_are_not_held_back_by_compression(self, server: Server) -> None:
        with listening(server, CHANGES, Accept_Encoding="gzip") as stream:
            change(server, 5)
            assert stream.next() is not None
        assert "content-encoding" not in stream.headers

    def test_keep_the_connection_alive(self, server: Server) -> None:
        with listening(server, ALL) as stream:
            stream.comment()
            stream.comment()


class TestReplay:
    def moments(self, server: Server) -> list[Event]:
        """Three changes, as events with their ids."""
        with listening(server, f"{CHANGES}?with-id") as stream:
            for number in (10, 11, 12):
                change(server, number)
            return stream.take(3)

    def test_tells_again_what_was_told_since(self, server: Server) -> None:
        old = self.moments(server)
        since = old[1].json["eventTime"]
        with listening(server, f"{CHANGES}?with-id&start-time={since}") as stream:
            assert stream.take(2) == old[1:]
            mark = stream.next()
            change(server, 13)
            live = stream.next()
        assert mark is not None
        assert live is not None
        assert mark.name == "nc-notifications:replayComplete"
        assert live.name == CHANGE

    def test_ends_at_the_time_to_stop(self, server: Server) -> None:
        old = self.moments(server)
        times = [event.json["eventTime"] for event in old]
        with listening(server, f"{CHANGES}?with-id&start-time={times[0]}&stop-time={times[1]}") as stream:
            assert stream.take(2) == old[:2]
            names = [event.name for event in stream.take(2)]
            assert stream.next() is None
        assert names == ["nc-notifications:replayComplete", "nc-notifications:notificationComplete"]

    def test_goes_on_behind_the_last_event_of_a_client(self, server: Server) -> None:
        old = self.moments(server)
        with listening(server, CHANGES, Last_Event_ID=old[0].id) as stream:
            assert stream.take(2) == old[1:]

    def test_reaches_over_a_restart(self, tmp_path: Path) -> None:
        folder = tmp_path / "datastore"
        with serving(folder, yang=[MODELS], modules=["belfry"]) as server:
            old = self.moments(server)
        with (
            serving(folder, yang=[MODELS], modules=["belfry"]) as server,
            listening(server, ALL, Last_Event_ID=old[0].id) as stream,
        ):
            assert stream.take(2) == old[1:]


class TestFilters:
    @pytest.mark.parametrize(
        "text",
        [
            "/ietf-netconf-notifications:netconf-config-change/edit/target='/belfry:counter'",
            "/netconf-config-change[changed-by/username='admin']/edit[operation='replace']",
            "/netconf-config-change/edit[target='/belfry:counter']",
            "count(//edit) = 1 and contains(//edit/target, 'counter')",
            "starts-with(/*/*/target, '/belfry:counter')",
        ],
    )
    def test_let_through_what_makes_them_true(self, server: Server, text: str) -> None:
        change(server, 20)
        with listening(server, f"{CHANGES}?filter={quote(text)}") as stream:
            server.request("PUT", "/restconf/data/belfry:motto", {"belfry:motto": "measure twice"})
            change(server, 21)
            event = stream.next()
            server.request("DELETE", "/restconf/data/belfry:motto")
        assert event is not None
        assert event.content["edit"][0]["target"] == "/belfry:counter"

    @pytest.mark.parametrize(
        "text", ["//*[//*]", "/a[", "nowhere:x", "foo()", "$x", "'open", "(" * 2000, "1 +", " "]
    )
    def test_that_are_none_are_refused(self, server: Server, text: str) -> None:
        with pytest.raises(Refused) as refused, listening(server, f"{ALL}?filter={quote(text)}"):
            pass
        answer = refused.value.answer
        assert (answer.status, answer.error["error-tag"]) == (400, "invalid-value")


class TestRequests:
    @pytest.mark.parametrize(
        ("query", "tag"),
        [
            ("start-time=yesterday", "invalid-value"),
            ("start-time=2020-01-01", "invalid-value"),
            ("start-time=2020-01-01T00:00:00", "invalid-value"),
            ("start-time=2999-01-01T00:00:00Z", "invalid-value"),
            ("stop-time=2999-01-01T00:00:00Z", "invalid-value"),
            ("start-time=2020-01-02T00:00:00Z&stop-time=2020-01-01T00:00:00Z", "invalid-value"),
            ("start-time=2020-01-02T00:00:00Z&start-time=2020-01-01T00:00:00Z", "invalid-value"),
            ("depth=1", "invalid-value"),
            ("color=red", "invalid-value"),
            ("with-id=yes", "invalid-value"),
        ],
    )
    def test_that_make_no_sense_are_refused(self, server: Server, query: str, tag: str) -> None:
        answer = server.get(f"{ALL}?{query}", headers={"Accept": "text/event-stream"})
        assert (answer.status, answer.error["error-tag"]) == (400, tag)

    def test_for_what_is_not_there_name_what_is(self, server: Server) -> None:
        answer = server.get("/restconf/streams/NETCNF/json")
        assert answer.status == 404
        assert "NETCONF" in answer.error["error-message"]
        assert server.get("/restconf/streams/NETCONF/cbor").status == 404

    def test_for_another_media_type_are_refused(self, server: Server) -> None:
        assert server.get(ALL, headers={"Accept": "application/json"}).status == 406

    def test_with_other_methods_are_refused(self, server: Server) -> None:
        assert server.request("POST", ALL, {}).status == 405
        assert server.request("OPTIONS", ALL).headers["allow"] == "GET, HEAD, OPTIONS"

    @pytest.mark.parametrize("position", ["seven", "999999.0", "-1.0", "1"])
    def test_with_an_unknown_position_are_refused(self, server: Server, position: str) -> None:
        answer = server.get(ALL, headers={"Last-Event-ID": position})
        assert (answer.status, answer.error["error-tag"]) == (400, "invalid-value")

    def test_without_a_token_are_refused(self, server: Server) -> None:
        assert server.get(ALL, token="").status == 401


class TestMonitoring:
    def test_lists_the_streams_with_their_urls(self, server: Server) -> None:
        path = "/restconf/data/ietf-restconf-monitoring:restconf-state"
        told = server.get(f"{path}/streams").json["ietf-restconf-monitoring:streams"]["stream"]
        assert [stream["name"] for stream in told] == ["NETCONF", "config-changes"]
        for stream in told:
            assert stream["replay-support"] is True
            for access in stream["access"]:
                with listening(server, access["location"].removeprefix(server.url)):
                    pass
        capabilities = server.get(f"{path}/capabilities").json["ietf-restconf-monitoring:capabilities"]
        assert "urn:ietf:params:restconf:capability:filter:1.0" in capabilities["capability"]
        assert "urn:ietf:params:restconf:capability:replay:1.0" in capabilities["capability"]


class TestClients:
    def test_have_so_many_streams_and_no_more(self, server: Server) -> None:
        wait_for(lambda: self.admitted(server), "those of other tests are gone")
        with ExitStack() as stack:
            with pytest.raises(Refused) as refused:
                self.listen(server, stack, 21)
            answer = refused.value.answer
            assert (answer.status, answer.error["error-tag"]) == (409, "resource-denied")
            assert "may to 20" in answer.error["error-message"]
        wait_for(lambda: self.admitted(server), "those that went make room")

    def listen(self, server: Server, stack: ExitStack, count: int) -> None:
        for _ in range(count):
            stack.enter_context(listening(server, ALL))

    def admitted(self, server: Server) -> bool:
        try:
            with listening(server, ALL):
                return True
        except Refused:
            return False

    def test_that_do_not_read_are_dropped(self, server: Server) -> None:
        with wait_for(lambda: self.deaf(server), "there is room for it"):
            bells = [{"name": f"bell {number} " * 200} for number in range(200)]
            for _ in range(20):
                for many in (bells, []):
                    answer = server.request("PUT", TOWER, {"belfry:tower": {"height": "60.5", "bell": many}})
                    assert answer.status < 300, answer.body
            wait_for(lambda: "is dropped" in server.log.read_text(), "the deaf client is dropped")

    def deaf(self, server: Server) -> socket.socket | None:
        """A client that reads only that it is let in; None if it is not."""
        client = socket.create_connection(("127.0.0.1", server.port))
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        head = f"GET {CHANGES}?start-time=2020-01-01T00:00:00Z HTTP/1.1\r\nHost: h\r\n"
        client.sendall(f"{head}Authorization: Bearer {server.token}\r\n\r\n".encode())
        if client.recv(12).endswith(b"200"):
            return client
        client.close()
        return None

    def test_are_told_the_end_when_the_server_stops(self, tmp_path: Path) -> None:
        with serving(tmp_path / "datastore", yang=[MODELS], modules=["belfry"]) as server:
            with listening(server, ALL) as stream:
                server.process.terminate()
                assert stream.next() is None
            assert server.process.wait(timeout=20) == 0


def test_a_client_that_missed_what_is_gone_is_told_so() -> None:
    assert position_of("4.7", 5, 9) == Position(4, 7)
    assert position_of("", 5, 9) is None
    with pytest.raises(NotFound, match="from revision 5 on"):
        position_of("3.9", 5, 9)
    with pytest.raises(BadInput):
        position_of("10.0", 5, 9)
