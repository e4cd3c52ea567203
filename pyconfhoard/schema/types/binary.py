"""``binary`` (RFC 7950 section 9.8): octets, written in base64 (RFC 4648 section 4).

Strictly: no blanks or line ends (RFC 4648 section 3.3), padding as required, unused bits zero
(section 3.5), so that each value has exactly one text.
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass, field

from pyconfhoard.schema.types.base import InvalidValue, Json, Value
from pyconfhoard.schema.types.messages import wrong_kind
from pyconfhoard.schema.types.restrictions import Lengths, intersect, outside, within

__all__ = ["Binary"]

_LONGEST = 2**64 - 1


@dataclass(frozen=True, slots=True)
class Binary:
    """``lengths`` counts octets; a chain, the narrowest last."""

    lengths: tuple[Lengths, ...] = ()
    parts: tuple[tuple[int, int], ...] = field(init=False, repr=False, compare=False)
    """The legal lengths in octets, ends included, all restrictions applied."""

    def __post_init__(self) -> None:
        parts = intersect(self.lengths, 0, _LONGEST)
        if not parts:
            raise ValueError("the lengths of this binary leave no legal value")
        object.__setattr__(self, "parts", parts)

    @property
    def name(self) -> str:
        return "binary"

    def parse(self, text: str, module: str) -> bytes:
        try:
            value = binascii.a2b_base64(text)
        except ValueError:
            value = b""
        if _encoded(value) != text:
            raise InvalidValue("not base64 (RFC 4648 section 4; no blanks, with padding)")
        if self.lengths and not within(self.parts, len(value)):
            raise outside(self.lengths, self.parts, len(value), f"{len(value)} octets, a length")
        return value

    def from_json(self, raw: Json, module: str) -> bytes:
        if type(raw) is str:
            return self.parse(raw, module)
        raise wrong_kind("binary", "a JSON string in base64", raw)

    def to_json(self, value: Value) -> Json:
        return self.text(value)

    def text(self, value: Value) -> str:
        assert isinstance(value, bytes)  # noqa: S101 - narrows the union for the type checker
        return _encoded(value)

    def legal(self) -> tuple[str, ...]:
        return ()

    def holds(self, value: object) -> bool:
        return type(value) is bytes and within(self.parts, len(value))

    def record(self) -> Json:
        return ["binary", [link.record() for link in self.lengths]]


def _encoded(value: bytes) -> str:
    return binascii.b2a_base64(value, newline=False).decode("ascii")
