"""Compiled schemas kept in files, so that a warm start reads JSON and imports no pyang.

A file ``schema-<hash>.json`` is named after the question (modules, folders, features) and holds,
in its first line, how it was answered: every module file that was read, by the name and revision
that were looked for, with the sha256 of its content; and, after that line, the schema's
:func:`~pyconfhoard.schema.codec.dump`. It holds still if every one of these look-ups leads to the
same file with the same content. So it notices a changed file, a removed one, and also a new one
that goes before an old one, in an earlier folder or by a newer revision.

A cache that cannot be read, was cut short or was written by another version is as good as none, and
one that cannot be written costs time only: neither stops a start. Files are written whole or not at
all, for the owner's eyes only, and the oldest beyond :data:`KEPT` go.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from pyconfhoard.schema.codec import FORMAT, dump, restore
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.schema.repository import Library, Source

__all__ = ["KEPT", "Cache", "kept_dump"]

KEPT: Final = 8
"""So many files stay in a cache folder."""

_log = logging.getLogger(__name__)


class Cache:
    """One question's place in a cache folder. The folder is made when there is something to keep."""

    def __init__(
        self,
        folder: Path,
        modules: Sequence[str],
        folders: Sequence[Path],
        features: Mapping[str, Collection[str]] | None,
        compiler: int,
    ) -> None:
        question = {
            "format": FORMAT,
            "compiler": compiler,
            "modules": sorted(set(modules)),
            "folders": [str(each) for each in folders],
            "features": {name: sorted(chosen) for name, chosen in sorted((features or {}).items())},
        }
        digest = hashlib.sha256(json.dumps(question).encode()).hexdigest()
        self.path: Path = folder / f"schema-{digest[:32]}.json"

    def load(self, library: Library) -> Schema | None:
        """What was kept, if it holds still."""
        try:
            content = self.path.read_bytes()
        except OSError:
            return None
        head, _, body = content.partition(b"\n")
        try:
            told = json.loads(head)
            if told["sha256"] != hashlib.sha256(body).hexdigest():
                return None
            sources = [Source(*row) for row in told["sources"]]
            if not all(_holds(source, library) for source in sources):
                return None
            return restore(body)
        except (KeyError, TypeError, ValueError):
            return None

    def keep(self, schema: Schema, sources: Collection[Source]) -> None:
        """Write the schema and what it was made from."""
        body = dump(schema)
        head = {
            "sha256": hashlib.sha256(body).hexdigest(),
            "sources": [[each.name, each.revision, each.path, each.sha256] for each in sources],
        }
        folder = self.path.parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=folder, prefix=".schema-", delete=False) as file:
                try:
                    file.write(json.dumps(head).encode() + b"\n" + body)
                    file.flush()
                    os.replace(file.name, self.path)
                except OSError:
                    os.unlink(file.name)
                    raise
            _drop_oldest(folder)
        except OSError as failure:
            _log.warning("the schema cannot be cached: %s", failure.strerror)


def kept_dump(folder: Path, fingerprint: str) -> bytes | None:
    """The dump of the schema with this fingerprint, if a cache folder has it: a second copy of what a journal holds."""
    for file in sorted(folder.glob("schema-*.json")):
        with suppress(OSError, KeyError, TypeError, ValueError):
            head, _, body = file.read_bytes().partition(b"\n")
            if json.loads(head)["sha256"] == hashlib.sha256(body).hexdigest():
                schema = restore(body)
                if schema.fingerprint == fingerprint:
                    return body
    return None


def _holds(source: Source, library: Library) -> bool:
    found = library.find(source.name, source.revision)
    if found is None or str(found.path) != source.path:
        return False
    try:
        content = found.path.read_bytes()
    except OSError:
        return False
    return hashlib.sha256(content).hexdigest() == source.sha256


def _drop_oldest(folder: Path) -> None:
    files = sorted(folder.glob("schema-*.json"), key=_age, reverse=True)
    for file in files[KEPT:]:
        with suppress(OSError):  # another process was faster
            file.unlink()


def _age(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0
