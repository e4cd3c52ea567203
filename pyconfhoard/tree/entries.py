"""The entries of a list: a persistent ordered map from key to :class:`Branch`, kept in pages.

**Why pages.** Copying one flat dictionary of 100 000 entries costs 0.7 ms and grows with the list; a
two-level structure copies one page and the index of pages. Pages hold up to :data:`PAGE_MAX` entries,
are split beyond it, and join a neighbour when they get small.

**Order.** A list that the model leaves to the system is sorted by key, so that a page is found by
bisection, even one that is not decoded, and files and answers always look the same. A user-ordered list
keeps its order; an entry is then found by asking each page's dictionary in turn, which for a thousand
pages is still microseconds (the first look-up decodes them). A keyless list (state data) is
positional: its keys are ``(0,)``, ``(1,)``, ...

**Slots.** Two values of a union may be equal in Python and yet not the same (``1``, ``true``), or not
compare (``1``, ``"a"``). Where a key leaf is a union, pages find and sort entries by the key with the
names of its values' types; everywhere else by the key itself.

**Laziness.** See ``tree.pages``.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import zip_longest
from operator import is_
from typing import Any, Final, Literal, TypeAlias

from pyconfhoard.schema.nodes import Leaf, List
from pyconfhoard.schema.types.base import Type
from pyconfhoard.schema.types.leafref import Leafref
from pyconfhoard.tree.branch import Branch
from pyconfhoard.tree.pages import Key, Page, Slot

__all__ = ["PAGE_FILL", "PAGE_MAX", "Entries", "Key", "Where", "slots_of", "values_of"]

PAGE_MAX: Final = 256
PAGE_FILL: Final = 192
"""How full pages are made in bulk, so that the first insertions do not split them."""
PAST_MAX: Final = 32
"""So many changes later, what was known of a list is not worth keeping."""
_FEW: Final = 16
"""So many entries are set one after the other."""
PAGE_MIN: Final = 48
"""A page smaller than that joins a neighbour that has room."""

Where: TypeAlias = Literal["first", "last", "before", "after"]


def _named(key: Key) -> Slot:
    return tuple([(type(value).__name__, value) for value in key])


@lru_cache(maxsize=4096)
def slots_of(schema: List) -> Callable[[Key], Slot] | None:
    """What makes a slot of a key of this list; None where the key is the slot."""
    kinds = [leaf.type for name in schema.keys if isinstance(leaf := schema.children[name], Leaf)]
    return _named if any(map(_is_mixed, kinds)) else None


def _is_mixed(kind: Type) -> bool:
    return (kind.final if isinstance(kind, Leafref) else kind).name == "union"


def values_of(schema: List, branches: Iterable[Branch]) -> dict[Slot, Branch]:
    """Consecutive entries by their slots, as a page holds them."""
    if not schema.keys:
        return dict(enumerate(branches))
    slot = slots_of(schema)
    if slot is not None:
        return {slot(branch.key): branch for branch in branches}
    if len(schema.keys) > 1:
        return {branch.key: branch for branch in branches}
    (name,) = schema.keys
    return {(branch.members[name],): branch for branch in branches}


class Entries:
    """Immutable; every change gives another. Entries share what did not change."""

    __slots__ = ("_firsts", "_pages", "_size", "_slot", "memo", "past", "revision", "schema")

    def __init__(self, schema: List, pages: Iterable[Page] = (), revision: int = 0) -> None:
        self.schema = schema
        self.revision = revision
        """The revision that last changed anything in it."""
        self.memo: dict[Any, Any] | None = None
        """What others found out about this list and want to know again."""
        self.past: tuple[dict[Any, Any], tuple[int, ...]] | None = None
        """The memo of the list that this one came of, and which pages differ; it has as many."""
        self._pages = tuple(pages)
        self._size = sum([page.count for page in self._pages])
        self._slot = slots_of(schema)
        self._firsts: list[Slot] = []
        """The first slot of each page of a sorted list."""
        if self.sorted:
            self._firsts = [self._slot_of(page.first) for page in self._pages]

    @classmethod
    def build(cls, schema: List, branches: Iterable[Branch], revision: int = 0) -> Entries:
        """All at once. Keys must be unique; a system-ordered list is sorted here."""
        entries = values_of(schema, branches)
        pairs = list(entries.items())
        if schema.keys and not schema.ordered_by_user:
            pairs.sort(key=_first_of_pair)
        return cls(schema, _paged(schema, pairs), revision)

    @property
    def sorted(self) -> bool:
        """True for a keyed list that the system orders."""
        return bool(self.schema.keys) and not self.schema.ordered_by_user

    @property
    def pages(self) -> tuple[Page, ...]:
        """For the snapshot, the encoder and the diff; not to be changed."""
        return self._pages

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Key]:
        return self.keys()

    def keys(self) -> Iterator[Key]:
        """In the order of the list."""
        if not self.schema.keys:
            yield from zip(range(self._size))
            return
        for page in self._pages:
            if self._slot is None:
                yield from page.load()
            else:
                yield from [branch.key for branch in page.load().values()]

    def values(self) -> Iterator[Branch]:
        """In the order of the list."""
        for page in self._pages:
            yield from page.load().values()

    def items(self) -> Iterator[tuple[Key, Branch]]:
        """In the order of the list."""
        return zip(self.keys(), self.values(), strict=True)

    def get(self, key: Key) -> Branch | None:
        """The entry of ``key``, or None."""
        at, slot = self._find(key)
        return None if at < 0 else self._pages[at].load().get(slot)

    def place(self, key: Key) -> int:
        """How many entries stand before that of ``key``. Raises ``KeyError`` when there is none."""
        at, slot = self._find(key)
        if at < 0 or slot not in (entries := self._pages[at].load()):
            raise KeyError(key)
        return sum([page.count for page in self._pages[:at]]) + list(entries).index(slot)

    def pages_of(self, keys: Iterable[Key]) -> set[int]:
        """Where in :attr:`pages` the entries with these keys stand, or in a sorted list would; no page of that is decoded."""
        return {at for at, _ in map(self._find, keys) if at >= 0}

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
        return all(map(Branch.__eq__, self.values(), other.values()))

    __hash__ = None  # type: ignore[assignment]  # holds dictionaries

    def __repr__(self) -> str:
        return f"<{self.schema.name} x{self._size} r{self.revision}>"

    def set(
        self,
        branch: Branch,
        revision: int,
        where: Where | None = None,
        point: Key | None = None,
        *,
        index: int | None = None,
    ) -> Entries:
        """With ``branch`` in the place of the entry of its key, or as a new one.

        In a user-ordered list ``where`` says where a new entry goes (default last), or moves an old
        one; ``point`` is the key of the neighbour. Raises ``KeyError`` when there is no such neighbour.
        In a keyless list ``index`` says which entry to replace; without, a new one is added at the end.
        """
        if not self.schema.keys:
            if index is None or index >= self._size:
                return self._insert_at(branch, revision, "last", None)
            key: Key = (index,)
        else:
            key = branch.key
        at, slot = self._find(key)
        entries = self._pages[at].load() if at >= 0 else {}
        old = entries.get(slot)
        if old is not None and where is None:
            return self if old is branch else self._with_page(at, {**entries, slot: branch}, revision)
        if self.sorted:
            return self._insert_sorted(max(at, 0), slot, branch, revision)
        rest = self if old is None else self.remove(key, revision)
        return rest._insert_at(branch, revision, where or "last", point)

    def remove(self, key: Key, revision: int) -> Entries:
        """Without the entry of ``key``; itself when there is none."""
        at, slot = self._find(key)
        if at < 0 or slot not in (entries := self._pages[at].load()):
            return self
        rest = dict(entries)
        del rest[slot]
        return self._with_page(at, rest if self.schema.keys else dict(enumerate(rest.values())), revision)

    def update(self, branches: Sequence[Branch], revision: int) -> Entries:
        """Set many; in one pass when they are many, so that filling a list stays linear. Of a sorted list only pages are new
        that one of them belongs to."""
        if not branches:
            return self
        if self.sorted and self._pages and len(branches) > _FEW:
            return self._merge_sorted(branches, revision)
        if len(branches) * 8 < self._size or not self.schema.keys:
            result = self
            for branch in branches:
                result = result.set(branch, revision)
            return result
        merged = values_of(self.schema, self.values())
        changes = values_of(self.schema, branches)
        if all(merged.get(slot) is branch for slot, branch in changes.items()):
            return self
        merged.update(changes)
        return Entries.build(self.schema, merged.values(), revision)

    def _merge_sorted(self, branches: Sequence[Branch], revision: int) -> Entries:
        pairs = sorted(values_of(self.schema, branches).items(), key=_first_of_pair)
        pages: list[Page] = []
        at = 0
        for page, beyond in zip_longest(self._pages, self._firsts[1:]):
            end = len(pairs) if beyond is None else bisect_left(pairs, beyond, at, key=_first_of_pair)
            part, at = pairs[at:end], end
            pages.extend(self._merged_page(page, part) if part else (page,))
        if len(pages) == len(self._pages) and all(map(is_, pages, self._pages)):
            return self
        return Entries(self.schema, pages, revision)

    def _merged_page(self, page: Page, part: list[tuple[Slot, Branch]]) -> Sequence[Page]:
        """What a page becomes when these, in order, are set on it."""
        old = page.load()
        if all(old.get(slot) is branch for slot, branch in part):
            return (page,)
        if page.count >= PAGE_FILL and part[0][0] > next(reversed(old)):
            return (page, *_paged(self.schema, part))
        new = {**old, **dict(part)}
        if len(new) == len(old):
            return (Page.of(new).after(page),)
        pairs = sorted(new.items(), key=_first_of_pair)
        return (Page.of(dict(pairs)).after(page),) if len(pairs) <= PAGE_MAX else _paged(self.schema, pairs)

    def _slot_of(self, key: Key) -> Slot:
        return key if self._slot is None else self._slot(key)

    def _find(self, key: Key) -> tuple[int, Slot]:
        """The page that has ``key`` and its slot there. The page is -1 where none has; in a sorted list it
        is the one that would."""
        if not self.schema.keys:
            return self._position(key)
        slot = self._slot_of(key)
        if self._firsts:
            try:
                return max(bisect_right(self._firsts, slot) - 1, 0), slot
            except TypeError:  # a key that no entry can have: its values are of another type
                return -1, slot
        return next((at for at, page in enumerate(self._pages) if slot in page.load()), -1), slot

    def _position(self, key: Key) -> tuple[int, Slot]:
        index = key[0] if len(key) == 1 else None
        if isinstance(index, int) and 0 <= index < self._size:
            for at, page in enumerate(self._pages):
                if index < page.count:
                    return at, index
                index -= page.count
        return -1, index

    def _with_page(self, at: int, entries: dict[Slot, Branch], revision: int) -> Entries:
        """Page ``at`` replaced: split when it grew too large, joined to a neighbour when it shrank, gone when empty."""
        pages = list(self._pages)
        if not entries:
            del pages[at]
        elif len(entries) > PAGE_MAX:
            # What grows at its end is filled in order: leave full pages behind.
            cut = PAGE_FILL if at == len(pages) - 1 else (len(entries) + 1) // 2
            pages[at : at + 1] = _paged(self.schema, list(entries.items()), cut)
        elif len(entries) < min(PAGE_MIN, pages[at].count) and (near := self._roomy(at, len(entries))) >= 0:
            other = pages[near].load()
            first, second = (other, entries) if near < at else (entries, other)
            low = min(at, near)
            pages[low : low + 2] = [Page.of(values_of(self.schema, [*first.values(), *second.values()]))]
        else:
            pages[at] = Page.of(entries).after(pages[at])
            return self._sibling(tuple(pages), at, revision)
        return Entries(self.schema, pages, revision)

    def _roomy(self, at: int, count: int) -> int:
        """A page beside ``at`` that can take ``count`` entries more; -1: none."""
        for near in (at - 1, at + 1):
            if 0 <= near < len(self._pages) and self._pages[near].count + count <= PAGE_FILL:
                return near
        return -1

    def _sibling(self, pages: tuple[Page, ...], at: int, revision: int) -> Entries:
        """As ``Entries(...)`` where only page ``at`` differs: the index is shared or copied, not computed."""
        made = Entries.__new__(Entries)
        made.schema, made.revision, made._pages, made._slot = self.schema, revision, pages, self._slot
        made.memo = None
        if self.memo is not None:
            made.past = (self.memo, (at,))
        elif self.past is not None and len(self.past[1]) < PAST_MAX:
            made.past = (self.past[0], (*self.past[1], at))
        else:
            made.past = None
        made._size = self._size + pages[at].count - self._pages[at].count
        made._firsts = self._firsts
        if self._firsts and pages[at].first != self._pages[at].first:
            made._firsts = list(self._firsts)
            made._firsts[at] = self._slot_of(pages[at].first)
        return made

    def _insert_sorted(self, at: int, slot: Slot, branch: Branch, revision: int) -> Entries:
        if not self._pages:
            return Entries(self.schema, [Page.of({slot: branch})], revision)
        pairs = list(self._pages[at].load().items())
        pairs.insert(bisect_left(pairs, slot, key=_first_of_pair), (slot, branch))
        return self._with_page(at, dict(pairs), revision)

    def _insert_at(self, branch: Branch, revision: int, where: Where, point: Key | None) -> Entries:
        if where in {"before", "after"}:
            at, beside = self._find(point or ())
            if at < 0:
                raise KeyError(point)
            slots = list(self._pages[at].load())
            index = slots.index(beside) + (where == "after")
        elif not self._pages:
            return Entries(self.schema, [Page.of(values_of(self.schema, (branch,)))], revision)
        else:
            at = 0 if where == "first" else len(self._pages) - 1
            index = 0 if where == "first" else self._pages[at].count
        branches = list(self._pages[at].load().values())
        branches.insert(index, branch)
        return self._with_page(at, values_of(self.schema, branches), revision)


def _first_of_pair(pair: tuple[Slot, Branch]) -> Any:
    return pair[0]


def _paged(schema: List, pairs: list[tuple[Slot, Branch]], fill: int = 0) -> list[Page]:
    fill = fill or PAGE_FILL
    parts = [pairs[at : at + fill] for at in range(0, len(pairs), fill)]
    if schema.keys:
        return [Page.of(dict(part)) for part in parts]
    return [Page.of(dict(enumerate([branch for _, branch in part]))) for part in parts]
