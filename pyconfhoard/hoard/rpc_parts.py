"""What the hoard's own rpcs have in common: how they read their input, and how they tell of commits and differences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from pyconfhoard.hoard.calls import Call
from pyconfhoard.hoard.commit import Commit
from pyconfhoard.hoard.difference import Difference
from pyconfhoard.hoard.merge import spread
from pyconfhoard.hoard.older import OldWords
from pyconfhoard.schema.types.base import Json
from pyconfhoard.tree import value_in_use

__all__ = ["Output", "committed", "of", "told_difference"]

Output: TypeAlias = Mapping[str, Json] | None


def of(call: Call, name: str) -> Any:
    """A parameter's value in use; None where there is none."""
    return value_in_use(call.input, name)


def told_difference(difference: Difference | OldWords) -> dict[str, Json]:
    """The grouping ``difference`` of ``pyconfhoard-history``."""
    return {"text": difference.text(), "edit": difference.json()}


def committed(commit: Commit) -> dict[str, Json]:
    """The grouping ``committed``."""
    return {
        "revision": str(commit.revision),
        "changed": [str(change.path) for change in spread(commit.changes)],
    }
