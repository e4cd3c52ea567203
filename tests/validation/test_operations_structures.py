"""Structures of RFC 8791 are judged as documents of their own."""

from typing import Any

import pytest
from operations_lab import message, operations
from validation_lab import model, module, words

from pyconfhoard.schema.nodes import Structure
from pyconfhoard.tree import Branch

BOOK = model(
    module(
        "s",
        """
  import ietf-yang-structure-ext { prefix sx; }
  leaf outside { type int8; default 5; }
  sx:structure book {
    must "count(entry) < 3";
    leaf title { type string; mandatory true; }
    leaf best { type leafref { path "../entry/name"; } must "/s:book/entry[name = current()]"; }
    leaf same { type leafref { path "/book/entry/name"; } }
    list entry {
      key name; leaf name { type string; }
      leaf size { type int8; default 3; must ". < 9"; }
      leaf big { when "../size > 5"; type empty; }
    }
    leaf alone { type string; must "count(/*) = 1"; must "name(/*) = 's:book'"; }
    leaf first { type instance-identifier; }
    list free { leaf a { type int8; must ". > 0"; } }
    leaf-list note { type string; max-elements 2; }
  }
  sx:augment-structure "/s:book/s:entry" { leaf more { type int8; must ". < ../size"; } }
  sx:structure empty;""",
    )
)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({}, []),
        ({"title": None}, [("data-missing", "", "/title")]),
        (
            {"entry": [{"name": name} for name in "abc"]},
            [("operation-failed", "must-violation", "")],
        ),
        ({"entry": [{"name": "a", "size": 6, "big": [None], "more": 5}], "best": "a", "same": "a"}, []),
        (
            {"entry": [{"name": "a", "big": [None], "more": 3}]},
            [
                ("unknown-element", "", "/entry[name='a']/big"),
                ("operation-failed", "must-violation", "/entry[name='a']/more"),
            ],
        ),
        ({"same": "a"}, [("data-missing", "instance-required", "/same")]),
        ({"alone": "x", "note": ["x", "x"]}, []),
        ({"first": "/s:book/entry[name='a']/size", "entry": [{"name": "a"}]}, []),
        ({"first": "/s:outside"}, [("data-missing", "instance-required", "/first")]),
        ({"free": [{"a": 1}, {"a": 1}, {"a": 0}]}, [("operation-failed", "must-violation", "/free[3]/a")]),
    ],
)
def test_a_structure_sees_itself_only(given: dict[str, Any], wrong: list[tuple[str, str, str]]) -> None:
    book = BOOK.structures["s:book"]
    raw = {name: value for name, value in ({"title": "t"} | given).items() if value is not None}
    outcome = operations(BOOK).check_structure(book, message(book, {"s:book": raw}))
    assert words(outcome.faults) == [(tag, app_tag, f"/s:book{path}") for tag, app_tag, path in wrong]


def test_a_structure_without_rules_has_no_faults() -> None:
    empty = BOOK.structures["s:empty"]
    assert operations(BOOK).check_structure(empty, Branch(empty, {})).total == 0


def test_a_structure_of_another_schema_is_a_mistake_of_the_caller() -> None:
    book = BOOK.structures["s:book"]
    stranger = Structure(name="book", module="s", member="s:book", place=book.place)
    with pytest.raises(ValueError, match="/ has no /s:book"):
        operations(BOOK).check_structure(stranger, Branch(stranger, {}))
