"""FermentationController: what it switches, what it refuses to act on, and what it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from brewery_desk import StartController, latest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pyconfhoard.drivers import gpio
from pyconfhoard.drivers.played.files import read_level
from pyconfhoard.errors import HardwareError
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.settings import Settings
from pyconfhoard.testing.clock import VirtualClock
from pyconfhoard.testing.thing import Played
from pyconfhoard.tree import Edit, parse_path
from things.brewery import fermentation_controller as module
from things.brewery.fermentation_controller import COOLER, FERMENTATION, HEATER, FermentationController

QUICK = {"changeover": 0, "cooler": {"minimum-off": 0, "minimum-on": 0}}
"""No minimum times, for what is not about them."""


class Desk:
    """A controller, its pins, and a hand that brings it readings."""

    def __init__(self, played: Played[FermentationController], clock: VirtualClock, pins: Path) -> None:
        self.played = played
        self.clock = clock
        self.pins = pins

    def read(self, celsius: str | None, quality: str = "good", *, wait: float = 5) -> tuple[bool, bool]:
        """A new reading comes, and ``wait`` seconds pass; gives heater and cooler."""
        self.played.follow(FERMENTATION, operational=latest(celsius, quality, self.clock.now()))
        self.played.advance(wait)
        return self.outputs

    @property
    def outputs(self) -> tuple[bool, bool]:
        return read_level(self.pins, HEATER.pin) == 1, read_level(self.pins, COOLER.pin) == 1

    @property
    def waiting(self) -> str:
        return str(self.played.published["status/waiting-for"])


@pytest.fixture
def desk(controller: StartController, clock: VirtualClock, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(controller(QUICK), clock, tmp_path / "gpio")
    desk.read("18")
    yield desk
    desk.played.end()


def test_heats_what_is_cold_and_cools_what_is_warm(desk: Desk) -> None:
    seen = [desk.read(celsius) for celsius in ("18", "17.69", "17.9", "18", "18.31", "18.1", "18")]
    assert seen == [
        (False, False),
        (True, False),
        (True, False),
        (False, False),
        (False, True),
        (False, True),
        (False, False),
    ]


def test_tells_what_it_does_as_simulated_on_a_played_board(desk: Desk) -> None:
    desk.read("15")
    published = desk.played.published
    assert {path: published[f"status/{path}"] for path in ("heater", "cooler", "action", "simulated")} == {
        "heater": True,
        "cooler": False,
        "action": "heat",
        "simulated": True,
    }
    status = desk.played.thing.operational.reading("status/heater")
    assert status is not None
    assert status.quality == "simulated"


def test_tells_only_what_has_changed(desk: Desk) -> None:
    desk.read("15")
    before = len(desk.played.readings)
    desk.read("15.5", wait=30)
    assert len(desk.played.readings) == before


class TestBand:
    def test_the_setpoint_of_the_model_is_used_when_none_is_set(self, desk: Desk) -> None:
        assert desk.read("17") == (True, False)

    def test_follows_the_setpoint_at_once(self, desk: Desk) -> None:
        desk.read("18")
        desk.played.follow(FERMENTATION, config={"brewerslab:setpoint": "20.0"})
        desk.played.advance(1)
        assert desk.outputs == (True, False)

    def test_low_and_high_point_win_over_the_hysteresis(
        self, controller: StartController, clock: VirtualClock, tmp_path: Path
    ) -> None:
        band = {"brewerslab:setpoint": "18.0", "brewerslab:lowpoint": "16.0", "brewerslab:highpoint": "21.0"}
        desk = Desk(controller(QUICK, band), clock, tmp_path / "gpio")
        desk.read("18")
        assert [desk.read(celsius) for celsius in ("16", "21", "15.9", "18", "21.1")] == [
            (False, False),
            (False, False),
            (True, False),
            (False, False),
            (False, True),
        ]

    def test_a_change_of_mode_is_in_effect_at_once(self, desk: Desk, schema: Schema) -> None:
        assert desk.read("15") == (True, False)
        mode = parse_path(schema, "/brewerslab:brewhouse/power/mode")
        desk.played.change(Edit("merge", mode, "off"))
        desk.played.advance(1)
        assert desk.outputs == (False, False)
        assert desk.waiting == "another mode: off leaves the fermenter alone"

    @pytest.mark.parametrize("mode", ["off", "mash", "boil", "chill"])
    def test_only_fermenting_modes_switch_anything(
        self, controller: StartController, clock: VirtualClock, tmp_path: Path, mode: str
    ) -> None:
        desk = Desk(controller(QUICK | {"mode": mode}), clock, tmp_path / "gpio")
        desk.read("18")
        assert desk.read("5") == (False, False)
        assert desk.read("35") == (False, False)

    def test_a_cold_crash_cools_and_never_heats(
        self, controller: StartController, clock: VirtualClock, tmp_path: Path
    ) -> None:
        desk = Desk(
            controller(QUICK | {"mode": "crash"}, {"brewerslab:setpoint": "2.0"}), clock, tmp_path / "gpio"
        )
        desk.read("18")
        assert [desk.read(celsius) for celsius in ("18", "2.1", "2", "1", "-1")] == [
            (False, True),
            (False, True),
            (False, False),
            (False, False),
            (False, False),
        ]


class TestDoubt:
    @pytest.mark.parametrize("quality", ["stale", "missing", "faulty"])
    def test_a_reading_that_is_not_good_ends_everything_at_once(
        self, controller: StartController, clock: VirtualClock, tmp_path: Path, quality: str
    ) -> None:
        desk = Desk(
            controller(QUICK | {"cooler": {"minimum-on": 600, "minimum-off": 0}}), clock, tmp_path / "gpio"
        )
        desk.read("25")
        assert desk.read("25") == (False, True)
        assert desk.read("25", quality, wait=1) == (False, False)
        assert desk.waiting == f"a good reading: this one is {quality}"

    def test_without_any_reading_nothing_is_on(
        self, controller: StartController, clock: VirtualClock
    ) -> None:
        played = controller(QUICK)
        played.advance(5)
        assert played.published["status/waiting-for"] == "a good reading: this one is missing"

    def test_one_reading_alone_may_be_old_and_is_not_acted_on(
        self, controller: StartController, clock: VirtualClock, tmp_path: Path
    ) -> None:
        desk = Desk(controller(QUICK), clock, tmp_path / "gpio")
        assert desk.read("5", wait=50) == (False, False)
        assert desk.waiting == "a new reading: there was none for 60 s"
        assert desk.read("5") == (True, False)

    def test_readings_that_stop_coming_end_everything(self, desk: Desk) -> None:
        assert desk.read("15", wait=61) == (True, False)
        desk.played.advance(1)
        assert desk.outputs == (False, False)
        assert desk.waiting == "a new reading: there was none for 60 s"

    def test_a_steady_temperature_is_no_dead_probe(self, desk: Desk) -> None:
        assert all(desk.read("15") == (True, False) for _ in range(60))

    def test_a_clock_that_is_set_back_does_not_make_readings_new(self, desk: Desk) -> None:
        assert desk.read("15") == (True, False)
        desk.clock.jump(desk.clock.now() - timedelta(days=30))
        desk.played.advance(61)
        assert desk.outputs == (False, False)

    def test_a_hoard_that_is_away_for_long_makes_readings_stale(self, desk: Desk) -> None:
        desk.read("15")
        desk.played.cut()
        desk.played.advance(10)
        assert desk.outputs == (True, False)
        desk.played.advance(10)
        assert desk.outputs == (False, False)
        assert desk.waiting == "a good reading: this one is stale"

    def test_simulated_readings_drive_played_outputs(self, desk: Desk) -> None:
        assert desk.read("15", "simulated") == (True, False)

    def test_simulated_readings_never_drive_real_outputs(
        self,
        controller: StartController,
        clock: VirtualClock,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        pins = tmp_path / "pins"
        board = gpio.open_board(f"played:{pins}")
        monkeypatch.setattr(board, "played", False)  # as far as anyone can tell, a real one
        monkeypatch.setattr(module, "open_board", lambda spec: board)
        desk = Desk(controller(QUICK), clock, pins)
        desk.read("15", "simulated")
        assert desk.read("15", "simulated") == (False, False)
        assert desk.waiting == "a real reading: this one is simulated, and the outputs are not"
        assert desk.read("15") == (True, False)
        assert desk.played.published["status/simulated"] is False


class TestSafety:
    def test_outputs_are_off_from_the_first_moment(self, controller: StartController, tmp_path: Path) -> None:
        (tmp_path / "gpio").mkdir()
        (tmp_path / "gpio" / f"gpio{HEATER.pin}").write_text("1\n")  # as a crash has left it
        controller()
        assert (read_level(tmp_path / "gpio", HEATER.pin), read_level(tmp_path / "gpio", COOLER.pin)) == (
            0,
            0,
        )

    def test_ending_switches_everything_off(self, desk: Desk) -> None:
        assert desk.read("15") == (True, False)
        desk.played.end()
        assert desk.outputs == (False, False)

    def test_declares_its_outputs_for_whoever_supervises_it(self) -> None:
        assert FermentationController.outputs == (HEATER, COOLER)
        assert all(output.safe == 0 for output in FermentationController.outputs)

    def test_a_machine_without_pins_ends_the_thing_with_the_way_out(
        self, controller: StartController, settings: Settings
    ) -> None:
        with pytest.raises(HardwareError, match="PYCONF_GPIO=played:FOLDER"):
            controller(settings=replace(settings, gpio=""))

    def test_the_compressor_is_spared_after_the_start(
        self, controller: StartController, clock: VirtualClock, tmp_path: Path
    ) -> None:
        desk = Desk(controller({"changeover": 0}), clock, tmp_path / "gpio")
        desk.read("25")
        assert desk.read("25", wait=2) == (False, False)
        assert desk.waiting == "cooler: 293 s of 300 s minimum off left"
        for _ in range(58):
            assert desk.read("25") == (False, False)
        assert desk.read("25") == (False, True)


readings = st.tuples(
    st.sampled_from(["10", "17.5", "18", "18.5", "25"]),
    st.sampled_from(["good", "simulated", "stale", "missing", "faulty", "silence"]),
    st.integers(1, 90),
)


@hypothesis_settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(readings, min_size=1, max_size=8))
def test_whatever_comes_the_pins_keep_the_rules(
    controller: StartController, clock: VirtualClock, tmp_path: Path, history: list[tuple[str, str, int]]
) -> None:
    off, between = 30, 40
    played = controller({"changeover": between, "cooler": {"minimum-off": off, "minimum-on": 20}})
    desk = Desk(played, clock, tmp_path / "gpio")
    ended = {"heater": clock.monotonic(), "cooler": clock.monotonic()}
    before = (False, False)
    heard = clock.monotonic()
    good = False
    for celsius, quality, seconds in history:
        if quality != "silence":
            desk.read(celsius, quality, wait=0)
            good, heard = quality in {"good", "simulated"}, clock.monotonic()
        for _ in range(seconds):
            played.advance(1)
            now = clock.monotonic()
            heater, cooler = desk.outputs
            assert not (heater and cooler)
            if not good or now - heard > 62:
                assert (heater, cooler) == (False, False)
            if before[0] and not heater:
                ended["heater"] = now
            if before[1] and not cooler:
                ended["cooler"] = now
            if cooler and not before[1]:
                assert now - ended["cooler"] >= off
                assert now - ended["heater"] >= between
            if heater and not before[0]:
                assert now - ended["cooler"] >= between
            before = (heater, cooler)
    played.end()


def test_the_demos_first_data_fits_the_model(controller: StartController) -> None:
    demo = Path(module.__file__).parent / "demo" / "FermentationController.json"
    played = controller(json.loads(demo.read_text()))
    assert played.thing.times().minimum_off == 15
    assert played.thing.config["hysteresis"] == Decimal("0.3")
    played.end()
