"""The checker beside a hoard at work: what stood in the folder at one moment, while commits go on.

*One moment.* SQLite gives a reader the file as it was when its transaction began. So one connection, that may only read,
begins a transaction and ends it when all is read. Until then the WAL is not begun anew: it grows by what is committed
meanwhile, and a hoard brings it back to its size afterwards.

*Where nobody can write*, on a disk that the kernel has made read-only after a fault, say, this is the way to read what is
there: no lock can be taken, and none is needed.

*A process of its own* (:func:`main`), at low priority: it decodes and validates all of the data, and in the hoard's
process that would take turns with its answers, and leave the memory behind.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from pyconfhoard.errors import NotFound, StoreError
from pyconfhoard.store.checker import check_file, check_journal, json_files
from pyconfhoard.store.sqlite import SqliteJournal

__all__ = ["Checked", "PinnedJournal", "check_beside", "main", "read_answer", "reading"]

_NICE: Final = 10
"""How much the process stands back behind the hoard and its Things."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: ``problems`` in words, empty when the datastore is whole, at ``revision``; 0 for one that could
    not be read."""

    revision: int
    problems: tuple[str, ...]


class PinnedJournal(SqliteJournal):
    """The journal in ``path`` as it was when this was made; only to be read. Raises :class:`NotFound` where there is
    none, else :class:`StoreError`. Whatever would write raises :class:`StoreError`."""

    def _demand(self, path: Path) -> None:
        if not path.exists():
            raise NotFound(f"there is no datastore in {path.parent}")
        if path.stat().st_size == 0:
            raise self._damaged("it is empty")

    def _open(self) -> None:
        place = f"file:{quote(str(self.path.absolute()))}?{reading(self.path)}"
        with self._sqlite_errors():
            reader = self._disk(place, uri=True, isolation_level=None, check_same_thread=False, timeout=5.0)
            try:
                reader.execute("BEGIN")
                self._look(reader)  # the first read is that of which the moment is
            except BaseException:
                reader.close()
                raise
        self._id = ""
        self._reader = reader

    def _sweep(self) -> frozenset[int]:
        last = self.snapshot()
        return last.pages if last is not None else frozenset()


def reading(journal: Path) -> str:
    """How SQLite is to read a journal that somebody may be writing: where nobody can, without files of its own beside it."""
    at_rest = not os.access(journal.parent, os.W_OK) and not journal.with_name(f"{journal.name}-wal").exists()
    return "mode=ro&immutable=1" if at_rest else "mode=ro"


def check_beside(folder: Path) -> Checked:
    """Everything wrong with the datastore in ``folder``, whoever uses it: as :func:`~pyconfhoard.store.checker.check`, of
    one moment. Raises :class:`NotFound` where there is none."""
    files = [wrong for file in json_files(folder) if (wrong := check_file(file))]
    try:
        journal = PinnedJournal(folder / "journal.db")
    except NotFound:
        raise
    except StoreError as error:
        return Checked(0, (*files, str(error)))
    try:
        return Checked(journal.head, (*files, *check_journal(journal)))
    finally:
        journal.close()


def read_answer(text: bytes) -> Checked:
    """What :func:`main` printed. Raises ``ValueError`` for anything else."""
    match json.loads(text):
        case {"revision": int(revision), "problems": list(problems)}:
            return Checked(revision, tuple(map(str, problems)))
    raise ValueError("it is not what a check tells")


def main() -> int:
    """``python -m pyconfhoard.store.beside FOLDER``: check, and print what :func:`read_answer` reads."""
    os.nice(_NICE)
    found = check_beside(Path(sys.argv[1]))
    sys.stdout.write(json.dumps({"revision": found.revision, "problems": found.problems}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
