"""``range``, ``length`` and ``pattern`` (RFC 7950 sections 9.2.4, 9.4.4, 9.4.5).

A typedef may narrow the type that it derives from, again and again, and each restriction may
have an error-message and error-app-tag of its own. So a type holds a *chain* of restrictions,
the outermost base first and the narrowest last. A value must satisfy all of them. Of those that
it breaks, the narrowest that says something of its own is the one quoted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, TypeAlias, TypeVar

from pyconfhoard.schema.types.base import InvalidValue, Json
from pyconfhoard.schema.types.xsd import Matcher, matcher

__all__ = ["Lengths", "Pattern", "Ranges", "broken_pattern", "intersect", "outside", "parse_parts", "within"]

Bound = TypeVar("Bound", int, Decimal)


@dataclass(frozen=True, slots=True)
class Ranges(Generic[Bound]):
    """One ``range`` or ``length``: its intervals, both ends included, in ascending order.

    ``min`` and ``max`` are resolved (see :func:`parse_parts`). An empty ``message`` or
    ``app_tag`` means that the model gives none.
    """

    parts: tuple[tuple[Bound, Bound], ...]
    message: str = ""
    app_tag: str = ""

    def __str__(self) -> str:
        ends = ((_plain(low), _plain(high)) for low, high in self.parts)
        return " | ".join(f"{low}" if low == high else f"{low}..{high}" for low, high in ends)

    def record(self) -> Json:
        """JSON-able form; decimal bounds as strings."""
        parts = [[_plain(low), _plain(high)] for low, high in self.parts]
        return [parts, self.message, self.app_tag]

    @staticmethod
    def from_record(record: Json, bound: Callable[[Json], Bound]) -> Ranges[Bound]:
        """:meth:`record` undone; ``bound`` turns a recorded bound into an int or Decimal."""
        parts, message, app_tag = record
        return Ranges(tuple((bound(low), bound(high)) for low, high in parts), message, app_tag)


Lengths: TypeAlias = Ranges[int]
"""A ``length``: characters of a string, octets of a binary."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One ``pattern``: an XSD regular expression that the whole string must match.

    ``invert``: modifier ``invert-match``. The expression is translated when it is first used;
    :meth:`check` does so at once.
    """

    xsd: str
    invert: bool = False
    message: str = ""
    app_tag: str = ""
    _matcher: Matcher | None = field(default=None, init=False, repr=False, compare=False)

    def accepts(self, text: str) -> bool:
        """Whether ``text`` satisfies this restriction, inversion included."""
        matches = self._matcher
        if matches is None:
            matches = self.check()
        return matches(text) is not self.invert

    def check(self) -> Matcher:
        """Translate now. Raises ``ValueError`` with the reason if this is no XSD expression."""
        matches = matcher(self.xsd)
        object.__setattr__(self, "_matcher", matches)
        return matches

    def record(self) -> Json:
        return [self.xsd, self.invert, self.message, self.app_tag]

    @staticmethod
    def from_record(record: Json) -> Pattern:
        text, invert, message, app_tag = record
        return Pattern(text, invert, message, app_tag)


def within(parts: Sequence[tuple[Bound, Bound]], value: Bound) -> bool:
    """Whether ``value`` lies in one of the intervals."""
    for low, high in parts:  # noqa: SIM110 - a generator costs three times as much, and this runs per value
        if low <= value <= high:
            return True
    return False


def intersect(chain: Sequence[Ranges[Bound]], low: Bound, high: Bound) -> tuple[tuple[Bound, Bound], ...]:
    """The intervals that every member of the chain allows, within ``low..high``."""
    parts: tuple[tuple[Bound, Bound], ...] = ((low, high),)
    for link in chain:
        parts = tuple(
            (max(a, c), min(b, d)) for a, b in parts for c, d in link.parts if max(a, c) <= min(b, d)
        )
    return parts


def outside(
    chain: Sequence[Ranges[Bound]], parts: tuple[tuple[Bound, Bound], ...], value: Bound, what: str
) -> InvalidValue:
    """The error for a ``value`` outside ``parts`` (the intersection of the chain).

    ``what`` is how the message calls the value, e.g. ``"uint8"`` or ``"length 12"``.
    """
    message = app_tag = ""
    for link in reversed(chain):
        if not within(link.parts, value):
            message = message or link.message
            app_tag = app_tag or link.app_tag
    return InvalidValue(message or f"{what} outside {Ranges(parts)}", app_tag=app_tag)


def broken_pattern(patterns: Sequence[Pattern], text: str) -> InvalidValue:
    """The error for a ``text`` that at least one of ``patterns`` refuses."""
    broken = [pattern for pattern in reversed(patterns) if not pattern.accepts(text)]
    worded = next((pattern for pattern in broken if pattern.message or pattern.app_tag), broken[0])
    verb = "matches the forbidden pattern" if worded.invert else "does not match the pattern"
    return InvalidValue(worded.message or f"{verb} {worded.xsd!r}", app_tag=worded.app_tag)


def parse_parts(
    text: str, base: tuple[tuple[Bound, Bound], ...], convert: Callable[[str], Bound]
) -> tuple[tuple[Bound, Bound], ...]:
    """The argument of a ``range`` or ``length`` statement, ``min`` and ``max`` resolved.

    ``base`` are the intervals of the type that is restricted. Raises ``ValueError`` with the
    reason if the argument is malformed, not in ascending order, overlaps itself, or allows what
    the base does not (RFC 7950 section 9.2.4).
    """
    ends: dict[str, Bound] = {"min": base[0][0], "max": base[-1][1]}
    parts: list[tuple[Bound, Bound]] = []
    for piece in text.split("|"):
        words = [word.strip(" \t\r\n") for word in piece.split("..")]
        if len(words) > 2 or not all(words):
            raise ValueError(f"{piece.strip()!r} is not 'value' or 'low..high'")
        low, high = (ends[word] if word in ends else convert(word) for word in (words[0], words[-1]))
        if low > high:
            raise ValueError(f"{piece.strip()!r}: the lower bound is above the upper bound")
        if parts and low <= parts[-1][1]:
            raise ValueError(f"{piece.strip()!r} is not above the part before it")
        if not any(floor <= low and high <= ceiling for floor, ceiling in base):
            raise ValueError(f"{piece.strip()!r} is not within {Ranges(base)}, what the base type allows")
        parts.append((low, high))
    return tuple(parts)


def _plain(bound: int | Decimal) -> int | str:
    return bound if isinstance(bound, int) else format(bound, "f")
