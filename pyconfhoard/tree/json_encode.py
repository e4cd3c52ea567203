"""Instance data to RFC 7951 JSON.

Two ways with one meaning. :func:`encode` writes explicit data fast, through an encoder compiled for each schema node,
and copies the bytes that list pages kept. :func:`to_json` makes Python values, of a view (:mod:`view <pyconfhoard.tree.view>`)
where less or more is asked for than what is stored.

Members stand in the order of the model, list entries in the order of the list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from json.encoder import encode_basestring  # the C one, where there is C
from typing import Any, Final, TypeAlias

from pyconfhoard.schema.nodes import AnyData, DataNode, Inner, Leaf, LeafList, List
from pyconfhoard.schema.types.base import Json, Type
from pyconfhoard.schema.types.leafref import Leafref
from pyconfhoard.tree.branch import Branch
from pyconfhoard.tree.entries import Entries
from pyconfhoard.tree.json_text import dumps
from pyconfhoard.tree.pages import Page
from pyconfhoard.tree.view import Content, WithDefaults, view

__all__ = [
    "Content",
    "WithDefaults",
    "branch_writer",
    "chunks",
    "encode",
    "encode_page",
    "leaf_to_json",
    "meta_members",
    "to_json",
]

Writer: TypeAlias = Callable[[Any], str]

_KEPT_MAX: Final = 1 << 18
"""Pages keep the bytes of their entries up to this size; larger ones hold lists whose pages keep theirs."""


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
            yield comma + encode_page(value.schema, page)
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
            yield opening + (_name(name) + dumps(notes)).encode()
            opening = b","
        yield b"{}" if opening == b"{" else b"}"
    else:
        yield _writer(node)(value).encode()


def encode_page(schema: List, page: Page) -> bytes:
    """The entries of a list page: objects joined by commas; kept for the next time."""
    body = page.body
    if body is None:
        body = ",".join(map(branch_writer(schema), page.load().values())).encode()
        if len(body) <= _KEPT_MAX:
            page.keep(body)
    return body


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
        return lambda value: dumps(value.json)
    if isinstance(node, List):
        return lambda entries: (
            "[" + ",".join([encode_page(entries.schema, page).decode() for page in entries.pages]) + "]"
        )
    if isinstance(node, Inner):
        return branch_writer(node)
    raise TypeError(f"{node.name} has no instance data")


def _leaf_writer(kind: Type) -> Writer:
    if isinstance(kind, Leafref):
        kind = kind.final
    if kind.name in {"string", "enumeration", "identityref", "instance-identifier"}:
        return encode_basestring
    if kind.name in {"int8", "int16", "int32", "uint8", "uint16", "uint32"}:
        return str
    if kind.name in {"int64", "uint64", "decimal64", "binary", "bits"}:
        text = kind.text
        return lambda value: f'"{text(value)}"'
    if kind.name == "boolean":
        return lambda value: "true" if value else "false"
    return lambda value: dumps(kind.to_json(value))


@lru_cache(maxsize=16384)
def branch_writer(schema: Inner) -> Writer:
    """A function that writes a branch of ``schema``, of a list one entry, as JSON text."""
    plan: list[tuple[str, str, Writer]] = []

    def write(branch: Branch) -> str:
        if not plan:  # filled at the first use: models may be deep, and most of them is never written
            plan.extend((name, _name(name), _writer(child)) for name, child in schema.children.items())
        members = branch.members
        parts = [start + writer(members[name]) for name, start, writer in plan if name in members]
        if branch.meta:
            parts.extend(_name(name) + dumps(notes) for name, notes in meta_members(branch).items())
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

    Where the depth ends, a container is an empty object and a list entry has its keys only. An object is
    empty where nothing is left of a branch.
    """
    return _converter(node)(view(value, content=content, depth=depth, with_defaults=with_defaults))


@lru_cache(maxsize=65536)
def _converter(node: DataNode) -> Callable[[Any], Json]:
    """A function that makes Python values of the value of ``node``; of a list's one entry, too."""
    if isinstance(node, Leaf):
        return node.type.to_json
    if isinstance(node, LeafList):
        item = node.type.to_json
        return lambda values: [item(value) for value in values]
    if isinstance(node, AnyData):
        return lambda value: value.json
    if isinstance(node, List):
        entry = _converter_of_branches(node)
        return lambda value: entry(value) if type(value) is Branch else [entry(one) for one in value.values()]
    if isinstance(node, Inner):
        return _converter_of_branches(node)
    raise TypeError(f"{node.name} has no instance data")


@lru_cache(maxsize=16384)
def _converter_of_branches(schema: Inner) -> Callable[[Branch], dict[str, Json]]:
    plan: list[tuple[str, Callable[[Any], Json]]] = []

    def convert(branch: Branch) -> dict[str, Json]:
        if not plan:
            plan.extend((name, _converter(child)) for name, child in schema.children.items())
        members, meta = branch.members, branch.meta
        if not meta:
            return {name: write(members[name]) for name, write in plan if name in members}
        result: dict[str, Json] = {}
        for name, write in plan:
            if name in members:
                result[name] = write(members[name])
                if name in meta:
                    result[f"@{name}"] = meta[name]
        if "" in meta:
            result["@"] = meta[""]
        return result

    return convert
