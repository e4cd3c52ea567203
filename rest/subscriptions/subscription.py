"""One subscription, from when it is established to when nobody listens to it any more.

It has at most one listener: a GET of its URL. Another one takes its place, since it is most likely the same client which
lost its connection. Without a listener it lives on for :data:`IDLE` seconds.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final

from pyconfhoard.hoard.notices import Position

from .errors import SN
from .feeds import Counts, Feed, StreamFeed
from .push import OnChangeFeed, PeriodicFeed
from .terms import OnChange, Periodic, Terms
from .text import state_change
from .view import Viewer

__all__ = ["IDLE", "Listener", "Subscription"]

IDLE: Final = 60.0
"""Seconds."""

_URI: Final = "ietf-restconf-subscribed-notifications"


class Subscription:
    """``gone`` is called when it has ended, by itself or because nobody listened."""

    def __init__(
        self, id: int, uri: str, terms: Terms, viewer: Viewer, gone: Callable[[Subscription], None]
    ) -> None:
        self.id = id
        self.uri = uri
        self.terms = terms
        self.viewer = viewer
        self.counts = Counts()
        self.ended = False
        self._gone = gone
        self._waiting: deque[bytes] = deque()
        self._listener: Listener | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._feed = self._fed()
        self._wait_for_listener()

    @property
    def user(self) -> str:
        """Who established it."""
        return self.viewer.principal.name

    def _fed(self, after: Position | None = None) -> Feed:
        terms = self.terms
        if isinstance(terms.trigger, Periodic):
            return PeriodicFeed(self.id, terms, self.viewer, self.counts, terms.trigger)
        if isinstance(terms.trigger, OnChange):
            return OnChangeFeed(self.id, terms, self.viewer, self.counts, terms.trigger)
        return StreamFeed(self.id, terms, self.viewer, self.counts, after=after)

    # -- listeners -----------------------------------------------------------------------------

    def listen(self, after: Position | None) -> Listener:
        """The events for a new listener; ``after``: what it has already, of a stream."""
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        before, self._listener = self._listener, Listener(self)
        if before is not None:
            before.end()
        if isinstance(self._feed, StreamFeed):
            if after is not None:
                self._feed = self._fed(after)
        elif isinstance(self._feed, OnChangeFeed) and before is not None:
            self.resync()
        return self._listener

    def left(self, listener: Listener) -> None:
        """A listener is gone."""
        if self._listener is listener:
            self._listener = None
            if not self.ended:
                self._wait_for_listener()

    def _wait_for_listener(self) -> None:
        self._idle = asyncio.get_running_loop().call_later(IDLE, self.end)

    async def more(self, listener: Listener, patience: float) -> tuple[bytes, ...] | None:
        """The next events for a listener; None when it has been replaced, or at the end."""
        clock = asyncio.get_running_loop().time
        until = clock() + patience
        while self._listener is listener and not listener.ended:
            if self._waiting:
                events = tuple(self._waiting)
                self._waiting.clear()
                return events
            if self.ended or self._feed.ended:
                self.end()
                return None
            feed = self._feed
            events = await feed.more(max(0.0, until - clock()))
            if self._listener is not listener:
                if feed is self._feed:  # they are for the one who came in its place
                    self._waiting.extend(events)
                    feed.interrupt()
                return None
            if events:
                return events
            if not self._waiting and not self.ended and not self._feed.ended and clock() >= until:
                return ()
        return None

    # -- what becomes of it --------------------------------------------------------------------

    def modify(self, terms: Terms) -> None:
        """Go on by other terms, and say so."""
        old, self.terms = self._feed, terms
        after = old.position if isinstance(old, StreamFeed) else None
        self._feed = self._fed(after)
        self._tell("subscription-modified", **terms.told, **{f"{_URI}:uri": self.uri})
        old.interrupt()
        old.close()

    def interrupt(self) -> None:
        """Let the listener look whether it is one still."""
        self._feed.interrupt()

    def resync(self) -> bool:
        """Push all that is selected; whether that can be had."""
        if not isinstance(self._feed, OnChangeFeed) or self.ended:
            return False
        self._feed.resync()
        return True

    def terminate(self, reason: str) -> None:
        """End it, and say why: an identity of RFC 8639."""
        self._tell("subscription-terminated", reason=f"{SN}:{reason}")
        self.end()

    def end(self) -> None:
        """No event comes any more; again does nothing."""
        if not self.ended:
            self.ended = True
            if self._idle is not None:
                self._idle.cancel()
            self._feed.interrupt()
            self._feed.close()
            self._gone(self)

    def _tell(self, name: str, **data: Any) -> None:
        viewer = self.viewer
        members: Mapping[str, Any] = {"id": self.id, **data}
        self._waiting.append(state_change(viewer.schema, name, members, viewer.now(), self.terms.encoding))
        self._feed.interrupt()

    def state(self) -> dict[str, Any]:
        """Its entry in the list of subscriptions, as RFC 7951 JSON."""
        counts = {
            "sent-event-records": str(self.counts.sent),
            "excluded-event-records": str(self.counts.excluded),
        }
        state = "active" if self._listener is not None else "suspended"
        receiver = {"name": self.user, **counts, "state": state}
        return {
            "id": self.id,
            **self.terms.told,
            f"{_URI}:uri": self.uri,
            "receivers": {"receiver": [receiver]},
        }


class Listener:
    """The events of a subscription on their way to one client: a :class:`~rest.streams.sse.Source`."""

    def __init__(self, subscription: Subscription) -> None:
        self._subscription = subscription
        self.ended = False

    async def pieces(self, patience: float) -> tuple[bytes, ...] | None:
        return await self._subscription.more(self, patience)

    def end(self) -> None:
        self.ended = True
        self._subscription.interrupt()

    def close(self) -> None:
        """Nobody listens any more."""
        self._subscription.left(self)
