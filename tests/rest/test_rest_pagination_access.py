"""Pages hold what their reader may read, and no expression finds out more."""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from serving import Answer, Server, serving

MODELS = Path(__file__).parent / "models"
BELLS = "/restconf/data/belfry:tower/bell"
BASIC = "Basic " + b64encode(b"vera:of vera").decode()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Vera may read everything but the counter, the weights, and the bell anna."""
    folder = tmp_path_factory.mktemp("access") / "datastore"
    with serving(folder, yang=[MODELS], modules=["belfry"]) as server:
        bells = [{"name": name, "weight": weight} for name, weight in (("anna", 3), ("eva", 9), ("maria", 5))]
        data = {"belfry:counter": 7, "belfry:tower": {"bell": bells}}
        assert server.patch("/restconf/data", {"ietf-restconf:data": data}).status == 204
        user = [{"name": "vera", "password": "$0$of vera"}]
        path = "/restconf/data/ietf-system:system/authentication"
        assert server.patch(path, {"ietf-system:authentication": {"user": user}}).status == 204
        denied = ("/belfry:counter", "/belfry:tower/bell/weight", "/belfry:tower/bell[name='anna']")
        rules = [
            {"name": str(number), "path": path, "access-operations": "read", "action": "deny"}
            for number, path in enumerate(denied)
        ]
        nacm = {
            "read-default": "permit",
            "groups": {"group": [{"name": "guests", "user-name": ["vera"]}]},
            "rule-list": [{"name": "a-guests", "group": ["guests"], "rule": rules}],
        }
        path = "/restconf/data/ietf-netconf-acm:nacm"
        assert server.patch(path, {"ietf-netconf-acm:nacm": nacm}).status == 204
        yield server


def vera(server: Server, query: str) -> Answer:
    return server.get(f"{BELLS}?{query}", token="", headers={"Authorization": BASIC})


def test_entries_that_may_not_be_read_do_not_count(server: Server) -> None:
    answer = vera(server, "limit=1").json["belfry:bell"]
    assert [entry["name"] for entry in answer] == ["eva"]
    assert answer[0]["@"]["ietf-list-pagination:remaining"] == 1
    assert "weight" not in answer[0]


@pytest.mark.parametrize("where", ["weight > 1", "/belfry:counter = 7", "../bell/name = 'anna'", "//weight"])
def test_an_expression_sees_no_more_than_its_user(server: Server, where: str) -> None:
    assert vera(server, f"where={quote(where)}").json == {"belfry:bell": []}
    assert len(server.get(f"{BELLS}?where={quote(where)}").json["belfry:bell"]) == 3


def test_nothing_is_sorted_by_what_may_not_be_read(server: Server) -> None:
    found = vera(server, "sort-by=weight&direction=backwards").json["belfry:bell"]
    assert [entry["name"] for entry in found] == ["maria", "eva"]
