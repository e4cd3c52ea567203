"""Pages of a list, and the snapshot made of them.

A :class:`Page` is immutable from outside and lazy inside: it holds its entries decoded, or the canonical RFC 7951 JSON
of them (joined by commas, no brackets) with their revisions beside, or both, whichever was asked for. Turning one
into the other changes nothing that a reader can see.

**Snapshot.** :func:`freeze` turns a tree into a root record and page rows; :func:`thaw` turns them back and
decodes no page. A list larger than ``INLINE_MAX`` goes to pages of its own; its place in the body of its parent
is taken by ``{"@pages": [[id, count, first key], ...], "r": revision}``. A page whose body holds such a reference is
not *plain*: its bytes cannot serve a GET, and ``holds`` lists the pages that it needs. A page remembers its row, so that the
next snapshot writes only pages that are new.

**Revisions** stand beside a body, not in it, so that the body can be served: a number where all branches below have the same,
else ``[own, {member: revisions}]`` for a branch and a list of those for a list.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from pyconfhoard.schema.nodes import Inner, Leaf, List
from pyconfhoard.schema.types.base import Json, Value
from pyconfhoard.tree.branch import Branch

__all__ = ["INLINE_MAX", "Frozen", "Page", "Read", "Row", "Write", "freeze", "thaw"]

INLINE_MAX: Final = 64

Revisions: TypeAlias = Any
Key: TypeAlias = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One page as the store keeps it."""

    body: bytes
    revisions: str
    """JSON."""
    holds: tuple[int, ...] = ()
    """Ids of the pages that the body refers to, directly or not; empty: the page is plain."""


Write: TypeAlias = Callable[[Row], int]
"""Keeps a row and gives its id."""
Read: TypeAlias = Callable[[int], Row]


@dataclass(frozen=True, slots=True)
class Frozen:
    """A snapshot's root: its record, and the ids of all pages that it needs."""

    record: str
    pages: frozenset[int]


class Page:
    """Some consecutive entries of a list. Made by :meth:`of` or :func:`thaw`."""

    __slots__ = ("_body", "_entries", "_holds", "_read", "count", "first", "id")

    def __init__(self, count: int, first: Key) -> None:
        self.count = count
        self.first = first
        """The key of the first entry."""
        self.id: int | None = None
        """The row that holds it in the last snapshot, if any."""
        self._entries: dict[Key, Branch] | None = None
        self._body: bytes | None = None
        self._holds: tuple[int, ...] = ()
        self._read: Read | None = None

    @classmethod
    def of(cls, entries: dict[Key, Branch]) -> Page:
        """A page of decoded entries (at least one); the dictionary must not change any more."""
        page = cls(len(entries), next(iter(entries)))
        page._entries = entries
        return page

    def load(self, schema: List) -> dict[Key, Branch]:
        """The entries by key, decoded now if they were not. Not to be changed."""
        if self._entries is None:
            row = self._row()
            listed = json.loads(b"[" + row.body + b"]")
            self._entries = _thaw_entries(schema, listed, json.loads(row.revisions), self._read)
            self._read = None
        return self._entries

    def encoded(self, schema: List) -> bytes:
        """RFC 7951 JSON of the entries, joined by commas; kept for the next time."""
        if self._body is None:
            if self._entries is None and not (row := self._row()).holds:
                self._body = row.body
            else:
                from pyconfhoard.tree.json_encode import encode_entries  # noqa: PLC0415 - the two need each other

                self._body = encode_entries(schema, self.load(schema).values())
        return self._body

    def _row(self) -> Row:
        if self._read is None or self.id is None:
            raise RuntimeError("a page holds neither entries nor a row")
        return self._read(self.id)


def freeze(root: Branch, write: Write) -> Frozen:
    """The snapshot of ``root``. ``write`` is called for pages that no earlier snapshot has."""
    used: set[int] = set()
    data, revisions = _freeze_branch(root, write, used)
    return Frozen(json.dumps([data, revisions], separators=(",", ":")), frozenset(used))


def thaw(schema: Inner, record: str, read: Read) -> Branch:
    """The tree of a root record; pages are read when they are touched."""
    data, revisions = json.loads(record)
    return _thaw_branch(schema, data, revisions, read)


def _freeze_branch(branch: Branch, write: Write, used: set[int]) -> tuple[Json, Revisions]:
    from pyconfhoard.tree.entries import Entries  # noqa: PLC0415 - the two need each other
    from pyconfhoard.tree.json_encode import leaf_to_json, meta_members  # noqa: PLC0415

    data: dict[str, Json] = {}
    below: dict[str, Revisions] = {}
    for name, value in branch.members.items():
        if isinstance(value, Branch):
            data[name], below[name] = _freeze_branch(value, write, used)
        elif isinstance(value, Entries):
            data[name], below[name] = _freeze_list(value, write, used)
        else:
            data[name] = leaf_to_json(branch.schema.children[name], value)
    data.update(meta_members(branch))
    if all(revisions == branch.revision for revisions in below.values()):
        return data, branch.revision
    return data, [branch.revision, below]


def _freeze_list(entries: Any, write: Write, used: set[int]) -> tuple[Json, Revisions]:
    if len(entries) <= INLINE_MAX:
        frozen = [_freeze_branch(branch, write, used) for branch in entries.values()]
        return [data for data, _ in frozen], _uniform(
            entries.revision, [revisions for _, revisions in frozen]
        )
    index = []
    for page in entries.pages:
        if page.id is None:
            page.id, page._holds = _freeze_page(page, entries.schema, write)
        used.add(page.id)
        used.update(page._holds)
        index.append([page.id, page.count, _key_json(entries.schema, page.first)])
    return {"@pages": index, "r": entries.revision}, entries.revision


def _freeze_page(page: Page, schema: List, write: Write) -> tuple[int, tuple[int, ...]]:
    held: set[int] = set()
    frozen = [_freeze_branch(branch, write, held) for branch in page.load(schema).values()]
    revisions = [revision for _, revision in frozen]
    same = (
        revisions[0]
        if all(r == revisions[0] for r in revisions) and isinstance(revisions[0], int)
        else revisions
    )
    if held:
        body = ",".join(
            json.dumps(data, separators=(",", ":"), ensure_ascii=False) for data, _ in frozen
        ).encode()
    else:
        body = page.encoded(schema)
    holds = tuple(sorted(held))
    return write(Row(body, json.dumps(same, separators=(",", ":")), holds)), holds


def _uniform(own: int, revisions: list[Revisions]) -> Revisions:
    return own if all(revision == own for revision in revisions) else [own, revisions]


def _thaw_branch(schema: Inner, data: dict[str, Json], revisions: Revisions, read: Read | None) -> Branch:
    from pyconfhoard.tree.json_decode import trusted_leaf, trusted_meta  # noqa: PLC0415 - the two need each other

    own, below = (revisions, None) if isinstance(revisions, int) else revisions
    members: dict[str, Any] = {}
    meta: dict[str, Json] = {}
    for name, raw in data.items():
        if name.startswith("@"):
            meta[name[1:]] = trusted_meta(raw)
            continue
        node = schema.children[name]
        part = own if below is None else below.get(name, own)
        if isinstance(node, List):
            members[name] = _thaw_list(node, raw, part, read)
        elif isinstance(node, Inner):
            members[name] = _thaw_branch(node, raw, part, read)
        else:
            members[name] = trusted_leaf(node, raw)
    return Branch(schema, members, own, meta)


def _thaw_list(schema: List, raw: Json, revisions: Revisions, read: Read | None) -> Any:
    from pyconfhoard.tree.entries import Entries  # noqa: PLC0415 - the two need each other

    if isinstance(raw, list):
        own, below = (revisions, revisions) if isinstance(revisions, int) else revisions
        entries = _thaw_entries(schema, raw, below, read)
        return Entries(schema, _chunks(entries), own)
    pages = []
    for page_id, count, first in raw["@pages"]:
        page = Page(count, _key_value(schema, first))
        page.id, page._read = page_id, read
        if read is not None:
            page._holds = ()
        pages.append(page)
    return Entries(schema, pages, raw["r"])


def _chunks(entries: dict[Key, Branch]) -> Iterator[Page]:
    if entries:
        yield Page.of(entries)


def _thaw_entries(
    schema: List, listed: list[Json], revisions: Revisions, read: Read | None
) -> dict[Key, Branch]:
    result: dict[Key, Branch] = {}
    for index, data in enumerate(listed):
        branch = _thaw_branch(
            schema, data, revisions if isinstance(revisions, int) else revisions[index], read
        )
        result[branch.key if schema.keys else (index,)] = branch
    return result


def _key_json(schema: List, key: Key) -> Json:
    if not schema.keys:
        return list(key)
    return [_key_leaf(schema, name).type.to_json(value) for name, value in zip(schema.keys, key, strict=True)]


def _key_value(schema: List, raw: list[Json]) -> Key:
    if not schema.keys:
        return tuple(raw)
    return tuple(
        _key_leaf(schema, name).type.from_json(value, schema.module)
        for name, value in zip(schema.keys, raw, strict=True)
    )


def _key_leaf(schema: List, name: str) -> Leaf:
    leaf = schema.children[name]
    if not isinstance(leaf, Leaf):
        raise TypeError(f"key {name} of {schema.name} is not a leaf")
    return leaf
