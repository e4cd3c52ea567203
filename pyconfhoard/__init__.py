"""PyConfHoard: model your devices in YANG, write a Thing of twenty lines, get the rest.

The names below are the public front door. They are loaded when first asked for, so that a
Thing's process (small, on a small machine) never loads the store, and a hoard never loads the
link client.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pyconfhoard.hoard import Hoard
    from pyconfhoard.thing.calls import action, rpc
    from pyconfhoard.thing.outputs import Output
    from pyconfhoard.thing.thing import Refuse, Thing
    from pyconfhoard.thing.timers import every

__all__ = ["Hoard", "Output", "Refuse", "Thing", "__version__", "action", "every", "rpc"]

__version__: Final = "0.1.0"

_HOMES: Final = {
    "Hoard": "pyconfhoard.hoard",
    "Output": "pyconfhoard.thing.outputs",
    "Refuse": "pyconfhoard.thing.thing",
    "Thing": "pyconfhoard.thing.thing",
    "action": "pyconfhoard.thing.calls",
    "every": "pyconfhoard.thing.timers",
    "rpc": "pyconfhoard.thing.calls",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its home, once (PEP 562)."""
    try:
        home = _HOMES[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
