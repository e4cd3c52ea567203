"""A tree as a root record and rows, and back: what a store keeps of the state at one revision.

:func:`thaw` decodes no page, so a start costs what the root record costs; :func:`freeze` writes only pages
that no earlier snapshot has, so a snapshot costs what changed.

**Bodies** are canonical RFC 7951 JSON of explicit nodes: the root record's is one object, a row's the entries of a
page joined by commas. They serve a GET as they are, and a person can read them. A list of more than
:data:`INLINE_MAX` entries has rows of its own, and where it would stand in a body, stands
``{"@pages": [[row, count, first key], ...], "r": revision}`` instead (a list is else always an array); a page
that itself refers to rows names them all as a fourth item. A body with such a reference is not *plain*.

**Revisions** stand beside a body, so that it stays plain: a number where all branches have the same, else
``[own, {member: revisions}]`` for a branch, of the members that differ, and ``[own, [revisions, ...]]``
for a list.

**Rows are remembered** by the pages, with the *shelf* that they are on: any hashable that names the store,
so that a tree which came from one store can be frozen into another. Pages learn their rows when :func:`freeze`
ends, not before: a failed write leaves nothing behind that claims to be stored.

What is read back is trusted: it is our own, and whoever stores it checks that it is undamaged. Types are
not checked again, and a decoded JSON object becomes the branch's dictionary.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, TypeAlias

from pyconfhoard.errors import Fault, StoreError
from pyconfhoard.schema.nodes import DataNode, Inner, Leaf, LeafList, List
from pyconfhoard.schema.types.base import Json, Type
from pyconfhoard.schema.types.leafref import Leafref
from pyconfhoard.tree.branch import AnyValue, Branch, inner_children
from pyconfhoard.tree.entries import Entries, values_of
from pyconfhoard.tree.json_encode import encode_page, leaf_to_json, meta_members
from pyconfhoard.tree.json_text import dumps, parse_trusted
from pyconfhoard.tree.pages import Key, Page, Slot

__all__ = ["INLINE_MAX", "Frozen", "Read", "Row", "Write", "freeze", "freezing", "thaw"]

INLINE_MAX: Final = 64

Revisions: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class Row:
    """One page as the store keeps it."""

    body: bytes
    revisions: str
    """JSON."""
    holds: tuple[int, ...] = ()
    """Ids of the rows that the body refers to, directly or not; empty: the page is plain."""


Write: TypeAlias = Callable[[Row], int]
"""Keeps a row and gives its id."""
Read: TypeAlias = Callable[[int], Row]
"""Gives the row of an id. Raises :class:`StoreError`."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """A snapshot's root: its record, and the ids of all rows that it needs."""

    record: str
    pages: frozenset[int]


def freeze(root: Branch, write: Write, *, shelf: Hashable = None) -> Frozen:
    """The snapshot of ``root``. ``write`` is called for pages that have no row on ``shelf`` yet."""
    steps = freezing(root, write, shelf=shelf)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            frozen: Frozen = end.value
            return frozen


def freezing(root: Branch, write: Write, *, shelf: Hashable = None) -> Generator[None, None, Frozen]:
    """:func:`freeze` in slices: yields after each row that was written; its result ends it."""
    freezer = _Freezer(write, shelf)
    yield from freezer.rows_below(root)
    used: set[int] = set()
    data, revisions = freezer.data(root, used), _revisions(root)
    freezer.settle()
    return Frozen(dumps([data, revisions]), frozenset(used))


def thaw(schema: Inner, record: str, read: Read, *, shelf: Hashable = None) -> Branch:
    """The tree of a root record; a page is read from ``shelf`` when it is touched.

    Raises ``ValueError``, ``LookupError`` or ``TypeError`` when the record is damaged or of another model.
    """
    data, revisions = parse_trusted(record)
    return _loader(schema)(data, revisions, _Shelf(read, shelf))


class _Freezer:
    def __init__(self, write: Write, shelf: Hashable) -> None:
        self._write = write
        self._shelf = shelf
        self._written: dict[int, tuple[Page, int, tuple[int, ...]]] = {}
        """By ``id`` of the page: the page, its row, and the rows that it holds."""

    def rows_below(self, branch: Branch) -> Generator[None, None, None]:
        """Write the rows of all paged lists below ``branch``, the innermost first."""
        for name, child in inner_children(branch.schema):
            value = branch.members.get(name)
            if value is None or not _has_lists(child):
                continue
            if isinstance(value, Branch):
                yield from self.rows_below(value)
            elif len(value) <= INLINE_MAX:
                yield from self._rows_of(value.schema, value.values())
            else:
                for page in value.pages:
                    if not self._known(page):
                        yield from self._rows_of(value.schema, page.load().values())
                        self._add(value.schema, page)
                        yield

    def _rows_of(self, schema: List, branches: Iterable[Branch]) -> Generator[None, None, None]:
        if any(_has_lists(child) for _, child in inner_children(schema)):
            for branch in branches:
                yield from self.rows_below(branch)

    def _known(self, page: Page) -> bool:
        return page.id is not None and page.shelf == self._shelf

    def _add(self, schema: List, page: Page) -> None:
        entries = page.load().values()
        held: set[int] = set()
        if any(_has_lists(child) for _, child in inner_children(schema)):
            data = [self.data(branch, held) for branch in entries]
        body = ",".join(map(dumps, data)).encode() if held else encode_page(schema, page)
        revisions = [_revisions(branch) for branch in entries]
        same = type(revisions[0]) is int and all(one == revisions[0] for one in revisions)
        holds = tuple(sorted(held))
        row = self._write(Row(body, dumps(revisions[0] if same else revisions), holds))
        self._written[id(page)] = (page, row, holds)

    def data(self, branch: Branch, used: set[int]) -> Json:
        """The branch as JSON with references; ``used`` gets the rows that it needs."""
        data: dict[str, Json] = {}
        for name, child in branch.schema.children.items():
            value = branch.members.get(name)
            if value is None:
                continue
            if isinstance(value, Branch):
                data[name] = self.data(value, used)
            elif not isinstance(value, Entries):
                data[name] = leaf_to_json(child, value)
            elif len(value) <= INLINE_MAX:
                data[name] = [self.data(entry, used) for entry in value.values()]
            else:
                data[name] = {"@pages": list(self._index(value, used)), "r": value.revision}
        data.update(meta_members(branch))
        return data

    def _index(self, entries: Entries, used: set[int]) -> Iterable[Json]:
        for page in entries.pages:
            written = self._written.get(id(page))
            row, holds = (page.id, page.holds) if written is None else written[1:]
            if row is None:
                raise RuntimeError("a page was made while its tree was frozen")
            used.add(row)
            used.update(holds)
            first = _key_json(entries.schema, page.first)
            yield [row, page.count, first, list(holds)] if holds else [row, page.count, first]

    def settle(self) -> None:
        for page, row, holds in self._written.values():
            page.id, page.shelf, page.holds = row, self._shelf, holds


def _revisions(branch: Branch) -> Revisions:
    own = branch.revision
    below: dict[str, Revisions] = {}
    for name, _ in inner_children(branch.schema):
        value = branch.members.get(name)
        if value is None:
            continue
        part: Revisions
        if isinstance(value, Branch):
            part = _revisions(value)
        elif len(value) > INLINE_MAX:
            part = value.revision
        else:
            parts = [_revisions(entry) for entry in value.values()]
            part = value.revision
            if any(one != part for one in parts):
                part = [part, parts]
        if part != own:
            below[name] = part
    return [own, below] if below else own


@lru_cache(maxsize=16384)
def _has_lists(node: Inner) -> bool:
    return isinstance(node, List) or any(_has_lists(child) for _, child in inner_children(node))


@dataclass(frozen=True, slots=True)
class _Shelf:
    read: Read
    name: Hashable


class _StoredPage:
    """The entries of one row: ``pages.Stored``."""

    __slots__ = ("_count", "_id", "_schema", "_shelf")

    def __init__(self, schema: List, id: int, count: int, shelf: _Shelf) -> None:
        self._schema = schema
        self._id = id
        self._count = count
        self._shelf = shelf

    def entries(self) -> dict[Slot, Branch]:
        row = self._shelf.read(self._id)
        try:
            entries = values_of(self._schema, self._branches(row))
        except (ValueError, LookupError, TypeError) as error:
            raise self._unreadable(str(error)) from error
        if len(entries) != self._count:
            raise self._unreadable(f"it has {len(entries)} entries, not {self._count}")
        return entries

    def _branches(self, row: Row) -> list[Branch]:
        load = _loader(self._schema)
        listed = parse_trusted(f"[{row.body.decode()}]")
        revisions = parse_trusted(row.revisions)
        if isinstance(revisions, int):
            return [load(data, revisions, self._shelf) for data in listed]
        return [load(data, one, self._shelf) for data, one in zip(listed, revisions, strict=True)]

    def _unreadable(self, why: str) -> StoreError:
        message = f"page {self._id} of the snapshot ({self._schema.path()}) cannot be read: {why}"
        return StoreError(Fault("operation-failed", message))

    def body(self) -> bytes | None:
        row = self._shelf.read(self._id)
        return None if row.holds else row.body


Loader: TypeAlias = Callable[[dict[str, Any], Revisions, _Shelf], Branch]


@lru_cache(maxsize=16384)
def _loader(schema: Inner) -> Loader:
    """What turns the JSON of one branch of our own into it; the dictionary becomes the branch's."""
    known = frozenset(schema.children)
    converters: list[tuple[str, Callable[[Json], Any]]] = []
    inner: list[tuple[str, Callable[[Json, Revisions, _Shelf], Any]]] = []
    ready = False

    def load(data: dict[str, Any], revisions: Revisions, shelf: _Shelf) -> Branch:
        nonlocal ready
        if not ready:  # at the first use: models may be deep, and most of them is never read
            leaves = ((name, _converter(child)) for name, child in schema.children.items())
            converters.extend([(name, convert) for name, convert in leaves if convert is not None])
            inner.extend((name, _member_loader(child)) for name, child in inner_children(schema))
            ready = True
        meta: dict[str, Json] | None = None
        if not data.keys() <= known:
            meta = {name[1:]: data.pop(name) for name in list(data) if name.startswith("@")}
            if not data.keys() <= known:
                raise LookupError(f"{schema.path()} has no {' nor '.join(data.keys() - known)}")
        for name, convert in converters:
            if name in data:
                data[name] = convert(data[name])
        own, below = (revisions, None) if isinstance(revisions, int) else revisions
        for name, member in inner:
            if name in data:
                data[name] = member(data[name], own if below is None else below.get(name, own), shelf)
        return Branch(schema, data, own, meta)

    return load


def _member_loader(child: Inner) -> Callable[[Json, Revisions, _Shelf], Any]:
    if not isinstance(child, List):
        return _loader(child)
    load = _loader(child)

    def load_list(raw: Json, revisions: Revisions, shelf: _Shelf) -> Entries:
        if isinstance(raw, dict):
            return Entries(child, [_lazy(child, item, shelf) for item in raw["@pages"]], raw["r"])
        own, each = (revisions, None) if isinstance(revisions, int) else revisions
        branches = [load(data, own if each is None else each[at], shelf) for at, data in enumerate(raw)]
        return Entries(child, [Page.of(values_of(child, branches))] if branches else (), own)

    return load_list


def _lazy(schema: List, item: list[Any], shelf: _Shelf) -> Page:
    row, count, first, *holds = item
    page = Page.lazy(count, _key_value(schema, first), _StoredPage(schema, row, count, shelf))
    page.id, page.shelf = row, shelf.name
    page.holds = tuple(holds[0]) if holds else ()
    return page


def _converter(node: DataNode) -> Callable[[Json], Any] | None:
    """What makes a leaf's value of the JSON that we wrote; None where it is the same."""
    if isinstance(node, Leaf):
        return _convert(node.type, node.module)
    if isinstance(node, LeafList):
        item = _convert(node.type, node.module)
        return tuple if item is None else lambda raw: tuple(map(item, raw))
    return None if isinstance(node, Inner) else AnyValue


_INTS: Final = ("int8", "int16", "int32", "uint8", "uint16", "uint32")
_AS_IS: Final = frozenset(("string", "enumeration", "identityref", "instance-identifier", "boolean", *_INTS))


def _convert(kind: Type, module: str) -> Callable[[Json], Any] | None:
    if isinstance(kind, Leafref):
        kind = kind.final
    if kind.name in _AS_IS:
        return None
    if kind.name == "decimal64":
        return lru_cache(maxsize=1024)(Decimal)
    return lambda raw: kind.from_json(raw, module)


def _key_json(schema: List, key: Key) -> list[Json]:
    return [leaf_to_json(schema.children[name], value) for name, value in zip(schema.keys, key, strict=True)]


@lru_cache(maxsize=4096)
def _key_converters(schema: List) -> tuple[Callable[[Json], Any], ...]:
    return tuple(_converter(schema.children[name]) or _as_it_is for name in schema.keys)


def _as_it_is(raw: Json) -> Any:
    return raw


def _key_value(schema: List, raw: list[Json]) -> Key:
    return tuple([convert(item) for convert, item in zip(_key_converters(schema), raw, strict=True)])
