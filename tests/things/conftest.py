"""The brewery on a desk: the real Things and drivers, a played plant, a clock moved by hand."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from brewery_desk import StartController, StartProvider

from pyconfhoard.drivers.played.bus import PlayedBus
from pyconfhoard.drivers.played.fermenter import PROBE
from pyconfhoard.schema import load
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.settings import Settings
from pyconfhoard.testing.clock import VirtualClock
from pyconfhoard.testing.thing import Played, play
from things.brewery.fermentation_controller import FERMENTATION, FermentationController
from things.brewery.temperature_provider import TemperatureProvider


@pytest.fixture(scope="session")
def schema() -> Schema:
    return load(["brewerslab"], folders=[])


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(onewire=f"played:{tmp_path / 'w1'}", gpio=f"played:{tmp_path / 'gpio'}")


@pytest.fixture
def bus(tmp_path: Path) -> PlayedBus:
    """A played bus with one probe at 18 °C."""
    bus = PlayedBus(tmp_path / "w1")
    bus.plug(PROBE, Decimal(18))
    return bus


@pytest.fixture
def provider(schema: Schema, clock: VirtualClock, settings: Settings, tmp_path: Path) -> StartProvider:
    """Starts a TemperatureProvider with the configuration given."""

    def start(config: Mapping[str, Any] | None = None) -> Played[TemperatureProvider]:
        return play(
            TemperatureProvider, schema, config, folder=tmp_path / "data", clock=clock, settings=settings
        )

    return start


@pytest.fixture
def controller(schema: Schema, clock: VirtualClock, settings: Settings, tmp_path: Path) -> StartController:
    """Starts a FermentationController with its configuration and that of the fermentation."""

    def start(
        config: Mapping[str, Any] | None = None,
        fermentation: Mapping[str, Any] | None = None,
        *,
        settings: Settings = settings,
    ) -> Played[FermentationController]:
        return play(
            FermentationController,
            schema,
            config,
            folder=tmp_path / "data",
            clock=clock,
            settings=settings,
            followed={FERMENTATION: {"config": dict(fermentation or {})}},
        )

    return start
