"""Random YANG types (RFC 7950 section 9), each with JSON values of it and values that only look like it.

A :class:`Kind` holds few values, so that values of different leaves meet: a leafref finds its target, a
comparison holds, an entry is not unique.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from zlib import crc32

from differential_patterns import LETTERS, patterns, plain_patterns
from hypothesis import strategies as st

__all__ = ["EMPTY", "IDENTITIES", "Kind", "kinds", "plain_kinds", "quoted"]

MODULE: Final = "gen"
PREFIX: Final = "g"


@dataclass(frozen=True, slots=True)
class Kind:
    """A type.

    ``good`` are values of it in JSON, ``odd`` near misses (some may be values after all), ``words`` the
    good ones as text in YANG: defaults, and strings in XPath. ``typedefs`` are what ``text`` refers to.
    """

    text: str
    family: str
    good: tuple[Any, ...]
    odd: tuple[Any, ...]
    words: tuple[str, ...]
    typedefs: tuple[str, ...] = ()
    default: str | None = None
    """That of the typedef."""


def quoted(text: str) -> str:
    """A YANG string in double quotes (section 6.1.3)."""
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
        text = text.replace(plain, escaped)
    return f'"{text}"'


def _unique(values: Sequence[Any]) -> tuple[Any, ...]:
    return tuple({repr(value): value for value in values}.values())


# Numbers -------------------------------------------------------------------------------------------

_WIDTHS: Final = {
    "int8": 8,
    "int16": 16,
    "int32": 32,
    "int64": 64,
    "uint8": 8,
    "uint16": 16,
    "uint32": 32,
    "uint64": 64,
}


@st.composite
def _bounds(
    draw: st.DrawFn, points: Sequence[int], show: Callable[[int], str]
) -> tuple[str, list[tuple[int, int]]]:
    """A range or length argument of one to three parts, and what it means; ``points`` ascend, and the
    first and the last are what ``min`` and ``max`` stand for."""
    chosen = sorted(draw(st.lists(st.sampled_from(points), min_size=2, max_size=6, unique=True)))
    parts = [(low, high) for low, high in zip(chosen[::2], chosen[1::2], strict=False)]
    if draw(st.integers(0, 3)) == 0:
        parts[0] = (parts[0][0], parts[0][0])
    words = []
    for low, high in parts:
        left = "min" if low == points[0] and draw(st.booleans()) else show(low)
        right = "max" if high == points[-1] and draw(st.booleans()) else show(high)
        gap = draw(st.sampled_from(["..", "..", " .. "]))
        words.append(left if low == high else f"{left}{gap}{right}")
    return draw(st.sampled_from(["|", " | "])).join(words), parts


def _around(parts: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    inside = [value for low, high in parts for value in (low, high, min(low + 1, high))]
    outside = [value for low, high in parts for value in (low - 1, high + 1)]
    return list(dict.fromkeys(inside)), list(dict.fromkeys(outside))


@st.composite
def _integers(draw: st.DrawFn) -> Kind:
    name = draw(st.sampled_from(sorted(_WIDTHS)))
    width = _WIDTHS[name]
    low, high = (0, 2**width - 1) if name[0] == "u" else (-(2 ** (width - 1)), 2 ** (width - 1) - 1)
    if draw(st.booleans()):
        points = [low, *(number for number in (-3, -1, 0, 1, 2, 3, 4, 7, 10) if number > low), high]
        text, parts = draw(_bounds(points, str))
        type_text = f"type {name} {{ range {quoted(text)}; }}"
        inside, outside = _around(parts)
    else:
        type_text, inside, outside = f"type {name};", [0, 1, 2, 3, low, high], [low - 1, high + 1]
    inside = inside[:6]
    write: Callable[[int], Any] = str if width == 64 else int
    unlike: Callable[[int], Any] = int if width == 64 else str
    odd = [write(value) for value in outside] + [unlike(inside[0]), 1.5, True, None, "", [], {}]
    if width == 64:
        odd += [
            f"+{abs(inside[0])}",
            f"0{abs(inside[0])}",
            "0x1",
            "-0",
            "1.0",
            f" {inside[0]}",
            "1 ",
            "0x",
            "08",
        ]
    return Kind(type_text, "number", tuple(map(write, inside)), _unique(odd), tuple(map(str, inside)))


def _decimal_text(value: int, digits: int) -> str:
    """The canonical form (section 9.3.2) of ``value`` / 10^digits."""
    sign, number = "-" * (value < 0), f"{abs(value):0{digits + 1}d}"
    return f"{sign}{number[:-digits]}.{number[-digits:].rstrip('0') or '0'}"


@st.composite
def _decimals(draw: st.DrawFn) -> Kind:
    digits = draw(st.sampled_from([1, 1, 2, 3, 18]))
    unit = 10**digits
    show = lambda value: _decimal_text(value, digits)  # noqa: E731
    points = [
        -(2**63),
        *(sorted({-unit, -1, 0, 1, unit // 2, unit, unit + 5, 2 * unit, 3 * unit})),
        2**63 - 1,
    ]
    if draw(st.booleans()):
        text, parts = draw(_bounds(points, show))
        more = f" range {quoted(text)};"
        inside, outside = _around(parts)
    else:
        more, inside, outside = "", points[1:-1:2], [-(2**63) - 1, 2**63]
    inside = inside[:6]
    odd = [show(value) for value in outside] + [
        "1",
        "+1.0",
        "01.0",
        "1.",
        ".5",
        "-0.0",
        "1." + "0" * (digits + 1),
        "1." + "5" * (digits + 1),
        "1e1",
        "",
        " 1.0",
        1.0,
        1,
        None,
        "NaN",
    ]
    words = tuple(map(show, inside))
    return Kind(
        f"type decimal64 {{ fraction-digits {digits};{more} }}", "decimal", words, _unique(odd), words
    )


# Text ----------------------------------------------------------------------------------------------

_texts = st.lists(st.sampled_from(LETTERS), max_size=4).map("".join)


@st.composite
def _plain_strings(draw: st.DrawFn) -> Kind:
    """Of which the good values are certain."""
    if draw(st.booleans()):
        pattern = draw(plain_patterns)
        good = [word for word in pattern.words if "\n" not in word] or ["a"]
        return Kind(
            f"type string {{ pattern {quoted(pattern.regex)}; }}",
            "string",
            _unique(good),
            ("", "zz", 1),
            _unique(good),
        )
    good = ("a", "b", "ab")
    return (
        Kind("type string;", "string", good, (1, None), good)
        if draw(st.booleans())
        else Kind('type string { length "1..2"; }', "string", good, ("", "abc"), good)
    )


@st.composite
def _strings(draw: st.DrawFn) -> Kind:
    good = ["a", "b", "ab", "c1"]
    parts = []
    if draw(st.booleans()):
        text, lengths = draw(_bounds([0, 1, 2, 3, 4, 5, 18446744073709551615], str))
        parts.append(f"length {quoted(text)};")
        good += [("ab1c" * 2)[:size] for low, high in lengths for size in (low, high) if size < 7]
        good += ["é😀λa"[: lengths[0][0]]]
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 1, 2]))):
        pattern = draw(patterns)
        invert = draw(st.integers(0, 5)) == 0
        parts.append(f"pattern {quoted(pattern.regex)}" + (" { modifier invert-match; }" if invert else ";"))
        good = list(pattern.words) + good[:2]
    odd = draw(st.lists(_texts, min_size=1, max_size=4))
    text = f"type string {{ {' '.join(parts)} }}" if parts else "type string;"
    good = [word for word in good if "\n" not in word]  # a default would be trimmed
    return Kind(text, "string", _unique(good)[:6], _unique([*odd, "", 1, None, True]), _unique(good)[:6])


@st.composite
def _binaries(draw: st.DrawFn) -> Kind:
    write = lambda size: base64.b64encode(b"\x00\xff~abcd"[:size]).decode()  # noqa: E731
    if draw(st.booleans()):
        text, lengths = draw(_bounds([0, 1, 2, 3, 4, 5, 18446744073709551615], str))
        type_text = f"type binary {{ length {quoted(text)}; }}"
        inside, outside = _around(lengths)
        inside, outside = [size for size in inside if size < 8], [size for size in outside if 0 <= size < 8]
    else:
        type_text, inside, outside = "type binary;", [0, 1, 2, 3], []
    words = tuple(map(write, inside)) or ("AAAA",)
    odd = [write(size) for size in outside] + [
        "A",
        "AA",
        "AA=",
        "AAA=",
        "AB==",
        "A===",
        "====",
        "A A A A",
        "AAAA\n",
        "é",
        "-_-_",
        1,
    ]
    return Kind(type_text, "binary", words, _unique(odd), words)


# Words ---------------------------------------------------------------------------------------------

_FEATURES: Final = (
    ("", True),
    ("", True),
    ("", True),
    ("on", True),
    ("off", False),
    ("not off", True),
    ("on and off", False),
)


@st.composite
def _enumerations(draw: st.DrawFn) -> Kind:
    names = draw(
        st.lists(
            st.sampled_from(["a", "b", "b c", "1", "true", "é", "a-b", "+"]),
            min_size=1,
            max_size=4,
            unique=True,
        )
    )
    values = draw(st.lists(st.integers(-3, 9), min_size=len(names), max_size=len(names), unique=True))
    numbered = draw(st.booleans())
    enums, good, off = [], [], []
    for name, value in zip(names, values, strict=True):
        feature, is_on = draw(st.sampled_from(_FEATURES)) if good else ("", True)
        inner = (f" value {value};" if numbered else "") + (
            f" if-feature {quoted(feature)};" if feature else ""
        )
        enums.append(f"enum {quoted(name)}" + (f" {{{inner} }}" if inner else ";"))
        (good if is_on else off).append(name)
    odd = (*off, "A", "", "d", f" {names[0]}", f"{names[0]} ", 1, True, None, [None])
    return Kind(f"type enumeration {{ {' '.join(enums)} }}", "enum", tuple(good), odd, tuple(good))


@st.composite
def _bits(draw: st.DrawFn) -> Kind:
    names = draw(
        st.lists(st.sampled_from(["a", "b", "c", "d.e", "f-g"]), min_size=1, max_size=4, unique=True)
    )
    places = draw(st.lists(st.integers(0, 40), min_size=len(names), max_size=len(names), unique=True))
    placed = draw(st.booleans())
    order = sorted(names, key=lambda name: places[names.index(name)]) if placed else names
    bits = [
        f"bit {name}" + (f" {{ position {place}; }}" if placed else ";")
        for name, place in zip(names, places, strict=True)
    ]
    good = ["", order[0], " ".join(order), " ".join(order[-2:])]
    odd = [
        " ".join(reversed(order)),
        f"{order[0]} {order[0]}",
        "x",
        f" {order[0]}",
        "  ".join(order),
        f"{order[0]} x",
        0,
        None,
        True,
        [order[0]],
    ]
    return Kind(f"type bits {{ {' '.join(bits)} }}", "bits", _unique(good), _unique(odd), _unique(good))


IDENTITIES: Final = {
    "beer": (),
    "ale": ("beer",),
    "stout": ("ale",),
    "lager": ("beer",),
    "dark": (),
    "porter": ("ale", "dark"),
    "bock": ("lager", "dark"),
}
"""Those of each generated module, with their bases."""


def _derived(base: str) -> set[str]:
    found = {name for name, bases in IDENTITIES.items() if base in bases}
    return found.union(*map(_derived, found))


@st.composite
def _identities(draw: st.DrawFn) -> Kind:
    bases = draw(
        st.lists(st.sampled_from(["beer", "ale", "dark", "lager"]), min_size=1, max_size=2, unique=True)
    )
    names = sorted(set.intersection(*map(_derived, bases)))
    rest = sorted(set(IDENTITIES) - set(names))
    text = " ".join(f"base {draw(st.sampled_from(['', PREFIX + ':']))}{base};" for base in bases)
    good = [f"{MODULE}:{name}" for name in names] + names[:1]
    odd = [f"{MODULE}:{name}" for name in rest] + [
        rest[0],
        f"{PREFIX}:{names[0] if names else 'x'}",
        "nobody:ale",
        "",
        1,
        None,
    ]
    words = tuple(f"{PREFIX}:{name}" for name in names)
    return Kind(
        f"type identityref {{ {text} }}", "identity", tuple(good) or ("gen:none",), _unique(odd), words
    )


_BOOLEAN: Final = Kind(
    "type boolean;", "boolean", (True, False), ("true", "false", 1, 0, None, ""), ("true", "false")
)
EMPTY: Final = Kind("type empty;", "empty", ([None],), (None, [], "", [None, None], True, {}), ())

_anything: Final = st.one_of(
    _integers(),
    _integers(),
    _decimals(),
    st.just(_BOOLEAN),
    _enumerations(),
    _bits(),
    _identities(),
    _binaries(),
)
_simple: Final = _strings() | _anything
_plain: Final = _plain_strings() | _anything


# Types made of types -------------------------------------------------------------------------------


@st.composite
def _unions(draw: st.DrawFn, inner: st.SearchStrategy[Kind]) -> Kind:
    members = draw(st.lists(inner, min_size=1, max_size=3))
    text = f"type union {{ {' '.join(member.text for member in members)} }}"
    good = [value for member in members for value in member.good[:3]]
    odd = [value for member in members for value in member.odd]
    words = [word for member in members for word in member.words[:3]]
    typedefs = tuple(text for member in members for text in member.typedefs)
    family = "mixed" if any(member.family in {"identity", "mixed"} for member in members) else "union"
    return Kind(text, family, _unique(good), _unique(odd), _unique(words), typedefs)


@st.composite
def _typedefs(draw: st.DrawFn, inner: st.SearchStrategy[Kind]) -> Kind:
    """The type under a name, sometimes with a default; numbers and strings sometimes restricted further."""
    kind = draw(inner)
    default = kind.words[0] if kind.words and draw(st.integers(0, 3)) == 0 else None
    body = kind.text + (f" default {quoted(default)};" if default is not None else "")
    name = f"t{crc32(body.encode())}"
    text = f"type {name};"
    named = replace(
        kind, text=text, typedefs=(*kind.typedefs, f"typedef {name} {{ {body} }}"), default=default
    )
    if kind.family == "number" and default is None and draw(st.booleans()):
        low, high = sorted([int(kind.words[0]), int(kind.words[-1])])[:2]
        if "range" not in kind.text or low == high:
            bounds = f"{low}..{high}" if low != high else f"{low}"
            return replace(named, text=f'type {name} {{ range "{bounds}"; }}')
    if kind.family == "string" and "pattern" in kind.text and default is None and draw(st.booleans()):
        pattern = draw(patterns)
        return replace(named, text=f"type {name} {{ pattern {quoted(pattern.regex)}; }}")
    return named


kinds: Final = st.one_of(
    _simple,
    _typedefs(_simple),
    _unions(_simple | st.just(EMPTY)),
    _typedefs(_unions(_typedefs(_simple))),
    _unions(_unions(_simple)),
    st.just(EMPTY),
)
"""Types of any leaf."""

plain_kinds: Final = st.one_of(_plain, _plain, _plain, _unions(_plain), _typedefs(_plain))
"""Types on which all judges agree, as far as one knows; without ``empty``: of keys and leaf-lists."""
