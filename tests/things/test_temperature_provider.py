"""TemperatureProvider: from a probe's files to what the hoard is told."""

from __future__ import annotations

import logging
from collections.abc import Callable
from decimal import Decimal

import pytest
from brewery_desk import StartProvider

from pyconfhoard.drivers.played.bus import PlayedBus
from pyconfhoard.drivers.played.fermenter import PROBE
from pyconfhoard.errors import HardwareError, Refused
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.settings import Settings
from pyconfhoard.testing.clock import VirtualClock
from pyconfhoard.testing.thing import Played
from pyconfhoard.tree import Edit, decode, node_at, parse_path
from things.brewery.temperature_provider import AVERAGES, LATEST, MONITOR, TemperatureProvider

OTHER = "28-0316a2f7e1ff"
Fail = Callable[[PlayedBus], object]
BASE = "/brewerslab:brewhouse/temperature"


def told(played: Played[TemperatureProvider], path: str = LATEST) -> tuple[Decimal | None, str]:
    """The last value and quality that the hoard was told."""
    reading = played.thing.operational.reading(path)
    return (None, "") if reading is None else (reading.value, reading.quality)  # type: ignore[return-value]


def test_publishes_the_reading_and_its_averages_as_simulated_on_a_played_bus(
    bus: PlayedBus, provider: StartProvider
) -> None:
    played = provider()
    played.step()
    for path in (LATEST, *AVERAGES):
        assert told(played, path) == (Decimal(18), "simulated")
    assert played.published[MONITOR] is True


def test_reads_every_five_seconds_and_each_reading_has_its_time(
    bus: PlayedBus, provider: StartProvider
) -> None:
    played = provider()
    played.advance(12)
    times = [
        reading.time for reading in played.readings if str(reading.path).endswith("latest") and reading.value
    ]
    assert [(time - times[0]).total_seconds() for time in times] == [0, 5, 10]


def test_averages_are_of_their_windows(bus: PlayedBus, provider: StartProvider) -> None:
    played = provider()
    played.advance(57)  # twelve readings of 18
    bus.show(PROBE, Decimal("18.5"))
    played.advance(30)  # six of 18.5
    minute, hourly, daily = (played.published[path] for path in AVERAGES)
    assert minute == Decimal("18.25")
    assert hourly == daily == Decimal("18.17")


def test_averages_are_rounded_half_even_to_what_the_model_holds(
    bus: PlayedBus, provider: StartProvider
) -> None:
    bus.show(PROBE, Decimal("18.0625"))
    played = provider()
    played.step()
    assert played.published[LATEST] == Decimal("18.06")
    bus.show(PROBE, Decimal("18.1875"))
    played.advance(5)
    minute = next(iter(AVERAGES))
    assert played.published[minute] == Decimal("18.12")  # of 18.125


class TestChoice:
    def test_the_only_probe_is_taken_and_that_is_said(
        self, bus: PlayedBus, provider: StartProvider, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.INFO):
            provider().advance(10)
        said = [record.message for record in caplog.records if "the only one there is" in record.message]
        assert said == [f"no probe is configured: using {PROBE}, the only one there is"]

    def test_of_two_probes_none_is_guessed(self, bus: PlayedBus, provider: StartProvider) -> None:
        bus.plug(OTHER, Decimal(4))
        played = provider()
        played.step()
        assert told(played) == (None, "")
        assert played.published[MONITOR] is False

    def test_the_configured_probe_is_read_among_others(self, bus: PlayedBus, provider: StartProvider) -> None:
        bus.plug(OTHER, Decimal(4))
        played = provider({"fermentation": {"probe": {"id": OTHER}}})
        played.step()
        assert told(played) == (Decimal(4), "simulated")

    def test_another_probe_starts_anew(self, bus: PlayedBus, provider: StartProvider, schema: Schema) -> None:
        bus.plug(OTHER, Decimal(4))
        played = provider({"fermentation": {"probe": {"id": PROBE}}})
        played.step()
        played.change(Edit("merge", parse_path(schema, f"{BASE}/fermentation/probe/id"), OTHER))
        played.advance(5)
        for path in (LATEST, *AVERAGES):
            assert told(played, path) == (Decimal(4), "simulated")

    def test_an_id_that_is_no_id_is_missing(self, bus: PlayedBus, provider: StartProvider) -> None:
        played = provider({"fermentation": {"probe": {"id": "../../etc"}}})
        played.step()
        assert told(played) == (None, "")
        assert played.published[MONITOR] is False

    def test_new_probes_are_told_once(
        self, bus: PlayedBus, provider: StartProvider, caplog: pytest.LogCaptureFixture
    ) -> None:
        played = provider()
        with caplog.at_level(logging.INFO):
            played.advance(5)
            bus.plug(OTHER, Decimal(4))
            played.advance(10)
        found = [record.message for record in caplog.records if "new probe" in record.message]
        assert found == [f"new probe found: {PROBE}", f"new probe found: {OTHER}"]


class TestTrouble:
    @pytest.mark.parametrize(
        ("fail", "quality"),
        [
            (lambda bus: bus.unplug(PROBE), "missing"),
            (lambda bus: bus.silence(PROBE), "faulty"),
            (lambda bus: bus.show_scratchpad(PROBE, bytes(9)), "faulty"),
        ],
    )
    def test_the_last_values_stay_with_their_time_and_lose_their_quality(
        self, bus: PlayedBus, provider: StartProvider, clock: VirtualClock, fail: Fail, quality: str
    ) -> None:
        played = provider()
        played.step()
        when = clock.now()
        fail(bus)
        played.advance(20)
        for path in (LATEST, *AVERAGES):
            reading = played.thing.operational.reading(path)
            assert reading is not None
            assert (reading.value, reading.quality, reading.time) == (Decimal(18), quality, when)
        assert played.published[MONITOR] is False

    def test_is_told_once_with_the_reason_and_so_is_its_end(
        self, bus: PlayedBus, provider: StartProvider, caplog: pytest.LogCaptureFixture
    ) -> None:
        played = provider()
        played.step()
        bus.unplug(PROBE)
        with caplog.at_level(logging.INFO):
            played.advance(30)
            bus.plug(PROBE, Decimal(18))
            played.advance(10)
        told_of = [record.message for record in caplog.records if PROBE in record.message]
        assert told_of == [
            f"missing: no probe {PROBE} on the bus",
            f"new probe found: {PROBE}",
            f"{PROBE} is read again",
        ]
        assert told(played) == (Decimal(18), "simulated")
        assert played.published[MONITOR] is True

    def test_a_probe_that_is_missing_from_the_start_has_no_value(
        self, bus: PlayedBus, provider: StartProvider
    ) -> None:
        bus.unplug(PROBE)
        played = provider({"fermentation": {"probe": {"id": PROBE}}})
        played.advance(10)
        assert LATEST not in played.published
        assert played.published[MONITOR] is False

    def test_85_degrees_at_power_on_are_not_published(self, bus: PlayedBus, provider: StartProvider) -> None:
        bus.show(PROBE, Decimal(85))
        played = provider()
        played.step()
        assert told(played) == (None, "")
        bus.show(PROBE, Decimal(18))
        played.advance(5)
        assert told(played) == (Decimal(18), "simulated")

    def test_a_jump_is_held_back_and_believed_when_it_persists(
        self, bus: PlayedBus, provider: StartProvider
    ) -> None:
        played = provider()
        played.step()
        bus.show(PROBE, Decimal(30))
        played.advance(25)
        assert told(played) == (Decimal(18), "simulated")
        played.advance(5)
        assert told(played) == (Decimal(30), "simulated")

    def test_ending_leaves_the_values_stale(self, bus: PlayedBus, provider: StartProvider) -> None:
        played = provider()
        played.step()
        played.end()
        assert told(played) == (Decimal(18), "stale")

    def test_a_machine_without_a_bus_ends_the_thing_with_the_way_out(
        self, schema: Schema, settings: Settings, provider: StartProvider
    ) -> None:
        # the machine that runs this test has no 1-wire bus, and nobody plays one
        object.__setattr__(settings, "onewire", "kernel:/nonexistent")
        with pytest.raises(HardwareError, match="dtoverlay=w1-gpio"):
            provider()


CALIBRATED = {
    "hardware": {
        "probe": [
            {"id": PROBE, "offsets": [{"low": "10.0", "high": "20.0", "offset": "-0.5"}]},
            {"id": OTHER, "offsets": [{"low": "10.0", "high": "20.0", "offset": "7.0"}]},
        ]
    }
}


class TestCalibration:
    @pytest.mark.parametrize(
        ("measured", "published"), [("10", "10"), ("10.0625", "9.56"), ("20", "19.5"), ("21", "21")]
    )
    def test_adds_the_offset_of_the_range_of_its_own_probe(
        self, bus: PlayedBus, provider: StartProvider, measured: str, published: str
    ) -> None:
        bus.show(PROBE, Decimal(measured))
        played = provider(CALIBRATED)
        played.step()
        assert played.published[LATEST] == Decimal(published)

    def test_is_in_effect_with_the_next_reading(
        self, bus: PlayedBus, provider: StartProvider, schema: Schema
    ) -> None:
        played = provider(CALIBRATED)
        played.step()
        path = f"{BASE}/hardware/probe[id='{PROBE}']/offsets[low='10.0'][high='20.0']/offset"
        played.change(Edit("merge", parse_path(schema, path), Decimal("0.25")))
        played.advance(5)
        assert played.published[LATEST] == Decimal("18.25")

    def test_overlapping_ranges_are_refused_with_both_named(
        self, bus: PlayedBus, provider: StartProvider, schema: Schema
    ) -> None:
        played = provider(CALIBRATED)
        entry = parse_path(schema, f"{BASE}/hardware/probe[id='{PROBE}']/offsets[low='15.0'][high='25.0']")
        entries = decode(node_at(schema, entry), [{"low": "15.0", "high": "25.0"}], entry)
        with pytest.raises(Refused, match=r"10\.0 to 20\.0 °C and 15\.0 to 25\.0 °C overlap"):
            played.change(Edit("create", entry, entries.get(entry.steps[-1].key)))
