"""Whether a change may be made (RFC 8341 section 3.2.5): what is created, updated and deleted, node by node.

The change is judged by what it does, not by how it was written: a container that is named on the way, or a value that
stays, takes no right. What disappears as a side effect (another case of a choice, a ``when`` that turned false) takes
none either. A container that says nothing by being there counts as what is in it.

A subtree that comes or goes is checked whole, at the cost of its top where the rules are alike below.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pyconfhoard.access.nacm.compiled import Compiled, Verdict
from pyconfhoard.access.rights import Right
from pyconfhoard.schema.nodes import Container, DataNode, LeafList, List, Schema
from pyconfhoard.tree import Branch, Change, Edit, Entries, Path, Step, node_at

__all__ = ["Denied", "denied", "denied_anyway"]

_TAKES: Final = frozenset({"delete", "remove", "replace"})
"""Operations that delete on purpose."""


@dataclass(frozen=True, slots=True)
class Denied:
    """A right that is missing at a path, and why. ``inside``: it is about something below the path, which is not told."""

    path: Path
    right: Right
    verdict: Verdict
    inside: bool = False


def denied(rules: Compiled, changes: Iterable[Change], edits: Sequence[Edit]) -> Iterator[Denied]:
    """What of ``changes``, which ``edits`` made, may not be done."""
    takes = [edit.path for edit in edits if edit.operation in _TAKES]
    for change in changes:
        if change.kind == "deleted" and not _wanted(change.path, takes):
            continue
        yield from _change(rules, rules.schema, change)


def denied_anyway(rules: Compiled, edits: Iterable[Edit]) -> Iterator[Denied]:
    """What of ``edits`` that want something to be there, or not to be, may not be done whatever is there."""
    for edit in edits:
        node = node_at(rules.schema, edit.path)
        if edit.operation == "create":
            yield from _subtree(rules, node, edit.value, edit.path, "create")
        elif edit.operation == "delete":
            yield from _subtree(rules, node, None, edit.path, "delete")


def _wanted(path: Path, takes: list[Path]) -> bool:
    return any(path.within(taken) or taken.within(path) for taken in takes)


def _change(rules: Compiled, schema: Schema, change: Change) -> Iterator[Denied]:
    node = node_at(schema, change.path)
    if change.kind == "created":
        yield from _subtree(rules, node, change.new, change.path, "create")
    elif change.kind == "deleted":
        yield from _subtree(rules, node, change.old, change.path, "delete")
    else:
        verdict = rules.verdict(node, change.path.steps, "update")
        if not verdict.permit:
            yield Denied(change.path, "update", verdict)


def _subtree(rules: Compiled, node: DataNode, value: Any, path: Path, right: Right) -> Iterator[Denied]:
    if isinstance(value, Entries):
        for key, entry in value.items():
            yield from _subtree(rules, node, entry, path.entry(key), right)
        return
    if isinstance(node, LeafList) and isinstance(value, tuple) and path.last.key is None:
        for one in value:
            yield from _subtree(rules, node, one, path.entry((one,)), right)
        return
    decision = rules.decision(node, right)
    verdict = decision.at(path.steps)
    alike = rules.alike(node, right)
    implied = isinstance(node, Container) and not node.presence and not alike
    if not verdict.permit and not implied:
        yield Denied(path, right, verdict)
        return
    if alike or not isinstance(value, Branch):
        return
    keys = node.keys if isinstance(node, List) else ()
    for name, member in value.members.items():
        if name not in keys:
            child = value.schema.children[name]
            yield from _subtree(rules, child, member, Path((*path.steps, Step.of(child))), right)
