"""Messages and state, judged by us and by ``yanglint``: the same verdict, and what it complains of first we list, too.

The data says its defaults outright: yanglint takes what it is given beside a message without adding to it, while
the accessible tree of RFC 7950 section 6.4.1 has defaults in use.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import pytest
from operations_lab import Exchange, state_of
from validation_lab import model, module, tree
from yanglint_lab import Judged, Kind, Yanglint, disagreements, needs_yanglint

from pyconfhoard.errors import Fault
from pyconfhoard.validation.state import StateValidator, with_state

pytestmark = needs_yanglint

TEXT = module(
    "y",
    """
  leaf limit { type int8; }
  identity kind; identity warm { base kind; } identity hot-kind { base warm; }
  list server {
    key name;
    leaf name { type string; }
    leaf kind { type identityref { base kind; } }
    leaf weight { type int8; }
    leaf load { config false; type int8; must ". <= /limit"; }
    leaf raw { config false; when "../load > 3"; type string; }
    leaf-list past { config false; type int8; max-elements 3; }
    action stop {
      input {
        leaf grace { type int8; must ". <= ../../weight"; must "current()/../../../limit >= ."; }
        leaf instead { type leafref { path "/server/name"; } must ". != ../../name"; }
        leaf self { type string; must "/server[name = current()]/stop/self = ."; }
        leaf sure { type empty; when "../grace > 1"; }
      }
      output { leaf freed { type int8; mandatory true; must ". = ../../load"; } }
    }
    notification hot {
      leaf load { type int8; mandatory true; must ". >= ../../weight"; }
      leaf peer { type leafref { path "../../../server/name"; } }
    }
  }
  container bus {
    config false;
    list event { unique code; leaf code { type int8; } leaf probe { type leafref { path "/server/name"; } } }
    choice found { mandatory true; leaf good { type empty; } leaf error { type string; } }
    leaf need { type int8; mandatory true; }
    list item { key id; min-elements 1; leaf id { type int8; } }
  }
  rpc move {
    input {
      must "not(both/a and both/b)";
      leaf from { type leafref { path "/server/name"; } mandatory true; }
      leaf to { type leafref { path "../../server/name"; } must ". != ../from"; must ". != /y:move/y:from"; }
      leaf amount { type int8; default 4; must ". <= ../../limit"; }
      leaf load { type leafref { path "/server[name = current()/../from]/load"; } }
      leaf nodes { type int8; must "count(//nodes) = 1 and count(/*/nodes) = 1"; }
      leaf ref { type instance-identifier; }
      leaf kind { type identityref { base kind; } must "derived-from(., 'y:kind')"; must "not(derived-from(., 'y:warm'))"; }
      choice way { mandatory true; leaf road { type string; } leaf rail { type string; } }
      leaf ticket { when "../rail"; type string; }
      container seat { when "../rail"; leaf number { type int8; mandatory true; } }
      container both { leaf a { type empty; } leaf b { type empty; } }
      leaf-list day { type int8; min-elements 1; max-elements 3; }
      list stop { key name; unique time; leaf name { type string; } leaf time { type int8; } }
      leaf change { type leafref { path "../stop/name"; } }
    }
    output {
      leaf took { type int8; mandatory true; }
      leaf load { type leafref { path "/server/load"; } }
      leaf late { when "../took > 5"; type int8; }
      leaf-list many { type int8; must "count(../many) < 3"; }
    }
  }
  notification moved {
    must "from or to";
    leaf from { type leafref { path "/server/name"; } must "../../server[name = current()]"; }
    leaf to { type leafref { path "/moved/from"; } }
    leaf n { type int8; mandatory true; }
    choice how { leaf fast { type empty; } leaf slow { type empty; } }
  }""",
)
MODEL = model(TEXT)
RUNNING: dict[str, Any] = {
    "y:limit": 5,
    "y:server": [{"name": "a", "weight": 3, "kind": "y:warm"}, {"name": "b", "weight": 9}],
}
STATE: dict[str, Any] = {
    "y:server": [{"name": "a", "load": 5, "raw": "x"}, {"name": "b", "load": 2, "past": [1, 1]}],
    "y:bus": {"event": [{"code": 1}, {"code": 2}], "good": [None], "need": 1, "item": [{"id": 1}]},
}
MERGED: dict[str, Any] = {
    "y:limit": 5,
    "y:server": [
        {"name": "a", "weight": 3, "kind": "y:warm", "load": 5, "raw": "x"},
        {"name": "b", "weight": 9, "load": 2, "past": [1, 1]},
    ],
    "y:bus": STATE["y:bus"],
}

A = "/y:server[name='a']"
FROM = {"from": "a", "road": "x", "day": [1]}
RAIL = {"from": "a", "rail": "x", "day": [1]}
STOPS = [{"name": "x", "time": 1}, {"name": "y", "time": 2}]
Case = tuple[Kind, str, str, dict[str, Any]]
CASES: list[Case] = [
    *(
        ("rpc", "/", "y:move", given)
        for given in [
            FROM,
            {},
            {**FROM, "from": "x"},
            {**FROM, "to": "b"},
            {**FROM, "to": "a"},
            {**FROM, "to": "x"},
            {**FROM, "amount": 5},
            {**FROM, "amount": 6},
            {**FROM, "load": 5},
            {**FROM, "load": 2},
            {**FROM, "nodes": 1},
            {**FROM, "ref": "/y:server[name='b']/weight"},
            {**FROM, "ref": "/y:server[name='b']/load"},
            {**FROM, "ref": "/y:server[name='x']"},
            {**FROM, "kind": "y:warm"},
            {**FROM, "kind": "y:hot-kind"},
            {**FROM, "day": []},
            {**FROM, "day": [1, 2, 3, 4]},
            {**FROM, "both": {"a": [None]}},
            {**FROM, "both": {"a": [None], "b": [None]}},
            {**FROM, "ticket": "t"},
            {**FROM, "seat": {"number": 1}},
            {"from": "a", "day": [1]},
            RAIL,
            {**RAIL, "ticket": "t", "seat": {"number": 1}},
            {**FROM, "stop": STOPS, "change": "y"},
            {**FROM, "stop": STOPS, "change": "z"},
            {**FROM, "stop": [*STOPS, {"name": "z", "time": 1}]},
            {**FROM, "stop": [*STOPS, {"name": "z"}, {"name": "u"}]},
        ]
    ),
    *(
        ("reply", "/", "y:move", given)
        for given in [
            {"took": 1},
            {},
            {"took": 1, "load": 5},
            {"took": 1, "load": 6},
            {"took": 5, "late": 1},
            {"took": 6, "late": 1},
            {"took": 1, "many": [1, 1]},
            {"took": 1, "many": [1, 1, 1]},
        ]
    ),
    *(
        ("notif", "/", "y:moved", given)
        for given in [
            {"from": "a", "n": 1},
            {"n": 1},
            {"from": "x", "n": 1},
            {"from": "a", "to": "a", "n": 1, "fast": [None]},
            {"to": "a", "n": 1},
            {"from": "a"},
        ]
    ),
    *(
        ("rpc", A, "stop", given)
        for given in [
            {"grace": 3},
            {"grace": 4},
            {"grace": 3, "sure": [None]},
            {"grace": 1, "sure": [None]},
            {"instead": "b"},
            {"instead": "a"},
            {"instead": "x"},
            {"self": "a"},
            {"self": "b"},
        ]
    ),
    ("rpc", "/y:server[name='b']", "stop", {"grace": 6}),
    *(("reply", A, "stop", given) for given in [{"freed": 5}, {"freed": 6}, {}]),
    *(
        ("notif", A, "hot", given)
        for given in [{"load": 3}, {"load": 2}, {"load": 3, "peer": "b"}, {"load": 3, "peer": "x"}, {}]
    ),
]  # fmt: skip


def state(**bus: Any) -> dict[str, Any]:
    return {
        **STATE,
        "y:bus": {name: value for name, value in (STATE["y:bus"] | bus).items() if value is not None},
    }


STATES = [
    STATE,
    state(event=[{"code": 1}, {}, {"code": 1}]),
    state(event=[{"probe": "b"}, {"probe": "b"}]),
    state(event=[{"probe": "x"}]),
    state(good=None),
    state(need=None),
    state(item=None),
    {**STATE, "y:server": [{"name": "a", "load": 6}]},
    {**STATE, "y:server": [{"name": "a", "load": 3, "raw": "x"}]},
    {**STATE, "y:server": [{"name": "a", "past": [1, 1, 1]}]},
    {**STATE, "y:server": [{"name": "a", "past": [1, 2, 1, 2]}]},
]


@cache
def exchange() -> Exchange:
    return Exchange(MODEL, RUNNING, STATE)


def ours(case: Case) -> tuple[Fault, ...]:
    kind, at, name, given = case
    sides = exchange()
    judge = {"rpc": sides.input, "reply": sides.output, "notif": sides.notification}[kind]
    return judge(name, given, at)


def document(at: str, name: str, given: dict[str, Any]) -> dict[str, Any]:
    """The message as yanglint wants it: within the node that it is about."""
    if at == "/":
        return {name: given}
    (key,) = re.findall(r"name='(\w+)'", at)
    return {"y:server": [{"name": key, name: given}]}


@pytest.fixture(scope="module")
def yanglint(tmp_path_factory: pytest.TempPathFactory) -> Yanglint:
    return Yanglint(tmp_path_factory.mktemp("yanglint"), TEXT, MERGED)


def test_messages(yanglint: Yanglint) -> None:
    with ThreadPoolExecutor(2) as pool:
        theirs = pool.map(lambda case: yanglint(case[0], document(*case[1:])), CASES)
        judged: list[Judged] = [(case, ours(case), their) for case, their in zip(CASES, theirs, strict=True)]
    assert disagreements(judged) == []
    assert sum(not faults for _, faults, _ in judged) > 20


def merged(given: dict[str, Any]) -> dict[str, Any]:
    """Running configuration and state in one document."""
    entries = {entry["name"]: dict(entry) for entry in RUNNING["y:server"]}
    for entry in given["y:server"]:
        entries[entry["name"]] |= entry
    return {"y:limit": RUNNING["y:limit"], "y:bus": given["y:bus"], "y:server": list(entries.values())}


def test_state(yanglint: Yanglint) -> None:
    rules = StateValidator(MODEL)
    root = tree(MODEL, RUNNING)
    judged: list[Judged] = []
    for given in STATES:
        whole = with_state(root, state_of(MODEL, given))
        judged.append((given, rules.validate(whole).faults, yanglint("data", merged(given))))
    assert disagreements(judged) == []
