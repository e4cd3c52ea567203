"""The files of a datastore folder: ``startup/``, ``persist/``, ``operational/``.

They follow the journal and never lead it. What is ours and what a person changed is told by content:

* before a persist file is renamed into place, its sha256 and the revision that it was made of are in
  the journal, durably; after the rename only that mark stays. A crash in between leaves a file with
  one of the two known contents.
* at a start, a file with a known content is ours, and is written anew when the journal has gone on.
  One with an unknown content was edited by hand: a change against the revision of our last mark.
* a missing file is written again. It never means that its data was deleted.
* a file with an unknown content that *nobody wrote to* was changed by its disk. That is so when its inode, size and
  time of change are those of when it was known to be ours: whoever writes to a file changes that time, and no
  program can set it. It is kept aside and written again; a bit that flips in a setpoint is nobody's wish.
  The time is coarse, so it is noted when it is some seconds old.

``operational`` files change all the time and are worth nothing after a power cut: they are replaced
atomically, but not synced.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from pyconfhoard.errors import BadInput, Fault, StoreError
from pyconfhoard.store.disk import disk_errors, private_folder, sha256_file, write_file
from pyconfhoard.store.journal import FileMark, Journal

__all__ = ["FOLDERS", "Files", "Found", "valid_name"]

FOLDERS: Final = ("startup", "persist", "operational", "run")

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")


def valid_name(name: str) -> str:
    """``name``, fit to name an owner and its files. Raises :class:`BadInput` when it is not."""
    if not _NAME.fullmatch(name):
        raise BadInput(
            Fault(
                "invalid-value",
                "the name of a Thing is a letter or underscore and up to 63 letters, digits, underscores, "
                "hyphens or dots: it names files",
                value=name,
            )
        )
    return name


_COARSE: Final = 2.0
"""Seconds within which two writes may have the same time of change."""

_LOG: Final = logging.getLogger("pyconfhoard.hoard")


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in a persist file's place. ``mark``: our last one, whose revision it is based on."""

    state: Literal["missing", "ours", "edited"]
    mark: FileMark | None


class Files:
    """The files of ``folder``, whose marks are in ``journal``. All methods block on the disk."""

    def __init__(self, folder: Path, journal: Journal) -> None:
        self.folder = folder
        self._journal = journal
        self._stamps: dict[str, str] = {}
        """Of files that were written lately."""
        with disk_errors(f"the datastore folder {folder} cannot be used"):
            for name in FOLDERS:
                private_folder(folder / name)
            for kind in FOLDERS[:3]:
                for leftover in (folder / kind).glob(".*.tmp"):
                    leftover.unlink(missing_ok=True)

    def path(self, kind: Literal["startup", "persist", "operational"], owner: str) -> Path:
        """Where an owner's file of a kind stands."""
        return self.folder / kind / f"{owner}.json"

    def find(self, owner: str) -> Found:
        """Look at an owner's persist file. Raises :class:`StoreError` when it cannot be read."""
        path = self.path("persist", owner)
        marks = self._journal.file_marks(f"persist/{owner}.json")
        last = marks[-1] if marks else None
        with disk_errors(f"persist/{path.name} cannot be read"):
            if not path.exists():
                return Found("missing", last)
            stamp = _stamp(path)
            digest = sha256_file(path)
        for mark in marks:
            if mark.sha256 == digest:
                self._note(f"persist/{path.name}", stamp)
                return Found("ours", mark)
        if stamp == self._journal.file_stamp(f"persist/{path.name}"):
            aside = self.keep_aside(owner, StoreError("its content has changed although nobody wrote to it"))
            _LOG.warning("persist/%s was damaged by the disk and is kept as %s", path.name, aside.name)
            return Found("missing", last)
        # Of two marks the file was made of the older one: the newer content never came to stand there.
        return Found("edited", marks[0] if marks else None)

    def stamp(self) -> None:
        """Some seconds after files were written: note what the file system says of them, so that damage can be told from
        an edit later. Raises :class:`StoreError`."""
        written, self._stamps = self._stamps, {}
        for file, stamp in written.items():
            self._note(file, stamp)

    def _note(self, file: str, stamp: str) -> None:
        path = self.folder / file
        with disk_errors(f"{file} cannot be read"):
            now = _stamp(path) if path.exists() else ""
            young = bool(now) and abs(time.time() - path.stat().st_ctime) < _COARSE
        if now == stamp and not young and self._journal.file_stamp(file) != stamp:
            self._journal.stamp_file(file, stamp)

    def read(self, kind: Literal["startup", "persist", "operational"], owner: str) -> bytes | None:
        """The content, or None where there is no such file."""
        path = self.path(kind, owner)
        with disk_errors(f"{kind}/{path.name} cannot be read"):
            return path.read_bytes() if path.exists() else None

    def ours(self, kind: Literal["startup", "persist"], owner: str) -> bool:
        """Whether there is such a file and its content is what we wrote."""
        path = self.path(kind, owner)
        with disk_errors(f"{kind}/{path.name} cannot be read"):
            if not path.exists():
                return False
            digest = sha256_file(path)
        return any(mark.sha256 == digest for mark in self._journal.file_marks(f"{kind}/{path.name}"))

    def write_persist(self, owner: str, document: Iterable[bytes], revision: int) -> None:
        """Replace an owner's persist file by a document made of ``revision``."""
        self._write_marked(f"persist/{owner}.json", document, revision)

    def write_startup(self, owner: str, document: Iterable[bytes]) -> None:
        """Write an owner's first-boot file."""
        self._write_marked(f"startup/{owner}.json", document, 0)

    def _write_marked(self, file: str, document: Iterable[bytes], revision: int) -> None:
        def mark(digest: str) -> None:
            self._journal.mark_file(file, FileMark(revision, digest))

        digest = self._write(self.folder / file, document, before_rename=mark)
        with disk_errors(f"{file} cannot be read"):
            self._stamps[file] = _stamp(self.folder / file)
        self._journal.settle_file(file, FileMark(revision, digest))

    def write_operational(self, owner: str, document: Iterable[bytes]) -> None:
        """Replace an owner's last readings, without a sync."""
        self._write(self.path("operational", owner), document, durable=False)

    def _write(
        self,
        path: Path,
        document: Iterable[bytes],
        *,
        durable: bool = True,
        before_rename: Callable[[str], None] | None = None,
    ) -> str:
        with disk_errors(f"{path.parent.name}/{path.name} cannot be written"):
            return write_file(path, document, durable=durable, before_rename=before_rename)

    def keep_aside(self, owner: str, error: Exception) -> Path:
        """Move an owner's refused persist file to ``<name>.refused-<n>.json`` with the reason beside it.

        The new path; the file is left alone where it cannot be moved, and that raises :class:`StoreError`.
        """
        path = self.path("persist", owner)
        number = 1
        while (aside := path.with_name(f"{owner}.refused-{number}.json")).exists():
            number += 1
        reason = f"{path.name} was not taken over, because:\n{error}\n"
        self._write(aside.with_suffix(".reason.txt"), [reason.encode()])
        with disk_errors(f"persist/{path.name} cannot be kept aside"):
            path.rename(aside)
        return aside

    def explain(self, kind: str, owner: str, error: Exception) -> StoreError:
        """The error for a first-boot file that cannot be taken."""
        return StoreError(
            Fault(
                "operation-failed",
                f"{kind}/{owner}.json cannot be taken as first data: {error}. Correct the file or remove it",
            )
        )


def _stamp(path: Path) -> str:
    status = path.stat()
    return f"{status.st_ino} {status.st_size} {status.st_ctime_ns}"
