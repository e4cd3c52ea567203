"""What the process serves: settings, the hoard once it is open, the links, and how far its life has come.

::

    starting --opened--> serving --stop()--> stopping --> closed
        \\----cannot open: the reason is told, the process ends, and gunicorn's master with it

Opening runs in a thread. ASGI servers give a start-up 30 seconds; a large datastore on a small board may need
more, so that after :data:`PATIENCE` the server says that it has started, and answers 503 until it has.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from pyconfhoard.errors import HoardError
from pyconfhoard.hoard import Hoard, Retention
from pyconfhoard.hoard.notices import Notices
from pyconfhoard.hoard.stamps import moment_of
from pyconfhoard.schema.served import SERVED, SERVED_FEATURES
from pyconfhoard.settings import Settings
from pyconfhoard.thing.family import explain
from pyconfhoard.tree import Branch

from .access_state import AccessState
from .errors import HttpError
from .limits import Limits
from .links import Links
from .own_state import OwnState
from .streams.sse import Outlets
from .streams.state import StreamsState
from .subscriptions.subscriptions import Subscriptions

__all__ = ["BOOT_ERROR", "DRAIN", "PATIENCE", "Runtime"]

PATIENCE: Final = 20.0
"""Seconds that the server's start-up waits for the hoard."""
DRAIN: Final = 1.2
"""Seconds that requests in flight and links have to end once the server stops: with the second in which gunicorn looks
at its signals, all is over within three."""
BOOT_ERROR: Final = 3
"""The exit code that tells gunicorn's master not to start another worker."""

_TIMES: Final = 4096

_log = logging.getLogger("pyconfhoard.rest")


class Runtime:
    """``settings`` None: those of the environment, read at the start."""

    def __init__(self, settings: Settings | None = None, *, patience: float = PATIENCE) -> None:
        self._settings = settings
        self._limits: Limits | None = None
        self._patience = patience
        self._hoard: Hoard | None = None
        self._links: Links | None = None
        self._own = OwnState()
        self._streams = StreamsState()
        self._access = AccessState()
        self._notices: Notices | None = None
        self._outlets: Outlets | None = None
        self._subscriptions: Subscriptions | None = None
        self._opening: asyncio.Task[None] | None = None
        self._times: dict[int, datetime] = {}
        self._drained = False
        self.stopping = False
        self.active = 0
        """HTTP requests in flight."""

    @property
    def settings(self) -> Settings:
        """What the server was started with."""
        if self._settings is None:
            self._settings = Settings.from_environment(os.environ)
        return self._settings

    @property
    def busy(self) -> int:
        """Requests that are worked on: those in flight without event streams, which only wait."""
        return self.active - (len(self._outlets) if self._outlets is not None else 0)

    @property
    def limits(self) -> Limits:
        """What a request may cost."""
        if self._limits is None:
            self._limits = Limits.of(self.settings)
        return self._limits

    @property
    def hoard(self) -> Hoard:
        """Raises :class:`HttpError` 503 while it is not open."""
        if self._hoard is None:
            raise _later("the hoard is starting")
        return self._hoard

    @property
    def links(self) -> Links:
        """Raises as :attr:`hoard` does."""
        if self._links is None:
            raise _later("the hoard is starting")
        return self._links

    @property
    def notices(self) -> Notices:
        """What there is to tell. Raises as :attr:`hoard` does."""
        if self._notices is None:
            raise _later("the hoard is starting")
        return self._notices

    @property
    def outlets(self) -> Outlets:
        """Who listens. Raises as :attr:`hoard` does."""
        if self._outlets is None:
            raise _later("the hoard is starting")
        return self._outlets

    @property
    def subscriptions(self) -> Subscriptions:
        """What was subscribed to. Raises as :attr:`hoard` does."""
        if self._subscriptions is None:
            raise _later("the hoard is starting")
        return self._subscriptions

    @property
    def operational(self) -> Branch:
        """The state that Things published, and what the server tells of itself. Raises as :attr:`hoard`."""
        hoard = self.hoard
        told = self._own.over(hoard.schema, hoard.operational, self.settings.url)
        told = self._streams.over(told, hoard, self.settings.url, self.subscriptions)
        return self._access.over(told, hoard.nacm.counters)

    @property
    def started(self) -> bool:
        return self._hoard is not None

    def refuse_when_stopping(self) -> None:
        """Raise :class:`HttpError` 503 once the end has begun."""
        if self.stopping:
            raise _later("the hoard is stopping", {"Connection": "close"})

    def time_of(self, revision: int) -> datetime | None:
        """When a revision was committed, or an edit in a candidate was made; None for a revision that no journal has."""
        known = self._times.get(revision) or moment_of(revision)
        if known is None and revision and self._hoard is not None:
            line = self._hoard.journal.lines_of((revision,)).get(revision)  # its edits may be many megabytes
            if line is not None:
                known = line.time
                self.remember(revision, known)
        return known

    def remember(self, revision: int, time: datetime) -> None:
        """A revision that was just committed: :meth:`time_of` need not read the journal."""
        if len(self._times) >= _TIMES:
            self._times.clear()
        self._times[revision] = time

    # -- beginning and end ---------------------------------------------------------------------

    async def lifespan(self, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        """ASGI's lifespan protocol: one start-up, one shutdown."""
        await receive()
        try:
            await self._start()
        except HoardError as error:
            explain(str(error))
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _start(self) -> None:
        settings = self.settings
        self._opening = asyncio.create_task(self._open(settings))
        done, _ = await asyncio.wait({self._opening}, timeout=self._patience)
        if done:
            self._opening.result()
        else:
            _log.warning(
                "opening %s takes its time; requests are answered by 503 meanwhile", settings.datastore
            )
            self._opening.add_done_callback(self._opened_late)

    async def _open(self, settings: Settings) -> None:
        hoard = await asyncio.to_thread(
            Hoard.open,
            settings.datastore,
            yang=settings.yang,
            modules=(*settings.modules, *SERVED),
            features={**SERVED_FEATURES, **(settings.feature_map() or {})},
            url=settings.url,
            lock_timeout=settings.lock_timeout,
            vote_timeout=settings.vote_timeout,
            rpc_timeout=settings.rpc_timeout,
            candidate_idle=settings.candidate_idle,
            retention=_retention(settings),
        )
        gc.collect()
        gc.freeze()  # what was loaded stays: a full collection would walk all of it each time
        hoard.pace.settles = True
        self._notices = Notices(hoard, durable=True)
        self._outlets = Outlets(settings.streams, settings.keepalive)
        self._subscriptions = Subscriptions(
            self._notices, lambda: self.operational, settings.url, settings.streams
        )
        hoard.calls.answer(self._subscriptions.handlers)
        self._links = Links(hoard, heartbeat=settings.heartbeat, notices=self._notices)
        self._hoard = hoard

    def _opened_late(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _log.critical("%s", error)
            explain(str(error))
            sys.exit(BOOT_ERROR)

    def stop(self) -> None:
        """Begin the end: nothing new is taken on, and links are told to come again."""
        self.stopping = True
        if self._links is not None:
            self._links.close_all()
        if self._outlets is not None:
            self._outlets.close_all()

    async def drain(self, seconds: float = DRAIN) -> None:
        """Wait, once, until requests and links are done, but not longer than ``seconds``."""
        if self._drained:
            return
        self._drained = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.active or (self._links is not None and self._links.open):
                    await asyncio.sleep(0.02)

    async def close(self) -> None:
        """Close the hoard: files and a snapshot are written, the folder is let go."""
        self.stop()
        if self._opening is not None:
            await asyncio.wait({self._opening})
        await self.drain()
        if self._notices is not None:
            self._notices.close()
        if self._hoard is not None:
            self._hoard.close()


def _retention(settings: Settings) -> Retention:
    return Retention(
        last=settings.history_last,
        within=timedelta(days=settings.history_days),
        most=max(settings.history_last, settings.history_most),
        size=settings.history_size,
        labelled=settings.history_labelled,
    )


def _later(why: str, headers: dict[str, str] | None = None) -> HttpError:
    return HttpError(
        503, "resource-denied", f"{why}; try again shortly", headers={"Retry-After": "1", **(headers or {})}
    )
