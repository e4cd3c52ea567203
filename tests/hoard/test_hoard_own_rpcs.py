"""The hoard's own rpcs tell nobody what may not be read, and whatever else there is."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from cellar import PUMP, ROOM, commit

from pyconfhoard.access import ADMIN, Principal
from pyconfhoard.errors import AccessDenied, NotFound
from pyconfhoard.hoard import Hoard
from pyconfhoard.schema.types.base import Json
from pyconfhoard.tree import Path, decode, to_json

RULES = {
    "ietf-netconf-acm:nacm": {
        "read-default": "permit",
        "write-default": "permit",
        "exec-default": "permit",
        "groups": {"group": [{"name": "guests", "user-name": ["vera"]}]},
        "rule-list": [
            {
                "name": "guests",
                "group": ["guests"],
                "rule": [
                    {"name": "no-pump", "path": "/c:house/c:pump", "access-operations": "*", "action": "deny"}
                ],
            }
        ],
    }
}
VERA = Principal("vera", "user")


@pytest.fixture
def hoard(start: Callable[..., Hoard]) -> Hoard:
    opened = start(modules=["cellar", "ietf-netconf-acm", "pyconfhoard-history", "pyconfhoard-candidates"])
    prefix = opened.schema.modules["cellar"].prefix
    text = str(RULES).replace("'", '"').replace("/c:house/c:pump", f"/{prefix}:house/{prefix}:pump")
    opened.load_now(text.encode(), "merge", author="me")
    commit(opened, PUMP, {"mode": "on"})
    commit(opened, ROOM, {"setpoint": "18.0"})
    return opened


def call(hoard: Hoard, name: str, who: Principal = VERA, **given: Any) -> Json:
    operation = hoard.schema.rpcs[name]
    raw = {key.replace("_", "-"): value for key, value in given.items()}
    branch = decode(operation.input, raw, Path.ROOT, content="all")
    output = asyncio.run(hoard.calls.invoke(operation, branch, who))
    return to_json(operation.output, output)


def targets(told: Any) -> list[str]:
    return [edit["target"] for edit in told.get("edit", [])]


def test_a_revision_is_shown_without_what_may_not_be_read(hoard: Hoard) -> None:
    name, secret = "pyconfhoard-history:show-revision", str(hoard.revision - 1)
    assert targets(call(hoard, name, ADMIN, revision=secret)) == ["/cellar:house/pump/mode"]
    told: Any = call(hoard, name, revision=secret)
    assert (targets(told), told["text"]) == ([], "")
    assert targets(call(hoard, name, revision=str(hoard.revision))) == ["/cellar:house/room/setpoint"]


def test_states_are_compared_without_what_may_not_be_read(hoard: Hoard) -> None:
    first = str(hoard.revision - 2)
    name = "pyconfhoard-history:compare"
    assert len(targets(call(hoard, name, ADMIN, **{"from": first}))) == 2
    assert targets(call(hoard, name, **{"from": first})) == ["/cellar:house/room/setpoint"]


def test_blame_leaves_out_what_may_not_be_read(hoard: Hoard) -> None:
    name = "pyconfhoard-history:blame"
    told: Any = call(hoard, name, path="/cellar:house")
    assert [line["path"] for line in told["value"]] == [f"{ROOM}/setpoint"]
    with pytest.raises(AccessDenied):
        call(hoard, name, path=PUMP)


def test_a_way_back_is_bound_by_the_rules(hoard: Hoard) -> None:
    with pytest.raises(AccessDenied):
        call(hoard, "pyconfhoard-history:undo", revision=str(hoard.revision - 1))
    with pytest.raises(AccessDenied):
        call(hoard, "pyconfhoard-history:rollback", revision=str(hoard.revision - 2))


def test_a_candidate_is_its_makers_alone(hoard: Hoard) -> None:
    made: Any = call(hoard, "pyconfhoard-candidates:create-candidate")
    with pytest.raises(NotFound):
        call(hoard, "pyconfhoard-candidates:show-candidate", ADMIN, candidate=made["candidate"])
    told: Any = call(hoard, "pyconfhoard-candidates:show-candidate", candidate=made["candidate"])
    assert (int(told["base"]), targets(told)) == (hoard.revision, [])


def test_a_comment_is_told_whatever_was_once_written_in_it(hoard: Hoard) -> None:
    commit(hoard, PUMP, {"mode": "off"}, comment="more \x01 beer")
    told: Any = call(hoard, "pyconfhoard-history:list-revisions", ADMIN, limit=1)
    assert told["revision"][0]["comment"] == "more \N{REPLACEMENT CHARACTER} beer"


@pytest.mark.parametrize("name", ["undo", "rollback"])
def test_who_may_not_take_a_revision_back_is_not_told_what_is_in_it(hoard, name):
    before = hoard.revision
    commit(hoard, PUMP, {"mode": "off"})
    revision = {"undo": hoard.revision, "rollback": before}[name]
    with pytest.raises(AccessDenied, match="vera may not change something in this") as error:
        call(hoard, f"pyconfhoard-history:{name}", revision=str(revision))
    assert "pump" not in str(error.value)
