"""A YANG type as JSON Schema (2020-12): what its values are in RFC 7951 JSON, and, for keys, in a URL.

A schema here takes what the server takes and gives, with three exceptions: bits stand in the order of their positions, which
is their canonical form; a whole number has no fraction; and what only the datastore knows (does the instance that a
leafref refers to exist?) is left to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from pyconfhoard.schema.types.base import Type
from pyconfhoard.schema.types.binary import Binary
from pyconfhoard.schema.types.bits import Bits
from pyconfhoard.schema.types.decimal64 import Decimal64
from pyconfhoard.schema.types.enumeration import Enumeration
from pyconfhoard.schema.types.identityref import Identityref
from pyconfhoard.schema.types.integer import BOUNDS, Integer
from pyconfhoard.schema.types.leafref import Leafref
from pyconfhoard.schema.types.restrictions import Ranges
from pyconfhoard.schema.types.string import LONGEST, String
from pyconfhoard.schema.types.union import Union

from .numerals import decimal_pattern, integer_pattern
from .patterns import ecma

__all__ = ["EMPTY", "TEXT", "JsonSchema", "text_schema", "type_schema"]

JsonSchema: TypeAlias = dict[str, Any]

_PLANES: Final = "".join(
    f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000)
)
TEXT: Final = rf"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\ufdd0-\ufdef\ufffe\uffff{_PLANES}]*$"
"""What a YANG string may hold (RFC 7950 section 14, ``yang-char``)."""

EMPTY: Final[JsonSchema] = {"type": "array", "items": {"type": "null"}, "minItems": 1, "maxItems": 1}
"""``[null]``: a value of the type empty (RFC 7951 section 6.9)."""

_NAME: Final = "[A-Za-z_][A-Za-z0-9_.-]*"
_BLANKS: Final = r"[ \t]*"
_CONTROLS: Final = r"\u0000-\u0008\u000b\u000c\u000e-\u001f"
_QUOTED: Final = rf"""(?:'[^'{_CONTROLS}]*'|"(?:[^"{_CONTROLS}]|"")*")"""
_KEY: Final = rf"\[{_BLANKS}(?:{_NAME}:)?{_NAME}{_BLANKS}={_BLANKS}{_QUOTED}{_BLANKS}\]"
_ENTRY: Final = rf"\[{_BLANKS}(?:\.{_BLANKS}={_BLANKS}{_QUOTED}|[1-9][0-9]*){_BLANKS}\]"
_STEP: Final = rf"{_NAME}(?:{_ENTRY}|(?:{_KEY})+)?"
_INSTANCE: Final = rf"^/{_NAME}:{_STEP}(?:/(?:{_NAME}:)?{_STEP})*$"

_QUAD: Final = "(?:[A-Za-z0-9+/]{4})"
_ENDS: Final = ("", "[A-Za-z0-9+/][AQgw]==", "[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=")
"""Base64 of the last 0, 1 or 2 octets; unused bits are zero."""
_MOST_QUADS: Final = 1000


def type_schema(kind: Type, module: str) -> JsonSchema:
    """The schema of a value in JSON. ``module`` is that of the leaf."""
    for known, make in _MAKERS.items():
        if isinstance(kind, known):
            return make(kind, module)
    return dict(_PLAIN[kind.name])


def text_schema(kind: Type, module: str) -> JsonSchema:
    """The schema of a value in a URL (RFC 8040 section 3.5.3): its text, before it is percent-encoded."""
    if isinstance(kind, Leafref):
        return text_schema(kind.final, module)
    if isinstance(kind, Union):
        return {"anyOf": [text_schema(member, module) for member in kind.members]}
    if kind.name == "empty":
        return {"const": ""}
    return type_schema(kind, module)


def _integer(kind: Integer, module: str) -> JsonSchema:
    if kind.name.endswith("64"):
        text: JsonSchema = {"type": "string", "format": kind.name, "pattern": integer_pattern(kind.parts)}
        if kind.parts != (BOUNDS[kind.name],):
            text["x-yang-range"] = str(Ranges(kind.parts))
        return text
    ends = [{"minimum": low, "maximum": high} for low, high in kind.parts]
    return {"type": "integer", "format": kind.name, **(ends[0] if len(ends) == 1 else {"anyOf": ends})}


def _decimal(kind: Decimal64, module: str) -> JsonSchema:
    return {
        "type": "string",
        "format": "decimal64",
        "pattern": decimal_pattern(kind.parts, kind.fraction_digits),
        "x-yang-fraction-digits": kind.fraction_digits,
        "x-yang-range": str(Ranges(kind.parts)),
    }


def _string(kind: String, module: str) -> JsonSchema:
    result: JsonSchema = {"type": "string"}
    tests: list[JsonSchema] = []
    for pattern in kind.patterns:
        expression = ecma(pattern.xsd)
        if expression is None:
            continue
        tests.append({"not": {"pattern": expression}} if pattern.invert else {"pattern": expression})
    said = [test["pattern"] for test in tests if "pattern" in test]
    if all(
        "[^" in expression or r"\x00" in expression for expression in said
    ):  # nothing keeps control characters out
        tests.append({"pattern": TEXT})
    if kind.lengths:
        lengths = [_length(low, high) for low, high in kind.parts]
        tests.append(lengths[0] if len(lengths) == 1 else {"anyOf": lengths})
    _lay(result, tests)
    if kind.patterns:  # as the model has them: shorter, and all of them
        result["x-yang-patterns"] = [f"{'not ' * one.invert}{one.xsd}" for one in kind.patterns]
    return result


def _length(low: int, high: int) -> JsonSchema:
    return ({"minLength": low} if low else {}) | ({"maxLength": high} if high < LONGEST else {})


def _lay(result: JsonSchema, tests: Sequence[JsonSchema]) -> None:
    """All of ``tests`` hold: side by side where their words differ, else in ``allOf``."""
    rest: list[JsonSchema] = []
    for test in tests:
        if result.keys() & test.keys():
            rest.append(test)
        else:
            result.update(test)
    if rest:
        result["allOf"] = rest


def _binary(kind: Binary, module: str) -> JsonSchema:
    words: list[str] = []
    for low, high in kind.parts:
        for odd, end in enumerate(_ENDS):
            least, most = max(0, -((odd - low) // 3)), (high - odd) // 3
            if most < least:
                continue
            bounded = f"{{{least},{most}}}" if most <= _MOST_QUADS else f"{{{min(least, _MOST_QUADS)},}}"
            words.append(f"{_QUAD}{bounded}{end}")
    result: JsonSchema = {
        "type": "string",
        "contentEncoding": "base64",
        "pattern": f"^(?:{'|'.join(words)})$",
    }
    if kind.lengths:
        result["x-yang-length"] = str(Ranges(kind.parts))
    return result


def _bits(kind: Bits, module: str) -> JsonSchema:
    names = [name.replace(".", r"\.") for name in kind.legal()]
    words = [name + "".join(f"(?: {later})?" for later in names[at + 1 :]) for at, name in enumerate(names)]
    return {"type": "string", "pattern": f"^(?:{'|'.join(words)})?$", "x-yang-bits": list(kind.legal())}


def _identity(kind: Identityref, module: str) -> JsonSchema:
    """With its module, and without where it is the leaf's own (RFC 7951 section 6.8)."""
    names = kind.legal()
    own = [name.partition(":")[2] for name in names if name.startswith(f"{module}:")]
    return {"type": "string", "enum": [*names, *own]} if names else {"not": {}}


def _union(kind: Union, module: str) -> JsonSchema:
    return {"anyOf": [type_schema(member, module) for member in kind.members]}


def _leafref(kind: Leafref, module: str) -> JsonSchema:
    return {**type_schema(kind.final, module), "x-yang-leafref": kind.path.text}


_MAKERS: Final[Mapping[type, Callable[[Any, str], JsonSchema]]] = {
    Integer: _integer,
    Decimal64: _decimal,
    String: _string,
    Enumeration: lambda kind, module: {"type": "string", "enum": list(kind.enums)},
    Binary: _binary,
    Bits: _bits,
    Identityref: _identity,
    Leafref: _leafref,
    Union: _union,
}
_PLAIN: Final[Mapping[str, JsonSchema]] = {
    "boolean": {"type": "boolean"},
    "empty": EMPTY,
    "instance-identifier": {"type": "string", "pattern": _INSTANCE},
}
