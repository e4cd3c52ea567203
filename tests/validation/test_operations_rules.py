"""Input, output and notifications: each rule of RFC 7950 is asked of them, too."""

from typing import Any

import pytest
from operations_lab import Exchange
from validation_lab import model, module, words

RULED = model(
    module(
        "r",
        """
  rpc run {
    input {
      must "not(both/a and both/b)" { error-message "not both"; error-app-tag "too-much"; }
      leaf who { type string; mandatory true; }
      choice way { mandatory true; leaf road { type string; } leaf rail { type string; } }
      leaf-list day { type int8; min-elements 1; max-elements 3; }
      list stop {
        key name; unique time;
        leaf name { type string; } leaf time { type int8; } leaf fee { type int8; must ". < 9"; }
      }
      container both { leaf a { type empty; } leaf b { type empty; } }
      leaf ticket { when "../rail"; type string; }
      leaf change { type leafref { path "../stop/name"; } }
      container seat { when "../rail"; leaf number { type int8; mandatory true; } }
    }
    output {
      leaf arrived { type boolean; mandatory true; }
      leaf late { when "../arrived = 'true'"; type int8; }
      leaf-list day { type int8; must ". > 0"; }
    }
  }
  notification passed {
    must "stop or road";
    leaf stop { type string; }
    leaf road { type string; }
    leaf speed { type int8; mandatory true; }
  }""",
    )
)
FINE: dict[str, Any] = {"who": "me", "road": "A1", "day": [1]}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"who": None}, [("missing-element", "", "/who")]),
        ({"road": None}, [("missing-element", "missing-choice", "")]),
        ({"day": None}, [("operation-failed", "too-few-elements", "/day")]),
        ({"day": [1, 1, 1, 1]}, [("operation-failed", "too-many-elements", "/day")]),
        ({"both": {"a": [None], "b": [None]}}, [("operation-failed", "too-much", "")]),
        (
            {"stop": [{"name": "x", "time": 1}, {"name": "y", "time": 1}]},
            [("operation-failed", "data-not-unique", "/stop[name='y']")],
        ),
        (
            {"stop": [{"name": "x", "fee": 9}]},
            [("operation-failed", "must-violation", "/stop[name='x']/fee")],
        ),
        ({"ticket": "t"}, [("unknown-element", "", "/ticket")]),
        ({"rail": "ICE", "road": None, "ticket": "t", "seat": {"number": 1}}, []),
        ({"rail": "ICE", "road": None}, [("missing-element", "", "/seat/number")]),
        ({"change": "x"}, [("data-missing", "instance-required", "/change")]),
        ({"change": "x", "stop": [{"name": "x"}]}, []),
    ],
)
def test_an_input_obeys_its_rules(change: dict[str, Any], expected: list[tuple[str, str, str]]) -> None:
    given = {name: value for name, value in (FINE | change).items() if value is not None}
    assert words(Exchange(RULED).input("r:run", given)) == [
        (tag, app_tag, f"/r:run/input{path}") for tag, app_tag, path in expected
    ]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"arrived": True, "late": 5, "day": [1, 1]}, []),
        ({}, [("data-missing", "", "/r:run/output/arrived")]),
        ({"arrived": False, "late": 5}, [("unknown-element", "", "/r:run/output/late")]),
        (
            {"arrived": True, "day": [1, 0]},
            [("operation-failed", "must-violation", "/r:run/output/day[.='0']")],
        ),
    ],
)
def test_an_output_obeys_its_rules(given: dict[str, Any], expected: list[tuple[str, str, str]]) -> None:
    assert words(Exchange(RULED).output("r:run", given)) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"stop": "x", "speed": 1}, []),
        ({"speed": 1}, [("operation-failed", "must-violation", "/r:passed")]),
        ({"road": "A1"}, [("data-missing", "", "/r:passed/speed")]),
    ],
)
def test_a_notification_obeys_its_rules(given: dict[str, Any], expected: list[tuple[str, str, str]]) -> None:
    assert words(Exchange(RULED).notification("r:passed", given)) == expected


def test_all_faults_are_told_at_once_those_of_conditions_first() -> None:
    found = Exchange(RULED).input("r:run", {"ticket": "t", "change": "x"})
    assert [fault.path.removeprefix("/r:run/input") for fault in found] == [
        "/ticket", "", "/who", "/day", "/change"
    ]  # fmt: skip


def test_a_fault_has_the_models_words_its_place_and_the_value() -> None:
    (fault,) = Exchange(RULED).input("r:run", FINE | {"both": {"a": [None], "b": [None]}})
    assert (fault.message, fault.place.file, fault.place.line) == ("not both", "r.yang", 6)
    (fault,) = Exchange(RULED).input("r:run", FINE | {"change": "nowhere"})
    assert fault.value == "nowhere"
