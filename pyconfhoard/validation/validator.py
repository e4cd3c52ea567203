"""Is a tree valid? The plain validator, which looks at everything, and the incremental one behind the same front.

:meth:`Validator.validate` says what "valid" means, costs time linear in the data, and is the oracle that the
other is tested against. Types, keys and structure are right already in a tree that was decoded; here come the
rules that look further (RFC 7950 section 8). :meth:`Validator.check` gives the same verdict on a change of a
valid tree, at the cost of the change (``incremental``); of a change that is most of the tree, at the cost of
the tree.

All faults are found, those about ``when`` first, then the others in the order of the data: at each
node those about itself, those about which children it has, and then those of its children.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from pyconfhoard.errors import MAX_FAULTS, Fault
from pyconfhoard.schema.nodes import List, Schema
from pyconfhoard.schema.served import SERVED
from pyconfhoard.tree import Branch, Change, Edit, Entries, diff
from pyconfhoard.tree.begun import is_begun
from pyconfhoard.tree.branch import inner_children
from pyconfhoard.validation.causes import Causes
from pyconfhoard.validation.cursor import Document
from pyconfhoard.validation.dependencies import Dependencies
from pyconfhoard.validation.incremental import Incremental
from pyconfhoard.validation.settle import Settled, settle
from pyconfhoard.validation.table import RuleTable
from pyconfhoard.validation.walk import walk

__all__ = ["Checked", "Outcome", "Validator"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict on a tree: valid if ``total`` is 0. ``faults`` lists at most the limit of them,
    ``total`` counts all."""

    faults: tuple[Fault, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdict on a change; ``root`` is the new tree without the nodes whose ``when`` turned false, and
    ``changes`` lead to it from the tree before."""

    root: Branch
    faults: tuple[Fault, ...]
    total: int
    changes: tuple[Change, ...] = ()


class Validator:
    """The compiled rules of a schema. It keeps nothing of the trees that it is asked about.

    Raises :class:`~pyconfhoard.errors.ModelError` for expressions that parse but cannot be compiled
    (undeclared prefixes, arguments of the wrong type, unknown identities), each with its place.
    """

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.table = RuleTable(schema)
        self._incremental = Incremental(Dependencies(self.table))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What in the model may make a change cost more in a larger datastore, each with its place and reason."""
        return self._incremental.dependencies.warnings

    def validate(self, root: Branch, *, limit: int = MAX_FAULTS) -> Outcome:
        """The verdict on a whole tree, in which a node with a false ``when`` is a fault."""
        settled = settle(self.table, root, root.revision, None)
        return _outcome(chain(settled.faults, self._faults(settled.root)), limit)

    def settle(self, root: Branch, revision: int, edits: Iterable[Edit] = ()) -> Settled:
        """``root`` without nodes whose ``when`` is false; changes carry ``revision``. Those that
        ``edits`` supply are faults."""
        return settle(self.table, root, revision, edits)

    def check(self, base: Branch, edits: Iterable[Edit], root: Branch, revision: int) -> Checked:
        """The verdict on ``root``, which ``edits`` made out of the valid ``base``, at the cost of the change.

        Each fault names the edit that broke the rule. A ``base`` that holds nothing but what every hoard begins with
        (``tree.begun``) counts as not known to be valid; and as long as that is so, what the model demands elsewhere is
        not asked for.
        """
        listed = tuple(edits)
        changes = tuple(diff(base, root, edits=listed))
        if not is_begun(base):
            return self._check_all(base, listed, changes, root, revision, beginning=not is_begun(root))
        limit = 0

        def most(count: int) -> bool:
            nonlocal limit
            if count <= _FEW:
                return False
            limit = limit or max(_FEW, _entries_in(root) // 3)
            return count > limit

        if most(len(changes)):
            return self._check_all(base, listed, changes, root, revision)
        settled = self._incremental.settle(base, listed, changes, root, revision)
        made = _led(base, listed, changes, root, settled)
        found = self._incremental.faults(base, made, settled.root, most)
        if found is None:
            return self._check_all(base, listed, changes, root, revision)
        if not found and not settled.faults:
            return Checked(settled.root, (), 0, made)
        causes = Causes(listed, settled.removed)
        outcome = _outcome(
            chain(
                (replace(fault, edit=causes.of_place(fault.path)) for fault in settled.faults),
                (replace(fault, edit=causes.of_change(path)) for fault, path in found),
            ),
            MAX_FAULTS,
        )
        return Checked(settled.root, outcome.faults, outcome.total, made)

    def _check_all(
        self,
        base: Branch,
        edits: Sequence[Edit],
        changes: tuple[Change, ...],
        root: Branch,
        revision: int,
        *,
        beginning: bool = False,
    ) -> Checked:
        """The same by looking at everything; when ``beginning``, at what every hoard begins with."""
        settled = settle(self.table, root, revision, edits)
        found = chain(settled.faults, self._faults(settled.root))
        outcome = _outcome((fault for fault in found if not beginning or _is_served(fault)), MAX_FAULTS)
        causes = Causes(edits, {})
        faults = tuple(replace(fault, edit=causes.of_place(fault.path)) for fault in outcome.faults)
        return Checked(settled.root, faults, outcome.total, _led(base, edits, changes, root, settled))

    def _faults(self, root: Branch) -> Iterator[Fault]:
        return (fault for _, _, fault in walk(Document(self.table.shape, root).root, self.table.root))


def _is_served(fault: Fault) -> bool:
    return fault.path[1:].partition(":")[0] in SERVED


_FEW: Final = 1000
"""So many nodes may change without a thought of looking at everything instead."""


def _led(
    base: Branch, edits: Sequence[Edit], changes: tuple[Change, ...], root: Branch, settled: Settled
) -> tuple[Change, ...]:
    """The changes from ``base`` to the tree that is settled; ``changes`` lead to ``root``, which was not."""
    if settled.root is root:
        return changes
    made = (*edits, *(Edit("remove", path) for path in settled.removed))
    return tuple(diff(base, settled.root, edits=made))


def _outcome(faults: Iterator[Fault], limit: int) -> Outcome:
    listed: list[Fault] = []
    total = 0
    for fault in faults:
        total += 1
        if total <= limit:
            listed.append(fault)
    return Outcome(tuple(listed), total)


def _entries_in(branch: Branch) -> int:
    """About how many list entries a tree has: those of nested lists are reckoned from one entry of the outer."""
    count = 0
    for name, child in inner_children(branch.schema):
        data = branch.members.get(name)
        if isinstance(data, Entries) and len(data) and isinstance(child, List):
            first = next(iter(data.pages[0].load().values()))
            count += len(data) * (1 + _entries_in(first))
        elif isinstance(data, Branch):
            count += _entries_in(data)
    return count
