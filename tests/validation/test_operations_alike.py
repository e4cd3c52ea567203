"""What a grouping demands is the same wherever it is used: in configuration, in state, and in every kind of message."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from operations_lab import operations
from validation_lab import model, module, validator
from yanglint_lab import Judged, Yanglint, disagreements, needs_yanglint

from pyconfhoard.errors import Fault
from pyconfhoard.schema.nodes import Inner
from pyconfhoard.tree import Branch, Path, decode, parse_path
from pyconfhoard.validation.operations import place_of
from pyconfhoard.validation.state import StateValidator

TEXT = module(
    "g",
    """
  import ietf-yang-structure-ext { prefix sx; }
  grouping all {
    leaf name { type string; mandatory true; }
    leaf size { type int8; default 3; must ". < 5" { error-app-tag big; } }
    leaf twin { type leafref { path "../size"; } }
    leaf-list tag { type string; min-elements 1; max-elements 2; must ". != ../name"; }
    choice way {
      mandatory true;
      case near { leaf step { type int8; default 1; } container shoe { leaf lace { mandatory true; type empty; } } }
      case far {
        leaf road { type string; } leaf toll { when "../size > 1"; type int8; } leaf car { mandatory true; type string; }
      }
    }
    list part {
      key id; unique "weight";
      leaf id { type int8; must "count(../../part) < 3"; }
      leaf weight { type int8; }
      leaf like { type leafref { path "../../part/id"; } must ". != ../id"; }
      leaf heavy { when "../weight > 2"; type empty; }
      container more { when "../like"; leaf why { mandatory true; type string; must "../../weight or ../../../size = 4"; } }
    }
    container last { must "../part[id = 1] or not(mark)"; leaf mark { type empty; } }
  }
  container conf { presence yes; uses all; }
  container state { config false; presence yes; uses all; }
  list host {
    key h; leaf h { type string; }
    action do { input { uses all; } output { uses all; } }
    notification did { uses all; }
  }
  rpc do { input { uses all; } output { uses all; } }
  notification did { uses all; }
  sx:structure file { uses all; }""",
)  # fmt: skip
MODEL = model(TEXT)
HOST = MODEL.root.children["g:host"]
assert isinstance(HOST, Inner)
AT = parse_path(MODEL, "/g:host[h='x']")
RUNNING = decode(MODEL.root, {"g:host": [{"h": "x"}, {"h": "y"}]}, Path())
STATE = StateValidator(MODEL)

SMALL = st.integers(0, 5)
WORD = st.sampled_from("ab")
YES = st.just([None])


def some(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=members)


FILLED = st.builds(lambda why: {"why": why}, WORD)
"""Never empty: an empty container that stands for nothing is nothing to us (RFC 7950 section 7.5.1), while yanglint
asks for its ``when``."""
PARTS = st.lists(
    st.builds(
        lambda key, rest: {"id": key, **rest},
        SMALL,
        some(weight=SMALL, like=SMALL, heavy=YES, more=FILLED),
    ),
    max_size=3,
    unique_by=lambda part: part["id"],
)
NEAR = st.fixed_dictionaries({"shoe": st.just({"lace": [None]})}, optional={"step": SMALL})
FAR = st.fixed_dictionaries({"car": WORD}, optional={"road": WORD, "toll": SMALL})
BROKEN = some(step=SMALL, shoe=st.just({"lace": [None]})) | some(road=WORD, toll=SMALL)
TAG = st.just(["c"]) | st.lists(WORD, unique=True).map(sorted)
REST = {"size": SMALL, "twin": SMALL, "part": PARTS, "last": some(mark=YES)}
DATA = st.builds(
    lambda common, way: common | way,
    st.fixed_dictionaries({"name": WORD, "tag": TAG}, optional=REST) | some(name=WORD, tag=TAG, **REST),
    NEAR | FAR | BROKEN,
)
"""Some of it valid, so that a rule which is not asked shows, and so does one which is asked for nothing."""


def told(faults: tuple[Fault, ...], above: str) -> list[tuple[str, str, str, str]]:
    """Faults with paths from the node that uses the grouping on."""
    return [
        (
            "missing" if fault.tag in {"data-missing", "missing-element"} else fault.tag,
            fault.app_tag,
            fault.path.removeprefix(above),
            str(fault.place),
        )
        for fault in faults
    ]


@settings(deadline=None, max_examples=60)
@given(DATA)
def test_each_use_is_judged_alike(data: dict[str, Any]) -> None:
    def instance(node: Inner, at: Path) -> Branch:
        branch = decode(node, data, at, content="all")
        assert isinstance(branch, Branch)
        return branch

    def datastore(name: str) -> Branch:
        node = MODEL.root.children[name]
        assert isinstance(node, Inner)
        return Branch(MODEL.root, {name: instance(node, Path.ROOT.child(node))})

    expected = told(validator(MODEL).validate(datastore("g:conf")).faults, "/g:conf")
    assert told(STATE.validate(datastore("g:state")).faults, "/g:state") == expected

    rules = operations(MODEL)
    for operation, at in ((MODEL.rpcs["g:do"], Path.ROOT), (HOST.actions["do"], AT)):
        for node, check in ((operation.input, rules.check_input), (operation.output, rules.check_output)):
            place = place_of(node, at)
            assert told(check(operation, instance(node, place), RUNNING, at).faults, str(place)) == expected
    for notification, at in ((MODEL.notifications["g:did"], Path.ROOT), (HOST.notifications["did"], AT)):
        place = place_of(notification, at)
        outcome = rules.check_notification(notification, instance(notification, place), RUNNING, at)
        assert told(outcome.faults, str(place)) == expected
    structure = MODEL.structures["g:file"]
    place = place_of(structure)
    outcome = rules.check_structure(structure, instance(structure, place))
    assert told(outcome.faults, str(place)) == expected


@needs_yanglint
def test_and_as_yanglint_judges_them(tmp_path_factory: pytest.TempPathFactory) -> None:
    yanglint = Yanglint(tmp_path_factory.mktemp("alike"), TEXT, {"g:host": [{"h": "x"}, {"h": "y"}]})
    rules = operations(MODEL)
    do, did = MODEL.rpcs["g:do"], HOST.notifications["did"]

    @settings(deadline=None, max_examples=40, derandomize=True, database=None)
    @given(DATA)
    def alike(data: dict[str, Any]) -> None:
        asked = decode(do.input, data, place_of(do.input), content="all")
        told_of = decode(did, data, place_of(did, AT), content="all")
        judged: list[Judged] = [
            (data, rules.check_input(do, asked, RUNNING).faults, yanglint("rpc", {"g:do": data})),
            (
                data,
                rules.check_notification(did, told_of, RUNNING, AT).faults,
                yanglint("notif", {"g:host": [{"h": "x", "did": data}]}),
            ),
        ]
        assert disagreements(judged) == []

    alike()
