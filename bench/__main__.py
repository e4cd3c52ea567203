"""The figures of the whole server, through HTTP: ``make bench``, or ``python -m bench [N ...]``.

Model: ``bench/bench.yang``, a list of N devices with six leaves, a ``must`` and a leafref each. For every N a
hoard of its own is filled, stopped and started again; then each figure is taken on the running server. An edit
is committed durably before it is answered: beside it stands what the disk itself takes for a sync. A refused
delete is that of a device which another one refers to.

Ratios between the N's are what to read: machines differ, and this one may be busy.

One worker, 8 connections. ``wrk`` drives the load when it is installed (Debian: ``sudo apt install wrk``);
else a small loop of our own does, which is itself slower than the server and says so.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIZES = (100, 1_000, 10_000, 100_000)
EDITS = 200
SLICE = 100_000
"""So many entries are sent in one request: 100 000 of them are 13 MB."""
WRK_SECONDS = 4


@dataclass
class Figures:
    """What was measured for one N; times in seconds, memory in bytes."""

    size: int
    load: float = 0.0
    start: float = 0.0
    get_leaf: float = 0.0
    get_all_cold: float = 0.0
    get_all_warm: float = 0.0
    edits: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    syncs: list[float] = field(default_factory=list)
    memory_start: int = 0
    memory: int = 0


ROWS = (
    ("fill by PUT and PATCH", lambda f: f.load, "s"),
    ("start to first answer", lambda f: f.start, "s"),
    ("GET one leaf", lambda f: f.get_leaf, "/s"),
    ("GET all, first time", lambda f: f.get_all_cold, "s"),
    ("GET all, again", lambda f: f.get_all_warm, "s"),
    ("edit one leaf, p50", lambda f: statistics.median(f.edits), "ms"),
    ("edit one leaf, p99", lambda f: sorted(f.edits)[int(len(f.edits) * 0.99)], "ms"),
    ("fdatasync of this disk, p50", lambda f: statistics.median(f.syncs), "ms"),
    ("refused delete, p50", lambda f: statistics.median(f.refused), "ms"),
    ("memory after start", lambda f: f.memory_start, "MB"),
    ("memory at the end", lambda f: f.memory, "MB"),
)
SCALE = {"s": (1, "{:.3f}"), "ms": (1e3, "{:.2f}"), "/s": (1, "{:.0f}"), "MB": (1 / 2**20, "{:.0f}")}


def devices(count: int, first: int = 0) -> bytes:
    """``count`` devices as RFC 7951 JSON, from number ``first`` on; each but number 0 refers to the one before it."""
    entries = [
        {
            "name": f"device-{i:06}",
            "enabled": i % 2 == 0,
            "setpoint": f"{20 + i % 50}.25",
            "high": "100.00",
            "description": f"device number {i}",
        }
        | ({"parent": f"device-{i - 1:06}"} if i else {})
        for i in range(first, first + count)
    ]
    return json.dumps({"bench:devices": {"device": entries}}).encode()


def free_port() -> int:
    """A port that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """A hoard on a folder, as `./launch --rest` starts it."""

    def __init__(self, folder: Path, modules: Sequence[str] = ("bench",), *, tls: bool = False) -> None:
        self.folder = folder
        self.modules = modules
        self.tls = tls
        """With a certificate of the hoard's own, which nobody verifies here."""
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def headers(self) -> dict[str, str]:
        token = (self.folder / "run" / "admin.token").read_text().strip()
        return {"Authorization": f"Bearer {token}", "Content-Type": "application/yang-data+json"}

    def url(self, path: str) -> str:
        """Where a path of this server is."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}{path}"

    def connection(self) -> http.client.HTTPConnection:
        """A new one."""
        if not self.tls:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=600, context=context)

    def start(self, until: str = "/healthz") -> float:
        """Start and wait for the first answer at ``until``; seconds from the command to the answer."""
        command = [str(ROOT / "launch"), "--rest", "--yang", str(ROOT / "bench")]
        command += [word for module in self.modules for word in ("--module", module)]
        command += ["--datastore", str(self.folder), "--port", str(self.port)]
        command += ["--self-signed"] if self.tls else []
        began = time.perf_counter()
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while True:
            try:
                self.call("GET", until, open_=until == "/healthz")
                return time.perf_counter() - began
            except (ConnectionError, http.client.HTTPException, FileNotFoundError):
                if self._process.poll() is not None:
                    raise SystemExit(
                        f"the hoard ended with code {self._process.returncode}: {' '.join(command)}"
                    ) from None
                time.sleep(0.005)

    def call(
        self, method: str, path: str, body: bytes | None = None, *, open_: bool = False, status: int = 0
    ) -> bytes:
        """One request; SystemExit with the answer when it is not a success, or not the ``status`` asked for."""
        connection = self.connection()
        try:
            connection.request(method, path, body, {} if open_ else self.headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status == 503:
            raise ConnectionError("the hoard is starting")
        if answer.status != status if status else answer.status >= 400:
            raise SystemExit(f"{method} {path}: {answer.status} {content.decode()[:500]}")
        return content

    def memory(self) -> int:
        """Resident bytes (shared pages counted once, as Pss) of all its processes."""
        if self._process is None:
            return 0
        total = 0
        for pid in _family(self._process.pid):
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            total += (
                next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) * 1024
            )
        return total

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(timeout=60)
            self._process = None


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(descendant for child in children for descendant in _family(int(child)))]


@contextmanager
def filled(figures: Figures) -> Iterator[Server]:
    """A server on a folder that holds ``figures.size`` devices, started anew."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        server = Server(Path(folder) / "datastore")
        try:
            server.start()
            began = time.perf_counter()
            for first in range(0, figures.size, SLICE):
                body = devices(min(SLICE, figures.size - first), first)
                server.call("PATCH" if first else "PUT", "/restconf/data/bench:devices", body)
            figures.load = time.perf_counter() - began
            server.stop()
            one = f"/restconf/data/bench:devices/device=device-{figures.size // 2:06}"
            figures.start = server.start(until=one)
            yield server
        finally:
            server.stop()


def leaf_rate(server: Server, path: str) -> float:
    """Answers per second for one leaf over 8 connections."""
    url = f"http://127.0.0.1:{server.port}{path}"
    if wrk := shutil.which("wrk"):
        authorization = f"Authorization: {server.headers['Authorization']}"
        command = [wrk, "-t1", "-c8", f"-d{WRK_SECONDS}s", "-H", authorization, url]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        if "Non-2xx" in printed:
            raise SystemExit(printed)
        return float(
            next(line.split()[1] for line in printed.splitlines() if line.startswith("Requests/sec"))
        )
    print("wrk is not installed: GET one leaf is measured by a slower loop of our own", file=sys.stderr)
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    headers, began, count = server.headers, time.perf_counter(), 0
    while (spent := time.perf_counter() - began) < WRK_SECONDS:
        connection.request("GET", path, headers=headers)
        connection.getresponse().read()
        count += 1
    return count / spent


def measure(size: int) -> Figures:
    """All figures for one N."""
    figures = Figures(size)
    with filled(figures) as server:
        figures.memory_start = server.memory()
        middle = f"/restconf/data/bench:devices/device=device-{size // 2:06}/setpoint"
        for attribute in ("get_all_cold", "get_all_warm"):
            began = time.perf_counter()
            server.call("GET", "/restconf/data/bench:devices")
            setattr(figures, attribute, time.perf_counter() - began)
        figures.get_leaf = leaf_rate(server, middle)
        for turn in range(EDITS):
            body = json.dumps({"bench:setpoint": f"{turn % 90}.5"}).encode()
            began = time.perf_counter()
            server.call("PUT", middle, body)
            figures.edits.append(time.perf_counter() - began)
        for _ in range(EDITS // 4):
            began = time.perf_counter()
            server.call("DELETE", middle.removesuffix("/setpoint"), status=409)
            figures.refused.append(time.perf_counter() - began)
        figures.syncs = syncs(server.folder)
        figures.memory = server.memory()
    return figures


def syncs(folder: Path) -> list[float]:
    """Seconds that the disk takes to make a page of 4 KiB durable."""
    times = []
    with (folder / "sync.probe").open("wb") as probe:
        for _ in range(EDITS):
            probe.write(b"x" * 4096)
            probe.flush()
            began = time.perf_counter()
            os.fdatasync(probe.fileno())
            times.append(time.perf_counter() - began)
    (folder / "sync.probe").unlink()
    return times


def report(all_figures: list[Figures]) -> None:
    """One row a figure, one column an N, and the growth from the first N to the last."""
    print(f"\n{'':28}" + "".join(f"{f'N = {f.size:,}':>16}" for f in all_figures) + f"{'growth':>10}")
    for title, read, unit in ROWS:
        factor, form = SCALE[unit]
        values = [read(figures) for figures in all_figures]
        cells = "".join(f"{form.format(value * factor) + ' ' + unit:>16}" for value in values)
        growth = f"x{values[-1] / values[0]:.1f}" if values[0] else ""
        print(f"{title:28}{cells}{growth:>10}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sizes", nargs="*", type=int, default=list(SIZES), metavar="N", help="list entries")
    sizes = parser.parse_args().sizes
    print(
        f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True
    )
    done = []
    for size in sizes:
        print(f"N = {size:,} ...", flush=True)
        done.append(measure(size))
    report(done)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
