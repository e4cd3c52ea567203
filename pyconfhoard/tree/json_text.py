"""JSON text to Python values and back, exactly and bounded: what comes from a network is read here.

The standard library's scanner does the work, in C; around it stands what it leaves out (RFC 7493, I-JSON):

* **Depth.** The scanner recurses. Before it runs, the brackets outside of strings are counted, with a few
  passes in C in place of a loop over characters: escapes go first, then all that is neither bracket
  nor quote, then strings (an adjacent pair of quotes can always be taken out: what is left stands
  inside a string exactly if it did before). What remains is a walk of +1 and -1.
* **Members** that stand twice in an object are refused; when one is found, a slow second reading finds its place.
* **Numbers.** RFC 7951 has decimals and 64-bit integers in strings, so a number with a fraction or an
  exponent can only stand in anydata, or where it is wrong. :class:`Number` keeps its text, so that
  it is given back, or complained about, as it was written.
* **Unpaired surrogates** (``"\\ud800"``) are no characters: nothing could write them out again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import accumulate
from json.encoder import encode_basestring  # the C one, where there is C
from typing import Any, Final

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.schema.types.base import Json

__all__ = ["MAX_DEPTH", "Number", "dumps", "parse", "parse_trusted"]

MAX_DEPTH: Final = 128
_MAX_DIGITS: Final = 400

_ESCAPE: Final = re.compile(rb"\\.", re.DOTALL)
_STEPS: Final = bytes.maketrans(b"{[}]", b"\x01\x01\xff\xff")
_OTHERS: Final = bytes(byte for byte in range(256) if byte not in b'[]{}"')
_STRING: Final = re.compile(rb'"[^"]*"')
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_LONE: Final = re.compile("[\ud800-\udfff]")
_TOKEN: Final = re.compile(r'"((?:[^"\\]|\\.)*)"|[\[\]{}:,]', re.DOTALL)


class Number(float):
    """A JSON number with a fraction or an exponent; :attr:`text` is how it was written."""

    __slots__ = ("text",)

    text: str

    def __new__(cls, text: str) -> Number:
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


class _Twice(ValueError):
    """A member that stands twice; its name."""


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Twice
    return found


def _constant(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


def _number(text: str) -> Number:
    number = Number(text)
    if number in {float("inf"), float("-inf")}:
        raise ValueError(f"the number {text[:40]} is too large")
    return number


def _integer(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise ValueError(f"a number of {len(text)} digits is too large")
    return int(text)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_number, parse_int=_integer, parse_constant=_constant
)
_TRUSTED: Final = json.JSONDecoder(parse_float=Number)


def parse(body: bytes, *, max_depth: int = MAX_DEPTH) -> Json:
    """The value of a JSON text in UTF-8.

    Raises :class:`BadInput`: malformed-message, with line and column from 1 where there is a place, or
    too-big for one nested deeper than ``max_depth`` arrays and objects.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _malformed(f"the body is not UTF-8 (byte {error.start})") from None
    if not text.strip():
        raise _malformed("the body is empty; JSON is expected")
    if _too_deep(body, max_depth):
        message = f"JSON deeper than {max_depth} levels{_deep_place(text, max_depth)}"
        raise BadInput(Fault("too-big", message, type="protocol"))
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise _malformed(f"not JSON at line {error.lineno}, column {error.colno}: {error.msg}") from None
    except _Twice:
        name, at = _twice(text)
        raise _malformed(f"member {name!r} stands twice in one object, at {_position(text, at)}") from None
    except ValueError as error:
        raise _malformed(f"not JSON: {error}") from None
    if _SURROGATE.search(text) and (lone := _lone_surrogate(text)) is not None:
        raise _malformed(f"an unpaired surrogate is no character, at {_position(text, lone)}")
    return value


def parse_trusted(text: str) -> Json:
    """The value of a JSON text of our own. Raises ``ValueError`` if it is damaged."""
    return _TRUSTED.decode(text)


def dumps(value: Json, *, limit: int | None = None) -> str:
    """JSON text without blanks; a :class:`Number` as it was written.

    With ``limit``, not much more than the first ``limit`` characters, for a message.
    """
    if limit is None:
        return "".join(_pieces(value))
    text = ""
    for piece in _pieces(value):
        text += piece
        if len(text) > limit:
            break
    return text


def _pieces(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield encode_basestring(value)
    elif isinstance(value, dict):
        mark = "{"
        for name, item in value.items():
            yield f"{mark}{encode_basestring(name)}:"
            yield from _pieces(item)
            mark = ","
        yield "{}" if mark == "{" else "}"
    elif isinstance(value, list | tuple):
        mark = "["
        for item in value:
            yield mark
            yield from _pieces(item)
            mark = ","
        yield "[]" if mark == "[" else "]"
    elif value is None:
        yield "null"
    elif isinstance(value, bool):
        yield "true" if value else "false"
    else:
        yield repr(value)


def _malformed(message: str) -> BadInput:
    return BadInput(Fault("malformed-message", message, type="protocol"))


def _position(text: str, at: int) -> str:
    return f"line {text.count(chr(10), 0, at) + 1}, column {at - text.rfind(chr(10), 0, at)}"


def _too_deep(body: bytes, limit: int) -> bool:
    if body.count(b"[") + body.count(b"{") <= limit:
        return False
    rest = _ESCAPE.sub(b"", body) if b"\\" in body else body
    rest = rest.translate(_STEPS, _OTHERS).replace(b'""', b"")
    if b'"' in rest:
        rest = _STRING.sub(b"", rest)
    return max(accumulate(memoryview(rest).cast("b")), default=0) > limit


def _tokens(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    for found in _TOKEN.finditer(text):
        yield found.group()[0], found


def _deep_place(text: str, limit: int) -> str:
    depth = 0
    for mark, found in _tokens(text):
        if mark in "[{":
            depth += 1
            if depth > limit:
                return f", at {_position(text, found.start())}"
        elif mark in "]}":
            depth -= 1
    return ""


def _twice(text: str) -> tuple[str, int]:
    """Name and place of the first member that stands for the second time in its object."""
    seen: list[set[str] | None] = []
    last: tuple[str, int] = ("", 0)
    for mark, found in _tokens(text):
        if mark == '"':
            last = (found.group(), found.start())
        elif mark == "{":
            seen.append(set())
        elif mark == "[":
            seen.append(None)
        elif mark in "]}":
            seen.pop()
        elif mark == ":" and seen and (names := seen[-1]) is not None:
            name = json.loads(last[0], strict=False)
            if name in names:
                return name, last[1]
            names.add(name)
    return last


def _lone_surrogate(text: str) -> int | None:
    """Where a string stands that holds an unpaired surrogate."""
    for mark, found in _tokens(text):
        if mark == '"' and "\\u" in found.group() and _LONE.search(json.loads(found.group())):
            return found.start()
    return None
