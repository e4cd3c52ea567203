"""``./launch``, as a user types it: real processes, and each error with its way out."""

import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from serving import free_port

from pyconfhoard.store import lock
from pyconfhoard.thing.family import UNLOADABLE
from pyconfhoard.thing.launcher import main
from pyconfhoard.thing.places import CHECKOUT
from rest.tls import make_self_signed

assert CHECKOUT is not None
LAUNCH = CHECKOUT / "launch"

TANK = """
from pathlib import Path
from pyconfhoard import Output, Thing

class Tank(Thing):
    module = "lab"
    path = "/room/tank"

    def setup(self):
        self.log.info("setpoint is %s", self.config["setpoint"])
"""


def environment(**more: str) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYCONF_")}
    return plain | more


def launch(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(LAUNCH), *arguments],
        cwd=folder,
        env=environment(**environ),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def launched(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [str(LAUNCH), *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=15)


@pytest.fixture
def here(tmp_path: Path, yang: Path) -> Path:
    """A folder with a model in ``yang`` and a Thing in ``tank.py``."""
    (tmp_path / "tank.py").write_text(TANK)
    return tmp_path


@pytest.fixture
def busy() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield int(holder.getsockname()[1])


class TestUsage:
    def test_nothing_asked_is_usage_and_a_failure(self, tmp_path: Path) -> None:
        done = launch(tmp_path)
        assert done.returncode == 1
        assert done.stderr.startswith("usage: launch")

    def test_help_is_usage_and_fine(self, tmp_path: Path) -> None:
        done = launch(tmp_path, "--help")
        assert done.returncode == 0
        assert "--throwaway" in done.stdout


class TestServing:
    def test_a_hoard_with_a_certificate_that_this_machine_does_not_know_is_seen_to_be_ready(
        self, here: Path
    ) -> None:
        cert, key = here / "brew.crt", here / "brew.key"
        assert make_self_signed(cert, key, "127.0.0.1")
        port = str(free_port())
        given = ["--tls-cert", str(cert), "--tls-key", str(key), "--port", port, "--yang", "yang"]
        with launched(here, "--rest", *given) as process:
            assert process.stdout is not None
            said = next(line for line in process.stdout if "hoard serves" in line or "not ready" in line)
            assert said.startswith(f"The hoard serves https://127.0.0.1:{port}/v1")


class TestErrors:
    """Each is one line or two, without a traceback, before anything is started."""

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--thing", "none.py"], "none.py does not exist"),
            (["--thing", "broken.py"], "broken.py not a valid thing - cannot launch"),
            (["--thing", "tank.py"], "Tank is not registered"),
            (["--thing", "tank.py", "--thing", "tank.py"], "a Thing runs once"),
            (["--rest", "--host", "0.0.0.0"], "--insecure"),
            (["--rest", "--datastore", "broken.py/x"], "cannot be written"),
            (["--thing", "tank.py", "--register", "--datastore", "broken.py/x"], "datastore"),
            (["--thing", "tank.py", "--register"], "lab"),
            (["--thing", "tank.py", "--register", "--hoard", "http://127.0.0.1:9"], "PYCONF_TOKEN"),
        ],
    )
    def test_it_says_what_to_do(self, here: Path, arguments: list[str], words: str) -> None:
        (here / "broken.py").write_text("import nothing_of_that_name")
        done = launch(here, *arguments)
        assert done.returncode == 1
        assert words in done.stderr
        assert "Traceback" not in done.stderr

    def test_a_port_in_use_is_named_with_the_way_out(self, here: Path, busy: int) -> None:
        done = launch(here, "--rest", "--port", str(busy))
        assert done.returncode == 1
        assert f"port {busy} on 127.0.0.1 is in use" in done.stderr
        assert "--port" in done.stderr
        assert not (here / "datastore" / "journal.db").exists()

    def test_a_bad_environment_lists_all(self, here: Path) -> None:
        done = launch(here, "--rest", PYCONF_PORT="x", PYCONF_BODY_LIMIT="0")
        assert done.returncode == 1
        assert "PYCONF_PORT" in done.stderr
        assert "PYCONF_BODY_LIMIT" in done.stderr

    def test_a_checkout_without_its_environment_says_make_setup(self, tmp_path: Path) -> None:
        copy = tmp_path / "launch"
        copy.write_text(LAUNCH.read_text())
        copy.chmod(0o755)
        done = subprocess.run([str(copy)], capture_output=True, text=True, check=False)
        assert (done.returncode, "make setup" in done.stderr) == (1, True)


class TestLastWords:
    """What cannot start ends at once, and the reason is the last that is said."""

    def test_a_model_that_cannot_be_compiled(self, tmp_path: Path) -> None:
        (tmp_path / "odd.yang").write_text(
            "module odd { namespace 'urn:odd'; prefix o; leaf x { type strng; } }"
        )
        done = launch(tmp_path, "--rest", "--yang", ".", "--module", "odd", "--port", str(free_port()))
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1].startswith("the hoard cannot start: ")
        assert done.stderr.splitlines()[-1].endswith("[odd.yang:1]")
        assert "Traceback" not in done.stderr
        assert "starting it again" not in done.stderr
        assert done.stdout == ""

    def test_a_folder_that_another_hoard_has(self, tmp_path: Path) -> None:
        with lock.FolderLock(tmp_path / "datastore", url="http://127.0.0.1:9"):
            done = launch(tmp_path, "--rest", "--port", str(free_port()), PYCONF_LOCK_TIMEOUT="0.2")
        assert done.returncode == 1
        assert f"belongs to process {os.getpid()}, serving http://127.0.0.1:9" in done.stderr.splitlines()[-1]

    def test_a_folder_over_the_network(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(lock, "NETWORK_FILE_SYSTEMS", {lock.file_system(tmp_path)})
        assert main(["--rest", "--datastore", str(tmp_path / "datastore")]) == 1
        assert "is on a network file system" in capsys.readouterr().err.splitlines()[-1]

    def test_hardware_that_is_not_there(self, here: Path) -> None:
        text = TANK.replace("self.log.info(", "open_board('').output(17) or (")
        (here / "tank.py").write_text(f"from pyconfhoard.drivers.gpio import open_board\n{text}")
        assert launch(here, "--thing", "tank.py", "--register", "--yang", "yang").returncode == 0
        done = launch(here, "--thing", "tank.py", "--port", "9")
        assert done.returncode == UNLOADABLE
        last = done.stderr.splitlines()[-1]
        assert "tank.py cannot start: " in last
        assert "PYCONF_GPIO" in last
        assert "Traceback" not in done.stderr


class TestRegister:
    def test_it_leaves_what_the_thing_needs(self, here: Path) -> None:
        done = launch(here, "--thing", "tank.py", "--register", "--yang", "yang")
        assert (done.returncode, done.stderr) == (0, "")
        assert "Tank is registered: it owns /room/tank of lab" in done.stdout
        run = here / "datastore" / "run"
        assert (run / "Tank.token").stat().st_mode & 0o777 == 0o600
        assert json.loads((here / "datastore" / "startup" / "Tank.json").read_text())
        again = launch(here, "--thing", "tank.py", "--register", "--yang", "yang")
        assert again.returncode == 0

    def test_the_administrators_token_can_be_printed(self, here: Path) -> None:
        first = launch(here, "--token").stdout
        assert len(first) > 20
        assert launch(here, "--token").stdout == first
        assert launch(here, "--token", PYCONF_TOKEN="mine").stdout == "mine\n"

    def test_a_token_is_made_for_a_user(self, here: Path) -> None:
        user = {"ietf-system:system": {"authentication": {"user": [{"name": "ann"}]}}}
        (here / "users.json").write_text(json.dumps(user))
        assert launch(here, "--load", "users.json", "--yang", "yang").returncode == 0
        made = launch(here, "--token", "ann:ci", "--yang", "yang")
        assert (made.returncode, made.stderr) == (0, "")
        token = made.stdout.strip()
        saved = json.loads((here / "datastore" / "persist" / "ietf-system.json").read_text())
        (kept,) = saved["ietf-system:system"]["authentication"]["user"][0]["pyconfhoard-access:token"]
        assert kept["sha256"] == hashlib.sha256(token.encode()).hexdigest()
        for wrong in ("nobody:ci", "ci", ":ci"):
            assert launch(here, "--token", wrong, "--yang", "yang").returncode == 1


SKELETON = """
import PyConfHoard

class TemperatureProviderDs18B20(PyConfHoard.Thing):

\tdef setup(self):
\t\tself.log.info('set up at %s', self.config['fermentation/setpoint'])

class Launch:

    def __init__(self, start=False):
        try:
            self.thing = TemperatureProviderDs18B20('TemperatureProvider',     # friendly app name
            \t\t\t\t\t\t\t\t\t       'brewerslab',              # yang module
            \t\t\t\t\t\t\t\t\t       '/brewhouse/temperature')  # path owned
            if start:
                self.thing.start()
        except KeyboardInterrupt:
            pass

if __name__ == '__main__':
    Launch()
"""


class TestSkeleton:
    """The first document's Thing, as printed; its ``setup`` has a body."""

    def test_it_registers_and_runs(self, tmp_path: Path) -> None:
        (tmp_path / "skeleton.py").write_text(SKELETON)
        assert launch(tmp_path, "--thing", "skeleton.py", "--register").returncode == 0
        with launched(tmp_path, "--thing", "skeleton.py", "--port", "9") as process:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(2)]
            assert "TemperatureProvider: set up at" in lines[1]

    @pytest.mark.parametrize("start", [False, True])
    def test_it_is_an_ordinary_program(self, tmp_path: Path, start: bool) -> None:
        text = SKELETON.replace("    Launch()", f"    Launch({start})")
        text = re.sub(r"self\.log\.info\(.*\)", "print('set up')", text)
        (tmp_path / "skeleton.py").write_text(text)
        process = subprocess.Popen(
            [sys.executable, "-u", "skeleton.py"],
            cwd=tmp_path,
            env=environment(PYTHONPATH=str(CHECKOUT), PYCONF_PORT="9"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # what runs in the background of a script ignores SIGINT, and so would its children
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL) and None,  # noqa: PLW1509 - no lock is taken
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "set up\n"
        if start:
            process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=10)[1].count("Traceback") == 0
        assert process.returncode == 0


class TestThing:
    def test_it_runs_without_a_hoard_and_says_so(self, here: Path) -> None:
        assert launch(here, "--thing", "tank.py", "--register", "--yang", "yang").returncode == 0
        with launched(here, "--thing", "tank.py", "--port", "9") as process:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(2)]
            assert "no link to the hoard at http://127.0.0.1:9" in lines[0]
            assert "setpoint is 17" in lines[1]
            process.send_signal(signal.SIGINT)
            assert process.wait(5) == 0
