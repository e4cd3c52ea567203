"""What follows ``|``: the form in which data is shown, and which of its lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from .commands import FORMS, PIPES, CommandError, in_full

__all__ = ["Pipes", "read_pipes"]

_WITH_TEXT: Final = frozenset({"match", "except", "begin"})
_WITH_WORD: Final = _WITH_TEXT | {"last", "display"}


@dataclass(frozen=True, slots=True)
class Pipes:
    """``form`` is one of :data:`cli.commands.FORMS`, or empty; ``paged``: a person may be asked for more after each page."""

    form: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    paged: bool = True

    def of(self, text: str) -> str:
        """What the filters leave of a text."""
        lines = text.splitlines()
        for name, word in self.filters:
            lines = _FILTERS[name](lines, word)
        return "\n".join(lines)


def read_pipes(words: Sequence[str], bars: Sequence[bool]) -> tuple[list[str], Pipes]:
    """The words before the first ``|``, and what comes behind. ``bars`` tells which word is one: a bar between quotes
    is a letter. Raises :class:`CommandError` for a pipe that there is not."""
    parts: list[list[str]] = [[]]
    for word, bar in zip(words, bars, strict=True):
        if bar:
            parts.append([])
        else:
            parts[-1].append(word)
    forms, filters, paged = [], [], True
    for at, part in enumerate(parts[1:]):
        name, word = _one(part)
        if name in FORMS:
            forms.append(name)
            if at:
                raise CommandError(f"| {name} comes first, and once")
        elif name == "no-more":
            paged = False
        else:
            filters.append((name, word))
    return parts[0], Pipes(forms[0] if forms else "", tuple(filters), paged)


def _one(part: Sequence[str]) -> tuple[str, str]:
    """A pipe and its word; ``display`` gives way to the form."""
    name = in_full(part[0], PIPES) if part else ""
    if name == "display" and len(part) == 2:
        name, part = in_full(part[1], FORMS), part[1:]
    elif name == "last" and len(part) == 1:
        part = [*part, "10"]
    known = name in FORMS or name in PIPES
    right = len(part) == (2 if name in _WITH_WORD else 1)
    if not (known and right) or name == "display" or (name == "last" and not _is_count(part[1])):
        said = f" {' '.join(part)}" if part else ""
        raise CommandError(f"|{said} is no pipe; possible: {_possible()}")
    return name, part[1] if len(part) == 2 else ""


def _possible() -> str:
    more = {"display": " " + "|".join(FORMS), "last": " [<lines>]"}
    texts = dict.fromkeys(_WITH_TEXT, " <text>")
    return ", ".join(f"| {name}{(more | texts).get(name, '')}" for name in PIPES)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 9


def _finds(text: str) -> Callable[[str], bool]:
    """Whether a line has a text, or a regular expression finds something in it; capitals are small letters."""
    small = text.casefold()
    try:
        pattern = re.compile(text, re.IGNORECASE)
    except re.error:
        return lambda line: small in line.casefold()
    return lambda line: small in line.casefold() or pattern.search(line) is not None


def _match(lines: list[str], text: str) -> list[str]:
    return list(filter(_finds(text), lines))


def _except(lines: list[str], text: str) -> list[str]:
    finds = _finds(text)
    return [line for line in lines if not finds(line)]


def _begin(lines: list[str], text: str) -> list[str]:
    finds = _finds(text)
    first = next((at for at, line in enumerate(lines) if finds(line)), len(lines))
    return lines[first:]


def _last(lines: list[str], count: str) -> list[str]:
    return lines[-int(count) :] if int(count) else []


def _count(lines: list[str], _: str) -> list[str]:
    return ["1 line" if len(lines) == 1 else f"{len(lines)} lines"]


_FILTERS: Final[dict[str, Callable[[list[str], str], list[str]]]] = {
    "match": _match,
    "except": _except,
    "begin": _begin,
    "last": _last,
    "count": _count,
}
