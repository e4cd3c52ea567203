"""The link's thread: it keeps one WebSocket to the hoard, so that a Thing can block as it likes.

A DS18B20 blocks its reader for 750 ms; heartbeats and held readings must not wait for that. So this
thread owns the socket and does all of the network's work; it gives events to the Thing's inbox and
takes commands (votes, results) from a queue and readings from the outbox. It never calls code of the
Thing.

When the link is lost it is made anew, after 0.2 s first, then twice as long each time, with jitter
(a hundred Things must not come back in one moment), at most 30 s; on the hoard's own machine at most
1.5 s, as trying costs nothing there and a restarted hoard must be noticed within two.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import random
import select
import socket
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol, TypeAlias
from urllib.parse import urlsplit

from pyconfhoard.errors import Fault, HoardError, LinkError, Unauthorized
from pyconfhoard.schema import restore
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.settings import LOOPBACK
from pyconfhoard.thing import http
from pyconfhoard.thing.clock import Clock
from pyconfhoard.thing.link import CLOSE_HELD, Event, Identity, Link, Noted, RefusedLink, Seen, Welcome
from pyconfhoard.thing.local import LocalCopy
from pyconfhoard.thing.notices import Notifier
from pyconfhoard.thing.operational import Outbox, message
from pyconfhoard.thing.wire import Closed, Wire
from pyconfhoard.tree import Path, parse_path

__all__ = [
    "Backoff",
    "Connection",
    "Down",
    "Held",
    "Incoming",
    "LinkClient",
    "Linked",
    "machine_id",
    "this_process",
]

_CONNECT: Final = 10.0
"""Seconds for connecting, and for any single frame to pass."""

_STEADY: Final = 5.0
"""Seconds that a link has to last for the next one to be tried at once."""

_DRAIN: Final = 1.0
"""Seconds that a closing link has to send what is left."""


class Held(LinkError):
    """Another process is this Thing already; the message names it."""

    default_tag = "in-use"


@dataclass(frozen=True, slots=True)
class Linked:
    """The hoard welcomes the Thing. ``schema`` is the same object for as long as the model is the same."""

    schema: Schema
    welcome: Welcome


@dataclass(frozen=True, slots=True)
class Down:
    """There is no link, and why; ``denied`` when the hoard does not accept the token."""

    reason: str
    denied: bool = False


Incoming: TypeAlias = Event | Linked | Down


class Connection(Protocol):
    """What a Thing needs of its link; ``pyconfhoard.testing`` plays one."""

    def start(self, deliver: Callable[[Incoming], None], revision: Callable[[], int]) -> None:
        """Begin to link; events come by ``deliver``, from any thread."""

    def vote(self, id: int, *, reason: str = "", path: str = "") -> None: ...

    def applied(self, revision: int, *, reason: str = "") -> None: ...

    def answer(self, id: int, output: Mapping[str, Any], faults: Sequence[Fault] = ()) -> None: ...

    def renew(self) -> None:
        """Drop the link and make it anew: what was told cannot be understood."""

    def close(self) -> None:
        """Send what is left, say goodbye, and end; returns within seconds."""


class Backoff:
    """Growing waits with jitter: 0.2 s, 0.4 s, ... ``most``, each times 0.5 to 1."""

    def __init__(
        self, most: float, *, first: float = 0.2, spread: Callable[[], float] = random.random
    ) -> None:
        self._first = first
        self._most = most
        self._spread = spread
        self._tries = 0

    def reset(self) -> None:
        self._tries = 0

    def next(self) -> float:
        """Seconds to wait before the next try."""
        wait = min(self._most, self._first * 2.0 ** min(self._tries, 16))
        self._tries += 1
        return wait * (0.5 + 0.5 * self._spread())


def machine_id() -> str:
    """What tells this machine from others: systemd's id, else the network card's address."""
    with contextlib.suppress(OSError):
        text = pathlib.Path("/etc/machine-id").read_text(encoding="ascii").strip()
        if text:
            return text
    import uuid  # noqa: PLC0415 - seldom needed, and not small

    return f"{uuid.getnode():012x}"


class LinkClient:
    """A Thing's link to the hoard at ``url``. One thread, started by :meth:`start`.

    ``answers`` says which rpcs and actions the Thing answers under a schema, whose path is what it owns.
    """

    def __init__(
        self,
        identity: Identity,
        url: str,
        token: Callable[[], str],
        *,
        outbox: Outbox,
        notifier: Notifier,
        local: LocalCopy,
        clock: Clock,
        heartbeat: float = 5.0,
        trust: pathlib.Path | None = None,
        schema: Schema | None = None,
        answers: Callable[[Schema, Path], tuple[str, ...]] = lambda schema, base: (),
    ) -> None:
        self._identity = identity
        self._answers = answers
        self._url = url
        self._token = token
        self._outbox = outbox
        self._notifier = notifier
        self._local = local
        self._clock = clock
        self._heartbeat = heartbeat
        self._trust = trust
        self._schema = schema
        self._linked = float("inf")
        self._commands: deque[Callable[[Link], None]] = deque()
        self._closing = threading.Event()
        self._bell, self._ringer = socket.socketpair()
        self._bell.setblocking(False)
        self._ringer.setblocking(False)
        near = (urlsplit(url).hostname or "") in LOOPBACK
        self._backoff = Backoff(1.5 if near else 30.0)
        self._deliver: Callable[[Incoming], None] = lambda event: None
        self._revision: Callable[[], int] = lambda: 0
        self._thread = threading.Thread(target=self._run, name=f"link {identity.thing}", daemon=True)
        outbox.wake = notifier.wake = self._ring

    # -- called by the Thing -------------------------------------------------------------------

    def start(self, deliver: Callable[[Incoming], None], revision: Callable[[], int]) -> None:
        self._deliver = deliver
        self._revision = revision
        self._thread.start()

    def vote(self, id: int, *, reason: str = "", path: str = "") -> None:
        self._command(lambda link: link.vote(id, reason=reason, path=path))

    def applied(self, revision: int, *, reason: str = "") -> None:
        self._command(lambda link: link.applied(revision, reason=reason))

    def answer(self, id: int, output: Mapping[str, Any], faults: Sequence[Fault] = ()) -> None:
        self._command(lambda link: link.answer(id, output, faults))

    def renew(self) -> None:
        self._command(_start_over)

    def close(self) -> None:
        self._closing.set()
        self._ring()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(_DRAIN + 1.0)

    def _command(self, command: Callable[[Link], None]) -> None:
        self._commands.append(command)
        self._ring()

    def _ring(self) -> None:
        with contextlib.suppress(OSError):  # rung already (one byte is as good as many), or all is over
            self._ringer.send(b"\0")

    # -- the thread ----------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._session()
            except Unauthorized as error:
                self._deliver(Down(str(error), denied=True))
            except (HoardError, OSError) as error:
                self._deliver(Down(str(error) or type(error).__name__))
            if self._clock.monotonic() - self._linked > _STEADY:
                self._backoff.reset()
            self._linked = float("inf")
            self._closing.wait(self._backoff.next())
        self._bell.close()
        self._ringer.close()

    def _session(self) -> None:
        """One connection, from the model to the last frame. Ends by an exception, or when closing."""
        schema = self._fetch_schema()
        base = parse_path(schema, self._identity.path)
        follow = tuple(str(parse_path(schema, path)) for path in self._identity.follow)
        identity = replace(self._identity, path=str(base), follow=follow, answers=self._answers(schema, base))
        self._commands.clear()
        url = "ws" + self._url.removeprefix("http") + "/v1/link"
        wire = Wire(url, self._token(), timeout=_CONNECT, trust=self._trust)
        try:
            link = Link(identity, self._clock.monotonic(), self._heartbeat)
            link.hello(self._revision())
            while not self._closing.is_set():
                self._send(wire, link, schema, base)
                for event in self._receive(wire, link):
                    self._take(event, schema)
                link.tick(self._clock.monotonic())
            with contextlib.suppress(LinkError):
                self._send(wire, link, schema, base)
            wire.close()
        finally:
            wire.shut()

    def _take(self, event: Event, schema: Schema) -> None:
        match event:
            case Welcome():
                self._linked = self._clock.monotonic()
                self._outbox.linked()
                self._notifier.linked()
                self._deliver(Linked(schema, event))
            case Seen(seq):
                self._outbox.seen(seq)
            case Noted(seq):
                self._notifier.seen(seq)
            case RefusedLink(reason):
                self._deliver(event)
                raise LinkError(reason)
            case _:
                self._deliver(event)

    def _fetch_schema(self) -> Schema:
        """The hoard's model, transferred only when it is not the one at hand."""
        headers = {"If-None-Match": f'"{self._schema.fingerprint}"'} if self._schema else {}
        answer = http.request(
            "GET", f"{self._url}/v1/schema", token=self._token(), headers=headers, trust=self._trust
        )
        if answer.status == 304 and self._schema is not None:
            return self._schema
        if answer.status in {401, 403}:
            raise Unauthorized(f"the hoard does not accept this Thing's token ({answer.reason()})")
        if answer.status != 200:
            raise LinkError(f"the hoard gives no schema: {answer.reason()}")
        try:
            schema = restore(answer.body)
        except ValueError as error:
            raise LinkError(f"the hoard's schema cannot be read: {error}") from error
        if self._schema is None or schema.fingerprint != self._schema.fingerprint:
            self._schema = schema
            self._local.keep_schema(answer.body)
        return self._schema

    def _send(self, wire: Wire, link: Link, schema: Schema, base: Path) -> None:
        while self._commands:
            self._commands.popleft()(link)
        while link.state == "linked" and (batch := self._outbox.take()) is not None:
            link.publish(message(schema, base, *batch, self._clock.now()))
        if link.state == "linked":
            for told in self._notifier.take():
                link.publish(told)
        for frame in link.take():
            wire.send(frame)

    def _receive(self, wire: Wire, link: Link) -> tuple[Event, ...]:
        """Wait for a frame, the bell or the heartbeat; the event that came, if one did."""
        wait = 0.0 if wire.pending() else link.wait(self._clock.monotonic())
        ready, _, _ = select.select([wire.fileno(), self._bell.fileno()], [], [], wait)
        if self._bell.fileno() in ready:
            with contextlib.suppress(BlockingIOError):
                self._bell.recv(4096)
        if wire.fileno() not in ready and not wire.pending():
            return ()
        try:
            frame = wire.receive()
        except Closed as closed:
            if closed.code == CLOSE_HELD:
                return (RefusedLink(closed.words or "another process is this Thing"),)
            raise
        event = None if frame is None else link.receive(frame, self._clock.monotonic())
        return () if event is None else (event,)


def _start_over(link: Link) -> None:
    raise LinkError("starting over, to be told everything anew")


def this_process(thing: str, module: str, path: str, follow: tuple[str, ...]) -> Identity:
    """The identity that a Thing of this process says hello with."""
    return Identity(thing, module, path, socket.gethostname(), machine_id(), os.getpid(), follow)
