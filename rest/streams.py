"""Event streams: ``/restconf/streams/{stream}/{encoding}`` (RFC 8040 section 6), as server-sent events.

Which streams there are is told by ``ietf-restconf-monitoring``, with these URLs. Each is the same for all who listen;
what of it a client is sent depends on its ``filter`` and on what it may see.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Final, cast, get_args

from falcon.asgi import Request, Response

from pyconfhoard.access import Principal
from pyconfhoard.errors import Fault, NotFound
from pyconfhoard.hoard.notices import Notice, Notices
from pyconfhoard.hoard.notices_follow import STREAMS, Follower, Mark, Stream
from pyconfhoard.schema.nodes import Inner, Schema
from pyconfhoard.tree import nearest

from .auth import principal_of
from .filter import Query, compiled
from .negotiation import Encoding, choose
from .resource import answer_options
from .runtime import Runtime
from .streams_query import listening_of
from .streams_text import EVENT_STREAM, event_of, mark_event
from .streams_tree import planted

__all__ = ["EventStream", "NoticeFilter", "NoticeSource", "filter_of", "may_see"]

_METHODS: Final = "GET, OPTIONS"


def may_see(principal: Principal, notice: Notice) -> bool:
    """Whether a notification may be told to somebody: who may read the instance that it is about."""
    return principal.may_read(notice.at)


class NoticeFilter:
    """An XPath expression that notifications must make true. The verdict is kept with the notice, for all who have the
    same filter."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._queries: dict[tuple[Schema, Inner], Query] = {}

    def check(self, schema: Schema) -> None:
        """Raise :class:`BadInput` for what is no expression."""
        compiled(self.text, schema)

    def holds(self, notice: Notice) -> bool:
        """Whether it is true of a notice."""
        verdict: bool | None = notice.memo.get(self)
        if verdict is None:
            tree = planted(notice)
            place = (notice.schema, tree.schema)
            if place not in self._queries:
                self._queries[place] = Query(tree.schema, compiled(self.text, notice.schema))
            notice.memo[self] = verdict = self._queries[place].holds(tree)
        return verdict


@lru_cache(maxsize=64)
def filter_of(text: str) -> NoticeFilter:
    """The filter of an expression: one for all who ask for it."""
    return NoticeFilter(text)


class NoticeSource:
    """The events of one listener: what its follower gives, as far as filter and rights let it through."""

    def __init__(
        self,
        follower: Follower,
        notices: Notices,
        encoding: Encoding,
        wanted: NoticeFilter | None,
        principal: Principal,
    ) -> None:
        self._follower = follower
        self._notices = notices
        self._encoding = encoding
        self._filter = wanted
        self._principal = principal

    async def pieces(self, patience: float) -> tuple[bytes, ...] | None:
        clock = asyncio.get_running_loop().time
        until = clock() + patience
        while not self._follower.ended:
            given = await self._follower.more(max(0.0, until - clock()))
            events = [event for one in given if (event := self._event(one))]
            if events or (not given and not self._follower.ended):
                return tuple(events)
        return None

    def _event(self, one: Notice | Mark) -> bytes:
        if isinstance(one, Mark):
            return mark_event(one, self._notices.hoard.now(), self._encoding)
        if not may_see(self._principal, one) or (self._filter is not None and not self._filter.holds(one)):
            return b""
        return event_of(one, self._encoding)

    def end(self) -> None:
        self._follower.end()

    def close(self) -> None:
        """Nothing is held."""


class EventStream:
    """One access point of a stream."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def on_get(self, request: Request, response: Response, stream: str, encoding: str) -> None:
        runtime = self._runtime
        found = _stream(stream, encoding)
        principal = principal_of(request)
        choose(request.get_header("Accept"), (EVENT_STREAM,))
        notices = runtime.notices
        asked = listening_of(request.query_string, request.get_header("Last-Event-ID"), notices.hoard.now())
        wanted = filter_of(asked.filter) if asked.filter else None
        if wanted is not None:
            wanted.check(notices.hoard.schema)
        runtime.outlets.admit(principal.name)
        follower = Follower(
            notices, found, after=asked.after, start=None if asked.after else asked.start, stop=asked.stop
        )
        source = NoticeSource(follower, notices, cast(Encoding, encoding), wanted, principal)
        runtime.outlets.answer(response, principal.name, source, f"stream {stream}")

    async def on_options(self, request: Request, response: Response, stream: str, encoding: str) -> None:
        _stream(stream, encoding)
        answer_options(response, _METHODS)


def _stream(name: str, encoding: str) -> Stream:
    found = STREAMS.get(name)
    if found is None:
        message = f"there is no event stream {name!r}; there are {', '.join(STREAMS)}"
        raise NotFound(Fault("invalid-value", message, value=name, legal=nearest(name, STREAMS)))
    if encoding not in get_args(Encoding):
        legal = get_args(Encoding)
        message = f"events come in {' or '.join(legal)}: /restconf/streams/{name}/{legal[0]}"
        raise NotFound(Fault("invalid-value", message, value=encoding, legal=legal))
    return found
