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
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from pyconfhoard.errors import BadInput, ErrorTag, Fault, NotFound, StoreError
from pyconfhoard.store.beside import reading
from pyconfhoard.store.checker import check_journal
from pyconfhoard.store.disk import disk_errors, has_room, private_folder, sync_folder
from pyconfhoard.store.lock import FolderLock
from pyconfhoard.store.sqlite import SqliteJournal

__all__ = ["Backup", "aside", "backup", "restore"]

_JOURNAL = "journal.db"
_COMPANIONS = ("", "-wal", "-shm")
_FOLLOWERS = ("persist", "operational")
"""Folders whose files follow the journal: those of another state would look like edits made by hand."""
_REPAIR = "./launch --check tells all that is wrong, --repair goes back to the last good revision"
_SALVAGE = (
    "Nothing was changed. Take another backup; or, for what can still be read of this one, copy it as journal.db into a folder "
    "of its own, and repair that: ./launch --repair --datastore FOLDER"
)


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
    :class:`StoreError` when the disk fails or is full, or the datastore is damaged; there is no ``file`` then.
    """
    journal = folder / _JOURNAL
    if not journal.exists():
        raise NotFound(f"there is no datastore in {folder}")
    if file.is_dir():
        raise BadInput(
            Fault("data-exists", f"{file} is a folder: name the file that the backup is to be in it")
        )
    if os.path.lexists(file):
        raise BadInput(Fault("data-exists", f"{file} exists: a backup replaces nothing; choose another name"))
    temporary = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        with disk_errors(f"no backup to {file}"):
            os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            try:
                revision = _copied(journal, temporary)
            except _Failed as failed:
                whole = f"the datastore {folder} is damaged, no backup was made of it"
                raise failed.told(whole if failed.damaged else f"no backup to {file}", _REPAIR) from failed
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
    uses the folder, and :class:`StoreError` when the disk fails or is full, or the backup is damaged. The folder is as
    it was, then.
    """
    if file.is_dir():
        raise NotFound(f"{file} is a folder: name the backup in it")
    if not file.is_file():
        raise NotFound(f"there is no backup {file}")
    with disk_errors(f"{folder} cannot be used"):
        private_folder(folder)
        private_folder(folder / "run")
    with FolderLock(folder, timeout=0), disk_errors(f"{file} was not restored"):
        temporary = folder / f".{_JOURNAL}.{os.getpid()}.tmp"
        try:
            os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600))
            try:
                revision = _copied(file, temporary, at_rest=not Path(f"{file}-wal").exists())
            except _Failed as failed:
                whole = f"{file} was not restored, it is damaged"
                raise failed.told(
                    whole if failed.damaged else f"{file} was not restored", _SALVAGE
                ) from failed
            _sync(temporary)
            _put_aside(folder, aside(folder, now))
            os.rename(temporary, folder / _JOURNAL)
            sync_folder(folder)
        finally:
            _forget(temporary)
    return Backup(revision, file.stat().st_size)


class _Failed(Exception):
    """A copy that was not made, or is not whole: ``reasons`` why. ``damaged``: it is the source's fault."""

    def __init__(self, tag: ErrorTag, *reasons: str, damaged: bool = False) -> None:
        super().__init__(*reasons)
        self.tag: ErrorTag = tag
        self.reasons = reasons
        self.damaged = damaged

    def told(self, what: str, way_out: str) -> StoreError:
        """The same in the words of whoever wanted it: a fault for each reason, behind the last the way out of damage."""
        messages = [f"{what}: {reason}" for reason in self.reasons]
        if self.damaged:
            messages[-1] += f". {way_out}"
        return StoreError([Fault(self.tag, message) for message in messages])


class _Copy(SqliteJournal):
    """A copy says what is wrong with it; its name, and what to do with a datastore's own journal, are of no use."""

    def _damaged(self, how: str) -> StoreError:
        return StoreError(Fault("operation-failed", how))


def _copied(source: Path, target: Path, *, at_rest: bool = False) -> int:
    """One journal to another, as it is at one moment, whoever writes meanwhile; its last revision. ``at_rest``: nobody
    writes, and nothing is made beside it, so that it may be where nothing can be. Raises :class:`_Failed`."""
    how = "mode=ro&immutable=1" if at_rest else reading(source)
    try:
        with (
            closing(sqlite3.connect(f"file:{quote(str(source.absolute()))}?{how}", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code == sqlite3.SQLITE_FULL or not has_room(target.parent):
            raise _Failed("resource-denied", "the disk is full") from error
        if code == sqlite3.SQLITE_NOTADB:
            raise _Failed("invalid-value", "it is no backup of a datastore") from error
        raise _Failed("operation-failed", str(error), damaged=code == sqlite3.SQLITE_CORRUPT) from error
    try:
        journal = _Copy(target)
        try:
            if wrong := check_journal(journal):
                raise _Failed("operation-failed", *wrong, damaged=True)
            head = journal.head
        finally:
            journal.close()
        with closing(sqlite3.connect(target)) as new:
            new.execute("PRAGMA journal_mode = DELETE")  # or it would be read where a WAL can be made only
    except StoreError as error:
        full = error.faults[0].tag == "resource-denied"
        raise _Failed(error.faults[0].tag, str(error), damaged=not full) from error
    return head


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
        with suppress(OSError):  # there is none where it could not be made
            Path(f"{temporary}{end}").unlink()
