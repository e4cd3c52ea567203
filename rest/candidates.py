"""``/v1/candidate``: candidates over HTTP, by id; that of the shared one is ``shared``.

HTTP has no connection that could own a private one, so its id is a secret, and it is discarded when nobody has
touched it for a while. Its data is the whole configuration as it would be after the commit; it takes the same methods
as ``/restconf/data``, and besides lists and leaf-lists as a whole.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from falcon.asgi import Request, Response

from pyconfhoard.access import Principal
from pyconfhoard.access.nacm import Access
from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.hoard import Hoard
from pyconfhoard.hoard.candidates import SHARED, Candidate
from pyconfhoard.hoard.merge import spread
from pyconfhoard.schema.nodes import LeafList, Schema
from pyconfhoard.schema.types.base import Json
from pyconfhoard.tree import Branch, Change, Path, diff, node_at, to_json

from .auth import access_of, principal_of
from .body import read_json
from .commit_options import check_words, commit_options, session_of
from .media_types import PLAIN_FIRST
from .negotiation import choose
from .resource import Style, allow_of, answer_options, answer_read, answer_write
from .runtime import Runtime
from .source import Source
from .stores import CandidateStore, refuse_voters
from .target import Target, below, target_at

__all__ = [
    "CandidateChanges",
    "CandidateCommit",
    "CandidateData",
    "CandidateValidation",
    "Candidates",
    "OneCandidate",
]

_STYLE = Style(strict=False)
_ROUTE = ("v1", "candidate", "", "data")


class _Resource:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def _mine(self, request: Request, id: str) -> tuple[Hoard, Candidate, Principal]:
        """The candidate of an id, when it is the asker's or shared."""
        hoard = self._runtime.hoard
        principal = principal_of(request)
        return hoard, hoard.candidates.get(id, principal.name), principal


class Candidates(_Resource):
    """POST makes a private one, based on running as it is now."""

    async def on_post(self, request: Request, response: Response) -> None:
        hoard = self._runtime.hoard
        candidate = hoard.candidates.create(principal_of(request).name)
        _tell(request, response, _described(hoard, candidate), 201)
        response.set_header("Location", f"{request.prefix}/v1/candidate/{candidate.id}")

    async def on_options(self, request: Request, response: Response) -> None:
        answer_options(response, "POST, OPTIONS")


class OneCandidate(_Resource):
    """GET tells of it, DELETE discards it."""

    async def on_get(self, request: Request, response: Response, id: str) -> None:
        hoard, candidate, _ = self._mine(request, id)
        _tell(request, response, _described(hoard, candidate))

    on_head = on_get

    async def on_delete(self, request: Request, response: Response, id: str) -> None:
        hoard, candidate, principal = self._mine(request, id)
        await hoard.candidates.discard(candidate.id, author=principal, session=session_of(request))
        response.status = 204

    async def on_options(self, request: Request, response: Response, id: str) -> None:
        answer_options(response, "GET, HEAD, DELETE, OPTIONS")


class CandidateData(_Resource):
    """The configuration with what is pending."""

    def _target(self, request: Request) -> Target:
        return target_at(self._runtime.hoard.schema, Path.ROOT, below(request, _ROUTE))

    async def on_get(self, request: Request, response: Response, id: str, **_: str) -> None:
        hoard, candidate, _principal = self._mine(request, id)
        await answer_read(
            request,
            response,
            hoard.schema,
            Source(candidate.root, None, tagged=True, shape=hoard.validator.table.shape),
            self._target(request),
            style=_STYLE,
            times=self._runtime.time_of,
        )

    on_head = on_get

    async def on_post(self, request: Request, response: Response, id: str, **_: str) -> None:
        hoard, candidate, principal = self._mine(request, id)
        await answer_write(
            request,
            response,
            hoard.schema,
            self._target(request),
            CandidateStore(hoard, candidate, principal, session_of(request)),
            style=_STYLE,
            limits=self._runtime.limits,
            times=self._runtime.time_of,
            locate=lambda path: f"{request.prefix}/v1/candidate/{candidate.id}/data/{path}",
        )

    on_put = on_patch = on_delete = on_post

    async def on_options(self, request: Request, response: Response, id: str, **_: str) -> None:
        self._mine(request, id)
        answer_options(response, allow_of(self._target(request), _STYLE))


class CandidateChanges(_Resource):
    """GET lists what is pending; a container that says nothing by being there is told as what is in it."""

    async def on_get(self, request: Request, response: Response, id: str) -> None:
        _, candidate, _ = self._mine(request, id)
        revision, base, root = (
            candidate.revision,
            candidate.base,
            candidate.root,
        )  # others may edit it meanwhile
        listed = await asyncio.to_thread(_listed, access_of(request), base, root)
        _tell(request, response, {"base": revision, "changes": listed})

    on_head = on_get

    async def on_options(self, request: Request, response: Response, id: str) -> None:
        answer_options(response, "GET, HEAD, OPTIONS")


class CandidateValidation(_Resource):
    """POST checks what a commit would find, and asks the Things: 204, or the faults."""

    async def on_post(self, request: Request, response: Response, id: str) -> None:
        hoard, candidate, principal = self._mine(request, id)
        refuse_voters(self._runtime, principal)
        options = commit_options(request)
        options.check_id(hoard)
        session, confirms = options.session, options.persist_id
        await hoard.candidates.check(candidate.id, principal, session=session, confirms=confirms)
        response.status = 204

    async def on_options(self, request: Request, response: Response, id: str) -> None:
        answer_options(response, "POST, OPTIONS")


class CandidateCommit(_Resource):
    """POST commits it, and ends a private one. The body may be empty, or say why: ``{"comment": "..."}``; the header
    says what that of any commit may."""

    async def on_post(self, request: Request, response: Response, id: str) -> None:
        hoard, candidate, principal = self._mine(request, id)
        comment = await self._comment(request)
        refuse_voters(self._runtime, principal)
        options = commit_options(request)
        commit = await options.commit_candidate(hoard, candidate.id, principal, comment)
        self._runtime.remember(commit.revision, commit.time)
        for name, value in options.told(hoard, commit).items():
            response.set_header(name, value)
        changed = [str(change.path) for change in spread(commit.changes)]
        _tell(request, response, {"revision": commit.revision, "changed": changed})

    async def _comment(self, request: Request) -> str:
        if not request.content_length and request.get_header("Transfer-Encoding") is None:
            return ""
        body, _ = await read_json(request, self._runtime.limits)
        if not isinstance(body, dict) or body.keys() - {"comment"}:
            raise BadInput(Fault("malformed-message", 'the body is {"comment": "..."}, or empty'))
        comment = body.get("comment", "")
        if not isinstance(comment, str):
            raise BadInput(Fault("invalid-value", "a comment is a string", value=str(comment)))
        check_words("comment", comment)
        return comment

    async def on_options(self, request: Request, response: Response, id: str) -> None:
        answer_options(response, "POST, OPTIONS")


def _described(hoard: Hoard, candidate: Candidate) -> dict[str, Any]:
    ends = {} if candidate.id == SHARED else {"expires-in": hoard.candidates.idle}
    return {"id": candidate.id, "base": candidate.revision, **ends}


def _listed(access: Access, base: Branch, root: Branch) -> list[Json]:
    shown = (access.shown(change) for change in spread(diff(base, root)))
    return [_change(access.schema, change) for change in shown if change is not None]


def _change(schema: Schema, change: Change) -> Json:
    """One pending change: ``old`` and ``new`` in RFC 7951 form, where there are any."""
    told: dict[str, Json] = {"path": str(change.path), "kind": change.kind}
    if change.kind == "moved":
        return told
    node = node_at(schema, change.path)
    single = isinstance(node, LeafList) and change.path.last.key is not None
    for name, value in (("old", change.old), ("new", change.new)):
        if value is not None:
            told[name] = to_json(node, (value,))[0] if single else to_json(node, value)
    return told


def _tell(request: Request, response: Response, answer: dict[str, Any], status: int = 200) -> None:
    response.content_type = choose(request.get_header("Accept"), PLAIN_FIRST)
    response.status = status
    response.set_header("Cache-Control", "no-store")
    response.data = json.dumps(answer, ensure_ascii=False).encode()
