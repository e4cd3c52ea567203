"""The resources that every hoard has, whatever its model: one row a route.

``/v1`` by hand, since it is small; a test compares the rows with the routes that the application has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, get_args
from urllib.parse import quote

from pyconfhoard.hoard import Datastore
from pyconfhoard.hoard.owners import Owner
from pyconfhoard.schema.nodes import Inner, Schema
from pyconfhoard.tree import node_at

from .common import DATA_XML, errors, parameter, refer
from .paths import READS, WRITES, told
from .shapes import Shapes
from .types import EMPTY, JsonSchema

__all__ = ["FIXED", "UNTOLD", "fixed_items", "owner_items"]

_JSON: Final = "application/json"
_TEXT: Final[JsonSchema] = {"type": "string"}
_NUMBER: Final[JsonSchema] = {"type": "integer", "minimum": 0}
_ANY: Final[JsonSchema] = {"type": "object"}


def _object(required: Mapping[str, JsonSchema], **optional: JsonSchema) -> JsonSchema:
    return {"type": "object", "properties": {**required, **optional}, "required": list(required)}


def _answers(schema: JsonSchema, *statuses: int, kind: str = _JSON, ok: str = "200") -> dict[str, Any]:
    content = {kind: {"schema": schema}}
    return {ok: {"description": "What is there.", "content": content}, **errors(401, 406, 503, *statuses)}


def _operation(name: str, tag: str, summary: str, responses: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"operationId": name, "tags": [tag], "summary": summary, **more, "responses": responses}


def _path(name: str, description: str, schema: JsonSchema = _TEXT) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}


def _body(schema: JsonSchema, *, required: bool = True) -> dict[str, Any]:
    return {"required": required, "content": {_JSON: {"schema": schema}}}


_CANDIDATE: Final = _object({"id": _TEXT, "base": _NUMBER}, **{"expires-in": {"type": "number"}})
_ID: Final = [_path("id", "The candidate's id: shared, or that of a private one.")]
_WELL_KNOWN: Final = _object({"links": {"type": "array", "items": _object({"rel": _TEXT, "href": _TEXT})}})
_API_ROOT: Final = _object(
    {"ietf-restconf:restconf": _object({"data": _ANY, "operations": _ANY, "yang-library-version": _TEXT})}
)
_HEALTH: Final = _object(
    {"status": {"type": "string", "enum": ["ok", "starting", "stopping", "failing"]}}, reason=_TEXT
)
_OPERATIONS: Final = _object(
    {
        "ietf-restconf:operations": {"type": "object", "additionalProperties": EMPTY},
    }
)
_LISTENING: Final = {
    "filter": "An XPath expression that each must make true.",
    "start-time": "Replay from then on (date-and-time).",
    "stop-time": "End then.",
    "with-id": "Events with an id, from which a client goes on by Last-Event-ID; without a value.",
}
_OPEN: Final[dict[str, Any]] = {"security": []}

FIXED: Final[Mapping[str, dict[str, Any]]] = {
    "/healthz": {
        "get": _operation(
            "health",
            "server",
            "whether changes can be committed",
            {
                "200": {"description": "They can.", "content": {_JSON: {"schema": _HEALTH}}},
                "503": {
                    "description": "Starting, stopping, or the journal is in trouble.",
                    "content": {_JSON: {"schema": _HEALTH}},
                },
            },
            **_OPEN,
        )
    },
    "/v1/discover": {
        "get": _operation(
            "discover",
            "v1",
            "who owns what, who is linked, the newest revision",
            _answers(
                _object(
                    {
                        "revision": _NUMBER,
                        "datastores": {
                            "type": "object",
                            "additionalProperties": _object(
                                {"appname": _TEXT, "kind": _TEXT, "yangmodule": _TEXT, "yangpath": _TEXT},
                                title=_TEXT,
                                linked={"type": "boolean"},
                                applied=_object(
                                    {"revision": _NUMBER, "ok": {"type": "boolean"}}, reason=_TEXT
                                ),
                            ),
                        },
                        "modules": {"type": "object", "additionalProperties": _TEXT},
                    },
                    waiting=_TEXT,
                )
            ),
        )
    },
    "/v1/schema": {
        "get": _operation(
            "schema",
            "v1",
            "the compiled model, for a client that completes and checks",
            {**_answers({}), "304": refer("responses", "NotModified")},
            parameters=[parameter("if-none-match")],
        )
    },
    "/v1/candidate": {
        "post": _operation(
            "create-candidate",
            "candidates",
            "begin a private candidate, based on running; the shared one is always there",
            {
                "201": {
                    "description": "It is there, for who made it.",
                    "headers": {"Location": refer("headers", "Location")},
                    "content": {_JSON: {"schema": _CANDIDATE}},
                },
                **errors(401, 406, 409, 503),
            },
        )
    },
    "/v1/candidate/{id}": {
        "parameters": _ID,
        "get": _operation("get-candidate", "candidates", "what it is based on", _answers(_CANDIDATE, 404)),
        "delete": _operation(
            "discard-candidate",
            "candidates",
            "discard it",
            {"204": {"description": "It is gone."}, **errors(400, 401, 403, 404, 409, 503)},
            parameters=[parameter("session")],
        ),
    },
    "/v1/candidate/{id}/changes": {
        "parameters": _ID,
        "get": _operation(
            "get-candidate-changes",
            "candidates",
            "what is pending",
            _answers(
                _object(
                    {
                        "base": _NUMBER,
                        "changes": {
                            "type": "array",
                            "items": _object({"path": _TEXT, "kind": _TEXT}, old={}, new={}),
                        },
                    }
                ),
                404,
            ),
        ),
    },
    "/v1/candidate/{id}/validate": {
        "parameters": _ID,
        "post": _operation(
            "validate-candidate",
            "candidates",
            "find what a commit would find, the objections of Things too",
            {"204": {"description": "A commit would find nothing."}, **errors(401, 404, 409, 412, 503)},
        ),
    },
    "/v1/candidate/{id}/commit": {
        "parameters": _ID,
        "post": _operation(
            "commit-candidate",
            "candidates",
            "commit it as one, and end it",
            _answers(
                _object({"revision": _NUMBER, "changed": {"type": "array", "items": _TEXT}}),
                *(400, 403, 404, 409, 412, 413, 415),
            ),
            parameters=[parameter("session")],
            requestBody=_body(
                {"type": "object", "properties": {"comment": _TEXT}, "additionalProperties": False},
                required=False,
            ),
        ),
    },
    "/v1/thing/{name}": {
        "parameters": [_path("name", "The Thing's name.")],
        "post": _operation(
            "register-thing",
            "v1",
            "make a Thing known; the answer has its token",
            {
                "200": {"description": "It was known.", "content": {_JSON: {"schema": _ANY}}},
                "201": {"description": "It is known now.", "content": {_JSON: {"schema": _ANY}}},
                **errors(400, 401, 403, 404, 406, 409, 412, 413, 415, 503),
            },
            requestBody=_body(
                {**_object({"module": _TEXT, "path": _TEXT}, title=_TEXT), "additionalProperties": False}
            ),
        ),
    },
    "/.well-known/host-meta": {
        "get": _operation(
            "host-meta",
            "server",
            "where RESTCONF is (RFC 8040 section 3.1)",
            {
                "200": {
                    "description": "XRD, or JSON where Accept asks for it.",
                    "content": {
                        "application/xrd+xml": {},
                        "application/xml": {},
                        _JSON: {"schema": _WELL_KNOWN},
                    },
                },
                **errors(406),
            },
            **_OPEN,
        )
    },
    "/.well-known/host-meta.json": {
        "get": _operation(
            "host-meta-json",
            "server",
            "where RESTCONF is, in JSON",
            {"200": {"description": "A link.", "content": {_JSON: {"schema": _WELL_KNOWN}}}},
            **_OPEN,
        )
    },
    "/restconf": {
        "get": _operation(
            "api-root",
            "restconf",
            "the API resource (RFC 8040 section 3.3)",
            {
                "200": {
                    "description": "What is below.",
                    "content": {"application/yang-data+json": {"schema": _API_ROOT}, DATA_XML: {}},
                },
                **errors(400, 401, 406, 503),
            },
        )
    },
    "/restconf/yang-library-version": {
        "get": _operation(
            "yang-library-version",
            "restconf",
            "the revision of ietf-yang-library that is served (section 3.3.3)",
            {
                "200": {
                    "description": "A date.",
                    "content": {
                        "application/yang-data+json": {
                            "schema": _object({"ietf-restconf:yang-library-version": _TEXT})
                        },
                        DATA_XML: {},
                    },
                },
                **errors(400, 401, 406, 503),
            },
        )
    },
    "/restconf/schema/{file}": {
        "parameters": [_path("file", "A module or submodule, perhaps with its revision: name@2026-11-21.")],
        "get": _operation(
            "module-text",
            "restconf",
            "the text of a module (section 3.7)",
            {
                "200": {
                    "description": "As it was compiled.",
                    "content": {"application/yang": {}, "application/yin+xml": {}, "text/plain": {}},
                },
                **errors(400, 401, 404, 406, 503),
            },
        ),
    },
    "/restconf/operations": {
        "get": _operation(
            "operations",
            "restconf",
            "the rpcs that there are (section 3.3.2)",
            {
                "200": {
                    "description": "An empty leaf for each.",
                    "content": {"application/yang-data+json": {"schema": _OPERATIONS}, DATA_XML: {}},
                },
                **errors(400, 401, 406, 503),
            },
        )
    },
    "/restconf/streams/{stream}/{encoding}": {
        "parameters": [
            _path("stream", "Its name, as ietf-restconf-monitoring lists it."),
            _path("encoding", "That of the notifications.", {"type": "string", "enum": ["json", "xml"]}),
        ],
        "get": _operation(
            "event-stream",
            "restconf",
            "listen to notifications, as server-sent events (section 6)",
            {
                "200": {
                    "description": "Events until either side ends.",
                    "content": {"text/event-stream": {}},
                },
                **errors(400, 401, 403, 404, 406, 409, 503),
            },
            parameters=[
                {"name": name, "in": "query", "description": text, "schema": _TEXT}
                for name, text in _LISTENING.items()
            ],
        ),
    },
    "/openapi.json": {
        "get": _operation(
            "openapi",
            "server",
            "this description",
            {**_answers(_ANY, 400), "304": refer("responses", "NotModified")},
            parameters=[
                parameter("if-none-match"),
                {
                    "name": "below",
                    "in": "query",
                    "description": "Describe the data below this schema path, such as /module:a/b, instead.",
                    "schema": {"type": "string", "pattern": "^/[^/]"},
                },
            ],
        )
    },
    "/docs": {
        "get": _operation(
            "docs",
            "server",
            "this description as a page for browsers",
            {"200": {"description": "A page.", "content": {"text/html": {}}}},
            **_OPEN,
        )
    },
}
"""Route -> path item."""

UNTOLD: Final[Mapping[str, str]] = {
    "/restconf/subscriptions/{id}": "events without end",
    "/v1/link": "a WebSocket, for Things",
    "/restconf/": "the same as /restconf",
    "/restconf/operations/": "the same as /restconf/operations",
    "/restconf/yang-library-version/": "the same as /restconf/yang-library-version",
    "/docs/{file}": "parts of the page",
    "/v1/datastore/{datastore}/{owner}/{below:path}": "as /v1/datastore/{datastore}/{owner}, of any depth",
    "/v1/candidate/{id}/data/{below:path}": "as /restconf/data, of any depth",
    "/v1/candidate/{id}/data": "as /restconf/data",
    "/restconf/operations/{name}": "made from the model",
    "/restconf/ds/{datastore}": "made from the model",
    "/restconf/ds/{datastore}/{below:path}": "as /restconf/data, of any depth",
    "/restconf/data": "made from the model",
    "/restconf/data/{below:path}": "made from the model",
    "/v1/datastore/{datastore}/{owner}": "made from the owners",
}
"""Routes without a row of their own, and why."""


def fixed_items(routes: Collection[str]) -> dict[str, Any]:
    """The rows of the routes that there are."""
    return {path: item for path, item in FIXED.items() if path in routes}


def owner_items(shapes: Shapes, schema: Schema, owners: Mapping[str, Owner]) -> dict[str, Any]:
    """``/v1/datastore/<datastore>/<owner>`` for the owners that there are: running takes changes."""
    if not owners:
        return {}
    others = [word for word in get_args(Datastore) if word != "running"]
    items: dict[str, Any] = {
        "/v1/datastore/{datastore}/{owner}": {
            "parameters": [
                _path(
                    "datastore",
                    "What the files hold, or what is published.",
                    {"type": "string", "enum": others},
                ),
                _path("owner", "A Thing, or a module.", {"type": "string", "enum": sorted(owners)}),
            ],
            "get": _read("get-datastore", "read what an owner has", {"type": "object"}),
        }
    }
    for owner in owners.values():
        items[f"/v1/datastore/running/{quote(owner.name, safe='')}"] = dict(_owned(shapes, schema, owner))
    return items


def _owned(shapes: Shapes, schema: Schema, owner: Owner) -> Iterator[tuple[str, Any]]:
    node = node_at(schema, owner.path)
    if not isinstance(node, Inner):
        raise TypeError(f"{owner.name} owns {owner.path}, which has no children")
    whole = owner.kind == "thing"
    only = "" if whole else owner.module
    title = owner.title or owner.name
    yield "get", _read(f"get-{owner.name}", f"read {title}", shapes.members(node, "read", only))
    yield "patch", _change(f"patch-{owner.name}", f"merge into {title}", shapes.members(node, "edit", only))
    yield "post", _change(f"post-{owner.name}", f"create a child of {title}", shapes.child(node), "201")
    if whole:
        replaced = shapes.members(node, "new")
        yield "put", _change(f"put-{owner.name}", f"replace {title}", replaced, "201", "204")
        gone = {**told("204"), **errors(401, 403, 404, 409, 412, 503)}
        yield "delete", _operation(f"delete-{owner.name}", "v1", f"delete all of {title}", gone)


def _read(name: str, summary: str, schema: JsonSchema) -> dict[str, Any]:
    parameters = [parameter(word) for word in READS]
    responses = {**_answers(schema, 400, 403, 404), "304": refer("responses", "NotModified")}
    return _operation(name, "v1", summary, responses, parameters=parameters)


def _change(name: str, summary: str, schema: JsonSchema, *done: str) -> dict[str, Any]:
    ends = told(*(done or ("204",)))
    return _operation(
        name,
        "v1",
        summary,
        {**ends, **errors(400, 401, 403, 404, 406, 409, 412, 413, 415, 503)},
        parameters=[parameter(word) for word in WRITES],
        requestBody=_body(schema),
    )
