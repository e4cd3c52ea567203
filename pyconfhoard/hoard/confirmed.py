"""Confirmed commit (RFC 6241 section 8.4): a change that takes itself back unless somebody says that all is well.

Such a commit is a commit like any other. But the journal knows, from the very record that brings it, to which
revision running goes back; so whatever happens to this process, the change is not there to stay:

* the time is over: it is taken back by a commit of its own, which names the reason. Time is the monotonic clock's;
* it is cancelled: the same, at once;
* the hoard ends, is killed or loses its power: the next start takes it back before anything else, always. How much
  time has passed meanwhile does not count, for a machine without a battery does not know.

Taking back asks nobody: what was there before was valid, and had been accepted.

While one waits, every other commit is refused (``in-use``). Whoever knows its id (the *persist-id*) may confirm
it, cancel it, or extend it: with more time, and further changes. Cancelling takes back all of them.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol

from pyconfhoard.errors import BadInput, Conflict, Fault, NotFound, StoreError
from pyconfhoard.hoard.bridge import run_sync
from pyconfhoard.hoard.commit import Author, Commit, Edits, Origin, restore, take
from pyconfhoard.hoard.typed import typed
from pyconfhoard.schema import restore as restore_schema
from pyconfhoard.store.journal import Journal, Record, read_time, write_time
from pyconfhoard.store.snapshots import load, step_back
from pyconfhoard.tree import Branch, Edit, as_edits, diff, edits_to_text

if TYPE_CHECKING:
    from pyconfhoard.hoard.hoard import Hoard

__all__ = ["Confirmed", "Pending", "Terms", "settle"]

_LOG: Final = logging.getLogger("pyconfhoard.hoard")

SOURCE: Final = "confirmed-commit"
AUTHOR: Final = "hoard"
"""Of what is taken back without anybody's word."""

RETRY: Final = 5.0
"""Seconds after which taking back is tried again, when the disk did not take it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """``timeout`` in seconds, 600 unless said. ``persist`` will be the id (made up when empty, or kept); ``persist_id`` is that
    of the confirmed commit which this one extends."""

    timeout: float = 600.0
    persist: str = ""
    persist_id: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """A confirmed commit that waits: begun ``since`` by ``author``; without
    confirmation running goes back to revision ``base``. ``id`` is a secret of those who may end it."""

    id: str
    author: str
    session: str
    since: datetime
    base: int
    timeout: float

    @property
    def text(self) -> str:
        """What the journal keeps."""
        return json.dumps({"author": self.author, "base": self.base, "since": write_time(self.since)})


class Alarm(Protocol):
    """A call that is to come."""

    def cancel(self) -> None:
        """It need not come any more."""


def _timer(delay: float, call: Callable[[], None]) -> Alarm:
    timer = threading.Timer(delay, call)
    timer.daemon = True
    timer.start()
    return timer


class Confirmed:
    """The confirmed commit of a hoard: :attr:`pyconfhoard.hoard.Hoard.confirmed`. There is one at a time.

    ``timer`` calls after some seconds, from any thread; ``monotonic`` is its clock.
    """

    def __init__(
        self,
        hoard: Hoard,
        *,
        timer: Callable[[float, Callable[[], None]], Alarm] = _timer,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._hoard = hoard
        self._timer = timer
        self._monotonic = monotonic
        self._pending: Pending | None = None
        self._root: Branch | None = None
        self._alarm: Alarm | None = None
        self._deadline = 0.0

    @property
    def pending(self) -> Pending | None:
        """The one that waits."""
        return self._pending

    @property
    def remaining(self) -> float:
        """Seconds until it is taken back; 0 when none waits."""
        return max(0.0, self._deadline - self._monotonic()) if self._pending is not None else 0.0

    def admit(self) -> None:
        """Raise :class:`Conflict` while one waits."""
        if self._pending is not None:
            raise self._busy(self._pending)

    def in_the_way(self, persist_id: str) -> tuple[Fault, ...]:
        """What a commit would be refused for now: one waits, and ``persist_id`` is empty. Raises :class:`NotFound` for an
        id that none has."""
        if persist_id:
            self._known(persist_id)
            return ()
        return self._busy(self._pending).faults if self._pending is not None else ()

    def _busy(self, pending: Pending) -> Conflict:
        message = (
            f"a confirmed commit of {pending.author} waits for its confirmation for another "
            f"{self.remaining:.0f} s: confirm or cancel it first, or wait"
        )
        return Conflict(Fault("in-use", message, type="protocol"))

    def _known(self, persist_id: str) -> Pending:
        pending = self._pending
        if pending is None or not secrets.compare_digest(pending.id.encode(), persist_id.encode()):
            message = "there is no confirmed commit of that id (any more): it was confirmed, cancelled or taken back"
            raise NotFound(Fault("invalid-value", message, type="protocol"))
        return pending

    def look(self) -> None:
        """After a failed sync was resolved: go on from what the journal knows. Called in turn."""
        text, waits = self._hoard.journal.unconfirmed(), self._pending is not None
        if waits and not text:
            self._end()
        elif text and not waits:
            # Whoever made it was told that it failed, and does not know its id.
            author, base, since = _read(text)
            self._root = self._hoard.root_at(base)
            self._pending = Pending(secrets.token_urlsafe(16), author, "", since, base, 0.0)
            self._arm(0.0)

    # -- what people do ------------------------------------------------------------------------

    async def commit(
        self,
        edits: Edits,
        terms: Terms = Terms(),
        *,
        author: Author,
        comment: str = "",
        source: str = "",
        label: str = "",
        session: str = "",
    ) -> Commit:
        """Commit for a time, or extend what waits; with edits that change nothing, no revision is made.

        :attr:`pending` tells the id then. Raises :class:`Conflict` while another one waits, :class:`NotFound` for a
        ``persist_id`` that none has, :class:`BadInput` for a timeout that is not above 0, and what a commit raises.
        """
        origin = Origin(author, source, comment, label, session)
        return await self._hoard.whole(self.make(edits, terms, origin))

    async def make(self, edits: Edits, terms: Terms, origin: Origin) -> Commit:
        """Wait for the turn, then :meth:`commit`."""
        if not terms.timeout > 0:
            message = "the timeout of a confirmed commit is above 0 seconds"
            raise BadInput(Fault("invalid-value", message, type="protocol", value=str(terms.timeout)))
        hoard = self._hoard
        async with hoard.turn:
            await hoard.recovery.recover()
            if terms.persist_id:
                before = self._known(terms.persist_id)
                begun = replace(before, id=terms.persist or before.id, timeout=terms.timeout)
                root = self._root
            else:
                self.admit()
                id = terms.persist or secrets.token_urlsafe(16)
                begun = Pending(id, origin.name, origin.session, hoard.now(), hoard.revision, terms.timeout)
                root = hoard.running
            hoard.admit(origin, confirming=True)
            listed = edits if callable(edits) else typed(hoard.schema, edits)
            commit = await take(hoard, listed, replace(origin, unconfirmed=begun.text))
            if not commit.changes:
                await hoard.writer.do(lambda: hoard.journal.set_unconfirmed(begun.text))
            self._pending, self._root = begun, root
            self._arm(begun.timeout)
            return commit

    async def confirm(
        self,
        persist_id: str,
        edits: Edits = (),
        *,
        author: Author = "",
        comment: str = "",
        source: str = "",
        label: str = "",
        session: str = "",
    ) -> Commit:
        """It stays, together with further ``edits``. When this has answered, no power cut takes it back.

        The commit of the edits; of none, the last one there was. Raises :class:`NotFound` for another id, and what a
        commit raises: then it still waits.
        """
        return await self._hoard.whole(
            self.keep(persist_id, edits, Origin(author, source, comment, label, session))
        )

    async def keep(self, persist_id: str, edits: Edits, origin: Origin) -> Commit:
        """:meth:`confirm`, for who cannot be cut in half himself."""
        hoard = self._hoard
        async with hoard.turn:
            await hoard.recovery.recover()
            self._known(persist_id)
            hoard.admit(origin, confirming=True)
            listed = edits if callable(edits) else typed(hoard.schema, edits)
            commit = await take(hoard, listed, replace(origin, unconfirmed=""))
            if not commit.changes:
                await hoard.writer.do(lambda: hoard.journal.set_unconfirmed(""))
            self._end()
            return commit

    async def cancel(self, persist_id: str, *, author: str, comment: str = "") -> Commit:
        """Take it back now. Raises :class:`NotFound` for another id, and :class:`StoreError`: then it still waits."""
        return await self._hoard.whole(self._cancel(persist_id, author, comment))

    async def _cancel(self, persist_id: str, author: str, comment: str) -> Commit:
        async with self._hoard.turn:
            await self._hoard.recovery.recover()
            pending = self._known(persist_id)
            why = comment or f"confirmed commit of {pending.author} was cancelled"
            return await self._take_back(pending, author, why)

    def commit_now(
        self,
        edits: Edits,
        terms: Terms = Terms(),
        *,
        author: Author,
        comment: str = "",
        source: str = "library",
        label: str = "",
        session: str = "",
    ) -> Commit:
        """:meth:`commit` where no event loop runs. The time is kept all the same, by a thread."""
        return run_sync(self.make(edits, terms, Origin(author, source, comment, label, session)))

    def confirm_now(
        self,
        persist_id: str,
        edits: Edits = (),
        *,
        author: Author = "",
        comment: str = "",
        source: str = "library",
        label: str = "",
        session: str = "",
    ) -> Commit:
        """:meth:`confirm` where no event loop runs."""
        return run_sync(self.keep(persist_id, edits, Origin(author, source, comment, label, session)))

    def cancel_now(self, persist_id: str, *, author: str, comment: str = "") -> Commit:
        """:meth:`cancel` where no event loop runs."""
        return run_sync(self._cancel(persist_id, author, comment))

    # -- the way back --------------------------------------------------------------------------

    async def _take_back(self, pending: Pending, author: str, why: str) -> Commit:
        assert self._root is not None, "there is one while one waits"  # noqa: S101 - for the type checker
        comment = f"{why}: back to revision {pending.base}"
        commit = await restore(self._hoard, self._root, Origin(author, SOURCE, comment, unconfirmed=""))
        self._end()
        return commit

    def _arm(self, delay: float) -> None:
        self.close()
        self._deadline = self._monotonic() + delay
        self._alarm = self._timer(delay, self._due)

    def _end(self) -> None:
        self.close()
        self._pending = self._root = None

    def close(self) -> None:
        """Wait no more; what is not confirmed then is taken back by the next start."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _due(self) -> None:
        """In the timer's thread."""
        loop = self._hoard.turn.loop
        if loop is not None and loop.is_running():
            asyncio.run_coroutine_threadsafe(self._expired(), loop)
        else:
            run_sync(self._expired())

    async def _expired(self) -> None:
        async with self._hoard.turn:
            pending = self._pending
            if pending is None or self._alarm is None or self._monotonic() < self._deadline:
                return  # ended or extended meanwhile
            why = f"confirmed commit of {pending.author} was not confirmed within {pending.timeout:g} s"
            try:
                await self._hoard.recovery.recover()
                await self._take_back(pending, AUTHOR, why)
            except StoreError as error:
                _LOG.warning("the confirmed commit of %s cannot be taken back yet: %s", pending.author, error)
                self._alarm = self._timer(RETRY, self._due)


def settle(journal: Journal, now: Callable[[], datetime]) -> None:
    """Take back what was not confirmed when the hoard ended, in the words of the model that it was made in.

    Raises :class:`StoreError` when the journal cannot be read or written.
    """
    text = journal.unconfirmed()
    if not text:
        return
    author, base, since = _read(text)
    schema = restore_schema(journal.models()[-1].dump)
    root, revision = load(journal, schema)
    before = step_back(journal, schema, root, revision, base)
    edits: Iterable[Edit] = as_edits(diff(root, before))
    undo = as_edits(diff(before, root))
    if not edits:
        journal.set_unconfirmed("")
        return
    comment = f"confirmed commit of {author} ({write_time(since)}) was not confirmed before the hoard ended"
    record = Record(
        revision=revision + 1,
        time=now(),
        author=AUTHOR,
        source=SOURCE,
        comment=f"{comment}: back to revision {base}",
        edits=edits_to_text(schema, edits),
        undo=edits_to_text(schema, undo),
        unconfirmed="",
    )
    journal.append((record,))
    _LOG.warning("%s", record.comment)


def _read(text: str) -> tuple[str, int, datetime]:
    """Author, base and since of :attr:`Pending.text`."""
    try:
        known = json.loads(text)
        return str(known["author"]), int(known["base"]), read_time(known["since"])
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(
            Fault("operation-failed", f"what the journal knows of a confirmed commit is damaged: {error}")
        ) from error
