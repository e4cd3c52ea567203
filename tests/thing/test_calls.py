"""Rpcs and actions that a Thing answers, without a hoard."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pyconfhoard import Refuse, Thing, action, rpc
from pyconfhoard.errors import BadInput, NotFound, Refused
from pyconfhoard.schema import load
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.testing.thing import play
from pyconfhoard.thing.calls import Call
from pyconfhoard.thing.plain import to_model

YANG = """
module kettle {
  yang-version 1.1;
  namespace "urn:kettle";
  prefix k;
  container house {
    container tank {
      leaf size { type uint8; default 50; }
      list probe {
        key "id";
        leaf id { type string; }
        action calibrate {
          input { leaf offset { type decimal64 { fraction-digits 1; } mandatory true; } }
          output {
            leaf was { type decimal64 { fraction-digits 1; } }
            leaf-list tried { type uint8; }
            list step { key "n"; leaf n { type uint8; } leaf ok { type boolean; } }
            container more { leaf note { type string; } }
            anydata raw;
          }
        }
      }
      action drain;
    }
  }
  rpc ring {
    input { leaf times { type uint8; default 2; } }
    output { leaf rung { type uint8; } }
  }
}
"""
CALIBRATE = "/kettle:house/tank/probe/calibrate"


class Kettle(Thing):
    """Answers all that its model asks."""

    name = "Kettle"
    module = "kettle"
    path = "/house/tank"

    @action("probe/calibrate")
    def calibrate(self, call: Call) -> dict[str, Any]:
        if call.input["offset"] > 5:
            raise Refuse("that is no offset", "offset")
        return {
            "was": 0.149,
            "tried": [1, 2],
            "step": [{"n": 1, "ok": True}],
            "more": {"note": call.target["id"]},
            "raw": {"any": ["thing"]},
        }

    @action("drain")
    def drain(self, call: Call) -> None:
        raise OSError("the valve is stuck")

    @rpc("ring")
    def ring(self, call: Call) -> dict[str, Any]:
        return {"rung": call.input["times"] + self.config["size"], "kettle:nothing": None}


@pytest.fixture(scope="module")
def kettle(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    folder = tmp_path_factory.mktemp("kettle")
    (folder / "kettle.yang").write_text(YANG)
    return load(["kettle"], folders=[folder])


def test_an_action_has_its_input_and_the_instance_that_it_is_invoked_on(
    kettle: Schema, tmp_path: Path
) -> None:
    played = play(Kettle, kettle, {"kettle:probe": [{"id": "a"}]}, folder=tmp_path)
    output = played.call(CALIBRATE, {"offset": "0.5"}, "/kettle:house/tank/probe[id='a']")
    assert output == {
        "was": "0.1",
        "tried": [1, 2],
        "step": [{"n": 1, "ok": True}],
        "more": {"note": "a"},
        "raw": {"any": ["thing"]},
    }


def test_an_rpc_sees_defaults_of_its_input_and_what_the_thing_owns(kettle: Schema, tmp_path: Path) -> None:
    played = play(Kettle, kettle, folder=tmp_path)
    assert played.call("kettle:ring") == {"rung": 52}
    assert played.call("kettle:ring", {"times": 3}) == {"rung": 53}


def test_what_a_handler_raises_is_the_answer(kettle: Schema, tmp_path: Path) -> None:
    played = play(Kettle, kettle, {"kettle:probe": [{"id": "a"}]}, folder=tmp_path)
    with pytest.raises(Refused, match="no offset"):
        played.call(CALIBRATE, {"offset": "6.0"}, "/kettle:house/tank/probe[id='a']")
    with pytest.raises(Refused, match="OSError: the valve is stuck"):
        played.call("/kettle:house/tank/drain")
    with pytest.raises(Refused):
        played.call("kettle:nothing")


@pytest.mark.parametrize("output", [{"rung": 300}, {"ring": 1}, "twice"])
def test_an_output_that_the_model_does_not_have_is_the_things_fault(
    kettle: Schema, tmp_path: Path, output: Any
) -> None:
    class Wrong(Kettle):
        @rpc("ring")
        def ring(self, call: Call) -> Any:
            return output

    with pytest.raises(Refused, match="what answers ring gave") as refusal:
        play(Wrong, kettle, folder=tmp_path).call("kettle:ring")
    assert refusal.value.faults[0].tag == "operation-failed"


def test_a_fault_that_nobody_foresaw_is_told_and_ends_the_thing(kettle: Schema, tmp_path: Path) -> None:
    class Broken(Kettle):
        @rpc("ring")
        def ring(self, call: Call) -> dict[str, Any]:
            raise AttributeError("spelled wrongly")

    played = play(Broken, kettle, folder=tmp_path)
    with pytest.raises(AttributeError):
        played.call("kettle:ring")
    ((output, (fault,)),) = played.link.answers.values()
    assert (output, fault.message) == ({}, "AttributeError: spelled wrongly")


def test_a_thing_that_answers_what_there_is_not_does_not_start(kettle: Schema, tmp_path: Path) -> None:
    class Wrong(Kettle):
        @action("probe/calibrat")
        def calibrate(self, call: Call) -> dict[str, Any]:
            return {}

        @rpc("rng")
        def ring(self, call: Call) -> dict[str, Any]:
            return {}

    with pytest.raises(NotFound) as refusal:
        play(Wrong, kettle, folder=tmp_path)
    assert [fault.value for fault in refusal.value.faults] == ["probe/calibrat", "rng"]


def test_actions_without_a_method_are_told_in_the_log(
    kettle: Schema, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Silent(Thing):
        name, module, path = "Silent", "kettle", "/house/tank"

    play(Silent, kettle, folder=tmp_path)
    assert f"nothing here answers /kettle:house/tank/drain, {CALIBRATE}" in caplog.text


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ({"was": "warm"}, "invalid-value"),
        ({"is": 1}, "unknown-element"),
        ({"more": 3}, "invalid-value"),
        ({"step": [{"n": 300}]}, "invalid-value"),
        ({"tried": ["x"]}, "invalid-value"),
    ],
)
def test_an_output_that_the_model_cannot_hold_is_refused(kettle: Schema, value: Any, fault: str) -> None:
    probe: Any = kettle.find("/kettle:house/tank/probe")
    with pytest.raises(BadInput) as refusal:
        to_model(probe.actions["calibrate"].output, value)
    assert refusal.value.faults[0].tag == fault


def test_numbers_are_rounded_to_the_models_digits(kettle: Schema) -> None:
    probe: Any = kettle.find("/kettle:house/tank/probe")
    assert to_model(probe.actions["calibrate"].output, {"was": Decimal("18.26")}) == {"was": "18.3"}
