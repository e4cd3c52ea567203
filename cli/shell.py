"""The terminal: cmd2 gives the loop, the editing, the history; the grammar is our own.

cmd2's own parsing, commands, aliases, macros, shell escapes and redirection are never reached: every line goes
to the :class:`~cli.interpreter.Interpreter` whole, so that ``|`` and ``>`` are letters like any other, ``set`` is
ours, and a line cannot start a program.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from threading import Timer

import cmd2
from prompt_toolkit.application import get_app, run_in_terminal
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings

from .client import Client
from .interpreter import Interpreter
from .pager import page
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
        self.main_session.key_bindings = merge_key_bindings(
            [self.main_session.key_bindings or KeyBindings(), self._keys()]
        )
        self.person = sys.stdin.isatty()
        self._timer: Timer | None = None
        self._set_prompt()

    @property
    def asks(self) -> bool:
        """See :class:`cli.output.Output`."""
        return self.person

    def write(self, text: str) -> None:
        """See :class:`cli.output.Output`."""
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    def page(self, text: str) -> None:
        """See :class:`cli.output.Output`."""
        if self.person and sys.stdout.isatty():
            page(text, sys.stdout)
        else:
            self.write(text)

    def _keys(self) -> KeyBindings:
        """``?`` tells what may come next, but between quotes, where it is a letter."""
        keys = KeyBindings()

        @Condition
        def outside_quotes() -> bool:
            words = split(get_app().current_buffer.document.text_before_cursor, partial=True)
            return not words or words[-1].closed

        @keys.add("?", filter=outside_quotes)
        def _tell(event: KeyPressEvent) -> None:
            line = event.current_buffer.document.text_before_cursor
            told = self.interpreter.possible(line)
            run_in_terminal(lambda: self.write(f"{self.prompt}{line}?\n{told}"))

        return keys

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
            if not self.person:
                self.interpreter.end()
                return True
            line = "exit"
        try:
            worked = self.interpreter.run(line)
        except KeyboardInterrupt:
            self.write(f"\n{self.interpreter.interrupted(line)}")
            worked = True
        self._set_prompt()
        self._watch()
        if worked is False and not self.person:
            self.interpreter.end()
            self.exit_code = 1
            return True
        return worked is None

    def _watch(self) -> None:
        """Tell a person who sits before the prompt when a confirmed commit is taken back."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        until = self.interpreter.waits_until
        if self.person and until is not None:
            self._timer = Timer(max(0.0, until - time.monotonic()), self._alert)
            self._timer.daemon = True
            self._timer.start()

    def _alert(self) -> None:
        if note := self.interpreter.over():
            self.add_alert(msg=note)

    def _set_prompt(self) -> None:
        self.prompt = self.interpreter.prompt
