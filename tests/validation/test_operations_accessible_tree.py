"""What the expressions of a message see: RFC 7950 section 6.4.1."""

from typing import Any

import pytest
from operations_lab import Exchange, operations
from validation_lab import model, module, tree, words

from pyconfhoard.errors import NotFound
from pyconfhoard.tree import Branch, parse_path

SEEN = model(
    module(
        "t",
        """
  leaf limit { type int8; default 5; }
  container box { leaf colour { type string; default red; } leaf full { config false; type boolean; default false; } }
  list server {
    key name;
    leaf name { type string; }
    leaf weight { type int8; default 3; }
    leaf load { config false; type int8; }
    action stop {
      input {
        leaf grace { type int8; default 2; must ". <= ../../weight"; must "current()/../../../limit >= ."; }
        leaf instead { type leafref { path "/server/name"; } must ". != ../../name"; }
        leaf self { type string; must "/server[name = current()]/stop/self = ."; }
      }
      output {
        leaf freed { type int8; must ". = ../../load"; }
        leaf second { type leafref { path "../freed"; } }
      }
    }
    notification hot {
      leaf load { type int8; must ". >= ../../weight"; }
      leaf peer { type leafref { path "../../../server/name"; } }
    }
    container disk {
      action wipe { input { leaf sure { type boolean; must ". = 'true' and ../../../name != 'root'"; } } }
    }
  }
  container port {
    config false;
    list lane { key id; leaf id { type int8; } action reset { input { leaf hard { type empty; must "../../id > 0"; } } } }
  }
  rpc move {
    input {
      leaf from { type leafref { path "/server/name"; } }
      leaf to { type leafref { path "../../server/name"; } must ". != ../from"; must ". != /t:move/t:from"; }
      leaf amount { type int8; default 4; must ". <= ../../limit"; must "count(../../*[self::move]) = 1"; }
      leaf load { type leafref { path "/server[name = current()/../from]/load"; } }
      leaf any { type string; must "/server[load = 7]"; }
      leaf full { type boolean; must ". = /box/full"; }
      leaf alone { type string; must "not(//*[local-name() = 'stop' or local-name() = 'hot' or local-name() = 'input'])"; }
      leaf nodes { type int8; must "count(//nodes) = 1 and count(/*/nodes) = 1 and name(..) = 't:move'"; }
      leaf ref { type instance-identifier; }
    }
    output {
      leaf from { type string; must "count(/move/*) = count(../*)"; must "/move/from = ."; }
      leaf load { type leafref { path "/server/load"; } }
    }
  }
  notification moved {
    leaf from { type leafref { path "/server/name"; } must "../../server[name = current()]"; }
    leaf to { type leafref { path "/moved/from"; } }
    leaf full { type boolean; must ". = /box/full"; }
  }""",
    )
)
RUNNING: dict[str, Any] = {"t:server": [{"name": "a"}, {"name": "b", "weight": 9}]}
STATE: dict[str, Any] = {
    "t:server": [{"name": "a", "load": 7}, {"name": "c", "load": 8}],
    "t:port": {"lane": [{"id": 0}, {"id": 1}]},
}


def exchange(running: dict[str, Any] | None = None) -> Exchange:
    return Exchange(SEEN, RUNNING | (running or {}), STATE)


MISSING = ("data-missing", "instance-required")
BROKEN = ("operation-failed", "must-violation")


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"from": "a", "to": "b"}, []),
        ({"from": "a", "to": "a"}, [(*BROKEN, "to"), (*BROKEN, "to")]),
        ({"from": "x"}, [(*MISSING, "from")]),
        ({"from": "a", "to": "x"}, [(*MISSING, "to")]),
        ({"from": "c"}, []),
        ({"amount": 6}, [(*BROKEN, "amount")]),
        ({"from": "a", "load": 7}, []),
        ({"from": "b", "load": 7}, [(*MISSING, "load")]),
        ({"any": "x"}, []),
        ({"full": False}, []),
        ({"full": True}, [(*BROKEN, "full")]),
        ({"alone": "x", "nodes": 1}, []),
        ({"ref": "/t:server[name='b']/weight"}, []),
        ({"ref": "/t:server[name='c']/load"}, []),
        ({"ref": "/t:server[name='x']"}, [(*MISSING, "ref")]),
        ({"ref": "/t:box/colour"}, []),
        ({"ref": "/t:move/ref"}, []),
        ({"ref": "/t:move/from"}, [(*MISSING, "ref")]),
    ],
)
def test_an_rpc_sees_the_data_and_its_own_input(
    given: dict[str, Any], wrong: list[tuple[str, str, str]]
) -> None:
    assert words(exchange().input("t:move", given)) == [
        (tag, app_tag, f"/t:move/input/{name}") for tag, app_tag, name in wrong
    ]


def test_a_default_of_a_parameter_is_judged_too() -> None:
    (fault,) = exchange({"t:limit": 3}).input("t:move", {})
    assert (fault.path, fault.value) == ("/t:move/input/amount", "4")


@pytest.mark.parametrize(
    ("given", "wrong"),
    [({"from": "a", "load": 8}, []), ({"load": 9}, [(*MISSING, "/t:move/output/load")])],
)
def test_an_output_sees_the_data_and_itself(given: dict[str, Any], wrong: list[tuple[str, str, str]]) -> None:
    assert words(exchange().output("t:move", given)) == wrong


A = "/t:server[name='a']"


@pytest.mark.parametrize(
    ("at", "given", "wrong"),
    [
        (A, {}, []),
        (A, {"grace": 3}, []),
        (A, {"grace": 4}, [(*BROKEN, "grace")]),
        ("/t:server[name='b']", {"grace": 6}, [(*BROKEN, "grace")]),
        (A, {"instead": "b"}, []),
        (A, {"instead": "a"}, [(*BROKEN, "instead")]),
        (A, {"instead": "x"}, [(*MISSING, "instead")]),
        (A, {"self": "a"}, []),
        (A, {"self": "b"}, [(*BROKEN, "self")]),
    ],
)
def test_an_action_stands_in_the_node_that_it_is_invoked_on(
    at: str, given: dict[str, Any], wrong: list[tuple[str, str, str]]
) -> None:
    assert words(exchange().input("stop", given, at)) == [
        (tag, app_tag, f"{at}/stop/input/{name}") for tag, app_tag, name in wrong
    ]


@pytest.mark.parametrize(
    ("at", "given", "wrong"),
    [
        (A, {"freed": 7, "second": 7}, []),
        (A, {"freed": 8}, [(*BROKEN, "freed")]),
        (A, {"second": 7}, [(*MISSING, "second")]),
    ],
)
def test_so_does_what_an_action_answers(
    at: str, given: dict[str, Any], wrong: list[tuple[str, str, str]]
) -> None:
    assert words(exchange().output("stop", given, at)) == [
        (tag, app_tag, f"{at}/stop/output/{name}") for tag, app_tag, name in wrong
    ]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"load": 3, "peer": "b"}, []),
        ({"load": 2}, [(*BROKEN, "load")]),
        ({"peer": "x"}, [(*MISSING, "peer")]),
    ],
)
def test_a_notification_stands_in_the_node_that_it_is_about(
    given: dict[str, Any], wrong: list[tuple[str, str, str]]
) -> None:
    assert words(exchange().notification("hot", given, A)) == [
        (tag, app_tag, f"{A}/hot/{name}") for tag, app_tag, name in wrong
    ]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"from": "a", "to": "a", "full": False}, []),
        ({"from": "x"}, [(*BROKEN, "from"), (*MISSING, "from")]),
        ({"to": "a"}, [(*MISSING, "to")]),
        ({"full": True}, [(*BROKEN, "full")]),
    ],
)
def test_a_notification_at_the_top_stands_beside_the_data(
    given: dict[str, Any], wrong: list[tuple[str, str, str]]
) -> None:
    assert words(exchange().notification("t:moved", given)) == [
        (tag, app_tag, f"/t:moved/{name}") for tag, app_tag, name in wrong
    ]


def test_an_action_is_invoked_in_a_container_that_exists_without_being_stored() -> None:
    at = f"{A}/disk"
    assert exchange().input("wipe", {"sure": True}, at) == ()
    assert words(exchange().input("wipe", {"sure": False}, at)) == [(*BROKEN, f"{at}/wipe/input/sure")]


def test_an_action_is_invoked_on_state_data() -> None:
    assert exchange().input("reset", {"hard": [None]}, "/t:port/lane[id='1']") == ()
    at = "/t:port/lane[id='0']"
    assert words(exchange().input("reset", {"hard": [None]}, at)) == [(*BROKEN, f"{at}/reset/input/hard")]


@pytest.mark.parametrize("given", [{}, {"grace": 2}])
def test_an_action_on_an_instance_that_is_not_there_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(NotFound) as caught:
        exchange().input("stop", given, "/t:server[name='x']")
    (fault,) = caught.value.faults
    assert (fault.tag, fault.path) == ("invalid-value", "/t:server[name='x']")


@pytest.mark.parametrize("at", ["/", "/t:box", "/t:server[name='a']/disk"])
def test_a_node_that_does_not_have_the_action_is_a_mistake_of_the_caller(at: str) -> None:
    stop = exchange().find("stop", A)
    with pytest.raises(ValueError, match="has no /t:server/stop"):
        operations(SEEN).check_input(stop, Branch(stop.input, {}), tree(SEEN, RUNNING), parse_path(SEEN, at))


def test_neither_data_nor_message_is_changed() -> None:
    sides = exchange()
    before = (tree(SEEN, RUNNING), sides.running.members.copy())
    sides.input("stop", {"grace": 2}, A)
    assert (sides.running, sides.running.members) == before


def test_the_data_may_come_merged() -> None:
    """As one tree, for those who judge many messages on the same data."""
    sides = exchange()
    stop = sides.find("stop", "/t:server[name='c']")
    merged = sides.running.with_member("t:server", sides.state["t:server"], 0)
    given = Branch(stop.output, {"freed": 8})
    at = parse_path(SEEN, "/t:server[name='c']")
    assert operations(SEEN).check_output(stop, given, merged, at).total == 0
