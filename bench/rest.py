"""What requests cost through HTTP: ``python -m bench.rest [N ...]``.

Models: ``bench/bench.yang``, a list of N devices, and ``bench/bench-rest.yang`` for what is written in thousands. ``wrk``
(Debian has it) drives 8 connections against one worker, for some seconds a row. In the same run stands ``/healthz``, which
does nothing: the share of it that a row reaches is what to compare between machines. Edits are committed durably before they
are answered.

The last rows are about fairness: how long a small request takes while another client reads the whole list again and again,
beside how long it takes alone, both with one connection.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.__main__ import SLICE, Server, devices

SIZES = (100, 10_000, 100_000)
CONNECTIONS = 8
BATCH = 1_000
"""Entries of one PUT."""

_TYPE = "application/yang-data+json"
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0}

PATCH = """
local n = 0
function request()
  n = n + 1
  local body = string.format('{"bench:setpoint":"%d.%d5"}', n % 99, n % 10)
  return wrk.format("PATCH", nil, nil, body)
end
"""
POST = """
local n = 0
function request()
  n = n + 1
  local body = string.format('{"bench-rest:item":[{"name":"new-%d","level":%d,"weight":"1.5"}]}', n, n % 1000)
  return wrk.format("POST", nil, nil, body)
end
"""


@dataclass
class Row:
    """One kind of request: ``rate`` a second, ``p99`` in seconds, ``bytes`` a second."""

    title: str
    rate: float
    p99: float
    bytes: float = 0.0


@dataclass
class Figures:
    """Of one N; ``latencies`` in seconds, alone and beside a reader of the whole list."""

    size: int
    rows: list[Row] = field(default_factory=list)
    alone: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)


@contextmanager
def filled(size: int) -> Iterator[Server]:
    """A server with ``size`` devices."""
    with tempfile.TemporaryDirectory(prefix="bench-rest-") as folder:
        server = Server(Path(folder) / "datastore", modules=("bench", "bench-rest"))
        try:
            server.start()
            for first in range(0, size, SLICE):
                body = devices(min(SLICE, size - first), first)
                server.call("PATCH" if first else "PUT", "/restconf/data/bench:devices", body)
            yield server
        finally:
            server.stop()


def wrk(server: Server, title: str, path: str, seconds: int, script: str = "", *, token: str = "") -> Row:
    """``seconds`` of requests, with the administrator's token or this one; SystemExit when one was not a success."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as lua:
        lua.write(script)
        lua.flush()
        sent = server.headers | ({"Authorization": f"Bearer {token}"} if token else {})
        headers = [f"{name}: {value}" for name, value in sent.items()]
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency"]
        command += [word for header in headers for word in ("-H", header)]
        command += ["-s", lua.name] if script else []
        command.append(server.url(path))
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in printed or "Socket errors" in printed:
        raise SystemExit(f"{title}: {printed}")
    words = {line.split()[0]: line.split()[1] for line in printed.splitlines() if len(line.split()) >= 2}
    return Row(title, float(words["Requests/sec:"]), _seconds(words["99%"]), _bytes(words["Transfer/sec:"]))


def _seconds(text: str) -> float:
    unit = text.lstrip("0123456789.")
    return float(text.removesuffix(unit)) * _UNITS[unit]


def _bytes(text: str) -> float:
    unit = text.lstrip("0123456789.")
    return float(text.removesuffix(unit)) * {"B": 1, "KB": 2**10, "MB": 2**20, "GB": 2**30}[unit]


def batches(server: Server, seconds: float) -> Row:
    """PUT of :data:`BATCH` entries, one after the other, on one connection."""
    items = [
        {
            "name": f"item-{n}",
            "enabled": n % 2 == 0,
            "level": n,
            "weight": f"{n}.25",
            "description": f"number {n}",
        }
        for n in range(BATCH)
    ]
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    times: list[float] = []
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        items[len(times) % BATCH]["level"] = (len(times) + 1) % 1000
        body = json.dumps({"bench-rest:batch": {"item": items}})
        times.append(_timed(connection, server, "PUT", "/restconf/data/bench-rest:batch", body))
    connection.close()
    return Row(f"PUT {BATCH:,} entries", len(times) / sum(times), _p99(times))


def _timed(
    connection: http.client.HTTPConnection, server: Server, method: str, path: str, body: str | None = None
) -> float:
    began = time.perf_counter()
    connection.request(method, path, body, server.headers)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status >= 300:
        raise SystemExit(f"{method} {path}: {answer.status} {content.decode()[:300]}")
    return time.perf_counter() - began


def _p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


def latencies(server: Server, path: str, seconds: float) -> list[float]:
    """How long each of some small requests takes, a millisecond between two."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    times: list[float] = []
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        times.append(_timed(connection, server, "GET", path))
        time.sleep(0.001)
    connection.close()
    return times


def beside_a_reader(server: Server, whole: str, measured: Callable[[], list[float]]) -> list[float]:
    """``measured`` while ``curl`` reads the whole list again and again, in a process of its own."""
    over = threading.Event()
    token = f"Authorization: {server.headers['Authorization']}"
    url = f"http://127.0.0.1:{server.port}{whole}"

    def read() -> None:
        while not over.is_set():
            subprocess.run(["curl", "-s", "-o", os.devnull, "-H", token, url], check=True)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        return measured()
    finally:
        over.set()
        reader.join()


def measure(size: int, seconds: int) -> Figures:
    """All rows for one N."""
    figures = Figures(size)
    with filled(size) as server:
        whole = "/restconf/data/bench:devices"
        entry = f"{whole}/device=device-{size // 2:06}"
        leaf = f"{entry}/setpoint"
        server.call(
            "PUT", "/restconf/data/bench-rest:batch", b'{"bench-rest:batch":{"item":[{"name":"first"}]}}'
        )
        figures.rows = [
            wrk(server, "/healthz", "/healthz", seconds),
            wrk(server, "GET leaf", leaf, seconds),
            wrk(server, "GET subtree", entry, seconds),
            wrk(server, "GET all", whole, seconds),
            wrk(server, "PATCH leaf", leaf, seconds, PATCH),
            wrk(server, "POST entry", "/restconf/data/bench-rest:batch", seconds, POST),
            batches(server, seconds),
            wrk(server, "GET leaf, later", leaf, seconds),
        ]
        figures.alone = latencies(server, leaf, seconds)
        figures.beside = beside_a_reader(server, whole, lambda: latencies(server, leaf, seconds))
    return figures


def report(figures: Figures) -> None:
    base = figures.rows[0].rate
    print(f"\nN = {figures.size:,}{'':12}{'a second':>14}{'of /healthz':>13}{'p99':>12}{'':>12}")
    for row in figures.rows:
        size = f"{row.bytes / 1e6:.0f} MB/s" if row.title == "GET all" else ""
        print(
            f"  {row.title:22}{row.rate:>12,.0f}/s{row.rate / base:>12.0%}{row.p99 * 1e3:>9.2f} ms{size:>12}"
        )
    for title, times in (("GET leaf, alone", figures.alone), ("beside GET all", figures.beside)):
        print(
            f"  {title:22}p50 {statistics.median(times) * 1e3:.2f} ms, p99 {_p99(times) * 1e3:.2f} ms, "
            f"most {max(times) * 1e3:.1f} ms, of {len(times)}"
        )


def missing_tools() -> list[str]:
    """What drives the load and is not there, after saying so."""
    missing = [tool for tool in ("wrk", "curl") if shutil.which(tool) is None]
    if missing:
        print(f"needs {' and '.join(missing)}: sudo apt install {' '.join(missing)}", file=sys.stderr)
    return missing


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench.rest", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("sizes", nargs="*", type=int, default=list(SIZES), metavar="N", help="list entries")
    parser.add_argument("--seconds", type=int, default=4, help="for each row (4)")
    options = parser.parse_args()
    if missing_tools():
        return 1
    print(
        f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True
    )
    for size in options.sizes:
        report(measure(size, options.seconds))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
