"""The guide to access does what it says: its commands run, in order, against the hoards that it starts, and print what stands
below them."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

from serving import PATIENCE, environment, free_port, wait_for

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "Documentation" / "access.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```\n(?:```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
START = "./launch --rest"


class Shell:
    """A shell in ``folder``, and the hoard that it talks to. Variables and functions of a block are there in the next."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = str(free_port())
        self.log = folder / "log"
        self._server: subprocess.Popen[bytes] | None = None
        self._before = ""

    def start(self, command: str) -> None:
        """Start a hoard in place of the one before."""
        self.end()
        words = [sys.executable, "-m", "pyconfhoard.thing.launcher", *shlex.split(command)[1:]]
        with self.log.open("ab") as log:
            self._server = subprocess.Popen(
                [*words, "--port", self.port],
                cwd=self.folder,
                env=environment(PYTHONPATH=str(ROOT)),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        scheme = "https" if "--self-signed" in words else "http"
        probe = ["curl", "-s", "-k", f"{scheme}://127.0.0.1:{self.port}/healthz"]

        def ready() -> bool:
            assert self._server is not None
            assert self._server.poll() is None, self.log.read_text()
            return b"ok" in subprocess.run(probe, capture_output=True, check=False).stdout

        wait_for(ready, "the hoard answers")

    def run(self, block: str) -> str:
        """What a block prints."""
        commands = block.replace("localhost:8000", f"localhost:{self.port}")
        launcher = f"{shlex.quote(sys.executable)} -m pyconfhoard.thing.launcher --port {self.port}"
        commands = commands.replace("./launch", launcher)
        done = subprocess.run(
            ["bash", "-c", f"{self._before}\n{commands}"],
            cwd=self.folder,
            env=environment(PYTHONPATH=str(ROOT)),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        if not self._before:
            self._before = "\n".join(
                line for line in commands.splitlines() if line.startswith(("export", "hoard()"))
            )
        self._before += "".join(f"\n{line}" for line in commands.splitlines() if re.match(r"[A-Z]+=", line))
        return done.stdout + done.stderr

    def end(self) -> None:
        if self._server is not None:
            self._server.terminate()
            self._server.wait(timeout=PATIENCE)


def test_commands_print_what_the_guide_says(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    guide = GUIDE.read_text(encoding="utf-8")
    blocks = BLOCK.findall(guide)
    assert len(blocks) > 10
    try:
        for text, wanted in blocks:
            if text.startswith(START):
                shell.start(text)
            else:
                assert shell.run(text).rstrip("\n") == wanted.rstrip("\n"), text
    finally:
        shell.end()
    line = re.search(r"^karl from .*$", guide, re.MULTILINE)
    assert line is not None
    assert f"{line[0]}\n" in shell.log.read_text()
