"""Tables of the journal's file, and the form of their rows.

Each row of what cannot be made anew has a checksum of its columns: SQLite does not tell a page that was damaged by the disk
from one that it wrote.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Final

__all__ = ["APPLICATION_ID", "CHUNK", "TABLES", "checksum", "pack", "unpack"]

APPLICATION_ID: Final = 0x70796368  # "pych"

TABLES: Final = """
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

CHUNK: Final = 256
"""Rows that one read or transaction takes at a time: a read that lasts keeps the WAL from being checkpointed, and a commit
waits for a transaction."""


def checksum(*parts: str | bytes | int) -> int:
    """Of a row: its columns, each with its length."""
    value = 0
    for part in parts:
        body = part if isinstance(part, bytes) else str(part).encode()
        value = zlib.crc32(body, zlib.crc32(len(body).to_bytes(8, "little"), value))
    return value


def pack(ids: Sequence[int]) -> bytes:
    return b"".join(id.to_bytes(8, "little") for id in ids)


def unpack(body: bytes) -> tuple[int, ...]:
    """Ids of pages, as a row holds them."""
    return tuple(memoryview(body).cast("q")) if body else ()
