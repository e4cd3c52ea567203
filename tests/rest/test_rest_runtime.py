"""rest/runtime.py and rest/app.py: the application's life, without a server."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from pyconfhoard.errors import StoreError
from pyconfhoard.settings import Settings
from pyconfhoard.store.lock import FolderLock
from rest.app import ROUTES, create_app
from rest.errors import HttpError, without_folder
from rest.runtime import BOOT_ERROR, Runtime

ROOT = Path(__file__).resolve().parents[2]


def settings(folder: Path, **more: Any) -> Settings:
    return Settings(datastore=folder / "datastore", modules=("brewerslab",), **more)


async def lifespan(runtime: Runtime) -> tuple[asyncio.Queue[Any], asyncio.Queue[Any], asyncio.Task[None]]:
    """The lifespan as a server runs it: what it says, what it hears, its task."""
    said: asyncio.Queue[Any] = asyncio.Queue()
    heard: asyncio.Queue[Any] = asyncio.Queue()
    task = asyncio.create_task(runtime.lifespan(heard.get, said.put))
    await heard.put({"type": "lifespan.startup"})
    return said, heard, task


def test_life_from_start_to_end(tmp_path: Path) -> None:
    async def life() -> None:
        runtime = Runtime(settings(tmp_path))
        with pytest.raises(HttpError) as early:
            _ = runtime.hoard
        assert early.value.status == 503
        said, heard, task = await lifespan(runtime)
        assert (await said.get())["type"] == "lifespan.startup.complete"
        assert runtime.hoard.revision == 1
        runtime.refuse_when_stopping()
        await heard.put({"type": "lifespan.shutdown"})
        assert (await said.get())["type"] == "lifespan.shutdown.complete"
        await task
        with pytest.raises(HttpError) as late:
            runtime.refuse_when_stopping()
        assert late.value.status == 503

    asyncio.run(life())


def test_hoard_that_cannot_open_fails_the_start_in_words(tmp_path: Path) -> None:
    async def life() -> None:
        with FolderLock(tmp_path / "datastore", url="http://other:1", timeout=1.0):
            said, _, task = await lifespan(Runtime(settings(tmp_path, lock_timeout=0.05)))
            message = await said.get()
            await task
        assert message["type"] == "lifespan.startup.failed"
        assert "http://other:1" in message["message"]
        assert "Traceback" not in message["message"]

    asyncio.run(life())


def test_start_that_takes_its_time_is_answered_by_503_until_it_is_done(tmp_path: Path) -> None:
    async def life() -> None:
        runtime = Runtime(settings(tmp_path, lock_timeout=20.0), patience=0.05)
        with FolderLock(tmp_path / "datastore", timeout=1.0):
            said, heard, task = await lifespan(runtime)
            assert (await said.get())["type"] == "lifespan.startup.complete"
            assert not runtime.started
        async with asyncio.timeout(20):
            while not runtime.started:
                await asyncio.sleep(0.01)
        await heard.put({"type": "lifespan.shutdown"})
        await task

    asyncio.run(life())


def test_late_failure_ends_the_process_so_that_no_worker_follows(tmp_path: Path) -> None:
    async def life() -> None:
        runtime = Runtime(settings(tmp_path, lock_timeout=0.3), patience=0.01)
        said, _, _ = await lifespan(runtime)
        assert (await said.get())["type"] == "lifespan.startup.complete"
        await asyncio.sleep(20)

    with FolderLock(tmp_path / "datastore", timeout=1.0), pytest.raises(SystemExit) as ended:
        asyncio.run(life())
    assert ended.value.code == BOOT_ERROR


def test_drain_waits_for_requests_but_not_for_ever(tmp_path: Path) -> None:
    async def life() -> None:
        runtime = Runtime(settings(tmp_path))
        loop = asyncio.get_running_loop()
        runtime.active = 1
        began = loop.time()
        loop.call_later(0.05, setattr, runtime, "active", 0)
        await runtime.drain(5.0)
        assert 0.04 < loop.time() - began < 1.0
        stuck = Runtime(settings(tmp_path))
        stuck.active = 1
        began = loop.time()
        await stuck.drain(0.05)
        assert loop.time() - began < 1.0

    asyncio.run(life())


def test_settings_come_from_the_environment_when_none_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYCONF_PORT", "8123")
    assert create_app().runtime.settings.port == 8123


@pytest.mark.parametrize("path", sorted({path for path, _ in ROUTES}))
def test_every_route_is_documented(path: str) -> None:
    shape = re.sub(r"\\\{\w+\\\}", r"[^/\\s`]+", re.escape(path.removesuffix("/{below:path}").rstrip("/")))
    text = (ROOT / "Documentation" / "rest.md").read_text(encoding="utf-8")
    assert re.search(shape, text), f"Documentation/rest.md does not tell of {path}"


def test_store_errors_are_told_without_the_servers_folder(tmp_path: Path) -> None:

    told = without_folder(StoreError(f"the disk failed under {tmp_path}/journal.db"), tmp_path)
    assert str(told) == "the disk failed under journal.db"
