"""Bodies of requests that write, in JSON: the value of the target itself (PUT, PATCH), or of a child of it (POST).

The body is one object with one member, named with its module (RFC 8040 sections 4.4 to 4.6); ``/v1`` is more lenient, and has
the members form for what an owner owns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.schema.nodes import DataNode, Inner, LeafList, List, Root, Schema
from pyconfhoard.schema.types.base import Json, Type
from pyconfhoard.tree import Entries, Path, decode, nearest, to_json

from .default_tags import TAG
from .target import Target

__all__ = ["DATA_MEMBER", "annotations_of", "child_from_json", "own_from_json", "refuse_state"]

DATA_MEMBER: Final = "ietf-restconf:data"
_OWN: Final = "pyconfhoard:"


@lru_cache(maxsize=16)
def annotations_of(schema: Schema) -> Mapping[str, Type | None]:
    """The annotations that a body may have: those of the model and the tag of defaults, without what the hoard says of
    readings."""
    of_the_model = {name: kind for name, kind in schema.annotations.items() if not name.startswith(_OWN)}
    return {**of_the_model, TAG: None}


@dataclass(frozen=True, slots=True)
class _Decoder:
    """How the values of one body are read."""

    annotations: Mapping[str, Type | None]
    consume: bool

    def value(self, node: DataNode, raw: Json, path: Path) -> Any:
        return decode(node, raw, path, annotations=self.annotations, consume=self.consume)

    def one(self, node: DataNode, raw: Json, path: Path) -> Any:
        """The one entry of a list that a body has in its array; of a leaf-list, the array."""
        if isinstance(raw, list) and len(raw) != 1:
            message = f"the array of {node.name} holds one entry in this request, not {len(raw)}"
            raise BadInput(Fault("bad-element", message, str(path), place=node.place))
        if isinstance(node, List) and not isinstance(raw, list):
            message = f"{node.name} is a list: an array of one object, not the object itself"
            raise BadInput(Fault("invalid-value", message, str(path), place=node.place))
        value = self.value(node, raw, path)
        if isinstance(value, Entries):
            return next(iter(value.values()))
        if path.last.key is not None and value != path.last.key:
            message = f"the value in the body is not the one in the path of {node.name}: it does not change"
            raise BadInput(Fault("invalid-value", message, str(path), place=node.place))
        return value


def own_from_json(
    schema: Schema,
    target: Target,
    raw: Json,
    *,
    strict: bool,
    top: bool,
    keyed: bool = False,
    consume: bool = False,
) -> Any:
    """The value of the target itself, out of a body of PUT or PATCH. ``keyed``: the keys of an entry may be left out, for
    they stand in the path. ``consume``: nobody else reads ``raw`` any more."""
    node, path = target.node, target.path
    decoder = _Decoder(annotations_of(schema), consume)
    if isinstance(node, Root):
        inner = raw
        if strict or (isinstance(raw, dict) and list(raw) == [DATA_MEMBER]):
            inner = _only(raw, (DATA_MEMBER,), path)[1]
        return decoder.value(node, inner, path)
    if top and not (isinstance(raw, dict) and list(raw) == [node.qname]):
        return _from_members(target, raw, decoder)
    _, inner = _only(raw, _names(node, strict=strict), path)
    if keyed and isinstance(node, List) and isinstance(inner, list):
        inner = [_with_keys(target, node, each) for each in inner]
    return (decoder.one if target.one_of_many else decoder.value)(node, inner, path)


def _from_members(target: Target, raw: Json, decoder: _Decoder) -> Any:
    """The members form of ``/v1``; keys of an owned list entry come from the path."""
    node, path = target.node, target.path
    if not isinstance(node, List):
        return decoder.value(node, raw, path)
    return decoder.one(node, [_with_keys(target, node, raw)], path)


def _with_keys(target: Target, node: List, raw: Json) -> Json:
    """An entry of the list ``node`` with the keys of the path, where it has none of its own."""
    if not isinstance(raw, dict):
        return raw
    keys = zip(node.keys, target.path.last.key or (), strict=False)
    missing = {
        name: to_json(node.children[name], value)
        for name, value in keys
        if name not in raw and node.children[name].qname not in raw
    }
    return {**missing, **raw}


def child_from_json(schema: Schema, target: Target, raw: Json, *, strict: bool) -> tuple[Path, Any]:
    """The path and value of the child that a POST creates. Nobody else reads ``raw`` any more."""
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
    refuse_state(child, path)
    decoder = _Decoder(annotations_of(schema), consume=True)
    if isinstance(child, List):
        entry = decoder.one(child, inner, path)
        return path.entry(entry.key), entry
    if isinstance(child, LeafList):
        (value,) = decoder.one(child, inner, path)
        return path.entry((value,)), None
    return path, decoder.value(child, inner, path)


def refuse_state(child: DataNode, path: Path) -> None:
    """Raise :class:`BadInput` for a child that nobody can create: it is reported, not configured."""
    if not child.config:
        message = f"{child.name} is state: it is reported, not configured"
        raise BadInput(Fault("invalid-value", message, str(path), place=child.place))


def _names(node: DataNode, *, strict: bool) -> tuple[str, ...]:
    return (node.qname,) if strict or node.qname == node.name else (node.qname, node.name)


def _only(raw: Json, names: tuple[str, ...], path: Path) -> tuple[str, Json]:
    """The one member of a body, which must be one of ``names``."""
    wanted = names[0] if len(names) <= 2 else "one child of the target"
    if not isinstance(raw, dict):
        message = f"the body is an object with one member, {wanted}"
        raise BadInput(Fault("malformed-message", message, str(path), "protocol"))
    if len(raw) != 1:
        message = f"the body has one member, {wanted}; this one has {len(raw)}"
        raise BadInput(Fault("malformed-message", message, str(path), "protocol", legal=names[:1]))
    ((name, inner),) = raw.items()
    if name not in names:
        near = names[:1] if len(names) <= 2 else nearest(name, names)
        way = f"; write {' or '.join(near)}" if near else ""
        raise BadInput(
            Fault("unknown-element", f"there is no {name!r} here{way}", str(path), value=name, legal=near)
        )
    return name, inner
