"""What access control tells of itself as state: how much it has denied (RFC 8341 section 3.4.1)."""

from __future__ import annotations

from pyconfhoard.access.nacm import MODULE, Counters
from pyconfhoard.schema.nodes import Inner
from pyconfhoard.tree import Branch

__all__ = ["AccessState"]

_NACM = f"{MODULE}:nacm"


class AccessState:
    """Laid beside other state, anew when either has changed."""

    def __init__(self) -> None:
        self._told: Branch | None = None
        self._counted: tuple[int, int, int] | None = None
        self._both: Branch | None = None

    def over(self, told: Branch, counters: Counters) -> Branch:
        """``told`` with the counters in it."""
        node = told.schema.children.get(_NACM)
        if not isinstance(node, Inner):
            return told
        counted = (counters.denied_operations, counters.denied_data_writes, counters.denied_notifications)
        if self._both is None or told is not self._told or counted != self._counted:
            names = ("denied-operations", "denied-data-writes", "denied-notifications")
            members = dict(zip(names, counted, strict=True))
            self._both = Branch(
                told.schema,
                {**told.members, _NACM: Branch(node, members)},
                told.revision,
                {**told.meta},
            )
            self._told, self._counted = told, counted
        return self._both
