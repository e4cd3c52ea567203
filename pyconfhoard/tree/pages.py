"""A page: some consecutive entries of a list, decoded or not.

A page is immutable from outside and lazy inside. It holds its entries decoded, or it knows where they are
stored (:class:`Stored`), or both; and it may keep the canonical RFC 7951 JSON of them, joined by commas
without brackets, so that a large answer is mostly copying. Turning one into another changes nothing
that a reader can see, and is safe between threads: a snapshot is written beside a running loop.

Entries are held by *slot*: the key itself, or, where a key may be a union, the key with the names of its
values' Python types (``tree.entries``); in a keyless list, the position in the page.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Hashable
from typing import Any, Final, Protocol, TypeAlias

from pyconfhoard.schema.types.base import Value
from pyconfhoard.tree.branch import Branch

__all__ = ["Key", "Page", "Slot", "Stored"]

Key: TypeAlias = tuple[Value, ...]
Slot: TypeAlias = Any
"""What a page finds an entry by: hashable, and in one sorted list, comparable."""

_LOADING: Final = threading.RLock()
"""Two threads that touch one page for the first time must get the same branches."""


class Stored(Protocol):
    """Where a page's entries are when they are not decoded."""

    def entries(self) -> dict[Slot, Branch]:
        """Them, decoded. Raises :class:`StoreError` when that is not possible."""

    def body(self) -> bytes | None:
        """Their JSON; None when the page is not plain (it refers to other pages)."""


class Page:
    """Made by :meth:`of` or by ``tree.snapshot``; never changed by anyone else."""

    __slots__ = (
        "__weakref__",
        "_body",
        "_entries",
        "_origin",
        "_past",
        "_stored",
        "count",
        "first",
        "holds",
        "id",
        "memo",
        "shelf",
    )

    def __init__(self, count: int, first: Key) -> None:
        self.count = count
        self.first = first
        """The key of the first entry; empty in a keyless list."""
        self.id: int | None = None
        """The row that holds it in the last snapshot, if any."""
        self.shelf: Hashable = None
        """Which store the row is in."""
        self.holds: tuple[int, ...] = ()
        """The rows of the pages that its row refers to, directly or not."""
        self.memo: dict[Any, Any] | None = None
        """What others found out about these entries and want to know again."""
        self._past: tuple[dict[Slot, Branch], dict[Any, Any]] | None = None
        self._origin: weakref.ref[Page] | None = None
        self._entries: dict[Slot, Branch] | None = None
        self._stored: Stored | None = None
        self._body: bytes | None = None

    @classmethod
    def of(cls, entries: dict[Slot, Branch]) -> Page:
        """A page of decoded entries (at least one); the dictionary must not change any more."""
        page = cls(len(entries), next(iter(entries.values())).key)
        page._entries = entries
        return page

    @classmethod
    def lazy(cls, count: int, first: Key, stored: Stored) -> Page:
        """A page of ``count`` entries that nobody has looked at."""
        page = cls(count, first)
        page._stored = stored
        return page

    def after(self, other: Page) -> Page:
        """This page, which came of another one by a change of a few entries."""
        if other.memo is not None and other._entries is not None:
            self._past = (other._entries, other.memo)
        elif other._past is not None:
            self._past = other._past
        else:
            self._origin = weakref.ref(other)
        return self

    @property
    def past(self) -> tuple[dict[Slot, Branch], dict[Any, Any]] | None:
        """Entries and memo of the page that this one came of: what is known of it may help to know this one.

        It is the last of them that had a memo; else the one before, as long as somebody holds it, with a memo to fill.
        """
        if self._past is None and self._origin is not None:
            origin = self._origin()
            if origin is not None:
                if origin.memo is None:
                    origin.memo = {}
                return origin.load(), origin.memo
        return self._past

    def forget(self) -> None:
        """There is nothing more to be learned from the past."""
        self._past = self._origin = None

    def load(self) -> dict[Slot, Branch]:
        """The entries by slot, decoded now if they were not. Not to be changed."""
        entries = self._entries
        if entries is None:
            with _LOADING:
                entries = self._entries
                if entries is None:
                    if self._stored is None:
                        raise RuntimeError("a page holds neither entries nor where they are stored")
                    entries = self._entries = self._stored.entries()
        return entries

    @property
    def loaded(self) -> bool:
        """True once the entries are decoded."""
        return self._entries is not None

    @property
    def body(self) -> bytes | None:
        """The JSON of the entries if it is at hand: kept, or stored plain."""
        if self._body is None and self._stored is not None:
            self._body = self._stored.body()
        return self._body

    def glimpse(self) -> bytes | None:
        """The JSON of the entries as :attr:`body` gives it, without keeping it: for who looks at all pages once."""
        return self._stored.body() if self._body is None and self._stored is not None else self._body

    def keep(self, body: bytes) -> None:
        """Remember the JSON of the entries."""
        self._body = body
