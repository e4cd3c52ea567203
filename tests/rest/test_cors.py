"""Pages of other origins: none may use the API unless it is said that they may."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import Server, serving

MODELS = Path(__file__).parent / "models"
SHOP = "/restconf/data/workshop:shop"
OURS, THEIRS = "https://panel.example:8443", "https://evil.example"
QUESTION = {
    "Access-Control-Request-Method": "PATCH",
    "Access-Control-Request-Headers": "authorization,if-match",
}


@pytest.fixture(scope="module")
def open_to_one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("cors") / "datastore"
    with serving(
        folder, yang=[MODELS], modules=["workshop"], PYCONF_CORS=f"{OURS} http://localhost:5173"
    ) as server:
        yield server


def granted(headers: object) -> list[str]:
    assert isinstance(headers, dict)
    return [name for name in headers if name.startswith("access-control")]


def test_off_unless_set(workshop: Server) -> None:
    assert granted(workshop.get(SHOP, headers={"Origin": OURS}).headers) == []
    asked = workshop.request("OPTIONS", SHOP, token="", headers={"Origin": OURS} | QUESTION)
    assert asked.status == 401
    assert granted(asked.headers) == []


def test_a_page_of_a_named_origin_may_ask_and_read(open_to_one: Server) -> None:
    asked = open_to_one.request("OPTIONS", SHOP, token="", headers={"Origin": OURS} | QUESTION)
    assert asked.status == 204
    assert asked.headers["access-control-allow-origin"] == OURS
    assert "PATCH" in asked.headers["access-control-allow-methods"]
    assert asked.headers["access-control-allow-headers"] == "authorization,if-match"
    answer = open_to_one.get("/restconf/data", headers={"Origin": OURS})
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == OURS
    assert "ETag" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in answer.headers


def test_a_page_may_also_read_what_went_wrong(open_to_one: Server) -> None:
    for path, token in (("/restconf/data", ""), ("/restconf/data/nowhere:x", None), ("/nothing", None)):
        answer = open_to_one.get(path, token=token, headers={"Origin": OURS})
        assert answer.status >= 400
        assert answer.headers["access-control-allow-origin"] == OURS


@pytest.mark.parametrize(
    "origin", [THEIRS, "null", OURS.upper(), f"{OURS}.evil.example", "http://panel.example:8443"]
)
def test_a_page_of_another_origin_may_not(open_to_one: Server, origin: str) -> None:
    asked = open_to_one.request("OPTIONS", SHOP, token="", headers={"Origin": origin} | QUESTION)
    assert asked.status == 401
    answer = open_to_one.get("/restconf/data", headers={"Origin": origin})
    assert granted(asked.headers) == granted(answer.headers) == []
    assert answer.headers["vary"].endswith("Origin"), "a cache must not give this answer to another origin"


def test_an_ordinary_options_still_tells_what_a_resource_takes(open_to_one: Server) -> None:
    answer = open_to_one.request("OPTIONS", "/restconf/data", headers={"Origin": OURS})
    assert answer.status == 200
    assert "PATCH" in answer.headers["allow"]


def test_every_origin_may_where_that_is_said(tmp_path: Path) -> None:
    with serving(tmp_path / "datastore", yang=[MODELS], modules=["workshop"], PYCONF_CORS="*") as server:
        answer = server.get("/restconf/data", headers={"Origin": THEIRS})
        assert answer.headers["access-control-allow-origin"] == "*"
        assert server.get("/restconf/data", token="", headers={"Origin": THEIRS}).status == 401
