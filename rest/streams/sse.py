"""Server-sent events on their way to clients: keep-alives, limits, and what becomes of clients that do not read.

An :class:`Outlet` is one answer that does not end. The server takes a piece from it when the client has taken those
before; until then the outlet waits and holds nothing. A client that takes nothing for :data:`SILENT` keep-alives is
gone, and its request is ended; so is that of one whose token or password is good no more. Each user has a number of
outlets at most: each is a connection and a file descriptor.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Final, Protocol

from falcon.asgi import Response

from ..errors import HttpError
from .text import COMMENT, EVENT_STREAM, without_id

__all__ = ["SILENT", "Outlet", "Outlets", "Source"]

SILENT: Final = 3
"""Keep-alives that a client may leave unread."""

_log = logging.getLogger("pyconfhoard.streams")


class Source(Protocol):
    """Where events come from."""

    async def pieces(self, patience: float) -> tuple[bytes, ...] | None:
        """The next events, ready to be sent; empty after ``patience`` seconds without any, None at the end."""

    def end(self) -> None:
        """Come to the end: :meth:`pieces`, waiting or not, gives None soon."""

    def close(self) -> None:
        """Nobody listens any more."""


class Outlet:
    """One client's stream: what Falcon sends, piece by piece."""

    def __init__(
        self,
        source: Source,
        keepalive: float,
        done: Callable[[Outlet], None],
        label: str,
        welcome: Callable[[], bool],
        *,
        ids: bool,
    ) -> None:
        self._ids = ids
        self._source = source
        self._keepalive = keepalive
        self._done = done
        self._label = label
        self._welcome = welcome
        self._closed = False
        self._first = True
        self._request: asyncio.Task[object] | None = None
        self._watch: asyncio.TimerHandle | None = None

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        self._taken()
        if self._first:  # the client learns at once that it is connected
            self._first = False
            return self._given(COMMENT)
        pieces = await self._source.pieces(self._keepalive)
        if pieces is None or not self._welcome():
            raise StopAsyncIteration
        if not self._ids:
            pieces = tuple(map(without_id, pieces))
        return self._given(b"".join(pieces) if pieces else COMMENT)

    def end(self) -> None:
        """The server stops: the answer ends."""
        self._source.end()

    async def close(self) -> None:
        """The answer is over; again does nothing."""
        if not self._closed:
            self._closed = True
            self._taken()
            self._source.close()
            self._done(self)

    def _given(self, piece: bytes) -> bytes:
        self._request = asyncio.current_task()
        self._watch = asyncio.get_running_loop().call_later(SILENT * self._keepalive, self._drop)
        return piece

    def _taken(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _drop(self) -> None:
        _log.warning("%s has read nothing for %g s and is dropped", self._label, SILENT * self._keepalive)
        if self._request is not None:
            self._request.cancel()


class Outlets:
    """All that are open. ``most``: how many a user may have; ``keepalive``: seconds between signs of life."""

    def __init__(self, most: int, keepalive: float) -> None:
        self.keepalive = keepalive
        self._most = most
        self._open: dict[Outlet, str] = {}
        self._users: Counter[str] = Counter()
        self._closing = False

    def __len__(self) -> int:
        return len(self._open)

    def admit(self, user: str) -> None:
        """Raise :class:`HttpError` 409 for a user that has as many as may be."""
        if self._users[user] >= self._most:
            message = f"{user} listens to {self._users[user]} streams already, and may to {self._most}: end one of them"
            raise HttpError(409, "resource-denied", message, type="application")

    def answer(
        self,
        response: Response,
        user: str,
        source: Source,
        label: str,
        welcome: Callable[[], bool],
        *,
        ids: bool,
    ) -> None:
        """Let ``response`` be the events of ``source``, with their ``ids`` or without. :meth:`admit` has let the user in;
        ``welcome`` says before each event whether that would still be so."""
        who = f"{user}, listening to {label},"
        outlet = Outlet(source, self.keepalive, self._gone, who, welcome, ids=ids)
        self._open[outlet] = user
        self._users[user] += 1
        if self._closing:
            outlet.end()
        self.describe(response)
        response.stream = outlet

    @staticmethod
    def describe(response: Response) -> None:
        """What the header fields say of events, without any."""
        response.content_type = EVENT_STREAM
        response.set_header("Cache-Control", "no-cache")
        response.set_header("X-Accel-Buffering", "no")  # nginx would collect events before it passes them on

    def close_all(self) -> None:
        """The server stops: every answer ends."""
        self._closing = True
        for outlet in tuple(self._open):
            outlet.end()

    def _gone(self, outlet: Outlet) -> None:
        user = self._open.pop(outlet, None)
        if user is not None:
            self._users[user] -= 1
            if not self._users[user]:
                del self._users[user]
