"""What can still be read of a damaged journal.

Every row is judged by itself: a row that SQLite cannot read, or whose checksum is wrong, is left out and the others are
taken. SQLite stops a scan at a damaged page, so tables are read from both ends.

The state is looked for from each start there is: the last snapshot if all its pages are whole, the kept states of
labels, and the empty state if the log goes back to it; from there the records lead on as far as they are
unbroken. What gets farthest wins.

A model is the largest row of a small journal, and without it nothing else can be read. One that is lost is taken from the
cache of compiled models, which has it under the same fingerprint.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from pyconfhoard.errors import BadInput, Conflict, HoardError, NotFound, StoreError
from pyconfhoard.schema import restore
from pyconfhoard.schema.cache import kept_dump
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.store.sqlite import SqliteJournal
from pyconfhoard.store.sqlite_tables import checksum, unpack
from pyconfhoard.tree import Branch, Row, apply, decode, edits_from_text, encode, parse, thaw
from pyconfhoard.tree import Path as Place

__all__ = ["Salvage", "State", "salvage"]

_BAD: Final = (
    BadInput,
    Conflict,
    NotFound,
    StoreError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    zlib.error,
)
"""What reading damaged texts may raise."""

_TABLES: Final = {
    "log": (8, "revision"),
    "model": (4, "first"),
    "snapshot": (5, "revision"),
    "page": (5, "id"),
    "owner": (7, "name"),
    "file": (4, "file"),
    "label": (3, "name"),
    "kept": (4, "revision"),
    "blame": (2, "path"),
    "meta": (2, "key"),
}
"""Columns, and the one that orders the rows."""

PAGE: Final = 4096
"""Bytes; SQLite's default, which is what journals are made with."""


@dataclass(frozen=True, slots=True)
class State:
    """The configuration at ``revision`` in the words of ``schema``."""

    schema: Schema
    root: Branch
    revision: int


@dataclass(slots=True)
class Salvage:
    """Rows by table, each as it stood there, and the best state that they give (None: none)."""

    tables: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    state: State | None = None

    @property
    def log(self) -> Mapping[int, tuple[Any, ...]]:
        """Whole records by revision."""
        return {row[0]: row for row in self.tables["log"] if row[5]}

    @property
    def head(self) -> int:
        """The last revision that anything speaks of."""
        tables = self.tables
        numbers = [row[0] for name in ("log", "snapshot", "kept") for row in tables[name]]
        numbers += [row[2] for row in tables["file"]]
        return max([*numbers, *(row[1] for row in tables["blame"])], default=0)


def salvage(path: Path, cache: Path) -> Salvage:
    """What can be read of the journal in ``path``, which is changed by it (and loses its WAL): give it a copy. ``cache`` is
    the folder of compiled models, which need not be there.

    Raises ``OSError``.
    """
    _pad(path)
    found = _read(path, cache)
    if found.state is None and _give_head(path):
        found = _read(path, cache)
    return found


def _pad(path: Path) -> None:
    """Give a truncated file the length that its head tells: SQLite refuses a shorter one whole, not page by page."""
    with path.open("r+b") as file:
        head = file.read(100)
        size = file.seek(0, os.SEEK_END)
        wanted = int.from_bytes(head[28:32], "big") * PAGE
        if size < wanted <= max(64 * size, 1 << 20):  # a damaged head tells anything
            file.truncate(wanted)


def _give_head(path: Path) -> bool:
    """Replace the first page, without which SQLite reads nothing, by that of a fresh journal: it tells where the tables
    begin, and that is the same in all of them. False where there is nothing but that page."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        fresh = Path(folder) / "fresh.db"
        SqliteJournal(fresh).close()
        head = bytearray(fresh.read_bytes()[:PAGE])
    pages = path.stat().st_size // PAGE
    head[28:32] = pages.to_bytes(4, "big")
    head[32:40] = bytes(8)  # no free pages are known
    with path.open("r+b") as file:
        file.write(head)
    return pages > 1


def _read(path: Path, cache: Path) -> Salvage:
    found = Salvage({name: [] for name in _TABLES})
    connection = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=rw", uri=True)
    try:
        connection.text_factory = _text
        for name, (width, order) in _TABLES.items():
            found.tables[name] = [
                row for row in _rows(connection, name, order) if _is_whole(name, row, width)
            ]
        named = _rows(connection, "model", "first", "first, fingerprint")
    finally:
        connection.close()
    found.tables["model"] += _from_cache(found, named, cache)
    found.state = _best(found)
    return found


def _from_cache(found: Salvage, named: list[tuple[Any, ...]], cache: Path) -> Iterator[tuple[Any, ...]]:
    """Rows of models that are not whole. Where not even its beginning can be read, the last one is known from the
    snapshot, and is taken to begin there."""
    whole = {row[1] for row in found.tables["model"]}
    wanted = {row[1]: row[0] + 1 for row in found.tables["snapshot"]}
    for first, fingerprint in named:
        if isinstance(first, int) and 1 <= first <= wanted.get(fingerprint, first):
            wanted[fingerprint] = first
    for fingerprint, first in wanted.items():
        dump = None if fingerprint in whole else kept_dump(cache, fingerprint)
        if dump is not None:
            row = (first, fingerprint, zlib.compress(dump))
            yield (*row, checksum(*row))


def _text(body: bytes) -> str:
    return body.decode("utf-8", "replace")


def _rows(
    connection: sqlite3.Connection, table: str, order: str, columns: str = "*"
) -> list[tuple[Any, ...]]:
    rows: dict[Any, tuple[Any, ...]] = {}
    for direction in ("ASC", "DESC"):
        with suppress(sqlite3.Error, UnicodeDecodeError):  # the scan ends at what cannot be read
            for row in connection.execute(f"SELECT {columns} FROM {table} ORDER BY {order} {direction}"):  # noqa: S608
                rows[row[:2] if table == "file" else row[0]] = row
            break  # all of it was read
    return list(rows.values())


def _is_whole(table: str, row: tuple[Any, ...], width: int) -> bool:
    if len(row) != width or None in row:
        return False
    if table in ("log", "model", "snapshot", "label", "kept"):
        return bool(checksum(*row[:-1]) == row[-1])
    if table == "page":
        return bool(checksum(*row[1:-1]) == row[-1])
    kinds = {"owner": "sssssis", "file": "siis", "blame": "si", "meta": "ss"}[table]
    return all(isinstance(value, str if kind == "s" else int) for value, kind in zip(row, kinds, strict=True))


# -- the state -------------------------------------------------------------------------------------


def _best(found: Salvage) -> State | None:
    models = _models(found)
    if not models:
        return None
    best: State | None = None
    for start in _starts(found, models):
        with suppress(*_BAD):
            state = _onwards(found, models, start())
            if best is None or state.revision > best.revision:
                best = state
    return best


def _models(found: Salvage) -> dict[int, Schema]:
    """The schema from each first revision on."""
    models = {}
    for first, _, dump, _ in found.tables["model"]:
        with suppress(*_BAD):
            models[first] = restore(zlib.decompress(dump))
    return dict(sorted(models.items()))


def _under(models: Mapping[int, Schema], revision: int) -> tuple[int, Schema]:
    """The model that the state at a revision is in the words of."""
    first = max((one for one in models if one <= revision + 1), default=min(models))
    return first, models[first]


def _starts(found: Salvage, models: Mapping[int, Schema]) -> Iterator[Callable[[], State]]:
    last_schema = models[max(models)]
    for revision, fingerprint, root, pages, _ in found.tables["snapshot"]:
        if fingerprint == last_schema.fingerprint:
            yield lambda revision=revision, root=root, pages=pages: _thawed(  # type: ignore[misc]
                found, last_schema, revision, root, pages
            )
    for revision, fingerprint, body, _ in found.tables["kept"]:
        for schema in models.values():
            if schema.fingerprint == fingerprint:
                yield lambda revision=revision, schema=schema, body=body: State(  # type: ignore[misc]
                    schema,
                    decode(schema.root, parse(zlib.decompress(body)), Place.ROOT, revision=revision),
                    revision,
                )
    if 1 in models:
        yield lambda: State(models[1], Branch(models[1].root, {}), 0)


def _thawed(found: Salvage, schema: Schema, revision: int, root: str, pages: bytes) -> State:
    there = {row[0]: row for row in found.tables["page"]}
    if not set(unpack(pages)) <= there.keys():
        raise StoreError("pages are missing")

    def load(id: int) -> Row:
        _, body, revisions, holds, _ = there[id]
        return Row(body, revisions, unpack(holds))

    branch = thaw(schema.root, root, load, shelf=("salvage", id(found)))
    encode(schema.root, branch)  # touches every page
    return State(schema, branch, revision)


def _onwards(found: Salvage, models: Mapping[int, Schema], state: State) -> State:
    """As far as unbroken records lead."""
    log = found.log
    while True:
        first, schema = _under(models, state.revision)
        if schema is not state.schema and first == state.revision + 1:
            raw = parse(encode(state.schema.root, state.root))
            root = decode(schema.root, raw, Place.ROOT, revision=state.revision)
            state = State(schema, root, state.revision)
        record = log.get(state.revision + 1)
        if record is None:
            return state
        try:
            edits = edits_from_text(state.schema, record[5])
            root = apply(state.root, edits, record[0])
        except (HoardError, ValueError):
            return state
        state = State(state.schema, root, record[0])
