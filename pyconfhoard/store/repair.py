"""Repair: a datastore folder that starts again, with the last good revision, and nothing thrown away.

A damaged journal moves, whole, to ``damaged-<n>/`` in the folder, and a new one is made of what can still be read of it
(:mod:`pyconfhoard.store.salvage`). It goes on after the last revision that anything spoke of, so that no number means
two things: revisions that were lost stand in it without changes, and one more says what was done.

Persist files are a second copy: one that was written from a revision that was lost is newer than the journal
then, and is taken over by the next start like an edit by hand. JSON files that cannot be read move aside, too.
"""

from __future__ import annotations

import json
import os
import shutil
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pyconfhoard.errors import BadInput, StoreError
from pyconfhoard.store.checker import check_file, check_journal, json_files
from pyconfhoard.store.disk import disk_errors, private_folder, sync_folder
from pyconfhoard.store.journal import Model, write_time
from pyconfhoard.store.lock import FolderLock
from pyconfhoard.store.salvage import Salvage, State, salvage
from pyconfhoard.store.snapshots import freeze_into
from pyconfhoard.store.sqlite import SqliteJournal
from pyconfhoard.store.sqlite_tables import checksum

__all__ = ["repair"]

_SUFFIXES: Final = ("", "-wal", "-shm")


def repair(folder: Path) -> list[str]:
    """Make the datastore in ``folder`` whole again; what was wrong and what was done, empty when it was whole.

    Raises :class:`~pyconfhoard.errors.DatastoreInUse` while a hoard has it open, and :class:`StoreError` when the disk
    does not do what it should: what was moved aside is in ``damaged-<n>/`` then.
    """
    with FolderLock(folder, timeout=0), disk_errors(f"the datastore folder {folder} cannot be repaired"):
        aside = _Aside(folder)
        said: list[str] = []
        for file in json_files(folder):
            if wrong := check_file(file):
                said += [wrong, f"{file.relative_to(folder)} was moved to {aside.take(file)}"]
        path = folder / "journal.db"
        if path.exists() and (found := _wrong(path)):
            said += found
            said += _anew(path, aside)
        return said


class _Aside:
    """The folder for what is damaged, made when it is needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._place: Path | None = None

    @property
    def place(self) -> Path:
        if self._place is None:
            number = 1
            while (place := self._folder / f"damaged-{number}").exists():
                number += 1
            private_folder(place)
            self._place = place
        return self._place

    def take(self, file: Path) -> str:
        """Move a file there; its new place in words."""
        target = self.place / file.relative_to(self._folder)
        private_folder(target.parent)
        os.replace(file, target)
        sync_folder(target.parent)
        sync_folder(file.parent)
        return str(target.relative_to(self._folder))


def _wrong(path: Path) -> list[str]:
    try:
        journal = SqliteJournal(path)
    except StoreError as error:
        return [str(error)]
    try:
        return check_journal(journal)
    finally:
        journal.close()


def _anew(path: Path, aside: _Aside) -> list[str]:
    work = aside.place / "salvage.db"
    for suffix in _SUFFIXES:
        file = Path(f"{path}{suffix}")
        if file.exists():
            shutil.copyfile(file, f"{work}{suffix}")
    found = salvage(work, path.parent / "run")
    for suffix in _SUFFIXES:
        Path(f"{work}{suffix}").unlink(missing_ok=True)
        file = Path(f"{path}{suffix}")
        if file.exists():
            aside.take(file)
    said = [f"the damaged journal was moved to {aside.place.name}/"]
    if found.state is None:
        return [
            *said,
            "nothing could be read of it: the next start begins anew from the files in persist/, "
            "and Things have to be registered again",
        ]
    _fill(path, found, found.state)
    return said + list(_told(found, found.state))


def _told(found: Salvage, state: State) -> Iterable[str]:
    lost = found.head - state.revision
    if lost:
        span = f"{state.revision + 1} to {found.head}" if lost > 1 else str(found.head)
        yield f"the last good revision is {state.revision}; lost: {span}"
    else:
        yield f"the last revision, {state.revision}, is whole"
    first = _first(found, state)
    if first > 1:
        yield f"history begins at revision {first}"
    for file, _, revision, _ in found.tables["file"]:
        if revision > state.revision:
            yield f"{file} was written from revision {revision}: the next start takes it over"
    if not found.tables["owner"]:
        yield "no Thing is known any more: register them again"


def _first(found: Salvage, state: State) -> int:
    """From which revision on the records up to the state are unbroken."""
    first, log = state.revision + 1, found.log
    while first - 1 in log:
        first -= 1
    return first


def _fill(path: Path, found: Salvage, state: State) -> None:
    tables = found.tables
    first, last = _first(found, state), state.revision
    meta = dict(tables["meta"])
    head = max(found.head, last) + 1
    labelled = {row[1] for row in tables["label"]}
    log = {
        row[0]: row
        for row in tables["log"]
        if row[0] <= last and (row[0] >= first or not row[5] or row[0] in labelled)
    }
    for lost in range(last + 1, head):
        log[lost] = _record(lost, "lost: the journal was damaged here")
    log[head] = _record(head, f"repaired: back to revision {last}" if head > last + 1 else "repaired")
    fingerprint = state.schema.fingerprint
    model = max(row for row in tables["model"] if row[1] == fingerprint and row[0] <= last + 1)
    blame = [row for row in tables["blame"] if row[1] <= last]
    indexed = min(_number(meta.get("indexed")), last)
    journal = SqliteJournal(path)
    try:
        journal.fill(
            {
                "log": list(log.values()),
                "model": [row for row in tables["model"] if row[0] <= model[0]],
                "owner": tables["owner"],
                "file": [row for row in tables["file"] if row[2] <= last],
                "label": [row for row in tables["label"] if row[1] in log],
                "kept": [row for row in tables["kept"] if row[0] <= last],
                "blame": blame,
                "meta": [
                    ("first", str(first)),
                    ("indexed", str(indexed if blame else first - 1)),
                    ("unconfirmed", _unconfirmed(meta, first, last)),
                ],
            }
        )
        snapshot = freeze_into(journal, state.root, head, fingerprint)
        journal.add_model(Model(model[0], fingerprint, zlib.decompress(model[2])), snapshot)
    finally:
        journal.close()


def _record(revision: int, comment: str) -> tuple[Any, ...]:
    row = (revision, write_time(datetime.now(UTC)), "hoard", "repair", comment, "[]", "[]")
    return (*row, checksum(*row))


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() else 0


def _unconfirmed(meta: dict[str, str], first: int, last: int) -> str:
    """A confirmed commit that waited still does, if its way back is there."""
    text = meta.get("unconfirmed", "")
    try:
        base = int(json.loads(text)["base"]) if text else -1
    except (ValueError, KeyError, TypeError, BadInput):
        return ""
    return text if first - 1 <= base <= last else ""
