"""Subtrees combined: merged, replaced, stamped with a revision.

All three give back the very object that they were given where nothing is different, and make new branches,
which carry the revision, only from there up.
"""

from __future__ import annotations

from typing import Any

from pyconfhoard.schema.nodes import Case, Container, DataNode, LeafList
from pyconfhoard.schema.types.base import Json
from pyconfhoard.tree.branch import Branch, holds, inner_children, same
from pyconfhoard.tree.entries import Entries
from pyconfhoard.tree.leaf_lists import aligned, arranged
from pyconfhoard.tree.pages import Page

__all__ = ["merge_member", "merged", "put", "replace_member", "replaced", "stamped", "vanishes"]


def put(branch: Branch, child: DataNode, value: Any, revision: int) -> Branch:
    """``branch`` with one member set (None: taken out) and the other cases of its choices cleared."""
    if value is None:
        return branch.without(child.member, revision)
    result = branch
    if child.case is not None:
        for name in _rivals(branch, child):
            result = result.without(name, revision)
    return result.with_member(child.member, value, revision)


def _rivals(branch: Branch, child: DataNode) -> list[str]:
    """Members in other cases of the choices that ``child`` stands in (RFC 7950 section 7.9)."""
    case: Case | None = child.case
    names: list[str] = []
    while case is not None:
        for other in case.choice.cases.values():
            if other is not case:
                names.extend(node.member for node in other.children if node.member in branch.members)
        case = case.choice.case
    return names


def vanishes(child: DataNode, value: Any) -> bool:
    """What is not stored: an empty non-presence container, a list or leaf-list without entries."""
    if isinstance(value, Branch):
        return not value.members and not value.meta and isinstance(child, Container) and not child.presence
    if isinstance(value, Entries):
        return len(value) == 0
    return isinstance(child, LeafList) and not value


def stamped(value: Any, revision: int) -> Any:
    """A value whose every branch carries ``revision``, without what is not stored; itself where that is so already."""
    if isinstance(value, Branch):
        return _stamped_branch(value, revision)
    if isinstance(value, Entries):
        pages = [_stamped_page(page, revision) for page in value.pages]
        if value.revision == revision and all(a is b for a, b in zip(pages, value.pages, strict=True)):
            return value
        return Entries(value.schema, pages, revision)
    return value


def _stamped_branch(branch: Branch, revision: int) -> Branch:
    members = branch.members
    for name, child in inner_children(branch.schema):
        old = members.get(name)
        if old is None:
            continue
        new = stamped(old, revision)
        if new is not old or vanishes(child, new):
            members = dict(members) if members is branch.members else members
            if vanishes(child, new):
                del members[name]
            else:
                members[name] = new
    if members is branch.members and branch.revision == revision:
        return branch
    return Branch(branch.schema, members, revision, branch.meta)


def _stamped_page(page: Page, revision: int) -> Page:
    old = page.load()
    new = {slot: _stamped_branch(branch, revision) for slot, branch in old.items()}
    return page if all(new[slot] is old[slot] for slot in old) else Page.of(new)


def merged(old: Branch, new: Branch, revision: int) -> Branch:
    """``old`` with ``new`` merged into it; itself when it holds all of that already."""
    if old is new:
        return old
    result = old
    for name, value in new.members.items():
        child = old.schema.children[name]
        before = result.members.get(name)
        after = merge_member(child, before, value, revision)
        if after is not before and not vanishes(child, after):
            result = put(result, child, after, revision)
        if isinstance(child, LeafList) and (name in result.meta or name in new.meta):
            notes = _united_notes(name, old, new, result)
            result = result.with_meta(name, notes, revision)
    for name, notes in new.meta.items():
        if not isinstance(old.schema.children.get(name), LeafList):
            result = result.with_meta(name, notes, revision)
    return result


def _united_notes(name: str, old: Branch, new: Branch, result: Branch) -> list[Json] | None:
    """The annotations of a leaf-list's values after a merge: the new ones', else those they had."""
    values = result.members.get(name, ())
    before = aligned(old.members.get(name, ()), old.meta.get(name, ()), values)
    more = {
        value: note
        for value, note in zip(new.members[name], new.meta.get(name, ()), strict=False)
        if note is not None
    }
    return aligned(values, before or (), values, more)


def merge_member(child: DataNode, old: Any, new: Any, revision: int) -> Any:
    """One member merged; ``old`` may be None."""
    if old is None:
        return stamped(new, revision)
    if isinstance(new, Branch):
        return merged(old, new, revision)
    if isinstance(new, Entries):
        return _merged_entries(old, new, revision)
    if isinstance(child, LeafList):
        added = tuple(value for value in new if not holds(old, value))
        return arranged(child, old + added) if added else old
    return old if same(old, new) else new


def _merged_entries(old: Entries, new: Entries, revision: int) -> Entries:
    if not new.schema.keys:  # without keys nothing tells which entry is which: all are further ones
        return old.update([stamped(branch, revision) for branch in new.values()], revision)
    changed = []
    for key, branch in new.items():
        before = old.get(key)
        after = stamped(branch, revision) if before is None else merged(before, branch, revision)
        if after is not before:
            changed.append(after)
    return old.update(changed, revision)


def replaced(old: Branch, new: Branch, revision: int) -> Branch:
    """A branch that holds just what ``new`` does, made of ``old``'s parts wherever they are equal."""
    if old is new:
        return old
    before = old.members
    members: dict[str, Any] = {}
    changed = new.meta != old.meta
    for name, value in new.members.items():
        child = old.schema.children[name]
        made = replace_member(child, before.get(name), value, revision)
        if not vanishes(child, made):
            members[name] = made
            changed = changed or made is not before.get(name)
    return Branch(old.schema, members, revision, new.meta) if changed or len(members) != len(before) else old


def replace_member(child: DataNode, old: Any, new: Any, revision: int) -> Any:
    """One member replaced; ``old`` may be None."""
    if old is None:
        return stamped(new, revision)
    if isinstance(new, Branch):
        return replaced(old, new, revision)
    if isinstance(new, Entries):
        return _replaced_entries(old, new, revision)
    return old if same(old, new) else new


def _replaced_entries(old: Entries, new: Entries, revision: int) -> Entries:
    if old is new:
        return old
    if not new.schema.keys:
        return old if old == new else stamped(new, revision)
    result: list[Branch] = []
    changed: list[Branch] = []
    added = 0
    for key, branch in new.items():
        before = old.get(key)
        if before is None:
            added += 1
            after = stamped(branch, revision)
        else:
            after = replaced(before, branch, revision)
        result.append(after)
        if after is not before:
            changed.append(after)
    gone = [key for key in old if key not in new] if len(old) + added != len(new) else []
    reordered = new.schema.ordered_by_user and list(old) != list(new)
    if not changed and not gone and not reordered:
        return old
    if reordered or (gone and (len(changed) + len(gone)) * 8 > len(old)):
        return Entries.build(new.schema, result, revision)
    rest = old.update(changed, revision)
    for key in gone:
        rest = rest.remove(key, revision)
    return rest
