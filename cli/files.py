"""``load`` and ``save``: configuration from a file into what is pending, and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pyconfhoard.schema.nodes import List, Schema
from pyconfhoard.tree import api_path

from . import grammar
from .commands import MODES, CommandError, in_full
from .documents import read_file, read_part, write_file
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
        """``load merge|replace|override <file> [path]``."""
        mode = in_full(words[0], MODES) if words else ""
        if len(words) < 2 or mode not in MODES:
            raise CommandError(f"usage: load {'|'.join(MODES)} <file> [path]")
        if len(words) > 2:
            self._load_part(mode, words[1], self._place(words[2:]))
        else:
            data = read_file(self._schema(), words[1])
            editing = self._editing
            {"merge": editing.merge, "replace": editing.replace, "override": editing.override}[mode](data)
        self._output.write(self._editing.text() or "nothing is different")

    def _load_part(self, mode: str, name: str, place: grammar.Place) -> None:
        """What a file has at a place. To replace it, entries on the way that are missing are made first."""
        if mode == "override":
            raise CommandError("override takes the place of everything: for a part it is replace")
        node, schema = place.node, self._schema()
        whole = isinstance(node, List) and place.at_list
        if place.inside_keys or (whole and mode == "replace"):
            raise CommandError(f"{node.name} is a list: name one entry, or what it is in")
        value = read_part(schema, name, node, place.path)
        self._editing.merge(grammar.document(schema, place.path, value))
        if mode == "replace":
            self._editing.put(
                api_path(schema, place.path), {node.qname: [value] if isinstance(node, List) else value}
            )

    def _place(self, words: Sequence[str]) -> grammar.Place:
        place = grammar.walk(self._schema(), self._from_here(words), config=True)
        if place.rest:
            raise CommandError(f"{place.rest[0]!r} means nothing after {place.node.name}")
        return place

    def save(self, words: Sequence[str]) -> None:
        """``save <file> [path]``."""
        if not words:
            raise CommandError("usage: save <file> [path]")
        place = self._place(words[1:])
        data = self._showing.from_root(place, editing=True)
        if not data:
            raise CommandError("there is nothing to save")
        size = write_file(self._schema(), words[0], data)
        self._output.write(f"{words[0]}: {size} bytes.")
