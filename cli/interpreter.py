"""The command line without a terminal: one line in, text out, in one of two modes.

A table names the commands of each mode; a command is a small method that prints through
:class:`Output` and raises to fail. So the same interpreter serves the terminal, a pipe, ``-c`` and the tests.

The words of the answers are those of the routers: a result, a blank line, ``[ok][time]`` or ``[error][time]``,
and ``[edit]`` where the configuration is being edited.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol

from pyconfhoard.schema.nodes import AnyData, Container, DataNode, Inner, Leaf, LeafList, List, Schema
from pyconfhoard.schema.types.base import Json, Value
from pyconfhoard.tree import Path, api_path
from pyconfhoard.tree.path import value_text

from . import grammar
from .client import Client, Expired, RemoteError, Unreachable
from .words import UnbalancedQuote, split

__all__ = ["COMMANDS", "Command", "Interpreter", "Mode", "Output"]


_DISCARDED: Final = "Pending changes discarded."
_QUALITY: Final = "pyconfhoard:quality"


class Mode(Enum):
    """The prompt's last character."""

    OPERATIONAL = ">"
    CONFIGURATION = "%"


class Output(Protocol):
    """Where answers go, and who is asked."""

    def write(self, text: str) -> None:
        """One piece of text, a line end added."""

    def confirm(self, question: str) -> bool | None:
        """Ask; None where nobody can answer (a pipe)."""


class CommandError(ValueError):
    """A command that is used wrongly; the message says how to use it."""


@dataclass(frozen=True, slots=True)
class Command:
    """One row of the table. ``path`` says which words complete: "" none, "any" all, "config" configuration only."""

    name: str
    mode: Mode
    usage: str
    help: str
    path: str = ""
    values: bool = False
    aliases: tuple[str, ...] = ()


COMMANDS: Final = (
    Command("show", Mode.OPERATIONAL, "show [path]", "operational data: what the Things report", path="any"),
    Command("configure", Mode.OPERATIONAL, "configure", "edit the configuration, privately until commit", aliases=("conf",)),
    Command("help", Mode.OPERATIONAL, "help", "this list"),
    Command("exit", Mode.OPERATIONAL, "exit", "leave", aliases=("quit",)),
    Command("show", Mode.CONFIGURATION, "show [path]", "the configuration with what is pending", path="config"),
    Command("set", Mode.CONFIGURATION, "set <path> <value>", "set a leaf, add to a leaf-list, or make an entry",
            path="config", values=True),
    Command("create", Mode.CONFIGURATION, "create <list> <key>", "make a list entry or a presence container", path="config"),
    Command("delete", Mode.CONFIGURATION, "delete <path>", "delete a node and all below it", path="config", values=True),
    Command("changes", Mode.CONFIGURATION, "changes", "what is pending"),
    Command("validate", Mode.CONFIGURATION, "validate", "check what is pending against the model"),
    Command("commit", Mode.CONFIGURATION, "commit [comment <text>]", "make what is pending the running configuration"),
    Command("discard", Mode.CONFIGURATION, "discard", "forget what is pending"),
    Command("help", Mode.CONFIGURATION, "help", "this list"),
    Command("exit", Mode.CONFIGURATION, "exit", "back to operational mode", aliases=("quit",)),
)  # fmt: skip


class Interpreter:
    """``clock`` gives seconds since the epoch for the answer's last line."""

    def __init__(
        self, client: Client, output: Output, user: str, *, clock: Callable[[], float] = time.time
    ) -> None:
        self.client = client
        self.mode = Mode.OPERATIONAL
        self._output = output
        self._user = user
        self._clock = clock
        self._schema: Schema | None = None
        self._run: dict[str, Callable[[list[str]], bool]] = {
            "show": self._show,
            "configure": self._configure,
            "set": self._set,
            "create": self._create,
            "delete": self._delete,
            "changes": self._changes,
            "validate": self._validate,
            "commit": self._commit,
            "discard": self._discard,
            "help": self._help,
            "exit": self._exit,
        }

    @property
    def schema(self) -> Schema:
        """The hoard's schema, asked for once."""
        if self._schema is None:
            self._schema = self.client.schema()
        return self._schema

    @property
    def prompt(self) -> str:
        """``user@host> `` or ``user@host% ``."""
        host = "localhost" if self.client.host in {"127.0.0.1", "::1"} else self.client.host
        return f"{self._user}@{host}{self.mode.value} "

    def run(self, line: str) -> bool | None:
        """Run one line. True: it worked; False: it did not, and said why; None: leave."""
        try:
            words = [word.text for word in split(line)]
            if not words or words[0].startswith("#"):
                return True
            command = self._find(words[0])
            leave = command.name == "exit" and self.mode is Mode.OPERATIONAL
            self._run[command.name](words[1:])
        except (
            UnbalancedQuote,
            CommandError,
            grammar.GrammarError,
            RemoteError,
            Unreachable,
            Expired,
        ) as error:
            self._failed(str(error))
            if isinstance(error, Expired):
                self.mode = Mode.OPERATIONAL
            return False
        return None if leave else True

    def end(self) -> None:
        """The input is at its end. What is pending goes, and that is said; a hoard that is gone has nothing pending."""
        with contextlib.suppress(RemoteError, Unreachable, Expired):
            if self.client.changes():
                self._output.write(_DISCARDED)

    def commands(self) -> list[Command]:
        """Those of the present mode."""
        return [command for command in COMMANDS if command.mode is self.mode]

    def complete(self, line: str) -> tuple[str, list[grammar.Candidate]]:
        """The last, unfinished word of ``line`` and what it may become. Never raises; no hoard, no words."""
        words = split(line, partial=True)
        fresh = not words or (words[-1].closed and words[-1].end < len(line))
        typed, prefix = (
            ([w.text for w in words], "") if fresh else ([w.text for w in words[:-1]], words[-1].text)
        )
        if not typed:
            return prefix, [
                grammar.Candidate(command.name, command.help)
                for command in self.commands()
                if command.name.startswith(prefix)
            ]
        try:
            command = self._find(typed[0])
            if not command.path:
                return prefix, []
            return prefix, grammar.complete(
                self.schema,
                typed[1:],
                prefix,
                config=command.path == "config",
                values=command.values,
                keys=self._keys,
            )
        except (CommandError, RemoteError, Unreachable, Expired):
            return prefix, []

    def _keys(self, path: Path, node: List) -> Iterable[tuple[str, ...]]:
        there = api_path(self.schema, path.parent)
        data = self.client.config(there) if node.config else self.client.state(there)
        for entry in _entries(data, path.parent, node):
            yield tuple(_text(entry.get(key)) for key in node.keys)

    def _find(self, word: str) -> Command:
        commands = self.commands()
        exact = [c for c in commands if word == c.name or word in c.aliases]
        near = exact or [c for c in commands if c.name.startswith(word)]
        if len(near) == 1:
            return near[0]
        names = ", ".join(c.name for c in (near or commands))
        if near:
            raise CommandError(f"{word!r} could be: {names}")
        other = next((c for c in COMMANDS if word == c.name), None)
        if other is not None:
            way = "conf enters it" if other.mode is Mode.CONFIGURATION else "exit leaves this one"
            raise CommandError(f"{word} belongs to {other.mode.name.lower()} mode: {way}")
        raise CommandError(f"unknown command {word!r}; possible here: {names}")

    # Commands: each prints its result or raises.

    def _show(self, words: list[str]) -> bool:
        editing = self.mode is Mode.CONFIGURATION
        place = grammar.walk(self.schema, words, config=editing)
        if place.rest:
            raise CommandError(
                f"{place.rest[0]!r} is one word too many: {grammar.describe(place.node)} ends here"
            )
        self._output.write(
            json.dumps(self._fetch(place, editing), indent=4, sort_keys=True, ensure_ascii=False)
        )
        return self._ok()

    def _fetch(self, place: grammar.Place, editing: bool) -> Json:
        """The data at a place. The list as a whole and a half-named entry are cut out of their parent."""
        whole_list = (
            isinstance(place.node, List) and bool(place.node.keys) and (place.at_list or place.inside_keys)
        )
        path = place.path.parent if whole_list else place.path
        where = api_path(self.schema, path)
        try:
            data = self.client.config(where) if editing else self.client.state(where)
        except RemoteError as error:
            if error.status != 404:
                raise
            data = None
        if data is None:
            return {}
        if whole_list and isinstance(place.node, List):
            wanted = [
                entry
                for entry in _entries(data, path, place.node)
                if all(
                    _text(entry.get(name)) == value_text(key)
                    for name, key in zip(place.node.keys, place.keys, strict=False)
                )
            ]
            data = {place.node.name: wanted} if wanted else {}
        return grammar.plain_names(_without_notes(data))

    def _configure(self, words: list[str]) -> bool:
        if words not in ([], ["private"]):
            raise CommandError("usage: configure")
        self.client.begin()
        self.mode = Mode.CONFIGURATION
        self._output.write("Entering configuration mode private")
        return self._ok(edit=True)

    def _set(self, words: list[str]) -> bool:
        place = self._target(words, "set <path> <value>")
        node = place.node
        value: Json
        if isinstance(node, Leaf | LeafList):
            if isinstance(node, Leaf) and node.is_key:
                raise CommandError(
                    f"{node.name} is the key of its entry and cannot be changed: create another, delete this one"
                )
            value = grammar.leaf_json(node, place.rest)
        elif place.rest:
            raise CommandError(f"{place.rest[0]!r} means nothing after {node.name}")
        else:
            return self._make(place)
        self.client.merge(grammar.document(self.schema, place.path, value))
        return True

    def _create(self, words: list[str]) -> bool:
        place = self._target(words, "create <list> <key>")
        if not isinstance(place.node, List | Container) or place.rest:
            raise CommandError(
                f"{place.node.name} is {grammar.describe(place.node)}: create makes list entries; use set"
            )
        return self._make(place)

    def _make(self, place: grammar.Place) -> bool:
        node = place.node
        if isinstance(node, List) and (place.at_list or place.inside_keys):
            missing = ", ".join(node.keys[len(place.keys) :])
            raise CommandError(f"{node.name} is a list: name its entry by {missing}")
        if isinstance(node, Container) and not node.presence:
            raise CommandError(f"{node.name} is a container: set a leaf in it ({_some(node)})")
        if isinstance(node, AnyData):
            raise CommandError(f"{node.name} is anydata: it has no form on a command line")
        self.client.merge(grammar.document(self.schema, place.path, {}))
        return True

    def _delete(self, words: list[str]) -> bool:
        place = self._target(words, "delete <path>")
        if place.inside_keys:
            missing = ", ".join(place.node.keys[len(place.keys) :]) if isinstance(place.node, List) else ""
            raise CommandError(f"{place.node.name} also wants its key {missing}")
        paths = [place.path]
        if isinstance(place.node, LeafList) and place.rest:
            kind = place.node.type
            values: list[Value] = [grammar.parse_value(kind, word, place.node) for word in place.rest]
            paths = [place.path.parent.child(place.node, (value,)) for value in values]
        elif place.rest:
            raise CommandError(f"{place.rest[0]!r} is one word too many: delete takes a path, not a value")
        for path in paths:
            self.client.remove(api_path(self.schema, path))
        return True

    def _target(self, words: list[str], usage: str) -> grammar.Place:
        if not words:
            raise CommandError(f"usage: {usage}")
        return grammar.walk(self.schema, words, config=True)

    def _changes(self, words: list[str]) -> bool:
        _none(words, "changes")
        pending = self.client.changes()
        for change in pending:
            self._output.write(_change_line(change))
        if not pending:
            self._output.write("nothing is pending")
        return self._ok()

    def _validate(self, words: list[str]) -> bool:
        _none(words, "validate")
        self.client.validate()
        self._output.write("Validation complete.")
        return self._ok(edit=True)

    def _commit(self, words: list[str]) -> bool:
        if words and (words[0] != "comment" or len(words) != 2):
            raise CommandError("usage: commit [comment <text>]; put the text between quotes")
        pending = bool(self.client.changes())
        result = self.client.commit(words[1] if words else "")
        self._output.write(
            f"Commit complete: revision {result['revision']}." if pending else "No modifications to commit."
        )
        return self._ok(edit=True)

    def _discard(self, words: list[str]) -> bool:
        _none(words, "discard")
        self.client.discard()
        self.client.begin()
        return self._ok(edit=True)

    def _help(self, words: list[str]) -> bool:
        _none(words, "help")
        width = max(len(command.usage) for command in self.commands())
        for command in self.commands():
            self._output.write(f"  {command.usage:<{width}}  {command.help}")
        self._output.write("\nTab completes commands, paths, keys and values. Quote what holds blanks.")
        return self._ok()

    def _exit(self, words: list[str]) -> bool:
        _none(words, "exit")
        if self.mode is Mode.OPERATIONAL:
            return True
        if self.client.changes():
            answer = self._output.confirm("Pending changes are not committed. Discard them and leave?")
            if answer is False:
                raise CommandError("stayed: commit or discard what is pending")
            self._output.write(_DISCARDED)
        self.client.discard()
        self.mode = Mode.OPERATIONAL
        self._output.write("")
        return True

    def _ok(self, *, edit: bool = False) -> bool:
        self._output.write(f"\n[ok][{time.ctime(self._clock())}]" + ("\n[edit]" if edit else ""))
        return True

    def _failed(self, message: str) -> None:
        edit = "\n[edit]" if self.mode is Mode.CONFIGURATION else ""
        self._output.write(f"Error: {message}\n\n[error][{time.ctime(self._clock())}]{edit}")


def _none(words: list[str], name: str) -> None:
    if words:
        raise CommandError(f"{name} takes no words: {' '.join(words)!r}")


def _some(node: Inner | DataNode) -> str:
    names = list(grammar.named_children(node, config=True)) if isinstance(node, Inner) else []
    return ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")


def _without_notes(data: Json) -> Json:
    """Annotations (RFC 7952) as a person wants them: the quality, and only where it is not good."""
    if isinstance(data, list):
        return [_without_notes(item) for item in data]
    if not isinstance(data, dict):
        return data
    shown: dict[str, Json] = {}
    for name, value in data.items():
        if not name.startswith("@"):
            shown[name] = _without_notes(value)
        elif isinstance(value, dict) and (quality := value.get(_QUALITY, "good")) != "good":
            shown[name] = quality
    return shown


def _entries(data: Json, path: Path, node: List) -> list[Json]:
    """The entries of a list, in the data of its parent at ``path``."""
    inner = data or {}
    if path.steps:
        inner = next(iter(inner.values()), {})
        inner = inner[0] if isinstance(inner, list) else inner
    return inner.get(node.member) or inner.get(node.qname) or []


def _text(raw: Json) -> str:
    """A key's RFC 7951 value as its lexical form."""
    if raw is None:
        return ""
    return raw if isinstance(raw, str) else json.dumps(raw)


def _change_line(change: Json) -> str:
    old, new = change.get("old"), change.get("new")
    sign = {"created": "+", "deleted": "-", "moved": "~", "modified": "~"}[change["kind"]]
    values = {"created": f" {json.dumps(new)}", "modified": f" {json.dumps(old)} -> {json.dumps(new)}"}
    return f"  {sign} {change['path']}{values.get(change['kind'], '')}"
