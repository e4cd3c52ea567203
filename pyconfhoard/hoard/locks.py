"""Locks: nobody else changes a datastore, or part of running, for a while.

A lock is of a **session**: a NETCONF session, or whatever presents the same word with each of its commits, for
HTTP has no connection that could own a lock (:mod:`pyconfhoard.hoard.lock_rpcs`). It is a **lease**: it ends by itself
when it is not renewed, so a client that died keeps nobody out for long. Leases are kept in memory; after a start there
are none.

*The whole* (RFC 6241 section 7.5) of a datastore is locked by one session at a time, and not while another one
has a part of it, nor running while another's confirmed commit waits. *Parts* of running (RFC 5717) are named by
instance paths, which need not exist; those of two sessions neither equal nor hold each other.

A commit of another session that changes what is locked is refused with ``in-use``; so is any, while running is
locked whole. What the hoard does of itself, taking back a confirmed commit, is not. The lock of candidate is that of the
shared one: nobody else changes, commits or discards it. It is not to be had while something is pending there, and what is
pending when it ends is discarded (RFC 6241 section 8.3.5.2).
"""

from __future__ import annotations

import itertools
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from pyconfhoard.errors import MAX_FAULTS, BadInput, Conflict, Fault, NotFound
from pyconfhoard.hoard.nearby import Nearby
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.tree import Path, node_at

if TYPE_CHECKING:
    from pyconfhoard.hoard.hoard import Hoard

__all__ = ["LEASE", "Lock", "Locks", "Target"]

Target: TypeAlias = Literal["running", "candidate", "startup"]

LEASE: Final = 60.0
"""Seconds."""

_LONGEST: Final = 86_400.0

_MOST: Final = 1000
"""Locks at a time."""


@dataclass(frozen=True, slots=True)
class Lock:
    """``paths`` is empty for the whole. ``session`` is a secret of who has it; ``owner`` is the name that others
    are told. It ends at ``expires`` (monotonic)."""

    id: int
    session: str
    owner: str
    target: Target
    paths: tuple[Path, ...]
    since: datetime
    lease: float
    expires: float

    def what(self, at: Path = Path.ROOT) -> str:
        """What is locked, for people: of parts those that meet ``at``."""
        return ", ".join(str(one) for one in self.paths if _meet(one, at)) or self.target

    def meets(self, path: Path) -> bool:
        """Whether a change at ``path`` changes what is locked."""
        return not self.paths or any(_meet(path, one) for one in self.paths)


class Locks:
    """All locks of a hoard: :attr:`pyconfhoard.hoard.Hoard.locks`. ``monotonic`` is the clock of leases."""

    def __init__(self, hoard: Hoard, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._hoard = hoard
        self._monotonic = monotonic
        self._all: dict[int, Lock] = {}
        self._ids = itertools.count(1)

    @property
    def held(self) -> tuple[Lock, ...]:
        """Those that have not ended, oldest first."""
        self.look()
        return tuple(self._all.values())

    def look(self) -> None:
        """Let go of those whose lease is over."""
        now = self._monotonic()
        self._drop(lock for lock in self._all.values() if lock.expires <= now)

    def _drop(self, locks: Iterable[Lock]) -> None:
        gone = tuple(locks)
        for lock in gone:
            del self._all[lock.id]
        if any(lock.target == "candidate" for lock in gone):
            self._hoard.candidates.renounce()

    def acquire(
        self,
        owner: str,
        *,
        target: Target = "running",
        paths: Iterable[Path] = (),
        lease: float = LEASE,
        session: str = "",
    ) -> Lock:
        """Lock a datastore, or parts of running. ``session`` is made up when empty; commits present it. A commit that is
        under way is not held up: :meth:`take` waits for it.

        Raises :class:`Conflict` (``lock-denied``, naming who or what is in the way), :class:`BadInput` for a lease of no time
        or of more than a day, for parts of another datastore than running, and for state.
        """
        listed = tuple(paths)
        for path in listed:
            if path.steps and not node_at(self._hoard.schema, path).config:
                message = "this is state, which is not locked: configuration is"
                raise BadInput(Fault("invalid-value", message, str(path), "protocol"))
        if listed and target != "running":
            message = "parts of running can be locked, other datastores as a whole only"
            raise BadInput(Fault("operation-not-supported", message, type="protocol", value=target))
        session = session or secrets.token_urlsafe(16)
        for lock in self.held:
            if lock.target == target:
                self._deny(lock, listed, session)
        if target == "candidate" and self._hoard.candidates.shared.pending:
            raise _denied("the shared candidate has changes already: commit or discard them first")
        pending = self._hoard.confirmed.pending
        if target == "running" and pending is not None and not (session == pending.session != ""):
            message = f"a confirmed commit of {pending.author} waits for its confirmation"
            raise _denied(message)
        if len(self._all) >= _MOST:
            raise Conflict(Fault("resource-denied", f"there are {_MOST} locks already", type="protocol"))
        now = self._hoard.now()
        expires = self._monotonic() + _valid(lease)
        lock = Lock(next(self._ids), session, owner, target, listed, now, lease, expires)
        self._all[lock.id] = lock
        return lock

    async def take(
        self,
        owner: str,
        *,
        target: Target = "running",
        paths: Iterable[Path] = (),
        lease: float = LEASE,
        session: str = "",
    ) -> Lock:
        """:meth:`acquire`, when the commits that are under way have ended: after it, nothing of another session comes.
        Raises as that does."""

        def acquired() -> Lock:
            return self.acquire(owner, target=target, paths=paths, lease=lease, session=session)

        if target != "running":
            return acquired()
        async with self._hoard.turn:
            await self._hoard.flights.all_landed()
            return acquired()

    def _deny(self, lock: Lock, paths: tuple[Path, ...], session: str) -> None:
        if lock.session == session:
            if not lock.paths and not paths:
                raise _denied(f"this session has locked {lock.target} already")
            return
        if not paths:
            raise _denied(self._said(lock))
        for path in paths:
            if lock.meets(path):
                raise _denied(self._said(lock, path), path)

    def _said(self, lock: Lock, at: Path = Path.ROOT) -> str:
        return f"{lock.owner} has locked {lock.what(at)} for another {self.left(lock):.0f} s, unless it is renewed"

    def left(self, lock: Lock) -> float:
        """Seconds until it ends."""
        return max(0.0, lock.expires - self._monotonic())

    def of(self, session: str) -> tuple[Lock, ...]:
        """The locks of a session, oldest first."""
        return tuple(lock for lock in self.held if lock.session == session)

    def renew(self, id: int, lease: float | None = None) -> Lock:
        """Let a lock last for its lease, or another one, from now on. Raises :class:`NotFound`, :class:`BadInput`."""
        lock = self.get(id)
        length = lock.lease if lease is None else lease
        self._all[id] = replace(lock, lease=length, expires=self._monotonic() + _valid(length))
        return self._all[id]

    def release(self, id: int) -> None:
        """Give it back. Raises :class:`NotFound` for one that has ended."""
        self._drop((self.get(id),))

    def end(self, session: str) -> None:
        """A session is over: all that it had locked is free."""
        self._drop(lock for lock in self._all.values() if lock.session == session)

    def carry(self, schema: Schema) -> None:
        """The model is ``schema`` now: locks of parts that it does not have end."""
        self._drop(lock for lock in self._all.values() if not all(_has(schema, one) for one in lock.paths))

    def get(self, id: int) -> Lock:
        """Raises :class:`NotFound` for one that has ended."""
        self.look()
        if id in self._all:
            return self._all[id]
        message = "there is no such lock (any more): one that is not renewed ends with its lease"
        raise NotFound(Fault("invalid-value", message, type="protocol"))

    # -- what they stop ------------------------------------------------------------------------

    def admit(self, session: str, target: Target = "running") -> None:
        """Raise :class:`Conflict` (``in-use``) when another session has locked all of a datastore."""
        for lock in self.held:
            if lock.target == target and not lock.paths and lock.session != session:
                raise Conflict(Fault("in-use", self._said(lock), type="protocol"))

    def others(self, session: str) -> tuple[Lock, ...]:
        """Those that keep a session from something in running."""
        return tuple(one for one in self.held if one.target == "running" and one.session != session)

    def permit(self, locks: Iterable[Lock], paths: Iterable[Path]) -> None:
        """Raise :class:`Conflict` (``in-use``) with a fault for each of ``paths`` in running that one of ``locks``
        (:meth:`others`) keeps. It may be called in a thread."""
        kept = Nearby((path, lock) for lock in locks for path in lock.paths or (Path.ROOT,))
        faults, total = [], 0
        for path in paths:
            for lock in kept.met(path):
                total += 1
                if total <= MAX_FAULTS:
                    faults.append(Fault("in-use", self._said(lock, path), str(path)))
        if faults:
            raise Conflict(faults, total=total)


def _meet(one: Path, other: Path) -> bool:
    return one.within(other) or other.within(one)


def _has(schema: Schema, path: Path) -> bool:
    try:
        node_at(schema, path)
    except KeyError:
        return False
    return True


def _denied(message: str, path: Path | None = None) -> Conflict:
    return Conflict(Fault("lock-denied", message, "" if path is None else str(path), type="protocol"))


def _valid(lease: float) -> float:
    if not 0 < lease <= _LONGEST:
        message = f"a lease is above 0 and at most {_LONGEST:g} seconds"
        raise BadInput(Fault("invalid-value", message, type="protocol", value=str(lease)))
    return lease
