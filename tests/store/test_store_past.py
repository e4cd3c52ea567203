"""What the journal's file knows of the past beside the log: labels, blame, trimming."""

import json
import sqlite3
import threading
from datetime import UTC, datetime, timedelta

import pytest

from pyconfhoard.errors import StoreError
from pyconfhoard.store import past
from pyconfhoard.store.journal import Kept, Record, Snapshot
from pyconfhoard.store.sqlite import SqliteJournal

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def record(revision, *edits, **more):
    text = json.dumps(
        [{"op": op, "path": path, "value": 1} for op, path in edits] or [{"op": "remove", "path": "/x"}]
    )
    settings = {"author": "me", "time": NOON + timedelta(hours=revision), **more}
    return Record(revision=revision, edits=text, undo="[]", **settings)


@pytest.fixture
def journal(tmp_path):
    journal = SqliteJournal(tmp_path / "j.db")  # not journal.db: no trees for the checker to look at
    yield journal
    journal.close()


class TestFormat:
    def test_one_is_brought_up_to_two(self, journal):
        journal.append([record(1, ("replace", "/a:b/c"))])
        journal.close()
        old = sqlite3.connect(journal.path)
        old.executescript(
            "DROP TABLE label; DROP TABLE blame; DROP TABLE kept;"
            "UPDATE meta SET value = '1' WHERE key = 'format';"
        )
        old.close()
        again = SqliteJournal(journal.path)
        assert again.check() == []
        assert (again.first, again.indexed, again.labels()) == (1, 0, {})
        assert again.blame("/a:b/c", 1) == {"/a:b/c": 1}
        again.put_label("good", 1)
        again.close()
        assert SqliteJournal(journal.path).close() is None


class TestLabels:
    def test_come_with_a_record_or_later_and_go(self, journal):
        journal.append([record(1, label="one"), record(2)])
        journal.put_label("two", 2)
        journal.put_label("also", 2)
        assert journal.labels() == {"also": 2, "one": 1, "two": 2}
        assert [line.labels for line in journal.lines(limit=9)] == [("also", "two"), ("one",)]
        journal.put_label("two", None)
        assert journal.labels() == {"also": 2, "one": 1}

    def test_that_are_damaged_are_no_other_labels(self, journal):
        journal.append([record(1, label="one"), record(2)])
        with journal._transaction() as writer:
            writer.execute("UPDATE label SET revision = 2")
        with pytest.raises(StoreError, match="the checksum of the label one is wrong"):
            journal.labels()
        assert any("the label one" in wrong for wrong in journal.check())

    def test_of_what_is_not_there_are_found_by_the_check(self, journal):
        journal.append([record(1)])
        journal.put_label("far", 7)
        assert journal.check() == ["the label far is of revision 7, which is not there"]


class TestBlame:
    @pytest.mark.parametrize("many", [1 << 18, 100, 0])
    def test_is_the_same_from_the_log_and_from_the_index(self, journal, many, monkeypatch):
        monkeypatch.setattr("pyconfhoard.store.sqlite_log._MANY", many)
        monkeypatch.setattr(past, "_SLICE", 1)
        journal.append([record(1, ("replace", "/a:b"), ("replace", "/a:l[k='x']/v"))])
        journal.append([record(2, ("remove", "/a:l[k='x']")), record(3, ("insert", "/a:l[k='x']"))])
        journal.append([record(4, ("move", "/a:l[k='x']"), ("replace", "/a:bb/c"))])
        wanted = {"/a:b": 1, "/a:l[k='x']": 3, "/a:bb/c": 4}
        for upto in (0, 1, 3, 4):
            journal.index(upto)
            assert journal.indexed == upto
            found = journal.blame("/", 4)
            assert wanted.items() <= found.items()
            assert journal.blame("/a:b", 4) == {"/a:b": 1}
            assert journal.blame("/a:l[k='x']/v/w", 4)["/a:l[k='x']"] == 3
        assert found == wanted

    def test_of_an_annotation_is_nobodys(self, journal):
        text = json.dumps(
            [{"op": "merge", "path": "/a:b", "notes": {}}, {"op": "merge", "path": "/a:c", "value": {}}]
        )
        journal.append([Record(revision=1, time=NOON, author="me", edits=text, undo="[]")])
        assert journal.blame("/", 1) == {"/a:c": 1}

    def test_of_many_edits_is_stored_while_commits_go_on(self, journal, monkeypatch):
        entries = [("replace", f"/a:l[k='{n}']") for n in range(20_000)]
        journal.append([record(1, ("replace", "/a:l[k='7']/v")), record(2, *entries)])
        sliced = past.index_slice
        indexed = []

        def commit():
            journal.append([record(3)])
            indexed.append(journal.indexed)

        other = threading.Thread(target=commit)

        def committed_between(writer, revision, some):
            sliced(writer, revision, some)
            if other.ident is None:
                other.start()

        monkeypatch.setattr(past, "index_slice", committed_between)
        journal.index(2)
        other.join()
        assert indexed == [1]
        assert journal.indexed == 2
        assert set(journal.blame("/", 2).values()) == {1, 2}
        assert len(journal.blame("/", 2)) == 20_001

    def test_that_was_half_stored_at_a_crash_is_whole_at_the_next_start(self, journal, monkeypatch):
        monkeypatch.setattr("pyconfhoard.store.sqlite_log._MANY", 0)
        monkeypatch.setattr(past, "_SLICE", 2)
        journal.append([record(1, *[("replace", f"/a:v{n}") for n in range(5)])])
        journal.append([record(2, *[("replace", f"/a:v{n}") for n in range(5)])])
        sliced = past.index_slice

        def broken_off(writer, revision, some):
            sliced(writer, revision, some)
            if revision == 2 and some[0][0] == "/a:v2":
                raise StoreError("the power is gone")

        monkeypatch.setattr(past, "index_slice", broken_off)
        with pytest.raises(StoreError):
            journal.index(2)
        journal.close()
        again = SqliteJournal(journal.path)
        assert again.indexed == 1
        assert again.blame("/", 1) is None  # some of it is later
        assert set(again.blame("/", 2).values()) == {2}
        monkeypatch.undo()
        again.index(2)
        assert set(again.blame("/", 2).values()) == {2}
        assert again.check() == []
        again.close()

    def test_later_than_what_is_asked_for_is_none(self, journal):
        journal.append([record(1, ("replace", "/a:b")), record(2, ("replace", "/a:b"))])
        journal.index(2)
        assert journal.blame("/", 1) is None

    @pytest.mark.parametrize(
        ("path", "ways"),
        [
            ("/", {"/"}),
            ("/a:b", {"/"}),
            ("/a:b/c", {"/", "/a:b"}),
            ("/a:l[k='x']/v", {"/", "/a:l", "/a:l[k='x']"}),
            ("/a:l[k='x'][m='/y']", {"/", "/a:l", "/a:l[k='x']"}),
        ],
    )
    def test_looks_at_all_above(self, path, ways):
        assert ways <= set(past.above(path))
        assert path == "/" or path not in set(past.above(path))


class TestTrim:
    def test_leaves_labels_whole_and_what_blame_names_bare(self, journal):
        journal.append([record(n, ("replace", f"/a:v{n % 3}")) for n in range(1, 10)])
        journal.append([record(10, ("replace", "/a:v0")), record(11, ("replace", "/a:v1"))])
        journal.put_label("two", 2)
        journal.index(11)
        journal.keep_state(Kept(2, "f", b"{}"))
        journal.trim(10)
        assert journal.first == 10
        assert [one.revision for one in journal.records(0)] == [10, 11]
        assert [line.revision for line in journal.lines(limit=9)] == [11, 10, 2]
        assert journal.record(2).edits
        assert journal.record(8) is None  # what blame says of /a:v2
        assert {n: line.size > 0 for n, line in journal.lines_of(range(12)).items()} == {
            2: True,
            8: False,
            10: True,
            11: True,
        }
        assert journal.kept(2) == Kept(2, "f", b"{}")
        assert journal.check() == []
        assert journal.head == 11

    def test_goes_on_where_it_was(self, journal):
        journal.append([record(n, ("replace", "/a:v")) for n in range(1, 1200)])
        journal.index(1199)
        journal.trim(600)
        journal.close()
        again = SqliteJournal(journal.path)
        assert again.first == 600
        again.trim(1100)
        assert [one.revision for one in again.records(0)] == list(range(1100, 1200))
        assert again.check() == []
        again.close()

    def test_holds_the_journal_for_some_revisions_at_a_time(self, journal, monkeypatch):
        journal.append([record(n) for n in range(1, 2001)])
        journal.index(2000)
        taken = []
        let_go = past.let_go
        monkeypatch.setattr(
            past, "let_go", lambda writer, some, crc: (taken.append(len(some)), let_go(writer, some, crc))
        )
        journal.trim(1900)
        assert max(taken) <= 500
        assert sum(taken) == 1899
        assert next(journal.records(0)).revision == 1900

    def test_gives_the_disk_back_what_is_free(self, journal, monkeypatch):
        monkeypatch.setattr("pyconfhoard.store.sqlite_log._SPARE", 10)
        journal.append([record(n, comment="x" * 10_000) for n in range(1, 501)])
        journal.reopen()  # all is in the file itself
        before = journal.path.stat().st_size
        journal.index(0)
        journal.trim(490)
        journal.reopen()
        assert journal.path.stat().st_size < before / 4
        assert journal.check() == []

    def test_of_everything_keeps_the_number_of_the_next(self, journal):
        journal.append([record(1, ("replace", "/a:v"))])
        journal.index(1)
        journal.trim(1)
        assert (journal.first, journal.head) == (1, 1)


def test_times_are_found_by_revision_whatever_the_clock_did(journal):
    journal.append(
        [record(n, time=NOON + timedelta(hours=h)) for n, h in enumerate((1, 9, 2, 3, 4), start=1)]
    )
    assert journal.since(NOON + timedelta(hours=3), 1, 6) == 2
    assert journal.since(NOON + timedelta(hours=3), 3, 6) == 4
    assert journal.since(NOON + timedelta(days=3), 1, 6) == 6


def test_wait_for_a_confirmation_comes_with_a_record_and_is_known_to_the_next_start(journal):
    assert journal.unconfirmed() == ""
    journal.append([record(1, unconfirmed='{"base":0}')])
    journal.append([record(2)])
    journal.close()
    again = SqliteJournal(journal.path)
    assert again.unconfirmed() == '{"base":0}'
    again.set_unconfirmed("")
    assert again.unconfirmed() == ""
    again.append([record(3, unconfirmed="x")])
    again.reopen()
    assert again.unconfirmed() == "x"
    again.close()


def test_damage_of_a_kept_state_is_told(journal):
    journal.append([record(1, label="one")])
    journal.keep_state(Kept(1, "f", b"{}"))
    with journal._transaction() as writer:
        writer.execute("UPDATE kept SET fingerprint = 'g'")
    assert any("the state kept of revision 1" in wrong for wrong in journal.check())


def test_last_record_stays(journal):
    journal.append([record(n) for n in range(1, 6)])
    journal.add_snapshot(Snapshot(5, "f", "root", frozenset()))
    journal.index(5)
    journal.trim(6)
    assert (journal.first, journal.head) == (5, 5)
    journal.close()
    again = SqliteJournal(journal.path)
    again.append([record(6)])
    assert [one.revision for one in again.records(0)] == [5, 6]
    again.close()
