"""Who asks: the credentials of a request, checked before anything else is looked at.

Everything but :data:`OPEN` needs some: a bearer token (RFC 6750), the name and password of a user (RFC 7617), or a client
certificate (RFC 7407). The answer to a request without says what to type. A password is checked in a thread, for that takes
work; after failures the next attempt waits (:mod:`pyconfhoard.access.throttle`), but not with a name and password that have
been good before: who guesses at the same address, or behind the same proxy, shuts nobody out.
"""

from __future__ import annotations

import asyncio
import logging
import shlex
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from falcon.asgi import Request, Response, WebSocket

from pyconfhoard.access import Principal
from pyconfhoard.access.authenticator import Authenticator
from pyconfhoard.access.certificates import PeerCertificate
from pyconfhoard.access.nacm import Access
from pyconfhoard.access.throttle import Throttle
from pyconfhoard.errors import NotFound, Unauthorized
from pyconfhoard.settings import LOOPBACK
from pyconfhoard.tree import Path

from .audit import audit
from .errors import HttpError
from .pages import PAGES
from .runtime import Runtime
from .tls_clients import shown_by

__all__ = ["OPEN", "Gate", "access_of", "discreet", "principal_of"]

OPEN: Final = frozenset({"/healthz", "/.well-known/host-meta", "/.well-known/host-meta.json", *PAGES})
"""Paths that anybody may ask for."""

_AT_A_TIME: Final = 2
"""Passwords that are checked at the same time: the rest of the processor is for others."""

_WAITING: Final = 4
"""Attempts of one address that may wait at the same time: others are told to come again."""

_LOG: Final = logging.getLogger("pyconfhoard.access")


def principal_of(request: Request) -> Principal:
    """Whom the gate let in."""
    principal: Principal = request.context.principal
    return principal


def access_of(request: Request) -> Access:
    """What that one may do, by the rules of the moment in which the request came."""
    access: Access = request.context.access
    return access


@contextmanager
def discreet(request: Request, path: Path) -> Iterator[None]:
    """Around what is done to ``path``: that nothing stands there (404), or something else than was thought (412), is told those
    only who may read it; for others it is denied (403)."""
    try:
        yield
    except (NotFound, HttpError) as error:
        if isinstance(error, NotFound) or error.status == 412:
            access_of(request).demand_read(path)
        raise


class Gate:
    """Falcon's middleware: while the hoard is not there all but :data:`OPEN` is 503, and without good
    credentials it is 401."""

    def __init__(self, runtime: Runtime, throttle: Throttle | None = None) -> None:
        self._runtime = runtime
        self._throttle = throttle or Throttle()
        self._checking = asyncio.Semaphore(_AT_A_TIME)
        self._waiting: Counter[str] = Counter()
        self._attempts: dict[tuple[str, str], asyncio.Future[Principal]] = {}

    async def process_request(self, request: Request, response: Response) -> None:
        if request.path not in OPEN:
            self._runtime.refuse_when_stopping()
            await self._admit(request)

    async def process_response(
        self, request: Request, response: Response, resource: object, succeeded: bool
    ) -> None:
        audit(request, response)

    async def process_request_ws(self, request: Request, ws: WebSocket) -> None:
        await self._admit(request)

    async def _admit(self, request: Request) -> None:
        principal = await self.identify(request)
        source = _source(request)
        if source not in LOOPBACK:
            principal = replace(principal, where=source)
        request.context.principal = principal
        request.context.access = self._runtime.hoard.access(principal)

    async def identify(self, request: Request) -> Principal:
        """Raises :class:`HttpError` 401 with a challenge, and to who is on this machine the command that shows a token."""
        authenticator = self._runtime.hoard.authenticator
        header = request.get_header("Authorization")
        if header is None:
            shown = shown_by(request.scope.get("client"))
            if shown is not None:
                return self._by_certificate(request, authenticator, shown)
            raise self._challenge(request, "this needs a token", "")
        scheme, _, rest = header.partition(" ")
        if scheme.lower() == "basic":
            return await self._by_password(request, authenticator, rest.strip())
        token = rest.strip()
        if scheme.lower() != "bearer" or not token:
            raise self._challenge(
                request, "the Authorization header must be 'Bearer TOKEN'", "invalid_request"
            )
        try:
            return authenticator.bearer(token)
        except Unauthorized as error:
            why = error.faults[0].message
            _LOG.warning("login from %s refused: %s", _source(request), why)
            raise self._challenge(request, why, "invalid_token") from None

    def _by_certificate(
        self, request: Request, authenticator: Authenticator, shown: PeerCertificate
    ) -> Principal:
        try:
            return authenticator.certificate(shown)
        except Unauthorized as error:
            why = error.faults[0].message
            _LOG.warning("login from %s refused: %s", _source(request), why)
            raise self._challenge(request, why, "") from None

    async def _by_password(self, request: Request, authenticator: Authenticator, given: str) -> Principal:
        try:
            name, colon, password = b64decode(given, validate=True).decode("utf-8").partition(":")
        except ValueError:
            name = colon = password = ""
        if not colon:
            raise self._challenge(request, "the Authorization header is not 'Basic' with NAME:PASSWORD", "")
        known = authenticator.remembered(name, password)
        if known is not None:
            return known
        source = _source(request)
        attempt = self._attempts.get((source, given))
        if attempt is None:
            attempt = asyncio.ensure_future(self._attempt(authenticator, source, name, password))
            self._attempts[source, given] = attempt
            attempt.add_done_callback(lambda done: self._attempted((source, given), done))
        try:
            return await asyncio.shield(attempt)
        except Unauthorized as error:
            raise self._challenge(request, error.faults[0].message, "") from None

    def _attempted(self, key: tuple[str, str], attempt: asyncio.Future[Principal]) -> None:
        self._attempts.pop(key, None)
        if not attempt.cancelled():
            attempt.exception()  # looked at: those who asked may be gone

    async def _attempt(
        self, authenticator: Authenticator, source: str, name: str, password: str
    ) -> Principal:
        """One for all requests that come with the same at the same time, as those of a browser do."""
        person = (source, name)
        wait = 0.0 if authenticator.familiar(name, password) else self._throttle.delay(source, person)
        self._throttle.failed(source, person)
        await self._wait(source, wait)
        try:
            async with self._checking:
                principal = await asyncio.to_thread(authenticator.check, name, password)
        except Unauthorized as error:
            _LOG.warning("login of %r from %s refused: %s", name, source, error.faults[0].message)
            raise
        self._throttle.forgiven(source)
        self._throttle.passed(person)
        return principal

    async def _wait(self, source: str, seconds: float) -> None:
        """Let an attempt wait. Raises :class:`HttpError` 429 where enough from that address wait: they would take the places of
        others' requests."""
        if not seconds:
            return
        if self._waiting[source] >= _WAITING:
            message = "too many logins failed from this address; try again later"
            headers = {"Retry-After": str(int(seconds) + 1)}
            raise HttpError(429, "access-denied", message, headers=headers)
        self._waiting[source] += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            self._waiting[source] -= 1
            if not self._waiting[source]:
                del self._waiting[source]

    def _challenge(self, request: Request, why: str, code: str) -> HttpError:
        if _source(request) in LOOPBACK:  # others could not use the file, and need not know where it is
            file = shlex.quote(str(self._runtime.settings.run / "admin.token"))
            url = shlex.quote(f"{request.prefix}{request.path}")
            why += f'; on the hoard\'s machine: curl -H "Authorization: Bearer $(cat {file})" {url}'
        challenge = 'Bearer realm="pyconfhoard"' + (f', error="{code}"' if code else "")
        if self._runtime.hoard.authenticator.takes_passwords:
            # first, for of several challenges in one field browsers look at the first
            challenge = f'Basic realm="pyconfhoard", charset="UTF-8", {challenge}'
        headers = {"WWW-Authenticate": challenge}
        return HttpError(401, "access-denied", why, headers=headers)


def _source(request: Request) -> str:
    """The address that the connection comes from. What a proxy may tell besides could be anybody's word."""
    address: str = request.remote_addr
    return address
