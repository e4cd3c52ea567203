"""XPath 1.0 sections 3.5, 4.2 and 4.4: numbers, and their way to and from text."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyconfhoard.validation.numbers import divide, number_text, remainder, round_half_up, text_number


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (math.nan, "NaN"),
        (0.0, "0"),
        (-0.0, "0"),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
        (17.0, "17"),
        (-17.0, "-17"),
        (1e21, "1000000000000000000000"),
        (0.1, "0.1"),
        (-0.5, "-0.5"),
        (1e-7, "0.0000001"),
        (1.5e-10, "0.00000000015"),
        (123456.789, "123456.789"),
        (1 / 3, "0.3333333333333333"),
        (2**53 + 2.0, "9007199254740994"),
    ],
)
def test_number_as_text(number: float, text: str) -> None:
    assert number_text(number) == text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("17", 17),
        (" \t\r\n17\n", 17),
        ("-17", -17),
        (".5", 0.5),
        ("-.5", -0.5),
        ("5.", 5),
        ("017", 17),
        ("-0", 0),
    ],
)
def test_text_that_is_a_number(text: str, number: float) -> None:
    assert text_number(text) == number


@pytest.mark.parametrize(
    "text",
    ["", " ", "+1", "1e3", "1 2", "--1", "- 1", ".", "-", "0x10", "Infinity", "NaN", "1,5", "١", "\xa01"],
)
def test_text_that_is_no_number(text: str) -> None:
    assert math.isnan(text_number(text))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_survives_its_text(number: float) -> None:
    text = number_text(number)
    assert text_number(text) == number
    assert "e" not in text.lower()


@pytest.mark.parametrize(
    ("left", "right", "quotient"),
    [
        (1, 2, 0.5),
        (1, 0.0, math.inf),
        (-1, 0.0, -math.inf),
        (1, -0.0, -math.inf),
        (-1, -0.0, math.inf),
        (0.0, 0.0, math.nan),
        (math.nan, 0.0, math.nan),
        (math.inf, 0.0, math.inf),
        (math.inf, math.inf, math.nan),
    ],
)
def test_div_is_ieee_division(left: float, right: float, quotient: float) -> None:
    assert divide(left, right) == pytest.approx(quotient, nan_ok=True)


@pytest.mark.parametrize(
    ("left", "right", "rest"),
    [
        (5, 2, 1),
        (5, -2, 1),
        (-5, 2, -1),
        (-5, -2, -1),
        (1.5, 0.5, 0),
        (5, 0, math.nan),
        (math.inf, 2, math.nan),
        (5, math.inf, 5),
        (math.nan, 2, math.nan),
        (5, math.nan, math.nan),
    ],
)
def test_mod_truncates(left: float, right: float, rest: float) -> None:
    """The first four rows are the recommendation's own."""
    assert remainder(left, right) == pytest.approx(rest, nan_ok=True)


@pytest.mark.parametrize(
    ("number", "whole"),
    [
        (2.5, 3),
        (-2.5, -2),
        (2.4, 2),
        (-2.6, -3),
        (0.49999999999999994, 0),
        (4503599627370497.0, 4503599627370497),
        (math.inf, math.inf),
        (-math.inf, -math.inf),
        (math.nan, math.nan),
    ],
)
def test_round_goes_up_from_the_middle(number: float, whole: float) -> None:
    assert round_half_up(number) == pytest.approx(whole, nan_ok=True)


@pytest.mark.parametrize("number", [-0.0, -0.1, -0.5])
def test_round_keeps_the_sign_of_zero(number: float) -> None:
    assert math.copysign(1, round_half_up(number)) == -1
