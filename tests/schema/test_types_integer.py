"""RFC 7950 section 9.2, RFC 7951 section 6.1."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyconfhoard.schema.types import Integer, InvalidValue, Ranges, parse_default
from pyconfhoard.schema.types.integer import BOUNDS

SIZES = sorted(BOUNDS)


def integers(name: str) -> st.SearchStrategy[int]:
    low, high = BOUNDS[name]
    return st.integers(low, high) | st.sampled_from([low, high])


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("int8", -128, 127),
        ("int16", -32768, 32767),
        ("int32", -2147483648, 2147483647),
        ("int64", -9223372036854775808, 9223372036854775807),
        ("uint8", 0, 255),
        ("uint16", 0, 65535),
        ("uint32", 0, 4294967295),
        ("uint64", 0, 18446744073709551615),
    ],
)
def test_an_integer_has_the_bounds_that_the_rfc_gives(name: str, low: int, high: int) -> None:
    type_ = Integer(name)
    assert (type_.parse(str(low), "m"), type_.parse(str(high), "m")) == (low, high)
    for outside in (low - 1, high + 1):
        with pytest.raises(InvalidValue, match="outside"):
            type_.parse(str(outside), "m")
        with pytest.raises(InvalidValue, match="outside"):
            type_.from_json(str(outside) if name.endswith("64") else outside, "m")


@given(st.sampled_from(SIZES).flatmap(lambda name: st.tuples(st.just(name), integers(name))))
def test_an_integer_comes_back_from_text_json_and_record(case: tuple[str, int]) -> None:
    name, value = case
    type_ = Integer(name)
    assert type_.parse(type_.text(value), "m") == value
    assert type_.from_json(type_.to_json(value), "m") == value
    assert type_.holds(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("-0", 0), ("+7", 7), ("007", 7), ("-0042", -42), ("0" * 5000 + "9", 9), ("-" + "0" * 30, 0)],
)
def test_an_integer_is_decimal_with_optional_sign_and_leading_zeros(text: str, value: int) -> None:
    assert Integer("int32").parse(text, "m") == value
    assert Integer("int32").text(value) == str(value)


@pytest.mark.parametrize(
    "text", ["", "-", "+", " 1", "1 ", "1.0", "1e3", "0x10", "1_000", "٣", "--1", "+-1", "one", "NaN"]
)
def test_an_integer_refuses_any_other_text(text: str) -> None:
    with pytest.raises(InvalidValue, match="not a whole decimal number"):
        Integer("int32").parse(text, "m")


def test_an_integer_of_a_million_digits_is_refused_without_being_computed() -> None:
    with pytest.raises(InvalidValue, match="1000000 digits"):
        Integer("uint64").parse("9" * 1_000_000, "m")


@pytest.mark.parametrize("name", ["int8", "int16", "int32", "uint8", "uint16", "uint32"])
@pytest.mark.parametrize("raw", ["5", 5.0, True, False, None, [5], {"a": 5}])
def test_an_integer_of_up_to_32_bits_is_a_json_number(name: str, raw: object) -> None:
    assert Integer(name).from_json(5, "m") == 5
    assert Integer(name).to_json(5) == 5
    with pytest.raises(InvalidValue, match="whole JSON number"):
        Integer(name).from_json(raw, "m")


@pytest.mark.parametrize("name", ["int64", "uint64"])
@pytest.mark.parametrize("raw", [5, 5.0, True, None, ["5"]])
def test_an_integer_of_64_bits_is_a_json_string(name: str, raw: object) -> None:
    assert Integer(name).from_json("5", "m") == 5
    assert Integer(name).to_json(5) == "5"
    with pytest.raises(InvalidValue, match="JSON string"):
        Integer(name).from_json(raw, "m")


@pytest.mark.parametrize(
    ("text", "value"), [("0x1F", 31), ("-0xff", -255), ("017", 15), ("-010", -8), ("0", 0), ("19", 19)]
)
def test_a_default_may_be_hexadecimal_or_octal(text: str, value: int) -> None:
    assert parse_default(Integer("int32"), text, "m", {}) == value


def test_a_default_out_of_range_is_refused_in_any_notation() -> None:
    for text in ("256", "0x100", "0400"):
        with pytest.raises(InvalidValue, match=r"outside 0\.\.255"):
            parse_default(Integer("uint8"), text, "m", {})


def test_a_range_of_several_parts_allows_just_those() -> None:
    """The typedef of RFC 7950 section 9.2.5, narrowed as there."""
    base = Ranges(((1, 4), (10, 20)), "base says no", "base-tag")
    type_ = Integer("int32", (base, Ranges(((11, 20),))))
    assert type_.parts == ((11, 20),)
    assert Integer("int32", (base,)).from_json(4, "m") == 4
    with pytest.raises(InvalidValue) as refusal:
        Integer("int32", (base,)).from_json(5, "m")
    assert (refusal.value.message, refusal.value.app_tag) == ("base says no", "base-tag")
    with pytest.raises(InvalidValue, match=r"outside 11\.\.20"):
        type_.from_json(10, "m")


def test_the_narrowest_restriction_that_says_something_is_quoted() -> None:
    type_ = Integer("uint8", (Ranges(((0, 50),), "at most 50"), Ranges(((0, 20),), "at most 20")))
    for value in (30, 60):
        with pytest.raises(InvalidValue, match=r"^at most 20$"):
            type_.from_json(value, "m")


def test_an_integer_holds_no_bool_and_no_float() -> None:
    assert Integer("uint8").holds(1)
    assert not any(Integer("uint8").holds(value) for value in (True, 1.0, "1", 256, None))


def test_ranges_that_leave_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="no legal value"):
        Integer("uint8", (Ranges(((300, 400),)),))
