"""Where a client begins: ``/.well-known/host-meta``, which tells where RESTCONF is (RFC 8040 section 3.1, RFC 6415), the API
resource with what is in it (section 3.3), and the revision of ietf-yang-library (section 3.3.3)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from falcon.asgi import Request, Response

from pyconfhoard.errors import BadInput, Fault

from .body_xml import RESTCONF
from .compression import VARY
from .media_types import ENCODINGS, JSON
from .negotiation import answer_type, choose
from .pages import LINKS
from .query import only, query_of
from .resource import answer_options
from .runtime import Runtime

__all__ = ["LIBRARY_VERSION", "ROOT", "ApiRoot", "HostMeta", "LibraryVersion"]

ROOT: Final = "/restconf"
"""``{+restconf}``."""

LIBRARY_VERSION: Final = "2019-01-04"
"""The revision of ietf-yang-library that is served (RFC 8525)."""

_XRD: Final = "application/xrd+xml"
_XRD_SPACE: Final = "http://docs.oasis-open.org/ns/xri/xrd-1.0"
_READ: Final = "GET, HEAD, OPTIONS"

_MEMBERS: Final[Mapping[str, tuple[object, str]]] = {
    "data": ({}, "<data/>"),
    "operations": ({}, "<operations/>"),
    "yang-library-version": (
        LIBRARY_VERSION,
        f"<yang-library-version>{LIBRARY_VERSION}</yang-library-version>",
    ),
}
"""What the API resource has: name -> in JSON, in XML."""


class HostMeta:
    """Open to anybody: it tells nothing but a path."""

    def __init__(self, runtime: Runtime) -> None:
        pass

    async def on_get(self, request: Request, response: Response) -> None:
        wanted = JSON if request.path.endswith(".json") else ""
        kind = wanted or choose(request.get_header("Accept"), (_XRD, "application/xml", JSON))
        response.content_type = kind
        response.set_header("Vary", VARY)
        if kind == JSON:
            response.data = json.dumps({"links": [{"rel": "restconf", "href": ROOT}]}).encode()
        else:
            link = f"<Link rel='restconf' href='{ROOT}'/>"
            response.data = f"<?xml version='1.0'?>\n<XRD xmlns='{_XRD_SPACE}'>{link}</XRD>\n".encode()

    on_head = on_get

    async def on_options(self, request: Request, response: Response) -> None:
        answer_options(response, _READ)


class ApiRoot:
    """What there is below the root."""

    def __init__(self, runtime: Runtime) -> None:
        pass

    async def on_get(self, request: Request, response: Response) -> None:
        names = _told(request.query_string)
        response.set_header("Link", LINKS)
        answer_small(
            request,
            response,
            json.dumps({"ietf-restconf:restconf": {name: _MEMBERS[name][0] for name in names}}),
            f'<restconf xmlns="{RESTCONF}">{"".join(_MEMBERS[name][1] for name in names)}</restconf>',
            takes=("depth", "fields"),
        )

    on_head = on_get

    async def on_options(self, request: Request, response: Response) -> None:
        answer_options(response, _READ)


def _told(query_string: str) -> tuple[str, ...]:
    """The members that ``depth`` and ``fields`` leave (RFC 8040 sections 4.8.2 and 4.8.3). Raises
    :class:`~pyconfhoard.errors.BadInput`."""
    only(query_string, "depth", "fields")
    query = query_of("GET", query_string)
    if query.fields is None:
        return () if query.depth == 1 else tuple(_MEMBERS)
    wanted = {name.removeprefix("ietf-restconf:"): below for name, below in query.fields.items()}
    for name, below in wanted.items():
        if name not in _MEMBERS or below:
            message = f"fields: the API resource has {', '.join(_MEMBERS)}, and nothing below them"
            raise BadInput(
                Fault("invalid-value", message, type="protocol", value=name, legal=tuple(_MEMBERS))
            )
    return tuple(name for name in _MEMBERS if name in wanted)


class LibraryVersion:
    """Its one leaf that is not a resource of its own elsewhere."""

    def __init__(self, runtime: Runtime) -> None:
        pass

    async def on_get(self, request: Request, response: Response) -> None:
        answer_small(
            request,
            response,
            json.dumps({"ietf-restconf:yang-library-version": LIBRARY_VERSION}),
            f'<yang-library-version xmlns="{RESTCONF}">{LIBRARY_VERSION}</yang-library-version>',
        )

    on_head = on_get

    async def on_options(self, request: Request, response: Response) -> None:
        answer_options(response, _READ)


def answer_small(
    request: Request, response: Response, as_json: str, as_xml: str, *, takes: tuple[str, ...] = ()
) -> None:
    """One of two texts, as ``Accept`` asks. Raises 406, and :class:`~pyconfhoard.errors.BadInput` for a query parameter that is
    not one of ``takes``."""
    kind = answer_type(request)
    only(request.query_string, *takes)
    response.content_type = kind
    response.set_header("Cache-Control", "no-cache")
    response.set_header("Vary", VARY)
    response.data = (as_xml if ENCODINGS[kind] == "xml" else as_json).encode()
