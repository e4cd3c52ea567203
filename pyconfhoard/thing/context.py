"""What a Thing is constructed with: settings, clock, link.

They are an ordinary parameter of ``Thing``. But a thing file may construct its Thing itself, in a
``Launch`` class that takes none of this; for that one the loader sets the context around the
construction. It is bound to the thread, so that several Things of one process do not mix.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyconfhoard.settings import Settings
from pyconfhoard.thing.clock import Clock, SystemClock

if TYPE_CHECKING:
    from pyconfhoard.thing.link_client import Connection
    from pyconfhoard.thing.runner import Runner

__all__ = ["Context", "constructing", "current_context"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """``describe``: only name, module, path and outputs are wanted: no link, no ``setup``.

    ``patient``: a Thing that has no configuration at all waits for the hoard instead of running
    ``setup`` without one. ``connect`` makes the link; None: a :class:`LinkClient`.
    ``begun`` is told of each runner before it waits for anything, so that it can be stopped.
    """

    settings: Settings = field(default_factory=Settings)
    clock: Clock = field(default_factory=SystemClock)
    connect: Callable[[Runner], Connection] | None = None
    describe: bool = False
    patient: bool = False
    begun: Callable[[Runner], None] | None = None


_CURRENT: ContextVar[Context | None] = ContextVar("pyconfhoard_context", default=None)


def current_context() -> Context:
    """The context set around this construction, else one from the environment."""
    return _CURRENT.get() or Context(settings=Settings.from_environment(os.environ))


@contextmanager
def constructing(context: Context) -> Iterator[None]:
    """Things that are constructed inside get ``context``."""
    token = _CURRENT.set(context)
    try:
        yield
    finally:
        _CURRENT.reset(token)
