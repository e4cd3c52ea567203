"""``/openapi.json``: the description as a resource, made once for each model, with an entity tag."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Collection
from typing import Final

from falcon.asgi import Request, Response

import pyconfhoard
from pyconfhoard.hoard import Hoard

from ..compression import VARY, same_tag
from ..media_types import JSON
from ..negotiation import choose
from ..query import only
from ..resource import answer_options
from ..runtime import Runtime
from .describe import describe

__all__ = ["OpenApi"]

_READ: Final = "GET, HEAD, OPTIONS"
_KNOWN: Final = 16
"""Descriptions that are kept."""


class OpenApi:
    """The description as JSON; ``?below=/module:a/b`` is that of a part. Kept until the model or its owners change."""

    def __init__(self, runtime: Runtime, routes: Collection[str]) -> None:
        self._runtime = runtime
        self._routes = frozenset(routes)
        self._model: tuple[object, object] = (None, None)
        self._known: dict[str, tuple[bytes, str]] = {}

    async def on_get(self, request: Request, response: Response) -> None:
        response.content_type = choose(request.get_header("Accept"), (JSON,))
        only(request.query_string, "below")
        asked = request.get_param("below")
        below = "" if asked is None else asked or "/"
        text, tag = await self._description(self._runtime.hoard, below)
        response.set_header("ETag", tag)
        response.set_header("Cache-Control", "no-cache")
        response.set_header("Vary", VARY)
        if same_tag(request.get_header("If-None-Match"), tag):
            response.status = 304
            return
        response.data = text

    on_head = on_get

    async def on_options(self, request: Request, response: Response) -> None:
        answer_options(response, _READ)

    async def _description(self, hoard: Hoard, below: str) -> tuple[bytes, str]:
        schema, owners = hoard.schema, hoard.owners
        if self._model != (schema, owners):
            self._model = schema, owners
            self._known.clear()
        known = self._known.get(below)
        if known is None:
            version = f"{pyconfhoard.__version__}+{schema.fingerprint[:12]}"
            told = await asyncio.to_thread(describe, schema, owners, self._routes, version, below)
            text = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
            known = text, f'"{hashlib.sha256(text).hexdigest()[:16]}"'
            if len(self._known) >= _KNOWN:
                self._known.clear()
            if self._model == (schema, owners):
                self._known[below] = known
        return known
