"""Temperature probes on the kernel's 1-wire bus.

Rules.

* Reading a probe *makes* it measure, which blocks for up to 750 ms: :meth:`Bus.read_all` reads all
  probes at once, each in a thread of its own. A probe that does not come back within
  :data:`PATIENCE` is faulty, and is not asked again until it has come back.
* A reading is judged (``ds18b20.py``) before anyone sees it, by the last one believed of its probe.
* What a played bus gives is never ``good``: it is ``simulated``. A bus is played when its settings
  say so (``played:FOLDER``) or when its folder holds a file :data:`MARKER`; and when its player
  has stopped, what it last wrote is ``stale``.

Two readers: the kernel's files (nothing to install), and the library ``w1thermsensor``.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any, Final, TypeAlias

from pyconfhoard.drivers.ds18b20 import FAMILIES, judge, parse_temperature, parse_w1_slave
from pyconfhoard.drivers.quality import Reading, faulty, missing
from pyconfhoard.errors import BadInput, Fault, HardwareError

__all__ = ["KERNEL", "MARKER", "PATIENCE", "Bus", "KernelFiles", "Reader", "W1ThermSensorLibrary", "open_bus"]

KERNEL: Final = Path("/sys/bus/w1/devices")
"""Where the kernel shows its 1-wire devices."""

MARKER: Final = "PLAYED"
"""The file that says that a folder is written by a player."""

PATIENCE: Final = 5.0
"""Seconds that a probe gets: probes on parasite power measure one after the other."""

_ID: Final = re.compile(rf"({'|'.join(FAMILIES)})-[0-9a-f]{{12}}").fullmatch

_PLAYER_AGE: Final = 15.0
"""Seconds after which a played probe that was not written again is stale."""

Reader: TypeAlias = Callable[[str], Reading]
"""Gives what the probe with this id says, before it is judged. May block."""


class KernelFiles:
    """Reads ``<folder>/<id>/w1_slave``; ``temperature`` where there is nothing better."""

    title: Final = "kernel"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, probe: str) -> Reading:
        try:
            return parse_w1_slave(self._text(probe, "w1_slave"), probe[:2])
        except FileNotFoundError:
            pass
        except OSError as error:
            return faulty(f"cannot be read: {error.strerror}")
        try:
            return parse_temperature(self._text(probe, "temperature"))
        except FileNotFoundError:
            return missing(f"no probe {probe} on the bus")
        except OSError as error:
            return faulty(f"cannot be read: {error.strerror}")

    def _text(self, probe: str, name: str) -> str:
        return (self._folder / probe / name).read_bytes().decode("ascii", "replace")


class W1ThermSensorLibrary:
    """Reads through ``w1thermsensor``, which must neither load kernel modules nor be patched globally."""

    title: Final = "w1thermsensor"

    def __init__(self, folder: Path) -> None:
        os.environ["W1THERMSENSOR_NO_KERNEL_MODULE"] = "1"  # read while it is imported
        try:
            library: Any = import_module("w1thermsensor")
        except ImportError as error:
            raise HardwareError(
                "the library w1thermsensor is not installed: pip install 'pyconfhoard[onewire]', "
                "or leave PYCONF_ONEWIRE empty to read the kernel's own files"
            ) from error
        self._sensor: Any = type("Sensor", (library.W1ThermSensor,), {"BASE_DIRECTORY": folder})
        self._from_id = library.Sensor.from_id_string
        self._none = library.NoSensorFoundError
        self._not_ready = library.SensorNotReadyError
        self._reset = library.ResetValueError

    def __call__(self, probe: str) -> Reading:
        family, _, rest = probe.partition("-")
        try:
            celsius = self._sensor(self._from_id(family), rest).get_temperature()
        except self._none:
            return missing(f"no probe {probe} on the bus")
        except self._not_ready:
            return faulty("no answer, a failed checksum, or a data line that is held low")
        except self._reset:
            return Reading(Decimal(85), "good")  # it refuses each of them; the judge knows better
        except (IndexError, ValueError) as error:
            return faulty(f"not what the kernel writes: {error}")
        return Reading(Decimal(repr(celsius)), "good")


class Bus:
    """The probes of one bus. Safe between threads.

    ``played``: what it gives is simulated, whatever the folder says. ``now``: seconds of the clock by
    which files are stamped. ``patience``: seconds that a probe gets.
    """

    def __init__(
        self,
        folder: Path,
        reader: Reader | None = None,
        *,
        played: bool = False,
        now: Callable[[], float] = time.time,
        patience: float = PATIENCE,
    ) -> None:
        self.folder = folder
        self._reader = KernelFiles(folder) if reader is None else reader
        self._told = played
        self._now = now
        self._patience = patience
        self._believed: dict[str, Decimal] = {}
        self._busy: set[str] = set()
        self._lock = threading.Lock()

    @property
    def played(self) -> bool:
        """Whether somebody plays this bus."""
        return self._told or (self.folder / MARKER).exists()

    @property
    def title(self) -> str:
        """What people read, such as ``1-wire bus in /sys/bus/w1/devices``."""
        return f"{'PLAYED ' if self.played else ''}1-wire bus in {self.folder}"

    def probes(self) -> tuple[str, ...]:
        """The ids of the temperature probes that the bus shows, in order.

        The kernel shows a probe for some 100 s after it was unplugged.
        """
        try:
            names = os.listdir(self.folder)
        except OSError:
            return ()
        return tuple(sorted(filter(_ID, names)))

    def read(self, probe: str) -> Reading:
        """The reading of one probe; waits :data:`PATIENCE` at most."""
        return self.read_all((probe,))[probe]

    def read_all(self, probes: Iterable[str] | None = None) -> dict[str, Reading]:
        """The readings of ``probes``, else of all that the bus shows, measured at the same time."""
        wanted = tuple(self.probes() if probes is None else dict.fromkeys(probes))
        results = {probe: missing(f"{probe!r} is no probe's id") for probe in wanted if not _ID(probe)}
        threads = [self._start(probe, results) for probe in wanted if probe not in results]
        deadline = time.monotonic() + self._patience
        for thread in threads:
            if thread is not None:
                thread.join(max(0.0, deadline - time.monotonic()))
        late = faulty(f"no answer within {self._patience:g} s")
        with self._lock:
            return {probe: results.get(probe, late) for probe in wanted}

    def _start(self, probe: str, results: dict[str, Reading]) -> threading.Thread | None:
        with self._lock:
            if probe in self._busy:
                return None
            self._busy.add(probe)
        # A daemon: a probe that hangs for ever must not keep the process from ending.
        thread = threading.Thread(target=self._measure, args=(probe, results), name=probe, daemon=True)
        thread.start()
        return thread

    def _measure(self, probe: str, results: dict[str, Reading]) -> None:
        try:
            reading = self._stamped(probe, judge(self._reader(probe), self._believed.get(probe)))
        finally:
            with self._lock:
                self._busy.discard(probe)
        with self._lock:
            results[probe] = reading
            if reading.value is not None:
                self._believed[probe] = reading.value
            elif reading.quality == "missing":
                self._believed.pop(probe, None)  # it comes back with 85 °C

    def _stamped(self, probe: str, reading: Reading) -> Reading:
        """On a played bus: simulated, or stale when the player has stopped."""
        if reading.quality != "good" or not self.played:
            return reading
        try:
            age = self._now() - (self.folder / probe / "w1_slave").stat().st_mtime
        except OSError:
            return missing(f"no probe {probe} on the bus")
        if age > _PLAYER_AGE:
            return replace(reading, quality="stale", reason="what plays this bus has stopped")
        return replace(reading, quality="simulated")


def open_bus(spec: str = "", *, now: Callable[[], float] = time.time) -> Bus:
    """The bus that ``spec`` names: what the setting ``PYCONF_ONEWIRE`` holds.

    ========================= =============================================================
    (empty)                   the kernel's bus of this machine
    ``kernel:FOLDER``         the kernel's files in another folder, in a container for example
    ``w1thermsensor``         the kernel's bus through that library; ``w1thermsensor:FOLDER``
    ``played:FOLDER``         a bus that is played; it may start to play later
    ========================= =============================================================

    Raises :class:`BadInput` for anything else, :class:`HardwareError` when this machine has no bus or
    the library is not installed.
    """
    kind, _, place = spec.partition(":")
    folder = Path(place).expanduser() if place else KERNEL
    match kind:
        case "played" if place:
            return Bus(folder, played=True, now=now)
        case "" | "kernel" | "w1thermsensor" if kind or not place:
            if not folder.is_dir():
                raise HardwareError(
                    f"this machine shows no 1-wire bus: {folder} is not there. On a Raspberry Pi add "
                    "'dtoverlay=w1-gpio' to /boot/firmware/config.txt and restart it; "
                    "to play a bus: PYCONF_ONEWIRE=played:FOLDER"
                )
            reader = W1ThermSensorLibrary(folder) if kind == "w1thermsensor" else KernelFiles(folder)
            return Bus(folder, reader, now=now)
    raise BadInput(
        Fault(
            "invalid-value",
            "no such 1-wire bus",
            value=spec,
            legal=("", "kernel:FOLDER", "w1thermsensor", "w1thermsensor:FOLDER", "played:FOLDER"),
        )
    )
