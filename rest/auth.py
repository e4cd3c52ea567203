"""Who asks: the bearer token of a request (RFC 6750), checked before anything else is looked at.

Everything but :data:`OPEN` needs one. The answer to a request without says what to type.
"""

from __future__ import annotations

import shlex
from typing import Any, Final

from falcon.asgi import Request, Response, WebSocket

from pyconfhoard.access import Principal
from pyconfhoard.access.nacm import Access
from pyconfhoard.errors import Unauthorized

from .errors import HttpError
from .pages import PAGES
from .runtime import Runtime

__all__ = ["OPEN", "Gate", "access_of", "principal_of"]

OPEN: Final = frozenset({"/healthz", "/.well-known/host-meta", "/.well-known/host-meta.json", *PAGES})
"""Paths that anybody may ask for."""


def principal_of(request: Request) -> Principal:
    """Whom the gate let in."""
    principal: Principal = request.context.principal
    return principal


def access_of(request: Request) -> Access:
    """What that one may do, by the rules of the moment in which the request came."""
    access: Access = request.context.access
    return access


class Gate:
    """Falcon's middleware: while the hoard is not there all but :data:`OPEN` is 503, and without a good
    token it is 401."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def process_request(self, request: Request, response: Response) -> None:
        if request.path not in OPEN:
            self._runtime.refuse_when_stopping()
            self._admit(request)

    async def process_request_ws(self, request: Request, ws: WebSocket) -> None:
        self._admit(request)

    def _admit(self, request: Request) -> None:
        principal = self.identify(request)
        request.context.principal = principal
        request.context.access = self._runtime.hoard.access(principal)

    def identify(self, request: Request) -> Principal:
        """Raises :class:`HttpError` 401 with a challenge, and the command that shows a token."""
        hoard = self._runtime.hoard
        header = request.get_header("Authorization")
        if header is None:
            raise self._challenge(request, "this needs a token", "")
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise self._challenge(
                request, "the Authorization header must be 'Bearer TOKEN'", "invalid_request"
            )
        try:
            return hoard.tokens.authenticate(token.strip())
        except Unauthorized:
            raise self._challenge(request, "the token is not known here", "invalid_token") from None

    def _challenge(self, request: Request, why: str, code: str) -> HttpError:
        file = shlex.quote(str(self._runtime.settings.run / "admin.token"))
        url = shlex.quote(f"{request.prefix}{request.path}")
        command = f'curl -H "Authorization: Bearer $(cat {file})" {url}'
        challenge: dict[str, Any] = {"WWW-Authenticate": 'Bearer realm="pyconfhoard"'}
        if code:
            challenge["WWW-Authenticate"] += f', error="{code}"'
        return HttpError(401, "access-denied", f"{why}; on the hoard's machine: {command}", headers=challenge)
