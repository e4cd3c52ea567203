"""Filters on notifications (RFC 8040 section 4.8.4, RFC 8639 section 2.2): XPath expressions that they must make true.

They are evaluated in the event loop, for each notification, so they are to be simple: no path over the whole notification
stands in another one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from pyconfhoard.hoard.notices import Notice
from pyconfhoard.schema.nodes import Inner, Schema

from ..streams.tree import planted
from .query import Query, compiled

__all__ = ["NoticeFilter", "filter_of"]

_REMEMBERED: Final = 32
"""Verdicts and encodings that are kept with a notice."""
_KINDS: Final = 256
"""Kinds of notifications that a filter is ready for."""


class NoticeFilter:
    """An XPath expression that notifications must make true. The verdict is kept with the notice, for all who have the
    same filter."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._queries: dict[tuple[Schema, Inner], Query] = {}

    def check(self, schema: Schema) -> None:
        """Raise :class:`BadInput` for what is no expression."""
        compiled(self.text, schema, nested=1)

    def holds(self, notice: Notice) -> bool:
        """Whether it is true of a notice."""
        verdict: bool | None = notice.memo.get(self)
        if verdict is None:
            tree = planted(notice)
            place = (notice.schema, tree.schema)
            if place not in self._queries:
                if len(self._queries) >= _KINDS:
                    self._queries.clear()
                self._queries[place] = Query(tree.schema, compiled(self.text, notice.schema, nested=1))
            verdict = self._queries[place].holds(tree)
            if len(notice.memo) < _REMEMBERED:
                notice.memo[self] = verdict
        return verdict


@lru_cache(maxsize=64)
def filter_of(text: str) -> NoticeFilter:
    """The filter of an expression: one for all who ask for it."""
    return NoticeFilter(text)
