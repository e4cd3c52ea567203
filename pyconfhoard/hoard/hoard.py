"""The hoard: schema, store, access, owners, votes and events, put together.

:class:`Hoard` is the library's front door and needs no server::

    with Hoard.open("datastore", yang=["models"], modules=["brewerslab"]) as hoard:
        path = parse_path(hoard.schema, "/brewerslab:brewhouse/temperature/fermentation/setpoint")
        hoard.commit_now([Edit("merge", path, Decimal("18.5"))], author="me")

*State.* All that a reader needs (schema, owners, root, revision) is one immutable :class:`State` that a
commit swaps whole, so that a reader in any thread sees one moment. Everything that changes it happens
in turn (:attr:`Hoard.turn`).

*Threads.* Commits and registrations run in the event loop (or, without one, in the caller); the journal
has its writer thread, files and snapshots have their keeper thread (:mod:`pyconfhoard.hoard.upkeep`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path as File
from typing import Any, Final, Self, TypeVar

from pyconfhoard import schema as schemas
from pyconfhoard.access import Tokens
from pyconfhoard.access.authenticator import Authenticator
from pyconfhoard.access.nacm import Nacm
from pyconfhoard.hoard import opening, registration, transfer
from pyconfhoard.hoard.bridge import Pace, Turn, beside, loop_runs, run_sync
from pyconfhoard.hoard.calls import CALL_DEADLINE, Calls
from pyconfhoard.hoard.candidates import IDLE, Candidates
from pyconfhoard.hoard.commit import Author, Commit, Edits, Origin, make
from pyconfhoard.hoard.confirmed import Confirmed, settle
from pyconfhoard.hoard.data import Data
from pyconfhoard.hoard.first_data import first_data
from pyconfhoard.hoard.flights import Flights
from pyconfhoard.hoard.history import History
from pyconfhoard.hoard.listeners import Listeners
from pyconfhoard.hoard.locks import Locks
from pyconfhoard.hoard.operational import Operational, Published
from pyconfhoard.hoard.own_rpcs import OWN_RPCS
from pyconfhoard.hoard.owners import Owner, affected, owners_of
from pyconfhoard.hoard.recovery import Recovery
from pyconfhoard.hoard.retention import Retention, Trimming
from pyconfhoard.hoard.roots import Roots
from pyconfhoard.hoard.state import Registered, State
from pyconfhoard.hoard.upkeep import Upkeep
from pyconfhoard.hoard.votes import DEADLINE, Voter, Votes
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.schema.types.base import Json
from pyconfhoard.store.files import Files
from pyconfhoard.store.journal import Journal, OwnerRow
from pyconfhoard.store.lock import LOCK_TIMEOUT, FolderLock, refuse_network
from pyconfhoard.store.medium import advice
from pyconfhoard.store.sqlite import SqliteJournal
from pyconfhoard.store.writer import Writer
from pyconfhoard.tree import Branch, parse_path
from pyconfhoard.validation import Validator

__all__ = ["Hoard"]

T = TypeVar("T")

_LOG: Final = logging.getLogger("pyconfhoard.hoard")


class Hoard(Data):
    """The data of one folder. Made by :meth:`open`; a context manager."""

    def __init__(self, **parts: Any) -> None:
        raise TypeError("use Hoard.open(folder, ...)")

    # -- opening and closing -------------------------------------------------------------------

    @classmethod
    def open(
        cls,
        folder: File | str,
        *,
        yang: Sequence[File | str] = (),
        modules: Sequence[str] = (),
        features: Mapping[str, Collection[str]] | None = None,
        url: str = "",
        lock_timeout: float = LOCK_TIMEOUT,
        vote_timeout: float = DEADLINE,
        rpc_timeout: float = CALL_DEADLINE,
        candidate_idle: float = IDLE,
        retention: Retention = Retention(),  # noqa: B008 - frozen
        now: Callable[[], datetime] | None = None,
        journal: Callable[[File], Journal] = SqliteJournal,
    ) -> Hoard:
        """Open the datastore in ``folder``, made if it is not there.

        ``yang`` are folders of modules, searched before the project's own; ``modules`` are served although
        no Thing owns them; ``features`` says which are on (None: all). ``url`` is told to whom the folder is
        refused. ``vote_timeout`` and ``rpc_timeout`` are the seconds that Things have to object to a commit, and to answer
        an rpc. ``retention`` says how much history is kept. ``now`` is the clock for dates (aware); ``journal`` opens the
        journal in a file. Blocks until all is ready, also where an event loop runs.

        Where the model has changed and the stored data does not fit it as it is, the old one serves, and
        :attr:`waiting` tells why (:mod:`pyconfhoard.hoard.upgrade`).

        Raises :class:`DatastoreInUse`, :class:`StoreError`, :class:`ModelError`; nothing is left open then.
        """
        place = File(folder)

        def work() -> Hoard:
            with ExitStack() as stack:
                hoard = object.__new__(cls)
                hoard._begin(stack, place, url, lock_timeout, journal, now or partial(datetime.now, UTC))
                hoard._load(tuple(File(one) for one in yang), tuple(modules), features)
                hoard._compose(stack, vote_timeout, rpc_timeout, candidate_idle, retention)
                hoard._start()
                hoard._closing = stack.pop_all()
                return hoard

        return beside(work) if loop_runs() else work()

    def _begin(
        self,
        stack: ExitStack,
        folder: File,
        url: str,
        timeout: float,
        journal: Callable[[File], Journal],
        now: Callable[[], datetime],
    ) -> None:
        self.now = now
        self.started = now()
        """What is kept in memory only, as candidates and locks are, is not older than this."""
        refuse_network(folder)
        self.folder = folder
        self._lock = FolderLock(folder, url=url, timeout=timeout)
        stack.callback(self._lock.release)
        self.journal = journal(folder / "journal.db")
        stack.callback(self.journal.close)
        self.files = Files(folder, self.journal)
        self.writer = Writer(self.journal)
        stack.callback(self.writer.close)
        self.rows: dict[str, OwnerRow] = {row.name: row for row in self.journal.owners()}

    def _load(
        self, yang: tuple[File, ...], modules: tuple[str, ...], features: Mapping[str, Collection[str]] | None
    ) -> None:
        self.yang, self._modules, self._features = yang, modules, features
        schema = self.compile(self.rows.values())
        settle(self.journal, self.now)
        found = opening.state(self.journal, schema, folder=self.folder, yang=yang, rows=self.rows.values())
        schema = found.schema
        self.waiting = found.waiting
        """A model in the YANG files that does not serve: the data does not fit it as it is. None where there is none."""
        owners = owners_of(schema, self.rows.values())
        self._state = State(schema, Validator(schema), owners, found.root, found.revision)
        self.latest: Commit | None = None
        """What a change that changes nothing is answered with: the last commit, without its changes. None where nobody has
        asked the journal for it yet."""
        for warning in self.warnings:
            _LOG.warning("%s", warning)

    def compile(self, rows: Iterable[OwnerRow]) -> Schema:
        """The schema of the modules served. Raises :class:`ModelError`."""
        names = dict.fromkeys((*self._modules, *(row.module for row in rows if row.kind == "thing")))
        cache = self.folder / "run"
        return schemas.load(tuple(names), folders=self.yang, features=self._features, cache=cache)

    def _compose(
        self,
        stack: ExitStack,
        vote_timeout: float,
        rpc_timeout: float,
        candidate_idle: float,
        retention: Retention,
    ) -> None:
        self.turn = Turn()
        self.pace = Pace()
        self.votes = Votes(deadline=vote_timeout)
        self.candidates = Candidates(self, idle=candidate_idle)
        self.roots = Roots(self)
        self.history = History(self)
        self.confirmed = Confirmed(self)
        self.locks = Locks(self)
        self.calls = Calls(self, OWN_RPCS, deadline=rpc_timeout)
        self.recovery = Recovery(self)
        self.flights = Flights(self, catch_up=self.recovery.catch_up_to, swap=self.swap)
        stack.callback(self.confirmed.close)
        self._published = Operational(self.schema)
        self.tokens = Tokens(self.folder / "run")
        self.nacm = Nacm()
        self.authenticator = Authenticator(self.tokens, lambda: self.running, now=self.now)
        self._subscribers: Listeners[Commit] = Listeners()
        self._watchers: Listeners[Published] = Listeners()
        self._tasks: set[asyncio.Task[Any]] = set()
        self.retention = retention
        self.upkeep = Upkeep(
            self.journal,
            self.files,
            moment=lambda: self._state,
            readings=lambda: self._published.root,
            look=self.recovery.look_at_disk,
            trim=Trimming(self, retention).trim,
            history_bytes=retention.size,
        )
        self.writer.troubled = self.upkeep.trouble
        stack.callback(self.upkeep.end)
        self._closing = ExitStack()

    def _start(self) -> None:
        self._know_tokens()
        first_data(self)
        opening.hand_edits(self)
        opening.last_readings(self, self._published)
        self.upkeep.told(self.owners)
        if told := advice(self.folder):
            _LOG.warning("%s", told)

    def close(self) -> None:
        """Write files and a snapshot, and let the folder go; again does nothing."""
        with self._closing:
            if self._lock.held:
                self.upkeep.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    # -- changes -------------------------------------------------------------------------------

    async def commit(
        self,
        edits: Edits,
        *,
        author: Author,
        comment: str = "",
        source: str = "",
        label: str = "",
        session: str = "",
    ) -> Commit:
        """Take edits all the way (:func:`pyconfhoard.hoard.commit.make`), even when the caller is cancelled.

        ``label`` names the revision that it makes, if it makes one.
        """
        return await self.whole(make(self, edits, Origin(author, source, comment, label, session)))

    def commit_now(
        self,
        edits: Edits,
        *,
        author: Author,
        comment: str = "",
        source: str = "library",
        label: str = "",
        session: str = "",
    ) -> Commit:
        """:meth:`commit` where no event loop runs. Raises ``RuntimeError`` inside one."""
        return run_sync(make(self, edits, Origin(author, source, comment, label, session)))

    async def load(
        self,
        body: bytes,
        mode: transfer.Mode,
        *,
        at: str = "/",
        author: Author,
        comment: str = "",
        source: str = "",
        session: str = "",
    ) -> Commit:
        """Commit a document that was saved, in one transaction: :mod:`pyconfhoard.hoard.transfer`."""
        edits = transfer.loading(self.schema, body, mode, parse_path(self.schema, at))
        return await self.commit(edits, author=author, comment=comment, source=source, session=session)

    def load_now(
        self,
        body: bytes,
        mode: transfer.Mode,
        *,
        at: str = "/",
        author: Author,
        comment: str = "",
        source: str = "library",
        session: str = "",
    ) -> Commit:
        """:meth:`load` where no event loop runs. Raises ``RuntimeError`` inside one."""
        return run_sync(
            self.load(body, mode, at=at, author=author, comment=comment, source=source, session=session)
        )

    def admit(self, origin: Origin, *, confirming: bool = False) -> None:
        """Let a commit begin. Raises :class:`Conflict` when its label is taken, while another session has locked
        running, or (unless it is part of it) while a confirmed commit waits. Called in turn."""
        if origin.label:
            self.history.free(origin.label)
        if not confirming:
            self.confirmed.admit()
        self.locks.admit(origin.session)

    async def whole(self, work: Coroutine[Any, Any, T]) -> T:
        """``work``, which a caller that goes away (a client that hangs up) must not cut in half."""
        if not loop_runs():
            return await work
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._whole_done)
        return await asyncio.shield(task)

    def _whole_done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # looked at: it belongs to a caller that may be gone

    def swap(self, commit: Commit, size: int) -> None:
        """Make a journaled commit of ``size`` bytes the present, and tell everybody. Called in turn.

        Subscribers are told in their order, all of them; what one raises is raised in the end.
        """
        self._state = replace(self._state, running=commit.root, revision=commit.revision)
        self.latest = replace(commit, changes=(), old=commit.root)
        self.upkeep.changed(affected(self.owners, commit.changes), size)
        self._subscribers.tell(commit)

    def subscribe(self, callback: Callable[[Commit], None]) -> Callable[[], None]:
        """Get each commit, in order, after the swap; call the result to end that.

        ``callback`` runs where commits run and holds them up: it should only pass the commit on, and not raise.
        """
        return self._subscribers.add(callback)

    # -- operational data ----------------------------------------------------------------------

    def publish(
        self,
        owner: str,
        data: Json,
        remove: Iterable[str] = (),
        *,
        time: datetime | None = None,
        quality: str = "good",
    ) -> Published:
        """Take over state of an owner's subtree: :meth:`pyconfhoard.hoard.operational.Operational.publish`."""
        news = self._published.publish(
            self.owner(owner), data, remove, time=time or self.now(), quality=quality
        )
        self._news(news)
        return news

    def stale(self, owner: str) -> None:
        """An owner's link was lost: what it told is stale."""
        news = self._published.stale(self.owner(owner))
        if news is not None:
            self._news(news)

    def subscribe_operational(self, callback: Callable[[Published], None]) -> Callable[[], None]:
        """Get each publication, as :meth:`subscribe` does commits."""
        return self._watchers.add(callback)

    def _news(self, news: Published) -> None:
        self.upkeep.told((news.owner,))
        self._watchers.tell(news)

    # -- Things --------------------------------------------------------------------------------

    async def register(self, name: str, module: str, path: str, title: str = "") -> Registered:
        """Make a Thing the owner of ``path`` (with or without its module's name in front).

        Compiles and checks the model, writes ``startup/<name>.json`` with the model's defaults if there is none of yours,
        and gives the Thing its first data. To register the same again is fine and gives the same
        token; another path or title replaces what was registered.

        Raises :class:`ModelError`, :class:`BadInput`, :class:`NotFound`, :class:`Conflict` (another owns part of
        it, the stored data does not fit the model, or a session has locked what would change), :class:`StoreError`;
        nothing has changed then.
        """
        return await self.whole(registration.register(self, name, module, path, title))

    def register_now(self, name: str, module: str, path: str, title: str = "") -> Registered:
        """:meth:`register` where no event loop runs."""
        return run_sync(registration.register(self, name, module, path, title))

    def link(self, name: str, voter: Voter) -> None:
        """A Thing is there and votes from now on."""
        self.owner(name)
        self.votes.link(name, voter)

    def unlink(self, name: str, voter: Voter) -> None:
        """It is gone: it votes no more, and what it told is stale."""
        self.votes.unlink(name, voter)
        if name not in self.votes.linked and name in self.owners:
            self.stale(name)

    def put_rows(self, rows: Iterable[OwnerRow]) -> None:
        """Keep owners in the registry, while opening."""
        listed = tuple(rows)
        if listed:
            self.journal.put_owners(listed)
            self.rows.update((row.name, row) for row in listed)

    def state_of(self, schema: Schema, owners: Mapping[str, Owner], root: Branch) -> State:
        """The present moment under another schema, with other owners."""
        validator = self.validator if schema is self.schema else Validator(schema)
        return State(schema, validator, owners, root, self.revision)

    def enter(self, state: State, rows: Iterable[OwnerRow]) -> None:
        """A registration is durable: go on from it. Called in turn."""
        words = state.schema is not self.schema
        if words:
            self.candidates.carry(state)
            self.locks.carry(state.schema)
            self._published.carry(state.schema)
        self._state, self.latest = state, None
        self.rows.update((row.name, row) for row in rows)
        self._know_tokens()
        self.upkeep.renew(state, words=words)

    def _know_tokens(self) -> None:
        things = [owner for owner in self.owners.values() if owner.kind == "thing"]
        self.tokens.know({one.name: (self.rows[one.name].token_sha256, one.path) for one in things})
