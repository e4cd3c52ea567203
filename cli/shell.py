"""The terminal: cmd2 gives the loop, the editing, the history; the grammar is our own.

cmd2's own parsing, commands, aliases, macros, shell escapes and redirection are never reached: every line goes
to the :class:`~cli.interpreter.Interpreter` whole, so that ``|`` and ``>`` are letters like any other, ``set`` is
ours, and a line cannot start a program.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

import cmd2
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from .client import Client
from .commands import Mode
from .interpreter import Interpreter
from .words import quote, split

__all__ = ["Shell"]

_END_OF_INPUT = "_eof"
"""The line that cmd2 makes of Ctrl-D and of the end of a pipe."""


class _ModelCompleter(Completer):
    """Completion from the model; one word at a time, with the description beside it."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        line = document.text_before_cursor
        _, found = self._interpreter.complete(line)
        words = split(line, partial=True)
        open_word = words[-1] if words and words[-1].end == len(line) and not line[-1:].isspace() else None
        if words and not words[-1].closed:
            open_word = words[-1]
        typed = len(line) - open_word.start if open_word else 0
        ends = " " if len(found) == 1 and not document.text_after_cursor else ""
        for candidate in found:
            yield Completion(
                quote(candidate.word) + ends, -typed, display=candidate.word, display_meta=candidate.note
            )


class Shell(cmd2.Cmd):
    """One person at a terminal, or the lines of a pipe.

    ``exit_code`` is 0 when every line worked. Without a terminal the first line that fails ends the run with 1.
    """

    def __init__(self, client: Client, user: str) -> None:
        super().__init__(
            allow_cli_args=False,
            allow_clipboard=False,
            allow_redirection=False,
            auto_suggest=False,
            complete_in_thread=True,
            shortcuts={},
            terminators=None,
        )
        self.interpreter = Interpreter(client, self, user)
        self.main_session.completer = _ModelCompleter(self.interpreter)
        self.main_session.lexer = None
        self.person = sys.stdin.isatty()
        self._set_prompt()

    @property
    def asks(self) -> bool:
        """See :class:`cli.output.Output`."""
        return self.person

    def write(self, text: str) -> None:
        """See :class:`cli.output.Output`."""
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    def confirm(self, question: str) -> bool | None:
        """See :class:`cli.output.Output`."""
        if not self.person:
            return None
        try:
            return input(f"{question} [yes,no] ").strip().lower() in {"y", "yes"}
        except (EOFError, KeyboardInterrupt):
            self.write("")
            return False

    def onecmd_plus_hooks(
        self,
        line: str,
        *,
        add_to_history: bool = True,
        raise_keyboard_interrupt: bool = False,
        py_bridge_call: bool = False,
    ) -> bool:
        """Run one line; True ends the loop."""
        if line == _END_OF_INPUT:
            if self.person:
                self.write("")
            leaves = self.interpreter.mode is Mode.OPERATIONAL
            if not self.person:
                self.interpreter.end()
                return True
            line = "exit"
            if leaves:
                return True
        try:
            worked = self.interpreter.run(line)
        except KeyboardInterrupt:
            self.write("^C")
            worked = True
        self._set_prompt()
        if worked is False and not self.person:
            self.interpreter.end()
            self.exit_code = 1
            return True
        return worked is None

    def _set_prompt(self) -> None:
        self.prompt = self.interpreter.prompt
