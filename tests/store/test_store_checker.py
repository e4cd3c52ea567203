"""The checker finds what is wrong, and finds nothing wrong with what is whole."""

import pytest

from pyconfhoard.errors import DatastoreInUse
from pyconfhoard.hoard import Hoard
from pyconfhoard.store.checker import check
from pyconfhoard.store.snapshots import freeze_into
from pyconfhoard.store.sqlite import SqliteJournal
from pyconfhoard.tree import Edit, Path, decode, to_json

MODEL = """
module shop {
  yang-version 1.1;
  namespace "urn:shop";
  prefix s;
  list thing {
    key "id";
    leaf id { type string; }
    leaf price { type uint32; must ". < 1000" { error-message "too dear"; } }
  }
}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "shop.yang").write_text(MODEL)
    return tmp_path / "datastore"


def opened(folder):
    return Hoard.open(folder, yang=[folder.parent], modules=["shop"])


def things(hoard, first, last):
    raw = {"shop:thing": [{"id": f"{n:04}", "price": n % 999} for n in range(first, last)]}
    hoard.commit_now([Edit("merge", Path.ROOT, decode(hoard.schema.root, raw, Path.ROOT))], author="me")


@pytest.fixture
def filled(folder):
    """A datastore with pages, a snapshot and records after it."""
    with opened(folder) as hoard:
        things(hoard, 0, 800)
    with opened(folder) as hoard:
        things(hoard, 800, 900)
        hoard.upkeep.keeper.chores["snapshot"].work = lambda: None
    return folder


def spoil(folder, query):
    journal = SqliteJournal(folder / "journal.db")
    with journal._transaction() as writer:
        assert writer.execute(query).rowcount
    journal.close()


class TestCheck:
    def test_of_a_whole_folder_finds_nothing(self, filled):
        assert check(filled) == []

    def test_of_a_folder_without_a_journal_finds_nothing(self, tmp_path):
        assert check(tmp_path) == []

    def test_of_a_folder_in_use_is_refused(self, filled):
        with opened(filled), pytest.raises(DatastoreInUse):
            check(filled)

    @pytest.mark.damages_store
    @pytest.mark.parametrize(
        ("query", "words"),
        [
            ("UPDATE log SET edits = '[]' WHERE revision = 1", "the checksum of revision 1 is wrong"),
            ("DELETE FROM log WHERE revision = 1", "revision 1 is missing"),
            ("UPDATE page SET body = x'7b7d' WHERE id = (SELECT max(id) FROM page)", "the checksum of page"),
            ("DELETE FROM page WHERE id = (SELECT max(id) FROM page)", "is missing"),
            ("UPDATE snapshot SET root = '[]'", "the checksum of the snapshot"),
            ("UPDATE snapshot SET revision = 99", "the checksum of the snapshot"),
            ("UPDATE model SET dump = x'00'", "the checksum of the model"),
            ("DELETE FROM model", "no model"),
        ],
    )
    def test_of_a_damaged_folder_says_what_is_wrong(self, filled, query, words):
        spoil(filled, query)
        found = check(filled)
        assert any(words in wrong for wrong in found), found

    @pytest.mark.damages_store
    def test_of_a_file_that_is_no_journal_says_so(self, filled):
        (filled / "journal.db").write_bytes(b"x" * 10_000)
        assert "not a database" in check(filled)[0]


class TestPages:
    """Snapshots of large lists, through opens and changes."""

    def test_write_what_changed_and_let_go_what_nobody_needs(self, filled):
        with opened(filled) as hoard:
            hoard.journal.add_snapshot(snapshot_of(hoard))
            before = hoard.journal.snapshot().pages
            hoard.commit_now([Edit("remove", whole(hoard).entry(("0005",)))], author="me")
            hoard.journal.add_snapshot(snapshot_of(hoard))
            after = hoard.journal.snapshot().pages
            assert 0 < len(after - before) <= 2
            assert len(before & after) >= len(before) - 2

    def test_of_a_state_that_comes_back_are_written_again(self, filled):
        with opened(filled) as hoard:
            old = hoard.running["shop:thing"]
            one = whole(hoard).entry(("0001",))
            hoard.commit_now([Edit("merge", one, entry(hoard, "0001", 7))], author="me")
            new = hoard.running["shop:thing"]
            for entries in (new, old, new):
                hoard.commit_now([Edit("remove", Path.ROOT)], author="me")
                hoard.journal.add_snapshot(snapshot_of(hoard))
                hoard.commit_now([Edit("replace", whole(hoard), entries)], author="me")
                hoard.journal.add_snapshot(snapshot_of(hoard))
        assert check(filled) == []
        with opened(filled) as hoard:
            assert to_json(hoard.schema.root, hoard.running)["shop:thing"] == to_json(new.schema, new)


def snapshot_of(hoard):
    return freeze_into(hoard.journal, hoard.running, hoard.revision, hoard.schema.fingerprint)


def whole(hoard):
    return Path.ROOT.child(hoard.schema.root.children["shop:thing"])


def entry(hoard, id, price):
    node = hoard.schema.root.children["shop:thing"]
    return decode(node, [{"id": id, "price": price}], whole(hoard)).get((id,))
