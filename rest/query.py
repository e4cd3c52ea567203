"""Query parameters (RFC 8040 section 4.8): one table of those known, and what was asked for.

A parameter that nobody knows is 400 ``invalid-value``, as is one that stands twice or on the wrong method; one
that the RFC defines and this server does not do yet is 501.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, cast, get_args
from urllib.parse import parse_qsl

from pyconfhoard.errors import BadInput, Fault, NotSupported
from pyconfhoard.tree import nearest
from pyconfhoard.tree.json_encode import Content, WithDefaults

__all__ = ["PARAMETERS", "Query", "query_of"]

_READS: Final = frozenset({"GET", "HEAD"})
_PLACES: Final = frozenset({"POST", "PUT"})

PARAMETERS: Final[Mapping[str, tuple[frozenset[str], bool]]] = {
    "content": (_READS, True),
    "depth": (_READS, True),
    "with-defaults": (_READS, True),
    "fields": (_READS, False),
    "filter": (_READS, False),
    "insert": (_PLACES, False),
    "point": (_PLACES, False),
    "start-time": (_READS, False),
    "stop-time": (_READS, False),
    "with-origin": (_READS, False),
}
"""Name -> the methods it goes with, and whether it is done here."""

_DEEPEST: Final = 65535


@dataclass(frozen=True, slots=True)
class Query:
    """``depth`` None: unbounded."""

    content: Content = "all"
    depth: int | None = None
    with_defaults: WithDefaults = "explicit"

    @property
    def plain(self) -> bool:
        """Whether data is told as it is stored, whole."""
        return self.depth is None and self.with_defaults == "explicit"

    @property
    def adds_defaults(self) -> bool:
        return self.with_defaults in {"report-all", "report-all-tagged"}


_NOTHING: Final[Mapping[WithDefaults, Query]] = {
    mode: Query(with_defaults=mode) for mode in get_args(WithDefaults)
}


def query_of(method: str, text: str, defaults: WithDefaults = "explicit") -> Query:
    """What a query string asks for; ``defaults`` is the mode where it does not say.

    Raises :class:`BadInput` or :class:`NotSupported`.
    """
    return _parsed(method, text, defaults) if text else _NOTHING[defaults]


@lru_cache(maxsize=256)
def _parsed(method: str, text: str, defaults: WithDefaults) -> Query:
    given: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        if name not in PARAMETERS:
            near = nearest(name, PARAMETERS)
            raise _wrong(
                f"there is no query parameter {name!r}",
                name,
                near or tuple(known for known, (_, done) in PARAMETERS.items() if done),
            )
        if name in given:
            raise _wrong(f"the query parameter {name!r} stands twice", value)
        methods, done = PARAMETERS[name]
        if method not in methods:
            raise _wrong(f"the query parameter {name!r} goes with {' and '.join(sorted(methods))}", name)
        if not done:
            raise NotSupported(
                Fault(
                    "operation-not-supported",
                    f"the query parameter {name!r} is not supported here",
                    type="protocol",
                )
            )
        given[name] = value
    return Query(
        content=cast(Content, _word(given, "content", get_args(Content), "all")),
        depth=_depth(given.get("depth", "unbounded")),
        with_defaults=cast(WithDefaults, _word(given, "with-defaults", get_args(WithDefaults), defaults)),
    )


def _word(given: Mapping[str, str], name: str, legal: tuple[str, ...], default: str) -> str:
    value = given.get(name, default)
    if value not in legal:
        raise _wrong(f"{name} is one of {', '.join(legal)}, not {value!r}", value, legal)
    return value


def _depth(text: str) -> int | None:
    if text == "unbounded":
        return None
    if text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= _DEEPEST:
        return int(text)
    raise _wrong(f"depth is 1 to {_DEEPEST} or unbounded, not {text!r}", text)


def _wrong(message: str, value: str, legal: tuple[str, ...] = ()) -> BadInput:
    return BadInput(Fault("invalid-value", message, type="protocol", value=value, legal=legal))
