"""What follows the commits: persist files, operational files, snapshots, and a look at a disk that failed.

All of it is done by the keeper's thread from one :class:`~pyconfhoard.hoard.state.State` at a time, and at
the end by :meth:`Upkeep.close`. Nothing here is needed to answer a commit, and whatever fails is tried again.

*The end is short.* The journal has all that was answered; files that are behind it are written by the next start.
So the end takes :data:`CLOSING` seconds at most, first for what makes that start quick, a snapshot; what is not done
then is broken off.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from pyconfhoard.errors import StoreError
from pyconfhoard.hoard.keeper import Chore, Keeper
from pyconfhoard.hoard.owners import subtree
from pyconfhoard.hoard.state import State
from pyconfhoard.store.documents import write_document
from pyconfhoard.store.files import Files
from pyconfhoard.store.journal import Journal
from pyconfhoard.store.snapshots import SNAPSHOT_BYTES, freeze_into
from pyconfhoard.tree import Branch

__all__ = ["Upkeep"]

FILES_DELAY: Final = 2.0
"""Seconds from a commit to its persist files."""
FILES_RATE: Final = 1 << 16
"""Bytes of persist files a second, on average: a card wears, and a large file is written whole for one leaf."""
OPERATIONAL_DELAY: Final = 5.0
"""Seconds from a reading to its operational file."""
STAMPS_DELAY: Final = 5.0
"""Seconds from a persist file to the note by which damage to it is told from an edit."""
SNAPSHOT_DELAY: Final = 0.5
HISTORY_DELAY: Final = 1.0
INDEX_COMMITS: Final = 256
INDEX_BYTES: Final = 1 << 18
"""Commits, and bytes of edits in them, beyond which the stored blame is brought up to date: until then they are
looked through at every question."""
_INDEX_STEP: Final = 1000
"""Revisions in one transaction, at most."""
_INDEX_SECONDS: Final = 0.02
"""What one transaction should take: commits wait for it."""
DISK_DELAY: Final = 5.0
"""Seconds from a failed sync to the next look at the disk."""
CLOSING: Final = 4.0
"""Seconds that the end may take: whoever supervises kills after ten."""


class Upkeep:
    """``moment`` gives the present state, ``readings`` the operational root; ``look`` resolves a failed sync, ``trim``
    lets go of history, but not of what came after the revision that it is given, nor after the last snapshot: one is taken
    after a part of the ``history_bytes`` that the history may have."""

    def __init__(
        self,
        journal: Journal,
        files: Files,
        *,
        moment: Callable[[], State],
        readings: Callable[[], Branch],
        look: Callable[[], None],
        trim: Callable[[int], None],
        history_bytes: int,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal = journal
        self._files = files
        self._moment = moment
        self._readings = readings
        self._trim = trim
        self._snapshot_bytes = min(SNAPSHOT_BYTES, max(history_bytes // 8, 1))
        self._monotonic = monotonic
        self._deadline = float("inf")
        self._size = 0
        """Bytes of the document that is being written, and of those before it."""
        self._current = 0
        """The last revision at which every persist file was known to be up to date."""
        self._lock = threading.Lock()
        self._changed: set[str] = set()
        self._told: set[str] = set()
        self._written: dict[str, Branch | int] = {}
        last = journal.snapshot()
        self._tail = journal.tail_bytes(last.revision if last is not None else 0)
        self._unindexed = journal.head - journal.indexed, journal.tail_bytes(journal.indexed)
        self.keeper = Keeper(
            (
                # It costs what has changed, and spares the next start that: there is no use in waiting with it.
                Chore("snapshot", self._take_snapshot, SNAPSHOT_DELAY, rest=2.0),
                Chore("operational files", self._write_operational, OPERATIONAL_DELAY),
                Chore("persist files", self._write_persist, FILES_DELAY),
                Chore("stamps", files.stamp, STAMPS_DELAY),
                Chore("history", self._look_after_history, HISTORY_DELAY),
                Chore("journal", look, DISK_DELAY, retry=DISK_DELAY),
            )
        )

    def changed(self, owners: Iterable[str], size: int = 0) -> None:
        """Configuration of these owners has changed, by a record of ``size`` bytes."""
        with self._lock:
            self._changed.update(owners)
            self._tail += size
            due = self._tail > self._snapshot_bytes
            commits, amount = self._unindexed
            self._unindexed = commits + bool(size), amount + size
            behind = commits > INDEX_COMMITS or amount > INDEX_BYTES
        self.keeper.touch("persist files")
        if due:
            self.keeper.touch("snapshot")
        if due or behind:
            self.keeper.touch("history")

    def told(self, owners: Iterable[str]) -> None:
        """Operational data of these owners has changed."""
        with self._lock:
            self._told.update(owners)
        self.keeper.touch("operational files")

    def trouble(self) -> None:
        """A sync failed."""
        self.keeper.touch("journal")

    def note(self, owner: str, written: Branch | int) -> None:
        """What an owner's persist file holds: a root, or that of a revision."""
        self._written[owner] = written

    def written(self, owner: str) -> Branch | int:
        """What :meth:`note` said or was written since; revision 0 when neither."""
        return self._written.get(owner, 0)

    def renew(self, state: State, *, words: bool) -> None:
        """The owners have changed, and with ``words`` the schema, too."""
        if words:
            self._written.clear()
        self._written = {name: self._written.get(name, state.running) for name in state.owners}
        self.changed(state.owners)
        self.told(state.owners)

    def close(self) -> None:
        """Take a snapshot if there is anything after the last one, and write files and blame, as far as
        :data:`CLOSING` allows."""
        self._deadline = self._monotonic() + CLOSING
        self.keeper.touch("snapshot")
        self.keeper.touch("history")
        self.keeper.close()

    def end(self) -> None:
        """End without writing; after :meth:`close` does nothing."""
        self.keeper.close(flush=False)

    # -- chores --------------------------------------------------------------------------------

    def _step(self) -> None:
        """Between two steps of a chore: let others go first, and raise when the end cannot wait any longer. A snapshot does
        not wait for the end of the chore."""
        self.keeper.breathe()
        self._hurry()
        self.keeper.meanwhile("snapshot")

    def _page_taken(self) -> None:
        """The same between two pages of a snapshot: commits that are in none make the next start slow."""
        self.keeper.breathe(rest=1.0)
        self._hurry()

    def _hurry(self) -> None:
        """Raise when the end cannot wait any longer."""
        if self._monotonic() > self._deadline:
            raise StoreError(f"broken off {CLOSING:g} s after the end began; the next start goes on with it")

    def _unhurried(self, document: Iterable[bytes]) -> Iterator[bytes]:
        """A document, while there is time for it."""
        for piece in document:
            self._size += len(piece)
            self._step()
            yield piece

    def _write_persist(self) -> None:
        with self._lock:
            names, self._changed = self._changed, set()
        state = self._moment()
        names &= state.owners.keys()
        self._size = 0
        try:
            for name in sorted(names):
                part = subtree(state.schema, state.owners, state.owners[name], state.running)
                self._files.write_persist(name, self._unhurried(write_document(part)), state.revision)
                self._written[name] = state.running
                names.discard(name)
            self._current = state.revision
            self.keeper.touch("stamps")
        finally:
            self.keeper.chores["persist files"].pause = self._size / FILES_RATE
            with self._lock:
                self._changed |= names

    def _write_operational(self) -> None:
        with self._lock:
            names, self._told = self._told, set()
        state, root = self._moment(), self._readings()
        if root.schema is not state.schema.root:
            return  # the model is changing: renew comes after it
        names &= state.owners.keys()
        try:
            for name in sorted(names):
                part = subtree(state.schema, state.owners, state.owners[name], root)
                self._files.write_operational(name, self._unhurried(write_document(part)))
                names.discard(name)
        finally:
            with self._lock:
                self._told |= names

    def _take_snapshot(self) -> None:
        with self._lock:
            covered = self._tail
        if not covered:
            return
        state = self._moment()
        snapshot = freeze_into(
            self._journal, state.running, state.revision, state.schema.fingerprint, self._page_taken
        )
        self._journal.add_snapshot(snapshot)
        with self._lock:
            self._tail -= covered

    def _look_after_history(self) -> None:
        with self._lock:
            commits, amount = self._unindexed
        head, indexed = self._moment().revision, self._journal.indexed
        step = _INDEX_STEP // 10
        while indexed < head:
            self._step()
            begin = time.monotonic()
            indexed = min(indexed + step, head)
            self._journal.index(indexed, self._step)
            took = time.monotonic() - begin
            step = max(1, step // 2) if took > _INDEX_SECONDS else min(step * 2, _INDEX_STEP)
        with self._lock:
            now = self._unindexed
            self._unindexed = now[0] - commits, now[1] - amount
            if not self._changed:
                self._current = head
        self._trim(self._current)
