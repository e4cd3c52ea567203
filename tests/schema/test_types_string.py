"""string and binary: RFC 7950 sections 9.4 and 9.8."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyconfhoard.schema.types import Binary, InvalidValue, Pattern, Ranges, String
from pyconfhoard.schema.types.string import legal_text


def yang_char(code: int) -> bool:
    """``yang-char`` of RFC 7950 section 14, written down another way than the code has it."""
    if code < 0x20:
        return code in {0x9, 0xA, 0xD}
    return not (0xD800 <= code <= 0xDFFF or 0xFDD0 <= code <= 0xFDEF or code & 0xFFFF >= 0xFFFE)


TEXT = st.text(st.characters(exclude_categories=["Cs"]).filter(lambda char: yang_char(ord(char))))


def test_legal_are_exactly_the_characters_of_the_rfcs_grammar() -> None:
    for code in [*range(0x300), *range(0xD7F0, 0xE010), *range(0xFDC0, 0xFE00), *range(0xFFF0, 0x10010)]:
        assert String().holds(chr(code)) is yang_char(code), hex(code)
    for plane in range(0x11):
        for code in range(plane * 0x10000 + 0xFFF0, plane * 0x10000 + 0x10000):
            assert String().holds(chr(code)) is yang_char(code), hex(code)


@given(TEXT)
def test_every_legal_string_is_its_own_text_and_json(value: str) -> None:
    type_ = String()
    assert type_.parse(value, "m") == type_.from_json(value, "m") == value
    assert type_.text(value) == type_.to_json(value) == value
    assert type_.holds(value)


@pytest.mark.parametrize("char", ["\x00", "\x0b", "\x1f", "\ud800", "\ufdd0", "\uffff", "\U0001fffe"])
def test_an_illegal_character_is_named(char: str) -> None:
    with pytest.raises(InvalidValue, match=f"U\\+{ord(char):04X}"):
        String().from_json(f"beer{char}", "m")
    assert not String().holds(char)
    assert legal_text(f"beer{char}") == "beer\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("raw", [1, 1.5, True, None, ["x"], {"a": "b"}])
def test_a_string_is_a_json_string(raw: object) -> None:
    with pytest.raises(InvalidValue, match="written as a JSON string, not as"):
        String().from_json(raw, "m")


def test_a_length_counts_characters_and_not_bytes() -> None:
    type_ = String((Ranges(((1, 3),)),))
    assert type_.parse("\U0001f37a\U0001f37a\u00fc", "m")
    with pytest.raises(InvalidValue, match=r"4 characters, a length outside 1\.\.3"):
        type_.parse("beer", "m")


def test_the_lengths_of_a_chain_all_hold() -> None:
    """RFC 7950 section 9.4.4: 1..4, then further restricted to 1 | 3."""
    type_ = String((Ranges(((0, 4),), "at most four"), Ranges(((1, 1), (3, 3)))))
    assert [n for n in range(7) if type_.holds("x" * n)] == [1, 3]
    with pytest.raises(InvalidValue, match=r"^at most four$"):
        type_.parse("xxxxx", "m")


def test_all_patterns_hold_and_a_broken_one_speaks_for_itself() -> None:
    """RFC 7950 section 9.4.7, with its messages."""
    type_ = String(
        patterns=(
            Pattern("[a-zA-Z_][a-zA-Z0-9\\-_.]*"),
            Pattern("[xX][mM][lL].*", invert=True, message="Not XML.", app_tag="xml"),
        )
    )
    assert type_.parse("enabled", "m") == "enabled"
    with pytest.raises(InvalidValue, match="does not match the pattern") as plain:
        type_.parse("10-mbit", "m")
    assert plain.value.app_tag == ""
    with pytest.raises(InvalidValue) as worded:
        type_.parse("xml-element", "m")
    assert (worded.value.message, worded.value.app_tag) == ("Not XML.", "xml")
    assert not type_.holds("xml")


def test_a_forbidden_pattern_is_called_so() -> None:
    with pytest.raises(InvalidValue, match=r"matches the forbidden pattern .a\..$"):
        String(patterns=(Pattern("a."), Pattern("a.", invert=True))).parse("ab", "m")


def test_lengths_that_leave_nothing_are_refused() -> None:
    for make in (String, Binary):
        with pytest.raises(ValueError, match="no legal value"):
            make((Ranges(((1, 2),)), Ranges(((3, 4),))))


@given(st.binary(max_size=40))
def test_every_binary_comes_back_and_is_standard_base64(value: bytes) -> None:
    type_ = Binary()
    assert type_.text(value) == type_.to_json(value) == base64.b64encode(value).decode()
    assert type_.parse(type_.text(value), "m") == type_.from_json(type_.to_json(value), "m") == value
    assert type_.holds(value)


@pytest.mark.parametrize(
    "text",
    ["QUI", "QUI==", "QUJD=", "QUJ D", "QUJD\n", "QR==", "Q===", "====", "-_-_", "QUJDQQ==QUJD", "ü", "x"],
)
def test_base64_is_strict(text: str) -> None:
    with pytest.raises(InvalidValue, match="not base64"):
        Binary().parse(text, "m")


def test_a_length_of_a_binary_counts_octets() -> None:
    type_ = Binary((Ranges(((1, 2),), app_tag="too-long"),))
    assert type_.parse("QUI=", "m") == b"AB"
    with pytest.raises(InvalidValue, match=r"3 octets, a length outside 1\.\.2") as refusal:
        type_.parse("QUJD", "m")
    assert refusal.value.app_tag == "too-long"
    assert not type_.holds(b"ABC")
    assert not type_.holds("QUI=")


def test_a_binary_is_a_json_string() -> None:
    with pytest.raises(InvalidValue, match="JSON string in base64"):
        Binary().from_json([1, 2], "m")
