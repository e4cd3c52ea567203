"""Configuration as the commands that make it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pyconfhoard.schema.nodes import AnyData, Container, Inner, Leaf, LeafList, List, Schema
from pyconfhoard.schema.types.base import Json

from .grammar import named_children
from .words import quote

__all__ = ["set_lines"]


def set_lines(schema: Schema, data: Mapping[str, Json]) -> str:
    """One ``set`` for each value, entry without values, and container that says something by being there. ``data`` begins at
    the root. What has no form on a command line, anydata, is left out."""
    return "\n".join(" ".join(words) for words in _below(schema.root, data, ["set"]))


def _below(node: Inner, data: Mapping[str, Json], words: list[str]) -> Iterator[list[str]]:
    for word, child in named_children(node, config=True).items():
        value = data.get(child.member, data.get(child.qname))
        if value is None or isinstance(child, AnyData):
            continue
        here = [*words, word]
        if isinstance(child, Leaf):
            if not child.is_key:
                yield [*here, *_word(child, value)]
        elif isinstance(child, LeafList):
            for one in value:
                yield [*here, *_word(child, one)]
        elif isinstance(child, List):
            for entry in value:
                keys = [_word(child.children[name], entry[name])[0] for name in child.keys]
                yield from _inside(child, entry, [*here, *keys], tells=True)
        elif isinstance(child, Container):
            yield from _inside(child, value, here, tells=child.presence)


def _inside(node: Inner, data: Mapping[str, Json], words: list[str], *, tells: object) -> Iterator[list[str]]:
    lines = list(_below(node, data, words))
    yield from lines or ([words] if tells else ())


def _word(node: object, raw: Json) -> list[str]:
    """A value as a word; none for a leaf of type empty."""
    if not isinstance(node, Leaf | LeafList):
        raise TypeError("a key is a leaf")
    if node.type.name == "empty":
        return []
    return [quote(node.type.text(node.type.from_json(raw, node.module)))]
