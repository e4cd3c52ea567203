"""Reads the fermenter's DS18B20 and publishes what it believes.

A reading goes through three gates: the driver judges the chip (``pyconfhoard.drivers.onewire``), the
calibration corrects it, the jump filter holds back what is too wild. What passes is published with its
averages. What does not leaves the last value where it is, with the quality that it now deserves.
"""

from __future__ import annotations

from pyconfhoard import Refuse, Thing, every
from pyconfhoard.drivers.onewire import open_bus
from pyconfhoard.drivers.quality import Reading, missing
from pyconfhoard.thing.config_view import Changes, ConfigView

from .averages import RollingMean
from .calibration import Offset, corrected, overlapping
from .jumps import JumpFilter

MONITOR = "fermentation/monitor"
LATEST = "fermentation/results/latest"
AVERAGES = {
    "fermentation/results/average/minute": 60,
    "fermentation/results/average/hourly": 3600,
    "fermentation/results/average/daily": 86400,
}
"""Path of each average, and its window in seconds."""


class TemperatureProvider(Thing):
    """The fermenter's thermometer."""

    name = "TemperatureProvider"
    module = "brewerslab"
    path = "/brewhouse/temperature"

    def setup(self) -> None:
        self.bus = open_bus(self.settings.onewire)
        self.log.info("reading the %s", self.bus.title)
        self.seen: set[str] = set()
        self.trouble: Reading | None = None
        self.begin("")

    @every(seconds=5)
    def measure(self) -> None:
        """Read the probe; publish the reading, or what is wrong."""
        probe = self.choose()
        if probe != self.probe:
            self.begin(probe)
        reading = self.bus.read(probe) if probe else missing("no probe is chosen, and none is the only one")
        if reading.value is None or not reading.believed:
            self.complain(reading)
            return
        value = corrected(reading.value, offsets(self.config, probe))
        if not self.jumps.believe(value):
            self.log.warning("%s °C is held back: the last reading was %s °C", value, self.jumps.last)
            return
        if self.trouble is not None:
            self.log.info("%s is read again", probe)
            self.trouble = None
        now = self.clock.monotonic()
        self.operational.set(MONITOR, True, quality=reading.quality)
        self.operational.set(LATEST, value, quality=reading.quality)
        for path, window in self.windows.items():
            window.add(now, value)
            self.operational.set(path, window.mean(now), quality=reading.quality)

    def choose(self) -> str:
        """The configured probe, else the only one there is, else the one that was used before."""
        found = self.bus.probes()
        for probe in sorted(set(found) - self.seen):
            self.log.info("new probe found: %s", probe)
        self.seen = set(found)
        configured: str = self.config.get("fermentation/probe/id", "")
        return configured or (found[0] if len(found) == 1 else self.probe)

    def begin(self, probe: str) -> None:
        """Start with another probe: nothing that was measured before says anything about it."""
        if probe and not self.config["fermentation/probe/id"]:
            self.log.info("no probe is configured: using %s, the only one there is", probe)
        self.probe = probe
        self.jumps = JumpFilter()
        self.windows = {path: RollingMean(seconds) for path, seconds in AVERAGES.items()}
        self.trouble = None
        for path in (LATEST, *AVERAGES):
            self.operational.remove(path)

    def complain(self, trouble: Reading) -> None:
        """The last values stay, with their time and the quality of ``trouble``."""
        if trouble == self.trouble:
            return
        self.trouble = trouble
        self.log.warning("%s: %s", trouble.quality, trouble.reason)
        self.operational[MONITOR] = False
        for path in (LATEST, *AVERAGES):
            last = self.operational.reading(path)
            if last is not None:
                self.operational.set(path, last.value, quality=trouble.quality, time=last.time)

    def prepare(self, changes: Changes) -> None:
        """Two offsets for one reading cannot both be meant."""
        for probe in changes.config.entries("hardware/probe"):
            clash = overlapping(offsets(changes.config, probe["id"]))
            if clash:
                raise Refuse(f"the offsets for {clash[0]} and {clash[1]} overlap", probe.path)

    def stop(self) -> None:
        self.complain(Reading(None, "stale", "nobody reads the probe any more"))


def offsets(config: ConfigView, probe: str) -> tuple[Offset, ...]:
    """The calibration of one probe."""
    return tuple(
        Offset(each["low"], each["high"], each.get("offset", 0))
        for entry in config.entries("hardware/probe")
        if entry["id"] == probe
        for each in entry.entries("offsets")
    )
