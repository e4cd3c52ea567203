"""From the URL to the node that it names.

The path is taken from ``raw_path``: in the decoded one, a slash or comma in a key (``%2F``, ``%2C``) could
no longer be told from those that separate. So ``..%2f`` is nothing but a strange name that no model has.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from falcon.asgi import Request

from pyconfhoard.errors import BadInput, Fault, NotFound
from pyconfhoard.schema.nodes import DataNode, Inner, LeafList, List, Root, Schema
from pyconfhoard.tree import Path, api_path, node_at, parse_api_path

__all__ = ["Target", "below", "holds_state", "resource_at", "target_at"]


@dataclass(frozen=True, slots=True)
class Target:
    """A place in the data. ``whole``: it names a list or leaf-list, not one of its entries."""

    path: Path
    node: DataNode | Root
    whole: bool
    one_of_many: bool
    """It names an entry of a list, or a value of a leaf-list."""
    state: bool
    """Whether state can stand there or below."""
    above: Path
    """The path of the parent."""


def below(request: Request, route: tuple[str, ...]) -> str:
    """What stands in the URL behind ``route`` (its segments; "" takes any), still percent-encoded; one slash at the
    end does not count.

    Raises :class:`NotFound` where an encoded slash made a route of what is none, and :class:`BadInput` for bytes that
    a URL cannot have.
    """
    raw: bytes = request.scope["raw_path"]
    try:
        text = raw.decode("ascii")
    except UnicodeDecodeError:
        message = "a URL is ASCII: percent-encode the rest as UTF-8"
        raise BadInput(Fault("invalid-value", message, type="protocol")) from None
    size = len(route)
    parts = text.split("/", size + 1)
    for wanted, part in zip(route, parts[1:], strict=False):
        if part != wanted and wanted:
            raise NotFound(Fault("invalid-value", f"there is no resource {text}", type="protocol"))
    if len(parts) <= size:
        raise NotFound(Fault("invalid-value", f"there is no resource {text}", type="protocol"))
    return parts[size + 1].removesuffix("/") if len(parts) > size + 1 else ""


@lru_cache(maxsize=8192)
def target_at(schema: Schema, base: Path, raw: str) -> Target:
    """The node that ``raw`` (RFC 8040 section 3.5.3) names below ``base``.

    Raises :class:`BadInput` and :class:`NotFound`.
    """
    above = api_path(schema, base)
    path = parse_api_path(schema, f"{above}/{raw}" if above and raw else above or raw)
    node = node_at(schema, path)
    many = isinstance(node, List | LeafList)
    whole = many and path.last.key is None
    return Target(path, node, whole, many and not whole, not node.config or holds_state(node), path.parent)


@lru_cache(maxsize=8192)
def resource_at(schema: Schema, raw: str) -> Target:
    """The data resource that ``raw`` names in a datastore, its first name with its module (RFC 8040 section 3.5.3).

    Raises as :func:`target_at`.
    """
    target = target_at(schema, Path.ROOT, raw)
    first = raw.partition("/")[0].partition("=")[0].replace("%3A", ":").replace("%3a", ":")
    if raw and ":" not in first:
        name = target.path.steps[0].name
        message = f"the first name in the path of a resource has its module: {name}"
        raise BadInput(Fault("invalid-value", message, type="protocol", value=first, legal=(name,)))
    return target


@lru_cache(maxsize=16384)
def holds_state(node: DataNode) -> bool:
    """Whether a node has descendants that are state."""
    return isinstance(node, Inner) and any(
        not child.config or holds_state(child) for child in node.children.values()
    )
