"""Nodes whose ``when`` is false do not stay: which they are, and the tree without them.

Conditions are evaluated on the tree as if all such nodes were gone already (``cursor``, *When*), so
one walk finds them all, in whatever order conditions depend on one another. A second walk confirms
it, because a container may have gone together with the last node in it, and with it the case that it
chose.

A node that existed is deleted; one that the request supplies is refused with ``unknown-element``
(RFC 7950 section 8.3.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pyconfhoard.errors import Fault
from pyconfhoard.tree import Branch, Edit, Entries, Path, apply, get
from pyconfhoard.validation.cursor import Cursor, Document
from pyconfhoard.validation.rules.when import false_condition
from pyconfhoard.validation.table import Plan, RuleTable

__all__ = ["Settled", "false_below", "outermost", "settle", "supplies", "supplying"]


@dataclass(frozen=True, slots=True)
class Settled:
    """``root`` without what may not exist; ``removed`` are the nodes that are gone, each with the change that made
    its ``when`` false (itself, where that is not known), and ``faults`` are about those of them that were
    supplied, in document order."""

    root: Branch
    removed: Mapping[Path, Path] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


def settle(table: RuleTable, root: Branch, revision: int, edits: Iterable[Edit] | None) -> Settled:
    """``root``, which ``edits`` made; None: the request supplied the whole of it."""
    supplied = None if edits is None else supplying(edits)
    removed: list[Path] = []
    faults: list[Fault] = []
    while table.root.conditional:
        document = Document(table.shape, root, settled=False)
        gone: list[Path] = []
        for path, fault in false_below(document.root, table.root):
            gone.append(path)
            if supplied is None or supplies(supplied, path):
                faults.append(fault)
        if not gone:
            break
        removed += gone
        root = apply(root, [Edit("remove", path) for path in gone], revision)
    return Settled(root, {path: path for path in removed}, tuple(faults))


_SUPPLYING = frozenset(("create", "merge", "replace", "insert"))


def supplying(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits that put data into the tree."""
    return tuple(edit for edit in edits if edit.operation in _SUPPLYING)


def outermost(paths: Iterable[Path]) -> list[Path]:
    """Those of the paths that are not below another one."""
    listed = set(paths)
    return [
        path for path in listed if not any(Path(path.steps[:size]) in listed for size in range(len(path)))
    ]


def false_below(node: Cursor, plan: Plan) -> Iterator[tuple[Path, Fault]]:
    """The stored nodes below ``node`` of which a ``when`` is false, the outermost only; in a document that is not
    settled."""
    for child in plan.conditional:
        shape = child.shape
        if shape.member not in node.value.members:
            continue
        if node.stored(shape) is None:
            yield node.path().child(shape.node), false_condition(node, shape)
        elif child.conditional:
            for instance in node.each(shape):
                yield from false_below(instance, child)


def supplies(edits: Sequence[Edit], path: Path) -> bool:
    """Whether an edit holds the node (or an entry of it, for a list) or something below it."""
    return any(edit.path.within(path) or (path.within(edit.path) and _holds(edit, path)) for edit in edits)


def _holds(edit: Edit, path: Path) -> bool:
    at = len(edit.path)
    value = edit.value
    if isinstance(value, Entries) and at and (key := path.steps[at - 1].key) is not None:
        value = value.get(key)
    return isinstance(value, Branch) and get(value, Path(path.steps[at:])) is not None
