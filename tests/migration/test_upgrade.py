"""A datastore that goes to a changed model, and back."""

import asyncio
import json
import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from functools import partial

import pytest
from brewing import AFTER, BEFORE, OLD, RULES, write_new, write_old

from pyconfhoard.errors import BadInput, Conflict, DatastoreInUse, NotFound, NotSupported, StoreError
from pyconfhoard.hoard import Retention, Terms
from pyconfhoard.hoard.feed import feed
from pyconfhoard.hoard.upgrade import Upgrade, downgrade, planned
from pyconfhoard.store.checker import check
from pyconfhoard.store.repair import repair
from pyconfhoard.store.sqlite import SqliteJournal
from pyconfhoard.tree import Edit, parse_path, to_json


def data(hoard):
    return to_json(hoard.schema.root, hoard.running)


@pytest.fixture
def opened(folder, yang):
    """Opens an upgrade of the datastore."""

    def opened(**more):
        return Upgrade.open(folder, yang=[yang], modules=["brewery"], **more)

    return opened


class TestChangedModelWithRules:
    @pytest.fixture(autouse=True)
    def _changed(self, brewed, yang):
        write_new(yang)

    def test_waits_and_the_old_one_serves_although_its_yang_is_gone(self, start):
        hoard = start()
        assert data(hoard) == BEFORE
        assert "leaf target" in (hoard.yang[0] / "brewery.yang").read_text()
        assert hoard.schema.modules["brewery"].revision == "2026-05-01"
        assert "./launch --upgrade" in str(hoard.waiting.error())
        place = parse_path(hoard.schema, "/brewery:cellar/note")
        assert hoard.commit_now([Edit("merge", place, "ale")], author="bob").revision == 3

    def test_plan_is_a_dry_run(self, folder, opened):
        before = (folder / "journal.db").read_bytes()
        with opened() as upgrade:
            text = upgrade.plan.text()
            assert upgrade.plan.faults == ()
        assert "brewery 2026-05-01 to 2026-11-21" in text
        assert "  -   setpoint 68.0\n" in text
        assert "  +   target 20.0\n" in text
        assert (folder / "journal.db").read_bytes() == before

    def test_plan_of_a_hoard_at_work_is_of_what_it_holds_now(self, start, yang):
        hoard = start()
        place = parse_path(hoard.schema, "/brewery:cellar/note")
        hoard.commit_now([Edit("merge", place, "just now")], author="bob")
        assert "just now" not in planned(hoard).difference.text()
        assert to_json(planned(hoard).new.root, planned(hoard).after)["brewery:cellar"]["note"] == "just now"
        write_old(yang)
        assert planned(hoard) is None

    def test_upgrade_is_one_revision_and_keeps_the_rest(self, folder, opened, start):
        with opened() as upgrade:
            text = upgrade.plan.text()
            done = upgrade.apply(author="ann")
        assert done.revision == 3
        assert done.backup.is_file()
        assert done.backup.with_suffix(".txt").read_text() == text
        assert check(folder) == []
        hoard = start()
        assert (data(hoard), hoard.revision, hoard.waiting) == (AFTER, 3, None)
        line = hoard.history.revisions(limit=1)[0]
        assert (line.author, line.source) == ("ann", "upgrade")
        assert line.comment == "change of model: brewery 2026-05-01 to 2026-11-21"
        assert json.loads((folder / "persist" / "brewery.json").read_text()) == BEFORE
        hoard.close()
        assert json.loads((folder / "persist" / "brewery.json").read_text()) == AFTER
        assert not list((folder / "persist").glob("*refused*"))

    def test_upgraded_datastore_goes_on_as_any(self, opened, start, folder):
        with opened() as upgrade:
            upgrade.apply()
        for revision in (4, 5):
            with start() as hoard:
                place = parse_path(hoard.schema, "/brewery:cellar/note")
                assert (
                    hoard.commit_now([Edit("merge", place, str(revision))], author="bob").revision == revision
                )
        assert check(folder) == []
        hoard = start()
        assert hoard.history.diff(4, 5).text().splitlines()[-2:] == ["-   note 4", "+   note 5"]
        assert hoard.history.undo_now(5, author="me").revision == 6

    def test_history_before_the_upgrade_is_listed_and_says_the_way_to_it(self, opened, start):
        with opened() as upgrade:
            upgrade.apply()
        hoard = start()
        assert [line.revision for line in hoard.history.revisions()] == [3, 2, 1]
        for ask in (
            lambda: hoard.history.diff(1, 3),
            lambda: hoard.history.diff(1, "running"),
            lambda: hoard.history.rollback_now(2, author="me"),
            lambda: hoard.history.try_rollback(2),
            lambda: hoard.history.undo_now(2, author="me"),
            lambda: hoard.history.undo_now(3, author="me"),
            lambda: hoard.root_at(1),
        ):
            with pytest.raises(NotSupported, match=r"in the words of an older model.*\./launch --downgrade"):
                ask()

    def test_revisions_before_the_upgrade_are_shown_in_the_words_of_their_model(self, opened, start):
        hoard = start()
        place = parse_path(hoard.schema, "/brewery:cellar/note")
        for note in ("ale", "bock"):
            hoard.commit_now([Edit("merge", place, note)], author="bob")
        before = {number: hoard.history.get(number).difference.text() for number in (1, 2, 3, 4)}
        pairs = {pair: hoard.history.diff(*pair).text() for pair in ((1, 4), (4, 1), (2, 3))}
        hoard.close()
        with opened() as upgrade:
            upgrade.apply()
        hoard = start()
        for number, text in before.items():
            assert hoard.history.get(number).difference.text() == text
            assert hoard.history.get(number).difference.json() == []
        for pair, text in pairs.items():
            assert hoard.history.diff(*pair).text() == text
        setpoint = parse_path(hoard.schema, "/brewery:kettle")
        assert hoard.history.diff(2, 3, setpoint).text() == ""

    def test_upgrade_itself_is_shown_with_what_was_there(self, opened, start):
        with opened() as upgrade:
            upgrade.apply()
        hoard = start()
        assert hoard.history.get(3).difference.text().splitlines() == [
            "- /brewery:cellar/setpoint 68.0",
            "+ /brewery:cellar/target 20.0",
            "- /brewery:cellar/mode cold",
            "+ /brewery:cellar/mode cool",
            "+ /brewery:cellar/limit 25.0",
        ]
        assert hoard.history.diff(2, 3).text() == hoard.history.get(3).difference.text()
        mode = parse_path(hoard.schema, "/brewery:cellar/mode")
        assert (
            hoard.history.diff(2, 3, mode).text()
            == "- /brewery:cellar/mode cold\n+ /brewery:cellar/mode cool\n"
        )

    def test_blame_is_the_upgrades_where_it_changed_something_and_the_old_ones_elsewhere(self, opened, start):
        with opened() as upgrade:
            upgrade.apply(author="ann")
        hoard = start()
        blamed = {str(one.path): one.by.revision for one in hoard.history.blame()}
        assert blamed == {
            "/brewery:cellar/target": 3,
            "/brewery:cellar/mode": 3,
            "/brewery:cellar/note": 2,
            "/brewery:cellar/limit": 3,
            "/brewery:kettle[name='mash']/name": 2,
            "/brewery:kettle[name='mash']/volume": 2,
        }

    async def _first(self, hoard, after):
        async for event in feed(hoard, after=after):
            return event
        return None

    def test_follower_from_before_has_to_read_the_whole_anew(self, opened, start):
        with opened() as upgrade:
            upgrade.apply()
        hoard = start()
        with pytest.raises(NotFound, match="read the whole"):
            asyncio.run(self._first(hoard, 1))
        place = parse_path(hoard.schema, "/brewery:cellar/note")
        hoard.commit_now([Edit("merge", place, "x")], author="bob")
        assert asyncio.run(self._first(hoard, 3)).revision == 4

    def test_once_made_there_is_nothing_to_upgrade(self, opened):
        with opened() as upgrade:
            upgrade.apply()
            with pytest.raises(BadInput, match="nothing to upgrade"):
                upgrade.apply()
        with opened() as upgrade:
            assert upgrade.plan is None

    def test_goes_back_with_its_model_and_holds_the_new_one(self, opened, start, folder):
        with opened() as upgrade:
            upgrade.apply()
        with start() as hoard:
            place = parse_path(hoard.schema, "/brewery:cellar/note")
            hoard.commit_now([Edit("merge", place, "since")], author="bob")
        back = downgrade(folder)
        assert (back.revision, back.lost) == (2, 1)
        with start() as hoard:
            assert (data(hoard), hoard.revision) == (BEFORE, 2)
            assert hoard.waiting.held
        assert list((folder / "aside").iterdir())
        with pytest.raises(NotFound, match="nothing to go back to"):
            downgrade(folder)
        with opened() as upgrade:
            upgrade.apply()
        with start() as hoard:
            assert (data(hoard), hoard.waiting) == (AFTER, None)

    def test_going_back_may_be_declined(self, opened, folder, start):
        with opened() as upgrade:
            upgrade.apply()
        assert downgrade(folder, agree=lambda going: False) is None
        assert data(start()) == AFTER

    def test_old_files_put_back_are_served_without_a_word(self, start, yang):
        write_old(yang)
        assert start().waiting is None

    def test_that_a_hoard_uses_is_refused_naming_it(self, start, opened, folder):
        hoard = start(url="http://here")
        with pytest.raises(DatastoreInUse, match="http://here"):
            opened()
        with pytest.raises(DatastoreInUse, match="http://here"):
            downgrade(folder)
        hoard.close()

    def test_edit_by_hand_of_the_old_data_stops_it_until_it_was_taken_over(self, start, opened, folder):
        file = folder / "persist" / "brewery.json"
        file.write_text(file.read_text().replace("lager", "ale"))
        with opened() as upgrade:
            assert ["edited by hand" in fault.message for fault in upgrade.plan.faults] == [True]
            with pytest.raises(Conflict):
                upgrade.apply()
        start().close()
        with opened() as upgrade:
            assert upgrade.apply().revision == 4
        assert data(start())["brewery:cellar"]["note"] == "ale"

    def test_rules_that_are_broken_leave_the_old_model_serving(self, yang, start):
        (yang / "brewery.migration.json").write_text("{")
        hoard = start()
        assert data(hoard) == BEFORE
        assert "brewery.migration.json" in str(hoard.waiting.error())


class TestDataThatWouldNotBeValid:
    def test_stops_the_upgrade_with_each_path_and_reason(self, brewed, yang, opened, start, folder):
        write_new(yang, {"drop": [{"path": "/brewery:cellar/setpoint"}]})
        with opened() as upgrade:
            told = [str(fault) for fault in upgrade.plan.faults]
            assert len(told) == 1
            assert "/brewery:cellar/mode" in told[0]
            with pytest.raises(Conflict):
                upgrade.apply()
        assert not (folder / "upgrades").exists()
        assert data(start()) == BEFORE

    def test_names_what_is_missing(self, brewed, yang, opened):
        write_new(yang, {"convert": RULES["convert"]})
        with opened() as upgrade:
            (fault,) = upgrade.plan.faults
            assert (fault.tag, "limit" in fault.path + fault.message) == ("data-missing", True)


class TestThings:
    def test_keep_their_registration_where_their_subtree_went(self, brewed, yang, start, opened):
        with start() as hoard:
            hoard.register_now("Cellar", "brewery", "/cellar", "The cellar")
            hoard.register_now("Mash", "brewery", "/kettle[name='mash']")
        text = (yang / "brewery.yang").read_text()
        (yang / "brewery.yang").write_text(
            text.replace("cellar", "vault").replace("2026-05-01", "2026-11-21")
        )
        step = {
            "from-revision": "2026-05-01",
            "to-revision": "2026-11-21",
            "rename": [{"path": "/brewery:cellar", "to": "vault"}],
        }
        content = {"pyconfhoard-migration:migration": {"module": "brewery", "step": [step]}}
        (yang / "brewery.migration.json").write_text(json.dumps(content))
        with opened() as upgrade:
            assert upgrade.touched() == {"Cellar": "/brewery:vault"}
            upgrade.apply()
            assert upgrade.touched() == {}
        hoard = start()
        owner = hoard.owners["Cellar"]
        assert (str(owner.path), owner.title) == ("/brewery:vault", "The cellar")
        assert hoard.rows["Cellar"].token_sha256


class TestOtherStates:
    def test_confirmed_commit_that_waits_stops_it(self, brewed, yang, start, opened, folder):
        hoard = start()
        place = parse_path(hoard.schema, "/brewery:cellar/note")
        hoard.confirmed.commit_now([Edit("merge", place, "x")], Terms(timeout=600, persist="p"), author="bob")
        hoard.close()
        write_new(yang)
        with pytest.raises(Conflict, match="start the hoard once"):
            opened()
        start().close()
        with opened() as upgrade:
            upgrade.apply()
        assert data(start()) == AFTER

    def test_data_that_fits_needs_no_upgrade_but_may_have_one(self, brewed, yang, start, opened):
        text = OLD.replace("2026-05-01", "2026-11-21").replace(
            "leaf note", "leaf more { type string; } leaf note"
        )
        (yang / "brewery.yang").write_text(text)
        with opened() as upgrade:
            assert upgrade.plan.fits
            assert upgrade.apply().revision == 2
        hoard = start()
        assert (data(hoard), hoard.waiting, hoard.revision) == (BEFORE, None, 2)
        assert hoard.history.diff(1, 2)

    def test_defaults_that_change_at_a_start_are_told_in_the_log(self, brewed, yang, start, caplog):
        text = OLD.replace("2026-05-01", "2026-11-21").replace("default 64.4", "default 50.0")
        (yang / "brewery.yang").write_text(text)
        assert start().waiting is None
        assert "where nobody has set a value: /brewery:cellar/setpoint 64.4 becomes 50.0" in caplog.text

    def test_there_is_no_datastore(self, tmp_path):
        with pytest.raises(NotFound, match="no datastore"):
            Upgrade.open(tmp_path / "nowhere")
        with pytest.raises(NotFound, match="no datastore"):
            downgrade(tmp_path / "nowhere")

    @pytest.mark.damages_store
    def test_damaged_snapshot_of_an_upgraded_datastore_is_repaired_and_loses_nothing(
        self, brewed, yang, start, opened, folder
    ):
        write_new(yang)
        with opened() as upgrade:
            upgrade.apply()
        with start() as hoard:
            place = parse_path(hoard.schema, "/brewery:cellar/note")
            hoard.commit_now([Edit("merge", place, "since")], author="bob")
        with closing(sqlite3.connect(folder / "journal.db")) as journal:
            journal.execute("UPDATE snapshot SET crc = crc + 1")
            journal.commit()
        assert "the last revision, 4, is whole" in repair(folder)
        assert check(folder) == []
        hoard = start()
        assert (data(hoard)["brewery:cellar"]["note"], hoard.waiting) == ("since", None)

    def test_way_back_is_found_although_other_modules_were_served_since(
        self, brewed, yang, start, opened, folder
    ):
        write_new(yang)
        with opened() as upgrade:
            upgrade.apply()
        with start(modules=["brewery", "ietf-yang-library"]) as hoard:
            assert data(hoard) == AFTER
        assert downgrade(folder).revision == 2
        assert data(start()) == BEFORE


class TestModelCompiledByAnotherVersion:
    """Its form, as the journal keeps it, cannot be read any more."""

    @pytest.fixture(autouse=True)
    def _unreadable(self, brewed, folder):
        with closing(SqliteJournal(folder / "journal.db")) as journal:
            last = journal.models()[-1]
            journal.add_model(replace(last, dump=b'{"format": 0}'), journal.snapshot())

    def test_is_that_of_the_yang_files_if_these_are_the_same(self, start, opened, folder):
        assert ["cannot be read" in wrong for wrong in check(folder)] == [True]
        with start() as hoard:
            assert (data(hoard), hoard.revision) == (BEFORE, 2)
        with opened() as upgrade:
            assert upgrade.plan is None
        assert check(folder) == []

    @pytest.mark.damages_store
    def test_is_missed_where_the_yang_files_say_another_one(self, yang, start, opened):
        write_new(yang)
        for begin in (start, opened):
            with pytest.raises(StoreError, match="Put the YANG files of that time back"):
                begin()
        write_old(yang)
        with start() as hoard:
            assert data(hoard) == BEFORE
        write_new(yang)
        with opened() as upgrade:
            upgrade.apply()
        assert data(start()) == AFTER


class TestDisk:
    def test_that_is_full_leaves_the_old_model_and_data(self, brewed, yang, start, folder):
        write_new(yang)
        large = f'description "{random.Random(0).randbytes(200_000).hex()}"; leaf target'
        (yang / "brewery.yang").write_text((yang / "brewery.yang").read_text().replace("leaf target", large))
        full = partial(SqliteJournal, max_pages=(folder / "journal.db").stat().st_size // 4096)
        with (
            Upgrade.open(folder, yang=[yang], modules=["brewery"], journal=full) as upgrade,
            pytest.raises(StoreError, match="full"),
        ):
            upgrade.apply()
        assert check(folder) == []
        assert data(start()) == BEFORE

    def test_lets_the_oldest_backups_go_with_their_plans(self, brewed, yang, opened, folder):
        write_new(yang)
        place = folder / "upgrades"
        place.mkdir(mode=0o700)
        old = [
            place / f"2020010{day}T120000.000000Z-revision-{day}-before-{day:016x}.db" for day in (1, 2, 3)
        ]
        for file in (*old, place / "mine.db"):
            file.write_bytes(b"a backup of old")
            file.with_suffix(".txt").write_text("its plan")
        with opened() as upgrade:
            made = upgrade.apply(keep=2)
        left = {file.name for file in place.iterdir()}
        kept = (made.backup, old[2], place / "mine.db")
        assert left == {name for file in kept for name in (file.name, file.with_suffix(".txt").name)}

    def test_never_lets_its_own_backup_go_when_the_clock_went_back(self, brewed, yang, opened, folder):
        write_new(yang)
        place = folder / "upgrades"
        place.mkdir(mode=0o700)
        later = place / f"29990101T120000.000000Z-revision-9-before-{9:016x}.db"
        later.write_bytes(b"made before the clock was set back")
        with opened() as upgrade:
            made = upgrade.apply(keep=1)
        assert [file.name for file in place.glob("*.db")] == [made.backup.name]

    def test_that_cannot_take_the_backup_leaves_all_as_it_was(self, brewed, yang, start, opened, folder):
        write_new(yang)
        (folder / "upgrades").write_text("a file where the backups belong")
        with opened() as upgrade, pytest.raises(StoreError, match="upgrades cannot be written"):
            upgrade.apply()
        assert data(start()) == BEFORE


class TestConvertedValues:
    """Values before and after are valid under both models, and do not mean the same."""

    @pytest.fixture
    def converted(self, brewed, yang, start, opened):
        with start() as hoard:
            hoard.history.label_now("first", 1)
        (yang / "brewery.yang").write_text(OLD.replace("2026-05-01", "2026-11-21"))
        rule = {"path": "/brewery:cellar/setpoint", "expression": "round((. - 32) * 50 div 9) div 10"}
        step = {"from-revision": "2026-05-01", "to-revision": "2026-11-21", "convert": [rule]}
        content = {"pyconfhoard-migration:migration": {"module": "brewery", "step": [step]}}
        (yang / "brewery.migration.json").write_text(json.dumps(content))
        with start() as hoard:
            assert hoard.waiting.plan.faults == ()
            assert hoard.schema.modules["brewery"].revision == "2026-05-01"
        with opened() as upgrade:
            upgrade.apply()

    def test_are_not_rolled_back_to(self, converted, start):
        hoard = start()
        assert data(hoard)["brewery:cellar"]["setpoint"] == "20.0"
        for revision in ("first", 2):
            with pytest.raises(NotSupported, match="older model"):
                hoard.history.rollback_now(revision, author="me")

    def test_are_not_rolled_back_to_although_they_were_kept(self, converted, start):
        for note in "abcdef":
            with start(retention=Retention(last=2, within=None)) as hoard:
                place = parse_path(hoard.schema, "/brewery:cellar/note")
                hoard.commit_now([Edit("merge", place, note)], author="bob")
        hoard = start(retention=Retention(last=2, within=None))
        assert [line.revision for line in hoard.history.revisions()] == [9, 8, 3, 1]
        with pytest.raises(NotSupported, match="older model"):
            hoard.history.rollback_now("first", author="me")
        assert hoard.history.try_rollback("upgrade-3").text().splitlines()[-2:] == [
            "-   note f",
            "+   note lager",
        ]
