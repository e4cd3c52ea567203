"""Two hoards for clients that were not written for them: one with TLS, one without."""

from collections.abc import Iterator

import pytest
import requests
from client_hoard import Hoard
from serving import BREWERY, Server, end, launch, serving, wait_for


@pytest.fixture(scope="session")
def plain_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("plain") / "datastore", modules=["brewerslab"]) as server:
        for name, path in BREWERY:
            server.request("POST", f"/v1/thing/{name}", {"module": "brewerslab", "path": path})
        yield server


@pytest.fixture(scope="session")
def plain(plain_server: Server) -> Hoard:
    return Hoard(f"http://localhost:{plain_server.port}", plain_server.token)


@pytest.fixture(scope="session")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hoard]:
    folder = tmp_path_factory.mktemp("secure") / "datastore"
    server = launch(folder, modules=["brewerslab"], PYCONF_SELF_SIGNED="yes")
    trust = folder / "run" / "tls.crt"
    url = f"https://localhost:{server.port}"

    def ready() -> bool:
        assert server.process.poll() is None, server.log.read_text()
        try:
            return requests.get(f"{url}/healthz", verify=str(trust), timeout=20).ok
        except OSError:
            return False

    try:
        wait_for(ready, "the server answers")
        yield Hoard(url, server.token, trust)
    finally:
        end(server)


@pytest.fixture(params=["plain", "secure"])
def hoard(request: pytest.FixtureRequest) -> Hoard:
    found: Hoard = request.getfixturevalue(request.param)
    return found
