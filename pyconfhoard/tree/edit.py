"""Edits, and the one function that applies them.

:func:`apply` makes a new root out of an old one and shares all that no edit touched. Where an edit changes
nothing, the very object comes back, so ``new is old`` means "nothing changed", at the root as at any branch.

What an operation means is RFC 6241 section 7.2 and RFC 8072 section 2.5:

=========== ==========================================================================
create      must not exist (``data-exists``)
merge       containers and lists recursively, leaves replaced, leaf-lists united
replace     in its place, or new; parts that stay equal stay the same objects
delete      must exist (``data-missing``)
remove      may exist
insert      create, at a place in a user-ordered list
move        must exist; to another place in its user-ordered list
=========== ==========================================================================

Non-presence containers on the way appear by themselves and go when they are empty. List entries and presence
containers on the way must exist. A node of one case deletes those of the other cases (RFC 7950 section
7.9). Keys do not change.

How whole subtrees are combined is in ``tree.combine``; here is the way down to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from pyconfhoard.errors import MAX_FAULTS, BadInput, Conflict, ErrorTag, Fault
from pyconfhoard.schema.nodes import Container, DataNode, Inner, Leaf, LeafList, List
from pyconfhoard.schema.types.base import Json, Value
from pyconfhoard.tree.branch import Branch, holds, same
from pyconfhoard.tree.combine import merge_member, merged, put, replace_member, replaced, stamped, vanishes
from pyconfhoard.tree.entries import Entries, Key, Where
from pyconfhoard.tree.leaf_lists import aligned, arranged
from pyconfhoard.tree.path import Path, Step

__all__ = ["Edit", "Operation", "apply"]

Operation: TypeAlias = Literal["create", "merge", "replace", "delete", "remove", "insert", "move"]


@dataclass(frozen=True, slots=True)
class Edit:
    """One change at one path. ``value`` is in canonical form (a :class:`Branch` for a container or list entry,
    ``Entries`` for a whole list, a tuple for a whole leaf-list); None to delete, and for one value of a leaf-list.

    ``where`` and ``point`` (the neighbour's key) place an entry of a user-ordered list.

    ``notes`` are the RFC 7952 annotations of the node itself: an object, for a whole leaf-list an array. A
    merge leaves annotations alone when it has none and takes them away when they are empty; every other
    operation that sets a leaf or leaf-list sets just these. What stands in a :class:`Branch` brings its own.
    """

    operation: Operation
    path: Path
    value: Any = None
    where: Where | None = None
    point: Key | None = None
    notes: Json = None


class _Fault(Exception):
    def __init__(
        self, tag: ErrorTag, message: str, path: Path, node: DataNode | None = None, app_tag: str = ""
    ) -> None:
        super().__init__(message)
        self.fault = Fault(tag, message, str(path), app_tag=app_tag, place=node.place if node else None)


def apply(root: Branch, edits: Iterable[Edit], revision: int) -> Branch:
    """``root`` with all edits applied, in their order; what changed carries ``revision``.

    Raises :class:`Conflict` (data-exists, data-missing) or :class:`BadInput`, listing the faults of all edits.
    """
    faults: list[Fault] = []
    total = 0
    for edit in edits:
        try:
            root = _Applier(edit, revision).at_root(root)
        except _Fault as found:
            total += 1
            if len(faults) < MAX_FAULTS:
                faults.append(found.fault)
    if faults:
        kind = Conflict if faults[0].tag in {"data-exists", "data-missing"} else BadInput
        raise kind(faults, total=total)
    return root


class _Applier:
    """One edit on its way down."""

    def __init__(self, edit: Edit, revision: int) -> None:
        self.edit = edit
        self.operation = edit.operation
        self.steps = edit.path.steps
        self.revision = revision

    def at_root(self, root: Branch) -> Branch:
        if self.steps:
            return self._down(root, 0)
        if self.operation in {"delete", "remove"}:
            return Branch(root.schema, {}, self.revision) if root.members or root.meta else root
        if self.operation not in {"merge", "replace"}:
            message = f"{self.operation} has no meaning for the whole datastore"
            raise _Fault("operation-not-supported", message, self.edit.path)
        change = merged if self.operation == "merge" else replaced
        return self._noted(change(root, self._branch_value(root.schema), self.revision))

    def _here(self, index: int) -> Path:
        return Path(self.steps[: index + 1])

    def _refuse(self, tag: ErrorTag, message: str, node: DataNode, app_tag: str = "") -> _Fault:
        """A fault at the target of the edit."""
        return _Fault(tag, message, self.edit.path, node, app_tag)

    def _down(self, branch: Branch, index: int) -> Branch:
        """``branch`` with the edit done below its member ``steps[index]``."""
        step = self.steps[index]
        child = branch.schema.children[step.name]
        old = branch.members.get(step.name)
        if index == len(self.steps) - 1:
            new = self._do(child, old, step)
            result = branch if new is old else put(branch, child, new, self.revision)
            return result if isinstance(child, Inner) else self._annotated(result, child, step, old, new)
        if isinstance(child, List):
            new = self._through_list(child, old, step, index)
        elif isinstance(child, Inner):
            new = self._through_container(child, old, index)
        else:
            raise _Fault("unknown-element", f"nothing stands below {child.name}", self._here(index), child)
        return branch if new is old else put(branch, child, new, self.revision)

    def _through_container(self, child: Inner, old: Branch | None, index: int) -> Branch | None:
        if old is None:
            if self.operation == "remove":
                return None
            if self.operation in {"delete", "move"} or (isinstance(child, Container) and child.presence):
                raise _Fault("data-missing", f"{child.name} does not exist", self._here(index), child)
        new = self._down(old or Branch(child, {}), index + 1)
        return None if vanishes(child, new) else new

    def _through_list(self, child: List, old: Entries | None, step: Step, index: int) -> Entries | None:
        if step.key is None:
            message = f"{child.name} is a list: the path needs the key of an entry"
            raise _Fault("missing-element", message, self._here(index), child)
        entry = old.get(step.key) if old is not None else None
        if entry is None or old is None:
            if self.operation == "remove":
                return old
            raise _Fault("data-missing", f"there is no such entry of {child.name}", self._here(index), child)
        new = self._down(entry, index + 1)
        return old if new is entry else old.set(new, self.revision, index=_index(child, step.key))

    def _do(self, child: DataNode, old: Any, step: Step) -> Any:
        """The new value of the member that ``step`` names; None: none."""
        if isinstance(child, List) and step.key is not None:
            return self._entry(child, old, step.key)
        if isinstance(child, LeafList) and step.key is not None:
            return self._item(child, old, step.key[0])
        if isinstance(child, Leaf) and child.is_key:
            return self._key(child, old)
        self._expect(old is not None, child)
        if self.operation in {"delete", "remove"}:
            return None
        if self.operation in {"insert", "move"} or self.edit.where is not None:
            raise self._refuse("bad-attribute", f"{child.name} has no place among others", child)
        value = self.edit.value
        if isinstance(child, Inner) and not isinstance(child, List):
            value = self._branch_value(child)
        elif value is None:
            raise self._refuse("missing-element", f"{child.name} needs a value", child)
        elif isinstance(child, LeafList):
            value = arranged(child, value)
        combine = merge_member if self.operation == "merge" else replace_member
        new = combine(child, old, value, self.revision)
        if isinstance(new, Branch):
            new = self._noted(new)
        return None if vanishes(child, new) else new

    def _branch_value(self, schema: Inner) -> Branch:
        """The value, or an empty one where only annotations are set."""
        if isinstance(self.edit.value, Branch):
            return self.edit.value
        if self.edit.value is None and (self.edit.notes is not None or not isinstance(schema, List)):
            return Branch(schema, {})
        message = f"{schema.name or 'the datastore'} needs an object"
        raise _Fault("invalid-value", message, self.edit.path, schema)

    def _noted(self, branch: Branch) -> Branch:
        """With the edit's own annotations of a container or entry."""
        notes = self.edit.notes
        return branch if notes is None else branch.with_meta("", notes, self.revision)

    def _annotated(self, branch: Branch, child: DataNode, step: Step, old: Any, new: Any) -> Branch:
        """The parent of a leaf, leaf-list or anydata that was set, with its annotations seen to."""
        if new is None:
            return branch
        notes: Json = self.edit.notes
        before: Json = branch.meta.get(child.member)
        keep = notes is None and self.operation in {"merge", "move"}
        if isinstance(child, LeafList):
            beside = aligned(old or (), before or (), new)
            if step.key is not None:
                more = {} if keep else {step.key[0]: notes}
                notes = aligned(new, beside or (), new, more)
            elif self.operation == "merge":
                more = {} if keep else dict(zip(self.edit.value, notes, strict=False))
                notes = aligned(new, beside or (), new, more)
            else:
                notes = aligned(self.edit.value, notes or (), new)
        elif keep:
            return branch
        return branch.with_meta(child.member, notes, self.revision)

    def _expect(self, exists: bool, child: DataNode) -> None:
        if self.operation in {"create", "insert"} and exists:
            raise self._refuse("data-exists", f"{child.name} exists already", child)
        if self.operation in {"delete", "move"} and not exists:
            raise self._refuse("data-missing", f"{child.name} does not exist", child)

    def _key(self, child: Leaf, old: Any) -> Any:
        if self.operation in {"merge", "replace"} and same(self.edit.value, old):
            return old
        message = f"{child.name} is a key: it does not change; create another entry and delete this one"
        raise self._refuse("invalid-value", message, child)

    def _entry(self, child: List, old: Entries | None, key: Key) -> Entries | None:
        entries = old if old is not None else Entries(child, (), self.revision)
        entry = entries.get(key)
        self._expect(entry is not None, child)
        if self.operation in {"delete", "remove"}:
            rest = entries.remove(key, self.revision)
            return rest if len(rest) else None
        if entry is not None and self.operation == "move":
            return self._placed(child, entries, entry)
        new = self._combined(child, entry, key)
        if self.edit.where is not None:
            return self._placed(child, entries, new)
        return entries.set(new, self.revision, index=_index(child, key))

    def _combined(self, child: List, entry: Branch | None, key: Key) -> Branch:
        if self.edit.value is None and self.edit.notes is not None and entry is not None:
            return self._noted(entry)
        value = self._branch_value(child)
        if child.keys and not same(value.key, key):
            message = f"the key in the data is not the key in the path of {child.name}: keys do not change"
            raise self._refuse("invalid-value", message, child)
        if entry is None:
            return self._noted(stamped(value, self.revision))
        change: Callable[[Branch, Branch, int], Branch] = merged if self.operation == "merge" else replaced
        return self._noted(change(entry, value, self.revision))

    def _placed(self, child: List, entries: Entries, entry: Branch) -> Entries:
        point = self._point(child)
        if point is not None and same(point, entry.key):
            raise self._refuse(
                "bad-attribute", f"an entry of {child.name} cannot stand next to itself", child
            )
        try:
            return entries.set(entry, self.revision, self.edit.where or "last", point)
        except KeyError:
            raise self._no_neighbour(child) from None

    def _point(self, child: List | LeafList) -> Key | None:
        """The neighbour's key, when all that places something is right."""
        if not child.ordered_by_user:
            message = f"{child.name} is ordered by the system: what is in it has no place of its own"
            raise self._refuse("bad-attribute", message, child)
        if self.edit.where not in {"before", "after"}:
            return None
        if self.edit.point is None:
            message = f"{self.edit.where} which one of {child.name}? Its key is missing"
            raise self._refuse("missing-attribute", message, child)
        return self.edit.point

    def _no_neighbour(self, child: List | LeafList) -> _Fault:
        """RFC 7950 section 15.7."""
        message = f"the neighbour is not in {child.name}"
        return self._refuse("bad-attribute", message, child, "missing-instance")

    def _item(self, child: LeafList, old: tuple[Value, ...] | None, value: Value) -> tuple[Value, ...] | None:
        values = old or ()
        exists = holds(values, value)
        self._expect(exists, child)
        rest = [one for one in values if not same(one, value)] if exists else list(values)
        if self.operation in {"delete", "remove"}:
            return (tuple(rest) or None) if exists else old
        if self.edit.where is None and self.operation != "move":
            return old if exists else arranged(child, (*values, value))
        point = self._point(child)
        at = {"first": 0, "last": len(rest)}.get(self.edit.where or "last", -1)
        if point is not None:
            beside = [index for index, one in enumerate(rest) if same(one, point[0])]
            if not beside:
                raise self._no_neighbour(child)
            at = beside[0] + (self.edit.where == "after")
        rest.insert(at, value)
        new = tuple(rest)
        return old if same(new, values) else new


def _index(child: List, key: Key) -> int | None:
    """Which entry of a keyless list a step's key means."""
    return key[0] if not child.keys and isinstance(key[0], int) else None
