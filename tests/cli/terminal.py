"""A terminal for tests: a program on a pseudo-terminal, and the screen that a person would see."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pexpect
import pyte

ROWS, COLUMNS = 200, 120


class Terminal:
    """Runs ``command``. The screen is tall enough that nothing scrolls away."""

    def __init__(self, command: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> None:
        # a terminal answers where its cursor is; this one is told not to ask
        variables = {**environment, "TERM": "xterm-256color", "NO_COLOR": "1", "PROMPT_TOOLKIT_NO_CPR": "1"}
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.Stream(self._screen)
        self._child = pexpect.spawn(
            command[0],
            list(command[1:]),
            cwd=str(cwd),
            env=variables,
            encoding="utf-8",
            dimensions=(ROWS, COLUMNS),
        )

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip()

    @property
    def last_line(self) -> str:
        return self._screen.display[self._screen.cursor.y].rstrip()

    def read(self, seconds: float = 0.05) -> bool:
        """Take what comes within a moment; False when the program has ended."""
        try:
            self._stream.feed(self._child.read_nonblocking(65536, seconds))
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        return True

    def wait_for(self, pattern: str, *, below: int = -1, seconds: float = 20.0) -> None:
        """Until the cursor's line, below row ``below``, matches."""
        deadline = time.monotonic() + seconds
        while not (self._screen.cursor.y > below and re.fullmatch(pattern, self.last_line)):
            assert time.monotonic() < deadline, f"{pattern!r} never came:\n{self.text}"
            assert self.read(), f"the program ended:\n{self.text}"

    def line(self, text: str, prompt: str) -> str:
        """Type a line, wait for the prompt; what was answered."""
        row = self._screen.cursor.y
        self._child.send(text + "\r")
        self.wait_for(prompt, below=row)
        answer = self._screen.display[row + 1 : self._screen.cursor.y]
        return "\n".join(line.rstrip() for line in answer)

    def keys(self, text: str) -> None:
        """Type without Enter."""
        self._child.send(text)

    def shows(self, text: str, seconds: float = 20.0) -> None:
        """Wait until the screen holds ``text``."""
        deadline = time.monotonic() + seconds
        while text not in self.text:
            assert time.monotonic() < deadline, f"{text!r} never came:\n{self.text}"
            assert self.read(), f"the program ended:\n{self.text}"

    def end(self, text: str) -> int | None:
        """Type a last line, and wait for the program's end; its exit code."""
        self._child.send(text + "\r")
        deadline = time.monotonic() + 20.0
        while self.read():
            assert time.monotonic() < deadline, f"the program goes on:\n{self.text}"
        self._child.close()
        return self._child.exitstatus

    def close(self) -> None:
        self._child.close(force=True)
