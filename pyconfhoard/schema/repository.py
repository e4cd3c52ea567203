"""Which file holds a module.

Rules, in their order:

1. Folders are asked in the order given: the user's, the project's ``yang/``, pyang's own. The
   first that has a module at all decides; what later folders hold of that name is not looked at.
   So a user's older copy beats a newer one of ours.
2. Import by revision asks for the first folder that has *that* revision.
3. Within a folder (searched with its sub-folders, hidden ones left out) the newest revision wins.
   A file is named ``name.yang`` or ``name@YYYY-MM-DD.yang`` (RFC 7950 section 5.2), or the same
   with ``.yin``. Where the name does not tell the revision and there is a choice, the text does.

No pyang here: a warm start uses this module to see whether its cache still holds.
"""

from __future__ import annotations

import hashlib
import re
import site
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import scandir
from pathlib import Path
from typing import Final

from pyconfhoard.errors import ModelError

__all__ = ["PROJECT_YANG", "Library", "ModuleFile", "Source", "shipped_folder"]

_FILE: Final = re.compile(r"([A-Za-z_][\w.-]*?)(?:@(\d{4}-\d{2}-\d{2}))?\.(yang|yin)", re.ASCII)
_REVISION: Final = re.compile(r"""(?:^|[\s{;}<])revision\s+(?:date\s*=\s*)?["']?(\d{4}-\d{2}-\d{2})""")
_COMMENT: Final = re.compile(r"/\*.*?\*/|(?:^|(?<=\s))//[^\n]*", re.DOTALL)


def _project_folder() -> Path:
    package = Path(__file__).parents[1]
    inside = package / "yang"
    return inside if inside.is_dir() else package.parent / "yang"


PROJECT_YANG: Final = _project_folder()
"""The project's own modules: ``pyconfhoard/yang`` in an installed package, ``yang`` in a checkout."""


def shipped_folder() -> Path | None:
    """The IETF and IANA modules that pyang's package installs, or None if they are nowhere."""
    for prefix in (sys.prefix, f"{sys.prefix}/local", site.getuserbase()):
        folder = Path(prefix, "share", "yang", "modules")
        if folder.is_dir():
            return folder
    return None


@dataclass(frozen=True, slots=True)
class ModuleFile:
    """One file of a module or submodule; ``revision`` as the file's name tells it, or empty."""

    name: str
    revision: str
    path: Path

    @property
    def yin(self) -> bool:
        return self.path.suffix == ".yin"


@dataclass(frozen=True, slots=True)
class Source:
    """That a module (of one revision, or whichever) was looked for, what was found, and its content."""

    name: str
    revision: str
    path: str
    sha256: str

    @classmethod
    def of(cls, file: ModuleFile, revision: str, content: bytes) -> Source:
        return cls(file.name, revision, str(file.path), hashlib.sha256(content).hexdigest())


class Library:
    """The module files of some folders, by the rules at the head of this module.

    Folders are listed when the library is made; files are read only where two compete. Raises
    :class:`ModelError` if a folder cannot be listed.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._shelves = [_shelf(folder) for folder in folders]

    @classmethod
    def of(cls, folders: Sequence[Path]) -> Library:
        """The library of the given folders and, after them, of pyang's shipped modules."""
        shipped = shipped_folder()
        return cls([*folders, shipped] if shipped else folders)

    def find(self, name: str, revision: str = "") -> ModuleFile | None:
        """The file of a module or submodule, the newest or of one revision; None if there is none."""
        for shelf in self._shelves:
            files = shelf.get(name)
            if not files:
                continue
            if not revision:
                return files[0] if len(files) == 1 else max(files, key=_revision)
            for file in files:
                if revision == file.revision or (not file.revision and revision == _revision(file)):
                    return file
        return None

    def names(self) -> Iterator[str]:
        """Every module and submodule name, for near misses."""
        seen: set[str] = set()
        for shelf in self._shelves:
            seen.update(shelf)
        return iter(sorted(seen))


def _shelf(folder: Path) -> dict[str, list[ModuleFile]]:
    shelf: dict[str, list[ModuleFile]] = {}
    seen: set[tuple[int, int]] = set()
    waiting = [str(folder)]
    while waiting:
        here = waiting.pop(0)
        try:
            with scandir(here) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as failure:
            if here == str(folder):
                raise ModelError(f"the YANG folder {folder} cannot be read: {failure.strerror}") from failure
            continue
        for entry in entries:
            named = _FILE.fullmatch(entry.name)
            if named and entry.is_file():
                name, revision, _ = named.groups(default="")
                shelf.setdefault(name, []).append(ModuleFile(name, revision, Path(entry.path)))
            elif not named and not entry.name.startswith(".") and entry.is_dir():
                status = entry.stat()
                if (status.st_dev, status.st_ino) not in seen:
                    seen.add((status.st_dev, status.st_ino))
                    waiting.append(entry.path)
    return shelf


def _revision(file: ModuleFile) -> str:
    """The newest revision that a file tells, in its name or in its text; empty if it has none."""
    if file.revision:
        return file.revision
    try:
        text = file.path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""  # whoever reads it in earnest reports it
    return max(_REVISION.findall(_COMMENT.sub(" ", text)), default="")
