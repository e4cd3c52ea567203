"""Messages planted into the data that they are about: their nodes into the schema, they into the tree.

XPath wants the one tree that RFC 7950 section 6.4.1 describes, so it is made: the schema's nodes with those
of the messages among their children, and for each message the tree with it at its place. All of the schema
that holds no message, and all data beside the way to the place, is shared with the originals.

The planted node of an input or output has the *name* of its operation, by which XPath finds it, and a
*member* name that ends in ``/input`` or ``/output``, which no other member can have and which makes
instance paths complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias, TypeVar

from pyconfhoard.schema.nodes import DataNode, Inner, Parameters, Schema, When
from pyconfhoard.tree import Branch, Entries, Path, Step
from pyconfhoard.validation.cursor import Document
from pyconfhoard.validation.rules.when import false_condition
from pyconfhoard.validation.shapes import Shape
from pyconfhoard.validation.state import judge, not_found, with_state
from pyconfhoard.validation.table import Plan, RuleTable
from pyconfhoard.validation.validator import Outcome

__all__ = ["Held", "Messages"]

Held: TypeAlias = Callable[[Inner], Mapping[str, tuple[Inner, tuple[When, ...]]]]
"""The messages that a node holds, by the names that they have among its children, each with what decides
whether there is such a message here: an augment's ``when``, or that of a ``uses``."""


class Messages:
    """The messages of one kind, and their rules, which are compiled when they are first needed."""

    def __init__(self, schema: Schema, held: Held) -> None:
        self._schema = schema
        self._held = held

    def prepare(self) -> _Rules:
        """Compile the rules now. Raises :class:`~pyconfhoard.errors.ModelError` if they cannot be."""
        return self._rules

    def check(
        self, message: Inner, given: Branch, running: Branch, state: Branch | None, at: Path, limit: int
    ) -> Outcome:
        """The verdict on ``given``, an instance of ``message`` at ``at`` in ``running`` and ``state``.

        Raises :class:`~pyconfhoard.errors.NotFound` where nothing stands at ``at``, and ``ValueError``
        if the node there does not hold the message.
        """
        rules = self._rules
        node = rules.planted.get(message)
        if node is None or not _holds(rules.table.shape, at, node):
            raise ValueError(f"{at} has no {message.path()}")
        plan = rules.plans.get(node)
        if plan is None and not at.steps:
            return Outcome((), 0)
        tree = running if state is None else with_state(running, state)
        holder = Document(rules.table.shape, tree, state=True, settled=False).root.find(at)
        if holder is None:
            raise not_found(at)
        shape = holder.shape.members[node.member]
        if shape.guards and not holder.document.allows(holder, shape, pending=True):
            return Outcome((false_condition(holder, shape),)[:limit], 1)
        if plan is None:
            return Outcome((), 0)

        def plant(part: Branch) -> Branch:
            return _with_message(tree, at.steps, node.member, part)

        return judge(rules.table, plan, given, at=at / Step(node.member), plant=plant, limit=limit)

    @cached_property
    def _rules(self) -> _Rules:
        planted: dict[Inner, Inner] = {}
        root = _with_messages(self._schema.root, self._held, planted)
        table = RuleTable(replace(self._schema, root=root), state=True)
        return _Rules(table, planted, {plan.shape.node: plan for plan in _plans(table.root)})


@dataclass(frozen=True, slots=True)
class _Rules:
    table: RuleTable
    planted: Mapping[Inner, Inner]
    """What stands in the table for a message's node in the schema."""
    plans: Mapping[DataNode, Plan]
    """By the planted node; those that nothing is asked of have none."""


_Node = TypeVar("_Node", bound=Inner)


def _with_messages(node: _Node, held: Held, planted: dict[Inner, Inner]) -> _Node:
    """The node with the messages that it and those below it hold; itself, if they hold none."""
    children: dict[str, DataNode] = {
        name: _with_messages(child, held, planted) if isinstance(child, Inner) else child
        for name, child in node.children.items()
    }
    messages = held(node)
    if not messages and all(children[name] is child for name, child in node.children.items()):
        return node
    for name, (message, whens) in messages.items():
        children[name] = planted[message] = _planted(message, whens)
    return replace(node, children=children)


def _planted(message: Inner, whens: tuple[When, ...]) -> Inner:
    if not isinstance(message, Parameters):
        return message
    name = message.operation.rpartition(":")[2]
    return replace(message, name=name, member=f"{message.operation}/{message.member}", whens=whens)


def _plans(plan: Plan) -> Iterator[Plan]:
    """All plans from here, each once; a node of which only a ``when`` is asked has one, too."""
    found = [plan]
    for each in found:
        found.extend(dict.fromkeys((*each.below, *each.conditional)))
    return iter(found)


def _holds(shape: Shape, at: Path, node: Inner) -> bool:
    for step in at.steps:
        below = shape.members.get(step.name)
        if below is None:
            return False
        shape = below
    held = shape.members.get(node.member)
    return held is not None and held.node is node


def _with_message(branch: Branch, steps: tuple[Step, ...], member: str, message: Branch) -> Branch:
    """``branch`` with the message in the node at ``steps``, which exists, maybe by being implied.

    All lists on the way have keys (RFC 7950 sections 7.15 and 7.16).
    """
    if not steps:
        return branch.with_member(member, message, branch.revision)
    first, rest = steps[0], steps[1:]
    old = branch.members.get(first.name)
    if isinstance(old, Entries):
        entry = old.get(first.key or ())
        assert entry is not None, first  # noqa: S101 - see above
        new: Branch | Entries = old.set(_with_message(entry, rest, member, message), old.revision)
    else:
        node = branch.schema.children[first.name]
        assert isinstance(node, Inner), first  # noqa: S101 - leaves hold no messages
        new = _with_message(old or Branch(node, {}), rest, member, message)
    return branch.with_member(first.name, new, branch.revision)
