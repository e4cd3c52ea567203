"""The entries of a list: a persistent ordered map from key to :class:`Branch`, kept in pages.

**Why pages.** Copying one flat dictionary of 100 000 entries costs 0.7 ms and grows with the list; a two-level
structure copies one page and the index of pages. Pages hold up to ``PAGE_MAX`` entries and are split in half beyond it.

**Order.** A list that the model leaves to the system is sorted by key, so that a page is found by bisection, even one
that is not decoded, and files and answers always look the same. A user-ordered list keeps its order; an entry is then
found by asking each page's dictionary in turn, which for a thousand pages is still microseconds. A
keyless list (state data) is positional: its keys are ``(0,)``, ``(1,)``, ...

**Laziness.** See ``tree.pages``: a page may hold the JSON of its entries instead of the entries.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias

from pyconfhoard.schema.nodes import Leaf, List
from pyconfhoard.schema.types.base import Type, Value
from pyconfhoard.tree.branch import Branch
from pyconfhoard.tree.pages import Page

__all__ = ["PAGE_FILL", "PAGE_MAX", "Entries", "Key", "Where"]

PAGE_MAX: Final = 256
PAGE_FILL: Final = 192
"""How full pages are made in bulk, so that the first insertions do not split them."""

Key: TypeAlias = tuple[Value, ...]
Where: TypeAlias = Literal["first", "last", "before", "after"]
Order: TypeAlias = Callable[[Key], Any]


def _natural(key: Key) -> Any:
    return key


def _textual(key: Key) -> Any:
    return tuple((type(value).__name__, str(value)) for value in key)


@lru_cache(maxsize=4096)
def order_of(schema: List) -> Order:
    """What the keys of a system-ordered list are sorted by. Values of a union may not compare with each
    other: then by the name of their Python type and their text."""
    kinds: list[Type] = []
    for name in schema.keys:
        leaf = schema.children[name]
        kind = leaf.type if isinstance(leaf, Leaf) else None
        while kind is not None and kind.name == "leafref":
            kind = kind.target  # type: ignore[attr-defined]  # a Leafref, by its name
        if kind is not None:
            kinds.append(kind)
    return _textual if any(kind.name in {"union", "empty"} for kind in kinds) else _natural


class Entries:
    """Immutable; every change gives another. Entries share what did not change."""

    __slots__ = ("_firsts", "_pages", "_size", "revision", "schema")

    def __init__(self, schema: List, pages: Iterable[Page] = (), revision: int = 0) -> None:
        self.schema = schema
        self.revision = revision
        """The revision that last changed anything in it."""
        self._pages = tuple(pages)
        self._size = sum(page.count for page in self._pages)
        self._firsts: list[Any] = []
        if self.sorted:
            order = order_of(schema)
            self._firsts = [order(page.first) for page in self._pages]

    @classmethod
    def build(cls, schema: List, branches: Iterable[Branch], revision: int = 0) -> Entries:
        """All at once. Keys must be unique; a system-ordered list is sorted here."""
        listed = list(branches)
        if schema.keys:
            pairs = [(branch.key, branch) for branch in listed]
        else:
            pairs = [((index,), branch) for index, branch in enumerate(listed)]
        if schema.keys and not schema.ordered_by_user:
            order = order_of(schema)
            pairs.sort(key=lambda pair: order(pair[0]))
        return cls(schema, _paged(pairs), revision)

    @property
    def sorted(self) -> bool:
        """True for a keyed list that the system orders."""
        return bool(self.schema.keys) and not self.schema.ordered_by_user

    @property
    def pages(self) -> tuple[Page, ...]:
        """For the snapshot and the encoder; not to be changed."""
        return self._pages

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Key]:
        return self.keys()

    def keys(self) -> Iterator[Key]:
        for page in self._pages:
            yield from page.load(self.schema)

    def values(self) -> Iterator[Branch]:
        for page in self._pages:
            yield from page.load(self.schema).values()

    def items(self) -> Iterator[tuple[Key, Branch]]:
        for page in self._pages:
            yield from page.load(self.schema).items()

    def get(self, key: Key) -> Branch | None:
        at = self._page_with(key)
        return None if at < 0 else self._pages[at].load(self.schema).get(key)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, tuple) and self.get(key) is not None

    def __eq__(self, other: object) -> bool:
        """Same entries in the same order; revisions do not count."""
        if self is other:
            return True
        if not isinstance(other, Entries):
            return NotImplemented
        if self.schema is not other.schema or self._size != other._size:
            return False
        return all(a == b for a, b in zip(self.items(), other.items(), strict=True))

    __hash__ = None  # type: ignore[assignment]  # holds dictionaries

    def __repr__(self) -> str:
        return f"<{self.schema.name} x{self._size} r{self.revision}>"

    def set(
        self, branch: Branch, revision: int, where: Where | None = None, point: Key | None = None
    ) -> Entries:
        """With ``branch`` in the place of the entry of its key, or as a new one.

        In a user-ordered list ``where`` says where a new entry goes (default last), or moves an old
        one; ``point`` is the key of the neighbour. Raises ``KeyError`` when there is no such neighbour.
        """
        key = branch.key
        at = self._page_with(key)
        if at >= 0:
            entries = self._pages[at].load(self.schema)
            old = entries.get(key)
            if old is not None and where is None:
                return self if old is branch else self._with_page(at, {**entries, key: branch}, revision)
        if self.sorted:
            return self._insert_sorted(max(at, 0), key, branch, revision)
        rest = self if at < 0 else self.remove(key, revision)
        return rest._insert_at(key, branch, revision, where or "last", point)

    def append(self, branch: Branch, revision: int) -> Entries:
        """A further entry of a keyless list."""
        return self._insert_at((self._size,), branch, revision, "last", None)

    def remove(self, key: Key, revision: int) -> Entries:
        """Without the entry of ``key``; itself when there is none."""
        at = self._page_with(key)
        entries = self._pages[at].load(self.schema) if at >= 0 else {}
        if key not in entries:
            return self
        if not self.schema.keys:
            return Entries.build(self.schema, (b for k, b in self.items() if k != key), revision)
        return self._with_page(at, {k: b for k, b in entries.items() if k != key}, revision)

    def update(self, branches: list[Branch], revision: int) -> Entries:
        """Set many; one pass when they are many, so that filling a list stays linear."""
        if not branches or not self.schema.keys:
            return self
        if len(branches) * 8 < self._size or self._size == 0 == len(branches):
            result = self
            for branch in branches:
                result = result.set(branch, revision)
            return result
        merged = dict(self.items())
        changed = False
        for branch in branches:
            key = branch.key
            changed = changed or merged.get(key) is not branch
            merged[key] = branch
        return Entries.build(self.schema, merged.values(), revision) if changed else self

    def _page_with(self, key: Key) -> int:
        """The index of the page that holds ``key``; for a sorted list that would; -1: none."""
        if self._firsts:
            return max(bisect_right(self._firsts, order_of(self.schema)(key)) - 1, 0)
        return next((i for i, page in enumerate(self._pages) if key in page.load(self.schema)), -1)

    def _with_page(self, at: int, entries: dict[Key, Branch], revision: int) -> Entries:
        """Page ``at`` replaced: split when it grew too large, gone when it is empty."""
        pages = list(self._pages)
        if not entries:
            del pages[at]
        elif len(entries) > PAGE_MAX:
            pairs = list(entries.items())
            half = len(pairs) // 2
            pages[at : at + 1] = [Page.of(dict(pairs[:half])), Page.of(dict(pairs[half:]))]
        else:
            pages[at] = Page.of(entries)
            return self._sibling(tuple(pages), at, revision, len(entries) - self._pages[at].count)
        return Entries(self.schema, pages, revision)

    def _sibling(self, pages: tuple[Page, ...], at: int, revision: int, grown: int) -> Entries:
        """As ``Entries(...)`` where only page ``at`` differs: the index is shared or copied, not computed."""
        made = Entries.__new__(Entries)
        made.schema, made.revision, made._pages, made._size = self.schema, revision, pages, self._size + grown
        made._firsts = self._firsts
        if self._firsts and pages[at].first != self._pages[at].first:
            made._firsts = list(self._firsts)
            made._firsts[at] = order_of(self.schema)(pages[at].first)
        return made

    def _insert_sorted(self, at: int, key: Key, branch: Branch, revision: int) -> Entries:
        if not self._pages:
            return Entries(self.schema, [Page.of({key: branch})], revision)
        order = order_of(self.schema)
        pairs = list(self._pages[at].load(self.schema).items())
        pairs.insert(bisect_left(pairs, order(key), key=lambda pair: order(pair[0])), (key, branch))
        return self._with_page(at, dict(pairs), revision)

    def _insert_at(self, key: Key, branch: Branch, revision: int, where: Where, point: Key | None) -> Entries:
        if not self._pages:
            if where in {"before", "after"}:
                raise KeyError(point)
            return Entries(self.schema, [Page.of({key: branch})], revision)
        at = {"first": 0, "last": len(self._pages) - 1}.get(where, -1)
        if at < 0:
            at = self._page_with(point or ())
            if at < 0:
                raise KeyError(point)
        pairs = list(self._pages[at].load(self.schema).items())
        if where in {"first", "last"}:
            index = 0 if where == "first" else len(pairs)
        else:
            index = next(i for i, pair in enumerate(pairs) if pair[0] == point) + (where == "after")
        pairs.insert(index, (key, branch))
        return self._with_page(at, dict(pairs), revision)


def _paged(pairs: list[tuple[Key, Branch]]) -> list[Page]:
    return [Page.of(dict(pairs[i : i + PAGE_FILL])) for i in range(0, len(pairs), PAGE_FILL)]
