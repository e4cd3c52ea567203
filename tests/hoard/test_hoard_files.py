"""Files follow the journal; what a person writes into them is taken over, or kept aside with the reason."""

import json
import logging

import pytest
from cellar import PUMP, ROOM, commit, edit, value

from pyconfhoard.errors import StoreError
from pyconfhoard.hoard import Hoard


def persist(folder, owner="cellar"):
    return folder / "persist" / f"{owner}.json"


def rewrite(path, change):
    """Edit a file by hand."""
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))


def stop(hoard):
    folder = hoard.folder
    hoard.close()
    return folder


class TestPersistFile:
    def test_holds_running_after_the_end(self, hoard):
        commit(hoard, f"{ROOM}/setpoint", "18.5")
        folder = stop(hoard)
        assert json.loads(persist(folder).read_text()) == {"cellar:house": {"room": {"setpoint": "18.5"}}}

    def test_follows_a_commit_by_itself(self, start, monkeypatch):
        monkeypatch.setattr("pyconfhoard.hoard.upkeep.FILES_DELAY", 0.0)
        hoard = start()
        commit(hoard, f"{ROOM}/setpoint", "18.5")
        hoard.upkeep.keeper.flush()
        assert "18.5" in persist(hoard.folder).read_text()
        assert hoard.view("persist", "cellar").branch == hoard.part("cellar")

    def test_is_there_for_every_owner_from_the_first_start(self, hoard):
        folder = stop(hoard)
        assert persist(folder).read_text() == "{}\n"

    def test_that_is_missing_is_written_again_and_deletes_nothing(self, hoard, start):
        commit(hoard, f"{ROOM}/setpoint", "18.5")
        folder = stop(hoard)
        persist(folder).unlink()
        hoard = start()
        assert value(hoard, f"{ROOM}/setpoint") == "18.5"
        stop(hoard)
        assert "18.5" in persist(folder).read_text()

    def test_that_lags_behind_the_journal_is_refreshed(self, hoard, start):
        commit(hoard, f"{ROOM}/setpoint", "18.5")
        hoard.upkeep.keeper.flush()
        commit(hoard, f"{ROOM}/setpoint", "19.5")
        hoard.upkeep.keeper.close(flush=False)  # as a crash would leave it
        assert hoard.view("persist", "cellar").branch["cellar:house"]["room"]["setpoint"] != 19.5
        folder = stop_without_files(hoard)
        assert "18.5" in persist(folder).read_text()
        hoard = start()
        assert value(hoard, f"{ROOM}/setpoint") == "19.5"
        assert str(hoard.view("persist", "cellar").branch["cellar:house"]["room"]["setpoint"]) == "18.5"
        stop(hoard)
        assert "19.5" in persist(folder).read_text()


def stop_without_files(hoard):
    """Close as a crash would, files left as they are."""
    for chore in hoard.upkeep.keeper.chores.values():
        chore.work = lambda: None
    return stop(hoard)


class TestHandEdit:
    @pytest.fixture
    def edited(self, hoard, start):
        """Start with ``setpoint`` 18.5, stop, let a person edit the file, start again."""

        def edited(change, meanwhile=None) -> Hoard:
            commit(hoard, ROOM, {"setpoint": "18.5", "high": "30.0"})
            hoard.upkeep.keeper.flush()
            if meanwhile is not None:
                meanwhile(hoard)
                folder = stop_without_files(hoard)
            else:
                folder = stop(hoard)
            rewrite(persist(folder), change) if callable(change) else persist(folder).write_bytes(change)
            return start()

        return edited

    def test_enters_as_a_transaction_with_the_author_file(self, edited):
        hoard = edited(lambda data: data["cellar:house"]["room"].update(setpoint="20.0"))
        assert value(hoard, f"{ROOM}/setpoint") == "20.0"
        last = hoard.last_record()
        assert (last.revision, last.author, last.source) == (2, "file", "persist/cellar.json")
        assert json.loads(last.edits) == [{"op": "replace", "path": f"{ROOM}/setpoint", "value": "20.0"}]

    def test_may_delete_and_add(self, edited):
        def change(data):
            del data["cellar:house"]["room"]["high"]
            data["cellar:menu"] = ["soup"]

        hoard = edited(change)
        assert value(hoard, ROOM) == {"setpoint": "18.5"}
        assert value(hoard, "/cellar:menu") == ["soup"]

    def test_of_blanks_only_makes_no_revision(self, edited):
        hoard = edited(lambda data: None)
        assert hoard.revision == 1
        stop(hoard)
        assert persist(hoard.folder).read_text().startswith('{\n  "cellar:house"')

    def test_is_merged_with_what_was_committed_after_the_file_was_written(self, edited):
        hoard = edited(
            lambda data: data["cellar:house"]["room"].update(setpoint="20.0"),
            meanwhile=lambda hoard: commit(hoard, f"{PUMP}/mode", "on"),
        )
        assert value(hoard, f"{ROOM}/setpoint") == "20.0"
        assert value(hoard, f"{PUMP}/mode") == "on"

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            (b"{", "line 1"),
            (b"[]", "not a JSON object"),
            (b"\xff\xfe", "UTF-8"),
            (b"", ""),
            (lambda data: data["cellar:house"]["room"].update(setpoint="1000.0"), "setpoint"),
            (lambda data: data["cellar:house"]["room"].update(setpiont="1.0"), "did you mean setpoint"),
            (lambda data: data["cellar:house"]["room"].update(high="9.0"), "high must not be below low"),
            (lambda data: data["cellar:house"].update(pump={"sensor": "none"}), "sensor"),
            (lambda data: data["cellar:house"]["room"].update(results={"latest": "1.0"}), "state"),
        ],
    )
    def test_that_is_not_valid_is_kept_aside_with_the_reason(self, edited, caplog, change, reason):
        with caplog.at_level(logging.WARNING):
            hoard = edited(change)
        folder = hoard.folder
        assert hoard.revision == 1
        assert value(hoard, ROOM) == {"setpoint": "18.5", "high": "30.0"}
        aside = folder / "persist" / "cellar.refused-1.json"
        assert aside.exists()
        told = aside.with_name("cellar.refused-1.reason.txt").read_text()
        assert reason in told
        assert "is refused and kept as cellar.refused-1.json" in caplog.text
        stop(hoard)
        assert json.loads(persist(folder).read_text())["cellar:house"]["room"]["setpoint"] == "18.5"

    def test_that_conflicts_is_kept_aside_naming_who_changed_it(self, edited):
        hoard = edited(
            lambda data: data["cellar:house"]["room"].update(setpoint="20.0"),
            meanwhile=lambda hoard: commit(hoard, f"{ROOM}/setpoint", "21.0", author="ann"),
        )
        assert value(hoard, f"{ROOM}/setpoint") == "21.0"
        told = (hoard.folder / "persist" / "cellar.refused-1.reason.txt").read_text()
        assert f"{ROOM}/setpoint: changed meanwhile by ann at " in told
        assert "(revision 2)" in told

    def test_refused_twice_is_kept_twice(self, edited, start):
        hoard = edited(b"{")
        folder = stop(hoard)
        persist(folder).write_text("[")
        start()
        assert sorted(path.name for path in (folder / "persist").glob("*.refused-*.json")) == [
            "cellar.refused-1.json",
            "cellar.refused-2.json",
        ]

    def test_of_what_belongs_to_a_thing_is_refused_in_the_modules_file(self, hoard, start):
        hoard.register_now("Pump", "cellar", "/house/pump")
        commit(hoard, f"{ROOM}/setpoint", "18.5")
        folder = stop(hoard)
        rewrite(persist(folder), lambda data: data["cellar:house"].update(pump={"mode": "on"}))
        hoard = start()
        assert value(hoard, f"{PUMP}/mode") is None
        assert "into persist/Pump.json" in (folder / "persist" / "cellar.refused-1.reason.txt").read_text()

    def test_crash_between_mark_and_rename_is_no_hand_edit(self, hoard, start):
        commit(hoard, f"{ROOM}/setpoint", "18.5")
        hoard.upkeep.keeper.flush()
        commit(hoard, f"{ROOM}/setpoint", "19.5")
        settled = hoard.files._journal.settle_file
        before = persist(hoard.folder).read_bytes()
        hoard.files._journal.settle_file = lambda *_: None
        hoard.upkeep.keeper.flush()
        hoard.files._journal.settle_file = settled
        persist(hoard.folder).write_bytes(before)  # the rename did not reach the disk
        folder = stop_without_files(hoard)
        assert len(marks := start().journal.file_marks("persist/cellar.json")) == 2, marks
        assert not list((folder / "persist").glob("*refused*"))


class TestFirstData:
    def test_comes_from_the_persist_file(self, folder, start):
        persist(folder).parent.mkdir(parents=True)
        persist(folder).write_text('{"cellar:house": {"room": {"setpoint": "12.0"}}}')
        hoard = start()
        assert value(hoard, f"{ROOM}/setpoint") == "12.0"  # explicit, though it is the default
        assert hoard.last_record().author == "file"

    def test_comes_from_the_startup_file_whose_defaults_stay_defaults(self, folder, start):
        (folder / "startup").mkdir(parents=True)
        (folder / "startup" / "cellar.json").write_text(
            json.dumps(
                {
                    "cellar:house": {"room": {"setpoint": "12.0", "low": "11.0"}, "pump": {"mode": "off"}},
                    "cellar:bottle": [{"name": "a", "foil": True}, {"name": "b", "cork": "c", "foil": True}],
                }
            )
        )
        hoard = start()
        assert value(hoard, "/cellar:house") == {"room": {"low": "11.0"}}
        # Without its explicit foil, "a" would not be of the case cork.
        assert value(hoard, "/cellar:bottle") == [{"name": "a", "foil": True}, {"name": "b", "cork": "c"}]

    def test_of_both_files_is_that_of_persist(self, folder, start):
        for kind, text in (("persist", "1.0"), ("startup", "2.0")):
            (folder / kind).mkdir(parents=True)
            (folder / kind / "cellar.json").write_text(json.dumps({"cellar:house": {"room": {"low": text}}}))
        assert value(start(), f"{ROOM}/low") == "1.0"

    def test_is_taken_once(self, folder, hoard, start):
        commit(hoard, f"{ROOM}/low", "5.0")
        commit(hoard, "/cellar:house")
        stop(hoard)
        (folder / "startup" / "cellar.json").write_text('{"cellar:house": {"room": {"low": "1.0"}}}')
        assert value(start(), f"{ROOM}/low") is None

    @pytest.mark.parametrize("text", ["{", '{"cellar:house": {"room": {"high": "1.0"}}}'])
    def test_of_a_bad_persist_file_is_kept_aside_and_startup_counts(self, folder, start, text):
        for kind, body in (("persist", text), ("startup", '{"cellar:house": {"room": {"low": "1.0"}}}')):
            (folder / kind).mkdir(parents=True)
            (folder / kind / "cellar.json").write_text(body)
        hoard = start()
        assert value(hoard, "/cellar:house") == {"room": {"low": "1.0"}}
        assert (folder / "persist" / "cellar.refused-1.json").read_text() == text

    @pytest.mark.parametrize("text", ["{", '{"cellar:house": {"room": {"high": "1.0"}}}'])
    def test_of_a_bad_startup_file_stops_the_start_with_the_reason(self, folder, start, text):
        (folder / "startup").mkdir(parents=True)
        (folder / "startup" / "cellar.json").write_text(text)
        with pytest.raises(
            StoreError, match=r"startup/cellar\.json cannot be taken as first data: .*Correct the"
        ):
            start()
        (folder / "startup" / "cellar.json").unlink()
        start()

    def test_of_a_lost_journal_is_what_the_persist_file_has(self, hoard, start):
        commit(hoard, f"{ROOM}/setpoint", "18.5")
        folder = stop(hoard)
        (folder / "journal.db").unlink()
        assert value(start(), f"{ROOM}/setpoint") == "18.5"

    def test_may_refer_to_that_of_another_owner(self, folder, start):
        hoard = start()
        hoard.register_now("Pump", "cellar", "/house/pump")
        commit(hoard, f"{ROOM}/probe", [{"id": "x"}])
        commit(hoard, f"{PUMP}/sensor", "x")
        stop(hoard)
        (folder / "journal.db").unlink()
        hoard = start()
        hoard.register_now("Pump", "cellar", "/house/pump")
        assert value(hoard, f"{PUMP}/sensor") == "x"


class TestViews:
    def test_of_running_are_the_owners_part(self, hoard):
        hoard.register_now("Pump", "cellar", "/house/pump")
        commit(hoard, "/cellar:house", {"room": {"low": "1.0"}, "pump": {"mode": "on"}})
        assert list(hoard.view("running", "Pump").branch.members) == ["mode"]
        assert list(hoard.view("running", "cellar").branch["cellar:house"].members) == ["room"]
        commit(hoard, ROOM)
        assert hoard.view("running", "cellar").branch.members == {}

    def test_of_an_owner_without_data_are_empty(self, hoard):
        hoard.register_now("Pump", "cellar", "/house/pump")
        for datastore in ("running", "operational", "persist"):
            view = hoard.view(datastore, "Pump")
            assert (view.owner.name, view.branch.members) == ("Pump", {})

    def test_of_startup_are_what_the_file_holds_defaults_included(self, hoard):
        hoard.register_now("Pump", "cellar", "/house/pump")
        assert hoard.view("startup", "Pump").branch.members == {"mode": "off"}
        assert hoard.view("startup", "cellar").branch.members == {}

    @pytest.mark.damages_store
    def test_of_a_broken_startup_file_say_so(self, hoard):
        hoard.register_now("Pump", "cellar", "/house/pump")
        (hoard.folder / "startup" / "Pump.json").write_text("{")
        with pytest.raises(StoreError, match=r"startup/Pump\.json"):
            hoard.view("startup", "Pump")


class TestKeeperOfFiles:
    def test_that_cannot_write_says_so_once_and_tries_again(self, hoard, caplog):
        commit(hoard, f"{ROOM}/low", "1.0")
        (hoard.folder / "persist").rename(hoard.folder / "away")
        (hoard.folder / "persist").write_text("a file")
        chore = hoard.upkeep.keeper.chores["persist files"]
        with caplog.at_level(logging.WARNING):
            hoard.upkeep.keeper.flush()
            hoard.upkeep.keeper.flush()
        assert caplog.text.count("persist/cellar.json cannot be written: Not a directory") == 1
        assert chore.due is not None
        (hoard.folder / "persist").unlink()
        (hoard.folder / "away").rename(hoard.folder / "persist")
        hoard.upkeep.keeper.flush()
        assert chore.reason == ""
        assert "1.0" in persist(hoard.folder).read_text()

    def test_gives_a_failed_commit_no_file(self, hoard):
        with pytest.raises(ValueError, match="high must"):
            hoard.commit_now([edit(hoard, "merge", f"{ROOM}/high", "1.0")], author="me")
        hoard.upkeep.keeper.flush()
        assert persist(hoard.folder).read_text() == "{}\n"
