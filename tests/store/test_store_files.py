"""Files and their marks: what is ours, what a person changed."""

import pytest

from pyconfhoard.errors import BadInput, StoreError
from pyconfhoard.store.files import Files, Found, valid_name
from pyconfhoard.store.journal import FileMark
from pyconfhoard.store.sqlite import SqliteJournal


@pytest.fixture
def journal(tmp_path):
    journal = SqliteJournal(tmp_path / "j.db")
    yield journal
    journal.close()


@pytest.fixture
def files(tmp_path, journal):
    return Files(tmp_path, journal)


class TestFiles:
    def test_have_their_folders(self, files):
        assert {path.name for path in files.folder.iterdir() if path.is_dir()} == {
            "startup",
            "persist",
            "operational",
            "run",
        }

    def test_that_are_missing_are_found_missing(self, files):
        assert files.find("x") == Found("missing", None)
        assert files.read("persist", "x") is None

    def test_that_we_wrote_are_ours_with_their_revision(self, files):
        files.write_persist("x", [b"{}"], 7)
        found = files.find("x")
        assert (found.state, found.mark.revision) == ("ours", 7)
        assert files.ours("persist", "x")
        assert files.read("persist", "x") == b"{}"

    def test_that_a_person_changed_are_edits_of_our_last_revision(self, files):
        files.write_persist("x", [b"{}"], 7)
        files.path("persist", "x").write_text("{ }")
        found = files.find("x")
        assert (found.state, found.mark.revision) == ("edited", 7)
        assert not files.ours("persist", "x")

    def test_that_came_from_elsewhere_are_edits_of_nothing(self, files):
        files.path("persist", "x").write_text("{}")
        assert files.find("x") == Found("edited", None)

    def test_are_marked_before_they_are_renamed(self, files, journal):
        files.write_persist("x", [b"old"], 1)
        seen = []
        mark = journal.mark_file

        def spy(file, new):
            seen.append((files.read("persist", "x"), new.revision))
            mark(file, new)

        journal.mark_file = spy
        files.write_persist("x", [b"new"], 2)
        assert seen == [(b"old", 2)]
        assert [one.revision for one in journal.file_marks("persist/x.json")] == [2]

    def test_of_both_sides_of_a_crash_in_the_rename_are_ours(self, files, journal):
        files.write_persist("x", [b"old"], 1)
        old = journal.file_marks("persist/x.json")
        files.write_persist("x", [b"new"], 2)
        new = journal.file_marks("persist/x.json")
        journal.settle_file("persist/x.json", old[0])
        journal.mark_file("persist/x.json", new[0])
        for text, revision in ((b"old", 1), (b"new", 2)):
            files.path("persist", "x").write_bytes(text)
            assert (files.find("x").state, files.find("x").mark.revision) == ("ours", revision)
        files.path("persist", "x").write_text("edited")
        assert files.find("x") == Found("edited", FileMark(1, old[0].sha256))

    def test_kept_aside_have_numbers_and_reasons(self, files):
        for number in (1, 2):
            files.path("persist", "x").write_text(f"bad {number}")
            aside = files.keep_aside("x", ValueError(f"because {number}"))
            assert aside.name == f"x.refused-{number}.json"
            assert aside.read_text() == f"bad {number}"
            reason = aside.with_name(f"x.refused-{number}.reason.txt").read_text()
            assert f"because {number}" in reason
        assert files.find("x").state == "missing"

    def test_forget_what_a_crash_left_half_written(self, files, journal):
        left = files.folder / "persist" / ".x.json.123.tmp"
        left.write_text("half")
        Files(files.folder, journal)
        assert not left.exists()

    def test_cannot_be_written_into_a_folder_that_is_a_file(self, tmp_path, journal):
        (tmp_path / "persist").write_text("")
        with pytest.raises(StoreError, match="cannot be used: "):
            Files(tmp_path, journal)


class TestValidName:
    @pytest.mark.parametrize("name", ["TemperatureProvider", "a", "_x", "A.b-c_9", "x" * 64])
    def test_names_an_owner_and_its_files(self, name):
        assert valid_name(name) == name

    @pytest.mark.parametrize("name", ["", "..", ".x", "a/b", "a b", "9a", "ä", "x" * 65, "a\n", "a\0"])
    def test_is_nothing_that_could_name_another_file(self, name):
        with pytest.raises(BadInput, match="letters, digits"):
            valid_name(name)
