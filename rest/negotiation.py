"""Media types: which one an answer has (``Accept``), and which ones a body may have (``Content-Type``).

RFC 8040 section 5.2. RESTCONF speaks both encodings, ``/v1`` JSON only.
"""

from __future__ import annotations

from contextvars import ContextVar
from functools import lru_cache
from typing import Final

from falcon.asgi import Request

from .errors import HttpError
from .media_types import BOTH, DATA_FIRST, Encoding, best_offer

__all__ = [
    "ASKED_IN",
    "answer_type",
    "check_body_coding",
    "check_body_type",
    "choose",
]

ASKED_IN: Final[ContextVar[Encoding]] = ContextVar("asked_in", default="json")
"""The encoding in which the operation was asked for that is served now, for those whose answer goes on after it (RFC 8639
section 2.4.2)."""


def answer_type(request: Request, offers: tuple[str, ...] = BOTH) -> str:
    """The media type of the answer: as ``Accept`` asks, else in the encoding of the request's own body. Raises
    :class:`HttpError` 406."""
    return choose(request.get_header("Accept"), offers, request.content_type)


def choose(accept: str | None, offers: tuple[str, ...] = BOTH, sent: str | None = None) -> str:
    """:func:`rest.media_types.best_offer`. Raises :class:`HttpError` 406 where there is none."""
    best = best_offer(accept, offers, sent)
    if not best:
        raise HttpError(
            406,
            "invalid-value",
            f"the answer comes as {' or '.join(offers)}; the Accept header allows none of them",
            value=accept,
            legal=offers,
        )
    return best


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
