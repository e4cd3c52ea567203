"""A board whose readings are written to its card is told so."""

import pytest

from pyconfhoard.store.medium import advice

MOUNTS = """\
22 1 179:2 / / rw,noatime - ext4 /dev/mmcblk0p2 rw
30 22 0:25 / {place} rw - tmpfs tmpfs rw,size=16384k
"""


@pytest.fixture
def board(tmp_path):
    file = tmp_path / "model"
    file.write_bytes(b"Raspberry Pi 4 Model B Rev 1.4\0")
    return file


def mounts(tmp_path, place):
    file = tmp_path / "mountinfo"
    file.write_text(MOUNTS.format(place=place))
    return file


def test_readings_on_the_card_of_a_board_are_told(tmp_path, board):
    told = advice(tmp_path / "d", board=board, mountinfo=mounts(tmp_path, "/run"))
    assert told.startswith(
        f"{tmp_path}/d/operational is on a disk (ext4) of this Raspberry Pi 4 Model B Rev 1.4: "
    )
    assert "Documentation/operation.md" in told


def test_readings_on_a_tmpfs_are_fine(tmp_path, board):
    place = tmp_path / "d" / "operational"
    assert advice(tmp_path / "d", board=board, mountinfo=mounts(tmp_path, place)) == ""


def test_other_machines_are_not_bothered(tmp_path):
    assert advice(tmp_path, board=tmp_path / "none", mountinfo=mounts(tmp_path, "/run")) == ""


def test_what_the_kernel_does_not_tell_is_nothing(tmp_path, board):
    assert advice(tmp_path, board=board, mountinfo=tmp_path / "none") == ""
