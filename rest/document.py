"""Instance data as the body of an answer: RFC 7951 JSON with its wrapper, in pieces.

A data resource is wrapped in an object with its qualified name, an entry of a list or leaf-list in an array in it
(RFC 8040 section 4.3); the datastore as a whole in ``ietf-restconf:data`` (section 3.3.1). ``/v1`` has the *members* form for
what an owner owns: its children at the top, their names qualified.

Small answers are one piece. Large ones come as they are encoded, :data:`PIECE` bytes at a time: a page of a
list that did not change since it was last encoded is copied, not encoded again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import lru_cache
from typing import Final

from pyconfhoard.schema.nodes import DataNode, Inner, List, Root
from pyconfhoard.tree import Branch, chunks, encode
from pyconfhoard.tree.json_text import dumps

from .source import Found
from .target import Target

__all__ = ["PIECE", "leaf_form", "members_form", "pieces", "streamed", "wrapped_form"]

PIECE: Final = 64 * 1024
"""Bytes."""

_DATA: Final = "ietf-restconf:data"


def wrapped_form(target: Target, found: Found) -> Iterator[bytes]:
    """The document of a data resource, or of the whole datastore."""
    node = target.node
    if isinstance(node, Root):
        yield f'{{"{_DATA}":'.encode()
        yield from chunks(node, found.value)
        yield b"}"
        return
    opening, closing = _wrapper(node, target.one_of_many)
    yield opening
    if target.one_of_many and not isinstance(node, List):
        yield b"".join(chunks(node, (found.value,)))[1:-1]
    else:
        yield from chunks(node, found.value)
    if found.notes is not None:
        yield f"{closing[:-1].decode()},{dumps(f'@{node.qname}')}:{dumps(found.notes)}}}".encode()
    else:
        yield closing


@lru_cache(maxsize=16384)
def _wrapper(node: DataNode, one_of_many: bool) -> tuple[bytes, bytes]:
    name = dumps(node.qname)
    if one_of_many:
        return f"{{{name}:[".encode(), b"]}"
    return f"{{{name}:".encode(), b"}"


def leaf_form(target: Target, found: Found) -> bytes:
    """:func:`wrapped_form` for a leaf without annotations."""
    opening, closing = _wrapper(target.node, False)
    return opening + encode(target.node, found.value) + closing


def members_form(found: Found) -> Iterator[bytes]:
    """The members of a branch, their names qualified as at the top of any document."""
    branch: Branch = found.value
    names = _qualified(branch.schema)
    opening = b"{"
    for name, node in branch.schema.children.items():
        value = branch.members.get(name)
        if value is not None:
            yield opening + names[name]
            yield from chunks(node, value)
            opening = b","
    for name, notes in branch.meta.items():
        shown = branch.schema.children[name].qname if name else ""
        yield opening + f"{dumps(f'@{shown}')}:{dumps(notes)}".encode()
        opening = b","
    yield b"{}" if opening == b"{" else b"}"


@lru_cache(maxsize=4096)
def _qualified(schema: Inner) -> dict[str, bytes]:
    return {name: f"{dumps(child.qname)}:".encode() for name, child in schema.children.items()}


def pieces(parts: Iterator[bytes]) -> Iterator[bytes]:
    """``parts`` joined to about :data:`PIECE` bytes each."""
    held: list[bytes] = []
    size = 0
    for part in parts:
        held.append(part)
        size += len(part)
        if size >= PIECE:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


async def streamed(first: bytes, rest: Iterator[bytes]) -> AsyncIterator[bytes]:
    """A large answer; between its pieces the loop serves others."""
    yield first
    for piece in rest:
        await asyncio.sleep(0)
        yield piece
