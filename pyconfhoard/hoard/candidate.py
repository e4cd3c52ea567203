"""One candidate: what running was when it was begun, and what became of that in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pyconfhoard.hoard.state import State
from pyconfhoard.tree import Branch, Change, apply, as_edits, diff, edits_from_text, edits_to_text

__all__ = ["SHARED", "Candidate"]

SHARED: Final = "shared"
"""The id of the shared candidate."""


@dataclass(slots=True)
class Candidate:
    """``base`` is running at revision ``revision``; ``root`` what became of it; ``touched`` is monotonic. The shared one has
    no ``author``.

    ``committing``: its commit is under way, and takes only what was in it before. ``lost``: the model has changed, and has
    no words for it. ``comment``: why, where its commit does not say.
    """

    id: str
    author: str
    revision: int
    base: Branch
    root: Branch
    touched: float
    committing: bool = False
    lost: bool = False
    comment: str = ""

    @property
    def changes(self) -> tuple[Change, ...]:
        """What would be committed."""
        return tuple(diff(self.base, self.root))

    @property
    def pending(self) -> bool:
        """Whether there are :attr:`changes`."""
        return next(diff(self.base, self.root), None) is not None

    def carried(self, now: State, after: State) -> tuple[Branch, Branch]:
        """``base`` and ``root`` in the words of another model, ``after``; ``now`` is the present in their own. Raises what
        reading and applying edits raises, where that has no words for them."""
        base = _said(now, now.running, self.base, after, after.running)
        return base, _said(now, self.base, self.root, after, base)


def _said(now: State, old: Branch, new: Branch, after: State, start: Branch) -> Branch:
    """What the way from ``old`` to ``new``, in the words of ``now``, makes of ``start`` in those of ``after``."""
    if new is old:
        return start
    text = edits_to_text(now.schema, as_edits(diff(old, new)))
    return apply(start, edits_from_text(after.schema, text), new.revision)
