"""Query parameters of event streams (RFC 8040 sections 4.8.4, 4.8.7 and 4.8.8): ``filter``, ``start-time``, ``stop-time``;
and ours: ``with-id``, for events with an ``id``, which section 6.4 has servers leave out.

``Last-Event-ID`` is no parameter but a header, which clients that were told ids send by themselves when they connect anew. It
says more exactly than a time where to go on, so it wins over ``start-time``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import unquote

from pyconfhoard.errors import BadInput, Fault, NotFound
from pyconfhoard.hoard.notices import Position

from ..query import only

__all__ = ["PARAMETERS", "WITH_ID", "Listening", "listening_of", "moment", "position_of", "with_ids"]

WITH_ID: Final = "with-id"
PARAMETERS: Final = ("filter", "start-time", "stop-time", WITH_ID)


@dataclass(frozen=True, slots=True)
class Listening:
    """What a client asks of a stream. ``filter`` is an XPath expression, empty for none."""

    filter: str = ""
    start: datetime | None = None
    stop: datetime | None = None


def listening_of(text: str, now: datetime) -> Listening:
    """What a query string asks for. Raises :class:`BadInput`."""
    only(text, *PARAMETERS)
    given = _values(text)
    start = moment("start-time", given["start-time"]) if "start-time" in given else None
    stop = moment("stop-time", given["stop-time"]) if "stop-time" in given else None
    if start is not None and start > now:
        raise _wrong("start-time is in the future: there is nothing to be told again", given["start-time"])
    if stop is not None and start is None:
        raise _wrong("stop-time goes with start-time", given["stop-time"])
    if stop is not None and start is not None and stop <= start:
        raise _wrong("stop-time must be later than start-time", given["stop-time"])
    if "filter" in given and not given["filter"].strip():
        raise _wrong("filter needs an expression", "")
    return Listening(given.get("filter", ""), start, stop)


def with_ids(text: str, last: str | None) -> bool:
    """Whether events have an ``id``: the query ``text`` says so, or the client has been told ids before, the ``last`` one
    is known. Raises :class:`BadInput`."""
    value = _values(text).get(WITH_ID)
    if value:
        raise _wrong(f"{WITH_ID} has no value", value)
    return value is not None or last is not None


def _values(text: str) -> dict[str, str]:
    """Name -> value. ``+`` is a plus: a URL is no form."""
    pairs = (pair.partition("=") for pair in text.split("&") if pair)
    return {unquote(name): unquote(value) for name, _, value in pairs}


def position_of(text: str | None, oldest: int, newest: int) -> Position | None:
    """``Last-Event-ID`` as a place from which all that came after can be told; ``oldest`` and ``newest`` are the revisions that
    are known. None where there is none.

    Raises :class:`BadInput` for what this server never told, :class:`NotFound` for what is so long ago that some of what came
    after is gone: a client must know that it has missed something.
    """
    if not text:
        return None
    try:
        found = Position.parse(text.strip())
    except ValueError:
        found = None
    if found is None or found.revision > newest:
        raise _wrong("Last-Event-ID is none of this server's", text)
    if found.revision < oldest - 1:
        message = f"changes are known from revision {oldest} on: read the whole, and listen from now"
        raise NotFound(Fault("invalid-value", message, type="protocol", value=text))
    return found


def moment(name: str, text: str) -> datetime:
    """A ``yang:date-and-time`` as an aware time. Raises :class:`BadInput`; ``name`` is what it was given for."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or len(text) < 20 or text[10] != "T":
        raise _wrong(f"{name} is a date and time with its zone, as 2026-11-21T10:00:00Z", text)
    return found


def _wrong(message: str, value: str) -> BadInput:
    return BadInput(Fault("invalid-value", message, type="protocol", value=value))
