"""Schemas kept in a folder: when they hold still, and that a warm start is warm."""

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from yang_text import module, write

from pyconfhoard.schema import dump, load
from pyconfhoard.schema.cache import KEPT
from pyconfhoard.schema.nodes import Schema

TEXT = module("a", "import b { prefix b; } include c; leaf x { type b:t; }")
IMPORTED = module("b", "typedef t { type int8; }")
PART = "submodule c { yang-version 1.1; belongs-to a { prefix a; } leaf y { type string; } }"


class Shelf:
    """A folder of modules and a cache, and whether the last load read YANG."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.yang = write(folder / "yang", TEXT, IMPORTED, PART)
        self.cache = folder / "cache"
        self.reads = 0
        from pyconfhoard.schema import compile as compiling  # noqa: PLC0415 - not for a warm start

        real = compiling.compile_schema

        def counted(*args: object, **kwargs: object) -> Schema:
            self.reads += 1
            return real(*args, **kwargs)  # type: ignore[arg-type]

        monkeypatch.setattr(compiling, "compile_schema", counted)

    def load(self, **more: object) -> Schema:
        self.reads = 0
        told = {"folders": [self.yang], "cache": self.cache} | more
        return load(["a"], **told)  # type: ignore[arg-type]

    @property
    def files(self) -> list[Path]:
        return sorted(self.cache.glob("*"))


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    return Shelf(tmp_path, monkeypatch)


class TestCache:
    def test_gives_the_same_schema_without_compiling(self, shelf: Shelf) -> None:
        first = shelf.load()
        assert shelf.reads == 1
        assert dump(shelf.load()) == dump(first)
        assert shelf.reads == 0

    def test_keeps_one_file_for_its_owner_only(self, shelf: Shelf) -> None:
        shelf.load()
        (file,) = shelf.files
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.name.startswith("schema-")
        assert stat.S_IMODE(shelf.cache.stat().st_mode) == 0o700

    @pytest.mark.parametrize("name", ["a.yang", "b.yang", "c.yang"])
    def test_falls_with_any_file_that_changed(self, shelf: Shelf, name: str) -> None:
        shelf.load()
        file = shelf.yang / name
        before = file.stat()
        file.write_text(file.read_text().replace("int8", "int9").replace("leaf", "leaf "))
        file.write_text(file.read_text().replace("int9", "int7").replace("int7", "int16"))
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        shelf.load()
        assert shelf.reads == 1

    def test_falls_with_a_file_that_is_gone(self, shelf: Shelf, tmp_path: Path) -> None:
        later = write(tmp_path / "later", IMPORTED)
        shelf.load(folders=[shelf.yang, later])
        (shelf.yang / "b.yang").unlink()
        shelf.load(folders=[shelf.yang, later])
        assert shelf.reads == 1

    def test_falls_with_a_new_file_in_an_earlier_folder(self, shelf: Shelf, tmp_path: Path) -> None:
        earlier = tmp_path / "earlier"
        earlier.mkdir()
        folders = [earlier, shelf.yang]
        shelf.load(folders=folders)
        write(earlier, IMPORTED.replace("int8", "int16"))
        assert shelf.load(folders=folders).find("/a:x").type.name == "int16"  # type: ignore[attr-defined]

    def test_falls_with_a_newer_revision_beside(self, shelf: Shelf) -> None:
        shelf.load()
        newer = IMPORTED.replace("typedef", "revision 2020-01-01; typedef").replace("int8", "int16")
        (shelf.yang / "b@2020-01-01.yang").write_text(newer)
        assert shelf.load().find("/a:x").type.name == "int16"  # type: ignore[attr-defined]

    def test_does_not_fall_with_a_file_that_nobody_asks_for(self, shelf: Shelf) -> None:
        shelf.load()
        write(shelf.yang, module("z", "leaf z { type string; }"))
        shelf.load()
        assert shelf.reads == 0

    def test_answers_each_question_for_itself(self, shelf: Shelf) -> None:
        shelf.load()
        shelf.load(features={"a": []})
        assert shelf.reads == 1
        shelf.load()
        assert shelf.reads == 0
        assert len(shelf.files) == 2

    @pytest.mark.parametrize("damage", [b"", b"{}\n", b"rubbish", b"\xff\xff\n{}"])
    def test_that_is_damaged_is_made_anew(self, shelf: Shelf, damage: bytes) -> None:
        shelf.load()
        (file,) = shelf.files
        whole = file.read_bytes()
        for content in (damage, whole[:-1], whole.replace(b"leaf", b"lief"), whole.replace(b"int8", b"int9")):
            file.write_bytes(content)
            shelf.load()
        file.write_bytes(whole[:-1])
        shelf.load()
        assert shelf.reads == 1
        assert file.read_bytes() == whole

    def test_that_cannot_be_written_stops_nothing(
        self, shelf: Shelf, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        (tmp_path / "file").write_text("")
        schema = shelf.load(cache=tmp_path / "file" / "cache")
        assert "a:x" in schema.root.children
        assert "cannot be cached" in caplog.text

    def test_keeps_the_newest_files_only(self, shelf: Shelf) -> None:
        shelf.cache.mkdir()
        for number in range(KEPT + 3):
            old = shelf.cache / f"schema-{number}.json"
            old.write_text("")
            os.utime(old, (number, number))
        shelf.load()
        assert len(shelf.files) == KEPT
        assert shelf.cache / "schema-2.json" not in shelf.files

    def test_is_not_asked_for_when_there_is_none(self, shelf: Shelf) -> None:
        shelf.load(cache=None)
        shelf.load(cache=None)
        assert shelf.reads == 1
        assert not shelf.cache.exists()


WARM = """
import sys
from pathlib import Path
from pyconfhoard.schema import load
load(["brewerslab", "pyconfhoard"], cache=Path(sys.argv[1]))
print([name for name in sys.modules if name.partition(".")[0] in {"pyang", "lxml"}])
"""


class TestWarmStart:
    def test_imports_no_pyang(self, tmp_path: Path) -> None:
        load(["brewerslab", "pyconfhoard"], cache=tmp_path)
        run = subprocess.run(
            [sys.executable, "-c", WARM, str(tmp_path)], capture_output=True, text=True, check=True
        )
        assert run.stdout == "[]\n"

    @pytest.mark.parametrize(
        ("modules", "seconds"),
        [
            (["brewerslab", "pyconfhoard"], 0.015),
            (
                [
                    "ietf-interfaces",
                    "iana-if-type",
                    "ietf-ip",
                    "ietf-system",
                    "ietf-alarms",
                    "ietf-hardware",
                    "ietf-netconf-acm",
                    "ietf-yang-library",
                    "ietf-routing",
                    "ietf-netconf-monitoring",
                ],
                0.060,
            ),
        ],
    )
    def test_takes_milliseconds(self, tmp_path: Path, modules: list[str], seconds: float) -> None:
        load(modules, cache=tmp_path)
        best = min(self.timed(modules, tmp_path) for _ in range(10))
        assert best < seconds

    def timed(self, modules: list[str], cache: Path) -> float:
        start = time.perf_counter()
        load(modules, cache=cache)
        return time.perf_counter() - start
