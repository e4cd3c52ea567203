"""The checker: reads all that a datastore folder holds, and says in words what is wrong with it.

It finds what an open does not look for: an open reads the last snapshot's root and the records after
it, the checker every page and every record, forwards and back.
"""

from __future__ import annotations

from pathlib import Path

from pyconfhoard.errors import StoreError
from pyconfhoard.schema import restore
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.store.journal import Journal
from pyconfhoard.store.lock import FolderLock
from pyconfhoard.store.snapshots import load, step_back
from pyconfhoard.store.sqlite import SqliteJournal
from pyconfhoard.tree import Branch, encode
from pyconfhoard.validation import Validator

__all__ = ["check", "check_journal"]


def check(folder: Path) -> list[str]:
    """Everything wrong with the datastore in ``folder``; empty when it is whole.

    Raises :class:`~pyconfhoard.errors.DatastoreInUse` while a hoard has it open.
    """
    with FolderLock(folder, timeout=0):
        path = folder / "journal.db"
        if not path.exists():
            return []
        try:
            journal = SqliteJournal(path)
        except StoreError as error:
            return [str(error)]
        try:
            return check_journal(journal)
        finally:
            journal.close()


def check_journal(journal: Journal) -> list[str]:
    """The same for an open journal that nobody writes to meanwhile."""
    if wrong := journal.check():
        return wrong
    try:
        models = journal.models()
        if not models:
            return ["there are commits and no model"] if journal.head else []
        schema = restore(models[-1].dump)
        return _check_data(journal, schema, models[-1].first)
    except StoreError as error:
        return [str(error)]


def _check_data(journal: Journal, schema: Schema, first: int) -> list[str]:
    wrong: list[str] = []
    root, revision = load(journal, schema)
    encode(schema.root, root)  # touches every page
    outcome = Validator(schema).validate(root)
    if root.members and outcome.total:  # nothing at all need not be valid: so every hoard begins
        wrong.append(f"the state at revision {revision} is not valid, {outcome.total} faults:")
        wrong.extend(str(fault) for fault in outcome.faults[:10])
    oldest = step_back(journal, schema, root, revision, max(first, journal.first) - 1)
    if first == journal.first == 1 and oldest != Branch(schema.root, {}):
        wrong.append("undoing all revisions does not lead back to the empty state")
    return wrong
