"""The checker runs after every test that opened a store in its temporary folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pyconfhoard.errors import DatastoreInUse
from pyconfhoard.store.checker import check


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "damages_store: the test leaves a store behind that is meant to be broken")


@pytest.fixture(autouse=True)
def _stores_are_whole(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "tmp_path" not in request.fixturenames or request.node.get_closest_marker("damages_store"):
        return
    folder: Path = request.getfixturevalue("tmp_path")
    for journal in folder.glob("**/journal.db"):
        try:
            wrong = check(journal.parent)
        except DatastoreInUse:
            continue
        assert not wrong, "\n".join(wrong)
