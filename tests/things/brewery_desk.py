"""What the tests of the brewery's Things share: the kinds of their fixtures, and a reading to bring."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from pyconfhoard.testing.thing import Played
from things.brewery.fermentation_controller import FermentationController
from things.brewery.temperature_provider import TemperatureProvider

__all__ = ["StartController", "StartProvider", "latest"]

StartProvider = Callable[..., Played[TemperatureProvider]]
StartController = Callable[..., Played[FermentationController]]


def latest(celsius: str | None, quality: str, time: datetime) -> dict[str, Any]:
    """The operational members of the fermentation, with one reading."""
    if celsius is None:
        return {}
    note = {"pyconfhoard:quality": quality, "pyconfhoard:time": time.isoformat()}
    return {"brewerslab:results": {"latest": celsius, "@latest": note}}
