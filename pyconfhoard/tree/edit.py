"""Edits, and the one function that applies them.

:func:`apply` makes a new root out of an old one and shares all that no edit touched. Where an edit changes nothing, the very
object comes back, so ``new is old`` means "nothing changed", at the root as at any branch.

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
containers on the way must exist. A node of one case deletes those of the other cases (RFC 7950 section 7.9). Keys do not change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from pyconfhoard.errors import MAX_FAULTS, BadInput, Conflict, ErrorTag, Fault
from pyconfhoard.schema.nodes import Case, Container, DataNode, Inner, Leaf, LeafList, List
from pyconfhoard.tree.branch import Branch
from pyconfhoard.tree.entries import Entries, Key, Where
from pyconfhoard.tree.path import Path, Step

__all__ = ["Edit", "Operation", "apply", "merged", "replaced", "stamped"]

Operation: TypeAlias = Literal["create", "merge", "replace", "delete", "remove", "insert", "move"]


@dataclass(frozen=True, slots=True)
class Edit:
    """One change at one path. ``value`` is in canonical form (a :class:`Branch` for a container or list entry,
    ``Entries`` for a whole list, a tuple for a whole leaf-list); None to delete, and for one value of a leaf-list.

    ``where`` and ``point`` (the neighbour's key) place an entry of a user-ordered list.
    """

    operation: Operation
    path: Path
    value: Any = None
    where: Where | None = None
    point: Key | None = None


class _Fault(Exception):
    def __init__(self, tag: ErrorTag, message: str, path: Path, node: DataNode | None = None) -> None:
        super().__init__(message)
        self.fault = Fault(tag, message, str(path), place=node.place if node else None)


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
        if self.operation == "merge":
            return merged(root, self.edit.value, self.revision)
        if self.operation == "replace":
            return replaced(root, self.edit.value, self.revision)
        if self.operation in {"delete", "remove"}:
            return Branch(root.schema, {}, self.revision) if root.members else root
        raise _Fault(
            "operation-not-supported",
            f"{self.operation} has no meaning for the whole datastore",
            self.edit.path,
        )

    def _here(self, index: int) -> Path:
        return Path(self.steps[: index + 1])

    def _down(self, branch: Branch, index: int) -> Branch:
        """``branch`` with the edit done below its member ``steps[index]``."""
        step = self.steps[index]
        child = branch.schema.children[step.name]
        old = branch.members.get(step.name)
        if index == len(self.steps) - 1:
            new = self._do(branch, child, old, step)
        elif isinstance(child, List):
            new = self._through_list(child, old, step, index)
        elif isinstance(child, Inner):
            new = self._through_container(child, old, index)
        else:
            raise _Fault("unknown-element", f"nothing stands below {child.name}", self._here(index), child)
        if new is old:
            return branch
        return put(branch, child, new, self.revision)

    def _through_container(self, child: Inner, old: Branch | None, index: int) -> Branch | None:
        if old is None:
            if self.operation == "remove":
                return None
            if self.operation in {"delete", "move"} or (isinstance(child, Container) and child.presence):
                raise _Fault("data-missing", f"{child.name} does not exist", self._here(index), child)
        new = self._down(old or Branch(child, {}), index + 1)
        if not new.members and not new.meta and not (isinstance(child, Container) and child.presence):
            return None
        return new

    def _through_list(self, child: List, old: Entries | None, step: Step, index: int) -> Entries | None:
        entry = old.get(step.key) if old is not None and step.key is not None else None
        if entry is None or old is None:
            if self.operation == "remove":
                return old
            raise _Fault("data-missing", f"there is no such entry of {child.name}", self._here(index), child)
        new = self._down(entry, index + 1)
        return old if new is entry else old.set(new, self.revision)

    def _do(self, branch: Branch, child: DataNode, old: Any, step: Step) -> Any:
        """The new value of member ``step`` of ``branch``; None: none."""
        if isinstance(child, List) and step.key is not None:
            return self._entry(child, old, step.key)
        if isinstance(child, LeafList) and step.key is not None:
            return self._item(child, old, step.key)
        if isinstance(child, Leaf) and child.is_key:
            return self._key(child, old)
        self._expect(old is not None, child)
        if self.operation in {"delete", "remove"}:
            return None
        if self.operation in {"insert", "move"}:
            raise _Fault(
                "operation-not-supported", f"{child.name} has no place among others", self.edit.path, child
            )
        value = self.edit.value
        if self.operation == "merge":
            new = _merge_member(child, old, value, self.revision)
        else:
            new = _replace_member(child, old, value, self.revision)
        return None if _vanishes(child, new) else new

    def _expect(self, exists: bool, child: DataNode) -> None:
        if self.operation in {"create", "insert"} and exists:
            raise _Fault("data-exists", f"{child.name} exists already", self.edit.path, child)
        if self.operation in {"delete", "move"} and not exists:
            raise _Fault("data-missing", f"{child.name} does not exist", self.edit.path, child)

    def _key(self, child: Leaf, old: Any) -> Any:
        if self.operation in {"merge", "replace"} and self.edit.value == old:
            return old
        raise _Fault(
            "invalid-value",
            f"{child.name} is a key: it does not change; create another entry and delete this one",
            self.edit.path,
            child,
        )

    def _entry(self, child: List, old: Entries | None, key: Key) -> Entries | None:
        entries = old if old is not None else Entries(child, (), self.revision)
        entry = entries.get(key)
        self._expect(entry is not None, child)
        if self.operation in {"delete", "remove"}:
            rest = entries.remove(key, self.revision)
            return rest if len(rest) else None
        if self.operation == "move":
            return self._placed(child, entries, entry)
        value = self.edit.value
        if not isinstance(value, Branch) or (child.keys and value.key != key):
            raise _Fault(
                "invalid-value",
                f"the key in the data is not the key in the path of {child.name}: keys do not change",
                self.edit.path,
                child,
            )
        change: Callable[[Branch, Branch, int], Branch] = merged if self.operation == "merge" else replaced
        new = stamped(value, self.revision) if entry is None else change(entry, value, self.revision)
        if self.edit.where is not None:
            return self._placed(child, entries, new)
        return entries.set(new, self.revision)

    def _placed(self, child: List, entries: Entries, entry: Any) -> Entries:
        if not child.ordered_by_user:
            raise _Fault(
                "bad-attribute",
                f"{child.name} is ordered by the system: an entry has no place of its own",
                self.edit.path,
                child,
            )
        if self.edit.point is not None and self.edit.point == entry.key:
            raise _Fault(
                "bad-attribute",
                f"an entry of {child.name} cannot stand next to itself",
                self.edit.path,
                child,
            )
        try:
            return entries.set(entry, self.revision, self.edit.where or "last", self.edit.point)
        except KeyError:
            raise _Fault(
                "data-missing",
                f"the neighbour {self.edit.point!r} is not in {child.name}",
                self.edit.path,
                child,
            ) from None

    def _item(self, child: LeafList, old: tuple[Any, ...] | None, key: Key) -> tuple[Any, ...] | None:
        values = old or ()
        value = key[0]
        self._expect(value in values, child)
        if self.operation in {"delete", "remove"}:
            return tuple(v for v in values if v != value) or None if value in values else old
        if value in values and self.edit.where is None:
            return old
        rest = [v for v in values if v != value]
        if self.edit.where is None:
            return (*rest, value)
        if not child.ordered_by_user:
            raise _Fault(
                "bad-attribute",
                f"{child.name} is ordered by the system: a value has no place of its own",
                self.edit.path,
                child,
            )
        at = {"first": 0, "last": len(rest)}.get(self.edit.where, -1)
        if at < 0:
            point = (self.edit.point or (None,))[0]
            if point not in rest:
                raise _Fault(
                    "data-missing", f"the neighbour {point!r} is not in {child.name}", self.edit.path, child
                )
            at = rest.index(point) + (self.edit.where == "after")
        rest.insert(at, value)
        new = tuple(rest)
        return old if new == values else new


def put(branch: Branch, child: DataNode, value: Any, revision: int) -> Branch:
    """``branch`` with one member set (None: taken out) and the other cases of its choices cleared."""
    if value is None:
        return branch.without(child.member, revision)
    result = branch
    for name in _rivals(branch, child):
        result = result.without(name, revision)
    return result.with_member(child.member, value, revision)


def _rivals(branch: Branch, child: DataNode) -> list[str]:
    """Members in other cases of the choices that ``child`` stands in."""
    case: Case | None = child.case
    names: list[str] = []
    while case is not None:
        for other in case.choice.cases.values():
            if other is not case:
                names.extend(node.member for node in other.children if node.member in branch.members)
        case = case.choice.case
    return names


def _vanishes(child: DataNode, value: Any) -> bool:
    if isinstance(value, Branch):
        return not value.members and not value.meta and isinstance(child, Container) and not child.presence
    if isinstance(value, Entries):
        return len(value) == 0
    return isinstance(child, LeafList) and not value


def stamped(value: Any, revision: int) -> Any:
    """A value whose every branch carries ``revision``; itself where all do already."""
    if isinstance(value, Branch):
        changed = {
            name: new
            for name, old in value.members.items()
            if isinstance(old, Branch | Entries) and (new := stamped(old, revision)) is not old
        }
        if not changed and value.revision == revision:
            return value
        return Branch(
            value.schema, {**value.members, **changed} if changed else value.members, revision, value.meta
        )
    if isinstance(value, Entries):
        branches = list(value.values())
        new = [stamped(branch, revision) for branch in branches]
        if value.revision == revision and all(a is b for a, b in zip(branches, new, strict=True)):
            return value
        return Entries.build(value.schema, new, revision)
    return value


def _same(old: Any, new: Any) -> bool:
    return type(old) is type(new) and bool(old == new)


def merged(old: Branch, new: Branch, revision: int) -> Branch:
    """``old`` with ``new`` merged into it; itself when it holds all of that already."""
    result = old
    for name, value in new.members.items():
        child = old.schema.children[name]
        before = result.members.get(name)
        after = _merge_member(child, before, value, revision)
        if after is not before and not _vanishes(child, after):
            result = put(result, child, after, revision)
    for name, notes in new.meta.items():
        result = result.with_meta(name, notes, revision)
    return result


def _merge_member(child: DataNode, old: Any, new: Any, revision: int) -> Any:
    if old is None:
        return stamped(new, revision)
    if isinstance(new, Branch):
        return merged(old, new, revision)
    if isinstance(new, Entries):
        changed = []
        for key, branch in new.items():
            before = old.get(key)
            after = stamped(branch, revision) if before is None else merged(before, branch, revision)
            if after is not before:
                changed.append(after)
        return old.update(changed, revision)
    if isinstance(child, LeafList):
        known = set(old)
        added = tuple(value for value in new if value not in known)
        return old + added if added else old
    return old if _same(old, new) else new


def replaced(old: Branch, new: Branch, revision: int) -> Branch:
    """A branch that holds just what ``new`` does, made of ``old``'s parts wherever they are equal."""
    members: dict[str, Any] = {}
    for name, value in new.members.items():
        child = old.schema.children[name]
        made = _replace_member(child, old.members.get(name), value, revision)
        if not _vanishes(child, made):
            members[name] = made
    same = len(members) == len(old.members) and all(
        members[name] is old.members.get(name) for name in members
    )
    if same and new.meta == old.meta:
        return old
    return Branch(old.schema, members, revision, new.meta)


def _replace_member(child: DataNode, old: Any, new: Any, revision: int) -> Any:
    if old is None:
        return stamped(new, revision)
    if isinstance(new, Branch):
        return replaced(old, new, revision)
    if isinstance(new, Entries):
        return _replace_entries(old, new, revision)
    return old if _same(old, new) else new


def _replace_entries(old: Entries, new: Entries, revision: int) -> Entries:
    if not new.schema.keys:
        return old if old == new else stamped(new, revision)
    result: list[Branch] = []
    changed: list[Branch] = []
    for key, branch in new.items():
        before = old.get(key)
        after = stamped(branch, revision) if before is None else replaced(before, branch, revision)
        result.append(after)
        if after is not before:
            changed.append(after)
    gone = [key for key in old.keys() if key not in new]  # noqa: SIM118 - Entries, not a dictionary
    reordered = new.schema.ordered_by_user and list(old.keys()) != list(new.keys())
    if not changed and not gone and not reordered:
        return old
    if reordered or (len(changed) + len(gone)) * 8 > len(old):
        return Entries.build(new.schema, result, revision)
    rest = old.update(changed, revision)
    for key in gone:
        rest = rest.remove(key, revision)
    return rest
