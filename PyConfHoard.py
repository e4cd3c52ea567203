"""``import PyConfHoard``: the name under which the project's first document knows the package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyconfhoard

if TYPE_CHECKING:
    from pyconfhoard import Hoard, Output, Refuse, Thing, __version__, every

__all__ = ["Hoard", "Output", "Refuse", "Thing", "__version__", "every"]


def __getattr__(name: str) -> Any:
    """The same objects, loaded as lazily."""
    return getattr(pyconfhoard, name)
