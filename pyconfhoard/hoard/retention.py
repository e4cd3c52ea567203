"""How much history is kept, and letting go of the rest.

Kept are the :attr:`Retention.last` newest revisions whatever their age (a clock that jumps takes nothing from
them), and those that are younger than :attr:`Retention.within`, but never more than :attr:`Retention.most`, nor more
than fit into :attr:`Retention.size`. A label keeps a revision beyond that: who and when, its changes, and its state to go
back to; these have a bound of their own, :attr:`Retention.labelled`. Of all others there remains what blame needs: who
last set a value, and when.

It happens beside the commits, when a tenth of ``last`` can go, or a tenth of ``size``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from pyconfhoard.hoard.roots import keep_labelled

if TYPE_CHECKING:
    from pyconfhoard.hoard.hoard import Hoard

__all__ = ["Retention", "Trimming"]

_BLOCK: Final = 256
"""Revisions whose sizes are asked for at once: a read of the journal that lasts would hold others up."""


@dataclass(frozen=True, slots=True)
class Retention:
    """``last`` and ``most`` count revisions; ``within`` is an age, None for none; ``size`` is in bytes of what revisions
    take: their changes, both ways, and who, when and why. ``labelled`` is in bytes, too: beyond it no revision gets a label."""

    last: int = 10_000
    within: timedelta | None = timedelta(days=90)
    most: int = 100_000
    size: int = 256 << 20
    labelled: int = 256 << 20

    def __post_init__(self) -> None:
        if not 1 <= self.last <= self.most:
            raise ValueError("retention keeps 1 <= last <= most revisions")
        if self.size < 1:
            raise ValueError("retention keeps at least 1 byte of history")


class Trimming:
    """Lets go of a hoard's history, in the keeper's thread."""

    def __init__(self, hoard: Hoard, retention: Retention) -> None:
        self._hoard = hoard
        self._retention = retention
        self._sizes: dict[int, int] = {}
        """Bytes of the revisions of a whole block: they do not change any more."""

    def trim(self, upto: int) -> None:
        """Let go of what is not to be kept, if it is worth it, and of nothing after revision ``upto``. Raises
        :class:`StoreError`."""
        hoard, journal, retention = self._hoard, self._hoard.journal, self._retention
        head = hoard.revision
        first = head - retention.last + 1
        least = max(journal.first, head - retention.most + 1)
        if retention.within is not None and least < first:
            first = min(first, journal.since(hoard.now() - retention.within, least, first))
        fits = self._first_that_fits(head, retention.size)
        worth = max(1, retention.last // 10)
        if fits > max(first, journal.first):
            first, worth = self._first_that_fits(head, retention.size * 9 // 10), 1
        snapshot = journal.snapshot()
        first = min(
            first, head, upto + 1, journal.indexed + 1, snapshot.revision + 1 if snapshot is not None else 1
        )
        if hoard.confirmed.pending is not None:
            first = min(first, hoard.confirmed.pending.base + 1)
        if first - journal.first >= worth:
            keep_labelled(hoard, first, retention.labelled)
            journal.trim(first)

    def _first_that_fits(self, head: int, size: int) -> int:
        """The oldest revision from which on all together take no more than ``size`` bytes."""
        oldest, revision = self._hoard.journal.first, head
        self._sizes = {block: bytes for block, bytes in self._sizes.items() if block >= oldest // _BLOCK}
        while revision >= oldest:
            block = revision // _BLOCK
            begin = max(oldest, block * _BLOCK)
            whole = begin % _BLOCK == 0 and revision % _BLOCK == _BLOCK - 1
            taken = self._sizes.get(block) if whole else None
            if taken is None:
                taken = self._hoard.journal.sizes(begin, revision)
                if whole:
                    self._sizes[block] = taken
            if taken > size:
                return self._within(begin, revision, size)
            size -= taken
            revision = begin - 1
        return oldest

    def _within(self, low: int, high: int, size: int) -> int:
        """The same for some revisions that together take more, by halves."""
        while low < high:
            middle = (low + high) // 2 + 1
            taken = self._hoard.journal.sizes(middle, high)
            if taken > size:
                low = middle
            else:
                size, high = size - taken, middle - 1
        return low + 1
