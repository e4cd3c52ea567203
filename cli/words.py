"""A command line as words, with where each stands: what running and completing both start from.

Words are separated by blanks. A word may hold anything between quotes: in ``'...'`` everything is
literal; in ``"..."`` a backslash makes the next quote or backslash literal. Outside quotes nothing
is special: ``|``, ``>``, ``#`` and ``;`` are plain characters, so that values need no escaping.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["UnbalancedQuote", "Word", "quote", "split"]


class UnbalancedQuote(ValueError):
    """A quote that is never closed; ``column`` counts from 1."""

    def __init__(self, mark: str, column: int) -> None:
        super().__init__(f"the quote {mark} opened at column {column} is never closed")
        self.column = column


@dataclass(frozen=True, slots=True)
class Word:
    """``text`` is what the user means; ``start`` and ``end`` bound what was typed; ``closed`` is
    False for a last word whose quote is still open."""

    text: str
    start: int
    end: int
    closed: bool = True


def split(line: str, *, partial: bool = False) -> list[Word]:
    """The words of ``line``. With ``partial`` an open quote is kept as an unclosed word (for
    completion); otherwise it raises :class:`UnbalancedQuote`."""
    words: list[Word] = []
    at, size = 0, len(line)
    while True:
        while at < size and line[at].isspace():
            at += 1
        if at >= size:
            return words
        start, letters = at, []
        while at < size and not line[at].isspace():
            mark = line[at]
            if mark not in "'\"":
                letters.append(mark)
                at += 1
                continue
            opened = at
            at += 1
            while at < size and line[at] != mark:
                if mark == '"' and line[at] == "\\" and line[at + 1 : at + 2] in ('"', "\\"):
                    at += 1
                letters.append(line[at])
                at += 1
            if at >= size:
                if not partial:
                    raise UnbalancedQuote(mark, opened + 1)
                words.append(Word("".join(letters), start, size, closed=False))
                return words
            at += 1
        words.append(Word("".join(letters), start, at))


def quote(text: str) -> str:
    """``text`` as one word that :func:`split` reads back; plain where that is possible."""
    if text and not any(letter.isspace() or letter in "'\"" for letter in text):
        return text
    if "'" not in text:
        return f"'{text}'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
