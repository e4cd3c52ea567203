"""``./launch --profile``: what each rule of the model costs for the data of a datastore, as a table.

The folder is opened as ``--check`` opens it (``store.checker``): under its lock, which a hoard at work does not
give, and with the model that the data was last written in, which the journal keeps. Nothing in it is changed.
Edits by hand, and models that have changed since, count from the hoard's next start.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pyconfhoard.errors import NotFound, StoreError

if TYPE_CHECKING:
    from pyconfhoard.store.journal import Journal
    from pyconfhoard.validation.profile import Cost

__all__ = ["costs"]


def costs(folder: Path) -> str:
    """The table for the datastore in ``folder``, then a line for each rule that no index can bound.

    Raises :class:`NotFound` where there is no datastore or no model in it,
    :class:`~pyconfhoard.errors.DatastoreInUse` while a hoard has it open, and :class:`StoreError` when it
    cannot be read.
    """
    from pyconfhoard.store.lock import FolderLock  # noqa: PLC0415 - reads data, which the launcher never does else
    from pyconfhoard.store.sqlite import SqliteJournal  # noqa: PLC0415

    file = folder / "journal.db"
    if not file.exists():
        raise NotFound(f"there is no datastore in {folder}; say where it is: --datastore DIR")
    with FolderLock(folder, timeout=0):
        journal = SqliteJournal(file)
        try:
            return "\n".join(_lines(folder, journal))
        finally:
            journal.close()


def _lines(folder: Path, journal: Journal) -> Iterator[str]:
    from pyconfhoard.schema import restore  # noqa: PLC0415
    from pyconfhoard.store.snapshots import load  # noqa: PLC0415
    from pyconfhoard.validation import Validator  # noqa: PLC0415
    from pyconfhoard.validation.profile import profile  # noqa: PLC0415

    models = journal.models()
    if not models:
        raise NotFound(f"the datastore {folder} has no model yet; start its hoard once: ./launch --rest")
    try:
        schema = restore(models[-1].dump)
    except ValueError as error:
        raise StoreError(f"the datastore {folder}: the model of its data cannot be read: {error}") from error
    root, revision = load(journal, schema)
    validator = Validator(schema)
    gc.collect()
    gc.freeze()  # else a collection walks the whole model, and some rule is charged for it
    found = profile(validator, root)
    rules = sum(cost.nanoseconds for cost in found.costs)
    yield (
        f"{folder} at revision {revision}: its rules took {rules / 1e9:.3f} s of {found.nanoseconds / 1e9:.3f} s "
        "for the whole validation"
    )
    yield ""
    yield from _table(found.costs)
    yield ""
    yield from validator.warnings or ("No must and no when of the model costs more in a larger datastore.",)


def _table(found: Iterable[Cost]) -> Iterator[str]:
    yield f"{'total ms':>10}  {'each us':>9}  {'asked':>9}  rule"
    unasked = 0
    for cost in found:
        if not cost.asked:
            unasked += 1
            continue
        places = ", ".join(map(str, cost.places))
        yield (
            f"{cost.nanoseconds / 1e6:10.3f}  {cost.each / 1e3:9.2f}  {cost.asked:9}  "
            f"{cost.keyword} {cost.path} [{places}]"
        )
    if unasked:
        yield f"not asked, for want of data: {unasked} of the rules"
