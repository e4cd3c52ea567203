"""Work on what is large: in a thread, so that others are served meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from pyconfhoard.schema.collection import no_collection

__all__ = ["LARGE", "apart"]

T = TypeVar("T")

LARGE: Final = 1 << 16
"""Bytes of a body that take some milliseconds to be parsed and decoded."""


async def apart(work: Callable[[], T]) -> T:
    """What ``work`` gives, or raises. The garbage collector waits for its end: it stops all threads."""

    def alone() -> T:
        with no_collection(settle=True):
            return work()

    return await asyncio.to_thread(alone)
