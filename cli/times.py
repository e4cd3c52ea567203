"""Times of the hoard, which are UTC, as a clock on this machine shows them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

__all__ = ["local_time", "local_times"]

_OF_A_REVISION: Final = re.compile(r"(?<= at )\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z(?= \(revision \d+\))")
"""Where the hoard says when somebody changed something. Times elsewhere in its words may be values, which stay as they are."""


def local_time(text: str) -> str:
    """A date-and-time of YANG, as ``2026-11-21 15:04:05``."""
    return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def local_times(message: str) -> str:
    """Words of the hoard with the times of commits in them as :func:`local_time` has them."""
    return _OF_A_REVISION.sub(lambda found: local_time(found[0]), message)
