"""``load`` and ``save``: configuration from a file into what is pending, and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pyconfhoard.schema.nodes import Schema

from . import grammar
from .commands import MODES, CommandError, in_full
from .documents import read_file, write_file
from .editing import Editing
from .output import Output
from .showing import Showing

__all__ = ["Files"]


class Files:
    """``schema`` gives the present one, ``from_here`` a path from the top. Each command raises to fail."""

    def __init__(
        self,
        editing: Editing,
        showing: Showing,
        output: Output,
        schema: Callable[[], Schema],
        from_here: Callable[[Sequence[str]], list[str]],
    ) -> None:
        self._editing = editing
        self._showing = showing
        self._output = output
        self._schema = schema
        self._from_here = from_here

    def load(self, words: Sequence[str]) -> None:
        """``load merge|replace|override <file>``."""
        mode = in_full(words[0], MODES) if words else ""
        if len(words) != 2 or mode not in MODES:
            raise CommandError(f"usage: load {'|'.join(MODES)} <file>")
        data = read_file(self._schema(), words[1])
        editing = self._editing
        {"merge": editing.merge, "replace": editing.replace, "override": editing.override}[mode](data)
        self._output.write(editing.text() or "nothing is different")

    def save(self, words: Sequence[str]) -> None:
        """``save <file> [path]``."""
        if not words:
            raise CommandError("usage: save <file> [path]")
        place = grammar.walk(self._schema(), self._from_here(words[1:]), config=True)
        if place.rest:
            raise CommandError(f"{place.rest[0]!r} means nothing after {place.node.name}")
        data = self._showing.from_root(place, editing=True)
        if not data:
            raise CommandError("there is nothing to save")
        size = write_file(self._schema(), words[0], data)
        self._output.write(f"{words[0]}: {size} bytes.")
