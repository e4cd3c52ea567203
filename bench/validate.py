"""What a whole validation costs per list entry: ``python -m bench.validate [N ...]``.

Model: ``bench/bench.yang``; each entry has a ``must`` and a leafref to another entry. Printed for every N is
the best of several runs, in microseconds per entry; it should not grow with N. ``when`` is measured on
a model of its own, where each entry has a leaf with a condition and a default with another.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from bench.__main__ import devices
from pyconfhoard.schema import load
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.tree import Branch, decode, parse
from pyconfhoard.tree import Path as TreePath
from pyconfhoard.validation import Validator

SIZES = (100, 1_000, 10_000)
FOLDER = Path(__file__).resolve().parent

WHEN = """
module conditions { yang-version 1.1; namespace "urn:conditions"; prefix c;
  container all { list entry { key name; leaf name { type string; } leaf mode { type string; default on; }
    leaf shown { when "../mode = 'on'"; type string; }
    leaf level { when "../shown"; type int8; default 5; must ". < 10"; } } } }
"""


def conditions(schema: Schema, size: int) -> Branch:
    """A valid tree of N entries, whose conditions are all true."""
    entries = [{"name": f"e{at:07}", "shown": "yes"} for at in range(size)]
    return _tree(schema, {"conditions:all": {"entry": entries}})


def _tree(schema: Schema, data: object) -> Branch:
    tree = decode(schema.root, data, TreePath())
    assert isinstance(tree, Branch)
    return tree


def microseconds(validator: Validator, tree: Branch, size: int) -> float:
    """The best of some runs, for one entry."""
    best = float("inf")
    for _ in range(3 if size > 5_000 else 9):
        start = time.perf_counter()
        outcome = validator.validate(tree)
        best = min(best, time.perf_counter() - start)
        assert outcome.total == 0, outcome.faults[0]
    return best / size * 1e6


def main(sizes: tuple[int, ...]) -> None:
    bench = load(["bench"], folders=[FOLDER])
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "conditions.yang").write_text(WHEN)
        other = load(["conditions"], folders=[Path(folder)])
    print(f"{'N':>9}  {'must + leafref':>16}  {'when':>16}   (microseconds per entry)")
    for size in sizes:
        first = microseconds(Validator(bench), _tree(bench, parse(devices(size))), size)
        second = microseconds(Validator(other), conditions(other, size), size)
        print(f"{size:>9}  {first:>16.1f}  {second:>16.1f}")


if __name__ == "__main__":
    main(tuple(int(word) for word in sys.argv[1:]) or SIZES)
