"""The log of the journal's file, and what is known of the past beside it: labels, blame, states kept, trimming.

What there is in SQL beside the log itself is in :mod:`pyconfhoard.store.past`.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any, Final

from pyconfhoard.store import past
from pyconfhoard.store.journal import Kept, Line, Record, read_time, write_time
from pyconfhoard.store.sqlite_file import SqliteFile
from pyconfhoard.store.sqlite_tables import CHUNK, checksum

__all__ = ["SqliteLog"]

_SPARE: Final = 4096
"""Free pages that a file keeps for what is to come: 16 MiB."""

_MANY: Final = 1 << 18
"""Characters of edits of a revision that are more than one transaction takes into the stored blame."""

_FORWARDS: Final = "SELECT * FROM log WHERE revision > ? AND revision <= ? ORDER BY revision LIMIT ?"
_BACKWARDS: Final = "SELECT * FROM log WHERE revision > ? AND revision <= ? ORDER BY revision DESC LIMIT ?"


def _record_checksum(row: Sequence[Any]) -> int:
    return checksum(*row[:7])


class SqliteLog(SqliteFile):
    """The part of :class:`~pyconfhoard.store.journal.Journal` that is about records and their history."""

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
            rows.append((*row, _record_checksum(row)))
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
            bounds = (low, high, CHUNK)
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
        if _record_checksum(row) != row[7]:
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
        return self._read(lambda reader: past.sizes(reader, first, last))

    def labelled_bytes(self) -> int:
        return self._read(past.labelled_bytes)

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

    def index(self, upto: int, between: Callable[[], None] = lambda: None) -> None:
        after = self.indexed
        while after < upto:
            large = self._read(
                lambda reader, after=after: past.next_large(reader, after, upto, _MANY)  # type: ignore[misc]
            )
            if large > after + 1:
                self._index_span(after, large - 1)
            if large <= upto:
                self._index_large(large, between)
            after = large

    def _index_span(self, after: int, upto: int) -> None:
        with self._transaction() as writer:
            past.index_blame(writer, after, upto)

    def _index_large(self, revision: int, between: Callable[[], None]) -> None:
        """Read on a connection of its own, since it takes long, and written some at a time."""
        with self._sqlite_errors(), closing(self._connect()) as reader:
            for some in past.told(reader, revision):
                with self._transaction() as writer:
                    past.index_slice(writer, revision, some)
                between()
        with self._transaction() as writer:
            past.set_number(writer, "indexed", revision)

    def blame(self, path: str, upto: int) -> Mapping[str, int] | None:
        def rows(reader: sqlite3.Connection) -> Mapping[str, int] | None:
            reader.execute("BEGIN")
            try:
                indexed = past.number(reader, "indexed", 0)
                if max(indexed, past.number(reader, "indexing", 0)) > upto:
                    return None
                return past.blame_rows(reader, path, indexed, upto)
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
                writer.execute(f"PRAGMA incremental_vacuum({CHUNK})").fetchall()
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

    def keep_state(self, state: Kept, most: int | None = None) -> bool:
        row = (state.revision, state.fingerprint, zlib.compress(state.body))
        with self._transaction() as writer:
            (taken,) = writer.execute("SELECT coalesce(sum(length(body)), 0) FROM kept").fetchone()
            if most is not None and taken + len(row[2]) > most:
                return False
            writer.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", (*row, checksum(*row)))
        return True

    def kept_revisions(self) -> tuple[int, ...]:
        query = "SELECT revision FROM kept ORDER BY revision"
        return tuple(row[0] for row in self._read(lambda reader: reader.execute(query).fetchall()))

    def unconfirmed(self) -> str:
        return self._unconfirmed

    def set_unconfirmed(self, text: str) -> None:
        with self._transaction() as writer:
            writer.execute("INSERT OR REPLACE INTO meta VALUES ('unconfirmed', ?)", (text,))
        self._unconfirmed = text

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
