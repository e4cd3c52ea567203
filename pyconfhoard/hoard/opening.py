"""What happens before a hoard serves.

* **State.** The journal is loaded under the model that it was written in. When the model has changed
  since, the stored data is read anew under the present one. Where it does not fit that as it is, or rules
  would change it, the old model keeps serving, and each path and reason is told (:mod:`upgrade`).
* **First data** of owners that have none yet: :mod:`first_data`.
* **Edits by hand.** A persist file that is not as we wrote it is a change against the revision that it was
  written from: merged like a private candidate, validated, committed with the author ``file``. Refused, it
  is kept aside with the reason, and the last good state serves.
* **Readings** that Things told last.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path as File
from typing import TYPE_CHECKING, Final

from pyconfhoard import schema as schemas
from pyconfhoard.errors import (
    BadInput,
    Fault,
    NotFound,
    NotSupported,
    StoreError,
)
from pyconfhoard.hoard.first_data import UNFIT, keep_aside, take_file
from pyconfhoard.hoard.meanwhile import blame
from pyconfhoard.hoard.merge import merge, spread
from pyconfhoard.hoard.operational import Operational
from pyconfhoard.hoard.owners import Owner, owner_of
from pyconfhoard.hoard.upgrade import Waiting, held, prospect, stored_schema
from pyconfhoard.migration import changes_of_models
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.store.documents import read_document
from pyconfhoard.store.journal import Journal, Model, OwnerRow
from pyconfhoard.store.snapshots import freeze_into, load
from pyconfhoard.tree import (
    Branch,
    diff,
    revision_at,
)

if TYPE_CHECKING:
    from pyconfhoard.hoard.hoard import Hoard

__all__ = ["Present", "adopt", "hand_edits", "last_readings", "state"]

_LOG: Final = logging.getLogger("pyconfhoard.hoard")

_LOGGED: Final = 20
"""Faults of a model that waits, at most, in the log."""


# -- state -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Present:
    """What a start finds: ``root`` at ``revision``, in the words of ``schema``. ``waiting``: a model in the YANG files that
    the data does not fit as it is, so that an older one serves."""

    schema: Schema
    root: Branch
    revision: int
    waiting: Waiting | None = None


def state(
    journal: Journal, schema: Schema, *, folder: File, yang: Sequence[File], rows: Iterable[OwnerRow]
) -> Present:
    """The configuration at the head of ``journal``: in the words of ``schema`` where it fits them as it is, else in those
    that it was written in."""
    stored = stored_schema(journal, schema)
    if stored is None:
        root, revision = Branch(schema.root, {}), 0
        adopt(journal, schema, root, revision)
        return Present(schema, root, revision)
    old = stored.schema
    root, revision = load(journal, old)
    if old.fingerprint == schema.fingerprint:
        if stored.assumed:
            adopt(journal, old, root, revision)
        return Present(old, root, revision)
    kept_back = held(folder) == schema.fingerprint
    found = prospect(old, schema, root, revision, rows=rows, yang=yang, cache=folder / "run", brief=True)
    if kept_back or not found.fits or found.after is None:
        waiting = Waiting(found, kept_back)
        _LOG.error("%s", waiting.error(_LOGGED))
        return Present(old, root, revision, waiting)
    for change in changes_of_models(old, schema):
        _LOG.warning("a default has changed with the model, where nobody has set a value: %s", change)
    adopt(journal, schema, found.after, revision)
    return Present(schema, found.after, revision)


def adopt(journal: Journal, schema: Schema, root: Branch, revision: int) -> None:
    """From now on the journal speaks in the words of ``schema``, in which its state is ``root``."""
    model = Model(revision + 1, schema.fingerprint, schemas.dump(schema))
    journal.add_model(model, freeze_into(journal, root, revision, schema.fingerprint))


# -- edits by hand ---------------------------------------------------------------------------------


def hand_edits(hoard: Hoard) -> None:
    """Look at every persist file: take over what a person changed, and note which files are to be written."""
    model = hoard.journal.models()[-1]
    behind: list[str] = []
    oldest = hoard.journal.first - 1
    for owner in hoard.owners.values():
        found = hoard.files.find(owner.name)
        written: Branch | int = hoard.running
        if found.state == "edited":
            # Retention lets go of nothing that a file lags behind: what is older than all that is kept, was the same.
            of = max(found.mark.revision, oldest) if found.mark is not None else hoard.revision
            _take_over(hoard, owner, of)
            written = hoard.running
        elif found.mark is not None and found.state == "ours":
            current = revision_at(hoard.running, owner.path) <= found.mark.revision
            if not current and found.mark.revision + 1 >= model.first:
                written = max(found.mark.revision, oldest)
            if current:
                hoard.upkeep.note(owner.name, written)
                continue
        hoard.upkeep.note(owner.name, written)
        behind.append(owner.name)
    hoard.upkeep.changed(behind)


def _take_over(hoard: Hoard, owner: Owner, revision: int) -> None:
    schema = hoard.schema
    try:
        base = hoard.root_at(revision)
    except (StoreError, NotSupported) as error:
        keep_aside(hoard.files, owner, error)
        return
    try:
        before = hoard.part(owner.name, base)
        after = read_document(before.schema, owner.path, hoard.files.read("persist", owner.name) or b"")
        mine = tuple(spread(diff(before, after, owner.path)))
        for change in mine:
            whose = owner_of(hoard.owners, change.path)
            if whose is None or whose.name != owner.name:
                name = whose.name if whose is not None else "nobody"
                message = f"that belongs to {name}, and so into persist/{name}.json"
                raise BadInput(Fault("invalid-value", message, str(change.path)))
        theirs = tuple(diff(base, hoard.running))
        edits = merge(schema, mine, theirs, lambda path: blame(hoard, path, revision))
        take_file(hoard, edits, f"persist/{owner.name}.json", "edited by hand")
    except UNFIT as error:
        keep_aside(hoard.files, owner, error)


# -- readings --------------------------------------------------------------------------------------


def last_readings(hoard: Hoard, published: Operational) -> None:
    """Those of Things that may be away: stale, until they tell new ones."""
    for owner in hoard.owners.values():
        if owner.kind != "thing":
            continue
        try:
            if body := hoard.files.read("operational", owner.name):
                published.recall(owner, body)
        except (BadInput, NotFound, StoreError) as error:
            _LOG.info("the last readings of %s are lost: %s", owner.name, error)
