"""The journal in one SQLite file: WAL, synchronous=FULL.

Connections, transactions, and what a failed commit means, are those of :mod:`pyconfhoard.store.sqlite_file`.

*History* beside the log (labels, blame, trimming) is in :mod:`pyconfhoard.store.past`.

*Creation.* The file is made under a temporary name and renamed when it is whole, so that a journal
of no bytes is always damage and never a first start.

*Pages let go.* A page that no snapshot names may still be wanted by an old root in memory that has
not read it yet. Only pages that this process found when it opened can be so; they are kept until the
next open.
"""

from __future__ import annotations

import os
import sqlite3
import uuid
import zlib
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pyconfhoard.errors import Fault, StoreError
from pyconfhoard.store import past
from pyconfhoard.store.disk import disk_errors, sync_folder
from pyconfhoard.store.journal import (
    FORMAT,
    FileMark,
    Kept,
    Line,
    Model,
    OwnerRow,
    Record,
    Snapshot,
    read_time,
    write_time,
)
from pyconfhoard.store.sqlite_file import SqliteFile
from pyconfhoard.tree import Row

__all__ = ["SqliteJournal", "checksum", "unpack"]

_APPLICATION_ID: Final = 0x70796368  # "pych"

_TABLES: Final = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE log(
  revision INTEGER PRIMARY KEY, time TEXT NOT NULL, author TEXT NOT NULL, source TEXT NOT NULL,
  comment TEXT NOT NULL, edits TEXT NOT NULL, undo TEXT NOT NULL, crc INTEGER NOT NULL);
CREATE TABLE page(
  id INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL, revisions TEXT NOT NULL, holds BLOB NOT NULL,
  crc INTEGER NOT NULL);
CREATE TABLE snapshot(
  revision INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL, root TEXT NOT NULL, pages BLOB NOT NULL,
  crc INTEGER NOT NULL);
CREATE TABLE model(first INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL, dump BLOB NOT NULL, crc INTEGER NOT NULL);
CREATE TABLE owner(
  name TEXT PRIMARY KEY, kind TEXT NOT NULL, module TEXT NOT NULL, path TEXT NOT NULL, title TEXT NOT NULL,
  initialised INTEGER NOT NULL, token_sha256 TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE file(
  file TEXT NOT NULL, serial INTEGER NOT NULL, revision INTEGER NOT NULL, sha256 TEXT NOT NULL,
  PRIMARY KEY(file, serial)) WITHOUT ROWID;
"""

_CHUNK: Final = 256
"""Records fetched in one read: a read that lasts keeps the WAL from being checkpointed."""

_SPARE: Final = 4096
"""Free pages that a file keeps for what is to come: 16 MiB."""

_FORGET: Final = "DELETE FROM page WHERE id = ?"
_FORWARDS: Final = "SELECT * FROM log WHERE revision > ? AND revision <= ? ORDER BY revision LIMIT ?"
_BACKWARDS: Final = "SELECT * FROM log WHERE revision > ? AND revision <= ? ORDER BY revision DESC LIMIT ?"


def checksum(*parts: str | bytes | int) -> int:
    """Of a row: its columns, each with its length."""
    value = 0
    for part in parts:
        body = part if isinstance(part, bytes) else str(part).encode()
        value = zlib.crc32(body, zlib.crc32(len(body).to_bytes(8, "little"), value))
    return value


def _recordchecksum(row: Sequence[Any]) -> int:
    return checksum(*row[:7])


class SqliteJournal(SqliteFile):
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
            if not path.exists():
                self._create()
            elif path.stat().st_size == 0:
                raise self._damaged("it is empty")
            elif not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
                # SQLite would take it without a word, and find out at some commit.
                raise StoreError(f"the journal {path} cannot be used: it, or its folder, may only be read")
        self._open()
        try:
            self._opened_pages = self._sweep()
            """Pages found when this process opened the journal: see the module's last rule."""
            self._next_page = self._read(_last_page_id) + 1
        except BaseException:
            self.close()
            raise
        self._last_pages = self._opened_pages
        self._stored = set(self._opened_pages)
        self._shelf = 0

    # -- opening -------------------------------------------------------------------------------

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
                connection.execute(f"PRAGMA application_id={_APPLICATION_ID}")
                connection.execute("PRAGMA synchronous=FULL")
                connection.executescript(f"BEGIN; {_TABLES} {past.TABLES} COMMIT;")
                connection.execute(
                    "INSERT INTO meta VALUES ('id', ?), ('format', ?)", (str(uuid.uuid4()), str(FORMAT))
                )
            finally:
                connection.close()
        os.replace(fresh, self.path)
        sync_folder(self.path.parent)

    def _prepare(self, writer: sqlite3.Connection) -> None:
        if writer.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
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

    def _look(self, writer: sqlite3.Connection) -> None:
        """Learn from the file what is kept in memory."""
        self._head = self._read_head(writer)
        try:
            self._first = past.number(writer, "first", 1)
            past.number(writer, "indexed", 0)
        except ValueError as error:
            raise self._damaged(f"a number in it is none: {error}") from error
        row = writer.execute("SELECT value FROM meta WHERE key = 'unconfirmed'").fetchone()
        self._unconfirmed = "" if row is None else str(row[0])

    @staticmethod
    def _read_head(connection: sqlite3.Connection) -> int:
        return int(connection.execute("SELECT coalesce(max(revision), 0) FROM log").fetchone()[0])

    def _sweep(self) -> frozenset[int]:
        """Forget pages that the last snapshot does not name; give those that it does."""
        last = self.snapshot()
        named = last.pages if last is not None else frozenset()
        stored = self._read(lambda reader: {row[0] for row in reader.execute("SELECT id FROM page")})
        orphans = stored - named
        if orphans:
            with self._transaction() as writer:
                writer.executemany(_FORGET, [(id,) for id in orphans])
        return named

    # -- the log -------------------------------------------------------------------------------

    @property
    def id(self) -> str:
        return self._id

    @property
    def head(self) -> int:
        return self._head

    def append(self, records: Sequence[Record]) -> None:
        with self._write_lock:
            expected = range(self._head + 1, self._head + 1 + len(records))
            if [record.revision for record in records] != list(expected):
                raise ValueError(f"the next revision is {self._head + 1}")
            waits = [r.unconfirmed for r in records if r.unconfirmed is not None]
            with self._transaction() as writer:
                self._put_records(writer, records)
                if waits:
                    writer.execute("INSERT OR REPLACE INTO meta VALUES ('unconfirmed', ?)", (waits[-1],))
            self._head += len(records)
            if waits:
                self._unconfirmed = waits[-1]

    def _put_records(self, writer: sqlite3.Connection, records: Sequence[Record]) -> None:
        rows = []
        for r in records:
            row = (r.revision, write_time(r.time), r.author, r.source, r.comment, r.edits, r.undo)
            rows.append((*row, _recordchecksum(row)))
        writer.executemany("INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        for r in records:
            if r.label:
                self._label(writer, r.label, r.revision)

    @property
    def first(self) -> int:
        return self._first

    def records(self, after: int, upto: int | None = None, *, newest_first: bool = False) -> Iterator[Record]:
        low, high = max(after, self._first - 1), self._head if upto is None else upto
        query = _BACKWARDS if newest_first else _FORWARDS
        while low < high:
            bounds = (low, high, _CHUNK)
            rows = self._read(lambda reader, bounds=bounds: reader.execute(query, bounds).fetchall())  # type: ignore[misc]
            if not rows:
                return
            yield from map(self._record, rows)
            if newest_first:
                high = rows[-1][0] - 1
            else:
                low = rows[-1][0]

    def record(self, revision: int) -> Record | None:
        query = "SELECT * FROM log WHERE revision = ?"
        row = self._read(lambda reader: reader.execute(query, (revision,)).fetchone())
        return self._record(row) if row is not None and row[5] else None

    def _record(self, row: tuple[Any, ...]) -> Record:
        if _recordchecksum(row) != row[7]:
            raise self._damaged(f"the checksum of revision {row[0]} is wrong")
        revision, time, author, source, comment, edits, undo = row[:7]
        return Record(
            revision=revision,
            time=read_time(time),
            author=author,
            source=source,
            comment=comment,
            edits=edits,
            undo=undo,
        )

    def tail_bytes(self, after: int) -> int:
        query = "SELECT coalesce(sum(length(edits)), 0) FROM log WHERE revision > ?"
        return int(self._read(lambda reader: reader.execute(query, (after,)).fetchone()[0]))

    def sizes(self, first: int, last: int) -> int:
        query = (
            "SELECT coalesce(sum(length(CAST(edits AS BLOB)) + length(CAST(undo AS BLOB))), 0) "
            "FROM log WHERE revision BETWEEN ? AND ?"
        )
        return int(self._read(lambda reader: reader.execute(query, (first, last)).fetchone()[0]))

    # -- history -------------------------------------------------------------------------------

    def lines(
        self,
        *,
        limit: int,
        before: int | None = None,
        author: str | None = None,
        labelled: bool = False,
    ) -> tuple[Line, ...]:
        return self._read(
            lambda reader: past.lines(
                reader, self._first, limit=limit, before=before, author=author, labelled=labelled
            )
        )

    def since(self, time: datetime, low: int, high: int) -> int:
        query = (
            "SELECT coalesce(min(revision), ?) FROM log WHERE revision >= ? AND revision < ? AND time >= ?"
        )
        values = (high, low, high, write_time(time))
        return int(self._read(lambda reader: reader.execute(query, values).fetchone()[0]))

    def lines_of(self, revisions: Iterable[int]) -> Mapping[int, Line]:
        return self._read(lambda reader: past.lines_of(reader, revisions))

    def labels(self) -> Mapping[str, int]:
        rows = self._read(lambda reader: reader.execute("SELECT * FROM label ORDER BY name").fetchall())
        for name, revision, crc in rows:
            if checksum(name, revision) != crc:
                raise self._damaged(f"the checksum of the label {name} is wrong")
        return {name: revision for name, revision, _ in rows}

    def put_label(self, name: str, revision: int | None) -> None:
        with self._transaction() as writer:
            writer.execute("DELETE FROM label WHERE name = ?", (name,))
            if revision is not None:
                self._label(writer, name, revision)

    @staticmethod
    def _label(writer: sqlite3.Connection, name: str, revision: int) -> None:
        writer.execute("INSERT INTO label VALUES (?, ?, ?)", (name, revision, checksum(name, revision)))

    @property
    def indexed(self) -> int:
        return self._read(lambda reader: past.number(reader, "indexed", 0))

    def index(self, upto: int) -> None:
        with self._transaction() as writer:
            past.index_blame(writer, past.number(writer, "indexed", 0), upto)

    def blame(self, path: str, upto: int) -> Mapping[str, int] | None:
        def rows(reader: sqlite3.Connection) -> Mapping[str, int] | None:
            reader.execute("BEGIN")
            try:
                indexed = past.number(reader, "indexed", 0)
                return past.blame_rows(reader, path, indexed, upto) if indexed <= upto else None
            finally:
                reader.execute("ROLLBACK")

        return self._read(rows)

    def trim(self, first: int) -> None:
        first = min(first, self._head)  # the last record tells which revision is next
        after = 0
        while some := self._read(lambda reader, after=after: past.fates(reader, after, first)):  # type: ignore[misc]
            after = some[-1][0]
            self._trim(max(self._first, after + 1), [one for one in some if one[1] != "stays"])
        if first > self._first:
            self._trim(first, ())
        self._give_back()

    def _give_back(self) -> None:
        """Make the file smaller where much of it is free, some pages at a time."""
        while True:
            with self._transaction() as writer:
                (free,) = writer.execute("PRAGMA freelist_count").fetchone()
                (pages,) = writer.execute("PRAGMA page_count").fetchone()
                if free <= max(_SPARE, pages // 4):
                    return
                writer.execute(f"PRAGMA incremental_vacuum({_CHUNK})").fetchall()
                if writer.execute("PRAGMA freelist_count").fetchone()[0] == free:
                    return  # a journal that was made before this could be done

    def _trim(self, first: int, some: Sequence[past.Fate]) -> None:
        if first == self._first and not some:
            return
        with self._transaction() as writer:
            past.set_number(writer, "first", first)
            past.let_go(writer, some, checksum)
        self._first = first

    def kept(self, revision: int) -> Kept | None:
        query = "SELECT * FROM kept WHERE revision = ?"
        row = self._read(lambda reader: reader.execute(query, (revision,)).fetchone())
        if row is None:
            return None
        if checksum(*row[:3]) != row[3]:
            raise self._damaged(f"the checksum of the state kept of revision {revision} is wrong")
        return Kept(row[0], row[1], zlib.decompress(row[2]))

    def keep_state(self, state: Kept) -> None:
        row = (state.revision, state.fingerprint, zlib.compress(state.body))
        with self._transaction() as writer:
            writer.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", (*row, checksum(*row)))

    def kept_revisions(self) -> tuple[int, ...]:
        query = "SELECT revision FROM kept ORDER BY revision"
        return tuple(row[0] for row in self._read(lambda reader: reader.execute(query).fetchall()))

    def unconfirmed(self) -> str:
        return self._unconfirmed

    def set_unconfirmed(self, text: str) -> None:
        with self._transaction() as writer:
            writer.execute("INSERT OR REPLACE INTO meta VALUES ('unconfirmed', ?)", (text,))
        self._unconfirmed = text

    # -- snapshots -----------------------------------------------------------------------------

    def snapshot(self) -> Snapshot | None:
        query = "SELECT * FROM snapshot ORDER BY revision DESC LIMIT 1"
        row = self._read(lambda reader: reader.execute(query).fetchone())
        if row is None:
            return None
        revision, fingerprint, root, pages, crc = row
        if checksum(revision, fingerprint, root, pages) != crc:
            raise self._damaged(f"the checksum of the snapshot of revision {revision} is wrong")
        return Snapshot(revision, fingerprint, root, frozenset(unpack(pages)))

    def page(self, id: int) -> Row:
        query = "SELECT body, revisions, holds, crc FROM page WHERE id = ?"
        row = self._read(lambda reader: reader.execute(query, (id,)).fetchone())
        if row is None:
            raise self._damaged(f"page {id} is missing")
        body, revisions, holds, crc = row
        if checksum(body, revisions, holds) != crc:
            raise self._damaged(f"the checksum of page {id} is wrong")
        return Row(body, revisions, unpack(holds))

    def new_page(self) -> int:
        with self._write_lock:
            self._next_page += 1
            return self._next_page - 1

    def add_pages(self, pages: Mapping[int, Row]) -> None:
        rows = [(id, row.body, row.revisions, _pack(row.holds)) for id, row in pages.items()]
        with self._transaction() as writer:
            writer.executemany(
                "INSERT INTO page VALUES (?, ?, ?, ?, ?)", [(*row, checksum(*row[1:])) for row in rows]
            )
        self._stored.update(pages)

    def missing_pages(self, ids: Iterable[int]) -> frozenset[int]:
        return frozenset(ids) - self._stored

    @property
    def shelf(self) -> Hashable:
        return (self._id, self._shelf)

    def change_shelf(self) -> None:
        self._shelf += 1

    def add_snapshot(self, snapshot: Snapshot) -> None:
        with self._transaction() as writer:
            newest = writer.execute("SELECT fingerprint FROM model ORDER BY first DESC LIMIT 1").fetchone()
            latest = writer.execute("SELECT coalesce(max(revision), 0) FROM snapshot").fetchone()[0]
            if (newest is not None and newest[0] != snapshot.fingerprint) or latest > snapshot.revision:
                return
            self._put_snapshot(writer, snapshot)
        self._taken(snapshot)

    def _taken(self, snapshot: Snapshot) -> None:
        """Let go of the pages of the snapshot before, some at a time: a commit waits for no more than these. Those that
        cannot be deleted now are forgotten by the next open."""
        gone = sorted(self._last_pages.difference(snapshot.pages, self._opened_pages))
        self._last_pages = snapshot.pages
        self._stored.difference_update(gone)
        with suppress(StoreError):
            for at in range(0, len(gone), _CHUNK):
                with self._transaction() as writer:
                    writer.executemany(_FORGET, [(id,) for id in gone[at : at + _CHUNK]])

    def _put_snapshot(self, writer: sqlite3.Connection, snapshot: Snapshot) -> None:
        if missing := self.missing_pages(snapshot.pages):
            raise ValueError(f"a snapshot needs pages that are not stored: {sorted(missing)}")
        pages = _pack(sorted(snapshot.pages))
        row = (snapshot.revision, snapshot.fingerprint, snapshot.root, pages)
        writer.execute("DELETE FROM snapshot")
        writer.execute("INSERT INTO snapshot VALUES (?, ?, ?, ?, ?)", (*row, checksum(*row)))

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

    def _check_history(self) -> Iterator[str]:
        query = "SELECT * FROM log WHERE revision < ?"
        older = self._read(lambda reader: reader.execute(query, (self._first,)).fetchall())
        there = {self._record(row).revision for row in older}
        for name, revision in self.labels().items():
            if revision not in there and not self._first <= revision <= self._head:
                yield f"the label {name} is of revision {revision}, which is not there"
        for revision in self.kept_revisions():
            self.kept(revision)
        if self.indexed > self._head:
            yield f"blame goes up to revision {self.indexed}, the last commit is {self._head}"

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


def _last_page_id(reader: sqlite3.Connection) -> int:
    row = reader.execute("SELECT seq FROM sqlite_sequence WHERE name = 'page'").fetchone()
    return int(row[0]) if row is not None else 0


def _pack(ids: Sequence[int]) -> bytes:
    return b"".join(id.to_bytes(8, "little") for id in ids)


def unpack(body: bytes) -> tuple[int, ...]:
    """Ids of pages, as a row holds them."""
    return tuple(memoryview(body).cast("q")) if body else ()
