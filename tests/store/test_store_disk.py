"""Files are replaced whole or not at all."""

import errno
import hashlib

import pytest

from pyconfhoard.errors import StoreError
from pyconfhoard.store.disk import disk_errors, sha256_file, write_file


class TestWriteFile:
    def test_replaces_the_content_and_gives_its_sha256(self, tmp_path):
        path = tmp_path / "a.json"
        path.write_text("old")
        digest = write_file(path, [b"new", b" content"])
        assert path.read_bytes() == b"new content"
        assert digest == hashlib.sha256(b"new content").hexdigest() == sha256_file(path)

    def test_leaves_the_old_content_and_no_temporary_when_the_source_fails(self, tmp_path):
        path = tmp_path / "a.json"
        path.write_text("old")

        def chunks():
            yield b"half"
            raise OSError(errno.EIO, "gone")

        with pytest.raises(OSError, match="gone"):
            write_file(path, chunks())
        assert path.read_text() == "old"
        assert [p.name for p in tmp_path.iterdir()] == ["a.json"]

    def test_tells_the_sha256_before_the_rename(self, tmp_path):
        path = tmp_path / "a.json"
        path.write_text("old")
        seen = []
        write_file(path, [b"new"], before_rename=lambda digest: seen.append((digest, path.read_text())))
        assert seen == [(hashlib.sha256(b"new").hexdigest(), "old")]

    def test_does_not_rename_when_the_sha256_could_not_be_kept(self, tmp_path):
        path = tmp_path / "a.json"

        def refuse(digest):
            raise StoreError("no")

        with pytest.raises(StoreError):
            write_file(path, [b"new"], before_rename=refuse)
        assert list(tmp_path.iterdir()) == []

    def test_makes_a_secret_that_only_its_owner_may_read(self, tmp_path):
        path = tmp_path / "secret"
        write_file(path, [b"x"], mode=0o600)
        assert path.stat().st_mode & 0o777 == 0o600


class TestDiskErrors:
    @pytest.mark.parametrize(
        ("number", "tag"),
        [
            (errno.ENOSPC, "resource-denied"),
            (errno.EFBIG, "resource-denied"),
            (errno.EDQUOT, "resource-denied"),
            (errno.EIO, "operation-failed"),
        ],
    )
    def test_have_a_tag_by_their_cause_and_say_it_in_words(self, number, tag):
        with (
            pytest.raises(StoreError, match="x cannot be written: ") as error,
            disk_errors("x cannot be written"),
        ):
            raise OSError(number, "raw")
        assert error.value.faults[0].tag == tag

    def test_let_a_store_error_through_as_it_is(self):
        inner = StoreError("inner")
        with pytest.raises(StoreError) as error, disk_errors("outer"):
            raise inner
        assert error.value is inner
