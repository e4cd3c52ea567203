"""A client of event streams over a socket, as the HTML standard has it: fields, comments, events between blank lines."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from serving import Answer, Server

PATIENCE = 20.0
"""Seconds."""


@dataclass(frozen=True)
class Event:
    id: str
    data: str

    @property
    def json(self) -> Any:
        """The notification, without its wrapper."""
        return json.loads(self.data)["ietf-restconf:notification"]

    @property
    def name(self) -> str:
        """The name of the notification."""
        return next(name for name in self.json if name != "eventTime")

    @property
    def content(self) -> Any:
        return self.json[self.name]


class Listener:
    """An open stream; ``headers`` by lower-case name."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self._answer = answer
        self.headers = {name.lower(): value for name, value in answer.getheaders()}
        self.comments = 0

    def next(self) -> Event | None:
        """The next event; None at the end."""
        fields: dict[str, list[str]] = {}
        while line := self._answer.readline():
            text = line.decode().rstrip("\n")
            if text.startswith(":"):
                self.comments += 1
            elif text:
                name, _, value = text.partition(":")
                fields.setdefault(name, []).append(value.removeprefix(" "))
            elif fields:
                return Event("".join(fields.get("id", [])), "\n".join(fields["data"]))
        return None

    def take(self, count: int) -> list[Event]:
        found = []
        for _ in range(count):
            event = self.next()
            assert event is not None, f"the stream ended after {found}"
            found.append(event)
        return found

    def comment(self) -> None:
        """Wait for one."""
        before = self.comments
        while self.comments == before:
            line = self._answer.readline()
            assert line, "the stream ended"
            self.comments += line.startswith(b":")


@contextmanager
def listening(server: Server, path: str, *, token: str | None = None, **headers: str) -> Iterator[Listener]:
    """Listen to ``path`` of a server, connected."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    secret = server.token if token is None else token
    try:
        sent = {"Authorization": f"Bearer {secret}", "Accept": "text/event-stream"}
        connection.request("GET", path, headers=sent | {n.replace("_", "-"): v for n, v in headers.items()})
        answer = connection.getresponse()
        if answer.status != 200:
            received = {name.lower(): value for name, value in answer.getheaders()}
            raise Refused(Answer(answer.status, received, answer.read()))
        listener = Listener(answer)
        listener.comment()
        yield listener
    finally:
        connection.close()


class Refused(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self.answer = answer
