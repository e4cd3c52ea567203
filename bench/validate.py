"""What validation costs, without disk and network: ``python -m bench.validate [N ...]``.

First the whole of a tree, per list entry; then one change in it, which should cost the same at every N. The model
is ``bench/bench.yang`` (a ``must`` and a leafref in each entry); *forms* is one of our own, with a rule of every
form that is checked at the cost of the change (see the reference page on YANG). Best of several runs for the
whole, median of many for a change.

Last the same data judged by others, if they are installed: yangson at N = 1 000, the process ``yanglint`` at
N = 50 000 (which parses, too, and so does what ours is compared by).
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.__main__ import devices
from pyconfhoard.schema import load
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.tree import Branch, Edit, apply, decode, parse, parse_path
from pyconfhoard.tree import Path as TreePath
from pyconfhoard.validation import Validator

SIZES = (100, 1_000, 10_000, 100_000)
FOLDER = Path(__file__).resolve().parent
TURNS = 200

FORMS = """
module forms { yang-version 1.1; namespace "urn:forms"; prefix f;
  container all {
    leaf most { type uint32; default 4000000; }
    list entry { key name; unique "street number"; max-elements 5000000;
      leaf name { type string; }
      leaf number { type uint32; } leaf street { type string; }
      leaf low { type uint32; must ". <= ../high"; } leaf high { type uint32; default 100; }
      leaf next { type leafref { path "../../entry/name"; } must "/f:all/f:entry[f:name = current()]/f:low < 90"; }
      leaf boss { type leafref { path "../../entry/number"; } must "deref(.)/../low < 90"; }
      leaf shown { when "../low < 50"; type string; mandatory true; }
      choice way { default one; leaf one { type string; default x; } leaf two { type string; must "../high = 100"; } }
      leaf target { type instance-identifier; }
    }
    must "count(entry) <= most";
  } }
"""

CHANGES: tuple[tuple[str, str, Callable[[int], Any]], ...] = (
    ("must beside it", "low", lambda turn: 1 + turn % 40),
    ("must through a key", "next", lambda turn: f"e{turn % 50:07}"),
    ("must through deref()", "boss", lambda turn: turn % 50),
    ("unique", "street", lambda turn: f"s{turn}"),
    ("choice", "two", lambda turn: f"t{turn}"),
    ("instance-identifier", "target", lambda turn: f"/forms:all/entry[name='e{turn % 50:07}']"),
)


def bench_tree(schema: Schema, size: int) -> Branch:
    return _tree(schema, parse(devices(size)))


def forms_tree(schema: Schema, size: int) -> Branch:
    """A valid tree of N entries."""
    entries = [
        {
            "name": f"e{at:07}",
            "number": at,
            "street": "main",
            "low": at % 40,
            "next": f"e{(at + 7) % size:07}",
            "boss": (at + 3) % size,
            "shown": "yes",
            "target": f"/forms:all/entry[name='e{(at + 1) % size:07}']",
        }
        for at in range(size)
    ]
    return _tree(schema, {"forms:all": {"entry": entries}})


def _tree(schema: Schema, data: Any) -> Branch:
    tree = decode(schema.root, data, TreePath())
    return apply(Branch(schema.root, {}), [Edit("replace", TreePath(), tree)], 1)


def whole(validator: Validator, tree: Branch, size: int) -> float:
    """Microseconds an entry, the best of some runs."""
    best = float("inf")
    for _ in range(3 if size > 5_000 else 9):
        start = time.perf_counter()
        outcome = validator.validate(tree)
        best = min(best, time.perf_counter() - start)
        if outcome.total:
            raise SystemExit(f"the data is not valid: {outcome.faults[0]}")
    return best / size * 1e6


def change(
    validator: Validator, tree: Branch, edits: Callable[[int], Edit], *, refused: bool = False
) -> float:
    """Microseconds to judge one edit, the median of many. The first, which may make an index, is not counted."""
    times = []
    for turn in range(TURNS + 1):
        edit = [edits(turn)]
        root = apply(tree, edit, turn + 2)
        start = time.perf_counter()
        checked = validator.check(tree, edit, root, turn + 2)
        times.append(time.perf_counter() - start)
        if bool(checked.faults) is not refused:
            raise SystemExit(f"{edit[0]}: {checked.faults}")
        tree = tree if refused else checked.root
    return statistics.median(times[1:]) * 1e6


def forms(folder: Path) -> Schema:
    (folder / "forms.yang").write_text(FORMS)
    return load(["forms"], folders=[folder])


def figures(size: int, bench: Validator, other: Validator) -> list[tuple[str, float]]:
    """Each figure for one N, in microseconds."""
    tree = bench_tree(bench.schema, size)

    def at(turn: int) -> str:
        return f"/bench:devices/device[name='device-{turn * 37 % (size - 1):06}']"

    rows = [("the whole, bench.yang, an entry", whole(bench, tree, size))]
    one = "one leaf, bench.yang"
    rows.append(
        (
            one,
            change(
                bench,
                tree,
                lambda turn: _set(bench, f"{at(turn)}/setpoint", Decimal(turn % 90) + Decimal("0.5")),
            ),
        )
    )
    refused = change(
        bench, tree, lambda turn: Edit("delete", parse_path(bench.schema, at(turn))), refused=True
    )
    rows.append(("refused delete, bench.yang", refused))
    tree = forms_tree(other.schema, size)
    rows.append(("the whole, forms, an entry", whole(other, tree, size)))
    for title, leaf, value in CHANGES:
        where = f"/forms:all/entry[name='e{size // 2:07}']/{leaf}"
        rows.append((title, change(other, tree, _setter(other, where, value))))
    gone = parse_path(other.schema, f"/forms:all/entry[name='e{size // 2:07}']")
    rows.append(
        ("refused delete, forms", change(other, tree, lambda turn: Edit("delete", gone), refused=True))
    )
    return rows


def _set(validator: Validator, path: str, value: Any) -> Edit:
    return Edit("replace", parse_path(validator.schema, path), value)


def _setter(validator: Validator, path: str, value: Callable[[int], Any]) -> Callable[[int], Edit]:
    return lambda turn: _set(validator, path, value(turn))


# -- others ----------------------------------------------------------------------------------------


def ours(bench: Validator, body: bytes) -> float:
    """Seconds to parse and validate."""
    start = time.perf_counter()
    bench.validate(_tree(bench.schema, parse(body)))
    return time.perf_counter() - start


def against_yangson(bench: Validator, size: int) -> None:
    if importlib.util.find_spec("yangson") is None:
        print("yangson is not installed (pip install yangson): not compared")
        return
    from yangson import DataModel  # noqa: PLC0415
    from yangson.enumerations import ContentType, ValidationScope  # noqa: PLC0415

    module = {"name": "bench", "revision": "", "namespace": "urn:bench", "conformance-type": "implement"}
    library = {"ietf-yang-library:modules-state": {"module-set-id": "1", "module": [module]}}
    body = devices(size)
    start = time.perf_counter()
    model = DataModel(json.dumps(library), (str(FOLDER),))
    compiled = time.perf_counter()
    model.from_raw(json.loads(body)).validate(ValidationScope.all, ContentType.config)
    theirs = time.perf_counter() - compiled
    mine = min(ours(bench, body) for _ in range(3))
    print(
        f"yangson, N = {size:,}: {theirs:.2f} s (and {compiled - start:.2f} s for the model); "
        f"ours {mine:.4f} s, {theirs / mine:,.0f} times faster"
    )


def against_yanglint(bench: Validator, size: int) -> None:
    command = shutil.which("yanglint")
    if command is None:
        print("yanglint is not installed (sudo apt install libyang2-tools): not compared")
        return
    body = devices(size)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "data.json")
        data.write_bytes(body)
        start = time.perf_counter()
        subprocess.run([command, "-t", "config", str(FOLDER / "bench.yang"), str(data)], check=True)
        theirs = time.perf_counter() - start
    mine = min(ours(bench, body) for _ in range(3))
    print(f"yanglint, N = {size:,}: {theirs:.2f} s; ours {mine:.2f} s, {mine / theirs:.1f} times as long")


def main(sizes: tuple[int, ...]) -> None:
    bench = Validator(load(["bench"], folders=[FOLDER]))
    with tempfile.TemporaryDirectory() as folder:
        other = Validator(forms(Path(folder)))
    columns = [figures(size, bench, other) for size in sizes]
    print(f"{'microseconds':36}" + "".join(f"{f'N = {size:,}':>16}" for size in sizes) + f"{'growth':>10}")
    for rows in zip(*columns, strict=True):
        cells = "".join(f"{value:16.1f}" for _, value in rows)
        print(f"{rows[0][0]:36}{cells}{f'x{rows[-1][1] / rows[0][1]:.1f}':>10}")
    against_yangson(bench, 1_000)
    against_yanglint(bench, 50_000)


if __name__ == "__main__":
    main(tuple(int(word) for word in sys.argv[1:]) or SIZES)
