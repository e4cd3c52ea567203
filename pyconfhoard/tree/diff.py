"""What changed between two trees, at the cost of the change: subtrees that are the same object are not looked at."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pyconfhoard.schema.nodes import DataNode, LeafList
from pyconfhoard.tree.branch import Branch
from pyconfhoard.tree.edit import Edit
from pyconfhoard.tree.entries import Entries, Key, Where
from pyconfhoard.tree.path import Path

__all__ = ["Change", "as_edits", "diff"]


@dataclass(frozen=True, slots=True)
class Change:
    """``old`` and ``new`` are values or whole subtrees; None where there is none.

    ``moved`` is an entry (or value of a leaf-list) of a user-ordered list that stands behind another now. Where something was
    created or moved in such a list, ``ordered`` is True and ``after`` is the key of the one before it, None at the front.
    """

    path: Path
    kind: Literal["created", "deleted", "modified", "moved"]
    old: Any = None
    new: Any = None
    ordered: bool = False
    after: Key | None = None


def diff(old: Branch, new: Branch, path: Path = Path.ROOT) -> Iterator[Change]:
    """The changes that turn ``old`` into ``new``, both of one schema node, which stands at ``path``."""
    if old is new:
        return
    for name, before in old.members.items():
        child = old.schema.children[name]
        after = new.members.get(name)
        if after is before:
            continue
        here = path.child(child)
        if after is None:
            yield from _gone(child, before, here)
        else:
            yield from _between(child, before, after, here)
    for name, after in new.members.items():
        if name not in old.members:
            child = new.schema.children[name]
            yield from _come(child, after, path.child(child))


def _come(child: DataNode, value: Any, path: Path) -> Iterator[Change]:
    """A list or user-ordered leaf-list comes entry by entry: each is a node of its own."""
    if isinstance(value, Entries):
        yield from _entries(Entries(value.schema), value, path)
    elif isinstance(child, LeafList):
        yield from _values(child, (), value, path)
    else:
        yield Change(path, "created", None, value)


def _gone(child: DataNode, value: Any, path: Path) -> Iterator[Change]:
    if isinstance(value, Entries):
        for key, branch in value.items():
            yield Change(path.entry(key), "deleted", branch, None)
    elif isinstance(child, LeafList):
        yield from _values(child, value, (), path)
    else:
        yield Change(path, "deleted", value, None)


def _between(child: DataNode, old: Any, new: Any, path: Path) -> Iterator[Change]:
    if isinstance(new, Branch):
        yield from diff(old, new, path)
    elif isinstance(new, Entries):
        yield from _entries(old, new, path)
    elif isinstance(child, LeafList):
        yield from _values(child, old, new, path)
    elif type(old) is not type(new) or old != new:
        yield Change(path, "modified", old, new)


def _entries(old: Entries, new: Entries, path: Path) -> Iterator[Change]:
    shared = {id(page) for page in old.pages} & {id(page) for page in new.pages}
    before = _loose(old, shared)
    after = _loose(new, shared)
    for key, branch in before.items():
        if key not in after:
            yield Change(path.entry(key), "deleted", branch, None)
    ordered = new.schema.ordered_by_user
    previous = _predecessors(new) if ordered else {}
    moved = _moved(old, new) if ordered else set()
    for key, branch in after.items():
        was = before.get(key)
        here = path.entry(key)
        if was is None:
            yield Change(here, "created", None, branch, ordered, previous.get(key))
            continue
        if key in moved:
            yield Change(here, "moved", was, branch, ordered, previous.get(key))
        yield from diff(was, branch, here)


def _loose(entries: Entries, shared: set[int]) -> dict[Key, Branch]:
    """The entries on pages that only one side has."""
    result: dict[Key, Branch] = {}
    for page in entries.pages:
        if id(page) not in shared:
            result.update(page.load(entries.schema))
    return result


def _predecessors(entries: Entries) -> dict[Key, Key | None]:
    result: dict[Key, Key | None] = {}
    last: Key | None = None
    for key in entries.keys():  # noqa: SIM118 - Entries iterates its keys either way; this says so
        result[key] = last
        last = key
    return result


def _moved(old: Entries, new: Entries) -> set[Key]:
    """Keys that must move so that the old order becomes the new one: those outside a longest common subsequence."""
    return _out_of_order([key for key in old.keys() if key in new], [key for key in new.keys() if key in old])  # noqa: SIM118


def _out_of_order(old: list[Any], new: list[Any]) -> set[Any]:
    """Patience: positions of ``new`` in ``old``; what is not in a longest increasing run has moved."""
    if old == new:
        return set()
    position = {key: index for index, key in enumerate(old)}
    tails: list[int] = []
    links: dict[Any, Any] = {}
    ends: list[Any] = []
    for key in new:
        at = bisect_left(tails, position[key])
        links[key] = ends[at - 1] if at else None
        if at == len(tails):
            tails.append(position[key])
            ends.append(key)
        else:
            tails[at] = position[key]
            ends[at] = key
    stay: set[Any] = set()
    at_key = ends[-1] if ends else None
    while at_key is not None:
        stay.add(at_key)
        at_key = links[at_key]
    return {key for key in new if key not in stay}


def _values(child: LeafList, old: tuple[Any, ...], new: tuple[Any, ...], path: Path) -> Iterator[Change]:
    if old == new:
        return
    if not child.config and (len(set(old)) != len(old) or len(set(new)) != len(new)):
        yield Change(
            path, "modified" if old and new else "created" if new else "deleted", old or None, new or None
        )
        return
    for value in old:
        if value not in new:
            yield Change(path.entry((value,)), "deleted", value, None)
    moved = (
        _out_of_order([v for v in old if v in new], [v for v in new if v in old])
        if child.ordered_by_user
        else set()
    )
    last: Key | None = None
    for value in new:
        if value not in old:
            yield Change(path.entry((value,)), "created", None, value, child.ordered_by_user, last)
        elif value in moved:
            yield Change(path.entry((value,)), "moved", value, value, True, last)
        last = (value,)


def as_edits(changes: Iterable[Change]) -> tuple[Edit, ...]:
    """Edits that, applied to the old tree, give the new one."""
    return tuple(_edit(change) for change in changes)


def _edit(change: Change) -> Edit:
    if change.kind == "deleted":
        return Edit("remove", change.path)
    if change.kind == "modified":
        return Edit("replace", change.path, change.new)
    if not change.ordered:
        return Edit("replace", change.path, change.new)
    where: Where = "first" if change.after is None else "after"
    if change.kind == "moved":
        return Edit("move", change.path, None, where, change.after)
    return Edit("insert", change.path, change.new, where, change.after)
