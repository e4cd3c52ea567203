"""The 1-wire bus: one contract for every reader, then what only the kernel's files show."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from pyconfhoard.drivers.ds18b20 import crc8, scratchpad
from pyconfhoard.drivers.onewire import MARKER, Bus, KernelFiles, Reader, W1ThermSensorLibrary, open_bus
from pyconfhoard.drivers.played.bus import PlayedBus
from pyconfhoard.drivers.quality import Reading
from pyconfhoard.errors import BadInput, HardwareError

PROBE = "28-000005e2fdc3"
OTHER = "28-0316a2f7e1ff"


@pytest.fixture
def played(tmp_path: Path) -> PlayedBus:
    """A bus that we write and that does not say so: the reader is to take it for the kernel's."""
    bus = PlayedBus(tmp_path / "w1")
    (bus.folder / MARKER).unlink()
    bus.plug(PROBE, Decimal("18.5"))
    return bus


@pytest.fixture(params=[KernelFiles, W1ThermSensorLibrary])
def bus(request: pytest.FixtureRequest, played: PlayedBus) -> Bus:
    make: Callable[[Path], Reader] = request.param
    return Bus(played.folder, make(played.folder))


class TestEveryReader:
    """The contract: kernel's files and w1thermsensor give the same answers."""

    @pytest.mark.parametrize("celsius", ["18.5", "-10.0625", "0.0625", "-0.0625", "99.9375", "-55", "125"])
    def test_gives_exactly_what_the_probe_measured(self, bus: Bus, played: PlayedBus, celsius: str) -> None:
        played.show(PROBE, Decimal(celsius))
        assert bus.read(PROBE) == Reading(Decimal(celsius), "good")

    def test_a_real_0_degrees_is_good(self, bus: Bus, played: PlayedBus) -> None:
        played.show(PROBE, Decimal(0))
        assert bus.read(PROBE) == Reading(Decimal(0), "good")

    def test_silence_is_faulty(self, bus: Bus, played: PlayedBus) -> None:
        played.silence(PROBE)
        reading = bus.read(PROBE)
        assert (reading.value, reading.quality) == (None, "faulty")
        assert reading.reason

    def test_a_wrong_checksum_is_faulty_though_the_old_temperature_stands_there(
        self, bus: Bus, played: PlayedBus
    ) -> None:
        played.show_scratchpad(PROBE, scratchpad(Decimal(21))[:8] + b"\x00")
        assert bus.read(PROBE).quality == "faulty"

    def test_a_line_held_low_is_faulty_and_not_0_degrees(self, bus: Bus, played: PlayedBus) -> None:
        played.show_scratchpad(PROBE, bytes(9))
        assert bus.read(PROBE).quality == "faulty"

    def test_half_a_file_is_faulty(self, bus: Bus, played: PlayedBus) -> None:
        played.write(PROBE, "50 01 4b 46 7f ff 10 10 49 : crc=49 YES\n", "")
        assert bus.read(PROBE).quality == "faulty"

    def test_under_voltage_is_faulty(self, bus: Bus, played: PlayedBus) -> None:
        pad = bytearray(scratchpad(Decimal(125)))
        pad[:2] = b"\xff\x07"
        played.show_scratchpad(PROBE, with_checksum(pad))
        assert "voltage" in bus.read(PROBE).reason

    def test_85_as_the_first_reading_is_faulty(self, bus: Bus, played: PlayedBus) -> None:
        played.show(PROBE, Decimal(85))
        assert bus.read(PROBE).quality == "faulty"

    def test_85_on_the_way_up_is_good(self, bus: Bus, played: PlayedBus) -> None:
        for celsius in ("84", "85", "86", "85"):
            played.show(PROBE, Decimal(celsius))
            assert bus.read(PROBE) == Reading(Decimal(celsius), "good")

    def test_85_after_the_probe_was_away_is_faulty(self, bus: Bus, played: PlayedBus) -> None:
        played.show(PROBE, Decimal(84))
        assert bus.read(PROBE).believed
        played.unplug(PROBE)
        assert bus.read(PROBE).quality == "missing"
        played.plug(PROBE, Decimal(85))
        assert bus.read(PROBE).quality == "faulty"

    def test_a_vanished_probe_is_missing_and_named(self, bus: Bus, played: PlayedBus) -> None:
        played.unplug(PROBE)
        reading = bus.read(PROBE)
        assert (reading.value, reading.quality) == (None, "missing")
        assert PROBE in reading.reason

    def test_all_probes_are_read_at_once(self, bus: Bus, played: PlayedBus) -> None:
        played.plug(OTHER, Decimal(4))
        assert bus.probes() == (PROBE, OTHER)
        assert bus.read_all() == {
            PROBE: Reading(Decimal("18.5"), "good"),
            OTHER: Reading(Decimal(4), "good"),
        }


def with_checksum(pad: bytearray) -> bytes:
    return bytes(pad[:8]) + bytes((crc8(bytes(pad[:8])),))


def test_probes_are_told_from_what_else_the_kernel_shows(played: PlayedBus) -> None:
    (played.folder / "w1_bus_master1").mkdir()
    (played.folder / "2d-000000000001").mkdir()
    (played.folder / "notes").write_text("28-")
    assert Bus(played.folder).probes() == (PROBE,)


@pytest.mark.parametrize("probe", ["", "..", "../28-000005e2fdc3", "28-", "w1_bus_master1"])
def test_what_is_no_id_is_missing_and_nothing_is_opened(played: PlayedBus, probe: str) -> None:
    def reader(probe: str) -> Reading:
        raise AssertionError(probe)

    assert Bus(played.folder, reader).read(probe).quality == "missing"


def test_a_bus_that_is_not_there_has_no_probes(tmp_path: Path) -> None:
    bus = Bus(tmp_path / "nowhere")
    assert bus.probes() == ()
    assert bus.read_all() == {}
    assert bus.read(PROBE).quality == "missing"


def test_without_w1_slave_the_temperature_file_is_read(played: PlayedBus) -> None:
    (played.folder / PROBE / "w1_slave").unlink()
    assert Bus(played.folder).read(PROBE) == Reading(Decimal("18.5"), "good")


@pytest.mark.parametrize("name", ["w1_slave", "temperature"])
def test_a_file_that_cannot_be_read_is_faulty(played: PlayedBus, name: str) -> None:
    (played.folder / PROBE / "w1_slave").unlink()
    (played.folder / PROBE / name).unlink(missing_ok=True)
    (played.folder / PROBE / name).mkdir()
    reading = Bus(played.folder).read(PROBE)
    assert reading.quality == "faulty"
    assert "cannot be read" in reading.reason


def test_probes_are_measured_in_parallel(tmp_path: Path) -> None:
    together = threading.Barrier(3, timeout=5)

    def reader(probe: str) -> Reading:
        together.wait()  # passes only when all three are inside
        return Reading(Decimal(20), "good")

    readings = Bus(tmp_path, reader).read_all([PROBE, OTHER, "10-000802f5c6b1"])
    assert [reading.quality for reading in readings.values()] == ["good"] * 3


def test_a_probe_that_hangs_is_faulty_and_not_asked_again_until_it_is_back(tmp_path: Path) -> None:
    let_go = threading.Event()
    asked: list[str] = []

    def reader(probe: str) -> Reading:
        asked.append(probe)
        let_go.wait(5)
        return Reading(Decimal(20), "good")

    bus = Bus(tmp_path, reader, patience=0.01)
    assert "no answer within 0.01 s" in bus.read(PROBE).reason
    assert bus.read(PROBE).quality == "faulty"
    assert asked == [PROBE]
    let_go.set()
    deadline = time.monotonic() + 5
    while not bus.read(PROBE).believed:
        assert time.monotonic() < deadline
    assert len(asked) > 1


def test_a_marked_folder_is_played_and_its_readings_are_simulated(played: PlayedBus) -> None:
    bus = open_bus(f"kernel:{played.folder}")
    assert not bus.played
    PlayedBus(played.folder)  # leaves the marker
    assert bus.played
    assert "PLAYED" in bus.title
    assert bus.read(PROBE) == Reading(Decimal("18.5"), "simulated")


def test_a_bus_that_is_said_to_be_played_is_simulated_without_a_marker(played: PlayedBus) -> None:
    assert open_bus(f"played:{played.folder}").read(PROBE).quality == "simulated"


def test_a_played_bus_may_begin_later(tmp_path: Path) -> None:
    bus = open_bus(f"played:{tmp_path / 'w1'}")
    assert bus.probes() == ()
    PlayedBus(tmp_path / "w1").plug(PROBE, Decimal(12))
    assert bus.read_all() == {PROBE: Reading(Decimal(12), "simulated")}


def test_what_a_stopped_player_has_left_is_stale(played: PlayedBus) -> None:
    bus = open_bus(f"played:{played.folder}")
    long_ago = time.time() - 60
    os.utime(played.folder / PROBE / "w1_slave", (long_ago, long_ago))
    reading = bus.read(PROBE)
    assert (reading.value, reading.quality) == (Decimal("18.5"), "stale")
    assert "has stopped" in reading.reason


def test_faults_of_a_played_bus_are_faults(played: PlayedBus) -> None:
    bus = open_bus(f"played:{played.folder}")
    played.silence(PROBE)
    assert bus.read(PROBE).quality == "faulty"


@pytest.mark.parametrize("kind", ["kernel", "w1thermsensor"])
def test_a_machine_without_a_bus_is_an_error_with_the_way_out(tmp_path: Path, kind: str) -> None:
    with pytest.raises(HardwareError, match=r"dtoverlay=w1-gpio.*PYCONF_ONEWIRE=played:"):
        open_bus(f"{kind}:{tmp_path / 'none'}")


def test_w1thermsensor_is_chosen_by_name(played: PlayedBus) -> None:
    assert open_bus(f"w1thermsensor:{played.folder}").read(PROBE).value == Decimal("18.5")


def test_w1thermsensor_loads_no_kernel_modules_and_its_class_stays_as_it_is(played: PlayedBus) -> None:
    W1ThermSensorLibrary(played.folder)
    import w1thermsensor  # noqa: PLC0415

    assert os.environ["W1THERMSENSOR_NO_KERNEL_MODULE"] == "1"
    assert str(w1thermsensor.W1ThermSensor.BASE_DIRECTORY) == "/sys/bus/w1/devices"


def test_a_library_that_is_not_installed_is_an_error_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "w1thermsensor", None)
    with pytest.raises(HardwareError, match=r"pip install 'pyconfhoard\[onewire\]'"):
        open_bus(f"w1thermsensor:{tmp_path}")


@pytest.mark.parametrize("spec", ["played", "played:", "mock:/tmp", ":/tmp", "/sys"])
def test_an_unknown_bus_is_refused_with_the_legal_ones(spec: str) -> None:
    with pytest.raises(BadInput) as caught:
        open_bus(spec)
    assert "played:FOLDER" in caught.value.faults[0].legal
