"""``string`` (RFC 7950 section 9.4): Unicode without what XML cannot carry.

A ``length`` counts characters. Illegal are the C0 controls except tab, line feed and carriage
return, the surrogates, and the noncharacters (``yang-char`` in RFC 7950 section 14).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pyconfhoard.schema.types.base import InvalidValue, Json, Value
from pyconfhoard.schema.types.messages import wrong_kind
from pyconfhoard.schema.types.restrictions import Lengths, Pattern, broken_pattern, intersect, outside, within

__all__ = ["LONGEST", "String", "illegal_character", "legal_text"]

LONGEST = 2**64 - 1
"""``max`` of a ``length`` (RFC 7950 section 9.4.4)."""

_NONCHARACTERS = "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
)
_LETTER = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufdd0-\ufdef{_NONCHARACTERS}]")
_ILLEGAL = _LETTER.search


def illegal_character(text: str) -> str:
    """The first character that no YANG string may hold, as ``U+0000``; empty if all are legal."""
    found = _ILLEGAL(text)
    return f"U+{ord(found.group()):04X}" if found else ""


def legal_text(text: str) -> str:
    """``text``, with a question mark in a diamond for each character that no YANG string may hold."""
    return _LETTER.sub("\N{REPLACEMENT CHARACTER}", text)


@dataclass(frozen=True, slots=True)
class String:
    """``lengths`` is a chain, the narrowest last; all of ``patterns`` must hold."""

    lengths: tuple[Lengths, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    parts: tuple[tuple[int, int], ...] = field(init=False, repr=False, compare=False)
    """The legal lengths in characters, ends included, all restrictions applied."""
    _plain: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        parts = intersect(self.lengths, 0, LONGEST)
        if not parts:
            raise ValueError("the lengths of this string leave no legal value")
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "_plain", not self.lengths and not self.patterns)

    @property
    def name(self) -> str:
        return "string"

    def parse(self, text: str, module: str) -> str:
        # Printable ASCII, which is nearly all that there is, needs no search.
        if not (text.isascii() and text.isprintable()) and _ILLEGAL(text):
            raise InvalidValue(f"a YANG string cannot hold the character {illegal_character(text)}")
        return text if self._plain else self._restricted(text)

    def from_json(self, raw: Json, module: str) -> str:
        if type(raw) is not str:
            raise wrong_kind("string", "a JSON string", raw)
        return self.parse(raw, module)

    def to_json(self, value: Value) -> Json:
        return value

    def text(self, value: Value) -> str:
        return str(value)

    def legal(self) -> tuple[str, ...]:
        return ()

    def holds(self, value: object) -> bool:
        return (
            type(value) is str
            and not _ILLEGAL(value)
            and within(self.parts, len(value))
            and all(pattern.accepts(value) for pattern in self.patterns)
        )

    def record(self) -> Json:
        lengths = [link.record() for link in self.lengths]
        return ["string", lengths, [pattern.record() for pattern in self.patterns]]

    def _restricted(self, text: str) -> str:
        if not within(self.parts, len(text)):
            raise outside(self.lengths, self.parts, len(text), f"{len(text)} characters, a length")
        for pattern in self.patterns:
            if not pattern.accepts(text):
                raise broken_pattern(self.patterns, text)
        return text
