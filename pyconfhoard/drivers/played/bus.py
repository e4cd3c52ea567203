"""A played 1-wire bus: a folder as the kernel's ``/sys/bus/w1/devices``, written by us.

Each probe is a folder ``28-xxxxxxxxxxxx`` with the files ``w1_slave`` and ``temperature``. The folder
itself holds the marker by which the driver knows that nothing here was measured. To unplug a probe,
delete its folder, by hand or with :meth:`PlayedBus.unplug`; to plug it in again, make it.
"""

from __future__ import annotations

import re
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Final

from pyconfhoard.drivers.ds18b20 import scratchpad, w1_slave_text
from pyconfhoard.drivers.onewire import MARKER
from pyconfhoard.drivers.played.files import write_whole

__all__ = ["PlayedBus"]

_ID: Final = re.compile(r"28-[0-9a-f]{12}").fullmatch


class PlayedBus:
    """Writes the bus in ``folder``, which is made when it is not there. Raises ``OSError``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / MARKER, "This bus is played: nothing here was measured.\n")

    def plug(self, probe: str, celsius: Decimal) -> None:
        """Connect a probe. Raises ``ValueError`` when its id is not one of a DS18B20."""
        if not _ID(probe):
            raise ValueError(f"{probe!r}: the id of a DS18B20 is 28- and twelve digits 0-9, a-f")
        (self.folder / probe).mkdir(exist_ok=True)
        self.show(probe, celsius)

    def unplug(self, probe: str) -> None:
        """Take a probe away; what is not there is no error."""
        shutil.rmtree(self.folder / probe, ignore_errors=True)

    def show(self, probe: str, celsius: Decimal) -> bool:
        """Let a connected probe measure ``celsius``; False when it is not connected.

        Raises ``ValueError`` outside the range of the chip.
        """
        return self.show_scratchpad(probe, scratchpad(celsius))

    def show_scratchpad(self, probe: str, pad: bytes) -> bool:
        """Let a connected probe answer with these nine bytes, right or wrong."""
        text = w1_slave_text(pad)
        return self.write(probe, text, f"{text.rsplit('t=', 1)[1]}")

    def silence(self, probe: str) -> bool:
        """Let a connected probe fail as current kernels show it: empty files."""
        return self.write(probe, "", "")

    def write(self, probe: str, w1_slave: str, temperature: str) -> bool:
        """Write both files as they are; False when the probe is not connected."""
        device = self.folder / probe
        try:
            write_whole(device / "temperature", temperature)
            write_whole(device / "w1_slave", w1_slave)
        except FileNotFoundError:
            return False
        return True
