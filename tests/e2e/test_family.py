"""The whole family as a user starts it: what is killed comes back, and nothing outlives the one that was started."""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pyconfhoard.errors import LinkError
from pyconfhoard.thing import http
from pyconfhoard.thing.family import HELD
from pyconfhoard.thing.places import CHECKOUT

assert CHECKOUT is not None
LAUNCH = CHECKOUT / "launch"

YANG = """
module shed {
  yang-version 1.1;
  namespace "urn:shed";
  prefix s;
  container heater {
    leaf on { type boolean; default true; }
    container state { config false; leaf runs { type uint32; } }
  }
}
"""

HEATER = """
from pyconfhoard import Output, Thing, every
from pyconfhoard.drivers.gpio import open_board

class Heater(Thing):
    module = "shed"
    path = "/heater"
    outputs = (Output(pin=17, safe=0),)

    def setup(self):
        self.runs = 0
        self.switch = open_board(self.settings.gpio).switch(17)

    @every(seconds=0.2)
    def control(self):
        self.switch.set(self.config["on"])
        self.runs += 1
        self.operational["state/runs"] = self.runs
"""


def until(condition: Callable[[], Any], seconds: float = 15.0) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s")


def descendants(pid: int) -> dict[int, str]:
    """Every living process below ``pid``, with its command line."""
    found: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if fields[0] not in {"Z", "X"} and int(fields[1]) == pid:
            found[int(entry.name)] = command
            found |= descendants(int(entry.name))
    return found


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in {"Z", "X"}
    except OSError:
        return False


class Family:
    """``./launch`` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.pin = folder / "gpio" / "gpio17"
        self.process: subprocess.Popen[bytes] | None = None
        self.out = folder / "out"

    def environment(self) -> dict[str, str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("PYCONF_")}
        return plain | {
            "PYCONF_GPIO": f"played:{self.pin.parent}",
            "PYCONF_PORT": str(self.port),
            "PYCONF_YANG": str(self.folder / "yang"),
        }

    def launch(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.out.open("ab") as out:
            self.process = subprocess.Popen(
                [str(LAUNCH), *arguments],
                cwd=self.folder,
                env=self.environment(),
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        return self.process

    def said(self) -> str:
        return self.out.read_text()

    def ask(self, path: str) -> Any:
        token = (self.folder / "datastore" / "run" / "admin.token").read_text().strip()
        try:
            answer = http.request("GET", f"http://127.0.0.1:{self.port}{path}", token=token)
        except LinkError:
            return {}
        return answer.json() if answer.status == 200 else {}

    def works(self) -> bool:
        return bool(self.ask("/v1/discover").get("datastores", {}).get("Heater", {}).get("linked"))

    def find(self, what: str) -> list[int]:
        assert self.process is not None
        return [pid for pid, command in descendants(self.process.pid).items() if what in command]

    def high(self) -> bool:
        return self.pin.exists() and self.pin.read_text().strip() == "1"


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Family]:
    (tmp_path / "yang").mkdir()
    (tmp_path / "yang" / "shed.yang").write_text(YANG)
    (tmp_path / "heater.py").write_text(HEATER)
    made = Family(tmp_path)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.send_signal(signal.SIGINT)
        made.process.wait(20)


@pytest.fixture
def working(family: Family) -> Family:
    assert family.launch("--thing", "heater.py", "--register").wait(30) == 0
    family.launch("--rest", "--thing", "heater.py")
    until(family.works)
    until(family.high)
    return family


class TestKilled:
    def test_each_in_turn_comes_back(self, working: Family) -> None:
        for what in ("thing.host", "rest.app", "thing.reaper"):
            victims = working.find(what)
            for victim in victims:
                os.kill(victim, signal.SIGKILL)
            until(lambda: working.find(what) and not set(working.find(what)) & set(victims))  # noqa: B023 - at once
            until(working.works)
        until(working.high)

    def test_a_master_without_its_worker_and_the_other_way_round(self, working: Family) -> None:
        master, worker = sorted(working.find("rest.app"))
        os.kill(worker, signal.SIGKILL)
        until(lambda: not lives(worker))
        until(working.works)
        os.kill(master, signal.SIGKILL)
        until(lambda: not lives(master))
        until(working.works)

    def test_nothing_outlives_the_one_that_was_started_and_the_next_start_works(
        self, working: Family
    ) -> None:
        assert working.process is not None
        others = descendants(working.process.pid)
        assert len(others) >= 4
        working.process.kill()
        working.process.wait()
        until(lambda: not any(lives(pid) for pid in others), 10.0)
        assert not working.high()
        working.launch("--rest", "--thing", "heater.py")
        until(working.works)
        until(working.high)


class TestStopped:
    @pytest.mark.parametrize("wish", [signal.SIGINT, signal.SIGTERM])
    def test_all_ends_within_seconds_and_the_pins_are_safe(
        self, working: Family, wish: signal.Signals
    ) -> None:
        assert working.process is not None
        others = descendants(working.process.pid)
        working.process.send_signal(wish)
        assert working.process.wait(8) == 0
        assert not any(lives(pid) for pid in others)
        assert not working.high()
        assert "does not end" not in working.said()
        assert "Traceback" not in working.said()


class TestThing:
    def test_it_is_small(self, working: Family) -> None:
        (pid,) = working.find("thing.host")
        status = Path(f"/proc/{pid}/status").read_text()
        resident = int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0])
        assert resident < 32 * 1024, "a Thing with gpiozero in it; without, it stays below 30 MB"

    def test_a_second_copy_is_refused_and_leaves_the_pins_alone(self, working: Family) -> None:
        first = working.process
        second = Family(working.folder)
        second.port = working.port
        second.out = working.folder / "second"
        assert second.launch("--thing", "heater.py").wait(20) == HELD
        assert "Heater runs already: pid" in second.said()
        assert "Traceback" not in second.said()
        assert working.high()
        assert first is not None
        assert first.poll() is None

    def test_several_share_a_process(self, family: Family) -> None:
        (family.folder / "yang" / "light.yang").write_text(
            YANG.replace("shed", "light").replace("heater", "lamp").replace("prefix s", "prefix l")
        )
        lamp = "from pyconfhoard import Thing\nclass Lamp(Thing):\n    module = 'light'\n    path = '/lamp'\n"
        (family.folder / "lamp.py").write_text(lamp)
        family.launch("--throwaway", "--thing", "heater.py", "--thing", "lamp.py")
        until(lambda: "Ctrl-C" in family.said(), 30)
        assert len(family.find("thing.host")) == 1
        assert family.process is not None
        family.process.send_signal(signal.SIGINT)
        assert family.process.wait(10) == 0
        assert not (family.folder / "datastore").exists()
        assert not family.high()


class TestDemo:
    def test_it_says_what_runs_and_resumes(self, tmp_path: Path) -> None:
        (tmp_path / "yang").mkdir()
        demo = Family(tmp_path)
        for _ in range(2):
            demo.out.unlink(missing_ok=True)
            began = time.monotonic()
            demo.launch("--demo")
            try:
                until(lambda: "Ctrl-C" in demo.said(), 30)
                took = time.monotonic() - began
                assert "SIMULATED" in demo.said()
                assert "./launch --cli" in demo.said()
                assert "curl -H" in demo.said()
                listed = demo.ask("/v1/discover")["datastores"]
                assert listed["TemperatureProvider"]["linked"]
                assert listed["FermentationController"]["linked"]
                (pid,) = demo.find("temperature_provider")
                status = Path(f"/proc/{pid}/status").read_text()
                assert int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) < 30 * 1024
            finally:
                assert demo.process is not None
                demo.process.send_signal(signal.SIGINT)
                assert demo.process.wait(10) == 0
        assert took < 10
        assert "registering" not in demo.said()
