"""Text to tokens (XPath 1.0 section 3.7).

A name is greedy: ``a-b`` is one name, ``a - b`` a subtraction. ``*``, ``and``, ``or``, ``div`` and
``mod`` are operators exactly when a token stands before them that is none of ``@ :: ( [ ,`` and
no operator; otherwise ``*`` is a name test and the words are names. So an element may be called
``div``, and ``div div div`` is a division.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

__all__ = ["Token", "TokenKind", "XPathSyntaxError", "tokens"]

TokenKind: TypeAlias = Literal["name", "number", "string", "operator", "symbol", "end"]

_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NCNAME = rf"[{_START}][{_START}\-.0-9\u00b7\u0300-\u036f\u203f\u2040]*"

_TOKEN = re.compile(
    rf"""[ \t\r\n]*(?:
        (?P<name>    {_NCNAME}(?::(?:{_NCNAME}|\*))? )
      | (?P<number>  [0-9]+(?:\.[0-9]*)? | \.[0-9]+ )
      | (?P<string>  "[^"]*" | '[^']*' )
      | (?P<operator>// | != | <= | >= | [/|+\-=<>] )
      | (?P<symbol>  :: | \.\. | [()\[\].@,*$] )
      | (?P<end>     \Z )
    )""",
    re.VERBOSE,
).match

_WORDS: Final = frozenset({"and", "or", "div", "mod"})
_OPENING: Final = frozenset({"@", "::", "(", "[", ","})


class XPathSyntaxError(ValueError):
    """Text that is no XPath 1.0 expression; ``column`` counts its characters from 1."""

    def __init__(self, reason: str, text: str, column: int) -> None:
        super().__init__(f"{reason} at column {column} of {text!r}")
        self.reason = reason
        self.text = text
        self.column = column


@dataclass(frozen=True, slots=True)
class Token:
    """``text`` as written, a string's quotes included; empty for the end."""

    kind: TokenKind
    text: str
    column: int


def tokens(text: str) -> Iterator[Token]:
    """The tokens of ``text``, the last one of kind ``end``. Raises :class:`XPathSyntaxError`."""
    at = 0
    before: Token | None = None
    while True:
        found = _TOKEN(text, at)
        if not found:
            raise _unreadable(text, at)
        group = found.lastgroup
        word = found.group(group) if group else ""
        start = found.end() - len(word)
        operand_before = before is not None and before.kind != "operator" and before.text not in _OPENING
        token = Token(_kind(group, word, operand_before), word, start + 1)
        yield token
        if token.kind == "end":
            return
        before = token
        at = found.end()


def _kind(group: str | None, word: str, operand_before: bool) -> TokenKind:
    match group:
        case "name":
            return "operator" if operand_before and word in _WORDS else "name"
        case "symbol":
            if word != "*":
                return "symbol"
            return "operator" if operand_before else "name"
        case "number":
            return "number"
        case "string":
            return "string"
        case "operator":
            return "operator"
    return "end"


def _unreadable(text: str, at: int) -> XPathSyntaxError:
    while text[at] in " \t\r\n":
        at += 1
    if text[at] in "'\"":
        return XPathSyntaxError("this string is not closed", text, at + 1)
    return XPathSyntaxError(f"{text[at]!r} has no meaning", text, at + 1)
