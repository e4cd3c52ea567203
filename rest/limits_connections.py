"""Connections that cost and give nothing: too many, silent, or unread. All is kept in timers and counters of the connection,
so that a request costs no more than without.

gunicorn waits for ever for the first request of a connection, and for a client to read its answer; it also answers what it
cannot parse in plain text, and does not say where an answer to HTTP/1.0 ends. :class:`Guarded` is its protocol with these
mended. Nothing here imports the application (see ``gunicorn_settings.py``).
"""

from __future__ import annotations

import asyncio
import json
import resource
from collections.abc import Iterable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from gunicorn.asgi.protocol import ASGIProtocol
from gunicorn.workers import gasgi

from pyconfhoard.settings import Settings

from .tls_clients import forget, remember

__all__ = ["UNREAD", "Guarded", "guard"]

UNREAD: Final = 3
"""An answer may stay unread for so many times ``patience``."""

_FILES: Final = 64
"""File descriptors that are left for what is no connection: the journal, files, links of our own."""

_NONE: Final[Mapping[str, str]] = {}
_TAGS: Final = {
    414: "too-big",
    431: "too-big",
    500: "operation-failed",
    501: "operation-not-supported",
}


class Guarded(ASGIProtocol):  # type: ignore[misc]  # gunicorn has no types
    """``most``: connections; ``patience`` in seconds."""

    def __init__(self, worker: Any, *, most: int, patience: float) -> None:
        super().__init__(worker)
        self._most = most
        self._patience = patience
        self._refused = False
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:
        if self.worker.nr_conns >= self._most:
            self._refused = True
            self.transport = transport
            message = f"{self._most} connections are open, as many as may be; try again shortly"
            self._answer(503, "resource-denied", message, {"Retry-After": "1"})
            transport.close()
            return
        remember(transport)
        super().connection_made(transport)
        self._start("silent", self._patience, self._silent)

    def data_received(self, data: bytes) -> None:
        if not self._refused:
            super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        if not self._refused:
            forget(self.transport)
            super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._start("unread", UNREAD * self._patience, self.transport.abort)

    def resume_writing(self) -> None:
        if (timer := self._timers.pop("unread", None)) is not None:
            timer.cancel()
        super().resume_writing()

    def _start(self, name: str, seconds: float, then: Any) -> None:
        self._timers[name] = self.worker.loop.call_later(seconds, then)

    def _silent(self) -> None:
        """The first header is not there in time; connections that had one have gunicorn's ``keepalive``."""
        if self.req_count <= 1 and self._awaiting_request and not self._closed:
            message = (
                f"the header of the request took longer than {self._patience:.0f} s; the connection is closed"
            )
            self._answer(408, "operation-failed", message)
            self._close_transport()
            self._request_ready.set()

    def _send_response_start(
        self, status: int, headers: list[tuple[bytes, bytes]], request: Any, close: bool = False
    ) -> None:
        """HTTP/1.0 (RFC 9112 sections 6.3 and 9.3): who asks for it keeps the connection, and is told so; but an answer without
        a length ends where the connection does."""
        if not close and request.version < (1, 1):
            if any(name.lower() == b"content-length" for name, _ in headers):
                headers = [*headers, (b"Connection", b"keep-alive")]
            else:
                close = request.must_close = bool(
                    request.headers
                )  # that they were read lets gunicorn decide anew
        super()._send_response_start(status, headers, request, close)

    def _send_error_response(
        self, status: int, message: str, extra_headers: Iterable[tuple[str, str]] = ()
    ) -> None:
        """What gunicorn cannot parse; of some faults it tells the place only."""
        if status == HTTPStatus.BAD_REQUEST:
            message = f"the request cannot be read: {message}"
        self._answer(status, _TAGS.get(status, "malformed-message"), message, dict(extra_headers))

    def _answer(self, status: int, tag: str, message: str, more: Mapping[str, str] = _NONE) -> None:
        """RFC 8040 section 7.1, on a connection that ends with it."""
        error = {"error-type": "transport", "error-tag": tag, "error-message": message}
        body = json.dumps({"ietf-restconf:errors": {"error": [error]}}).encode()
        headers = {
            "Content-Type": "application/yang-data+json",
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            **more,
            "Connection": "close",
        }
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._safe_write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)


def guard(settings: Settings) -> None:
    """Let gunicorn's worker, before it listens, make its connections :class:`Guarded`, and no more of them than it has file
    descriptors for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = settings.connections + _FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
        wanted = allowed
    most = max(1, wanted - _FILES)
    gasgi.ASGIProtocol = partial(Guarded, most=most, patience=settings.patience)
