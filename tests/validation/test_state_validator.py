"""State data is never refused, but what the model says of it can be asked."""

from typing import Any

import pytest
from operations_lab import state_of
from validation_lab import faults, model, module, tree, words

from pyconfhoard.tree import Branch, Path, decode
from pyconfhoard.validation.state import StateValidator, with_state

MODEL = model(
    module(
        "w",
        """
  leaf limit { type int8; default 5; }
  list probe {
    key name;
    leaf name { type string; must ". != 'bad'"; }
    leaf reading { config false; mandatory true; type int8; must ". <= /limit"; }
    leaf unit { config false; type string; default C; must ". = 'C' or ../reading > 0"; }
    leaf raw { config false; when "../reading > 3"; type string; }
    leaf-list last { config false; type int8; max-elements 3; must ". <= /limit"; }
    choice found { config false; mandatory true; leaf good { type empty; } leaf error { type string; } }
  }
  container bus {
    config false;
    list event {
      min-elements 1; max-elements 3; unique code;
      leaf code { type int8; must ". > 0"; }
      leaf probe { type leafref { path "/probe/name"; } }
    }
    leaf ref { type instance-identifier; }
    leaf-list of { type leafref { path "/probe/reading"; } }
  }""",
    )
)
RUNNING: dict[str, Any] = {"w:probe": [{"name": "a"}]}
FINE: dict[str, Any] = {"w:bus": {"event": [{"code": 1}]}}


def judged(running: dict[str, Any], state: dict[str, Any]) -> list[tuple[str, str, str]]:
    outcome = StateValidator(MODEL).validate(with_state(tree(MODEL, running), state_of(MODEL, state)))
    assert outcome.total == len(outcome.faults)
    return words(outcome.faults)


def probe(**state: Any) -> dict[str, Any]:
    return {"w:probe": [{"name": "a", "reading": 1, "good": [None], **state}], **FINE}


def bus(**state: Any) -> dict[str, Any]:
    return probe() | {"w:bus": {"event": [{"code": 1}], **state}}


MUST = ("operation-failed", "must-violation")
MISSING = ("data-missing", "instance-required")
A = "/w:probe[name='a']"


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (probe(), []),
        (FINE, [("data-missing", "missing-choice", A), ("data-missing", "", f"{A}/reading")]),
        (probe(reading=6), [(*MUST, f"{A}/reading")]),
        (probe(reading=-1, unit="F"), [(*MUST, f"{A}/unit")]),
        (probe(raw="x"), [("unknown-element", "", f"{A}/raw")]),
        (probe(reading=4, raw="x"), []),
        (probe(last=[2, 2, 2]), []),
        (
            probe(last=[2, 6, 2, 2]),
            [("operation-failed", "too-many-elements", f"{A}/last"), (*MUST, f"{A}/last[.='6']")],
        ),
        (bus(event=[{"code": 1}, {"code": 2, "probe": "a"}]), []),
        (bus(event=[{"code": 0, "probe": "b"}]), [(*MUST, "/w:bus/event[1]/code"), (*MISSING, "/w:bus/event[1]/probe")]),
        (bus(event=[{"code": 1}, {}, {"code": 1}]), [("operation-failed", "data-not-unique", "/w:bus/event[3]")]),
        ({**probe(), "w:bus": {"ref": f"{A}/unit"}}, [("operation-failed", "too-few-elements", "/w:bus/event")]),
        (bus(ref="/w:probe[name='b']"), [(*MISSING, "/w:bus/ref")]),
        (bus(of=[1, 1]), []),
        (bus(of=[1, 2]), [(*MISSING, "/w:bus/of[.='2']")]),
    ],
)  # fmt: skip
def test_all_rules_are_asked_of_state(state: dict[str, Any], expected: list[tuple[str, str, str]]) -> None:
    assert judged(RUNNING, state) == expected


def test_configuration_is_judged_with_it() -> None:
    state = probe()
    state["w:probe"][0]["name"] = "bad"
    assert judged({"w:probe": [{"name": "bad"}]}, state) == [(*MUST, "/w:probe[name='bad']/name")]


def test_the_validation_of_configuration_asks_nothing_of_state() -> None:
    assert faults(MODEL, RUNNING) == ()
    whole = decode(MODEL.root, RUNNING | probe(reading=100), Path(), content="all")
    assert isinstance(whole, Branch)
    assert StateValidator(MODEL).validate(whole).total == 1
    assert StateValidator(MODEL).validate(whole, limit=0).faults == ()


def test_what_state_breaks_in_a_node_without_keys_is_found_by_position() -> None:
    many = bus(event=[{"code": 5}, {"code": -1}, {"code": 5}])
    assert judged(RUNNING, many) == [
        ("operation-failed", "data-not-unique", "/w:bus/event[3]"),
        (*MUST, "/w:bus/event[2]/code"),
    ]


def test_what_a_condition_takes_away_in_lists_without_keys_leaves_the_other_entries_alone() -> None:
    keyless = model(
        module(
            "k",
            """
  container log {
    config false;
    must "count(row) = 3 and count(row/text) = 1 and not(row[2]/text)";
    list row {
      leaf level { type int8; }
      leaf text { when "../level > 1"; type string; }
      list part { when "../level > 1"; leaf n { type int8; must ". > 0"; } }
    }
    leaf-list same { when "../row[1]/level = 2"; type int8; }
  }""",
        )
    )  # fmt: skip
    rows = [
        {"level": 1, "text": "x"},
        {"level": 1, "text": "y", "part": [{"n": 0}]},
        {"level": 2, "text": "z"},
    ]
    root = decode(keyless.root, {"k:log": {"row": rows, "same": [1, 1]}}, Path(), content="all")
    assert words(StateValidator(keyless).validate(root).faults) == [
        ("unknown-element", "", path)
        for path in ("/k:log/row[1]/text", "/k:log/row[2]/text", "/k:log/row[2]/part", "/k:log/same")
    ]
