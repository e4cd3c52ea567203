"""Subscriptions to datastores (RFC 8641): the selected data in a period, or what of it changes.

**On-change.** A feed keeps the moment that it last told of, and which nodes were touched since; trees are immutable,
so that costs nothing. When it is asked, it compares then and now at what was touched: what the selection makes of the one
and of the other. So a change costs what it changed and not what the datastore holds, a slow reader gets fewer
messages and not a longer queue, and what went back to what it was is not told. What may not be read is taken away before
anything is selected: else a predicate could find it out. A selection that is no path (see
:mod:`rest.filters.select`) is evaluated over all of both, in a thread.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from pyconfhoard.hoard.bridge import offload
from pyconfhoard.hoard.commit import Commit
from pyconfhoard.hoard.operational import Published
from pyconfhoard.schema.nodes import Container, Schema
from pyconfhoard.tree import Branch, Change, Path, diff, get

from ..filters.select import Evaluated, pick, trimmed
from .feeds import Counts
from .terms import OnChange, Periodic, Terms
from .text import push_change_update, push_update, records_of
from .view import Moment, Viewer

__all__ = ["OnChangeFeed", "PeriodicFeed"]

_TOUCHED: Final = 2000
"""Nodes touched since the last push; of more all is compared."""


class _Bell:
    """Wakes the one who waits."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        self._event.set()

    async def wait(self, seconds: float) -> None:
        """Until it rings, or so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, seconds)):
                await self._event.wait()
        self._event.clear()


class _Push:
    """What both kinds have."""

    def __init__(self, id: int, terms: Terms, viewer: Viewer, counts: Counts) -> None:
        self._id = id
        self._terms = terms
        self._viewer = viewer
        self._counts = counts
        self._bell = _Bell()
        self._interrupted = False

    @property
    def ended(self) -> bool:
        return self._terms.stop is not None and self._viewer.now() >= self._terms.stop

    def interrupt(self) -> None:
        self._interrupted = True
        self._bell.ring()

    def _left(self) -> float:
        """Seconds until the subscription stops."""
        if self._terms.stop is None:
            return math.inf
        return (self._terms.stop - self._viewer.now()).total_seconds()

    async def _all(self) -> bytes:
        """A ``push-update``."""
        viewer, terms = self._viewer, self._terms
        moment, time = viewer.now_in(terms.datastore), viewer.now()

        def made() -> bytes:
            data = pick(terms.selection, viewer.readable(moment.tree()))
            return push_update(viewer.schema, self._id, data, time, terms.encoding)

        self._counts.sent += 1
        return await offload(made)


class PeriodicFeed(_Push):
    """All that is selected, at every multiple of the period from the anchor (RFC 8641 section 3.1). Without an anchor the
    first push is at once. Pushes that nobody took in time are not made up for."""

    def __init__(self, id: int, terms: Terms, viewer: Viewer, counts: Counts, trigger: Periodic) -> None:
        super().__init__(id, terms, viewer, counts)
        self._period = timedelta(seconds=trigger.period)
        self._anchor = trigger.anchor or viewer.now()
        self._next = self._anchor if trigger.anchor is None else self._after_now()

    async def more(self, patience: float) -> tuple[bytes, ...]:
        wait = (self._next - self._viewer.now()).total_seconds()
        if wait > 0:
            await self._bell.wait(min(wait, patience, self._left()))
        if self.ended or self._next > self._viewer.now():
            return ()
        self._next = self._after_now()
        return (await self._all(),)

    def _after_now(self) -> datetime:
        passed = self._viewer.now() - self._anchor
        return self._anchor + (passed // self._period + 1) * self._period

    def close(self) -> None:
        """Nothing is held."""


class OnChangeFeed(_Push):
    """What is selected, once (``sync-on-start``), and then its changes, at most one push in a dampening period."""

    def __init__(self, id: int, terms: Terms, viewer: Viewer, counts: Counts, trigger: OnChange) -> None:
        super().__init__(id, terms, viewer, counts)
        self._trigger = trigger
        self._sync = trigger.sync
        self._told: Moment = viewer.published_in(terms.datastore)
        self._schema: Schema = viewer.schema
        self._touched: dict[Path, None] = {}
        self._patches = 0  # since the last push-update: RFC 8641 section 3.7
        self._last = -math.inf
        self._ends: list[Callable[[], None]] = [viewer.hoard.subscribe(self._committed)]
        if self._told.state is not None:
            self._ends.append(viewer.hoard.subscribe_operational(self._published))

    def close(self) -> None:
        for end in self._ends:
            end()
        self._ends = []

    def resync(self) -> None:
        """Let a ``push-update`` come next."""
        self._sync = True
        self._bell.ring()

    def _committed(self, commit: Commit) -> None:
        self._touch(change.path for change in commit.changes)

    def _published(self, news: Published) -> None:
        self._touch(change.path for change in diff(news.old, news.root))

    def _touch(self, paths: Iterable[Path]) -> None:
        for path in paths:
            self._touched[path] = None
            if len(self._touched) > _TOUCHED:
                self._touched = {Path.ROOT: None}
                break
        if self._touched:
            self._bell.ring()

    async def more(self, patience: float) -> tuple[bytes, ...]:
        loop = asyncio.get_running_loop()
        until = loop.time() + patience
        self._interrupted = False
        while not self.ended and not self._interrupted:
            due = self._last + self._trigger.dampening
            if self._sync:
                return (await self._synced(),)
            if self._touched and loop.time() >= due:
                event = await self._changed()
                if event:
                    self._last = loop.time()
                    return (event,)
                continue
            wait = min(until, due if self._touched else math.inf) - loop.time()
            await self._bell.wait(min(wait, self._left()))
            if loop.time() >= until and not (self._touched and loop.time() >= due):
                return ()
        return ()

    async def _synced(self) -> bytes:
        self._sync = False
        self._told, self._schema = self._viewer.published_in(self._terms.datastore), self._viewer.schema
        self._touched = {}
        self._patches = 0
        self._last = asyncio.get_running_loop().time()
        return await self._all()

    async def _changed(self) -> bytes:
        """A ``push-change-update``; empty where nothing that is selected is other than it was."""
        viewer, terms = self._viewer, self._terms
        old, new, schema = self._told, viewer.published_in(terms.datastore), viewer.schema
        touched, self._touched, self._told = self._touched, {}, new
        if schema is not self._schema:  # the model is another one: what was told cannot be compared
            return await self._synced()
        time, small = viewer.now(), len(touched) <= 64 and not isinstance(terms.selection, Evaluated)

        def made() -> bytes:
            changes = self._between(old, new, touched)
            records = records_of(changes, self._trigger.excluded)
            if not records:
                return b""
            number, self._patches = self._patches, (self._patches + 1) % 2**32
            return push_change_update(viewer.schema, self._id, number, records, time, terms.encoding)

        event = made() if small else await offload(made)
        self._counts.sent += bool(event)
        return event

    def _between(self, old: Moment, new: Moment, touched: dict[Path, None]) -> list[Change]:
        def part(root: Branch) -> Branch:
            return root if isinstance(self._terms.selection, Evaluated) else trimmed(root, touched)

        was, now = (self._viewer.readable(moment.tree(part)) for moment in (old, new))
        before, after = (pick(self._terms.selection, tree) for tree in (was, now))
        return [one for change in diff(before, after) for one in _proper(change, was, now)]


def _proper(change: Change, was: Branch, now: Branch) -> Iterator[Change]:
    """A change as one of the datastore: a container that was there before, or still is, has not come or gone because nothing
    in it was selected. What is selected in it has."""
    value = change.new if change.kind == "created" else change.old
    other = was if change.kind == "created" else now
    if (
        change.kind not in {"created", "deleted"}
        or not isinstance(value, Branch)
        or not isinstance(value.schema, Container)
        or get(other, change.path) is None
    ):
        yield change
        return
    none = Branch(value.schema, {})
    old, new = (none, value) if change.kind == "created" else (value, none)
    for one in diff(old, new, change.path):
        yield from _proper(one, was, now)
