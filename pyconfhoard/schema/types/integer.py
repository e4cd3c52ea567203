"""``int8`` .. ``uint64`` (RFC 7950 section 9.2).

In instance data an integer is a decimal number with an optional sign; leading zeros mean nothing.
Hexadecimal and octal exist in YANG's own ``default`` statements only: :func:`default_integer`.
RFC 7951 section 6.1: up to 32 bits a JSON number, with 64 bits a JSON string.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from pyconfhoard.schema.types.base import InvalidValue, Json, Value
from pyconfhoard.schema.types.messages import wrong_kind
from pyconfhoard.schema.types.restrictions import Ranges, intersect, outside, within

__all__ = ["BOUNDS", "Integer", "default_integer"]

BOUNDS: Final = {
    "int8": (-(2**7), 2**7 - 1),
    "int16": (-(2**15), 2**15 - 1),
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "uint8": (0, 2**8 - 1),
    "uint16": (0, 2**16 - 1),
    "uint32": (0, 2**32 - 1),
    "uint64": (0, 2**64 - 1),
}
"""Lowest and highest value of each built-in integer type."""

_DECIMAL = re.compile(r"[+-]?[0-9]+").fullmatch
_HEX = re.compile(r"[+-]?0x[0-9A-Fa-f]+").fullmatch
_OCTAL = re.compile(r"[+-]?0[0-7]+").fullmatch
_LONGEST = 21  # a sign and the 20 digits of 2**64


@dataclass(frozen=True, slots=True)
class Integer:
    """One of the eight integer types; ``ranges`` is a chain, the narrowest last."""

    name: str
    ranges: tuple[Ranges[int], ...] = ()
    low: int = field(init=False, repr=False, compare=False)
    """The lowest legal value."""
    high: int = field(init=False, repr=False, compare=False)
    """The highest legal value."""
    parts: tuple[tuple[int, int], ...] = field(init=False, repr=False, compare=False)
    """The legal intervals, ends included, all restrictions applied."""
    _single: bool = field(init=False, repr=False, compare=False)
    _quoted: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        parts = intersect(self.ranges, *BOUNDS[self.name])
        if not parts:
            raise ValueError(f"the ranges of this {self.name} leave no legal value")
        fill = object.__setattr__
        fill(self, "parts", parts)
        fill(self, "low", parts[0][0])
        fill(self, "high", parts[-1][1])
        fill(self, "_single", len(parts) == 1)
        fill(self, "_quoted", self.name.endswith("64"))

    def parse(self, text: str, module: str) -> int:
        if not _DECIMAL(text):
            raise InvalidValue(f"not a whole decimal number, as {self.name} is")
        if len(text) > _LONGEST:
            sign = text[0] if text[0] in "+-" else ""
            digits = text.lstrip("+-").lstrip("0") or "0"
            if len(digits) >= _LONGEST:
                raise InvalidValue(f"a number of {len(digits)} digits is outside {self.name}")
            text = sign + digits
        return self._checked(int(text))

    def from_json(self, raw: Json, module: str) -> int:
        if self._quoted:
            if type(raw) is str:
                return self.parse(raw, module)
            raise wrong_kind(self.name, "a JSON string (RFC 7951 section 6.1)", raw)
        if type(raw) is not int:
            raise wrong_kind(self.name, "a whole JSON number", raw)
        if self._single and self.low <= raw <= self.high:
            return raw
        return self._checked(raw)

    def to_json(self, value: Value) -> Json:
        return str(value) if self._quoted else value

    def text(self, value: Value) -> str:
        return str(value)

    def legal(self) -> tuple[str, ...]:
        return ()

    def holds(self, value: object) -> bool:
        return type(value) is int and within(self.parts, value)

    def record(self) -> Json:
        return [self.name, [link.record() for link in self.ranges]]

    def _checked(self, value: int) -> int:
        if not within(self.parts, value):
            raise outside(self.ranges, self.parts, value, self.name)
        return value


def default_integer(type_: Integer, text: str) -> int:
    """An integer as a ``default`` statement may write it: also ``0x1F`` and octal ``017``.

    Raises :class:`InvalidValue`.
    """
    if _HEX(text):
        return type_.parse(str(int(text, 16)), "")
    if _OCTAL(text):
        return type_.parse(str(int(text, 8)), "")
    return type_.parse(text, "")
