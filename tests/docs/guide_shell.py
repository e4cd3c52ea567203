"""A shell that runs the commands of a guide, and the hoard that they talk to."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Final

from serving import PATIENCE, ROOT, environment, free_port, wait_for

BLOCK: Final = re.compile(r"^```sh\n(.*?)^```\n(?:```text\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
"""Commands, and what they print."""
START: Final = "./launch --rest"


class Shell:
    """A shell in ``folder``, and the hoard that it talks to. Variables and functions of a block are there in the next."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = str(free_port())
        self.log = folder / "log"
        tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self._environment = environment(PYTHONPATH=str(ROOT), PATH=tools)
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
                env=self._environment,
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
        commands = self.here(block)
        launcher = f"{shlex.quote(sys.executable)} -m pyconfhoard.thing.launcher --port {self.port}"
        commands = commands.replace("./launch", launcher)
        done = subprocess.run(
            ["bash", "-c", f"{self._before}\n{commands}"],
            cwd=self.folder,
            env=self._environment,
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

    def here(self, text: str) -> str:
        """With the hoard's port in place of the guide's."""
        return re.sub(r"(localhost:|_port: )8000", rf"\g<1>{self.port}", text)

    def end(self) -> None:
        if self._server is not None:
            self._server.terminate()
            self._server.wait(timeout=PATIENCE)
