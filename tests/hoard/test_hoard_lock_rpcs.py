"""The rpcs of ``pyconfhoard-locks``: who may lock, and who is told of what."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from cellar import ROOM, commit

from pyconfhoard.access import ADMIN, Principal
from pyconfhoard.errors import AccessDenied
from pyconfhoard.hoard import Hoard
from pyconfhoard.tree import Path, decode, parse_path, to_json

ANN, BOB = Principal("ann", "user"), Principal("bob", "user")
MINE, YOURS = "/cellar:bottle[name='riesling']", "/cellar:bottle[name='merlot']"


@pytest.fixture
def hoard(start: Callable[..., Hoard]) -> Hoard:
    """Ann and Bob may lock, each read and change one bottle, and not break a lock."""
    hoard = start(modules=["cellar", "ietf-netconf-acm", "pyconfhoard-locks"])
    rules: dict[str, Any] = {
        "read-default": "deny",
        "exec-default": "permit",
        "groups": {"group": [{"name": "a", "user-name": ["ann"]}, {"name": "b", "user-name": ["bob"]}]},
        "rule-list": [
            {"name": group, "group": [group], "rule": [{"name": "r", "path": path, "action": "permit"}]}
            for group, path in (("a", MINE), ("b", YOURS))
        ],
    }
    commit(hoard, "/ietf-netconf-acm:nacm", rules)
    return hoard


def call(hoard: Hoard, rpc: str, who: Principal, session: str = "", **given: Any) -> Any:
    operation = hoard.schema.rpcs[f"pyconfhoard-locks:{rpc}"]
    branch = decode(operation.input, given, Path.ROOT, content="all")
    output = asyncio.run(hoard.calls.invoke(operation, branch, who, session=session))
    return to_json(operation.output, output)


def test_parts_are_locked_by_those_who_may_change_them(hoard: Hoard) -> None:
    with pytest.raises(AccessDenied, match="ann may not update this"):
        call(hoard, "lock", ANN, path=[YOURS])
    lock = call(hoard, "lock", ANN, path=[MINE])
    assert [(one.owner, one.id) for one in hoard.locks.held] == [("ann", lock["lock"])]


def test_nobody_is_told_of_parts_that_he_may_not_read_nor_of_others_sessions(hoard: Hoard) -> None:
    session = call(hoard, "lock", ADMIN, path=[MINE, f"{ROOM}/setpoint"])["session"]
    call(hoard, "lock", BOB, path=[YOURS])
    call(hoard, "lock", BOB, target="startup")
    assert [len(call(hoard, "list-locks", who)["lock"]) for who in (ADMIN, ANN, BOB)] == [3, 2, 2]
    part, whole = call(hoard, "list-locks", ANN)["lock"]
    assert (part["owner"], part["path"]) == ("admin", [MINE])
    assert "session" not in part
    assert (whole["owner"], whole["target"]) == ("bob", "startup")
    assert "path" not in whole
    assert call(hoard, "list-locks", ADMIN)["lock"][0]["session"] == session


def test_a_broken_lock_is_in_the_log(hoard: Hoard, caplog: pytest.LogCaptureFixture) -> None:
    lock = call(hoard, "lock", ANN, path=[MINE])
    call(hoard, "break-lock", ADMIN, lock=lock["lock"])
    assert hoard.locks.held == ()
    assert f"admin broke the lock that ann had of {MINE}" in caplog.text


def test_locks_of_parts_that_a_new_model_does_not_have_end(hoard: Hoard, start: Callable[..., Hoard]) -> None:
    kept = hoard.locks.acquire("ann", paths=[parse_path(hoard.schema, "/ietf-netconf-acm:nacm")])
    hoard.locks.acquire("ann", paths=[parse_path(hoard.schema, ROOM)])
    whole = hoard.locks.acquire("ann", target="startup")
    hoard.close()
    other = start(modules=["ietf-netconf-acm"], yang=[])
    hoard.locks.carry(other.schema)
    assert hoard.locks.held == (kept, whole)
