"""Heat, cool or idle: a state machine that spares the compressor. No clock: the time is passed in.

Rules, the stronger first.

1. Without a reading, or without a band to keep it in, everything is off: at once, whatever the
   minimum times say.
2. Heater and cooler are never on together; from one to the other lie at least ``changeover``
   seconds of idleness, or they would fight.
3. A cooler that runs goes on for ``minimum_on``, one that stopped stays off for ``minimum_off``: a
   compressor that starts against its own pressure burns out.
4. The timers *start at boot*. What happened before is not known, and a controller that crashes once a
   minute must not start the compressor once a minute.
5. Below ``low`` it heats, above ``high`` it cools, and both go on to the ``target``.

The machine is a value: :func:`decide` gives the next :class:`State` and, in plain words, what is being
waited for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from math import ceil
from typing import Literal, TypeAlias

__all__ = ["Action", "Band", "State", "Times", "decide"]

Action: TypeAlias = Literal["idle", "heat", "cool"]


@dataclass(frozen=True, slots=True)
class Band:
    """Temperatures in °C, in this order; raises ``ValueError`` when they are not. ``heated``: whether
    it may be heated at all."""

    low: Decimal
    target: Decimal
    high: Decimal
    heated: bool = True

    def __post_init__(self) -> None:
        if not self.low <= self.target <= self.high:
            raise ValueError(f"a band goes up: {self.low}, {self.target}, {self.high} °C")


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Seconds."""

    minimum_off: float = 300.0
    """that the cooler stays off"""
    minimum_on: float = 180.0
    """that the cooler runs"""
    changeover: float = 600.0
    """between heating and cooling, either way"""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """``since``: when the action began; the other two: when it last ended. Monotonic seconds."""

    action: Action
    since: float
    heated: float
    cooled: float

    @classmethod
    def boot(cls, now: float) -> State:
        """As if heater and cooler had both stopped at this moment."""
        return cls(action="idle", since=now, heated=now, cooled=now)

    def idle(self, now: float) -> State:
        """Everything off."""
        match self.action:
            case "heat":
                return replace(self, action="idle", since=now, heated=now)
            case "cool":
                return replace(self, action="idle", since=now, cooled=now)
            case _:
                return self


def decide(
    state: State, now: float, reading: Decimal | None, band: Band | None, times: Times
) -> tuple[State, str]:
    """The next state; and what is waited for, empty when nothing is."""
    if reading is None or band is None:
        return state.idle(now), ""
    wanted = _wanted(state.action, reading, band)
    if wanted == state.action:
        return state, ""
    if state.action == "cool" and (left := state.since + times.minimum_on - now) > 0:
        return state, _waiting("cooler", left, times.minimum_on, "minimum on")
    state = state.idle(now)
    match wanted:
        case "heat":
            waits = [(state.cooled + times.changeover - now, times.changeover, "changeover")]
        case "cool":
            waits = [
                (state.cooled + times.minimum_off - now, times.minimum_off, "minimum off"),
                (state.heated + times.changeover - now, times.changeover, "changeover"),
            ]
        case _:
            return state, ""
    left, whole, rule = max(waits)
    if left > 0:
        return state, _waiting("heater" if wanted == "heat" else "cooler", left, whole, rule)
    return replace(state, action=wanted, since=now), ""


def _wanted(action: Action, reading: Decimal, band: Band) -> Action:
    if reading < band.low or (action == "heat" and reading < band.target):
        return "heat" if band.heated else "idle"
    if reading > band.high or (action == "cool" and reading > band.target):
        return "cool"
    return "idle"


def _waiting(what: str, left: float, whole: float, rule: str) -> str:
    return f"{what}: {ceil(left)} s of {whole:g} s {rule} left"
