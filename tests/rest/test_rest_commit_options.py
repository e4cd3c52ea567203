"""What a request may say of its commit, in its header and by ``dry-run``, over HTTP."""

from collections.abc import Iterator

import pytest
from serving import Server
from workshop_paths import DATA, SHOP

COMMENT = "PyConfHoard-Commit-Comment"
LABEL = "PyConfHoard-Commit-Label"
TIMEOUT = "PyConfHoard-Confirm-Timeout"
PERSIST = "PyConfHoard-Persist"
PERSIST_ID = "PyConfHoard-Persist-Id"
SOURCE = "PyConfHoard-Source"
BOTTLES = f"{DATA}/workshop:cellar/bottles"


def bottles(server: Server, number: int, **headers: str) -> dict[str, str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = server.request("PUT", BOTTLES, {"workshop:bottles": number}, headers=named)
    assert answer.status in {201, 204}, answer.body
    return dict(answer.headers)


def test_the_answer_tells_the_revision(workshop: Server) -> None:
    told = bottles(workshop, 1)["pyconfhoard-revision"]
    assert int(told) == workshop.revision()


@pytest.mark.parametrize(
    "headers",
    [
        {TIMEOUT: "0"},
        {TIMEOUT: "soon"},
        {TIMEOUT: "-1"},
        {PERSIST: "mine"},
        {LABEL: "no blanks"},
        {COMMENT: "\xff"},
        {COMMENT: "\uffff".encode().decode("latin-1")},
        {SOURCE: "confirmed-commit"},
    ],
)
def test_what_the_header_says_wrongly_is_refused_and_nothing_changes(
    workshop: Server, headers: dict[str, str]
) -> None:
    before = workshop.revision()
    answer = workshop.request("PUT", BOTTLES, {"workshop:bottles": 1}, headers=headers)
    assert (answer.status, answer.error["error-tag"]) == (400, "invalid-value")
    assert workshop.revision() == before


def test_the_simple_way_in_takes_the_same(workshop: Server) -> None:
    path = "/v1/datastore/running/workshop/cellar/bottles"
    headers = {COMMENT: "stock-taking"}
    answer = workshop.request("PUT", path, {"workshop:bottles": 5}, headers=headers)
    assert int(answer.headers["pyconfhoard-revision"]) == workshop.revision()
    listed = "/restconf/operations/pyconfhoard-history:list-revisions"
    (line,) = workshop.request("POST", listed, {"pyconfhoard-history:input": {"limit": 1}}).json[
        "pyconfhoard-history:output"
    ]["revision"]
    assert line["comment"] == "stock-taking"
    tried = workshop.request("DELETE", f"{path}?dry-run")
    assert (tried.status, tried.headers["content-type"]) == (200, "application/json")
    assert workshop.get(path).json == {"workshop:bottles": 5}


@pytest.mark.parametrize(("said", "told"), [({}, ["rpc", "rest", "rest"]), ({SOURCE: "cli"}, ["cli"] * 3)])
def test_history_tells_of_a_face_that_comes_through_http(
    workshop: Server, said: dict[str, str], told: list[str]
) -> None:
    assert workshop.request("PUT", BOTTLES, {"workshop:bottles": 6}, headers=said).status in {201, 204}
    for number in (7, 8):
        which = workshop.request("POST", "/v1/candidate").json["id"]
        data = f"/v1/candidate/{which}/data/workshop:cellar/bottles"
        assert workshop.request("PUT", data, {"workshop:bottles": number}).status == 204
        rpc = "/restconf/operations/pyconfhoard-candidates:commit-candidate"
        path, body = (
            (f"/v1/candidate/{which}/commit", None)
            if number == 7
            else (rpc, {"pyconfhoard-candidates:input": {"candidate": which}})
        )
        assert workshop.request("POST", path, body, headers=said).status == 200
    listed = "/restconf/operations/pyconfhoard-history:list-revisions"
    lines = workshop.request("POST", listed, {"pyconfhoard-history:input": {"limit": 3}}).json[
        "pyconfhoard-history:output"
    ]["revision"]
    assert [line["source"] for line in lines] == told


# -- confirmed commit ----------------------------------------------------------------------------


@pytest.fixture
def confirming(workshop: Server) -> Iterator[Server]:
    bottles(workshop, 1)
    yield workshop
    workshop.request("PUT", BOTTLES, {"workshop:bottles": 1}, headers={PERSIST_ID: "mine"})


def test_a_commit_with_a_timeout_waits_for_its_confirmation(confirming: Server) -> None:
    told = bottles(confirming, 2, PyConfHoard_Confirm_Timeout="60", PyConfHoard_Persist="mine")
    assert told["pyconfhoard-persist-id"] == "mine"
    other = confirming.request("PUT", BOTTLES, {"workshop:bottles": 3})
    assert (other.status, other.error["error-tag"]) == (409, "in-use")
    assert "pyconfhoard-persist-id" not in bottles(confirming, 4, PyConfHoard_Persist_Id="mine")
    assert confirming.get(BOTTLES).json == {"workshop:bottles": 4}
    bottles(confirming, 5)


def test_a_commit_with_id_and_timeout_extends_the_one_that_waits(confirming: Server) -> None:
    bottles(confirming, 2, PyConfHoard_Confirm_Timeout="60", PyConfHoard_Persist="mine")
    told = bottles(confirming, 3, PyConfHoard_Confirm_Timeout="90", PyConfHoard_Persist_Id="mine")
    assert told["pyconfhoard-persist-id"] == "mine"
    wrong = confirming.request("PUT", BOTTLES, {"workshop:bottles": 9}, headers={PERSIST_ID: "yours"})
    assert (wrong.status, wrong.error["error-tag"]) == (400, "invalid-value")


def test_an_id_is_made_up_where_none_is_given(workshop: Server) -> None:
    bottles(workshop, 1)
    made = bottles(workshop, 2, PyConfHoard_Confirm_Timeout="60")["pyconfhoard-persist-id"]
    assert len(made) >= 16
    bottles(workshop, 2, PyConfHoard_Persist_Id=made)


# -- dry-run -------------------------------------------------------------------------------------


def test_a_dry_run_tells_what_would_change_and_changes_nothing(workshop: Server) -> None:
    bottles(workshop, 1)
    before = workshop.revision()
    answer = workshop.request("PUT", f"{BOTTLES}?dry-run", {"workshop:bottles": 2})
    assert (answer.status, answer.headers["content-type"]) == (200, "application/yang-data+json")
    (told,) = answer.json.values()
    assert list(answer.json) == ["pyconfhoard-history:dry-run"]
    assert told["edit"] == [
        {
            "edit-id": "1",
            "operation": "replace",
            "target": "/workshop:cellar/bottles",
            "value": {"workshop:bottles": 2},
            "source-value": {"workshop:bottles": 1},
        }
    ]
    assert told["text"].splitlines()[-2:] == ["-   bottles 1", "+   bottles 2"]
    assert told["thing"] == []
    assert (workshop.revision(), workshop.get(BOTTLES).json) == (before, {"workshop:bottles": 1})


def test_a_dry_run_finds_every_fault(workshop: Server) -> None:
    shop = {"workshop:shop": {"low": 5, "high": 3, "favourite": "nothing"}}
    answer = workshop.request("PATCH", f"{SHOP}?dry-run", shop)
    assert answer.status in {409, 412}
    assert len(answer.errors) == 2


def test_a_dry_run_goes_with_every_method_that_writes(workshop: Server) -> None:
    bottles(workshop, 1)
    assert workshop.request("DELETE", f"{BOTTLES}?dry-run").status == 200
    assert workshop.request("POST", f"{SHOP}?dry-run", {"workshop:tool": [{"name": "saw"}]}).status == 200
    assert workshop.get(BOTTLES).status == 200
    assert workshop.get(f"{BOTTLES}?dry-run").status == 400
    assert workshop.request("DELETE", f"{BOTTLES}?dry-run=yes").status == 400


def test_a_dry_run_is_told_in_xml_too(workshop: Server) -> None:
    xml = {"Accept": "application/yang-data+xml"}
    answer = workshop.request("PUT", f"{BOTTLES}?dry-run", {"workshop:bottles": 2}, headers=xml)
    assert answer.body.startswith(b'<dry-run xmlns="urn:pyconfhoard:history">')
    assert b"<edit-id>1</edit-id><operation>create</operation>" in answer.body
    assert b'<bottles xmlns="urn:pyconfhoard:test:workshop">2</bottles>' in answer.body


def test_a_dry_run_respects_preconditions(workshop: Server) -> None:
    bottles(workshop, 1)
    stale = {"If-Match": '"0-json"'}
    assert workshop.request("DELETE", f"{BOTTLES}?dry-run", headers=stale).status == 412


def test_a_dry_run_in_a_candidate_tells_what_would_change_there(workshop: Server) -> None:
    bottles(workshop, 1)
    id = workshop.request("POST", "/v1/candidate").json["id"]
    path = f"/v1/candidate/{id}/data/workshop:cellar/bottles"
    assert workshop.request("PUT", path, {"workshop:bottles": 2}).status == 204
    answer = workshop.request("PUT", f"{path}?dry-run", {"workshop:bottles": 3})
    (told,) = answer.json.values()
    assert (answer.status, told["text"].splitlines()[-2:]) == (200, ["-   bottles 2", "+   bottles 3"])
    assert workshop.get(path).json == {"workshop:bottles": 2}
    assert workshop.request("POST", f"{path}?dry-run", {"workshop:bottles": 3}).status == 405


def test_a_dry_run_tells_whose_lock_would_stop_it(workshop: Server) -> None:
    bottles(workshop, 1)
    lock, unlock = (f"/restconf/operations/pyconfhoard-locks:{rpc}" for rpc in ("lock", "unlock"))
    for given in ({}, {"path": ["/workshop:cellar"]}):
        made = workshop.request("POST", lock, {"pyconfhoard-locks:input": given}).json
        session = {"PyConfHoard-Session": made["pyconfhoard-locks:output"]["session"]}
        for headers, objections in (({}, 1), (session, 0)):
            tried = workshop.request(
                "PUT", f"{BOTTLES}?dry-run", {"workshop:bottles": 2}, headers=headers
            ).json
            told = tried["pyconfhoard-history:dry-run"].get("objection", [])
            assert [words.startswith("admin has locked") for words in told] == [True] * objections
        assert workshop.request("POST", unlock, headers=session).status == 204
