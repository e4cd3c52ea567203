"""The data resource: GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS on a node, wherever it is found.

``/restconf/data``, ``/v1/datastore`` and the private candidates are this one code. They differ in where data
comes from (:class:`~rest.source.Source`), where changes go (:class:`Store`), and in :class:`Style`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from falcon.asgi import Request, Response

from pyconfhoard.access import Principal
from pyconfhoard.errors import Fault, NotFound
from pyconfhoard.schema.nodes import Inner, Leaf, Schema
from pyconfhoard.tree import Branch, Path, api_path, get, revision_at
from pyconfhoard.tree.json_encode import WithDefaults

from .body import LARGE, read_json
from .document import filtered, leaf_form, members_form, pieces, streamed, weight, wrapped_form
from .edits import Plan, Times, allowed, plan
from .etags import Preconditions, etag, http_date, is_not_modified
from .negotiation import ACCEPT_PATCH, DATA_FIRST, choose
from .query import Query, query_of
from .source import Found, Source
from .target import Target

__all__ = ["Limits", "Store", "Style", "answer_options", "answer_read", "answer_write"]

_HEAVY: Final = 2000
"""Nodes from which on a filtered answer is made in a thread."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``body`` in bytes, ``depth`` in levels of JSON."""

    body: int
    depth: int


@dataclass(frozen=True, slots=True)
class Style:
    """How a family of resources speaks.

    ``offers``: media types, best first. ``strict``: as RFC 8040 has it: names qualified at the top, lists not
    written as a whole. ``top``: what is told in the members form, None for nothing. ``defaults``: whether
    defaults show where the request does not say.
    """

    offers: tuple[str, ...] = DATA_FIRST
    strict: bool = True
    top: Path | None = None
    defaults: WithDefaults = "explicit"


class Store(Protocol):
    """Where a change goes."""

    async def write(self, plan: Plan) -> Branch:
        """Carry it out; the root with it done. Raises what a commit raises."""

    @property
    def tagged(self) -> bool:
        """Whether the revisions in that root are those of the journal."""


async def answer_read(
    request: Request,
    response: Response,
    source: Source,
    target: Target,
    *,
    principal: Principal,
    style: Style,
    times: Times,
) -> None:
    """GET and HEAD. Raises :class:`NotFound` where nothing stands, 406, and what the query may be wrong with."""
    response.content_type = choose(request.get_header("Accept"), style.offers)
    principal.demand(principal.may_read(target.path), "read", target.path)
    query = query_of(request.method, request.query_string, style.defaults)
    members = target.path == style.top
    found = source.find(target, query)
    if found is None:
        if not (members and isinstance(target.node, Inner)) and target.path.steps:
            raise NotFound(Fault("invalid-value", f"there is nothing at {target.path}", str(target.path)))
        found = _nothing(target)
    response.set_header("Cache-Control", "no-cache")
    if source.tagged and not found.state:
        _tag(response, found.revision, times)
        if is_not_modified(request, found.revision, times):
            response.status = 304
            return
    if found.notes is None and isinstance(target.node, Leaf):
        response.data = leaf_form(target, found)
    elif query.plain:
        _fill(response, members_form(found) if members else wrapped_form(target, found))
    else:
        response.data = await _filtered(target, found, query, members=members)


def _nothing(target: Target) -> Found:
    if not isinstance(target.node, Inner):
        raise TypeError(f"{target.path} is not a branch")
    return Found(Branch(target.node, {}))


def _tag(response: Response, revision: int, times: Times) -> None:
    response.set_header("ETag", etag(revision))
    moment = times(revision)
    if moment is not None:
        response.set_header("Last-Modified", http_date(moment))


def _fill(response: Response, parts: Iterator[bytes]) -> None:
    """One piece is sent with its length; more are sent as they are made."""
    whole = pieces(parts)
    first = next(whole, b"")
    second = next(whole, None)
    if second is None:
        response.data = first
        return

    def rest() -> Iterator[bytes]:
        yield second
        yield from whole

    response.stream = streamed(first, rest())


async def _filtered(target: Target, found: Found, query: Query, *, members: bool) -> bytes:
    if weight(found.value, _HEAVY) < _HEAVY:
        return filtered(target, found, query, members=members)
    return await asyncio.to_thread(filtered, target, found, query, members=members)


async def answer_write(
    request: Request,
    response: Response,
    schema: Schema,
    target: Target,
    store: Store,
    *,
    principal: Principal,
    style: Style,
    limits: Limits,
    times: Times,
    locate: Callable[[str], str],
) -> None:
    """POST, PUT, PATCH and DELETE. ``locate`` makes a URL of an api-path from the root.

    The answer is 201 with ``Location`` for what was not there before, else 204 (RFC 8040 sections 4.4 to 4.7).
    """
    choose(request.get_header("Accept"), style.offers)
    query_of(request.method, request.query_string)
    principal.demand(principal.may_write(target.path), "write", target.path)
    raw, size = None, 0
    if request.method != "DELETE":
        raw, size = await read_json(request, limits.body, limits.depth)
    preconditions = Preconditions(request)

    def decoded() -> Plan:
        return plan(
            request.method,
            target,
            raw,
            preconditions,
            times,
            strict=style.strict,
            top=style.top is not None and target.path == style.top,
        )

    change = await asyncio.to_thread(decoded) if size > LARGE else decoded()
    root = await store.write(change)
    response.status = 201 if change.created else 204
    response.set_header("Cache-Control", "no-cache")
    if change.created:
        response.set_header("Location", locate(api_path(schema, change.path)))
    if store.tagged and request.method != "DELETE" and get(root, change.path) is not None:
        _tag(response, revision_at(root, change.path), times)


def answer_options(response: Response, allow: str) -> None:
    """OPTIONS: what the resource takes."""
    response.status = 200
    response.set_header("Allow", allow)
    if "PATCH" in allow:
        response.set_header("Accept-Patch", ACCEPT_PATCH)
    response.data = b""


def allow_of(target: Target, style: Style) -> str:
    """``Allow`` of a target that can be written as far as the model lets it."""
    return allowed(target, strict=style.strict)
