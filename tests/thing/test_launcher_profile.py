"""``./launch --profile``, as a user types it: a table of what rules cost, and nothing changed."""

import os
import sqlite3
import subprocess
import zlib
from contextlib import closing
from pathlib import Path

import pytest

from pyconfhoard.hoard import Hoard
from pyconfhoard.store.sqlite import SqliteJournal
from pyconfhoard.store.sqlite_tables import checksum
from pyconfhoard.thing.places import CHECKOUT
from pyconfhoard.tree import Edit, decode
from pyconfhoard.tree import Path as At

assert CHECKOUT is not None
LAUNCH = CHECKOUT / "launch"

CELLAR = """
module cellar {
  yang-version 1.1; namespace "urn:cellar"; prefix c;
  container cellar {
    must "sum(barrel/litres) < 1000";
    list barrel {
      key "name";
      leaf name { type string; }
      leaf litres { type uint16; must ". > 0"; }
      leaf next { type leafref { path "../../barrel/name"; } }
    }
    leaf closed { type empty; must "true()"; }
  }
}
"""


def launch(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(LAUNCH), *arguments],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYCONF_")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def cellar(tmp_path: Path) -> Path:
    """A folder with a datastore of three barrels, two of which refer to another."""
    (tmp_path / "cellar.yang").write_text(CELLAR)
    barrels = [
        {"name": "a", "litres": 3, "next": "b"},
        {"name": "b", "next": "b"},
        {"name": "c", "litres": 1},
    ]
    with Hoard.open(tmp_path / "datastore", yang=[tmp_path], modules=["cellar"]) as hoard:
        data = decode(hoard.schema.root, {"cellar:cellar": {"barrel": barrels}}, At.ROOT)
        hoard.commit_now([Edit("merge", At.ROOT, data)], author="test")
    return tmp_path


def test_it_tells_of_each_rule_how_often_it_was_asked_and_what_that_took(cellar: Path) -> None:
    done = launch(cellar, "--profile")
    assert (done.returncode, done.stderr) == (0, "")
    title, _, header, *table = done.stdout.splitlines()
    assert "at revision 1: its rules took" in title
    assert header.split() == ["total", "ms", "each", "us", "asked", "rule"]
    rows = [line.split(maxsplit=3) for line in table[:3]]
    assert {rule: int(asked) for _, _, asked, rule in rows} == {
        "must /cellar:cellar [cellar.yang:5]": 1,
        "must /cellar:cellar/barrel/litres [cellar.yang:9]": 2,
        "type /cellar:cellar/barrel/next [cellar.yang:10]": 2,
    }
    totals = [float(total) for total, *_ in rows]
    assert totals == sorted(totals, reverse=True)
    assert min(float(each) for _, each, *_ in rows) > 0
    assert table[3] == "not asked, for want of data: 1 of the rules"


def test_rules_that_no_index_bounds_are_named_as_a_start_names_them(cellar: Path) -> None:
    with Hoard.open(cellar / "datastore", yang=[cellar], modules=["cellar"]) as hoard:
        warnings = list(hoard.warnings)
    assert len(warnings) == 1
    assert launch(cellar, "--profile").stdout.splitlines()[-1:] == warnings


def test_a_model_without_such_rules_is_told_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "plain.yang").write_text(
        'module plain { namespace "urn:plain"; prefix p; leaf a { type string; } leaf b { type string; must "../a"; } }'
    )
    Hoard.open(tmp_path / "datastore", yang=[tmp_path], modules=["plain"]).close()
    lines = launch(tmp_path, "--profile").stdout.splitlines()
    assert lines[-3:] == [
        "not asked, for want of data: 1 of the rules",
        "",
        "No must and no when of the model costs more in a larger datastore.",
    ]


def test_the_model_is_that_of_the_data_and_nothing_is_changed(cellar: Path) -> None:
    (cellar / "cellar.yang").unlink()
    edited = cellar / "datastore" / "persist" / "cellar.json"
    edited.write_text('{"cellar:cellar": {}}')
    before = sorted(path.name for path in (cellar / "datastore").rglob("*"))
    done = launch(cellar, "--profile")
    assert (done.returncode, done.stderr) == (0, "")
    assert edited.read_text() == '{"cellar:cellar": {}}'
    assert sorted(path.name for path in (cellar / "datastore").rglob("*")) == before


def test_a_datastore_at_work_is_not_profiled(cellar: Path) -> None:
    with Hoard.open(cellar / "datastore", yang=[cellar], modules=["cellar"]):
        done = launch(cellar, "--profile")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"belongs to process {os.getpid()}" in done.stderr


def test_a_folder_without_a_datastore_stays_as_it_is(tmp_path: Path) -> None:
    done = launch(tmp_path, "--profile")
    assert (done.returncode, "--datastore DIR" in done.stderr) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_a_journal_that_no_hoard_has_started_has_nothing_to_show(tmp_path: Path) -> None:
    (tmp_path / "datastore").mkdir()
    SqliteJournal(tmp_path / "datastore" / "journal.db").close()
    done = launch(tmp_path, "--profile")
    assert (done.returncode, done.stdout) == (1, "")
    assert "has no model yet; start its hoard once: ./launch --rest" in done.stderr


@pytest.mark.damages_store
def test_a_model_of_another_version_is_told_without_a_traceback(cellar: Path) -> None:
    with closing(sqlite3.connect(cellar / "datastore" / "journal.db")) as connection, connection:
        first, fingerprint = connection.execute("SELECT first, fingerprint FROM model").fetchone()
        dump = zlib.compress(b'{"format": 0}')
        row = (dump, checksum(first, fingerprint, dump))
        connection.execute("UPDATE model SET dump = ?, crc = ?", row)
    done = launch(cellar, "--profile")
    assert (done.returncode, done.stdout) == (1, "")
    assert "the model of its data cannot be read" in done.stderr
    assert "Traceback" not in done.stderr
