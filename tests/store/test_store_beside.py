"""A check beside a hoard at work is of one moment, changes nothing, and holds nobody up."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pyconfhoard.errors import NotFound, StoreError
from pyconfhoard.hoard import Hoard
from pyconfhoard.store.beside import Checked, PinnedJournal, check_beside
from pyconfhoard.tree import Edit, parse_path

MODEL = "module shop { namespace 'urn:shop'; prefix s; leaf price { type uint32; } }"


@pytest.fixture
def hoard(tmp_path: Path) -> Iterator[Hoard]:
    (tmp_path / "shop.yang").write_text(MODEL)
    with Hoard.open(tmp_path / "datastore", yang=[tmp_path], modules=["shop"]) as hoard:
        yield hoard


def pay(hoard: Hoard, price: int) -> None:
    hoard.commit_now([Edit("merge", parse_path(hoard.schema, "/shop:price"), price)], author="me")


def test_whole_datastore_is_found_whole_at_its_last_revision(hoard: Hoard) -> None:
    pay(hoard, 1)
    assert check_beside(hoard.folder) == Checked(1, ())
    pay(hoard, 2)
    assert check_beside(hoard.folder) == Checked(2, ())


def test_moment_stays_while_commits_go_on(hoard: Hoard) -> None:
    pay(hoard, 1)
    journal = PinnedJournal(hoard.folder / "journal.db")
    pay(hoard, 2)
    assert (journal.head, [record.revision for record in journal.records(0)]) == (1, [1])
    assert journal.check() == []
    with pytest.raises(StoreError, match="is closed"):
        journal.put_label("mine", 1)
    journal.close()


@pytest.mark.damages_store
def test_damage_is_told_with_the_revision(hoard: Hoard) -> None:
    pay(hoard, 1)
    with hoard.journal._transaction() as writer:  # type: ignore[attr-defined]
        writer.execute("UPDATE log SET author = 'nobody'")
    (hoard.folder / "persist").mkdir(exist_ok=True)
    (hoard.folder / "persist" / "shop.json").write_text("{")
    found = check_beside(hoard.folder)
    assert found.revision == 1
    assert [("persist/shop.json" in one, "revision 1" in one) for one in found.problems] == [
        (True, False),
        (False, True),
    ]


def test_no_datastore_is_made(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="there is no datastore"):
        check_beside(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []
