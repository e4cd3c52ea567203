"""What may come next on a line: what Tab completes, and ``?`` tells."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from pyconfhoard.schema.nodes import List, Schema
from pyconfhoard.schema.types.base import Json
from pyconfhoard.tree import Path, api_path

from . import grammar
from .client import Client, RemoteError, Unreachable
from .commands import FORMS, PIPES, Command, CommandError, Mode, commands_of, find, in_full
from .documents import files_at
from .editing import Editing, Expired
from .past import Past
from .values import takes
from .words import Word, split

__all__ = ["Completion", "entries", "is_bar", "key_text"]

_MAKE: Final = frozenset({"set", "create"})
"""Commands whose keys and values may be new ones."""


class Completion:
    """``schema`` and ``mode`` give what they are at that moment, ``from_here`` a path from the top.

    Nothing here raises: no hoard, no words."""

    def __init__(
        self,
        client: Client,
        editing: Editing,
        past: Past,
        schema: Callable[[], Schema],
        mode: Callable[[], Mode],
        from_here: Callable[[Sequence[str]], list[str]],
    ) -> None:
        self._client = client
        self._editing = editing
        self._past = past
        self._schema = schema
        self._mode = mode
        self._from_here = from_here

    def complete(self, line: str, *, but: Collection[str] = ()) -> tuple[str, list[grammar.Candidate]]:
        """The last, unfinished word of ``line`` and what it may become; ``but`` are commands that may not be there."""
        prefix, typed, bars = _parts(line)
        try:
            found = [one for one in self._next(typed, prefix, bars) if one.word.startswith(prefix)]
        except (CommandError, RemoteError, Unreachable, Expired):
            found = []
        return prefix, found if typed else [one for one in found if one.word not in but]

    def possible(self, line: str, *, but: Collection[str] = ()) -> str:
        """The same for a person to read, each word with its note; else why nothing can follow, or what kind of value."""
        prefix, found = self.complete(line, but=but)
        _, typed, bars = _parts(line)
        if found:
            width = max(len(one.word) for one in found)
            listed = [f"  {one.word:<{width}}  {one.note}".rstrip() for one in found]
            return "\n".join([*self._wanted(typed), *listed])
        try:
            command = find(typed[0], self._mode()) if typed else find(prefix, self._mode())
            if bars or command.completes not in {"state", "config", "value"}:
                return f"  {command.usage}"
            hints = [*self._wanted(typed)]
            return hints[0] if hints else self._hint(command, [*typed[1:], prefix] if prefix else typed[1:])
        except (CommandError, grammar.GrammarError, Unreachable, RemoteError) as error:
            return f"  {error}"

    def _hint(self, command: Command, words: list[str]) -> str:
        place = grammar.walk(self._schema(), self._path(command, words), config=command.completes != "state")
        return f"  {grammar.describe(place.node)} ends here: Enter"

    def _wanted(self, typed: Sequence[str]) -> Iterator[str]:
        """What kind of value comes next, in a line of its own; nothing where none does, or the words mean nothing."""
        with contextlib.suppress(CommandError, grammar.GrammarError, Unreachable, RemoteError):
            if not typed or (command := find(typed[0], self._mode())).name not in _MAKE:
                return
            place = grammar.walk(self._schema(), self._path(command, typed[1:]), config=True)
            leaf = grammar.next_leaf(place)
            if leaf is not None and (isinstance(place.node, List) or command.name == "set"):
                yield f"  {takes(leaf)}  {grammar.note(leaf)}".rstrip()

    def _next(self, typed: list[str], prefix: str, bars: list[int]) -> Iterable[grammar.Candidate]:
        if not typed:
            return [grammar.Candidate(one.name, one.help) for one in commands_of(self._mode(), alone=True)]
        command = find(typed[0], self._mode())
        if not bars:
            return self._following(command, typed[1:], prefix)
        if bars[-1] == len(typed) - 1:
            return _noted(PIPES)
        if bars[-1] == len(typed) - 2 and in_full(typed[-1], PIPES) == "display":
            return _noted(FORMS)
        return ()

    def _following(self, command: Command, typed: list[str], prefix: str) -> Iterator[grammar.Candidate]:
        """What may come behind ``typed``, which stands behind a command."""
        words = dict(command.words or {})
        match command.completes:
            case "state" | "config" | "value":
                if typed[:1] == ["revision"] and "revision" in words:
                    yield from self._past.known() if len(typed) == 1 else ()
                elif typed[:1] != ["history"] or "history" not in words:
                    yield from _noted(words) if not typed else ()
                    yield from self._paths(command, typed, prefix)
            case "commit":
                if not typed or typed[-1] not in {"comment", "label"}:
                    again = {"check"} if typed else set()
                    yield from _noted(
                        {name: note for name, note in words.items() if name not in {*typed, *again}}
                    )
            case "load":
                if len(typed) > 1:
                    yield from self._paths(command, typed[2:], prefix)
                else:
                    yield from _noted(words) if not typed else _files(prefix, typed)
            case "file":
                if typed:
                    yield from self._paths(command, typed[1:], prefix)
                else:
                    yield from _files(prefix, [""])
            case "run":
                if typed:
                    yield from self._following(find("show", Mode.OPERATIONAL), typed[1:], prefix)
                else:
                    yield grammar.Candidate("show", command.help)
            case "revision":
                yield from self._past.known() if not typed else ()
            case "revisions":
                if len(typed) < 2:
                    yield from self._past.known()
                    yield from _noted(words)
            case "":
                yield from _noted(words) if not typed else ()
                if command.name == "help" and not typed:
                    yield from (
                        grammar.Candidate(each.name, each.help)
                        for each in commands_of(self._mode(), alone=True)
                    )

    def _path(self, command: Command, words: Sequence[str]) -> list[str]:
        return [*words] if command.completes == "state" else self._from_here(words)

    def _paths(self, command: Command, typed: list[str], prefix: str) -> Iterable[grammar.Candidate]:
        return grammar.complete(
            self._schema(),
            self._path(command, typed),
            prefix,
            config=command.completes != "state",
            values=command.completes == "value",
            keys=self._keys,
        )

    def _keys(self, path: Path, node: List) -> Iterable[tuple[str, ...]]:
        there = api_path(self._schema(), path.parent)
        data = self._editing.config(there, quiet=True) if node.config else self._client.state(there)
        for entry in entries(data, path.parent, node):
            yield tuple(key_text(entry.get(key)) for key in node.keys)


def _parts(line: str) -> tuple[str, list[str], list[int]]:
    """The word that is being typed, those before it, and which of these are a bar."""
    words = split(line, partial=True)
    fresh = not words or (words[-1].closed and words[-1].end < len(line))
    before = words if fresh else words[:-1]
    bars = [at for at, word in enumerate(before) if at and is_bar(line, word)]
    return "" if fresh else words[-1].text, [word.text for word in before], bars


def is_bar(line: str, word: Word) -> bool:
    """Whether a word of a line is a ``|`` that is not quoted."""
    return line[word.start : word.end] == "|"


def entries(data: Json, path: Path, node: List) -> list[Json]:
    """The entries of a list, in the data of its parent at ``path``."""
    inner = data or {}
    if path.steps:
        inner = next(iter(inner.values()), {})
        inner = inner[0] if isinstance(inner, list) else inner
    return inner.get(node.member) or inner.get(node.qname) or []


def key_text(raw: Json) -> str:
    """A key's RFC 7951 value as its lexical form."""
    if raw is None:
        return ""
    return raw if isinstance(raw, str) else json.dumps(raw)


def _noted(words: Mapping[str, str]) -> list[grammar.Candidate]:
    return [grammar.Candidate(word, note) for word, note in words.items()]


def _files(prefix: str, typed: Sequence[str]) -> list[grammar.Candidate]:
    return [grammar.Candidate(name) for name in files_at(prefix)] if len(typed) == 1 else []
