"""The arguments of range and length: RFC 7950 sections 9.2.4 and 9.4.4, and patterns."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyconfhoard.schema.types import Pattern, Ranges
from pyconfhoard.schema.types.restrictions import intersect, parse_parts, within

BYTE = ((0, 255),)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1..10", ((1, 10),)),
        ("1 .. 4 | 10..20", ((1, 4), (10, 20))),
        ("min..max", ((0, 255),)),
        ("7", ((7, 7),)),
        ("min | 3 |\n  5..max", ((0, 0), (3, 3), (5, 255))),
    ],
)
def test_a_range_has_parts_with_min_and_max_of_its_base(
    text: str, parts: tuple[tuple[int, int], ...]
) -> None:
    assert parse_parts(text, BYTE, int) == parts


def test_decimal_bounds_stay_exact() -> None:
    base = ((Decimal("-9.5"), Decimal("9.5")),)
    assert parse_parts("min..3.14", base, Decimal) == ((Decimal("-9.5"), Decimal("3.14")),)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("5..1", "above the upper"),
        ("1..5|5..9", "not above the part before"),
        ("9|1", "not above the part before"),
        ("0..256", "not within 0..255"),
        ("1..2..3", "is not 'value' or 'low..high'"),
        ("1..", "is not 'value' or 'low..high'"),
        ("", "is not 'value' or 'low..high'"),
        ("|1", "is not 'value' or 'low..high'"),
        ("a..b", "invalid literal"),
    ],
)
def test_a_wrong_range_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_parts(text, BYTE, int)


def test_a_part_must_lie_in_one_part_of_the_base() -> None:
    with pytest.raises(ValueError, match=r"not within 1\.\.4 \| 10\.\.20"):
        parse_parts("3..12", ((1, 4), (10, 20)), int)


@given(st.lists(st.lists(st.integers(0, 30), min_size=2, max_size=8), max_size=3), st.integers(-2, 40))
def test_the_intersection_holds_what_every_link_holds(chain: list[list[int]], value: int) -> None:
    links = []
    for numbers in chain:
        ends = sorted(set(numbers))
        ends = ends[: len(ends) // 2 * 2]
        links.append(Ranges(tuple(zip(ends[::2], ends[1::2], strict=True))))
    expected = 0 <= value <= 30 and all(within(link.parts, value) for link in links)
    assert within(intersect(links, 0, 30), value) is expected


def test_a_pattern_is_checked_when_asked_and_not_before() -> None:
    wrong = Pattern("[a")
    with pytest.raises(ValueError, match=r"this '\[' is not closed, at column 1"):
        wrong.check()
    with pytest.raises(ValueError, match="is not closed"):
        wrong.accepts("a")


def test_a_used_pattern_equals_an_unused_one() -> None:
    used = Pattern("a+")
    assert used.accepts("aa")
    assert used == Pattern("a+")
    assert hash(used) == hash(Pattern("a+"))
