"""Outgoing notifications: checked against the model in the Thing itself, held until the hoard has them.

They go in their order, each once for every link that was made before the hoard acknowledged it: one may arrive twice, and
none is lost as long as no more than :data:`HELD` wait. Beyond that the oldest go, and are counted.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final

from pyconfhoard.errors import BadInput, Fault, NotFound
from pyconfhoard.schema.nodes import Inner, List, Notification, Schema
from pyconfhoard.thing.clock import Clock
from pyconfhoard.thing.config_view import resolve
from pyconfhoard.thing.plain import to_model
from pyconfhoard.tree import Path, Step, decode, nearest, node_at

__all__ = ["HELD", "Notifier"]

HELD: Final = 256
"""Notifications held while the hoard is away."""


class Notifier:
    """Where a Thing's notifications go. Safe between threads; it does no I/O. ``wake`` is called when there is something
    to send; ``module`` is that of names without one."""

    def __init__(self, model: Callable[[], tuple[Schema, Path]], module: str, clock: Clock) -> None:
        self.wake: Callable[[], None] = lambda: None
        self.dropped = 0
        """How many were lost because the hoard was away for too long."""
        self._model = model
        self._module = module
        self._clock = clock
        self._lock = threading.Lock()
        self._held: deque[dict[str, Any]] = deque()
        self._sent = 0
        self._seq = 0

    def send(self, name: str, data: Mapping[str, Any] | None = None, at: str = "") -> None:
        """Leave a notification to be sent. ``at`` is the path, below what the Thing owns, of the node that it is about, where
        it is defined in one. ``data`` is plain Python.

        Raises :class:`NotFound` where the model has no such notification, :class:`BadInput` for values that it cannot hold.
        """
        schema, base = self._model()
        node, place = self._find(schema, base, name, at)
        members = to_model(node, dict(data or {}), f"/{name}")
        decode(node, members, place / Step(node.member), content="all")
        with self._lock:
            self._seq += 1
            message: dict[str, Any] = {
                "type": "notification",
                "seq": self._seq,
                "name": node.qname if not place.steps else node.member,
                "data": members,
                "time": self._clock.now().isoformat(),
            }
            if place.steps:
                message["at"] = str(place)
            self._held.append(message)
            if len(self._held) > HELD:
                self._held.popleft()
                self._sent = max(0, self._sent - 1)
                self.dropped += 1
        self.wake()

    def _find(self, schema: Schema, base: Path, name: str, at: str) -> tuple[Notification, Path]:
        """The notification and the instance that it is about: what the Thing owns, or the root."""
        place = resolve(schema, base, at) if at else base
        if not place.within(base):
            raise BadInput(Fault("access-denied", f"not below {base}, which this Thing owns", str(place)))
        holder = node_at(schema, place)
        inside = holder.notifications if isinstance(holder, Inner) else {}
        found = inside.get(name) or inside.get(name.removeprefix(f"{holder.module}:"))
        if found is not None:
            if isinstance(holder, List) and place.last.key is None:
                raise BadInput(Fault("missing-element", "name the entry that it is about", str(place)))
            return found, place
        known = inside if at else schema.notifications
        qualified = name if ":" in name else f"{self._module}:{name}"
        found = None if at else schema.notifications.get(qualified)
        if found is None:
            near = nearest(name if at else qualified, known)
            message = f"the model has no notification {name!r}{f' in {place}' if at else ''}"
            raise NotFound(Fault("unknown-element", message, value=name, legal=near))
        return found, Path.ROOT

    def linked(self) -> None:
        """A new link: all that was not acknowledged goes again."""
        with self._lock:
            self._sent = 0

    def take(self) -> list[dict[str, Any]]:
        """Messages that this link has not been given yet."""
        with self._lock:
            fresh = list(self._held)[self._sent :]
            self._sent = len(self._held)
        return fresh

    def seen(self, seq: int) -> None:
        """The hoard has those up to ``seq``."""
        with self._lock:
            while self._held and self._held[0]["seq"] <= seq:
                self._held.popleft()
                self._sent = max(0, self._sent - 1)
