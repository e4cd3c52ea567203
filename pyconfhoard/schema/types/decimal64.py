"""``decimal64`` (RFC 7950 section 9.3): an integer of 64 bits times ten to the minus n.

Values are exact :class:`decimal.Decimal`; nothing is ever rounded. A number that needs more than
``fraction-digits`` digits after the point is outside the type; zeros beyond them change no value
and are dropped. Decimal compares and hashes by value, so ``1.5`` and ``1.50`` are one value; what
:meth:`Decimal64.parse` gives is moreover of the exponent that its canonical text has.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from pyconfhoard.schema.types.base import InvalidValue, Json, Value
from pyconfhoard.schema.types.messages import wrong_kind
from pyconfhoard.schema.types.restrictions import Ranges, intersect, outside, within

__all__ = ["Decimal64", "decimal_text"]

_LEXICAL = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?").fullmatch
_ZERO = Decimal("0.0")


@dataclass(frozen=True, slots=True)
class Decimal64:
    """``fraction_digits`` is 1..18; ``ranges`` is a chain, the narrowest last."""

    fraction_digits: int
    ranges: tuple[Ranges[Decimal], ...] = ()
    low: Decimal = field(init=False, repr=False, compare=False)
    """The lowest legal value."""
    high: Decimal = field(init=False, repr=False, compare=False)
    """The highest legal value."""
    parts: tuple[tuple[Decimal, Decimal], ...] = field(init=False, repr=False, compare=False)
    """The legal intervals, ends included, all restrictions applied."""

    def __post_init__(self) -> None:
        if not 1 <= self.fraction_digits <= 18:
            raise ValueError(f"fraction-digits is 1 to 18, not {self.fraction_digits}")
        bounds = (
            Decimal(-(2**63)).scaleb(-self.fraction_digits),
            Decimal(2**63 - 1).scaleb(-self.fraction_digits),
        )
        parts = intersect(self.ranges, *bounds)
        if not parts:
            raise ValueError("the ranges of this decimal64 leave no legal value")
        fill = object.__setattr__
        fill(self, "parts", parts)
        fill(self, "low", parts[0][0])
        fill(self, "high", parts[-1][1])

    @property
    def name(self) -> str:
        return "decimal64"

    def parse(self, text: str, module: str) -> Decimal:
        if not _LEXICAL(text):
            raise InvalidValue("not a decimal number such as 17.5, as decimal64 is")
        whole, _, fraction = text.partition(".")
        fraction = fraction.rstrip("0")
        if len(fraction) > self.fraction_digits:
            raise InvalidValue(f"more than {self.fraction_digits} digits after the point")
        value = Decimal(f"{whole}.{fraction or '0'}")
        if not within(self.parts, value):
            raise outside(self.ranges, self.parts, value, "decimal64")
        return value or _ZERO

    def from_json(self, raw: Json, module: str) -> Decimal:
        if type(raw) is str:
            return self.parse(raw, module)
        raise wrong_kind("decimal64", "a JSON string (RFC 7951 section 6.1)", raw)

    def to_json(self, value: Value) -> Json:
        return decimal_text(value)

    def text(self, value: Value) -> str:
        return decimal_text(value)

    def legal(self) -> tuple[str, ...]:
        return ()

    def holds(self, value: object) -> bool:
        if type(value) is not Decimal or not value.is_finite() or not within(self.parts, value):
            return False
        return len(decimal_text(value).partition(".")[2].rstrip("0")) <= self.fraction_digits

    def record(self) -> Json:
        return ["decimal64", self.fraction_digits, [link.record() for link in self.ranges]]


def decimal_text(value: Value) -> str:
    """The canonical form of RFC 7950 section 9.3.2: ``17.0``, ``-0.25``, ``0.0``."""
    if not value:
        return "0.0"
    text = format(value, "f")
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction.rstrip('0') or '0'}"
