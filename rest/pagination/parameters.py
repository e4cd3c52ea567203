"""Pages of lists and leaf-lists: draft-ietf-netconf-list-pagination and draft-ietf-netconf-list-pagination-rc, revision 11.

What is asked for, and what may be wrong with it. The parameters work in this order: ``where``, ``sort-by`` (with ``locale``),
``direction``, ``offset`` or ``cursor``, ``limit``; ``sublist-limit`` is for the lists below the target, whatever that is.

The drafts want an expression refused that names a node which is optional in the model; here it is false where the node is
not there, as everywhere in YANG. Names that no module has are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, cast, get_args

from pyconfhoard.errors import BadInput, Fault

from ..errors import HttpError

__all__ = [
    "CAPABILITIES",
    "MODULE",
    "NAMESPACE",
    "PARAMETERS",
    "Direction",
    "Page",
    "elsewhere",
    "no_cursor",
    "out_of_range",
    "page_of",
    "sublists_of",
    "unknown_cursor",
    "wrong",
]

MODULE: Final = "ietf-list-pagination"
NAMESPACE: Final = f"urn:ietf:params:xml:ns:yang:{MODULE}"

PARAMETERS: Final = ("limit", "offset", "cursor", "direction", "sort-by", "locale", "where")
"""Those of a list or leaf-list; ``sublist-limit`` goes with every data resource."""

CAPABILITIES: Final = tuple(
    f"urn:ietf:params:restconf:capability:{name}:1.0" for name in (*PARAMETERS, "sublist-limit")
)

_LOCALES: Final = frozenset({"C", "POSIX"})
"""Texts are compared by their characters' numbers."""
_MOST: Final = 2**32 - 1

Direction: TypeAlias = Literal["forwards", "backwards"]


@dataclass(frozen=True, slots=True)
class Page:
    """``limit`` None: unbounded; ``where``, ``sort_by``, ``cursor`` empty: not asked for."""

    limit: int | None = None
    offset: int = 0
    cursor: str = ""
    direction: Direction = "forwards"
    sort_by: str = ""
    where: str = ""

    @property
    def plain(self) -> bool:
        """Whether the entries are taken as they stand."""
        return not self.where and not self.sort_by


def page_of(given: Mapping[str, str]) -> Page | None:
    """The page that query parameters ask for; None where they ask for none. Raises :class:`BadInput`, and :class:`HttpError`
    501 for a locale that is not known."""
    if not any(name in given for name in PARAMETERS):
        return None
    if "offset" in given and given.get("cursor"):
        raise wrong("offset and cursor both say where to begin: give one of them", given["cursor"])
    direction = given.get("direction", "forwards")
    if direction not in get_args(Direction):
        legal = get_args(Direction)
        raise wrong(f"direction is {' or '.join(legal)}, not {direction!r}", direction, legal)
    _check_locale(given)
    for name in ("where", "sort-by"):
        if name in given and not given[name].strip():
            raise wrong(f"{name} needs a value", given[name])
    return Page(
        _limit("limit", given.get("limit", "unbounded")),
        _number("offset", given.get("offset", "0"), 0),
        given.get("cursor", ""),
        cast(Direction, direction),
        _unless("none", given.get("sort-by", "").strip()),
        _unless("unfiltered", given.get("where", "")),
    )


def _unless(default: str, text: str) -> str:
    """A value, of which the module's word for its absence is made none."""
    return "" if text == default else text


def sublists_of(given: Mapping[str, str]) -> int | None:
    """``sublist-limit``; None for unbounded. Raises :class:`BadInput`."""
    return _limit("sublist-limit", given.get("sublist-limit", "unbounded"))


def _check_locale(given: Mapping[str, str]) -> None:
    locale = given.get("locale")
    if locale is None:
        return
    if "sort-by" not in given:
        raise wrong("locale goes with sort-by", locale)
    if locale.removesuffix(".UTF-8") not in _LOCALES:
        raise HttpError(
            501,
            "invalid-value",
            f"the locale {locale!r} is not known here; texts are sorted as in C",
            type="application",
            value=locale,
            legal=tuple(sorted(_LOCALES)),
            app_tag=f"{MODULE}:locale-unavailable",
        )


def _limit(name: str, text: str) -> int | None:
    return None if text == "unbounded" else _number(name, text, 1, " or unbounded")


def _number(name: str, text: str, least: int, more: str = "") -> int:
    if text.isascii() and text.isdigit() and len(text) <= 10 and least <= int(text) <= _MOST:
        return int(text)
    raise wrong(f"{name} is {least} to {_MOST}{more}, not {text!r}", text)


def wrong(message: str, value: str, legal: tuple[str, ...] = ()) -> BadInput:
    """400, as the drafts tell what is wrong with a value."""
    return BadInput(Fault("invalid-value", message, value=value, legal=legal))


def elsewhere(name: str) -> HttpError:
    """400 for a parameter on another method or resource."""
    message = f"the query parameter {name!r} goes with GET and HEAD of a list or leaf-list"
    return HttpError(400, "operation-not-supported", message, value=name)


def out_of_range(offset: int, size: int) -> HttpError:
    """416 (RFC 9110 section 15.5.17) for an offset behind the end."""
    message = f"there are {size} entries: {offset} of them cannot be skipped"
    tag = f"{MODULE}:offset-out-of-range"
    return HttpError(416, "invalid-value", message, type="application", value=str(offset), app_tag=tag)


def unknown_cursor(cursor: str) -> HttpError:
    """404 for a cursor that names no entry of the result."""
    message = "there is no such entry any more, or there never was: begin anew without a cursor"
    tag = f"{MODULE}:cursor-not-found"
    return HttpError(404, "invalid-value", message, type="application", value=cursor, app_tag=tag)


def no_cursor(name: str) -> HttpError:
    """501 for a cursor where entries have nothing that names them."""
    message = f"{name} has no keys that a cursor could name: page by offset and limit"
    return HttpError(501, "operation-not-supported", message, type="application")
