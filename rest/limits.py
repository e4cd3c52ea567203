"""What a client may cost: the size of a body, what is in it, the time that it takes, and how many bodies are held at a time.

=====================  ==========================================  ==============================
what                   limit                                       answer
=====================  ==========================================  ==============================
bytes of a body        ``body_limit``                              413 ``too-big``
nesting                ``max_depth``                               413 ``too-big``
values in a body       ``max_entries``                             413 ``too-big``
bytes of all bodies    twice ``body_limit``                        503, Retry-After
time for a body        ``patience``, and :data:`SLOWEST` onwards   408
requests at a time     ``requests``                                503, Retry-After
connections            ``connections``                             503, Retry-After
time for a header      ``patience``                                408
unread answer          three times ``patience``                    the connection is cut
=====================  ==========================================  ==============================

The last three are kept where connections are (``limits_connections.py``). All answers have RFC 8040's form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from pyconfhoard.settings import Settings

from .errors import HttpError
from .media_types import Encoding

__all__ = ["SLOWEST", "Limits", "Room", "busy", "check_entries", "too_slow"]

SLOWEST: Final = 1024
"""Bytes a second, on average, that the body of a patient client has after its first seconds."""

_STRINGS: Final = re.compile(rb'"(?:[^"\\]|\\.)*"')


class Room:
    """Bytes that all request bodies together may hold while they are read and parsed."""

    def __init__(self, most: int) -> None:
        self._left = most

    @contextmanager
    def hold(self) -> Iterator[Held]:
        """What one request takes; all of it is given back at the end."""
        held = Held(self)
        try:
            yield held
        finally:
            held.drop()

    def take(self, size: int) -> None:
        """Raise :class:`HttpError` 503 where there is no room for so many bytes more."""
        if size > self._left:
            raise busy("other large requests are being read")
        self._left -= size

    def give(self, size: int) -> None:
        self._left += size


class Held:
    """The bytes of one request."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._size = 0

    def take(self, size: int) -> None:
        """So many more. Raises as :meth:`Room.take`."""
        self._room.take(size)
        self._size += size

    def drop(self) -> None:
        """Give all back."""
        self._room.give(self._size)
        self._size = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """``body`` in bytes, ``depth`` in levels of JSON or XML, ``entries`` in values of any kind, ``patience`` in seconds."""

    body: int
    depth: int
    entries: int = 4_000_000
    patience: float = 20.0
    room: Room = field(default_factory=lambda: Room(2**62), compare=False)

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """Those of a server. To be made once: its requests share the room."""
        room = Room(2 * settings.body_limit)
        return cls(settings.body_limit, settings.max_depth, settings.max_entries, settings.patience, room)


def check_entries(body: bytes, encoding: Encoding, most: int) -> None:
    """Raise :class:`HttpError` 413 for a body of more than ``most`` values: elements of XML; of JSON, members of objects and
    arrays, of which there are at most as many as commas and opening brackets.

    This is counted in the text, before anything is made of it: a megabyte of ``[[],[],...`` is a third of a million objects.
    """
    count = _values(body, encoding)
    if count > most and encoding == "json":
        count = _values(_STRINGS.sub(b"", body), encoding)
    if count > most:
        message = f"the body holds about {count} values, and {most} at most are taken; send it in parts"
        raise HttpError(413, "too-big", message, type="transport")


def _values(body: bytes, encoding: Encoding) -> int:
    if encoding == "xml":
        return body.count(b"<") - body.count(b"</")
    return body.count(b",") + body.count(b"[") + body.count(b"{")


def busy(why: str) -> HttpError:
    """503: what is asked for can be had later."""
    return HttpError(
        503, "resource-denied", f"{why}; try again shortly", type="transport", headers={"Retry-After": "1"}
    )


def too_slow(what: str, seconds: float) -> HttpError:
    """408: the client has had ``seconds`` for it."""
    message = f"{what} took longer than {seconds:.0f} s; the connection is closed"
    return HttpError(408, "operation-failed", message, type="transport", headers={"Connection": "close"})
