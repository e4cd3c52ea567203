"""RFC 7950 section 9.3."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyconfhoard.schema.types import Decimal64, InvalidValue, Ranges

SCALED = st.tuples(
    st.integers(1, 18), st.integers(-(2**63), 2**63 - 1) | st.sampled_from([-(2**63), 2**63 - 1, 0])
)


def scaled(number: int, digits: int) -> Decimal:
    sign, text = ("-", str(-number)) if number < 0 else ("", str(number))
    text = text.rjust(digits + 1, "0")
    return Decimal(f"{sign}{text[:-digits]}.{text[-digits:]}")


@given(SCALED)
def test_every_scaled_64_bit_integer_comes_back_from_text_and_json(case: tuple[int, int]) -> None:
    digits, number = case
    type_ = Decimal64(digits)
    value = scaled(number, digits)
    assert type_.holds(value)
    assert type_.parse(type_.text(value), "m") == value
    assert type_.from_json(type_.to_json(value), "m") == value


@given(SCALED)
def test_the_text_of_a_parsed_value_is_its_canonical_form(case: tuple[int, int]) -> None:
    digits, number = case
    type_ = Decimal64(digits)
    value = type_.parse(format(scaled(number, digits), "f"), "m")
    whole, point, fraction = type_.text(value).partition(".")
    assert point
    assert fraction == "0" or not fraction.endswith("0")
    assert whole.removeprefix("-") == "0" or not whole.removeprefix("-").startswith("0")
    assert format(value, "f") == type_.text(value)


@pytest.mark.parametrize(
    ("digits", "low", "high"),
    [
        (1, "-922337203685477580.8", "922337203685477580.7"),
        (2, "-92233720368547758.08", "92233720368547758.07"),
        (9, "-9223372036.854775808", "9223372036.854775807"),
        (18, "-9.223372036854775808", "9.223372036854775807"),
    ],
)
def test_the_bounds_are_those_of_the_table_in_section_9_3_4(digits: int, low: str, high: str) -> None:
    type_ = Decimal64(digits)
    assert type_.text(type_.parse(low, "m")) == low
    assert type_.text(type_.parse(high, "m")) == high
    for outside in (low[:-1] + str(int(low[-1]) + 1), high[:-1] + str(int(high[-1]) + 1)):
        with pytest.raises(InvalidValue, match="outside"):
            type_.parse(outside, "m")


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("17", "17.0"),
        ("+17.5", "17.5"),
        ("017.50", "17.5"),
        ("-0.0", "0.0"),
        ("0", "0.0"),
        ("3.14000000", "3.14"),
        ("-0.25", "-0.25"),
        ("100", "100.0"),
    ],
)
def test_a_number_has_one_canonical_text(text: str, canonical: str) -> None:
    type_ = Decimal64(2)
    value = type_.parse(text, "m")
    assert type_.text(value) == canonical
    assert str(value) == canonical


@pytest.mark.parametrize(
    "text", ["", ".5", "5.", "1e3", "1,5", " 1", "1 ", "NaN", "Infinity", "0x1", "1_0", "٣", "-", "--1"]
)
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="not a decimal number"):
        Decimal64(2).parse(text, "m")


def test_too_many_digits_are_an_error_and_never_rounded() -> None:
    with pytest.raises(InvalidValue, match="more than 2 digits"):
        Decimal64(2).parse("3.141", "m")


@pytest.mark.parametrize("raw", [17.5, 17, True, None, ["1.0"]])
def test_it_is_a_json_string(raw: object) -> None:
    assert Decimal64(1).to_json(Decimal("17")) == "17.0"
    with pytest.raises(InvalidValue, match="JSON string"):
        Decimal64(1).from_json(raw, "m")


def test_the_text_of_a_tiny_or_huge_decimal_has_no_exponent() -> None:
    assert Decimal64(18).text(Decimal("1E-18")) == "0.000000000000000001"
    assert Decimal64(1).text(Decimal("1E+3")) == "1000.0"


def test_a_range_is_exact() -> None:
    """The example of RFC 7950 section 9.3.4: 1 .. 3.14 | 10 | 20..max."""
    high = Decimal("92233720368547758.07")
    parts = ((Decimal(1), Decimal("3.14")), (Decimal(10), Decimal(10)), (Decimal(20), high))
    type_ = Decimal64(2, (Ranges(parts, app_tag="too-warm"),))
    assert type_.parse("3.14", "m") == Decimal("3.14")
    with pytest.raises(InvalidValue) as refusal:
        type_.parse("3.15", "m")
    assert refusal.value.app_tag == "too-warm"
    assert refusal.value.message == "decimal64 outside 1..3.14 | 10 | 20..92233720368547758.07"


def test_it_holds_only_what_its_digits_can_express() -> None:
    assert Decimal64(2).holds(Decimal("1.500"))
    refused = (Decimal("1.505"), Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), 1.5, 1, "1.5")
    assert not any(Decimal64(2).holds(value) for value in refused)


@pytest.mark.parametrize("digits", [0, 19, -1])
def test_fraction_digits_are_1_to_18(digits: int) -> None:
    with pytest.raises(ValueError, match="1 to 18"):
        Decimal64(digits)


def test_ranges_that_leave_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="no legal value"):
        Decimal64(18, (Ranges(((Decimal(100), Decimal(200)),)),))
