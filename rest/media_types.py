"""Media types by name, and which of them a request would have (RFC 8040 section 5.2, RFC 9110 section 12.5.1).

Both JSON names mean RFC 7951; :data:`DATA` is the registered one, and :data:`DATA_XML` that of XML.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Literal, TypeAlias

__all__ = [
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
    "best_offer",
    "encoding_of",
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

BOTH: Final = (DATA, DATA_XML, JSON, XML)
"""What RESTCONF offers, best first: the one that a client gets who sends nothing and says ``*/*`` or nothing."""
DATA_FIRST: Final = (DATA, JSON)
"""Resources that come as JSON only."""
PLAIN_FIRST: Final = (JSON, DATA)
"""What ``/v1`` offers: browsers show plain JSON and download the other."""


def encoding_of(content_type: str | None) -> Encoding | None:
    """The encoding of a body; None where it is none of ours."""
    return ENCODINGS.get((content_type or "").partition(";")[0].strip().lower())


@lru_cache(maxsize=512)
def best_offer(accept: str | None, offers: tuple[str, ...], sent: str | None = None) -> str:
    """The offer that suits an ``Accept`` header best; "" where it allows none.

    Of what it wants equally, what it names first, then the first offer. Where there is no header, or none in which a media
    range can be read, it is the encoding of the body that came with the request, whose ``Content-Type`` is ``sent``.
    """
    ranges = [parsed for part in (accept or "").split(",") if (parsed := _media_range(part)) is not None]
    if not ranges:
        encoding = encoding_of(sent)
        return next((offer for offer in offers if encoding and ENCODINGS.get(offer) == encoding), offers[0])
    best, rank = "", (0.0, 0)
    for offer in offers:
        fitting = [
            (specific, quality, -place)
            for place, (kind, quality) in enumerate(ranges)
            if (specific := _fits(kind, offer))
        ]
        _, quality, place = max(fitting, default=(0, 0.0, 0))
        if quality > 0 and (not best or (quality, place) > rank):
            best, rank = offer, (quality, place)
    return best


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
