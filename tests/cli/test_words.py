"""The words of a command line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.words import UnbalancedQuote, quote, split


def texts(line: str, *, partial: bool = False) -> list[str]:
    return [word.text for word in split(line, partial=partial)]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", []),
        ("  show   brewhouse ", ["show", "brewhouse"]),
        ("set a 'two words'", ["set", "a", "two words"]),
        ('set a "it\'s \\"it\\" \\\\"', ["set", "a", 'it\'s "it" \\']),
        ("set a ''", ["set", "a", ""]),
        ("set a b|c>d;e#f", ["set", "a", "b|c>d;e#f"]),
        ("key=' x 'y", ["key= x y"]),
        ("a 'back\\slash'", ["a", "back\\slash"]),
    ],
)
def test_split_gives_the_words_that_are_meant(line: str, words: list[str]) -> None:
    assert texts(line) == words


def test_split_names_the_column_of_a_quote_that_is_never_closed() -> None:
    with pytest.raises(UnbalancedQuote, match="column 7"):
        split("set a 'b c")


def test_split_keeps_an_open_word_when_the_line_is_not_finished() -> None:
    words = split("set 'a b", partial=True)
    assert (words[-1].text, words[-1].closed, words[-1].start) == ("a b", False, 4)


@given(st.lists(st.text(), max_size=5))
def test_quoted_words_come_back_as_they_were(words: list[str]) -> None:
    assert texts(" ".join(map(quote, words))) == words
