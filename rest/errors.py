"""The one table from errors to HTTP, and the body that tells them (RFC 8040 section 7).

Everything below a face raises :class:`~pyconfhoard.errors.HoardError`, with fields and no status. Here
the status is found: by the error's class where :data:`CLASSES` names it, else by the tag of its first
fault in :data:`TAGS`. All faults are listed in the body; none shows a traceback or a path of the server.

An exception that is not ours is a bug: it is logged whole, and answered by a 500 that says so and no more.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import falcon
from falcon.asgi import App, Request, Response, WebSocket

from pyconfhoard.errors import (
    AccessDenied,
    ErrorTag,
    ErrorType,
    Fault,
    HoardError,
    LinkError,
    NotFound,
    NotSupported,
    StoreError,
    Unauthorized,
)
from pyconfhoard.hoard.calls import BrokenAnswer

from .errors_xml import errors_xml
from .media_types import BOTH, DATA, DATA_XML, ENCODINGS, XML_LIST, best_offer, encoding_of

__all__ = [
    "CLASSES",
    "TAGS",
    "HttpError",
    "Names",
    "body_of",
    "entries_of",
    "fill",
    "hidden",
    "install",
    "method_not_allowed",
    "refuse",
    "status_of",
    "wants_xml",
    "without_folder",
]

TAGS: Final[Mapping[ErrorTag, int]] = {
    "in-use": 409,
    "invalid-value": 400,
    "too-big": 413,
    "missing-attribute": 400,
    "bad-attribute": 400,
    "unknown-attribute": 400,
    "missing-element": 400,
    "bad-element": 400,
    "unknown-element": 400,
    "unknown-namespace": 400,
    "access-denied": 403,
    "lock-denied": 409,
    "resource-denied": 409,
    "rollback-failed": 500,
    "data-exists": 409,
    "data-missing": 409,
    "operation-not-supported": 501,
    "operation-failed": 412,
    "partial-operation": 500,
    "malformed-message": 400,
}
"""RFC 8040 section 7: where it leaves a choice, the one that fits a request whose class says no more."""

CLASSES: Final[tuple[tuple[type[HoardError], ErrorTag | None, int], ...]] = (
    (Unauthorized, None, 401),
    (AccessDenied, None, 403),
    (NotFound, None, 404),
    (NotSupported, None, 501),
    (StoreError, "operation-failed", 500),
    (BrokenAnswer, None, 500),
    (LinkError, None, 503),
)
"""Class, tag of its first fault (None: any), status. The first row that fits wins over :data:`TAGS`."""

_FALCON: Final[Mapping[int, ErrorTag]] = {
    400: "malformed-message",
    403: "access-denied",
    404: "invalid-value",
    405: "operation-not-supported",
    413: "too-big",
    414: "too-big",
    415: "invalid-value",
    503: "resource-denied",
}
"""Falcon's own errors, by status."""

_POLICY: Final = 1008
_INTERNAL: Final = 1011
_TRY_AGAIN: Final = 1013
"""Close codes of WebSockets."""

Names: TypeAlias = Mapping[str, str]
"""The namespaces of modules, by name."""
_NO_NAMES: Final[Names] = {}

_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_log = logging.getLogger("pyconfhoard.rest")


class HttpError(HoardError):
    """What only HTTP knows of: media types, preconditions, methods. It carries its own status and headers, and may have
    ``info``: members of ``error-info`` that are modelled elsewhere."""

    info: Mapping[str, Any] = MappingProxyType({})

    def __init__(
        self,
        status: int,
        tag: ErrorTag,
        message: str,
        *,
        type: ErrorType = "protocol",
        value: str | None = None,
        legal: tuple[str, ...] = (),
        app_tag: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(Fault(tag, message, type=type, value=value, legal=legal, app_tag=app_tag))
        self.status = status
        self.headers = dict(headers or {})


def method_not_allowed(method: str, allow: str, message: str = "") -> HttpError:
    """405 with its ``Allow`` (RFC 9110 section 15.5.6)."""
    return HttpError(
        405,
        "operation-not-supported",
        message or f"{method} has no meaning for this resource; it takes {allow}",
        headers={"Allow": allow},
    )


def status_of(error: HoardError) -> int:
    """The HTTP status of an error: that of its first fault."""
    if isinstance(error, HttpError):
        return error.status
    tag = error.faults[0].tag
    for kind, only, status in CLASSES:
        if isinstance(error, kind) and only in {None, tag}:
            return status
    return TAGS[tag]


def hidden(text: str, folder: Path) -> str:
    """``text`` without where the server's disk has the datastore's ``folder``."""
    return text.replace(f"{folder.absolute()}/", "").replace(f"{folder}/", "")


def without_folder(error: HoardError, folder: Path) -> HoardError:
    """What the disk does wrong, with its files named as seen from the datastore."""
    if not isinstance(error, StoreError):
        return error
    faults = [replace(fault, message=hidden(fault.message, folder)) for fault in error.faults]
    return type(error)(faults, total=error.total)


def entries_of(error: HoardError) -> list[dict[str, Any]]:
    """Every fault as an entry of the list ``error`` (RFC 8040 section 7.1).

    Where more were found than are listed, the first one's ``pyconfhoard:fault`` has their ``total``.
    """
    listed = [_entry(fault) for fault in error.faults]
    if error.total > len(listed):
        info = listed[0].setdefault("error-info", {}).setdefault("pyconfhoard:fault", {})
        info["total"] = error.total
    if isinstance(error, HttpError) and error.info:
        listed[0].setdefault("error-info", {}).update(error.info)
    return listed


def body_of(error: HoardError) -> bytes:
    """The ``ietf-restconf:errors`` document in JSON."""
    listed = {"error": entries_of(error)}
    return _dumps({"ietf-restconf:errors": listed}).encode("utf-8", "backslashreplace")


def _entry(fault: Fault) -> dict[str, Any]:
    entry: dict[str, Any] = {"error-type": fault.type, "error-tag": fault.tag}
    if fault.app_tag:
        entry["error-app-tag"] = fault.app_tag
    if fault.path:
        entry["error-path"] = fault.path
    entry["error-message"] = fault.message
    info: dict[str, Any] = {}
    if fault.place is not None and fault.place.file:
        info |= {"file": fault.place.file, "line": fault.place.line}
    if fault.value is not None:
        info["value"] = fault.value
    if fault.edit:
        info["edit"] = fault.edit
    if fault.legal:
        info["legal"] = list(fault.legal)
    if info:
        entry["error-info"] = {"pyconfhoard:fault": info}
    return entry


def fill(response: Response, error: HoardError, *, xml: bool = False, names: Names = _NO_NAMES) -> None:
    """Make ``response`` the answer to ``error``, in ``xml`` or in JSON; ``names`` are the modules' namespaces."""
    response.status = status_of(error)
    response.content_type = DATA_XML if xml else DATA
    response.data = errors_xml(entries_of(error), names) if xml else body_of(error)
    response.stream = None
    for name in ("ETag", "Last-Modified"):  # of what would have been told
        response.delete_header(name)
    response.set_header("Cache-Control", "no-store")
    if isinstance(error, HttpError):
        for name, value in error.headers.items():
            response.set_header(name, value)


async def refuse(scope: Mapping[str, Any], send: Callable[[Any], Awaitable[None]], error: HoardError) -> None:
    """Answer a request that Falcon cannot take."""
    sent = {name: value.decode("latin-1") for name, value in scope["headers"]}
    xml = _told_in_xml(scope["path"], sent.get(b"accept"), sent.get(b"content-type"))
    body = errors_xml(entries_of(error), _NO_NAMES) if xml else body_of(error)
    headers = [
        (b"content-type", (DATA_XML if xml else DATA).encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    if isinstance(error, HttpError):
        headers += [(name.lower().encode(), value.encode()) for name, value in error.headers.items()]
    await send({"type": "http.response.start", "status": status_of(error), "headers": headers})
    await send({"type": "http.response.body", "body": body})


def wants_xml(request: Request) -> bool:
    """Whether an error is told in XML (RFC 8040 section 7.1): as ``Accept`` asks, else as the body came. Only RESTCONF
    speaks XML."""
    return _told_in_xml(request.path, request.get_header("Accept"), request.content_type)


def _told_in_xml(path: str, accept: str | None, sent: str | None) -> bool:
    if not path.startswith("/restconf"):
        return False
    kind = best_offer(accept, (*BOTH, XML_LIST), sent)
    return (ENCODINGS[kind] if kind else encoding_of(sent)) == "xml"


def install(app: App[Request, Response], folder: Callable[[], Path], names: Callable[[], Names]) -> None:
    """Let ``app`` answer every exception by this module. ``folder``: the datastore's, which no answer names; ``names``: the
    namespaces of the modules."""

    async def answer(
        request: Request, response: Response | None, ws: WebSocket | None, error: HoardError
    ) -> None:
        if response is not None:
            fill(response, error, xml=wants_xml(request), names=names())
        elif ws is not None:
            await _close(ws, error)

    async def on_hoard(
        request: Request,
        response: Response | None,
        error: HoardError,
        params: Any,
        ws: WebSocket | None = None,
    ) -> None:
        await answer(request, response, ws, without_folder(error, folder()))

    async def on_falcon(
        request: Request,
        response: Response | None,
        error: falcon.HTTPError,
        params: Any,
        ws: WebSocket | None = None,
    ) -> None:
        await answer(request, response, ws, _from_falcon(request, error))

    async def on_bug(
        request: Request,
        response: Response | None,
        error: Exception,
        params: Any,
        ws: WebSocket | None = None,
    ) -> None:
        _log.error("%s %s failed", request.method, request.path, exc_info=error)
        message = "the server met a fault of its own; its log tells which"
        await answer(request, response, ws, HttpError(500, "operation-failed", message, type="application"))

    app.add_error_handler(Exception, on_bug)
    app.add_error_handler(falcon.HTTPError, on_falcon)
    app.add_error_handler(HoardError, on_hoard)


def _from_falcon(request: Request, error: falcon.HTTPError) -> HttpError:
    status = error.status_code
    message = {
        404: f"there is no resource {request.path}",
        405: f"{request.method} has no meaning for this resource",
    }.get(status, error.description or error.title or "the request cannot be understood")
    tag = _FALCON.get(status, "operation-failed")
    headers = {str(name): str(value) for name, value in dict(error.headers or {}).items()}
    return HttpError(status, tag, message, headers=headers)


async def _close(ws: WebSocket, error: HoardError) -> None:
    """A handshake is refused by closing before it is accepted; servers answer 403 then, whatever the reason. That
    would read as a wrong token, so what is only for now is accepted and closed with "try again"."""
    if status_of(error) == 503 and ws.unaccepted:
        await ws.accept()
        await ws.close(_TRY_AGAIN, error.faults[0].message)
    elif not ws.closed:
        await ws.close(_INTERNAL if status_of(error) >= 500 else _POLICY, error.faults[0].message[:100])
