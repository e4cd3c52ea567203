"""XSD regular expressions: XML Schema part 2 (second edition), appendix F; RFC 7950 section 9.4.5."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyconfhoard.schema.types import charsets
from pyconfhoard.schema.types.charsets import ASCII, UNICODE
from pyconfhoard.schema.types.xsd import MAX_DEPTH, matcher, translate

TABLE: list[tuple[str, str | None, str]] = [
    # expression, words that match, words that do not (separated by "~"; None: there is no word)
    ("", "", "a"),
    ("a|b", "a~b", "~ab~aa"),
    ("a|", "a~", "b"),
    ("ab|cd", "ab~cd", "abd~acd~abcd"),
    ("(a|b)c", "ac~bc", "a~bbc"),
    ("a*b+c?", "b~aab~bbbc", "a~c~bcc"),
    ("a{2}b{1,}c{0,2}", "aab~aabbb~aabcc", "ab~aabccc~aa"),
    ("(a{2}){2}", "aaaa", "aa~aaa"),
    # anchors are implicit, and ^ and $ ordinary
    ("b", "b", "ab~bc~b\n"),
    ("^a$", "^a$", "a"),
    ("a^b", "a^b", "ab"),
    # the dot is all but line ends
    (".", "a~.~\t~ü", "\n~\r~ab~"),
    (".*", "abc~", "a\nb"),
    ("\\.", ".", "a"),
    # escapes
    ("\\n\\r\\t", "\n\r\t", "nrt"),
    ("\\\\\\|\\.\\-\\^\\?\\*\\+\\{\\}\\(\\)\\[\\]", "\\|.-^?*+{}()[]", ""),
    ("\\/\\@\\$\\_", "/@$_", "\\/@$_"),
    # multi-character escapes
    ("\\s", " ~\t~\n~\r", "\u00a0~\x0b~\u2003~s"),
    ("\\S", "a~\u00a0~\x0b", " ~\t~\n"),
    ("\\d", "0~9~\u0663~\U0001d7d8", "a~\u00b2~\u2167"),
    ("\\D", "a~\u00b2", "0~\u0663"),
    ("\\w", "a~Z~5~\u00e9~+~$~\u4e00~\u0301", "_~-~.~ ~!~\u3000~\u0378"),
    ("\\W", "_~-~ ~!", "a~+"),
    ("\\i", "a~_~:~\u00e9~\u4e00", "1~-~.~ ~\u00d7"),
    ("\\I", "1~-", "a~:"),
    ("\\c", "a~1~-~.~_~:~\u00b7~\u0300", " ~!~\u00d7~/"),
    ("\\C", " ~!", "a~."),
    ("\\i\\c*", "xml:lang~_x.1", "1x~"),
    # classes
    ("[abc]", "a~b~c", "d~"),
    ("[a-c]", "a~b~c", "-~d"),
    ("[^a-c]", "d~-~\n~\U0001f37a", "a~b"),
    ("[-a]", "-~a", "b"),
    ("[a-]", "-~a", "b"),
    ("[^-a]", "b", "-~a"),
    ("[+--[-]]", "+", "-~,"),
    ("[a^]", "a~^", "b"),
    ("[$.*+?(){}|]", "$~.~*~+~?~(~)~{~}~|", "a"),
    ("[\\]\\[\\\\]", "]~[~\\", "a"),
    ("[\\d.]+", "1.2~3", "a~1,2"),
    ("[^\\d]", "a", "1~\u0663"),
    ("[\\D\\d]", "a~1~\n", ""),
    ("[^\\D\\d]", None, "a~1~"),
    ("[\\w-.]", "a~-~.", "_"),
    ("[a-z-_0-9]", "b~-~_~5", "A"),
    ("[\\-a]", "-~a", "b"),
    ("[\\--a]", "-~.~a~_", "b~,"),
    # subtraction
    ("[a-z-[aeiou]]", "b~z", "a~e~A"),
    ("[^a-z-[0-9]]", "A~-", "5~a"),
    ("[a-z-[^aeiou]]", "a~u", "b~1"),
    ("[a-z-[m-z-[p]]]", "a~l~p", "m~z"),
    ("[\\p{L}-[\\p{IsBasicLatin}]]", "\u00e9~\u4e00", "a~1"),
    ("[\\i-[:]][\\c-[:]]*", "a~_b-c", "a:b~:a"),
    # categories and blocks
    ("\\p{L}", "a~\u00e9~\u4e00", "1~_"),
    ("\\p{Lu}+", "ABC~\u00c9", "a~1"),
    ("\\P{Lu}", "a~1", "A"),
    ("[^\\P{Lu}]", "A", "a"),
    ("\\p{Nd}\\p{No}\\p{Nl}", "1\u00b2\u2167", "111"),
    ("\\p{Sc}", "$~\u20ac", "a"),
    ("\\p{Co}", "\ue000~\U000f0000~\U0010fffd", "a~\U0010ffff"),
    ("\\p{Cn}", "\u0378~\U00050000~\U000fffff", "a"),
    ("\\p{IsBasicLatin}*", "abc~\x00\x7f", "\u0080"),
    ("\\P{IsBasicLatin}", "\u0080", "a"),
    ("\\p{IsLatin-1Supplement}", "\u00e9", "e~\u0100"),
    ("\\p{IsGreek}", "\u03b1", "a"),
    ("\\p{IsCombiningMarksforSymbols}", "\u20d0", "a"),
    ("\\p{IsPrivateUse}", "\ue000~\U00100000", "a"),
    ("\\p{IsCJKUnifiedIdeographs}", "\u4e2d", "a"),
    # RFC 7950 section 9.4.7, RFC 6991
    ("[0-9a-fA-F]*", "~0aF", "g"),
    ("[a-zA-Z_][a-zA-Z0-9\\-_.]*", "enabled~a-b.c", "10-mbit~"),
    ("[xX][mM][lL].*", "xml~XMLx", "xm"),
    (
        "\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?(Z|[\\+\\-]\\d{2}:\\d{2})",
        "2024-02-29T12:00:00Z~2024-02-29T12:00:00.5+01:00",
        "2024-02-29~2024-02-29T12:00:00",
    ),
    ("\\d*(\\.\\d*){1,127}", "1.3.6~.", "1"),
    (
        "((:|[0-9a-fA-F]{0,4}):)([0-9a-fA-F]{0,4}:){0,5}([0-9a-fA-F]{0,4})(%[\\p{N}\\p{L}]+)?",
        "::1~fe80::1%eth0",
        "x",
    ),
]


@pytest.mark.parametrize(("xsd", "yes", "no"), TABLE)
def test_a_string_matches_whole_or_not_at_all(xsd: str, yes: str | None, no: str) -> None:
    match = matcher(xsd)
    assert [word for word in (yes.split("~") if yes is not None else ()) if not match(word)] == []
    assert [word for word in no.split("~") if match(word)] == []


@pytest.mark.parametrize(
    ("xsd", "reason"),
    [
        ("(", "this '\\(' is not closed, at column 1"),
        ("a(b", "is not closed, at column 2"),
        (")", "'\\)' has no '\\('"),
        ("a)b", "column 2"),
        ("[", "this '\\[' is not closed"),
        ("[a", "is not closed"),
        ("[]", "must not be empty"),
        ("[^]", "must not be empty"),
        ("[]a]", "must not be empty"),
        ("[a[b]]", "inside a class must be written"),
        ("[z-a]", "range z-a is upside down"),
        ("[a-\\d]", "cannot end in a class"),
        ("[+--]", "'-' as the end of a range"),
        ("[--a]", "'-' in the middle"),
        ("[a-z-[aeiou]b]", "a subtraction ends its class"),
        ("[-[a]]", "inside a class must be written"),
        ("]", "must be written"),
        ("}", "must be written"),
        ("{", "nothing to repeat"),
        ("*", "nothing to repeat"),
        ("(?:a)", "nothing to repeat"),
        ("a+?", "lazy"),
        ("a++", "possessive"),
        ("a{2}{3}", "nothing to repeat"),
        ("|*", "nothing to repeat"),
        ("a{,3}", "expected a quantity"),
        ("a{x}", "expected a quantity"),
        ("a{2", "expected a quantity"),
        ("a{3,2}", "upside down"),
        ("a{99999999999}", "at most"),
        ("\\", "escapes nothing"),
        ("\\1", "has no meaning"),
        ("\\b", "has no meaning"),
        ("\\x41", "has no meaning"),
        ("\\ü", "has no meaning"),
        ("\\p", "expected a property"),
        ("\\pL", "expected a property"),
        ("\\p{Xx}", "no category 'Xx'"),
        ("\\p{Cs}", "no category"),
        ("\\p{}", "no category"),
        ("\\p{IsKlingon}", "no block 'Klingon'"),
        ("\\p{Is}", "no block"),
        ("(" * 100 + ")" * 100, f"more than {MAX_DEPTH} deep"),
    ],
)
def test_what_is_no_expression_is_refused_with_reason_and_column(xsd: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as refusal:
        matcher(xsd)
    assert "at column" in str(refusal.value)


def test_the_deepest_expression_still_compiles() -> None:
    match = matcher("(" * MAX_DEPTH + "ü" + ")" * MAX_DEPTH)
    assert match("ü")
    assert not match("u")


def test_the_same_text_has_the_same_matcher() -> None:
    assert matcher("[a-z]+") is matcher("[a-z]+")


def test_unicode_is_not_looked_at_for_ascii_values() -> None:
    code = (
        "from pyconfhoard.schema.types import charsets, xsd\n"
        "seen = []\n"
        "real = charsets.unicodedata.category\n"
        "charsets.unicodedata = type('U', (), {'category': staticmethod(lambda c: seen.append(c) or real(c))})\n"
        "match = xsd.matcher('[\\\\w-[a]]+\\\\p{L}')\n"
        "assert match('bc') and not match('b1')\n"
        "assert len(seen) <= 128, len(seen)\n"
        "assert match('bé')\n"
        "assert len(seen) > 128\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


# -- sets


@pytest.mark.parametrize("name", sorted(charsets.CATEGORIES))
def test_a_category_is_what_unicodedata_says_of_each_character(name: str) -> None:
    found = charsets.category(name, UNICODE)
    inside = {point for low, high in found for point in (low, high)}
    outside = {point for low, high in charsets.complement(found, UNICODE) for point in (low, high)}
    assert all(unicodedata.category(chr(point)).startswith(name) for point in inside)
    assert not any(unicodedata.category(chr(point)).startswith(name) for point in outside)


def test_the_planes_that_are_not_looked_at_are_unassigned_or_private() -> None:
    for plane in (*range(4, 14), 15, 16):
        expected = {"Cn"} if plane < 14 else {"Co"}
        points = range(plane * 0x10000, plane * 0x10000 + 0xFFFE, 251)
        assert {unicodedata.category(chr(point)) for point in points} == expected


def test_name_characters_are_those_that_libxml2_knows() -> None:
    etree = pytest.importorskip("lxml.etree", exc_type=ImportError)
    for escape, initial in (("\\i", True), ("\\c", False)):
        schema = etree.XMLSchema(
            etree.fromstring(
                '<s:schema xmlns:s="http://www.w3.org/2001/XMLSchema"><s:element name="a"><s:simpleType>'
                f'<s:restriction base="s:string"><s:pattern value="{escape}"/></s:restriction>'
                "</s:simpleType></s:element></s:schema>"
            )
        )
        ours = charsets.name_characters(initial=initial, top=UNICODE)
        element = etree.Element("a")
        for low, high in ours:
            for point in range(low - 1, high + 2):
                if point in range(high + 1 - (high - low) // 2, high):
                    continue
                element.text = chr(point)
                assert schema.validate(element) is any(a <= point <= b for a, b in ours), hex(point)


SETS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 6)).map(lambda pair: (pair[0], sum(pair))), max_size=6
)


@given(SETS, SETS, st.integers(0, 60))
def test_sets_obey_the_laws_of_sets(
    first: list[tuple[int, int]], second: list[tuple[int, int]], top: int
) -> None:
    def members(intervals: charsets.CharSet) -> set[int]:
        return {point for low, high in intervals for point in range(low, high + 1)}

    a, b = charsets.union(first, top), charsets.union(second, top)
    assert members(a) == {p for low, high in first for p in range(low, high + 1) if p <= top}
    assert members(charsets.complement(a, top)) == set(range(top + 1)) - members(a)
    assert members(charsets.difference(a, b, top)) == members(a) - members(b)
    assert all(left[1] + 1 < right[0] for left, right in itertools.pairwise(a))


# -- against an oracle that knows no Python expressions

ALPHABET = "ab1_-.^ \u00e9\u0663\n"


@dataclass(frozen=True)
class Atom:
    text: str
    accepts: Callable[[str], bool]


@dataclass(frozen=True)
class Regex:
    """``ends(word, i)``: where a match that begins at ``i`` may end."""

    text: str
    ends: Callable[[str, int], frozenset[int]]


def is_word(char: str) -> bool:
    return unicodedata.category(char)[0] not in "PZC"


SINGLE = st.sampled_from(
    [
        *(Atom(char, char.__eq__) for char in "ab1_ \u00e9"),
        Atom("\\-", "-".__eq__),
        Atom("\\.", ".".__eq__),
        Atom("\\^", "^".__eq__),
        Atom("\\n", "\n".__eq__),
        Atom("\\d", lambda char: unicodedata.category(char) == "Nd"),
        Atom("\\D", lambda char: unicodedata.category(char) != "Nd"),
        Atom("\\s", " \t\n\r".__contains__),
        Atom("\\w", is_word),
        Atom("\\W", lambda char: not is_word(char)),
        Atom("\\p{L}", lambda char: unicodedata.category(char)[0] == "L"),
        Atom("\\P{IsBasicLatin}", lambda char: ord(char) > 0x7F),
    ]
)
MEMBERS = SINGLE | st.sampled_from(
    [
        Atom("a-b", "ab".__contains__),
        Atom("\\--1", lambda char: "-" <= char <= "1"),
        Atom("!-\u0700", lambda char: "!" <= char <= "\u0700"),
    ]
)


@st.composite
def classes(draw: st.DrawFn, depth: int = 2) -> Atom:
    items = draw(st.lists(MEMBERS, min_size=1, max_size=3))
    negative = draw(st.booleans())
    without = draw(st.none() | classes(depth - 1)) if depth else None
    text = f"[{'^' if negative else ''}{''.join(item.text for item in items)}{'-' + without.text if without else ''}]"
    return Atom(
        text,
        lambda char: (
            (any(item.accepts(char) for item in items) is not negative)
            and not (without is not None and without.accepts(char))
        ),
    )


def one(atom: Atom) -> Regex:
    return Regex(
        atom.text, lambda word, at: frozenset({at + 1} if at < len(word) and atom.accepts(word[at]) else ())
    )


def sequence(parts: list[Regex]) -> Regex:
    def ends(word: str, at: int) -> frozenset[int]:
        found = frozenset({at})
        for part in parts:
            found = frozenset().union(*(part.ends(word, start) for start in found))
        return found

    return Regex("".join(part.text for part in parts), ends)


def choice(parts: list[Regex]) -> Regex:
    return Regex(
        f"({'|'.join(part.text for part in parts)})",
        lambda word, at: frozenset().union(*(part.ends(word, at) for part in parts)),
    )


def repeat(case: tuple[Regex, tuple[str, int, int | None]]) -> Regex:
    part, (mark, least, most) = case

    def ends(word: str, at: int) -> frozenset[int]:
        reached = frozenset({at})
        found = reached if least == 0 else frozenset()
        for count in range(1, (least + len(word) + 1 if most is None else most) + 1):
            reached = frozenset().union(*(part.ends(word, start) for start in reached))
            if count >= least:
                found |= reached
        return found

    return Regex(f"({part.text}){mark}", ends)


MARKS = st.sampled_from(
    [
        ("?", 0, 1),
        ("*", 0, None),
        ("+", 1, None),
        ("{2}", 2, 2),
        ("{0,2}", 0, 2),
        ("{1,}", 1, None),
        ("{0}", 0, 0),
    ]
)
REGEXES = st.recursive(
    SINGLE.map(one) | classes().map(one) | st.just(one(Atom(".", lambda char: char not in "\n\r"))),
    lambda inner: (
        st.lists(inner, max_size=3).map(sequence)
        | st.lists(inner, min_size=1, max_size=3).map(choice)
        | st.tuples(inner, MARKS).map(repeat)
    ),
    max_leaves=6,
)


@settings(max_examples=400)
@given(REGEXES, st.lists(st.text(st.sampled_from(ALPHABET), max_size=5), max_size=6))
def test_an_expression_matches_what_its_meaning_says(regex: Regex, candidates: list[str]) -> None:
    match = matcher(regex.text)
    for word in ["", *ALPHABET, *candidates]:
        assert match(word) is (len(word) in regex.ends(word, 0)), (regex.text, word)


@given(REGEXES)
def test_the_ascii_translation_agrees_with_the_whole_one(regex: Regex) -> None:
    ascii_only, whole = re.compile(translate(regex.text, ASCII)), re.compile(translate(regex.text, UNICODE))
    for word in ["", *map(chr, range(128)), "ab", "a1", "--", "\n\n"]:
        assert bool(ascii_only.fullmatch(word)) is bool(whole.fullmatch(word))
