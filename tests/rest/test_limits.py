"""What a client may cost, and what it is told when that is too much: RFC 8040's form, and never a 500."""

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from serving import JSON, Server, serving, wait_for

from pyconfhoard.settings import Settings
from rest.errors import HttpError
from rest.limits import Limits, check_entries

MODELS = Path(__file__).parent / "models"
TAGS = "/restconf/data/workshop:shop"


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with little of everything."""
    limits = {
        "PYCONF_BODY_LIMIT": "200000",
        "PYCONF_MAX_DEPTH": "10",
        "PYCONF_MAX_ENTRIES": "100",
        "PYCONF_REQUESTS": "3",
        "PYCONF_CONNECTIONS": "12",
        "PYCONF_PATIENCE": "0.6",
    }
    folder = tmp_path_factory.mktemp("narrow") / "datastore"
    with serving(folder, yang=[MODELS], modules=["workshop"], **limits) as server:
        yield server


def connect(server: Server) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def heard(connection: socket.socket) -> bytes:
    """All that comes until the server closes."""
    received = b""
    while piece := connection.recv(65536):
        received += piece
    return received


def told(answer: bytes) -> tuple[int, str, dict[str, str]]:
    """Status, error-tag and headers of an answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:])
    return (
        int(lines[0].split()[1]),
        json.loads(body)["ietf-restconf:errors"]["error"][0]["error-tag"],
        headers,
    )


def request(server: Server, method: str, path: str, *headers: str) -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: x",
        f"Authorization: Bearer {server.token}",
        *headers,
        "",
        "",
    ]
    return "\r\n".join(lines).encode()


def shop(**members: Any) -> dict[str, Any]:
    return {"workshop:shop": members}


# -- the body


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"workshop:shop": {"title": "' + b"x" * 200_000 + b'"}}', id="bytes"),
        pytest.param(b'{"workshop:shop": {"note": ' + b'{"a":' * 20 + b"1" + b"}" * 22, id="depth"),
        pytest.param(json.dumps(shop(tag=[str(n) for n in range(101)])).encode(), id="entries"),
        pytest.param(json.dumps(shop(note={str(n): n for n in range(101)})).encode(), id="members"),
        pytest.param(b"[" + b"[]," * 1000 + b"[]]", id="arrays"),
    ],
)
def test_a_body_that_is_too_much_is_413(narrow: Server, body: bytes) -> None:
    answer = narrow.request("PATCH", TAGS, body)
    assert (answer.status, answer.error["error-tag"]) == (413, "too-big")


def test_a_body_in_xml_is_counted_too(narrow: Server) -> None:
    body = '<shop xmlns="urn:pyconfhoard:test:workshop">' + "<tag>x</tag>" * 101 + "</shop>"
    answer = narrow.request(
        "PATCH", TAGS, body.encode(), headers={"Content-Type": "application/yang-data+xml"}
    )
    assert answer.status == 413
    assert b"<error-tag>too-big</error-tag>" in answer.body


def test_commas_in_strings_are_no_entries() -> None:
    check_entries(json.dumps({"a": ",[{" * 1000 + '"\\'}).encode(), "json", 10)
    with pytest.raises(HttpError, match="about 11 values"):
        check_entries(b"[" + b"1," * 10 + b"1]", "json", 10)


def test_a_body_that_comes_too_slowly_is_408(narrow: Server) -> None:
    with closing(connect(narrow)) as connection:
        head = request(narrow, "PATCH", TAGS, f"Content-Type: {JSON}", "Content-Length: 1000")
        began = time.monotonic()
        connection.sendall(head + b"{")
        status, tag, headers = told(heard(connection))
        assert (status, tag, headers["connection"]) == (408, "operation-failed", "close")
        assert 0.3 < time.monotonic() - began < 5


@pytest.mark.parametrize("length", ["Content-Length: 1000", "Transfer-Encoding: chunked"])
def test_a_body_that_never_begins_is_408_too(narrow: Server, length: str) -> None:
    with closing(connect(narrow)) as connection:
        connection.sendall(request(narrow, "PATCH", TAGS, f"Content-Type: {JSON}", length))
        assert told(heard(connection))[:2] == (408, "operation-failed")


def test_a_body_that_trickles_is_408_too(narrow: Server) -> None:
    with closing(connect(narrow)) as connection:
        connection.sendall(request(narrow, "PATCH", TAGS, f"Content-Type: {JSON}", "Content-Length: 100000"))
        connection.settimeout(0.05)
        received = b""
        deadline = time.monotonic() + 10
        while not received and time.monotonic() < deadline:
            connection.sendall(b" ")
            try:
                received = connection.recv(65536)
            except TimeoutError:
                continue
        connection.settimeout(5)
        assert told(received + heard(connection))[0] == 408


def test_bodies_that_are_read_together_have_room_for_two_of_the_largest() -> None:
    limits = Limits.of(Settings(body_limit=100))
    with ExitStack() as stack:
        first, second, third = (stack.enter_context(limits.room.hold()) for _ in range(3))
        first.take(100)
        second.take(60)
        with pytest.raises(HttpError) as refused:
            third.take(41)
        assert (refused.value.status, refused.value.headers) == (503, {"Retry-After": "1"})
        first.drop()
        third.take(41)
    with limits.room.hold() as again:
        again.take(200)


# -- requests and connections


def test_more_requests_at_a_time_than_allowed_are_503_and_health_is_told_all_the_same(narrow: Server) -> None:
    head = request(narrow, "PATCH", TAGS, f"Content-Type: {JSON}", "Content-Length: 150000")
    with ExitStack() as stack:
        waiting = [stack.enter_context(closing(connect(narrow))) for _ in range(3)]
        for connection in waiting:
            connection.sendall(head)
        answer = wait_for(
            lambda: (got := narrow.get(TAGS)).status == 503 and got, "a request is refused", seconds=5
        )
        assert (answer.error["error-tag"], answer.headers["retry-after"]) == ("resource-denied", "1")
        assert narrow.healthy()
    wait_for(lambda: narrow.get(TAGS).status != 503, "those that wait are over")


def test_more_connections_than_allowed_are_503(narrow: Server) -> None:
    with ExitStack() as stack:
        made = [stack.enter_context(closing(connect(narrow))) for _ in range(14)]
        for connection in made:
            connection.settimeout(5)
        with ThreadPoolExecutor(len(made)) as pool:
            answers = sorted(told(answer)[0] for answer in pool.map(heard, made))
    assert answers == [408] * 12 + [503] * 2, (
        "those that were let in and said nothing were ended in their time"
    )
    assert narrow.healthy()


def test_a_connection_that_says_nothing_is_ended_and_one_that_rests_between_requests_is_not(
    narrow: Server,
) -> None:
    with closing(connect(narrow)) as silent, closing(connect(narrow)) as resting:
        resting.sendall(request(narrow, "GET", "/healthz"))
        assert b"200 OK" in resting.recv(65536)
        silent.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Never")
        status, tag, _ = told(heard(silent))
        assert (status, tag) == (408, "operation-failed")
        resting.sendall(request(narrow, "GET", "/healthz"))
        assert b"200 OK" in resting.recv(65536)


def test_a_client_that_does_not_read_its_answer_is_cut_off(narrow: Server) -> None:
    with closing(socket.socket()) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(20)
        connection.connect(("127.0.0.1", narrow.port))
        ask = request(narrow, "GET", "/openapi.json")
        connection.sendall(ask * 40)
        wait_for(lambda: open_sockets(narrow) == 0, "the server has let go of it", seconds=10)
    assert narrow.healthy()


def open_sockets(server: Server) -> int:
    """Connections that the server holds, by the kernel's list."""
    wanted = f":{server.port:04X}"
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    fields = [line.split() for line in lines]
    return sum(1 for field in fields if field[1].endswith(wanted) and field[3] == "01")


@pytest.mark.parametrize(
    ("head", "status", "tag"),
    [
        (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414, "too-big"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 20000 + b"\r\n\r\n", 431, "too-big"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431, "too-big"),
        (b"GET\r\n\r\n", 400, "malformed-message"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400, "malformed-message"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", 400, "malformed-message"),
    ],
)
def test_what_is_no_http_request_is_told_so_in_the_same_form(
    narrow: Server, head: bytes, status: int, tag: str
) -> None:
    with closing(connect(narrow)) as connection:
        connection.sendall(head)
        assert told(heard(connection))[:2] == (status, tag)
