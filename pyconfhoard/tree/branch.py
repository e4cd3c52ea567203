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
from typing import TYPE_CHECKING, Any, Final, TypeAlias, Union

from pyconfhoard.schema.nodes import Inner
from pyconfhoard.schema.types.base import Json, Value

if TYPE_CHECKING:
    from pyconfhoard.tree.entries import Entries

__all__ = ["AnyValue", "Branch", "Data", "Meta"]

Data: TypeAlias = Union[Value, tuple[Value, ...], "AnyValue", "Branch", "Entries"]
Meta: TypeAlias = Mapping[str, Json]
"""RFC 7952 annotations by member name ("" is the branch itself): an object, or for a leaf-list an array."""

_NO_META: Final[Meta] = {}


class AnyValue:
    """anydata or anyxml: the JSON as it came. Not to be changed."""

    __slots__ = ("json",)

    def __init__(self, json: Json) -> None:
        self.json = json

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AnyValue) and self.json == other.json

    def __hash__(self) -> int:
        return hash(repr(self.json))

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
        return tuple(self.members[name] for name in getattr(self.schema, "keys", ()))

    def __eq__(self, other: object) -> bool:
        """Same data; revisions do not count."""
        if self is other:
            return True
        if not isinstance(other, Branch):
            return NotImplemented
        return self.schema is other.schema and self.members == other.members and self.meta == other.meta

    __hash__ = None  # type: ignore[assignment]  # holds dictionaries

    def __repr__(self) -> str:
        return f"<{self.schema.name or 'root'} r{self.revision} {self.members!r}>"
