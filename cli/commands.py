"""The commands of each mode, as a table: what ``help`` lists, what completes, what runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal, TypeAlias

__all__ = [
    "COMMANDS",
    "COMMIT_WORDS",
    "FORMS",
    "KINDS",
    "MODES",
    "PIPES",
    "SHOWN",
    "Command",
    "CommandError",
    "Completes",
    "Mode",
    "commands_of",
    "find",
    "in_full",
]


class Mode(Enum):
    """The prompt's last character."""

    OPERATIONAL = ">"
    CONFIGURATION = "%"


def in_full(word: str, keywords: Iterable[str]) -> str:
    """The keyword that ``word`` is or begins, if it begins no other; else ``word`` as it is."""
    near = [keyword for keyword in keywords if keyword.startswith(word)]
    return near[0] if word and len(near) == 1 else word


class CommandError(ValueError):
    """A command that is used wrongly; the message says how to use it."""


Completes: TypeAlias = Literal[
    "", "state", "config", "value", "revision", "revisions", "file", "load", "commit", "run"
]
"""What follows a command: paths of all data, of configuration, of configuration with values; one revision or two;
a file; words of its own."""


@dataclass(frozen=True, slots=True)
class Command:
    """One row of the table; ``words`` are keywords that may follow, each with a note."""

    name: str
    modes: tuple[Mode, ...]
    usage: str
    help: str
    completes: Completes = ""
    words: Mapping[str, str] | None = None
    aliases: tuple[str, ...] = ()


MODES: Final = {
    "merge": "set what the file names, leave the rest",
    "replace": "each top-level node of the file takes the place of the one that is there",
    "override": "the file takes the place of everything",
}
"""Of ``load``."""

KINDS: Final = {
    "private": "in a candidate of your own, which nobody else sees",
    "shared": "in the candidate that is everybody's",
    "exclusive": "in that one, and nobody else changes it or running meanwhile",
}
"""Of ``configure``."""

FORMS: Final = {
    "json": "as RFC 7951 has it, with modules: what load takes",
    "xml": "the same in XML",
    "set": "as the commands that make it",
}
"""Of data behind ``|``, alone or behind ``display``."""

PIPES: Final = {
    "display": "in another form",
    "match": "lines with this text in them",
    "except": "lines without it",
    "begin": "from the first line with it",
    "last": "that many lines, or 10",
    "count": "how many lines",
    "no-more": "without a stop after each page",
    **FORMS,
}
"""What may follow ``|``."""

SHOWN: Final = {
    "history": "who committed what, newest first",
    "revision": "one revision, and what it changed",
}
_OP, _CONF = (Mode.OPERATIONAL,), (Mode.CONFIGURATION,)
_BOTH: Final = _OP + _CONF

COMMIT_WORDS: Final = {
    "check": "only say what it would change, and whose that is",
    "comment": "why",
    "label": "a name for the revision",
    "confirmed": "take it back after so many minutes (10), unless it is confirmed",
    "and-quit": "leave configuration mode then",
}

COMMANDS: Final = (
    Command("show", _OP, "show [path] [| ...]", "operational data: what the Things report",
            "state", words=SHOWN),
    Command("configure", _OP, "configure [private|shared|exclusive]", "edit the configuration, without effect until commit",
            words=KINDS, aliases=("conf",)),
    Command("show", _CONF, "show [path] [| ...]", "the configuration with what is pending",
            "config", words=SHOWN),
    Command("run", _CONF, "run show [path] [| ...]", "show as in operational mode", "run"),
    Command("set", _CONF, "set <path> <value>", "set a leaf, add to a leaf-list, or make an entry", "value"),
    Command("create", _CONF, "create <list> <key>", "make a list entry or a presence container", "config"),
    Command("delete", _CONF, "delete <path>", "delete a node and all below it", "value"),
    Command("edit", _CONF, "edit <path>", "go down there: paths begin there then", "config"),
    Command("up", _CONF, "up [<levels>]", "go up again"),
    Command("top", _CONF, "top [<command>]", "go to the top, or run one command from there"),
    Command("load", _CONF, "load merge|replace|override <file> [path]",
            "take a saved file, JSON or XML, or what it has at a path, into what is pending",
            "load", words=MODES),
    Command("changes", _CONF, "changes", "what is pending"),
    Command("validate", _CONF, "validate", "check what is pending against the model"),
    Command("update", _CONF, "update", "put what you entered on what runs now, when others have changed that meanwhile"),
    Command("commit", _CONF, "commit [check] [comment <text>] [label <name>] [confirmed [<minutes>]] [and-quit]",
            "make what is pending the running configuration; confirmed: for so long, unless it is confirmed", "commit",
            words=COMMIT_WORDS),
    Command("discard", _CONF, "discard", "forget what is pending"),
    Command("confirm", _BOTH, "confirm [<id>]", "a confirmed commit stays"),
    Command("cancel", _BOTH, "cancel [<id>]", "take a confirmed commit back now"),
    Command("save", _BOTH, "save <file> [path]", "write the configuration to a file: XML for .xml, else JSON", "file"),
    Command("show history", _BOTH, "show history [<limit>]", "who committed what, newest first"),
    Command("show revision", _BOTH, "show revision <revision>", "one revision, and what it changed"),
    Command("compare", _BOTH, "compare [<revision> [<revision>]]",
            "what differs: what is pending from running, a revision from running, or one from another", "revisions",
            words={"running": "as it is now", "startup": "the first-boot files", "persist": "the files of running"}),
    Command("blame", _BOTH, "blame [path]", "who last set each value, and when", "config"),
    Command("label", _BOTH, "label <revision> <name>", "name a revision, so that it is kept", "revision"),
    Command("rollback", _OP, "rollback <revision> [comment <text>]",
            "make running again what it was at a revision: a new commit", "revision"),
    Command("rollback", _CONF, "rollback <revision> [comment <text>]",
            "let what is pending be what running was at a revision", "revision"),
    Command("undo", _OP, "undo <revision> [comment <text>]",
            "take back what one revision changed and leave what came later: a new commit", "revision"),
    Command("undo", _CONF, "undo <revision> [comment <text>]",
            "take back in what is pending what one revision changed, and leave what came later", "revision"),
    Command("help", _BOTH, "help [<command>]", "this list"),
    Command("exit", _OP, "exit", "leave", aliases=("quit",)),
    Command("exit", _CONF, "exit", "back to operational mode", aliases=("quit",)),
)  # fmt: skip
"""``show history`` and ``show revision`` are there for the list; they are run by ``show``."""


def commands_of(mode: Mode, *, alone: bool = False) -> list[Command]:
    """Those of a mode; ``alone``: without those that another one runs."""
    return [one for one in COMMANDS if mode in one.modes and not (alone and " " in one.name)]


def find(word: str, mode: Mode) -> Command:
    """The command that a word names or begins. Raises :class:`CommandError` with those that there are."""
    commands = commands_of(mode, alone=True)
    exact = [c for c in commands if word == c.name or word in c.aliases]
    near = exact or [c for c in commands if word and c.name.startswith(word)]
    if len(near) == 1:
        return near[0]
    names = ", ".join(c.name for c in (near or commands))
    if near:
        raise CommandError(f"{word!r} could be: {names}")
    other = next((c for c in COMMANDS if word == c.name), None)
    if other is not None:
        mode = other.modes[0]
        way = "conf enters it" if mode is Mode.CONFIGURATION else "exit leaves this one"
        raise CommandError(f"{word} belongs to {mode.name.lower()} mode: {way}")
    raise CommandError(f"unknown command {word!r}; possible here: {names}")
