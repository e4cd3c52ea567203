"""Regular expressions as XML Schema part 2, appendix F, defines them: its productions in their order, and the
facts of RFC 7950 sections 9.4.6 and 9.4.7.

``test_xsd`` has the edges and the properties; here is the specification from end to end, a row to a fact.
"""

import unicodedata

import pytest

from pyconfhoard.schema.types.xsd import matcher

ROWS: list[tuple[str, str, list[str], list[str]]] = [
    # fact, expression, strings in its language, strings that are not
    # F, table of regExp, branch, piece
    ("the empty expression has the empty string", "", [""], ["a"]),
    ("a branch", "a", ["a"], ["", "b"]),
    ("S|T has what S or T has", "ab|cd", ["ab", "cd"], ["abcd", "ad"]),
    ("an empty alternative", "a|", ["", "a"], ["b"]),
    ("ST has an S followed by a T", "ab", ["ab"], ["a", "b", "ba"]),
    ("S? has S or nothing", "a?", ["", "a"], ["aa"]),
    ("S* has any number of S", "(ab)*", ["", "ab", "abab"], ["a", "aba"]),
    ("S+ has one S at least", "a+", ["a", "aaa"], [""]),
    ("S{n,m} has from n to m", "a{2,3}", ["aa", "aaa"], ["a", "aaaa"]),
    ("S{n} has n", "a{2}", ["aa"], ["a", "aaa"]),
    ("S{n,} has n at least", "a{2,}", ["aa", "aaaaa"], ["a"]),
    ("S{0,m} has up to m", "a{0,2}", ["", "a", "aa"], ["aaa"]),
    ("S{0,0} has the empty string alone", "a{0,0}", [""], ["a"]),
    # atoms
    ("a normal character", "%", ["%"], ["%%"]),
    ("a group", "(a|b)c", ["ac", "bc"], ["a", "abc"]),
    ("groups in groups", "((a)|(b(c)))*", ["abca", ""], ["ac"]),
    # F.1 classes: character, range, negative, subtraction
    ("one of a class", "[abc]", ["a", "c"], ["d", "ab", ""]),
    ("a range", "[a-c]", ["a", "b", "c"], ["A", "d"]),
    ("ranges and characters", "[a-cx0-9_]", ["b", "x", "5", "_"], ["d", "-"]),
    ("all but a class", "[^ab]", ["c", "\n"], ["a", ""]),
    ("a hyphen at the beginning", "[-a]", ["-", "a"], ["b"]),
    ("a hyphen at the end", "[a-]", ["-", "a"], ["b"]),
    ("a circumflex that is not the first", "[a^]", ["^", "a"], ["b"]),
    ("a class less another", "[a-z-[aeiou]]", ["b", "z"], ["a", "A"]),
    ("a class less all but another", "[a-z-[^aeiou]]", ["a", "u"], ["b"]),
    ("a negative class less another", "[^a-z-[0-9]]", ["A", "-"], ["a", "5"]),
    ("subtraction within subtraction", "[a-z-[b-y-[m]]]", ["a", "m", "z"], ["b", "n"]),
    ("a category less a class", "[\\p{Lu}-[A-M]]", ["N", "\u00c9"], ["A", "n"]),
    # F.1.1 escapes: single characters
    *((f"the escape \\{sign}", f"\\{sign}", [sign], [f"\\{sign}", "a"]) for sign in "\\|.-^?*+{}()[]"),
    ("the escape \\n", "\\n", ["\n"], ["n"]),
    ("the escape \\r", "\\r", ["\r"], ["r"]),
    ("the escape \\t", "\\t", ["\t"], ["t"]),
    ("escapes in a class", "[\\]\\[\\-\\^\\\\]", ["]", "[", "-", "^", "\\"], ["a"]),
    # categories
    ("a category", "\\p{Lu}", ["A", "\u0416"], ["a", "1"]),
    ("all but a category", "\\P{Lu}", ["a", "1"], ["A"]),
    ("a category of categories", "\\p{L}+", ["aA\u01c5\u02b0\u05d0"], ["a1"]),
    ("a category in a class", "[\\p{Nd}x]", ["7", "x", "\u0667"], ["y"]),
    # blocks
    ("a block", "\\p{IsBasicLatin}", ["a", "~"], ["\u00e9"]),
    ("all but a block", "\\P{IsBasicLatin}", ["\u00e9"], ["a"]),
    ("a block with digits in its name", "\\p{IsLatin-1Supplement}", ["\u00e9"], ["a"]),
    ("a block of another script", "\\p{IsCyrillic}+", ["\u0416\u0436"], ["a"]),
    ("a block beyond the first plane", "\\p{IsGothic}", ["\U00010330"], ["a"]),
    # multi-character escapes
    (". has all but line ends", ".", ["a", "\u2028", "\U0001f37a"], ["\n", "\r", "", "ab"]),
    (
        "\\s has blank, tabulator, line feed, return",
        "\\s",
        [" ", "\t", "\n", "\r"],
        ["\u00a0", "\u2003", "a"],
    ),
    ("\\S has all else", "\\S", ["a", "\u00a0"], [" ", "\n"]),
    ("\\i has what a name may begin with", "\\i", ["a", "_", ":", "\u00e9"], ["1", "-", ".", " "]),
    ("\\I has all else", "\\I", ["1", "-"], ["a"]),
    ("\\c has what a name may go on with", "\\c", ["a", "1", "-", ".", ":"], [" ", "!"]),
    ("\\C has all else", "\\C", [" ", "!"], ["a"]),
    ("\\d has decimal digits of every script", "\\d", ["0", "\u0661", "\u096f"], ["a", "\u00bd"]),
    ("\\D has all else", "\\D", ["a"], ["0"]),
    (
        "\\w has all but punctuation, separators and others",
        "\\w",
        ["a", "1", "+", "\u20ac"],
        [" ", ".", "_", "-"],
    ),
    ("\\W has those", "\\W", [" ", ".", "_"], ["a"]),
    ("multi-character escapes in a class", "[\\s\\d]", [" ", "5"], ["a"]),
    # implicit anchors, and what is ordinary
    ("the whole string and no part of it", "bc", ["bc"], ["abc", "bcd", "bc\n"]),
    ("^ and $ are ordinary", "^a$", ["^a$"], ["a"]),
    ("no lazy quantifiers: a? followed by ? is refused below", "(a?)?", ["", "a"], ["aa"]),
    # RFC 7950 sections 9.4.6 and 9.4.7: hexadecimal digits of a length, and names
    ("hexadecimal digits", "[0-9a-fA-F]*", ["", "AB", "9A00"], ["00ABAB0G", "xx00"]),
    ("identifiers", "[a-zA-Z_][a-zA-Z0-9\\-_.]*", ["enabled", "_x.y-1"], ["10-mbit", ""]),
    ("what begins with xml", "[xX][mM][lL].*", ["xml", "Xml-element"], ["enabled", "my-xml"]),
    ("an address of four numbers", "\\d{1,3}(\\.\\d{1,3}){3}", ["192.0.2.1"], ["192.0.2", "1.2.3.4.5"]),
]


@pytest.mark.parametrize(
    ("expression", "inside", "outside"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_language(expression: str, inside: list[str], outside: list[str]) -> None:
    match = matcher(expression)
    assert [text for text in inside if not match(text)] == []
    assert [text for text in outside if match(text)] == []


CATEGORIES = [
    *(
        "Lu",
        "Ll",
        "Lt",
        "Lm",
        "Lo",
        "Mn",
        "Mc",
        "Me",
        "Nd",
        "Nl",
        "No",
        "Pc",
        "Pd",
        "Ps",
        "Pe",
        "Pi",
        "Pf",
        "Po",
    ),
    *("Zs", "Zl", "Zp", "Sm", "Sc", "Sk", "So", "Cc", "Cf", "Co", "Cn"),
]
"""All that appendix F.1.1 lists. Cs, of surrogates, it has not: they are no characters."""

EXAMPLES = "AaǅʰªMन\u0303\u0903\u20dd1\u2160\u00bd_-()«»!\u00a0\u2028\u2029+$^©\x07\u00ad\ue000\u0378"


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_category_has_its_characters_and_no_others(category: str) -> None:
    match, contrary = matcher(f"\\p{{{category}}}"), matcher(f"\\P{{{category}}}")
    told = {character for character in EXAMPLES if match(character)}
    assert told == {character for character in EXAMPLES if unicodedata.category(character) == category}
    assert told != set()
    assert {character for character in EXAMPLES if contrary(character)} == set(EXAMPLES) - told


@pytest.mark.parametrize("group", "LMNPZSC")
def test_a_group_of_categories_has_all_of_theirs(group: str) -> None:
    match = matcher(f"\\p{{{group}}}")
    assert {each for each in EXAMPLES if match(each)} == {
        each for each in EXAMPLES if unicodedata.category(each)[0] == group
    }


BLOCKS = {
    # a block of appendix F.1.1, its first and its last character
    "BasicLatin": (0x0000, 0x007F),
    "Latin-1Supplement": (0x0080, 0x00FF),
    "LatinExtended-A": (0x0100, 0x017F),
    "LatinExtended-B": (0x0180, 0x024F),
    "IPAExtensions": (0x0250, 0x02AF),
    "SpacingModifierLetters": (0x02B0, 0x02FF),
    "CombiningDiacriticalMarks": (0x0300, 0x036F),
    "Greek": (0x0370, 0x03FF),
    "Cyrillic": (0x0400, 0x04FF),
    "Armenian": (0x0530, 0x058F),
    "Hebrew": (0x0590, 0x05FF),
    "Arabic": (0x0600, 0x06FF),
    "Syriac": (0x0700, 0x074F),
    "Thaana": (0x0780, 0x07BF),
    "Devanagari": (0x0900, 0x097F),
    "Bengali": (0x0980, 0x09FF),
    "Thai": (0x0E00, 0x0E7F),
    "Georgian": (0x10A0, 0x10FF),
    "HangulJamo": (0x1100, 0x11FF),
    "LatinExtendedAdditional": (0x1E00, 0x1EFF),
    "GreekExtended": (0x1F00, 0x1FFF),
    "GeneralPunctuation": (0x2000, 0x206F),
    "SuperscriptsandSubscripts": (0x2070, 0x209F),
    "CurrencySymbols": (0x20A0, 0x20CF),
    "CombiningMarksforSymbols": (0x20D0, 0x20FF),
    "LetterlikeSymbols": (0x2100, 0x214F),
    "NumberForms": (0x2150, 0x218F),
    "Arrows": (0x2190, 0x21FF),
    "MathematicalOperators": (0x2200, 0x22FF),
    "BoxDrawing": (0x2500, 0x257F),
    "Dingbats": (0x2700, 0x27BF),
    "Hiragana": (0x3040, 0x309F),
    "Katakana": (0x30A0, 0x30FF),
    "CJKUnifiedIdeographs": (0x4E00, 0x9FFF),
    "HangulSyllables": (0xAC00, 0xD7A3),
    "CJKCompatibilityIdeographs": (0xF900, 0xFAFF),
    "AlphabeticPresentationForms": (0xFB00, 0xFB4F),
    "HalfwidthandFullwidthForms": (0xFF00, 0xFFEF),
    "OldItalic": (0x10300, 0x1032F),
    "Gothic": (0x10330, 0x1034F),
    "Deseret": (0x10400, 0x1044F),
    "MusicalSymbols": (0x1D100, 0x1D1FF),
    "MathematicalAlphanumericSymbols": (0x1D400, 0x1D7FF),
    "CJKUnifiedIdeographsExtensionB": (0x20000, 0x2A6D6),
    "CJKCompatibilityIdeographsSupplement": (0x2F800, 0x2FA1F),
    "Tags": (0xE0000, 0xE007F),
}


@pytest.mark.parametrize(("block", "first", "last"), [(block, *bounds) for block, bounds in BLOCKS.items()])
def test_a_block_goes_from_its_first_to_its_last_character(block: str, first: int, last: int) -> None:
    match = matcher(f"\\p{{Is{block}}}")
    assert match(chr(first))
    assert match(chr((first + last) // 2))
    assert match(chr(last))
    assert first == 0 or not match(chr(first - 1))
    if block not in {"HangulSyllables", "CJKUnifiedIdeographsExtensionB"}:
        assert not match(chr(last + 1))


@pytest.mark.parametrize(
    "expression",
    [
        *("*", "+", "?", "a**", "a??", "a*?", "(?:a)", "(?i)a", "a{,3}", "a{3,2}", "a{x}", "a{"),
        *("(", ")", "(a", "[a", "a]b[", "[]", "[^]", "[b-a]", "[a-\\d]", "[[a]]"),
        *("\\", "\\q", "\\b", "\\A", "\\1", "\\x41", "\\u0041", "\\p", "\\pL", "\\p{}", "\\p{Xx}", "\\p{Cs}", "\\p{IsNowhere}"),
        *("{", "}", "a}"),
    ],
)  # fmt: skip
def test_what_the_grammar_has_not_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"column|regular"):
        matcher(expression)
