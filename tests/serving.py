"""A real server for tests: gunicorn in a process of its own, on a free port, with a datastore of its own."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
JSON = "application/yang-data+json"
PATIENCE = 30.0
"""Seconds."""

BREWERY = (
    ("TemperatureProvider", "/brewhouse/temperature"),
    ("FermentationController", "/brewhouse/power"),
)
"""The brewery's Things and what they own of the module brewerslab."""


def wait_for(condition: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """What ``condition`` gives as soon as it is true; fails the test when it never is."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited {seconds:g} s in vain: {what}"
        time.sleep(0.02)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Answer:
    """``headers`` by lower-case name."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def errors(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = self.json["ietf-restconf:errors"]["error"]
        return listed

    @property
    def error(self) -> dict[str, Any]:
        """The first one."""
        return self.errors[0]


@dataclass
class Server:
    """A running server. ``token`` is the administrator's, ``folder`` the datastore."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def token(self) -> str:
        return (self.folder / "run" / "admin.token").read_text().strip()

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request, its path sent as it stands. ``token`` "" sends none; a body that is not bytes is sent as JSON."""
        sent: dict[str, str] = {}
        secret = self.token if token is None else token
        if secret:
            sent["Authorization"] = f"Bearer {secret}"
        if body is not None:
            sent["Content-Type"] = JSON
        payload = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        sent |= headers or {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, payload, {name: value for name, value in sent.items() if value})
            answer = connection.getresponse()
            received = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, received, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **more: Any) -> Answer:
        return self.request("GET", path, **more)

    def patch(self, path: str, body: Any, **more: Any) -> Answer:
        return self.request("PATCH", path, body, **more)

    def revision(self) -> int:
        found: int = self.get("/v1/discover").json["revision"]
        return found

    def config(self) -> Any:
        """The whole running configuration, without the access rules that every hoard begins with."""
        whole = self.get("/restconf/data?content=config").json["ietf-restconf:data"]
        return {name: value for name, value in whole.items() if name != "ietf-netconf-acm:nacm"}

    def workers(self) -> list[int]:
        """Process ids of gunicorn's workers."""
        task = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in task.read_text().split()] if task.exists() else []

    def healthy(self) -> bool:
        try:
            return self.get("/healthz", token="").status == 200
        except OSError:
            return False
        except http.client.HTTPException:
            return False

    def wait(self) -> None:
        """Until it answers, or fail with its log."""

        def ready() -> bool:
            assert self.process.poll() is None, self.log.read_text()
            return self.healthy()

        wait_for(ready, "the server answers")

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it, and give its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE)


def environment(**settings: str) -> dict[str, str]:
    """The environment of a child process: ours without PYCONF settings, and those given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYCONF_")}
    return kept | settings


def launch(
    folder: Path,
    *,
    yang: Sequence[Path] = (),
    modules: Sequence[str] = (),
    port: int | None = None,
    arguments: Sequence[str] = (),
    cwd: Path = ROOT,
    application: str = "rest.app",
    **settings: str,
) -> Server:
    """Start ``gunicorn rest.app``, and do not wait for it. ``settings`` are environment variables."""
    number = port or free_port()
    above = next(path for path in folder.parents if path.is_dir())
    log = above / f"{folder.name}-{number}.log"
    variables = environment(
        PYCONF_DATASTORE=str(folder),
        PYCONF_YANG=os.pathsep.join(map(str, yang)),
        PYCONF_MODULES=" ".join(modules),
        PYCONF_PORT=str(number),
        **settings,
    )
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *arguments, application],
            cwd=cwd,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    return Server(process, number, folder, log)


@contextmanager
def serving(folder: Path, **more: Any) -> Iterator[Server]:
    """A server that answers, ended afterwards. Takes what :func:`launch` does."""
    server = launch(folder, **more)
    try:
        server.wait()
        yield server
    finally:
        end(server)


def end(server: Server) -> None:
    """End a server and everything that it started, whatever state it is in."""
    try:
        server.stop()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait(timeout=PATIENCE)
