"""A request that writes, as edits: what each method of RFC 8040 section 4 means for its target.

The body is decoded here, before the commit's turn, with all its faults. What depends on the data that is
there (is it there at all? do the preconditions hold?) is asked at the commit's turn, of the very root that
the commit starts from: see :meth:`Plan.edits`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final, Protocol

from pyconfhoard.errors import BadInput, Fault, NotFound
from pyconfhoard.schema.nodes import DataNode, Inner, LeafList, List, Root, Schema
from pyconfhoard.tree import Branch, Edit, Element, Path, get, node_at, parse_api_path, revision_at
from pyconfhoard.tree.edit import Operation
from pyconfhoard.tree.entries import Key

from .body import Body
from .body_json import child_from_json, own_from_json
from .body_xml import child_from_xml, own_from_xml
from .default_tags import untagged
from .errors import method_not_allowed
from .etags import Preconditions
from .query import Query
from .source import implied
from .target import Target

__all__ = ["OPERATIONS", "Plan", "Times", "allowed", "check_method", "plan", "point_of", "unnamed"]

OPERATIONS: Final[Mapping[str, Operation]] = {
    "POST": "create",
    "PUT": "replace",
    "PATCH": "merge",
    "DELETE": "delete",
}
"""RFC 8040 section 4, in the words of RFC 6241 section 7.2."""

_ALL: Final = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
_READ: Final = "GET, HEAD, OPTIONS"


class Times(Protocol):
    """When a revision was committed; None where that is not known."""

    def __call__(self, revision: int) -> datetime | None: ...


def allowed(target: Target, *, strict: bool) -> str:
    """The value of ``Allow`` for a target of running. ``strict``: as RFC 8040 has it, a list or leaf-list as a whole
    can only be read."""
    node = target.node
    if isinstance(node, Root):
        return "GET, HEAD, POST, PUT, PATCH, OPTIONS"
    if not node.config or (strict and target.whole):
        return _READ
    if isinstance(node, Inner) and not target.whole and _has_room(node):
        return _ALL
    return "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"


def check_method(method: str, target: Target, *, strict: bool) -> None:
    """Raise :class:`~rest.errors.HttpError` 405 for a method that the target never takes, whatever else is wrong, and
    :class:`BadInput` for a write to a list as a whole."""
    node = target.node
    if strict and target.whole and node.config:
        raise BadInput(unnamed(target))
    allow = allowed(target, strict=strict)
    if method not in allow.split(", "):
        why = "" if node.config else f"{target.path} is state: it cannot be written"
        raise method_not_allowed(method, allow, why)


@lru_cache(maxsize=4096)
def _has_room(node: Inner) -> bool:
    """Whether a POST could create anything: an entry of nothing but keys has no other child."""
    keys = node.keys if isinstance(node, List) else ()
    return any(child.config and name not in keys for name, child in node.children.items())


@dataclass(slots=True)
class Plan:
    """One method on one target. After the commit ``created`` tells whether something came that was not there,
    and ``path`` what the request made or changed."""

    method: str
    target: Target
    path: Path
    edit: Edit
    preconditions: Preconditions
    times: Times
    created: bool = field(default=False, init=False)

    def edits(self, base: Branch) -> tuple[Edit, ...]:
        """The edits, at the commit's turn. Raises :class:`~rest.errors.HttpError` 412, and :class:`NotFound` for a target that is
        not there but must be."""
        target = self.target.path
        standing = get(base, target) is not None
        if self.preconditions:
            self.preconditions.check(standing, revision_at(base, target), self.times)
        if not standing and self.method != "PUT":
            # A default in use is there to be changed (RFC 7950 section 7.6.1), but not to be deleted.
            here = implied(base, target, defaults=True) if self.method != "DELETE" else None
            if here is None:
                way = "; PATCH changes what is there: make it with PUT" if self.method == "PATCH" else ""
                raise NotFound(Fault("invalid-value", f"there is nothing at {target}{way}", str(target)))
        self.created = self.method == "POST" or (self.method == "PUT" and not standing)
        return (self.edit,)


def plan(
    method: str,
    schema: Schema,
    target: Target,
    body: Body | None,
    query: Query,
    preconditions: Preconditions,
    times: Times,
    *,
    strict: bool,
    top: bool,
) -> Plan:
    """What ``method`` with ``body`` (None for DELETE) does to ``target``.

    The body is consumed: it may be large. ``top``: the target is what an owner of ``/v1`` owns, whose body may have the
    members form. Raises :class:`BadInput` with all faults of the body.
    """
    path, value = target.path, None
    content = body.content if body is not None else None
    keyed = method == "PATCH"
    if method == "POST" and isinstance(content, Element):
        path, value = child_from_xml(schema, target, content)
    elif method == "POST":
        path, value = child_from_json(schema, target, content, strict=strict)
    elif isinstance(content, Element):
        value = own_from_xml(schema, target, content, keyed=keyed, consume=True)
    elif method != "DELETE":
        value = own_from_json(schema, target, content, strict=strict, top=top, keyed=keyed, consume=True)
    if body is not None and body.tagged:
        value = untagged(value, path)
    point = None
    if query.insert is not None:
        point = point_of(schema, node_at(schema, path), path, query.point)
    edit = Edit(OPERATIONS[method], path, value, query.insert, point)
    return Plan(method, target, path, edit, preconditions, times)


def point_of(schema: Schema, node: DataNode, path: Path, point: str) -> Key | None:
    """The key of the entry that ``point`` (an api-path; "" is none) names, beside which one of ``node`` is to stand at
    ``path`` (RFC 8040 section 4.8.6). Raises :class:`BadInput`."""
    if not isinstance(node, List | LeafList) or not node.ordered_by_user:
        message = f"{node.name} is no list that the user orders: what is in it has no place of its own"
        raise BadInput(Fault("invalid-value", message, str(path), "protocol", place=node.place))
    if not point:
        return None
    try:
        beside = parse_api_path(schema, point)
    except NotFound as error:
        raise BadInput(error.faults) from None
    if len(beside) != len(path) or beside.parent != path.parent or beside.last.name != path.last.name:
        message = f"the point is no entry of the same {node.name}"
        raise BadInput(Fault("invalid-value", message, str(path), "protocol", value=point))
    if beside.last.key is None:
        message = f"the point is {node.name} as a whole, and not an entry of it"
        raise BadInput(Fault("invalid-value", message, str(path), "protocol", value=point))
    return beside.last.key


def unnamed(target: Target) -> Fault:
    """What is wrong with a request that writes to a list or leaf-list as a whole (RFC 8040 section 3.5)."""
    node = target.node
    keys = ",".join(f"<{key}>" for key in node.keys) if isinstance(node, List) else "<value>"
    message = f"{node.name} is a {'list' if isinstance(node, List) else 'leaf-list'}: name one entry, {node.name}={keys}"
    return Fault("missing-attribute", message, str(target.path), type="protocol")
