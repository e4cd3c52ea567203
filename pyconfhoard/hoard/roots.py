"""The configuration at any revision that is kept.

Trees are immutable and each record leads both ways, so a state is reached from any other by the records
between. The walk starts at what is nearest: running, the last snapshot, the kept states of labelled revisions
(the only way to those that the log does not reach any more), or a state that was asked for lately.

*Comparing* two revisions needs neither state whole: what differs between them is in the records from the one
to the other (:mod:`~pyconfhoard.hoard.sparse`). Where it cannot be told from them alone, the states are made.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

from pyconfhoard.errors import BadInput, Fault, HoardError, NotFound, NotSupported, StoreError
from pyconfhoard.hoard.sparse import sparse
from pyconfhoard.hoard.state import State
from pyconfhoard.hoard.upgrade import last_upgrade
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.store.journal import WAY_OUT, Journal, Kept, Record
from pyconfhoard.store.snapshots import step_back, step_forward, thawed, undone
from pyconfhoard.tree import (
    Branch,
    Path,
    decode,
    encode,
    parse,
)

if TYPE_CHECKING:
    from pyconfhoard.hoard.hoard import Hoard

__all__ = ["Roots", "keep_labelled"]

_LOG: Final = logging.getLogger("pyconfhoard.hoard")

_LATELY: Final = 4
"""States remembered. They share what did not change with each other and with running."""

Start: TypeAlias = tuple[int, Callable[[], Branch]]


class Roots:
    """States of a hoard's past. May be used by several threads."""

    def __init__(self, hoard: Hoard) -> None:
        self._hoard = hoard
        self._lock = threading.Lock()
        self._lately: OrderedDict[tuple[str, int], Branch] = OrderedDict()

    @cached_property
    def oldest(self) -> int:
        """The first revision that is a state of the present model, the last upgrade's own; 0 where there was none. No upgrade
        is made while a hoard is open."""
        return last_upgrade(self._hoard.journal)

    def at(self, revision: int) -> Branch:
        """The configuration as it was at a revision (its branches' own revisions have no meaning then).

        Takes time for the records on the way to the nearest state that is there. Raises :class:`NotFound` for a
        revision that never was or is not kept any more, and :class:`NotSupported` for one that was written under
        another model and cannot be read under this one.
        """
        state, journal = self._hoard.state, self._hoard.journal
        if revision == state.revision:
            return state.running
        if not 0 <= revision < state.revision:
            raise NotFound(Fault("invalid-value", f"there is no revision {revision}", value=str(revision)))
        if revision < self.oldest:
            raise _of_older_model(revision)
        place = (state.schema.fingerprint, revision)
        with self._lock:
            if place in self._lately:
                self._lately.move_to_end(place)
                return self._lately[place]
        root = _reached(journal, state, revision, list(self._starts(state)))
        with self._lock:
            self._lately[place] = root
            while len(self._lately) > _LATELY:
                self._lately.popitem(last=False)
        return root

    def back(self, root: Branch, record: Record) -> Branch:
        """The state before a record, whose own is ``root``. Raises :class:`NotSupported` as :meth:`at` does."""
        try:
            return undone(self._hoard.schema, root, record)
        except StoreError as error:
            raise _older(self._hoard.journal, record.revision - 1, error) from error

    def pair(self, old: int, new: int) -> tuple[Branch, Branch]:
        """Two roots that differ as the states at these revisions do, to be compared and nothing else. Raises as
        :meth:`at`."""
        state, journal = self._hoard.state, self._hoard.journal
        low, high = sorted((old, new))
        span = high - low
        if (
            max(journal.first - 1, self.oldest) <= low
            and high <= state.revision
            and 2 * span < state.revision - low
        ):
            pair = sparse(
                state.schema, journal.records(low, high), journal.records(low, high, newest_first=True), span
            )
            if pair is not None:
                return pair if old < new else pair[::-1]
        return self.at(old), self.at(new)

    def change(self, record: Record) -> tuple[Branch, Branch]:
        """:meth:`pair` for one record: before it and after."""
        pair = sparse(self._hoard.schema, [record], [record], 1)
        if pair is not None:
            return pair
        after = self.at(record.revision)
        return self.back(after, record), after

    def _starts(self, state: State) -> Iterator[Start]:
        journal, schema = self._hoard.journal, state.schema
        yield state.revision, lambda: state.running
        last = journal.snapshot()
        if last is not None and last.fingerprint == schema.fingerprint and last.revision < state.revision:
            snapshot = last
            yield snapshot.revision, lambda: thawed(journal, schema, snapshot)
        for kept in journal.kept_revisions():
            if kept < self.oldest:
                continue
            yield kept, lambda kept=kept: _read(journal, schema, kept)  # type: ignore[misc]
        with self._lock:
            for (fingerprint, revision), root in self._lately.items():
                if fingerprint == schema.fingerprint:
                    yield revision, lambda root=root: root  # type: ignore[misc]


def _reached(journal: Journal, state: State, revision: int, starts: list[Start]) -> Branch:
    reachable = journal.first - 1
    near = [one for one in starts if one[0] == revision or (one[0] >= reachable and revision >= reachable)]
    if not near:
        message = f"revision {revision} is not kept any more: the oldest is {max(reachable, 1)}"
        raise NotFound(Fault("invalid-value", message, value=str(revision)))
    begin, load = min(near, key=lambda one: abs(one[0] - revision))
    walk = step_back if begin > revision else step_forward
    try:
        return walk(journal, state.schema, load(), begin, revision)
    except StoreError as error:
        raise _older(journal, revision, error) from error


def _older(journal: Journal, revision: int, error: StoreError) -> HoardError:
    """``error``, told in other words where a revision of an older model was to be read."""
    if revision + 1 >= journal.models()[-1].first:
        return error
    return _of_older_model(revision)


def _of_older_model(revision: int) -> NotSupported:
    message = (
        f"revision {revision} is in the words of an older model, and cannot be read under the present one. What was before "
        "an upgrade is had again by ./launch --downgrade, or by restoring a backup of that time"
    )
    return NotSupported(Fault("operation-not-supported", message))


def _read(journal: Journal, schema: Schema, revision: int) -> Branch:
    kept = journal.kept(revision)
    if kept is None:
        raise StoreError(f"the state of revision {revision} has just been let go")
    try:
        root: Branch = decode(schema.root, parse(kept.body), Path.ROOT, content="config")
    except (BadInput, NotFound) as error:
        raise StoreError(
            Fault(
                "operation-failed",
                f"the state kept of revision {revision} cannot be read: {error}. {WAY_OUT}",
            )
        ) from error
    return root


def keep_labelled(hoard: Hoard, first: int, most: int) -> None:
    """Keep the states of labelled revisions that cannot be reached any more when the log begins at ``first``.

    One that is in the words of an older model and cannot be read is left: who, when and its edits remain. So is one that is
    damaged, or what leads to it, which is told in the log: it must not keep all other history. So they do of
    those beyond ``most`` bytes, which is told in the log: no label is given that would lead there, as far as one can know.
    """
    journal = hoard.journal
    there = set(journal.kept_revisions())
    for revision in sorted(set(journal.labels().values()) - there, reverse=True):
        if revision >= first - 1:
            continue
        try:
            root = hoard.roots.at(revision)
        except (NotFound, NotSupported):
            continue
        except StoreError as error:
            _LOG.warning(
                "the state of labelled revision %d is not kept, for it cannot be read: %s", revision, error
            )
            continue
        schema = hoard.schema
        state = Kept(revision, schema.fingerprint, encode(schema.root, root))
        if not journal.keep_state(state, most):
            _LOG.warning(
                "the states of labelled revisions take the %d bytes that they may: that of revision %d is not kept any more",
                most,
                revision,
            )
