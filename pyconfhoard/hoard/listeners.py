"""Those who are told of news, in the order in which they came."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Generic, TypeVar

__all__ = ["Listeners"]

T = TypeVar("T")


class Listeners(Generic[T]):
    """Callbacks, each of which gets all news."""

    def __init__(self) -> None:
        self._all: list[Callable[[T], None]] = []

    def __len__(self) -> int:
        return len(self._all)

    def add(self, callback: Callable[[T], None]) -> Callable[[], None]:
        """Tell ``callback`` from now on; call the result to end that."""
        self._all.append(callback)

        def end() -> None:
            if callback in self._all:
                self._all.remove(callback)

        return end

    def tell(self, news: T) -> None:
        """Tell all of them; what one raises is raised in the end."""
        with ExitStack() as stack:
            for callback in reversed(self._all):
                stack.callback(callback, news)
