"""``/v1/link``: the WebSocket of a Thing. A thin shell: frames to the session and back."""

from __future__ import annotations

import asyncio
import contextlib
import logging

import falcon
from falcon.asgi import Request, Response, WebSocket

from pyconfhoard.access import Principal
from pyconfhoard.errors import LinkError

from .auth import principal_of
from .errors import HttpError
from .link_protocol import CLOSE_NONSENSE, CLOSE_SILENT, Hello, Session
from .links import LinkedThing, Links
from .resource import answer_options
from .runtime import Runtime

__all__ = ["LinkResource"]

_INTERNAL = 1011
_MAX_REASON = 120
"""Bytes of a close frame's reason (RFC 6455 section 5.5)."""

_log = logging.getLogger("pyconfhoard.link")


class LinkResource:
    """One WebSocket a Thing, with the Thing's token (or the administrator's)."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def on_get(self, request: Request, response: Response) -> None:
        raise HttpError(
            426,
            "operation-not-supported",
            "a Thing links by WebSocket here",
            headers={"Upgrade": "websocket"},
        )

    async def on_options(self, request: Request, response: Response) -> None:
        answer_options(response, "GET, OPTIONS")

    async def on_websocket(self, request: Request, ws: WebSocket) -> None:
        links = self._runtime.links
        await ws.accept()
        await _Conversation(links, ws, principal_of(request)).run()


class _Conversation:
    """Two tasks: one reads, one writes and keeps the time."""

    def __init__(self, links: Links, ws: WebSocket, principal: Principal) -> None:
        self._links = links
        self._ws = ws
        self._principal = principal
        self._loop = asyncio.get_running_loop()
        self._bell = asyncio.Event()
        self._session: Session = links.enter(self._loop.time(), self._bell.set)
        self._thing: LinkedThing | None = None

    async def run(self) -> None:
        reader = asyncio.create_task(self._read())
        try:
            await self._write()
        except (falcon.WebSocketDisconnected, ConnectionError):
            self._session.close(CLOSE_SILENT, "the connection is gone")
        finally:
            reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reader
            self._links.leave(self._session, self._thing)

    async def _read(self) -> None:
        session = self._session
        try:
            while session.state != "closed":
                event = session.receive(await self._ws.receive_text(), self._loop.time())
                if isinstance(event, Hello):
                    self._thing = await self._links.admit(session, event, self._principal)
                elif event is not None and self._thing is not None:
                    self._thing.take(event)
                self._bell.set()
        except (falcon.WebSocketDisconnected, ConnectionError):
            session.close(CLOSE_SILENT, "the connection is gone")
        except falcon.PayloadTypeError:
            session.close(CLOSE_NONSENSE, "messages are text")
        except LinkError as error:
            _log.warning("a link is closed: %s", error)
        finally:
            session.close(_INTERNAL, "the hoard met a fault of its own")  # where nothing else has closed it
            self._bell.set()

    async def _write(self) -> None:
        session = self._session
        while True:
            self._bell.clear()
            frames = session.take() if self._thing is None else self._thing.frames()
            for frame in frames:
                await self._ws.send_text(frame)
            if session.state == "closed" and not session.outgoing:
                break
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(session.wait(self._loop.time())):
                    await self._bell.wait()
            session.tick(self._loop.time())
        reason = session.close_reason.encode()[:_MAX_REASON].decode(errors="ignore")
        await self._ws.close(session.close_code, reason)
