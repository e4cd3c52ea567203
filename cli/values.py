"""What a leaf takes, in few words: ``<decimal64, -20..110, celsius, default 18.0>``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pyconfhoard.schema.nodes import Leaf, LeafList
from pyconfhoard.schema.types.base import Type
from pyconfhoard.schema.types.binary import Binary
from pyconfhoard.schema.types.decimal64 import Decimal64
from pyconfhoard.schema.types.integer import Integer
from pyconfhoard.schema.types.leafref import Leafref
from pyconfhoard.schema.types.restrictions import Pattern, Ranges
from pyconfhoard.schema.types.string import String
from pyconfhoard.schema.types.union import Union

__all__ = ["takes"]

_PATTERN_WIDTH: Final = 48
"""Characters of a pattern; what is longer is cut, and told in full when a value does not fit."""


def takes(node: Leaf | LeafList) -> str:
    """Type, range or length, patterns, units and default, between angles. Words that can be listed are left out: completion
    has them."""
    parts = [*_type(node.type), *([node.units] if node.units else [])]
    if isinstance(node, LeafList):
        defaults = node.defaults
        if node.max_elements is not None:
            parts.append(f"at most {node.max_elements} values")
    else:
        defaults = () if node.default is None else (node.default,)
    if defaults:
        parts.append(f"default {' '.join(map(node.type.text, defaults)) or repr('')}")
    return f"<{', '.join(parts)}>"


def _type(kind: Type) -> Iterator[str]:
    """The name, then each restriction."""
    if isinstance(kind, Leafref):
        yield f"as in {kind.path.text}"
        return
    if isinstance(kind, Union):
        yield " or ".join(dict.fromkeys(" ".join(_type(member)) for member in kind.members))
        return
    yield kind.name
    if isinstance(kind, Integer) and kind.ranges:
        yield str(Ranges(kind.parts))
    if isinstance(kind, Decimal64) and kind.ranges:
        yield str(Ranges(kind.parts))
    if isinstance(kind, String | Binary) and kind.lengths:
        yield f"{Ranges(kind.parts)} {'characters' if isinstance(kind, String) else 'octets'}"
    if isinstance(kind, String):
        yield from map(_pattern, kind.patterns)


def _pattern(pattern: Pattern) -> str:
    text = pattern.xsd if len(pattern.xsd) <= _PATTERN_WIDTH else pattern.xsd[: _PATTERN_WIDTH - 3] + "..."
    return f"{'not like' if pattern.invert else 'like'} {text}"
