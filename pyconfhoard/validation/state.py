"""Data that is not only configuration, judged by every rule of the model.

Operational data may break the semantic constraints of its model, and is shown as it is (RFC 8342
section 5.3). So nothing here ever refuses what a Thing reports. It is for those who want to know: a test
of a Thing, a check of a datastore, and the ``operations``, whose messages must obey.

The accessible tree has running configuration and state data together (RFC 7950 section 6.4.1), and
defaults in use of both.
"""

from __future__ import annotations

from collections.abc import Callable

from pyconfhoard.errors import MAX_FAULTS, Fault, NotFound
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.tree import Branch, Edit, Path, apply
from pyconfhoard.validation.cursor import Cursor, Document
from pyconfhoard.validation.settle import false_below
from pyconfhoard.validation.table import Plan, RuleTable
from pyconfhoard.validation.validator import Outcome
from pyconfhoard.validation.walk import walk

__all__ = ["StateValidator", "judge", "not_found", "with_state"]


def with_state(running: Branch, state: Branch) -> Branch:
    """One tree of both. Costs what ``state`` is large, so keep it for as long as neither changes."""
    return apply(running, [Edit("merge", Path.ROOT, state)], running.revision)


class StateValidator:
    """The compiled rules of a schema, those of state data included.

    Raises :class:`~pyconfhoard.errors.ModelError` as :class:`~pyconfhoard.validation.Validator` does.
    """

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.table = RuleTable(schema, state=True)

    def validate(self, root: Branch, *, limit: int = MAX_FAULTS) -> Outcome:
        """What the model says of ``root``, in which configuration and state are together (:func:`with_state`).
        A node with a false ``when`` is a fault and is otherwise left out.

        An absent state leaf with a default counts as having it, and one that is mandatory as
        missing, whether or not anybody ever reported anything beside it.
        """
        return judge(self.table, self.table.root, root, limit=limit)


def judge(
    table: RuleTable,
    plan: Plan,
    part: Branch,
    *,
    at: Path = Path.ROOT,
    plant: Callable[[Branch], Branch] | None = None,
    limit: int = MAX_FAULTS,
) -> Outcome:
    """The verdict on ``part``, of which ``plan`` is, and which stands at ``at`` in the tree that
    ``plant`` makes of it; without that, it is the tree.

    Nodes whose ``when`` is false come first, each an ``unknown-element``, and count as absent for all
    that follows (RFC 7950 section 8.3.1). Raises :class:`~pyconfhoard.errors.NotFound` if nothing is at ``at``.
    """
    faults: list[Fault] = []
    while plan.conditional:
        node = _at(_document(table, part, plant, settled=False), at)
        gone = list(false_below(node, plan))
        if not gone:
            break
        faults += [fault for _, fault in gone]
        edits = [Edit("remove", Path(path.steps[len(at) :])) for path, _ in gone]
        part = apply(part, edits, part.revision)
    total = len(faults)
    del faults[limit:]
    for _, _, fault in walk(_at(_document(table, part, plant, settled=True), at), plan):
        total += 1
        if total <= limit:
            faults.append(fault)
    return Outcome(tuple(faults), total)


def _document(
    table: RuleTable, part: Branch, plant: Callable[[Branch], Branch] | None, *, settled: bool
) -> Document:
    return Document(table.shape, plant(part) if plant else part, state=True, settled=settled)


def _at(document: Document, path: Path) -> Cursor:
    found = document.root.find(path)
    if found is None:
        raise not_found(path)
    return found


def not_found(path: Path) -> NotFound:
    """What is raised where data has no such instance."""
    return NotFound(Fault("invalid-value", f"there is no {path.last.name} here", str(path)))
