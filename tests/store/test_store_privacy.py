"""What REST asks a token for is not to be had from the disk by any local user."""

import stat
from pathlib import Path

from pyconfhoard import Hoard


def test_nothing_in_a_datastore_is_open_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "datastore"
    with Hoard.open(folder, modules=["brewerslab"]) as hoard:
        hoard.register_now("TemperatureProvider", "brewerslab", "/brewhouse/temperature")
        beside = list(folder.iterdir())
    found = [*beside, *folder.rglob("*")]
    assert folder / "journal.db" in found
    open_to_others = [
        path.name
        for path in found
        if path.exists() and path.parent == folder and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    assert open_to_others == []


def test_folders_that_were_open_are_closed_at_the_next_start(tmp_path: Path) -> None:
    (tmp_path / "persist").mkdir(mode=0o755)
    with Hoard.open(tmp_path, modules=["brewerslab"]):
        assert stat.S_IMODE((tmp_path / "persist").stat().st_mode) == 0o700
