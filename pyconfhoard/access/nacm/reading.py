"""What of an answer its reader may see (RFC 8341 section 3.2.4): the rest is left out without a word.

A node that may not be read goes with all below it. One exception: where a rule permits by its *path* something further
below, the containers and list entries on the way show, with their keys and nothing else of their own; without it, a rule
for one interface would need rules for everything above that interface.

The keys of an entry belong to it: an entry whose keys may not be read does not show at all.

Where a whole subtree is decided alike it is not even looked at, and comes back as the very object: so its kept bytes serve.
"""

from __future__ import annotations

from typing import Any

from pyconfhoard.access.nacm.compiled import Compiled, Verdict
from pyconfhoard.schema.nodes import Container, DataNode, Inner, LeafList, List, Root
from pyconfhoard.tree import Branch, Entries, Path, Step
from pyconfhoard.tree.pages import Page

__all__ = ["readable", "reads_all", "sees"]


def reads_all(rules: Compiled, node: DataNode, steps: tuple[Step, ...]) -> bool:
    """Whether nothing at and below ``node`` can be hidden."""
    return (
        rules.alike(node, "read")
        and rules.certain(node, steps, "read")
        and _permits(rules.verdict(node, steps, "read"), _floor(rules, node, steps))
    )


def sees(rules: Compiled, node: DataNode, steps: tuple[Step, ...]) -> bool:
    """Whether the node at ``steps`` may be read, or something below it by a rule with a path."""
    return (
        isinstance(node, Root)
        or _permits(rules.verdict(node, steps, "read"), _floor(rules, node, steps))
        or rules.leads_to_permit(node)
        or not rules.certain(node, steps, "read")
    )


def readable(rules: Compiled, node: DataNode, value: Any, path: Path) -> Any:
    """``value`` of ``node`` at ``path`` without what may not be read; None where nothing is left."""
    return _value(rules, node, value, path.steps, _floor(rules, node, path.steps))


def _floor(rules: Compiled, node: DataNode, steps: tuple[Step, ...]) -> int:
    """How deep the lowest node above ``node`` stands that may not be read; 0 for none. Without rules about modules it makes no
    difference: what may be read in spite of it has a rule with a deeper path."""
    if not rules.by_module:
        return 0
    above, depth = node.parent, len(steps) - 1
    while above is not None and depth > 0:
        if not rules.verdict(above, steps[:depth], "read").permit:
            return depth
        above, depth = above.parent, depth - 1
    return 0


def _permits(verdict: Verdict, floor: int) -> bool:
    return verdict.permit and (not floor or verdict.depth > floor)


def _value(rules: Compiled, node: DataNode, value: Any, steps: tuple[Step, ...], floor: int) -> Any:
    """``floor``: how deep the last node stands that may not be read; 0 for none. Only a rule whose path ends deeper
    permits then."""
    if isinstance(value, Entries):
        return _entries(rules, value, steps, floor)
    if isinstance(node, LeafList) and not rules.certain(node, steps, "read"):
        return _values(rules, node, value, steps, floor)
    verdict = rules.decision(node, "read").at(steps)
    permit = _permits(verdict, floor)
    if permit and rules.alike(node, "read"):
        return value
    if isinstance(node, Root):  # no data node: it is always there, and what stands in it decides for itself
        return _inside(rules, value, steps, 0)
    if not isinstance(value, Branch):
        return value if permit else None
    if permit:
        return _inside(rules, value, steps, 0)
    if not rules.leads_to_permit(node):
        return None
    return _way(rules, value, steps, max(verdict.depth, len(steps)))


def _inside(rules: Compiled, branch: Branch, steps: tuple[Step, ...], floor: int) -> Branch | None:
    """A branch that may be read, without what in it may not."""
    schema = branch.schema
    members: dict[str, Any] = {}
    changed = False
    for name, member in branch.members.items():
        child = schema.children[name]
        left = _value(rules, child, member, (*steps, Step.of(child)), floor)
        if left is None or (left is not member and _is_nothing(left)):
            if isinstance(schema, List) and name in schema.keys:
                return None
            changed = True
            continue
        changed = changed or left is not member
        members[name] = left
    return _with(branch, members) if changed else branch


def _way(rules: Compiled, branch: Branch, steps: tuple[Step, ...], floor: int) -> Branch | None:
    """A branch that may not be read itself, with what below it may; None where there is nothing."""
    schema: Inner = branch.schema
    keys = schema.keys if isinstance(schema, List) else ()
    members: dict[str, Any] = {}
    found = False
    for name, member in branch.members.items():
        if name in keys:
            members[name] = member
            continue
        child = schema.children[name]
        left = _value(rules, child, member, (*steps, Step.of(child)), floor)
        if left is not None and not _is_nothing(left):
            members[name] = left
            found = True
    return _with(branch, members) if found else None


def _with(branch: Branch, members: dict[str, Any]) -> Branch:
    meta = {name: notes for name, notes in branch.meta.items() if not name or name in members}
    return Branch(branch.schema, members, branch.revision, meta or None)


def _is_nothing(value: Any) -> bool:
    """A container that says nothing by being there, or a list without entries."""
    if isinstance(value, Entries):
        return not len(value)
    return (
        isinstance(value, Branch)
        and not value.members
        and isinstance(value.schema, Container)
        and not value.schema.presence
    )


def _entries(rules: Compiled, entries: Entries, steps: tuple[Step, ...], floor: int) -> Entries | None:
    schema = entries.schema
    decision = rules.decision(schema, "read")
    if decision.deepest < len(steps) - 1 and not floor and rules.alike(schema, "read"):
        if decision.at(steps).permit:
            return entries
        if not rules.leads_to_permit(schema):
            return None
    above, last = steps[:-1], steps[-1]
    pages: list[Page] = []
    changed = False
    place = 0
    apart = None if floor else _apart(rules, entries, steps)
    rest = apart is not None and decision.at(steps).permit
    for at, page in enumerate(entries.pages):
        if apart is not None and at not in apart:
            changed = changed or not rest
            pages += [page] if rest else []
            continue
        left: dict[Any, Branch] = {}
        loaded = page.load()
        for slot, branch in loaded.items():
            key = branch.key if schema.keys else (place,)
            place += 1
            seen = _value(rules, schema, branch, (*above, Step(last.name, key, last.names)), floor)
            if seen is not None:
                left[slot] = seen
        if len(left) == len(loaded) and all(map(_same, left.values(), loaded.values())):
            pages.append(page)
            continue
        changed = True
        if left:
            pages.append(Page.of(left if schema.keys else dict(enumerate(left.values()))))
    if not changed:
        return entries
    return Entries(schema, pages, entries.revision) if pages else None


def _apart(rules: Compiled, entries: Entries, steps: tuple[Step, ...]) -> set[int] | None:
    """The pages that hold entries which rules name; all others hold what is decided as the list is, and need not even be
    decoded. None where each entry must be asked about."""
    schema = entries.schema
    decision = rules.decision(schema, "read")
    if not entries.sorted or not rules.alike(schema, "read"):
        return None
    named = decision.named(len(steps) - 1, len(schema.keys))
    return None if named is None else entries.pages_of(named)


def _same(one: Branch, other: Branch) -> bool:
    return one is other


def _values(
    rules: Compiled, node: LeafList, values: tuple[Any, ...], steps: tuple[Step, ...], floor: int
) -> tuple[Any, ...] | None:
    """The values of a leaf-list of which rules name some."""
    decision = rules.decision(node, "read")
    above, last = steps[:-1], steps[-1]
    left = []
    for value in values:
        verdict = decision.at((*above, Step(last.name, (value,), last.names)))
        if _permits(verdict, floor):
            left.append(value)
    return tuple(left) or None
