"""XSD's regular expressions (XML Schema part 2, appendix F), translated to Python's ``re``.

They differ in more than they look: an expression always matches the whole string; ``^`` and ``$``
are ordinary characters; nothing is lazy, possessive, captured or looked ahead to; ``.`` is all but
line feed and carriage return; ``\\d`` and ``\\w`` are Unicode's and not Python's; ``\\i`` and
``\\c`` are the characters of XML names; ``\\p{L}`` and ``\\p{IsBasicLatin}`` are categories and
blocks; and classes subtract: ``[a-z-[aeiou]]``. So every class is computed as a set of intervals
(:mod:`charsets`) and written out as a plain Python class; what is left is common to both.

**Twice, lazily.** A string of ASCII can only ever meet the ASCII part of a class. So each
expression has two translations: one whose classes are cut down to ASCII, which costs no look at
the Unicode tables, and the whole one, made when the first other string comes. The hoard of most
people never makes one.

**Leniency**, where a text has one possible meaning, published models use it, and the tools that
they were checked with accept it: a hyphen after a range or class escape inside a class
(``[\\w-.]``) and an escape before punctuation that needs none (``\\/``, ``\\@``, ``\\$``).
Everything else outside the grammar is refused with its column.

**Time.** Python's engine backtracks: an expression such as ``(a+)+b`` takes a time exponential in
the length of a string that fails it. Expressions come from models, whose author the operator
trusts as much as one that writes programs; ``length`` before such a pattern bounds it, as it is
checked first.
"""

from __future__ import annotations

import functools
import re
import string
from collections.abc import Callable
from typing import Final, NoReturn

from pyconfhoard.schema.types import charsets
from pyconfhoard.schema.types.charsets import ASCII, UNICODE, CharSet

__all__ = ["MAX_DEPTH", "Matcher", "matcher", "translate"]

MAX_DEPTH: Final = 60
"""How deep groups and subtractions may be nested; Python's own compiler recurses over them."""

_MOST: Final = 2**31 - 1  # repetitions; the engine's own limit is not below this on any platform

_META: Final = frozenset("?*+{}()|[]")
_CONTROLS: Final = {"n": "\n", "r": "\r", "t": "\t"}
_ESCAPABLE: Final = frozenset(string.punctuation)
_REPEATS: Final = frozenset("?*+")
_QUANTITY: Final = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}").match
_PROPERTY: Final = re.compile(r"\{([^{}]*)\}").match
_SPACES: Final[CharSet] = ((9, 10), (13, 13), (32, 32))
_NAMED_CLASSES: Final[dict[str, Callable[[int], CharSet]]] = {
    "s": lambda top: _SPACES,
    "i": lambda top: charsets.name_characters(initial=True, top=top),
    "c": lambda top: charsets.name_characters(initial=False, top=top),
    "d": lambda top: charsets.category("Nd", top),
    "w": lambda top: charsets.complement(
        charsets.union((interval for key in "PZC" for interval in charsets.category(key, top)), top), top
    ),
}
"""The multi-character escapes; their capitals are the complements."""


class Matcher:
    """A callable that tells whether a whole string matches; compiles what it needs when it does."""

    __slots__ = ("_ascii", "_full", "xsd")

    def __init__(self, xsd: str) -> None:
        translate(xsd, ASCII)  # refuses what is no expression now, not at the first value
        self.xsd = xsd
        self._ascii: Callable[[str], object] | None = None
        self._full: Callable[[str], object] | None = None

    def __call__(self, text: str) -> bool:
        if text.isascii():
            match = self._ascii
            if match is None:
                match = self._ascii = re.compile(translate(self.xsd, ASCII)).fullmatch
        else:
            match = self._full
            if match is None:
                match = self._full = re.compile(translate(self.xsd, UNICODE)).fullmatch
        return match(text) is not None


@functools.lru_cache(maxsize=4096)
def matcher(xsd: str) -> Matcher:
    """The matcher of an expression, the same one for the same text.

    Raises ``ValueError`` with reason and column if ``xsd`` is no XSD regular expression.
    """
    return Matcher(xsd)


def translate(xsd: str, top: int = UNICODE) -> str:
    """A Python expression whose ``fullmatch`` takes the same strings of characters up to ``top``.

    Raises ``ValueError`` with reason and column if ``xsd`` is no XSD regular expression.
    """
    translator = _Translator(xsd, top)
    translated = translator.expression()
    if translator.at < len(xsd):
        translator.fail("')' has no '(' before it")
    return translated


class _Translator:
    """Recursive descent; each method takes one production from ``at`` on."""

    def __init__(self, text: str, top: int) -> None:
        self.text = text
        self.top = top
        self.at = 0
        self.depth = 0

    def fail(self, reason: str, at: int | None = None) -> NoReturn:
        raise ValueError(f"{reason}, at column {(self.at if at is None else at) + 1} of {self.text!r}")

    def peek(self, ahead: int = 0) -> str:
        """The character at hand, or that many after it; empty beyond the end."""
        return self.text[self.at + ahead : self.at + ahead + 1]

    def expression(self) -> str:
        """regExp: branches, up to the end or a closing parenthesis."""
        words: list[str] = []
        while (char := self.peek()) not in {"", ")"}:
            if char == "|":
                words.append(char)
                self.at += 1
            else:
                words.append(self.atom() + self.quantifier())
        return "".join(words)

    def quantifier(self) -> str:
        char = self.peek()
        if char in _REPEATS:
            self.at += 1
            return char
        if char != "{":
            return ""
        found = _QUANTITY(self.text, self.at)
        if not found:
            self.fail("expected a quantity such as {2}, {2,} or {2,5}")
        least, comma, most = found.groups()
        if int(most or least) > _MOST or int(least) > _MOST:
            self.fail(f"a quantity is at most {_MOST}")
        if most and int(most) < int(least):
            self.fail(f"the quantity {found.group()} is upside down")
        self.at = found.end()
        return f"{{{int(least)}{comma or ''}{int(most) if most else ''}}}"

    def atom(self) -> str:
        char = self.peek()
        if char == "(":
            return self.group()
        if char == "[":
            return _class(self.char_class(), self.top)
        if char == ".":
            self.at += 1
            return r"[^\n\r]"
        if char == "\\":
            escaped = self.escape()
            return re.escape(escaped) if isinstance(escaped, str) else _class(escaped, self.top)
        if char in _REPEATS or char == "{":
            self.fail(f"{char!r} has nothing to repeat (XSD has no lazy or possessive quantifiers)")
        if char in _META:
            self.fail(f"{char!r} must be written \\{char}")
        self.at += 1
        return re.escape(char)

    def group(self) -> str:
        start = self.at
        self.enter()
        inner = self.expression()
        if self.peek() != ")":
            self.fail("this '(' is not closed", start)
        self.at += 1
        self.depth -= 1
        return f"(?:{inner})"

    def enter(self) -> None:
        """Past the opening bracket at hand."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"brackets are nested more than {MAX_DEPTH} deep")
        self.at += 1

    # -- classes

    def char_class(self) -> CharSet:
        """charClassExpr: ``[...]``, ``[^...]``, either with ``-[...]`` before its end."""
        start = self.at
        self.enter()
        negative = self.peek() == "^"
        self.at += negative
        chars = self.positive_group(start)
        if negative:
            chars = charsets.complement(chars, self.top)
        if self.peek() == "-":
            self.at += 1
            chars = charsets.difference(chars, self.char_class(), self.top)
            if self.peek() != "]":
                self.fail("a subtraction ends its class: expected ']'")
        self.at += 1
        self.depth -= 1
        return chars

    def positive_group(self, start: int) -> CharSet:
        """posCharGroup, up to (not including) the closing bracket or the hyphen of a subtraction."""
        intervals: list[tuple[int, int]] = []
        first = self.at
        range_may_start = True  # False right after a range or class escape: a hyphen stands for itself
        while (char := self.peek()) != "]" or self.at == first:
            if not char:
                self.fail("this '[' is not closed", start)
            if char == "]":
                self.fail("a class must not be empty", start)
            if char == "[":
                self.fail("'[' inside a class must be written \\[")
            if char == "-":
                if self.peek(1) == "[" and self.at > first:
                    break
                if self.at > first and self.peek(1) != "]" and self.text[self.at + 1 : self.at + 3] != "-[":
                    if range_may_start:
                        self.fail("'-' in the middle of a class must be written \\-")
                    range_may_start = True
                self.at += 1
                intervals.append((45, 45))
                continue
            at = self.at
            item = self.class_character()
            if not isinstance(item, str):
                intervals.extend(item)
                range_may_start = False
            elif self.peek() == "-" and self.peek(1) not in {"", "]", "["} and not self.closing_hyphen():
                self.at += 1
                if self.peek() == "-":
                    self.fail("'-' as the end of a range must be written \\-")
                end = self.class_character()
                if not isinstance(end, str):
                    self.fail("a range cannot end in a class of characters", at)
                if end < item:
                    self.fail(f"the range {self.text[at : self.at]} is upside down", at)
                intervals.append((ord(item), ord(end)))
                range_may_start = False
            else:
                intervals.append((ord(item), ord(item)))
                range_may_start = True
        return charsets.union(intervals, self.top)

    def closing_hyphen(self) -> bool:
        """Whether the hyphen at hand stands for itself, before that of a subtraction: ``[a--[b]]``."""
        return self.text[self.at : self.at + 3] == "--["

    def class_character(self) -> str | CharSet:
        if self.peek() == "\\":
            return self.escape()
        self.at += 1
        return self.text[self.at - 1]

    # -- escapes

    def escape(self) -> str | CharSet:
        """charClassEsc: the one character that is meant, or a set."""
        start = self.at
        char = self.peek(1)
        self.at += 2
        if char in _CONTROLS:
            return _CONTROLS[char]
        if char in _ESCAPABLE:
            return char
        if char.lower() in _NAMED_CLASSES:
            chars = _NAMED_CLASSES[char.lower()](self.top)
        elif char in {"p", "P"}:
            chars = self.property(start)
        elif not char:
            self.fail("'\\' at the end escapes nothing", start)
        else:
            self.fail(f"\\{char} has no meaning", start)
        return charsets.complement(chars, self.top) if char.isupper() else chars

    def property(self, start: int) -> CharSet:
        found = _PROPERTY(self.text, self.at)
        if not found:
            self.fail("expected a property such as {Lu} or {IsBasicLatin}")
        self.at = found.end()
        name = found.group(1)
        try:
            if name.startswith("Is"):
                return charsets.block(name.removeprefix("Is"), self.top)
            return charsets.category(name, self.top)
        except ValueError as unknown:
            self.fail(str(unknown), start)


def _class(chars: CharSet, top: int) -> str:
    """A set as a Python class; the empty one as a class that nothing is in."""
    if not chars:
        return f"[^\\x00-{_point(UNICODE)}]"
    if len(chars) > 1 and chars[0][0] == 0 and chars[-1][1] == top:
        return f"[^{_intervals(charsets.complement(chars, top))}]"
    return f"[{_intervals(chars)}]"


def _intervals(chars: CharSet) -> str:
    return "".join(_point(low) if low == high else f"{_point(low)}-{_point(high)}" for low, high in chars)


def _point(code: int) -> str:
    char = chr(code)
    if char in string.ascii_letters or char in string.digits:
        return char
    return f"\\x{code:02x}" if code < 0x100 else f"\\U{code:08x}"
