"""Private candidates under RESTCONF: the rpcs of ``pyconfhoard-candidates``, and their data in the datastore candidate."""

from typing import Any

import pytest
from serving import Answer, Server
from workshop_paths import DATA

CANDIDATE = "PyConfHoard-Candidate"
DS = "/restconf/ds/ietf-datastores:candidate"
BOTTLES = "/workshop:cellar/bottles"


def call(server: Server, rpc: str, **given: Any) -> Answer:
    named = {name.replace("_", "-"): value for name, value in given.items()}
    body = {"pyconfhoard-candidates:input": named} if given else None
    return server.request("POST", f"/restconf/operations/pyconfhoard-candidates:{rpc}-candidate", body)


def output(server: Server, rpc: str, **given: Any) -> dict[str, Any]:
    answer = call(server, rpc, **given)
    assert answer.status == 200, answer.body
    told: dict[str, Any] = answer.json["pyconfhoard-candidates:output"]
    return told


@pytest.fixture
def candidate(workshop: Server) -> str:
    id: str = output(workshop, "create")["candidate"]
    return id


def put(server: Server, candidate: str, number: int) -> None:
    body = {"workshop:bottles": number}
    answer = server.request("PUT", DS + BOTTLES, body, headers={CANDIDATE: candidate})
    assert answer.status in {201, 204}, answer.body


def test_it_is_prepared_shown_and_committed(workshop: Server, candidate: str) -> None:
    put(workshop, candidate, 4)
    assert workshop.get(DATA + BOTTLES).status == 404
    assert workshop.get(DS + BOTTLES, headers={CANDIDATE: candidate}).json == {"workshop:bottles": 4}
    shown = output(workshop, "show", candidate=candidate)
    assert [edit["target"] for edit in shown["edit"]] == ["/workshop:cellar/bottles"]
    assert int(shown["base"]) == workshop.revision()
    assert call(workshop, "validate", candidate=candidate).status == 204
    done = output(workshop, "commit", candidate=candidate, comment="stocked")
    assert (int(done["revision"]), done["changed"]) == (workshop.revision(), [BOTTLES])
    assert workshop.get(DATA + BOTTLES).json == {"workshop:bottles": 4}
    assert call(workshop, "show", candidate=candidate).status == 404


def test_its_data_takes_every_method_and_a_yang_patch(workshop: Server, candidate: str) -> None:
    headers = {CANDIDATE: candidate}
    made = workshop.request(
        "POST", f"{DS}/workshop:shop", {"workshop:tool": [{"name": "saw"}]}, headers=headers
    )
    assert (made.status, made.headers["location"]) == (201, f"{workshop.url}{DS}/workshop:shop/tool=saw")
    edit = {
        "edit-id": "1",
        "operation": "create",
        "target": "/tool=saw",
        "value": {"tool": [{"name": "saw"}]},
    }
    patch = {"ietf-yang-patch:yang-patch": {"patch-id": "p", "edit": [edit]}}
    sent = {**headers, "Content-Type": "application/yang-patch+json"}
    answer = workshop.request("PATCH", f"{DS}/workshop:shop", patch, headers=sent)
    assert answer.status == 409
    assert b"data-exists" in answer.body
    assert workshop.request("DELETE", f"{DS}/workshop:shop/tool=saw", headers=headers).status == 204
    allow = workshop.request("OPTIONS", f"{DS}/workshop:shop", headers=headers).headers["allow"]
    assert allow == "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
    told = workshop.get(DS, headers=headers)
    assert CANDIDATE in told.headers["vary"]
    assert told.headers["etag"] != workshop.get(DATA).headers["etag"]


def test_it_must_be_ones_own(workshop: Server, candidate: str) -> None:
    assert workshop.get(DS, headers={CANDIDATE: "nothing"}).status == 404
    for rpc in ("show", "validate", "commit", "discard"):
        assert call(workshop, rpc, candidate="nothing").status == 404
    assert call(workshop, "discard", candidate=candidate).status == 204
    assert workshop.get(DS, headers={CANDIDATE: candidate}).status == 404


def test_what_is_wrong_with_it_is_found_by_validating_and_it_stays(workshop: Server, candidate: str) -> None:
    body = {"workshop:shop": {"low": 5, "high": 3}}
    headers = {CANDIDATE: candidate}
    assert workshop.request("PUT", f"{DS}/workshop:shop", body, headers=headers).status in {201, 204}
    for rpc in ("validate", "commit"):
        answer = call(workshop, rpc, candidate=candidate)
        assert (answer.status, answer.error["error-app-tag"]) == (412, "upside-down")
    assert workshop.get(f"{DS}/workshop:shop", headers=headers).status == 200


def test_it_is_brought_up_to_date_and_one_of_two_gives_way_when_told_so(
    workshop: Server, candidate: str
) -> None:
    put(workshop, candidate, 7)
    assert workshop.request("PUT", DATA + BOTTLES, {"workshop:bottles": 8}).status == 201
    answer = call(workshop, "update", candidate=candidate)
    assert (answer.status, answer.error["error-tag"]) == (409, "in-use")
    assert answer.error["error-path"] == BOTTLES
    assert "changed meanwhile by admin" in answer.error["error-message"]
    told = output(workshop, "update", candidate=candidate, resolution_mode="prefer-candidate")
    assert int(told["base"]) == workshop.revision()
    assert workshop.get(DS + BOTTLES, headers={CANDIDATE: candidate}).json == {"workshop:bottles": 7}
    assert workshop.request("PUT", DATA + BOTTLES, {"workshop:bottles": 9}).status == 204
    output(workshop, "update", candidate=candidate, resolution_mode="prefer-running")
    assert workshop.get(DS + BOTTLES, headers={CANDIDATE: candidate}).json == {"workshop:bottles": 9}
    assert output(workshop, "show", candidate=candidate)["text"] == ""


def test_its_commit_may_be_a_confirmed_one(workshop: Server, candidate: str) -> None:
    put(workshop, candidate, 7)
    done = output(workshop, "commit", candidate=candidate, confirm_timeout=60, persist="mine")
    assert done["persist-id"] == "mine"
    path = "/restconf/operations/pyconfhoard-history:cancel-commit"
    taken = workshop.request("POST", path, {"pyconfhoard-history:input": {"persist-id": "mine"}})
    assert taken.status == 200
    assert workshop.get(DATA + BOTTLES).status == 404


def test_its_commit_may_confirm_one_that_waits(workshop: Server, candidate: str) -> None:
    put(workshop, candidate, 7)
    output(workshop, "commit", candidate=candidate, confirm_timeout=60, persist="mine")
    further = output(workshop, "create")["candidate"]
    put(workshop, further, 8)
    assert call(workshop, "commit", candidate=further).error["error-tag"] == "in-use"
    assert call(workshop, "commit", candidate=further, persist_id="another").status == 404
    assert "persist-id" not in output(workshop, "commit", candidate=further, persist_id="mine")
    path = "/restconf/operations/pyconfhoard-history:cancel-commit"
    gone = workshop.request("POST", path, {"pyconfhoard-history:input": {"persist-id": "mine"}})
    assert gone.status == 404
    assert workshop.get(DATA + BOTTLES).json == {"workshop:bottles": 8}


def test_a_persist_id_goes_with_a_timeout(workshop: Server, candidate: str) -> None:
    answer = call(workshop, "commit", candidate=candidate, persist="mine")
    assert (answer.status, answer.error["error-tag"]) == (400, "unknown-element")


def test_the_candidate_is_a_datastore_of_the_library(workshop: Server) -> None:
    path = f"{DATA}/ietf-yang-library:yang-library/datastore=ietf-datastores%3Acandidate"
    assert workshop.get(path).status == 200
