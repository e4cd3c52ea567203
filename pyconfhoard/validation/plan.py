"""The rules of a schema, grouped by the node that they are attached to: a table made once and shared by every validation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyconfhoard.schema.nodes import Case, Choice, DataNode, Inner, Leaf, LeafList, List, When
from pyconfhoard.validation.rules import (
    Count,
    Mandatory,
    MandatoryChoice,
    MustRule,
    Reference,
    Rule,
    UnionRule,
    Unique,
    WhenRule,
    reference_rule,
)

__all__ = ["Plan", "Plans", "choices_of"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is checked at every node of one schema node."""

    own: tuple[Rule, ...] = ()
    """On the node itself: must, leafref, instance-identifier."""
    members: tuple[Rule, ...] = ()
    """On its members as a whole: mandatory, choice, min/max-elements, unique."""
    whens: tuple[WhenRule, ...] = ()
    """Its own, and those of the cases and choices that it stands in."""
    visit: tuple[DataNode, ...] = ()
    """The children at or below which there is any rule."""
    conditional: tuple[DataNode, ...] = ()
    """The children at or below which there is any ``when``."""
    reference: Reference | UnionRule | None = None
    """The one of ``own`` that knows what a leaf refers to."""

    @property
    def idle(self) -> bool:
        """True where nothing at or below the node is ever checked."""
        return not (self.own or self.members or self.whens or self.visit)


class Plans:
    """Plans by schema node, made when they are first asked for. Configuration only: state is not validated."""

    def __init__(self) -> None:
        self._plans: dict[int, tuple[DataNode, Plan]] = {}
        self._shared: dict[int, list[WhenRule]] = {}
        """By ``id`` of the parent."""

    def of(self, node: DataNode) -> Plan:
        found = self._plans.get(id(node))
        if found is None:
            found = self._plans[id(node)] = (node, self._make(node))
        return found[1]

    def _make(self, node: DataNode) -> Plan:
        own: list[Rule] = [MustRule.of(must) for must in node.musts]
        reference = reference_rule(node) if isinstance(node, Leaf | LeafList) else None
        if reference is not None:
            own.append(reference)
        whens = tuple(self._when(node, when) for when in node.whens)
        if not isinstance(node, Inner):
            return Plan(tuple(own), (), whens, reference=reference)
        children = [child for child in node.children.values() if child.config]
        return Plan(
            tuple(own),
            tuple(_member_rules(node, children)),
            whens,
            tuple(child for child in children if not self.of(child).idle),
            tuple(child for child in children if self.of(child).whens or self.of(child).conditional),
        )

    def _when(self, node: DataNode, when: When) -> WhenRule:
        """One of uses, augment, choice or case is shared by all nodes that it brings."""
        if not when.on_parent or node.parent is None:
            return WhenRule.of(when, (node,))
        shared = self._shared.setdefault(id(node.parent), [])
        for known in shared:
            if known.when == when:
                return known
        rule = WhenRule.of(when, [child for child in node.parent.children.values() if when in child.whens])
        shared.append(rule)
        return rule


def choices_of(holder: Inner | Case) -> Iterator[Choice]:
    """The choices of a node, those nested in cases included."""
    for choice in holder.choices:
        yield choice
        for case in choice.cases.values():
            yield from choices_of(case)


def _member_rules(node: Inner, children: list[DataNode]) -> Iterator[Rule]:
    for choice in choices_of(node):
        if choice.mandatory and choice.config:
            yield MandatoryChoice.of(choice)
    for child in children:
        if (
            child.mandatory
            and not isinstance(child, Inner)
            and not (isinstance(child, Leaf) and child.is_key)
        ):
            yield Mandatory(child)
        if isinstance(child, List | LeafList) and (child.min_elements or child.max_elements is not None):
            yield Count(child)
        if isinstance(child, List):
            for index, leaves in enumerate(child.unique):
                place = child.unique_places[index] if index < len(child.unique_places) else child.place
                yield Unique(child, leaves, place)
