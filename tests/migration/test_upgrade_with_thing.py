"""A Thing goes on under the old model while the new one waits, and with its new file under the new one."""

import json
import os
import pty
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
from brewing import write_new
from serving import PATIENCE, ROOT, environment, free_port, wait_for

THING = """
import json
from pathlib import Path

from pyconfhoard import Thing


class Cellar(Thing):
    name = "Cellar"
    module = "brewery"
    path = "/cellar"

    def setup(self):
        self.tell()

    def on_change(self, changes):
        self.tell()

    def tell(self):
        seen = {name: str(self.config[name]) for name in NAMES}
        Path(OUT).write_text(json.dumps(seen))
"""


@pytest.fixture
def cellar(tmp_path):
    """Writes the Thing's file for some leaves; where it tells what it sees of them."""
    out = tmp_path / "seen.json"

    def cellar(*names):
        file = tmp_path / "cellar_thing.py"
        file.write_text(f"NAMES = {names!r}\nOUT = {str(out)!r}\n{THING}")
        out.unlink(missing_ok=True)
        return file

    cellar.out = out
    return cellar


def command(folder, yang, *arguments):
    return [
        *(sys.executable, "-m", "pyconfhoard.thing.launcher"),
        *("--datastore", str(folder), "--yang", str(yang), "--module", "brewery"),
        *map(str, arguments),
    ]


@contextmanager
def running(folder, yang, file, log):
    """Hoard and Thing, by the launcher."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command(folder, yang, "--rest", "--thing", file, "--port", free_port()),
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE)


def told(cellar, wanted, log):
    def seen():
        return cellar.out.exists() and json.loads(cellar.out.read_text() or "null") == wanted

    try:
        wait_for(seen, f"the Thing sees {wanted}", 12)
    except AssertionError:
        raise AssertionError(log.read_text()) from None


def test_thing_runs_before_the_upgrade_and_after_it(brewed, folder, yang, cellar, tmp_path):
    log = tmp_path / "launch.log"
    log.touch()
    file = cellar("setpoint", "mode")
    done = subprocess.run(
        command(folder, yang, "--thing", file, "--register"), cwd=ROOT, env=environment(), check=False
    )
    assert done.returncode == 0
    write_new(yang)
    with running(folder, yang, file, log):
        told(cellar, {"setpoint": "68.0", "mode": "cold"}, log)
    assert "the old model keeps serving" in log.read_text()
    done = subprocess.run(
        command(folder, yang, "--upgrade", "--yes"), cwd=ROOT, env=environment(), check=False
    )
    assert done.returncode == 0
    file = cellar("target", "mode", "limit")
    with running(folder, yang, file, log):
        told(cellar, {"target": "20.0", "mode": "cool", "limit": "25.0"}, log)


@pytest.mark.parametrize(
    ("answer", "code", "words"), [(b"y\n", 0, "Upgraded"), (b"\n", 1, "Nothing was changed")]
)
def test_on_a_terminal_it_asks(brewed, folder, yang, answer, code, words):
    write_new(yang)
    master, slave = pty.openpty()
    try:
        with subprocess.Popen(
            command(folder, yang, "--upgrade"),
            cwd=ROOT,
            env=environment(),
            stdin=slave,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            os.write(master, answer)
            output, _ = process.communicate(timeout=PATIENCE)
    finally:
        os.close(master)
        os.close(slave)
    assert process.returncode == code, output
    assert "Upgrade? [y/N]" in output.decode()
    assert words in output.decode()
