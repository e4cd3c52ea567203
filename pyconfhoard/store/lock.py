"""One owner of a datastore folder: an flock on ``run/lock``, and no network file system.

The lock belongs to the *open file*, so the kernel drops it with the process, however that dies: a
lock file that is left behind blocks nobody, and is never removed (removing one races with the next
owner). What stands in the file, the holder's pid and URL, is only there to be told to the person
whose start is refused.

A killed gunicorn master leaves its worker alive for about two seconds, so a lock that is held is
awaited before it is believed.

SQLite's WAL needs shared memory between processes and flock needs a kernel that sees every locker:
neither holds on NFS or CIFS, where two hoards could own one folder and ruin it. Such a folder is
refused, with the way out.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

from pyconfhoard.errors import DatastoreInUse, Fault, StoreError
from pyconfhoard.store.disk import disk_errors, private_folder

__all__ = ["LOCK_TIMEOUT", "NETWORK_FILE_SYSTEMS", "FolderLock", "file_system", "holder", "refuse_network"]

LOCK_TIMEOUT: Final = 10.0
"""Seconds that a held lock is awaited."""

_POLL: Final = 0.05

NETWORK_FILE_SYSTEMS: Final = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb",
        "smb2",
        "smb3",
        "smbfs",
        "afs",
        "ncpfs",
        "fuse.sshfs",
        "9p",
        "ceph",
        "glusterfs",
    }
)
"""File system types (as in ``/proc/self/mountinfo``) on which no journal is kept."""


def file_system(folder: Path, mountinfo: Path = Path("/proc/self/mountinfo")) -> str:
    """The type of the file system that holds ``folder``; empty where the kernel does not tell.

    proc(5): mount point is the fifth field, with blanks as ``\\040``; the type is the first field
    after the lone ``-``. Later mounts cover earlier ones.
    """
    try:
        lines = mountinfo.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    real = os.path.realpath(folder)
    best, kind = -1, ""
    for line in lines:
        left, _, right = line.partition(" - ")
        fields = left.split(" ")
        if len(fields) < 5 or not right:
            continue
        point = fields[4]
        for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
            point = point.replace(code, character)
        inside = real == point or real.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= best:
            best, kind = len(point), right.split(" ", 1)[0]
    return kind


def refuse_network(folder: Path, mountinfo: Path = Path("/proc/self/mountinfo")) -> None:
    """Raise :class:`StoreError` when ``folder`` is on a network file system."""
    kind = file_system(folder, mountinfo)
    if kind in NETWORK_FILE_SYSTEMS:
        raise StoreError(
            Fault(
                "operation-not-supported",
                f"the datastore folder {folder} is on a network file system ({kind}), where the journal "
                "cannot be kept safely; put it on a local disk (--datastore DIR), or run the hoard on the "
                "machine that has the disk and link to it from here (--hoard URL)",
            )
        )


def holder(folder: Path) -> tuple[int, str]:
    """Pid and URL that the lock file of ``folder`` tells; ``(0, "")`` when it tells nothing."""
    try:
        told = json.loads((folder / "run" / "lock").read_text(encoding="utf-8"))
        return int(told["pid"]), str(told["url"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0, ""


class FolderLock:
    """The ownership of one datastore folder by this process. A context manager.

    ``sleep`` and ``monotonic`` are the clock (seconds). Raises :class:`DatastoreInUse` when another
    process still holds it after ``timeout``, and :class:`StoreError` when the folder cannot be made.
    """

    def __init__(
        self,
        folder: Path,
        *,
        url: str = "",
        timeout: float = LOCK_TIMEOUT,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder = folder
        self.path = folder / "run" / "lock"
        with disk_errors(f"the datastore folder {folder} cannot be used"):
            private_folder(self.path.parent)
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._acquire(timeout, sleep, monotonic)
            self.tell(url)
        except BaseException:
            os.close(self._file)
            self._file = -1
            raise

    def _acquire(
        self, timeout: float, sleep: Callable[[float], None], monotonic: Callable[[], float]
    ) -> None:
        deadline = monotonic() + timeout
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if monotonic() >= deadline:
                    break
                sleep(_POLL)
            else:
                return
        pid, url = holder(self.folder)
        who = f"process {pid}" if pid else "another process"
        where = f", serving {url}" if url else ""
        raise DatastoreInUse(
            f"the datastore {self.folder} belongs to {who}{where}; "
            "stop that one, use it (--hoard URL), or choose another folder (--datastore DIR)"
        )

    def tell(self, url: str) -> None:
        """Write this process's pid and ``url`` into the lock file."""
        body = json.dumps({"pid": os.getpid(), "url": url}).encode() + b"\n"
        with disk_errors(f"the lock {self.path} cannot be written"):
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, body, 0)

    @property
    def held(self) -> bool:
        """Until :meth:`release`."""
        return self._file >= 0

    def release(self) -> None:
        """Give the folder back; again does nothing."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.release()
