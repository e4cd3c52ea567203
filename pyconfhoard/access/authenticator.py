"""Credentials to a principal.

*Tokens* are found by their hash: the generated ones (:mod:`pyconfhoard.access.tokens`) and those of users. *Passwords* take
work to check, on purpose: :meth:`Authenticator.check` blocks and belongs into a thread, and what it found is remembered for
:data:`REMEMBERED` seconds, as long as the stored hash is the same. A user who is not there, or has no password, costs the
same work as one who is.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from pyconfhoard.access.certificates import PeerCertificate, name_of
from pyconfhoard.access.passwords import DUMMY, decoy, matches
from pyconfhoard.access.principal import Principal
from pyconfhoard.access.tokens import Tokens, token_digest
from pyconfhoard.access.users import SYSTEM, Users, read_users
from pyconfhoard.errors import Fault, Unauthorized
from pyconfhoard.tree import Branch

__all__ = ["REMEMBERED", "Authenticator"]

REMEMBERED: Final = 60.0
_KNOWN: Final = 1024


class Authenticator:
    """Whom the credentials are of. ``tokens`` are the generated ones; ``running`` gives the configuration of the moment;
    ``now`` the time (aware), ``monotonic`` a clock in seconds."""

    def __init__(
        self,
        tokens: Tokens,
        running: Callable[[], Branch],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tokens = tokens
        self._running = running
        self._now = now
        self._monotonic = monotonic
        self._source: Any = None
        self._users = Users()
        self._secret = secrets.token_bytes(32)
        self._known: dict[bytes, tuple[str, str, float]] = {}

    @property
    def users(self) -> Users:
        """Those of the moment."""
        source = self._running().members.get(SYSTEM)
        if source is not self._source:
            self._users = read_users(self._running())
            self._source = source
        return self._users

    @property
    def takes_passwords(self) -> bool:
        """Whether any user has one."""
        return any(self.users.passwords.values())

    def bearer(self, token: str) -> Principal:
        """Whose token it is. Raises :class:`Unauthorized`; the message says so of a token that is expired."""
        found = self.users.tokens.get(token_digest(token))
        if found is None:
            return self._tokens.authenticate(token)
        if found.expires is not None and self._now() >= found.expires:
            raise _refused(f"the token {found.name} of {found.user} expired at {found.expires.isoformat()}")
        return self._principal(found.user, rights=found.rights)

    def certificate(self, shown: PeerCertificate) -> Principal:
        """Whose client certificate it is. Raises :class:`Unauthorized` for one that no entry maps to a name."""
        name = name_of(shown, self.users.certificates)
        if not name:
            raise _refused(f"the certificate of {shown.common_name or 'the client'} is not mapped to a user")
        return self._principal(name)

    def remembered(self, name: str, password: str) -> Principal | None:
        """Who showed the same name and password a moment ago; None: :meth:`check` them."""
        known = self._known.get(self._memo(name, password))
        if known is None or self._monotonic() > known[2]:
            return None
        user, stored, _ = known
        return self._principal(user) if self.users.passwords.get(user) == stored else None

    def familiar(self, name: str, password: str) -> bool:
        """Whether the same name and password were good before, and the stored hash is still that one: whoever shows them is
        nobody who guesses."""
        known = self._known.get(self._memo(name, password))
        return known is not None and self.users.passwords.get(known[0]) == known[1]

    def check(self, name: str, password: str) -> Principal:
        """Whose name and password they are. Blocks for as long as hashing takes. Raises :class:`Unauthorized`."""
        stored = self.users.passwords.get(name) or self._decoy(name)
        if not matches(password, stored):
            raise _refused("the name or the password is wrong")
        principal = self._principal(name)
        if len(self._known) >= _KNOWN:
            self._known.clear()
        self._known[self._memo(name, password)] = (name, stored, self._monotonic() + REMEMBERED)
        return principal

    def _decoy(self, name: str) -> str:
        """As hard as the hash of one of the users, always the same one for a name: hashes that were brought along may
        be easier than ours, and that would tell which names there are."""
        stored = [one for one in self.users.passwords.values() if one]
        if not stored:
            return DUMMY
        return decoy(stored[self._memo(name, "")[0] % len(stored)])

    def _principal(self, name: str, **more: Any) -> Principal:
        if self._tokens.is_reserved(name):
            raise _refused(f"{name} is the name of a Thing here: rename the user")
        return Principal(name, "user", **more)

    def _memo(self, name: str, password: str) -> bytes:
        """A key of which the password cannot be found again."""
        text = f"{len(name)}:{name}{password}".encode("utf-8", "surrogatepass")
        return hmac.new(self._secret, text, hashlib.sha256).digest()


def _refused(why: str) -> Unauthorized:
    return Unauthorized(Fault("access-denied", why, type="protocol"))
