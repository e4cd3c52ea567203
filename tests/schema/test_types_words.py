"""boolean, empty, enumeration, bits and identityref: RFC 7950 sections 9.5 to 9.7, 9.10, 9.11."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyconfhoard.schema.types import EMPTY, Bits, Boolean, EmptyType, Enumeration, Identityref, InvalidValue

# RFC 7950 section 9.7.5
FLAGS = Bits({"disable-nagle": 0, "auto-sense-speed": 1, "ten-mb-only": 2})
MODES = Enumeration({"zero": 0, "one": 1, "seven": 7})
# RFC 7950 section 9.10.5
CRYPTO = Identityref(("crypto:crypto-alg",), frozenset({"crypto:des", "des:des3", "crypto:aes"}))


class TestBoolean:
    def test_the_words_are_true_and_false(self) -> None:
        assert Boolean().parse("true", "m") is True
        assert Boolean().parse("false", "m") is False
        assert (Boolean().text(True), Boolean().text(False)) == ("true", "false")
        assert Boolean().legal() == ("true", "false")

    @pytest.mark.parametrize("text", ["", "True", "1", "0", "yes", " true"])
    def test_no_other_word_is(self, text: str) -> None:
        with pytest.raises(InvalidValue) as refusal:
            Boolean().parse(text, "m")
        assert refusal.value.legal == ("true", "false")

    def test_json_has_literals_for_it(self) -> None:
        assert Boolean().from_json(True, "m") is True
        assert Boolean().to_json(False) is False

    @pytest.mark.parametrize("raw", ["true", 1, 0, None, [None]])
    def test_nothing_else_in_json_is_one(self, raw: object) -> None:
        with pytest.raises(InvalidValue, match="without quotes"):
            Boolean().from_json(raw, "m")

    def test_an_int_is_not_held(self) -> None:
        assert Boolean().holds(True)
        assert not Boolean().holds(1)


class TestEmpty:
    def test_its_text_is_empty_and_its_json_null_in_an_array(self) -> None:
        assert EmptyType().parse("", "m") is EMPTY
        assert EmptyType().from_json([None], "m") is EMPTY
        assert EmptyType().text(EMPTY) == ""
        assert EmptyType().to_json(EMPTY) == [None]
        assert EmptyType().holds(EMPTY)
        assert not EmptyType().holds(None)
        assert EmptyType().legal() == ()

    @pytest.mark.parametrize("raw", [None, [], [None, None], [0], "", True])
    def test_other_json_is_refused(self, raw: object) -> None:
        with pytest.raises(InvalidValue, match=r"\[null\]"):
            EmptyType().from_json(raw, "m")

    def test_text_is_refused(self) -> None:
        with pytest.raises(InvalidValue, match="takes no value"):
            EmptyType().parse("x", "m")


class TestEnumeration:
    def test_names_are_themselves(self) -> None:
        assert MODES.parse("seven", "m") == "seven"
        assert MODES.from_json("one", "m") == "one"
        assert (MODES.text("one"), MODES.to_json("one")) == ("one", "one")
        assert MODES.legal() == ("zero", "one", "seven")

    @pytest.mark.parametrize("text", ["", "7", "Seven", " one", "one "])
    def test_another_word_is_refused_with_the_legal_ones(self, text: str) -> None:
        with pytest.raises(InvalidValue, match="legal: zero, one, seven") as refusal:
            MODES.parse(text, "m")
        assert refusal.value.legal == ("zero", "one", "seven")

    @pytest.mark.parametrize("raw", [7, True, None, ["one"], {}])
    def test_it_is_a_json_string(self, raw: object) -> None:
        with pytest.raises(InvalidValue, match="JSON string"):
            MODES.from_json(raw, "m")

    def test_a_long_list_of_names_is_cut_in_the_message_only(self) -> None:
        many = Enumeration({f"e{number}": number for number in range(100)})
        with pytest.raises(InvalidValue, match="and 60 more") as refusal:
            many.parse("x", "m")
        assert len(refusal.value.legal) == 100

    def test_equal_ones_hash_alike(self) -> None:
        assert len({MODES, Enumeration({"zero": 0, "one": 1, "seven": 7}), Enumeration({"zero": 0})}) == 2


class TestBits:
    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("", ()),
            ("  ", ()),
            ("ten-mb-only disable-nagle", ("disable-nagle", "ten-mb-only")),
            ("\n\tauto-sense-speed\r\n  disable-nagle ", ("disable-nagle", "auto-sense-speed")),
        ],
    )
    def test_names_come_in_the_order_of_their_positions(self, text: str, names: tuple[str, ...]) -> None:
        assert FLAGS.parse(text, "m") == names
        assert FLAGS.from_json(text, "m") == names
        assert FLAGS.text(names) == FLAGS.to_json(names) == " ".join(names)

    @given(st.sets(st.sampled_from(sorted(FLAGS.bits))))
    def test_every_set_comes_back(self, chosen: set[str]) -> None:
        value = FLAGS.parse(" ".join(chosen), "m")
        assert set(value) == chosen
        assert FLAGS.holds(value)
        assert FLAGS.parse(FLAGS.text(value), "m") == FLAGS.from_json(FLAGS.to_json(value), "m") == value

    def test_positions_decide_and_not_the_order_of_the_model(self) -> None:
        assert Bits({"late": 9, "early": 1}).parse("late early", "m") == ("early", "late")
        assert Bits({"late": 9, "early": 1}).legal() == ("early", "late")

    def test_an_unknown_bit_is_named_with_the_legal_ones(self) -> None:
        with pytest.raises(InvalidValue, match="no such bit 'x'; legal: disable-nagle, auto-sense-speed"):
            FLAGS.parse("disable-nagle x", "m")

    def test_a_no_break_space_separates_nothing(self) -> None:
        with pytest.raises(InvalidValue, match="no such bit"):
            FLAGS.parse("disable-nagle\u00a0ten-mb-only", "m")

    def test_a_bit_given_twice_is_refused(self) -> None:
        with pytest.raises(InvalidValue, match="given twice"):
            FLAGS.parse("disable-nagle disable-nagle", "m")

    @pytest.mark.parametrize("raw", [["disable-nagle"], 0, None, True])
    def test_it_is_a_json_string(self, raw: object) -> None:
        with pytest.raises(InvalidValue, match="JSON string"):
            FLAGS.from_json(raw, "m")

    def test_only_ordered_tuples_are_held(self) -> None:
        assert FLAGS.holds(())
        refused = (
            ("ten-mb-only", "disable-nagle"),
            ("x",),
            ("ten-mb-only",) * 2,
            ["ten-mb-only"],
            "ten-mb-only",
        )
        assert not any(FLAGS.holds(value) for value in refused)


class TestIdentityref:
    def test_a_name_has_its_module_or_the_leafs(self) -> None:
        for convert in (CRYPTO.parse, CRYPTO.from_json):
            assert convert("des:des3", "crypto") == "des:des3"
            assert convert("des3", "des") == "des:des3"
            assert convert("aes", "crypto") == "crypto:aes"
        assert CRYPTO.text("des:des3") == CRYPTO.to_json("des:des3") == "des:des3"

    @pytest.mark.parametrize("text", ["des3", "crypto:crypto-alg", "crypto:", ":des3", "", "x:y:z"])
    def test_another_is_refused_with_the_legal_ones(self, text: str) -> None:
        with pytest.raises(
            InvalidValue, match="derived from crypto:crypto-alg; legal: crypto:aes"
        ) as refusal:
            CRYPTO.parse(text, "crypto")
        assert refusal.value.legal == ("crypto:aes", "crypto:des", "des:des3")

    @pytest.mark.parametrize("raw", [1, None, True, ["des:des3"], {}])
    def test_it_is_a_json_string(self, raw: object) -> None:
        with pytest.raises(InvalidValue, match="JSON string"):
            CRYPTO.from_json(raw, "crypto")

    def test_only_full_names_are_held(self) -> None:
        assert CRYPTO.holds("crypto:aes")
        assert not CRYPTO.holds("aes")

    def test_without_any_derived_identity_nothing_is_legal(self) -> None:
        with pytest.raises(InvalidValue, match="there is no legal value"):
            Identityref(("m:base",), frozenset()).parse("x", "m")
