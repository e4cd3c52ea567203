"""The command line without a terminal: one line in, text out, in one of two modes.

A table names the commands of each mode (``commands.py``); a command is a small method that prints through
:class:`~cli.output.Output` and raises to fail. Those that move between modes are here; those that look, edit, commit, go back and
take files are in modules of their own. So the same interpreter serves the terminal, a pipe, ``-c`` and the tests.

The words of the answers are those of the routers: a result, a blank line, ``[ok][time]`` or ``[error][time]``,
and ``[edit]`` where the configuration is being edited.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, cast

from pyconfhoard.schema.nodes import Schema

from . import grammar
from .client import Client, RemoteError, Unreachable
from .commands import KINDS, CommandError, Mode, find, in_full
from .committing import Committing
from .completion import Completion, is_bar
from .editing import Editing, Expired, Kind
from .files import Files
from .help import help_text
from .hold import others
from .levels import Levels
from .looking import Looking
from .output import Output
from .past import Past
from .setting import Setting
from .showing import Showing
from .times import local_times
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
        self.editing = Editing(client, self._renewed, self._lost)
        self._past = Past(client, self.editing, output)
        self._levels = Levels()
        self._committing = Committing(client, self.editing, output)
        here = (lambda: self.schema, self._from_here)
        showing = Showing(client, self.editing, lambda: self.schema)
        self._setting = Setting(self.editing, *here)
        self._looking = Looking(self.editing, self._past, showing, output, *here)
        self._files = Files(self.editing, showing, output, *here)
        self._completion = Completion(
            client, self.editing, self._past, lambda: self.schema, lambda: self.mode, self._from_here
        )
        self._bars: Sequence[bool] = ()
        """Which words of the line are a ``|`` that is not quoted."""
        told, in_edit = self._told, partial(self._told, edit=True)
        self._run: dict[str, Callable[[list[str]], None]] = {
            "show": told(self._show),
            "run": told(self._run_show),
            "configure": in_edit(self._configure),
            "set": self._setting.set,
            "create": self._setting.create,
            "delete": self._setting.delete,
            "edit": in_edit(lambda words: self._levels.down(self.schema, words)),
            "up": in_edit(lambda words: self._levels.up(self.schema, words)),
            "top": self._top,
            "load": in_edit(self._files.load),
            "save": told(self._files.save),
            "changes": told(_alone("changes", self._looking.changes)),
            "validate": in_edit(_alone("validate", self._validate)),
            "update": in_edit(_alone("update", self._update)),
            "commit": self._commit,
            "confirm": told(self._committing.confirm),
            "cancel": told(self._committing.cancel),
            "discard": in_edit(_alone("discard", self.editing.discard)),
            "compare": told(lambda words: self._looking.compare(words, self._bars)),
            "blame": told(lambda words: self._looking.blame(words, self._bars)),
            "label": told(self._past.label),
            "rollback": told(self._past.rollback),
            "undo": told(self._past.undo),
            "help": told(lambda words: self._output.page(help_text(words, self.mode))),
            "exit": _alone("exit", self._exit),
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
            self._failed(local_times(str(error)))
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
        behind = self._behind_top(line)
        if behind is None:
            return self._completion.complete(line)
        with self._levels.from_top():
            return self._completion.complete(behind, but=_MOVES)

    def possible(self, line: str) -> str:
        """:meth:`cli.completion.Completion.possible`."""
        behind = self._behind_top(line)
        if behind is None:
            return self._completion.possible(line)
        with self._levels.from_top():
            return self._completion.possible(behind, but=_MOVES)

    def _behind_top(self, line: str) -> str | None:
        """The command that ``top`` is to run; None where the line says something else."""
        words = split(line, partial=True)
        with contextlib.suppress(CommandError):
            if words and words[0].end < len(line) and find(words[0].text, self.mode).name == "top":
                return line[words[0].end :].lstrip()
        return None

    # Commands: each prints its result or raises.

    def _show(self, words: Sequence[str]) -> None:
        self._looking.show(words, self._bars, editing=self.mode is Mode.CONFIGURATION)

    def _from_here(self, words: Sequence[str]) -> list[str]:
        """A path from the top: in configuration mode it begins at the level where one is."""
        return [*(self._levels.here if self.mode is Mode.CONFIGURATION else ()), *words]

    def _top(self, words: list[str]) -> None:
        """Go there, or run one command from there."""
        if not words:
            self._levels.clear()
            self._ok(edit=True)
            return
        command = find(words[0], self.mode).name
        if command in _MOVES:
            raise CommandError("usage: top [<command>]; first top, then go on from there")
        self._bars = self._bars[1:]
        with self._levels.from_top():
            self._run[command](words[1:])

    def _run_show(self, words: Sequence[str]) -> None:
        if not words or in_full(words[0], ("show",)) != "show":
            raise CommandError(
                "usage: run show [path]; other commands of operational mode: exit leaves this one"
            )
        self._bars = self._bars[1:]
        self.mode = Mode.OPERATIONAL
        try:
            self._show(words[1:])
        finally:
            self.mode = Mode.CONFIGURATION

    def _configure(self, words: Sequence[str]) -> None:
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

    def _renewed(self) -> None:
        self._schema = None
        self._output.write(
            "Note: the hoard had lost what was pending (it was started anew, or idle for long); it is entered again."
        )

    def _lost(self) -> None:
        self._schema = None
        self._output.write(
            "Note: the hoard was started anew, and with it the shared candidate: what was pending there is gone."
        )

    def _validate(self) -> None:
        self._committing.validate()
        self._output.write("Validation complete.")

    def _update(self) -> None:
        self.editing.update()
        self._output.page(self.editing.text() or "nothing is pending")

    def _commit(self, words: list[str]) -> None:
        leaves = self._committing.commit(words)
        if leaves:
            self._over()
        self._ok(edit=not leaves)

    def _exit(self) -> None:
        if self.mode is Mode.OPERATIONAL:
            self._still_waiting()
            return
        if self._levels.back():
            self._ok(edit=True)
            return
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

    def _told(
        self, command: Callable[[Sequence[str]], None], *, edit: bool = False
    ) -> Callable[[list[str]], None]:
        """A command whose answer ends with the time that it was done, and with where one is in the configuration."""

        def run(words: list[str]) -> None:
            command(words)
            self._ok(edit=edit)

        return run

    def _ok(self, *, edit: bool = False) -> None:
        self._output.write(
            f"\n[ok][{time.ctime(self._clock())}]" + (f"\n{self._levels.banner}" if edit else "")
        )

    def _failed(self, message: str) -> None:
        edit = f"\n{self._levels.banner}" if self.mode is Mode.CONFIGURATION else ""
        self._output.write(f"Error: {message}\n\n[error][{time.ctime(self._clock())}]{edit}")


def _alone(name: str, command: Callable[[], None]) -> Callable[[Sequence[str]], None]:
    """A command that takes no words."""

    def run(words: Sequence[str]) -> None:
        if words:
            raise CommandError(f"{name} takes no words: {' '.join(words)!r}")
        command()

    return run
