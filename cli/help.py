"""``help``: the commands of a mode, and one of them with its words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .commands import PIPES, CommandError, Mode, commands_of, find

__all__ = ["help_text"]

_KEYS: Final = (
    "\nTab completes commands, paths, keys and values; ? tells what may come next. Quote what holds blanks."
)


def help_text(words: Sequence[str], mode: Mode) -> str:
    """``help [<command>]``. Raises :class:`CommandError` for a command that there is not."""
    if len(words) > 1:
        raise CommandError("usage: help [<command>]")
    if not words:
        return "\n".join([*(f"  {one.usage}\n      {one.help}" for one in commands_of(mode)), _KEYS])
    command = find(words[0], mode)
    notes = dict(command.words or {})
    if command.name == "show":
        notes |= {f"| {name}": note for name, note in PIPES.items()}
    lines = [f"{command.usage}\n    {command.help}"]
    lines += [f"      {word:<10}  {note}" for word, note in notes.items()]
    return "\n".join(lines)
