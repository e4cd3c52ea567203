"""What stands at a path."""

from __future__ import annotations

from typing import Any

from pyconfhoard.tree.branch import Branch, holds
from pyconfhoard.tree.entries import Entries
from pyconfhoard.tree.path import Path

__all__ = ["get", "revision_at"]


def get(root: Branch, path: Path) -> Any:
    """The value, branch or entries at ``path``; None where nothing stands.

    For one value of a leaf-list: that value, if it is there.
    """
    here: Any = root
    for step in path.steps:
        if not isinstance(here, Branch):
            return None
        here = here.members.get(step.name)
        if here is None:
            return None
        if step.key is None:
            continue
        if isinstance(here, Entries):
            here = here.get(step.key)
        else:
            here = step.key[0] if isinstance(here, tuple) and holds(here, step.key[0]) else None
    return here


def revision_at(root: Branch, path: Path) -> int:
    """The revision that last changed the node at ``path``, or the closest branch above it that exists."""
    here: Any = root
    revision = root.revision
    for step in path.steps:
        here = here.members.get(step.name) if isinstance(here, Branch) else None
        if isinstance(here, Entries):
            if step.key is None:
                return here.revision
            here = here.get(step.key)
        if not isinstance(here, Branch):
            return revision
        revision = here.revision
    return revision
