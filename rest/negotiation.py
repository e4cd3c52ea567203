"""Media types: which one an answer has (``Accept``), and which ones a body may have (``Content-Type``).

RFC 8040 section 5.2. Both JSON names mean RFC 7951; :data:`DATA` is the registered one, and :data:`DATA_XML` that of
XML. RESTCONF speaks both encodings, ``/v1`` JSON only.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from .errors import HttpError

__all__ = [
    "ACCEPT_PATCH",
    "ASKED_IN",
    "BOTH",
    "DATA",
    "DATA_FIRST",
    "DATA_XML",
    "ENCODINGS",
    "JSON",
    "PATCH",
    "PATCH_XML",
    "PLAIN_FIRST",
    "XML",
    "XML_LIST",
    "Encoding",
    "check_body_coding",
    "check_body_type",
    "choose",
    "choose_as_sent",
]

Encoding: TypeAlias = Literal["json", "xml"]

DATA: Final = "application/yang-data+json"
JSON: Final = "application/json"
DATA_XML: Final = "application/yang-data+xml"
XML: Final = "application/xml"
PATCH: Final = "application/yang-patch+json"
PATCH_XML: Final = "application/yang-patch+xml"
"""RFC 8072 section 4.2."""
XML_LIST: Final = "application/yang-data+xml-list"
"""Entries of a list in XML (draft-ietf-netconf-list-pagination-rc section 2.2)."""

ENCODINGS: Final[Mapping[str, Encoding]] = {
    DATA: "json",
    JSON: "json",
    PATCH: "json",
    DATA_XML: "xml",
    XML_LIST: "xml",
    XML: "xml",
    PATCH_XML: "xml",
}

ASKED_IN: Final[ContextVar[Encoding]] = ContextVar("asked_in", default="json")
"""The encoding in which the operation was asked for that is served now, for those whose answer goes on after it (RFC 8639
section 2.4.2)."""

BOTH: Final = (DATA, DATA_XML, JSON, XML)
"""What RESTCONF offers, best first: the one that a client gets who says ``*/*`` or nothing."""
DATA_FIRST: Final = (DATA, JSON)
"""Resources that come as JSON only."""
PLAIN_FIRST: Final = (JSON, DATA)
"""What ``/v1`` offers: browsers show plain JSON and download the other."""

ACCEPT_PATCH: Final = f"{DATA}, {JSON}"
"""Media types of a plain patch (RFC 8040 section 4.6.1) in JSON."""


@lru_cache(maxsize=256)
def choose(accept: str | None, offers: tuple[str, ...] = BOTH) -> str:
    """The offer that suits an ``Accept`` header best (RFC 9110 section 12.5.1).

    Raises :class:`HttpError` 406 when none does.
    """
    if not accept or accept == "*/*":
        return offers[0]
    ranges = [parsed for part in accept.split(",") if (parsed := _media_range(part)) is not None]
    best, best_quality = "", 0.0
    for offer in offers:
        fitting = [(specific, quality) for kind, quality in ranges if (specific := _fits(kind, offer))]
        quality = max(fitting)[1] if fitting else 0.0
        if quality > best_quality:
            best, best_quality = offer, quality
    if not best:
        raise HttpError(
            406,
            "invalid-value",
            f"the answer comes as {' or '.join(offers)}; the Accept header allows none of them",
            value=accept,
            legal=offers,
        )
    return best


def choose_as_sent(accept: str | None, content_type: str | None, offers: tuple[str, ...] = BOTH) -> str:
    """:func:`choose` for the answer to a body, which without an ``Accept`` header is encoded as that was."""
    if not accept and content_type is not None:
        sent = ENCODINGS.get(content_type.partition(";")[0].strip().lower())
        for offer in offers:
            if ENCODINGS[offer] == sent:
                return offer
    return choose(accept, offers)


def _media_range(part: str) -> tuple[str, float] | None:
    kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
    if "/" not in kind:
        return None
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                quality = float(value)
            except ValueError:
                return None
            return (kind, quality) if 0.0 <= quality <= 1.0 else None
    return kind, 1.0


def _fits(kind: str, offer: str) -> int:
    """How specifically a media range names an offer: 0 not at all, 3 by its full name."""
    if kind == offer:
        return 3
    if kind == offer.partition("/")[0] + "/*":
        return 2
    return 1 if kind == "*/*" else 0


@lru_cache(maxsize=256)
def check_body_type(
    content_type: str | None, takes: tuple[str, ...] = DATA_FIRST, patches: tuple[str, ...] = ()
) -> str:
    """The media type of a body, without its parameters. Raises :class:`HttpError` 415 unless it is one of ``takes``, in
    UTF-8; its ``Accept-Patch`` lists ``patches``, too (RFC 5789 section 2.2)."""
    kind, _, parameters = (content_type or "").partition(";")
    kind = kind.strip().lower()
    if kind in takes and _is_utf8(parameters):
        return kind
    given = f"not {content_type!r}" if content_type else "and the request does not say what it sends"
    listed = ", ".join(takes)
    raise HttpError(
        415,
        "invalid-value",
        f"the body must be {' or '.join(takes)} in UTF-8, {given}: add -H 'Content-Type: {takes[0]}'",
        value=content_type,
        legal=takes,
        headers={"Accept": listed, "Accept-Patch": ", ".join((*takes, *patches))},
    )


def check_body_coding(coding: str | None) -> None:
    """Raise :class:`HttpError` 415 for a body that is compressed (RFC 9110 section 8.4): the limit of its size
    would say nothing."""
    if coding is not None and coding.strip().lower() not in {"", "identity"}:
        raise HttpError(
            415,
            "invalid-value",
            f"a body cannot be read in the coding {coding!r}: send it as it is, without Content-Encoding",
            value=coding,
            headers={"Accept-Encoding": "identity"},
        )


def _is_utf8(parameters: str) -> bool:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower() in {"utf-8", "utf8"}
    return True
