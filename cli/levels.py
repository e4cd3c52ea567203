"""Where in the configuration one is: ``edit`` goes down, and paths begin there; ``up``, ``top`` and ``exit`` go back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from pyconfhoard.schema.nodes import AnyData, Leaf, LeafList, List, Schema

from . import grammar
from .commands import CommandError
from .words import quote

__all__ = ["Levels"]

_COUNT: Final = re.compile(r"[0-9]{1,9}")
"""Digits without end are no number of levels, and slow to read, or not read at all."""


class Levels:
    """``here`` are the words of the present level, none at the top."""

    def __init__(self) -> None:
        self._stack: list[tuple[str, ...]] = [()]

    @property
    def here(self) -> tuple[str, ...]:
        """The words that paths begin with."""
        return self._stack[-1]

    @property
    def banner(self) -> str:
        """``[edit brewhouse power]``."""
        return f"[{' '.join(['edit', *map(quote, self.here)])}]"

    def clear(self) -> None:
        """``top``."""
        self._stack = [()]

    def down(self, schema: Schema, words: Sequence[str]) -> None:
        """``edit <path>``. Raises :class:`~cli.grammar.GrammarError`, and :class:`CommandError` where nothing can stand below."""
        there = (*self.here, *words)
        place = grammar.walk(schema, there, config=True)
        if not words or isinstance(place.node, Leaf | LeafList | AnyData) or _unnamed(place):
            raise CommandError("usage: edit <path>: of a container, or of a list with its keys")
        self._stack.append(there)

    def up(self, schema: Schema, words: Sequence[str]) -> None:
        """``up [<levels>]``: of the model, a list with its keys is one."""
        if len(words) > 1 or (words and not _COUNT.fullmatch(words[0])):
            raise CommandError("usage: up [<levels>]")
        here = self.here
        for _ in range(min(int(words[0]) if words else 1, len(here))):
            here = here[:-1]
            while _unnamed(grammar.walk(schema, here, config=True)):
                here = here[:-1]
        self._stack = [*(one for one in self._stack if len(one) < len(here)), here]

    @contextmanager
    def from_top(self) -> Iterator[None]:
        """``top <command>``: there for so long."""
        before = self._stack
        self._stack = [()]
        try:
            yield
        finally:
            self._stack = before

    def back(self) -> bool:
        """``exit``: to where ``edit`` was said; False where one is at the top."""
        if not self.here:
            return False
        self._stack.pop()
        return True


def _unnamed(place: grammar.Place) -> bool:
    return isinstance(place.node, List) and (place.at_list or place.inside_keys)
