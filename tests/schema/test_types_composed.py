"""leafref and union: RFC 7950 sections 9.9 and 9.12, RFC 7951 section 6.10; defaults; records."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyconfhoard.schema.expression import XPath
from pyconfhoard.schema.types import (
    EMPTY,
    Binary,
    Bits,
    Boolean,
    Decimal64,
    EmptyType,
    Enumeration,
    Identityref,
    InstanceIdentifier,
    Integer,
    InvalidValue,
    Leafref,
    Pattern,
    Ranges,
    String,
    Type,
    Union,
    from_record,
    parse_default,
    record,
)
from pyconfhoard.schema.types.integer import BOUNDS

AUTO = Enumeration({"auto": 0, "off": 1})


def leafref(target: Type) -> Leafref:
    return Leafref(XPath("../name", "m", {"p": "m"}), target, require_instance=False)


SIMPLE: list[Type] = [
    *map(Integer, BOUNDS),
    Decimal64(2),
    Boolean(),
    String(),
    String((Ranges(((1, 3), (7, 7)), "len", "tag"),), (Pattern("a+"), Pattern("b", True, "no", "x"))),
    Binary((Ranges(((0, 9),)),)),
    AUTO,
    Bits({"b": 1, "a": 0}),
    Identityref(("m:base", "n:base"), frozenset({"m:x", "n:y"})),
    InstanceIdentifier(False),
    EmptyType(),
    Integer("int8", (Ranges(((-5, 5),), "r", "t"), Ranges(((0, 5),)))),
    Decimal64(3, (Ranges(((Decimal("-0.005"), Decimal("1.5")),), "r", "t"),)),
]
TYPES = st.recursive(
    st.sampled_from(SIMPLE),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=4).map(lambda members: Union(tuple(members)))
        | inner.map(leafref)
    ),
    max_leaves=6,
)
TEXTS = st.sampled_from(
    [
        "",
        "0",
        "5",
        "-5",
        "1.5",
        "true",
        "auto",
        "off",
        "a",
        "a b",
        "b",
        "aaa",
        "QUI=",
        "x",
        "m:x",
        "/m:a[k='1']",
        "99999999999",
    ]
)


class TestLeafref:
    def test_it_is_what_its_target_is(self) -> None:
        type_ = leafref(leafref(AUTO))
        assert type_.parse("auto", "m") == type_.from_json("auto", "m") == "auto"
        assert type_.text("auto") == type_.to_json("auto") == "auto"
        assert type_.legal() == ("auto", "off")
        assert type_.holds("off")
        with pytest.raises(InvalidValue, match="legal: auto, off"):
            type_.parse("x", "m")

    def test_the_end_of_a_chain_is_no_leafref(self) -> None:
        assert leafref(leafref(AUTO)).final is AUTO
        assert leafref(AUTO).final is AUTO

    def test_its_path_keeps_its_prefixes(self) -> None:
        assert leafref(AUTO).path.prefixes == {"p": "m"}


class TestUnion:
    def test_members_are_tried_in_their_order(self) -> None:
        """RFC 7950 section 9.12.4."""
        type_ = Union((Integer("int32"), Enumeration({"unbounded": 0})))
        assert type_.parse("17", "m") == 17
        assert type_.parse("unbounded", "m") == "unbounded"
        assert type_.legal() == ("unbounded",)

    def test_the_kind_of_json_takes_part(self) -> None:
        """RFC 7951 section 6.10: 5, "5" and "x"."""
        type_ = Union((Integer("uint16"), String()))
        assert type_.from_json(5, "m") == 5
        assert type_.from_json("5", "m") == "5"
        assert type_.to_json(5) == 5
        assert type_.to_json("5") == "5"

    def test_its_error_lists_every_members_reason(self) -> None:
        with pytest.raises(InvalidValue) as refusal:
            Union((Integer("uint8"), AUTO, leafref(Boolean()))).parse("300", "m")
        assert refusal.value.message == (
            "no member of the union fits: uint8: uint8 outside 0..255; "
            "enumeration: not a value of the enumeration; legal: auto, off; "
            "leafref: not a boolean; legal: true, false"
        )
        assert refusal.value.legal == ("auto", "off", "true", "false")

    def test_the_member_that_took_a_value_is_found_again(self) -> None:
        inner = Union((AUTO, String()))
        type_ = Union((Integer("uint8"), inner))
        assert type_.member("auto") is AUTO
        assert type_.member("x") is inner.members[1]
        with pytest.raises(InvalidValue, match="no member"):
            type_.member(True)

    def test_a_value_of_no_member_has_no_json(self) -> None:
        with pytest.raises(InvalidValue, match="no member"):
            Union((Integer("uint8"), Integer("int64"))).to_json(2**70)

    def test_json_comes_back_even_where_two_integer_members_write_it_differently(self) -> None:
        """The int32 took the number 5; the string "5", as the int64 has it, would be a string."""
        type_ = Union((String(), Integer("int64"), Integer("int32")))
        assert type_.to_json(type_.from_json(5, "m")) == 5

    def test_empty_and_bits_and_binary_are_told_apart(self) -> None:
        type_ = Union((EmptyType(), Bits({"a": 0}), Binary(), Boolean(), Decimal64(1)))
        assert [type_.to_json(value) for value in (EMPTY, ("a",), b"AB", True, Decimal("1.5"))] == [
            [None],
            "a",
            "QUI=",
            True,
            "1.5",
        ]
        assert [type_.text(value) for value in (EMPTY, ("a",), b"AB", True)] == ["", "a", "QUI=", "true"]


@given(TYPES, TEXTS)
def test_what_a_type_takes_it_holds_and_gets_back_from_text_and_json(type_: Type, text: str) -> None:
    try:
        value = type_.parse(text, "m")
    except InvalidValue:
        return
    assert type_.holds(value)
    canonical = type_.text(value)
    again = type_.parse(canonical, "m")
    assert type_.text(again) == canonical
    raw = json.loads(json.dumps(type_.to_json(value)))
    assert type_.to_json(type_.from_json(raw, "m")) == raw


@given(
    TYPES,
    st.sampled_from(
        [5, "5", "1.5", True, "true", [None], "auto", "a", "QUI=", "m:x", 300, "", None, 1.0, [], {}]
    ),
)
def test_json_that_a_type_takes_comes_back_as_the_same_value(type_: Type, raw: object) -> None:
    try:
        value = type_.from_json(raw, "m")
    except InvalidValue:
        return
    again = type_.from_json(type_.to_json(value), "m")
    assert again == value
    assert type(again) is type(value)


@given(TYPES)
def test_a_record_is_json_and_gives_the_type_back(type_: Type) -> None:
    restored = from_record(json.loads(json.dumps(record(type_))))
    assert restored == type_
    assert record(restored) == record(type_)
    assert hash(restored) == hash(type_)
    assert isinstance(restored, Type)


def test_a_record_of_an_unknown_type_is_refused() -> None:
    with pytest.raises(ValueError, match="no type is recorded as 'float'"):
        from_record(["float"])


class TestDefault:
    def test_an_identity_has_the_prefix_of_the_module_that_wrote_it(self) -> None:
        type_ = leafref(Identityref(("m:base",), frozenset({"m:x", "other:y"})))
        assert parse_default(type_, "o:y", "m", {"o": "other"}) == "other:y"
        assert parse_default(type_, "x", "m", {}) == "m:x"
        with pytest.raises(InvalidValue, match="prefix 'q' is not declared"):
            parse_default(type_, "q:y", "m", {})

    def test_each_member_of_a_union_reads_it_its_own_way(self) -> None:
        type_ = Union((Integer("uint8"), String()))
        assert parse_default(type_, "010", "m", {}) == 8
        assert parse_default(type_, "0x1FF", "m", {}) == "0x1FF"
        assert parse_default(AUTO, "off", "m", {}) == "off"
