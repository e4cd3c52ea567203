"""Random XML Schema regular expressions (RFC 7950 section 9.4.5), each with words that it should match.

The words are drawn from the same parts as the expression, so that most match; that they do is for the
judges to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hypothesis import strategies as st

__all__ = ["LETTERS", "Pattern", "patterns", "plain_patterns"]

LETTERS: Final = ("a", "b", "c", "A", "1", "2", "-", "_", ".", " ", "é", "λ", "^", "$", "\t", "\n", "😀")
"""What words are made of, good ones and others."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """An expression, and some words."""

    regex: str
    words: tuple[str, ...]


_ATOMS: Final = (
    ("a", ("a",)),
    ("b", ("b",)),
    (".", ("a", "1", "é", "😀")),
    ("[abc]", ("a", "c")),
    ("[a-c]", ("a", "b")),
    ("[^a]", ("b", "é", "\n")),
    ("[^a-c]", ("1", "A")),
    ("[a-c1-2]", ("a", "2")),
    ("[a\\-c]", ("-", "a")),
    ("[-a]", ("-", "a")),
    ("[\\^$]", ("^", "$")),
    ("[.]", (".",)),
    ("\\.", (".",)),
    ("\\-", ("-",)),
    ("\\^", ("^",)),
    ("\\$", ("$",)),
    ("^", ("^",)),
    ("$", ("$",)),
    ("\\d", ("1", "2")),
    ("\\D", ("a", "-")),
    ("\\w", ("a", "1", "é")),
    ("\\W", ("-", " ")),
    ("\\s", (" ", "\t")),
    ("\\S", ("a", "λ")),
    ("\\i", ("a", "_")),
    ("\\c", ("a", "-", "1")),
    ("[\\d.]", ("1", ".")),
    ("[\\w-]", ("a", "-")),
    ("\\p{L}", ("a", "λ")),
    ("\\p{Lu}", ("A",)),
    ("\\P{L}", ("1", "-")),
    ("\\p{Nd}", ("1",)),
    ("[\\p{L}1]", ("é", "1")),
    ("\\p{IsBasicLatin}", ("a", "~")),
    ("\\p{IsGreek}", ("λ",)),
    ("[a-c-[b]]", ("a", "c")),
    ("[\\w-[\\d]]", ("a", "é")),
)
_PLAIN: Final = frozenset(("a", "b", "[abc]", "[a-c]", "[^a]", "[a-c1-2]", "\\.", "\\d", "\\p{L}", "."))
_REPEATS: Final = (
    ("?", (0, 1)),
    ("*", (0, 2)),
    ("+", (1, 3)),
    ("{2}", (2,)),
    ("{1,2}", (1, 2)),
    ("{2,}", (2, 3)),
    ("{0}", (0,)),
)


@st.composite
def _repeated(draw: st.DrawFn, inner: st.SearchStrategy[Pattern]) -> Pattern:
    part = draw(inner)
    sign, counts = draw(st.sampled_from(_REPEATS))
    regex = part.regex if len(part.regex) == 1 or part.regex[0] in "[\\" else f"({part.regex})"
    return Pattern(regex + sign, tuple(word * count for count in counts for word in part.words)[:4])


@st.composite
def _sequence(draw: st.DrawFn, inner: st.SearchStrategy[Pattern]) -> Pattern:
    parts = draw(st.lists(inner, min_size=2, max_size=3))
    words = ["".join(part.words[at % len(part.words)] for part in parts) for at in range(3)]
    return Pattern("".join(part.regex for part in parts), tuple(dict.fromkeys(words)))


@st.composite
def _branches(draw: st.DrawFn, inner: st.SearchStrategy[Pattern]) -> Pattern:
    parts = draw(st.lists(inner, min_size=2, max_size=2))
    words = [word for part in parts for word in part.words]
    return Pattern("({})".format("|".join(part.regex for part in parts)), tuple(words[:4]))


def _made_of(atoms: Sequence[tuple[str, tuple[str, ...]]]) -> st.SearchStrategy[Pattern]:
    single = st.sampled_from(atoms).map(lambda atom: Pattern(*atom))
    simple = single | _repeated(single)
    return simple | _sequence(simple | _branches(simple)) | _branches(_sequence(simple))


patterns: Final = _made_of(_ATOMS)
"""Expressions of one to some six parts."""

plain_patterns: Final = _made_of([atom for atom in _ATOMS if atom[0] in _PLAIN])
"""Those on which all judges agree."""
