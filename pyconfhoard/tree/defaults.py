"""Which defaults are in use (RFC 7950 sections 7.6.1, 7.7.2 and 7.9.3).

A default counts where its leaf is absent and its parent exists, non-presence containers existing whenever their
parent does; inside a choice only in the case that has data, or in the default case when none has.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyconfhoard.schema.nodes import Case, Choice, Container, DataNode, Inner, Leaf, LeafList
from pyconfhoard.schema.types.base import Value
from pyconfhoard.tree.branch import Branch

__all__ = ["case_in_use", "default_of", "defaults_in_use", "in_use", "value_in_use"]


def default_of(node: DataNode) -> Value | tuple[Value, ...] | None:
    """The model's default of a leaf or leaf-list, or None."""
    if isinstance(node, Leaf):
        return node.default
    if isinstance(node, LeafList) and node.defaults:
        return node.defaults
    return None


def case_in_use(branch: Branch, choice: Choice) -> Case | None:
    """The case that has data in ``branch``, else the default case, else None."""
    for case in choice.cases.values():
        if any(child.member in branch.members for child in case.children):
            return case
    return choice.cases.get(choice.default)


def in_use(branch: Branch, node: DataNode) -> bool:
    """True when absent ``node``'s default (or what stands below it) counts in ``branch``: its cases are chosen."""
    case = node.case
    while case is not None:
        if case_in_use(branch, case.choice) is not case:
            return False
        case = case.choice.case
    return True


def value_in_use(branch: Branch, name: str) -> Any:
    """The member, explicit or by default; a non-presence container that is not stored counts as an empty one.

    None when there is none. Raises ``KeyError`` for a name that the schema does not have.
    """
    value = branch.members.get(name)
    if value is not None:
        return value
    node = branch.schema.children[name]
    if isinstance(node, Container):
        return Branch(node, {}) if not node.presence and in_use(branch, node) else None
    default = default_of(node)
    return default if default is not None and in_use(branch, node) else None


def defaults_in_use(branch: Branch) -> Iterator[tuple[str, Any]]:
    """Absent members whose default counts, and absent non-presence containers that hold such defaults.

    Nodes with a ``when`` are left out here: whether it is true is for the validation to say.
    """
    for name, node in branch.schema.children.items():
        if name in branch.members or node.whens:
            continue
        if isinstance(node, Container):
            if not node.presence and _has_defaults(node) and in_use(branch, node):
                yield name, Branch(node, {})
        elif (default := default_of(node)) is not None and in_use(branch, node):
            yield name, default


def _has_defaults(node: Inner) -> bool:
    return any(
        default_of(child) is not None
        or (isinstance(child, Container) and not child.presence and _has_defaults(child))
        for child in node.children.values()
    )
