"""Event streams: which notices belong to one, and a listener's way through it.

A listener begins now, after a position that it knows, or at a time in the past, which is a *replay*: what was told
since is told again, then comes :attr:`Mark.REPLAYED`, then what happens. With a time to stop the end is
:attr:`Mark.ENDED`. Who listens live and falls so far behind that notices are lost to it is told
:attr:`Mark.LAPSED`: the stream cannot be what it promises any more. Changes of the configuration are never lost, since
the journal has them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Final

from pyconfhoard.hoard.bridge import offload
from pyconfhoard.hoard.notices import Notice, Notices, Position

__all__ = ["STREAMS", "Follower", "Mark", "Stream"]

_BATCH: Final = 64
"""Records of the journal read at one go."""


@dataclass(frozen=True, slots=True)
class Stream:
    """``holds`` says of a notice whether it is told in this stream."""

    name: str
    description: str
    holds: Callable[[Notice], bool]
    journaled: bool = False
    """Whether the journal has all of it."""


def _all(notice: Notice) -> bool:
    return True


def _changes(notice: Notice) -> bool:
    return notice.change


STREAMS: Final[Mapping[str, Stream]] = {
    stream.name: stream
    for stream in (
        Stream("NETCONF", "All notifications: those of Things, and changes of the configuration", _all),
        Stream(
            "config-changes",
            "Changes of the configuration (RFC 6470), as far back as the journal reaches",
            _changes,
            journaled=True,
        ),
    )
}
"""By name (RFC 8040 section 6.3.1)."""


class Mark(Enum):
    """What a listener is told besides notices."""

    REPLAYED = auto()
    """All that was told before it came has been told again."""
    ENDED = auto()
    """The time to stop has come."""
    LAPSED = auto()
    """Notices that it should have had are gone."""


class Follower:
    """One listener's way. ``after``: begin behind a position; ``start``: at a time in the past; else now. ``stop``: the
    last moment that is told of."""

    def __init__(
        self,
        notices: Notices,
        stream: Stream,
        *,
        after: Position | None = None,
        start: datetime | None = None,
        stop: datetime | None = None,
    ) -> None:
        self.stream = stream
        self.ended = False
        self._notices = notices
        self._start = start
        self._stop = stop
        self._replays = start is not None
        self._live = after is None and start is None
        self._position = notices.position if after is None else after
        self._sought = False
        self._interrupted = False

    @property
    def position(self) -> Position:
        """Behind what was last given."""
        return self._position

    async def more(self, patience: float) -> tuple[Notice | Mark, ...]:
        """What comes next: some notices in order, or a mark. Empty after ``patience`` seconds without any, and
        once :attr:`ended`."""
        self._interrupted = False
        try:
            async with asyncio.timeout(self._wait(patience)):
                while not self.ended and not self._interrupted:
                    news = self._notices.news
                    given = await self._read()
                    if given:
                        return given
                    if given is not None:
                        await news.wait()
        except TimeoutError:
            if self._live and self._over(self._notices.hoard.now()):
                return self._end(Mark.ENDED)
        return ()

    def end(self) -> None:
        """Stop listening: :meth:`more` comes back at once."""
        self.ended = True
        self._notices.wake()

    def interrupt(self) -> None:
        """Let :meth:`more`, if it waits, come back at once with what there is."""
        self._interrupted = True
        self._notices.wake()

    def _wait(self, patience: float) -> float:
        if self._stop is None:
            return patience
        left = (self._stop - self._notices.hoard.now()).total_seconds()
        return max(0.0, min(patience, left + 0.001)) if self._live else patience

    def _over(self, now: datetime) -> bool:
        return self._stop is not None and now > self._stop

    async def _read(self) -> tuple[Notice | Mark, ...] | None:
        """Some of what is there; empty when all was read, None when there may be more behind what was none of this
        stream's."""
        notices = self._notices
        start = self._start
        if start is not None and not self._sought:
            self._position = await offload(lambda: notices.first_since(start))
            self._sought = True
        found = notices.after(self._position)
        if found is None:
            lost = notices.lost
            if self._live and not self.stream.journaled and lost is not None and lost > self._position:
                return self._end(Mark.LAPSED)
            position, changes = await offload(lambda: notices.older(self._position, _BATCH))
            return self._chosen(changes, position) or None
        self._live = True
        given = self._chosen(found, found[-1].position if found else self._position)
        if self._replays and not self.ended:
            self._replays = False
            return (*given, Mark.REPLAYED)
        return given

    def _chosen(self, found: tuple[Notice, ...], position: Position) -> tuple[Notice | Mark, ...]:
        given: list[Notice | Mark] = []
        self._position = max(self._position, position)
        for notice in found:
            if self._over(notice.time):
                if self._replays:
                    given.append(Mark.REPLAYED)
                return (*given, *self._end(Mark.ENDED))
            if self.stream.holds(notice) and (self._start is None or notice.time >= self._start):
                given.append(notice)
        return tuple(given)

    def _end(self, mark: Mark) -> tuple[Mark]:
        self.ended = True
        return (mark,)
