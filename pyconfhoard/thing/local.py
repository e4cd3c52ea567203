"""What a Thing keeps on its own disk, in ``<datastore>/run/``, all of it mode 0600.

============================== ===============================================================
``<Thing>.token``              its token; on the hoard's machine the hoard itself leaves it there
``things/<Thing>.json``        its last configuration, and that of what it follows
``things/<Thing>.schema.json`` the schema that this configuration is of
============================== ===============================================================

A Thing starts from these when there is no hoard. Files are replaced whole (temporary, fsync,
rename): a power cut leaves the old one or the new one. A damaged one counts as absent.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pyconfhoard.errors import BadInput, Fault

__all__ = ["LocalCopy", "check_name"]

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}").fullmatch


def check_name(name: str) -> str:
    """A Thing's name is a file name and a part of URLs. Raises :class:`BadInput`."""
    if not _NAME(name):
        raise BadInput(
            Fault(
                "invalid-value",
                "a Thing's name is a letter or '_', then up to 63 letters, digits, '_', '-' or '.'",
                value=name,
            )
        )
    return name


class LocalCopy:
    """The files of the Thing ``name`` below ``run``, the datastore's run-time folder."""

    def __init__(self, run: Path, name: str) -> None:
        self.folder = run / "things"
        self.name = check_name(name)

    @property
    def token_file(self) -> Path:
        return self.folder.parent / f"{self.name}.token"

    @property
    def config_file(self) -> Path:
        return self.folder / f"{self.name}.json"

    @property
    def schema_file(self) -> Path:
        return self.folder / f"{self.name}.schema.json"

    def token(self) -> str:
        """The kept token, empty when there is none."""
        return _read(self.token_file).decode(errors="replace").strip()

    def keep_token(self, token: str) -> None:
        """Raises :class:`StoreError` when the folder cannot be written."""
        _write(self.token_file, f"{token}\n".encode())

    def schema(self) -> bytes:
        """The kept schema in its stored form, empty when there is none."""
        return _read(self.schema_file)

    def keep_schema(self, schema: bytes) -> None:
        _write(self.schema_file, schema)

    def config(self) -> dict[str, Any]:
        """The kept configuration, as ``Replica.dump`` gave it; empty when there is none."""
        try:
            kept = json.loads(_read(self.config_file) or b"{}")
        except ValueError:
            return {}
        return kept if isinstance(kept, dict) else {}

    def keep_config(self, config: Mapping[str, Any]) -> None:
        _write(self.config_file, json.dumps(config, indent=1).encode())


def _read(path: Path) -> bytes:
    with contextlib.suppress(OSError):
        return path.read_bytes()
    return b""


def _write(path: Path, content: bytes) -> None:
    from pyconfhoard.store.disk import disk_errors, write_file  # noqa: PLC0415 - draws in OpenSSL, and a supervisor only reads

    with disk_errors(f"cannot write {path.name} in the datastore's run folder"):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_file(path, (content,), mode=0o600)
