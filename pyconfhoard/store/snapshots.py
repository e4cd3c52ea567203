"""From the journal to a tree, and from a tree to a snapshot.

*Opening* thaws the last snapshot (its pages stay on the disk until somebody touches them) and
applies the records after it: no rule of the model is evaluated, the records are what was committed.

*Taking a snapshot* writes the pages that changed since the last one, in small transactions, and then
the root record that names all. A crash in between leaves pages that nobody names; the next open
forgets them. It is done in a thread of its own beside a running loop: trees are immutable.

*Going back* from one state to an older one applies the ``undo`` edits of the records between.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pyconfhoard.errors import BadInput, Conflict, Fault, NotFound, StoreError
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.store.journal import WAY_OUT, Journal, Record, Snapshot
from pyconfhoard.tree import Branch, Frozen, Row, apply, edits_from_text, freezing, thaw

__all__ = ["SNAPSHOT_BYTES", "freeze_into", "load", "step_back", "step_forward", "thawed", "undone"]

SNAPSHOT_BYTES: Final = 1 << 20
"""Bytes of edits after the last snapshot beyond which a new one is worth its pages."""

_BATCH: Final = 1 << 18
"""Bytes of pages written in one transaction."""


def load(journal: Journal, schema: Schema, upto: int | None = None) -> tuple[Branch, int]:
    """The state at the head (or, not older than the last snapshot, at ``upto``), and its revision.

    Raises :class:`StoreError` when the journal is damaged or speaks of another model.
    """
    last = journal.snapshot()
    if last is None:
        root, revision = Branch(schema.root, {}), 0
    else:
        root, revision = thawed(journal, schema, last), last.revision
    upto = journal.head if upto is None else upto
    return step_forward(journal, schema, root, revision, upto), upto


def thawed(journal: Journal, schema: Schema, snapshot: Snapshot) -> Branch:
    """The state of the journal's last snapshot, its pages unread. Raises as :func:`load` does."""
    if snapshot.fingerprint != schema.fingerprint:
        raise _unreadable(
            f"the snapshot of revision {snapshot.revision}", "it is in the words of another model"
        )
    try:
        return thaw(schema.root, snapshot.root, journal.page, shelf=journal.shelf)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise _unreadable(f"the snapshot of revision {snapshot.revision}", error) from error


def step_back(journal: Journal, schema: Schema, root: Branch, revision: int, target: int) -> Branch:
    """The state at the older revision ``target``, going back from ``root`` at ``revision``.

    What the branches of the result tell as their revisions has no meaning. Raises
    :class:`StoreError` as :func:`load` does.
    """
    for record in journal.records(target, revision, newest_first=True):
        if record.revision != revision:
            break
        root = undone(schema, root, record)
        revision -= 1
    if revision != target:
        raise _unreadable(f"revision {revision}", "it is missing")
    return root


def undone(schema: Schema, root: Branch, record: Record) -> Branch:
    """The state before a record, whose own is ``root``. Raises :class:`StoreError` as :func:`load` does."""
    return _applied(schema, root, record.undo, record.revision, f"revision {record.revision}")


def step_forward(journal: Journal, schema: Schema, root: Branch, revision: int, target: int) -> Branch:
    """The state at the later revision ``target``, going on from ``root`` at ``revision``. Otherwise as
    :func:`step_back`."""
    for record in journal.records(revision, target):
        if record.revision != revision + 1:
            break
        root = _applied(schema, root, record.edits, record.revision, f"revision {record.revision}")
        revision += 1
    if revision != target:
        raise _unreadable(f"revision {revision + 1}", "it is missing")
    return root


def _applied(schema: Schema, root: Branch, text: str, revision: int, what: str) -> Branch:
    try:
        return apply(root, edits_from_text(schema, text), revision)
    except (BadInput, NotFound, Conflict, ValueError) as error:
        raise _unreadable(what, error) from error


def _unreadable(what: str, why: object) -> StoreError:
    return StoreError(
        Fault(
            "operation-failed",
            f"the journal cannot be read at {what}: {why}. {WAY_OUT}",
        )
    )


def freeze_into(
    journal: Journal,
    root: Branch,
    revision: int,
    fingerprint: str,
    between: Callable[[], None] = lambda: None,
) -> Snapshot:
    """Write the pages of ``root`` that the journal does not have; the snapshot to add.

    Runs in any thread: a commit waits for one batch of pages at most. ``between`` is called after each page, and may
    raise to break off. Whatever is raised leaves only pages that nobody names.
    """
    frozen = _frozen(journal, root, between)
    if journal.missing_pages(frozen.pages):
        # Pages of an old state that came back after their rows were let go.
        journal.change_shelf()
        frozen = _frozen(journal, root, between)
    return Snapshot(revision, fingerprint, frozen.record, frozen.pages)


def _frozen(journal: Journal, root: Branch, between: Callable[[], None]) -> Frozen:
    batch: dict[int, Row] = {}
    size = 0

    def keep(row: Row) -> int:
        nonlocal size
        id = journal.new_page()
        batch[id] = row
        size += len(row.body) + len(row.revisions)
        if size >= _BATCH:
            flush()
        return id

    def flush() -> None:
        nonlocal size
        if batch:
            journal.add_pages(dict(batch))
            batch.clear()
            size = 0

    steps = freezing(root, keep, shelf=journal.shelf)
    while True:
        try:
            next(steps)
            between()
        except StopIteration as end:
            flush()
            frozen: Frozen = end.value
            return frozen
