"""Snapshots in the journal's file, and their pages.

*Pages let go.* A page that no snapshot names may still be wanted by an old root in memory that has
not read it yet. Only pages that this process found when it opened can be so; they are kept until the
next open.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Hashable, Iterable, Mapping
from contextlib import suppress
from typing import Final

from pyconfhoard.errors import StoreError
from pyconfhoard.store.journal import Snapshot
from pyconfhoard.store.sqlite_file import SqliteFile
from pyconfhoard.store.sqlite_tables import CHUNK, checksum, pack, unpack
from pyconfhoard.tree import Row

__all__ = ["SqlitePages"]

_FORGET: Final = "DELETE FROM page WHERE id = ?"


class SqlitePages(SqliteFile):
    """The part of :class:`~pyconfhoard.store.journal.Journal` that is about snapshots."""

    _id: str
    """The journal's."""

    def _begin_pages(self) -> None:
        """Learn which pages there are, and forget those that the last snapshot does not name. Once, when the file is open."""
        self._opened_pages = self._sweep()
        """Pages found when this process opened the journal: see the module's rule."""
        self._next_page = self._read(_last_page_id) + 1
        self._last_pages = self._opened_pages
        self._stored = set(self._opened_pages)
        self._shelf = 0

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
        rows = [(id, row.body, row.revisions, pack(row.holds)) for id, row in pages.items()]
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
            for at in range(0, len(gone), CHUNK):
                with self._transaction() as writer:
                    writer.executemany(_FORGET, [(id,) for id in gone[at : at + CHUNK]])

    def _put_snapshot(self, writer: sqlite3.Connection, snapshot: Snapshot) -> None:
        if missing := self.missing_pages(snapshot.pages):
            raise ValueError(f"a snapshot needs pages that are not stored: {sorted(missing)}")
        pages = pack(sorted(snapshot.pages))
        row = (snapshot.revision, snapshot.fingerprint, snapshot.root, pages)
        writer.execute("DELETE FROM snapshot")
        writer.execute("INSERT INTO snapshot VALUES (?, ?, ?, ?, ?)", (*row, checksum(*row)))


def _last_page_id(reader: sqlite3.Connection) -> int:
    row = reader.execute("SELECT seq FROM sqlite_sequence WHERE name = 'page'").fetchone()
    return int(row[0]) if row is not None else 0
