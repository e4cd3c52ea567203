"""The small rules of the brewery's Things: calibration, jumps, averages, freshness."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from things.brewery.averages import SLOTS, RollingMean
from things.brewery.calibration import Offset, corrected, overlapping
from things.brewery.freshness import Freshness
from things.brewery.jumps import PATIENCE, JumpFilter

celsius = st.decimals(-55, 125, places=4)
ranges = st.builds(Offset, celsius, celsius, st.just(Decimal(1)))


def offset(low: str, high: str, by: str) -> Offset:
    return Offset(Decimal(low), Decimal(high), Decimal(by))


class TestCalibration:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [("0", "0"), ("0.0001", "0.5001"), ("10", "10.5"), ("10.0001", "8.0001"), ("20", "18"), ("21", "21")],
    )
    def test_low_is_exclusive_and_high_inclusive(self, value: str, expected: str) -> None:
        offsets = (offset("0", "10", "0.5"), offset("10", "20", "-2"))
        assert corrected(Decimal(value), offsets) == Decimal(expected)

    def test_ranges_that_meet_do_not_overlap(self) -> None:
        assert overlapping((offset("10", "20", "1"), offset("0", "10", "1"))) is None

    def test_a_range_inside_another_overlaps_it(self) -> None:
        wide, narrow = offset("0", "100", "1"), offset("50", "60", "2")
        assert overlapping((narrow, wide, offset("1", "2", "3"))) is not None
        assert overlapping((wide, narrow)) == (wide, narrow)

    def test_an_empty_range_overlaps_nothing(self) -> None:
        assert overlapping((offset("0", "10", "1"), offset("5", "5", "1"))) is None

    @given(st.lists(ranges, max_size=6), celsius)
    def test_without_overlap_at_most_one_range_holds_a_value(
        self, offsets: list[Offset], value: Decimal
    ) -> None:
        holding = [each for each in offsets if each.low < value <= each.high]
        assert overlapping(offsets) is not None or len(holding) <= 1


class TestJumpFilter:
    def run(self, *values: str) -> list[bool]:
        jumps = JumpFilter()
        return [jumps.believe(Decimal(value)) for value in values]

    def test_the_first_reading_is_believed(self) -> None:
        assert self.run("85") == [True]

    def test_more_than_five_per_cent_is_held_back_and_five_is_not(self) -> None:
        assert self.run("20", "21", "19.95", "18.9", "20") == [True, True, True, False, True]

    def test_a_single_wild_reading_is_never_believed(self) -> None:
        assert self.run("20", "85", "20", "-10", "20.1") == [True, False, True, False, True]

    def test_the_sixth_in_a_row_is_believed_and_the_fifth_is_not(self) -> None:
        assert self.run("20", *["30"] * 6) == [True, *[False] * 5, True]

    def test_a_fast_change_is_believed_though_no_two_readings_agree(self) -> None:
        assert self.run("20", "30", "40", "50", "60", "70", "80") == [True, *[False] * 5, True]

    def test_a_reading_near_the_last_one_starts_the_count_anew(self) -> None:
        assert self.run("20", *["30"] * 5, "20", *["30"] * 5) == [True, *[False] * 5, True, *[False] * 5]

    @pytest.mark.parametrize("last", ["0", "0.0625", "-0.5", "4"])
    def test_near_zero_half_a_degree_is_no_jump(self, last: str) -> None:
        assert self.run(last, str(Decimal(last) + Decimal("0.5"))) == [True, True]
        assert self.run(last, str(Decimal(last) - Decimal("0.5"))) == [True, True]
        assert self.run(last, str(Decimal(last) + Decimal("0.5625"))) == [True, False]

    @given(st.lists(celsius, min_size=1, max_size=40))
    def test_never_holds_back_more_than_five_in_a_row(self, values: list[Decimal]) -> None:
        jumps = JumpFilter()
        believed = [jumps.believe(value) for value in values]
        row = 0
        for each in believed:
            row = 0 if each else row + 1
            assert row <= PATIENCE

    @given(st.lists(celsius, min_size=1, max_size=40))
    def test_its_last_is_always_a_reading_that_was_there(self, values: list[Decimal]) -> None:
        jumps = JumpFilter()
        for value in values:
            if jumps.believe(value):
                assert jumps.last == value
        assert jumps.last in values


class TestRollingMean:
    def test_is_nothing_before_the_first_reading(self) -> None:
        assert RollingMean(60).mean(0.0) is None

    def test_is_the_mean_of_the_window_and_forgets_what_left_it(self) -> None:
        mean = RollingMean(60)
        mean.add(0.0, Decimal(10))
        mean.add(30.0, Decimal(20))
        assert mean.mean(30.0) == 15
        assert mean.mean(59.9) == 15
        assert mean.mean(60.0) == 20
        assert mean.mean(90.0) is None

    def test_keeps_as_many_slots_however_much_is_added(self) -> None:
        mean = RollingMean(86400)
        for second in range(0, 3 * 86400, 100):
            mean.add(float(second), Decimal("18.0625"))
        assert len(mean._slots) <= SLOTS
        assert mean.mean(3 * 86400.0) == Decimal("18.0625")

    @given(st.lists(st.tuples(st.floats(0, 20), celsius), min_size=1, max_size=100))
    def test_is_exact_over_the_slots_of_its_window(self, readings: list[tuple[float, Decimal]]) -> None:
        mean = RollingMean(60)
        now = 0.0
        added: list[tuple[int, Decimal]] = []
        for wait, value in readings:
            now += wait
            mean.add(now, value)
            added.append((int(now // 1.0), value))
        inside = [Fraction(value) for number, value in added if number > int(now // 1.0) - SLOTS]
        exact = sum(inside) / len(inside)
        result = mean.mean(now)
        assert result is not None
        assert abs(Fraction(result) - exact) < Fraction(1, 10**24)


class TestFreshness:
    STAMP = datetime(2026, 1, 1, tzinfo=UTC)

    def test_the_first_reading_may_be_of_any_age(self) -> None:
        fresh = Freshness()
        assert fresh.age(None, 99.0) == inf
        assert fresh.age(self.STAMP, 100.0) == inf
        assert fresh.age(self.STAMP, 107.0) == inf

    def test_grows_while_nothing_new_comes_and_starts_anew_with_each_reading(self) -> None:
        fresh = Freshness()
        fresh.age(self.STAMP, 100.0)
        assert fresh.age(self.STAMP + timedelta(seconds=5), 105.0) == 0
        assert fresh.age(self.STAMP + timedelta(seconds=5), 112.0) == 7
        assert fresh.age(self.STAMP + timedelta(seconds=10), 113.0) == 0

    def test_does_not_believe_a_date_that_was_set_back(self) -> None:
        fresh = Freshness()
        fresh.age(self.STAMP, 100.0)
        fresh.age(self.STAMP + timedelta(days=3), 105.0)
        assert fresh.age(self.STAMP + timedelta(days=3), 4000.0) == 3895
        assert fresh.age(self.STAMP, 4001.0) == 0
