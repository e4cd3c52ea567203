"""Which entries of a list have a value, without asking each of them.

An index is kept where the entries are: on each page of a list (``tree.pages``) stands which values occur
on it and in which entries, found out when it is first asked for. A change makes new pages and leaves the
others alone, so every snapshot has its own indexes, and what nobody holds any more is gone; that of a new
page is made out of that of the page which it came of, and the difference.

A question costs a look at each page of the list, some 25 ns; a list that is asked many questions in one version
gets one table of all its pages.

An index says who *may* have a value: a default counts as if it were in use, whatever choices and
conditions say. Whoever asks looks at what it names (:meth:`Index.find` does).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, TypeAlias

from pyconfhoard.schema.types import Union
from pyconfhoard.tree import Branch, Entries
from pyconfhoard.tree.pages import Page
from pyconfhoard.validation.cursor import DUMMY, Cursor
from pyconfhoard.validation.shapes import Kind, Shape

__all__ = [
    "Index",
    "Keys",
    "PageIndex",
    "Unready",
    "Values",
    "entries_by",
    "key_of",
    "quickly",
    "typed_value",
]

Values: TypeAlias = Callable[[Branch], Iterable[Any]]
"""The values that an entry is to be found by."""
Keys: TypeAlias = Callable[[Any], Iterable[Any]]
"""What one value of a leaf is to be found by."""

_Table: TypeAlias = dict[Any, tuple[Branch, ...]]
"""The entries of a page that have a value, in the order of the list."""

_PATIENCE: Final = 64
"""So many questions are answered page by page before one table of all pages is made."""


_QUICK: Final[ContextVar[bool]] = ContextVar("quick", default=False)
_FEW: Final = 16
"""So many pages are indexed by who is in a hurry."""


class Unready(Exception):
    """An index is wanted that takes a while to make."""


@contextmanager
def quickly() -> Iterator[None]:
    """In here :class:`Unready` is raised where an index of a long list would have to be made first, and by :func:`take_time`."""
    token = _QUICK.set(True)
    try:
        yield
    finally:
        _QUICK.reset(token)


def take_time() -> None:
    """Raise :class:`Unready` for who is in a hurry: what follows takes a while."""
    if _QUICK.get():
        raise Unready


class PageIndex:
    """The entries of lists by values found in them. ``values`` must look at nothing but the entry."""

    __slots__ = ("_values",)

    def __init__(self, values: Values) -> None:
        self._values = values

    def find(self, entries: Entries, value: Any) -> Sequence[Branch]:
        """The entries that may have ``value``, in the order of the list."""
        known = self._known(entries)
        if known.whole is not None:
            return known.whole.get(value, ())
        known.questions += 1
        if known.questions > _PATIENCE and len(known.tables) > 1:
            known.whole = _joined(known.tables)
            return known.whole.get(value, ())
        return [branch for table in known.tables if value in table for branch in table[value]]

    def all(self, entries: Entries) -> Iterator[Any]:
        """The values that occur, some of them more than once."""
        for table in self._known(entries).tables:
            yield from table

    def _known(self, entries: Entries) -> _Known:
        memo = entries.memo
        if memo is None:
            memo = entries.memo = {}
        known: _Known | None = memo.get(self)
        if known is None:
            pages, past = entries.pages, entries.past
            if past is not None and self in past[0]:
                tables = list(past[0][self].tables)
                for at in past[1]:
                    tables[at] = self._page(pages[at])
            else:
                if _QUICK.get() and sum(page.memo is None or self not in page.memo for page in pages) > _FEW:
                    raise Unready
                tables = [self._page(page) for page in pages]
            known = memo[self] = _Known(tables)
        return known

    def _page(self, page: Page) -> _Table:
        memo = page.memo
        if memo is None:
            memo = page.memo = {}
        table: _Table | None = memo.get(self)
        if table is None:
            past = page.past
            if past is None:
                table = self._made(page.load())
            else:
                old, known = past
                if self not in known:
                    known[self] = self._made(old)
                table = self._derived(known[self], old, page.load())
            memo[self] = table
            if past is not None and past[1].keys() <= memo.keys():
                page.forget()
        return table

    def _made(self, entries: dict[Any, Branch]) -> _Table:
        table: _Table = {}
        for branch in entries.values():
            for value in self._values(branch):
                table[value] = (*table[value], branch) if value in table else (branch,)
        return table

    def _derived(self, table: _Table, old: dict[Any, Branch], new: dict[Any, Branch]) -> _Table:
        """The table of ``new`` out of that of ``old``."""
        gone = {id(branch): branch for slot, branch in old.items() if new.get(slot) is not branch}
        come = {id(branch): branch for slot, branch in new.items() if old.get(slot) is not branch}
        table = dict(table)
        for value in {value for branch in gone.values() for value in self._values(branch)}:
            rest = tuple([branch for branch in table[value] if id(branch) not in gone])
            if rest:
                table[value] = rest
            else:
                del table[value]
        for branch in come.values():
            for value in self._values(branch):
                table[value] = _in_order((*table.get(value, ()), branch), new)
        return table


class _Known:
    """What is known of one version of a list: the tables of its pages, and, once it has been asked about often, one
    of the whole."""

    __slots__ = ("questions", "tables", "whole")

    def __init__(self, tables: list[_Table]) -> None:
        self.tables = tables
        self.questions = 0
        self.whole: dict[Any, list[Branch]] | None = None


def _joined(tables: Iterable[_Table]) -> dict[Any, list[Branch]]:
    whole: dict[Any, list[Branch]] = {}
    for table in tables:
        for value, branches in table.items():
            whole.setdefault(value, []).extend(branches)
    return whole


def _in_order(branches: tuple[Branch, ...], entries: dict[Any, Branch]) -> tuple[Branch, ...]:
    if len(branches) == 1:
        return branches
    wanted = set(map(id, branches))
    return tuple([branch for branch in entries.values() if id(branch) in wanted])


class Index:
    """The instances of one leaf or leaf-list below the instances of a node above it, by their values.

    ``keys`` gives what a value is found by; by default the value itself.
    """

    __slots__ = ("_keys", "_lists", "_steps")

    def __init__(self, top: Shape, leaf: Shape, keys: Keys | None = None) -> None:
        self._steps = _steps(top, leaf)
        self._keys = keys or _keys(leaf)
        self._lists = {
            shape: entries_by(shape, leaf) if keys is None else _by(shape, leaf, keys)
            for shape in self._steps
            if shape.kind is Kind.LIST
        }

    def find(self, top: Cursor, key: Any) -> Iterator[Cursor]:
        """The instances below ``top`` that have the value, in document order."""
        return self._find(top, 0, key)

    def _find(self, node: Cursor, at: int, key: Any) -> Iterator[Cursor]:
        if at == len(self._steps):
            if node.value is not DUMMY and key in self._keys(node.value):
                yield node
            return
        shape = self._steps[at]
        if shape.kind is Kind.LEAF_LIST:
            values = node.data(shape)
            if type(values) is tuple:
                for index, value in enumerate(values):
                    if key in self._keys(value):
                        yield Cursor(node.document, node, shape, value, index)
            return
        if shape.kind is not Kind.LIST:
            for child in node.select(shape):
                yield from self._find(child, at + 1, key)
            return
        entries = node.data(shape)
        if entries is not None and entries is not DUMMY:
            for branch in self._lists[shape].find(entries, key):
                yield from self._find(Cursor(node.document, node, shape, branch, -1), at + 1, key)


def entries_by(list_: Shape, leaf: Shape) -> PageIndex:
    """The index of a list by the values of a leaf or leaf-list somewhere below it; the same at every call."""
    index = leaf.indexes.get(list_)
    if index is None:
        index = leaf.indexes[list_] = _by(list_, leaf, _keys(leaf))
    return index


def _by(list_: Shape, leaf: Shape, keys: Keys) -> PageIndex:
    steps = _steps(list_, leaf)
    inner = {at: _by(shape, leaf, keys) for at, shape in enumerate(steps) if shape.kind is Kind.LIST}

    def occurring(members: dict[str, Any], at: int) -> Iterable[Any]:
        shape = steps[at]
        data = members.get(shape.member)
        if data is None:
            data = shape.implied
            if data is None:
                return ()
        match shape.kind:
            case Kind.LIST:
                return set(inner[at].all(data))
            case Kind.BRANCH:
                return occurring(data.members, at + 1)
            case Kind.LEAF_LIST:
                return {key for value in data for key in keys(value)}
        return keys(data)

    return PageIndex(lambda branch: occurring(branch.members, 0))


def _steps(top: Shape, leaf: Shape) -> tuple[Shape, ...]:
    """The shapes from below ``top`` to ``leaf``."""
    steps: list[Shape] = []
    shape = leaf
    while shape is not top:
        steps.append(shape)
        if shape.parent is None:
            raise ValueError(f"{leaf.node.qname} is not below {top.node.qname}")
        shape = shape.parent
    return tuple(reversed(steps))


def key_of(leaf: Shape, value: Any) -> Any:
    """What a value of the leaf is found by."""
    return typed_value(value) if isinstance(leaf.type, Union) else value


def typed_value(value: Any) -> Any:
    """What tells ``1`` from ``true``, which are equal in Python, in the values of a union."""
    return type(value), value


def _keys(leaf: Shape) -> Keys:
    return _typed if isinstance(leaf.type, Union) else _plain


def _plain(value: Any) -> tuple[Any, ...]:
    return (value,)


def _typed(value: Any) -> tuple[Any, ...]:
    return (typed_value(value),)
