"""Who is asking, once that is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from pyconfhoard.access.rights import ALL, Right
from pyconfhoard.errors import AccessDenied, Fault
from pyconfhoard.tree import Path

__all__ = ["ADMIN", "THINGS", "Principal"]

THINGS: Final = "things"
"""The group that every Thing is in."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Someone who showed good credentials.

    ``admin`` is who holds the token of ``run/admin.token``: no rule binds it. A ``thing`` has all rights in the subtree
    ``path``. For it and for a ``user`` the rules of :mod:`pyconfhoard.access.nacm` decide; ``groups`` are those that
    it is in beside the configured ones, and ``rights`` the most that the credentials are good for.
    """

    name: str
    kind: Literal["admin", "thing", "user"]
    path: Path = Path.ROOT
    groups: frozenset[str] = frozenset()
    rights: frozenset[Right] = ALL
    where: str = field(default="", compare=False)
    """The address that the request comes from; empty for this machine."""

    def may_link(self, thing: str) -> bool:
        """Link as the Thing of that name."""
        return self.is_admin or (self.kind == "thing" and self.name == thing)

    @property
    def is_admin(self) -> bool:
        """Whether it may register Things and touch what no subtree bounds."""
        return self.kind == "admin"

    def demand(self, allowed: bool, what: str, path: Path = Path.ROOT) -> None:
        """Raise :class:`AccessDenied` unless ``allowed``; ``what`` as in "write"."""
        if not allowed:
            raise AccessDenied(
                Fault("access-denied", f"{self.name} may not {what} here", str(path), "protocol")
            )


ADMIN = Principal("admin", "admin")
