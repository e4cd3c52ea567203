"""One conversation, held by every client: curl, requests, httpx, with HTTP/1.1 and 2, with and without TLS.

HTTPie, each of whose requests starts a Python, has its turn in the guide (tests/docs/test_clients_guide.py)."""

from __future__ import annotations

import json
import ssl
import subprocess
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import httpx
import pytest
import requests
from client_hoard import Hoard
from serving import PATIENCE, Answer

Ask: TypeAlias = Callable[..., Answer]
"""``ask(method, path, body, **headers)``: underscores in names of headers stand for hyphens."""

JSON = "application/yang-data+json"
XML = "application/yang-data+xml"
FERMENTATION = "/restconf/data/brewerslab:brewhouse/temperature/fermentation"
PROBES = "/restconf/data/brewerslab:brewhouse/temperature/hardware"


def answer_in(text: bytes) -> Answer:
    """The last answer in what a program prints: status line, headers, a blank line, the body."""
    head, _, body = text.replace(b"\r\n", b"\n").partition(b"\n\n")
    first, *lines = head.decode().splitlines()
    pairs = (line.partition(":") for line in lines)
    return Answer(int(first.split()[1]), {name.lower(): value.strip() for name, _, value in pairs}, body)


def run(command: list[str], body: bytes | None) -> Answer:
    done = subprocess.run(command, input=body or b"", capture_output=True, check=False, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    return answer_in(done.stdout)


def with_curl(hoard: Hoard, *options: str) -> Ask:
    trust = ["--cacert", str(hoard.trust)] if hoard.trust else []

    def ask(method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        verb = ["-I"] if method == "HEAD" else ["-i", "-X", method]
        sent = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
        data = [] if body is None else ["--data-binary", "@-"]
        return run(["curl", "-s", *options, *trust, *verb, *sent, *data, f"{hoard.url}{path}"], body)

    return ask


def with_requests(hoard: Hoard) -> Ask:
    def ask(method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        told = requests.request(
            method,
            f"{hoard.url}{path}",
            data=body,
            headers=headers,
            verify=str(hoard.trust) if hoard.trust else True,
            timeout=PATIENCE,
        )
        return Answer(
            told.status_code, {name.lower(): value for name, value in told.headers.items()}, told.content
        )

    return ask


def with_httpx(hoard: Hoard, *, http2: bool = False) -> Ask:
    trust = ssl.create_default_context(cafile=hoard.trust)

    def ask(method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        with httpx.Client(http2=http2, verify=trust, timeout=PATIENCE) as client:
            told = client.request(method, f"{hoard.url}{path}", content=body, headers=dict(headers))
        assert told.http_version == ("HTTP/2" if http2 and hoard.trust else "HTTP/1.1")
        return Answer(told.status_code, dict(told.headers), told.content)

    return ask


CLIENTS: dict[str, Callable[[Hoard], Ask]] = {
    "curl": lambda hoard: with_curl(hoard, "--http1.1"),
    "curl, HTTP/2": lambda hoard: with_curl(hoard, "--http2", "--compressed"),
    "requests": with_requests,
    "httpx": with_httpx,
    "httpx, HTTP/2": lambda hoard: with_httpx(hoard, http2=True),
}


@pytest.mark.parametrize("name", CLIENTS)
def test_a_conversation(name: str, hoard: Hoard) -> None:
    ask = CLIENTS[name](hoard)

    def talk(method: str, path: str, value: Any = None, **headers: str) -> Answer:
        sent = {"Authorization": f"Bearer {hoard.token}", "Accept": JSON}
        body = value if isinstance(value, bytes) or value is None else json.dumps(value).encode()
        if body is not None:
            sent["Content-Type"] = JSON
        return ask(method, path, body, sent | {key.replace("_", "-"): text for key, text in headers.items()})

    found = ask("GET", "/.well-known/host-meta", None, {"Accept": "application/xrd+xml"})
    assert b"<Link rel='restconf' href='/restconf'/>" in found.body
    assert ask("GET", FERMENTATION, None, {}).status == 401

    setpoint = f"{FERMENTATION}/setpoint"
    assert talk("PUT", setpoint, {"brewerslab:setpoint": "19.5"}).status in {201, 204}
    assert talk("GET", setpoint).json == {"brewerslab:setpoint": "19.5"}
    told = talk("GET", setpoint, Accept=XML)
    assert told.body == b'<setpoint xmlns="urn:pyconfhoard:brewerslab">19.5</setpoint>'
    sent = b'<setpoint xmlns="urn:pyconfhoard:brewerslab">18.5</setpoint>'
    assert talk("PATCH", setpoint, sent, Content_Type=XML).status == 204

    seen = talk("GET", setpoint)
    tag = seen.headers["etag"]
    assert seen.headers["content-type"] == JSON
    assert (talk("HEAD", setpoint).headers["etag"], talk("HEAD", setpoint).body) == (tag, b"")
    known = talk("GET", setpoint, If_None_Match=tag)
    assert (known.status, known.body) == (304, b"")
    assert talk("PUT", setpoint, {"brewerslab:setpoint": "20.0"}, If_Match=tag).status == 204
    late = talk("PUT", setpoint, {"brewerslab:setpoint": "21.0"}, If_Match=tag)
    assert (late.status, late.error["error-tag"]) == (412, "operation-failed")

    key = "28/ä, 1=%2C"
    entry = f"{PROBES}/probe=28%2F%C3%A4%2C%201%3D%252C"
    made = talk("POST", PROBES, {"brewerslab:probe": [{"id": key}]})
    assert (made.status, made.headers["location"]) == (201, f"{hoard.url}{entry}")
    assert talk("GET", f"{entry}?fields=id&depth=2").json == {"brewerslab:probe": [{"id": key}]}
    assert talk("DELETE", entry).status == 204
    assert talk("DELETE", entry).status == 404

    refused = talk("PUT", setpoint, {"brewerslab:setpoint": "99"})
    assert (refused.status, refused.error["error-tag"]) == (400, "invalid-value")
    assert talk("OPTIONS", setpoint).headers["allow"].startswith("GET")
    whole = talk("GET", "/restconf/data/ietf-yang-library:yang-library", Accept_Encoding="gzip")
    if name != "curl":  # which unpacks only what it asks for itself
        assert "brewerslab" in {
            module["name"]
            for each in whole.json["ietf-yang-library:yang-library"]["module-set"]
            for module in each["module"]
        }
