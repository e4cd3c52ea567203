"""Timed methods: ``@every(seconds=5)``.

Rules.

* The grid of a method starts when the Thing starts: it runs at once, then at start + n x period.
  The grid never moves, so there is no drift however long a run takes.
* A method is never run twice to catch up: periods that passed while something else ran are
  skipped, and counted in :attr:`Timer.skipped`.
* Among the due, the longest overdue goes first, so that a slow method cannot starve another.
* All time is monotonic; the wall clock may jump as it likes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from pyconfhoard.thing.clock import Clock

__all__ = ["Timer", "Timers", "every", "timed_methods"]

_Method = TypeVar("_Method", bound=Callable[..., object])
_MARK = "__pyconfhoard_every__"


def every(*, seconds: float = 0.0, minutes: float = 0.0, hours: float = 0.0) -> Callable[[_Method], _Method]:
    """Decorate a method of a Thing that is to run periodically; the parts of the period add up.

    Raises ``ValueError`` when the period is not above zero.
    """
    period = seconds + 60.0 * minutes + 3600.0 * hours
    if not 0.0 < period < float("inf"):
        raise ValueError(f"every({seconds=}, {minutes=}, {hours=}): the period must be more than 0 seconds")

    def mark(method: _Method) -> _Method:
        setattr(method, _MARK, period)
        return method

    return mark


def timed_methods(thing: object) -> Iterator[tuple[float, Callable[[], object]]]:
    """Period in seconds and bound method of everything that :func:`every` decorates, in order of name.

    A subclass that overrides a timed method without decorating it switches it off.
    """
    for name in dir(type(thing)):
        period = getattr(getattr(type(thing), name, None), _MARK, None)
        if period is not None:
            yield period, getattr(thing, name)


@dataclass(slots=True)
class Timer:
    """One timed method; ``due`` is on the monotonic clock, ``skipped`` counts periods that were lost."""

    period: float
    call: Callable[[], Any]
    due: float
    skipped: int = 0

    def advance(self, now: float) -> None:
        """Move ``due`` to the first point of the grid after ``now``."""
        steps = int((now - self.due) // self.period) + 1
        self.due += steps * self.period
        if self.due <= now:  # the division was rounded down
            self.due += self.period
        self.skipped += max(0, steps - 1)


class Timers:
    """The timed methods of one Thing. It does not wait: it tells how long to."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._timers: list[Timer] = []

    def __len__(self) -> int:
        return len(self._timers)

    def __iter__(self) -> Iterator[Timer]:
        return iter(self._timers)

    def add(self, period: float, call: Callable[[], Any]) -> Timer:
        """``call`` becomes due now, then every ``period`` seconds."""
        timer = Timer(period, call, self._clock.monotonic())
        self._timers.append(timer)
        return timer

    def wait(self) -> float | None:
        """Seconds until the next call is due (0 when one is), None when there is nothing to run."""
        if not self._timers:
            return None
        return max(0.0, min(timer.due for timer in self._timers) - self._clock.monotonic())

    def take(self) -> Callable[[], Any] | None:
        """The call that is longest overdue, its timer already moved on; None when none is due."""
        now = self._clock.monotonic()
        late = min(self._timers, key=lambda timer: timer.due, default=None)
        if late is None or late.due > now:
            return None
        late.advance(now)
        return late.call
