"""The description and its page as a server gives them."""

import json
import re

from serving import Server

from rest.app import ROUTES
from rest.openapi.fixed import FIXED, UNTOLD
from rest.pages import PAGES


def test_every_route_is_described_or_says_why_not() -> None:
    assert {path for path, _ in ROUTES} == FIXED.keys() | UNTOLD.keys()
    assert not FIXED.keys() & UNTOLD.keys()


def test_the_description_is_of_what_the_server_serves(workshop: Server) -> None:
    answer = workshop.get("/openapi.json")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    told = answer.json
    assert told["openapi"].startswith("3.1.")
    assert "/restconf/data/workshop:shop/tool={tool-name}/part={part-row},{part-column}" in told["paths"]
    assert "/v1/datastore/running/workshop" in told["paths"]


def test_it_is_not_sent_again_to_those_who_have_it(workshop: Server) -> None:
    tag = workshop.get("/openapi.json").headers["etag"]
    again = workshop.get("/openapi.json", headers={"If-None-Match": tag})
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert workshop.get("/openapi.json", headers={"If-None-Match": '"other"'}).status == 200


def test_it_needs_a_token_as_the_model_does(workshop: Server) -> None:
    assert workshop.get("/openapi.json", token="").status == 401


def test_part_of_the_model_is_described_on_request(workshop: Server) -> None:
    told = workshop.get("/openapi.json?below=/workshop:shop/tool").json
    assert all(path.startswith("/restconf/data/workshop:shop/tool=") for path in told["paths"])
    answer = workshop.get("/openapi.json?below=/workshop:shed")
    assert (answer.status, answer.error["error-tag"]) == (400, "invalid-value")
    for query in (
        "above=/x",
        "below=",
        "below=/",
        "below=workshop:shop",
        "below=/workshop:shop&below=/workshop:shop",
    ):
        assert workshop.get(f"/openapi.json?{query}").status == 400, query


def test_the_description_is_named_by_the_answers_that_clients_begin_with(workshop: Server) -> None:
    for path, token in (("/restconf", None), ("/v1/discover", None)):
        link = workshop.get(path, token=token).headers["link"]
        assert '</openapi.json>; rel="service-desc"; type="application/openapi+json"' in link
        assert '</docs>; rel="service-doc"; type="text/html"' in link


def test_the_page_is_open_and_loads_nothing_from_elsewhere(workshop: Server) -> None:
    for path in PAGES:
        answer = workshop.get(path, token="")
        assert answer.status == 200
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert not re.search(rb"https?://", answer.body), path
    page = workshop.get("/docs", token="").body.decode()
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\son\w+=|\sstyle=", page)
    assert {f"/{part}" for part in re.findall(r'(?:src|href)="(docs/[^"]+)"', page)} < set(PAGES)


def test_a_file_that_the_page_does_not_have_is_not_found(workshop: Server) -> None:
    assert workshop.get("/docs/docs.map").status == 404
    assert workshop.get("/docs/..%2fpage.py").status == 404


def test_the_page_has_no_secret_in_it_and_the_description_no_token(workshop: Server) -> None:
    assert workshop.token not in json.dumps(workshop.get("/openapi.json").json)


def test_a_method_that_a_resource_never_takes_is_405_whatever_else_is_wrong(workshop: Server) -> None:
    for method, path in (("PUT", "visits?content=all"), ("POST", "visitor=ann?insert=first")):
        answer = workshop.request(method, f"/restconf/data/workshop:shop/{path}", b"{")
        assert answer.status == 405
        assert method not in answer.headers["allow"]


def test_a_fault_without_a_place_in_a_model_names_none(workshop: Server) -> None:
    answer = workshop.patch("/v1/datastore/running/workshop", [])
    assert answer.error["error-info"]["pyconfhoard:fault"] == {"value": "[]"}
