"""The rpcs of ``pyconfhoard-history``, over HTTP."""

from typing import Any

import pytest
from serving import Answer, Server
from workshop_paths import DATA

BOTTLES = f"{DATA}/workshop:cellar/bottles"
PATH = "/workshop:cellar/bottles"


def call(server: Server, rpc: str, **given: Any) -> Answer:
    named = {name.replace("_", "-"): value for name, value in given.items()}
    body = {"pyconfhoard-history:input": named} if given else None
    return server.request("POST", f"/restconf/operations/pyconfhoard-history:{rpc}", body)


def output(server: Server, rpc: str, **given: Any) -> dict[str, Any]:
    answer = call(server, rpc, **given)
    assert answer.status == 200, answer.body
    told: dict[str, Any] = answer.json["pyconfhoard-history:output"]
    return told


def put(server: Server, number: int, **headers: str) -> str:
    """The revision that setting the bottles made."""
    answer = server.request("PUT", BOTTLES, {"workshop:bottles": number}, headers=headers)
    assert answer.status in {201, 204}, answer.body
    return answer.headers["pyconfhoard-revision"]


def bottles(server: Server) -> int:
    number: int = server.get(BOTTLES).json["workshop:bottles"]
    return number


def test_revisions_are_listed_newest_first_with_who_and_why(workshop: Server) -> None:
    first = put(workshop, 1)
    second = put(workshop, 2, **{"PyConfHoard-Commit-Comment": "Übung".encode().decode("latin-1")})
    listed = output(workshop, "list-revisions", limit=2)["revision"]
    assert [line["revision"] for line in listed] == [second, first]
    assert (listed[0]["author"], listed[0]["source"], listed[0]["comment"]) == ("admin", "rest", "Übung")
    assert "comment" not in listed[1]
    page = output(workshop, "list-revisions", before=second, limit=1)["revision"]
    assert [line["revision"] for line in page] == [first]


def test_a_revision_is_shown_with_what_it_changed(workshop: Server) -> None:
    put(workshop, 1)
    told = output(workshop, "show-revision", revision=put(workshop, 2))
    (edit,) = told["edit"]
    assert (edit["operation"], edit["target"], edit["value"]) == (
        "replace",
        "/workshop:cellar/bottles",
        {"workshop:bottles": 2},
    )
    assert "+   bottles 2" in told["text"]


def test_a_revision_is_shown_in_xml(workshop: Server) -> None:
    put(workshop, 1)
    revision = put(workshop, 2)
    body = f'<input xmlns="urn:pyconfhoard:history"><revision>{revision}</revision></input>'
    xml = {"Content-Type": "application/yang-data+xml", "Accept": "application/yang-data+xml"}
    path = "/restconf/operations/pyconfhoard-history:show-revision"
    answer = workshop.request("POST", path, body.encode(), headers=xml)
    assert answer.status == 200, answer.body
    assert b'<bottles xmlns="urn:pyconfhoard:test:workshop">2</bottles>' in answer.body


def test_states_are_compared(workshop: Server) -> None:
    first = put(workshop, 1)
    put(workshop, 2)
    told = output(workshop, "compare", **{"from": first})
    assert [edit["source-value"] for edit in told["edit"]] == [{"workshop:bottles": 1}]
    elsewhere = output(workshop, "compare", **{"from": first, "path": "/workshop:shop"})
    assert elsewhere.get("edit", []) == []


def test_blame_tells_who_set_a_value(workshop: Server) -> None:
    revision = put(workshop, 3)
    (line,) = output(workshop, "blame", path=PATH)["value"]
    assert (line["path"], line["value"], line["revision"], line["author"]) == (PATH, "3", revision, "admin")


def test_rollback_and_undo_are_commits(workshop: Server) -> None:
    first = put(workshop, 1)
    second = put(workshop, 2)
    told = output(workshop, "rollback", revision=first, comment="it was better")
    assert (int(told["revision"]), told["changed"]) == (int(second) + 1, [PATH])
    assert bottles(workshop) == 1
    assert output(workshop, "list-revisions", limit=1)["revision"][0]["comment"] == "it was better"
    output(workshop, "undo", revision=told["revision"])
    assert bottles(workshop) == 2


@pytest.mark.parametrize(("rpc", "back"), [("rollback", 1), ("undo", 0)])
def test_a_way_back_is_loaded_into_a_candidate(workshop: Server, rpc: str, back: int) -> None:
    put(workshop, 1)
    last = put(workshop, 2)
    made = workshop.request("POST", "/restconf/operations/pyconfhoard-candidates:create-candidate")
    which = made.json["pyconfhoard-candidates:output"]["candidate"]
    assert output(workshop, rpc, revision=str(int(last) - back), candidate=which) == {}
    assert bottles(workshop) == 2
    done = workshop.request("POST", f"/v1/candidate/{which}/commit")
    assert (done.status, done.json["changed"]) == (200, [PATH])
    (line,) = output(workshop, "list-revisions", limit=1)["revision"]
    assert line["comment"] == (
        f"rollback to revision {int(last) - 1}" if back else f"undo of revision {last}"
    )
    assert bottles(workshop) == 1
    assert call(workshop, rpc, revision=last, candidate="nobody's").status == 404


def test_labels_name_revisions(workshop: Server) -> None:
    first = put(workshop, 1)
    assert call(workshop, "set-label", label="good", revision=first).status == 204
    put(workshop, 2, **{"PyConfHoard-Commit-Label": "better"})
    taken = workshop.request(
        "PUT", BOTTLES, {"workshop:bottles": 9}, headers={"PyConfHoard-Commit-Label": "good"}
    )
    assert (taken.status, taken.error["error-tag"]) == (409, "data-exists")
    listed = output(workshop, "list-revisions", labelled=True)["revision"]
    assert [line["label"] for line in listed if line["revision"] >= first] == [["better"], ["good"]]
    output(workshop, "rollback", revision="good")
    assert bottles(workshop) == 1
    for label in ("good", "better"):
        assert call(workshop, "remove-label", label=label).status == 204
    assert call(workshop, "remove-label", label="good").status == 404


def test_a_confirmed_commit_is_confirmed_and_cancelled(workshop: Server) -> None:
    put(workshop, 1)
    waits = {"PyConfHoard-Confirm-Timeout": "60", "PyConfHoard-Persist": "mine"}
    put(workshop, 2, **waits)
    assert call(workshop, "confirm-commit", persist_id="yours").status == 404
    assert output(workshop, "cancel-commit", persist_id="mine")["changed"] == [PATH]
    assert bottles(workshop) == 1
    put(workshop, 3, **waits)
    assert call(workshop, "confirm-commit", persist_id="mine").status == 204
    assert call(workshop, "cancel-commit", persist_id="mine").status == 404
    assert bottles(workshop) == 3


@pytest.mark.parametrize(
    ("rpc", "given", "status", "tag"),
    [
        ("rollback", {}, 400, "missing-element"),
        ("rollback", {"revision": "999999"}, 404, "invalid-value"),
        ("show-revision", {"revision": "nothing"}, 404, "invalid-value"),
        ("list-revisions", {"limit": 0}, 400, "invalid-value"),
        ("list-revisions", {"many": 1}, 400, "unknown-element"),
        ("blame", {"path": "cellar"}, 400, "invalid-value"),
        ("blame", {"path": "/workshop:nothing"}, 404, "invalid-value"),
        ("set-label", {"label": "9", "revision": "1"}, 400, "invalid-value"),
        ("set-label", {"label": "far", "revision": str(2**64 - 1)}, 404, "invalid-value"),
    ],
)
def test_what_cannot_be_is_refused(workshop: Server, rpc: str, given: Any, status: int, tag: str) -> None:
    answer = call(workshop, rpc, **given)
    assert (answer.status, answer.error["error-tag"]) == (status, tag)


def test_revisions_before_one_that_is_far_ahead_are_the_newest(workshop: Server) -> None:
    put(workshop, 1)
    far = output(workshop, "list-revisions", before=str(2**64 - 1), limit=1)
    assert far == output(workshop, "list-revisions", limit=1)
