"""The fermentation's state machine: what it never does, and what it says that it waits for."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from things.brewery.hysteresis import Band, State, Times, decide

BAND = Band(Decimal(17), Decimal(18), Decimal(19))
TIMES = Times()


class Machine:
    """The machine on a clock that is moved by hand, remembering what it did."""

    def __init__(self, times: Times = TIMES, now: float = 1000.0) -> None:
        self.now = self.boot = now
        self.times = times
        self.state = State.boot(now)
        self.waiting = ""

    def at(self, seconds: float, reading: str | None, band: Band | None = BAND) -> str:
        """Decide ``seconds`` after boot."""
        self.now = self.boot + seconds
        value = None if reading is None else Decimal(reading)
        self.state, self.waiting = decide(self.state, self.now, value, band, self.times)
        return self.state.action


class TestAct:
    def test_heats_below_the_low_point_up_to_the_target(self) -> None:
        machine = Machine()
        readings = ["17", "16.9", "17", "17.9", "18", "17", "16.9"]
        actions = [machine.at(1000 + i, reading) for i, reading in enumerate(readings)]
        assert actions == ["idle", "heat", "heat", "heat", "idle", "idle", "heat"]

    def test_cools_above_the_high_point_down_to_the_target(self) -> None:
        machine = Machine()
        readings = ["19", "19.1", "19", "18.1", "18", "19"]
        actions = [machine.at(1000 + 200 * i, reading) for i, reading in enumerate(readings)]
        assert actions == ["idle", "cool", "cool", "cool", "idle", "idle"]

    def test_a_band_of_one_point_holds_that_point(self) -> None:
        band = Band(Decimal(18), Decimal(18), Decimal(18))
        machine = Machine()
        assert machine.at(1000, "17.9", band) == "heat"
        assert machine.at(1001, "18", band) == "idle"
        assert machine.at(2000, "18.1", band) == "cool"

    def test_a_band_that_may_not_be_heated_ends_the_heating(self) -> None:
        machine = Machine()
        assert machine.at(1000, "16") == "heat"
        assert machine.at(1001, "16", replace(BAND, heated=False)) == "idle"
        assert machine.waiting == ""

    @pytest.mark.parametrize(("low", "target", "high"), [(18, 17, 19), (17, 20, 19), (20, 20, 19)])
    def test_a_band_goes_up(self, low: int, target: int, high: int) -> None:
        with pytest.raises(ValueError, match="goes up"):
            Band(Decimal(low), Decimal(target), Decimal(high))


class TestWait:
    def test_the_cooler_stays_off_after_boot_and_says_for_how_long(self) -> None:
        machine = Machine(Times(changeover=0))
        assert machine.at(0, "25") == "idle"
        assert machine.waiting == "cooler: 300 s of 300 s minimum off left"
        assert machine.at(87.5, "25") == "idle"
        assert machine.waiting == "cooler: 213 s of 300 s minimum off left"
        assert machine.at(299.9, "25") == "idle"
        assert machine.waiting == "cooler: 1 s of 300 s minimum off left"
        assert machine.at(300, "25") == "cool"
        assert machine.waiting == ""

    def test_the_heater_waits_for_the_changeover_after_boot(self) -> None:
        machine = Machine()
        assert machine.at(188, "5") == "idle"
        assert machine.waiting == "heater: 412 s of 600 s changeover left"
        assert machine.at(600, "5") == "heat"

    def test_the_cooler_runs_its_minimum_and_says_so(self) -> None:
        machine = Machine()
        assert machine.at(1000, "25") == "cool"
        assert machine.at(1010, "10") == "cool"
        assert machine.waiting == "cooler: 170 s of 180 s minimum on left"
        assert machine.at(1180, "10") == "idle"
        assert machine.waiting == "heater: 600 s of 600 s changeover left"

    def test_the_longer_wait_is_the_one_that_is_told(self) -> None:
        machine = Machine()
        assert machine.at(1000, "5") == "heat"
        assert machine.at(1100, "25") == "idle"
        assert machine.waiting == "cooler: 600 s of 600 s changeover left"

    def test_the_heater_needs_no_rest(self) -> None:
        machine = Machine()
        actions = [machine.at(1000 + i, reading) for i, reading in enumerate(["5", "18", "5", "18"])]
        assert actions == ["heat", "idle", "heat", "idle"]

    def test_times_that_are_changed_apply_at_once(self) -> None:
        machine = Machine()
        assert machine.at(10, "25") == "idle"
        machine.times = Times(minimum_off=5, changeover=5)
        assert machine.at(11, "25") == "cool"


class TestLoss:
    @pytest.mark.parametrize(("reading", "action"), [("5", "heat"), ("25", "cool")])
    def test_of_the_reading_is_idleness_at_once_whatever_the_minimum(self, reading: str, action: str) -> None:
        machine = Machine()
        assert machine.at(1000, reading) == action
        assert machine.at(1001, None) == "idle"

    def test_of_the_band_is_idleness_at_once(self) -> None:
        machine = Machine()
        machine.at(1000, "25")
        assert machine.at(1001, "25", None) == "idle"

    def test_of_the_reading_starts_the_minimum_off(self) -> None:
        machine = Machine()
        machine.at(1000, "25")
        machine.at(1001, None)
        assert machine.at(1002, "25") == "idle"
        assert machine.waiting == "cooler: 299 s of 300 s minimum off left"
        assert machine.at(1301, "25") == "cool"


seconds = st.integers(0, 900)
points = st.decimals(-5, 30, places=2)
bands = st.none() | st.lists(points, min_size=3, max_size=3).map(lambda three: Band(*sorted(three)))
histories = st.lists(
    st.tuples(st.one_of(st.integers(0, 30), seconds), st.none() | points, bands), min_size=1, max_size=80
)
times = st.builds(Times, minimum_off=seconds, minimum_on=seconds, changeover=seconds)


@settings(max_examples=300)
@given(histories, times)
def test_whatever_happens_the_rules_hold(
    history: list[tuple[int, Decimal | None, Band | None]], limits: Times
) -> None:
    now = 0.0
    state = State.boot(now)
    ended = {"heat": now, "cool": now}
    began = now
    for wait, reading, band in history:
        now += wait
        before = state.action
        state, waiting = decide(state, now, reading, band, limits)
        after = state.action
        if before != after:
            if before != "idle":
                ended[before] = now
                stopped_for_safety = reading is None or band is None
                if before == "cool" and not stopped_for_safety:
                    assert now - began >= limits.minimum_on, "stopped before its minimum"
            began = now
        if reading is None or band is None:
            assert after == "idle", "acted without a reading or a band"
            assert waiting == ""
        if after == "cool" and before != "cool":
            assert now - ended["cool"] >= limits.minimum_off, "short-cycled"
            assert now - ended["heat"] >= limits.changeover, "cooled what it had just heated"
        if after == "heat" and before != "heat":
            assert now - ended["cool"] >= limits.changeover, "heated what it had just cooled"
        if band is not None and reading is not None and not waiting:
            assert after != "heat" or reading <= band.target, "heats what is warm"
            assert after != "cool" or reading >= band.target, "cools what is cold"
            assert after != "idle" or band.low <= reading <= band.high, "idles outside its band"
