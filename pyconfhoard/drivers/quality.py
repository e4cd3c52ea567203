"""A reading and its quality.

=========== ===========================================================================
good        measured now, and believed
stale       it was good, but is older than it should be
missing     there is nothing to read: no such probe, nothing configured
faulty      there is something, but what it says cannot be believed
simulated   measured now and believed, on hardware that is played
=========== ===========================================================================

Whoever acts on a reading acts on ``good`` ones only, or on ``simulated`` ones where what it switches
is played too.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, TypeAlias

__all__ = ["QUALITIES", "Quality", "Reading", "faulty", "missing"]

Quality: TypeAlias = Literal["good", "stale", "missing", "faulty", "simulated"]

QUALITIES: Final[tuple[Quality, ...]] = ("good", "stale", "missing", "faulty", "simulated")


@dataclass(frozen=True, slots=True)
class Reading:
    """``value`` in °C, None when there is none; ``reason``: why it is neither good nor simulated."""

    value: Decimal | None
    quality: Quality
    reason: str = ""

    @property
    def believed(self) -> bool:
        """Whether this was measured now, on hardware that is real or openly played."""
        return self.quality in {"good", "simulated"}


def missing(reason: str) -> Reading:
    """There is nothing to read."""
    return Reading(None, "missing", reason)


def faulty(reason: str) -> Reading:
    """What was read cannot be believed."""
    return Reading(None, "faulty", reason)
