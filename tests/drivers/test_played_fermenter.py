"""The played fermenter: its physics, its files, its program."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyconfhoard.drivers.onewire import open_bus
from pyconfhoard.drivers.played.bus import PlayedBus
from pyconfhoard.drivers.played.fermenter import PROBE, Player, Relay, main
from pyconfhoard.drivers.played.files import read_level, write_level
from pyconfhoard.drivers.played.thermal import Fermenter, State
from pyconfhoard.drivers.quality import Reading

HOUR = 3600.0
NO_YEAST = Fermenter(vigour=0.0)

temperatures = st.floats(-2, 40)


class TestThermalModel:
    def test_the_heater_lifts_20_kg_by_its_energy(self) -> None:
        plant = Fermenter(exchange=0.0, vigour=0.0)
        state = plant.advance(plant.start(15), HOUR, heating=True, cooling=False)
        assert state.beer == pytest.approx(15 + 60 * HOUR / (20 * 4000))

    def test_left_alone_it_reaches_the_room_by_the_exponential(self) -> None:
        plant = NO_YEAST
        tau = plant.mass * plant.heat_capacity / plant.exchange
        state = plant.advance(plant.start(20), tau, heating=False, cooling=False)
        assert state.beer == pytest.approx(12 + 8 * 0.36788, abs=0.001)

    def test_the_probe_lags_and_then_agrees(self) -> None:
        state = State(beer=20.0, probe=10.0)
        soon = NO_YEAST.advance(state, 20, heating=False, cooling=False)
        assert 15.5 < soon.probe < 17
        later = NO_YEAST.advance(state, 300, heating=False, cooling=False)
        assert later.probe == pytest.approx(later.beer, abs=0.02)

    def test_fermentation_gives_the_heat_of_its_sugar(self) -> None:
        plant = Fermenter(exchange=0.0, vigour=5e-4)
        state = plant.advance(plant.start(18), 12 * HOUR, heating=False, cooling=False)
        eaten = 1 - state.sugar
        assert eaten > 0.99
        heat = (state.beer - 18) * plant.mass * plant.heat_capacity
        assert heat == pytest.approx(eaten * plant.sugar_heat, rel=0.01)

    def test_warm_yeast_works_faster(self) -> None:
        plant = Fermenter()
        half = {"probe": 20.0, "sugar": 0.5}
        assert plant.yeast_heat(State(beer=24.0, **half)) > plant.yeast_heat(State(beer=14.0, **half)) > 0

    @given(temperatures, st.booleans(), st.booleans(), st.floats(0, 200))
    def test_time_in_pieces_is_time_in_one_piece(
        self, beer: float, heating: bool, cooling: bool, seconds: float
    ) -> None:
        plant = Fermenter()
        whole = plant.advance(plant.start(beer), seconds, heating=heating, cooling=cooling)
        half = plant.advance(plant.start(beer), seconds / 2, heating=heating, cooling=cooling)
        both = plant.advance(half, seconds / 2, heating=heating, cooling=cooling)
        assert both.beer == pytest.approx(whole.beer, abs=0.001)

    @given(temperatures, st.floats(1, 600))
    def test_heating_warms_and_cooling_cools(self, beer: float, seconds: float) -> None:
        start = Fermenter().start(beer)
        idle, warm, cold = (
            Fermenter().advance(start, seconds, heating=heating, cooling=cooling).beer
            for heating, cooling in ((False, False), (True, False), (False, True))
        )
        assert cold < idle < warm

    def test_beer_does_not_get_colder_than_ice(self) -> None:
        plant = NO_YEAST
        state = plant.advance(plant.start(0), 12 * HOUR, heating=False, cooling=True)
        assert -3.1 < state.beer < -2.9


def player(tmp_path: Path, **more: float) -> Player:
    return Player(
        Fermenter(),
        PlayedBus(tmp_path / "w1"),
        heater=Relay(tmp_path, 17),
        cooler=Relay(tmp_path, 27),
        beer=15.0,
        **more,  # type: ignore[arg-type]
    )


class TestPlayer:
    def test_shows_its_probe_at_once_as_simulated(self, tmp_path: Path) -> None:
        player(tmp_path)
        assert open_bus(f"kernel:{tmp_path / 'w1'}").read_all() == {PROBE: Reading(Decimal(15), "simulated")}

    def test_follows_the_pins(self, tmp_path: Path) -> None:
        played = player(tmp_path, speed=1000.0)
        write_level(tmp_path, 17, 1)
        played.advance(2)
        warm = played.state.beer
        assert warm > 16
        write_level(tmp_path, 17, 0)
        write_level(tmp_path, 27, 1)
        played.advance(2)
        assert played.state.beer < warm

    def test_speed_is_how_much_faster_time_passes(self, tmp_path: Path) -> None:
        slow, fast = player(tmp_path), player(tmp_path, speed=10.0)
        slow.advance(5)
        slow.advance(5)
        fast.advance(1)
        assert slow.state == fast.state

    def test_does_not_make_up_for_a_sleep(self, tmp_path: Path) -> None:
        slept, awake = player(tmp_path), player(tmp_path)
        slept.advance(HOUR)
        awake.advance(5)
        assert slept.state == awake.state

    def test_a_deleted_probe_is_unplugged_until_its_folder_is_made_again(self, tmp_path: Path) -> None:
        played = player(tmp_path)
        bus = open_bus(f"played:{tmp_path / 'w1'}")
        PlayedBus(tmp_path / "w1").unplug(PROBE)
        played.advance(1)
        assert bus.read(PROBE).quality == "missing"
        (tmp_path / "w1" / PROBE).mkdir()
        played.advance(1)
        assert bus.read(PROBE).quality == "simulated"

    def test_a_probe_beyond_its_range_shows_the_end_of_it(self, tmp_path: Path) -> None:
        played = player(tmp_path)
        played.state = State(beer=400.0, probe=400.0)
        played.advance(1)
        assert played.shown == 125


def test_a_relay_is_closed_at_its_level_and_at_rest_when_nobody_drives_it(tmp_path: Path) -> None:
    high, low = Relay(tmp_path, 17), Relay(tmp_path, 17, active=0)
    assert not high.closed
    assert not low.closed
    write_level(tmp_path, 17, 0)
    assert (high.closed, low.closed) == (False, True)
    write_level(tmp_path, 17, 1)
    assert (high.closed, low.closed) == (True, False)


def test_a_level_file_with_anything_else_is_no_level(tmp_path: Path) -> None:
    (tmp_path / "gpio17").write_text("on\n")
    assert read_level(tmp_path, 17) is None


@pytest.mark.parametrize("probe", ["28-0", "28-000005E2FDC3", "../28-000005e2fdc3", "10-000005e2fdc3"])
def test_a_played_probe_needs_the_id_of_a_ds18b20(tmp_path: Path, probe: str) -> None:
    with pytest.raises(ValueError, match="twelve digits"):
        PlayedBus(tmp_path).plug(probe, Decimal(20))


class TestProgram:
    def test_says_that_it_plays_and_steps_until_it_is_stopped(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        write_level(tmp_path, 17, 1)
        rounds = iter([False] * 30 + [True])
        ticks = iter(range(100))
        code = main(
            ["--onewire", str(tmp_path / "w1"), "--gpio", str(tmp_path), "--speed", "60"],
            {},
            wait=lambda seconds: next(rounds),
            clock=lambda: float(next(ticks)),
        )
        assert code == 0
        assert "PLAYED hardware, nothing here is real" in capsys.readouterr().out
        reading = open_bus(f"played:{tmp_path / 'w1'}").read(PROBE)
        assert reading.value is not None
        assert reading.value > 16

    def test_finds_its_folders_and_its_speed_in_the_environment(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        environment = {
            "PYCONF_ONEWIRE": f"played:{tmp_path / 'w1'}",
            "PYCONF_GPIO": f"played:{tmp_path / 'gpio'}",
            "PYCONF_PLAYED_SPEED": "7",
        }
        assert main([], environment, wait=lambda seconds: True) == 0
        assert "7 times as fast" in capsys.readouterr().out
        assert open_bus(f"played:{tmp_path / 'w1'}").probes() == (PROBE,)

    @pytest.mark.parametrize(
        ("arguments", "reason"),
        [
            ([], "required: --onewire, --gpio"),
            (["--onewire", "w", "--gpio", "g", "--speed", "0"], "a number above 0"),
            (["--onewire", "w", "--gpio", "g", "--probe", "x"], "twelve digits"),
        ],
    )
    def test_refuses_what_it_cannot_play(
        self,
        arguments: list[str],
        reason: str,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.chdir(tmp_path)
        with pytest.raises(SystemExit) as caught:
            main(arguments, {})
        assert caught.value.code == 2
        assert reason in capsys.readouterr().err

    def test_a_folder_that_cannot_be_made_is_a_message(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(SystemExit) as caught:
            main(["--onewire", str(tmp_path / "file" / "w1"), "--gpio", str(tmp_path)], {})
        assert caught.value.code == 1
        assert "cannot play in" in capsys.readouterr().err

    def test_ends_cleanly_when_it_is_asked_to(self, tmp_path: Path) -> None:
        w1 = tmp_path / "w1"
        command = [sys.executable, "-m", "pyconfhoard.drivers.played.fermenter", "--period", "0.01"]
        process = subprocess.Popen(
            [*command, "--onewire", str(w1), "--gpio", str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        try:
            assert process.stdout is not None
            assert "PLAYED" in process.stdout.readline()
            first = (w1 / PROBE / "w1_slave").stat().st_mtime_ns
            deadline = time.monotonic() + 10
            while (w1 / PROBE / "w1_slave").stat().st_mtime_ns == first:
                assert time.monotonic() < deadline
                os.sched_yield()
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=10)
        finally:
            process.kill()
        assert process.returncode == 0
