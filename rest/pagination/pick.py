"""Taking a page out of a list: at the cost of the page, where entries are taken as they stand.

A list is kept in pages of its own (``tree.entries``), of which only those are looked at that the page asked for is in. ``where``
and ``sort-by`` look at every entry.

What is left out is told by annotations of the first entry that is shown: ``remaining``, and ``next`` and ``previous``, the
cursors of the pages beside it. A cursor names the entry that its page begins with, by its keys, so that it stays good while
others come and go.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from pyconfhoard.errors import BadInput, Place
from pyconfhoard.schema.nodes import DataNode, Inner, Leaf, LeafList, List, Module, Schema
from pyconfhoard.schema.types.base import InvalidValue, Json
from pyconfhoard.tree import Branch, Entries, Path
from pyconfhoard.tree.entries import values_of
from pyconfhoard.tree.pages import Page as Stored
from pyconfhoard.validation.cursor import Document
from pyconfhoard.validation.expression import as_boolean
from pyconfhoard.validation.shapes import Shape, make_shapes
from pyconfhoard.xpath import LocationPath, NameTest, PathFrom, XPathSyntaxError, parse, walk

from ..filters.query import compiled
from ..source import Found
from .parameters import MODULE, NAMESPACE, Page, no_cursor, out_of_range, unknown_cursor, wrong

__all__ = ["heavy", "in_order", "paged", "told_in_xml", "with_sublists"]

_HEAVY: Final = 500
"""Entries from which on looking at all of them is done in a thread."""


def heavy(found: Found, page: Page) -> bool:
    """Whether it takes long enough to be done in a thread."""
    return not page.plain and len(found.value) > _HEAVY


def paged(schema: Schema, path: Path, node: DataNode, found: Found, page: Page, root: Branch | None) -> Found:
    """The page of a list or leaf-list ``node`` at ``path``. ``root`` is what ``where`` sees besides.

    Raises :class:`~pyconfhoard.errors.BadInput` and :class:`~rest.errors.HttpError` as the drafts say.
    """
    if isinstance(node, LeafList):
        return _leaf_list(schema, path, node, found, page, root)
    entries: Entries = found.value
    if not entries.schema.keys and page.cursor:
        raise no_cursor(node.name)
    if page.plain:
        size = len(entries)
        start = page.offset if not page.cursor else _placed(entries, page)
        low, high = _range(start, size, page)
        chosen = _sliced(entries, low, high)
        first_of: Callable[[int], Branch] = lambda place: _sliced(entries, place, place + 1)[0]  # noqa: E731
    else:
        left = _sifted(schema, path, node, found, page, root)
        size = len(left)
        start = page.offset if not page.cursor else _sought(entries.schema, left, page)
        low, high = _range(start, size, page)
        chosen = left[low:high]
        first_of = left.__getitem__
    if page.direction == "backwards":
        chosen = chosen[::-1]
    notes = _notes(entries.schema, page, start, size, first_of)
    if chosen and notes:
        first = chosen[0]
        above = {**(first.meta.get("") or {}), **notes}
        chosen = [Branch(first.schema, first.members, first.revision, {**first.meta, "": above}), *chosen[1:]]
    return replace(found, value=_listed(entries, chosen))


def in_order(value: Any, like: Entries) -> Any:
    """``value`` in the order of ``like``, of which it was made: what shapes answers sorts lists that the system orders."""
    if not isinstance(value, Entries) or not value.schema.keys or len(value) != len(like):
        return value
    found = [value.get(branch.key) for branch in like.values()]
    return value if None in found else _listed(value, [one for one in found if one is not None])


def _listed(entries: Entries, branches: Sequence[Branch]) -> Entries:
    """A list of just these, in this order."""
    pages = [Stored.of(values_of(entries.schema, branches))] if branches else []
    return Entries(entries.schema, pages, entries.revision)


def _range(start: int, size: int, page: Page) -> tuple[int, int]:
    """Where the page is in the order of the list: from, and up to. Counted from the end where it goes backwards."""
    if start > size:
        raise out_of_range(start, size)
    stop = size if page.limit is None else min(size, start + page.limit)
    return (start, stop) if page.direction == "forwards" else (size - stop, size - start)


def _sliced(entries: Entries, low: int, high: int) -> list[Branch]:
    found: list[Branch] = []
    at = 0
    for stored in entries.pages:
        if at >= high:
            break
        if at + stored.count > low:
            branches = list(stored.load().values())
            found.extend(branches[max(0, low - at) : high - at])
        at += stored.count
    return found


def _notes(
    schema: List, page: Page, start: int, size: int, entry_at: Callable[[int], Branch]
) -> dict[str, Json]:
    notes: dict[str, Json] = {}
    if page.sort_by:
        notes[f"{MODULE}:locale"] = "C"
    if page.limit is None:
        return notes

    def cursor(place: int) -> str:
        return _cursor(schema, entry_at(place if page.direction == "forwards" else size - 1 - place))

    left = size - start - page.limit
    if left > 0:
        notes[f"{MODULE}:remaining"] = left
        if schema.keys:
            notes[f"{MODULE}:next"] = cursor(start + page.limit)
    if start > 0 and schema.keys:
        notes[f"{MODULE}:previous"] = cursor(max(0, start - page.limit))
    return notes


# -- cursors --------------------------------------------------------------------------------------


_STANDARD: Final = str.maketrans("-_", "+/")
"""From the alphabet for URLs."""


def _cursor(schema: List, entry: Branch) -> str:
    """Base64 of the key, as the drafts' examples have it, or of the array of several."""
    texts = [_leaf(schema, name).type.text(entry.members[name]) for name in schema.keys]
    text = texts[0] if len(texts) == 1 else json.dumps(texts)
    return base64.urlsafe_b64encode(text.encode()).decode()


def _key(schema: List, cursor: str) -> tuple[Any, ...]:
    try:
        raw = cursor.rstrip("=").translate(_STANDARD).encode()
        text = base64.b64decode(raw + b"=" * (-len(raw) % 4), validate=True).decode()
        texts = [text] if len(schema.keys) == 1 else json.loads(text)
        pairs = [(_leaf(schema, name), str(text)) for name, text in zip(schema.keys, texts, strict=True)]
        return tuple(leaf.type.parse(text, leaf.module) for leaf, text in pairs)
    except (ValueError, TypeError, InvalidValue, RecursionError):
        raise unknown_cursor(cursor) from None


def _leaf(schema: List, name: str) -> Leaf:
    leaf = schema.children[name]
    assert isinstance(leaf, Leaf)  # noqa: S101 - keys are leaves (RFC 7950 section 7.8.2)
    return leaf


def _placed(entries: Entries, page: Page) -> int:
    try:
        place = entries.place(_key(entries.schema, page.cursor))
    except KeyError:
        raise unknown_cursor(page.cursor) from None
    return place if page.direction == "forwards" else len(entries) - 1 - place


def _sought(schema: List, left: list[Branch], page: Page) -> int:
    key = _key(schema, page.cursor)
    for place, entry in enumerate(left):
        if entry.key == key:
            return place if page.direction == "forwards" else len(left) - 1 - place
    raise unknown_cursor(page.cursor)


# -- where and sort-by ----------------------------------------------------------------------------


def _sifted(
    schema: Schema, path: Path, node: DataNode, found: Found, page: Page, root: Branch | None
) -> list[Branch]:
    if page.where:
        values = _matching(schema, path, node, found.value, page.where, root)
        left = [value for value, _ in values]
    else:
        left = list(found.value.values())
    if page.sort_by:
        left.sort(key=_sorter(node, page.sort_by))
    return left


def _matching(
    schema: Schema, path: Path, node: DataNode, value: Any, where: str, root: Branch | None
) -> list[tuple[Any, int]]:
    """The entries for which an expression is true, with their places."""
    _check_names(schema, where)
    try:
        truth = as_boolean(compiled(where, schema, module=node.module))
    except BadInput as error:
        raise wrong(error.faults[0].message, where) from None
    tree = _planted(root if root is not None else Branch(schema.root, {}), path, value)
    holder = Document(_shapes(schema), tree, state=True).root.find(path.parent)
    if holder is None:
        return []
    shape = holder.shape.members[path.last.name]
    cursors = holder.select(shape)
    size = len(cursors)
    return [
        (cursor.value, place)
        for place, cursor in enumerate(cursors)
        if truth(cursor, place + 1, size, cursor)
    ]


def _planted(branch: Branch, path: Path, value: Any) -> Branch:
    """``branch`` with ``value`` at ``path``, which may hold more than is stored there."""
    first, rest = path.steps[0], Path(path.steps[1:])
    if not rest.steps:
        return Branch(branch.schema, {**branch.members, first.name: value}, branch.revision, branch.meta)
    child = branch.schema.children[first.name]
    assert isinstance(child, Inner)  # noqa: S101 - something stands below it
    old = branch.members.get(first.name)
    new: Branch | Entries
    if isinstance(child, List):
        keys = dict(zip(child.keys, first.key or (), strict=True))
        entry = old.get(first.key or ()) if isinstance(old, Entries) else None
        planted = _planted(entry or Branch(child, keys), rest, value)
        new = old.set(planted, 0) if isinstance(old, Entries) else Entries.build(child, [planted])
    else:
        new = _planted(old or Branch(child, {}), rest, value)
    return Branch(branch.schema, {**branch.members, first.name: new}, branch.revision, branch.meta)


@lru_cache(maxsize=4)
def _shapes(schema: Schema) -> Shape:
    return make_shapes(schema.root)


@lru_cache(maxsize=4)
def _names(schema: Schema) -> frozenset[str]:
    return frozenset(node.name for node in schema.walk())


def _check_names(schema: Schema, where: str) -> None:
    try:
        steps = [
            step
            for part in walk(parse(where))
            if isinstance(part, LocationPath | PathFrom)
            for step in part.steps
        ]
    except XPathSyntaxError:
        return  # compiling it tells more
    for step in steps:
        if isinstance(step.test, NameTest) and step.test.name not in {"*", *_names(schema)}:
            raise wrong(f"no module has a node {step.test.name!r}", step.test.name)


def _sorter(node: DataNode, path: str) -> Callable[[Branch], Any]:
    """The key of ``sort-by``: numbers by size, all else by its text; what is not there comes last."""
    here: DataNode = node
    names: list[str] = []
    for name in path.split("/"):
        child = here.children.get(name) if isinstance(here, Inner) else None
        if child is None and isinstance(here, Inner):
            child = here.children.get(name.removeprefix(f"{here.module}:"))
        if child is None or isinstance(child, List):
            raise wrong(f"entries of {node.name} cannot be sorted by {path!r}: there is no such leaf", path)
        names.append(child.member)
        here = child
    if not isinstance(here, Leaf):
        raise wrong(f"entries of {node.name} cannot be sorted by {path!r}, which is no leaf", path)
    kind = here.type

    def key(branch: Branch) -> tuple[int, int, Any]:
        value: Any = branch
        for name in names:
            value = value.members.get(name)
            if value is None:
                return (1, 0, "")
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return (0, 0, value)
        return (0, 1, kind.text(value))

    return key


# -- leaf-lists -----------------------------------------------------------------------------------


def _leaf_list(
    schema: Schema, path: Path, node: LeafList, found: Found, page: Page, root: Branch | None
) -> Found:
    if page.cursor:
        raise no_cursor(node.name)
    if page.sort_by not in {"", "."}:
        raise wrong(
            f"values of {node.name} have nothing to be sorted by but themselves: sort-by=.", page.sort_by
        )
    places = list(range(len(found.value)))
    if page.where:
        places = [place for _, place in _matching(schema, path, node, found.value, page.where, root)]
    if page.sort_by:
        places.sort(key=lambda place: _value_key(node, found.value[place]))
    low, high = _range(page.offset, len(places), page)
    chosen = places[low:high]
    if page.direction == "backwards":
        chosen = chosen[::-1]
    notes = (
        [found.notes[place] if place < len(found.notes) else None for place in chosen] if found.notes else []
    )
    left = len(places) - page.offset - len(chosen)
    if left > 0 and chosen:
        notes = [{**((notes[0] or {}) if notes else {}), f"{MODULE}:remaining": left}, *notes[1:]]
    return replace(found, value=tuple(found.value[place] for place in chosen), notes=notes or None)


def _value_key(node: LeafList, value: Any) -> tuple[int, Any]:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return (0, value)
    return (1, node.type.text(value))


# -- lists below ----------------------------------------------------------------------------------


def with_sublists(value: Any, limit: int, *, top: bool = True) -> Any:
    """``value`` with so many entries of each list and leaf-list below it; ``top``: it is what was asked for itself."""
    if isinstance(value, Entries):
        chosen = list(value.values()) if top else _sliced(value, 0, limit)
        shown = [with_sublists(branch, limit, top=False) for branch in chosen]
        left = len(value) - len(shown)
        if left > 0:
            first = shown[0]
            notes = {**(first.meta.get("") or {}), f"{MODULE}:remaining": left}
            shown[0] = Branch(first.schema, first.members, first.revision, {**first.meta, "": notes})
        return _listed(value, shown)
    if not isinstance(value, Branch):
        return value
    members: dict[str, Any] = {}
    meta = dict(value.meta)
    for name, member in value.members.items():
        if isinstance(member, tuple) and isinstance(value.schema.children[name], LeafList):
            members[name] = member[:limit]
            if len(member) > limit:
                old: Any = meta.get(name)
                first_note = {**((old[0] or {}) if old else {}), f"{MODULE}:remaining": len(member) - limit}
                meta[name] = [first_note, *(old[1:limit] if old else [])]
        else:
            members[name] = with_sublists(member, limit, top=False)
    return Branch(value.schema, members, value.revision, meta)


@lru_cache(maxsize=4)
def told_in_xml(schema: Schema) -> Schema:
    """``schema`` with the module of these annotations among those that it knows, so that XML has a namespace for them."""
    if MODULE in schema.modules:
        return schema
    module = Module(
        name=MODULE, revision="", namespace=NAMESPACE, prefix="lpg", yang_version="1.1", place=Place("", 0)
    )
    return replace(schema, modules={**schema.modules, MODULE: module})
