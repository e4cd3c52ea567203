"""What changed between two trees, at the cost of the change: what is the same object is not looked at.

**Lists.** Two versions of a list share all pages that no edit touched, so only the entries on the others are
compared.

**Order.** In a user-ordered list the pages that both versions have stand in the same order in both, and nothing on
them has moved. They cut the rest into segments: an entry that is in another segment than before has moved, and
within a segment all have that are not in a longest common subsequence. Moves and creations name
the entry before them, and are given in the order of the new list: each is put right behind its
predecessor, which is in its place already.

**Keyless lists** have nothing that tells which entry is which: they change as a whole.

**Along edits.** Where the edits are known that made the one tree out of the other, only the entries that they
name are compared, and a list of any length costs nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import compress, count
from operator import is_not
from typing import Any, Literal

from pyconfhoard.schema.nodes import DataNode, LeafList, List
from pyconfhoard.schema.types.base import Json, Value
from pyconfhoard.tree.branch import Branch, holds, same
from pyconfhoard.tree.edit import Edit
from pyconfhoard.tree.entries import Entries, Key, Where, slots_of
from pyconfhoard.tree.leaf_lists import exact
from pyconfhoard.tree.pages import Page, Slot
from pyconfhoard.tree.path import Path

__all__ = ["Change", "as_edits", "diff", "undoing"]


@dataclass(frozen=True, slots=True)
class Change:
    """``old`` and ``new`` are values or whole subtrees; None where there is none.

    ``moved`` is an entry (or value of a leaf-list) of a user-ordered list that stands behind another now.
    Where something was created or moved in such a list, ``ordered`` is True and ``after`` is the key of the
    one before it, None at the front.

    ``notes`` are the node's own RFC 7952 annotations in the new tree, for a leaf, leaf-list or anydata; those of
    branches stand in them, and a change of nothing else is ``modified`` with ``notes`` (empty: they are gone).
    """

    path: Path
    kind: Literal["created", "deleted", "modified", "moved"]
    old: Any = None
    new: Any = None
    ordered: bool = False
    after: Key | None = None
    notes: Json = None


@dataclass(slots=True)
class _Trail:
    """Where edits lead from one node: its members, and of a list its entries. ``whole``: all below may differ."""

    whole: bool = False
    members: dict[str, _Trail] = field(default_factory=dict)
    entries: dict[Key, _Trail] = field(default_factory=dict)

    def follow(self, path: Path) -> None:
        trail = self
        for step in path.steps:
            trail = trail.members.setdefault(step.name, _Trail())
            if step.key is not None:
                trail = trail.entries.setdefault(step.key, _Trail())
        trail.whole = True


_EVERYWHERE = _Trail(whole=True)


def diff(
    old: Branch, new: Branch, path: Path = Path.ROOT, *, edits: Iterable[Edit] | None = None
) -> Iterator[Change]:
    """The changes that turn ``old`` into ``new``, both of one schema node, which stands at ``path``.

    A created or deleted container or entry is one change. A list, and a leaf-list of configuration, comes and
    goes by its entries. ``edits`` are those that made ``new`` out of ``old``, or ``old`` out of ``new``, at the
    root: with them the cost is theirs, without them that of the pages which differ.
    """
    trail = _EVERYWHERE
    if edits is not None:
        trail = _Trail()
        for edit in edits:
            trail.follow(edit.path)
    return _branches(old, new, path, trail)


def _branches(old: Branch, new: Branch, path: Path, trail: _Trail) -> Iterator[Change]:
    if old is new:
        return
    noted = old.meta != new.meta
    if noted and old.meta.get("") != new.meta.get(""):
        yield Change(path, "modified", old, new, notes=new.meta.get("") or {})
    for name, before in old.members.items():
        after = new.members.get(name)
        if after is before and not (noted and old.meta.get(name) != new.meta.get(name)):
            continue
        child = old.schema.children[name]
        here = path.child(child)
        notes = new.meta.get(name)
        if after is None:
            yield from _gone(child, before, here)
        elif noted and old.meta.get(name) != notes:
            yield Change(here, "modified", before, after, notes=notes or {})
        else:
            yield from _between(child, before, after, here, notes, _below(trail, trail.members, name))
    for name, after in new.members.items():
        if name not in old.members:
            child = new.schema.children[name]
            yield from _come(child, after, path.child(child), new.meta.get(name))


def _below(trail: _Trail, trails: Mapping[Any, _Trail], name: Any) -> _Trail:
    return _EVERYWHERE if trail.whole else trails.get(name, _EVERYWHERE)


def _come(child: DataNode, value: Any, path: Path, notes: Json) -> Iterator[Change]:
    if isinstance(value, Entries):
        yield from _entries(Entries(value.schema), value, path)
    elif isinstance(child, LeafList) and child.config and not notes:
        yield from _values(child, (), value, path)
    else:
        yield Change(path, "created", None, value, notes=notes)


def _gone(child: DataNode, value: Any, path: Path) -> Iterator[Change]:
    if isinstance(value, Entries) and value.schema.keys:
        for key, branch in value.items():
            yield Change(path.entry(key), "deleted", branch, None)
    elif isinstance(child, LeafList) and child.config:
        yield from _values(child, value, (), path)
    else:
        yield Change(path, "deleted", value, None)


def _between(child: DataNode, old: Any, new: Any, path: Path, notes: Json, trail: _Trail) -> Iterator[Change]:
    if isinstance(new, Branch):
        yield from _branches(old, new, path, trail)
    elif isinstance(new, Entries):
        if trail.whole or not new.sorted or slots_of(new.schema) is not None:
            yield from _entries(old, new, path)
        else:
            yield from _named(old, new, path, trail)
    elif same(old, new):
        return
    elif isinstance(child, LeafList) and child.config and not notes:
        yield from _values(child, old, new, path)
    else:
        yield Change(path, "modified", old, new, notes=notes)


def _named(old: Entries, new: Entries, path: Path, trail: _Trail) -> Iterator[Change]:
    """The entries that edits lead to, of a list that the system orders."""
    pairs = [(key, old.get(key), new.get(key)) for key in sorted(trail.entries)]
    for key, before, after in pairs:
        if after is None and before is not None:
            yield Change(path.entry(key), "deleted", before, None)
    for key, before, after in pairs:
        if before is None and after is not None:
            yield Change(path.entry(key), "created", None, after)
        elif before is not None and after is not None:
            yield from _branches(before, after, path.entry(key), trail.entries[key])


def _entries(old: Entries, new: Entries, path: Path) -> Iterator[Change]:
    if not new.schema.keys:
        if old != new:
            kind: Literal["created", "modified"] = "modified" if len(old) else "created"
            yield Change(path, kind, old if len(old) else None, new)
        return
    before = _Loose(old, new)
    after = _Loose(new, old)
    was = before.entries
    ordered = new.schema.ordered_by_user
    moved = _moved(before, after) if ordered else frozenset()
    differ = [
        (slot, branch)
        for slot, branch in after.entries.items()
        if was.get(slot) is not branch or slot in moved
    ]
    if not was.keys() <= after.entries.keys():
        for slot, branch in was.items():
            if slot not in after.entries:
                yield Change(path.entry(branch.key), "deleted", branch, None)
    previous = after.previous() if ordered else {}
    for slot, branch in differ:
        here = path.entry(branch.key)
        if slot not in was:
            yield Change(here, "created", None, branch, ordered, previous.get(slot))
            continue
        if slot in moved:
            yield Change(here, "moved", was[slot], branch, ordered, previous.get(slot))
        yield from _branches(was[slot], branch, here, _EVERYWHERE)


class _Loose:
    """The entries on pages of ``entries`` that ``other`` does not have."""

    def __init__(self, entries: Entries, other: Entries) -> None:
        self.entries: dict[Slot, Branch] = {}
        self.segment: dict[Slot, int] = {}
        """How many shared pages stand before an entry; of user-ordered lists only."""
        self._anchors: list[Page | None] = [None]
        """The last shared page before each segment."""
        ordered = entries.schema.ordered_by_user
        mine, theirs = entries.pages, other.pages
        least = min(len(mine), len(theirs))
        head = _common(mine, theirs, least)
        tail = _common(reversed(mine), reversed(theirs), least - head)
        middle = mine[head : len(mine) - tail]
        shared = set(map(id, theirs[head : len(theirs) - tail]))
        if head:
            self._anchors.append(mine[head - 1])
        for page in middle:
            if id(page) in shared:
                self._anchors.append(page)
                continue
            if len(middle) == 1:
                self.entries = page.load()
            else:
                self.entries.update(page.load())
            if ordered:
                self.segment.update(dict.fromkeys(page.load(), len(self._anchors)))

    def previous(self) -> dict[Slot, Key | None]:
        """The key of the entry before each; None for the first."""
        result: dict[Slot, Key | None] = {}
        last: Branch | None = None
        segment = 0
        for slot, branch in self.entries.items():
            if self.segment[slot] != segment:
                segment = self.segment[slot]
                anchor = self._anchors[segment - 1]
                last = None if anchor is None else next(reversed(anchor.load().values()))
            result[slot] = None if last is None else last.key
            last = branch
        return result


def _common(one: Iterable[Page], other: Iterable[Page], most: int) -> int:
    """How many pages at the front are the same, at most ``most``."""
    return min(next(compress(count(), map(is_not, one, other)), most), most)


def _moved(before: _Loose, after: _Loose) -> Set[Slot]:
    moved: set[Slot] = set()
    stayed: dict[int, list[Slot]] = {}
    for slot, segment in after.segment.items():
        if slot in before.segment:
            if before.segment[slot] == segment:
                stayed.setdefault(segment, []).append(slot)
            else:
                moved.add(slot)
    position = {slot: index for index, slot in enumerate(before.segment)}
    for slots in stayed.values():
        moved.update(_out_of_order(position, slots))
    return moved


def _out_of_order(position: dict[Any, int], new: list[Any]) -> set[Any]:
    """Patience: what is not in a longest run of ``new`` that rises in its old ``position`` has moved."""
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
    last = ends[-1] if ends else None
    while last is not None:
        stay.add(last)
        last = links[last]
    return {key for key in new if key not in stay}


def _values(child: LeafList, old: tuple[Value, ...], new: tuple[Value, ...], path: Path) -> Iterator[Change]:
    for value in old:
        if not holds(new, value):
            yield Change(path.entry((value,)), "deleted", value, None)
    moved: set[Any] = set()
    if child.ordered_by_user:
        position = {exact(value): index for index, value in enumerate(old)}
        moved = _out_of_order(position, [one for value in new if (one := exact(value)) in position])
    last: Key | None = None
    for value in new:
        if not holds(old, value):
            yield Change(path.entry((value,)), "created", None, value, child.ordered_by_user, last)
        elif exact(value) in moved:
            yield Change(path.entry((value,)), "moved", value, value, True, last)
        last = (value,) if child.ordered_by_user else None


def as_edits(changes: Iterable[Change]) -> tuple[Edit, ...]:
    """Edits that, applied to the old tree, give the new one."""
    return tuple(_edit(change) for change in changes)


def _edit(change: Change) -> Edit:
    if change.kind == "deleted":
        return Edit("remove", change.path)
    if change.kind == "modified" and isinstance(change.new, Branch):
        return Edit("merge", change.path, notes=change.notes)
    if not change.ordered:
        return Edit("replace", change.path, change.new, notes=change.notes)
    where: Where = "first" if change.after is None else "after"
    if change.kind == "moved":
        return Edit("move", change.path, None, where, change.after)
    return Edit("insert", change.path, change.new, where, change.after, change.notes)


def undoing(old: Branch, new: Branch, changes: Sequence[Change]) -> tuple[Edit, ...]:
    """Edits that, applied to ``new``, give ``old`` again; ``changes`` lead from ``old`` to ``new``.

    Turned round where each change says all that there was before it; else found by comparing the trees: the places in an
    order are told of the new one, and so are annotations.
    """
    edits: list[Edit] = []
    for change in changes:
        if change.ordered or change.notes is not None:
            break
        if change.kind == "created":
            edits.append(Edit("remove", change.path))
        elif change.kind == "modified" or (change.kind == "deleted" and _is_all(change.old)):
            edits.append(Edit("replace", change.path, change.old))
        else:
            break
    else:
        return tuple(edits)
    return as_edits(diff(new, old, edits=as_edits(changes)))


def _is_all(old: Any) -> bool:
    """Whether what was deleted is all that has to be known to bring it back: it had no place among others, and annotations
    in it only."""
    if not isinstance(old, Branch):
        return False
    return not (isinstance(old.schema, List) and old.schema.ordered_by_user)
