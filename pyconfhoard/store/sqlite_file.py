"""A file of SQLite's that loses nothing: two connections, transactions, errors in words.

Two connections. The **writer** is used under a lock, by whoever writes (the hoard's one writer thread,
or a library user's own); a commit on it is one write and one fsync of the WAL. The **reader** serves
everything else, under a lock of its own, in short reads: SQLite holds a connection's mutex through a
COMMIT, so a reader on the writer's connection would wait for a slow SD card.

*Outcome of a failed COMMIT.* ``SQLITE_FULL`` and ``SQLITE_BUSY`` roll back and leave the file as it was.
Any other I/O error leaves the outcome open: the frames may be in the WAL, unsynced, and after a
failed fsync the kernel may believe that they are clean. So :meth:`SqliteFile.reopen` first writes the
WAL's own bytes anew (a power cut in the checkpoint would else find neither them nor whole pages), closes
both connections, lets SQLite recover the WAL, and checkpoints all of it into the main file: that writes
the pages anew and fsyncs them, so that what is read afterwards is on the disk.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import quote

from pyconfhoard.errors import Fault, StoreError
from pyconfhoard.store.disk import has_room, write_again
from pyconfhoard.store.journal import WAY_OUT, SyncFailed

__all__ = ["SqliteFile"]

T = TypeVar("T")

_SETTINGS: Final = (
    "PRAGMA synchronous=FULL",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-1024",  # KiB
    "PRAGMA journal_size_limit=4194304",  # bytes that the WAL keeps after a checkpoint
)

_CERTAIN: Final = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY}
)
"""Primary result codes after which nothing was written."""

_DAMAGE: Final = frozenset(
    {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_ERROR}
)
"""Primary result codes after which the file is not what we wrote (ERROR: a table is missing)."""


class SqliteFile:
    """The connections to the file ``path``, which is there; ``connect`` reaches the disk, as :func:`sqlite3.connect` does.

    A subclass says what it wants to know of the file (:meth:`_prepare`, :meth:`_look`), and calls :meth:`_open`.
    """

    def __init__(self, path: Path, connect: Callable[..., sqlite3.Connection]) -> None:
        self.path = path
        self._disk = connect
        self._write_lock = threading.RLock()
        self._read_lock = threading.Lock()
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None

    def _prepare(self, writer: sqlite3.Connection) -> None:
        """Make sure that the file can be used. Raises :class:`StoreError`."""
        mode = writer.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        if mode != "wal":
            raise StoreError(f"the journal {self.path} cannot be used: no WAL on this file system")

    def _look(self, writer: sqlite3.Connection) -> None:
        """Learn from the file what is kept in memory."""

    def _open(self) -> None:
        with self._sqlite_errors():
            self._writer = self._connect()
            try:
                self._prepare(self._writer)
                self._reader = self._connect()
                self._reader.execute("PRAGMA query_only=1")
            except BaseException:
                self.close()
                raise

    def _connect(self) -> sqlite3.Connection:
        place = f"file:{quote(str(self.path.absolute()))}?mode=rw"  # never made anew when it has vanished
        connection = self._disk(place, uri=True, isolation_level=None, check_same_thread=False, timeout=5.0)
        try:
            for setting in _SETTINGS:
                connection.execute(setting)
        except BaseException:
            connection.close()
            raise
        return connection

    def reopen(self) -> None:
        with self._write_lock, self._read_lock:
            try:
                write_again(self.path.with_name(self.path.name + "-wal"))
            except OSError as error:
                raise SyncFailed(
                    f"the disk failed under the journal {self.path}: {error.strerror}"
                ) from error
            self.close()
            self._open()
            writer = self._writer
            assert writer is not None, "_open made it"  # noqa: S101 - for the type checker
            try:
                self._checkpoint(writer)
            except BaseException:
                self.close()
                raise

    def _checkpoint(self, writer: sqlite3.Connection) -> None:
        with self._sqlite_errors():
            busy, *_ = writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                raise SyncFailed(f"the journal {self.path} could not be checkpointed: it is in use")
            self._look(writer)

    # -- errors --------------------------------------------------------------------------------

    def _damaged(self, how: str) -> StoreError:
        return StoreError(
            Fault(
                "operation-failed",
                f"the journal {self.path} is damaged: {how}. {WAY_OUT}",
            )
        )

    @contextmanager
    def _sqlite_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._translate(error) from error
        except UnicodeDecodeError as error:  # not even SQLite's message could be read
            raise self._damaged("it holds what is no text") from error

    def _translate(self, error: sqlite3.Error) -> StoreError:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in _DAMAGE:
            return self._damaged(str(error))
        if code in _CERTAIN:
            why = "the disk (or the quota set for it) is full" if code == sqlite3.SQLITE_FULL else str(error)
            return StoreError(
                Fault("resource-denied", f"the journal was not written, nothing has changed: {why}")
            )
        if code == sqlite3.SQLITE_CANTOPEN:
            return StoreError(Fault("operation-failed", f"the journal {self.path} cannot be used: {error}"))
        room = "" if has_room(self.path.parent) else "; the disk is full: make room on it"
        return SyncFailed(f"the disk failed under the journal {self.path}: {error}{room}")

    # -- transactions --------------------------------------------------------------------------

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._write_lock:
            writer = self._writer
            if writer is None:
                raise StoreError(f"the journal {self.path} is closed")
            with self._sqlite_errors():
                writer.execute("BEGIN IMMEDIATE")
                try:
                    yield writer
                    writer.execute("COMMIT")
                except BaseException:
                    if writer.in_transaction:
                        writer.execute("ROLLBACK")
                    raise

    def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._read_lock:
            if self._reader is None:
                raise StoreError(f"the journal {self.path} is closed")
            with self._sqlite_errors():
                return work(self._reader)

    def close(self) -> None:
        """Close both connections; the last one out checkpoints the WAL and removes it."""
        for connection in (self._reader, self._writer):
            if connection is not None:
                connection.close()
        self._reader = self._writer = None
