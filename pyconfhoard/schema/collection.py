"""A pause for the garbage collector while very many objects are made that all stay.

It would look in vain through everything made so far, again and again; at some hundred thousand objects each look stops all
threads for a tenth of a second. Trees have no cycles: their parts go by their reference counts alone.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

__all__ = ["no_collection"]

_MANY: Final = 50_000
"""Objects made in a pause that a collector should not look through even once."""


class _Pauses:
    """Those of all threads. The collector was running before the first of them, or is left alone."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.count = 0
        self.running = False
        self.settle = False


_PAUSES: Final = _Pauses()


@contextmanager
def no_collection(*, settle: bool = False) -> Iterator[None]:
    """Pause the collector, if it runs. With ``settle`` it does not look through what was made in a large pause later
    either: for a process that lives long and holds what it made, since garbage with cycles in it that is there at the end of
    the pause stays for good."""
    with _PAUSES.lock:
        if _PAUSES.count == 0:
            _PAUSES.running, _PAUSES.settle = gc.isenabled(), False
            gc.disable()
        _PAUSES.count += 1
        _PAUSES.settle |= settle
    try:
        yield
    finally:
        with _PAUSES.lock:
            _PAUSES.count -= 1
            if _PAUSES.count == 0 and _PAUSES.running:
                if _PAUSES.settle and gc.get_count()[0] > _MANY:
                    gc.freeze()
                gc.enable()
