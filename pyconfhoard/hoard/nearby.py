"""What stands at many paths, found by another path: it may be asked for a hundred thousand of them, and know a thousand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

from pyconfhoard.tree import Path
from pyconfhoard.tree.path import Step

__all__ = ["Nearby"]

T = TypeVar("T")


class Nearby(Generic[T]):
    """Hashable things, each at some paths. Not for several threads at a time."""

    def __init__(self, placed: Iterable[tuple[Path, T]]) -> None:
        self._at: dict[Path, tuple[T, ...]] = {}
        self._below: dict[Path, tuple[T, ...]] = {}
        self._known: dict[Path, tuple[T, ...]] = {}
        for path, thing in placed:
            self._at[path] = (*self._at.get(path, ()), thing)
            for size in range(len(path) + 1):
                for above in _names(Path(path.steps[:size])):
                    self._below[above] = (*self._below.get(above, ()), thing)

    def met(self, path: Path) -> tuple[T, ...]:
        """The things at ``path``, at something above it, or below it, each once."""
        found = (*self._around(path), *self._below.get(path, ()))
        return tuple(dict.fromkeys(found)) if len(found) > 1 else found

    def _around(self, path: Path) -> tuple[T, ...]:
        found = tuple(thing for name in _names(path) for thing in self._at.get(name, ()))
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
