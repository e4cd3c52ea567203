"""Defaults in use, and the views of the data that RFC 8040 section 4.8 knows."""

from __future__ import annotations

from typing import Any

import pytest
from tree_models import zoo
from tree_schemas import choice, container, holding, leaf, list_, schema_of

from pyconfhoard.schema.types import Integer, String
from pyconfhoard.tree import Branch, Path, decode, defaults_in_use, to_json, value_in_use

SCHEMA = zoo()
SETTINGS: Any = SCHEMA.root.children["m:settings"]


def in_use(raw: Any, name: str) -> Any:
    return value_in_use(decode(SETTINGS, raw, Path().child(SETTINGS)), name)


@pytest.mark.parametrize(
    ("raw", "name", "value"),
    [
        ({}, "level", 5),
        ({"level": 7}, "level", 7),
        ({}, "on", True),
        ({"on": False}, "on", False),
        ({}, "tags", ("x", "y")),
        ({"tags": ["z"]}, "tags", ("z",)),
        ({}, "name", None),
        ({}, "order", None),
        ({}, "present", None),
        ({}, "plain", Branch(SETTINGS.children["plain"], {})),
        # b is the default case: its default counts until another case has data.
        ({}, "b1", "bee"),
        ({"b2": {"deep": "x"}}, "b1", "bee"),
        ({"a1": "x"}, "b1", None),
        ({"a3": "x"}, "b1", None),
        ({"a3": "x"}, "b2", None),
        ({}, "b2", Branch(SETTINGS.children["b2"], {})),
    ],
)
def test_a_value_in_use_is_explicit_or_by_default(raw: Any, name: str, value: Any) -> None:
    assert in_use(raw, name) == value


def test_a_name_that_the_model_does_not_have_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        in_use({}, "nothing")


def test_defaults_of_a_nested_case_need_all_cases_above_it() -> None:
    nested = choice("inner", {"i": (leaf("x", String(), default="dx"),)}, default="i")
    outer = choice("outer", {"o": (leaf("o"), nested), "p": (leaf("p"),)})
    model = schema_of(holding("c", outer))
    node: Any = model.root.children["m:c"]

    def value(raw: Any) -> Any:
        return value_in_use(decode(node, raw, Path().child(node)), "x")

    assert value({}) is None  # outer has no default case
    assert value({"o": "1"}) == "dx"
    assert value({"p": "1"}) is None


def test_the_defaults_in_use_are_listed() -> None:
    branch = decode(SETTINGS, {"level": 1}, Path().child(SETTINGS))
    assert {name for name, _ in defaults_in_use(branch)} == {"on", "tags", "plain", "b1"}


RAW = {"m:settings": {"name": "n", "level": 5, "plain": {"deeper": {"z": "z"}}, "a1": "x"}}


def seen(raw: Any, **options: Any) -> Any:
    return to_json(SCHEMA.root, decode(SCHEMA.root, raw, Path(), content="all"), **options)


def test_report_all_shows_defaults() -> None:
    assert seen(RAW, with_defaults="report-all")["m:settings"] == {
        "name": "n",
        "level": 5,
        "on": True,
        "tags": ["x", "y"],
        "plain": {"y": "why", "deeper": {"z": "z"}},
        "a1": "x",
    }


def test_report_all_tagged_says_which_are_defaults() -> None:
    tag = {"ietf-netconf-with-defaults:default": True}
    shown = seen(RAW, with_defaults="report-all-tagged")["m:settings"]
    assert shown["@on"] == tag
    assert shown["@tags"] == [tag, tag]
    assert shown["plain"]["@y"] == tag
    assert "@level" not in shown  # explicit, though equal to the default


def test_trim_leaves_out_what_is_the_default() -> None:
    raw = {"m:settings": {"level": 5, "tags": ["x", "y"], "plain": {"y": "why"}, "on": False}}
    assert seen(raw, with_defaults="trim") == {"m:settings": {"on": False}}


def test_trim_keeps_keys() -> None:
    model = schema_of(
        list_("l", "k", leaf("k", Integer("int8"), default=1), leaf("v", Integer("int8"), default=1))
    )
    root = decode(model.root, {"m:l": [{"k": 1, "v": 1}]}, Path())
    assert to_json(model.root, root, with_defaults="trim") == {"m:l": [{"k": 1}]}


DEEP = {
    "m:settings": {"name": "n", "plain": {"y": "1", "deeper": {"z": "2"}}},
    "m:lists": {"system": [{"k": "a", "v": 1, "sub": [{"id": 1, "w": "x"}]}]},
}


@pytest.mark.parametrize(
    ("depth", "shown"),
    [
        (1, {}),
        (2, {"m:settings": {}, "m:lists": {}}),
        (3, {"m:settings": {"name": "n", "plain": {}}, "m:lists": {"system": [{"k": "a"}]}}),
        (4, {"m:settings": {"name": "n", "plain": {"y": "1", "deeper": {}}},
             "m:lists": {"system": [{"k": "a", "v": 1, "sub": [{"id": 1}]}]}}),
        (5, DEEP),
        (None, DEEP),
    ],
)  # fmt: skip
def test_depth_cuts_below_so_many_levels(depth: int | None, shown: Any) -> None:
    assert seen(DEEP, depth=depth) == shown


MIXED = {"m:settings": {"name": "n"}, "m:state": {"counter": "5", "log": [{"msg": "x"}]}}


@pytest.mark.parametrize(
    ("content", "names"),
    [("all", {"m:settings", "m:state"}), ("config", {"m:settings"}), ("nonconfig", {"m:state"})],
)
def test_content_chooses_configuration_or_state(content: Any, names: set[str]) -> None:
    assert seen(MIXED, content=content).keys() == names


def test_state_in_a_list_comes_with_the_keys_on_the_way() -> None:
    inner = container("state", leaf("latest", String(), config=False), config=False)
    model = schema_of(list_("probe", "id", leaf("id", String()), leaf("name", String()), inner))
    raw = {"m:probe": [{"id": "a", "name": "n", "state": {"latest": "1"}}]}
    root = decode(model.root, raw, Path(), content="all")
    assert to_json(model.root, root, content="nonconfig") == {
        "m:probe": [{"id": "a", "state": {"latest": "1"}}]
    }
    assert to_json(model.root, root, content="config") == {"m:probe": [{"id": "a", "name": "n"}]}
