"""The journal's contract: the ordered, durable list of committed transactions, and what goes with it.

The journal is the only truth of a hoard. It holds

* the **log**: one :class:`Record` a revision, contiguous, each with the edits that made it and the
  edits that undo it, in the self-describing JSON of :mod:`pyconfhoard.tree.diff`. So any state can be
  reached from any other by walking the records between them, in time proportional to these.
* **snapshots**: the state at one revision, as a root record and the pages that it names. Opening
  costs the last snapshot's root record plus the records after it, whatever the data's size. Pages
  that did not change belong to many snapshots and are written once.
* **models**: from which revision on the records speak in the words of which compiled schema.
* **labels**, names that people give to revisions, and **blame**: which revision last set what stands at a
  path. Blame is derived from the log, a little later and in one go for many commits (a commit writes no
  page for it), and outlives the records that it came from.
* the **registry** of owners, the **marks** of the files that we wrote, and **meta** words.

The log may be trimmed: :attr:`Journal.first` is the oldest revision of its unbroken part. Of what is older
there remain those with a label, whole and with their state, and of those that blame still names who and
when, without their edits.

Rules that every implementation keeps:

1. :meth:`Journal.append` returns only when the records are durable. It raises
   :class:`~pyconfhoard.errors.StoreError` when they are certainly *not* in the journal (a full disk), and
   :class:`SyncFailed` when nobody can know before :meth:`Journal.reopen` has succeeded.
2. What is read was written: records and pages carry a checksum, and damage is an error in words,
   never other data.
3. A page's id is never given again.
4. It may be used by several threads; reading never waits for a sync.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, Protocol

from pyconfhoard.errors import StoreError
from pyconfhoard.tree import Row

__all__ = [
    "FORMAT",
    "WAY_OUT",
    "FileMark",
    "Journal",
    "Kept",
    "Line",
    "Model",
    "OwnerRow",
    "Record",
    "Snapshot",
    "SyncFailed",
    "read_time",
    "write_time",
]

WAY_OUT: Final = (
    "Keep a copy of the folder; then ./launch --repair goes back to the last good revision, "
    "or ./launch --restore takes a backup"
)
"""What to do about a journal that is damaged."""

FORMAT: Final = 2
"""Version of what this module describes. A journal of format 1 (no labels, no blame) is brought up to it when it is
opened; one of a later format is not touched."""


class SyncFailed(StoreError):
    """The disk failed while records were made durable: whether they are is not known yet."""

    default_tag = "operation-failed"


def write_time(time: datetime) -> str:
    """``2026-11-21T04:22:04.123456Z``: sorts as it passes, microseconds always there."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read_time(text: str) -> datetime:
    """:func:`write_time` undone; aware, UTC."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One committed transaction.

    ``author`` is who, ``source`` through what (``rest``, ``cli``, ``file``, ``library`` ...), ``edits`` and
    ``undo`` are JSON texts: ``edits`` lead from the revision before to this one, ``undo`` back.

    ``label`` is a name for the revision, free so far. ``unconfirmed`` is what :meth:`Journal.unconfirmed` is from
    this record on; None leaves it as it is.
    """

    revision: int
    time: datetime
    author: str
    source: str = ""
    comment: str = ""
    edits: str
    undo: str
    label: str = ""
    unconfirmed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What the log tells of a revision at a glance. ``size``: bytes of its edits, 0 when they were let go."""

    revision: int
    time: datetime
    author: str
    source: str
    comment: str
    labels: tuple[str, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Kept:
    """The whole configuration at a labelled ``revision``, as RFC 7951 JSON in the words of a schema."""

    revision: int
    fingerprint: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state at ``revision``: the tree's root record, and the ids of all pages that it needs."""

    revision: int
    fingerprint: str
    root: str
    pages: frozenset[int]


@dataclass(frozen=True, slots=True)
class Model:
    """From revision ``first`` on, records are in the words of the schema with ``fingerprint``;
    ``dump`` is that schema (``schema.dump``)."""

    first: int
    fingerprint: str
    dump: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerRow:
    """An owner as registered. ``path`` is canonical text, ``/`` for the root.

    ``initialised``: it has had its first start, so its files are not read as first data again.
    ``token_sha256``: hex, empty when no token was given out.
    """

    name: str
    kind: Literal["thing", "module"]
    module: str
    path: str
    title: str = ""
    initialised: bool = False
    token_sha256: str = ""


@dataclass(frozen=True, slots=True)
class FileMark:
    """A content that we wrote, or were about to write, to a file: from which revision, and its sha256."""

    revision: int
    sha256: str


class Journal(Protocol):
    """See the module's rules. All methods raise :class:`StoreError` when the disk does."""

    @property
    def id(self) -> str:
        """The hoard's own name for itself, made when the journal was."""

    @property
    def head(self) -> int:
        """The last revision; 0 when nothing was ever committed."""

    # -- the log -------------------------------------------------------------------------------

    def append(self, records: Sequence[Record]) -> None:
        """Add records durably, all or none. The first one's revision is ``head + 1``."""

    def reopen(self) -> None:
        """After :class:`SyncFailed`: look at the disk anew. Afterwards ``head`` is what is durably there."""

    @property
    def first(self) -> int:
        """The oldest revision that was not trimmed: from here on the log is unbroken. 1 for an empty journal."""

    def records(self, after: int, upto: int | None = None, *, newest_first: bool = False) -> Iterator[Record]:
        """The records with ``after < revision <= upto`` (None: the head) of the unbroken part, in order or backwards."""

    def record(self, revision: int) -> Record | None:
        """One record, also a labelled one from before :attr:`first`; None when it (or its edits) were let go."""

    def tail_bytes(self, after: int) -> int:
        """Bytes of edits in the records after a revision."""

    def sizes(self, first: int, last: int) -> int:
        """Bytes that the records from ``first`` to ``last`` take: edits, both ways, and who, when and why."""

    def labelled_bytes(self) -> int:
        """Bytes that labelled revisions take or will: their records, and their states. A state that is not kept yet counts
        as the last one that was."""

    # -- history -------------------------------------------------------------------------------

    def lines(
        self,
        *,
        limit: int,
        before: int | None = None,
        author: str | None = None,
        labelled: bool = False,
    ) -> tuple[Line, ...]:
        """At most ``limit`` revisions below ``before`` (None: all), newest first, whose edits are there still."""

    def since(self, time: datetime, low: int, high: int) -> int:
        """The first revision with ``low <= revision < high`` that was committed at a time or later; ``high`` when
        there is none."""

    def lines_of(self, revisions: Iterable[int]) -> Mapping[int, Line]:
        """Those of these revisions of which anything is known."""

    def labels(self) -> Mapping[str, int]:
        """The revision of each label."""

    def put_label(self, name: str, revision: int | None) -> None:
        """Give a name to a revision, or (None) take it away, durably."""

    @property
    def indexed(self) -> int:
        """Up to which revision the stored blame goes."""

    def index(self, upto: int, between: Callable[[], None] = lambda: None) -> None:
        """Bring the stored blame up to a revision, in one transaction; what a revision of many edits needs, in many: a
        commit waits for one of them at most. ``between`` is called after each of these, and may raise to break off."""

    def blame(self, path: str, upto: int) -> Mapping[str, int] | None:
        """By path (canonical text) the revision that last set what stands there: for ``path``, all above and all
        below it. What stands at a path was last set by the latest of it and those above it. Covers the log
        up to ``upto``; None when the stored blame is later than that."""

    def trim(self, first: int) -> None:
        """Let go of the revisions before ``first``, but not of those with a label, nor of what blame needs.

        ``first`` is not beyond the last snapshot's successor, nor beyond :attr:`indexed`'s; the last record stays."""

    def kept(self, revision: int) -> Kept | None:
        """The state of a labelled revision, where it was kept."""

    def keep_state(self, state: Kept, most: int | None = None) -> bool:
        """Keep the state of a labelled revision that is about to be trimmed; False where all such states would take more
        than ``most`` bytes (None: any) with it."""

    def kept_revisions(self) -> tuple[int, ...]:
        """Of which there is a :meth:`kept` state, in order."""

    def unconfirmed(self) -> str:
        """What is known of a confirmed commit that waits for its confirmation (JSON); empty when none does."""

    def set_unconfirmed(self, text: str) -> None:
        """Begin to wait, or (empty) end it, durably."""

    # -- snapshots -----------------------------------------------------------------------------

    def snapshot(self) -> Snapshot | None:
        """The last one."""

    def page(self, id: int) -> Row:
        """A page of the last snapshot, or of the one that this process found when it opened the journal."""

    def new_page(self) -> int:
        """An id that was never given."""

    def add_pages(self, pages: Mapping[int, Row]) -> None:
        """Store pages under ids of :meth:`new_page`. They are kept once a snapshot names them."""

    def missing_pages(self, ids: Iterable[int]) -> frozenset[int]:
        """Those that are not stored (any more)."""

    @property
    def shelf(self) -> Hashable:
        """The name under which trees remember the pages that are stored here."""

    def change_shelf(self) -> None:
        """Take another name: the next snapshot writes all pages, whatever trees remember."""

    def add_snapshot(self, snapshot: Snapshot) -> None:
        """Make it the last one, and let go of the pages that nobody needs any more.

        Does nothing when the journal has gone on meanwhile: to a newer snapshot, or to another model.
        """

    # -- models, owners, files, words ----------------------------------------------------------

    def models(self) -> tuple[Model, ...]:
        """In order of ``first``."""

    def add_model(
        self,
        model: Model,
        snapshot: Snapshot,
        *,
        record: Record | None = None,
        owners: Sequence[OwnerRow] = (),
    ) -> None:
        """A change of model: ``snapshot`` is the state in its words. One transaction.

        ``record`` (its revision ``head + 1``) tells of it in the log where the data changed with the model; it is in the
        words of neither, so that ``model.first`` is the revision after it. ``owners`` are added or replaced.
        """

    def owners(self) -> tuple[OwnerRow, ...]:
        """In order of name."""

    def put_owners(self, rows: Sequence[OwnerRow]) -> None:
        """Add or replace by name, durably, in one transaction."""

    def file_marks(self, file: str) -> tuple[FileMark, ...]:
        """What is known of ``file`` (relative to the folder), oldest first."""

    def mark_file(self, file: str, mark: FileMark) -> None:
        """Before the rename: this content is about to be ours, durably. Earlier marks stay."""

    def settle_file(self, file: str, mark: FileMark) -> None:
        """After the rename: only this content is ours. Its stamp is not known yet."""

    def file_stamp(self, file: str) -> str:
        """What the file system said of ``file`` when its content was last known to be ours; empty for nothing."""

    def stamp_file(self, file: str, stamp: str) -> None:
        """Keep :meth:`file_stamp`."""

    def check(self) -> list[str]:
        """Everything that is wrong with it, in words; empty when it is whole. Reads all of it."""

    def close(self) -> None:
        """Let go of the files; again does nothing."""
