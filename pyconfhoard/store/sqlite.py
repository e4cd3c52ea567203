"""The journal in one SQLite file: WAL, synchronous=FULL.

Its parts: connections, transactions, and what a failed commit means (:mod:`pyconfhoard.store.sqlite_file`); the log and the
past (:mod:`pyconfhoard.store.sqlite_log`); snapshots and their pages (:mod:`pyconfhoard.store.sqlite_pages`). Here they are
put together with models, owners and words.

*Creation.* The file is made under a temporary name and renamed when it is whole, so that a journal
of no bytes is always damage and never a first start.
"""

from __future__ import annotations

import os
import sqlite3
import uuid
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pyconfhoard.errors import Fault, StoreError
from pyconfhoard.store import past
from pyconfhoard.store.disk import disk_errors, sync_folder
from pyconfhoard.store.journal import FORMAT, FileMark, Model, OwnerRow, Record, Snapshot
from pyconfhoard.store.sqlite_log import SqliteLog
from pyconfhoard.store.sqlite_pages import SqlitePages
from pyconfhoard.store.sqlite_tables import APPLICATION_ID, TABLES, checksum

__all__ = ["SqliteJournal"]


class SqliteJournal(SqliteLog, SqlitePages):
    """:class:`~pyconfhoard.store.journal.Journal` in the file ``path``, made if it is not there.

    ``max_pages`` bounds the file (SQLite pages of 4 KiB), as a quota does: beyond it the disk is full. ``connect``
    reaches the disk, as :func:`sqlite3.connect` does.
    """

    def __init__(
        self,
        path: Path,
        *,
        max_pages: int | None = None,
        connect: Callable[..., sqlite3.Connection] = sqlite3.connect,
    ) -> None:
        super().__init__(path, connect)
        self._max_pages = max_pages
        with disk_errors(f"the journal {path} cannot be used"):
            self._demand(path)
        self._open()
        try:
            self._begin_pages()
        except BaseException:
            self.close()
            raise

    # -- opening -------------------------------------------------------------------------------

    def _demand(self, path: Path) -> None:
        """Make the file, or see that it can be used. Raises :class:`StoreError`."""
        if not path.exists():
            self._create()
        elif path.stat().st_size == 0:
            raise self._damaged("it is empty")
        elif not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
            # SQLite would take it without a word, and find out at some commit.
            raise StoreError(f"the journal {path} cannot be used: it, or its folder, may only be read")

    def _create(self) -> None:
        fresh = self.path.with_name(self.path.name + ".new")
        for suffix in ("", "-journal", "-wal", "-shm"):
            # Of a start that was killed, or of a journal that was moved away without its WAL.
            Path(f"{fresh}{suffix}").unlink(missing_ok=True)
            if suffix:
                Path(f"{self.path}{suffix}").unlink(missing_ok=True)
        os.close(
            os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        )  # its WAL inherits
        with self._sqlite_errors():
            connection = sqlite3.connect(fresh, isolation_level=None)
            try:
                connection.execute("PRAGMA auto_vacuum=INCREMENTAL")  # before all else, or it has no effect
                connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
                connection.execute("PRAGMA synchronous=FULL")
                connection.executescript(f"BEGIN; {TABLES} {past.TABLES} COMMIT;")
                connection.execute(
                    "INSERT INTO meta VALUES ('id', ?), ('format', ?)", (str(uuid.uuid4()), str(FORMAT))
                )
            finally:
                connection.close()
        os.replace(fresh, self.path)
        sync_folder(self.path.parent)

    def _prepare(self, writer: sqlite3.Connection) -> None:
        if writer.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise self._damaged("it is not one of PyConfHoard's")
        super()._prepare(writer)
        meta = dict(writer.execute("SELECT key, value FROM meta"))
        if meta.get("format") == "1":
            writer.executescript(past.UPGRADE)
            meta["format"] = "2"
        if meta.get("format") != str(FORMAT):
            raise StoreError(
                Fault(
                    "operation-not-supported",
                    f"the journal {self.path} has format {meta.get('format')}, and this version "
                    f"reads formats up to {FORMAT}: use the version that wrote it",
                )
            )
        writer.execute(past.INDEX)
        self._id = str(meta.get("id"))
        if self._max_pages is not None:
            writer.execute(f"PRAGMA max_page_count={self._max_pages:d}")
        self._look(writer)

    @property
    def id(self) -> str:
        return self._id

    # -- models, owners, files -----------------------------------------------------------------

    def models(self) -> tuple[Model, ...]:
        rows = self._read(lambda reader: reader.execute("SELECT * FROM model ORDER BY first").fetchall())
        for first, fingerprint, dump, crc in rows:
            if checksum(first, fingerprint, dump) != crc:
                raise self._damaged(f"the checksum of the model of revision {first} is wrong")
        return tuple(Model(first, fingerprint, zlib.decompress(dump)) for first, fingerprint, dump, _ in rows)

    def add_model(
        self,
        model: Model,
        snapshot: Snapshot,
        *,
        record: Record | None = None,
        owners: Sequence[OwnerRow] = (),
    ) -> None:
        row = (model.first, model.fingerprint, zlib.compress(model.dump))
        records = [] if record is None else [record]
        with self._write_lock:
            if record is not None and record.revision != self._head + 1:
                raise ValueError(f"the next revision is {self._head + 1}")
            with self._transaction() as writer:
                self._put_records(writer, records)
                self._put_owners(writer, owners)
                writer.execute("DELETE FROM model WHERE first = ?", (model.first,))
                writer.execute("INSERT INTO model VALUES (?, ?, ?, ?)", (*row, checksum(*row)))
                self._put_snapshot(writer, snapshot)
            self._head += len(records)
        self._taken(snapshot)

    def owners(self) -> tuple[OwnerRow, ...]:
        rows = self._read(lambda reader: reader.execute("SELECT * FROM owner ORDER BY name").fetchall())
        return tuple(
            OwnerRow(
                name=name,
                kind="thing" if kind == "thing" else "module",
                module=module,
                path=path,
                title=title,
                initialised=bool(initialised),
                token_sha256=token,
            )
            for name, kind, module, path, title, initialised, token in rows
        )

    def put_owners(self, rows: Sequence[OwnerRow]) -> None:
        with self._transaction() as writer:
            self._put_owners(writer, rows)

    @staticmethod
    def _put_owners(writer: sqlite3.Connection, rows: Sequence[OwnerRow]) -> None:
        writer.executemany(
            "INSERT OR REPLACE INTO owner VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(r.name, r.kind, r.module, r.path, r.title, int(r.initialised), r.token_sha256) for r in rows],
        )

    def file_marks(self, file: str) -> tuple[FileMark, ...]:
        query = "SELECT revision, sha256 FROM file WHERE file = ? ORDER BY serial"
        rows = self._read(lambda reader: reader.execute(query, (file,)).fetchall())
        return tuple(FileMark(revision, sha256) for revision, sha256 in rows)

    def mark_file(self, file: str, mark: FileMark) -> None:
        with self._transaction() as writer:
            query = "SELECT coalesce(max(serial), 0) + 1 FROM file WHERE file = ?"
            serial = writer.execute(query, (file,)).fetchone()[0]
            writer.execute("INSERT INTO file VALUES (?, ?, ?, ?)", (file, serial, mark.revision, mark.sha256))

    def settle_file(self, file: str, mark: FileMark) -> None:
        with self._transaction() as writer:
            writer.execute("DELETE FROM file WHERE file = ?", (file,))
            writer.execute("INSERT INTO file VALUES (?, 1, ?, ?)", (file, mark.revision, mark.sha256))
            writer.execute("DELETE FROM meta WHERE key = ?", (f"stamp {file}",))

    def file_stamp(self, file: str) -> str:
        query = "SELECT value FROM meta WHERE key = ?"
        row = self._read(lambda reader: reader.execute(query, (f"stamp {file}",)).fetchone())
        return "" if row is None else str(row[0])

    def stamp_file(self, file: str, stamp: str) -> None:
        with self._transaction() as writer:
            writer.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (f"stamp {file}", stamp))

    # -- the end -------------------------------------------------------------------------------

    def check(self) -> list[str]:
        wrong: list[str] = []
        revisions = self._first - 1
        try:
            told = self._read(lambda reader: reader.execute("PRAGMA quick_check").fetchall())
            wrong = [str(row[0]) for row in told if row[0] != "ok"]
            for record in self.records(0):
                revisions += 1
                if record.revision != revisions:
                    wrong.append(f"revision {revisions} is missing: the next one is {record.revision}")
                    revisions = record.revision
            wrong.extend(self._check_history())
            self.models()
            last = self.snapshot()
            if last is not None:
                if last.revision > self._head:
                    wrong.append(
                        f"the snapshot is of revision {last.revision}, the last commit is {self._head}"
                    )
                for id in last.pages:
                    self.page(id)
        except StoreError as error:
            wrong.append(str(error))
        return wrong

    def fill(self, tables: Mapping[str, Sequence[tuple[Any, ...]]]) -> None:
        """Make rows of another journal those of this one, which is fresh; ``meta`` words are added to its own."""
        if self._head:
            raise ValueError("the journal is not fresh")
        with self._transaction() as writer:
            for name, rows in tables.items():
                if rows:
                    places = ", ".join("?" * len(rows[0]))
                    writer.executemany(f"INSERT OR REPLACE INTO {name} VALUES ({places})", rows)  # noqa: S608
        with self._write_lock:
            if self._writer is not None:
                self._look(self._writer)
