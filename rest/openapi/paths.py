"""The paths of RESTCONF's data (RFC 8040 section 3.5.3) and operations (section 3.6) for a model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from pyconfhoard.schema.nodes import DataNode, Inner, Leaf, LeafList, List, Operation, Parameters, Root

from ..media_types import PATCH, PATCH_XML
from ..own_state import DATASTORES
from .common import DATA, DATA_XML, errors, parameter, refer
from .shapes import Shapes
from .types import JsonSchema

__all__ = [
    "READS",
    "WRITES",
    "Place",
    "candidate_item",
    "children",
    "data_item",
    "datastore_item",
    "datastores_item",
    "operation_item",
    "place_of",
    "told",
]

READS: Final = ("content", "depth", "fields", "with-defaults", "if-none-match", "if-modified-since")
WRITES: Final = ("if-match", "if-none-match", "if-unmodified-since", "dry-run", "session")
_READ_ERRORS: Final = (400, 401, 403, 404, 406, 503)
_WRITE_ERRORS: Final = (400, 401, 403, 404, 406, 409, 412, 413, 415, 503)
_ORDERED: Final = ("insert", "point")


@dataclass(frozen=True, slots=True)
class Place:
    """A node in a URL. ``keys``: the parameters of the path so far, by name. ``one``: an entry of a list or leaf-list."""

    node: DataNode
    url: str
    keys: dict[str, JsonSchema]
    one: bool = False

    @property
    def depth(self) -> int:
        return self.url.count("/")


def children(shapes: Shapes, place: Place) -> Iterator[Place]:
    """The places directly below one: a list gives itself and its entries."""
    node = place.node
    if not isinstance(node, Inner):
        return
    keys = node.keys if isinstance(node, List) else ()
    for child in node.children.values():
        if isinstance(child, Leaf) and child.is_key and child.member in keys:
            continue
        url = f"{place.url}/{quote(child.member, safe=':')}"
        if not isinstance(child, List | LeafList):
            yield Place(child, url, place.keys)
            continue
        yield Place(child, url, place.keys)
        yield from _entry(shapes, child, url, place.keys)


def _entry(shapes: Shapes, node: List | LeafList, url: str, above: dict[str, JsonSchema]) -> Iterator[Place]:
    leaves: list[DataNode] = [node.children[key] for key in node.keys] if isinstance(node, List) else [node]
    if not leaves or (isinstance(node, LeafList) and not node.config):
        return
    keys = dict(above)
    names: list[str] = []
    for leaf in leaves:
        base = name = node.name if leaf is node else f"{node.name}-{leaf.name}"
        number = 1
        while name in keys:
            number += 1
            name = f"{base}-{number}"
        keys[name] = shapes.key(leaf)
        names.append(name)
    yield Place(node, f"{url}={','.join(f'{{{name}}}' for name in names)}", keys, one=True)


def place_of(shapes: Shapes, nodes: Iterable[DataNode], root: Place) -> Place:
    """The place of the last of ``nodes``, each the child of the one before, lists by their entries."""
    place = root
    for node in nodes:
        place = next(below for below in reversed(list(children(shapes, place))) if below.node is node)
    return place


def _in_path(keys: dict[str, JsonSchema]) -> list[dict[str, Any]]:
    return [{"name": key, "in": "path", "required": True, "schema": schema} for key, schema in keys.items()]


def datastore_item(shapes: Shapes, root: Root, tag: str, name: str = "data") -> dict[str, Any]:
    """``/restconf/data`` itself, or running alone."""
    form = shapes.wrapped(root, "read")
    return {
        "get": _get(form, "read the whole datastore", f"get-{name}", tag),
        "post": _write("post", shapes.child(root), "create a top-level node", f"post-{name}", tag),
        "put": _write("put", shapes.wrapped(root, "new"), "replace the configuration", f"put-{name}", tag),
        "patch": _write(
            "patch", shapes.wrapped(root, "edit"), "merge into the configuration", f"patch-{name}", tag
        ),
    }


def data_item(shapes: Shapes, place: Place, name: str) -> dict[str, Any]:
    """The path item of a data resource; ``name`` makes the ids of its operations."""
    node, tag = place.node, place.node.module
    item: dict[str, Any] = {}
    if place.keys:
        item["parameters"] = _in_path(place.keys)
    what = f"an entry of {node.name}" if place.one else node.name
    item["get"] = _get(shapes.wrapped(node, "read", one=place.one), f"read {what}", f"get-{name}", tag, node)
    whole = isinstance(node, List | LeafList) and not place.one
    if not node.config or whole:
        return item
    one = place.one
    key = isinstance(node, Leaf) and node.is_key
    child = shapes.child(node) if isinstance(node, Inner) else {}
    if child.get("properties"):
        item["post"] = _write("post", child, f"create a child of {what}", f"post-{name}", tag)
    if not key:
        ordered = one and isinstance(node, List | LeafList) and node.ordered_by_user
        item["put"] = _write(
            "put", shapes.wrapped(node, "new", one=one), f"create or replace {what}", f"put-{name}", tag,
            _ORDERED if ordered else (),
        )  # fmt: skip
        item["patch"] = _write(
            "patch", shapes.wrapped(node, "edit", one=one), f"merge into {what}", f"patch-{name}", tag
        )
        item["delete"] = {
            "operationId": f"delete-{name}",
            "summary": f"delete {what}",
            "tags": [tag],
            "parameters": [parameter(header) for header in WRITES],
            "responses": {
                **told("204"),
                **errors(400, 401, 403, 404, 405, 409, 412, 503),
            },
        }
    return item


def candidate_item(shapes: Shapes, root: Root, tag: str) -> dict[str, Any]:
    """``/restconf/ds/ietf-datastores:candidate``: the shared candidate, or the one that a header names."""
    item = datastore_item(shapes, root, tag, "shared-candidate")
    return {"parameters": [parameter("candidate")], **item}


def datastores_item(shapes: Shapes, root: Root, tag: str) -> dict[str, Any]:
    """``/restconf/ds/{datastore}`` (RFC 8527), to be read; below it are the same paths as below ``/restconf/data``."""
    names = [name for name in DATASTORES if name.partition(":")[2] not in {"running", "candidate"}]
    get = _get(shapes.wrapped(root, "read"), "read a datastore", "get-datastores", tag)
    get["parameters"].append(parameter("with-origin"))
    return {"parameters": _in_path({"datastore": {"type": "string", "enum": names}}), "get": get}


def operation_item(
    shapes: Shapes, operation: Operation, name: str, keys: dict[str, JsonSchema] | None = None
) -> dict[str, Any]:
    """An rpc under ``/restconf/operations``, or an action at its data resource, which ``keys`` lead to."""
    post: dict[str, Any] = {
        "operationId": f"call-{name}",
        "summary": operation.name,
        "tags": [operation.module],
        "parameters": [parameter("session")],
        "responses": errors(400, 401, 403, 404, 406, 409, 412, 413, 415, 501, 503),
    }
    if operation.description:
        post["description"] = " ".join(operation.description.split())
    if operation.input.children:
        schema = _parameters(shapes, operation.input, "input")
        post["requestBody"] = {"required": bool(_needs(operation.input)), "content": _content(schema)}
    if operation.output.children:
        output = _parameters(shapes, operation.output, "output")
        post["responses"]["200"] = {"description": "Done.", "content": _content(output)}
    else:
        post["responses"]["204"] = {"description": "Done."}
    return {"parameters": _in_path(keys), "post": post} if keys else {"post": post}


def told(*statuses: str) -> dict[str, Any]:
    """What a write may answer, by status; 200 is the answer of a dry run."""
    names = {"200": "Told", "201": "Created", "204": "Changed"}
    return {status: refer("responses", names[status]) for status in ("200", *statuses)}


def _parameters(shapes: Shapes, node: Parameters, word: str) -> JsonSchema:
    value = shapes.value(node, "input" if word == "input" else "read")
    name = f"{node.module}:{word}"
    return {"type": "object", "properties": {name: value}, "required": [name], "additionalProperties": False}


def _needs(node: Parameters) -> list[str]:
    return [child.member for child in node.children.values() if child.mandatory]


def _content(schema: JsonSchema) -> dict[str, Any]:
    return {DATA: {"schema": schema}, DATA_XML: {}}


def _get(
    schema: JsonSchema, summary: str, name: str, tag: str, node: DataNode | None = None
) -> dict[str, Any]:
    get: dict[str, Any] = {"operationId": name, "summary": summary, "tags": [tag]}
    if node is not None and node.description:
        get["description"] = " ".join(node.description.split())
    get["parameters"] = [parameter(word) for word in READS]
    read = {
        "description": "What is there.",
        "headers": {"ETag": refer("headers", "ETag"), "Last-Modified": refer("headers", "Last-Modified")},
        "content": _content(schema),
    }
    get["responses"] = {"200": read, "304": refer("responses", "NotModified"), **errors(*_READ_ERRORS)}
    return get


def _write(
    method: str, schema: JsonSchema, summary: str, name: str, tag: str, extra: tuple[str, ...] = ()
) -> dict[str, Any]:
    done = told(*{"patch": ("204",), "put": ("201", "204"), "post": ("201",)}[method])
    if method == "post":
        extra = _ORDERED
    content = _content(schema)
    if method == "patch":
        content |= {PATCH: {"schema": refer("schemas", "yang-patch")}, PATCH_XML: {}}
    return {
        "operationId": name,
        "summary": summary,
        "tags": [tag],
        "parameters": [parameter(word) for word in (*WRITES, *extra)],
        "requestBody": {"required": True, "content": content},
        "responses": {**done, **errors(*_WRITE_ERRORS)},
    }
