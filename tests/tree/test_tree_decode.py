"""decode: every fault of a document in one pass, with its place; and what comes in, goes out."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from tree_models import branches, zoo
from tree_schemas import container, leaf, leaf_list, list_, node, schema_of

from pyconfhoard.errors import MAX_FAULTS, BadInput, Fault
from pyconfhoard.schema.nodes import AnyData
from pyconfhoard.schema.types import EMPTY, Integer, String
from pyconfhoard.tree import (
    AnyValue,
    Branch,
    Entries,
    Path,
    chunks,
    decode,
    encode,
    parse,
    parse_path,
    to_json,
)

SCHEMA = zoo()


def read(raw: Any, **more: Any) -> Branch:
    made: Branch = decode(SCHEMA.root, raw, Path(), **more)
    return made


def faults(raw: Any, **more: Any) -> tuple[Fault, ...]:
    with pytest.raises(BadInput) as caught:
        read(raw, **more)
    return caught.value.faults


@settings(max_examples=100, deadline=None)
@given(branches(SCHEMA.root))
def test_what_is_encoded_decodes_to_the_same(root: Branch) -> None:
    text = encode(SCHEMA.root, root)
    assert decode(SCHEMA.root, parse(text), Path(), content="all") == root
    assert b"".join(chunks(SCHEMA.root, root)) == text
    assert parse(text) == to_json(SCHEMA.root, root)
    for name, value in root.members.items():
        child = SCHEMA.root.children[name]
        assert decode(child, parse(encode(child, value)), Path().child(child), content="all") == value


def test_values_are_canonical() -> None:
    raw = {
        "m:settings": {
            "ratio": "+01.50",
            "big": "18446744073709551615",
            "there": [None],
            "flags": "left up",
            "blob": "aGVsbG8=",
            "tags": ["z", "a"],
            "order": [3, 1, 2],
            "any": {"a": [1, {}]},
        }
    }
    members = read(raw)["m:settings"].members
    assert members == {
        "ratio": Decimal("1.5"),
        "big": 2**64 - 1,
        "there": EMPTY,
        "flags": ("up", "left"),
        "blob": b"hello",
        "tags": ("a", "z"),  # the system orders it: sorted, as lists are
        "order": (3, 1, 2),
        "any": AnyValue({"a": [1, {}]}),
    }


def test_members_stand_in_the_order_of_the_model() -> None:
    raw = {"m:lists": {"user": [{"v": "x", "k": 2}, {"k": 1}], "system": [{"v": 1, "k": "b"}, {"k": "a"}]}}
    assert encode(SCHEMA.root, read(raw)) == (
        b'{"m:lists":{"system":[{"k":"a"},{"k":"b","v":1}],"user":[{"k":2,"v":"x"},{"k":1}]}}'
    )


def test_what_says_nothing_is_not_kept() -> None:
    assert not read({"m:settings": {"plain": {"deeper": {}}, "tags": []}, "m:lists": {"system": []}}).members
    assert read({"m:settings": {"present": {}}})["m:settings"].members.keys() == {"present"}


def test_names_may_carry_their_module() -> None:
    assert read({"m:settings": {"m:name": "n"}}) == read({"m:settings": {"name": "n"}})


def test_all_faults_are_listed_with_their_places() -> None:
    raw = {
        "m:settings": {
            "level": 200,
            "nmae": "x",
            "mode": "warm",
            "plain": [],
            "big": 5,
            "order": [1, "2", 1],
            "tags": ["a", "b", "a"],
            "any": 5,
            "a1": "x",
            "b1": "y",
        },
        "m:lists": {
            "system": [
                {"k": "x", "v": "1"},
                {"v": 2},
                {"k": 7},
                {"k": "x"},
                5,
                {"k": "it's", "sub": [{"id": 1, "nope": 2}, {"id": 1}]},
            ],
            "user": {"k": 1},
        },
        "settings": {},
    }
    assert [(fault.path, fault.tag, fault.value) for fault in faults(raw)] == [
        ("/m:settings/level", "invalid-value", "200"),
        ("/m:settings", "unknown-element", "nmae"),
        ("/m:settings/mode", "invalid-value", "warm"),
        ("/m:settings/plain", "invalid-value", "[]"),
        ("/m:settings/big", "invalid-value", "5"),
        ("/m:settings/order", "invalid-value", "2"),
        ("/m:settings/order", "bad-element", "1"),
        ("/m:settings/tags", "bad-element", "a"),
        ("/m:settings/any", "invalid-value", "5"),
        ("/m:settings", "bad-element", None),
        ("/m:lists/system[k='x']/v", "invalid-value", "1"),
        ("/m:lists/system[2]", "missing-element", None),
        ("/m:lists/system[3]/k", "invalid-value", "7"),
        ("/m:lists/system[k='x']", "bad-element", None),
        ("/m:lists/system[5]", "invalid-value", "5"),
        ("/m:lists/system[k=\"it's\"]/sub[id='1']", "unknown-element", "nope"),
        ("/m:lists/system[k=\"it's\"]/sub[id='1']", "bad-element", None),
        ("/m:lists/user", "invalid-value", '{"k":1}'),
        ("/", "unknown-element", "settings"),
    ]


@pytest.mark.parametrize(
    ("raw", "says", "legal"),
    [
        ({"nmae": "x"}, "did you mean name", ("name",)),
        ({"mode": "het"}, "heat", ("off", "heat", "cool")),
        ({"m:levle": 1}, "did you mean level", ("level",)),
        ({"zzz": 1}, "it has: name, level", ()),
        ({"mixed": []}, "union", ("true", "false")),
    ],
)
def test_a_fault_names_what_would_be_right(raw: Any, says: str, legal: tuple[str, ...]) -> None:
    (fault,) = faults({"m:settings": raw})
    assert says in fault.message
    assert fault.legal == legal


def test_a_fault_of_a_value_has_the_place_in_the_model() -> None:
    (fault,) = faults({"m:settings": {"level": 200}})
    assert str(fault.place) == "m.yang:5"  # the line is the number of letters in the name


@pytest.mark.parametrize(
    ("content", "raw", "says"),
    [
        ("config", {"m:state": {"counter": "1"}}, "state is state: it is reported, not configured"),
        ("nonconfig", {"m:settings": {"name": "n"}}, "name is configuration: it is set, not reported"),
    ],
)
def test_configuration_and_state_are_kept_apart(content: Any, raw: Any, says: str) -> None:
    (fault,) = faults(raw, content=content)
    assert says in fault.message
    assert read(raw, content="all") == read(raw, content="config" if content == "nonconfig" else "nonconfig")


def test_a_name_that_stands_twice_in_two_forms_is_refused() -> None:
    (fault,) = faults({"m:settings": {"name": "a", "m:name": "b"}})
    assert fault.tag == "bad-element"


def test_nested_choices_admit_one_case() -> None:
    assert len(faults({"m:settings": {"a2": "x", "a3": "y"}})) == 1
    assert len(faults({"m:settings": {"a2": "x", "b2": {"deep": "y"}}})) == 1
    assert read({"m:settings": {"a1": "x", "a3": "y"}})["m:settings"].members == {"a1": "x", "a3": "y"}
    assert read({"m:settings": {"a1": "x", "b2": {}}})["m:settings"].members == {"a1": "x"}


def test_one_entry_is_read_where_the_path_has_its_key() -> None:
    path = parse_path(SCHEMA, "/m:lists/system[k='x']")
    node = SCHEMA.root.children["m:lists"].children["system"]  # type: ignore[attr-defined]
    entry = decode(node, {"k": "x", "v": 1}, path)
    assert isinstance(entry, Branch)
    listed = decode(node, [{"k": "x", "v": 1}], path)
    assert isinstance(listed, Entries)
    assert listed.get(("x",)) == entry
    with pytest.raises(BadInput) as caught:
        decode(node, {"k": "x", "v": "y"}, path)
    assert caught.value.faults[0].path == "/m:lists/system[k='x']/v"


def test_a_large_document_is_not_held_twice() -> None:
    text = b'{"m:lists":{"system":[{"k":"x","v":1},{"k":"y","v":2}]}}'
    raw: Any = parse(text)
    listed = raw["m:lists"]["system"]
    assert read(raw, consume=True) == read(parse(text))
    assert listed == [None, None]


def test_repeated_entries_of_state_are_data() -> None:
    raw = {"m:state": {"seen": ["b", "a", "b"], "log": [{"msg": "x"}, {}, {"msg": "x"}]}}
    root = read(raw, content="nonconfig")
    assert to_json(SCHEMA.root, root) == raw


def test_at_most_so_many_faults_are_listed() -> None:
    with pytest.raises(BadInput) as caught:
        read({"m:settings": {f"n{i}": i for i in range(MAX_FAULTS + 500)}})
    assert len(caught.value.faults) == MAX_FAULTS
    assert caught.value.total == MAX_FAULTS + 500


def test_a_long_value_is_cut_in_the_fault() -> None:
    (fault,) = faults({"m:settings": {"level": "9" * 10_000}})
    assert fault.value is not None
    assert len(fault.value) < 100
    (fault,) = faults({"m:settings": {"plain": list(range(100_000))}})
    assert fault.value is not None
    assert len(fault.value) < 100


@pytest.mark.parametrize("raw", [[], "x", None, 5, True])
def test_a_document_that_is_no_object_is_refused(raw: Any) -> None:
    (fault,) = faults(raw)
    assert "an object" in fault.message


NOTE = {"m:quality": "good"}


@pytest.mark.parametrize(
    "raw",
    [
        {"name": "n", "@name": NOTE},
        {"name": "n", "@": NOTE},
        {"plain": {"@": NOTE}},
        {"tags": ["a", "b"], "@tags": [None, NOTE]},
        {"xml": [1], "@xml": NOTE},
    ],
)
def test_annotations_go_both_ways(raw: Any) -> None:
    root = read({"m:settings": raw})
    assert json.loads(encode(SCHEMA.root, root)) == {"m:settings": raw}
    assert to_json(SCHEMA.root, root) == {"m:settings": raw}


def test_annotations_of_a_leaf_list_move_with_its_values() -> None:
    root = read({"m:settings": {"tags": ["c", "a", "b"], "@tags": [NOTE, None, {"m:quality": "bad"}]}})
    assert to_json(SCHEMA.root, root)["m:settings"] == {
        "tags": ["a", "b", "c"],
        "@tags": [None, {"m:quality": "bad"}, NOTE],
    }


@pytest.mark.parametrize(
    ("raw", "tag"),
    [
        ({"@name": NOTE}, "bad-attribute"),
        ({"name": "n", "@name": "x"}, "invalid-value"),
        ({"name": "n", "@name": {"quality": "x"}}, "unknown-attribute"),
        ({"name": "n", "@name": {"other:quality": "x"}}, "unknown-attribute"),
        ({"tags": ["a"], "@tags": NOTE}, "invalid-value"),
        ({"plain": {"y": "1"}, "@plain": NOTE}, "bad-attribute"),
        ({"@nmae": NOTE}, "unknown-element"),
    ],
)
def test_a_wrong_annotation_is_refused(raw: Any, tag: str) -> None:
    (fault,) = faults({"m:settings": raw}, annotations=dict.fromkeys(NOTE))
    assert fault.tag == tag


def test_an_annotation_of_any_module_passes_where_none_are_given() -> None:
    assert read({"m:settings": {"name": "n", "@name": {"other:x": [1]}}})["m:settings"].meta


def test_augmented_members_carry_their_module() -> None:
    inner = leaf("extra", Integer("int8"))
    object.__setattr__(inner, "module", "n")
    object.__setattr__(inner, "member", "n:extra")
    model = schema_of(container("c", leaf("own", String()), inner))
    root = decode(model.root, {"m:c": {"own": "x", "n:extra": 1}}, Path())
    assert encode(model.root, root) == b'{"m:c":{"own":"x","n:extra":1}}'
    with pytest.raises(BadInput, match="did you mean n:extra"):
        decode(model.root, {"m:c": {"extra": 1}}, Path())


def test_anydata_is_an_object_and_anyxml_anything() -> None:
    model = schema_of(
        container("c", node(AnyData, "a"), node(AnyData, "x", xml=True), leaf_list("ll", String()))
    )
    for raw in ({"m:c": {"a": {"b": [1.50]}}}, {"m:c": {"x": "text"}}, {"m:c": {"x": None}}):
        body = json.dumps(raw).encode()
        assert parse(encode(model.root, decode(model.root, parse(body), Path()))) == raw
    assert encode(model.root, decode(model.root, parse(b'{"m:c":{"a":{"n":1.50}}}'), Path())) == (
        b'{"m:c":{"a":{"n":1.50}}}'
    )


def test_keys_come_from_either_name() -> None:
    model = schema_of(list_("l", "k", leaf("k", String()), leaf("v", String())))
    assert decode(model.root, {"m:l": [{"m:k": "x"}]}, Path()) == decode(
        model.root, {"m:l": [{"k": "x"}]}, Path()
    )
    with pytest.raises(BadInput, match="stands twice"):
        decode(model.root, {"m:l": [{"k": "x", "m:k": "y"}]}, Path())
