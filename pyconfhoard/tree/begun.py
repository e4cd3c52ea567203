"""Whether a datastore holds anything yet."""

from __future__ import annotations

from pyconfhoard.schema.served import SERVED
from pyconfhoard.tree.branch import Branch

__all__ = ["is_begun"]


def is_begun(root: Branch) -> bool:
    """Whether more is there than what every hoard begins with (access rules). Until then it need not be valid: a model with
    mandatory nodes at its top could never be served else."""
    return any(root.schema.children[name].module not in SERVED for name in root.members)
