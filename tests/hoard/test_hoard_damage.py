"""Damage to the files of a datastore is found, told in words, and repaired to the last good revision."""

import json
import random
import sqlite3

import pytest
from cellar import PUMP, ROOM, YANG, commit, value

from pyconfhoard.errors import DatastoreInUse, StoreError
from pyconfhoard.hoard import Hoard, Retention, Terms
from pyconfhoard.store.checker import check
from pyconfhoard.store.repair import repair
from pyconfhoard.store.sqlite import SqliteJournal
from pyconfhoard.tree import to_json


def opened(folder, **more):
    return Hoard.open(folder, yang=[YANG], modules=["cellar"], lock_timeout=0, **more)


def change(hoard, n, **more):
    commit(hoard, f"{ROOM}/setpoint", f"{n}.0", **more)


def shown(hoard):
    return json.dumps(to_json(hoard.schema.root, hoard.running), sort_keys=True)


@pytest.fixture
def filled(folder):
    """A datastore with pages of a list, a snapshot, records before it and after it, and a label."""
    with opened(folder) as hoard:
        for n in range(10):
            commit(hoard, f"/cellar:bottle[name='b{n}']", {"name": f"b{n}", "year": n, "cork": "x" * 400})
        for n in range(10):
            change(hoard, n, label="good" if n == 5 else "")
    with opened(folder) as hoard:
        for n in range(10, 20):
            change(hoard, n)
        hoard.upkeep.keeper.chores["snapshot"].work = lambda: None
    return folder


@pytest.fixture
def states(filled):
    """What running was at each revision."""
    with opened(filled) as hoard:
        hoard.upkeep.keeper.chores["snapshot"].work = lambda: None
        return [
            json.dumps(to_json(hoard.schema.root, hoard.root_at(revision)), sort_keys=True)
            for revision in range(hoard.revision + 1)
        ]


def spoil(folder, *queries):
    connection = sqlite3.connect(folder / "journal.db")
    for query in queries:
        assert connection.execute(query).rowcount, query
    connection.commit()
    connection.close()


def without_files(folder):
    for file in (folder / "persist").glob("*.json"):
        file.unlink()


@pytest.mark.damages_store  # what is put aside is meant to be broken
class TestRepair:
    def test_of_what_is_whole_does_nothing(self, filled):
        before = (filled / "journal.db").read_bytes()
        assert repair(filled) == []
        assert (filled / "journal.db").read_bytes() == before
        assert not list(filled.glob("damaged*"))

    def test_of_a_folder_in_use_is_refused(self, filled):
        with opened(filled), pytest.raises(DatastoreInUse):
            repair(filled)

    def test_of_nothing_does_nothing(self, tmp_path):
        assert repair(tmp_path) == []

    def test_of_the_last_records_goes_back_to_the_last_good_one(self, filled, states):
        without_files(filled)
        spoil(filled, "UPDATE log SET edits = '[]' WHERE revision = 27")
        said = repair(filled)
        assert any("the checksum of revision 27 is wrong" in line for line in said)
        assert "the damaged journal was moved to damaged-1/" in said
        assert "the last good revision is 26; lost: 27 to 30" in said
        assert check(filled) == []
        with opened(filled) as hoard:
            assert shown(hoard) == states[26]
            last, *lost = hoard.history.revisions(limit=5)
            assert (last.revision, last.author, last.comment) == (
                31,
                "hoard",
                "repaired: back to revision 26",
            )
            assert [line.comment for line in lost] == ["lost: the journal was damaged here"] * 4
            hoard.history.rollback_now("good", author="me")
            assert value(hoard, f"{ROOM}/setpoint") == "5.0"
        assert (filled / "damaged-1" / "journal.db").exists()

    def test_takes_what_was_lost_from_the_persist_files(self, filled, states):
        spoil(filled, "DELETE FROM log WHERE revision > 25")
        assert "persist/cellar.json was written from revision 30: the next start takes it over" in repair(
            filled
        )
        with opened(filled) as hoard:
            assert shown(hoard) == states[30]
            assert hoard.history.revisions(limit=1)[0].author == "file"

    def test_of_an_old_record_keeps_the_state_and_the_history_since(self, filled, states):
        spoil(filled, "UPDATE log SET undo = '[]' WHERE revision = 8")
        said = repair(filled)
        assert "the last revision, 30, is whole" in said
        assert "history begins at revision 9" in said
        with opened(filled) as hoard:
            assert shown(hoard) == states[30]
            assert hoard.journal.first == 9
            assert hoard.history.try_rollback(8)
            (one,) = hoard.history.blame(hoard.history.diff(29, 30).changes[0].path)
            assert one.by.revision == 30

    def test_of_a_snapshot_replays_the_log(self, filled, states):
        spoil(filled, "UPDATE snapshot SET root = '[]'")
        assert "the last revision, 30, is whole" in repair(filled)
        with opened(filled) as hoard:
            assert shown(hoard) == states[30]
            assert hoard.history.labels() == {"good": 16}

    def test_of_a_snapshot_after_retention_starts_from_a_label(self, filled, states):
        with opened(filled, retention=Retention(last=1, within=None)) as hoard:
            change(hoard, 20)
        with opened(filled, retention=Retention(last=1, within=None)) as hoard:
            change(hoard, 21)
        without_files(filled)
        spoil(filled, "UPDATE snapshot SET root = '[]'")
        assert "the last good revision is 16; lost: 17 to 32" in repair(filled)
        with opened(filled) as hoard:
            assert shown(hoard) == states[16]

    def test_of_owners_says_that_they_are_gone(self, filled):
        spoil(
            filled, "DELETE FROM owner", "DELETE FROM snapshot", "UPDATE log SET crc = 0 WHERE revision = 30"
        )
        assert "no Thing is known any more: register them again" in repair(filled)
        assert check(filled) == []

    def test_keeps_a_confirmed_commit_waiting(self, filled):
        with opened(filled) as hoard:
            hoard.confirmed.commit_now((), Terms(), author="me")
        spoil(filled, "UPDATE log SET undo = '[]' WHERE revision = 8")
        repair(filled)
        journal = SqliteJournal(filled / "journal.db")
        assert '"base": 30' in journal.unconfirmed()
        journal.close()

    @pytest.mark.parametrize(
        ("harm", "first"),
        [
            ("UPDATE model SET dump = x'00'", 1),
            ("UPDATE model SET first = 4097", 21),
            ("DELETE FROM model", 21),
        ],
    )
    def test_of_the_model_takes_that_of_the_cache(self, filled, states, harm, first):
        spoil(filled, harm)
        without_files(filled)
        said = "\n".join(repair(filled))
        assert "the last revision, 30, is whole" in said
        assert check(filled) == []
        with opened(filled) as hoard:
            assert hoard.journal.models()[-1].first == first
            assert shown(hoard) == states[30]
            assert value(hoard, f"{ROOM}/setpoint", hoard.root_at(25)) == "14.0"

    def test_of_what_nobody_can_read_begins_anew_from_the_files(self, filled, states):
        (filled / "journal.db").write_bytes(b"x" * 10_000)
        said = repair(filled)
        assert any("nothing could be read of it" in line for line in said)
        with opened(filled) as hoard:
            assert shown(hoard) == states[30]
            assert hoard.revision == 1

    def test_of_an_emptied_journal_begins_anew_from_the_files(self, filled, states):
        (filled / "journal.db").write_bytes(b"")
        with pytest.raises(StoreError, match="is damaged: it is empty"):
            opened(filled)
        repair(filled)
        with opened(filled) as hoard:
            assert shown(hoard) == states[30]

    @pytest.mark.parametrize("spoiled", ["{", "[]", "\0" * 100, ""])
    def test_moves_files_aside_that_cannot_be_read(self, filled, states, spoiled):
        file = filled / "persist" / "cellar.json"
        file.write_text(spoiled)
        (wrong,) = check(filled)
        assert wrong.startswith("persist/cellar.json is damaged: ")
        assert repair(filled) == [wrong, "persist/cellar.json was moved to damaged-1/persist/cellar.json"]
        assert (filled / "damaged-1" / "persist" / "cellar.json").read_text() == spoiled
        assert check(filled) == []
        with opened(filled) as hoard:
            assert shown(hoard) == states[30]
        assert json.loads(file.read_text())

    def test_twice_keeps_both_parts_aside(self, filled):
        for number in (1, 2):
            (filled / "persist" / "cellar.json").write_text("{")
            assert repair(filled)
            assert (filled / f"damaged-{number}" / "persist" / "cellar.json").exists()


def flipped(body, dice):
    spot = dice.randrange(len(body))
    return body[:spot] + bytes([body[spot] ^ (1 << dice.randrange(8))]) + body[spot + 1 :]


def zeroed(body, dice):
    page = dice.randrange(len(body) // 4096) * 4096
    return body[:page] + b"\0" * 4096 + body[page + 4096 :]


def torn(body, dice):
    begin = dice.randrange(len(body) // 512) * 512
    return body[:begin] + dice.randbytes(512) + body[begin + 512 :]


def truncated(body, dice):
    return body[: dice.randrange(len(body))]


@pytest.mark.damages_store
@pytest.mark.parametrize("damage", [flipped, zeroed, torn, truncated])
def test_any_damage_of_the_journal_is_found_or_does_no_harm_and_can_be_repaired(filled, states, damage):
    """Without the persist files, so that all comes from what was damaged: it is a state that was, never another one."""
    journal = filled / "journal.db"
    whole = journal.read_bytes()
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")  # shown when the test fails
    dice = random.Random(seed)
    for _ in range(10):
        for file in filled.glob("journal.db*"):
            file.unlink()
        journal.write_bytes(damage(whole, dice))
        without_files(filled)
        if check(filled):
            assert repair(filled)
            assert check(filled) == []
        with opened(filled) as hoard:
            assert shown(hoard) in states
            change(hoard, 50)
        assert check(filled) == []


@pytest.mark.damages_store
def test_truncated_wal_loses_the_last_commits_only(filled, states, tmp_path):
    copy = tmp_path / "copy"
    with opened(filled) as hoard:
        for n in range(31, 41):
            change(hoard, n)
        copy.mkdir()
        for file in filled.glob("journal.db*"):
            (copy / file.name).write_bytes(file.read_bytes())
    wal = copy / "journal.db-wal"
    wal.write_bytes(wal.read_bytes()[: -4120 * 3 - 100])
    (copy / "journal.db-shm").unlink()
    assert check(copy) == []
    with opened(copy) as hoard:
        assert 30 < hoard.revision < 40
        assert value(hoard, f"{ROOM}/setpoint") == f"{hoard.revision}.0"


def test_refused_file_that_was_put_aside_is_no_damage(filled):
    file = filled / "persist" / "cellar.json"
    file.write_text("{")
    with opened(filled) as hoard:
        commit(hoard, f"{PUMP}/mode", "on")
    assert list((filled / "persist").glob("*refused*"))
    assert check(filled) == []


class TestPersistFile:
    """A disk changes bytes and not the time of change; whoever edits changes both. A file that is written to in place
    and noted as it is then stands for the disk's doing: the content is not the one that was noted before."""

    @pytest.fixture
    def rested(self, filled):
        """The persist file of a datastore, last written some seconds ago."""
        file = filled / "persist" / "cellar.json"
        with opened(filled) as hoard:
            hoard.upkeep.keeper.flush()
        return file

    @staticmethod
    def spoil(folder, file, body):
        """Let the disk change a file."""
        file.write_bytes(body)
        status = file.stat()
        journal = SqliteJournal(folder / "journal.db")
        journal.stamp_file(f"persist/{file.name}", f"{status.st_ino} {status.st_size} {status.st_ctime_ns}")
        journal.close()

    def test_with_a_flipped_bit_is_no_edit(self, rested, filled, states, caplog):
        body = rested.read_bytes()
        self.spoil(filled, rested, body.replace(b'"19.0"', b'"18.0"'))  # a setpoint that nobody wished
        with opened(filled) as hoard:
            assert shown(hoard) == states[30]
            assert hoard.revision == 30
        assert rested.read_bytes() == body
        assert b'"18.0"' in (filled / "persist" / "cellar.refused-1.json").read_bytes()
        assert "persist/cellar.json was damaged by the disk" in caplog.text

    @pytest.mark.parametrize("damage", [flipped, truncated, lambda body, dice: bytes(len(body))])
    def test_with_any_damage_is_written_again(self, rested, filled, states, damage):
        dice = random.Random(7)
        body = rested.read_bytes()
        for _ in range(5):
            self.spoil(filled, rested, damage(body, dice))
            with opened(filled) as hoard:
                assert shown(hoard) == states[30]
            assert rested.read_bytes() == body

    @pytest.mark.parametrize("damage", [truncated, lambda body, dice: bytes(len(body))])
    def test_that_cannot_be_read_is_kept_aside_whoever_did_it(self, rested, filled, states, damage):
        rested.write_bytes(damage(rested.read_bytes(), random.Random(7)))
        with opened(filled) as hoard:
            assert shown(hoard) == states[30]
        assert list((filled / "persist").glob("cellar.refused-*"))

    def test_is_noted_when_it_is_some_seconds_old(self, filled, monkeypatch):
        now = [0.0]
        monkeypatch.setattr("pyconfhoard.store.files.time.time", lambda: now[0])
        file = filled / "persist" / "cellar.json"
        with opened(filled) as hoard:
            change(hoard, 40)
            hoard.upkeep._write_persist()
            now[0] = file.stat().st_ctime + 1
            hoard.files.stamp()
            assert not hoard.journal.file_stamp("persist/cellar.json")
            change(hoard, 41)
            hoard.upkeep._write_persist()
            now[0] = file.stat().st_ctime + 5
            hoard.files.stamp()
            status = file.stat()
            assert hoard.journal.file_stamp("persist/cellar.json").endswith(f" {status.st_ctime_ns}")

    def test_that_was_edited_since_is_not_noted(self, filled, monkeypatch):
        file = filled / "persist" / "cellar.json"
        with opened(filled) as hoard:
            change(hoard, 40)
            hoard.upkeep._write_persist()
            body = file.read_text()
            file.unlink()
            file.write_text(body.replace("40.0", "17.0"))
            monkeypatch.setattr("pyconfhoard.store.files.time.time", lambda: 0.0)
            hoard.files.stamp()
            hoard.upkeep.keeper.close(flush=False)
        with opened(filled) as hoard:
            assert value(hoard, f"{ROOM}/setpoint") == "17.0"
