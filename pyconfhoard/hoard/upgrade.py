"""A datastore taken to a changed model, and back.

**The model that serves.** The journal keeps every compiled schema that its data was ever in the words of, and a backup
is a copy of the journal. So a hoard needs no YANG file to go on with the model that its data is in: when the
files have changed and the data does not fit them as it is, the old model serves, and the new one *waits*.

**An upgrade** (:class:`Upgrade`) holds the folder's lock from the plan to the end, so that what is shown is what is done:

1. a backup, in ``upgrades/`` in the folder: checked, synced, and only then named; and beside it the plan as a text;
2. the pages of the new state, which nothing names yet;
3. one transaction: the model, the snapshot, the paths of Things, and a record in the log.

Killed before the third, the datastore is the old one; after it, the new one.

**The record** says what changed, for the list of revisions and for blame, in the words of both models. It cannot be
applied: nobody goes over an upgrade with edits. What was before it, is listed; it is had again by :func:`downgrade`.
So the records after it begin at a state that no record leads to: the snapshot. Should that be damaged one day, there is
the same state once more, under the label that the revision gets (``upgrade-<revision>``), for a repair to begin at.

**Going back** restores the backup of the last upgrade. The model that was gone back from is *held*: a start does not take
it up again by itself, even if the data would fit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path as File
from typing import TYPE_CHECKING, Final, Self

from pyconfhoard import schema as schemas
from pyconfhoard.errors import MAX_FAULTS, BadInput, Conflict, Fault, NotFound, StoreError
from pyconfhoard.migration import Plan, plan, read_books
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.store.backup import backup, restore
from pyconfhoard.store.disk import disk_errors, private_folder, write_file
from pyconfhoard.store.files import Files
from pyconfhoard.store.journal import Journal, Kept, Model, OwnerRow, Record
from pyconfhoard.store.lock import FolderLock, refuse_network
from pyconfhoard.store.snapshots import freeze_into, load
from pyconfhoard.store.sqlite import SqliteJournal
from pyconfhoard.tree import Branch, dumps, encode, parse
from pyconfhoard.tree.begun import is_begun
from pyconfhoard.validation import Validator

if TYPE_CHECKING:
    from pyconfhoard.hoard.hoard import Hoard

__all__ = [
    "Restored",
    "Stored",
    "Upgrade",
    "Upgraded",
    "Waiting",
    "downgrade",
    "held",
    "prospect",
    "stored_schema",
    "upgraded_to",
]

FOLDER: Final = "upgrades"
_HELD: Final = "held"
_AUTHOR: Final = "hoard"
_SOURCE: Final = "upgrade"
_MARK: Final = "upgrade"
"""What stands first among the edits of an upgrade, where each has its operation."""
_SHORT: Final = 16
"""Digits of a fingerprint that stand for it in a file's name."""
_NAME: Final = re.compile(r"[0-9T.]+Z-revision-(?P<revision>[0-9]+)-before-(?P<after>[0-9a-f]+)\.db")
"""A backup: made when, of which revision, before which model came."""
KEPT: Final = 10
"""Backups in :data:`FOLDER`; the oldest beyond that go with the next upgrade that succeeds."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A model that is in the YANG files and does not serve yet. ``held``: the data was taken back from it."""

    plan: Plan
    held: bool = False

    @property
    def fingerprint(self) -> str:
        """That of the model that waits."""
        return self.plan.new.fingerprint

    @property
    def reason(self) -> str:
        """Why, and what to do, without the data that it does not fit."""
        if self.held:
            why = "the datastore was taken back from the model in the YANG files"
        elif self.plan.faults:
            why = "the stored configuration does not fit the changed model"
        else:
            why = "the model has changed, and there are rules that change stored configuration with it"
        return (
            f"{why}. Nothing was changed, and the old model keeps serving. See what an upgrade would do, and make it, "
            "while the hoard is stopped: ./launch --upgrade"
        )

    def error(self, most: int = MAX_FAULTS) -> Conflict:
        """:attr:`reason`, with the faults (at most so many)."""
        first = Fault("operation-failed", self.reason)
        return Conflict((first, *self.plan.faults[:most]), total=self.plan.total + 1)


@dataclass(frozen=True, slots=True)
class Upgraded:
    """``revision`` is that of the upgrade (the last one there was, where no value changed), ``backup`` the way back. The
    plan stands beside that as a text."""

    revision: int
    backup: File


@dataclass(frozen=True, slots=True)
class Restored:
    """``revision`` is the last one now; ``lost`` commits were made after the upgrade. They are kept in ``aside/`` in the
    folder."""

    file: File
    revision: int
    lost: int


# -- what would be ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stored:
    """The schema that the data is in the words of; ``assumed``: the journal's own form of it cannot be read."""

    schema: Schema
    assumed: bool = False


def stored_schema(journal: Journal, present: Schema) -> Stored | None:
    """None for a journal that is new.

    Where the schema was compiled by a version of this program whose form cannot be read any more, it is ``present``, what the
    YANG files say, if the data is valid under that as it is. Raises :class:`StoreError`.
    """
    models = journal.models()
    if not models:
        return None
    last = models[-1]
    try:
        return Stored(schemas.restore(last.dump))
    except ValueError as error:
        assumed = replace(present, fingerprint=last.fingerprint)
        if _is_that_of(journal, assumed):
            return Stored(assumed, assumed=True)
        message = (
            f"the model that the data was written in cannot be read: {error}; and the YANG files say another one now. "
            "Put the YANG files of that time back, and start the hoard once"
        )
        raise StoreError(Fault("operation-failed", message)) from error


def _is_that_of(journal: Journal, schema: Schema) -> bool:
    """Whether all that is stored can be read under a schema, and is valid."""
    try:
        root, _ = load(journal, schema)
        encode(schema.root, root)  # touches every page
    except (StoreError, ValueError, LookupError, TypeError, AttributeError):
        return False
    return not is_begun(root) or not Validator(schema).validate(root).total


def prospect(
    old: Schema,
    new: Schema,
    root: Branch,
    revision: int,
    *,
    rows: Iterable[OwnerRow],
    yang: Sequence[File],
    cache: File | None = None,
    brief: bool = False,
) -> Plan:
    """The plan of an upgrade by the rules that are beside the YANG in the folders ``yang``; the new state is stamped
    ``revision``. ``cache`` is the folder for compiled schemas; ``brief`` as for the plan."""
    changed = [
        name
        for name in dict.fromkeys((*old.modules, *new.modules))
        if name not in old.modules
        or name not in new.modules
        or old.modules[name].revision != new.modules[name].revision
    ]
    books, faults = read_books(changed, yang, cache=cache)
    paths = {row.name: row.path for row in rows if row.kind == "thing"}
    return plan(old, new, root, books, revision=revision, paths=paths, faults=faults, brief=brief)


def planned(hoard: Hoard) -> Plan | None:
    """What an upgrade would do with what a hoard at work holds now, by the YANG files as they are now; None where these say
    the model that serves. Blocks for the size of the data. Raises :class:`~pyconfhoard.errors.ModelError`."""
    now = hoard.state
    new = hoard.compile(hoard.rows.values())
    if new.fingerprint == now.schema.fingerprint:
        return None
    return prospect(
        now.schema,
        new,
        now.running,
        now.revision + 1,
        rows=hoard.rows.values(),
        yang=hoard.yang,
        cache=hoard.folder / "run",
    )


def held(folder: File) -> str:
    """The fingerprint of the model that ``folder`` was taken back from; empty when it was not."""
    try:
        return (folder / FOLDER / _HELD).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def _hold(folder: File, fingerprint: str) -> None:
    place = folder / FOLDER
    with disk_errors(f"{place} cannot be written"):
        private_folder(place)
        write_file(place / _HELD, [f"{fingerprint}\n".encode()], mode=0o600)


# -- the upgrade -----------------------------------------------------------------------------------


class Upgrade:
    """An upgrade of the datastore in a folder, which nobody else can use meanwhile. Made by :meth:`open`; a context
    manager."""

    folder: File
    now: Callable[[], datetime]
    plan: Plan | None
    """None where there is nothing to do: the model has not changed, or the upgrade is made."""
    _journal: Journal
    _rows: tuple[OwnerRow, ...]
    _revision: int
    _closing: ExitStack

    def __init__(self, **parts: object) -> None:
        raise TypeError("use Upgrade.open(folder, ...)")

    @classmethod
    def open(
        cls,
        folder: File | str,
        *,
        yang: Sequence[File | str] = (),
        modules: Sequence[str] = (),
        features: Mapping[str, Collection[str]] | None = None,
        now: Callable[[], datetime] | None = None,
        journal: Callable[[File], Journal] = SqliteJournal,
    ) -> Upgrade:
        """Plan the upgrade of a datastore to the model in the YANG files: a dry run on what is stored. Nothing of that is
        changed.

        All is meant as by :meth:`pyconfhoard.hoard.Hoard.open`, and has to be given as it is given there.

        Raises :class:`~pyconfhoard.errors.DatastoreInUse` naming the hoard that runs there, :class:`NotFound` where
        there is no datastore or nothing in it, :class:`~pyconfhoard.errors.ModelError` for YANG that does not compile,
        :class:`Conflict` while a confirmed commit waits, and :class:`StoreError`.
        """
        self: Upgrade = object.__new__(cls)
        self.folder = File(folder)
        self.now = now or _utc
        if not (self.folder / "journal.db").exists():
            raise NotFound(f"there is no datastore in {folder}; say where it is: --datastore DIR")
        refuse_network(self.folder)
        with ExitStack() as stack:
            lock = FolderLock(self.folder, timeout=0)
            stack.callback(lock.release)
            self._journal = journal(self.folder / "journal.db")
            stack.callback(self._journal.close)
            self._read(tuple(File(one) for one in yang), tuple(modules), features)
            self._closing = stack.pop_all()
        return self

    def _read(
        self, yang: tuple[File, ...], modules: tuple[str, ...], features: Mapping[str, Collection[str]] | None
    ) -> None:
        journal = self._journal
        self._rows = journal.owners()
        things = [row.module for row in self._rows if row.kind == "thing"]
        cache = self.folder / "run"
        new = schemas.load(
            tuple(dict.fromkeys((*modules, *things))), folders=yang, features=features, cache=cache
        )
        stored = stored_schema(journal, new)
        if stored is None:
            raise NotFound(f"the datastore {self.folder} is new: its first start takes the model as it is")
        if journal.unconfirmed():
            raise Conflict(
                "a confirmed commit was not confirmed before the hoard ended: start the hoard once, so that it is "
                "taken back (the old model serves), and upgrade then"
            )
        self.plan = None
        old = stored.schema
        if new.fingerprint == old.fingerprint:
            return
        root, revision = load(journal, old)
        self._revision = revision
        found = prospect(old, new, root, revision + 1, rows=self._rows, yang=yang, cache=cache)
        edited = tuple(self._hand_edits())
        self.plan = replace(found, faults=(*edited, *found.faults), total=len(edited) + found.total)

    def touched(self) -> Mapping[str, str]:
        """The Things whose configuration the plan changes, by name, each with the path that it owns then."""
        plan = self.plan
        if plan is None:
            return {}
        changed = [str(change.path) for change in plan.difference.changes]
        before = {row.name: row.path for row in self._rows}
        return {
            name: path
            for name, path in plan.paths.items()
            if any(_meet(one, own) for one in changed for own in {path, before[name]})
        }

    def _hand_edits(self) -> Iterable[Fault]:
        """Files that nobody has taken over yet: they are in the words of the old model."""
        files = Files(self.folder, self._journal)
        for row in self._rows:
            if files.find(row.name).state == "edited":
                message = (
                    f"persist/{row.name}.json was edited by hand, and the edit is in the words of the old model: start "
                    "the hoard once, so that it is taken over (the old model serves), and upgrade then"
                )
                yield Fault("in-use", message)

    def apply(self, *, author: str = _AUTHOR, file: File | None = None, keep: int = KEPT) -> Upgraded:
        """Make the upgrade as planned, after a backup to ``file`` (None: one in ``upgrades/`` in the folder). Of the
        backups there the newest ``keep`` stay, this one among them.

        Raises :class:`Conflict` with the plan's faults, :class:`BadInput` when there is nothing to do, or ``file``
        exists, and :class:`StoreError`; the old model and data are as they were, then.
        """
        plan = self.plan
        if plan is None:
            raise BadInput("the model has not changed: there is nothing to upgrade")
        if plan.faults or plan.after is None:
            raise Conflict(plan.faults, total=plan.total)
        journal, revision = self._journal, self._revision
        saved = file or self._place(plan.new.fingerprint)
        backup(self.folder, saved)
        with disk_errors(f"the plan cannot be written beside {saved}"):
            write_file(saved.with_suffix(".txt"), [plan.text().encode()])
        record = self._record(plan, author) if plan.difference else None
        head = revision if record is None else record.revision
        snapshot = freeze_into(journal, plan.after, head, plan.new.fingerprint)
        model = Model(head + 1, plan.new.fingerprint, schemas.dump(plan.new))
        journal.add_model(model, snapshot, record=record, owners=tuple(self._moved(plan)))
        if record is not None and record.label:
            journal.keep_state(Kept(head, plan.new.fingerprint, encode(plan.new.root, plan.after)))
        self.plan = None
        with suppress(FileNotFoundError), disk_errors("the held model cannot be let go"):
            (self.folder / FOLDER / _HELD).unlink(missing_ok=True)
        _prune(self.folder / FOLDER, saved, keep)
        return Upgraded(head, saved)

    def _place(self, fingerprint: str) -> File:
        """A name for a backup that sorts by time and tells to which model the way back begins."""
        place = self.folder / FOLDER
        with disk_errors(f"{place} cannot be written"):
            private_folder(place)
            for leftover in place.glob(".*.tmp*"):  # of an upgrade that was killed
                leftover.unlink(missing_ok=True)
        time = self.now().astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        return place / f"{time}-revision-{self._revision}-before-{fingerprint[:_SHORT]}.db"

    def _record(self, plan: Plan, author: str) -> Record:
        mark = {"op": _MARK, "from": plan.old.fingerprint, "to": plan.new.fingerprint}
        label = f"upgrade-{self._revision + 1}"
        known = [change for change in plan.modules if change.before is not None] or plan.modules
        told = "; ".join(map(str, known)) or "other features or texts"
        return Record(
            revision=self._revision + 1,
            time=self.now(),
            author=author,
            source=_SOURCE,
            comment=f"change of model: {told}",
            edits=dumps([mark, *plan.difference.edits()]),
            undo=dumps([mark]),
            label="" if label in self._journal.labels() else label,
        )

    def _moved(self, plan: Plan) -> Iterable[OwnerRow]:
        for row in self._rows:
            path = plan.paths.get(row.name)
            if path is not None and path != row.path:
                module = path[1:].partition(":")[0]
                yield replace(row, path=path, module=module)

    def close(self) -> None:
        """Let the folder go; again does nothing."""
        self._closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def _prune(place: File, newest: File, keep: int) -> None:
    """Let old backups go, with their plans; never ``newest``, whatever the clock said, and no file of another name. What
    cannot be deleted stays: the upgrade is made."""
    backups = [file for file in place.glob("*.db") if _NAME.fullmatch(file.name) and file != newest]
    for file in sorted(backups, reverse=True)[max(keep - 1, 0) :]:
        with suppress(OSError):
            file.with_suffix(".txt").unlink(missing_ok=True)
            file.unlink()


def _meet(one: str, other: str) -> bool:
    """Whether one of two paths is the other or above it."""
    short, long = sorted((one, other), key=len)
    return long == short or (long.startswith(short) and long[len(short)] in "/[")


# -- the way back ----------------------------------------------------------------------------------


def way_back(folder: File, journal: Journal) -> Restored:
    """The backup of the last upgrade that the data went through. Raises :class:`NotFound`."""
    models = {model.fingerprint[:_SHORT] for model in journal.models()}
    for file in sorted((folder / FOLDER).glob("*.db"), reverse=True):
        name = _NAME.fullmatch(file.name)
        if name is None:
            continue
        revision = int(name["revision"])
        here = name["after"] == upgraded_to(journal.record(revision + 1))
        if here or name["after"] in models:
            return Restored(file, revision, max(journal.head - revision - here, 0))
    raise NotFound(
        f"there is no backup in {folder / FOLDER} of an upgrade to the present model: nothing to go back to"
    )


def last_upgrade(journal: Journal) -> int:
    """The revision of the last upgrade in which values changed; 0 where there was none. What was before it is no state of
    the present model, even where it would be valid: 64 degrees of one kind are not 64 of another."""
    candidates = (model.first - 1 for model in reversed(journal.models()))
    return next((revision for revision in candidates if upgraded_to(journal.record(revision))), 0)


def upgraded_to(record: Record | None) -> str:
    """To which model the upgrade that a record tells of led, in short; empty where it tells of none."""
    if record is None or record.source != _SOURCE:
        return ""
    match parse(record.undo.encode()):
        case [{"op": str(op), "to": str(to)}] if op == _MARK:
            return to[:_SHORT]
    return ""


def downgrade(
    folder: File | str,
    *,
    now: Callable[[], datetime] | None = None,
    agree: Callable[[Restored], bool] = lambda going: True,
) -> Restored | None:
    """Go back behind the last upgrade: restore its backup, with the model of that time, which then serves whatever is in
    the YANG files. What was there is kept in ``aside/<time>/`` in the folder.

    ``agree`` is asked before with what would be; None if it says no.

    Raises :class:`NotFound` when there is no backup, :class:`~pyconfhoard.errors.DatastoreInUse` naming the hoard that
    runs there, and :class:`StoreError`; nothing has changed then.
    """
    place = File(folder)
    if not (place / "journal.db").exists():
        raise NotFound(f"there is no datastore in {folder}; say where it is: --datastore DIR")
    with FolderLock(place, timeout=0):
        journal = SqliteJournal(place / "journal.db")
        try:
            going, present = way_back(place, journal), journal.models()[-1].fingerprint
        finally:
            journal.close()
    if not agree(going):
        return None
    _hold(place, present)
    restore(place, going.file, now=(now or _utc)())
    return going


def _utc() -> datetime:
    return datetime.now(UTC)
