"""The shared candidate over HTTP: the datastore ``candidate`` as other RESTCONF servers have it, and ``/v1/candidate/shared``."""

from collections.abc import Iterator
from typing import Any

import pytest
from serving import Answer, Server
from workshop_paths import DATA

CANDIDATE = "PyConfHoard-Candidate"
DS = "/restconf/ds/ietf-datastores:candidate"
SHARED = "/v1/candidate/shared"
BOTTLES = "/workshop:cellar/bottles"
FOUR = {"workshop:bottles": 4}


@pytest.fixture
def shop(workshop: Server) -> Iterator[Server]:
    """With a shared candidate in which nothing is pending, and which is left like that."""
    yield workshop
    assert workshop.request("DELETE", SHARED).status == 204


def call(server: Server, rpc: str, **given: Any) -> Answer:
    named = {name.replace("_", "-"): value for name, value in given.items()}
    body = {"pyconfhoard-candidates:input": named} if given else None
    return server.request("POST", f"/restconf/operations/pyconfhoard-candidates:{rpc}-candidate", body)


def test_the_datastore_candidate_is_the_shared_one_and_waits_for_its_commit(shop: Server) -> None:
    made = shop.request("PUT", DS + BOTTLES, FOUR)
    assert (made.status, made.headers["location"]) == (201, f"{shop.url}{DS}{BOTTLES}")
    assert shop.get(DATA + BOTTLES).status == 404
    assert shop.get(DS + BOTTLES).json == FOUR
    assert CANDIDATE in shop.get(DS + BOTTLES).headers["vary"]
    shown = call(shop, "show").json["pyconfhoard-candidates:output"]
    assert [edit["target"] for edit in shown["edit"]] == [BOTTLES]
    assert (int(shown["base"]), "expires-in" in shown) == (shop.revision(), False)
    assert call(shop, "validate").status == 204
    done = call(shop, "commit", comment="stocked").json["pyconfhoard-candidates:output"]
    assert (int(done["revision"]), done["changed"]) == (shop.revision(), [BOTTLES])
    assert shop.get(DATA + BOTTLES).json == FOUR
    assert call(shop, "show").json["pyconfhoard-candidates:output"]["text"] == ""


def test_its_tags_change_with_every_edit_and_only_where_it_was(shop: Server) -> None:
    place, beside = DS + BOTTLES, f"{DS}/workshop:shop"

    def tag(place: str) -> str:
        return shop.get(place).headers["etag"]

    assert tag(DS) == shop.get(DATA).headers["etag"]  # nothing is pending: it is what running is
    assert shop.request("PUT", beside, {"workshop:shop": {"load": 2}}).status in {201, 204}
    seen, known = {tag(DS)}, tag(beside)
    for number in range(4, 8):
        made = shop.request("PUT", place, {"workshop:bottles": number})
        assert made.headers["etag"] == tag(place)
        assert "last-modified" in shop.get(place).headers
        assert tag(DS) not in seen
        seen.add(tag(DS))
    assert tag(beside) == known
    assert shop.get(beside, headers={"If-None-Match": known}).status == 304
    assert shop.request("DELETE", SHARED).status == 204
    assert tag(DS) == shop.get(DATA).headers["etag"]


def test_of_two_who_edit_it_the_later_is_told(shop: Server) -> None:
    place = DS + BOTTLES
    assert shop.request("PUT", place, FOUR).status in {201, 204}
    seen = {"If-Match": shop.get(place).headers["etag"]}
    assert shop.request("PUT", place, {"workshop:bottles": 5}, headers=seen).status == 204
    late = shop.request("PUT", place, {"workshop:bottles": 6}, headers=seen)
    assert (late.status, late.headers["etag"]) == (412, shop.get(place).headers["etag"])
    for headers in (seen, {"If-Unmodified-Since": "Sat, 01 Jan 2022 00:00:00 GMT"}):
        assert shop.request("DELETE", place, headers=headers).status == 412
    assert shop.request("PUT", place, FOUR, headers={"If-None-Match": "*"}).status == 412
    edit = {"edit-id": "1", "operation": "replace", "target": BOTTLES, "value": FOUR}
    patch = {"ietf-yang-patch:yang-patch": {"patch-id": "p", "edit": [edit]}}
    sent = {"If-Match": '"1-json"', "Content-Type": "application/yang-patch+json"}
    assert shop.request("PATCH", DS, patch, headers=sent).status == 412
    assert shop.get(place).json == {"workshop:bottles": 5}


def test_what_it_commits_has_the_tag_of_the_revision(shop: Server) -> None:
    assert shop.request("PUT", DS + BOTTLES, {"workshop:bottles": 9}).status in {201, 204}
    pending = shop.get(DS + BOTTLES).headers["etag"]
    assert call(shop, "commit").status == 200
    told = [shop.get(place + BOTTLES).headers["etag"] for place in (DATA, DS)]
    assert told == [f'"{shop.revision()}-json"'] * 2
    assert pending not in told


def test_it_takes_every_method_and_a_yang_patch(shop: Server) -> None:
    place = f"{DS}/workshop:shop"
    assert shop.request("PATCH", DS, {"ietf-restconf:data": {"workshop:shop": {"load": 1}}}).status == 204
    assert shop.request("POST", place, {"workshop:tool": [{"name": "saw"}]}).status == 201
    assert shop.request("POST", place, {"workshop:tool": [{"name": "saw"}]}).status == 409
    edit = {
        "edit-id": "1",
        "operation": "create",
        "target": "/tool=axe",
        "value": {"tool": [{"name": "axe"}]},
    }
    patch = {"ietf-yang-patch:yang-patch": {"patch-id": "p", "edit": [edit]}}
    sent = {"Content-Type": "application/yang-patch+json"}
    assert shop.request("PATCH", place, patch, headers=sent).status == 200
    assert shop.request("DELETE", f"{place}/tool=saw").status == 204
    assert shop.get(place).json == {"workshop:shop": {"load": 1, "tool": [{"name": "axe"}]}}
    assert shop.config() == {}


def test_it_is_what_running_is_while_nothing_is_pending(shop: Server) -> None:
    shop.request("PUT", DATA + BOTTLES, FOUR)
    assert shop.get(DS + BOTTLES).json == FOUR
    shop.request("PUT", DATA + BOTTLES, {"workshop:bottles": 5})
    assert shop.get(DS + BOTTLES).json == {"workshop:bottles": 5}


def test_a_header_names_another_or_the_shared_one_itself(shop: Server) -> None:
    shop.request("PUT", DS + BOTTLES, FOUR)
    private = call(shop, "create").json["pyconfhoard-candidates:output"]["candidate"]
    assert shop.get(DS + BOTTLES, headers={CANDIDATE: private}).status == 404
    assert shop.get(DS + BOTTLES, headers={CANDIDATE: "shared"}).json == FOUR


def test_v1_has_it_under_its_name(shop: Server) -> None:
    revision = shop.revision()
    assert shop.get(SHARED).json == {"id": "shared", "base": revision}
    assert shop.request("PUT", f"{SHARED}/data{BOTTLES}", FOUR).status == 201
    assert shop.get(DS + BOTTLES).json == FOUR
    changes = shop.get(f"{SHARED}/changes").json
    assert (changes["base"], [one["path"] for one in changes["changes"]]) == (revision, [BOTTLES])
    assert shop.request("POST", f"{SHARED}/validate").status == 204
    done = shop.request("POST", f"{SHARED}/commit", {"comment": "stocked"})
    assert done.json == {"revision": revision + 1, "changed": [BOTTLES]}
    assert shop.get(SHARED).json == {"id": "shared", "base": revision + 1}


def test_discarding_takes_back_what_is_pending(shop: Server) -> None:
    for discard in (lambda: call(shop, "discard"), lambda: shop.request("DELETE", SHARED)):
        shop.request("PUT", DS + BOTTLES, FOUR)
        assert discard().status == 204
        assert shop.get(DS + BOTTLES).status == 404
        assert discard().status == 204


def test_what_is_wrong_with_it_is_found_by_validating_and_it_stays(shop: Server) -> None:
    body = {"workshop:shop": {"low": 5, "high": 3}}
    assert shop.request("PUT", f"{DS}/workshop:shop", body).status in {201, 204}
    for rpc in ("validate", "commit"):
        answer = call(shop, rpc)
        assert (answer.status, answer.error["error-app-tag"]) == (412, "upside-down")
    assert shop.get(f"{DS}/workshop:shop").status == 200
