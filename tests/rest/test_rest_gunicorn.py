"""gunicorn and the application together: how a server begins, is refused, comes back and ends."""

import http.client
import os
import re
import shutil
import signal
import time
from pathlib import Path

import pytest
import websocket
from serving import PATIENCE, ROOT, Server, end, launch, serving, wait_for

NAME = "TemperatureProvider"
BODY = {"module": "brewerslab", "path": "/brewhouse/temperature"}
SETPOINT = f"/v1/datastore/running/{NAME}/fermentation"


def registered(server: Server) -> Server:
    assert server.request("POST", f"/v1/thing/{NAME}", BODY).status in {200, 201}
    return server


def change(server: Server, value: str) -> None:
    body = {"brewerslab:fermentation": {"setpoint": value}}
    assert server.patch(SETPOINT.rpartition("/")[0], body).status == 204


def failed(server: Server) -> str:
    """Its log, once it has ended by itself, in words and in vain but once."""
    try:
        code = server.process.wait(PATIENCE)
    finally:
        end(server)
    text = server.log.read_text()
    assert code != 0, text
    assert "Traceback" not in text, text
    assert text.count("Booting worker") <= 1, text
    return text


# -- the end -------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_the_server_cleanly_within_three_seconds(tmp_path: Path, number: int) -> None:
    with serving(tmp_path / "datastore", modules=["brewerslab"]) as server:
        registered(server)
        change(server, "17.5")
        idle = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        idle.request("GET", "/healthz")
        idle.getresponse().read()
        make = websocket.WebSocket()
        token = (server.folder / "run" / f"{NAME}.token").read_text().strip()
        make.connect(f"ws://127.0.0.1:{server.port}/v1/link", header=[f"Authorization: Bearer {token}"])
        began = time.monotonic()
        assert server.stop(number) == 0
        assert time.monotonic() - began < 3.0
        idle.close()
        make.shutdown()
        assert '"setpoint"' in (server.folder / "persist" / f"{NAME}.json").read_text()
        assert "Traceback" not in server.log.read_text()


def test_killed_master_takes_its_worker_along_and_the_next_start_works_at_once(tmp_path: Path) -> None:
    server = launch(tmp_path / "datastore", modules=["brewerslab"])
    try:
        server.wait()
        registered(server)
        change(server, "17.5")
        (worker,) = server.workers()
        server.stop(signal.SIGKILL)
        with serving(server.folder, modules=["brewerslab"], port=server.port) as again:
            wait_for(
                lambda: not Path(f"/proc/{worker}").exists(), "the orphan, which may have answered, is gone"
            )
            again.wait()
            assert again.get(f"{SETPOINT}/setpoint").json == {"brewerslab:setpoint": "17.5"}
    finally:
        end(server)


def test_killed_worker_comes_back_with_what_was_committed(server: Server) -> None:
    change(server, "17.5")
    (worker,) = server.workers()
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: server.workers() not in ([], [worker]) and server.healthy(), "another worker answers")
    assert server.get(f"{SETPOINT}/setpoint").json == {"brewerslab:setpoint": "17.5"}


def test_signals_for_more_workers_change_nothing(server: Server) -> None:
    workers = server.workers()
    server.process.send_signal(signal.SIGTTIN)
    wait_for(lambda: "Handling signal: ttin" in server.log.read_text(), "the signal is taken")
    assert server.healthy()
    assert server.workers() == workers


def test_hangup_puts_a_fresh_worker_in_place(server: Server) -> None:
    (worker,) = server.workers()
    server.process.send_signal(signal.SIGHUP)
    wait_for(lambda: server.workers() and worker not in server.workers(), "the old worker is gone")
    wait_for(server.healthy, "the new one answers")


# -- the beginning --------------------------------------------------------------------------------


def test_model_that_does_not_compile_is_told_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "broken.yang").write_text(
        'module broken {\n  namespace "urn:broken";\n  prefix b;\n  leaf x { type strnig; }\n}\n'
    )
    text = failed(launch(tmp_path / "datastore", yang=[tmp_path], modules=["broken"]))
    assert "broken.yang:4" in text
    assert "strnig" in text


def test_module_that_nobody_has_is_told_by_name(tmp_path: Path) -> None:
    assert "no-such-module" in failed(launch(tmp_path / "datastore", modules=["no-such-module"]))


def test_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    text = failed(launch(tmp_path / "file" / "datastore", modules=["brewerslab"]))
    assert re.search(r"datastore|folder", text)


def test_folder_in_use_is_refused_with_the_holders_pid_and_url(tmp_path: Path) -> None:
    with serving(tmp_path / "datastore", modules=["brewerslab"]) as server:
        second = launch(server.folder, modules=["brewerslab"], PYCONF_LOCK_TIMEOUT="0.2")
        text = failed(second)
        assert str(server.workers()[0]) in text
        assert server.url in text
        assert server.healthy()


def test_port_in_use_is_told_without_a_traceback(server: Server, tmp_path: Path) -> None:
    second = launch(tmp_path / "datastore", modules=["brewerslab"], port=server.port)
    try:
        words = f"Connection in use: ('127.0.0.1', {server.port})"
        wait_for(lambda: words in second.log.read_text(), "it is told")
    finally:
        second.stop(signal.SIGKILL)
        end(second)
    assert "Traceback" not in second.log.read_text()
    assert server.healthy()


@pytest.mark.parametrize(
    ("arguments", "settings", "words"),
    [
        (["--workers", "2"], {}, "a hoard is one process"),
        (["-k", "sync"], {}, "worker class"),
        (["-b", "0.0.0.0:0"], {}, "without TLS"),
        ([], {"PYCONF_HOST": "0.0.0.0"}, "without TLS"),
        ([], {"PYCONF_BODY_LIMIT": "large"}, "PYCONF_BODY_LIMIT"),
    ],
)
def test_settings_that_cannot_be_are_refused_with_the_reason(
    tmp_path: Path, arguments: list[str], settings: dict[str, str], words: str
) -> None:
    text = failed(launch(tmp_path / "datastore", modules=["brewerslab"], arguments=arguments, **settings))
    assert words in text
    assert "Booting worker" not in text


def test_network_is_served_when_one_insists(tmp_path: Path) -> None:
    with serving(
        tmp_path / "datastore", modules=["brewerslab"], PYCONF_HOST="0.0.0.0", PYCONF_INSECURE="yes"
    ) as server:
        assert server.healthy()


# -- --reload -----------------------------------------------------------------------------------


def test_reload_survives_a_syntax_error(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "rest", tmp_path / "rest", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "gunicorn.conf.py", tmp_path)
    with serving(
        tmp_path / "datastore",
        modules=["brewerslab"],
        arguments=["--reload"],
        cwd=tmp_path,
        PYTHONPATH=str(ROOT),
        PYTHONDONTWRITEBYTECODE="1",
    ) as server:
        good = (tmp_path / "rest" / "query.py").read_text()
        (tmp_path / "rest" / "query.py").write_text(good + "\ndef broken(:\n")
        wait_for(lambda: "SyntaxError" in server.log.read_text(), "the error is told")
        wait_for(lambda: not server.healthy() and server.process.poll() is None, "something else answers")
        (tmp_path / "rest" / "query.py").write_text(good)
        wait_for(server.healthy, "it serves again")
