"""The plain validator: every rule of the model over a whole tree of configuration.

It says what "valid" means, costs time linear in the data, and is the oracle that anything cleverer is
tested against. Types, keys and structure are right already in a tree that was decoded; here come the
rules that look further (RFC 7950 section 8).

All faults are found, those about ``when`` first, then the others in the order of the data: at each
node those about itself, those about which children it has, and then those of its children.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from pyconfhoard.errors import MAX_FAULTS, Fault
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.tree import Branch, Edit
from pyconfhoard.validation.cursor import Cursor, Document
from pyconfhoard.validation.settle import Settled, settle
from pyconfhoard.validation.table import Plan, RuleTable

__all__ = ["Checked", "Outcome", "Validator"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict on a tree: valid if ``total`` is 0. ``faults`` lists at most the limit of them,
    ``total`` counts all."""

    faults: tuple[Fault, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Checked:
    """The verdict on a change; ``root`` is the new tree without the nodes whose ``when`` turned false."""

    root: Branch
    faults: tuple[Fault, ...]
    total: int


class Validator:
    """The compiled rules of a schema. It keeps nothing of the trees that it is asked about.

    Raises :class:`~pyconfhoard.errors.ModelError` for expressions that parse but cannot be compiled
    (undeclared prefixes, arguments of the wrong type, unknown identities), each with its place.
    """

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.table = RuleTable(schema)

    def validate(self, root: Branch, *, limit: int = MAX_FAULTS) -> Outcome:
        """The verdict on a whole tree, in which a node with a false ``when`` is a fault."""
        settled = settle(self.table, root, root.revision, None)
        return _outcome(chain(settled.faults, self._faults(settled.root)), limit)

    def settle(self, root: Branch, revision: int, edits: Iterable[Edit] = ()) -> Settled:
        """``root`` without nodes whose ``when`` is false; changes carry ``revision``. Those that
        ``edits`` supply are faults."""
        return settle(self.table, root, revision, edits)

    def check(self, base: Branch, edits: Iterable[Edit], root: Branch, revision: int) -> Checked:
        """The verdict on ``root``, which ``edits`` made out of the valid ``base``."""
        settled = settle(self.table, root, revision, edits)
        outcome = _outcome(chain(settled.faults, self._faults(settled.root)), MAX_FAULTS)
        return Checked(settled.root, outcome.faults, outcome.total)

    def _faults(self, root: Branch) -> Iterator[Fault]:
        return _walk(Document(self.table.shape, root).root, self.table.root)


def _walk(node: Cursor, plan: Plan) -> Iterator[Fault]:
    for rule in plan.own:
        yield from rule.check(node)
    for rule in plan.group:
        yield from rule.check(node)
    for child in plan.below:
        for instance in node.each(child.shape):
            yield from _walk(instance, child)


def _outcome(faults: Iterator[Fault], limit: int) -> Outcome:
    listed: list[Fault] = []
    total = 0
    for fault in faults:
        total += 1
        if total <= limit:
            listed.append(fault)
    return Outcome(tuple(listed), total)
