"""Whole documents judged by others: yangson and yanglint must find valid what we find valid, and nothing else.

The data is random, of a model in which most keywords that restrict data meet, and drawn from so few values that
rules are broken and kept about as often.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path as File
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from yangson import DataModel
from yangson.enumerations import ContentType
from yangson.exceptions import YangsonException

from pyconfhoard.errors import BadInput
from pyconfhoard.schema import load
from pyconfhoard.tree import Path, decode
from pyconfhoard.validation import Validator

MODEL = """
module judged {
  yang-version 1.1;
  namespace "urn:judged";
  prefix j;
  identity beer;
  identity ale { base beer; }
  identity stout { base ale; }

  container brewery {
    must "not(paused) or count(tank) < 2";
    leaf paused { type empty; }
    leaf mode { type enumeration { enum off; enum on; } default on; }
    leaf low { type int8; must ". <= ../high"; }
    leaf high { type int8; default 2; }
    leaf cooling { when "../mode = 'on'"; type int8; }
    leaf kind { type identityref { base beer; } }
    leaf dark { when "derived-from-or-self(../kind, 'j:stout')"; type boolean; default false; }
    container deep { when "../mode = 'on'"; leaf note { type string; mandatory true; } }
    list tank {
      key name;
      unique "number place/row";
      max-elements 3;
      leaf name { type string { length 1; } }
      leaf number { type int8; default 1; }
      container place { leaf row { type int8; must "not(. = ../../../tank[name = current()/../../after]/place/row)"; } }
      leaf after { type leafref { path "../../tank/name"; } }
      leaf shown { type leafref { path "/brewery/tank[name = current()/../after]/number"; } }
      leaf size { when "../number = 2"; type int8; mandatory true; }
    }
    leaf-list taps { type int8; max-elements 2; ordered-by user; must "current() <= count(../tank)"; }
    leaf first { type union { type leafref { path "../tank/name"; } type int8; } }
    choice heat {
      case gas { leaf gas { type int8; } leaf bottle { type string; mandatory true; } }
      case fire { container fire { leaf wood { type string; mandatory true; } } }
      case coils { leaf-list coil { type int8; min-elements 2; } }
      choice inner {
        when "high > 0";
        mandatory true;
        leaf sun { type empty; }
        leaf wind { type int8; default 3; }
      }
    }
    container open { presence "open to guests"; must "../tank"; leaf guests { type int8; mandatory true; } }
  }
}
"""

numbers = st.integers(0, 3)
words = st.sampled_from(["a", "b", "c"])


def fields(required: dict[str, Any], **optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional)


heats = st.one_of(
    fields({}, gas=numbers, bottle=words),
    st.just({"fire": {"wood": "oak"}}),
    st.just({"sun": [None]}),
    fields({"wind": numbers}),
    st.lists(numbers, min_size=1, max_size=3, unique=True).map(lambda coils: {"coil": coils}),
)
tanks = st.lists(
    fields(
        {"name": words},
        number=st.sampled_from([1, 1, 1, 2]),
        place=fields({}, row=st.integers(0, 1)),
        after=words,
        shown=st.integers(1, 2),
        size=numbers,
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda tank: tank["name"],
)
parts = {
    "paused": st.just([None]),
    "mode": st.sampled_from(["off", "on"]),
    "low": numbers,
    "high": numbers,
    "cooling": numbers,
    "kind": st.sampled_from(["judged:ale", "judged:stout"]),
    "dark": st.booleans(),
    "deep": st.just({"note": "x"}),
    "tank": tanks,
    "taps": st.lists(numbers, min_size=1, max_size=3, unique=True),
    "first": st.one_of(words, numbers),
    "open": fields({}, guests=numbers),
}


@st.composite
def breweries(draw: st.DrawFn) -> dict[str, Any]:
    """A few parts at a time: of many, one is always wrong."""
    made: dict[str, Any] = {"deep": {"note": "x"}} if draw(st.integers(0, 3)) else {}
    for name in draw(st.lists(st.sampled_from(["tank", *parts]), max_size=4)):
        made[name] = draw(parts[name])
    return made | (draw(heats) if draw(st.booleans()) else {})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> File:
    made = tmp_path_factory.mktemp("judged")
    (made / "judged.yang").write_text(MODEL)
    library = {
        "ietf-yang-library:modules-state": {
            "module-set-id": "x",
            "module": [
                {"name": "judged", "revision": "", "namespace": "urn:judged", "conformance-type": "implement"}
            ],
        }
    }
    (made / "library.json").write_text(json.dumps(library))
    return made


@pytest.fixture(scope="module")
def validator(folder: File) -> Validator:
    return Validator(load(["judged"], folders=[folder]))


@pytest.fixture(scope="module")
def yangson(folder: File) -> DataModel:
    return DataModel.from_file(str(folder / "library.json"), [str(folder)])


def reasons(validator: Validator, document: dict[str, Any]) -> list[str]:
    try:
        root = decode(validator.schema.root, document, Path())
    except BadInput as error:
        return [str(error)]
    return [str(fault) for fault in validator.validate(root).faults]


@given(breweries())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_yangson_agrees(validator: Validator, yangson: DataModel, brewery: dict[str, Any]) -> None:
    document = {"judged:brewery": brewery}
    mine = reasons(validator, document)
    try:
        yangson.from_raw(document).validate(ctype=ContentType.config)
        theirs = ""
    except YangsonException as error:
        theirs = f"{type(error).__name__}: {error}"
    assert bool(mine) == bool(theirs), theirs


@pytest.mark.skipif(shutil.which("yanglint") is None, reason="yanglint is not installed")
@given(breweries())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_yanglint_agrees(validator: Validator, folder: File, brewery: dict[str, Any]) -> None:
    document = {"judged:brewery": brewery}
    mine = reasons(validator, document)
    (folder / "data.json").write_text(json.dumps(document))
    done = subprocess.run(
        ["yanglint", "-t", "config", "judged.yang", "data.json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert bool(mine) == bool(done.returncode), done.stderr
