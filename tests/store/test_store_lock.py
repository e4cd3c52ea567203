"""One owner of a folder: the lock, and the file systems on which there can be none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import pyconfhoard
from pyconfhoard.errors import DatastoreInUse, StoreError
from pyconfhoard.store.lock import FolderLock, file_system, holder, refuse_network

HOLD = """
import sys
from pathlib import Path
from pyconfhoard.store.lock import FolderLock
lock = FolderLock(Path(sys.argv[1]), url="http://127.0.0.1:8123")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other(tmp_path):
    """Another process that holds the lock of tmp_path."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(pyconfhoard.__file__).parents[1])},
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


class TestFolderLock:
    def test_tells_pid_and_url_in_its_file(self, tmp_path):
        with FolderLock(tmp_path, url="http://127.0.0.1:1"):
            assert holder(tmp_path) == (os.getpid(), "http://127.0.0.1:1")

    def test_refuses_a_second_process_naming_the_first(self, tmp_path, other):
        with pytest.raises(DatastoreInUse) as refusal:
            FolderLock(tmp_path, timeout=0)
        assert f"process {other.pid}" in str(refusal.value)
        assert "http://127.0.0.1:8123" in str(refusal.value)
        assert refusal.value.faults[0].tag == "in-use"

    def test_waits_for_the_holder_to_go(self, tmp_path, other):
        def sleep(seconds):
            other.kill()
            other.wait()

        FolderLock(tmp_path, timeout=60, sleep=sleep).release()

    def test_gives_up_at_the_deadline(self, tmp_path, other):
        clock = iter(range(100))
        with pytest.raises(DatastoreInUse):
            FolderLock(tmp_path, timeout=10, sleep=lambda _: None, monotonic=lambda: next(clock))
        assert next(clock) == 11

    def test_of_a_dead_process_holds_nobody_up(self, tmp_path, other):
        other.kill()
        other.wait()
        assert holder(tmp_path)[0] == other.pid
        FolderLock(tmp_path, timeout=0).release()

    def test_is_free_after_release(self, tmp_path):
        first = FolderLock(tmp_path)
        assert first.held
        first.release()
        first.release()
        assert not first.held
        FolderLock(tmp_path, timeout=0).release()

    def test_says_what_is_wrong_with_a_folder_below_a_file(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(
            StoreError, match=r"the datastore folder .*file/data cannot be used: Not a directory"
        ):
            FolderLock(tmp_path / "file" / "data")

    @pytest.mark.parametrize("garbage", [b"", b"{", b"[]", b'{"pid": "x", "url": 1}', b"\xff"])
    def test_file_with_nonsense_names_nobody(self, tmp_path, garbage):
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / "lock").write_bytes(garbage)
        assert holder(tmp_path) == (0, "")


MOUNTS = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw
40 22 0:35 / /mnt/nas rw,relatime shared:9 - nfs4 nas:/export rw,vers=4.2
41 22 0:36 / /mnt/my\\040share rw - cifs //nas/share rw
42 40 0:37 / /mnt/nas/local rw - ext4 /dev/sdb rw
"""


class TestFileSystem:
    @pytest.fixture
    def mountinfo(self, tmp_path):
        file = tmp_path / "mountinfo"
        file.write_text(MOUNTS)
        return file

    @pytest.mark.parametrize(
        ("folder", "kind"),
        [
            ("/home/pi/datastore", "ext4"),
            ("/mnt/nas", "nfs4"),
            ("/mnt/nas/datastore", "nfs4"),
            ("/mnt/nas2", "ext4"),
            ("/mnt/my share/x", "cifs"),
            ("/mnt/nas/local/x", "ext4"),
        ],
    )
    def test_is_that_of_the_closest_mount(self, mountinfo, folder, kind):
        assert file_system(Path(folder), mountinfo) == kind

    def test_is_unknown_without_a_mount_table(self, tmp_path):
        assert file_system(tmp_path, tmp_path / "none") == ""

    @pytest.mark.parametrize("folder", ["/mnt/nas/datastore", "/mnt/my share"])
    def test_of_the_network_is_refused_with_the_way_out(self, mountinfo, folder):
        with pytest.raises(StoreError, match=r"network file system \((nfs4|cifs)\).*--datastore.*--hoard"):
            refuse_network(Path(folder), mountinfo)

    def test_of_a_disk_is_fine(self, mountinfo):
        refuse_network(Path("/home/pi"), mountinfo)
