"""How much a value is: whoever has to decide whether to work on it here and now, or elsewhere, wants to know."""

from __future__ import annotations

from typing import Any

from pyconfhoard.tree.branch import Branch
from pyconfhoard.tree.entries import Entries

__all__ = ["weight"]


def weight(value: Any, most: int) -> int:
    """How many nodes a value has, counted up to about ``most``."""
    count = 1
    if isinstance(value, Entries):
        count += len(value)
        if count < most:
            for entry in value.values():
                count += weight(entry, most - count)
                if count >= most:
                    break
    elif isinstance(value, Branch):
        for member in value.members.values():
            count += weight(member, most - count) if isinstance(member, Branch | Entries) else 1
            if count >= most:
                break
    return count
