"""The core function library: the recommendation's own examples and the edges of each function."""

import math
from typing import Any

import pytest
from validation_lab import Lab, model, module, xpath

from pyconfhoard.validation.compile import compile_xpath
from pyconfhoard.validation.expression import Uncompilable

SCHEMA = model(
    module(
        "shop",
        """
  container top {
    leaf word { type string; }
    leaf blank { type string; }
    leaf flag { type boolean; }
    leaf price { type decimal64 { fraction-digits 2; } }
    leaf-list size { type int16; ordered-by user; }
    container inner { leaf a { type string; } leaf b { type string; } }
    anydata any;
  }""",
    )
)
LAB = Lab(
    SCHEMA,
    {
        "shop:top": {
            "word": " two  words ",
            "blank": "",
            "flag": True,
            "price": "17.50",
            "size": [3, -1, 40],
            "inner": {"a": "x", "b": "y"},
            "any": {"k": 1},
        }
    },
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # XPath 1.0 section 4.2
        ("substring-before('1999/04/01', '/')", "1999"),
        ("substring-after('1999/04/01', '/')", "04/01"),
        ("substring-after('1999/04/01', '19')", "99/04/01"),
        ("substring('12345', 2, 3)", "234"),
        ("substring('12345', 2)", "2345"),
        ("substring('12345', 1.5, 2.6)", "234"),
        ("substring('12345', 0, 3)", "12"),
        ("substring('12345', 0 div 0, 3)", ""),
        ("substring('12345', 1, 0 div 0)", ""),
        ("substring('12345', -42, 1 div 0)", "12345"),
        ("substring('12345', -1 div 0, 1 div 0)", ""),
        ("translate('bar', 'abc', 'ABC')", "BAr"),
        ("translate('--aaa--', 'abc-', 'ABC')", "AAA"),
        # beyond the examples
        ("substring('12345', -1 div 0)", "12345"),
        ("substring('12345', 1 div 0)", ""),
        ("substring('12345', 6)", ""),
        ("substring('12345', 3, -1)", ""),
        ("substring('日本語', 2, 1)", "本"),
        ("substring-before('abc', 'x')", ""),
        ("substring-before('abc', '')", ""),
        ("substring-after('abc', 'x')", ""),
        ("substring-after('abc', '')", "abc"),
        ("translate('aa', 'aa', 'xy')", "xx"),
        ("translate('abc', '', 'xyz')", "abc"),
        ("concat('a', 1, true(), 1 div 3 > 0, '')", "a1truetrue"),
        ("starts-with('abc', '')", True),
        ("starts-with('abc', 'ab')", True),
        ("starts-with('abc', 'b')", False),
        ("contains('abc', '')", True),
        ("contains('abc', 'bc')", True),
        ("contains('', 'a')", False),
        ("string-length('')", 0),
        ("string-length('日本𝄞')", 3),
        ("normalize-space('  a \t\r\n b  ')", "a b"),
        ("normalize-space('\xa0a ')", "\xa0a"),
        ("string(12)", "12"),
        ("string(1 div 0)", "Infinity"),
        ("string(-0)", "0"),
        ("string(true())", "true"),
        # section 4.3
        ("boolean(0)", False),
        ("boolean(-0)", False),
        ("boolean(0 div 0)", False),
        ("boolean(0.1)", True),
        ("boolean('')", False),
        ("boolean('false')", True),
        ("not(0)", True),
        ("lang('en')", False),
        # section 4.4
        ("number(' 3.5 ')", 3.5),
        ("number(true())", 1),
        ("number(false())", 0),
        ("floor(2.6)", 2),
        ("floor(-2.5)", -3),
        ("ceiling(2.2)", 3),
        ("ceiling(-2.5)", -2),
        ("round(-2.5)", -2),
        ("round(2.5)", 3),
        ("1 div round(-0.2)", -math.inf),
        ("1 div ceiling(-0.2)", -math.inf),
        ("floor(1 div 0)", math.inf),
        # section 3.5
        ("5 mod 2", 1),
        ("5 mod -2", 1),
        ("-5 mod 2", -1),
        ("-5 mod -2", -1),
        ("1 - - 1", 2),
        ("2 + 3 * 4", 14),
        ("-(2) * 3", -6),
        ("'3' * '4'", 12),
        ("6 div 4", 1.5),
    ],
)
def test_value(text: str, value: Any) -> None:
    assert LAB.ask(text) == value


@pytest.mark.parametrize(
    "text", ["number('x')", "number('')", "-'x'", "1 + 'a'", "floor(0 div 0)", "round(0 div 0)"]
)
def test_not_a_number(text: str) -> None:
    assert math.isnan(LAB.ask(text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("string(word)", " two  words "),
        ("normalize-space(word)", "two words"),
        ("string(nothing)", ""),
        ("string(price)", "17.5"),
        ("string(flag)", "true"),
        ("number(price)", 17.5),
        ("price * 2", 35),
        ("boolean(blank)", True),
        ("boolean(nothing)", False),
        ("string-length(blank)", 0),
        ("count(size)", 3),
        ("count(*)", 9),
        ("count(nothing)", 0),
        ("sum(size)", 42),
        ("sum(nothing)", 0),
        ("string(size)", "3"),
        ("size[last()]", ["/shop:top/size[.='40']"]),
        ("string(inner)", "xy"),
        ("string(any)", ""),
        ("string(/)", " two  words true17.53-140xy"),
        ("local-name(*)", "word"),
        ("local-name(/)", ""),
        ("name()", "shop:top"),
        ("name(/)", ""),
        ("name(word/text())", ""),
        ("local-name(nothing)", ""),
        ("namespace-uri(word)", "urn:shop"),
        ("namespace-uri(nothing)", ""),
        ("namespace-uri(/)", ""),
        ("id('x')", []),
        ("concat(word, size)", " two  words 3"),
    ],
)
def test_value_on_data(text: str, value: Any) -> None:
    assert LAB.ask(text, "/shop:top") == value


def test_a_sum_with_a_word_is_no_number() -> None:
    assert math.isnan(LAB.ask("sum(* | size)", "/shop:top"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("string()", " two  words "),
        ("number()", math.nan),
        ("string-length()", 12),
        ("normalize-space()", "two words"),
        ("local-name()", "word"),
        ("name()", "shop:word"),
        ("namespace-uri()", "urn:shop"),
    ],
)
def test_without_argument_the_context_node_is_meant(text: str, value: Any) -> None:
    assert (
        LAB.ask(text, "/shop:top/word") == pytest.approx(value, nan_ok=True)
        or LAB.ask(text, "/shop:top/word") == value
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("count('x')", "count() needs a node-set, not a string"),
        ("sum(1)", "sum() needs a node-set"),
        ("local-name(1)", "local-name() needs a node-set"),
        ("namespace-uri(true())", "namespace-uri() needs a node-set"),
        ("deref('x')", "deref() needs a node-set"),
        ("enum-value(1)", "enum-value() needs a node-set"),
        ("bit-is-set('a', 'b')", "bit-is-set() needs a node-set"),
        ("derived-from('a', 'b')", "derived-from() needs a node-set"),
        ("derived-from(., 'no-such')", "there is no identity 'no-such'"),
        ("'a' | .", "'|' needs a node-set"),
        ("('a')[1]", "a predicate needs a node-set"),
        ("string(.)/x", "a step '/' needs a node-set"),
        ("nope:x", "the prefix 'nope' is not declared"),
        ("re-match('a', '[')", "re-match()"),
        ("1 +", "1 +"),
    ],
)
def test_what_cannot_mean_anything_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Uncompilable) as refusal:
        compile_xpath(xpath(SCHEMA, text), SCHEMA)
    assert reason in str(refusal.value)
