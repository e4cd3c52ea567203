"""The supervisor, with real processes: what dies comes back, and nothing survives its parent."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pyconfhoard.thing.family import HELD, UNLOADABLE
from pyconfhoard.thing.places import child_environment

PROGRAM = """
import json, os, sys
from pathlib import Path
from pyconfhoard.thing.outputs import Output
from pyconfhoard.thing.supervisor import Child, Supervisor

def child(raw):
    ready = raw.pop("ready", None)
    return Child(
        environment=dict(os.environ),
        command=tuple(raw.pop("command")),
        outputs=tuple(Output.parse(text) for text in raw.pop("outputs", [])),
        ready=None if ready is None else Path(ready).exists,
        log=Path(raw.pop("log")) if "log" in raw else None,
        **raw,
    )

def say(text):
    print(text, flush=True)

children = [child(raw) for raw in json.loads(sys.argv[1])]
supervisor = Supervisor(children, environment=os.environ, report=say, on_ready=lambda: say("READY"))
sys.exit(supervisor.run())
"""

NOTE = "import os,sys,time; open(sys.argv[1],'a').write(f'{os.getpid()}\\n'); "
STAYS = NOTE + "time.sleep(600)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + STAYS
FORKS = "import os; os.fork(); " + STAYS


def until(condition: Callable[[], Any], seconds: float = 10.0) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.01)
    raise AssertionError(f"not within {seconds} s")


def lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}


class Family:
    """A supervisor in a process of its own, and what its children noted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[str] | None = None
        self.out = folder / "out"

    def child(self, name: str, program: str = STAYS, **more: Any) -> dict[str, Any]:
        return {"name": name, "command": [sys.executable, "-c", program, str(self.folder / name)], **more}

    def start(self, *children: dict[str, Any], **environ: str) -> None:
        with self.out.open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, json.dumps(children)],
                stdout=out,
                stderr=subprocess.STDOUT,
                env=child_environment(os.environ | environ),
                text=True,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def pids(self, name: str) -> list[int]:
        """Of every process that this child was, in order."""
        file = self.folder / name
        return [int(line) for line in file.read_text().split()] if file.exists() else []

    def wait_for(self, name: str, count: int = 1) -> int:
        until(lambda: len(self.pids(name)) >= count)
        return self.pids(name)[-1]

    def said(self) -> str:
        return self.out.read_text()

    def end(self, seconds: float = 10.0) -> int:
        assert self.process is not None
        return self.process.wait(seconds)


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Family]:
    made = Family(tmp_path)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.terminate()
        made.process.wait(15)


class TestRestart:
    def test_a_killed_child_comes_back(self, family: Family) -> None:
        family.start(family.child("a"))
        for count in (1, 2, 3):
            os.kill(family.wait_for("a", count), signal.SIGKILL)
        family.wait_for("a", 4)
        assert "killed by SIGKILL" in family.said()

    def test_a_child_whose_work_is_done_stays_ended(self, family: Family) -> None:
        family.start(family.child("a", NOTE))
        assert family.end() == 0
        assert len(family.pids("a")) == 1

    @pytest.mark.parametrize("code", [HELD, UNLOADABLE])
    def test_a_child_that_cannot_be_stays_ended(self, family: Family, code: int) -> None:
        family.start(family.child("a", NOTE + f"sys.exit({code})", announces=1))
        assert family.end() == code
        assert len(family.pids("a")) == 1

    def test_what_a_killed_child_left_behind_ends_too(self, family: Family) -> None:
        family.start(family.child("a", FORKS))
        family.wait_for("a", 2)
        parent = next(pid for pid in family.pids("a") if os.getpgid(pid) == pid)
        left = next(pid for pid in family.pids("a") if pid != parent)
        os.kill(parent, signal.SIGKILL)
        until(lambda: not lives(left))
        family.wait_for("a", 3)

    def test_a_vital_child_that_cannot_start_ends_all_and_shows_its_log(self, family: Family) -> None:
        log = family.folder / "log"
        failing = NOTE + "sys.exit('no such module')"
        family.start(
            family.child("a", failing, vital=True, ready="/nonexistent", log=str(log)),
            family.child("b", stage=1),
        )
        assert family.end() == 1
        assert "no such module" in family.said()
        assert family.pids("b") == []

    def test_the_reason_that_a_child_gives_is_the_last_line(self, family: Family) -> None:
        failing = "from pyconfhoard.thing.family import explain; explain('no\\nway ' + 9000 * '.'); "
        failing += "import sys; sys.exit('much to read')"
        family.start(family.child("a", failing, vital=True, ready="/nonexistent"))
        assert family.end() == 1
        assert family.said().endswith(f"a cannot start: no\nway {9000 * '.'}\n")

    def test_why_a_child_cannot_be_is_told_when_its_log_is_elsewhere(self, family: Family) -> None:
        failing = "from pyconfhoard.thing.family import explain; explain('no such probe'); "
        family.start(
            family.child(
                "a", failing + f"raise SystemExit({UNLOADABLE})", announces=1, log=str(family.folder / "log")
            )
        )
        assert family.end() == UNLOADABLE
        assert family.said() == "a cannot start: no such probe\n"

    def test_the_reaper_comes_back(self, family: Family) -> None:
        family.start(family.child("a"))
        family.wait_for("a")
        first = until(lambda: reapers(family.pid))[0]
        os.kill(first, signal.SIGKILL)
        until(lambda: [pid for pid in reapers(family.pid) if pid != first])


def reapers(parent: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{parent}/task").iterdir():
        for pid in (task / "children").read_text().split():
            try:
                command = Path(f"/proc/{pid}/cmdline").read_bytes()
            except OSError:
                continue
            if b"pyconfhoard.thing.reaper" in command and lives(int(pid)):
                found.append(int(pid))
    return found


class TestStages:
    def test_a_stage_begins_when_the_one_before_is_ready(self, family: Family) -> None:
        gate = family.folder / "gate"
        family.start(family.child("a", ready=str(gate)), family.child("b", stage=1))
        family.wait_for("a")
        assert family.pids("b") == []
        assert "READY" not in family.said()
        gate.touch()
        family.wait_for("b")
        until(lambda: "READY" in family.said())

    def test_a_child_may_say_itself_that_it_is_ready(self, family: Family) -> None:
        gate = family.folder / "gate"
        announces = (
            "import os,socket,time\n"
            f"while not os.path.exists({str(gate)!r}): time.sleep(0.01)\n"
            "socket.socket(fileno=int(os.environ['PYCONF_SUPERVISOR_FD'])).send(b'ready\\n')\n" + STAYS
        )
        family.start(family.child("a", announces, announces=1), family.child("b", stage=1))
        assert family.pids("b") == []
        gate.touch()
        family.wait_for("b")


class TestEnd:
    @pytest.mark.parametrize("wish", [signal.SIGINT, signal.SIGTERM])
    def test_a_signal_stops_all(self, family: Family, wish: signal.Signals) -> None:
        family.start(family.child("a"), family.child("b", stage=1))
        family.wait_for("b")
        os.kill(family.pid, wish)
        assert family.end(5) == 0
        assert not any(lives(pid) for name in "ab" for pid in family.pids(name))

    def test_a_second_signal_kills_what_is_deaf(self, family: Family) -> None:
        family.start(family.child("a", DEAF))
        pid = family.wait_for("a")
        os.kill(family.pid, signal.SIGINT)
        until(lambda: os.kill(family.pid, signal.SIGINT) or not lives(pid), 3)  # type: ignore[func-returns-value]
        family.end(3)

    @pytest.mark.parametrize("program", [STAYS, DEAF, FORKS], ids=["polite", "deaf", "forked"])
    def test_nothing_survives_a_killed_supervisor(self, family: Family, program: str) -> None:
        family.start(family.child("a", program), family.child("b"))
        family.wait_for("a")
        family.wait_for("b")
        os.kill(family.pid, signal.SIGKILL)
        until(lambda: not any(lives(pid) for name in "ab" for pid in family.pids(name)), 3.0)
        family.end()


DRIVES = """
import os
from pyconfhoard.drivers.gpio import open_board
if not os.path.exists(sys.argv[1] + ".once"):
    open(sys.argv[1] + ".once", "w").close()
    switch = open_board(os.environ["PYCONF_GPIO"]).switch(17)
    switch.on()
open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
"""
"""Switches its heater on, the first time."""


class TestOutputs:
    @pytest.fixture
    def pin(self, family: Family) -> Path:
        return family.folder / "gpio" / "gpio17"

    def start(self, family: Family, pin: Path, last: str = "time.sleep(600)", **more: Any) -> None:
        program = "import sys,time\n" + DRIVES + last
        child = family.child("a", program, outputs=["17=0"], **more)
        family.start(child, PYCONF_GPIO=f"played:{pin.parent}")
        family.wait_for("a")

    def test_they_are_safe_before_a_killed_child_comes_back(self, family: Family, pin: Path) -> None:
        self.start(family, pin)
        assert pin.read_text().strip() == "1"
        os.kill(family.pids("a")[0], signal.SIGKILL)
        family.wait_for("a", 2)
        assert pin.read_text().strip() == "0"

    def test_they_are_safe_after_an_orderly_end(self, family: Family, pin: Path) -> None:
        self.start(family, pin)
        family.process.terminate()  # type: ignore[union-attr]
        assert family.end() == 0
        assert pin.read_text().strip() == "0"

    def test_they_are_safe_when_the_supervisor_is_killed(self, family: Family, pin: Path) -> None:
        self.start(family, pin)
        os.kill(family.pid, signal.SIGKILL)
        until(lambda: pin.read_text().strip() == "0", 3.0)

    def test_a_second_copy_leaves_those_of_the_first_alone(self, family: Family, pin: Path) -> None:
        pin.parent.mkdir()
        pin.write_text("1")
        second = family.child("a", NOTE + f"sys.exit({HELD})", announces=1, outputs=["17=0"])
        family.start(second, PYCONF_GPIO=f"played:{pin.parent}")
        assert family.end() == HELD
        assert pin.read_text() == "1"

    def test_a_driver_that_fails_is_told(self, family: Family, pin: Path) -> None:
        pin.parent.write_text("no folder")
        family.start(family.child("a", outputs=["17=0"]), PYCONF_GPIO=f"played:{pin.parent}")
        os.kill(family.wait_for("a"), signal.SIGKILL)
        until(lambda: "OUTPUTS MAY NOT BE SAFE (pins 17 of a)" in family.said())
