"""Edits under the access rules: what every way to a change goes through, whoever makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pyconfhoard.access.nacm import Access
from pyconfhoard.errors import Conflict
from pyconfhoard.tree import Branch, Edit, apply, diff

__all__ = ["Permit"]


@dataclass(frozen=True, slots=True)
class Permit:
    """What binds an author. ``access`` gives what he may do by the rules of a running root."""

    access: Callable[[Branch], Access]

    def apply(self, base: Branch, edits: tuple[Edit, ...], revision: int) -> Branch:
        """What ``edits`` make of ``base``, by whose rules they are judged. Raises as :func:`pyconfhoard.tree.apply` does, and
        :class:`AccessDenied`."""
        access = self.access(base)
        try:
            root = apply(base, edits, revision)
        except Conflict:
            access.check_failed(edits)
            raise
        access.check_edits(tuple(diff(base, root, edits=edits)), edits)
        return root
