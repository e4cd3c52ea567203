"""What the journal's file knows of the past beside the log itself: lists, labels, blame, trimming, in SQL.

Functions on a connection; :class:`~pyconfhoard.store.sqlite_log.SqliteLog` brings locks, transactions and errors.

*Blame.* A row ``(path, revision)`` says that this revision set what stands at the path, with all below it. It is
made from the edits in the log by SQLite itself (its JSON functions run without Python's interpreter lock).
The rows below a path that was removed go, so there are never more than there are nodes that
somebody set. An older row below a newer one is harmless: the latest of a path and those above it counts.

*Trimming* leaves behind, of what is older than ``first``: labelled revisions, whole; and those that blame names,
without edits and undo, which only the checksum of what is left tells from damage; and the models that what is left is in
the words of, and some of the last.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from pyconfhoard.store.journal import Line, read_time

__all__ = [
    "INDEX",
    "TABLES",
    "UPGRADE",
    "Fate",
    "above",
    "blame_rows",
    "fates",
    "index_blame",
    "index_slice",
    "labelled_bytes",
    "let_go",
    "lines",
    "lines_of",
    "next_large",
    "number",
    "set_number",
    "sizes",
    "told",
]

TABLES: Final = """
CREATE TABLE label(name TEXT PRIMARY KEY, revision INTEGER NOT NULL, crc INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE blame(path TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE kept(revision INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL, body BLOB NOT NULL, crc INTEGER NOT NULL);
"""
"""What format 2 has beside those of format 1."""

UPGRADE: Final = f"BEGIN IMMEDIATE; {TABLES} UPDATE meta SET value = '2' WHERE key = 'format'; COMMIT;"  # noqa: S608
"""From format 1."""

_LINE: Final = (
    "SELECT revision, time, author, source, comment, length(edits),"
    " (SELECT group_concat(name, char(10)) FROM label WHERE label.revision = log.revision) FROM log"
)

_SETS: Final = """
(json_extract(edit.value, '$.op') IN ('create', 'replace', 'insert')
 OR json_extract(edit.value, '$.op') = 'merge' AND json_type(edit.value, '$.value') IS NOT NULL)
"""
"""Whether an edit sets what stands at its path. A move does not, nor does a merge without a value, which only annotates."""

_REMOVES: Final = "json_extract(edit.value, '$.op') IN ('remove', 'delete')"

_EDITS: Final = "FROM log, json_each(log.edits) AS edit WHERE log.revision"
_LATEST: Final = f"SELECT json_extract(edit.value, '$.path'), max(log.revision) {_EDITS} > :after AND log.revision <= :upto"
_SET: Final = f"{_LATEST} AND {_SETS} GROUP BY 1"
_GONE: Final = f"{_LATEST} AND {_REMOVES} GROUP BY 1"
_SET_BY: Final = f"SELECT json_extract(edit.value, '$.path') {_EDITS} = ? AND {_SETS}"
_GONE_BY: Final = f"SELECT json_extract(edit.value, '$.path') {_EDITS} = ? AND {_REMOVES}"

_ALL_BELOW: Final = "SELECT path, revision FROM blame WHERE path >= ? AND path < ? OR path >= ? AND path < ?"
_FORGET_BELOW: Final = (
    "DELETE FROM blame WHERE (path >= ? AND path < ? OR path >= ? AND path < ?) AND revision <= ?"
)

_PUT: Final = "INSERT INTO blame VALUES (?, ?) ON CONFLICT(path) DO UPDATE SET revision = excluded.revision"
_SLICE: Final = 500
"""Edits indexed in one transaction where a revision has many: some milliseconds' work."""

_BATCH: Final = 500
"""Revisions trimmed in one transaction."""

INDEX: Final = "CREATE INDEX IF NOT EXISTS blame_revision ON blame(revision)"
"""What a journal of format 2 may have, or not yet."""

Fate: TypeAlias = tuple[int, str]
"""A revision, and whether it ``goes``, is left ``bare`` of its edits, or ``stays`` as it is."""

_FATES: Final = """
SELECT revision, CASE
    WHEN revision IN (SELECT revision FROM label) THEN 'stays'
    WHEN NOT EXISTS (SELECT 1 FROM blame WHERE blame.revision = log.revision) THEN 'goes'
    WHEN edits = '' THEN 'stays'
    ELSE 'bare' END
FROM log WHERE revision > ? AND revision < ? ORDER BY revision LIMIT ?
"""

_SIZE: Final = (
    " + ".join(
        f"length(CAST({name} AS BLOB))" for name in ("time", "author", "source", "comment", "edits", "undo")
    )
    + " + 32"  # the number, the checksum, and SQLite's own
)

_LABELLED: Final = f"""
WITH labelled AS (SELECT DISTINCT revision FROM label)
SELECT (SELECT coalesce(sum({_SIZE}), 0) FROM log WHERE revision IN labelled)
  + (SELECT coalesce(sum(length(body)), 0) FROM kept)
  + (SELECT count(*) FROM labelled WHERE revision NOT IN (SELECT revision FROM kept))
  * coalesce((SELECT length(body) FROM kept ORDER BY revision DESC LIMIT 1), 0)
"""  # noqa: S608

_MODELS: Final = 16
"""So many of the last models stay, whether or not there is a record in their words: by them the way back behind an
upgrade is found."""

_FORGET_MODELS: Final = """
DELETE FROM model WHERE first < (SELECT max(first) FROM model WHERE first <= ?)
AND first NOT IN (SELECT first FROM model ORDER BY first DESC LIMIT ?)
"""

_STEP: Final = re.compile(r"[/\[]")


def number(connection: sqlite3.Connection, key: str, default: int) -> int:
    """A number among the meta words."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return default if row is None else int(row[0])


def set_number(connection: sqlite3.Connection, key: str, value: int) -> None:
    """Set :func:`number`."""
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, str(value)))


def sizes(connection: sqlite3.Connection, first: int, last: int) -> int:
    """See :meth:`pyconfhoard.store.journal.Journal.sizes`."""
    query = f"SELECT coalesce(sum({_SIZE}), 0) FROM log WHERE revision BETWEEN ? AND ?"  # noqa: S608
    return int(connection.execute(query, (first, last)).fetchone()[0])


def labelled_bytes(connection: sqlite3.Connection) -> int:
    """See :meth:`pyconfhoard.store.journal.Journal.labelled_bytes`."""
    return int(connection.execute(_LABELLED).fetchone()[0])


# -- lists -----------------------------------------------------------------------------------------


def lines(
    connection: sqlite3.Connection,
    first: int,
    *,
    limit: int,
    before: int | None,
    author: str | None,
    labelled: bool,
) -> tuple[Line, ...]:
    """See :meth:`pyconfhoard.store.journal.Journal.lines`."""
    wanted = ["(revision >= :first OR EXISTS (SELECT 1 FROM label WHERE label.revision = log.revision))"]
    if before is not None:
        wanted.append("revision < :before")
    if author is not None:
        wanted.append("author = :author")
    if labelled:
        wanted.append("revision IN (SELECT revision FROM label)")
    query = f"{_LINE} WHERE {' AND '.join(wanted)} ORDER BY revision DESC LIMIT :limit"
    values = {"first": first, "before": before, "author": author, "limit": limit}
    return tuple(map(_line, connection.execute(query, values)))


def lines_of(connection: sqlite3.Connection, revisions: Iterable[int]) -> Mapping[int, Line]:
    """See :meth:`pyconfhoard.store.journal.Journal.lines_of`."""
    found = {}
    for revision in set(revisions):
        row = connection.execute(f"{_LINE} WHERE revision = ?", (revision,)).fetchone()
        if row is not None:
            found[revision] = _line(row)
    return found


def _line(row: tuple[Any, ...]) -> Line:
    revision, time, author, source, comment, size, labels = row
    return Line(
        revision=revision,
        time=read_time(time),
        author=author,
        source=source,
        comment=comment,
        labels=tuple(sorted(labels.split("\n"))) if labels else (),
        size=size,
    )


# -- blame -----------------------------------------------------------------------------------------


def above(path: str) -> Iterator[str]:
    """The root, and the paths above ``path``, by text. Some are cut within a key's value: they name nothing."""
    yield "/"
    for step in _STEP.finditer(path):
        if step.start():
            yield path[: step.start()]


def _bounds(path: str) -> tuple[str, str, str, str]:
    """Between which texts the paths below ``path`` are: its children, and its entries."""
    whole = "" if path == "/" else path
    return f"{whole}/", f"{whole}0", f"{whole}[", f"{whole}\\"


def index_blame(connection: sqlite3.Connection, after: int, upto: int) -> None:
    """Bring the rows from ``after`` up to a revision."""
    span = {"after": after, "upto": upto}
    connection.execute(
        f"INSERT INTO blame {_SET} ON CONFLICT(path) DO UPDATE SET revision = excluded.revision",
        span,
    )
    for path, revision in connection.execute(_GONE, span).fetchall():
        _forget(connection, path, revision)
    set_number(connection, "indexed", upto)


def next_large(connection: sqlite3.Connection, after: int, upto: int, size: int) -> int:
    """The next revision after ``after`` with more than ``size`` characters of edits; the one after ``upto`` where there is
    none."""
    query = "SELECT min(revision) FROM log WHERE revision > ? AND revision <= ? AND length(edits) > ?"
    found = connection.execute(query, (after, upto, size)).fetchone()[0]
    return upto + 1 if found is None else int(found)


def told(connection: sqlite3.Connection, revision: int) -> Iterator[list[tuple[str, bool]]]:
    """The paths that a revision's edits set (True), then those that they removed, some at a time. The connection is busy
    until the end."""
    for query, sets in ((_SET_BY, True), (_GONE_BY, False)):
        rows = connection.execute(query, (revision,))
        while some := rows.fetchmany(_SLICE):
            yield [(path, sets) for (path,) in some]


def index_slice(connection: sqlite3.Connection, revision: int, some: Iterable[tuple[str, bool]]) -> None:
    """Take over what :func:`told` gave. Until the whole revision is in, ``indexing`` names it."""
    set_number(connection, "indexing", revision)
    for path, sets in some:
        if sets:
            connection.execute(_PUT, (path, revision))
        else:
            _forget(connection, path, revision)


def _forget(connection: sqlite3.Connection, path: str, revision: int) -> None:
    connection.execute("DELETE FROM blame WHERE path = ? AND revision <= ?", (path, revision))
    connection.execute(_FORGET_BELOW, (*_bounds(path), revision))


def blame_rows(connection: sqlite3.Connection, path: str, after: int, upto: int) -> dict[str, int]:
    """The rows of ``path``, above and below it, brought from ``after`` up to a revision."""
    bounds = _bounds(path)
    single = [path, *above(path)]
    rows: dict[str, int] = {}
    for one in single:
        rows.update(connection.execute("SELECT path, revision FROM blame WHERE path = ?", (one,)))
    rows.update(connection.execute(_ALL_BELOW, bounds))
    span = {"after": after, "upto": upto}
    for changed, revision in connection.execute(_SET, span):
        if changed in single or bounds[0] <= changed < bounds[1] or bounds[2] <= changed < bounds[3]:
            rows[changed] = revision
    return rows


# -- trimming --------------------------------------------------------------------------------------


def fates(connection: sqlite3.Connection, after: int, first: int) -> list[Fate]:
    """What becomes of the next revisions after ``after`` and before ``first``, in order. Some at a time: a commit waits
    for what one transaction does of them at most, and a reader for less."""
    return list(connection.execute(_FATES, (after, first, _BATCH)))


def let_go(connection: sqlite3.Connection, some: Iterable[Fate], crc: Callable[..., int]) -> None:
    """Take from these revisions what is to go, unless one got a label meanwhile."""
    labelled = {row[0] for row in connection.execute("SELECT revision FROM label")}
    for revision, fate in some:
        if revision in labelled:
            continue
        if fate == "goes":
            connection.execute("DELETE FROM log WHERE revision = ?", (revision,))
            continue
        query = "SELECT revision, time, author, source, comment, '', '' FROM log WHERE revision = ?"
        for row in connection.execute(query, (revision,)).fetchall():
            connection.execute(
                "UPDATE log SET edits = '', undo = '', crc = ? WHERE revision = ?", (crc(*row), revision)
            )
    connection.execute("DELETE FROM kept WHERE revision NOT IN (SELECT revision FROM label)")
    oldest = min([number(connection, "first", 1), *labelled])
    connection.execute(_FORGET_MODELS, (oldest, _MODELS))
