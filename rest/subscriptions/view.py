"""What one subscriber may see of a hoard: its datastores as trees, without what access rules hide, and its notifications."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyconfhoard.access import Principal
from pyconfhoard.hoard.notices import Notice, Notices
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.tree import Branch, Path

from ..source import overlaid
from ..streams.access import seen

__all__ = ["Moment", "Viewer"]


@dataclass(frozen=True, slots=True)
class Moment:
    """A datastore at one moment: its configuration and its state, which is None where it has none."""

    config: Branch
    state: Branch | None

    def tree(self, part: Callable[[Branch], Branch] = lambda root: root) -> Branch:
        """Both as one tree; ``part`` takes what is wanted of each first."""
        config = part(self.config)
        if self.state is None:
            return config
        tree: Branch = overlaid(config, part(self.state))
        return tree


class Viewer:
    """A subscriber's sight. ``operational`` gives the whole state, that of the server included."""

    def __init__(self, notices: Notices, principal: Principal, operational: Callable[[], Branch]) -> None:
        self.notices = notices
        self.hoard = notices.hoard
        self.principal = principal
        self._operational = operational

    @property
    def schema(self) -> Schema:
        return self.hoard.schema

    def now(self) -> datetime:
        return self.hoard.now()

    def seen(self, notice: Notice) -> Notice | None:
        """What of a notification may be told; None for nothing."""
        return seen(self.hoard.access(self.principal), notice)

    def readable(self, root: Branch) -> Branch:
        """A tree without what may not be read."""
        access = self.hoard.access(self.principal)
        if access.unrestricted:
            return root
        found: Any = access.readable(root.schema, root, Path.ROOT)
        return found if isinstance(found, Branch) else Branch(root.schema, {})

    def now_in(self, datastore: str) -> Moment:
        """A datastore as it is, with what the server tells of itself."""
        state = self._operational() if datastore == "ietf-datastores:operational" else None
        return Moment(self.hoard.running, state)

    def published_in(self, datastore: str) -> Moment:
        """A datastore as it is, as far as its changes are known: without the server's own state."""
        state = self.hoard.operational if datastore == "ietf-datastores:operational" else None
        return Moment(self.hoard.running, state)
