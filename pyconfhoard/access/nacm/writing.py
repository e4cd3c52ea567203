"""Whether a change may be made (RFC 8341 section 3.2.5): what is created, updated and deleted, node by node.

The change is judged by what it does, not by how it was written: a container that is named on the way, or a value that
stays, takes no right. What disappears as a side effect (another case of a choice, a ``when`` that turned false) takes
none either. A container that says nothing by being there counts as what is in it. But who may neither read nor write a node may
not even write to it what it is: by trying, he would find out.

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

__all__ = ["Denied", "denied", "denied_anyway", "guessed"]

_TAKES: Final = frozenset({"delete", "remove", "replace"})
"""Operations that delete on purpose."""

_KNOWING: Final[tuple[Right, ...]] = ("read", "create", "update")
"""Rights of which one is enough to say what a node is."""


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


def guessed(rules: Compiled, edits: Iterable[Edit]) -> Iterator[Denied]:
    """What ``edits`` hold for nodes that may neither be read nor written."""
    for edit in edits:
        if edit.value is not None:
            yield from _guessed(rules, node_at(rules.schema, edit.path), edit.value, edit.path)


def _guessed(rules: Compiled, node: DataNode, value: Any, path: Path) -> Iterator[Denied]:
    if isinstance(value, Entries):
        for key, entry in value.items():
            yield from _guessed(rules, node, entry, path.entry(key))
        return
    if isinstance(node, LeafList) and isinstance(value, tuple) and path.last.key is None:
        for one in value:
            yield from _guessed(rules, node, one, path.entry((one,)))
        return
    permitted = [right for right in _KNOWING if rules.verdict(node, path.steps, right).permit]
    if any(rules.alike(node, right) for right in permitted):
        return
    inside = _inside(node, value) if isinstance(value, Branch) else ()
    for child, member in inside:
        yield from _guessed(rules, child, member, Path((*path.steps, Step.of(child))))
    says_nothing = isinstance(node, Container) and not node.presence
    if not permitted and not inside and not says_nothing:
        yield Denied(path, "update", rules.verdict(node, path.steps, "update"))


def _inside(node: DataNode, value: Branch) -> list[tuple[DataNode, Any]]:
    """What a branch holds besides its keys."""
    keys = node.keys if isinstance(node, List) else ()
    return [(value.schema.children[name], one) for name, one in value.members.items() if name not in keys]


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
    for child, member in _inside(node, value):
        yield from _subtree(rules, child, member, Path((*path.steps, Step.of(child))), right)
