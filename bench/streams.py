"""Event streams under many listeners: ``python -m bench.streams [CLIENTS]``, 500 if nothing is said.

Each listener is a socket of its own; all are read by one process beside the server's, so that on two cores the figures are those
of both. A leaf is changed by HTTP and committed durably.

* *one by one*: the next change is made when all listeners have the one before; the time is from the beginning of the
  request to the first and to the last listener's event.
* *burst*: changes as fast as one client makes them; events that reach listeners in a second.
* *beside*: how long a GET of a leaf takes another client during the burst.
* *memory*: of the server, with the listeners and without.
"""

from __future__ import annotations

import asyncio
import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

from bench.__main__ import Server

CHANGES = 40
BURST = 100
STREAM = "/restconf/streams/config-changes/json"
LEAF = "/restconf/data/bench:devices/device=device-000000/description"


class Listener:
    """One socket on a stream: counts events, and when each came."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def open(self, port: int, token: str) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"GET {STREAM} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {token}\r\n\r\n"
        self._writer.write(head.encode())
        status = await self._reader.readline()
        if b" 200 " not in status:
            raise SystemExit(f"a listener was not let in: {status!r}")
        while await self._reader.readline() != b":\n":
            pass
        self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        while line := await self._reader.readline():
            if line.startswith(b"data:"):
                self.times.append(time.perf_counter())
                self._news.set()

    async def count(self, number: int) -> None:
        """Wait until so many events have come."""
        while len(self.times) < number:
            self._news.clear()
            await self._news.wait()

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._writer.close()


class Client:
    """One connection that is kept."""

    def __init__(self, port: int, token: str) -> None:
        self._port, self._token = port, token

    async def open(self) -> Client:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def call(self, method: str, body: bytes = b"") -> int:
        """The status of a request for the leaf."""
        self._writer.write(
            f"{method} {LEAF} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {self._token}\r\n"
            f"Content-Type: application/yang-data+json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        await self._reader.readexactly(length)
        return int(head.split(b" ", 2)[1])


def memory(server: Server) -> float:
    """Of the server's processes, in MiB."""
    return server.memory() / 2**20


async def run(server: Server, clients: int) -> list[tuple[str, str]]:
    token = (server.folder / "run" / "admin.token").read_text().strip()
    writer = await Client(server.port, token).open()
    reader = await Client(server.port, token).open()

    async def change(number: int) -> None:
        status = await writer.call("PUT", b'{"bench:description":"%d"}' % number)
        if status not in {201, 204}:
            raise SystemExit(f"a change was refused: {status}")

    await change(0)
    before = memory(server)
    began = time.perf_counter()
    listeners = [Listener() for _ in range(clients)]
    for listener in listeners:
        await listener.open(server.port, token)
    opened = time.perf_counter() - began
    first: list[float] = []
    last: list[float] = []
    for number in range(1, CHANGES + 1):
        began = time.perf_counter()
        await change(number)
        await asyncio.gather(*(listener.count(number) for listener in listeners))
        first.append(min(listener.times[-1] for listener in listeners) - began)
        last.append(max(listener.times[-1] for listener in listeners) - began)
    beside: list[float] = []

    async def others() -> None:
        while True:
            began = time.perf_counter()
            await reader.call("GET")
            beside.append(time.perf_counter() - began)

    watching = asyncio.create_task(others())
    began = time.perf_counter()
    for number in range(BURST):
        await change(1000 + number)
    committed = time.perf_counter() - began
    await asyncio.gather(*(listener.count(CHANGES + BURST) for listener in listeners))
    told = time.perf_counter() - began
    watching.cancel()
    after = memory(server)
    for listener in listeners:
        listener.close()

    def ms(seconds: float) -> str:
        return f"{seconds * 1e3:.1f} ms"

    return [
        (f"{clients} listeners let in", f"{opened:.2f} s"),
        ("one change to the first listener, p50", ms(statistics.median(first))),
        ("one change to the last listener, p50", ms(statistics.median(last))),
        ("one change to the last listener, worst", ms(max(last))),
        (f"burst of {BURST} changes, committed", f"{BURST / committed:.0f}/s"),
        ("events that reached listeners in the burst", f"{BURST * clients / told:.0f}/s"),
        ("GET of a leaf beside the burst, p50", ms(statistics.median(beside))),
        ("GET of a leaf beside the burst, p99", ms(sorted(beside)[int(len(beside) * 0.99)])),
        ("memory without listeners", f"{before:.0f} MB"),
        ("memory with them", f"{after:.0f} MB ({(after - before) * 1024 / clients:.0f} kB each)"),
    ]


def main() -> int:
    clients = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, clients * 2 + 200)), hard))
    os.environ["PYCONF_STREAMS"] = str(clients)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "datastore")
        server.start()
        try:
            device = b'{"bench:device":[{"name":"device-000000"}]}'
            server.call("PUT", "/restconf/data/bench:devices/device=device-000000", device)
            for name, figure in asyncio.run(run(server, clients)):
                print(f"{name:<48} {figure:>20}")
        finally:
            server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
