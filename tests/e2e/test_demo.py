"""``make run``'s demo, as a person runs it: it works, it survives kill -9 of each of its processes, it ends cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from serving import ROOT, Server, environment, free_port, wait_for

SETPOINT = "/restconf/data/brewerslab:brewhouse/temperature/fermentation/setpoint"
STATUS = "/v1/datastore/operational/FermentationController/status"
LATEST = "/v1/datastore/operational/TemperatureProvider/fermentation/results/latest"


def start(folder: Path, port: int) -> Server:
    """``./launch --demo``, and wait until it says that all runs."""
    log = folder.parent / "demo.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [ROOT / "launch", "--demo", "--datastore", folder, "--port", str(port)],
            stdout=output,
            stderr=output,
            cwd=folder.parent,
            env=environment(),
            start_new_session=True,
        )
    demo = Server(process, port, folder, log)

    def ready() -> bool:
        assert process.poll() is None, log.read_text()
        return log.read_text().count("Ctrl-C") > 0

    wait_for(ready, "the demo runs", 60)
    return demo


def family(pid: int) -> dict[int, str]:
    """Descendants of a process by pid: what they run."""
    found: dict[int, str] = {}
    with suppress(FileNotFoundError, ProcessLookupError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for child in map(int, children):
            with suppress(FileNotFoundError, ProcessLookupError):
                found[child] = Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
            found |= family(child)
    return found


def alive(pid: int) -> bool:
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Server]:
    running = start(tmp_path / "datastore", free_port())
    yield running
    children = family(running.process.pid)
    running.stop(signal.SIGINT)
    for pid in children:
        wait_for(lambda pid=pid: not alive(pid), f"process {pid} ends", 10)


def linked(demo: Server) -> bool:
    with suppress(OSError):
        owners = demo.get("/v1/discover").json["datastores"]
        return all(owner["linked"] for owner in owners.values() if owner["kind"] == "thing")
    return False


def all_is_back(demo: Server, answered: list[str], wanted: int) -> Callable[[], bool]:
    """Whether commits are answered again, up to a number of them, and both Things are linked."""
    return lambda: len(answered) >= wanted and linked(demo)


def value(demo: Server, path: str) -> str:
    return next(iter(demo.get(path).json.values()))


def test_the_controller_acts_on_a_new_setpoint(demo: Server) -> None:
    wait_for(lambda: demo.get(LATEST).status == 200, "a reading")
    answer = demo.get(LATEST)
    assert answer.json["@brewerslab:latest"]["pyconfhoard:quality"] == "simulated"
    body = {"brewerslab:changeover": 0}
    assert demo.request("PUT", "/restconf/data/brewerslab:brewhouse/power/changeover", body).status in {
        201,
        204,
    }
    warmer = Decimal(value(demo, LATEST)) + 10
    assert demo.request("PUT", SETPOINT, {"brewerslab:setpoint": str(warmer)}).status in {201, 204}
    wait_for(lambda: value(demo, STATUS)["heater"], "the heater is on")
    assert (demo.folder / "run" / "played" / "gpio" / "gpio17").read_text().strip() == "1"
    cold = value(demo, LATEST)
    wait_for(lambda: Decimal(value(demo, LATEST)) > Decimal(cold), "the beer gets warmer")


def test_every_process_killed_comes_back_and_no_answered_commit_is_lost(demo: Server) -> None:
    wait_for(lambda: linked(demo), "both Things are linked")
    answered: list[str] = []
    ended = threading.Event()

    def commits() -> None:
        number = 0
        while not ended.is_set():
            number += 1
            setpoint = f"{10 + number % 20}.{number % 10}"
            with suppress(OSError, ValueError):
                if demo.request("PUT", SETPOINT, {"brewerslab:setpoint": setpoint}).status in {201, 204}:
                    answered.append(setpoint)

    stream = threading.Thread(target=commits)
    stream.start()
    try:
        first = {pid: command for pid, command in family(demo.process.pid).items() if "reaper" not in command}
        assert len(first) >= 5, first  # master, worker, plant, two Things
        for pid, command in first.items():
            if not alive(pid):
                continue  # it went with one that was killed before
            os.kill(pid, signal.SIGKILL)
            back = all_is_back(demo, answered, len(answered) + 4)
            wait_for(back, f"all is back after {command}", 40)
            assert demo.process.poll() is None
    finally:
        ended.set()
        stream.join()
    assert float(value(demo, SETPOINT)) == float(answered[-1])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_when_the_launcher_ends_all_end_and_the_next_start_works_at_once(tmp_path: Path, number: int) -> None:
    port = free_port()
    demo = start(tmp_path / "datastore", port)
    assert demo.request("PUT", SETPOINT, {"brewerslab:setpoint": "11.5"}).status in {201, 204}
    children = family(demo.process.pid)
    demo.process.send_signal(number)
    demo.process.wait(timeout=10)
    for pid, command in children.items():
        wait_for(lambda pid=pid: not alive(pid), f"{command} ends", 10)
    for pin in (17, 27):
        assert (demo.folder / "run" / "played" / "gpio" / f"gpio{pin}").read_text().strip() == "0"
    demo.log.unlink()
    again = start(tmp_path / "datastore", port)
    try:
        assert float(value(again, SETPOINT)) == 11.5
    finally:
        assert again.stop(signal.SIGINT) == 0
