"""``GET /healthz``: whether this hoard works, for whoever watches it. No token needed, nothing told of the data."""

from __future__ import annotations

import json

from falcon.asgi import Request, Response

from .errors import hidden
from .resource import answer_options
from .runtime import Runtime

__all__ = ["Health"]


class Health:
    """200 while changes can be committed; 503 while starting or stopping, and when the journal is in trouble or the disk
    has refused the last one and is still full."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def on_get(self, request: Request, response: Response) -> None:
        status, reason = self._status()
        response.status = 200 if status == "ok" else 503
        response.content_type = "application/json"
        response.set_header("Cache-Control", "no-store")
        response.data = json.dumps({"status": status} | ({"reason": reason} if reason else {})).encode()

    on_head = on_get

    async def on_options(self, request: Request, response: Response) -> None:
        answer_options(response, "GET, HEAD, OPTIONS")

    def _status(self) -> tuple[str, str]:
        if self._runtime.stopping:
            return "stopping", ""
        if not self._runtime.started:
            return "starting", ""
        trouble = self._runtime.hoard.health
        return ("failing", hidden(trouble, self._runtime.settings.datastore)) if trouble else ("ok", "")
