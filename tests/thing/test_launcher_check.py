"""``./launch --check`` and ``--repair``: what is wrong with a datastore, and the way back."""

from pathlib import Path

import pytest
from serving import serving

from pyconfhoard.hoard import Hoard
from pyconfhoard.store.lock import FolderLock
from pyconfhoard.thing.launcher import main

MODEL = "module lab { namespace 'urn:lab'; prefix l; leaf colour { type string; } }"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lab.yang").write_text(MODEL)
    folder = tmp_path / "datastore"
    Hoard.open(folder, yang=[tmp_path], modules=["lab"]).close()
    return folder


def test_whole_datastore_is_said_to_be_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for flag in ("--check", "--repair"):
        assert main([flag, "--datastore", str(folder)]) == 0
        assert capsys.readouterr().out == f"{folder} is whole\n"


@pytest.mark.damages_store
def test_damaged_one_is_told_and_then_repaired(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "journal.db").write_bytes(b"")
    assert main(["--check", "--datastore", str(folder)]) == 1
    told = capsys.readouterr().out
    assert "is damaged: it is empty" in told
    assert "--repair goes back to the last good revision" in told
    assert main(["--check", "--repair", "--datastore", str(folder)]) == 0
    assert "was moved to damaged-1/" in capsys.readouterr().out
    assert (folder / "damaged-1" / "journal.db").exists()


def test_where_there_is_none_that_is_said_and_nothing_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for flag in ("--check", "--repair"):
        assert main([flag, "--datastore", str(tmp_path / "nowhere")]) == 1
        assert "there is no datastore in" in capsys.readouterr().err
    assert not (tmp_path / "nowhere").exists()


def test_datastore_in_use_is_left_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with FolderLock(folder):
        assert main(["--repair", "--datastore", str(folder)]) == 1
    told = capsys.readouterr().err
    assert "belongs to process" in told
    assert "the hoard has to be stopped for it" in told
    assert not list(folder.glob("damaged-*"))


def test_hoard_at_work_is_asked_and_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(tmp_path / "datastore", modules=["brewerslab"]) as server:
        words = ["--check", "--datastore", str(server.folder)]
        assert main(words) == 0
        whole = f"{server.folder}, up to revision {server.revision()}, is whole\n"
        assert capsys.readouterr().out.endswith(whole)
        spoilt = (
            server.folder / "startup" / "brewerslab.json"
        )  # which the hoard does not write anew by itself
        spoilt.parent.mkdir(exist_ok=True)
        spoilt.write_text("{")
        assert main(words) == 1
        assert "startup/brewerslab.json is damaged" in capsys.readouterr().out
        spoilt.unlink()
        beer = {"brewerslab:brewhouse": {"temperature": {"fermentation": {"setpoint": "12.5"}}}}
        assert server.patch("/restconf/data", {"ietf-restconf:data": beer}).status == 204
