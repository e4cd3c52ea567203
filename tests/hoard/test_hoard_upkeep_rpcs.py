"""A hoard at work is checked by its administrator, and writes first-boot files."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from cellar import PUMP, ROOM, commit, edit

from pyconfhoard.access import ADMIN, Principal
from pyconfhoard.errors import AccessDenied, Conflict
from pyconfhoard.hoard import Hoard
from pyconfhoard.hoard.bridge import run_sync
from pyconfhoard.tree import Path, decode, to_json

CHECK = "pyconfhoard-upkeep:check"


@pytest.fixture
def hoard(start: Callable[..., Hoard]) -> Hoard:
    opened = start(modules=["cellar", "ietf-netconf-acm", "pyconfhoard-upkeep"])
    commit(opened, PUMP, {"mode": "on"})
    return opened


async def call(hoard: Hoard, name: str, who: Principal = ADMIN, session: str = "") -> Any:
    operation = hoard.schema.rpcs[name]
    nothing = decode(operation.input, {}, Path.ROOT, content="all")
    return to_json(operation.output, await hoard.calls.invoke(operation, nothing, who, session=session))


def test_check_goes_on_beside_commits_one_at_a_time(hoard: Hoard) -> None:
    async def work() -> Any:
        first = asyncio.ensure_future(call(hoard, CHECK))
        await asyncio.sleep(0)
        with pytest.raises(Conflict, match="is being checked already"):
            await call(hoard, CHECK)
        before = hoard.revision
        done = await hoard.commit([edit(hoard, "merge", ROOM, {"setpoint": "18.0"})], author="me")
        assert done.revision == before + 1
        assert not first.done()
        return await first

    told = asyncio.run(work())
    assert "problem" not in told
    assert int(told["revision"]) in (hoard.revision - 1, hoard.revision)


def test_check_is_made_where_no_loop_runs(hoard: Hoard) -> None:
    assert run_sync(call(hoard, CHECK)) == {"revision": str(hoard.revision)}


def test_check_that_is_given_up_leaves_no_process(hoard: Hoard) -> None:
    async def work() -> None:
        task = asyncio.ensure_future(call(hoard, CHECK))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await call(hoard, CHECK)

    asyncio.run(work())


def test_only_administrators_may(hoard: Hoard) -> None:
    with pytest.raises(AccessDenied):
        run_sync(call(hoard, CHECK, Principal("vera", "user")))


def test_first_boot_files_are_those_of_every_owner(hoard: Hoard) -> None:
    told = run_sync(call(hoard, "pyconfhoard-upkeep:write-first-boot-files"))
    assert told["revision"] == str(hoard.revision)
    assert told["file"] == [f"startup/{name}.json" for name in sorted(hoard.owners)]
    assert all((hoard.folder / file).is_file() for file in told["file"])


def test_first_boot_files_stay_as_they_are_while_another_session_has_locked_startup(hoard: Hoard) -> None:
    lock = hoard.locks.acquire("ann", target="startup")
    with pytest.raises(Conflict, match="ann has locked startup"):
        run_sync(call(hoard, "pyconfhoard-upkeep:write-first-boot-files"))
    assert run_sync(call(hoard, "pyconfhoard-upkeep:write-first-boot-files", session=lock.session))
