"""Messages come from JSON as data does, by the same names, with nothing of configuration in the way."""

from typing import Any

import pytest
from operations_lab import message
from validation_lab import model, module

from pyconfhoard.errors import BadInput
from pyconfhoard.schema.nodes import Inner
from pyconfhoard.tree import Branch, Path, decode, parse_path, to_json
from pyconfhoard.validation.operations import place_of

MODEL = model(
    module(
        "d",
        """
  grouping many {
    leaf-list value { type int8; }
    leaf-list kept { ordered-by user; type string; }
    list row { leaf x { type int8; } leaf y { type string; } }
    list keyed { key k; leaf k { type int8; } leaf v { type string; } }
    container inside { leaf deep { type empty; } }
    container marked { presence yes; }
    anydata any;
    choice one { leaf left { type empty; } leaf right { type empty; } }
  }
  rpc all { input { uses many; } output { uses many; } }
  notification told { uses many; }
  list thing {
    key id; leaf id { type int8; }
    action act { input { uses many; } output { uses many; } }
    notification seen { uses many; }
    container state { config false; uses many; }
  }""",
    ),
    module(
        "more",
        """
  import d { prefix d; }
  augment /d:all/d:input { leaf value { type string; } leaf set { type int8; } }
  augment /d:told { leaf value { type string; } }""",
    ),
)
THING = MODEL.root.children["d:thing"]
assert isinstance(THING, Inner)
AT = parse_path(MODEL, "/d:thing[id='1']")
STATE = THING.children["state"]
assert isinstance(STATE, Inner)
MESSAGES: list[tuple[Inner, Path, str]] = [
    (MODEL.rpcs["d:all"].input, Path.ROOT, "/d:all/input"),
    (MODEL.rpcs["d:all"].output, Path.ROOT, "/d:all/output"),
    (MODEL.notifications["d:told"], Path.ROOT, "/d:told"),
    (THING.actions["act"].input, AT, "/d:thing[id='1']/act/input"),
    (THING.actions["act"].output, AT, "/d:thing[id='1']/act/output"),
    (THING.notifications["seen"], AT, "/d:thing[id='1']/seen"),
    (STATE, AT, "/d:thing[id='1']/state"),
]
HOLDERS = pytest.mark.parametrize(("node", "at", "path"), MESSAGES, ids=[path for _, _, path in MESSAGES])
WHOLE: dict[str, Any] = {
    "value": [3, 1, 3],
    "kept": ["b", "a", "b"],
    "row": [{"x": 1}, {"x": 1}, {"y": "z"}],
    "keyed": [{"k": 1, "v": "one"}, {"k": 2}],
    "inside": {"deep": [None]},
    "marked": {},
    "any": {"free": [1, {"x": None}]},
    "left": [None],
}


@HOLDERS
def test_values_come_as_they_were_written(node: Inner, at: Path, path: str) -> None:
    """Leaf-lists keep their order and may hold a value twice, lists need no keys: none of this is configuration."""
    branch = decode(node, WHOLE, place_of(node, at), content="all")
    assert to_json(node, branch) == WHOLE


@HOLDERS
def test_names_may_carry_their_module(node: Inner, at: Path, path: str) -> None:
    branch = decode(node, {"d:value": [1], "d:left": [None]}, place_of(node, at), content="all")
    assert to_json(node, branch) == {"value": [1], "left": [None]}


@HOLDERS
@pytest.mark.parametrize(
    ("given", "tag", "below"),
    [
        ({"value": ["x"]}, "invalid-value", "/value"),
        ({"row": [{}, {"x": "no"}]}, "invalid-value", "/row[2]/x"),
        ({"keyed": [{"k": 1, "v": 7}]}, "invalid-value", "/keyed[k='1']/v"),
        ({"keyed": [{"v": "7"}]}, "missing-element", "/keyed[1]"),
        ({"keyed": [{"k": 1}, {"k": 1}]}, "bad-element", "/keyed[k='1']"),
        ({"left": [None], "right": [None]}, "bad-element", ""),
        ({"wrong": 1}, "unknown-element", ""),
        ([], "invalid-value", ""),
    ],
)
def test_faults_name_the_place_in_the_message(
    node: Inner, at: Path, path: str, given: Any, tag: str, below: str
) -> None:
    with pytest.raises(BadInput) as caught:
        decode(node, given, place_of(node, at), content="all")
    assert [(fault.tag, fault.path) for fault in caught.value.faults] == [(tag, path + below)]


def test_what_another_module_added_carries_its_name() -> None:
    node = MODEL.rpcs["d:all"].input
    branch = message(node, {"d:input": {"value": [1], "more:value": "x", "more:set": 5}})
    assert to_json(node, branch) == {"value": [1], "more:value": "x", "more:set": 5}


def test_an_operation_without_input_takes_an_empty_object() -> None:
    lone = model(module("lone", "rpc go; rpc come { output { leaf x { type int8; } } }"))
    node = lone.rpcs["lone:go"].input
    assert message(node, {"lone:input": {}}) == Branch(node, {})
    with pytest.raises(BadInput, match="it has: nothing"):
        message(node, {"lone:input": {"x": 1}})
