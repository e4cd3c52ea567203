"""The command line without a terminal: one line in, text out, in one of two modes.

A table names the commands of each mode (``commands.py``); a command is a small method that prints through
:class:`~cli.output.Output` and raises to fail. Those about history, commits and files are in modules of their own. So
the same interpreter serves the terminal, a pipe, ``-c`` and the tests.

The words of the answers are those of the routers: a result, a blank line, ``[ok][time]`` or ``[error][time]``,
and ``[edit]`` where the configuration is being edited.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Sequence
from typing import Final, cast

from pyconfhoard.schema.nodes import AnyData, Container, DataNode, Inner, Leaf, LeafList, List, Schema
from pyconfhoard.schema.types.base import Json, Value
from pyconfhoard.tree import api_path

from . import grammar
from .client import Client, RemoteError, Unreachable
from .commands import KINDS, MODES, PIPES, SHOWN, Command, CommandError, Mode, commands_of, find, in_full
from .committing import Committing
from .completion import Completion, is_bar
from .documents import read_file, write_file
from .editing import Editing, Expired, Kind
from .hold import others
from .levels import Levels
from .output import Output
from .past import Past
from .pipes import Pipes, read_pipes
from .showing import Showing
from .words import UnbalancedQuote, split

__all__ = ["Interpreter"]

_DISCARDED: Final = "Pending changes discarded."
_STAYS: Final = "What is pending stays in the shared candidate."
_MOVES: Final = frozenset({"edit", "up", "top", "exit"})
_COMMITS: Final = frozenset({"commit", "confirm", "cancel", "rollback", "undo"})


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
        self.editing = Editing(client, self._renewed)
        self._past = Past(client, self.editing, output)
        self._levels = Levels()
        self._committing = Committing(client, self.editing, output)
        self._showing = Showing(client, self.editing, lambda: self.schema)
        self._completion = Completion(
            client, self.editing, self._past, lambda: self.schema, lambda: self.mode, self._from_here
        )
        self._bars: Sequence[bool] = ()
        """Which words of the line are a ``|`` that is not quoted."""
        self._run: dict[str, Callable[[list[str]], bool]] = {
            "show": self._show,
            "run": self._run_show,
            "configure": self._configure,
            "set": self._set,
            "create": self._create,
            "delete": self._delete,
            "edit": self._edit,
            "up": self._up,
            "top": self._top,
            "load": self._load,
            "save": self._save,
            "changes": self._changes,
            "validate": self._validate,
            "update": self._update,
            "commit": self._commit,
            "confirm": self._told(self._committing.confirm),
            "cancel": self._told(self._committing.cancel),
            "discard": self._discard,
            "compare": self._compare,
            "blame": self._blame,
            "label": self._told(self._past.label),
            "rollback": self._told(self._past.rollback),
            "undo": self._told(self._past.undo),
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
            found = split(line)
            words = [word.text for word in found]
            if not words or words[0].startswith("#"):
                return True
            if note := self.over():
                self._output.write(note)
            command = find(words[0], self.mode)
            self.editing.unseen = False
            self._bars = [is_bar(line, word) for word in found[1:]]
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
                self._over()
            return False
        return None if leave else True

    @property
    def waits_until(self) -> float | None:
        """When the time of a confirmed commit of this session is over, on the monotonic clock."""
        return self._committing.until if self._committing.waiting else None

    def over(self) -> str:
        """:meth:`cli.committing.Committing.over`."""
        return self._committing.over()

    def interrupted(self, line: str) -> str:
        """What to tell of a line that was broken off."""
        words = line.split()
        with contextlib.suppress(CommandError):
            if words and find(words[0], self.mode).name in _COMMITS:
                return "Interrupted. It may have been carried out all the same: show history tells."
        return "Interrupted."

    def _over(self) -> None:
        """Nothing is edited any more: back to operational mode."""
        with contextlib.suppress(RemoteError, Unreachable):
            self.editing.leave()
        self._levels.clear()
        self.mode = Mode.OPERATIONAL

    def end(self) -> None:
        """The input is at its end. What is pending goes, and that is said; a hoard that is gone has nothing pending."""
        with contextlib.suppress(RemoteError, Unreachable, Expired):
            self._still_waiting()
            if self.editing.changes():
                self._output.write(_STAYS if self.editing.stays else _DISCARDED)
            self.editing.leave()

    def _still_waiting(self) -> None:
        if id := self._committing.waiting:
            self._output.write(
                f"A confirmed commit waits: it is taken back unless somebody says: confirm {id}"
            )

    def complete(self, line: str) -> tuple[str, list[grammar.Candidate]]:
        """:meth:`cli.completion.Completion.complete`."""
        return self._completion.complete(line)

    def possible(self, line: str) -> str:
        """:meth:`cli.completion.Completion.possible`."""
        return self._completion.possible(line)

    # Commands: each prints its result or raises.

    def _show(self, words: list[str]) -> bool:
        words, pipes = read_pipes(words, self._bars)
        keyword = self._keyword(words)
        if keyword in SHOWN:
            told = self._past.history if keyword == "history" else self._past.revision
            return self._write(told(words[1:]), pipes)
        editing = self.mode is Mode.CONFIGURATION
        place = grammar.walk(self.schema, self._from_here(words), config=editing)
        if place.rest:
            raise CommandError(
                f"{place.rest[0]!r} is one word too many: {grammar.describe(place.node)} ends here"
            )
        return self._page(self._showing.text(place, pipes.form, editing), pipes)

    def _from_here(self, words: Sequence[str]) -> list[str]:
        """A path from the top: in configuration mode it begins at the level where one is."""
        return [*(self._levels.here if self.mode is Mode.CONFIGURATION else ()), *words]

    def _edit(self, words: list[str]) -> bool:
        self._levels.down(self.schema, words)
        return self._ok(edit=True)

    def _up(self, words: list[str]) -> bool:
        self._levels.up(self.schema, words)
        return self._ok(edit=True)

    def _top(self, words: list[str]) -> bool:
        """Go there, or run one command from there."""
        if not words:
            self._levels.clear()
            return self._ok(edit=True)
        command = find(words[0], self.mode).name
        if command in _MOVES:
            raise CommandError("usage: top [<command>]; first top, then go on from there")
        self._bars = self._bars[1:]
        with self._levels.from_top():
            return self._run[command](words[1:])

    def _run_show(self, words: list[str]) -> bool:
        if not words or in_full(words[0], ("show",)) != "show":
            raise CommandError(
                "usage: run show [path]; other commands of operational mode: exit leaves this one"
            )
        self._bars = self._bars[1:]
        self.mode = Mode.OPERATIONAL
        try:
            return self._show(words[1:])
        finally:
            self.mode = Mode.CONFIGURATION

    def _keyword(self, words: list[str]) -> str:
        """What ``show`` is to show beside data: the first word in full, unless a node has this name."""
        here = grammar.walk(self.schema, self._from_here(()), config=False).node
        if not words or (isinstance(here, Inner) and words[0] in grammar.named_children(here, config=False)):
            return words[0] if words[:1] and words[0] in SHOWN else ""
        return in_full(words[0], SHOWN)

    def _configure(self, words: list[str]) -> bool:
        kind = in_full(words[0], KINDS) if words else "private"
        if len(words) > 1 or kind not in KINDS:
            raise CommandError(f"usage: configure [{'|'.join(KINDS)}]")
        self.editing.begin(cast(Kind, kind))
        self.mode = Mode.CONFIGURATION
        self._output.write(f"Entering configuration mode {kind}")
        if kind == "shared" and self.editing.changes():
            self._output.write("Note: changes are pending in it already; compare shows them.")
        for owner, what in others(self.client).items():
            self._output.write(
                f"Note: {owner} has locked {' and '.join(what)}: until that ends, nobody else changes it."
            )
        return self._ok(edit=True)

    def _renewed(self) -> None:
        self._schema = None
        self._output.write(
            "Note: the hoard had lost what was pending (it was started anew, or idle for long); it is entered again."
        )

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
        self.editing.merge(grammar.document(self.schema, place.path, value))
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
        self.editing.merge(grammar.document(self.schema, place.path, {}))
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
            self.editing.remove(api_path(self.schema, path))
        return True

    def _target(self, words: list[str], usage: str) -> grammar.Place:
        if not words:
            raise CommandError(f"usage: {usage}")
        return grammar.walk(self.schema, self._from_here(words), config=True)

    def _changes(self, words: list[str]) -> bool:
        _none(words, "changes")
        pending = self.editing.changes()
        for change in pending:
            self._output.write(_change_line(change))
        if not pending:
            self._output.write("nothing is pending")
        return self._ok()

    def _validate(self, words: list[str]) -> bool:
        _none(words, "validate")
        self.editing.validate()
        self._output.write("Validation complete.")
        return self._ok(edit=True)

    def _update(self, words: list[str]) -> bool:
        _none(words, "update")
        self.editing.update()
        self._output.page(self.editing.text() or "nothing is pending")
        return self._ok(edit=True)

    def _commit(self, words: list[str]) -> bool:
        leaves = self._committing.commit(words)
        if leaves:
            self._over()
        return self._ok(edit=not leaves)

    def _load(self, words: list[str]) -> bool:
        mode = in_full(words[0], MODES) if words else ""
        if len(words) != 2 or mode not in MODES:
            raise CommandError(f"usage: load {'|'.join(MODES)} <file>")
        data = read_file(self.schema, words[1])
        {"merge": self.editing.merge, "replace": self.editing.replace, "override": self.editing.override}[
            words[0]
        ](data)
        self._output.write(self.editing.text() or "nothing is different")
        return self._ok(edit=True)

    def _save(self, words: list[str]) -> bool:
        if not words:
            raise CommandError("usage: save <file> [path]")
        place = grammar.walk(self.schema, self._from_here(words[1:]), config=True)
        if place.rest:
            raise CommandError(f"{place.rest[0]!r} means nothing after {place.node.name}")
        data = self._showing.from_root(place, editing=True)
        if not data:
            raise CommandError("there is nothing to save")
        size = write_file(self.schema, words[0], data)
        self._output.write(f"{words[0]}: {size} bytes.")
        return self._ok()

    def _compare(self, words: list[str]) -> bool:
        words, pipes = read_pipes(words, self._bars)
        if not words and self.mode is Mode.OPERATIONAL:
            raise CommandError("usage: compare <revision> [<revision>]; show history lists them")
        return self._write(self._past.compare(words), pipes)

    def _blame(self, words: list[str]) -> bool:
        words, pipes = read_pipes(words, self._bars)
        place = grammar.walk(self.schema, self._from_here(words), config=True)
        if place.rest or place.inside_keys:
            raise CommandError("usage: blame [path]; it takes a path, not a value")
        return self._write(self._past.blame(str(place.path)), pipes)

    def _write(self, text: str, pipes: Pipes) -> bool:
        """A text that has no other form."""
        if pipes.form:
            raise CommandError(f"| {pipes.form} is for data; possible here: | match <text>, | count, ...")
        return self._page(text, pipes)

    def _page(self, text: str, pipes: Pipes) -> bool:
        (self._output.page if pipes.paged else self._output.write)(pipes.of(text))
        return self._ok()

    def _told(self, command: Callable[[Sequence[str]], None]) -> Callable[[list[str]], bool]:
        def run(words: list[str]) -> bool:
            command(words)
            return self._ok()

        return run

    def _discard(self, words: list[str]) -> bool:
        _none(words, "discard")
        self.editing.discard()
        return self._ok(edit=True)

    def _help(self, words: list[str]) -> bool:
        if len(words) > 1:
            raise CommandError("usage: help [<command>]")
        if words:
            self._help_on(find(words[0], self.mode))
            return self._ok()
        listed = [f"  {command.usage}\n      {command.help}" for command in commands_of(self.mode)]
        listed.append(
            "\nTab completes commands, paths, keys and values; ? tells what may come next. Quote what holds blanks."
        )
        self._output.page("\n".join(listed))
        return self._ok()

    def _help_on(self, command: Command) -> None:
        self._output.write(f"{command.usage}\n    {command.help}")
        notes = dict(command.words or {}) | (
            {f"| {n}": note for n, note in PIPES.items()} if command.name == "show" else {}
        )
        for word, note in notes.items():
            self._output.write(f"      {word:<10}  {note}")

    def _exit(self, words: list[str]) -> bool:
        _none(words, "exit")
        if self.mode is Mode.OPERATIONAL:
            self._still_waiting()
            return True
        if self._levels.back():
            return self._ok(edit=True)
        try:
            self._part()
            self.editing.leave()
        except Unreachable as error:
            if (
                not self.editing.stays
                and self._output.confirm(f"{error}.\nForget what is pending, and leave?") is False
            ):
                raise CommandError(
                    "stayed: what is pending is entered again when the hoard is back"
                ) from None
        self._over()
        self._output.write("")
        return True

    def _part(self) -> None:
        """Ask about what is pending, or say what becomes of it."""
        if not self.editing.changes():
            return
        if self.editing.stays:
            self._output.write(_STAYS)
        elif self._output.confirm("Pending changes are not committed. Discard them and leave?") is False:
            raise CommandError("stayed: commit or discard what is pending")
        else:
            self._output.write(_DISCARDED)

    def _ok(self, *, edit: bool = False) -> bool:
        self._output.write(
            f"\n[ok][{time.ctime(self._clock())}]" + (f"\n{self._levels.banner}" if edit else "")
        )
        return True

    def _failed(self, message: str) -> None:
        edit = f"\n{self._levels.banner}" if self.mode is Mode.CONFIGURATION else ""
        self._output.write(f"Error: {message}\n\n[error][{time.ctime(self._clock())}]{edit}")


def _none(words: list[str], name: str) -> None:
    if words:
        raise CommandError(f"{name} takes no words: {' '.join(words)!r}")


def _some(node: Inner | DataNode) -> str:
    names = list(grammar.named_children(node, config=True)) if isinstance(node, Inner) else []
    return ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")


def _change_line(change: Json) -> str:
    old, new = change.get("old"), change.get("new")
    sign = {"created": "+", "deleted": "-", "moved": "~", "modified": "~"}[change["kind"]]
    before, after = (json.dumps(value, ensure_ascii=False) for value in (old, new))
    values = {"created": f" {after}", "modified": f" {before} -> {after}"}
    return f"  {sign} {change['path']}{values.get(change['kind'], '')}"
