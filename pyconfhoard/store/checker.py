"""The checker: reads all that a datastore folder holds, and says in words what is wrong with it.

It finds what an open does not look for: an open reads the last snapshot's root and the records after
it, the checker every page and every record, forwards and back.
"""

from __future__ import annotations

from pathlib import Path

from pyconfhoard.errors import BadInput, StoreError
from pyconfhoard.schema import restore
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.store.journal import Journal
from pyconfhoard.store.lock import FolderLock
from pyconfhoard.store.snapshots import load, step_back
from pyconfhoard.store.sqlite import SqliteJournal
from pyconfhoard.tree import Branch, encode, parse
from pyconfhoard.tree.begun import is_begun
from pyconfhoard.validation import Validator

__all__ = ["check", "check_file", "check_journal", "json_files"]


def check(folder: Path) -> list[str]:
    """Everything wrong with the datastore in ``folder``; empty when it is whole.

    Raises :class:`~pyconfhoard.errors.DatastoreInUse` while a hoard has it open.
    """
    with FolderLock(folder, timeout=0):
        files = [wrong for file in json_files(folder) if (wrong := check_file(file))]
        path = folder / "journal.db"
        if not path.exists():
            return files
        try:
            journal = SqliteJournal(path)
        except StoreError as error:
            return [*files, str(error)]
        try:
            return [*files, *check_journal(journal)]
        finally:
            journal.close()


def json_files(folder: Path) -> list[Path]:
    """Those that a start reads; refused ones, which were put aside, are not among them."""
    found = [file for kind in ("persist", "startup") for file in sorted((folder / kind).glob("*.json"))]
    return [file for file in found if ".refused-" not in file.name]


def check_file(file: Path) -> str:
    """What is wrong with a JSON file, in words; empty when a start can read it. What it says is not looked at."""
    name = f"{file.parent.name}/{file.name}"
    try:
        body = parse(file.read_bytes())
    except OSError as error:
        return f"{name} cannot be read: {error.strerror}"
    except BadInput as error:
        return f"{name} is damaged: {error}"
    return "" if isinstance(body, dict) else f"{name} is damaged: it is not a JSON object"


def check_journal(journal: Journal) -> list[str]:
    """The same for an open journal that nobody writes to meanwhile."""
    if wrong := journal.check():
        return wrong
    try:
        models = journal.models()
        if not models:
            return ["there are commits and no model"] if journal.head else []
        try:
            schema = restore(models[-1].dump)
        except ValueError as error:
            return [
                f"the model that the data was written in cannot be read: {error}; the next start may mend that"
            ]
        return _check_data(journal, schema, models[-1].first)
    except StoreError as error:
        return [str(error)]


def _check_data(journal: Journal, schema: Schema, first: int) -> list[str]:
    wrong: list[str] = []
    root, revision = load(journal, schema)
    encode(schema.root, root)  # touches every page
    outcome = Validator(schema).validate(root)
    if is_begun(root) and outcome.total:
        wrong.append(f"the state at revision {revision} is not valid, {outcome.total} faults:")
        wrong.extend(str(fault) for fault in outcome.faults[:10])
    oldest = step_back(journal, schema, root, revision, max(first, journal.first) - 1)
    if first == journal.first == 1 and oldest != Branch(schema.root, {}):
        wrong.append("undoing all revisions does not lead back to the empty state")
    return wrong
