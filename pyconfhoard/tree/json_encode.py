"""Instance data to RFC 7951 JSON.

Two ways with one meaning. :func:`encode` writes explicit data fast, through an encoder compiled for each schema node,
and copies the bytes that list pages kept. :func:`to_json` makes Python values and knows the options of RFC 8040
section 4.8 (``content``, ``depth``, ``with-defaults``); it is slower and runs on what is asked for.

Members stand in the order of the model, list entries in the order of the list.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring  # the C one, where there is C
from typing import Any, Literal, TypeAlias

from pyconfhoard.schema.nodes import AnyData, DataNode, Inner, Leaf, LeafList, List
from pyconfhoard.schema.types.base import Json, Type, Value
from pyconfhoard.tree.branch import Branch
from pyconfhoard.tree.defaults import defaults_in_use
from pyconfhoard.tree.entries import Entries

__all__ = [
    "Content",
    "WithDefaults",
    "chunks",
    "encode",
    "encode_entries",
    "leaf_to_json",
    "meta_members",
    "to_json",
]

Content: TypeAlias = Literal["all", "config", "nonconfig"]
WithDefaults: TypeAlias = Literal["explicit", "report-all", "report-all-tagged", "trim"]
Writer: TypeAlias = Callable[[Any], str]

_DUMPS = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def leaf_to_json(node: DataNode, value: Any) -> Json:
    """A leaf's, leaf-list's or anydata's value in RFC 7951 form."""
    if isinstance(node, Leaf):
        return node.type.to_json(value)
    if isinstance(node, LeafList):
        return [node.type.to_json(item) for item in value]
    return value.json


def encode(node: DataNode, value: Any) -> bytes:
    """The JSON of one value: an object for a branch, an array for a list or leaf-list."""
    return b"".join(chunks(node, value))


def chunks(node: DataNode, value: Any) -> Iterator[bytes]:
    """The JSON of one value in pieces: for large answers, a page of a list at a time."""
    if isinstance(value, Entries):
        yield b"["
        comma = b""
        for page in value.pages:
            yield comma + page.encoded(value.schema)
            comma = b","
        yield b"]"
    elif isinstance(value, Branch):
        opening = b"{"
        for name, child in _ordered(value):
            if isinstance(child, Branch | Entries):
                yield opening + _name(name).encode()
                yield from chunks(value.schema.children[name], child)
            else:
                yield opening + (_name(name) + _writer(value.schema.children[name])(child)).encode()
            opening = b","
        for name, notes in meta_members(value).items():
            yield opening + (_name(name) + _DUMPS(notes)).encode()
            opening = b","
        yield b"{}" if opening == b"{" else b"}"
    else:
        yield _writer(node)(value).encode()


def encode_entries(schema: List, branches: Iterable[Branch]) -> bytes:
    """The entries of a list page: objects joined by commas."""
    write = _writer_of_branches(schema)
    return ",".join(map(write, branches)).encode()


def meta_members(branch: Branch) -> dict[str, Json]:
    """The annotations of a branch as RFC 7952 members: ``@`` for itself, ``@name`` for a member."""
    return {f"@{name}": notes for name, notes in branch.meta.items()}


@lru_cache(maxsize=65536)
def _name(name: str) -> str:
    return encode_basestring(name) + ":"


def _ordered(branch: Branch) -> list[tuple[str, Any]]:
    members = branch.members
    if len(members) < 2:
        return list(members.items())
    order = _positions(branch.schema)
    return sorted(members.items(), key=lambda item: order[item[0]])


@lru_cache(maxsize=16384)
def _positions(schema: Inner) -> dict[str, int]:
    return {name: index for index, name in enumerate(schema.children)}


@lru_cache(maxsize=65536)
def _writer(node: DataNode) -> Writer:
    """A function that writes the value of ``node`` as JSON text."""
    if isinstance(node, Leaf):
        return _leaf_writer(node.type)
    if isinstance(node, LeafList):
        item = _leaf_writer(node.type)
        return lambda values: "[" + ",".join([item(value) for value in values]) + "]"
    if isinstance(node, AnyData):
        return lambda value: _DUMPS(value.json)
    if isinstance(node, List):
        return lambda entries: (
            "[" + ",".join([p.encoded(entries.schema).decode() for p in entries.pages]) + "]"
        )
    if isinstance(node, Inner):
        return _writer_of_branches(node)
    raise TypeError(f"{node.name} has no instance data")


def _leaf_writer(kind: Type) -> Writer:
    while kind.name == "leafref":
        kind = kind.target  # type: ignore[attr-defined]  # a Leafref, by its name
    if kind.name in {"string", "enumeration", "identityref"}:
        return encode_basestring
    if kind.name in {"int8", "int16", "int32", "uint8", "uint16", "uint32"}:
        return str
    if kind.name == "boolean":
        return lambda value: "true" if value else "false"
    return lambda value: _DUMPS(kind.to_json(value))


@lru_cache(maxsize=16384)
def _writer_of_branches(schema: Inner) -> Writer:
    plan: list[tuple[str, str, Writer]] = []

    def write(branch: Branch) -> str:
        if not plan:  # filled at the first use: models may be deep, and most of them is never written
            plan.extend((name, _name(name), _writer(child)) for name, child in schema.children.items())
        members = branch.members
        parts = [start + writer(members[name]) for name, start, writer in plan if name in members]
        if branch.meta:
            parts.extend(_name(name) + _DUMPS(notes) for name, notes in meta_members(branch).items())
        return "{" + ",".join(parts) + "}"

    return write


def to_json(
    node: DataNode,
    value: Any,
    *,
    content: Content = "all",
    depth: int | None = None,
    with_defaults: WithDefaults = "explicit",
) -> Json:
    """Python values of the JSON form. ``depth`` counts levels from 1, the value itself; None: all.

    An object is empty where nothing is left of a branch.
    """
    if isinstance(value, Branch):
        return _branch_json(value, content, depth, with_defaults)
    if isinstance(value, Entries):
        below = None if depth is None else depth
        return [_branch_json(branch, content, below, with_defaults) for branch in value.values()]
    return leaf_to_json(node, value)


def _wanted(child: DataNode, content: Content, keys: tuple[str, ...]) -> bool:
    if content == "all" or child.member in keys:
        return True
    if content == "config":
        return child.config
    return not child.config or (isinstance(child, Inner) and _holds_state(child))


@lru_cache(maxsize=16384)
def _holds_state(node: Inner) -> bool:
    return any(not c.config or (isinstance(c, Inner) and _holds_state(c)) for c in node.children.values())


def _branch_json(
    branch: Branch, content: Content, depth: int | None, with_defaults: WithDefaults
) -> dict[str, Json]:
    keys: tuple[str, ...] = getattr(branch.schema, "keys", ())
    if depth is not None and depth <= 1:
        return {name: leaf_to_json(branch.schema.children[name], branch.members[name]) for name in keys}
    below = None if depth is None else depth - 1
    result: dict[str, Json] = {}
    members: dict[str, Any] = dict(branch.members)
    tagged: set[str] = set()
    if with_defaults in {"report-all", "report-all-tagged"}:
        for name, value in defaults_in_use(branch):
            members[name] = value
            tagged.add(name)
    for name, child in branch.schema.children.items():
        if name not in members or not _wanted(child, content, keys):
            continue
        value = members[name]
        if with_defaults == "trim" and name not in keys and _is_default(child, value):
            continue
        if isinstance(value, Branch | Entries):
            inner = to_json(child, value, content=content, depth=below, with_defaults=with_defaults)
            cut = depth is not None and depth <= 2
            presence = isinstance(value, Branch) and bool(getattr(child, "presence", ""))
            if inner or presence or cut:
                result[name] = inner
        else:
            result[name] = leaf_to_json(child, value)
        if name in branch.meta:
            result[f"@{name}"] = branch.meta[name]
        elif name in tagged and with_defaults == "report-all-tagged" and isinstance(child, Leaf):
            result[f"@{name}"] = {"ietf-netconf-with-defaults:default": True}
    if "" in branch.meta:
        result["@"] = branch.meta[""]
    return result


def _is_default(child: DataNode, value: Any) -> bool:
    if isinstance(child, Leaf):
        return child.default is not None and _same(child.default, value)
    return isinstance(child, LeafList) and bool(child.defaults) and child.defaults == value


def _same(a: Value, b: Value) -> bool:
    return type(a) is type(b) and (a == b if not isinstance(a, Decimal) else a.compare(b) == 0)  # type: ignore[arg-type]
