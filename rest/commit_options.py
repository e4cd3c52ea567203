"""What a request that changes running may say of its commit, in header fields: why, a name for the revision, whether it
takes itself back unless it is confirmed (RFC 6241 section 8.4), and whose locks do not stand in its way.

======================================= ==================================================================
``PyConfHoard-Commit-Comment``          why, in UTF-8
``PyConfHoard-Commit-Label``            the revision's label
``PyConfHoard-Confirm-Timeout``         seconds within which the commit must be confirmed
``PyConfHoard-Persist``                 the id of that confirmed commit; made up where there is none
``PyConfHoard-Persist-Id``              of the confirmed commit that this request confirms, or extends where it
                                        has a timeout, too
``PyConfHoard-Session``                 a word that names the session: its own locks let it pass. Requests that change
                                        a candidate, and operations, have it too
``PyConfHoard-Source``                  a face that comes through this one: ``cli``
======================================= ==================================================================

The answer has ``PyConfHoard-Revision``, that of the last commit; and while a confirmed commit of the request waits,
``PyConfHoard-Persist-Id``.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from falcon.asgi import Request

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.hoard import Author, Hoard
from pyconfhoard.hoard.commit import Commit, Edits
from pyconfhoard.hoard.confirmed import Terms
from pyconfhoard.schema.types.string import illegal_character

__all__ = ["CANDIDATE", "HEADERS", "CommitOptions", "commit_options", "session_of", "source_of"]

HEADERS: Final = {
    "comment": "PyConfHoard-Commit-Comment",
    "label": "PyConfHoard-Commit-Label",
    "timeout": "PyConfHoard-Confirm-Timeout",
    "persist": "PyConfHoard-Persist",
    "persist_id": "PyConfHoard-Persist-Id",
    "session": "PyConfHoard-Session",
    "source": "PyConfHoard-Source",
}
REVISION: Final = "PyConfHoard-Revision"
CANDIDATE: Final = "PyConfHoard-Candidate"
"""With the id of a candidate, where its data is asked for or changed: the shared one where there is none."""

_SOURCE: Final = "rest"
_SOURCES: Final = ("cli",)
"""Faces that come through this one and say so, for history to tell: it is no proof of anything."""
_SESSION: Final = re.compile(r"[!-~]{16,64}")
_LONGEST: Final = 1024
"""Characters of a comment."""
_MOST_SECONDS: Final = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class CommitOptions:
    """Empty where the request does not say; ``timeout`` in seconds, None for a commit that stays."""

    comment: str = ""
    label: str = ""
    timeout: float | None = None
    persist: str = ""
    persist_id: str = ""
    session: str = ""
    source: str = _SOURCE

    async def commit(self, hoard: Hoard, edits: Edits, author: Author, comment: str = "") -> Commit:
        """Commit as the request says; ``comment`` where it has none. Raises what a commit raises, :class:`NotFound`
        for a confirmed commit that there is not."""
        words, label, session = self.comment or comment, self.label, self.session
        source = self.source
        self.check_id(hoard)
        if (terms := self._terms) is not None:
            return await hoard.confirmed.commit(
                edits, terms, author=author, comment=words, source=source, label=label, session=session
            )
        if self.persist_id:
            id = self.persist_id
            return await hoard.confirmed.confirm(
                id, edits, author=author, comment=words, source=source, label=label, session=session
            )
        return await hoard.commit(
            edits, author=author, comment=words, source=source, label=label, session=session
        )

    async def commit_candidate(self, hoard: Hoard, id: str, author: Author, comment: str = "") -> Commit:
        """:meth:`commit` of the candidate of an id."""
        self.check_id(hoard)
        return await hoard.candidates.commit(
            id,
            author=author,
            comment=self.comment or comment,
            source=self.source,
            label=self.label,
            session=self.session,
            terms=self._terms,
            confirms=self.persist_id,
        )

    @property
    def _terms(self) -> Terms | None:
        return None if self.timeout is None else Terms(self.timeout, self.persist, self.persist_id)

    def check_id(self, hoard: Hoard) -> None:
        """Raise :class:`BadInput` for an id that none has (RFC 6241 section 8.4.4.1)."""
        pending = hoard.confirmed.pending
        known = pending.id if pending is not None else ""
        if self.persist_id and not secrets.compare_digest(known.encode(), self.persist_id.encode()):
            message = "there is no confirmed commit of that id (any more): it was confirmed, cancelled or taken back"
            raise BadInput(Fault("invalid-value", message, type="protocol", value=HEADERS["persist_id"]))

    def told(self, hoard: Hoard, commit: Commit) -> Mapping[str, str]:
        """The header fields of the answer."""
        fields = {REVISION: str(commit.revision)}
        if self.timeout is not None and hoard.confirmed.pending is not None:
            fields[HEADERS["persist_id"]] = hoard.confirmed.pending.id
        return fields


_NONE: Final = CommitOptions()


def commit_options(request: Request) -> CommitOptions:
    """What the request says. Raises :class:`BadInput` for what cannot be read or does not go together."""
    given = {name: _text(request, header) for name, header in HEADERS.items()}
    if not any(given.values()):
        return _NONE
    timeout = _seconds(given.pop("timeout"))
    _check_session(given["session"])
    given["source"] = _known_source(given["source"]) or _SOURCE
    if given["persist"] and timeout is None:
        raise _wrong(f"{HEADERS['persist']} goes with {HEADERS['timeout']}", given["persist"])
    return CommitOptions(**given, timeout=timeout)


def session_of(request: Request) -> str:
    """The session that the request names; empty for none. Raises :class:`BadInput` for a word that is none."""
    session = _text(request, HEADERS["session"])
    _check_session(session)
    return session


def source_of(request: Request, otherwise: str = _SOURCE) -> str:
    """Through which face the request comes, as history tells it; ``otherwise`` where it does not say. Raises
    :class:`BadInput` for one that there is not."""
    return _known_source(_text(request, HEADERS["source"])) or otherwise


def _known_source(source: str) -> str:
    if source and source not in _SOURCES:
        raise _wrong(f"{HEADERS['source']} is {' or '.join(_SOURCES)}, or not there", source)
    return source


def _check_session(session: str) -> None:
    """It is a secret: what is short is guessed."""
    if session and not _SESSION.fullmatch(session):
        message = f"{HEADERS['session']} is 16 to 64 printable characters of ASCII without blanks"
        raise BadInput(Fault("invalid-value", message, type="protocol", value=HEADERS["session"]))


def _text(request: Request, header: str) -> str:
    """The field, whose bytes are UTF-8: ASGI servers give each byte as a character."""
    raw = request.get_header(header) or ""
    try:
        text = raw.encode("latin-1").decode("utf-8").strip()
    except ValueError:
        raise _wrong(f"{header} is not UTF-8", raw) from None
    check_words(header, text)
    return text


def check_words(name: str, text: str) -> None:
    """Raise :class:`BadInput` for what history could not tell: it is a YANG string, and not endless."""
    if len(text) > _LONGEST:
        raise _wrong(f"{name} has more than {_LONGEST} characters", text[:80])
    if character := illegal_character(text):
        raise _wrong(f"{name} holds the character {character}, which a YANG string cannot", text)


def _seconds(text: str) -> float | None:
    if not text:
        return None
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= _MOST_SECONDS and len(text) < 9:
        return float(text)
    raise _wrong(f"{HEADERS['timeout']} is 1 to {_MOST_SECONDS:.0f} seconds", text)


def _wrong(message: str, value: str) -> BadInput:
    return BadInput(Fault("invalid-value", message, type="protocol", value=value))
