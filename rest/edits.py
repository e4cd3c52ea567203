"""A request that writes, as edits: what each method of RFC 8040 section 4 means for its target.

The body is decoded here, before the commit's turn, with all its faults. What depends on the data that is
there (is it there at all? do the preconditions hold?) is asked at the commit's turn, of the very root that
the commit starts from: see :meth:`Plan.edits`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from pyconfhoard.errors import BadInput, Fault, NotFound
from pyconfhoard.schema.nodes import DataNode, Inner, LeafList, List, Root
from pyconfhoard.schema.types.base import Json
from pyconfhoard.tree import Branch, Edit, Entries, Path, decode, get, nearest, revision_at, to_json
from pyconfhoard.tree.edit import Operation

from .errors import method_not_allowed
from .etags import Preconditions
from .source import implied
from .target import Target

__all__ = ["DATA_MEMBER", "OPERATIONS", "Plan", "Times", "allowed", "plan"]

DATA_MEMBER: Final = "ietf-restconf:data"

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
    if isinstance(node, Inner) and not target.whole:
        return _ALL
    return "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"


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
    target: Target,
    raw: Json,
    preconditions: Preconditions,
    times: Times,
    *,
    strict: bool,
    top: bool,
) -> Plan:
    """What ``method`` with the body ``raw`` (None for DELETE) does to ``target``.

    ``top``: the target is what an owner of ``/v1`` owns, whose body may have the members form. Raises :class:`BadInput`
    with all faults of the body, and :class:`~rest.errors.HttpError` 405.
    """
    node = target.node
    if strict and target.whole and node.config:
        raise BadInput(_unnamed(target))
    allow = allowed(target, strict=strict)
    if method not in allow.split(", "):
        why = "" if node.config else f"{target.path} is state: it cannot be written"
        raise method_not_allowed(method, allow, why)
    path = target.path
    if method == "DELETE":
        value: Any = None
    elif method == "POST":
        path, value = _child(target, raw, strict=strict)
    else:
        value = _own(target, raw, strict=strict, top=top)
    return Plan(method, target, path, Edit(OPERATIONS[method], path, value), preconditions, times)


def _unnamed(target: Target) -> Fault:
    node = target.node
    keys = ",".join(f"<{key}>" for key in node.keys) if isinstance(node, List) else "<value>"
    message = f"{node.name} is a {'list' if isinstance(node, List) else 'leaf-list'}: name one entry, {node.name}={keys}"
    return Fault("missing-attribute", message, str(target.path), type="protocol")


def _own(target: Target, raw: Json, *, strict: bool, top: bool) -> Any:
    """The value of the target itself, out of a body of PUT or PATCH."""
    node, path = target.node, target.path
    if isinstance(node, Root):
        inner = raw
        if strict or (isinstance(raw, dict) and list(raw) == [DATA_MEMBER]):
            inner = _only(raw, (DATA_MEMBER,), path)[1]
        return decode(node, inner, path)
    if top and not (isinstance(raw, dict) and list(raw) == [node.qname]):
        return _from_members(target, raw)
    _, inner = _only(raw, _names(node, strict=strict), path)
    return _one(node, inner, path) if target.one_of_many else decode(node, inner, path)


def _from_members(target: Target, raw: Json) -> Any:
    """The members form of ``/v1``; keys of an owned list entry come from the path."""
    node, path = target.node, target.path
    if not isinstance(node, List) or not isinstance(raw, dict):
        return decode(node, raw, path)
    keys = {
        name: to_json(node.children[name], value)
        for name, value in zip(node.keys, path.last.key or (), strict=True)
    }
    return _one(node, [{**keys, **raw}], path)


def _child(target: Target, raw: Json, *, strict: bool) -> tuple[Path, Any]:
    """The path and value of the child that a POST creates."""
    node = target.node
    if not isinstance(node, Inner):
        raise TypeError(f"{node.name} has no children")
    names: dict[str, DataNode] = {child.qname: child for child in node.children.values()}
    if not strict:
        names = {**node.children, **names}
    body = raw
    if isinstance(node, Root) and isinstance(raw, dict) and list(raw) == [DATA_MEMBER]:
        body = raw[DATA_MEMBER]
    name, inner = _only(body, tuple(names), target.path)
    child = names[name]
    path = target.path.child(child)
    if isinstance(child, List):
        entry = _one(child, inner, path)
        return path.entry(entry.key), entry
    if isinstance(child, LeafList):
        (value,) = _one(child, inner, path)
        return path.entry((value,)), None
    return path, decode(child, inner, path)


def _one(node: DataNode, raw: Json, path: Path) -> Any:
    """The one entry of a list that a body has in its array; of a leaf-list, the array."""
    if isinstance(raw, list) and len(raw) != 1:
        message = f"the array of {node.name} holds one entry in this request, not {len(raw)}"
        raise BadInput(Fault("bad-element", message, str(path), place=node.place))
    value = decode(node, raw, path)
    if isinstance(value, Entries):
        return next(iter(value.values()))
    if path.last.key is not None and value != path.last.key:
        message = f"the value in the body is not the one in the path of {node.name}: it does not change"
        raise BadInput(Fault("invalid-value", message, str(path), place=node.place))
    return value


def _names(node: DataNode, *, strict: bool) -> tuple[str, ...]:
    return (node.qname,) if strict or node.qname == node.name else (node.qname, node.name)


def _only(raw: Json, names: tuple[str, ...], path: Path) -> tuple[str, Json]:
    """The one member of a body, which must be one of ``names``."""
    wanted = names[0] if len(names) <= 2 else "one child of the target"
    if not isinstance(raw, dict):
        message = f"the body is an object with one member, {wanted}"
        raise BadInput(Fault("malformed-message", message, str(path)))
    if len(raw) != 1:
        message = f"the body has one member, {wanted}; this one has {len(raw)}"
        raise BadInput(Fault("malformed-message", message, str(path), legal=names[:1]))
    ((name, inner),) = raw.items()
    if name not in names:
        near = names[:1] if len(names) <= 2 else nearest(name, names)
        way = f"; write {' or '.join(near)}" if near else ""
        raise BadInput(
            Fault("unknown-element", f"there is no {name!r} here{way}", str(path), value=name, legal=near)
        )
    return name, inner
