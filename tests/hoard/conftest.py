"""Hoards on the model of a cellar."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cellar import YANG

from pyconfhoard.hoard import Hoard


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "datastore"


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., Hoard]]:
    """Opens the datastore; what is open at the end is closed."""
    opened: list[Hoard] = []

    def start(**more: Any) -> Hoard:
        settings: dict[str, Any] = {"yang": [YANG], "modules": ["cellar"], "lock_timeout": 0, **more}
        hoard = Hoard.open(folder, **settings)
        opened.append(hoard)
        return hoard

    yield start
    for hoard in opened:
        hoard.close()


@pytest.fixture
def hoard(start: Callable[..., Hoard]) -> Hoard:
    return start()
