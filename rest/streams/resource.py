"""Event streams: ``/restconf/streams/{stream}/{encoding}`` (RFC 8040 section 6), as server-sent events.

Which streams there are is told by ``ietf-restconf-monitoring``, with these URLs. Each is the same for all who listen;
what of it a client is sent depends on its ``filter`` and on what it may see.
"""

from __future__ import annotations

import asyncio
from typing import Final, cast, get_args

from falcon.asgi import Request, Response

from pyconfhoard.access import Principal
from pyconfhoard.errors import Fault, NotFound
from pyconfhoard.hoard.notices import Notice, Notices
from pyconfhoard.hoard.notices_follow import STREAMS, Follower, Mark, Stream
from pyconfhoard.tree import nearest

from ..auth import principal_of
from ..filters.notices import NoticeFilter, filter_of
from ..media_types import Encoding
from ..negotiation import choose
from ..resource import answer_options
from ..runtime import Runtime
from .access import seen
from .login import login_of
from .query import listening_of, position_of, with_ids
from .text import EVENT_STREAM, event_of, mark_event

__all__ = ["EventStream", "NoticeSource"]

_METHODS: Final = "GET, HEAD, OPTIONS"


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
        notice = seen(self._notices.hoard.access(self._principal), one)
        if notice is None or (self._filter is not None and not self._filter.holds(notice)):
            return b""
        return event_of(notice, self._encoding)

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
        hoard = notices.hoard
        asked = listening_of(request.query_string, hoard.now())
        last = request.get_header("Last-Event-ID")
        ids = with_ids(request.query_string, last)
        after = position_of(last, hoard.journal.first, hoard.revision)
        wanted = filter_of(asked.filter) if asked.filter else None
        if wanted is not None:
            wanted.check(hoard.schema)
        if request.method == "HEAD":
            runtime.outlets.describe(response)
            return
        runtime.outlets.admit(principal.name)
        follower = Follower(
            notices, found, after=after, start=None if after else asked.start, stop=asked.stop
        )
        source = NoticeSource(follower, notices, cast(Encoding, encoding), wanted, principal)
        login = login_of(request, hoard.authenticator)
        runtime.outlets.answer(response, principal.name, source, f"stream {stream}", login, ids=ids)

    on_head = on_get

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
