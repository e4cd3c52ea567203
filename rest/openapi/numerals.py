"""Ranges of numbers that JSON carries as strings (RFC 7951 section 6.1), as regular expressions.

JSON Schema has ``minimum`` and ``maximum`` for numbers only. So the range of an int64, uint64 or decimal64 is told as the
expression that takes exactly the texts of its numbers: digit by digit, a number is within two bounds when it
is at least the lower one and at most the upper one, and each of these is a short alternation. Leading zeros, a plus, and
zeros beyond the fraction digits mean nothing and are taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

__all__ = ["decimal_pattern", "integer_pattern"]


def integer_pattern(parts: Sequence[tuple[int, int]]) -> str:
    """The expression of the whole numbers within ``parts`` (both ends included), anchored."""
    return decimal_pattern([(Decimal(low), Decimal(high)) for low, high in parts], 0)


def decimal_pattern(parts: Sequence[tuple[Decimal, Decimal]], digits: int) -> str:
    """The same for numbers with up to ``digits`` digits after the point; with 0, a point cannot stand."""
    words: list[str] = []
    for low, high in parts:
        if high >= 0:
            words.append(rf"\+?0*{_interval(max(low, Decimal()), high, digits)}")
        if low <= 0:
            words.append(f"-0*{_interval(max(-high, Decimal()), -low, digits)}")
    return f"^{_any(words)}$"


def _interval(low: Decimal, high: Decimal, digits: int) -> str:
    """Numbers without a sign, from ``low`` to ``high``; leading zeros are taken before."""
    first, after_first = _split(low, digits)
    last, after_last = _split(high, digits)
    if first == last:
        return _whole(first) + _fraction(after_first, after_last, digits)
    words: list[str] = []
    begin, end = first, last
    if after_first:
        words.append(_whole(first) + _fraction(after_first, "9" * digits, digits))
        begin += 1
    if digits and after_last != "9" * digits:
        words.append(_whole(last) + _fraction("", after_last, digits))
        end -= 1
    if begin <= end:
        words.append(_whole_range(begin, end) + _fraction("", "9" * digits, digits))
    return _any(words)


def _split(number: Decimal, digits: int) -> tuple[int, str]:
    """The whole part, and the digits after the point without zeros at their end."""
    whole, _, fraction = format(number, "f").partition(".")
    return int(whole), fraction[:digits].rstrip("0")


def _whole(number: int) -> str:
    return str(number) if number else "0"


def _whole_range(low: int, high: int) -> str:
    words: list[str] = []
    full = len(str(high + 1)) - 1  # all numbers of so many digits are within the upper bound
    if low in {0, 1} and full > 1:
        words.append(_digits(1, full) if not low else f"[1-9]{_digits(0, full - 1)}")
        low = 10**full
    while low <= high:
        top = min(high, 10 ** len(str(low)) - 1)
        words.append(_between(str(low), str(top)))
        low = top + 1
    return _any(words)


def _between(low: str, high: str) -> str:
    """Texts of digits, as long as both bounds are, which are of one length."""
    if not low:
        return ""
    if low[0] == high[0]:
        return low[0] + _between(low[1:], high[1:])
    rest = len(low) - 1
    if low[1:] == "0" * rest and high[1:] == "9" * rest:
        return _digit(low[0], high[0]) + _digits(rest)
    words = [low[0] + _at_least(low[1:])]
    if int(low[0]) + 1 <= int(high[0]) - 1:
        words.append(_digit(str(int(low[0]) + 1), str(int(high[0]) - 1)) + _digits(rest))
    words.append(high[0] + _at_most(high[1:]))
    return _any(words)


def _at_least(low: str) -> str:
    if not low.strip("0"):
        return _digits(len(low))
    words = [low[0] + _at_least(low[1:])]
    if low[0] != "9":
        words.append(_digit(str(int(low[0]) + 1), "9") + _digits(len(low) - 1))
    return _any(words)


def _at_most(high: str) -> str:
    if not high.strip("9"):
        return _digits(len(high))
    words = [high[0] + _at_most(high[1:])]
    if high[0] != "0":
        words.append(_digit("0", str(int(high[0]) - 1)) + _digits(len(high) - 1))
    return _any(words)


def _fraction(low: str, high: str, digits: int) -> str:
    """The point and what stands behind it, for fractions from ``.low`` to ``.high``; nothing is ``.0``."""
    if not digits:
        return ""
    inner = rf"\.{_fraction_between(low, high, digits)}"
    return inner if low.strip("0") else f"(?:{inner})?"


def _fraction_between(low: str, high: str, room: int) -> str:
    """At least one digit, if any is left, of a fraction from ``low`` to ``high``; ``room`` digits can be told apart."""
    low, high = low.rstrip("0"), high.rstrip("0")
    if not low and high == "9" * room:
        return f"{_digits(1, room)}0*"
    if not low and not high:
        return "0+"
    first, last = low[:1] or "0", high[:1] or "0"
    if first == last:
        return first + _tail(low[1:], high[1:], room - 1)
    words = [first + _tail(low[1:], "9" * (room - 1), room - 1)]
    if int(first) + 1 <= int(last) - 1:
        words.append(_digit(str(int(first) + 1), str(int(last) - 1)) + _tail("", "9" * (room - 1), room - 1))
    words.append(last + _tail("", high[1:], room - 1))
    return _any(words)


def _tail(low: str, high: str, room: int) -> str:
    """What may follow the first digits: nothing, where the lower bound allows that."""
    low, high = low.rstrip("0"), high.rstrip("0")
    if not low and (not room or not high):
        return "0*"
    if not low and high == "9" * room:
        return f"{_digits(0, room)}0*"
    inner = _fraction_between(low, high, room)
    return inner if low else f"(?:{inner})?"


def _digit(low: str, high: str) -> str:
    return low if low == high else f"[{low}-{high}]"


def _digits(least: int, most: int | None = None) -> str:
    if most is not None and most != least:
        return "[0-9]?" if (least, most) == (0, 1) else f"[0-9]{{{least},{most}}}"
    return {0: "", 1: "[0-9]"}.get(least, f"[0-9]{{{least}}}")


def _any(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"(?:{'|'.join(words)})"
