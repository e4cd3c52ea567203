"""Every rule at a node and below it: what "valid" means, in eight lines."""

from __future__ import annotations

from collections.abc import Iterator

from pyconfhoard.errors import Fault
from pyconfhoard.validation.cursor import Cursor
from pyconfhoard.validation.rules.rule import Rule
from pyconfhoard.validation.table import Plan

__all__ = ["walk"]


def walk(node: Cursor, plan: Plan) -> Iterator[tuple[Rule, Cursor, Fault]]:
    """What is wrong, each with the rule and the node at which it was asked, in the order of the data."""
    for rule in plan.rules:
        for fault in rule.check(node):
            yield rule, node, fault
    for child in plan.below:
        for instance in node.each(child.shape):
            yield from walk(instance, child)
