"""Long answers at a terminal, a page at a time."""

from __future__ import annotations

import os
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from typing import Final, TextIO

from prompt_toolkit.utils import get_cwidth

__all__ = ["page", "read_key"]

MORE: Final = "---(more)---"
_WIPE: Final = "\r\x1b[K"


def read_key() -> str:
    """One key of the terminal, without Enter. What a person types ahead is not lost. Raises ``KeyboardInterrupt``."""
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor, termios.TCSADRAIN)
        return os.read(descriptor, 16).decode(errors="replace")
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def page(text: str, output: TextIO, key: Callable[[], str] = read_key) -> None:
    """Write ``text``, and wait where the terminal is full: Enter goes on by a line, ``q`` and Ctrl-C leave the rest out, ``G``
    gives all of it, any other key the next page."""
    columns, rows = os.get_terminal_size(output.fileno())
    room = full = max(1, rows - 1)
    for line, height in _measured(text, columns):
        if height > room and room < full:
            output.write(MORE)
            output.flush()
            try:
                pressed = key()
            except KeyboardInterrupt:
                pressed = "q"
            output.write(_WIPE)
            if pressed in {"", "q", "Q", "\x04"}:
                return
            room = {"G": sys.maxsize, "\r": height, "\n": height}.get(pressed, full)
        output.write(f"{line}\n")
        room -= height
    output.flush()


def _measured(text: str, columns: int) -> Iterator[tuple[str, int]]:
    """Each line, and how many rows of the terminal it takes."""
    for line in text.split("\n"):
        yield line, max(1, -(-get_cwidth(line) // max(1, columns)))
