"""One file that holds a whole datastore, made while it is in use, and the way back from it.

A backup is a copy of the journal: every revision that it has, labels, blame, models and the registry of owners. It
is checked before it gets its name, and again before it is put in the place of a datastore. What was there
is kept aside, never deleted.

The files beside the journal are not part of it: after a restore they are written anew. Tokens are not part of it
either, only their hashes; a restored hoard makes a new administrator's token if there is none.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from pyconfhoard.errors import BadInput, Fault, NotFound, StoreError
from pyconfhoard.store.checker import check_journal
from pyconfhoard.store.disk import disk_errors, private_folder, sync_folder
from pyconfhoard.store.lock import FolderLock
from pyconfhoard.store.sqlite import SqliteJournal

__all__ = ["Backup", "aside", "backup", "restore"]

_JOURNAL = "journal.db"
_COMPANIONS = ("", "-wal", "-shm")
_FOLLOWERS = ("persist", "operational")
"""Folders whose files follow the journal: those of another state would look like edits made by hand."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds."""

    revision: int
    """The last one."""
    size: int
    """In bytes."""


def backup(folder: Path, file: Path) -> Backup:
    """Copy the datastore in ``folder`` to ``file``, which must not exist; a hoard may be using it.

    Raises :class:`NotFound` when there is no datastore, :class:`BadInput` when ``file`` exists, and
    :class:`StoreError` when the disk fails or the copy is not whole; there is no ``file`` then.
    """
    journal = folder / _JOURNAL
    if not journal.exists():
        raise NotFound(f"there is no datastore in {folder}")
    if file.exists():
        raise BadInput(Fault("data-exists", f"{file} exists: a backup replaces nothing"))
    temporary = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        with disk_errors(f"no backup to {file}"):
            os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            _copy(journal, temporary)
            revision = _checked(temporary)
            _sync(temporary)
            os.rename(temporary, file)
            sync_folder(file.parent)
            return Backup(revision, file.stat().st_size)
    finally:
        _forget(temporary)


def aside(folder: Path, now: datetime) -> Path:
    """Where :func:`restore` keeps what was there; no such folder where nothing was."""
    return folder / "aside" / now.strftime("%Y%m%dT%H%M%S.%f")


def restore(folder: Path, file: Path, *, now: datetime) -> Backup:
    """Put the datastore of a backup into ``folder``. What is there is moved to ``aside/<time>/`` in it.

    Raises :class:`NotFound` when there is no such file, :class:`~pyconfhoard.errors.DatastoreInUse` while a hoard
    uses the folder, and :class:`StoreError` when the disk fails or the backup is damaged. The folder is as
    it was, then.
    """
    if not file.is_file():
        raise NotFound(f"there is no backup {file}")
    with disk_errors(f"{folder} cannot be used"):
        private_folder(folder)
        private_folder(folder / "run")
    with FolderLock(folder, timeout=0), disk_errors(f"{file} was not restored"):
        temporary = folder / f".{_JOURNAL}.{os.getpid()}.tmp"
        try:
            os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600))
            _copy(file, temporary)
            revision = _checked(temporary)
            _sync(temporary)
            _put_aside(folder, aside(folder, now))
            os.rename(temporary, folder / _JOURNAL)
            sync_folder(folder)
        finally:
            _forget(temporary)
    return Backup(revision, file.stat().st_size)


def _copy(source: Path, target: Path) -> None:
    """One database to another, as it is at one moment, whoever writes meanwhile."""
    try:
        with (
            closing(sqlite3.connect(f"file:{quote(str(source))}?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
            new.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise StoreError(Fault("operation-failed", f"{source.name} cannot be copied: {error}")) from error


def _checked(file: Path) -> int:
    """The last revision of a copy. Raises :class:`StoreError` with what is wrong with it."""
    journal = SqliteJournal(file)
    try:
        if wrong := check_journal(journal):
            raise StoreError([Fault("operation-failed", f"the copy is not whole: {word}") for word in wrong])
        return journal.head
    finally:
        journal.close()


def _sync(file: Path) -> None:
    handle = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _put_aside(folder: Path, kept: Path) -> None:
    """Keep what is there. The journal's own file stays until it is replaced, so that there is one at any moment."""
    journal = [f"{_JOURNAL}{end}" for end in _COMPANIONS]
    present = [name for name in (*journal, *_FOLLOWERS) if (folder / name).exists()]
    if not present:
        return
    private_folder(kept)
    for name in present:
        if name in journal:
            os.link(folder / name, kept / name)
    sync_folder(kept)
    for name in present:
        if name in _FOLLOWERS:
            os.rename(folder / name, kept / name)
        elif name != _JOURNAL:
            (folder / name).unlink()  # or it would be taken for that of the journal to come
    sync_folder(kept)


def _forget(temporary: Path) -> None:
    for end in (*_COMPANIONS, "-journal"):
        Path(f"{temporary}{end}").unlink(missing_ok=True)
