"""What access rules and TLS cost through HTTP: ``python -m bench.secure [N]``, 10 000 devices if nothing is said.

Models and load are those of ``python -m bench.rest``; a column for each way in:

* *plain*: the administrator, whom no rules bind;
* *rules*: a user with 1 000 rules, each for a module or a node, of which the last permits everything;
* *hiding*: one with 999 rules that hide a device each, so that the list is pruned;
* *TLS*: the administrator over TLS, on connections that are kept.

The last rows are one client, ``curl``, that reads the whole list over TLS, in HTTP/1.1 and in HTTP/2.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bench.__main__ import SLICE, Server, devices
from bench.nacm import rules
from bench.rest import PATCH, Row, missing_tools, wrk

DATA: Final = "/restconf/data"
DEVICES: Final = f"{DATA}/bench:devices"
USERS: Final = {"rules": "static", "hiding": "hiding"}
"""Users, and the kind of rules that each has."""
READS: Final = 10
"""Of the whole list."""


def filled(folder: Path, size: int, *, tls: bool) -> Server:
    """A server with ``size`` devices."""
    server = Server(folder / "datastore", modules=("bench", "bench-rest"), tls=tls)
    server.start()
    for first in range(0, size, SLICE):
        server.call("PATCH" if first else "PUT", DEVICES, devices(min(SLICE, size - first), first))
    return server


def tokens(server: Server) -> dict[str, str]:
    """Make the users and their rules; a token of each."""

    def send(method: str, path: str, name: str, value: object) -> bytes:
        return server.call(method, path, json.dumps({name: value}).encode())

    users = {"authentication": {"user": [{"name": name} for name in USERS]}}
    send("PATCH", f"{DATA}/ietf-system:system", "ietf-system:system", users)
    nacm = {
        "groups": {"group": [{"name": name, "user-name": [name]} for name in USERS]},
        "rule-list": [{"name": name, "group": [name], "rule": rules(kind)} for name, kind in USERS.items()],
    }
    send("PATCH", f"{DATA}/ietf-netconf-acm:nacm", "ietf-netconf-acm:nacm", nacm)
    made = {}
    for name in USERS:
        wanted = {"user": name, "name": "bench", "scope": "*", "lifetime": 86_400}
        operation = "/restconf/operations/pyconfhoard-access:create-token"
        answer = json.loads(send("POST", operation, "pyconfhoard-access:input", wanted))
        made[name] = answer["pyconfhoard-access:output"]["token"]
    return made


def rows(server: Server, size: int, seconds: int, token: str = "") -> list[Row]:
    """One column. ``token``: whose it is, if not the administrator's."""
    entry = f"{DEVICES}/device=device-{size // 2:06}"
    return [
        wrk(server, "/healthz", "/healthz", seconds, token=token),
        wrk(server, "GET leaf", f"{entry}/setpoint", seconds, token=token),
        wrk(server, "GET subtree", entry, seconds, token=token),
        wrk(server, "GET all", DEVICES, seconds, token=token),
        wrk(server, "PATCH leaf", f"{entry}/setpoint", seconds, PATCH, token=token),
    ]


def stream(server: Server, version: str) -> float:
    """Bytes a second of one client that reads the whole list, some times on one connection."""
    authorization = f"Authorization: {server.headers['Authorization']}"
    command = ["curl", "-sk", version, "-H", authorization]
    for _ in range(READS):
        command += ["-o", os.devnull, "-w", "%{size_download} ", server.url(DEVICES)]
    began = time.perf_counter()
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return sum(map(int, printed.split())) / (time.perf_counter() - began)


def report(size: int, columns: dict[str, Sequence[Row]], streams: dict[str, float]) -> None:
    """One line a kind of request, its rate and p99 in each column."""
    print(f"\n{f'N = {size:,}':14}" + "".join(f"{name:>26}" for name in columns))
    for lines in zip(*columns.values(), strict=True):
        cells = [f"{row.rate:>12,.0f}/s {row.p99 * 1e3:>8.2f} ms" for row in lines]
        print(f"  {lines[0].title:12}" + "".join(f"{cell:>26}" for cell in cells))
    for name, rate in streams.items():
        print(f"  GET all over TLS, one client, {name}: {rate / 1e6:.0f} MB/s")


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench.secure", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("size", nargs="?", type=int, default=10_000, metavar="N", help="list entries")
    parser.add_argument("--seconds", type=int, default=4, help="for each row (4)")
    options = parser.parse_args()
    if missing_tools():
        return 1
    print(
        f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True
    )
    columns: dict[str, Sequence[Row]] = {}
    streams: dict[str, float] = {}
    for tls in (False, True):
        with tempfile.TemporaryDirectory(prefix="bench-secure-") as folder:
            server = filled(Path(folder), options.size, tls=tls)
            try:
                if tls:
                    columns["TLS"] = rows(server, options.size, options.seconds)
                    streams = {f"HTTP/{name}": stream(server, f"--http{name}") for name in ("1.1", "2")}
                else:
                    columns["plain"] = rows(server, options.size, options.seconds)
                    for name, token in tokens(server).items():
                        columns[name] = rows(server, options.size, options.seconds, token)
            finally:
                server.stop()
    report(options.size, columns, streams)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
