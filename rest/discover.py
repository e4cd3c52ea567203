"""What is here: ``/v1/discover`` for people and programs, ``/v1/schema`` for those that need the whole model, and
``/v1/thing/<name>``, where a Thing is made known."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from falcon.asgi import Request, Response

from pyconfhoard import schema as schemas
from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.store.journal import write_time

from .auth import principal_of
from .body import read_json
from .compression import VARY, same_tag
from .media_types import PLAIN_FIRST
from .negotiation import choose
from .pages import LINKS
from .resource import answer_options
from .runtime import Runtime

__all__ = ["Discover", "SchemaDump", "ThingResource"]


class Discover:
    """``datastores`` by owner, with the names that the project has had from its first day; ``modules`` with their revisions;
    ``started``: since when this process has the datastore, candidates and locks are not older; ``waiting`` where the YANG files
    say another model that does not serve yet: why, and what to do."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def on_get(self, request: Request, response: Response) -> None:
        response.content_type = choose(request.get_header("Accept"), PLAIN_FIRST)
        hoard = self._runtime.hoard
        state = hoard.state
        reports = self._runtime.links.reports()
        owners: dict[str, Any] = {}
        for owner in state.owners.values():
            told: dict[str, Any] = {
                "appname": owner.name,
                "kind": owner.kind,
                "yangmodule": owner.module,
                "yangpath": str(owner.path),
                "title": owner.title,
            }
            if owner.kind == "thing":
                told["linked"] = owner.name in reports
                report = reports.get(owner.name)
                if report is not None:
                    told["applied"] = {"revision": report.revision, "ok": not report.reason}
                    told["applied"] |= {"reason": report.reason} if report.reason else {}
            owners[owner.name] = told
        modules = {
            module.name: module.revision for module in state.schema.modules.values() if module.implemented
        }
        answer = {
            "revision": state.revision,
            "started": write_time(hoard.started),
            "datastores": owners,
            "modules": modules,
        }
        if hoard.waiting is not None:
            answer["waiting"] = hoard.waiting.reason
        response.set_header("Cache-Control", "no-cache")
        response.set_header("Link", LINKS)
        response.set_header("Vary", VARY)
        response.data = json.dumps(answer, ensure_ascii=False).encode()

    on_head = on_get

    async def on_options(self, request: Request, response: Response) -> None:
        answer_options(response, "GET, HEAD, OPTIONS")


class SchemaDump:
    """The compiled schema, as ``pyconfhoard.schema.restore`` reads it; its tag is the schema's fingerprint."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._dump: tuple[Schema, bytes] | None = None

    async def on_get(self, request: Request, response: Response) -> None:
        response.content_type = choose(request.get_header("Accept"), PLAIN_FIRST)
        schema = self._runtime.hoard.schema
        tag = f'"{schema.fingerprint}"'
        response.set_header("ETag", tag)
        response.set_header("Cache-Control", "no-cache")
        response.set_header("Vary", VARY)
        if same_tag(request.get_header("If-None-Match"), tag):
            response.status = 304
            return
        if self._dump is None or self._dump[0] is not schema:
            self._dump = schema, await asyncio.to_thread(schemas.dump, schema)
        response.data = self._dump[1]

    on_head = on_get

    async def on_options(self, request: Request, response: Response) -> None:
        answer_options(response, "GET, HEAD, OPTIONS")


class ThingResource:
    """POST registers a Thing: ``{"module": ..., "path": ..., "title": ...}``; the answer has its token.

    201 for a new one, 200 for one that was known. Only the administrator may.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def on_post(self, request: Request, response: Response, name: str) -> None:
        response.content_type = choose(request.get_header("Accept"), PLAIN_FIRST)
        hoard = self._runtime.hoard
        principal = principal_of(request)
        principal.demand(principal.is_admin, "register a Thing")
        body, _ = await read_json(request, self._runtime.limits)
        module, path, title = _fields(body)
        known = name in hoard.owners
        before = hoard.schema, hoard.owners.get(name)
        registered = await hoard.register(name, module, path, title)
        if hoard.schema is not before[0] or hoard.owners.get(name) != before[1]:
            self._runtime.links.close_all("the model has changed: come again")
        response.status = 200 if known else 201
        response.set_header("Cache-Control", "no-store")
        owner = registered.owner
        answer = {
            "name": owner.name,
            "module": owner.module,
            "path": str(owner.path),
            "title": owner.title,
            "token": registered.token,
        }
        response.data = json.dumps(answer, ensure_ascii=False).encode()

    async def on_options(self, request: Request, response: Response, name: str) -> None:
        answer_options(response, "POST, OPTIONS")


def _fields(body: Any) -> tuple[str, str, str]:
    shape = 'the body is {"module": "...", "path": "/...", "title": "..."}; the title may be left out'
    if not isinstance(body, dict) or body.keys() - {"module", "path", "title"}:
        raise BadInput(Fault("malformed-message", shape))
    faults = [
        Fault("missing-element" if name not in body else "invalid-value", f"{name!r} is a string; {shape}")
        for name in ("module", "path", "title")
        if not isinstance(body.get(name, "" if name == "title" else None), str)
    ]
    if faults:
        raise BadInput(faults)
    return body["module"], body["path"], body.get("title", "")
