"""Plays a fermenter: reads the levels of played pins, writes what a played probe measures.

``python -m pyconfhoard.drivers.played.fermenter --onewire DIR --gpio DIR`` runs until it is stopped
(SIGTERM, SIGINT). A pin that nobody drives is a relay at rest. Time can run faster than it does.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from pyconfhoard.drivers.ds18b20 import HIGHEST, LOWEST
from pyconfhoard.drivers.played.bus import PlayedBus
from pyconfhoard.drivers.played.files import read_level
from pyconfhoard.drivers.played.thermal import Fermenter, State

__all__ = ["PROBE", "Player", "Relay", "main"]

PROBE: Final = "28-000005e2fdc3"
"""The id of the played probe, unless told otherwise."""

_LONGEST: Final = 5.0
"""A player that was stopped for longer (a laptop that slept) does not make up for it: real seconds."""


@dataclass(frozen=True, slots=True)
class Relay:
    """A relay on a played pin; ``active``: the level that closes it."""

    folder: Path
    pin: int
    active: int = 1

    @property
    def closed(self) -> bool:
        return read_level(self.folder, self.pin) == self.active


class Player:
    """One fermenter with one probe; ``speed``: seconds that pass in it in each real one."""

    def __init__(
        self,
        fermenter: Fermenter,
        bus: PlayedBus,
        *,
        heater: Relay,
        cooler: Relay,
        beer: float,
        probe: str = PROBE,
        speed: float = 1.0,
    ) -> None:
        self.fermenter = fermenter
        self.state: State = fermenter.start(beer)
        self._bus = bus
        self._heater = heater
        self._cooler = cooler
        self._probe = probe
        self._speed = speed
        bus.plug(probe, self.shown)

    @property
    def shown(self) -> Decimal:
        """What the probe measures, °C."""
        return min(max(Decimal(repr(self.state.probe)), LOWEST), HIGHEST)

    def advance(self, seconds: float) -> None:
        """Let real ``seconds`` pass with the pins as they are, and show what came of it."""
        self.state = self.fermenter.advance(
            self.state,
            min(seconds, _LONGEST) * self._speed,
            heating=self._heater.closed,
            cooling=self._cooler.closed,
        )
        self._bus.show(self._probe, self.shown)


def _above_zero(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError("a number above 0")
    return number


def _parser(environ: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pyconfhoard.drivers.played.fermenter",
        description="Plays a fermenter with a heater, a cooler and a DS18B20. Nothing here is real.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    for name, variable, what in (
        ("--onewire", "PYCONF_ONEWIRE", "the played 1-wire bus, written"),
        ("--gpio", "PYCONF_GPIO", "the played pins, read"),
    ):
        folder = environ.get(variable, "").partition("played:")[2]
        add(
            name,
            type=Path,
            required=not folder,
            default=Path(folder) if folder else argparse.SUPPRESS,
            metavar="DIR",
            help=f"folder of {what} (environment: {variable}=played:DIR)",
        )
    add("--probe", default=PROBE, metavar="ID", help="id of the probe")
    add("--heater-pin", type=int, default=17, metavar="N", help="BCM number of the heater's pin")
    add("--cooler-pin", type=int, default=27, metavar="N", help="BCM number of the cooler's pin")
    add("--beer", type=float, default=15.0, metavar="C", help="temperature at the start, in degrees Celsius")
    add("--period", type=_above_zero, default=1.0, metavar="S", help="real seconds between two steps")
    add(
        "--speed",
        type=_above_zero,
        default=environ.get("PYCONF_PLAYED_SPEED") or "20",
        metavar="X",
        help="how much faster than real time (environment: PYCONF_PLAYED_SPEED)",
    )
    model = parser.add_argument_group("the fermenter")
    for constant in fields(Fermenter):
        model.add_argument(
            f"--{constant.name.replace('_', '-')}",
            type=float,
            default=constant.default,
            metavar="X",
            help=" ",
        )
    return parser


def _constants(chosen: argparse.Namespace) -> dict[str, Any]:
    return {constant.name: getattr(chosen, constant.name) for constant in fields(Fermenter)}


def main(
    argv: Sequence[str],
    environ: Mapping[str, str] = os.environ,
    *,
    wait: Callable[[float], bool] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Play until ``wait(seconds)`` is true, which is unless told otherwise: until a signal comes."""
    parser = _parser(environ)
    chosen = parser.parse_args(argv)
    try:
        player = Player(
            Fermenter(**_constants(chosen)),
            PlayedBus(chosen.onewire),
            heater=Relay(chosen.gpio, chosen.heater_pin),
            cooler=Relay(chosen.gpio, chosen.cooler_pin),
            beer=chosen.beer,
            probe=chosen.probe,
            speed=chosen.speed,
        )
    except ValueError as error:
        parser.error(str(error))
    except OSError as error:
        parser.exit(1, f"cannot play in {chosen.onewire}: {error.strerror}\n")
    sys.stdout.write(
        f"PLAYED hardware, nothing here is real: a fermenter at {chosen.beer:g} °C, {chosen.speed:g} times as "
        f"fast as time; heater on pin {chosen.heater_pin} and cooler on pin {chosen.cooler_pin} of {chosen.gpio}, "
        f"probe {chosen.probe} in {chosen.onewire}\n"
    )
    sys.stdout.flush()
    wait = wait or _until_signalled()
    before = clock()
    try:
        while not wait(chosen.period):
            now = clock()
            player.advance(now - before)
            before = now
    except OSError as error:
        sys.stderr.write(f"cannot play on in {chosen.onewire}: {error.strerror}\n")
        return 1
    return 0


def _until_signalled() -> Callable[[float], bool]:
    wishes = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, wishes)
    return lambda seconds: signal.sigtimedwait(wishes, seconds) is not None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
