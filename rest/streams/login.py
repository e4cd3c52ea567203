"""Whether who opened a stream would still be let in: a request without end outlives tokens and passwords."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable

from falcon.asgi import Request

from pyconfhoard.access.authenticator import Authenticator
from pyconfhoard.errors import Unauthorized

from ..auth import principal_of
from ..tls_clients import shown_by

__all__ = ["login_of"]


def login_of(request: Request, authenticator: Authenticator) -> Callable[[], bool]:
    """Asked again and again, says whether the credentials of a request that was let in are still good, for the same rights:
    the token is there and has not expired, the user has the same password, the certificate is mapped to the same user."""
    scheme, _, rest = (request.get_header("Authorization") or "").partition(" ")
    before = principal_of(request)
    if scheme.lower() == "bearer":
        token = rest.strip()

        def bears() -> bool:
            try:
                now = authenticator.bearer(token)
            except Unauthorized:
                return False
            return (now.name, now.kind, now.rights, now.path) == (
                before.name,
                before.kind,
                before.rights,
                before.path,
            )

        return bears
    if scheme.lower() == "basic":
        name = b64decode(rest.strip()).decode("utf-8").partition(":")[0]
        hashed = authenticator.users.passwords.get(name)
        return lambda: authenticator.users.passwords.get(name) == hashed
    shown = shown_by(request.scope.get("client"))

    def shows() -> bool:
        try:
            return shown is not None and authenticator.certificate(shown).name == before.name
        except Unauthorized:
            return False

    return shows
