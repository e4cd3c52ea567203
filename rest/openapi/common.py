"""What all parts of the description refer to: query parameters, headers, error bodies, who may ask."""

from __future__ import annotations

from typing import Any, Final, get_args

from pyconfhoard.errors import ErrorTag, ErrorType
from pyconfhoard.tree.entries import Where
from pyconfhoard.tree.json_encode import Content, WithDefaults

from ..commit_options import CANDIDATE, HEADERS
from ..media_types import DATA, DATA_XML, JSON
from .types import JsonSchema

__all__ = ["COMPONENTS", "DATA", "DATA_XML", "errors", "parameter", "refer"]


def refer(kind: str, name: str) -> dict[str, str]:
    """A reference to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


def parameter(name: str) -> dict[str, str]:
    """A reference to one of the shared parameters."""
    return refer("parameters", name)


def errors(*statuses: int) -> dict[str, Any]:
    """References to the answers of these statuses."""
    return {str(status): refer("responses", str(status)) for status in statuses}


_DATE: Final = {"type": "string", "examples": ["Sat, 21 Nov 2026 10:00:00 GMT"]}
_TAG: Final = {"type": "string", "examples": ['"42-json"']}

_ERRORS: Final[JsonSchema] = {
    "type": "object",
    "description": "Every fault of the request (RFC 8040 section 7.1).",
    "properties": {
        "ietf-restconf:errors": {
            "type": "object",
            "properties": {"error": {"type": "array", "items": refer("schemas", "error"), "minItems": 1}},
            "required": ["error"],
            "additionalProperties": False,
        }
    },
    "required": ["ietf-restconf:errors"],
    "additionalProperties": False,
}
_ERROR: Final[JsonSchema] = {
    "type": "object",
    "properties": {
        "error-type": {"type": "string", "enum": list(get_args(ErrorType))},
        "error-tag": {"type": "string", "enum": list(get_args(ErrorTag))},
        "error-app-tag": {"type": "string", "description": "As the model says."},
        "error-path": {"type": "string", "description": "The node, as an instance-identifier."},
        "error-message": {"type": "string", "description": "What is wrong and what to do."},
        "error-info": {
            "type": "object",
            "properties": {
                "pyconfhoard:fault": {
                    "type": "object",
                    "properties": {
                        "file": {"type": "string", "description": "The YANG file whose rule was broken."},
                        "line": {"type": "integer", "minimum": 1},
                        "value": {"type": "string", "description": "The value that was refused."},
                        "edit": {"type": "string", "description": "The edit that broke the rule."},
                        "legal": {
                            "type": "array",
                            "items": {"type": "string"},
                            "description": "What can stand there.",
                        },
                        "total": {
                            "type": "integer",
                            "description": "How many faults there are, if not all are listed.",
                        },
                    },
                }
            },
        },
    },
    "required": ["error-type", "error-tag", "error-message"],
}

_MEANINGS: Final = {
    400: "The body, the path or the query cannot be understood.",
    401: "No token, or one that is not known.",
    403: "The one who asks may not do this.",
    404: "There is no such resource or instance.",
    405: "The resource does not take this method.",
    406: "No media type that Accept allows.",
    409: "There already, not there, or in use.",
    412: "A rule of the model, the objection of a Thing, or a precondition.",
    413: "The body is larger, deeper, or holds more than is allowed.",
    415: "A media type that is not read.",
    429: "Too many at once for one who asks.",
    501: "Known to the standard, but not done here.",
    503: "The hoard is starting, ending, or has too much to do: try again.",
}

_HEADERS: Final = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    405: {"Allow": {"schema": {"type": "string"}}},
    429: {"Retry-After": {"schema": {"type": "integer"}}},
    503: {"Retry-After": {"schema": {"type": "integer"}}},
}


def _error(status: int) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": _MEANINGS[status]}
    if status in _HEADERS:
        answer["headers"] = _HEADERS[status]
    return answer | {"content": {DATA: {"schema": refer("schemas", "errors")}, DATA_XML: {}}}


def _query(name: str, description: str, schema: JsonSchema) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _header(name: str, description: str, schema: JsonSchema) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": description, "schema": schema}


_EDIT: Final[JsonSchema] = {
    "type": "object",
    "properties": {
        "edit-id": {"type": "string"},
        "operation": {
            "type": "string",
            "enum": ["create", "delete", "insert", "merge", "move", "replace", "remove"],
        },
        "target": {"type": "string", "description": "A path below that of the request."},
        "point": {"type": "string"},
        "where": {"type": "string", "enum": list(get_args(Where)), "default": "last"},
        "value": {"description": "As the body of a PUT to the target."},
    },
    "required": ["edit-id", "operation", "target"],
    "additionalProperties": False,
}
_YANG_PATCH: Final[JsonSchema] = {
    "type": "object",
    "description": "Edits that are made together or not at all (RFC 8072).",
    "properties": {
        "ietf-yang-patch:yang-patch": {
            "type": "object",
            "properties": {
                "patch-id": {"type": "string"},
                "comment": {"type": "string"},
                "edit": {"type": "array", "items": _EDIT},
            },
            "required": ["patch-id"],
            "additionalProperties": False,
        }
    },
    "required": ["ietf-yang-patch:yang-patch"],
    "additionalProperties": False,
}

COMPONENTS: Final[dict[str, dict[str, Any]]] = {
    "parameters": {
        "content": _query(
            "content",
            "Configuration, state, or both (RFC 8040 section 4.8.1).",
            {"type": "string", "enum": list(get_args(Content)), "default": "all"},
        ),
        "depth": _query(
            "depth",
            "Levels, 1 being the target (section 4.8.2).",
            {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 65535}, {"const": "unbounded"}]},
        ),
        "fields": _query(
            "fields",
            "What of the target: 'a;b/c;d(e;f)' (section 4.8.3).",
            {"type": "string", "minLength": 1},
        ),
        "with-defaults": _query(
            "with-defaults",
            "Whether defaults show (section 4.8.9, RFC 6243).",
            {"type": "string", "enum": list(get_args(WithDefaults))},
        ),
        "with-origin": _query(
            "with-origin",
            "Where each value comes from (RFC 8527 section 3.2.2): of the operational datastore.",
            {"type": "string", "const": ""},
        ),
        "dry-run": _query(
            "dry-run", "Tell what would happen, and let nothing happen.", {"type": "string", "const": ""}
        ),
        "insert": _query(
            "insert",
            "A place in what the user orders (section 4.8.5).",
            {"type": "string", "enum": list(get_args(Where))},
        ),
        "point": _query(
            "point",
            "The entry before or after which to insert, as a path from the root (section 4.8.6).",
            {"type": "string", "pattern": "^/"},
        ),
        "if-match": _header("If-Match", "Only if the resource still has this entity tag; else 412.", _TAG),
        "if-none-match": _header(
            "If-None-Match",
            "A GET is answered by 304 if the resource still has this tag; with '*' a PUT only creates.",
            _TAG,
        ),
        "if-modified-since": _header("If-Modified-Since", "304 unless changed since.", _DATE),
        "session": _header(
            HEADERS["session"],
            "The session whose locks let the request pass: a secret.",
            {"type": "string", "pattern": "^([!-~]{16,64})?$"},
        ),
        "candidate": _header(
            CANDIDATE,
            "The id of a private candidate; the shared one where there is none.",
            {"type": "string", "examples": ["shared"]},
        ),
        "if-unmodified-since": _header("If-Unmodified-Since", "412 if changed since.", _DATE),
    },
    "headers": {
        "ETag": {
            "description": "The entity tag of the resource: it changes when something in it does.",
            "schema": _TAG,
        },
        "Last-Modified": {"description": "When something in it last changed.", "schema": _DATE},
        "Location": {"description": "The URL of what was created.", "schema": {"type": "string"}},
    },
    "responses": {
        "Changed": {
            "description": "Done; committed durably.",
            "headers": {"ETag": refer("headers", "ETag"), "Last-Modified": refer("headers", "Last-Modified")},
        },
        "Created": {
            "description": "Created; committed durably.",
            "headers": {"Location": refer("headers", "Location"), "ETag": refer("headers", "ETag")},
        },
        "Told": {
            "description": "Of a dry run, what would happen; of a YANG Patch, how each edit went.",
            "content": {kind: {"schema": {"type": "object"}} for kind in (DATA, JSON)} | {DATA_XML: {}},
        },
        "NotModified": {
            "description": "As the client has it.",
            "headers": {"ETag": refer("headers", "ETag")},
        },
        **{str(status): _error(status) for status in _MEANINGS},
    },
    "schemas": {"errors": _ERRORS, "error": _ERROR, "yang-patch": _YANG_PATCH},
    "securitySchemes": {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token: the administrator's is in run/admin.token of the datastore.",
        },
        "basic": {"type": "http", "scheme": "basic", "description": "Name and password of a user."},
    },
}
