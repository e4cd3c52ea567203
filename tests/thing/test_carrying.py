"""A datastore as files, from a shell: ``./launch --backup``, ``--restore``, ``--save``, ``--load``, ``--first-boot``; beside
a running hoard, and without one."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import Server, end, launch, serving, wait_for

from pyconfhoard.errors import LinkError
from pyconfhoard.hoard import Hoard
from pyconfhoard.settings import Settings
from pyconfhoard.thing import http
from pyconfhoard.thing.here import open_here
from pyconfhoard.thing.launcher import main
from pyconfhoard.thing.remote import MODES

SAVED = ("conf.json", "conf.xml")
BEER = {"brewerslab:brewhouse": {"temperature": {"fermentation": {"setpoint": "12.5"}}}}
FERMENTATION = "/brewerslab:brewhouse/temperature/fermentation"
LATER = {"setpoint": "19.0", "highpoint": "30.0", "lowpoint": "11.0"}
LISTS = {"brewerslab:recipes": {"recipe": [{"recipename": "bitter"}]}}


def settings(folder: Path) -> Settings:
    return Settings(datastore=folder, modules=("brewerslab",))


def run(*words: str | Path, folder: Path) -> int:
    return main([*map(str, words), "--datastore", str(folder), "--module", "brewerslab"])


def setpoint(hoard: Hoard) -> str:
    found: str = json.loads(hoard.save("/"))["brewerslab:brewhouse"]["temperature"]["fermentation"][
        "setpoint"
    ]
    return found


@pytest.fixture
def cold(tmp_path: Path) -> Path:
    """A datastore that no hoard has: at 12.5 degrees, with a recipe."""
    folder = tmp_path / "cold"
    with open_here(settings(folder)) as hoard:
        hoard.load_now(json.dumps(BEER | LISTS).encode(), "merge", author="ann")
    return folder


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("warm") / "datastore", modules=["brewerslab"]) as server:
        yield server


@pytest.fixture
def read_only(cold: Path) -> Iterator[Path]:
    """The same where nothing can be written, as the kernel leaves a disk that failed."""
    if os.geteuid() != 0:
        cold.chmod(0o500)
        yield cold
        cold.chmod(0o700)
        return

    def mount(*words: str) -> int:
        return subprocess.run(["mount", *words], check=False, capture_output=True).returncode

    if mount("--bind", str(cold), str(cold)) != 0:
        pytest.skip("nothing can be mounted here")
    try:
        assert mount("-o", "remount,ro,bind", str(cold)) == 0
        yield cold
    finally:
        subprocess.run(["umount", str(cold)], check=True)


class TestBackup:
    def test_it_is_made_beside_a_running_hoard_and_goes_back_into_a_new_folder(
        self, warm: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert warm.patch("/restconf/data", {"ietf-restconf:data": BEER}).status == 204
        file = tmp_path / "hoard.backup"
        assert run("--backup", file, folder=warm.folder) == 0
        assert f"holds revision {warm.revision()} and all before it" in capsys.readouterr().out
        assert run("--restore", file, folder=tmp_path / "new") == 0
        assert "kept in" not in capsys.readouterr().out
        with open_here(settings(tmp_path / "new")) as hoard:
            assert setpoint(hoard) == "12.5"

    def test_what_was_there_is_kept_aside(
        self, cold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = tmp_path / "hoard.backup"
        assert run("--backup", file, folder=cold) == 0
        with open_here(settings(cold)) as hoard:
            hoard.load_now(json.dumps(BEER).replace("12.5", "19").encode(), "merge", author="bob")
        assert run("--restore", file, folder=cold) == 0
        (aside,) = (cold / "aside").iterdir()
        assert f"What was there is kept in {aside}\n" in capsys.readouterr().out
        with open_here(settings(cold)) as hoard:
            assert setpoint(hoard) == "12.5"

    def test_a_hoard_that_runs_is_named_and_left_alone(
        self, warm: Server, cold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = tmp_path / "hoard.backup"
        assert run("--backup", file, folder=cold) == 0
        before = warm.config()
        assert run("--restore", file, folder=warm.folder) == 1
        told = capsys.readouterr().err
        assert f"belongs to process {warm.workers()[0]}, serving {warm.url}" in told
        assert warm.config() == before

    @pytest.mark.parametrize("flag", ["--backup", "--save", "--first-boot"])
    def test_where_there_is_no_datastore_none_is_made(
        self, flag: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        words = [flag] if flag == "--first-boot" else [flag, tmp_path / "file"]
        assert run(*words, folder=tmp_path / "nowhere") == 1
        assert "there is no datastore in" in capsys.readouterr().err
        assert list(tmp_path.iterdir()) == []

    def test_a_file_that_is_no_backup_changes_nothing(
        self, cold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "odd").write_text("no backup")
        assert run("--restore", tmp_path / "odd", folder=cold) == 1
        assert "it is no backup of a datastore" in capsys.readouterr().err
        with open_here(settings(cold)) as hoard:
            assert setpoint(hoard) == "12.5"


class TestSaveAndLoad:
    @pytest.mark.parametrize("mode", MODES)
    @pytest.mark.parametrize("name", SAVED)
    def test_what_one_hoard_saved_another_loads(
        self, name: str, mode: str, cold: Path, tmp_path: Path
    ) -> None:
        file = tmp_path / name
        assert run("--save", file, folder=cold) == 0
        assert file.stat().st_mode & 0o777 == 0o600
        assert run("--load", file, "--mode", mode, folder=tmp_path / "other") == 0
        with open_here(settings(cold)) as one, open_here(settings(tmp_path / "other")) as other:
            assert json.loads(other.save("/")) == json.loads(one.save("/"))
            assert other.history.revisions(limit=1)[0].comment == f"{mode} of {name}"

    @pytest.mark.parametrize("mode", MODES)
    @pytest.mark.parametrize("name", SAVED)
    def test_a_running_hoard_is_asked(
        self, name: str, mode: str, warm: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert warm.patch("/restconf/data", {"ietf-restconf:data": BEER | LISTS}).status == 204
        wanted = warm.config()
        file = tmp_path / name
        assert run("--save", file, folder=warm.folder) == 0
        assert f"the configuration of revision {warm.revision()}" in capsys.readouterr().out
        changed = json.loads(json.dumps(BEER).replace("12.5", "19"))
        assert warm.patch("/restconf/data", {"ietf-restconf:data": changed}).status == 204
        assert run("--load", file, "--mode", mode, folder=warm.folder) == 0
        assert f"Loaded as revision {warm.revision()}: {mode} of {name}." in capsys.readouterr().out
        assert warm.config() == wanted
        assert run("--load", file, "--mode", mode, folder=warm.folder) == 0
        assert f"running stays at revision {warm.revision()}" in capsys.readouterr().out

    @pytest.mark.parametrize("running", [True, False])
    @pytest.mark.parametrize(
        ("name", "path", "points", "recipes"),
        [
            ("part.json", f"{FERMENTATION}/setpoint", {**LATER, "setpoint": "12.5"}, ["stout"]),
            ("part.xml", FERMENTATION, {"setpoint": "12.5", "lowpoint": "10.0"}, ["stout"]),
            ("part.xml", "/brewerslab:recipes/recipe[recipename='bitter']", LATER, ["stout", "bitter"]),
            ("part.json", "/brewerslab:recipes/recipe", LATER, ["bitter"]),
        ],
    )
    def test_a_part_is_saved_and_takes_the_place_of_that_part(
        self,
        running: bool,
        name: str,
        path: str,
        points: dict[str, str],
        recipes: list[str],
        warm: Server,
        cold: Path,
        tmp_path: Path,
    ) -> None:
        folder = warm.folder if running else cold
        file = tmp_path / name

        def load(points: dict[str, str], recipe: str) -> None:
            conf = {
                "brewerslab:brewhouse": {"temperature": {"fermentation": points}},
                "brewerslab:recipes": {"recipe": [{"recipename": recipe}]},
            }
            (tmp_path / "conf.json").write_text(json.dumps(conf))
            assert run("--load", tmp_path / "conf.json", "--mode", "replace", folder=folder) == 0

        load({"setpoint": "12.5", "lowpoint": "10"}, "bitter")
        assert run("--save", file, "--path", path, folder=folder) == 0
        load(LATER, "stout")
        assert run("--load", file, "--path", path, "--mode", "replace", folder=folder) == 0
        assert run("--save", tmp_path / "all.json", folder=folder) == 0
        whole = json.loads((tmp_path / "all.json").read_text())["ietf-yang-instance-data:instance-data-set"]
        found = whole["content-data"]
        assert found["brewerslab:brewhouse"]["temperature"]["fermentation"] == points
        listed = [recipe["recipename"] for recipe in found["brewerslab:recipes"]["recipe"]]
        assert sorted(listed) == sorted(recipes)

    @pytest.mark.parametrize("running", [True, False])
    def test_a_part_that_is_not_there_is_named_and_nothing_written(
        self, running: bool, warm: Server, cold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder = warm.folder if running else cold
        file = tmp_path / "part.json"
        none, odd = "/brewerslab:recipes/recipe[recipename='none']", "/brewerslab:recipes/recip"
        assert run("--save", file, "--path", none, folder=folder) == 1
        assert f"there is nothing at {none}" in capsys.readouterr().err
        assert run("--save", file, "--path", odd, folder=folder) == 1
        assert "there is no 'recip'" in capsys.readouterr().err
        assert list(tmp_path.glob("*part*")) == []
        file.write_text(json.dumps(BEER))
        assert run("--load", file, "--path", none, folder=folder) == 1
        assert f"there is nothing at {none}" in capsys.readouterr().err

    @pytest.mark.parametrize("running", [True, False])
    def test_what_is_wrong_with_a_file_is_listed_and_nothing_loaded(
        self, running: bool, warm: Server, cold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = tmp_path / "conf.json"
        file.write_text(json.dumps(BEER).replace("12.5", "warm").replace("temperature", "temperatur"))
        before = warm.config()
        assert run("--load", file, folder=warm.folder if running else cold) == 1
        assert "temperature" in capsys.readouterr().err
        assert warm.config() == before

    @pytest.mark.parametrize("running", [True, False])
    def test_what_the_model_forbids_is_told_in_its_words(
        self, running: bool, warm: Server, cold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = tmp_path / "conf.json"
        file.write_text(json.dumps(BEER).replace('"setpoint"', '"lowpoint": "39", "setpoint"'))
        before = warm.config()
        assert run("--load", file, folder=warm.folder if running else cold) == 1
        assert "the setpoint must be above the lowpoint" in capsys.readouterr().err
        assert warm.config() == before

    def test_saving_needs_no_model_and_changes_nothing(self, cold: Path, tmp_path: Path) -> None:
        journal = (cold / "journal.db").read_bytes()
        assert main(["--save", str(tmp_path / "conf.json"), "--datastore", str(cold)]) == 0
        data = json.loads((tmp_path / "conf.json").read_text())["ietf-yang-instance-data:instance-data-set"]
        assert data["content-data"]["brewerslab:recipes"] == LISTS["brewerslab:recipes"]
        assert (cold / "journal.db").read_bytes() == journal

    def test_a_long_list_is_saved_and_profiled_where_no_hoard_runs(self, cold: Path, tmp_path: Path) -> None:
        recipes = [{"recipename": f"beer {number}"} for number in range(2000)]
        (tmp_path / "conf.json").write_text(json.dumps({"brewerslab:recipes": {"recipe": recipes}}))
        assert run("--load", tmp_path / "conf.json", folder=cold) == 0
        assert run("--save", tmp_path / "saved.json", folder=cold) == 0
        assert (tmp_path / "saved.json").read_text().count("beer ") == 2000
        assert run("--profile", folder=cold) == 0

    def test_what_is_on_a_disk_that_can_only_be_read_is_checked_saved_and_backed_up(
        self, read_only: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run("--check", folder=read_only) == 0
        assert f"{read_only}, which can only be read, is whole" in capsys.readouterr().out
        assert run("--save", tmp_path / "conf.json", folder=read_only) == 0
        assert run("--backup", tmp_path / "hoard.backup", folder=read_only) == 0
        for words in (["--load", tmp_path / "conf.json"], ["--repair"], ["--first-boot"]):
            assert run(*words, folder=read_only) == 1
        assert run("--restore", tmp_path / "hoard.backup", folder=tmp_path / "new") == 0
        with open_here(settings(tmp_path / "new")) as hoard:
            assert setpoint(hoard) == "12.5"

    def test_a_module_that_is_not_served_is_to_be_named(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "conf.json").write_text(json.dumps(BEER))
        words = ["--load", str(tmp_path / "conf.json"), "--datastore", str(tmp_path / "new")]
        assert main(words) == 1
        told = capsys.readouterr()
        assert "--module NAME" in told.out
        assert "there is no 'brewerslab:brewhouse' at the top" in told.err

    def test_a_file_that_is_not_there_is_named(
        self, cold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run("--load", tmp_path / "none", folder=cold) == 1
        assert f"{tmp_path / 'none'} cannot be read" in capsys.readouterr().err
        assert run("--save", tmp_path / "none" / "x", folder=cold) == 1
        assert "cannot be written" in capsys.readouterr().err


def test_a_hoard_with_a_certificate_of_its_own_making_is_known_by_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "datastore"
    certificate = folder / "run" / "tls.crt"
    server = launch(folder, modules=["brewerslab"], PYCONF_SELF_SIGNED="yes")

    def answers() -> bool:
        try:
            url = f"https://127.0.0.1:{server.port}/healthz"
            return certificate.exists() and http.request("GET", url, trust=certificate).status == 200
        except LinkError:
            return False

    try:
        wait_for(answers, "the server answers")
        assert run("--save", tmp_path / "conf.xml", folder=folder) == 0
        assert run("--load", tmp_path / "conf.xml", folder=folder) == 0
        assert "Nothing is different" in capsys.readouterr().out
    finally:
        end(server)


def test_first_boot_files_are_written_by_the_hoard_that_has_the_folder(
    warm: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert warm.patch("/restconf/data", {"ietf-restconf:data": BEER}).status == 204
    assert run("--first-boot", folder=warm.folder) == 0
    told = capsys.readouterr().out
    assert f"{warm.folder / 'startup' / 'brewerslab.json'}\n" in told
    assert f"from revision {warm.revision()}" in told
    new = tmp_path / "new"
    shutil.copytree(warm.folder / "startup", new / "startup")
    with open_here(settings(new)) as hoard:
        assert setpoint(hoard) == "12.5"


def test_first_boot_files_are_what_is_running(
    cold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--first-boot", folder=cold) == 0
    assert "from revision 2" in capsys.readouterr().out
    new = tmp_path / "new"
    new.mkdir()
    (cold / "startup").rename(new / "startup")
    with open_here(settings(new)) as hoard:
        assert setpoint(hoard) == "12.5"
