"""Candidates: configuration that is prepared before it is committed as a whole.

A candidate is a root of its own, based on the running configuration as it was when it was begun (trees
are immutable: it costs nothing). Its commit merges (:mod:`pyconfhoard.hoard.merge`) when running has moved meanwhile.

* *Private* ones: nobody else sees them. HTTP has no connection that could own one, so it has an id, which is a
  secret of its author, and it is discarded when nobody has touched it for a while.
* The *shared* one (RFC 6241 section 8.3, RFC 8342 section 5.1.2): everybody's, always there, of no author, under the id
  :data:`SHARED`. While nobody has changed it, it is what running is; so it is again after its commit.
  What somebody writes into it is committed by somebody else, maybe, so his right to is checked at once. Whoever wants it for
  himself locks it (:mod:`pyconfhoard.hoard.locks`); what is pending in it when that lock ends is discarded.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

from pyconfhoard.access import Principal
from pyconfhoard.access.passwords import sealed
from pyconfhoard.errors import BadInput, Conflict, Fault, NotFound, Refused
from pyconfhoard.hoard.bridge import Pace, run_sync
from pyconfhoard.hoard.candidate import SHARED, Candidate
from pyconfhoard.hoard.commit import Author, Commit, Edits, Origin, make, rehearse, try_out
from pyconfhoard.hoard.confirmed import Terms
from pyconfhoard.hoard.meanwhile import blame
from pyconfhoard.hoard.merge import Prefer, merge, settle
from pyconfhoard.hoard.stamps import Stamps
from pyconfhoard.hoard.state import State
from pyconfhoard.hoard.typed import typed
from pyconfhoard.tree import (
    Branch,
    Edit,
    apply,
    as_edits,
    diff,
)

if TYPE_CHECKING:
    from pyconfhoard.hoard.hoard import Hoard

__all__ = ["IDLE", "SHARED", "Candidate", "Candidates"]

_LOG: Final = logging.getLogger("pyconfhoard.hoard")

IDLE: Final = 1800.0
"""Seconds after which an untouched candidate is discarded."""

_MOST: Final = 1000
"""Private candidates at a time; beyond that the one that was idle longest goes."""


class Candidates:
    """All candidates of a hoard; the private ones are counted. ``idle`` in seconds of the ``monotonic`` clock."""

    def __init__(
        self, hoard: Hoard, *, idle: float = IDLE, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._hoard = hoard
        self.idle = idle
        self._monotonic = monotonic
        self._all: dict[str, Candidate] = {}
        self._shared: Candidate | None = None
        self._pace = Pace(float("inf"))
        self._stamp = Stamps()

    def __len__(self) -> int:
        self._expire()
        return len(self._all)

    def create(self, author: str) -> Candidate:
        """A new private one, equal to running."""
        self._expire()
        while len(self._all) >= _MOST:
            del self._all[min(self._all.values(), key=lambda one: one.touched).id]
        root, revision = self._hoard.running, self._hoard.revision
        candidate = Candidate(secrets.token_urlsafe(16), author, revision, root, root, self._monotonic())
        self._all[candidate.id] = candidate
        return candidate

    @property
    def shared(self) -> Candidate:
        """The one of all, which is running as it is now while nothing is pending in it."""
        hoard = self._hoard
        hoard.locks.look()
        one = self._shared
        if one is None or not (one.committing or one.base is hoard.running or one.pending):
            root, revision = hoard.running, hoard.revision
            one = self._shared = Candidate(SHARED, "", revision, root, root, self._monotonic())
        return one

    def get(self, id: str, author: str | None = None) -> Candidate:
        """The candidate, and it is touched; the shared one for whomever. Raises :class:`NotFound` for one that expired, was
        committed, or is another author's."""
        if id == SHARED:
            return self.shared
        self._expire()
        candidate = self._all.get(id)
        if candidate is None or (author is not None and candidate.author != author):
            message = (
                f"there is no such candidate (any more); one is discarded when untouched for {self.idle:g} s"
            )
            raise NotFound(Fault("invalid-value", message, type="protocol"))
        candidate.touched = self._monotonic()
        return candidate

    def edit(self, id: str, edits: Iterable[Edit], *, author: Author = "", session: str = "") -> Candidate:
        """Change it: all edits or none. Rules of the model wait for :meth:`validate` or the commit; what ``author`` may do
        waits for that, too, but in the shared one it does not.

        Raises :class:`Conflict` or :class:`BadInput` as :func:`~pyconfhoard.tree.apply` does, :class:`Conflict` while it is
        being committed, or is the shared one and another session's lock, :class:`AccessDenied`.
        """
        candidate = self._free(id, session)
        root = candidate.root
        candidate.root = self._edited(candidate, root, self._asked(edits, root), author)
        return candidate

    def _asked(self, edits: Edits, root: Branch) -> tuple[Edit, ...]:
        schema = self._hoard.schema
        return sealed(schema.root, typed(schema, edits(root) if callable(edits) else edits))

    def _edited(self, candidate: Candidate, root: Branch, edits: tuple[Edit, ...], author: Author) -> Branch:
        """What edits by ``author`` make of a candidate that is ``root``."""
        try:
            made = apply(root, edits, self._stamp())
        except Conflict:
            if isinstance(author, Principal):
                self._hoard.access(author).check_failed(edits)
            raise
        if candidate.id == SHARED:
            self._permit(author, root, made, edits)
        elif isinstance(author, Principal):
            self._hoard.access(author).check_guesses(edits)  # what is as it was is not there at the commit
        return made

    async def write(self, id: str, edits: Edits, *, author: Author = "", session: str = "") -> Candidate:
        """:meth:`edit`, by edits that may depend on what is there, for who has others to answer: passwords are hashed in a
        thread. Raises as that does."""
        given = edits if callable(edits) else tuple(edits)
        while True:
            root = self._free(id, session).root
            listed = await self._pace.run(partial(self._asked, given, root))
            candidate = self._free(id, session)
            if candidate.root is root:  # else another's edit came while this one's password was hashed
                candidate.root = self._edited(candidate, root, listed, author)
                return candidate

    async def rehearse(
        self, id: str, edits: Edits, *, author: Author = "", session: str = ""
    ) -> tuple[Branch, Branch]:
        """What the candidate is, and what :meth:`write` would make of it. Raises as that does."""
        candidate = self._free(id, session)
        root, given = candidate.root, edits if callable(edits) else tuple(edits)
        listed = await self._pace.run(partial(self._asked, given, root))
        return root, self._edited(candidate, root, listed, author)

    async def load(
        self,
        id: str,
        way: Callable[[Branch], Iterable[Edit]],
        comment: str,
        *,
        anew: bool,
        author: Author = "",
        session: str = "",
    ) -> Candidate:
        """Let ``way`` make edits of what it is, based on running as it is now: with what is pending merged into that, or
        ``anew`` without. ``comment`` tells why, behind those of other loads that are pending. All or nothing. ``way`` may be
        called in a thread, and more than once.

        Raises as :meth:`edit` and :meth:`discard`; :class:`Conflict` where running has moved and cannot be merged with what is
        pending; and what ``way`` raises.
        """

        def loaded(candidate: Candidate, running: Branch) -> Branch:
            if anew:
                self._permit_back(candidate, author)
                start = running
            else:
                start = apply(running, self._edits(candidate, running), self._stamp())
            listed = tuple(way(start))
            root = apply(start, listed, self._stamp())
            if candidate.id == SHARED:
                self._permit(author, start, root, listed)
            return root

        candidate = await self._rebased(id, session, loaded)
        before = "" if anew else candidate.comment
        candidate.comment = f"{before}; {comment}" if before else comment
        return candidate

    async def update(
        self, id: str, prefer: Prefer | None = None, *, author: Author = "", session: str = ""
    ) -> Candidate:
        """Base it on running as it is now, with what is pending merged into that. Where the two conflict, what ``prefer`` says
        stays; None: nothing is changed then.

        Raises :class:`Conflict` with each node, who changed it and when, and as :meth:`edit`; :class:`AccessDenied` too where
        ``author`` may not take back what gives way in the shared one.
        """

        def updated(candidate: Candidate, running: Branch) -> Branch:
            return self._updated(candidate, running, prefer, author)

        return await self._rebased(id, session, updated)

    async def _rebased(self, id: str, session: str, make: Callable[[Candidate, Branch], Branch]) -> Candidate:
        """Base it on running as it is now, and let it be what ``make`` makes of both, beside the event loop: once more when
        another's edit came meanwhile."""
        hoard = self._hoard
        self._free(id, session)  # who is refused does not wait for his turn
        async with hoard.turn:  # the model stays as it is
            while True:
                candidate = self._free(id, session)
                root, running, revision = candidate.root, hoard.running, hoard.revision
                made = await hoard.pace.apart(partial(make, candidate, running))
                candidate = self._free(id, session)
                if candidate.root is root:
                    candidate.base, candidate.root, candidate.revision = running, made, revision
                    return candidate

    def update_now(
        self, id: str, prefer: Prefer | None = None, *, author: Author = "", session: str = ""
    ) -> Candidate:
        """:meth:`update` where no event loop runs."""
        return run_sync(self.update(id, prefer, author=author, session=session))

    def _updated(
        self, candidate: Candidate, running: Branch, prefer: Prefer | None, author: Author
    ) -> Branch:
        if prefer is None:
            return apply(running, self._edits(candidate, running), self._stamp())
        root = self._settled(candidate, running, prefer)
        if candidate.id == SHARED and prefer == "running":
            whole = self._settled(candidate, running, "candidate")
            self._permit(author, whole, root, as_edits(diff(whole, root)))
        return root

    def _settled(self, candidate: Candidate, running: Branch, prefer: Prefer) -> Branch:
        base, root = candidate.base, candidate.root
        schema = self._hoard.schema
        edits = settle(schema, diff(base, root), diff(base, running), diff(running, root), prefer)
        return apply(running, edits, self._stamp())

    async def check(self, id: str, author: Author = "", *, session: str = "", confirms: str = "") -> None:
        """Everything that :meth:`commit` by ``author`` would find in it, and no commit: the Things are asked, too. Raises as
        that does, :class:`~pyconfhoard.errors.Refused` with all objections."""
        candidate = self.get(id)

        def edits(running: Branch) -> tuple[Edit, ...]:
            return self._edits(candidate, running)

        found = await rehearse(self._hoard, edits, author, session, confirms=confirms)
        if found.kept_out:
            raise Conflict(found.kept_out)
        if found.objections:
            raise Refused(found.objections)

    def validate(self, id: str, author: Author = "") -> Branch:
        """What running would be after the commit by ``author``. Raises what the commit would, votes left out."""
        hoard = self._hoard
        state = hoard.state
        edits = self._edits(self.get(id), state.running)
        return try_out(state.validator, edits, state.running, state.revision + 1, hoard.permit(author))

    async def commit(
        self,
        id: str,
        *,
        author: Author | None = None,
        comment: str = "",
        source: str = "",
        label: str = "",
        session: str = "",
        terms: Terms | None = None,
        confirms: str = "",
    ) -> Commit:
        """Commit and discard it, even when the caller is cancelled. It stays as it is when that fails.

        ``author`` is by default who made it, ``comment`` what its loads tell. With ``terms`` it is a confirmed commit;
        ``confirms`` is the id of the one that it confirms (RFC 6241 section 8.4.5.1).

        Raises :class:`Conflict` while it is being committed already, or is the shared one and another session's lock.
        """
        candidate = self._free(id, session)
        candidate.committing = True
        origin = Origin(author or candidate.author, source, comment or candidate.comment, label, session)
        return await self._hoard.whole(self._commit(candidate, origin, terms, confirms))

    def commit_now(
        self,
        id: str,
        *,
        author: Author | None = None,
        comment: str = "",
        source: str = "library",
        label: str = "",
        session: str = "",
        terms: Terms | None = None,
        confirms: str = "",
    ) -> Commit:
        """:meth:`commit` where no event loop runs."""
        return run_sync(
            self.commit(
                id,
                author=author,
                comment=comment,
                source=source,
                label=label,
                session=session,
                terms=terms,
                confirms=confirms,
            )
        )

    async def _commit(
        self, candidate: Candidate, origin: Origin, terms: Terms | None, confirms: str
    ) -> Commit:
        def edits(running: Branch) -> tuple[Edit, ...]:
            return self._edits(candidate, running)

        try:
            if terms is not None:
                commit = await self._hoard.confirmed.make(edits, terms, origin)
            elif confirms:
                commit = await self._hoard.confirmed.keep(confirms, edits, origin)
            else:
                commit = await make(self._hoard, edits, origin)
        finally:
            candidate.committing = False
        self._forget(candidate)
        return commit

    async def discard(self, id: str, *, author: Author = "", session: str = "") -> None:
        """Forget it; the shared one is what running is from now on, if ``author`` may take back what is pending in it.

        Raises :class:`NotFound` when there is none, :class:`Conflict` and :class:`AccessDenied` as :meth:`edit`.
        """
        candidate = self._free(id, session)
        if candidate.id == SHARED:
            candidate = await self._discardable(author, session)
        self._forget(candidate)

    def discard_now(self, id: str, *, author: Author = "", session: str = "") -> None:
        """:meth:`discard` where no event loop runs."""
        run_sync(self.discard(id, author=author, session=session))

    async def _discardable(self, author: Author, session: str) -> Candidate:
        """The shared one, when ``author`` may take back all that is pending in it: also what came while that was found out."""
        hoard = self._hoard
        async with hoard.turn:  # the model stays as it is
            while True:
                candidate = self._free(SHARED, session)
                root = candidate.root
                await hoard.pace.apart(partial(self._permit_back, candidate, author))
                candidate = self._free(SHARED, session)
                if candidate.root is root:
                    return candidate

    def renounce(self) -> None:
        """Let go of what is pending in the shared one, whose lock has ended. A commit that is under way goes on."""
        self._shared = None

    def _forget(self, candidate: Candidate) -> None:
        if self._shared is candidate:
            self._shared = None
        self._all.pop(candidate.id, None)

    def _permit(self, author: Author, old: Branch, new: Branch, edits: tuple[Edit, ...]) -> None:
        """Raise :class:`AccessDenied` where ``author`` may not go that way, by the rules of running."""
        if isinstance(author, Principal):
            access = self._hoard.access(author)
            if not access.unrestricted:
                access.check_edits(tuple(diff(old, new, edits=edits)), edits)

    def _permit_back(self, candidate: Candidate, author: Author) -> None:
        """Raise :class:`AccessDenied` where ``author`` may not take back what is pending in the shared one."""
        base, root = candidate.base, candidate.root  # at once: this may be in a thread, beside its edits
        if candidate.id == SHARED:
            self._permit(author, root, base, as_edits(diff(root, base)))

    def _free(self, id: str, session: str) -> Candidate:
        """The candidate, when it can be changed now."""
        candidate = self.get(id)
        if candidate.id == SHARED:
            self._hoard.locks.admit(session, "candidate")
        if candidate.committing:
            message = "this candidate is being committed: wait for the answer"
            raise Conflict(Fault("in-use", message, type="protocol"))
        return candidate

    def carry(self, after: State) -> None:
        """The model changes: say all of them in the words of ``after``. What is pending in one that these have no words for is
        forgotten, and told in the log. Called in turn, before the present is ``after``."""
        now = self._hoard.state
        both = (*self._all.values(), *(() if self._shared is None else (self._shared,)))
        for candidate in both:
            try:
                carried = candidate.carried(now, after)
            except (BadInput, Conflict, NotFound) as error:
                whose = f"of {candidate.author}" if candidate.author else "of all"
                _LOG.warning("the candidate %s does not fit the new model and is discarded: %s", whose, error)
                candidate.lost = True
                self._forget(candidate)
            else:
                candidate.base, candidate.root = carried

    def _expire(self) -> None:
        deadline = self._monotonic() - self.idle
        for candidate in [one for one in self._all.values() if one.touched < deadline]:
            del self._all[candidate.id]

    def _edits(self, candidate: Candidate, running: Branch) -> tuple[Edit, ...]:
        hoard = self._hoard
        if candidate.lost:
            message = "the model has changed meanwhile, and has no words for what is in this candidate"
            raise Conflict(Fault("in-use", message, type="protocol"))
        base, root = candidate.base, candidate.root  # at once: this may be in a thread, beside its edits
        return merge(
            hoard.schema,
            diff(base, root),
            diff(base, running),
            lambda path: blame(hoard, path, candidate.revision),
        )
