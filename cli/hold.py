"""The shared candidate and running, kept from others while one session configures exclusively.

Locks are leases (``pyconfhoard-locks``): they are renewed beside the session for as long as it lives, and end soon after it
when it dies. What is pending in the candidate ends with its lock.
"""

from __future__ import annotations

import contextlib
from threading import Event, Thread
from typing import Final

from pyconfhoard.schema.types.base import Json

from .client import Client, RemoteError, Unreachable

__all__ = ["LEASE", "Hold", "others"]

LEASE: Final = 60
"""Seconds after which the locks of a session that died are free."""

_LOCKS: Final = "pyconfhoard-locks"
_NOT_FOUND: Final = 404


class Hold:
    """The locks of the session that ``client`` is, from their making until :meth:`release`.

    Raises :class:`RemoteError` when they are not to be had, with who has them, and :class:`Unreachable`; none is kept then.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lease = LEASE
        self._over = Event()
        self._take("candidate")
        try:
            self._take("running")
        except BaseException:
            with contextlib.suppress(RemoteError, Unreachable):  # the first error is the one to tell
                self.release()
            raise
        Thread(target=self._keep, name="locks", daemon=True).start()

    def renew(self) -> bool:
        """Whether they are held; if so, for a whole lease from now on."""
        try:
            self._client.call(_LOCKS, "renew-lock")
        except RemoteError as error:
            if error.status != _NOT_FOUND:
                raise
            return False
        return True

    def release(self) -> None:
        """Give them back."""
        self._over.set()
        try:
            self._client.call(_LOCKS, "unlock")
        except RemoteError as error:
            if error.status != _NOT_FOUND:
                raise

    def _take(self, target: str) -> None:
        self._client.call(_LOCKS, "lock", target=target, lease=self._lease)

    def _keep(self) -> None:
        """Renew while the session waits for a person. What fails shows when the session renews next."""
        with contextlib.closing(self._client.beside()) as beside:
            while not self._over.wait(self._lease / 3):
                with contextlib.suppress(RemoteError, Unreachable):
                    beside.call(_LOCKS, "renew-lock")


def others(client: Client) -> dict[str, list[str]]:
    """What sessions other than this one have locked, by who that is; nothing for whom may not know."""
    found: dict[str, list[str]] = {}
    try:
        listed: list[Json] = client.call(_LOCKS, "list-locks").get("lock", [])
    except RemoteError:
        return found
    for lock in listed:
        if lock.get("session") != client.session:
            found.setdefault(lock["owner"], []).extend(lock.get("path") or [lock["target"]])
    return found
