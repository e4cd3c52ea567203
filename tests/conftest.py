"""The checker runs after every test that opened a store, and after the tests that share one; a real server for those that ask."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from serving import BREWERY, Server, serving


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", type=int, default=20, help="how often tests/crash kills and cuts the power")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "damages_store: the test leaves a store behind that is meant to be broken"
    )
    config.stash[_OF_ONE_TEST] = set()


_OF_ONE_TEST: Final = pytest.StashKey[set[Path]]()
"""Folders that were looked at after their test, or are meant to be broken."""


@pytest.fixture(autouse=True)
def _stores_are_whole(request: pytest.FixtureRequest) -> Iterator[None]:
    uses = "tmp_path" in request.fixturenames
    folder: Path | None = request.getfixturevalue("tmp_path") if uses else None
    yield
    if folder is not None:
        request.config.stash[_OF_ONE_TEST].add(folder)
        if not request.node.get_closest_marker("damages_store"):
            check_stores(folder)


@pytest.fixture(scope="module", autouse=True)
def _shared_stores_are_whole(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The same for those that several tests of a module share: it begins first, and so ends last."""
    base = tmp_path_factory.getbasetemp()
    before = set(base.iterdir())
    yield
    for folder in set(base.iterdir()) - before - request.config.stash[_OF_ONE_TEST]:
        if not folder.is_symlink():  # pytest's own, to the last folder of a name
            check_stores(folder)


def check_stores(folder: Path) -> None:
    """Fail where a datastore below ``folder`` is not whole."""
    journals = list(folder.glob("**/journal.db"))
    if journals:
        from pyconfhoard.errors import DatastoreInUse  # noqa: PLC0415 - most tests open no store
        from pyconfhoard.store.checker import check  # noqa: PLC0415

        for journal in journals:
            try:
                wrong = check(journal.parent)
            except DatastoreInUse:  # a server that outlives the test has it
                continue
            assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The brewery's hoard with its Things registered: gunicorn, a datastore of its own, one a test module."""
    folder = tmp_path_factory.mktemp("server") / "datastore"
    with serving(folder, modules=["brewerslab"]) as running:
        for name, path in BREWERY:
            answer = running.request("POST", f"/v1/thing/{name}", {"module": "brewerslab", "path": path})
            assert answer.status == 201, answer.body
        yield running
