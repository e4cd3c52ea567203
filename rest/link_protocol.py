"""The link's protocol, as a hoard speaks it: messages in, events out, no sockets, no clock.

Text frames of one JSON object each, at most :data:`MAX_FRAME` bytes; the member ``type`` names the message. A
session goes through these states::

    greeting --welcome()--> linked --close(), any error, silence--> closed
        \\------refuse()-----------------------------------------------^

* ``greeting``: the Thing has connected and owes a ``hello``: who it is, what it owns, what it follows.
* ``linked``: the hoard asks for votes (``prepare``), withdraws them (``abort``), tells what was committed
  (``change``) and what happens elsewhere (``followed``), invokes rpcs and actions (``call``), and acknowledges
  readings (``seen``) and notifications (``noted``). The Thing votes, tells whether a change is in effect
  (``applied``), answers calls (``answer``), publishes (``operational``) and tells (``notification``).
* Whatever arrives is a sign of life. After :data:`MISSED` heartbeats without one the session is over: a
  connection to a board that lost its power stays open for a quarter of an hour.

A message of an unknown type is ignored, so that an older hoard can serve a newer Thing; a known one with a
member missing or of the wrong kind ends the session. :data:`FIELDS` is the one table of what each holds.

Moments are passed in, on the monotonic clock.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, get_args

from pyconfhoard.errors import ErrorTag, Fault, LinkError

__all__ = [
    "CLOSE_HELD",
    "CLOSE_NONSENSE",
    "CLOSE_REFUSED",
    "CLOSE_RESTART",
    "CLOSE_SILENT",
    "EXPECTED",
    "FIELDS",
    "MAX_FRAME",
    "MISSED",
    "VERSION",
    "Answer",
    "Applied",
    "Event",
    "Hello",
    "OperationalData",
    "Pong",
    "Session",
    "Told",
    "Vote",
]

VERSION: Final = 1
MAX_FRAME: Final = 16 * 1024 * 1024
"""Bytes of one message, both ways."""
MISSED: Final = 3
"""Heartbeats without a sign of life after which a session is over."""
MAX_WAITING: Final = 10_000
"""Messages that may wait for a Thing that does not read; beyond that it has to come anew."""

CLOSE_RESTART: Final = 1012
CLOSE_NONSENSE: Final = 1002
CLOSE_SILENT: Final = 4408
CLOSE_REFUSED: Final = 4403
CLOSE_HELD: Final = 4409
"""WebSocket close codes (RFC 6455 section 7.4); the last: another process is this Thing."""

Message: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Hello:
    """``path`` and ``follow``: canonical instance paths; ``revision``: that of the configuration it has; ``answers``: ids of
    the rpcs and actions that it answers, of which a Thing that has none need not speak."""

    thing: str
    module: str
    path: str
    host: str
    machine: str
    pid: int
    follow: tuple[str, ...]
    revision: int
    version: int
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vote:
    """``reason`` is empty for consent."""

    id: int
    reason: str
    path: str


@dataclass(frozen=True, slots=True)
class Applied:
    """``reason`` is empty where the change of ``revision`` is in effect in the world."""

    revision: int
    reason: str


@dataclass(frozen=True, slots=True)
class OperationalData:
    """``data``: RFC 7951 members of the owned subtree, annotated; ``remove``: paths that are no more."""

    seq: int
    data: Mapping[str, Any]
    remove: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a call: the output's RFC 7951 members, or what the Thing objects."""

    id: int
    output: Mapping[str, Any]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A notification: ``data`` are its RFC 7951 members; ``at``: the instance that it is about, empty for none; ``time`` as
    the Thing's clock had it, as text."""

    seq: int
    name: str
    data: Mapping[str, Any]
    at: str
    time: str


@dataclass(frozen=True, slots=True)
class Pong:
    """A sign of life that was asked for."""


Event: TypeAlias = Hello | Vote | Applied | OperationalData | Answer | Told | Pong

FIELDS: Final[Mapping[str, Mapping[str, type]]] = {
    "hello": {
        "version": int,
        "thing": str,
        "module": str,
        "path": str,
        "host": str,
        "machine": str,
        "pid": int,
        "follow": list,
        "revision": int,
    },
    "vote": {"id": int, "ok": bool},
    "applied": {"revision": int, "ok": bool},
    "operational": {"seq": int, "data": dict},
    "answer": {"id": int, "ok": bool},
    "notification": {"seq": int, "name": str, "data": dict, "time": str},
    "ping": {},
    "pong": {},
}
"""Message -> the members that it must have, and of which kind."""

EXPECTED: Final[Mapping[str, frozenset[str]]] = {
    "greeting": frozenset({"hello", "ping", "pong"}),
    "linked": frozenset(FIELDS) - {"hello"},
    "closed": frozenset(),
}
"""State -> the messages that may arrive in it."""


@dataclass(slots=True)
class Session:
    """One connection's life. ``outgoing`` collects what is to be sent; :meth:`take` empties it."""

    now: float
    heartbeat: float = 5.0
    state: str = "greeting"
    close_code: int = 1000
    close_reason: str = ""
    outgoing: list[Message] = field(default_factory=list)
    _heard: float = field(init=False)

    def __post_init__(self) -> None:
        self._heard = self.now

    # -- to the Thing --------------------------------------------------------------------------

    def welcome(
        self, revision: int, config: Mapping[str, Any], followed: Sequence[Mapping[str, Any]]
    ) -> None:
        """Take the Thing on: its configuration, and what it follows."""
        self.state = "linked"
        self._put(
            {
                "type": "welcome",
                "revision": revision,
                "config": config,
                "followed": list(followed),
                "heartbeat": self.heartbeat,
            }
        )

    def refuse(self, reason: str, code: int = CLOSE_REFUSED) -> None:
        """Send the Thing away, with the reason."""
        self._put({"type": "refused", "reason": reason})
        self.close(code, reason)

    def prepare(self, id: int, revision: int, edits: Sequence[Any]) -> None:
        """Ask for a vote on ``edits`` (the journal's form)."""
        self._put({"type": "prepare", "id": id, "revision": revision, "edits": list(edits)})

    def abort(self, id: int) -> None:
        """What was asked about will not come."""
        self._put({"type": "abort", "id": id})

    def change(self, revision: int, edits: Sequence[Any]) -> None:
        """``edits`` below the owned path were committed."""
        self._put({"type": "change", "revision": revision, "edits": list(edits)})

    def followed(self, path: str, **parts: Any) -> None:
        """News of a followed path: ``edits`` of its configuration, or its whole ``operational`` data."""
        self._put({"type": "followed", "path": path, **parts})

    def call(self, id: int, operation: str, path: str, given: Any) -> None:
        """Invoke an rpc or action with the members ``given``; ``path`` is the instance of an action, empty for an rpc."""
        self._put({"type": "call", "id": id, "operation": operation, "path": path, "input": given})

    def seen(self, seq: int) -> None:
        """Readings up to ``seq`` have arrived."""
        self._put({"type": "seen", "seq": seq})

    def noted(self, seq: int) -> None:
        """Notifications up to ``seq`` have arrived."""
        self._put({"type": "noted", "seq": seq})

    def ping(self) -> None:
        """Ask for a sign of life."""
        self._put({"type": "ping"})

    def close(self, code: int, reason: str) -> None:
        """The session is over; what is outgoing is still sent, then the connection is closed so."""
        if self.state != "closed":
            self.state, self.close_code, self.close_reason = "closed", code, reason

    def take(self) -> tuple[str, ...]:
        """The frames to send now."""
        frames = tuple(
            json.dumps(message, separators=(",", ":"), ensure_ascii=False) for message in self.outgoing
        )
        self.outgoing.clear()
        return frames

    def _put(self, message: Message) -> None:
        if self.state == "closed":
            return
        if len(self.outgoing) >= MAX_WAITING:
            self.outgoing.clear()
            self.close(CLOSE_RESTART, "the Thing does not read what it is sent: come again")
            return
        self.outgoing.append(message)

    # -- time ----------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """End the session when nothing was heard for too long."""
        if now - self._heard > MISSED * self.heartbeat:
            self.close(CLOSE_SILENT, f"silent for {MISSED} heartbeats of {self.heartbeat:g} s")

    def wait(self, now: float) -> float:
        """Seconds until :meth:`tick` has something to do."""
        return max(0.0, self._heard + MISSED * self.heartbeat + 0.01 - now)

    # -- from the Thing ------------------------------------------------------------------------

    def receive(self, frame: str, now: float) -> Event | None:
        """One frame in; the event that it means, if any. Raises :class:`LinkError` on nonsense, which has
        ended the session then."""
        if self.state == "closed":
            return None
        self._heard = now
        message = self._parsed(frame)
        kind = message["type"]
        fields = FIELDS.get(kind)
        if fields is None:
            return None
        if kind not in EXPECTED[self.state]:
            raise self._broken(f"a {kind} while {self.state}")
        for name, wanted in fields.items():
            value = message.get(name)
            if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
                raise self._broken(f"{kind} without a proper {name!r}")
        return self._event(kind, message)

    def _event(self, kind: str, message: Message) -> Event | None:
        match kind:
            case "hello":
                names = FIELDS["hello"]
                return Hello(
                    **{name: message[name] for name in names if name != "follow"},
                    follow=self._texts(message, "follow"),
                    answers=self._texts(message, "answers"),
                )
            case "vote":
                return Vote(message["id"], self._reason(message), str(message.get("path", "")))
            case "applied":
                return Applied(message["revision"], self._reason(message))
            case "operational":
                return OperationalData(message["seq"], message["data"], self._texts(message, "remove"))
            case "answer":
                return Answer(message["id"], self._output(message), self._faults(message))
            case "notification":
                at = str(message.get("at", ""))
                return Told(message["seq"], message["name"], message["data"], at, message["time"])
            case "ping":
                self._put({"type": "pong"})
                return None
        return Pong()

    def _output(self, message: Message) -> Mapping[str, Any]:
        output = message.get("output", {})
        if not isinstance(output, dict):
            raise self._broken("answer without a proper 'output'")
        return output

    @staticmethod
    def _faults(message: Message) -> tuple[Fault, ...]:
        """What it objects; of what cannot be read, as much as can."""
        if message["ok"]:
            return ()
        listed = message.get("faults")
        faults = []
        for one in listed if isinstance(listed, list) else ():
            if isinstance(one, dict):
                tag: Any = one.get("tag")
                faults.append(
                    Fault(
                        tag if tag in get_args(ErrorTag) else "operation-failed",
                        str(one.get("message", "")),
                        str(one.get("path", "")),
                        app_tag=str(one.get("app_tag", "")),
                    )
                )
        return tuple(faults) or (Fault("operation-failed", "it gives no reason"),)

    @staticmethod
    def _reason(message: Message) -> str:
        if message["ok"]:
            return ""
        return str(message.get("reason") or "it gives no reason")

    def _texts(self, message: Message, name: str) -> tuple[str, ...]:
        texts = message.get(name, [])
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise self._broken(f"{message['type']} without a proper {name!r}")
        return tuple(texts)

    def _parsed(self, frame: str) -> Message:
        if len(frame) > MAX_FRAME:
            raise self._broken(f"a message of {len(frame)} characters: the limit is {MAX_FRAME}")
        try:
            message = json.loads(frame)
        except (ValueError, RecursionError) as error:
            raise self._broken(f"a message that is not JSON: {error}") from error
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise self._broken("a message that is not an object with a 'type'")
        return message

    def _broken(self, what: str) -> LinkError:
        self.close(CLOSE_NONSENSE, what)
        return LinkError(
            Fault("malformed-message", f"that is not the link's protocol (version {VERSION}): {what}")
        )
