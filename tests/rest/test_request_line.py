"""Methods, targets, hosts and versions of requests: RFC 9110 sections 9.1 and 9.3.7, RFC 9112 sections 3.2 and 9.3."""

import http.client
import json
import socket
from contextlib import closing

import pytest
from serving import Answer, Server
from workshop_paths import SHOP


def say(server: Server, line: str, *fields: str, body: bytes = b"") -> Answer:
    """The answer to a request that is sent as it stands."""
    head = [line, f"Authorization: Bearer {server.token}", *fields, f"Content-Length: {len(body)}", "", ""]
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=30)) as connection:
        connection.sendall("\r\n".join(head).encode() + body)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())


@pytest.mark.parametrize("method", ["XYZ", "PROPFIND", "M-SEARCH", "WEBSOCKET", "GETS"])
def test_a_method_that_nobody_knows_is_501(workshop: Server, method: str) -> None:
    answer = workshop.request(method, SHOP)
    assert (answer.status, answer.error["error-tag"]) == (501, "operation-not-supported")


@pytest.mark.parametrize("method", ["TRACE", "POST"])
def test_a_method_that_a_resource_does_not_take_is_405(workshop: Server, method: str) -> None:
    answer = workshop.request(method, "/restconf/yang-library-version", b"")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_a_request_of_http_1_1_names_its_host(workshop: Server) -> None:
    answer = say(workshop, "GET /restconf HTTP/1.1")
    assert (answer.status, answer.error["error-tag"]) == (400, "malformed-message")
    assert say(workshop, "GET /restconf HTTP/1.0").status == 200


@pytest.mark.parametrize("host", ["a b", "ann@hoard", "hoard:80:80", "hoard:http", "a/b", "[::1", "h\xe4"])
def test_a_host_that_is_none_is_refused(workshop: Server, host: str) -> None:
    answer = say(workshop, "GET /restconf HTTP/1.1", f"Host: {host}")
    assert (answer.status, answer.error["error-tag"]) == (400, "malformed-message")


@pytest.mark.parametrize("host", ["", "hoard", "hoard.local:8080", "127.0.0.1:", "[::1]:80", "h%C3%A4"])
def test_a_host_may_be_a_name_or_an_address_with_a_port_or_none_at_all(workshop: Server, host: str) -> None:
    assert say(workshop, "GET /restconf HTTP/1.1", f"Host: {host}").status == 200


@pytest.mark.parametrize("url", ["http:///restconf", "http://ann@hoard/restconf"])
def test_a_url_without_a_host_or_with_a_user_is_refused(workshop: Server, url: str) -> None:
    answer = say(workshop, f"GET {url} HTTP/1.1", "Host: x")
    assert (answer.status, answer.error["error-tag"]) == (400, "malformed-message")


def test_what_is_wrong_with_a_request_as_such_is_told_in_the_encoding_asked_for(workshop: Server) -> None:
    answer = say(workshop, "GET /restconf HTTP/1.1", "Accept: application/yang-data+xml")
    assert (answer.status, answer.headers["content-type"]) == (400, "application/yang-data+xml")
    assert answer.body.startswith(b'<errors xmlns="urn:ietf:params:xml:ns:yang:ietf-restconf"><error>')


def test_a_transfer_coding_that_is_not_known_is_501(workshop: Server) -> None:
    fields = {"Transfer-Encoding": "gzip, chunked", "Content-Type": "application/yang-data+json"}
    answer = workshop.request("PUT", SHOP, b"0\r\n\r\n", headers=fields)
    assert (answer.status, answer.error["error-tag"]) == (501, "operation-not-supported")


def test_the_target_may_be_a_url_whose_host_counts(workshop: Server) -> None:
    body = json.dumps({"workshop:tag": ["a/b"]}).encode()
    fields = ("Host: elsewhere", "Content-Type: application/yang-data+json")
    assert workshop.request("PUT", SHOP, {"workshop:shop": {}}).status in {201, 204}
    answer = say(workshop, f"POST http://hoard.example{SHOP} HTTP/1.1", *fields, body=body)
    assert answer.status == 201
    assert answer.headers["location"] == f"http://hoard.example{SHOP}/tag=a%2Fb"
    answer = say(workshop, f"GET http://hoard.example{SHOP}/tag=a%2Fb?depth=1 HTTP/1.1", "Host: elsewhere")
    assert answer.json == {"workshop:tag": ["a/b"]}
    assert say(workshop, "GET http://hoard.example HTTP/1.1", "Host: x").status == 404


@pytest.mark.parametrize("target", ["*", "http://hoard.example"])
def test_an_asterisk_or_a_url_without_a_path_asks_what_the_server_takes(
    workshop: Server, target: str
) -> None:
    answer = say(workshop, f"OPTIONS {target} HTTP/1.1", "Host: x")
    assert (answer.status, answer.body) == (200, b"")
    assert set(answer.headers["allow"].split(", ")) >= {"GET", "PATCH", "OPTIONS"}


def test_who_speaks_http_1_0_may_keep_the_connection_for_what_has_a_length(workshop: Server) -> None:
    tools = [{"name": f"t{number}"} for number in range(20_000)]
    assert workshop.request("PUT", SHOP, {"workshop:shop": {"tool": tools}}).status in {201, 204}
    keep = f"HTTP/1.0\r\nAuthorization: Bearer {workshop.token}\r\nConnection: keep-alive\r\n\r\n"
    with closing(socket.create_connection(("127.0.0.1", workshop.port), timeout=30)) as connection:
        for path, kept in ((f"{SHOP}/tool=t1", True), (f"{SHOP}/tool=t2", True), (SHOP, False)):
            connection.sendall(f"GET {path} {keep}".encode())
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            assert answer.getheader("connection") == ("keep-alive" if kept else "close")
            told = json.loads(answer.read())  # to its length, or else to the end of the connection
        assert len(told["workshop:shop"]["tool"]) == len(tools)
