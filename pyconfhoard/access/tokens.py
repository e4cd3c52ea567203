"""The generated tokens: the administrator's, and one for each Thing.

The **administrator's** token is made at the first start in ``run/admin.token``, readable by its owner
only; programs of that user on the same machine find it there. Each **Thing** has a token of its own:
the registry keeps its sha256 (a token has 256 bits of randomness, so a plain hash is enough), and
``run/<Thing>.token`` gives it to the Thing's process on this machine.

Those of users are configuration: :mod:`pyconfhoard.access.users`.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from pathlib import Path as File

from pyconfhoard.access.principal import ADMIN, THINGS, Principal
from pyconfhoard.errors import Fault, Unauthorized
from pyconfhoard.store.disk import disk_errors, write_file
from pyconfhoard.tree import Path

__all__ = ["Tokens", "token_digest"]


def token_digest(token: str) -> str:
    """What the registry keeps of a token: its sha256, hex."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class Tokens:
    """The tokens of the hoard whose run-time files are in ``run``.

    The administrator's token is made now if it is not there. Raises :class:`StoreError` when it
    cannot be.
    """

    def __init__(self, run: File) -> None:
        self._run = run
        self._things: dict[str, tuple[str, Path]] = {}
        self._admin = token_digest(self._admin_token())

    @property
    def admin_file(self) -> File:
        """Where the administrator's token is."""
        return self._run / "admin.token"

    def thing_file(self, name: str) -> File:
        """Where a Thing's token is, for its process on this machine."""
        return self._run / f"{name}.token"

    def _admin_token(self) -> str:
        found = _read(self.admin_file)
        if not found:
            found = secrets.token_urlsafe(32)
            _keep(self.admin_file, found)
        elif self.admin_file.stat().st_mode & 0o077:
            with disk_errors("run/admin.token cannot be made private"):
                os.chmod(self.admin_file, 0o600)
        return found

    def know(self, things: Mapping[str, tuple[str, Path]]) -> None:
        """The registered Things: by name, the sha256 of the token and the subtree."""
        self._things = {name: entry for name, entry in things.items() if entry[0]}

    def is_reserved(self, name: str) -> bool:
        """Whether a user of that name would be taken for somebody else: the administrator, or a Thing."""
        return name == ADMIN.name or name in self._things

    def issue(self, name: str) -> tuple[str, str]:
        """The token of a Thing and its sha256, which the caller registers. The one in the Thing's file stays
        good as long as the registry knows it."""
        found = _read(self.thing_file(name))
        known = self._things.get(name)
        if found and known is not None and hmac.compare_digest(token_digest(found), known[0]):
            return found, known[0]
        fresh = secrets.token_urlsafe(32)
        _keep(self.thing_file(name), fresh)
        return fresh, token_digest(fresh)

    def authenticate(self, token: str) -> Principal:
        """Who holds ``token``. Raises :class:`Unauthorized`; takes as long for a wrong one as for a right one."""
        digest = token_digest(token)
        found: Principal | None = None
        if hmac.compare_digest(digest, self._admin):
            found = ADMIN
        for name, (known, path) in self._things.items():
            if hmac.compare_digest(digest, known):
                found = Principal(name, "thing", path, frozenset({THINGS}))
        if found is None:
            raise Unauthorized(Fault("access-denied", "the token is not known here", type="protocol"))
        return found


def _read(path: File) -> str:
    with disk_errors(f"run/{path.name} cannot be read"):
        return path.read_text(encoding="ascii", errors="replace").strip() if path.exists() else ""


def _keep(path: File, token: str) -> None:
    """Write a secret so that no one else ever could open it: created with mode 0600, renamed into place."""
    with disk_errors(f"run/{path.name} cannot be written"):
        write_file(path, [token.encode() + b"\n"], mode=0o600)
