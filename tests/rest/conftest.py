"""A server for the workshop model, whose configuration each test finds empty."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rfc8040_jukebox import CONTENT, JUKEBOX
from serving import Server, serving
from workshop_paths import DATA

MODELS = Path(__file__).parent / "models"


@pytest.fixture(scope="session")
def workshop_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("workshop") / "datastore"
    with serving(folder, yang=[MODELS], modules=["workshop"], PYCONF_BODY_LIMIT="3000000") as server:
        yield server


@pytest.fixture
def workshop(workshop_server: Server) -> Server:
    """The model ``models/workshop.yang`` over HTTP, empty."""
    answer = workshop_server.request("PUT", DATA, {"ietf-restconf:data": {}})
    assert answer.status == 204, answer.body
    return workshop_server


@pytest.fixture(scope="session")
def examples_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("examples") / "datastore"
    names = [path.stem for path in (Path(__file__).parent / "yang").glob("*.yang")]
    with serving(folder, yang=[Path(__file__).parent / "yang"], modules=names) as server:
        yield server


@pytest.fixture
def examples(examples_server: Server) -> Server:
    """The example modules of the RFCs over HTTP, empty."""
    answer = examples_server.request("PUT", DATA, {"ietf-restconf:data": {}})
    assert answer.status == 204, answer.body
    return examples_server


@pytest.fixture
def empty(examples: Server) -> Server:
    """The jukebox of RFC 8040 is there, and nothing is in it."""
    assert examples.request("PUT", JUKEBOX, {"example-jukebox:jukebox": {}}).status == 201
    return examples


@pytest.fixture
def jukebox(empty: Server) -> Server:
    """An album with songs, another artist, and a playlist."""
    assert empty.request("PUT", JUKEBOX, {"example-jukebox:jukebox": CONTENT}).status == 204
    return empty
