"""What a subscription to a stream is fed (RFC 8639 section 2.4): its notifications, and what becomes of the subscription."""

from __future__ import annotations

import asyncio
from typing import Protocol

from pyconfhoard.hoard.notices import Notice, Position
from pyconfhoard.hoard.notices_follow import Follower, Mark

from ..streams.text import event_of
from .errors import SN
from .terms import Terms
from .text import state_change
from .view import Viewer

__all__ = ["Counts", "Feed", "StreamFeed"]


class Counts:
    """Event records ``sent`` and ``excluded``, which filter or rights held back."""

    def __init__(self) -> None:
        self.sent = 0
        self.excluded = 0


class Feed(Protocol):
    """Where the events of a subscription come from."""

    @property
    def ended(self) -> bool:
        """Whether no more will come."""

    async def more(self, patience: float) -> tuple[bytes, ...]:
        """The next events; none after ``patience`` seconds without any, when interrupted, and at the end."""

    def interrupt(self) -> None:
        """Let :meth:`more` come back soon."""

    def close(self) -> None:
        """Nobody is fed any more."""


class StreamFeed:
    """Notifications of a stream, from when it was made."""

    def __init__(
        self, id: int, terms: Terms, viewer: Viewer, counts: Counts, *, after: Position | None = None
    ) -> None:
        assert terms.stream is not None  # noqa: S101 - for the type checker
        self._id = id
        self._terms = terms
        self._viewer = viewer
        self._counts = counts
        self._follower = Follower(
            viewer.notices,
            terms.stream,
            after=after,
            start=terms.replay if after is None else None,
            stop=terms.stop,
        )

    @property
    def ended(self) -> bool:
        return self._follower.ended

    @property
    def position(self) -> Position:
        """Behind what was last given."""
        return self._follower.position

    async def more(self, patience: float) -> tuple[bytes, ...]:
        clock = asyncio.get_running_loop().time
        until = clock() + patience
        while True:
            given = await self._follower.more(max(0.0, until - clock()))
            events = tuple(event for one in given for event in self._events(one))
            if events or not given:
                return events

    def _events(self, one: Notice | Mark) -> tuple[bytes, ...]:
        if isinstance(one, Notice):
            notice = self._viewer.seen(one)
            if notice is None or (self._terms.filter is not None and not self._terms.filter.holds(notice)):
                self._counts.excluded += 1
                return ()
            self._counts.sent += 1
            return (event_of(notice, self._terms.encoding),)
        if one is Mark.REPLAYED:
            return (self._state("replay-completed"),)
        if one is Mark.LAPSED:  # it could not read as fast as was told: it goes on from here, and knows
            assert self._terms.stream is not None  # noqa: S101 - for the type checker
            self._follower = Follower(self._viewer.notices, self._terms.stream, stop=self._terms.stop)
            return (
                self._state("subscription-suspended", reason=f"{SN}:unsupportable-volume"),
                self._state("subscription-resumed"),
            )
        return ()

    def _state(self, name: str, **more: str) -> bytes:
        viewer = self._viewer
        return state_change(viewer.schema, name, {"id": self._id, **more}, viewer.now(), self._terms.encoding)

    def interrupt(self) -> None:
        self._follower.interrupt()

    def close(self) -> None:
        """Nothing is held."""
