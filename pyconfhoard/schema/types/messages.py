"""The words in which types refuse a value.

A message never repeats the value: the fault that carries the message has it in a field of its
own, and values may be megabytes long.
"""

from __future__ import annotations

from typing import Final

from pyconfhoard.schema.types.base import InvalidValue, Json

__all__ = ["WORDS_LISTED", "not_one_of", "wrong_kind"]

WORDS_LISTED: Final = 40
"""A message lists at most this many legal words; ``InvalidValue.legal`` always has them all."""


def wrong_kind(name: str, expected: str, raw: Json) -> InvalidValue:
    """A JSON value of the wrong kind; ``expected`` e.g. ``"a JSON string"`` (RFC 7951 section 6)."""
    return InvalidValue(f"{name} is written as {expected}, not as {_kind(raw)}")


def not_one_of(what: str, legal: tuple[str, ...]) -> InvalidValue:
    """``what`` names the thing that does not exist, e.g. ``"no such bit 'x'"``."""
    if not legal:
        return InvalidValue(f"{what}; there is no legal value")
    listed = ", ".join(legal[:WORDS_LISTED])
    if len(legal) > WORDS_LISTED:
        listed += f", ... and {len(legal) - WORDS_LISTED} more"
    return InvalidValue(f"{what}; legal: {listed}", legal=legal)


def _kind(raw: Json) -> str:
    if raw is None:
        return "null"
    if isinstance(raw, bool):
        return f"the JSON literal {str(raw).lower()}"
    if isinstance(raw, str):
        return "a JSON string"
    if isinstance(raw, int):
        return "a JSON number"
    if isinstance(raw, list):
        return "a JSON array"
    if isinstance(raw, dict):
        return "a JSON object"
    return "a JSON number with a fraction or exponent"
