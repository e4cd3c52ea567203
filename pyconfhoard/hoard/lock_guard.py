"""Which of many locks a change meets, found by its path: a commit may change a hundred thousand nodes, and there may be a
thousand locks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pyconfhoard.tree import Path
from pyconfhoard.tree.path import Step

if TYPE_CHECKING:
    from pyconfhoard.hoard.locks import Lock

__all__ = ["Guard"]


class Guard:
    """Some locks of one datastore. Not for several threads at a time."""

    def __init__(self, locks: Iterable[Lock]) -> None:
        self._at: dict[Path, tuple[Lock, ...]] = {}
        self._below: dict[Path, tuple[Lock, ...]] = {}
        self._known: dict[Path, tuple[Lock, ...]] = {}
        for lock in locks:
            for path in lock.paths or (Path.ROOT,):
                self._at[path] = (*self._at.get(path, ()), lock)
                for size in range(len(path) + 1):
                    for above in _names(Path(path.steps[:size])):
                        self._below[above] = (*self._below.get(above, ()), lock)

    def met(self, path: Path) -> tuple[Lock, ...]:
        """Those that a change at ``path`` meets: they are of the node, of something above it, or below it."""
        found = (*self._around(path), *self._below.get(path, ()))
        return tuple(dict.fromkeys(found)) if len(found) > 1 else found

    def _around(self, path: Path) -> tuple[Lock, ...]:
        found = tuple(lock for name in _names(path) for lock in self._at.get(name, ()))
        if not path.steps:
            return found
        above = path.parent
        if above not in self._known:
            self._known[above] = self._around(above)
        return (*found, *self._known[above])


def _names(path: Path) -> tuple[Path, ...]:
    """A path, and, of an entry, that of the list as a whole, which holds it."""
    if not path.steps or path.last.key is None:
        return (path,)
    return (path, Path((*path.steps[:-1], Step(path.last.name))))
