"""The link's protocol, as a Thing speaks it: messages in, events out, no sockets, no clock.

Text frames of one JSON object each, at most :data:`MAX_FRAME` bytes; the member ``type`` names the
message. A link goes through these states::

    greeting --welcome--> linked --any error, silence--> closed
        \\-----refused------------------------------------^

* ``greeting``: the Thing has said ``hello`` and waits for ``welcome`` (its configuration, what it
  follows, the heartbeat) or ``refused`` (somebody else is this Thing).
* ``linked``: the hoard asks (``prepare``), withdraws (``abort``), tells (``change``, ``followed``), invokes
  rpcs and actions (``call``) and acknowledges (``seen``); the Thing answers (``vote``, ``applied``,
  ``answer``) and publishes (``operational``). Both sides may ``ping``.
* Whatever arrives is a sign of life. After :data:`MISSED` heartbeats without one the link is dead:
  a TCP connection to a machine that lost its power stays open for a quarter of an hour.

A message of a type that is not known is ignored, so that a newer hoard can serve an older Thing; a
known one with a member missing or of the wrong kind ends the link, because state that was only half
understood is worse than a fresh start. :data:`FIELDS` is the one table of what each message holds.

Moments are passed in, on the monotonic clock.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from pyconfhoard.errors import Fault, LinkError

__all__ = [
    "CLOSE_HELD",
    "MAX_FRAME",
    "MISSED",
    "VERSION",
    "Abort",
    "Called",
    "Change",
    "Event",
    "Followed",
    "Identity",
    "Link",
    "Message",
    "Noted",
    "Prepare",
    "RefusedLink",
    "Seen",
    "Welcome",
]

VERSION: Final = 1
MAX_FRAME: Final = 16 * 1024 * 1024
"""Bytes of one message, both ways."""
MISSED: Final = 3
"""Heartbeats without a sign of life after which a link is dropped."""
CLOSE_HELD: Final = 4409
"""WebSocket close code: another process is this Thing."""

Message: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a Thing is: what its ``hello`` says. ``path`` and ``follow`` are canonical instance paths; ``answers`` are ids
    of the rpcs and actions that it answers."""

    thing: str
    module: str
    path: str
    host: str
    machine: str
    pid: int
    follow: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Welcome:
    """``config``: RFC 7951 members of the owned subtree; ``followed``: one object a followed path."""

    revision: int
    config: Mapping[str, Any]
    followed: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class RefusedLink:
    reason: str


@dataclass(frozen=True, slots=True)
class Prepare:
    """A vote is asked on ``edits`` (the journal's form); answer with the same ``id``."""

    id: int
    revision: int
    edits: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Abort:
    id: int


@dataclass(frozen=True, slots=True)
class Change:
    """``edits`` were committed as ``revision``."""

    revision: int
    edits: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Followed:
    """News of a followed path: None where that part did not change."""

    path: str
    config: Mapping[str, Any] | None
    operational: Mapping[str, Any] | None
    edits: tuple[Any, ...] | None


@dataclass(frozen=True, slots=True)
class Called:
    """An rpc or action is invoked: answer with the same ``id``. ``path`` is the instance of an action, else empty."""

    id: int
    operation: str
    path: str
    input: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """The hoard has the operational message ``seq`` and all before it."""

    seq: int


@dataclass(frozen=True, slots=True)
class Noted:
    """The hoard has the notification ``seq`` and all before it."""

    seq: int


Event: TypeAlias = Welcome | RefusedLink | Prepare | Abort | Change | Followed | Called | Seen | Noted

FIELDS: Final[Mapping[str, Mapping[str, tuple[type, ...]]]] = {
    "welcome": {"revision": (int,), "config": (dict,)},
    "refused": {"reason": (str,)},
    "prepare": {"id": (int,), "revision": (int,), "edits": (list,)},
    "abort": {"id": (int,)},
    "change": {"revision": (int,), "edits": (list,)},
    "followed": {"path": (str,)},
    "call": {"id": (int,), "operation": (str,), "path": (str,), "input": (dict,)},
    "seen": {"seq": (int,)},
    "noted": {"seq": (int,)},
    "ping": {},
    "pong": {},
}
"""Message -> the members that it must have, and of which JSON kinds."""

EXPECTED: Final[Mapping[str, frozenset[str]]] = {
    "greeting": frozenset({"welcome", "refused", "ping", "pong"}),
    "linked": frozenset(FIELDS) - {"welcome", "refused"},
    "closed": frozenset(),
}
"""State -> the messages that may arrive in it."""


@dataclass(slots=True)
class Link:
    """One connection's life. Make a new one for each connection.

    ``outgoing`` collects what is to be sent; :meth:`take` empties it.
    """

    identity: Identity
    now: float
    heartbeat: float = 5.0
    state: str = "greeting"
    outgoing: list[Message] = field(default_factory=list)
    _heard: float = field(init=False)
    _pinged: float = field(init=False)

    def __post_init__(self) -> None:
        self._heard = self._pinged = self.now

    # -- to the hoard --------------------------------------------------------------------------

    def hello(self, revision: int) -> None:
        """Introduce the Thing; ``revision`` is that of the configuration it has, 0 for none."""
        who = self.identity
        self.outgoing.append(
            {
                "type": "hello",
                "version": VERSION,
                "thing": who.thing,
                "module": who.module,
                "path": who.path,
                "host": who.host,
                "machine": who.machine,
                "pid": who.pid,
                "follow": list(who.follow),
                "answers": list(who.answers),
                "revision": revision,
            }
        )

    def vote(self, id: int, *, reason: str = "", path: str = "") -> None:
        """Agree to a prepare, or refuse it with a reason."""
        message: Message = {"type": "vote", "id": id, "ok": not reason}
        if reason:
            message |= {"reason": reason, "path": path}
        self.outgoing.append(message)

    def answer(self, id: int, output: Mapping[str, Any], faults: Sequence[Fault] = ()) -> None:
        """Answer a call: the output's RFC 7951 members, or what is wrong."""
        told: Message = {"output": dict(output)}
        if faults:
            told = {
                "faults": [
                    {"tag": one.tag, "message": one.message, "path": one.path, "app_tag": one.app_tag}
                    for one in faults
                ]
            }
        self.outgoing.append({"type": "answer", "id": id, "ok": not faults, **told})

    def applied(self, revision: int, *, reason: str = "") -> None:
        """Tell that a committed change is in effect in the world, or why it is not."""
        message: Message = {"type": "applied", "revision": revision, "ok": not reason}
        if reason:
            message["reason"] = reason
        self.outgoing.append(message)

    def publish(self, message: Message) -> None:
        """Send an ``operational`` message as the outbox made it, or a ``notification`` as the notifier did."""
        self.outgoing.append(message)

    def take(self) -> tuple[str, ...]:
        """The frames to send now."""
        frames = tuple(json.dumps(message, separators=(",", ":")) for message in self.outgoing)
        self.outgoing.clear()
        return frames

    # -- time ----------------------------------------------------------------------------------

    def tick(self, now: float) -> None:
        """Ping when it is time. Raises :class:`LinkError` when the hoard has been silent too long."""
        if now - self._heard > MISSED * self.heartbeat:
            self.state = "closed"
            raise LinkError(f"the hoard has been silent for {MISSED} heartbeats of {self.heartbeat:g} s")
        if now - self._pinged >= self.heartbeat:
            self._pinged = now
            self.outgoing.append({"type": "ping"})

    def wait(self, now: float) -> float:
        """Seconds until :meth:`tick` has something to do."""
        return max(
            0.0, min(self._pinged + self.heartbeat, self._heard + MISSED * self.heartbeat + 0.01) - now
        )

    # -- from the hoard ------------------------------------------------------------------------

    def receive(self, frame: str | bytes, now: float) -> Event | None:
        """One frame in; the event that it means, if any. Raises :class:`LinkError` on nonsense."""
        message = _parse(frame)
        self._heard = now
        kind = message["type"]
        fields = FIELDS.get(kind)
        if fields is None:
            return None
        if kind not in EXPECTED[self.state]:
            raise self._broken(f"a {kind} while {self.state}")
        for name, kinds in fields.items():
            value = message.get(name)
            if not isinstance(value, kinds) or isinstance(value, bool):
                raise self._broken(f"{kind} without a proper {name!r}")
        return self._event(kind, message)

    def _event(self, kind: str, message: Message) -> Event | None:
        match kind:
            case "welcome":
                self.state = "linked"
                heartbeat = message.get("heartbeat", self.heartbeat)
                if isinstance(heartbeat, int | float) and heartbeat > 0:
                    self.heartbeat = float(heartbeat)
                followed = message.get("followed", [])
                if not isinstance(followed, list) or not all(isinstance(part, dict) for part in followed):
                    raise self._broken("welcome with an improper 'followed'")
                return Welcome(message["revision"], message["config"], tuple(followed))
            case "refused":
                self.state = "closed"
                return RefusedLink(message["reason"])
            case "prepare":
                return Prepare(message["id"], message["revision"], tuple(message["edits"]))
            case "abort":
                return Abort(message["id"])
            case "change":
                return Change(message["revision"], tuple(message["edits"]))
            case "followed":
                return Followed(
                    message["path"],
                    self._part(message, "config"),
                    self._part(message, "operational"),
                    tuple(message["edits"]) if isinstance(message.get("edits"), list) else None,
                )
            case "call":
                return Called(message["id"], message["operation"], message["path"], message["input"])
            case "seen":
                return Seen(message["seq"])
            case "noted":
                return Noted(message["seq"])
            case "ping":
                self.outgoing.append({"type": "pong"})
        return None

    def _part(self, message: Message, name: str) -> Mapping[str, Any] | None:
        part = message.get(name)
        if part is None or isinstance(part, dict):
            return part
        raise self._broken(f"followed with an improper {name!r}")

    def _broken(self, what: str) -> LinkError:
        self.state = "closed"
        return LinkError(f"the hoard does not speak this Thing's protocol (version {VERSION}): {what}")


def _parse(frame: str | bytes) -> Message:
    if len(frame) > MAX_FRAME:
        raise LinkError(f"a message of {len(frame)} bytes: the limit is {MAX_FRAME}")
    try:
        message = json.loads(frame)
    except (ValueError, RecursionError) as error:
        raise LinkError(f"a message that is not JSON: {error}") from error
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise LinkError("a message that is not an object with a 'type'")
    return message
