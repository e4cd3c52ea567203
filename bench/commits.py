"""What commits cost: ``python -m bench.commits [--entries N ...] [--revisions R ...] [--folder DIR]``.

The hoard is used as a library, each figure in a process of its own, on the model ``bench/bench.yang``. A commit changes
one leaf of one of N list entries; it is validated and synced to the disk before it is answered.

* **commits**: one committer, and a hundred that share the disk's syncs; the same on a played disk that takes 20 ms for
  a sync, as a card does.
* **growth** with the entries, and with the revisions of the history. The history of the larger columns is not
  committed but written into the journal as such commits leave it: it is made in seconds.
* **wear**: bytes that reach the disk (``write_bytes`` of ``/proc/self/io``) for a commit: its record in the journal, with
  all that follows lazily (the journal's checkpoints, snapshots, blame), and with the persist file, which is written whole
  some seconds after a commit.
* **memory**: resident, before and after 100 000 commits.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pyconfhoard.hoard import Hoard, Retention, upkeep
from pyconfhoard.store.journal import Record
from pyconfhoard.store.sqlite import SqliteJournal
from pyconfhoard.tree import Edit, parse_path

from .__main__ import devices

ROOT = Path(__file__).resolve().parent.parent
ENTRIES = (1_000, 10_000, 100_000, 1_000_000)
REVISIONS = (1_000, 10_000, 100_000, 1_000_000)
COMMITTERS = 100
CARD = 0.02
"""Seconds that a card takes for a sync."""
EVERYTHING = Retention(last=1 << 40, within=None, most=1 << 40, size=1 << 60)


class Card(SqliteJournal):
    """A journal on a disk that takes its time."""

    def append(self, records: Sequence[Record]) -> None:
        time.sleep(CARD)
        super().append(records)


def opened(folder: Path, **more: Any) -> Hoard:
    return Hoard.open(folder, yang=[ROOT / "bench"], modules=["bench"], **{"retention": EVERYTHING, **more})


def filled(folder: Path, entries: int, **more: Any) -> Hoard:
    """A hoard with so many entries, opened anew."""
    with opened(folder) as hoard:
        hoard.load_now(devices(entries), "replace", author="bench")
        finish(hoard)
    return opened(folder, **more)


def finish(hoard: Hoard) -> None:
    """Write all that is lazily written, however long it takes."""
    hoard.upkeep.keeper.touch("snapshot")
    hoard.upkeep.keeper.touch("history")
    hoard.upkeep.keeper.flush()


def leaf(hoard: Hoard, entry: int, value: int) -> list[Edit]:
    path = parse_path(hoard.schema, f"/bench:devices/device[name='device-{entry:06}']/setpoint")
    return [Edit("merge", path, Decimal(value % 90))]


async def latencies(hoard: Hoard, entries: int, count: int, committers: int) -> tuple[list[float], float]:
    """Seconds that each commit took, and all of them together."""
    times: list[float] = []

    async def one(number: int) -> None:
        for turn in range(count // committers):
            began = time.perf_counter()
            await hoard.commit(leaf(hoard, number * 7919 % entries, turn + number), author="bench")
            times.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(committers)))
    return times, time.perf_counter() - began


def p(times: list[float], share: float) -> float:
    return sorted(times)[int((len(times) - 1) * share)]


def resident() -> int:
    """Bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def disk() -> int:
    """Bytes that this process has caused to be written."""
    for line in Path("/proc/self/io").read_text().splitlines():
        name, _, value = line.partition(": ")
        if name == "write_bytes":
            return int(value)
    return 0


# -- figures, each taken in a process of its own ---------------------------------------------------


def rates(folder: Path, committers: int, card: int) -> dict[str, float]:
    hoard = filled(folder, 1000, journal=Card if card else SqliteJournal)
    count = (500 if committers == 1 else 5000) if card else 10_000
    asyncio.run(latencies(hoard, 1000, committers * 2, committers))
    times, total = asyncio.run(latencies(hoard, 1000, count, committers))
    hoard.close()
    return {"rate": len(times) / total, "p50": p(times, 0.5), "p99": p(times, 0.99)}


def growth(folder: Path, entries: int) -> dict[str, float]:
    began = time.perf_counter()
    filled(folder, entries).close()
    fill = time.perf_counter() - began
    began = time.perf_counter()
    hoard = opened(folder)
    start = time.perf_counter() - began
    asyncio.run(latencies(hoard, entries, 20, 1))
    times, _ = asyncio.run(latencies(hoard, entries, 1000, 1))
    began = time.perf_counter()
    hoard.close()
    return {
        "fill": fill,
        "start": start,
        "p50": p(times, 0.5),
        "p99": p(times, 0.99),
        "stop": time.perf_counter() - began,
    }


def long_history(folder: Path, revisions: int) -> None:
    """A journal with so many revisions, each as a commit leaves it."""
    with filled(folder, 100) as hoard:
        hoard.commit_now(leaf(hoard, 0, 89), author="bench")
        made = hoard.last_record()
        assert made is not None
        text, head = json.loads(made.edits)[0], hoard.revision
        for first in range(head + 1, revisions + 1, 1000):
            batch = []
            for number in range(first, min(first + 1000, revisions + 1)):
                name = f"device-{number % 100:06}"
                path = text["path"].replace("device-000000", name)
                do, undo = number // 100 % 90, (number // 100 - 1) % 90
                batch.append(
                    Record(
                        revision=number,
                        time=datetime.now(UTC),
                        author="bench",
                        source="library",
                        edits=json.dumps([{**text, "path": path, "value": f"{do}.00"}]),
                        undo=json.dumps([{**text, "path": path, "value": f"{undo}.00"}]),
                    )
                )
            hoard.journal.append(batch)
        asyncio.run(hoard.commit(leaf(hoard, 1, 77), author="bench"))  # which catches up with the journal
        finish(hoard)


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def history(folder: Path, revisions: int) -> dict[str, float]:
    long_history(folder, revisions)
    began = time.perf_counter()
    hoard = opened(folder)
    start = time.perf_counter() - began
    head, look = hoard.revision, hoard.history
    one = parse_path(hoard.schema, "/bench:devices/device[name='device-000050']/setpoint")
    figures = {
        "start": start,
        "list": timed(lambda: look.revisions(limit=20)),
        "blame": timed(lambda: look.blame(one)),
        "blame all": timed(look.blame),
        "diff near": timed(lambda: look.diff(head - 10, head)),
        "diff far": timed(lambda: look.diff(head // 2, head // 2 + 10)),
    }
    asyncio.run(latencies(hoard, 100, 20, 1))
    times, _ = asyncio.run(latencies(hoard, 100, 1000, 1))
    figures |= {"p50": p(times, 0.5), "p99": p(times, 0.99)}
    hoard.close()
    return figures | {"file": (folder / "journal.db").stat().st_size}


def wear(folder: Path, entries: int, files: int) -> dict[str, float]:
    if not files:
        upkeep.FILES_DELAY = 1e9
    hoard = filled(folder, entries)
    asyncio.run(latencies(hoard, entries, 100, 1))
    hoard.upkeep.keeper.flush()
    count, before = (2000, disk()) if not files else (1, disk())
    asyncio.run(latencies(hoard, entries, count, 1))
    if files:
        hoard.upkeep.keeper.flush()
    else:
        # what the commits leave to be done later is theirs, too
        hoard.upkeep.keeper.chores["persist files"].due = None
        hoard.upkeep.keeper.flush()
        hoard.journal.reopen()
    return {"bytes": (disk() - before) / count}


def memory(folder: Path) -> dict[str, float]:
    hoard = filled(folder, 1000, retention=Retention())
    asyncio.run(latencies(hoard, 1000, 5000, 10))
    before = resident()
    asyncio.run(latencies(hoard, 1000, 100_000, 10))
    after = resident()
    hoard.close()
    return {"before": before, "after": after, "file": (folder / "journal.db").stat().st_size}


FIGURES: dict[str, Callable[..., dict[str, float]]] = {
    "rates": rates,
    "growth": growth,
    "history": history,
    "wear": wear,
    "memory": memory,
}


def taken(place: str | None, name: str, *arguments: int) -> dict[str, float]:
    """A figure, from a process of its own."""
    folder = tempfile.mkdtemp(prefix="bench-", dir=place)
    try:
        command = [sys.executable, "-m", "bench.commits", "--figure", folder, name, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
        if done.returncode:
            raise SystemExit(done.stderr)
        figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return figures
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# -- the tables ------------------------------------------------------------------------------------


def table(title: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> None:
    print(f"\n| {title} | " + " | ".join(columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for name, cells in rows:
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def ms(seconds: float) -> str:
    return f"{seconds * 1e3:.2f} ms" if seconds < 0.1 else f"{seconds:.2f} s"


def kib(size: float) -> str:
    return f"{size / 1024:.1f} KiB" if size < 1 << 20 else f"{size / (1 << 20):.1f} MiB"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench.commits", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--entries", nargs="*", type=int, default=list(ENTRIES), metavar="N")
    parser.add_argument("--revisions", nargs="*", type=int, default=list(REVISIONS), metavar="R")
    parser.add_argument("--folder", help="where the hoards are made: on the disk that is to be measured")
    parser.add_argument("--figure", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.figure:
        folder, name, *arguments = asked.figure
        print(json.dumps(FIGURES[name](Path(folder) / "datastore", *map(int, arguments))))
        return 0

    def take(name: str, *arguments: int) -> dict[str, float]:
        return taken(asked.folder, name, *arguments)

    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    kinds = [(1, 0), (COMMITTERS, 0), (1, 1), (COMMITTERS, 1)]
    found = [take("rates", *kind) for kind in kinds]
    table(
        "commits of one leaf, N = 1 000",
        ["one committer", "100 committers", f"one, {CARD * 1e3:.0f} ms a sync", "100, the same"],
        [
            ("a second", [f"{one['rate']:.0f}" for one in found]),
            ("p50", [ms(one["p50"]) for one in found]),
            ("p99", [ms(one["p99"]) for one in found]),
        ],
    )
    for title, name, sizes, unit in (
        ("entries", "growth", asked.entries, "N"),
        ("revisions", "history", asked.revisions, "R"),
    ):
        all_found = [take(name, size) for size in sizes]
        if all_found:
            table(
                title,
                [f"{unit} = {size:,}".replace(",", " ") for size in sizes],
                [
                    (row, [kib(one[row]) if row == "file" else ms(one[row]) for one in all_found])
                    for row in all_found[0]
                ],
            )
    sizes = [size for size in asked.entries if size <= 100_000]
    table(
        "bytes written for a commit",
        [f"N = {size:,}".replace(",", " ") for size in sizes],
        [
            ("journal, all included", [kib(take("wear", size, 0)["bytes"]) for size in sizes]),
            ("with the persist file", [kib(take("wear", size, 1)["bytes"]) for size in sizes]),
        ],
    )
    found = [take("memory")]
    table(
        "100 000 commits, N = 1 000",
        ["before", "after"],
        [
            ("resident", [kib(found[0]["before"]), kib(found[0]["after"])]),
            ("journal", ["", kib(found[0]["file"])]),
        ],
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
