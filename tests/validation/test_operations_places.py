"""Wherever a model puts an action or a notification, it is found and sees what is around it."""

from typing import Any

import pytest
from operations_lab import Exchange
from validation_lab import model, module, words

from pyconfhoard.errors import NotFound

PLACES = model(
    module(
        "p",
        """
  container top {
    choice way {
      default quiet;
      case loud {
        container horn {
          leaf tone { type int8; default 4; }
          action blow { input { leaf times { type int8; must ". < ../../tone"; } } }
          notification blown { leaf times { type int8; must ". < ../../tone"; } }
        }
      }
      case quiet {
        container lamp { action blink { input { leaf times { type int8; must "../../../brightness = 7"; } } } }
        leaf brightness { type int8; default 7; }
      }
    }
  }
  list outer {
    key "a b";
    leaf a { type union { type int8; type string; } }
    leaf b { type boolean; }
    list inner {
      key k; ordered-by user;
      leaf k { type string; }
      container deep { presence yes; }
    }
  }
  grouping acts { action reset { input { leaf hard { type int8; must ". = ../../k or ../../../b = 'true'"; } } } }
  augment /outer/inner { uses acts; }
  container twice { list one { key k; leaf k { type int8; } uses acts; } leaf b { type string; default true; } }""",
    ),
    module(
        "q",
        """
  import p { prefix p; }
  augment /p:outer/p:inner/p:deep {
    action open {
      input { leaf p { type leafref { path "/p:outer/p:inner/p:k"; } } leaf why { type string; must "../../../p:k = ."; } }
      output { leaf was { type leafref { path "../../../p:k"; } } }
    }
    notification opened { leaf by { type string; must "../../../p:k = . and ../../q:note = 'x'"; } }
    leaf note { type string; default x; }
  }
  augment /p:top {
    when "p:horn";
    action beep { input { leaf loud { type int8; must "../../p:horn/p:tone > ."; } } output { leaf x { type int8; } } }
    notification beeped { leaf x { type int8; } }
  }
  augment /p:top {
    container meter { config false; when "../p:brightness > 5"; leaf value { type int8; } action reset; }
  }""",
    ),
)
RUNNING: dict[str, Any] = {
    "p:outer": [
        {"a": 1, "b": True, "inner": [{"k": "z", "deep": {}}, {"k": "y"}]},
        {"a": 1, "b": False, "inner": [{"k": "x", "deep": {"q:note": "y"}}]},
    ]
}
HORN: dict[str, Any] = {"p:top": {"horn": {"tone": 3}}}
MUST = ("operation-failed", "must-violation")
MISSING = ("data-missing", "instance-required")
Z = "/p:outer[a='1'][b='true']/inner[k='z']"
X = "/p:outer[a='1'][b='false']/inner[k='x']"


def test_in_a_case_that_is_chosen() -> None:
    chosen = Exchange(PLACES, HORN)
    assert chosen.input("blow", {"times": 2}, "/p:top/horn") == ()
    at = "/p:top/horn"
    assert words(chosen.input("blow", {"times": 3}, at)) == [(*MUST, f"{at}/blow/input/times")]
    assert words(chosen.notification("blown", {"times": 3}, at)) == [(*MUST, f"{at}/blown/times")]


def test_in_the_default_case() -> None:
    assert Exchange(PLACES).input("blink", {"times": 3}, "/p:top/lamp") == ()


def test_not_in_a_case_that_is_not_chosen() -> None:
    for running, name, at in (({}, "blow", "/p:top/horn"), (HORN, "blink", "/p:top/lamp")):
        with pytest.raises(NotFound):
            Exchange(PLACES, running).input(name, {"times": 1}, at)


def test_in_entries_whose_keys_are_alike() -> None:
    sides = Exchange(PLACES, RUNNING)
    at = sides.running["p:outer"]
    assert len(at) == 2
    assert words(sides.notification("q:opened", {"by": "x"}, f"{X}/deep")) == [
        (*MUST, f"{X}/deep/q:opened/by")
    ]


def test_added_by_another_module() -> None:
    sides = Exchange(PLACES, RUNNING)
    at = f"{Z}/deep"
    assert sides.input("q:open", {"p": "x", "why": "z"}, at) == ()
    assert words(sides.input("q:open", {"p": "w", "why": "y"}, at)) == [
        (*MISSING, f"{at}/q:open/input/p"),
        (*MUST, f"{at}/q:open/input/why"),
    ]
    assert sides.output("q:open", {"was": "z"}, at) == ()
    assert words(sides.output("q:open", {"was": "y"}, at)) == [(*MISSING, f"{at}/q:open/output/was")]
    assert sides.notification("q:opened", {"by": "z"}, at) == ()


def test_of_a_grouping_each_use_has_its_own() -> None:
    sides = Exchange(PLACES, RUNNING | {"p:twice": {"one": [{"k": 1}]}})
    assert sides.input("reset", {"hard": 5}, Z) == ()
    assert words(sides.input("reset", {"hard": 5}, X)) == [(*MUST, f"{X}/reset/input/hard")]
    assert sides.input("reset", {"hard": 5}, "/p:twice/one[k='1']") == ()


def test_not_in_a_presence_container_that_is_not_there() -> None:
    with pytest.raises(NotFound):
        Exchange(PLACES, RUNNING).input("q:open", {}, "/p:outer[a='1'][b='true']/inner[k='y']/deep")


def test_no_entry_of_a_list_without_its_key() -> None:
    sides = Exchange(PLACES, RUNNING | {"p:twice": {"one": [{"k": 1}]}})
    with pytest.raises(NotFound):
        sides.input("reset", {"hard": 5}, "/p:twice/one")


def test_not_where_a_condition_of_the_augment_is_false() -> None:
    """Then the message is a node that may not exist (RFC 7950 section 8.3.1), with or without rules of its own."""
    silent, loud = Exchange(PLACES), Exchange(PLACES, HORN)
    assert loud.input("q:beep", {"loud": 2}, "/p:top") == ()
    assert words(loud.input("q:beep", {"loud": 3}, "/p:top")) == [(*MUST, "/p:top/q:beep/input/loud")]
    assert loud.output("q:beep", {}, "/p:top") == loud.notification("q:beeped", {"x": 1}, "/p:top") == ()
    unknown = ("unknown-element", "")
    assert words(silent.input("q:beep", {}, "/p:top")) == [(*unknown, "/p:top/q:beep/input")]
    assert words(silent.output("q:beep", {}, "/p:top")) == [(*unknown, "/p:top/q:beep/output")]
    (fault,) = silent.notification("q:beeped", {"x": 1}, "/p:top")
    assert (fault.path, fault.place.file, fault.place.line) == ("/p:top/q:beeped", "q.yang", 14)


def test_not_in_state_whose_own_condition_is_false() -> None:
    """Operational data may hold it (RFC 8342 section 5.3); to the model it is not there."""
    state = {"p:top": {"q:meter": {"value": 1}}}
    assert Exchange(PLACES, {"p:top": {"brightness": 6}}, state).input("reset", {}, "/p:top/q:meter") == ()
    with pytest.raises(NotFound):
        Exchange(PLACES, {"p:top": {"brightness": 5}}, state).input("reset", {}, "/p:top/q:meter")
