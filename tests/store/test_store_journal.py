"""The journal's contract, on SQLite."""

import json
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from pyconfhoard.errors import StoreError
from pyconfhoard.store.journal import (
    FileMark,
    Model,
    OwnerRow,
    Record,
    Snapshot,
    SyncFailed,
    read_time,
    write_time,
)
from pyconfhoard.store.sqlite import SqliteJournal
from pyconfhoard.tree import Row

NOON = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)


def record(revision, edits="[]", undo="[]", **more):
    return Record(revision=revision, time=NOON, author="me", edits=edits, undo=undo, **more)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "j.db"  # not journal.db: these hold no trees for the checker to look at


@pytest.fixture
def journal(path):
    journal = SqliteJournal(path)
    yield journal
    journal.close()


def again(journal):
    """The same journal in another process's eyes."""
    journal.close()
    return SqliteJournal(journal.path)


class TestLog:
    def test_is_empty_at_first(self, journal):
        assert journal.head == 0
        assert list(journal.records(0)) == []
        assert journal.tail_bytes(0) == 0

    def test_gives_back_what_was_appended(self, journal):
        first = record(1, edits='[{"op":"merge"}]', undo='["ü"]', source="rest", comment="why")
        second = record(2)
        journal.append([first, second])
        assert journal.head == 2
        assert list(journal.records(0)) == [first, second]
        assert list(journal.records(1)) == [second]
        assert list(journal.records(0, 1)) == [first]
        assert list(journal.records(0, newest_first=True)) == [second, first]

    def test_is_there_after_a_restart(self, journal):
        journal.append([record(1)])
        reopened = again(journal)
        assert reopened.head == 1
        assert reopened.id == journal.id
        reopened.close()

    def test_has_no_gaps_and_no_second_versions(self, journal):
        journal.append([record(1)])
        for wrong in ([record(1)], [record(3)], [record(2), record(2)], [record(2), record(4)]):
            with pytest.raises(ValueError, match="next revision is 2"):
                journal.append(wrong)
        assert journal.head == 1

    def test_reads_more_records_than_one_read_holds_both_ways(self, journal):
        journal.append([record(n) for n in range(1, 1001)])
        assert [one.revision for one in journal.records(10, 900)] == list(range(11, 901))
        assert [one.revision for one in journal.records(10, 900, newest_first=True)] == list(
            range(900, 10, -1)
        )

    def test_can_grow_while_it_is_read(self, journal):
        journal.append([record(n) for n in range(1, 301)])
        reading = journal.records(0)
        next(reading)
        journal.append([record(301)])
        assert sum(1 for _ in reading) == 299

    def test_tells_the_bytes_of_its_tail(self, journal):
        journal.append([record(1, edits="[1]"), record(2, edits="[1,2]")])
        assert journal.tail_bytes(0) == 8
        assert journal.tail_bytes(1) == 5

    def test_is_synced_at_each_append(self, journal):
        assert journal._writer.execute("PRAGMA synchronous").fetchone() == (2,)
        assert journal._writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)


class TestTime:
    def test_is_utc_with_microseconds_and_sorts_as_it_passes(self):
        whole = NOON.replace(microsecond=0)
        assert write_time(whole) == "2026-11-21T12:00:00.000000Z"
        assert write_time(whole) < write_time(NOON)
        assert write_time(NOON.astimezone(timezone(timedelta(hours=-8)))) == write_time(NOON)

    def test_comes_back_as_it_was(self):
        assert read_time(write_time(NOON)) == NOON


class TestPages:
    def test_come_back_and_have_ids_that_are_never_given_again(self, journal):
        one, two = Row(b'{"a":1}', "7"), Row(b"[]", "[1,2]", (4, 5))
        first, second = journal.new_page(), journal.new_page()
        assert first != second
        journal.add_pages({first: one, second: two})
        assert journal.page(first) == one
        assert journal.page(second) == two
        journal.add_snapshot(Snapshot(0, "f", "r", frozenset({second})))
        journal = again(journal)
        assert journal.new_page() > second
        journal.close()

    def test_that_no_snapshot_names_are_let_go(self, journal):
        ids = [journal.new_page() for _ in range(3)]
        journal.add_pages({id: Row(b"x", "1") for id in ids})
        journal.add_snapshot(Snapshot(1, "f", "root", frozenset(ids[:2])))
        journal.add_snapshot(Snapshot(2, "f", "root", frozenset(ids[1:])))
        assert journal.missing_pages(ids) == {ids[0]}
        with pytest.raises(StoreError, match=f"page {ids[0]} is missing"):
            journal.page(ids[0])
        assert journal.page(ids[1]).body == b"x"

    def test_that_were_there_at_the_open_stay_until_the_next_one(self, journal):
        ids = [journal.new_page() for _ in range(2)]
        journal.add_pages({id: Row(b"x", "1") for id in ids})
        journal.add_snapshot(Snapshot(1, "f", "root", frozenset(ids)))
        journal = again(journal)
        journal.add_snapshot(Snapshot(2, "f", "root", frozenset(ids[1:])))
        assert journal.page(ids[0]).body == b"x"
        journal = again(journal)
        with pytest.raises(StoreError, match="missing"):
            journal.page(ids[0])
        journal.close()

    def test_of_a_snapshot_that_was_never_finished_are_forgotten_at_the_next_open(self, journal):
        id = journal.new_page()
        journal.add_pages({id: Row(b"x", "1")})
        journal = again(journal)
        assert journal.missing_pages([id]) == {id}
        assert journal._read(lambda reader: reader.execute("SELECT count(*) FROM page").fetchone()) == (0,)
        journal.close()

    def test_can_be_read_by_others_while_a_transaction_is_open(self, journal):
        id = journal.new_page()
        journal.add_pages({id: Row(b"x", "1")})
        with journal._transaction() as writer:
            writer.execute("DELETE FROM page")
            found = []
            reader = threading.Thread(target=lambda: found.append(journal.page(id).body))
            reader.start()
            reader.join(timeout=10)
            writer.execute("INSERT INTO page SELECT 9, x'00', '1', x'', 0 WHERE 0")
            assert found == [b"x"]


class TestSnapshots:
    def test_last_one_counts(self, journal):
        assert journal.snapshot() is None
        journal.add_snapshot(Snapshot(3, "f", "{}", frozenset()))
        journal.add_snapshot(Snapshot(5, "g", "[]", frozenset()))
        assert journal.snapshot() == Snapshot(5, "g", "[]", frozenset())

    def test_that_come_late_do_not_replace_what_the_journal_has_gone_on_to(self, journal):
        journal.add_model(Model(1, "f", b"schema"), Snapshot(0, "f", "", frozenset()))
        journal.add_snapshot(Snapshot(3, "f", "three", frozenset()))
        journal.add_snapshot(Snapshot(2, "f", "two", frozenset()))
        assert journal.snapshot().root == "three"
        journal.add_model(Model(4, "g", b"other"), Snapshot(3, "g", "renamed", frozenset()))
        journal.add_snapshot(Snapshot(3, "f", "three", frozenset()))
        assert journal.snapshot() == Snapshot(3, "g", "renamed", frozenset())

    def test_must_not_name_pages_that_are_not_stored(self, journal):
        with pytest.raises(ValueError, match="not stored"):
            journal.add_snapshot(Snapshot(1, "f", "", frozenset({77})))
        assert journal.snapshot() is None

    def test_come_with_their_model(self, journal):
        journal.add_model(Model(1, "f", b"schema"), Snapshot(0, "f", "root", frozenset()))
        journal.add_model(Model(4, "g", b"other"), Snapshot(3, "g", "root", frozenset()))
        journal.add_model(Model(4, "h", b"third"), Snapshot(3, "h", "root", frozenset()))
        assert journal.models() == (Model(1, "f", b"schema"), Model(4, "h", b"third"))
        assert journal.snapshot().fingerprint == "h"


class TestRegistry:
    def test_keeps_owners_by_name(self, journal):
        probe = OwnerRow(name="Probe", kind="thing", module="b", path="/b:x", title="t")
        module = OwnerRow(name="b", kind="module", module="b", path="/", initialised=True)
        journal.put_owners([probe, module])
        journal.put_owners([OwnerRow(**{**as_dict(probe), "token_sha256": "ff"})])
        journal = again(journal)
        assert journal.owners() == (OwnerRow(**{**as_dict(probe), "token_sha256": "ff"}), module)
        journal.close()

    def test_keeps_the_marks_of_files_until_one_is_settled(self, journal):
        old, new = FileMark(1, "aa"), FileMark(2, "bb")
        journal.settle_file("persist/x.json", old)
        journal.mark_file("persist/x.json", new)
        journal.mark_file("persist/y.json", new)
        assert journal.file_marks("persist/x.json") == (old, new)
        journal.settle_file("persist/x.json", new)
        assert journal.file_marks("persist/x.json") == (new,)
        assert journal.file_marks("persist/none.json") == ()


def as_dict(row):
    return {name: getattr(row, name) for name in OwnerRow.__slots__}


class TestDiskFull:
    def test_leaves_the_journal_as_it_was_and_says_so(self, path):
        journal = SqliteJournal(path, max_pages=30)
        journal.append([record(1)])
        with pytest.raises(StoreError, match=r"nothing has changed: the disk .* is full") as error:
            journal.append([record(2, edits=json.dumps("x" * 400_000))])
        assert not isinstance(error.value, SyncFailed)
        assert error.value.faults[0].tag == "resource-denied"
        assert journal.head == 1
        journal.append([record(2)])
        assert [one.revision for one in journal.records(0)] == [1, 2]
        assert journal.check() == []
        journal.close()


class TestDamage:
    """What is wrong with the file is said in words, with the way out."""

    def test_of_an_empty_file_is_no_first_start(self, path):
        path.write_bytes(b"")
        with pytest.raises(StoreError, match=r"is damaged: it is empty.*--repair.*--restore"):
            SqliteJournal(path)

    def test_of_text_in_its_place(self, path):
        path.write_text("hello " * 1000)
        with pytest.raises(StoreError, match=r"is damaged: file is not a database"):
            SqliteJournal(path)

    def test_of_another_programs_database(self, path):
        other = sqlite3.connect(path)
        other.execute("CREATE TABLE x(y)")
        other.close()
        with pytest.raises(StoreError, match=r"not one of PyConfHoard's"):
            SqliteJournal(path)

    def test_of_a_truncated_file(self, journal, path):
        journal.append([record(n, edits=json.dumps("x" * 3000)) for n in range(1, 50)])
        journal.close()
        size = path.stat().st_size
        with path.open("r+b") as file:
            file.truncate(size // 2 // 4096 * 4096)
        with pytest.raises(StoreError, match="is damaged"), closing(SqliteJournal(path)) as damaged:
            list(damaged.records(0))

    def test_of_a_flipped_bit_in_a_record(self, journal, path):
        journal.append([record(1, edits='["UNIQUE"]')])
        journal.close()
        body = path.read_bytes()
        assert body.count(b"UNIQUE") == 1
        path.write_bytes(body.replace(b"UNIQUE", b"UNIQUF"))
        journal = SqliteJournal(path)
        with pytest.raises(StoreError, match="the checksum of revision 1 is wrong"):
            list(journal.records(0))
        assert any("checksum of revision 1" in wrong for wrong in journal.check())
        journal.close()

    def test_of_a_flipped_bit_in_a_page_is_found_by_the_check(self, journal, path):
        id = journal.new_page()
        journal.add_pages({id: Row(b"UNIQUE", "1")})
        journal.add_snapshot(Snapshot(0, "f", "root", frozenset({id})))
        journal.close()
        path.write_bytes(path.read_bytes().replace(b"UNIQUE", b"UNIQUF"))
        journal = SqliteJournal(path)
        assert any(f"checksum of page {id}" in wrong for wrong in journal.check())
        journal.close()

    def test_of_a_missing_revision_is_found_by_the_check(self, journal):
        journal.append([record(n) for n in range(1, 4)])
        with journal._transaction() as writer:
            writer.execute("DELETE FROM log WHERE revision = 2")
        assert journal.check() == ["revision 2 is missing: the next one is 3"]

    def test_of_another_format_is_not_touched(self, journal, path):
        with journal._transaction() as writer:
            writer.execute("UPDATE meta SET value = '3' WHERE key = 'format'")
            writer.execute("DROP INDEX blame_revision")
        journal.close()
        before = path.read_bytes()
        with pytest.raises(StoreError, match="has format 3, and this version reads formats up to 2"):
            SqliteJournal(path)
        assert path.read_bytes() == before

    def test_of_a_whole_journal_there_is_none(self, journal):
        journal.append([record(1)])
        assert journal.check() == []


class TestReopen:
    def test_finds_what_was_appended(self, journal):
        journal.append([record(1)])
        journal.reopen()
        assert journal.head == 1
        journal.append([record(2)])
        assert [one.revision for one in journal.records(0)] == [1, 2]

    def test_never_makes_a_journal_anew_that_has_vanished(self, journal, path):
        journal.append([record(1)])
        journal.close()
        for file in path.parent.iterdir():
            file.unlink()
        with pytest.raises(StoreError, match="unable to open"):
            journal.reopen()
        assert not path.exists()

    def test_after_a_failure_can_be_tried_again(self, journal, path):
        journal.append([record(1)])
        journal.close()
        away = path.rename(path.with_name("away"))
        with pytest.raises(StoreError):
            journal.reopen()
        away.rename(path)
        journal.reopen()
        assert journal.head == 1

    def test_closed_journal_says_that_it_is_closed(self, journal):
        journal.close()
        journal.close()
        with pytest.raises(StoreError, match="is closed"):
            journal.append([record(1)])
        with pytest.raises(StoreError, match="is closed"):
            journal.snapshot()


def test_start_that_was_killed_while_the_journal_was_made_starts_anew(path):
    Path(f"{path}.new").write_bytes(b"half")
    journal = SqliteJournal(path)
    assert journal.head == 0
    journal.close()
    assert not Path(f"{path}.new").exists()


def test_folder_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(StoreError, match="cannot be used: No such file"):
        SqliteJournal(tmp_path / "none" / "j.db")
