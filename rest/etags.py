"""Entity tags and times of configuration, and the preconditions that use them.

RFC 8040 section 3.4.1 and 3.5.1, RFC 9110 section 13. A tag is ``"<revision>-<encoding>"``: the revision
that last changed the resource (what a candidate has changed: the stamp of the edit), and the encoding of the
representation, as tags must differ between encodings. A precondition asks about the configuration, so the
encoding in it does not matter there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from typing import Final

from falcon.asgi import Request

from .errors import HttpError
from .media_types import Encoding

__all__ = ["Preconditions", "etag", "http_date", "is_not_modified", "modified"]

_DATE_LAGS: Final = timedelta(seconds=2)
"""gunicorn writes a ``Date`` that may be more than a second old."""


def etag(revision: int, encoding: Encoding = "json") -> str:
    """The entity tag of a representation."""
    return f'"{revision}-{encoding}"'


@lru_cache(maxsize=1024)
def http_date(moment: datetime) -> str:
    """RFC 9110 section 5.6.7."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def modified(moment: datetime) -> dict[str, str]:
    """``Last-Modified``, and a ``Date`` that is not before it (RFC 9110 section 8.8.2.1) where that is in question."""
    now = datetime.now(UTC)
    fields = {"Last-Modified": http_date(min(moment, now))}
    if now - moment < _DATE_LAGS:
        fields["Date"] = http_date(now)
    return fields


def is_not_modified(
    request: Request, revision: int, changed: Callable[[int], datetime | None], encoding: Encoding = "json"
) -> bool:
    """Whether a GET is answered by 304: the client has this revision in this encoding. ``If-None-Match`` wins over
    ``If-Modified-Since``."""
    tags = request.get_header("If-None-Match")
    if tags is not None:
        return _names(tags, f"{revision}-{encoding}", weakly=True)
    since = _moment(request.get_header("If-Modified-Since"))
    if since is None:
        return False
    time = changed(revision)
    return time is not None and time.replace(microsecond=0) <= since


class Preconditions:
    """The ``If-`` headers of a request that writes; :meth:`check` is called at the commit's turn."""

    __slots__ = ("_match", "_none_match", "_unmodified")

    def __init__(self, request: Request) -> None:
        self._match = request.get_header("If-Match")
        self._none_match = request.get_header("If-None-Match")
        self._unmodified = _moment(request.get_header("If-Unmodified-Since"))

    def __bool__(self) -> bool:
        return not (self._match is None and self._none_match is None and self._unmodified is None)

    def check(self, exists: bool, revision: int, changed: Callable[[int], datetime | None]) -> None:
        """Raise :class:`HttpError` 412 unless the resource is what the client thinks that it is; its tag and time come along."""
        why = self._objection(exists, revision, changed)
        if why:
            headers = {}
            if exists:
                headers["ETag"] = etag(revision)
                if time := changed(revision):
                    headers |= modified(time)
            message = f"the resource is not what the request expects: {why}; get it anew first"
            raise HttpError(412, "operation-failed", message, headers=headers)

    def _objection(self, exists: bool, revision: int, changed: Callable[[int], datetime | None]) -> str:
        if self._match is not None:
            if not exists or not _names(self._match, f"{revision}-", weakly=False):
                return f"it is at {etag(revision)} now" if exists else "it is not there"
        elif self._unmodified is not None:
            time = changed(revision) if exists else None
            if time is None or time.replace(microsecond=0) > self._unmodified:
                return "it was changed since"
        if self._none_match is not None and exists and _names(self._none_match, f"{revision}-", weakly=True):
            return "it is there already"
        return ""


def _names(header: str, beginning: str, *, weakly: bool) -> bool:
    """Whether a list of entity tags has one that begins so: with a revision, and perhaps the encoding."""
    if header.strip() == "*":
        return True
    for listed in header.split(","):
        tag = listed.strip()
        if weakly:
            tag = tag.removeprefix("W/")
        if tag.startswith(f'"{beginning}') and tag.endswith('"'):
            return True
    return False


def _moment(header: str | None) -> datetime | None:
    """A date of HTTP; one that cannot be read counts as absent (RFC 9110 section 13.1.3)."""
    if header is None:
        return None
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, OverflowError):  # the latter for numbers that no date has
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
