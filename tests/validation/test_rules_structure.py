"""``mandatory``, ``choice``, ``min-elements``, ``max-elements``, ``unique`` (RFC 7950 sections 7.6 to 7.9)."""

from typing import Any

import pytest
from validation_lab import faults, model, module, words

MANDATORY = model(
    module(
        "m",
        """
  container np { leaf a { type string; mandatory true; } }
  container p { presence yes; leaf b { type string; mandatory true; } anydata x { mandatory true; } }
  list l {
    key k;
    leaf k { type string; mandatory true; } leaf c { type string; mandatory true; }
    container d { leaf e { type string; mandatory true; } }
  }
  choice ch {
    case one {
      leaf f { type string; mandatory true; } leaf g { type string; }
      container box { leaf h { type string; mandatory true; } }
    }
    case two { leaf i { type string; } leaf j { when "../i"; type string; mandatory true; } }
  }
  leaf off { when "/m:p"; type string; mandatory true; }
  leaf-list few { type string; min-elements 1; max-elements 2; }
  container sub { when "/m:p"; leaf n { type string; mandatory true; } }""",
    )
)  # fmt: skip
FINE: dict[str, Any] = {"m:np": {"a": "x"}, "m:few": ["x"]}


@pytest.mark.parametrize(
    ("data", "missing"),
    [
        ({}, []),
        ({"m:np": {}}, ["/m:np/a"]),
        ({"m:np": None}, ["/m:np/a"]),
        ({"m:p": {}}, ["/m:p/b", "/m:p/x", "/m:off", "/m:sub/n"]),
        ({"m:p": {"b": "1", "x": {}}, "m:off": "1", "m:sub": {"n": "1"}}, []),
        ({"m:l": [{"k": "1"}, {"k": "2", "c": "x", "d": {"e": "x"}}]}, ["/m:l[k='1']/c", "/m:l[k='1']/d/e"]),
        ({"m:g": "1"}, ["/m:f", "/m:box/h"]),
        ({"m:box": {"h": "1"}}, ["/m:f"]),
        ({"m:i": "1"}, ["/m:j"]),
    ],
)
def test_what_is_mandatory(data: dict[str, Any], missing: list[str]) -> None:
    whole = {name: value for name, value in (FINE | data).items() if value is not None}
    assert sorted(words(faults(MANDATORY, whole))) == sorted(("data-missing", "", path) for path in missing)


def test_the_fault_of_a_mandatory_leaf_names_it_and_its_place() -> None:
    (fault,) = faults(MANDATORY, {"m:few": ["x"]})
    assert (fault.path, fault.place.line) == ("/m:np/a", 4)
    assert "a is mandatory in np" in fault.message


CHOICE = model(
    module(
        "c",
        """
  container top {
    presence yes;
    choice must-be { mandatory true;
      case a {
        leaf a { type string; }
        choice inner { mandatory true; leaf a1 { type string; } container a2 { leaf deep { type string; } } }
      }
      case b { leaf b { type string; } }
      leaf short { type string; }
    }
    choice conditional { mandatory true; when "b"; leaf x { type string; } leaf y { type string; } }
    choice free { leaf z { type string; } }
  }""",
    )
)  # fmt: skip


@pytest.mark.parametrize(
    ("top", "missing"),
    [
        ({}, ["must-be"]),
        ({"z": "1"}, ["must-be"]),
        ({"short": "1"}, []),
        ({"b": "1", "x": "1"}, []),
        ({"b": "1"}, ["conditional"]),
        ({"a": "1"}, ["inner"]),
        ({"a": "1", "a1": "1"}, []),
        ({"a2": {"deep": "1"}}, []),
    ],
)
def test_a_mandatory_choice(top: dict[str, Any], missing: list[str]) -> None:
    found = faults(CHOICE, {"c:top": top})
    assert words(found) == [("data-missing", "missing-choice", "/c:top")] * len(missing)
    assert [fault.message.split("choice ")[1].rstrip(")") for fault in found] == missing


def test_a_missing_choice_lists_its_cases() -> None:
    (fault,) = faults(CHOICE, {"c:top": {}})
    assert fault.legal == ("a", "b", "short")
    assert fault.place.line == 6


COUNTED = model(
    module(
        "n",
        """
  container np { list l { key k; min-elements 2; max-elements 3; leaf k { type int8; } } }
  container p { presence yes; leaf-list ll { type int8; min-elements 1; max-elements 2; } }
  container q { presence yes; leaf on { type empty; } list w { when "../on"; key k; min-elements 1; leaf k { type int8; } } }
  choice c { case one { leaf a { type string; } leaf-list b { type string; min-elements 1; } } leaf d { type string; } }
  leaf-list default { type int8; default 1; default 2; max-elements 3; }""",
    )
)  # fmt: skip
TWO = {"n:np": {"l": [{"k": 1}, {"k": 2}]}}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (TWO, []),
        ({}, [("too-few-elements", "/n:np/l")]),
        ({"n:np": {"l": [{"k": 1}]}}, [("too-few-elements", "/n:np/l")]),
        ({"n:np": {"l": [{"k": at} for at in range(4)]}}, [("too-many-elements", "/n:np/l")]),
        (TWO | {"n:p": {}}, [("too-few-elements", "/n:p/ll")]),
        (TWO | {"n:p": {"ll": [1, 2, 3]}}, [("too-many-elements", "/n:p/ll")]),
        (TWO | {"n:q": {}}, []),
        (TWO | {"n:q": {"on": [None]}}, [("too-few-elements", "/n:q/w")]),
        (TWO | {"n:a": "1"}, [("too-few-elements", "/n:b")]),
        (TWO | {"n:d": "1"}, []),
        (TWO | {"n:default": [1, 2, 3, 4]}, [("too-many-elements", "/n:default")]),
    ],
)
def test_how_many(data: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert words(faults(COUNTED, data)) == [("operation-failed", *rest) for rest in expected]


def test_how_many_there_are_and_may_be_is_said() -> None:
    (fault,) = faults(COUNTED, {"n:np": {"l": [{"k": 1}]}})
    assert "1 entry" in fault.message
    assert "at least 2" in fault.message


UNIQUE = model(
    module(
        "u",
        """
  container c {
    list server {
      key name;
      unique "ip port"; unique "where/rack";
      leaf name { type string; }
      leaf ip { type string; }
      leaf port { type union { type uint16; type boolean; type string; } default 80; }
      container where { leaf rack { type int8; } }
    }
  }""",
    )
)


def servers(*entries: dict[str, Any]) -> dict[str, Any]:
    return {
        "u:c": {"server": [{"name": name, **entry} for name, entry in zip("abcdef", entries, strict=False)]}
    }


@pytest.mark.parametrize(
    ("entries", "doubles"),
    [
        ([{"ip": "1"}, {"ip": "2"}], []),
        ([{"ip": "1"}, {"ip": "1"}], ["b"]),
        ([{"ip": "1"}, {"ip": "1", "port": 80}, {"ip": "1", "port": 81}], ["b"]),
        ([{}, {}, {"port": 1}, {"port": 1}], []),
        ([{"ip": "1", "port": 1}, {"ip": "1", "port": True}, {"ip": "1", "port": "1"}], []),
        (
            [{"where": {"rack": 1}}, {"where": {"rack": 2}}, {"where": {"rack": 1}}, {"where": {"rack": 1}}],
            ["c", "d"],
        ),
        ([{"ip": "1", "where": {"rack": 1}}, {"ip": "1", "where": {"rack": 1}}], ["b", "b"]),
    ],
)
def test_unique(entries: list[dict[str, Any]], doubles: list[str]) -> None:
    found = faults(UNIQUE, servers(*entries))
    assert words(found) == [
        ("operation-failed", "data-not-unique", f"/u:c/server[name='{name}']") for name in doubles
    ]


def test_a_double_names_the_other_entry_and_the_values() -> None:
    (fault,) = faults(UNIQUE, servers({"ip": "1"}, {"ip": "1"}))
    assert "/u:c/server[name='a'] has the same" in fault.message
    assert fault.value == "ip=1, port=80"
    assert (fault.place.file, fault.place.line) == ("u.yang", 7)
