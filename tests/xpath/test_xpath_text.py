"""``unparse``: the shortest text, and the same tree again."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyconfhoard.xpath import (
    AXES,
    DESCENDANTS,
    FUNCTIONS,
    PARENT,
    SELF,
    BinaryOperation,
    BinaryOperator,
    Call,
    Expr,
    Filter,
    LocationPath,
    NameTest,
    Negation,
    NodeTypeTest,
    Number,
    PathFrom,
    Step,
    String,
    parse,
    unparse,
)

NAMES = st.sampled_from(["a", "b-c", "div", "or", "text", "child", "last", "x.1"])
TESTS = st.one_of(
    st.builds(NameTest, st.sampled_from(["", "p", "mod"]), NAMES | st.just("*")),
    st.builds(NodeTypeTest, st.sampled_from(["node", "text", "comment"])),
    st.builds(NodeTypeTest, st.just("processing-instruction"), st.sampled_from(["", "it's"])),
)
STRINGS = st.builds(String, st.text("a'", max_size=3) | st.text('b" ', max_size=3))
NUMBERS = st.builds(Number, st.sampled_from(["0", "17", "3.14", ".5", "1."]))


def steps(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[tuple[Step, ...]]:
    predicates = st.lists(inner, max_size=2).map(tuple)
    step = st.builds(Step, st.sampled_from(sorted(AXES.values())), TESTS, predicates)
    abbreviated = st.sampled_from([SELF, PARENT, DESCENDANTS])
    return st.lists(step | abbreviated, min_size=1, max_size=4).map(tuple)


def calls(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    def arguments(name: str) -> st.SearchStrategy[Expr]:
        fewest, most = FUNCTIONS[name]
        listed = st.lists(inner, min_size=fewest, max_size=fewest + 1 if most is None else most)
        return st.builds(Call, st.just(name), listed.map(tuple))

    return st.sampled_from(sorted(FUNCTIONS)).flatmap(arguments)


def deeper(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    return st.one_of(
        st.builds(LocationPath, st.booleans(), steps(inner)),
        st.builds(PathFrom, inner, steps(inner)),
        st.builds(Filter, inner, st.lists(inner, min_size=1, max_size=2).map(tuple)),
        calls(inner),
        st.builds(Negation, inner),
        st.builds(BinaryOperation, st.sampled_from(get_args(BinaryOperator)), inner, inner),
    )


LEAVES = st.one_of(STRINGS, NUMBERS, st.builds(LocationPath, st.just(True), st.just(())))
TREES: st.SearchStrategy[Expr] = st.recursive(LEAVES, deeper, max_leaves=8)


@given(TREES)
def test_a_tree_comes_back_from_its_text(tree: Expr) -> None:
    text = unparse(tree)
    assert parse(text) == tree
    assert unparse(parse(text)) == text


@pytest.mark.parametrize(
    ("text", "shortest"),
    [
        ("child::a/attribute::b", "a/@b"),
        ("/descendant-or-self::node()/child::a", "//a"),
        ("self::node()/parent::node()", "./.."),
        ("self::node()[1]", "self::node()[1]"),
        ("descendant-or-self::node()/a", "descendant-or-self::node()/a"),
        ("a/descendant-or-self::node()", "a/descendant-or-self::node()"),
        ("//descendant-or-self::node()/a", "//descendant-or-self::node()/a"),
        ("((a)+((b)*(c)))", "a + b * c"),
        ("(a+b)*c", "(a + b) * c"),
        ("a - (b - c)", "a - (b - c)"),
        ("(a - b)-c", "a - b - c"),
        ("a=(b=c)", "a = (b = c)"),
        ("(-a)|b", "(-a) | b"),
        ("-(a|b)", "-a | b"),
        ("-(a+b)", "-(a + b)"),
        ("(/)*a", "(/) * a"),
        ("a|/", "a | (/)"),
        ("-/", "-(/)"),
        ("count(/)", "count(/)"),
        ("a[/]", "a[/]"),
        ("(deref(.))[1]/..", "deref(.)[1]/.."),
        ("((a)[1])[2]", "((a)[1])[2]"),
        ("(a/b)/c", "(a/b)/c"),
        ("(current()/a)//b", "(current()/a)//b"),
        ("concat('a',\"b'\")", "concat('a', \"b'\")"),
    ],
)
def test_the_text_is_the_shortest(text: str, shortest: str) -> None:
    assert unparse(parse(text)) == shortest
    assert parse(shortest) == parse(text)


def test_a_string_with_both_quotes_has_no_text() -> None:
    with pytest.raises(ValueError, match="both kinds of quotes"):
        unparse(String("'\""))


def test_every_expression_in_the_modules_that_pyang_ships_comes_back() -> None:
    string = r"(?:\"[^\"\\]*\"|'[^']*')"
    statement = re.compile(rf"\b(?:must|when|path)\s+({string}(?:\s*\+\s*{string})*)\s*[;{{]")
    found = 0
    for module in sorted(Path(sys.prefix, "share", "yang", "modules").rglob("*.yang")):
        for match in statement.finditer(module.read_text(encoding="utf-8")):
            text = "".join(piece[1:-1] for piece in re.findall(string, match.group(1)))
            tree = parse(text)
            assert parse(unparse(tree)) == tree
            found += 1
    assert found > 200
