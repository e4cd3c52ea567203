"""The way of a change, whole, in one function: :func:`take`.

A face has decoded the change to edits. From here on commits are serial. What its author may not change
(RFC 8341) ends here, before the model's rules are tried, whatever face it came through.
Whatever fails before the journal has the record leaves nothing behind;
once it has it, nothing can fail any more but the process, and then the next start replays it.

*While the disk syncs* the next commit is judged already, by what running will be (:mod:`pyconfhoard.hoard.flights`). But
nothing is said of what is not durable: a verdict that rests on it (a refusal, "nothing to change") is found again
when it is, Things are asked about durable states only, and a label is given when it is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, TypeAlias

from pyconfhoard.access import Principal
from pyconfhoard.access.passwords import sealed
from pyconfhoard.errors import Conflict, Fault, HoardError, Invalid, Refused
from pyconfhoard.hoard.flights import Flight
from pyconfhoard.hoard.merge import spread
from pyconfhoard.hoard.permit import Permit
from pyconfhoard.hoard.typed import typed
from pyconfhoard.store.journal import Record
from pyconfhoard.tree import (
    Branch,
    Change,
    Edit,
    apply,
    as_edits,
    diff,
    edits_from_text,
    edits_to_text,
    get,
    undoing,
    weight,
)
from pyconfhoard.validation import Checked, Validator, take_time

if TYPE_CHECKING:
    from pyconfhoard.hoard.hoard import Hoard

__all__ = [
    "Author",
    "Commit",
    "Edits",
    "Origin",
    "Rehearsal",
    "make",
    "rehearse",
    "replay",
    "restore",
    "take",
    "try_out",
]

_LARGE: Final = 300
"""Nodes. So many take some milliseconds, and a loop that computes answers nobody."""

Edits: TypeAlias = Iterable[Edit] | Callable[[Branch], Iterable[Edit]]
"""Edits, or a function that makes them of the running configuration at the commit's turn: where a
precondition (If-Match) or a merge has to see what the commit will see. It may raise to stop the commit."""

Author: TypeAlias = str | Principal
"""Who makes a change: a principal, whom the access rules bind, or just a name, where the program itself is trusted."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who makes a change, through what (``rest``, ``cli``, ``file``, ``library``), and why.

    ``label`` names the revision. ``session`` tells whose locks do not stand in the way, and ``unconfirmed`` becomes what
    the journal knows of a confirmed commit (:mod:`pyconfhoard.hoard.confirmed`).
    """

    author: Author
    source: str = ""
    comment: str = ""
    label: str = ""
    session: str = ""
    unconfirmed: str | None = None

    @property
    def name(self) -> str:
        """The author's name."""
        return self.author.name if isinstance(self.author, Principal) else self.author

    @property
    def through(self) -> str:
        """What the journal keeps of the way: ``source``, and the address where it is another machine's."""
        where = self.author.where if isinstance(self.author, Principal) else ""
        return f"{self.source} from {where}" if where else self.source


@dataclass(frozen=True, slots=True)
class Commit:
    """A committed transaction: ``changes`` lead from the root ``old`` to ``root``.

    ``changes`` is empty when there was nothing to change: then ``revision`` and the rest are those of the
    last commit there was.
    """

    revision: int
    time: datetime
    author: str
    comment: str
    source: str
    changes: tuple[Change, ...]
    root: Branch
    old: Branch


async def make(hoard: Hoard, edits: Edits, origin: Origin) -> Commit:
    """Wait for the turn, then :func:`take` the change; only the disk is not waited for in turn. Raises as that does,
    and :class:`BadInput` for values that are not of their leaves' types."""
    given = edits if callable(edits) else tuple(edits)
    alone = bool(origin.label)
    while True:
        async with hoard.turn:
            await hoard.recovery.ready(alone=alone)
            hoard.admit(origin)
            try:
                listed = given if callable(given) else typed(hoard.schema, given)
                flight = await _send(hoard, listed, origin)
            except Refused:
                raise
            except HoardError:
                if not hoard.flights:
                    raise
                flight = None
            if flight is None or (hoard.flights and not flight.commit.changes):
                alone = True
                continue
            if alone:
                return await flight.landed()
        return await flight.landed()


async def take(hoard: Hoard, edits: Edits, origin: Origin) -> Commit:
    """Take a change all the way, in turn, when no other is on its way. Raises

    * :class:`AccessDenied`: the author may not change all of it, every node listed;
    * :class:`Conflict`, :class:`BadInput`: the edits do not fit what is there, or another session has locked it;
    * :class:`Invalid`: the result breaks the model's rules, all faults listed;
    * :class:`Refused`: a Thing objects;
    * :class:`StoreError`: the journal did not take it (its kind :class:`SyncFailed`: nobody knows).
    """
    flight = await _send(hoard, edits, origin)
    assert flight is not None, "there is nothing that it could rest on but what is durable"  # noqa: S101 - for the type checker
    return await flight.landed()


async def _send(hoard: Hoard, edits: Edits, origin: Origin) -> Flight | None:
    """A change on its way to the disk, one that changes nothing without going there; None when what it rests on could not
    be stored meanwhile. Raises as :func:`take`."""
    tip = hoard.flights.tip
    base, revision, schema = tip.running, tip.revision + 1, tip.schema

    def prepared() -> tuple[Branch, tuple[Change, ...], str, str]:
        checked = _judged(tip.validator, edits, base, revision, hoard.permit(origin.author))
        root, changes = checked.root, checked.changes
        done = edits_to_text(schema, as_edits(changes))
        return root, changes, done, edits_to_text(schema, undoing(base, root, changes))

    root, changes, done, undo = await hoard.pace.run(prepared)
    if not changes:
        return Flight(_nothing(hoard), 0)
    if others := hoard.locks.others(origin.session):
        await hoard.pace.run(lambda: hoard.locks.permit(others, (change.path for change in spread(changes))))
    if hoard.votes.concerned(hoard.owners, base, root, changes):
        await hoard.flights.all_landed()
        if hoard.running is base:
            await hoard.votes.ask(hoard.owners, revision, base, root, changes)
    if hoard.flights.failed or hoard.flights.tip.running is not base:
        return None
    return _enter(hoard, origin, root, changes, (done, undo))


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a change would come to: running would go from ``old`` to ``root`` by ``changes``, if the Things that are linked
    had no ``objections``, and neither a confirmed commit that waits nor others' locks kept the session out: ``kept_out``."""

    old: Branch
    root: Branch
    changes: tuple[Change, ...]
    objections: tuple[Fault, ...]
    kept_out: tuple[Fault, ...]


async def rehearse(
    hoard: Hoard, edits: Edits, author: Author, session: str = "", *, confirms: str = ""
) -> Rehearsal:
    """Take a change up to the point of no return, in turn, and no further. The Things that it concerns are asked, and told
    at once that it will not come. ``confirms`` is the id of the confirmed commit that it would confirm or extend.

    Raises as :func:`make` does, but for refusals, a confirmed commit that waits and others' locks, which are told;
    :class:`NotFound` for an id that none has."""
    given = edits if callable(edits) else tuple(edits)
    async with hoard.turn:
        await hoard.flights.all_landed()
        base, revision, validator = hoard.running, hoard.revision + 1, hoard.state.validator

        def prepared() -> tuple[Branch, tuple[Change, ...]]:
            listed = given if callable(given) else typed(hoard.schema, given)
            root = try_out(validator, listed, base, revision, hoard.permit(author))
            return root, tuple(diff(base, root))

        root, changes = await hoard.pace.run(prepared)
        objections = await hoard.votes.rehearse(hoard.owners, revision, base, root, changes)
        waits = hoard.confirmed.in_the_way(confirms)
        locked = await hoard.pace.run(lambda: _locked(hoard, session, changes))
    return Rehearsal(base, root, changes, tuple(objections), (*waits, *locked))


def _locked(hoard: Hoard, session: str, changes: tuple[Change, ...]) -> tuple[Fault, ...]:
    """What the locks of other sessions have against ``changes``."""
    try:
        hoard.locks.permit(hoard.locks.others(session), (change.path for change in spread(changes)))
    except Conflict as error:
        return error.faults
    return ()


async def restore(hoard: Hoard, root: Branch, origin: Origin) -> Commit:
    """Make running what it was at an earlier ``root`` of the same model, in turn. No rule is tried and nobody is asked: it
    was valid and accepted before. Raises :class:`StoreError` as :func:`take` does."""
    base, revision, schema = hoard.running, hoard.revision + 1, hoard.schema

    def prepared() -> tuple[Branch, tuple[Change, ...], str, str]:
        new = apply(base, as_edits(diff(base, root)), revision)
        changes = tuple(diff(base, new))
        done = edits_to_text(schema, as_edits(changes))
        return new, changes, done, edits_to_text(schema, undoing(base, new, changes))

    new, changes, done, undo = await hoard.pace.run(prepared)
    if changes:
        return await _enter(hoard, origin, new, changes, (done, undo)).landed()
    if origin.unconfirmed is not None:
        text = origin.unconfirmed
        await hoard.writer.do(lambda: hoard.journal.set_unconfirmed(text))
    return _nothing(hoard)


def _enter(
    hoard: Hoard, origin: Origin, root: Branch, changes: tuple[Change, ...], texts: tuple[str, str]
) -> Flight:
    """On the way into the journal, and then into the present."""
    tip = hoard.flights.tip
    record = Record(
        revision=tip.revision + 1,
        time=hoard.now(),
        author=origin.name,
        source=origin.through,
        comment=origin.comment,
        edits=texts[0],
        undo=texts[1],
        label=origin.label,
        unconfirmed=origin.unconfirmed,
    )
    return hoard.flights.send(record, _commit(record, changes, root, tip.running))


def try_out(
    validator: Validator, edits: Edits, base: Branch, revision: int, permit: Permit | None = None
) -> Branch:
    """The valid root that edits make of ``base``; ``base`` itself where nothing changes. Raises as
    :func:`take` does."""
    return _judged(validator, edits, base, revision, permit).root


def _judged(
    validator: Validator, edits: Edits, base: Branch, revision: int, permit: Permit | None
) -> Checked:
    listed = sealed(base.schema, edits(base) if callable(edits) else edits)
    if _is_large(listed, base):
        take_time()
    root = apply(base, listed, revision) if permit is None else permit.apply(base, listed, revision)
    if root is base:
        return Checked(base, (), 0)
    checked = validator.check(base, listed, root, revision)
    if checked.faults:
        error = Invalid(checked.faults, total=checked.total)
        raise error if permit is None else permit.access(base).concealed(error)
    return checked


def _is_large(edits: tuple[Edit, ...], base: Branch) -> bool:
    """Whether edits bring, or take away, more than is worked on while others wait."""
    count = len(edits)
    for one in edits:
        if count >= _LARGE:
            return True
        count += weight(one.value, _LARGE - count)
        if one.operation in {"replace", "delete", "remove"}:
            count += weight(get(base, one.path), _LARGE - count)
    return count >= _LARGE


def replay(hoard: Hoard, record: Record) -> Commit:
    """A record that came into the journal without this process knowing (after a failed sync), as a commit."""
    base = hoard.running
    root = apply(base, edits_from_text(hoard.schema, record.edits), record.revision)
    return _commit(record, tuple(diff(base, root)), root, base)


def _commit(record: Record, changes: tuple[Change, ...], root: Branch, old: Branch) -> Commit:
    return Commit(
        record.revision, record.time, record.author, record.comment, record.source, changes, root, old
    )


def _nothing(hoard: Hoard) -> Commit:
    """A device may say the same again and again: that costs no look at the disk."""
    if hoard.latest is None:
        last = hoard.last_record()
        if last is None:
            return Commit(0, hoard.now(), "", "", "", (), hoard.running, hoard.running)
        hoard.latest = _commit(last, (), hoard.running, hoard.running)
    return hoard.latest
