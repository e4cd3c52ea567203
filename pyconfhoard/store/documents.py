"""The files' form: RFC 7951 JSON that a person reads, compares and edits.

A document holds the members of one container, list entry or of the root, each name with its module
(``"brewerslab:fermentation"``). Containers are spread out, two blanks a level; an entry of a list that fits
on a line has a line of its own, so that a change of one entry is a change of one line.

Writing gives pieces, so that a hundred thousand entries are never one text in memory. A page of a list that nobody has
touched yet is written from the bytes that are stored, and stays as it is: to save one changed leaf must not bring the
whole datastore into memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.schema.nodes import Inner, List
from pyconfhoard.tree import Branch, Entries, Path, decode, parse, to_json
from pyconfhoard.tree.json_encode import Content, WithDefaults
from pyconfhoard.tree.json_text import parse_trusted

__all__ = ["read_document", "write_document"]

WIDTH: Final = 100
"""Columns up to which an entry of a list stands on one line."""

PIECE: Final = 1 << 14
"""Characters of a piece, or a few more: less than a millisecond's work."""

_DUMPS: Final = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode


def write_document(
    branch: Branch, *, content: Content = "all", with_defaults: WithDefaults = "explicit"
) -> Iterator[bytes]:
    """The document of a branch, in pieces."""
    if content == "all" and with_defaults == "explicit":
        items: Iterable[tuple[str, Any]] = _items(branch)
    else:
        items = to_json(branch.schema, branch, content=content, with_defaults=with_defaults).items()
    named = ((_qualified(branch.schema, name), value) for name, value in items)
    pieces: list[str] = []
    size = 0
    for piece in _object(named, ""):
        pieces.append(piece)
        size += len(piece)
        if size > PIECE:
            yield "".join(pieces).encode()
            pieces.clear()
            size = 0
    pieces.append("\n")
    yield "".join(pieces).encode()


def read_document(node: Inner, path: Path, body: bytes, *, content: Content = "config") -> Branch:
    """The branch that a document of ``node``, which stands at ``path``, holds.

    Raises :class:`BadInput` with every fault.
    """
    raw = parse(body)
    if not isinstance(raw, dict):
        raise BadInput(Fault("malformed-message", "the file is not a JSON object", str(path)))
    if isinstance(node, List):
        entries = decode(node, [raw], path, content=content)
        entry = entries.get(path.last.key)
        if not isinstance(entry, Branch):
            message = f"the keys in the file are not those of {path}"
            raise BadInput(Fault("invalid-value", message, str(path)))
        return entry
    branch = decode(node, raw, path, content=content)
    return branch if isinstance(branch, Branch) else Branch(node, {})


def _qualified(node: Inner, name: str) -> str:
    mark, bare = ("@", name[1:]) if name.startswith("@") else ("", name)
    child = node.children.get(bare)
    return mark + (child.qname if child is not None else bare)


def _items(branch: Branch) -> Iterator[tuple[str, Any]]:
    """Members in the order of the model, annotations after what they annotate."""
    for name, child in branch.schema.children.items():
        value = branch.members.get(name)
        if value is None:
            continue
        yield name, value if isinstance(value, Branch | Entries) else to_json(child, value)
        if name in branch.meta:
            yield f"@{name}", branch.meta[name]
    if "" in branch.meta:
        yield "@", branch.meta[""]


def _spread(value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, Branch):
        yield from _object(_items(value), indent)
    elif isinstance(value, dict):
        yield from _object(value.items(), indent)
    elif isinstance(value, Entries):
        yield from _array(_entries(value), indent)
    elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        yield from _array(value, indent)
    else:
        yield _DUMPS(value)


def _entries(entries: Entries) -> Iterator[Branch | dict[str, Any]]:
    """Entries, those of pages that are not decoded as the JSON objects that are stored."""
    for page in entries.pages:
        body = None if page.loaded else page.glimpse()
        if body is None or b'"@' in body:  # annotations stand elsewhere in a document
            yield from page.load().values()
        else:
            yield from parse_trusted(f"[{body.decode()}]")


def _object(items: Iterable[tuple[str, Any]], indent: str) -> Iterator[str]:
    deeper = indent + "  "
    start = "{\n"
    for name, value in items:
        yield f"{start}{deeper}{_DUMPS(name)}: "
        yield from _spread(value, deeper)
        start = ",\n"
    yield "{}" if start == "{\n" else f"\n{indent}}}"


def _array(items: Iterable[Any], indent: str) -> Iterator[str]:
    deeper = indent + "  "
    flat = json.JSONEncoder(ensure_ascii=False, separators=(f",\n{deeper}  ", ": ")).encode
    start = "[\n"
    for item in items:
        value = to_json(item.schema, item) if isinstance(item, Branch) else item
        line = _DUMPS(value)
        if len(line) + len(deeper) < WIDTH:
            yield f"{start}{deeper}{line}"
        elif isinstance(value, dict) and not any(isinstance(one, dict | list) for one in value.values()):
            yield f"{start}{deeper}{{\n{deeper}  {flat(value)[1:-1]}\n{deeper}}}"
        else:
            yield f"{start}{deeper}"
            yield from _spread(value, deeper)
        start = ",\n"
    yield "[]" if start == "[\n" else f"\n{indent}]"
