"""What commits changed, below one path: in order, each once, from any revision on, also after a restart.

A follower that remembers the last revision that it has dealt with asks for what came ``after`` it, and misses nothing:
neither while it was away nor while the hoard was. The journal is the only buffer, so that a slow follower costs
the hoard nothing. Events are pulled; a new commit only wakes who waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from pyconfhoard.errors import Fault, NotFound
from pyconfhoard.hoard.bridge import offload
from pyconfhoard.store.journal import Record
from pyconfhoard.tree import Branch, Edit, Entries, Path, edits_from_text, get

if TYPE_CHECKING:
    from pyconfhoard.hoard.hoard import Hoard

__all__ = ["Event", "feed", "narrowed"]

_BATCH = 64
"""Records read from the disk at one go."""


@dataclass(frozen=True, slots=True)
class Event:
    """One commit that changed something below the path: ``edits`` are its changes there."""

    revision: int
    time: datetime
    author: str
    source: str
    comment: str
    edits: tuple[Edit, ...]


async def feed(hoard: Hoard, path: Path = Path.ROOT, *, after: int | None = None) -> AsyncIterator[Event]:
    """The events below ``path`` after a revision (None: from now on), as they come, without end.

    Raises :class:`NotFound` where the journal does not reach back so far, or speaks of another model there: then
    the follower has to read the whole anew.
    """
    position = hoard.revision if after is None else after
    news = asyncio.Event()
    loop = asyncio.get_running_loop()
    end = hoard.subscribe(lambda commit: _wake(loop, news))
    try:
        while True:
            news.clear()
            _reachable(hoard, position)
            records = await offload(partial(_some, hoard, position))
            for record in records:
                position = record.revision
                edits = tuple(narrowed(edits_from_text(hoard.schema, record.edits), path))
                if edits:
                    yield Event(
                        record.revision, record.time, record.author, record.source, record.comment, edits
                    )
            if not records:
                await news.wait()
    finally:
        end()


def _wake(loop: asyncio.AbstractEventLoop, news: asyncio.Event) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(news.set)


def _some(hoard: Hoard, position: int) -> list[Record]:
    until = min(position + _BATCH, hoard.revision)
    return list(hoard.journal.records(position, until)) if until > position else []


def _reachable(hoard: Hoard, position: int) -> None:
    models = hoard.journal.models()
    oldest = max(hoard.journal.first, models[-1].first if models else 1)
    if position < oldest - 1 or position > hoard.revision:
        message = f"changes are known from revision {oldest} to {hoard.revision}: read the whole, and follow from its revision"
        raise NotFound(Fault("invalid-value", message, value=str(position)))


def narrowed(edits: tuple[Edit, ...], path: Path) -> Iterator[Edit]:
    """What of a commit's edits concerns ``path``: those at it and below it, and of those above it what they do there."""
    for edit in edits:
        if edit.path.within(path):
            yield edit
        elif path.within(edit.path):
            if edit.operation in {"remove", "delete"}:
                yield Edit("remove", path)
            elif edit.operation != "move":
                inside = _inside(edit, path)
                if inside is not None:
                    yield Edit("replace", path, inside)


def _inside(edit: Edit, path: Path) -> Any:
    """What an edit above ``path`` puts there."""
    at = len(edit.path)
    value = edit.value
    if isinstance(value, Entries) and at and (key := path.steps[at - 1].key) is not None:
        value = value.get(key)
    return get(value, Path(path.steps[at:])) if isinstance(value, Branch) else None
