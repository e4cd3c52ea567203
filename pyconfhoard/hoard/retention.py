"""How much history is kept, and letting go of the rest.

Kept are the :attr:`Retention.last` newest revisions whatever their age (a clock that jumps takes nothing from
them), and those that are younger than :attr:`Retention.within`, but never more than :attr:`Retention.most`. A label
keeps a revision beyond that: who and when, its changes, and its state to go back to. Of all others there remains
what blame needs: who last set a value, and when.

It happens beside the commits, when a tenth of ``last`` can go.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pyconfhoard.hoard.roots import keep_labelled

if TYPE_CHECKING:
    from pyconfhoard.hoard.hoard import Hoard

__all__ = ["Retention", "trim"]


@dataclass(frozen=True, slots=True)
class Retention:
    """``last`` and ``most`` count revisions; ``within`` is an age, None for none."""

    last: int = 10_000
    within: timedelta | None = timedelta(days=90)
    most: int = 100_000

    def __post_init__(self) -> None:
        if not 1 <= self.last <= self.most:
            raise ValueError("retention keeps 1 <= last <= most revisions")


def trim(hoard: Hoard, retention: Retention, upto: int) -> None:
    """Let go of what is not to be kept, if it is worth it, and of nothing after revision ``upto``. Raises
    :class:`StoreError`."""
    journal, head = hoard.journal, hoard.revision
    first = head - retention.last + 1
    least = max(journal.first, head - retention.most + 1)
    if retention.within is not None and least < first:
        first = min(first, journal.since(hoard.now() - retention.within, least, first))
    snapshot = journal.snapshot()
    first = min(first, upto + 1, journal.indexed + 1, snapshot.revision + 1 if snapshot is not None else 1)
    if hoard.confirmed.pending is not None:
        first = min(first, hoard.confirmed.pending.base + 1)
    if first - journal.first >= max(1, retention.last // 10):
        keep_labelled(hoard, first)
        journal.trim(first)
