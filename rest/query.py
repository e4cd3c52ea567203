"""Query parameters (RFC 8040 section 4.8): one table of those known, and what was asked for.

A parameter that nobody knows is 400 ``invalid-value``, as is one that stands twice, on the wrong method, or on a resource
that it does not go with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, cast, get_args
from urllib.parse import unquote

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.tree import nearest
from pyconfhoard.tree.entries import Where
from pyconfhoard.tree.json_encode import Content, WithDefaults

from .fields import Fields, parse_fields
from .pagination.parameters import PARAMETERS as PAGING
from .pagination.parameters import Page, elsewhere, page_of, sublists_of

__all__ = ["PARAMETERS", "Query", "only", "query_of"]

_READS: Final = frozenset({"GET", "HEAD"})
_PLACES: Final = frozenset({"POST", "PUT"})
_WRITES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_NONE: Final[frozenset[str]] = frozenset()

PARAMETERS: Final[Mapping[str, frozenset[str]]] = {
    "content": _READS,
    "depth": _READS,
    "fields": _READS,
    "with-defaults": _READS,
    "with-origin": _READS,
    "insert": _PLACES,
    "point": _PLACES,
    "dry-run": _WRITES,
    **dict.fromkeys((*PAGING, "sublist-limit"), _READS),
    "filter": _NONE,
    "start-time": _NONE,
    "stop-time": _NONE,
}
"""Name -> the methods of a data resource that it goes with; none: it goes with event streams only."""

_DEEPEST: Final = 65535


@dataclass(frozen=True, slots=True)
class Query:
    """``depth`` None: unbounded; ``fields`` None: all. ``point`` is an api-path, still percent-encoded.

    ``dry_run``: tell what would happen, and let nothing happen. ``page``: of the list or leaf-list; ``sublists``: so many
    entries of those below, None for all.
    """

    content: Content = "all"
    depth: int | None = None
    with_defaults: WithDefaults = "explicit"
    mode_given: bool = False
    """Whether the request says itself how defaults are told."""
    fields: Fields | None = None
    with_origin: bool = False
    insert: Where | None = None
    point: str = ""
    dry_run: bool = False
    page: Page | None = None
    sublists: int | None = None

    @property
    def plain(self) -> bool:
        """Whether data is told as it is stored, whole."""
        return (
            self.depth is None
            and self.with_defaults == "explicit"
            and self.fields is None
            and not self.with_origin
        )

    @property
    def adds_defaults(self) -> bool:
        return self.with_defaults in {"report-all", "report-all-tagged"}

    @property
    def tells_default(self) -> bool:
        """Whether a leaf or leaf-list that is asked for by itself is told with its default: the basic mode does not count
        then (RFC 8040 section 3.5.4)."""
        return self.adds_defaults or not self.mode_given


_NOTHING: Final[Mapping[WithDefaults, Query]] = {
    mode: Query(with_defaults=mode) for mode in get_args(WithDefaults)
}


def query_of(method: str, text: str, defaults: WithDefaults = "explicit", *, origin: bool = False) -> Query:
    """What a query string asks for; ``defaults`` is the mode where it does not say, ``origin`` whether the datastore is
    one that knows where values come from (RFC 8527 section 3.2.2).

    Raises :class:`BadInput`.
    """
    return _parsed(method, text, defaults, origin) if text else _NOTHING[defaults]


def only(text: str, *names: str) -> None:
    """Raise :class:`BadInput` for a query on a resource that has no parameters but ``names``."""
    for name in _given(text):
        if name not in names:
            raise _wrong(f"the query parameter {name!r} has no meaning for this resource", name, names)


def _given(text: str) -> dict[str, str]:
    """Name -> value, the value still percent-encoded. ``+`` is a plus: a URL is no form."""
    given: dict[str, str] = {}
    for pair in text.split("&"):
        if not pair:
            continue
        raw, _, value = pair.partition("=")
        name = _decoded(raw)
        if name in given:
            raise _wrong(f"the query parameter {name!r} stands twice", _decoded(value))
        given[name] = value
    return given


def _decoded(raw: str) -> str:
    try:
        return unquote(raw, errors="strict")
    except UnicodeDecodeError:
        raise _wrong("the percent-encoded query is not UTF-8", raw) from None


@lru_cache(maxsize=256)
def _parsed(method: str, text: str, defaults: WithDefaults, origin: bool) -> Query:
    raw = _given(text)
    given = {name: _decoded(value) for name, value in raw.items()}
    for name in given:
        _check_name(method, name, origin)
    for name in ("with-origin", "dry-run"):
        if given.get(name):
            raise _wrong(f"{name} has no value", given[name])
    fields = parse_fields(given["fields"]) if "fields" in given else None
    insert, point = _place(given, raw)
    shown = cast(WithDefaults, _word(given, "with-defaults", get_args(WithDefaults), defaults))
    return Query(
        content=cast(Content, _word(given, "content", get_args(Content), "all")),
        depth=_depth(given.get("depth", "unbounded")),
        # In the operational datastore every value in use is there (RFC 8527 section 3.2.1).
        with_defaults="report-all" if origin and shown == "explicit" else shown,
        mode_given="with-defaults" in given,
        fields=fields,
        with_origin="with-origin" in given,
        insert=insert,
        point=point,
        dry_run="dry-run" in given,
        page=page_of(given),
        sublists=sublists_of(given),
    )


def _check_name(method: str, name: str, origin: bool) -> None:
    methods = PARAMETERS.get(name)
    if methods is None:
        usable = tuple(known for known, where in PARAMETERS.items() if method in where)
        raise _wrong(f"there is no query parameter {name!r}", name, nearest(name, PARAMETERS) or usable)
    if not methods:
        raise _wrong(f"the query parameter {name!r} goes with event streams, not with data", name)
    if method not in methods and (name in PAGING or name == "sublist-limit"):
        raise elsewhere(name)
    if method not in methods:
        raise _wrong(f"the query parameter {name!r} goes with {' and '.join(sorted(methods))}", name)
    if name == "with-origin" and not origin:
        raise _wrong(
            "with-origin goes with the operational datastore: /restconf/ds/ietf-datastores:operational", name
        )


def _place(given: Mapping[str, str], raw: Mapping[str, str]) -> tuple[Where | None, str]:
    """``insert`` and ``point`` (RFC 8040 sections 4.8.5 and 4.8.6). The point is a URI's path with encoded keys. Who encodes
    it once more for the query writes its slashes as %2F; who does not writes them as they are."""
    if "insert" not in given:
        if "point" in given:
            raise _wrong("point goes with insert=before or insert=after", given["point"])
        return None, ""
    where = cast(Where, _word(given, "insert", get_args(Where), "last"))
    if (where in {"before", "after"}) != ("point" in given):
        needs = "needs" if where in {"before", "after"} else "goes without"
        raise _wrong(f"insert={where} {needs} a point", where)
    if "point" not in given:
        return where, ""
    point = raw["point"] if raw["point"].startswith("/") else given["point"]
    if not point.startswith("/"):
        raise _wrong("point is the path of an entry, beginning with a slash", point)
    return where, point


def _word(given: Mapping[str, str], name: str, legal: tuple[str, ...], default: str) -> str:
    value = given.get(name, default)
    if value not in legal:
        raise _wrong(f"{name} is one of {', '.join(legal)}, not {value!r}", value, legal)
    return value


def _depth(text: str) -> int | None:
    if text == "unbounded":
        return None
    if text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= _DEEPEST:
        return int(text)
    raise _wrong(f"depth is 1 to {_DEEPEST} or unbounded, not {text!r}", text)


def _wrong(message: str, value: str, legal: tuple[str, ...] = ()) -> BadInput:
    return BadInput(Fault("invalid-value", message, type="protocol", value=value, legal=legal))
