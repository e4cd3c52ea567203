"""Invocations without a server: who answers, within which time, and what is passed on."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path as File
from typing import Any

import pytest

from pyconfhoard.access import ADMIN
from pyconfhoard.errors import Fault, Invalid, LinkError, NotFound, NotSupported, Refused
from pyconfhoard.hoard import Hoard
from pyconfhoard.hoard.calls import BrokenAnswer
from pyconfhoard.schema.nodes import Operation
from pyconfhoard.schema.operation_id import operation_id
from pyconfhoard.schema.types.base import Json
from pyconfhoard.tree import Path, decode, parse_path, to_json

YANG = """
module kettle {
  yang-version 1.1;
  namespace "urn:kettle";
  prefix k;
  container house {
    container tank {
      presence "There is one.";
      leaf size { type uint8; }
      action drain {
        input { leaf litres { type uint8; must ". <= ../../size"; } }
        output { leaf left { type uint8; mandatory true; } }
      }
    }
    container other { action drain; }
  }
  rpc ring { output { leaf rung { type uint8; } } }
}
"""
TANK = "/kettle:house/tank"
DRAIN = f"{TANK}/drain"


class Linked:
    """A Thing that answers as it is told."""

    def __init__(self, answer: Callable[[], Json]) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str, Json]] = []

    async def call(self, operation: str, path: Path, given: Json) -> Json:
        self.asked.append((operation, str(path), given))
        return self.answer()


class Silent(Linked):
    """A Thing that never answers."""

    async def call(self, operation: str, path: Path, given: Json) -> Json:
        await asyncio.Event().wait()
        raise AssertionError


@pytest.fixture
def hoard(tmp_path: File, request: pytest.FixtureRequest) -> Iterator[Hoard]:
    """A kettle with a tank; a parameter are seconds that Things have to answer."""
    (tmp_path / "kettle.yang").write_text(YANG)
    timeout = getattr(request, "param", 30.0)
    with Hoard.open(
        tmp_path / "datastore", yang=[tmp_path], modules=["kettle"], rpc_timeout=timeout
    ) as opened:
        opened.register_now("Tank", "kettle", "/house/tank")
        opened.load_now(b'{"kettle:house": {"tank": {"size": 20}}}', "merge", author="me")
        yield opened


def drain(hoard: Hoard) -> Operation:
    node: Any = hoard.schema.find(TANK)
    found: Operation = node.actions["drain"]
    return found


def invoke(hoard: Hoard, operation: Operation, given: Json = None, at: str = "/") -> Json:
    branch = decode(operation.input, given or {}, Path.ROOT, content="all")
    output = asyncio.run(hoard.calls.invoke(operation, branch, ADMIN, parse_path(hoard.schema, at)))
    return to_json(operation.output, output)


def test_operations_have_ids(hoard: Hoard) -> None:
    assert operation_id(hoard.schema.rpcs["kettle:ring"]) == "kettle:ring"
    assert operation_id(drain(hoard)) == DRAIN


def test_an_action_is_answered_by_the_thing_that_owns_the_instance(hoard: Hoard) -> None:
    tank, other = Linked(lambda: {"left": 3}), Linked(lambda: {"left": 4})
    hoard.calls.link("Other", other, frozenset({DRAIN}))
    hoard.calls.link("Tank", tank, frozenset({DRAIN}))
    assert invoke(hoard, drain(hoard), {"litres": 2}, TANK) == {"left": 3}
    assert (tank.asked, other.asked) == ([(DRAIN, TANK, {"litres": 2})], [])


def test_a_thing_that_is_not_linked_is_missed_and_one_that_does_not_know_is_not_asked(hoard: Hoard) -> None:
    with pytest.raises(LinkError, match="Tank would answer, and is not linked"):
        invoke(hoard, drain(hoard), {}, TANK)
    hoard.calls.link("Tank", Linked(dict), frozenset())
    with pytest.raises(NotSupported, match="nobody answers"):
        invoke(hoard, drain(hoard), {}, TANK)


def test_an_rpc_is_answered_by_whoever_linked_first(hoard: Hoard, caplog: pytest.LogCaptureFixture) -> None:
    ring = hoard.schema.rpcs["kettle:ring"]
    first, second = Linked(lambda: {"rung": 1}), Linked(lambda: {"rung": 2})
    with pytest.raises(NotSupported):
        invoke(hoard, ring)
    hoard.calls.link("Tank", first, frozenset({"kettle:ring"}))
    hoard.calls.link("Other", second, frozenset({"kettle:ring"}))
    assert "Tank answers kettle:ring already, and is asked before Other" in caplog.text
    assert invoke(hoard, ring) == {"rung": 1}
    hoard.calls.unlink("Tank", second)
    assert invoke(hoard, ring) == {"rung": 1}
    hoard.calls.unlink("Tank", first)
    assert invoke(hoard, ring) == {"rung": 2}


def test_input_is_judged_before_anybody_is_asked(hoard: Hoard) -> None:
    tank = Linked(lambda: {"left": 3})
    hoard.calls.link("Tank", tank, frozenset({DRAIN}))
    with pytest.raises(Invalid) as refusal:
        invoke(hoard, drain(hoard), {"litres": 21}, TANK)
    assert refusal.value.faults[0].path == f"{DRAIN}/input/litres"
    assert tank.asked == []


def test_an_action_needs_its_instance(tmp_path: File) -> None:
    (tmp_path / "kettle.yang").write_text(YANG)
    with (
        Hoard.open(tmp_path / "datastore", yang=[tmp_path], modules=["kettle"]) as hoard,
        pytest.raises(NotFound),
    ):
        invoke(hoard, drain(hoard), {}, TANK)


@pytest.mark.parametrize("answer", [{}, {"left": 300}, {"right": 1}, 7])
def test_what_the_model_does_not_have_is_not_passed_on(hoard: Hoard, answer: Json) -> None:
    hoard.calls.link("Tank", Linked(lambda: answer), frozenset({DRAIN}))
    with pytest.raises(BrokenAnswer):
        invoke(hoard, drain(hoard), {}, TANK)


@pytest.mark.parametrize("hoard", [0.01], indirect=True)
def test_a_thing_that_does_not_answer_is_waited_for_so_long(hoard: Hoard) -> None:
    hoard.calls.link("Tank", Silent(dict), frozenset({DRAIN}))
    with pytest.raises(LinkError, match=r"did not answer within 0\.01 s"):
        invoke(hoard, drain(hoard), {}, TANK)


def test_what_a_thing_objects_and_the_end_of_its_link(hoard: Hoard) -> None:
    def refuse() -> Json:
        raise Refused(Fault("in-use", "not while it boils"))

    def end() -> Json:
        raise ConnectionError("gone")

    hoard.calls.link("Tank", Linked(refuse), frozenset({DRAIN}))
    with pytest.raises(Refused, match="boils"):
        invoke(hoard, drain(hoard), {}, TANK)
    hoard.calls.link("Tank", Linked(end), frozenset({DRAIN}))
    with pytest.raises(LinkError, match="ended before it answered: gone"):
        invoke(hoard, drain(hoard), {}, TANK)
