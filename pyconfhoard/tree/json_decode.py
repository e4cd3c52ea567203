"""RFC 7951 JSON to instance data, with every fault of the document in one pass.

Only where a list entry's keys cannot be read is what stands in it not looked at.

The reading of large documents is the cost of a large PUT, so the values of a leaf that were met already are shared,
which saves both the conversion and the memory (two entries in three have the same setpoint).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from pyconfhoard.errors import BadInput
from pyconfhoard.schema.nodes import AnyData, DataNode, Inner, Leaf, LeafList, List
from pyconfhoard.schema.types.base import InvalidValue, Json, Type, Value
from pyconfhoard.tree.branch import AnyValue, Branch
from pyconfhoard.tree.entries import Entries, slots_of
from pyconfhoard.tree.json_text import dumps
from pyconfhoard.tree.leaf_lists import arrange, first_twice
from pyconfhoard.tree.pages import Key, Slot
from pyconfhoard.tree.path import Path
from pyconfhoard.tree.reading import SHOWN, Reading, is_nothing, nearest, shown
from pyconfhoard.tree.view import Content

__all__ = ["decode"]

_SHARED: Final = 1024
"""Values of one leaf that are remembered while a document is read."""


def decode(
    node: DataNode,
    raw: Json,
    path: Path,
    *,
    content: Content = "config",
    revision: int = 0,
    annotations: Mapping[str, Type | None] | None = None,
    consume: bool = False,
) -> Any:
    """``raw``, as ``tree.parse`` gives it, as the value of ``node``, which stands at ``path``.

    Of a list it is the array of all entries, or, where ``path`` has an entry's key, also the one object.
    ``content`` says which nodes may appear: configuration only, state only (with the keys and
    containers on the way), or both. With ``annotations``, name and type of
    each (None: any), all others are refused. With ``consume`` the entries of lists are taken out of ``raw`` as they are read, so
    that a large document is not held twice.

    Raises :class:`BadInput` with all faults.
    """
    reader = _Reader(content, revision, path.parent, annotations, consume)
    if path.steps:
        reader.stack.append((node, path.last.key))
    elif isinstance(node, List):
        reader.stack.append((node, None))
    if isinstance(node, List) and isinstance(raw, dict) and path.steps and path.last.key is not None:
        value: Any = reader.entry(node, raw, {})
    else:
        value = reader.value(node, raw)
    if reader.faults:
        raise BadInput(reader.faults, total=reader.total)
    return value


@dataclass(frozen=True, slots=True)
class _Field:
    """A child, as the loop over an object's members needs it."""

    member: str
    child: DataNode
    from_json: Callable[[Json, str], Value] | None
    """Of a leaf's type; None for anything else."""
    is_key: bool


@lru_cache(maxsize=16384)
def _fields(schema: Inner) -> dict[str, _Field]:
    """By each name that may be written: the RFC's, and ``module:name`` where it lets the module out."""
    keys = schema.keys if isinstance(schema, List) else ()
    result: dict[str, _Field] = {}
    for name, child in schema.children.items():
        convert = child.type.from_json if isinstance(child, Leaf) else None
        result[name] = result[child.qname] = _Field(name, child, convert, name in keys)
    return result


class _Reader(Reading):
    """One document."""

    def __init__(
        self,
        content: Content,
        revision: int,
        above: Path,
        annotations: Mapping[str, Type | None] | None,
        consume: bool,
    ) -> None:
        super().__init__(content, revision, above)
        self._consume = consume
        self._permitted = annotations
        self._shared: dict[int, dict[str, Value]] = {}
        """By ``id`` of a leaf's schema node: values by their JSON string."""

    def value(self, node: DataNode, raw: Json) -> Any:
        """The value of the node at the present place, or None where a fault was noted."""
        if isinstance(node, Leaf):
            return self._convert(node, raw)
        if isinstance(node, LeafList):
            return arrange(node, self._leaf_list(node, raw) or (), None)[0]
        if isinstance(node, List):
            return self._list(node, raw)
        if isinstance(node, AnyData):
            return self._any(node, raw)
        if isinstance(node, Inner):
            return self._branch(node, raw, {})
        raise TypeError(f"{node.name} has no instance data")

    def _convert(self, node: Leaf | LeafList, raw: Json) -> Value | None:
        try:
            return node.type.from_json(raw, node.module)
        except InvalidValue as error:
            self._invalid(error, raw, node)
            return None

    def _invalid(self, error: InvalidValue, raw: Json, node: DataNode) -> None:
        self.fault(
            "invalid-value", error.message, node, app_tag=error.app_tag, value=_shown(raw), legal=error.legal
        )

    def _leaf_list(self, node: LeafList, raw: Json) -> list[Value] | None:
        """The values as they were written, unique where they must be."""
        if not isinstance(raw, list):
            self._kind("an array of values", raw, node)
            return None
        values = [value for item in raw if (value := self._convert(node, item)) is not None]
        if node.config and (twice := first_twice(values)) is not None:
            self.twice(node, twice)
            return None
        return values

    def _any(self, node: AnyData, raw: Json) -> AnyValue | None:
        if not node.xml and not isinstance(raw, dict):
            self._kind("an object", raw, node)
            return None
        return AnyValue(raw)

    def _kind(self, wanted: str, raw: Json, node: DataNode) -> None:
        message = f"{node.name or 'the datastore'} is {wanted}, not {_kind_of(raw)}"
        self.fault("invalid-value", message, node, value=_shown(raw))

    def _list(self, node: List, raw: Json) -> Entries | None:
        if not isinstance(raw, list):
            self._kind("a list: an array of objects", raw, node)
            return None
        whole = self.stack.pop()
        seen: dict[Slot, Branch] = {}
        branches: list[Branch] = []
        for index, item in enumerate(raw):
            self.stack.append((node, index))
            branch = self.entry(node, item, seen)
            if branch is not None:
                branches.append(branch)
            self.stack.pop()
            if self._consume:
                raw[index] = None
        self.stack.append(whole)
        return Entries.build(node, branches, self.revision)

    def entry(self, node: List, item: Json, seen: dict[Slot, Branch]) -> Branch | None:
        """One entry, at whose position the reading stands; ``seen`` are those before it."""
        if not isinstance(item, dict):
            self._kind("a list: every entry is an object", item, node)
            return None
        if not node.keys:
            return self._branch(node, item, {})
        key = self._key(node, item)
        if key is None:
            return None
        self.stack[-1] = (node, key)
        slots = slots_of(node)
        slot = key if slots is None else slots(key)
        if slot in seen:
            self.fault("bad-element", f"{node.name} has two entries with this key", node)
            return None
        branch = self._branch(node, item, dict(zip(node.keys, key, strict=True)))
        if branch is not None:
            seen[slot] = branch
        return branch

    def _key(self, node: List, item: dict[str, Json]) -> Key | None:
        values: list[Value] = []
        for name in node.keys:
            leaf = node.children[name]
            given = name if name in item else leaf.qname
            if given not in item:
                self.fault("missing-element", f"an entry of {node.name} needs its key {leaf.name}", leaf)
            elif isinstance(leaf, Leaf) and (value := self._at_leaf(leaf, item[given])) is not None:
                values.append(value)
        return tuple(values) if len(values) == len(node.keys) else None

    def _at_leaf(self, leaf: Leaf, raw: Json) -> Value | None:
        self.stack.append((leaf, None))
        value = self._convert(leaf, raw)
        self.stack.pop()
        return value

    def _branch(self, node: Inner, raw: Json, known: dict[str, Value]) -> Branch | None:
        """``known`` are members that were read already: the keys."""
        if not isinstance(raw, dict):
            self._kind("an object", raw, node)
            return None
        fields = _fields(node)
        members: dict[str, Any] = {}
        notes: dict[str, Json] | None = None
        chosen = False
        late: list[str] = []
        for name, item in raw.items():
            field = fields.get(name)
            if field is None:
                if name.startswith("@"):
                    notes = notes or {}
                    notes[name] = item
                else:
                    self.unknown(node, name)
                continue
            member = field.member
            if member in members:
                self.fault("bad-element", f"{member} stands twice, with and without its module", node)
                continue
            if member in known:
                members[member] = known[member]
                continue
            child = field.child
            if self.content != "all" and not self.admits(child, is_key=field.is_key):
                continue
            value = self._leaf(field, item) if field.from_json is not None else self._below(child, item)
            if value is None or is_nothing(child, value):
                continue
            members[member] = value
            if type(value) is list:  # a leaf-list, to be arranged together with its annotations
                late.append(member)
            if child.case is not None:
                chosen = True
        if chosen:
            self.one_case(node, members)
        meta: dict[str, Json] | None = None
        if notes is not None:
            meta = self._annotations(node, notes, raw, members)
        for name in late:
            _settle(node, name, members, meta)
        return Branch(node, members, self.revision, meta)

    def _leaf(self, field: _Field, item: Json) -> Value | None:
        """The common case: no step of its own unless it is wrong, and no conversion if it was met before."""
        assert field.from_json is not None  # noqa: S101 - narrows for the type checker
        child = field.child
        try:
            if type(item) is not str:
                return field.from_json(item, child.module)
            shared = self._shared.setdefault(id(child), {})
            value = shared.get(item)
            if value is None:
                value = field.from_json(item, child.module)
                if len(shared) < _SHARED:
                    shared[item] = value
        except InvalidValue as error:
            self.stack.append((child, None))
            self._invalid(error, item, child)
            self.stack.pop()
            return None
        return value

    def _below(self, child: DataNode, item: Json) -> Any:
        """A list for a leaf-list; what :meth:`value` gives for all else."""
        self.stack.append((child, None))
        value = self._leaf_list(child, item) if isinstance(child, LeafList) else self.value(child, item)
        self.stack.pop()
        return value

    def _annotations(
        self, node: Inner, notes: dict[str, Json], raw: dict[str, Json], members: dict[str, Any]
    ) -> dict[str, Json] | None:
        """RFC 7952 section 5.2: ``@`` for the object itself, ``@name`` for a leaf, leaf-list or anyxml in it."""
        fields = _fields(node)
        meta: dict[str, Json] = {}
        for name, item in notes.items():
            if name == "@":
                if self._noted(name, item):
                    meta[""] = item
                continue
            field = fields.get(name[1:])
            if field is None:
                self.unknown(node, name)
            elif field.member not in raw and field.child.qname not in raw:
                self.fault("bad-attribute", f"{name} annotates {name[1:]}, which is not there", value=name)
            elif isinstance(field.child, Inner) or (isinstance(field.child, AnyData) and not field.child.xml):
                message = f"{name}: the annotations of {name[1:]} stand in it, as '@'"
                self.fault("bad-attribute", message, value=name)
            elif isinstance(field.child, LeafList):
                if not isinstance(item, list):
                    self.fault("invalid-value", f"{name} is an array, one object or null a value")
                elif all(self._noted(name, one) for one in item if one is not None):
                    meta[field.member] = item
            elif self._noted(name, item):
                meta[field.member] = item
        return {name: item for name, item in meta.items() if item and (not name or name in members)} or None

    def _noted(self, name: str, item: Json) -> bool:
        """Whether ``item`` is an object of annotations; notes a fault if it is not."""
        if not isinstance(item, dict):
            self.fault("invalid-value", f"{name} is an object of annotations, not {_kind_of(item)}")
            return False
        for known, value in item.items():
            module, colon, _ = known.partition(":")
            if not colon:
                message = f"the annotation {_shown(known)!r} needs its module: module:{_shown(known)}"
                self.fault("unknown-attribute", message, value=_shown(known))
                return False
            if self._permitted is None:
                continue
            if known not in self._permitted:
                message = f"there is no annotation {_shown(known)!r} for data that is written"
                legal = nearest(known, self._permitted)
                self.fault("unknown-attribute", message, value=_shown(known), legal=legal)
                return False
            kind = self._permitted[known]
            try:
                if kind is not None:
                    kind.from_json(value, module)
            except InvalidValue as error:
                message = f"{known}: {error.message}"
                self.fault("bad-attribute", message, value=_shown(value), legal=error.legal)
                return False
        return True


def _settle(node: Inner, name: str, members: dict[str, Any], meta: dict[str, Json] | None) -> None:
    child = node.children[name]
    if isinstance(child, LeafList):
        members[name], notes = arrange(child, members[name], meta.get(name) if meta else None)
        if meta and notes is not None:
            meta[name] = notes


def _kind_of(raw: Json) -> str:
    if raw is None:
        return "null"
    if isinstance(raw, bool):
        return "a boolean"
    if isinstance(raw, dict):
        return "an object"
    if isinstance(raw, list):
        return "an array"
    return "a string" if isinstance(raw, str) else "a number"


def _shown(raw: Json) -> str:
    """A value for a message: as it was written, cut when long."""
    return shown(raw if isinstance(raw, str) else dumps(raw, limit=SHOWN))
