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
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Self, TypeAlias, get_args

from pyconfhoard.errors import BadInput, HoardError, NotFound, StoreError
from pyconfhoard.settings import Settings
from pyconfhoard.thing import http
from pyconfhoard.thing.here import open_here
from pyconfhoard.thing.register import MEANINGS, admin_token, serving
from pyconfhoard.thing.stored import demand, read_stored

if TYPE_CHECKING:
    from pyconfhoard.schema.nodes import Schema
    from pyconfhoard.tree import Branch

__all__ = ["MODES", "LoadMode", "back_up", "first_boot", "load", "restore", "save"]

LoadMode: TypeAlias = Literal["merge", "replace", "override"]
MODES: Final[tuple[LoadMode, ...]] = get_args(LoadMode)
"""What a loaded file does to what is there: see :mod:`pyconfhoard.hoard.transfer`."""

Say: TypeAlias = Callable[[str], None]

_PATIENCE: Final = 600.0
"""Seconds that a hoard has for the whole of its configuration."""
_DATA: Final = "ietf-restconf:data"


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


def save(settings: Settings, file: Path, say: Say) -> int:
    """Write the running configuration to ``file``, in place of one that is there. Raises :class:`StoreError` for a disk
    that fails, and what the hoard answers."""
    xml = file.suffix.lower() == ".xml"
    url = serving(settings)
    if url:
        remote = _Remote.of(settings, url)
        schema = remote.schema()
        revision, root = remote.running(schema)
    else:
        stored = read_stored(settings.datastore)
        schema, revision, root = stored.schema, stored.revision, stored.root
    from pyconfhoard.hoard import transfer  # noqa: PLC0415

    written = transfer.saved(schema, root, form="xml" if xml else "instance-data", now=datetime.now(UTC))
    size = _write(file, written)
    say(f"{file} holds the configuration of revision {revision}: {_size(size)}.")
    way = _command("--load", file, settings)
    say(f"Next: keep it to yourself, users are in it, too. To load it, here or elsewhere: {way}")
    return 0


def load(settings: Settings, file: Path, mode: LoadMode, say: Say) -> int:
    """Commit the configuration that ``file`` holds. Raises :class:`NotFound` where there is no file, :class:`BadInput`
    with all that is wrong with it, and what a commit raises; nothing has changed then."""
    try:
        body = file.read_bytes()
    except OSError as error:
        raise NotFound(f"{file} cannot be read: {error.strerror}") from error
    comment = f"{mode} of {file.name}"
    say(f"loading {file}, {_size(len(body))} ...")
    url = serving(settings)
    if url:
        revision, changed = _Remote.of(settings, url).load(body, mode, comment)
    else:
        with open_here(settings) as hoard:
            try:
                done = hoard.load_now(body, mode, author="admin", comment=comment, source="launch")
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
    """Make what every owner has now its first data: the files in ``startup/``. No hoard may have the folder."""
    from pyconfhoard.hoard.bridge import run_sync  # noqa: PLC0415

    demand(settings.datastore)
    with open_here(settings) as hoard:
        names = sorted(hoard.owners)
        for name in names:
            run_sync(hoard.write_startup(name))
            say(f"{hoard.folder / 'startup' / f'{name}.json'}")
        revision = hoard.revision
    files = "1 file" if len(names) == 1 else f"{len(names)} files"
    say(f"{files}, from revision {revision}.")
    say("Next: copy startup/ into the datastore folder of a new machine before its first start.")
    return 0


# -- by way of the hoard that has the folder -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Remote:
    """The hoard at ``url``."""

    url: str
    token: str = field(repr=False)
    trust: Path | None

    @classmethod
    def of(cls, settings: Settings, url: str) -> Self:
        own = settings.run / "tls.crt"  # of the hoard that has this very folder
        found = None if settings.hoard or not own.exists() else own
        return cls(url, admin_token(settings), settings.trusted or found)

    def ask(self, method: str, path: str, body: Any = None) -> http.Response:
        """Raises what the answer means where it is no success."""
        answer = http.request(
            method, self.url + path, token=self.token, timeout=_PATIENCE, body=body, trust=self.trust
        )
        if answer.status >= 400:
            raise MEANINGS.get(answer.status, StoreError)(answer.reason())
        return answer

    def schema(self) -> Schema:
        from pyconfhoard.schema import restore as restored  # noqa: PLC0415

        return restored(self.ask("GET", "/v1/schema").body)

    def revision(self) -> int:
        return int(self.ask("GET", "/v1/discover").json()["revision"])

    def running(self, schema: Schema) -> tuple[int, Branch]:
        """The revision, and what running was at it: asked for again where a commit came between."""
        from pyconfhoard.tree import Branch, Path, decode  # noqa: PLC0415

        while True:
            revision = self.revision()
            told = self.ask("GET", "/restconf/data?content=config").json()
            if revision == self.revision():
                root = decode(schema.root, told[_DATA], Path.ROOT)
                if not isinstance(root, Branch):
                    raise TypeError("a root is read as a branch")
                return revision, root

    def load(self, body: bytes, mode: LoadMode, comment: str) -> tuple[int, int]:
        """In a private candidate, which is committed as a whole: the revision, and how much it changed."""
        from pyconfhoard.tree import to_json  # noqa: PLC0415
        from pyconfhoard.tree.config_document import read_config  # noqa: PLC0415

        schema = self.schema()
        data = to_json(schema.root, read_config(schema, body))
        candidate = f"/v1/candidate/{self.ask('POST', '/v1/candidate').json()['id']}"
        try:
            if mode == "replace":
                for name, value in data.items():
                    self.ask("PUT", f"{candidate}/data/{name}", {name: value})
            else:
                self.ask("PUT" if mode == "override" else "PATCH", f"{candidate}/data", {_DATA: data})
            done = self.ask("POST", f"{candidate}/commit", {"comment": comment}).json()
        except HoardError:
            with contextlib.suppress(HoardError):  # it ends by itself when nobody touches it
                self.ask("DELETE", candidate)
            raise
        return int(done["revision"]), len(done["changed"])


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
