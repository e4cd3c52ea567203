"""The access operations of RFC 8341 section 3.2, which here are called rights."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

__all__ = ["ALL", "READ_ONLY", "RIGHTS", "WRITES", "Right"]

Right: TypeAlias = Literal["create", "read", "update", "delete", "exec"]

RIGHTS: Final[tuple[Right, ...]] = ("create", "read", "update", "delete", "exec")
ALL: Final[frozenset[Right]] = frozenset(RIGHTS)
WRITES: Final[tuple[Right, ...]] = ("create", "update", "delete")
READ_ONLY: Final[frozenset[Right]] = frozenset({"read"})
