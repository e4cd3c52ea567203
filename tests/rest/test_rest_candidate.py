"""``/v1/candidate``: private candidates over HTTP."""

from typing import Any

import pytest
from serving import Answer, Server
from workshop_paths import DATA, SHOP


class Candidate:
    """One candidate of a server."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.made = server.request("POST", "/v1/candidate")
        self.path = f"/v1/candidate/{self.made.json['id']}"

    def request(self, method: str, below: str, body: Any = None) -> Answer:
        return self.server.request(method, f"{self.path}{below}", body)


@pytest.fixture
def candidate(workshop: Server) -> Candidate:
    return Candidate(workshop)


def test_candidate_begins_as_running_is(workshop: Server, candidate: Candidate) -> None:
    assert candidate.made.status == 201
    assert candidate.made.headers["location"] == f"{workshop.url}{candidate.path}"
    assert candidate.made.json["base"] == workshop.revision()
    assert candidate.request("GET", "/data").json == {"ietf-restconf:data": {}}
    assert candidate.request("GET", "").json == candidate.made.json


def test_nothing_changes_before_the_commit(workshop: Server, candidate: Candidate) -> None:
    assert candidate.request("PATCH", "/data", {"workshop:shop": {"title": "Ours"}}).status == 204
    assert candidate.request("GET", "/data/workshop:shop/title").json == {"workshop:title": "Ours"}
    assert workshop.config() == {}
    answer = candidate.request("POST", "/commit", {"comment": "a new sign"})
    assert answer.json == {"revision": workshop.revision(), "changed": ["/workshop:shop/title"]}
    assert workshop.get(f"{SHOP}/title").json == {"workshop:title": "Ours"}


def test_every_method_works_on_a_candidate(candidate: Candidate) -> None:
    shop = "/data/workshop:shop"
    assert candidate.request("PUT", f"{shop}/title", {"workshop:title": "Ours"}).status == 201
    assert candidate.request("POST", shop, {"workshop:tool": [{"name": "saw"}]}).status == 201
    assert (
        candidate.request(
            "PATCH", f"{shop}/tool=saw", {"workshop:tool": [{"name": "saw", "weight": "2.0"}]}
        ).status
        == 204
    )
    assert candidate.request("DELETE", f"{shop}/title").status == 204
    assert candidate.request("DELETE", f"{shop}/title").status == 404
    assert candidate.request("GET", shop).json == {
        "workshop:shop": {"tool": [{"name": "saw", "weight": "2.0"}]}
    }
    assert candidate.request("DELETE", f"{shop}/tool").status == 204
    assert candidate.request("GET", "/data").json == {"ietf-restconf:data": {}}


def test_changes_list_what_is_pending(workshop: Server, candidate: Candidate) -> None:
    workshop.patch(
        DATA, {"ietf-restconf:data": {"workshop:shop": {"title": "Ours", "load": 1, "tag": ["x"]}}}
    )
    fresh = Candidate(workshop)
    fresh.request("PATCH", "/data", {"workshop:shop": {"title": "Theirs", "mode": "open"}})
    fresh.request("DELETE", "/data/workshop:shop/load")
    fresh.request("DELETE", "/data/workshop:shop/tag=x")
    listed = {change["path"]: change for change in fresh.request("GET", "/changes").json["changes"]}
    assert listed == {
        "/workshop:shop/title": {
            "path": "/workshop:shop/title",
            "kind": "modified",
            "old": "Ours",
            "new": "Theirs",
        },
        "/workshop:shop/mode": {"path": "/workshop:shop/mode", "kind": "created", "new": "open"},
        "/workshop:shop/load": {"path": "/workshop:shop/load", "kind": "deleted", "old": 1},
        "/workshop:shop/tag[.='x']": {"path": "/workshop:shop/tag[.='x']", "kind": "deleted", "old": "x"},
    }
    assert candidate.request("GET", "/changes").json["changes"] == []


def test_rules_of_the_model_wait_for_validate_and_commit(workshop: Server, candidate: Candidate) -> None:
    assert candidate.request("PATCH", "/data", {"workshop:shop": {"low": 5, "high": 3}}).status == 204
    for verb in ("/validate", "/commit"):
        answer = candidate.request("POST", verb)
        assert (answer.status, answer.error["error-message"]) == (412, "high must be above low")
    assert workshop.config() == {}
    assert candidate.request("PATCH", "/data", {"workshop:shop": {"high": 6}}).status == 204
    assert candidate.request("POST", "/validate").status == 204
    assert candidate.request("POST", "/commit").status == 200


def test_the_header_of_its_commit_says_what_that_of_any_may(workshop: Server, candidate: Candidate) -> None:
    def commit(one: Candidate, **said: str) -> Answer:
        headers = {f"PyConfHoard-{name.replace('_', '-')}": text for name, text in said.items()}
        return workshop.request("POST", f"{one.path}/commit", headers=headers)

    candidate.request("PATCH", "/data", {"workshop:shop": {"load": 1}})
    first = commit(candidate, Commit_Comment="a trial", Confirm_Timeout="60", Persist="tonight")
    assert (first.status, first.headers["pyconfhoard-persist-id"]) == (200, "tonight")
    assert int(first.headers["pyconfhoard-revision"]) == first.json["revision"]
    second = Candidate(workshop)
    second.request("PATCH", "/data", {"workshop:shop": {"load": 2}})
    assert commit(second).error["error-tag"] == "in-use"
    assert commit(second, Persist_Id="another").status == 400
    label = f"kept-{workshop.revision()}"
    assert commit(second, Persist_Id="tonight", Commit_Label=label).status == 200
    given = {"pyconfhoard-history:input": {"limit": 2}}
    listed = workshop.request("POST", "/restconf/operations/pyconfhoard-history:list-revisions", given).json
    newest, before = listed["pyconfhoard-history:output"]["revision"]
    assert (newest["label"], before["comment"]) == ([label], "a trial")
    gone = {"pyconfhoard-history:input": {"label": label}}
    removed = workshop.request("POST", "/restconf/operations/pyconfhoard-history:remove-label", gone)
    assert removed.status == 204


def test_commit_ends_the_candidate_and_so_does_discarding(candidate: Candidate, workshop: Server) -> None:
    assert candidate.request("POST", "/commit").status == 200
    assert candidate.request("GET", "/data").status == 404
    other = Candidate(workshop)
    assert other.request("DELETE", "").status == 204
    assert other.request("DELETE", "").status == 404


def test_others_changes_are_merged_where_they_do_not_meet(workshop: Server, candidate: Candidate) -> None:
    candidate.request("PATCH", "/data", {"workshop:shop": {"title": "Mine"}})
    assert workshop.patch(DATA, {"ietf-restconf:data": {"workshop:shop": {"load": 3}}}).status == 204
    assert candidate.request("POST", "/commit").status == 200
    assert workshop.get(SHOP).json == {"workshop:shop": {"title": "Mine", "load": 3}}


def test_others_change_of_the_same_node_is_a_conflict(workshop: Server, candidate: Candidate) -> None:
    candidate.request("PATCH", "/data", {"workshop:shop": {"title": "Mine"}})
    assert workshop.patch(DATA, {"ietf-restconf:data": {"workshop:shop": {"title": "Theirs"}}}).status == 204
    answer = candidate.request("POST", "/commit")
    assert (answer.status, answer.error["error-tag"]) == (409, "in-use")
    assert "admin" in answer.error["error-message"]
    assert workshop.get(f"{SHOP}/title").json == {"workshop:title": "Theirs"}


@pytest.mark.parametrize("body", [{"comment": 3}, {"comment": "\x01"}, {"coment": "x"}, [], "x"])
def test_commit_takes_a_comment_and_nothing_else(candidate: Candidate, body: Any) -> None:
    assert candidate.request("POST", "/commit", body).status == 400
    assert candidate.request("GET", "").status == 200


def test_candidate_of_another_is_not_found(server: Server) -> None:
    candidate = Candidate(server)
    token = (server.folder / "run" / "TemperatureProvider.token").read_text().strip()
    assert server.get(f"{candidate.path}/data", token=token).status == 404


def test_thing_commits_only_what_is_its_own(server: Server) -> None:
    token = (server.folder / "run" / "TemperatureProvider.token").read_text().strip()
    id = server.request("POST", "/v1/candidate", token=token).json["id"]
    data = f"/v1/candidate/{id}/data/brewerslab:brewhouse"
    assert server.request("PUT", f"{data}/power/mode", {"brewerslab:mode": "off"}, token=token).status == 403
    setpoint = {"brewerslab:setpoint": "17.0"}
    assert (
        server.request("PUT", f"{data}/temperature/fermentation/setpoint", setpoint, token=token).status
        == 201
    )
    assert server.request("POST", f"/v1/candidate/{id}/commit", token=token).status == 200


def test_unknown_candidate_is_404(workshop: Server) -> None:
    for method, below in (
        ("GET", ""),
        ("GET", "/data"),
        ("POST", "/commit"),
        ("GET", "/changes"),
        ("POST", "/validate"),
    ):
        assert workshop.request(method, f"/v1/candidate/nix{below}").status == 404
