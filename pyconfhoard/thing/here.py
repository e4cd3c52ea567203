"""The datastore opened in this process: for what the launcher does where no hoard has the folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypedDict

from pyconfhoard.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pyconfhoard.hoard import Hoard

__all__ = ["Model", "model_of", "open_here"]


class Model(TypedDict):
    """What a hoard's model is compiled of."""

    yang: Sequence[Path]
    modules: tuple[str, ...]
    features: Mapping[str, tuple[str, ...]]


def model_of(settings: Settings) -> Model:
    """The modules that the hoard would serve, as its server has them: another set would be a change of model."""
    from pyconfhoard.schema.served import SERVED, SERVED_FEATURES  # noqa: PLC0415 - the launcher compiles nothing else

    return {
        "yang": settings.yang,
        "modules": (*settings.modules, *SERVED),
        "features": {**SERVED_FEATURES, **(settings.feature_map() or {})},
    }


def open_here(settings: Settings) -> Hoard:
    """Open the datastore under its lock. Raises what :meth:`pyconfhoard.hoard.Hoard.open` does."""
    from pyconfhoard.hoard import Hoard  # noqa: PLC0415 - the launcher reads no data else

    return Hoard.open(
        settings.datastore, **model_of(settings), url=settings.url, lock_timeout=settings.lock_timeout
    )
