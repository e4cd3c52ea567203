"""Pages of other origins in a browser: none may use the API, unless the setting ``cors`` names their origin (the Fetch
standard, section 3.2).

Tokens travel in a header that a page has to set itself, never in what a browser adds by itself, so that no answer allows
credentials, and ``*`` is safe to say for a hoard whose tokens are kept well.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

from .request_line import METHODS

__all__ = ["Cors"]

Send: TypeAlias = Callable[[Any], Awaitable[None]]
Headers: TypeAlias = list[tuple[bytes, bytes]]

_METHODS: Final = ", ".join(METHODS).encode()
_EXPOSED: Final = (
    b"*, ETag, Last-Modified, Location, Link, Allow, Accept-Patch, Retry-After, WWW-Authenticate"
)
_AGE: Final = b"600"
"""Seconds for which a browser remembers what it was told."""


class Cors:
    """``origins`` as browsers write them; ``*`` is any."""

    def __init__(self, origins: tuple[str, ...]) -> None:
        self._any = "*" in origins
        self._origins = frozenset(origin.encode() for origin in origins)

    def __bool__(self) -> bool:
        return bool(self._origins)

    async def answered(self, scope: Any, send: Send) -> bool:
        """Whether this was a browser's question before a request, which is answered without looking for a token."""
        if scope["method"] != "OPTIONS":
            return False
        asked = dict(scope["headers"])
        origin = asked.get(b"origin")
        if b"access-control-request-method" not in asked or not self._allows(origin):
            return False
        headers: Headers = [
            *self._granted(origin),
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-allow-headers", asked.get(b"access-control-request-headers", b"*")),
            (b"access-control-max-age", _AGE),
            (b"vary", b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
        ]
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return True

    def granting(self, scope: Any, send: Send) -> Send:
        """``send`` for a request: its answer may be read by a page of the origin that asks, if it is one of ours."""
        origin = next((value for name, value in scope["headers"] if name == b"origin"), None)
        added: Headers = []
        if self._allows(origin):
            added = [*self._granted(origin), (b"access-control-expose-headers", _EXPOSED)]
        if not self._any:
            added.append((b"vary", b"Origin"))

        async def granted(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        return granted

    def _allows(self, origin: bytes | None) -> bool:
        return origin is not None and (self._any or origin in self._origins)

    def _granted(self, origin: bytes | None) -> Headers:
        return [(b"access-control-allow-origin", b"*" if self._any else origin or b"")]
