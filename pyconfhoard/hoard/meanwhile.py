"""Who changed something after a revision: for those whose own change met that, and is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pyconfhoard.errors import HoardError
from pyconfhoard.store.journal import write_time
from pyconfhoard.tree import Path

if TYPE_CHECKING:
    from pyconfhoard.hoard.hoard import Hoard

__all__ = ["blame"]


def blame(hoard: Hoard, path: Path, after: int) -> str:
    """Who last changed ``path`` after a revision, and when: words to follow "changed meanwhile"."""
    text = str(path)
    try:
        for record in hoard.journal.records(after, newest_first=True):
            if any(_touches(edit["path"], text) for edit in json.loads(record.edits)):
                return f" by {record.author} at {write_time(record.time)} (revision {record.revision})"
    except HoardError:
        return ""
    return ""


def _touches(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return long == short or (long.startswith(short) and (short == "/" or long[len(short)] in "/["))
