"""What the kernel's files say about a DS18B20, and what of it to believe. No I/O, no clock.

``w1_slave`` gives the nine bytes of the chip's scratchpad, twice::

    50 01 4b 46 7f ff 10 10 49 : crc=49 YES
    50 01 4b 46 7f ff 10 10 49 t=21000

Bytes 0 and 1 are the temperature, little-endian, in sixteenths of a degree; byte 8 is the checksum of
the others. ``temperature`` gives the thousandths of a degree alone: no checksum, no scratchpad, and so
no means to tell 0 °C from a short-circuited line.

A sensor that fails seldom says so. What it says instead:

* an *empty file* (a failed checksum, a busy bus or an absent chip on current kernels), ``NO`` on older
  ones, followed by the *previous* scratchpad;
* a scratchpad of zeros, whose checksum is valid: 0 °C on a line held low;
* 85 °C, the chip's value before its first conversion, hence after each loss of power;
* 127.9375 °C (``ff 07``): the conversion ran out of voltage;
* -127 °C, by which many libraries say "error".

85 °C is also a temperature of kettles. It is believed only next to the reading before it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from pyconfhoard.drivers.quality import Reading, faulty

__all__ = [
    "FAMILIES",
    "HIGHEST",
    "LOWEST",
    "crc8",
    "judge",
    "parse_temperature",
    "parse_w1_slave",
    "scratchpad",
    "w1_slave_text",
]

FAMILIES: Final = {"28": "DS18B20", "22": "DS1822", "42": "DS28EA00", "3b": "DS1825", "10": "DS18S20"}
"""Family code, the first two characters of a probe's id, to the chip."""

LOWEST: Final = Decimal(-55)
HIGHEST: Final = Decimal(125)
"""What the chip can measure, °C."""

_NINTHS: Final = "10"
"""The DS18S20 counts in other units than sixteenths: for it, only the kernel's ``t=`` is right."""

_POWER_ON: Final = Decimal(85)
_NEIGHBOUR: Final = Decimal(5)
"""85 °C is believed when the reading before was at most this far away."""

_UNDER_VOLTAGE: Final = Decimal("127.937")
_LIBRARY_ERROR: Final = Decimal(-127)

_SCRATCHPAD: Final = 9


def crc8(data: bytes) -> int:
    """The checksum of 1-wire devices: x^8 + x^5 + x^4 + 1, least significant bit first."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x8C if crc & 1 else 0)
    return crc


def scratchpad(celsius: Decimal) -> bytes:
    """The nine bytes of a chip that measured ``celsius`` at 12 bit, rounded to a sixteenth half-even.

    Raises ``ValueError`` outside :data:`LOWEST` to :data:`HIGHEST`.
    """
    if not LOWEST <= celsius <= HIGHEST:
        raise ValueError(f"{celsius} °C: a DS18B20 measures {LOWEST} to {HIGHEST} °C")
    sixteenths = round(celsius * 16)
    alarms_and_resolution = bytes((0x4B, 0x46, 0x7F, 0xFF))
    remainder = 0x10 - (sixteenths & 0x0F)
    head = sixteenths.to_bytes(2, "little", signed=True) + alarms_and_resolution + bytes((remainder, 0x10))
    return head + bytes((crc8(head),))


def w1_slave_text(pad: bytes) -> str:
    """What the kernel writes into ``w1_slave`` for a scratchpad."""
    row = pad.hex(" ")
    verdict = "YES" if crc8(pad[:8]) == pad[8] else "NO"
    thousandths = int.from_bytes(pad[:2], "little", signed=True) * 1000 // 16
    return f"{row} : crc={crc8(pad[:8]):02x} {verdict}\n{row} t={thousandths}\n"


def parse_w1_slave(text: str, family: str = "28") -> Reading:
    """The reading in a ``w1_slave`` file, before :func:`judge`."""
    lines = text.splitlines()
    if not lines:
        return faulty("no answer (empty file): unplugged, a busy bus, or a failed checksum")
    if not lines[0].endswith("YES"):
        return faulty("the checksum does not match: disturbance or bad wiring")
    try:
        pad = bytes(int(word, 16) for word in lines[0].split()[:_SCRATCHPAD])
        thousandths = int(lines[1].rsplit("t=", 1)[1])
    except (IndexError, ValueError):
        return faulty(f"not what the kernel writes: {text[:80]!r}")
    if not any(pad):
        return faulty("all bytes are zero: the data line is held low, this is not 0 °C")
    if family == _NINTHS:
        return Reading(Decimal(thousandths) / 1000, "good")
    return Reading(Decimal(int.from_bytes(pad[:2], "little", signed=True)) / 16, "good")


def parse_temperature(text: str) -> Reading:
    """The reading in a ``temperature`` file, before :func:`judge`."""
    if not text.strip():
        return faulty("no answer (empty file): unplugged, a busy bus, or a failed checksum")
    try:
        return Reading(Decimal(int(text)) / 1000, "good")
    except ValueError:
        return faulty(f"not what the kernel writes: {text[:80]!r}")


def judge(reading: Reading, previous: Decimal | None) -> Reading:
    """``reading``, or why it is not believed. ``previous``: the last value believed of this probe, °C,
    None when there is none since the probe appeared."""
    value = reading.value
    if value is None:
        return reading
    if value == _POWER_ON and (previous is None or abs(previous - value) > _NEIGHBOUR):
        before = "it is the first reading" if previous is None else f"the reading before was {previous} °C"
        return faulty(f"85 °C is what the chip says before it has measured, and {before}")
    if LOWEST <= value <= HIGHEST:
        return reading
    if value.quantize(_UNDER_VOLTAGE) in {_UNDER_VOLTAGE, Decimal("127.938")}:
        return faulty("127.94 °C is what the chip says when its voltage is too low")
    if value == _LIBRARY_ERROR:
        return faulty("-127 °C is an error value")
    return faulty(f"{value} °C: a {FAMILIES['28']} measures {LOWEST} to {HIGHEST} °C")
