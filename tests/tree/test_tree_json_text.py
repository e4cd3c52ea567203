"""parse and dumps: JSON text, exactly and bounded."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyconfhoard.errors import BadInput
from pyconfhoard.tree import dumps, parse
from pyconfhoard.tree.json_text import MAX_DEPTH, Number

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
    | st.text('[]{}"\\', max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text('ab[{"\\', max_size=3), inner, max_size=4)
    ),
    max_leaves=20,
)


def depth(value: Any) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(depth, value), default=0) if isinstance(value, list) else 0


@given(VALUES, st.booleans())
def test_text_comes_back(value: Any, plain: bool) -> None:
    text = json.dumps(value, ensure_ascii=plain, indent=1 if plain else None)
    assert parse(text.encode()) == value
    assert json.loads(dumps(value)) == value


@given(VALUES, st.integers(0, 6))
def test_depth_is_counted_exactly(value: Any, limit: int) -> None:
    body = json.dumps(value).encode()
    if depth(value) > limit:
        with pytest.raises(BadInput) as caught:
            parse(body, max_depth=limit)
        assert caught.value.faults[0].tag == "too-big"
    else:
        assert parse(body, max_depth=limit) == value


@pytest.mark.parametrize("text", ["1.50", "-0.0", "1e2", "1E+2", "12345678901234567890.123456789", "0.1"])
def test_a_number_keeps_its_text(text: str) -> None:
    value = parse(text.encode())
    assert isinstance(value, Number)
    assert value == float(text)
    assert dumps([value]) == f"[{text}]"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"\xff", "not UTF-8 (byte 0)"),
        (b'{"a": 1,\n "b" 2}', "line 2, column 6"),
        (b'{"a": [1, 2}', "line 1, column 12"),
        (b'{"a": 1} x', "line 1, column 10"),
        (b"[NaN]", "NaN"),
        (b"[Infinity]", "Infinity"),
        (b"1e999", "too large"),
        (b"9" * 5000, "5000 digits"),
        (b'{"a": "\x01"}', "control character"),
        (b'"\\ud800"', "unpaired surrogate is no character, at line 1, column 1"),
        (b'{"a": 1, "b": {"x": 1,\n  "c": 2, "\\u0078": 3}}', "member 'x' stands twice in one object, at line 2, column 11"),
        (b'[{"a": 1}, {"a": 1, "a": 1}]', "member 'a' stands twice in one object, at line 1, column 21"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(body: bytes, says: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse(body)
    (fault,) = caught.value.faults
    assert fault.tag == "malformed-message"
    assert says in fault.message


def test_a_byte_order_mark_is_no_harm() -> None:
    assert parse(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_a_pair_of_surrogates_is_a_character() -> None:
    assert parse(b'"\\ud83c\\udf7a"') == "\U0001f37a"


def test_too_deep_says_where() -> None:
    with pytest.raises(BadInput, match=f"deeper than {MAX_DEPTH} levels, at line 2, column 28"):
        parse(b"[" * 101 + b"\n" + b"[" * 28 + b"]" * 129)


def test_a_hundred_thousand_brackets_do_not_recurse() -> None:
    for body in (b"[" * 100_000, b'{"a":' * 100_000, b"[]" * 100_000, b"]" * 1000 + b"[" * 100_000):
        with pytest.raises(BadInput):
            parse(body)


def test_depth_is_checked_in_little_time() -> None:
    body = b"[" + b",".join([b"[" * 100 + b"]" * 100] * 1000) + b"]"
    start = time.perf_counter()
    parse(body)
    assert time.perf_counter() - start < 2


def test_a_limit_bounds_the_text() -> None:
    assert len(dumps(list(range(10**6)), limit=80)) < 90
