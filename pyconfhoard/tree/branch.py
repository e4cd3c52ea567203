"""Instance data: what one node of the data tree is in memory.

Everything here is immutable from outside. A change makes new objects along the path from the node to the
root and shares the rest, so "has anything below changed" is ``is``.

=================================== ==================================================
YANG node                           Python
=================================== ==================================================
leaf                                the bare canonical value (``schema.types.base``)
leaf-list                           ``tuple`` of canonical values, in order
container, list entry, root, input  :class:`Branch`
list                                :class:`~pyconfhoard.tree.entries.Entries`
anydata, anyxml                     :class:`AnyValue`
=================================== ==================================================

Only explicit nodes are stored: defaults come from the schema (``tree.defaults``), and a
non-presence container that holds nothing is not stored at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import starmap
from typing import TYPE_CHECKING, Any, Final, TypeAlias, Union

from pyconfhoard.schema.nodes import Inner
from pyconfhoard.schema.types.base import Json, Value

if TYPE_CHECKING:
    from pyconfhoard.tree.entries import Entries

__all__ = ["AnyValue", "Branch", "Data", "Meta", "holds", "inner_children", "same"]

Data: TypeAlias = Union[Value, tuple[Value, ...], "AnyValue", "Branch", "Entries"]
Meta: TypeAlias = Mapping[str, Json]
"""RFC 7952 annotations by member name ("" is the branch itself): an object, or for a leaf-list an array."""

_NO_META: Final[Meta] = {}


def same(one: Any, other: Any) -> bool:
    """True for the same data. In a union ``1``, ``true`` and ``1.0`` are three values, and ``==`` finds
    them equal in Python: so the types count too."""
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if type(one) is tuple:
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def holds(values: tuple[Value, ...], value: Value) -> bool:
    """True when a leaf-list has ``value``."""
    return value in values and any(same(value, one) for one in values)


@lru_cache(maxsize=16384)
def inner_children(schema: Inner) -> tuple[tuple[str, Inner], ...]:
    """The children that have children themselves, by member name."""
    return tuple((name, child) for name, child in schema.children.items() if isinstance(child, Inner))


def _same_json(one: Json, other: Json) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same_json(one[name], other[name]) for name in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(starmap(_same_json, zip(one, other, strict=True)))
    return str(one) == str(other)


class AnyValue:
    """anydata or anyxml: the JSON as it came. Not to be changed."""

    __slots__ = ("json",)

    def __init__(self, json: Json) -> None:
        self.json = json

    def __eq__(self, other: object) -> bool:
        """The same JSON; ``1``, ``1.0`` and ``true`` differ, the order of members does not."""
        return isinstance(other, AnyValue) and _same_json(self.json, other.json)

    __hash__ = None  # type: ignore[assignment]  # holds dictionaries

    def __repr__(self) -> str:
        return f"AnyValue({self.json!r})"


class Branch:
    """An instance of a node with children. Treat ``members`` as read-only; it may be shared."""

    __slots__ = ("members", "meta", "revision", "schema")

    def __init__(
        self, schema: Inner, members: dict[str, Any], revision: int = 0, meta: Meta | None = None
    ) -> None:
        self.schema = schema
        self.members = members
        self.revision = revision
        """The revision that last changed anything in it."""
        self.meta = meta or _NO_META

    def get(self, name: str) -> Any:
        """The explicit member, or None."""
        return self.members.get(name)

    def __getitem__(self, name: str) -> Any:
        return self.members[name]

    def __contains__(self, name: object) -> bool:
        return name in self.members

    def __iter__(self) -> Iterator[str]:
        return iter(self.members)

    def __len__(self) -> int:
        return len(self.members)

    def with_member(self, name: str, value: Data, revision: int) -> Branch:
        """This branch with one member set; itself when it holds that very value already."""
        if self.members.get(name) is value:
            return self
        return Branch(self.schema, {**self.members, name: value}, revision, self.meta)

    def without(self, name: str, revision: int) -> Branch:
        """This branch with one member (and its annotations) gone; itself when it had none."""
        if name not in self.members:
            return self
        members = dict(self.members)
        del members[name]
        meta = (
            {key: note for key, note in self.meta.items() if key != name} if name in self.meta else self.meta
        )
        return Branch(self.schema, members, revision, meta)

    def with_meta(self, name: str, notes: Json | None, revision: int) -> Branch:
        """This branch with the annotations of one member replaced (None: removed)."""
        if self.meta.get(name) == notes:
            return self
        meta = {key: note for key, note in self.meta.items() if key != name}
        if notes:
            meta[name] = notes
        return Branch(self.schema, self.members, revision, meta)

    @property
    def key(self) -> tuple[Value, ...]:
        """The key values of a list entry, in the order of the ``key`` statement; else ()."""
        members = self.members
        return tuple([members[name] for name in getattr(self.schema, "keys", ())])

    def __eq__(self, other: object) -> bool:
        """Same data; revisions do not count."""
        if self is other:
            return True
        if not isinstance(other, Branch):
            return NotImplemented
        if self.schema is not other.schema or self.meta != other.meta:
            return False
        mine, theirs = self.members, other.members
        return mine.keys() == theirs.keys() and all(same(mine[name], theirs[name]) for name in mine)

    __hash__ = None  # type: ignore[assignment]  # holds dictionaries

    def __repr__(self) -> str:
        return f"<{self.schema.name or 'root'} r{self.revision} {self.members!r}>"
