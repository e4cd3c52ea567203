"""Switches the fermenter's heater and cooler, by the setpoint and the readings of another Thing.

What is to be done is decided in ``hysteresis.py``; here are the world and its doubts. Nothing is on
without a reading that is good and new; and when this Thing ends, however it ends, whoever supervises it
puts its declared outputs into their safe state.
"""

from __future__ import annotations

from decimal import Decimal

from pyconfhoard import Output, Thing, every
from pyconfhoard.drivers.gpio import open_board

from .freshness import Freshness
from .hysteresis import Band, State, Times, decide

FERMENTATION = "/brewerslab:brewhouse/temperature/fermentation"
HEATER = Output(pin=17, safe=0)
COOLER = Output(pin=27, safe=0)


class FermentationController(Thing):
    """The fermenter's thermostat."""

    name = "FermentationController"
    module = "brewerslab"
    path = "/brewhouse/power"
    follows = (FERMENTATION,)
    outputs = (HEATER, COOLER)

    def setup(self) -> None:
        self.board = open_board(self.settings.gpio)
        self.log.info("heater: pin %s, cooler: pin %s of %s", HEATER.pin, COOLER.pin, self.board.title)
        self.heater = self.board.switch(HEATER.pin, active_high=not HEATER.safe)
        self.cooler = self.board.switch(COOLER.pin, active_high=not COOLER.safe)
        self.freshness = Freshness()
        self.state = State.boot(self.clock.monotonic())

    @every(seconds=1)
    def control(self) -> None:
        """One pass: look, decide, switch, tell."""
        now = self.clock.monotonic()
        reading, doubt = self.reading(now)
        band, leave = self.band()
        self.state, waiting = decide(self.state, now, reading, band, self.times())
        heat, cool = self.state.action == "heat", self.state.action == "cool"
        for switch, on in sorted(((self.heater, heat), (self.cooler, cool)), key=lambda pair: pair[1]):
            switch.set(on)  # off comes before on
        self.tell("heater", heat)
        self.tell("cooler", cool)
        self.tell("action", self.state.action)
        self.tell("waiting-for", leave or doubt or waiting)
        self.tell("simulated", self.board.played)

    def reading(self, now: float) -> tuple[Decimal | None, str]:
        """The temperature to act on; or None, and why there is none."""
        latest = self.followed(f"{FERMENTATION}/results/latest")
        age = self.freshness.age(latest.time, now)
        if latest.quality == "simulated" and not self.board.played:
            return None, "a real reading: this one is simulated, and the outputs are not"
        if latest.quality not in {"good", "simulated"}:
            return None, f"a good reading: this one is {latest.quality}"
        if age > self.config["stale-after"]:
            return None, f"a new reading: there was none for {self.config['stale-after']} s"
        return latest.value, ""

    def band(self) -> tuple[Band | None, str]:
        """The temperatures to keep; or None, and why there are none."""
        mode = self.config["mode"]
        if mode not in {"ferment", "crash"}:
            return None, f"another mode: {mode} leaves the fermenter alone"
        wish = self.followed(FERMENTATION).value
        target, hysteresis = wish["setpoint"], self.config["hysteresis"]
        low = wish.get("lowpoint", target - hysteresis)
        high = wish.get("highpoint", target + hysteresis)
        return Band(low, target, high, heated=mode == "ferment"), ""

    def times(self) -> Times:
        """What spares the compressor."""
        return Times(
            minimum_off=self.config["cooler/minimum-off"],
            minimum_on=self.config["cooler/minimum-on"],
            changeover=self.config["changeover"],
        )

    def tell(self, leaf: str, value: bool | str) -> None:
        """Publish a part of the status when it has changed."""
        if self.operational[f"status/{leaf}"] != value:
            self.operational.set(
                f"status/{leaf}", value, quality="simulated" if self.board.played else "good"
            )

    def stop(self) -> None:
        self.heater.close()
        self.cooler.close()
