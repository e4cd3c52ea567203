"""Request bodies: read with a limit that is counted while they come, and parsed off the loop when large."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from falcon.asgi import Request

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.schema.types.base import Json
from pyconfhoard.tree import Element, parse, parse_xml

from .apart import LARGE, apart
from .default_tags import TAG
from .errors import HttpError
from .limits import SLOWEST, Held, Limits, check_entries, too_slow
from .media_types import DATA_FIRST, ENCODINGS
from .negotiation import check_body_coding, check_body_type

__all__ = ["Body", "Limits", "begun", "has_body", "read_body", "read_document", "read_json"]

Receive: TypeAlias = Callable[[], Awaitable[Any]]
"""ASGI's."""

_SLACK: Final = 1 << 20
"""Bytes beyond twice the limit of which no more are thrown away."""

_LINGER: Final = 10.0
"""Seconds that the rest of a refused body is read and thrown away, so that its sender sees the refusal
instead of a broken connection."""


async def begun(receive: Receive, patience: float) -> Receive:
    """``receive``, when the first piece of the body is there. Falcon waits for that before all else, and gunicorn gives up at
    its own time, with a 500. Raises :class:`HttpError` 408 after ``patience`` seconds."""
    first: list[Any] = []
    try:
        async with asyncio.timeout(patience):
            first.append(await receive())
    except TimeoutError:
        raise too_slow("the body of the request", patience) from None

    async def again() -> Any:
        return first.pop() if first else await receive()

    return again


async def read_body(request: Request, limits: Limits, held: Held) -> bytes:
    """The whole body, which ``held`` counts.

    Raises :class:`HttpError` 413 for one that is too large, announced or not, 408 for one that comes too slowly, 503 where
    others have the room, and :class:`BadInput` when it ends before its announced length.
    """
    announced = request.content_length
    too_big = announced is not None and announced > limits.body
    clock = asyncio.get_running_loop().time
    began = clock()
    pieces: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout_at(began + (_LINGER if too_big else limits.patience)) as deadline:
            async for piece in request.stream:
                size += len(piece)
                if size > limits.body and not too_big:
                    too_big = True
                    pieces.clear()
                    deadline.reschedule(clock() + _LINGER)
                if not too_big:
                    held.take(len(piece))
                    pieces.append(piece)
                    deadline.reschedule(began + limits.patience + size / SLOWEST)
                elif size > 2 * limits.body + _SLACK:
                    break
    except TimeoutError:
        if not too_big:
            raise too_slow("the body of the request", clock() - began) from None
    if too_big:
        raise _too_big(limits.body)
    if announced is not None and size < announced:
        message = f"the body ended after {size} of {announced} bytes"
        raise BadInput(Fault("malformed-message", message, type="transport"))
    return b"".join(pieces)


@dataclass(frozen=True, slots=True)
class Body:
    """What a request brought: ``content`` is JSON, or the document element of XML; ``size`` in bytes."""

    kind: str
    """Its media type."""
    content: Json | Element
    size: int
    tagged: bool = False
    """Whether values in it may be tagged as defaults."""


def has_body(request: Request) -> bool:
    """Whether the request says that it brings one."""
    return bool(request.content_length) or request.get_header("Transfer-Encoding") is not None


async def read_document(
    request: Request, limits: Limits, takes: tuple[str, ...], patches: tuple[str, ...] = ()
) -> Body:
    """The body, of one of the media types ``takes``; ``patches`` are those that PATCH takes besides, elsewhere.

    Raises :class:`HttpError` 413 and 415, and :class:`BadInput` with line and column for what cannot be read.
    """
    if not has_body(request):
        raise _without_body()
    kind = check_body_type(request.get_header("Content-Type"), takes, patches)
    check_body_coding(request.get_header("Content-Encoding"))
    encoding = ENCODINGS[kind]
    read = parse_xml if encoding == "xml" else parse

    def parsed(body: bytes) -> Body:
        check_entries(body, encoding, limits.entries)
        return Body(kind, read(body, max_depth=limits.depth), len(body), TAG.encode() in body)

    with limits.room.hold() as held:
        body = await read_body(request, limits, held)
        if not body:
            raise _without_body()
        return await apart(lambda: parsed(body)) if len(body) > LARGE else parsed(body)


async def read_json(request: Request, limits: Limits) -> tuple[Json, int]:
    """The body of a resource that takes JSON only, and its size in bytes. Raises as :func:`read_document`."""
    body = await read_document(request, limits, DATA_FIRST)
    return body.content, body.size


def _without_body() -> BadInput:
    """RFC 8040 section 4.5."""
    return BadInput(Fault("invalid-value", "the request needs a body and has none", type="protocol"))


def _too_big(limit: int) -> HttpError:
    shown = f"{limit // 2**20} MiB" if limit >= 2**20 else f"{limit} bytes"
    return HttpError(413, "too-big", f"the body is larger than {shown}; send it in parts", type="transport")
