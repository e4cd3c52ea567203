"""XPath 1.0 numbers: IEEE 754 doubles, and their exact ways to and from text.

XPath's rules are not Python's. Text to number (section 4.4): blanks around, one optional minus,
digits with an optional point; anything else, a plus or an exponent included, is NaN. Number to
text (section 4.2): ``NaN``, ``Infinity``, no minus on zero, no point on integers, never an
exponent, and as many digits as tell the number from every other double.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Final

__all__ = ["NAN", "divide", "number_text", "remainder", "round_half_up", "text_number"]

NAN: Final = math.nan

_NUMBER = re.compile(r"[ \t\r\n]*(-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))[ \t\r\n]*").fullmatch


def text_number(text: str) -> float:
    """``number()`` of a string; NaN for what is none."""
    found = _NUMBER(text)
    return float(found.group(1)) if found else NAN


def number_text(number: float) -> str:
    """``string()`` of a number."""
    if number != number:  # noqa: PLR0124 - the one value that differs from itself is NaN
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number.is_integer():
        return str(int(number))
    return format(Decimal(repr(number)), "f")


def divide(left: float, right: float) -> float:
    """``div``: division by a zero gives an infinity with the product of the signs, or NaN."""
    if right:
        return left / right
    if left != left or left == 0:  # noqa: PLR0124 - NaN
        return NAN
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def remainder(left: float, right: float) -> float:
    """``mod``: the remainder of a truncating division, with the sign of ``left``."""
    if right == 0 or math.isinf(left):
        return NAN
    return math.fmod(left, right)


def round_half_up(number: float) -> float:
    """``round()``: to the closest integer, halves towards +Infinity, ``-0.5..-0`` to minus zero."""
    if not math.isfinite(number):
        return number
    floor = math.floor(number)
    return math.copysign(float(floor + 1 if number - floor >= 0.5 else floor), number)
