"""What it costs to load models: ``python -m bench.schema [FOLDER ...]``.

All modules that pyang ships, and with folders given all modules in those, such as OpenConfig's checked out. First
pyang alone, which reads and expands the text; then the whole of a cold start, which it is a part of; then a warm
one, from the cache of compiled schemas. Best of several runs, each warm one in a process of its own, without the
start of Python and its imports.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.tree import best
from pyconfhoard.schema import load
from pyconfhoard.schema.repository import PROJECT_YANG, Library, shipped_folder
from pyconfhoard.schema.statements import read

WARM_RUNS = 7

WARM = """
import sys, time
from pathlib import Path
from pyconfhoard.schema import load
cache, names, folders = Path(sys.argv[1]), sys.argv[2].split(","), [Path(each) for each in sys.argv[3:]]
start = time.perf_counter()
load(names, folders=folders, cache=cache)
print(time.perf_counter() - start, "pyang" in sys.modules)
"""


def modules_in(folders: list[Path]) -> list[str]:
    """Names of all modules, without submodules, in the folders."""
    files = [path for folder in folders for path in sorted(folder.rglob("*.yang"))]
    told = (re.search(r"^\s*module\s+\"?([\w.-]+)", path.read_text(), re.MULTILINE) for path in files)
    return sorted({found[1] for found in told if found})


def warm(cache: Path, names: list[str], folders: list[Path]) -> float:
    """Seconds that ``load`` takes in a fresh process. Raises ``SystemExit`` if it did not use the cache."""
    command = [sys.executable, "-c", WARM, str(cache), ",".join(names), *map(str, folders)]
    seconds, compiled = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    if compiled == "True":
        raise SystemExit("the cache was not used")
    return float(seconds)


def figures(title: str, names: list[str], folders: list[Path]) -> None:
    """Prints one row."""
    library = Library.of([*folders, PROJECT_YANG])
    pyang = best(lambda: read(names, library, None), 2)
    with tempfile.TemporaryDirectory() as place:
        start = time.perf_counter()
        schema = load(names, folders=folders, cache=Path(place))
        cold = time.perf_counter() - start
        again = min(warm(Path(place), names, folders) for _ in range(WARM_RUNS))
    nodes = sum(1 for _ in schema.walk())
    print(
        f"{title:24}{len(names):9}{nodes:9}{pyang:10.2f} s{cold:10.2f} s{again * 1000:12.1f} ms", flush=True
    )


def main(folders: list[Path]) -> None:
    print(f"{'':24}{'modules':>9}{'nodes':>9}{'pyang':>12}{'cold':>12}{'warm':>15}")
    shipped = shipped_folder()
    if shipped is not None:
        figures("shipped with pyang", modules_in([shipped]), [])
    for folder in folders:
        inside = sorted({path.parent for path in folder.rglob("*.yang")})
        figures(folder.name, modules_in([folder]), inside)


if __name__ == "__main__":
    main([Path(word) for word in sys.argv[1:]])
