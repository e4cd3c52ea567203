"""A brewery's datastore, whose model changes under it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from brewing import BEFORE, write_old

from pyconfhoard.hoard import Hoard
from pyconfhoard.tree import Edit, decode
from pyconfhoard.tree import Path as Place


@pytest.fixture
def yang(tmp_path: Path) -> Path:
    folder = tmp_path / "yang"
    write_old(folder)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "datastore"


@pytest.fixture
def start(folder: Path, yang: Path) -> Iterator[Callable[..., Hoard]]:
    """Opens the datastore; what is open at the end is closed."""
    opened: list[Hoard] = []

    def start(**more: Any) -> Hoard:
        hoard = Hoard.open(folder, yang=[yang], lock_timeout=0, **{"modules": ["brewery"], **more})
        opened.append(hoard)
        return hoard

    yield start
    for hoard in opened:
        hoard.close()


@pytest.fixture
def brewed(start: Callable[..., Hoard]) -> None:
    """A datastore with two revisions under the old model, closed."""
    with start() as hoard:
        first = {"brewery:cellar": {"setpoint": "60.0"}}
        for data in (first, BEFORE):
            root = decode(hoard.schema.root, data, Place.ROOT)
            hoard.commit_now([Edit("replace", Place.ROOT, root)], author="ann")
