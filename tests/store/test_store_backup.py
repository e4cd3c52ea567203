"""A backup is one whole file, made while the hoard works; a restore puts it back and keeps what was there."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pyconfhoard.errors import BadInput, DatastoreInUse, NotFound, StoreError
from pyconfhoard.hoard import Hoard
from pyconfhoard.store.backup import backup, restore
from pyconfhoard.store.checker import check
from pyconfhoard.store.repair import repair
from pyconfhoard.tree import Edit, parse_path

MODEL = """
module b { yang-version 1.1; namespace "urn:b"; prefix b;
  list l { key k; leaf k { type uint32; } leaf v { type string; } } }
"""
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def yang(tmp_path: Path) -> Path:
    folder = tmp_path / "yang"
    folder.mkdir()
    (folder / "b.yang").write_text(MODEL)
    return folder


def opened(folder: Path, yang: Path) -> Hoard:
    return Hoard.open(folder, yang=[yang], modules=["b"], lock_timeout=0)


def put(hoard: Hoard, number: int, value: str) -> None:
    path = parse_path(hoard.schema, f"/b:l[k='{number}']")
    hoard.commit_now([Edit("merge", path, _entry(hoard, number, value))], author="me")


def _entry(hoard: Hoard, number: int, value: str) -> object:
    from pyconfhoard.tree import decode  # noqa: PLC0415

    path = parse_path(hoard.schema, f"/b:l[k='{number}']")
    node = hoard.schema.find("/b:l")
    return decode(node, [{"k": number, "v": value}], path.parent.child(node)).get((number,))


def keys(folder: Path, yang: Path) -> list[int]:
    with opened(folder, yang) as hoard:
        entries = hoard.running.get("b:l")
        return [key[0] for key in entries] if entries else []


def test_a_backup_is_restored_with_its_history(tmp_path: Path, yang: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "one.backup"
    with opened(data, yang) as hoard:
        put(hoard, 1, "a")
        put(hoard, 2, "b")
        made = backup(data, file)
        put(hoard, 3, "c")
    assert (made.revision, made.size) == (2, file.stat().st_size)
    assert restore(data, file, now=NOW).revision == 2
    assert check(data) == []
    assert keys(data, yang) == [1, 2]
    with opened(data, yang) as hoard:
        assert [record.revision for record in hoard.journal.records(0)] == [1, 2]


def test_what_was_there_is_kept_aside_and_can_be_used(tmp_path: Path, yang: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "one.backup"
    with opened(data, yang) as hoard:
        put(hoard, 1, "a")
        backup(data, file)
        put(hoard, 2, "b")
    restore(data, file, now=NOW)
    (aside,) = (data / "aside").iterdir()
    assert keys(aside, yang) == [1, 2]


def test_a_backup_goes_to_another_folder(tmp_path: Path, yang: Path) -> None:
    with opened(tmp_path / "data", yang) as hoard:
        put(hoard, 7, "x")
        backup(tmp_path / "data", tmp_path / "one.backup")
    restore(tmp_path / "other", tmp_path / "one.backup", now=NOW)
    assert keys(tmp_path / "other", yang) == [7]


def test_commits_go_on_while_it_is_made(tmp_path: Path, yang: Path) -> None:
    data = tmp_path / "data"
    with opened(data, yang) as hoard:
        put(hoard, 0, "first")
        made: list[int] = []

        def copy() -> None:
            made.extend(backup(data, tmp_path / f"{number}.backup").revision for number in range(5))

        thread = threading.Thread(target=copy)
        thread.start()
        number = 0
        while thread.is_alive():
            number += 1
            put(hoard, number, "more")
        thread.join()
        assert made == sorted(made)
    for number, revision in enumerate(made):
        other = tmp_path / f"other{number}"
        restore(other, tmp_path / f"{number}.backup", now=NOW)
        assert keys(other, yang) == list(range(revision))


def test_nothing_is_overwritten(tmp_path: Path, yang: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "one.backup"
    opened(data, yang).close()
    file.write_text("mine")
    with pytest.raises(BadInput, match="exists"):
        backup(data, file)
    assert file.read_text() == "mine"


def test_a_datastore_in_use_is_not_restored(tmp_path: Path, yang: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "one.backup"
    with opened(data, yang) as hoard:
        put(hoard, 1, "a")
        backup(data, file)
        with pytest.raises(DatastoreInUse):
            restore(data, file, now=NOW)


def test_a_damaged_backup_leaves_all_as_it_was(tmp_path: Path, yang: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "one.backup"
    with opened(data, yang) as hoard:
        for number in range(300):
            put(hoard, number, "text that makes it long " * 10)
        backup(data, file)
        put(hoard, 1000, "later")
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 8192] = bytes(8192)
    file.write_bytes(content)
    with pytest.raises(StoreError) as refused:
        restore(data, file, now=NOW)
    told = str(refused.value)
    assert told.startswith(f"{file} was not restored, it is damaged: ")
    assert "./launch --repair" in told
    assert ".tmp" not in told
    assert keys(data, yang)[-1] == 1000
    assert not (data / "aside").exists()
    assert [one.name for one in data.iterdir() if one.name.endswith(".tmp")] == []


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    with pytest.raises(StoreError, match="it is no backup of a datastore"):
        restore(tmp_path / "data", tmp_path / "text", now=NOW)
    with pytest.raises(NotFound, match="is a folder: name the backup in it"):
        restore(tmp_path / "data", tmp_path, now=NOW)
    with pytest.raises(NotFound):
        restore(tmp_path / "data", tmp_path / "nothing", now=NOW)
    with pytest.raises(NotFound):
        backup(tmp_path / "nothing", tmp_path / "file")


@pytest.mark.damages_store
def test_what_can_be_read_of_a_damaged_backup_is_had_by_repairing_it(tmp_path: Path, yang: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "one.backup"
    with opened(data, yang) as hoard:
        for number in range(300):
            put(hoard, number, "text that makes it long " * 10)
        backup(data, file)
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4096] = bytes(4096)
    apart = tmp_path / "apart"
    apart.mkdir()
    (apart / "journal.db").write_bytes(content)
    assert repair(apart)
    assert check(apart) == []


@pytest.mark.parametrize("place", ["folder", "file", "file/below", "nowhere/file"])
def test_a_backup_that_cannot_be_made_leaves_nothing_behind(tmp_path: Path, yang: Path, place: str) -> None:
    data = tmp_path / "data"
    opened(data, yang).close()
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises((BadInput, StoreError), match=place.partition("/")[0]):
        backup(data, tmp_path / place)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.damages_store
def test_no_backup_is_made_of_what_is_damaged(tmp_path: Path, yang: Path) -> None:
    data = tmp_path / "data"
    with opened(data, yang) as hoard:
        put(hoard, 1, "a")
        with hoard.journal._transaction() as writer:  # type: ignore[attr-defined]
            writer.execute("UPDATE log SET author = 'nobody'")
    with pytest.raises(
        StoreError, match=r"no backup was made of it: the checksum of revision 1 is wrong.*--repair goes"
    ):
        backup(data, tmp_path / "one.backup")
    assert not [file for file in tmp_path.iterdir() if "backup" in file.name]


def test_a_backup_is_one_file_that_is_only_read(tmp_path: Path, yang: Path) -> None:
    (tmp_path / "stick").mkdir()
    with opened(tmp_path / "data", yang) as hoard:
        put(hoard, 7, "x")
        file = tmp_path / "stick" / "one.backup"
        backup(tmp_path / "data", file)
    assert (
        file.read_bytes()[18:20] == b"\x01\x01"
    )  # no WAL is needed to read it: SQLite's file format, section 1.3
    before = file.read_bytes()
    restore(tmp_path / "other", file, now=NOW)
    assert list((tmp_path / "stick").iterdir()) == [file]
    assert file.read_bytes() == before
