"""A small thermal model of a fermenter. No clock, no I/O.

One mass of beer at one temperature ``T`` [°C]::

    m c dT/dt = P_heater - P_cooler + UA (T_ambient - T) + P_yeast

The probe follows the beer as a first-order lag. Yeast eats the sugar ``s`` (1 at the start, 0 at the
end) at a logistic rate that doubles with every 10 °C, and turns what it eats into heat::

    ds/dt = -k 2^((T - 20)/10) s (1.02 - s)        P_yeast = -E ds/dt

Solved by explicit Euler in steps of at most :data:`STEP`. The fastest part is the probe's lag of 20 s,
so a step of 1 s is well inside stability (2 x 20 s) and its error is far below a sixteenth of a degree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

__all__ = ["STEP", "Fermenter", "State"]

STEP: Final = 1.0
"""Seconds of the longest step."""

_FREEZING: Final = -3.0
"""Beer freezes: cooling below that, °C, only makes ice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Temperatures in °C; ``sugar``: what is left to ferment, 1 to 0."""

    beer: float
    probe: float
    sugar: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fermenter:
    """The constants: a 20-litre batch in an insulated cabinet in a cool cellar."""

    mass: float = 20.0
    """kg of beer"""
    heat_capacity: float = 4000.0
    """J/(kg K)"""
    heater: float = 60.0
    """W"""
    cooler: float = 120.0
    """W taken out of the beer while the compressor runs"""
    exchange: float = 2.5
    """W/K between beer and room"""
    ambient: float = 12.0
    """°C of the room"""
    probe_lag: float = 20.0
    """s"""
    sugar_heat: float = 1.2e6
    """J that the whole fermentation gives: 2 kg of sugar"""
    vigour: float = 1.2e-5
    """1/s at 20 °C: most of the sugar is gone after five days"""

    def start(self, beer: float) -> State:
        """Wort at ``beer`` °C, the yeast just pitched."""
        return State(beer=beer, probe=beer)

    def advance(self, state: State, seconds: float, *, heating: bool, cooling: bool) -> State:
        """The state after ``seconds`` with heater and cooler as they are."""
        while seconds > 0.0:
            step = min(seconds, STEP)
            state = self._euler(state, step, heating=heating, cooling=cooling)
            seconds -= step
        return state

    def yeast_heat(self, state: State) -> float:
        """W"""
        return self.sugar_heat * self._eaten(state)

    def _eaten(self, state: State) -> float:
        """Sugar eaten in a second."""
        return float(self.vigour * 2.0 ** ((state.beer - 20.0) / 10.0) * state.sugar * (1.02 - state.sugar))

    def _euler(self, state: State, step: float, *, heating: bool, cooling: bool) -> State:
        power = self.exchange * (self.ambient - state.beer) + self.yeast_heat(state)
        if heating:
            power += self.heater
        if cooling and state.beer > _FREEZING:
            power -= self.cooler
        return replace(
            state,
            beer=state.beer + step * power / (self.mass * self.heat_capacity),
            probe=state.probe + step * (state.beer - state.probe) / self.probe_lag,
            sugar=max(0.0, state.sugar - step * self._eaten(state)),
        )
