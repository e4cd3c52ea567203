"""What a datastore holds, read without a hoard: nothing in the folder is changed, and no YANG is needed.

The folder is opened as ``--check`` opens it (``store.checker``): under its lock, which a hoard at work does not give, and
with the model that the data was last written in, which the journal keeps. Edits by hand, and models that have changed
since, count from the hoard's next start.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pyconfhoard.errors import NotFound, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyconfhoard.schema.nodes import Schema
    from pyconfhoard.tree import Branch

__all__ = ["Stored", "demand", "read_stored"]


@dataclass(frozen=True, slots=True)
class Stored:
    """The running configuration at its last revision, with its model."""

    schema: Schema
    root: Branch
    revision: int


def demand(folder: Path) -> None:
    """Raise :class:`NotFound` where there is no datastore."""
    if not (folder / "journal.db").exists():
        raise NotFound(f"there is no datastore in {folder}; say where it is: --datastore DIR")


@contextlib.contextmanager
def read_stored(folder: Path) -> Iterator[Stored]:
    """What is stored, to be read within: most of it is still on the disk. Raises :class:`NotFound` where there is no
    datastore or no model in it, :class:`~pyconfhoard.errors.DatastoreInUse` while a hoard has it open, and
    :class:`StoreError` when it cannot be read."""
    from pyconfhoard.schema import restore  # noqa: PLC0415 - reads data, which the launcher never does else
    from pyconfhoard.store.beside import PinnedJournal  # noqa: PLC0415
    from pyconfhoard.store.lock import FolderLock  # noqa: PLC0415
    from pyconfhoard.store.snapshots import load  # noqa: PLC0415
    from pyconfhoard.store.sqlite import SqliteJournal  # noqa: PLC0415

    demand(folder)
    with contextlib.ExitStack() as stack:
        if os.access(folder, os.W_OK):
            stack.enter_context(FolderLock(folder, timeout=0))
            journal = SqliteJournal(folder / "journal.db")
        else:  # no lock can be taken, and none is needed: nobody can write
            journal = PinnedJournal(folder / "journal.db")
        stack.callback(journal.close)
        models = journal.models()
        if not models:
            raise NotFound(f"the datastore {folder} has no model yet; start its hoard once: ./launch --rest")
        try:
            schema = restore(models[-1].dump)
        except ValueError as error:
            message = f"the datastore {folder}: the model of its data cannot be read: {error}"
            raise StoreError(message) from error
        root, revision = load(journal, schema)
        yield Stored(schema, root, revision)
