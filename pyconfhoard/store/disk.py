"""Writing a file so that it is whole or absent, and saying in words what a disk did.

The order is temporary file in the same folder, fsync, rename, fsync of the folder: after the rename
a reader sees the old file or the new one, and after the last fsync the new one survives a power cut.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pyconfhoard.errors import ErrorTag, Fault, StoreError

__all__ = [
    "disk_errors",
    "has_room",
    "private_folder",
    "sha256_file",
    "sync_folder",
    "write_again",
    "write_file",
]

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def disk_errors(what: str) -> Iterator[None]:
    """Turn an ``OSError`` into a :class:`StoreError` that begins with ``what``."""
    try:
        yield
    except StoreError:
        raise
    except OSError as error:
        tag: ErrorTag = "resource-denied" if error.errno in _FULL else "operation-failed"
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise StoreError(Fault(tag, f"{what}: {reason}")) from error


def sync_folder(folder: Path) -> None:
    """fsync a folder, so that a rename or creation in it survives a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def has_room(folder: Path) -> bool:
    """Whether the disk of ``folder`` has 64 KiB left, without which SQLite fails in ways that do not say why."""
    try:
        status = os.statvfs(folder)
    except OSError:
        return True
    return status.f_bavail * status.f_frsize >= 1 << 16


def private_folder(folder: Path) -> None:
    """Make a folder that only its owner can look into, or make it so if it is ours and was open: what REST
    asks a token for is not to be had from the disk by any local user. Raises ``OSError``."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.stat()
    if status.st_mode & 0o077 and status.st_uid == os.geteuid():
        folder.chmod(0o700)


def write_file(
    path: Path,
    chunks: Iterable[bytes],
    *,
    mode: int = 0o600,
    durable: bool = True,
    before_rename: Callable[[str], None] | None = None,
) -> str:
    """Replace ``path`` by what ``chunks`` give; return the sha256 of it (hex).

    ``before_rename`` gets that sha256 when the new content is safely on the disk under its
    temporary name, but not yet under its own. With ``durable`` false nothing is fsynced: the
    replacement is still atomic for readers. Whatever is raised leaves ``path`` as it was and no
    temporary file behind.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    digest = hashlib.sha256()
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    try:
        with open(handle, "wb", buffering=1 << 16) as file:
            for chunk in chunks:
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        if before_rename is not None:
            before_rename(digest.hexdigest())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(path.parent)
    return digest.hexdigest()


def write_again(path: Path) -> None:
    """Write a file's content to where it stands already, and fsync it; nothing where there is no file.

    After a failed fsync Linux takes what was written for clean: another fsync succeeds and does nothing. Only what
    is written anew is tried anew. Raises ``OSError``.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        at = 0
        while chunk := os.pread(handle, 1 << 20, at):
            at += os.pwrite(handle, chunk, at)
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_file(path: Path) -> str:
    """The sha256 of a file's content (hex). Raises ``OSError``."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
