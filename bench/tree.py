"""The figures of the tree alone, without disk or network: ``python -m bench.tree [N ...]``.

Model and data are those of ``python -m bench``: a list of N devices with six leaves each, keyed by name.
Times are the best of a few runs; memory is what Python allocated for the decoded tree, divided by N.
"""

from __future__ import annotations

import gc
import itertools
import sys
import time
import tracemalloc
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path as File
from typing import Any

from bench.__main__ import devices
from pyconfhoard.schema import load
from pyconfhoard.tree import (
    Branch,
    Edit,
    Path,
    Row,
    apply,
    decode,
    diff,
    encode,
    freeze,
    get,
    parse,
    parse_path,
    thaw,
)

EDITS = 300
UNITS = {"s": 1, "ms": 1e3, "us": 1e6, "bytes": 1}


def best(action: Callable[[], Any], runs: int = 5) -> float:
    """Seconds of the fastest run."""
    times = []
    for _ in range(runs):
        gc.collect()
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def measure(count: int) -> list[tuple[str, float, str]]:
    """Every figure for a list of ``count`` entries: name, value in the unit's base, unit."""
    schema = load(["bench"], folders=[File(__file__).parent])
    empty = Branch(schema.root, {})
    body = devices(count)
    few = 1 if count > 200_000 else 3

    def decoded() -> Branch:
        root: Branch = decode(schema.root, parse(body), Path())
        return root

    figures: list[tuple[str, float, str]] = [
        ("JSON text parsed", best(lambda: parse(body), few), "s"),
        ("JSON text parsed and decoded", best(decoded, few), "s"),
    ]
    tracemalloc.start()
    root = decoded()
    gc.collect()
    figures.append(("memory of an entry", tracemalloc.get_traced_memory()[0] / count, "bytes"))
    tracemalloc.stop()
    whole = [Edit("replace", Path(), root)]
    figures.append(("whole tree put into an empty one", best(lambda: apply(empty, whole, 1), few), "s"))
    root = apply(empty, whole, 1)
    figures.append(("the same tree put again", best(lambda: apply(root, whole, 2), few), "s"))
    figures.append(("encoded from decoded entries", best(lambda: encode(schema.root, root), 1), "ms"))
    figures.append(("encoded again", best(lambda: encode(schema.root, root)), "ms"))

    path = parse_path(schema, f"/bench:devices/device[name='device-{count // 2:06}']/setpoint")
    numbers = itertools.count(2)
    roots = [root]

    def edit() -> None:
        number = next(numbers)
        roots.append(apply(roots.pop(), [Edit("replace", path, Decimal(number) / 4)], number))

    edit()
    figures.append(("one leaf changed", best(lambda: [edit() for _ in range(EDITS)]) / EDITS, "us"))
    changed = roots[0]
    figures.append(
        (
            "difference of one leaf",
            best(lambda: [list(diff(root, changed)) for _ in range(EDITS)]) / EDITS,
            "us",
        )
    )

    rows: dict[int, Row] = {}

    def write(row: Row) -> int:
        rows[len(rows) + 1] = row
        return len(rows)

    figures.append(("first snapshot", best(lambda: freeze(root, write), 1), "ms"))
    figures.append(("snapshot after one leaf changed", best(lambda: freeze(roots[0], write), 1), "ms"))
    record = freeze(root, write).record

    def thawed() -> Branch:
        return thaw(schema.root, record, rows.__getitem__)

    figures.append(("snapshot read, one entry found", best(lambda: get(thawed(), path.parent)), "ms"))
    figures.append(("snapshot read, all encoded", best(lambda: encode(schema.root, thawed())), "ms"))
    everything = best(lambda: list(thawed()["bench:devices"]["device"].values()), few)
    figures.append(("snapshot read, all decoded", everything, "ms"))
    return figures


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or [1_000, 100_000]
    columns = [measure(size) for size in sizes]
    print(f"{'N':36}" + "".join(f"{size:>12}" for size in sizes))
    for rows in zip(*columns, strict=True):
        name, _, unit = rows[0]
        print(f"{name:30} {unit:>5}" + "".join(f"{value * UNITS[unit]:12.2f}" for _, value, _ in rows))


if __name__ == "__main__":
    main()
