"""History: what was committed, by whom, what it changed, and the ways back.

A revision is named by its number, or by the label that somebody gave it. Where two states are compared,
``running``, ``intended``, ``startup``, ``persist`` and ``operational`` name those datastores, and a root may stand
for itself.

Every way back is a commit of its own, made at once or of a candidate that it was loaded into: the log only grows, and blame
tells who went back. Reading takes
time in proportion to what is shown, and to the revisions between where two are compared or an old state is made.

Reading blocks on the disk, for short: a program with an event loop calls it in a thread where it compares
states that are far away.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeGuard

from pyconfhoard.errors import BadInput, Conflict, Fault, NotFound, NotSupported, StoreError
from pyconfhoard.hoard.blame import Blame, blame_below
from pyconfhoard.hoard.bridge import offload, run_sync
from pyconfhoard.hoard.candidates import Candidate
from pyconfhoard.hoard.commit import Author, Commit, Edits, Origin, make, try_out
from pyconfhoard.hoard.difference import Difference, between
from pyconfhoard.hoard.meanwhile import blame
from pyconfhoard.hoard.merge import merge
from pyconfhoard.hoard.older import OldWords, old_change, old_pair
from pyconfhoard.hoard.sparse import ways
from pyconfhoard.hoard.state import Datastore
from pyconfhoard.store.journal import Line, Record
from pyconfhoard.tree import Branch, Edit, Path, apply, as_edits, diff

if TYPE_CHECKING:
    from pyconfhoard.hoard.hoard import Hoard

__all__ = ["Detail", "History", "Point", "valid_label"]

Point: TypeAlias = int | str | Branch
"""A revision's number or label, a datastore's name, or a root."""

DATASTORES: Final = ("running", "intended", "startup", "persist", "operational")

_LABEL: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,63}")

_MOST: Final = 1000
"""Revisions in one page of the list."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One revision: ``line`` tells who and when, ``difference`` what it changed."""

    line: Line
    difference: Difference | OldWords


def valid_label(name: str) -> str:
    """``name``, fit to be a label. Raises :class:`BadInput` when it is not."""
    if not _LABEL.fullmatch(name) or name in DATASTORES:
        message = (
            "a label is a letter or underscore and up to 63 letters, digits, underscores, hyphens, dots or "
            f"colons, and none of {', '.join(DATASTORES)}"
        )
        raise BadInput(Fault("invalid-value", message, value=name))
    return name


def _is_revision(point: Point) -> TypeGuard[int | str]:
    return not isinstance(point, Branch) and point not in DATASTORES


class History:
    """The past of one hoard: :attr:`pyconfhoard.hoard.Hoard.history`."""

    def __init__(self, hoard: Hoard) -> None:
        self._hoard = hoard

    # -- reading -------------------------------------------------------------------------------

    def revisions(
        self,
        *,
        limit: int = 100,
        before: int | None = None,
        author: str | None = None,
        labelled: bool = False,
    ) -> tuple[Line, ...]:
        """Revisions, newest first: at most ``limit`` (1 to 1000), of those below ``before``, of one author, and with
        ``labelled`` those with a label only. The next page is what is before the last one's revision.

        Raises :class:`BadInput` for another limit.
        """
        if not 1 <= limit <= _MOST:
            message = f"a page has between 1 and {_MOST} revisions"
            raise BadInput(Fault("invalid-value", message, value=str(limit)))
        if before is not None:  # however large: the journal's numbers have 63 bits
            before = min(before, self._hoard.revision + 1)
        return self._hoard.journal.lines(limit=limit, before=before, author=author, labelled=labelled)

    def number(self, revision: int | str) -> int:
        """A revision's number: itself, digits, or that of a label. Raises :class:`NotFound` for a label that there is
        not; whether the number is kept shows when it is used."""
        if isinstance(revision, int):
            return revision
        if revision.isdecimal() and revision.isascii():
            return int(revision)
        labels = self._hoard.journal.labels()
        if revision not in labels:
            known = tuple(labels)
            message = f"there is no label {revision!r}; there are: {', '.join(known) or 'none'}"
            raise NotFound(Fault("invalid-value", message, value=revision, legal=known))
        return labels[revision]

    def get(self, revision: int | str) -> Detail:
        """One revision with its changes; those of an older model, and an upgrade's own, as text. Raises :class:`NotFound` for
        one that never was or is not kept."""
        number = self.number(revision)
        journal = self._hoard.journal
        record = journal.record(number) if 0 < number <= self._hoard.revision else None
        if record is None:
            raise self._missing(number)
        return Detail(journal.lines_of((number,))[number], self._changed(record))

    def _changed(self, record: Record) -> Difference | OldWords:
        roots = self._hoard.roots
        if record.revision > roots.oldest:
            with suppress(NotSupported):
                return between(self._hoard.schema, *roots.change(record))
        return old_change(self._hoard.journal, record)

    def _missing(self, number: int) -> NotFound:
        oldest = self._hoard.journal.first
        kept = "is not kept any more" if 0 < number < oldest else "does not exist"
        message = f"revision {number} {kept}; there are {oldest} to {self._hoard.revision}"
        return NotFound(Fault("invalid-value", message, value=str(number)))

    def _undone(self, root: Branch, number: int) -> Branch:
        """What the state ``root`` of a revision was before it."""
        record = self._hoard.journal.record(number)
        if record is None:
            raise self._missing(number)
        return self._hoard.roots.back(root, record)

    def root_at(self, revision: int | str) -> Branch:
        """The configuration at a revision: :meth:`pyconfhoard.hoard.roots.Roots.at`."""
        return self._hoard.roots.at(self.number(revision))

    def root_of(self, point: Point) -> Branch:
        """The root of what a :data:`Point` names. Raises as :meth:`root_at` and :meth:`Hoard.view`."""
        hoard = self._hoard
        if isinstance(point, Branch):
            return point
        if point == "running":
            return hoard.running
        if point == "intended":
            return hoard.intended
        if point == "operational":
            return hoard.operational
        if point in ("startup", "persist"):
            return self._of_files("startup" if point == "startup" else "persist")
        return self.root_at(point)

    def _of_files(self, datastore: Datastore) -> Branch:
        """All owners' parts of a datastore in one root."""
        hoard = self._hoard
        root = Branch(hoard.schema.root, {})
        for name, owner in hoard.owners.items():
            part = hoard.view(datastore, name).branch
            if part.members:
                edits = (*ways(hoard.schema, root, owner.path), Edit("merge", owner.path, part))
                root = apply(root, edits, 0)
        return root

    def diff(self, old: Point, new: Point = "running", path: Path = Path.ROOT) -> Difference | OldWords:
        """What differs between two states, at ``path`` and below; between two revisions of one older model as text.
        Raises as :meth:`root_of`."""
        numbers = [self.number(one) for one in (old, new) if _is_revision(one)]
        if len(numbers) < 2:
            return between(self._hoard.schema, self.root_of(old), self.root_of(new), path)
        try:
            return between(self._hoard.schema, *self._hoard.roots.pair(*numbers), path)
        except NotSupported:
            told = old_pair(self._hoard.journal, numbers[0], numbers[1], path)
            if told is None:
                raise
            return told

    def blame(self, path: Path = Path.ROOT) -> tuple[Blame, ...]:
        """Who last set each value at ``path`` and below it, in the order of the data. Takes time for what it
        shows. Raises :class:`NotFound` where nothing stands."""
        return blame_below(self._hoard, path)

    # -- labels --------------------------------------------------------------------------------

    def labels(self) -> dict[str, int]:
        """The revision of each label, by name."""
        return dict(self._hoard.journal.labels())

    async def label(self, name: str, revision: int | str) -> None:
        """Name a revision, durably; retention keeps it then. A revision may have several labels.

        Raises :class:`Conflict` when the name is taken by another revision, :class:`NotFound` for a revision that is not
        kept, and :class:`BadInput` for no :func:`valid_label`.
        """
        valid_label(name)
        async with self._hoard.turn:
            number = self.number(revision)
            if self._hoard.journal.labels().get(name) == number:
                return
            self.free(name)
            if not 0 < number <= self._hoard.revision or self._hoard.journal.record(number) is None:
                raise self._missing(number)
            await self._put(name, number)

    async def unlabel(self, name: str) -> None:
        """Take a label away. Raises :class:`NotFound` when there is none."""
        async with self._hoard.turn:
            self.number(valid_label(name))
            await self._put(name, None)

    def label_now(self, name: str, revision: int | str) -> None:
        """:meth:`label` where no event loop runs."""
        run_sync(self.label(name, revision))

    def unlabel_now(self, name: str) -> None:
        """:meth:`unlabel` where no event loop runs."""
        run_sync(self.unlabel(name))

    def free(self, name: str) -> None:
        """Raise :class:`Conflict` when a label is taken, :class:`BadInput` when it cannot be one, and :class:`StoreError` when
        labelled revisions take all that they may (:class:`~pyconfhoard.hoard.retention.Retention`)."""
        holder = self._hoard.journal.labels().get(valid_label(name))
        if holder is not None:
            message = f"the label {name} is that of revision {holder}: take it away there, or choose another"
            raise Conflict(Fault("data-exists", message, value=name))
        taken, most = self._hoard.journal.labelled_bytes(), self._hoard.retention.labelled
        if taken >= most:
            message = (
                f"revisions with a label take {taken} bytes, and may take {most}: take labels away that are not wanted any more, "
                "or raise the bound (PYCONF_HISTORY_LABELLED)"
            )
            raise StoreError(Fault("resource-denied", message, value=name))

    async def _put(self, name: str, revision: int | None) -> None:
        await self._hoard.writer.do(lambda: self._hoard.journal.put_label(name, revision))

    # -- ways back -----------------------------------------------------------------------------

    async def rollback(
        self, revision: int | str, *, author: Author, comment: str = "", source: str = "", session: str = ""
    ) -> Commit:
        """Make running again what it was at a revision: a new commit, validated and voted on like any.

        ``comment`` is by default ``rollback to revision N`` with the revision's label. Raises as :meth:`root_at` and
        :meth:`Hoard.commit`.
        """
        hoard = self._hoard
        edits, words = await offload(lambda: self._rollback(revision))
        return await hoard.whole(
            make(hoard, edits, Origin(author, source, comment or words, session=session))
        )

    def rollback_now(
        self,
        revision: int | str,
        *,
        author: Author,
        comment: str = "",
        source: str = "library",
        session: str = "",
    ) -> Commit:
        """:meth:`rollback` where no event loop runs."""
        return run_sync(
            self.rollback(revision, author=author, comment=comment, source=source, session=session)
        )

    async def load_rollback(
        self,
        revision: int | str,
        candidate: str,
        *,
        author: Author = "",
        comment: str = "",
        session: str = "",
    ) -> Candidate:
        """Make a candidate, of that id, what running was at a revision; what was pending in it gives way. Nothing is committed;
        its commit's comment is by default that of :meth:`rollback`. Raises as :meth:`root_at` and
        :meth:`~pyconfhoard.hoard.candidates.Candidates.load`.
        """
        way, words = await offload(lambda: self._rollback(revision))
        load = self._hoard.candidates.load
        return await load(candidate, way, comment or words, anew=True, author=author, session=session)

    def load_rollback_now(
        self,
        revision: int | str,
        candidate: str,
        *,
        author: Author = "",
        comment: str = "",
        session: str = "",
    ) -> Candidate:
        """:meth:`load_rollback` where no event loop runs."""
        return run_sync(
            self.load_rollback(revision, candidate, author=author, comment=comment, session=session)
        )

    def try_rollback(self, revision: int | str) -> Difference:
        """What :meth:`rollback` would change, validated. Raises as that does, votes left out."""
        return self._tried(self._rollback(revision)[0])

    def _rollback(self, revision: int | str) -> tuple[Callable[[Branch], Any], str]:
        number = self.number(revision)
        target = self.root_at(number)
        name = f" ({revision})" if isinstance(revision, str) and revision != str(number) else ""
        return lambda running: as_edits(diff(running, target)), f"rollback to revision {number}{name}"

    async def undo(
        self, revision: int | str, *, author: Author, comment: str = "", source: str = "", session: str = ""
    ) -> Commit:
        """Take back what one revision changed and leave all that came later: a new commit.

        ``comment`` is by default ``undo of revision N``. Raises :class:`Conflict` naming each node that was changed
        again since (by whom and when, as for a candidate whose base moved), else as :meth:`get` and :meth:`Hoard.commit`.
        """
        hoard = self._hoard
        edits, words = await offload(lambda: self._undo(revision))
        return await hoard.whole(
            make(hoard, edits, Origin(author, source, comment or words, session=session))
        )

    def undo_now(
        self,
        revision: int | str,
        *,
        author: Author,
        comment: str = "",
        source: str = "library",
        session: str = "",
    ) -> Commit:
        """:meth:`undo` where no event loop runs."""
        return run_sync(self.undo(revision, author=author, comment=comment, source=source, session=session))

    async def load_undo(
        self,
        revision: int | str,
        candidate: str,
        *,
        author: Author = "",
        comment: str = "",
        session: str = "",
    ) -> Candidate:
        """Take back in a candidate, of that id, what one revision changed, beside what is pending in it. Nothing is committed;
        its commit's comment is by default that of :meth:`undo`. Raises as that and as
        :meth:`~pyconfhoard.hoard.candidates.Candidates.load`.
        """
        way, words = await offload(lambda: self._undo(revision))
        load = self._hoard.candidates.load
        return await load(candidate, way, comment or words, anew=False, author=author, session=session)

    def load_undo_now(
        self,
        revision: int | str,
        candidate: str,
        *,
        author: Author = "",
        comment: str = "",
        session: str = "",
    ) -> Candidate:
        """:meth:`load_undo` where no event loop runs."""
        return run_sync(self.load_undo(revision, candidate, author=author, comment=comment, session=session))

    def try_undo(self, revision: int | str) -> Difference:
        """What :meth:`undo` would change, validated. Raises as that does, votes left out."""
        return self._tried(self._undo(revision)[0])

    def _undo(self, revision: int | str) -> tuple[Callable[[Branch], Any], str]:
        hoard, number = self._hoard, self.number(revision)
        if not 0 < number <= hoard.revision:
            raise self._missing(number)
        after = self.root_at(number)
        mine = tuple(diff(after, self._undone(after, number)))

        def edits(running: Branch) -> Any:
            return merge(hoard.schema, mine, diff(after, running), lambda path: blame(hoard, path, number))

        return edits, f"undo of revision {number}"

    def _tried(self, edits: Edits) -> Difference:
        state = self._hoard.state
        root = try_out(state.validator, edits, state.running, state.revision + 1)
        return between(state.schema, state.running, root)
