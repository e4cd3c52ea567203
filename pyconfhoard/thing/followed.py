"""What a Thing reads besides its own: followed configuration and readings, each with quality and time.

A reading is as good as the link that brought it: when the hoard has been away for longer than three
heartbeats, what was good (or simulated) reads as ``stale``. Configuration does not age: a Thing works
on with the last that it knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.schema.nodes import Inner
from pyconfhoard.thing.clock import Clock
from pyconfhoard.thing.config_view import ConfigView, absolute, resolve
from pyconfhoard.thing.replica import Replica
from pyconfhoard.tree import Branch, Path, get, node_at

__all__ = ["Followed", "Follows"]


@dataclass(frozen=True, slots=True)
class Followed:
    """``value`` as in a :class:`ConfigView`; ``quality`` is ``missing`` when there is none.

    ``time``: when a reading was taken (None for configuration); ``age``: seconds since then.
    """

    path: str
    value: Any
    quality: str
    time: datetime | None = None
    age: float | None = None

    @property
    def good(self) -> bool:
        return self.quality == "good"


class Follows(Mapping[str, Followed]):
    """By path: the followed ones and everything below them."""

    def __init__(
        self, replica: Callable[[], Replica], module: str, stale: Callable[[], bool], clock: Clock
    ) -> None:
        self._replica = replica
        self._module = module
        self._stale = stale
        self._clock = clock

    def __iter__(self) -> Iterator[str]:
        return (str(path) for path in self._replica().follows)

    def __len__(self) -> int:
        return len(self._replica().follows)

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self._covered(self._path(path))

    def __getitem__(self, text: str) -> Followed:
        replica = self._replica()
        path = self._path(text)
        if not self._covered(path):
            raise BadInput(
                Fault(
                    "access-denied",
                    "not followed: name it, or a node above it, in the Thing's 'follows'",
                    path=str(path),
                    legal=tuple(self),
                )
            )
        node = node_at(replica.schema, path)
        root = replica.root if node.config else replica.operational
        value = ConfigView(replica.schema, root, Path.ROOT)[str(path)]
        if isinstance(node, Inner) or node.config:
            return Followed(str(path), value, "missing" if value is None else "good")
        return self._reading(path, value, replica.operational)

    def _reading(self, path: Path, value: Any, root: Branch) -> Followed:
        branch = get(root, path.parent)
        notes = branch.meta.get(path.steps[-1].name) if isinstance(branch, Branch) else None
        if isinstance(notes, list):
            notes = notes[0] if notes else None
        notes = notes or {}
        quality = str(notes.get("pyconfhoard:quality", "good"))
        time = _moment(notes.get("pyconfhoard:time"))
        if value is None:
            quality = "missing" if quality in {"good", "simulated"} else quality
        elif quality in {"good", "simulated"} and self._stale():
            quality = "stale"
        age = None if time is None else max(0.0, (self._clock.now() - time).total_seconds())
        return Followed(str(path), value, quality, time, age)

    def _path(self, text: str) -> Path:
        return resolve(self._replica().schema, Path.ROOT, absolute(self._module, text))

    def _covered(self, path: Path) -> bool:
        return any(path.within(root) for root in self._replica().follows)


def _moment(text: object) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
