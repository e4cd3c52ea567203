"""JSON text to Python values, bounded: what comes from a network is read here and nowhere else.

The standard library's scanner does the work; around it stand what it leaves out (RFC 7493, I-JSON): a bound
on depth (its recursion would raise), no member twice in an object, no NaN, no unpaired surrogates, and numbers that never
pass through binary floating point.
"""

from __future__ import annotations

import json
from typing import Any, Final

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.schema.types.base import Json

__all__ = ["MAX_DEPTH", "NumberText", "parse"]

MAX_DEPTH: Final = 128
_MAX_DIGITS: Final = 400


class NumberText(str):
    """A JSON number with a fraction or an exponent, as it was written: RFC 7951 has no use for one
    (decimal64 is a string), so it only appears in error messages and in anydata."""

    __slots__ = ()


class _Twice(ValueError):
    pass


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        name = next(n for n, _ in pairs if n in seen or seen.add(n))  # type: ignore[func-returns-value]
        raise _Twice(name)
    return found


def _constant(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


def _integer(text: str) -> int | NumberText:
    return int(text) if len(text) <= _MAX_DIGITS else NumberText(text)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=NumberText, parse_int=_integer, parse_constant=_constant
)


def parse(body: bytes, *, max_depth: int = MAX_DEPTH) -> Json:
    """The value of a JSON text in UTF-8.

    Raises :class:`BadInput` (malformed-message) with line and column, both from 1.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _malformed(f"the body is not UTF-8 (byte {error.start})") from None
    if not text.strip():
        raise _malformed("the body is empty; JSON is expected")
    _check_depth(text, max_depth)
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise _malformed(f"not JSON at line {error.lineno}, column {error.colno}: {error.msg}") from None
    except _Twice as error:
        line, column = _place(text, str(error))
        raise _malformed(
            f"member {str(error)!r} stands twice in one object (line {line}, column {column})"
        ) from None
    except ValueError as error:
        raise _malformed(f"not JSON: {error}") from None


def _malformed(message: str) -> BadInput:
    return BadInput(Fault("malformed-message", message, type="protocol"))


def _check_depth(text: str, limit: int) -> None:
    """Refuse deep nesting before the scanner recurses. Most bodies hold too few brackets to matter."""
    if text.count("[") + text.count("{") <= limit:
        return
    depth, at, size = 0, 0, len(text)
    while at < size:
        letter = text[at]
        if letter == '"':
            at = _string_end(text, at + 1)
        elif letter in "[{":
            depth += 1
            if depth > limit:
                line = text.count("\n", 0, at) + 1
                column = at - text.rfind("\n", 0, at)
                raise BadInput(
                    Fault(
                        "too-big",
                        f"JSON deeper than {limit} levels at line {line}, column {column}",
                        type="protocol",
                    )
                )
        elif letter in "]}":
            depth -= 1
        at += 1


def _string_end(text: str, at: int) -> int:
    """The index of the quote that ends a string; the text's end when none does."""
    while True:
        end = text.find('"', at)
        if end < 0:
            return len(text)
        slashes = end
        while text[slashes - 1] == "\\":
            slashes -= 1
        if (end - slashes) % 2 == 0:
            return end
        at = end + 1


def _place(text: str, name: str) -> tuple[int, int]:
    """Where a member stands for the second time: the best guess, for the message only."""
    quoted = json.dumps(name, ensure_ascii=False)
    at = text.find(quoted, text.find(quoted) + 1)
    at = max(at, 0)
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
