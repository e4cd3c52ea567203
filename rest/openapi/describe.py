"""The OpenAPI 3.1 description of a server, from the model that it serves.

**Bounded.** A model may have tens of thousands of nodes, and each is a path with five operations. One description has at
most :data:`MOST_PATHS` paths of data, and tells about :data:`MOST_MEMBERS` members of containers and lists. If the model has
more, the description of the server goes as deep as fits, and :func:`describe` with ``below`` describes any part to the same
bound; ``x-more`` lists where to go on. Within its bound a description is exact: what it does not say is not
there, but for what only data can tell.
"""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import quote

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.hoard.owners import Owner
from pyconfhoard.schema.nodes import DataNode, Inner, Operation, Schema
from pyconfhoard.schema.served import SERVED
from pyconfhoard.tree import nearest

from ..commit_options import HEADERS
from .common import COMPONENTS
from .fixed import fixed_items, owner_items
from .paths import (
    Place,
    candidate_item,
    children,
    data_item,
    datastore_item,
    datastores_item,
    operation_item,
    place_of,
)
from .shapes import Shapes

__all__ = ["MOST_MEMBERS", "MOST_PATHS", "describe"]

MOST_PATHS: Final = 400
MOST_MEMBERS: Final = 8000

_HEADERS: Final = ", ".join(HEADERS.values())
_DATA: Final = "/restconf/data"


def describe(
    schema: Schema,
    owners: Mapping[str, Owner],
    routes: Collection[str],
    version: str,
    below: str = "",
    *,
    most_paths: int = MOST_PATHS,
    most_members: int = MOST_MEMBERS,
) -> dict[str, Any]:
    """The description: of the server, or, where ``below`` is a schema path such as ``/module:a/b``, of the data below it.

    ``routes``: the paths that the server has. Raises :class:`BadInput` for a path that the model does not have.
    """
    shapes = Shapes(most_members)
    root = Place(schema.root, _DATA, {})
    paths: dict[str, Any] = {}
    more: list[str] = []
    if below:
        start = place_of(shapes, _chain(schema, below), root)
        places = [start]
    else:
        paths |= fixed_items(routes)
        paths |= owner_items(shapes, schema, owners)
        paths[_DATA] = datastore_item(shapes, schema.root, "datastore")
        running = datastore_item(shapes, schema.root, "datastore", "running")
        paths["/restconf/ds/ietf-datastores:running"] = running
        paths["/restconf/ds/ietf-datastores:candidate"] = candidate_item(shapes, schema.root, "datastore")
        paths["/restconf/ds/{datastore}"] = datastores_item(shapes, schema.root, "datastore")
        for name, rpc in schema.rpcs.items():
            paths[f"/restconf/operations/{quote(name, safe=':')}"] = operation_item(
                shapes, rpc, name.replace(":", ".")
            )
        # What the hoard tells of itself comes last: should there be too much, it is the first to be cut.
        places = sorted(children(shapes, root), key=lambda place: place.node.module in SERVED)
    names: dict[str, int] = {}
    for place, unfolded in _bounded(shapes, places, most_paths):
        name = place.node.path().strip("/").replace("/", ".").replace(":", ".") + (
            ".one" if place.one else ""
        )
        names[name] = names.get(name, 0) + 1
        paths[place.url] = data_item(shapes, place, name if names[name] == 1 else f"{name}-{names[name]}")
        for action, url in _actions(place):
            paths[url] = operation_item(shapes, action, f"{name}.{action.name}-{len(paths)}", place.keys)
        if not unfolded:
            more.append(place.node.path())
    components = copy.deepcopy(COMPONENTS)
    components["schemas"] |= shapes.complete()
    return _document(schema, version, below, paths, components, more)


def _document(
    schema: Schema,
    version: str,
    below: str,
    paths: dict[str, Any],
    components: dict[str, Any],
    more: list[str],
) -> dict[str, Any]:
    tags = [{"name": name} for name in dict.fromkeys(_tags(paths.values()))]
    for tag in tags:
        module = schema.modules.get(tag["name"])
        if module is not None and module.description:
            tag["description"] = " ".join(module.description.split())
    document: dict[str, Any] = {
        "openapi": "3.1.1",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": f"PyConfHoard {below}".rstrip(),
            "version": version,
            "description": (
                "The API of this hoard, made from the YANG modules that it serves. Every resource also answers HEAD "
                "and OPTIONS. Data comes in JSON (RFC 7951) and, below /restconf, in XML; bits stand in the order of the "
                "model, and annotations (RFC 7952) may be added to any object of a request. "
                f"A request that commits takes {_HEADERS} as headers."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{name: []} for name in components["securitySchemes"]],
        "tags": tags,
        "paths": paths,
        "components": components,
    }
    if more:
        document["x-more"] = {
            path: f"/openapi.json?below={quote(path, safe='/:')}" for path in dict.fromkeys(more)
        }
    return document


def _bounded(shapes: Shapes, start: Iterable[Place], most: int) -> list[tuple[Place, bool]]:
    """Places breadth first, up to about ``most``; with each, whether all that is directly below it is there, too."""
    waiting = deque(start)
    count = len(waiting)
    found: list[tuple[Place, bool]] = []
    while waiting:
        place = waiting.popleft()
        level = list(children(shapes, place)) if _unfolds(place) else []
        fits = count + len(level) <= most
        if fits:
            count += len(level)
            waiting.extend(level)
        found.append((place, fits))
    return found


def _unfolds(place: Place) -> bool:
    """Whether anything can stand below in a URL: below a list only in its entries."""
    return isinstance(place.node, Inner) and (place.one or not _is_many(place.node))


def _actions(place: Place) -> Iterator[tuple[Operation, str]]:
    if isinstance(place.node, Inner) and _unfolds(place):
        for name, action in place.node.actions.items():
            yield action, f"{place.url}/{quote(name, safe=':')}"


def _is_many(node: DataNode) -> bool:
    return hasattr(node, "ordered_by_user")


def _chain(schema: Schema, path: str) -> list[DataNode]:
    """The node at a schema path, after those above it."""
    node: DataNode | None = None
    if path.startswith("/"):
        with suppress(KeyError):
            node = schema.find(path)
    if node is None:
        names = [child.path() for child in schema.root.children.values()]
        message = f"the model has no node {path}; a path is such as {names[0] if names else '/module:name'}"
        raise BadInput(
            Fault("invalid-value", message, type="protocol", value=path, legal=nearest(path, names))
        )
    chain: list[DataNode] = []
    while node is not None and node is not schema.root:
        chain.append(node)
        node = node.parent
    return chain[::-1]


def _tags(items: Iterable[dict[str, Any]]) -> Iterable[str]:
    for item in items:
        for method in ("get", "put", "post", "patch", "delete"):
            if method in item:
                yield from item[method]["tags"]
