"""One WebSocket to a hoard: the only module that knows the WebSocket library.

The library is ``websocket-client``: blocking, small (with ``ssl`` 8 MB of a Thing's memory, and it
draws in no event loop), long kept. It reads exactly the bytes of a frame from the socket, so that
``select`` on the socket tells the truth; only TLS keeps bytes back, which :meth:`Wire.pending` tells.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import websocket

from pyconfhoard.errors import LinkError, Unauthorized
from pyconfhoard.trust import client_context

__all__ = ["Closed", "Wire"]


class Closed(LinkError):
    """The other side closed the connection: ``code`` (RFC 6455 section 7.4) and its words."""

    def __init__(self, code: int, words: str) -> None:
        self.code = code
        self.words = words
        super().__init__(f"the hoard closed the link: {words or code}")


class Wire:
    """Connects at once. Raises :class:`Unauthorized` for a token that is not accepted, and
    :class:`LinkError` for anything else that fails, here and in every method.

    ``timeout``: seconds for connecting, and for any one frame to pass. ``trust``: :mod:`pyconfhoard.trust`.
    """

    def __init__(self, url: str, token: str, *, timeout: float, trust: Path | None = None) -> None:
        make: Any = websocket.WebSocket  # the library has no types
        secure = url.startswith("wss:")
        self._socket = make(sslopt={"context": client_context(trust)} if secure else None)
        try:
            self._socket.connect(
                url, header=[f"Authorization: Bearer {token}"], timeout=timeout, suppress_origin=True
            )
        except websocket.WebSocketBadStatusException as error:
            self.shut()
            if error.status_code in {401, 403}:
                raise Unauthorized("the hoard does not accept this Thing's token") from error
            raise LinkError(f"the hoard refuses the link: status {error.status_code}") from error
        except (OSError, websocket.WebSocketException) as error:
            self.shut()
            raise LinkError(f"no link: {error}") from error

    def fileno(self) -> int:
        """For ``select``."""
        return int(self._socket.sock.fileno())

    def pending(self) -> bool:
        """Whether there is something to read that ``select`` does not see."""
        held = getattr(self._socket.sock, "pending", None)
        return held is not None and bool(held())

    def send(self, frame: str) -> None:
        try:
            self._socket.send(frame)
        except (OSError, websocket.WebSocketException) as error:
            raise LinkError(f"the link broke: {error}") from error

    def receive(self) -> bytes | None:
        """One message; None for a control frame. Raises :class:`Closed` at the end."""
        try:
            opcode, data = self._socket.recv_data(control_frame=True)
        except (OSError, websocket.WebSocketException) as error:
            raise LinkError(f"the link broke: {error}") from error
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            code = int.from_bytes(data[:2], "big") if len(data) >= 2 else 1005
            raise Closed(code, data[2:].decode("utf-8", "replace"))
        if opcode in {websocket.ABNF.OPCODE_PING, websocket.ABNF.OPCODE_PONG}:
            return None
        return bytes(data)

    def close(self) -> None:
        """Say goodbye, without waiting long for the answer."""
        with contextlib.suppress(OSError, websocket.WebSocketException):
            self._socket.close(timeout=1)
        self.shut()

    def shut(self) -> None:
        """Drop the connection."""
        with contextlib.suppress(OSError, websocket.WebSocketException):
            self._socket.shutdown()
