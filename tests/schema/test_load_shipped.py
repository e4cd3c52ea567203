"""All modules that pyang ships, and our own, against what other programs make of them."""

import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tree_diagram import Row, draw, read

from pyconfhoard.schema import PROJECT_YANG, dump, load, restore
from pyconfhoard.schema.nodes import Leaf, LeafList, Schema
from pyconfhoard.schema.repository import shipped_folder

SHIPPED = shipped_folder()
assert SHIPPED is not None
FILES = {
    path.stem: path
    for folder in (SHIPPED, PROJECT_YANG)
    for path in sorted(folder.rglob("*.yang"))
    if re.search(r"^\s*module\s", path.read_text(), re.MULTILINE)
}
FOLDERS = [PROJECT_YANG, *sorted(path for path in SHIPPED.iterdir() if path.is_dir())]

CRASHES = {"ietf-netconf", "ietf-netconf-with-defaults", "ietf-origin", "pyconfhoard", "pyconfhoard-access"}
"""Modules whose tree yanglint 2.1.30 dies of printing."""

ADDS_CONFIG = "pyconfhoard-subscriptions"
"""The grammar of RFC 7950 has ``config`` added or replaced; pyang takes only the latter."""


@pytest.fixture(scope="module")
def schema() -> Schema:
    return load(list(FILES))


class TestShippedModules:
    def test_all_compile(self, schema: Schema) -> None:
        assert len(FILES) >= 63
        assert {name for name, each in schema.modules.items() if each.implemented} == set(FILES)
        assert schema.warnings == ()

    def test_have_values_of_their_types_for_defaults(self, schema: Schema) -> None:
        defaults = 0
        for node in schema.walk():
            values = (
                [node.default]
                if isinstance(node, Leaf)
                else node.defaults
                if isinstance(node, LeafList)
                else ()
            )
            for value in values:
                if value is not None:
                    defaults += 1
                    assert node.type.holds(value), node.path()  # type: ignore[attr-defined]
        assert defaults > 150

    def test_come_back_from_bytes(self, schema: Schema) -> None:
        assert dump(restore(dump(schema))) == dump(schema)

    def test_compile_one_by_one(self) -> None:
        for name in sorted(FILES)[::6]:
            assert load([name]).modules[name].implemented

    def test_have_the_trees_that_pyang_prints(self, schema: Schema, tmp_path: Path) -> None:
        replacing = tmp_path / f"{ADDS_CONFIG}.yang"
        replacing.write_text(FILES[ADDS_CONFIG].read_text().replace("deviate add", "deviate replace"))
        printer = [sys.executable, "-m", "pyang", "-p", str(SHIPPED), "-f", "tree"]
        printed = subprocess.run(
            [*printer, *{**FILES, ADDS_CONFIG: replacing}.values()],
            capture_output=True,
            text=True,
            check=True,
        )
        prefixes = {module.prefix: module.name for module in schema.modules.values()}
        theirs: dict[str, Counter[Row]] = defaultdict(Counter)
        for module, rows in read(printed.stdout).items():
            theirs[prefixes.get(module, module)].update(rows)
        ours = draw(schema)
        assert sum(rows.total() for rows in ours.values()) > 5000
        differences(ours, theirs)

    @pytest.mark.skipif(shutil.which("yanglint") is None, reason="needs yanglint (libyang2-tools)")
    def test_have_the_trees_that_yanglint_prints(self, schema: Schema) -> None:
        """Augments aside, which yanglint prints as they are written, unresolved; and modules that ours deviate."""
        deviated = {name for name, module in schema.modules.items() if module.deviations}
        names = sorted(FILES.keys() - CRASHES - deviated)
        with ThreadPoolExecutor(2) as pool:
            printed = dict(zip(names, pool.map(yanglint_tree, (FILES[name] for name in names)), strict=True))
        ours = draw(schema, augments=False)
        theirs = {name: read(text, augments=False).get(name, Counter()) for name, text in printed.items()}
        assert sum(rows.total() for rows in theirs.values()) > 2000
        differences({name: ours.get(name, Counter()) for name in names}, theirs)


def yanglint_tree(path: Path) -> str:
    folders = [word for folder in FOLDERS for word in ("-p", str(folder))]
    run = subprocess.run(
        ["yanglint", *folders, "-f", "tree", path], capture_output=True, text=True, check=True
    )
    return run.stdout


def differences(ours: dict[str, Counter[Row]], theirs: dict[str, Counter[Row]]) -> None:
    for name in sorted(ours.keys() | theirs.keys()):
        mine, its = ours.get(name, Counter()), theirs.get(name, Counter())
        assert not mine - its, name
        assert not its - mine, name
