"""The data resource: GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS on a node, wherever it is found.

``/restconf/data``, ``/v1/datastore`` and the private candidates are this one code. They differ in where data
comes from (:class:`~rest.source.Source`), where changes go (:class:`~rest.stores.Store`), and in :class:`Style`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from falcon.asgi import Request, Response

from pyconfhoard.access.nacm import Access
from pyconfhoard.access.rights import Right
from pyconfhoard.errors import AccessDenied, Fault, NotFound
from pyconfhoard.schema.nodes import Inner, Leaf, Schema
from pyconfhoard.tree import Branch, Entries, Path, api_path, get, revision_at, weight
from pyconfhoard.tree.json_encode import WithDefaults

from .apart import LARGE, apart
from .auth import access_of, discreet
from .body import Limits, read_document
from .compression import VARY
from .document import leaf_form, members_form, pieces, streamed, wrapped_form
from .document_xml import xml_form
from .dry_run import trial_form
from .edits import Plan, Times, allowed, check_method, plan
from .etags import Preconditions, etag, is_not_modified, modified
from .media_types import DATA_FIRST, DATA_XML, ENCODINGS, XML_LIST, Encoding
from .negotiation import answer_type
from .pagination.parameters import PARAMETERS as PAGING
from .pagination.parameters import Page, elsewhere
from .pagination.pick import heavy, in_order, paged, told_in_xml, with_sublists
from .query import Query, query_of
from .shape import check_fields, shaped
from .source import Found, Source
from .stores import Store
from .target import Target

__all__ = ["Limits", "Style", "answer_options", "answer_read", "answer_write", "tag"]

_HEAVY: Final = 2000
"""Nodes from which on a filtered answer is made in a thread."""

_RIGHTS: Final[Mapping[str, Right]] = {"POST": "create", "DELETE": "delete"}
"""What a method asks for, where it is not to update (RFC 8341 section 3.2.3)."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a family of resources speaks.

    ``offers``: media types of answers and bodies, best first; ``patches``: those of PATCH besides. ``strict``: as RFC
    8040 has it: names qualified at the top, lists not written as a whole. ``top``: what is told in the members form, None
    for nothing. ``defaults``: whether defaults show where the request does not say; ``origin``: whether
    ``with-origin`` may be asked for; ``module``: of the root, no more than this module has.
    """

    offers: tuple[str, ...] = DATA_FIRST
    patches: tuple[str, ...] = ()
    strict: bool = True
    top: Path | None = None
    defaults: WithDefaults = "explicit"
    origin: bool = False
    module: str = ""


async def answer_read(
    request: Request,
    response: Response,
    schema: Schema,
    source: Source,
    target: Target,
    *,
    style: Style,
    times: Times,
) -> None:
    """GET and HEAD. Raises :class:`NotFound` where nothing stands, 406, and what the query may be wrong with."""
    offers = (*style.offers, XML_LIST) if target.whole and DATA_XML in style.offers else style.offers
    kind = answer_type(request, offers)
    encoding = ENCODINGS[kind]
    response.content_type = kind
    access = access_of(request)
    _demand_read(request, access, target, strict=style.strict)
    query = query_of(request.method, request.query_string, style.defaults, origin=style.origin)
    check_fields(target, query)
    if query.page is not None and not target.whole:
        raise elsewhere(next(name for name in PAGING if name in request.query_string))
    members = target.path == style.top
    found = source.find(target, query)
    if found is None:
        if not (members and isinstance(target.node, Inner)) and target.path.steps:
            raise _absent(target)
        found = _nothing(target)
    response.set_header("Cache-Control", "no-cache")
    response.set_header("Vary", VARY)
    if source.tagged and (not found.state or not target.path.steps):
        # The datastore has a tag whatever is in it (RFC 8040 section 3.4.1), but state may have changed under it.
        tag(response, found.revision, times, encoding)
        whole = access.reads_all(target.path)  # else other rules would show more of the same revision
        if whole and not found.state and is_not_modified(request, found.revision, times, encoding):
            response.status = 304
            return
    page = None
    if query.page is not None:
        if not access.reads_all(target.path):
            found = await _pruned(access, target, found, members=members)
        found = await _page(access, schema, target, found, query.page, source)
        page = found.value
    if not query.plain:
        shape = await _shaped(target, found, query, source)
        if shape is None:
            raise _absent(target)
        found = shape if target.path.steps or not style.module else _of_module(shape, style.module)
    if not access.reads_all(target.path):
        found = await _pruned(access, target, found, members=members)
    if query.sublists is not None:
        found = replace(found, value=with_sublists(found.value, query.sublists))
    if isinstance(page, Entries):
        found = replace(found, value=in_order(found.value, page))
    if encoding == "xml":
        words = schema if page is None and query.sublists is None else told_in_xml(schema)
        _fill(response, xml_form(words, target, found, listed=kind == XML_LIST))
    elif found.notes is None and isinstance(target.node, Leaf):
        response.data = leaf_form(target, found)
    else:
        _fill(response, members_form(found) if members else wrapped_form(target, found))


def _demand_read(request: Request, access: Access, target: Target, *, strict: bool) -> None:
    """RESTCONF has nothing to tell of what may not be read, not even that it is there (RFC 8040 section 4.3, RFC 8341 section
    3.2.4); ``/v1`` says why. Both are in the log."""
    try:
        access.demand_read(target.path)
    except AccessDenied:
        if not strict:
            raise
        request.context.hidden = True
        message = f"there is nothing at {target.path} that {access.principal.name} may read"
        raise NotFound(Fault("invalid-value", message, str(target.path))) from None


def _absent(target: Target) -> NotFound:
    return NotFound(Fault("invalid-value", f"there is nothing at {target.path}", str(target.path)))


def _of_module(found: Found, module: str) -> Found:
    """The root without the defaults of other modules."""
    root: Branch = found.value
    members = {name: value for name, value in root.members.items() if name.startswith(f"{module}:")}
    return replace(found, value=Branch(root.schema, members, root.revision, root.meta))


def _nothing(target: Target) -> Found:
    if not isinstance(target.node, Inner):
        raise TypeError(f"{target.path} is not a branch")
    return Found(Branch(target.node, {}))


def tag(response: Response, revision: int, times: Times, encoding: Encoding) -> None:
    """``ETag`` and ``Last-Modified`` of a resource that last changed in ``revision``."""
    response.set_header("ETag", etag(revision, encoding))
    moment = times(revision)
    if moment is not None:
        response.set_headers(modified(moment))


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


async def _page(
    access: Access, schema: Schema, target: Target, found: Found, page: Page, source: Source
) -> Found:
    root = source.config if page.where and not source.base.steps else None
    hides = root is not None and not access.reads_all(Path.ROOT)

    def taken() -> Found:
        if hides:  # an expression must not find out what may not be read
            left = access.readable(schema.root, root, Path.ROOT)
            return paged(schema, target.path, target.node, found, page, left)
        return paged(schema, target.path, target.node, found, page, root)

    return await asyncio.to_thread(taken) if hides or heavy(found, page) else taken()


async def _shaped(target: Target, found: Found, query: Query, source: Source) -> Found | None:
    if weight(found.value, _HEAVY) < _HEAVY:
        return shaped(target, found, query, source)
    return await asyncio.to_thread(shaped, target, found, query, source)


async def _pruned(access: Access, target: Target, found: Found, *, members: bool) -> Found:
    """``found`` as far as it may be read: after it was shaped, for that can bring defaults in."""
    if weight(found.value, _HEAVY) < _HEAVY:
        left = access.readable(target.node, found.value, target.path)
    else:
        left = await asyncio.to_thread(access.readable, target.node, found.value, target.path)
    if left is not None:
        return replace(found, value=left)
    if not members:
        raise _absent(target)
    return _nothing(target)


async def answer_write(
    request: Request,
    response: Response,
    schema: Schema,
    target: Target,
    store: Store,
    *,
    style: Style,
    limits: Limits,
    times: Times,
    locate: Callable[[str], str],
) -> None:
    """POST, PUT, PATCH and DELETE. ``locate`` makes a URL of an api-path from the root.

    The answer is 201 with ``Location`` for what was not there before, else 204 (RFC 8040 sections 4.4 to 4.7); to a dry
    run 200, with what would happen.
    """
    kind = answer_type(request, style.offers)
    encoding = ENCODINGS[kind]
    check_method(request.method, target, strict=style.strict)
    query = query_of(request.method, request.query_string)
    access_of(request).demand_write(target.path, _RIGHTS.get(request.method, "update"))
    body = None
    if request.method != "DELETE":
        body = await read_document(request, limits, style.offers, style.patches)
    preconditions = Preconditions(request)

    def decoded() -> Plan:
        return plan(
            request.method,
            schema,
            target,
            body,
            query,
            preconditions,
            times,
            strict=style.strict,
            top=style.top is not None and target.path == style.top,
        )

    large = body is not None and body.size > LARGE
    change = await apart(decoded) if large else decoded()
    with discreet(request, target.path):
        if query.dry_run:
            response.content_type = kind
            response.data = trial_form(schema, await store.rehearse(change.edits), encoding)
            return
        written = await store.write(change.edits)
    root = written.root
    response.status = 201 if change.created else 204
    response.set_header("Cache-Control", "no-cache")
    for name, value in written.headers.items():
        response.set_header(name, value)
    if change.created:
        response.set_header("Location", locate(api_path(schema, change.path)))
    if request.method != "DELETE" and get(root, change.path) is not None:
        tag(response, revision_at(root, change.path), times, encoding)


def answer_options(response: Response, allow: str, patches: tuple[str, ...] = DATA_FIRST) -> None:
    """OPTIONS: what the resource takes; ``patches`` are the media types of PATCH, where it takes that."""
    response.status = 200
    response.set_header("Allow", allow)
    if "PATCH" in allow:
        response.set_header("Accept-Patch", ", ".join(patches))
    response.data = b""


def allow_of(target: Target, style: Style) -> str:
    """``Allow`` of a target that can be written as far as the model lets it."""
    return allowed(target, strict=style.strict)
