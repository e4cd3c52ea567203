"""``./launch --backup``, ``--restore``, ``--save``, ``--load`` and ``--first-boot``: a datastore as files.

A *backup* is all of a datastore, history included, in one file that only a hoard reads; it goes back into the folder
that it came from, or into a new one. A *saved* file is the configuration alone, for a person, another machine or
another version: XML when its name ends in ``.xml``, else JSON in the envelope of RFC 9195.

A backup is made beside a running hoard. Saving and loading ask the hoard that has the folder, if there is one, over HTTP.
Otherwise saving reads the folder, and changes nothing in it, and loading opens it. Loading is one commit, which is
validated and which Things may refuse.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from pyconfhoard.errors import BadInput, NotFound
from pyconfhoard.settings import Settings
from pyconfhoard.thing.here import open_here
from pyconfhoard.thing.register import serving
from pyconfhoard.thing.remote import LoadMode, Remote
from pyconfhoard.thing.stored import Stored, demand, read_stored

__all__ = ["back_up", "first_boot", "load", "restore", "save"]

Say: TypeAlias = Callable[[str], None]


def back_up(settings: Settings, file: Path, say: Say) -> int:
    """Copy the datastore to ``file``, whoever uses it. Raises what :func:`pyconfhoard.store.backup.backup` does."""
    from pyconfhoard.store import backup  # noqa: PLC0415 - the launcher reads no data else

    say(f"backing up {settings.datastore} ...")
    done = backup.backup(settings.datastore, file)
    say(f"{file} holds revision {done.revision} and all before it: {_size(done.size)}, checked.")
    say(f"Next: keep it on another disk. To go back to it: {_command('--restore', file, settings)}")
    return 0


def restore(settings: Settings, file: Path, say: Say) -> int:
    """Put a backup in the place of the datastore. Raises what :func:`pyconfhoard.store.backup.restore` does."""
    from pyconfhoard.store import backup  # noqa: PLC0415

    now = datetime.now(UTC)
    say(f"restoring {file} ...")
    done = backup.restore(settings.datastore, file, now=now)
    say(f"{settings.datastore} is at revision {done.revision}, as {file} has it.")
    aside = backup.aside(settings.datastore, now)
    if aside.exists():
        say(f"What was there is kept in {aside}")
    say("Next: start the hoard as ever. Things that were registered later are to be registered again.")
    return 0


def save(settings: Settings, file: Path, say: Say, path: str = "/") -> int:
    """Write the running configuration at ``path`` and below to ``file``, in place of one that is there. Raises
    :class:`NotFound` where nothing stands there, :class:`StoreError` for a disk that fails, and what the hoard answers."""
    xml = file.suffix.lower() == ".xml"
    from pyconfhoard.hoard import transfer  # noqa: PLC0415 - the launcher reads no data else
    from pyconfhoard.tree import parse_path  # noqa: PLC0415

    with _running(settings) as stored:
        at = parse_path(stored.schema, path)
        form: transfer.Form = "xml" if xml else "instance-data"
        written = transfer.saved(stored.schema, stored.root, at, form=form, now=datetime.now(UTC))
        size = _write(file, written)
        revision = stored.revision
    what = f"{at} and below, as of" if at.steps else "the configuration of"
    say(f"{file} holds {what} revision {revision}: {_size(size)}.")
    way = _command("--load", file, settings)
    say(f"Next: keep it to yourself, users are in it, too. To load it, here or elsewhere: {way}")
    return 0


@contextlib.contextmanager
def _running(settings: Settings) -> Iterator[Stored]:
    """The running configuration: that of the hoard that has the folder, or what is in it."""
    url = serving(settings)
    if not url:
        with read_stored(settings.datastore) as stored:
            yield stored
        return
    remote = Remote.of(settings, url)
    schema = remote.schema()
    revision, root = remote.running(schema)
    yield Stored(schema, root, revision)


def load(settings: Settings, file: Path, mode: LoadMode, say: Say, path: str = "/") -> int:
    """Commit the configuration that ``file`` holds, or what it has at ``path``. Raises :class:`NotFound` where there is
    no file, or nothing there, :class:`BadInput` with all that is wrong with it, and what a commit raises; nothing has changed
    then."""
    try:
        body = file.read_bytes()
    except OSError as error:
        raise NotFound(f"{file} cannot be read: {error.strerror}") from error
    comment = f"{mode} of {path} of {file.name}" if path != "/" else f"{mode} of {file.name}"
    say(f"loading {file}, {_size(len(body))} ...")
    url = serving(settings)
    if url:
        from pyconfhoard.hoard import transfer  # noqa: PLC0415
        from pyconfhoard.tree import parse_path  # noqa: PLC0415

        remote = Remote.of(settings, url)
        schema = remote.schema()
        edits = transfer.loading(schema, body, mode, parse_path(schema, path))
        revision, changed = remote.load(schema, edits, comment)
    else:
        with open_here(settings) as hoard:
            try:
                done = hoard.load_now(body, mode, at=path, author="admin", comment=comment, source="launch")
            except BadInput as error:
                if any(fault.tag == "unknown-element" and fault.path == "/" for fault in error.faults):
                    say(
                        "A module that no Thing owns is to be named: --module NAME, and --yang DIR where it is."
                    )
                raise
            revision, changed = done.revision, len(done.changes)
    if not changed:
        say(f"Nothing is different: running stays at revision {revision}.")
        return 0
    say(f"Loaded as revision {revision}: {comment}.")
    say(
        f"Next: ./launch --cli shows what it changed (show revision {revision}) and takes it back (undo {revision})"
        if url
        else "Next: start the hoard as ever."
    )
    return 0


def first_boot(settings: Settings, say: Say) -> int:
    """Make what every owner has now its first data: the files in ``startup/``, written by the hoard that has the folder, if
    there is one. Raises :class:`StoreError` when the disk fails."""
    url = serving(settings)
    if url:
        told = Remote.of(settings, url).call("pyconfhoard-upkeep:write-first-boot-files")
        revision, names = int(told["revision"]), tuple(told.get("file", ()))
    else:
        from pyconfhoard.hoard.bridge import run_sync  # noqa: PLC0415 - the launcher reads no data else
        from pyconfhoard.hoard.first_boot import write_first_boot  # noqa: PLC0415

        demand(settings.datastore)
        with open_here(settings) as hoard:
            revision, names = run_sync(write_first_boot(hoard))
    for name in names:
        say(name if settings.hoard else str(settings.datastore / name))
    files = "1 file" if len(names) == 1 else f"{len(names)} files"
    say(f"{files}, from revision {revision}.")
    say("Next: copy startup/ into the datastore folder of a new machine before its first start.")
    return 0


# -- files -----------------------------------------------------------------------------------------


def _write(file: Path, pieces: Iterable[bytes]) -> int:
    """Write ``file`` whole or not at all, for its owner only; its size in bytes."""
    from pyconfhoard.store.disk import disk_errors, write_file  # noqa: PLC0415

    with disk_errors(f"{file} cannot be written"):
        write_file(file.absolute(), pieces)
        return file.stat().st_size


def _size(count: int) -> str:
    size, units = float(count), ["bytes", "KB", "MB", "GB"]
    while size >= 1000 and len(units) > 1:
        size /= 1000
        units.pop(0)
    return f"{size:.3g} {units[0]}" if units[0] != "bytes" else f"{count} bytes"


def _command(flag: str, file: Path, settings: Settings) -> str:
    words = ["./launch", flag, str(file)]
    if settings.datastore != Settings().datastore.absolute():
        words += ["--datastore", str(settings.datastore)]
    return " ".join(words)
