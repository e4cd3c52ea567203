"""Answers in gzip for clients that ask for it (RFC 9110 section 12.5.3).

Small answers, event streams and what is no text go out as they are. A coded answer has an entity tag of its own,
``"12-json+gzip"`` for ``"12-json"``, as tags must differ between representations (section 8.8.3); in conditions both name the
same state. Large answers are coded as they come, in a thread: zlib works beside Python there, so that others are served
meanwhile.

gzip only: it is in every client and in Python, and a second coding would save little more.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any, Final, TypeAlias

__all__ = ["CODED", "VARY", "Compressing", "asks", "same_tag"]

Send: TypeAlias = Callable[[Any], Awaitable[None]]

VARY: Final = "Accept, Accept-Encoding"
"""``Vary`` of what comes in several media types, and coded or not."""
CODED: Final = "+gzip"
"""The end of a coded representation's tag."""

_LEAST: Final = 1024
"""Bytes. Less fits into the packet that is sent anyway."""
_AT_ONCE: Final = 16 * 1024
"""Bytes that are coded without a thread: a fraction of a millisecond."""
_LEVEL: Final = 1
"""zlib's fastest: on a network of homes, more would cost more time than it saves."""
_GZIP: Final = 16 + zlib.MAX_WBITS
_TEXTS: Final = (
    b"application/yang",
    b"application/json",
    b"application/xml",
    b"application/xrd+xml",
    b"text/html",
    b"text/css",
    b"text/javascript",
    b"text/plain",
)


def asks(scope: Any) -> bool:
    """Whether a request wants gzip."""
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            return _wants(value)
    return False


@lru_cache(maxsize=256)
def _wants(header: bytes) -> bool:
    weights: dict[str, float] = {}
    for part in header.decode("latin-1").lower().split(","):
        name, _, parameter = part.partition(";")
        _, _, weight = parameter.partition("=")
        try:
            weights[name.strip()] = float(weight) if parameter.strip() else 1.0
        except ValueError:
            return False
    gzip = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    return gzip > 0 and gzip >= weights.get("identity", 0.0)


def same_tag(header: str | None, tag: str) -> bool:
    """Whether ``If-None-Match`` names a tag, coded or not (weak comparison)."""
    if header is None:
        return False
    listed = {part.strip().removeprefix("W/").replace(f'{CODED}"', '"') for part in header.split(",")}
    return tag in listed or "*" in listed


class Compressing:
    """ASGI's ``send`` for one request that wants gzip."""

    __slots__ = ("_coder", "_scope", "_send", "_start")

    def __init__(self, scope: Any, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._start: Any = None
        self._coder: Any = None

    async def __call__(self, message: Any) -> None:
        kind = message["type"]
        if kind == "http.response.start":
            await self._begin(message)
        elif kind == "http.response.body" and self._coder is not None:
            await self._body(message)
        else:
            await self._send(message)

    async def _begin(self, message: Any) -> None:
        status, headers = message["status"], dict(message["headers"])
        coded = _coded(headers.get(b"etag", b""))
        if status == 304:
            # It repeats the tag of what the client has (RFC 9110 section 15.4.5).
            if any(
                name == b"if-none-match" and coded in value for name, value in self._scope["headers"] if coded
            ):
                message = _with(message, {b"etag": coded})
        elif _suits(status, headers):
            message = _with(message, {b"etag": coded, b"content-encoding": b"gzip", b"content-length": b""})
            if self._scope["method"] != "HEAD":
                self._coder = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
                self._start = message
                return
        await self._send(message)

    async def _body(self, message: Any) -> None:
        body, more = message.get("body", b""), message.get("more_body", False)
        coded = await self._code(body, last=not more)
        if self._start is not None:
            if not more:
                self._start["headers"].append((b"content-length", str(len(coded)).encode()))
            await self._send(self._start)
            self._start = None
        if coded or not more:
            await self._send({**message, "body": coded})

    async def _code(self, body: bytes, *, last: bool) -> bytes:
        coder = self._coder

        def coded() -> bytes:
            made: bytes = coder.compress(body)
            return made + coder.flush() if last else made

        return coded() if len(body) <= _AT_ONCE else await asyncio.to_thread(coded)


def _suits(status: int, headers: dict[bytes, bytes]) -> bool:
    if status < 200 or status in {204, 205, 206} or b"content-encoding" in headers:
        return False
    length = headers.get(b"content-length")
    return (length is None or int(length) >= _LEAST) and headers.get(b"content-type", b"").startswith(_TEXTS)


def _with(message: Any, changed: dict[bytes, bytes]) -> Any:
    """The beginning of an answer with some headers set, and those that are empty left out."""
    kept = [pair for pair in message["headers"] if pair[0] not in changed]
    return {**message, "headers": [*kept, *(pair for pair in changed.items() if pair[1])]}


def _coded(tag: bytes) -> bytes:
    return tag[:-1] + CODED.encode() + b'"' if tag else tag
