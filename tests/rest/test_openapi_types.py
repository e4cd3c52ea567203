"""Types as JSON Schema, judged by an independent validator: it must say what the types themselves say."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pyconfhoard import schema as schemas
from pyconfhoard.schema.nodes import Leaf, Schema
from pyconfhoard.schema.types.base import InvalidValue
from pyconfhoard.schema.types.decimal64 import Decimal64
from pyconfhoard.schema.types.integer import BOUNDS, Integer
from pyconfhoard.schema.types.restrictions import Pattern, Ranges
from pyconfhoard.schema.types.string import String
from pyconfhoard.schema.types.xsd import matcher
from rest.openapi.numerals import decimal_pattern, integer_pattern
from rest.openapi.patterns import ecma
from rest.openapi.types import text_schema, type_schema

MODELS = Path(__file__).parent / "models"

scaled = st.integers(-3000, 3000)


@given(low=scaled, size=st.integers(0, 3000), digits=st.integers(1, 3), data=st.data())
def test_the_range_of_a_decimal_is_told_exactly(
    low: int, size: int, digits: int, data: st.DataObject
) -> None:
    ends = Decimal(low).scaleb(-digits), Decimal(low + size).scaleb(-digits)
    kind = Decimal64(digits, (Ranges((ends,)),))
    number = data.draw(st.integers(low * 10 - 25, (low + size) * 10 + 25))
    text = data.draw(
        st.sampled_from(["", "+", "0", "00"]).map(
            lambda sign: sign + format(Decimal(number).scaleb(-digits - 1), "f")
        )
        | st.sampled_from(ends).map(lambda end: format(end, "f"))
        | st.sampled_from(
            ["", "-", ".", "1.", ".5", "-0", "0.0", "1e1", "--1", "1.0.0", " 1", "0x1", "9" * 30]
        )
    )
    assert bool(re.search(decimal_pattern([ends], digits), text)) is accepts(kind, text)


@pytest.mark.parametrize("name", ["int64", "uint64"])
@given(
    number=st.integers(-(2**65), 2**65) | st.sampled_from([-(2**63), 2**63, 2**64, 0]),
    step=st.integers(-2, 2),
)
def test_the_bounds_of_64_bits_are_told_exactly(name: str, number: int, step: int) -> None:
    kind = Integer(name)
    text = str(number + step)
    assert bool(re.search(integer_pattern([BOUNDS[name]]), text)) is accepts(kind, text)


def accepts(kind: Any, text: str) -> bool:
    try:
        kind.parse(text, "m")
    except InvalidValue:
        return False
    return True


PATTERNS = (
    r"[A-Z][A-Z0-9]*",
    r"\d{4}-\d{2}",
    r"[\p{L}\p{N}]+",
    r"(([0-9]|1[0-9])\.){3}[0-9a-fA-F:]*",
    r"[^\-/ #&~]*",
    r"\i\c*",
    r"[a-z-[aeiou]]+",
    r".*\|\{\}\^\$",
    r"\p{IsGreek}{1,3}\d?",
    r"\S+\s\w",
)


@pytest.mark.parametrize("xsd", PATTERNS)
@given(text=st.text(max_size=8), data=st.data())
def test_a_pattern_takes_the_same_texts_in_every_dialect(xsd: str, text: str, data: st.DataObject) -> None:
    expression = ecma(xsd)
    if expression is None:
        assert len(xsd) < 15, "only whole categories may be left out"
        return
    text = data.draw(st.just(text) | st.from_regex(expression, alphabet=st.characters(codec="utf-8")))
    if text.endswith("\n"):  # Python's own $ also matches before it
        return
    wanted = matcher(xsd)(text)
    assert bool(re.search(expression, text)) is wanted
    judge = jsonschema_rs.validator_for({"$schema": DIALECT, "pattern": expression})
    assert judge.is_valid(text) is wanted


DIALECT = "https://json-schema.org/draft/2020-12/schema"


def test_what_no_dialect_has_is_left_out() -> None:
    assert ecma(r"a{1,100000}") is None
    assert ecma(r"\P{IsPrivateUse}") is None  # its intervals end beside the surrogates


@pytest.fixture(scope="module")
def gallery() -> Schema:
    return schemas.load(["gallery"], folders=[MODELS])


VALUES: tuple[Any, ...] = (
    *(0, 1, -1, -5, -6, 10, 20, 21, 127, 128, -128, -129, 255, 2**63, True, False, None, [None], [], {}, [0]),
    *(
        "",
        "0",
        "1",
        "-0",
        "+1",
        "-1.5",
        "-1.501",
        "99.125",
        "99.13",
        "1.5",
        "1.50",
        "abc",
        "ab",
        "abcdefghi",
        "A1",
        "XA",
    ),
    *(
        "AB C",
        "none",
        "α",
        "αβγ٣",
        "αβγδ",
        "αb",
        "AA==",
        "AAA=",
        "AAAA",
        "AAAAAAAA",
        "AB==",
        "A",
        "read",
        "write read",
    ),
    *(
        "read write",
        "read execute.too",
        "red",
        "gallery:red",
        "colour",
        "gallery:dark-red",
        "other:red",
        "18446744073709551615",
    ),
    *(
        "18446744073709551614",
        "9223372036854775807",
        "9223372036854775808",
        "127.0.0.1",
        "127.0.0.256",
        "::1",
    ),
    *(
        "2026-11-21T10:00:00Z",
        "2026-11-21",
        "/a:b",
        "/a:b/c[d='e']",
        "/a:b[1]",
        "/a:b[1][2]",
        "a:b",
        "/b",
        "/a:b['c']",
    ),
    *("/a:b[.='\u0001']", "\u0000", "\t", "\ufffe", "\U0001fffe", "x\ny"),
)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "tiny",
            "even-parts",
            "large",
            "huge",
            "exact",
            "whole-decimal",
            "yes",
            "text",
            "code",
            "greek",
            "picture",
        ),
        *("flags", "there", "colour", "either", "address", "moment", "elsewhere", "alike"),
    ],
)
def test_a_value_is_valid_where_its_type_takes_it(gallery: Schema, name: str) -> None:
    leaf = gallery.find(f"/gallery:types/{name}")
    assert isinstance(leaf, Leaf)
    judge = jsonschema_rs.validator_for({"$schema": DIALECT, **type_schema(leaf.type, leaf.module)})
    for value in VALUES:
        try:
            read = leaf.type.from_json(value, leaf.module)
            taken = name != "flags" or leaf.type.to_json(read) == value  # bits: as they are told only
        except InvalidValue:
            taken = False
        assert judge.is_valid(value) is taken, (name, value)


@given(value=st.binary(max_size=8))
@example(value=b"")
@example(value=b"12345")
@example(value=b"123456")
def test_the_length_of_a_binary_is_told_in_octets(gallery: Schema, value: bytes) -> None:
    leaf = gallery.find("/gallery:types/picture")
    assert isinstance(leaf, Leaf)
    judge = jsonschema_rs.validator_for({"$schema": DIALECT, **type_schema(leaf.type, leaf.module)})
    assert judge.is_valid(leaf.type.to_json(value)) is (1 <= len(value) <= 5)


def test_what_no_string_may_hold_is_refused_where_a_pattern_would_take_it() -> None:
    kind = String(patterns=(Pattern(r"[^\*].*"),))
    judge = jsonschema_rs.validator_for({"$schema": DIALECT, **type_schema(kind, "m")})
    assert [judge.is_valid(text) for text in ("ab", "*", "\x17b", "a\x17")] == [True, False, False, False]


def test_in_a_url_a_type_is_its_text(gallery: Schema) -> None:
    there, either = gallery.find("/gallery:types/there"), gallery.find("/gallery:types/either")
    assert isinstance(there, Leaf)
    assert isinstance(either, Leaf)
    assert text_schema(there.type, "gallery") == {"const": ""}
    assert text_schema(either.type, "gallery")["anyOf"][0]["maximum"] == 255
