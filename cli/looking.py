"""``show``, ``compare``, ``blame`` and ``changes``: a text, through what stands behind its bars, to the output."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from pyconfhoard.schema.nodes import Inner, Schema
from pyconfhoard.schema.types.base import Json

from . import grammar
from .commands import SHOWN, CommandError, in_full
from .editing import Editing
from .output import Output
from .past import Past
from .pipes import Pipes, read_pipes
from .showing import Showing

__all__ = ["Looking"]


class Looking:
    """``schema`` gives the present one, ``from_here`` a path from the top; ``bars``, as an argument, which words of a
    command are a ``|`` that is not quoted. Each command raises to fail."""

    def __init__(
        self,
        editing: Editing,
        past: Past,
        showing: Showing,
        output: Output,
        schema: Callable[[], Schema],
        from_here: Callable[[Sequence[str]], list[str]],
    ) -> None:
        self._editing = editing
        self._past = past
        self._showing = showing
        self._output = output
        self._schema = schema
        self._from_here = from_here

    def show(self, words: Sequence[str], bars: Sequence[bool], *, editing: bool) -> None:
        """``show [path]``, ``show history``, ``show revision``; ``editing``: configuration with what is pending."""
        words, pipes = read_pipes(words, bars)
        keyword = self._keyword(words)
        if keyword in SHOWN:
            told = self._past.history if keyword == "history" else self._past.revision
            self._write(told(words[1:]), pipes)
            return
        place = grammar.walk(self._schema(), self._from_here(words), config=editing)
        if place.rest:
            raise CommandError(
                f"{place.rest[0]!r} is one word too many: {grammar.describe(place.node)} ends here"
            )
        self._page(self._showing.text(place, pipes.form, editing), pipes)

    def compare(self, words: Sequence[str], bars: Sequence[bool]) -> None:
        """``compare [<revision> [<revision>]]``."""
        words, pipes = read_pipes(words, bars)
        if not words and not self._editing.active:
            raise CommandError("usage: compare <revision> [<revision>]; show history lists them")
        self._write(self._past.compare(words), pipes)

    def blame(self, words: Sequence[str], bars: Sequence[bool]) -> None:
        """``blame [path]``."""
        words, pipes = read_pipes(words, bars)
        place = grammar.walk(self._schema(), self._from_here(words), config=True)
        if place.rest or place.inside_keys:
            raise CommandError("usage: blame [path]; it takes a path, not a value")
        self._write(self._past.blame(str(place.path)), pipes)

    def changes(self) -> None:
        """``changes``."""
        pending = self._editing.changes()
        for change in pending:
            self._output.write(_change_line(change))
        if not pending:
            self._output.write("nothing is pending")

    def _keyword(self, words: Sequence[str]) -> str:
        """What ``show`` is to show beside data: the first word in full, unless a node has this name."""
        here = grammar.walk(self._schema(), self._from_here(()), config=False).node
        if not words or (isinstance(here, Inner) and words[0] in grammar.named_children(here, config=False)):
            return words[0] if words[:1] and words[0] in SHOWN else ""
        return in_full(words[0], SHOWN)

    def _write(self, text: str, pipes: Pipes) -> None:
        """A text that has no other form."""
        if pipes.form:
            raise CommandError(f"| {pipes.form} is for data; possible here: | match <text>, | count, ...")
        self._page(text, pipes)

    def _page(self, text: str, pipes: Pipes) -> None:
        (self._output.page if pipes.paged else self._output.write)(pipes.of(text))


def _change_line(change: Json) -> str:
    old, new = change.get("old"), change.get("new")
    sign = {"created": "+", "deleted": "-", "moved": "~", "modified": "~"}[change["kind"]]
    before, after = (json.dumps(value, ensure_ascii=False) for value in (old, new))
    values = {"created": f" {after}", "modified": f" {before} -> {after}"}
    return f"  {sign} {change['path']}{values.get(change['kind'], '')}"
