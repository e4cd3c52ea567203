"""``./launch --profile``: what each rule of the model costs for the data of a datastore, as a table.

The data is read as ``stored.py`` does: nothing is changed, and no hoard may be at work.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pyconfhoard.thing.stored import read_stored

if TYPE_CHECKING:
    from pyconfhoard.validation.profile import Cost

__all__ = ["costs"]


def costs(folder: Path) -> str:
    """The table for the datastore in ``folder``, then a line for each rule that no index can bound.

    Raises what :func:`~pyconfhoard.thing.stored.read_stored` does.
    """
    return "\n".join(_lines(folder))


def _lines(folder: Path) -> Iterator[str]:
    from pyconfhoard.validation import Validator  # noqa: PLC0415 - reads data, which the launcher never does else
    from pyconfhoard.validation.profile import profile  # noqa: PLC0415

    with read_stored(folder) as stored:
        validator = Validator(stored.schema)
        gc.collect()
        gc.freeze()  # else a collection walks the whole model, and some rule is charged for it
        found = profile(validator, stored.root)
    rules = sum(cost.nanoseconds for cost in found.costs)
    yield (
        f"{folder} at revision {stored.revision}: its rules took {rules / 1e9:.3f} s of {found.nanoseconds / 1e9:.3f} s "
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
