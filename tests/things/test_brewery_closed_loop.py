"""The loop closed: the controller keeps a played fermenter where it should be, and spares the compressor."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from brewery_desk import StartController, StartProvider, latest

from pyconfhoard.drivers.played.bus import PlayedBus
from pyconfhoard.drivers.played.fermenter import Player, Relay
from pyconfhoard.drivers.played.thermal import Fermenter
from pyconfhoard.testing.clock import VirtualClock
from things.brewery import fermentation_controller as module
from things.brewery.fermentation_controller import COOLER, FERMENTATION, HEATER
from things.brewery.hysteresis import Band, State, Times, decide
from things.brewery.temperature_provider import LATEST

HOUR = 3600
STEP = 5


@dataclass
class Run:
    """Hours of a fermenter under the pure machine, a decision every five seconds."""

    plant: Fermenter
    beer: float
    times: Times = field(default_factory=Times)
    trace: list[tuple[int, float, str]] = field(default_factory=list)
    """Second, temperature of the beer, action."""

    def hours(self, hours: float, target: Callable[[int], str]) -> Run:
        state, machine = self.plant.start(self.beer), State.boot(0.0)
        for now in range(0, int(hours * HOUR), STEP):
            aim = Decimal(target(now))
            band = Band(aim - Decimal("0.3"), aim, aim + Decimal("0.3"))
            measured = Decimal(round(state.probe * 16)) / 16
            machine, _ = decide(machine, float(now), measured, band, self.times)
            self.trace.append((now, state.beer, machine.action))
            state = self.plant.advance(
                state, STEP, heating=machine.action == "heat", cooling=machine.action == "cool"
            )
        return self

    def between(self, start: float, end: float) -> list[float]:
        """Temperatures from one hour to another."""
        return [beer for now, beer, _ in self.trace if start * HOUR <= now < end * HOUR]

    def starts(self, action: str) -> list[int]:
        """When an action began."""
        return [now for (_, _, before), (now, _, after) in pairwise(self.trace) if before != after == action]

    def lengths(self, action: str) -> list[int]:
        """How long each of its complete runs lasted."""
        ends = [now for (_, _, before), (now, _, after) in pairwise(self.trace) if before == action != after]
        return [end - start for start, end in zip(self.starts(action), ends, strict=False)]


def test_cold_wort_is_heated_to_the_setpoint_and_held() -> None:
    run = Run(Fermenter(), beer=12.0).hours(24, lambda now: "18")
    assert run.between(0, 0.1)[-1] < 13
    held = run.between(6, 24)
    assert min(held) > 17.6
    assert max(held) < 18.4


def test_warm_wort_is_cooled_to_the_setpoint_and_held_against_a_warm_room() -> None:
    run = Run(Fermenter(ambient=26.0), beer=25.0).hours(24, lambda now: "12")
    held = run.between(14, 24)
    assert min(held) > 11.5
    assert max(held) < 12.5


def test_the_compressor_is_never_short_cycled() -> None:
    run = Run(Fermenter(ambient=26.0, cooler=1000.0, mass=5.0), beer=25.0).hours(12, lambda now: "18")
    starts = run.starts("cool")
    assert len(starts) > 10
    assert starts[0] >= 300
    assert all(length >= 180 for length in run.lengths("cool"))
    pauses = [
        after - before - length
        for (before, after), length in zip(pairwise(starts), run.lengths("cool"), strict=False)
    ]
    assert all(pause >= 300 for pause in pauses)


def test_heater_and_cooler_do_not_fight_after_a_big_change() -> None:
    run = Run(Fermenter(), beer=18.0).hours(24, lambda now: "18" if now < 8 * HOUR else "20")
    assert run.starts("cool") == []
    assert run.between(12, 24)[-1] == pytest.approx(20, abs=0.4)


def test_a_colder_setpoint_waits_for_the_changeover_only() -> None:
    run = Run(Fermenter(), beer=15.0).hours(4, lambda now: "18" if now < HOUR else "10")
    heated = run.starts("heat")[0]
    assert heated == 600  # timers start at boot
    assert run.starts("cool")[0] == HOUR + 600


def test_the_whole_demo_acts_within_a_minute_reaches_its_setpoint_and_follows_a_new_one(
    provider: StartProvider, controller: StartController, clock: VirtualClock, tmp_path: Path
) -> None:
    """Both Things, both drivers and the player, with the demo's own first data and speed."""
    pins = tmp_path / "gpio"
    first = json.loads((Path(module.__file__).parent / "demo" / "FermentationController.json").read_text())
    thermostat = controller(first)
    player = Player(
        Fermenter(),
        PlayedBus(tmp_path / "w1"),
        heater=Relay(pins, HEATER.pin),
        cooler=Relay(pins, COOLER.pin),
        beer=15.0,
        speed=20.0,
    )
    thermometer = provider()
    actions: list[str] = []

    def seconds(count: int) -> None:
        for _ in range(count):
            player.advance(1.0)
            thermometer.advance(1.0)
            reading = thermometer.thing.operational.reading(LATEST)
            assert reading is not None
            told = latest(str(reading.value), reading.quality, reading.time)
            thermostat.follow(FERMENTATION, operational=told)
            actions.append(thermostat.thing.state.action)

    seconds(60)
    assert actions[-1] == "heat"
    assert player.state.beer > 15.2
    seconds(540)
    assert player.state.beer == pytest.approx(18, abs=0.6)
    thermostat.follow(FERMENTATION, config={"brewerslab:setpoint": "16.0"})
    seconds(60)
    assert "cool" in actions[-60:]
    seconds(240)
    assert player.state.beer == pytest.approx(16, abs=0.6)
    assert thermostat.published["status/simulated"] is True
    thermostat.end()
    thermometer.end()
