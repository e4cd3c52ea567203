"""XML both ways (RFC 8040 section 5.2): what JSON can say and ask for, XML can."""

from typing import Any
from xml.etree import ElementTree

import pytest
from serving import Answer, Server
from workshop_paths import DATA, SHOP

TYPE = "application/yang-data+xml"
NS = "urn:pyconfhoard:test:workshop"
RESTCONF = "urn:ietf:params:xml:ns:yang:ietf-restconf"
SAW = f'<tool xmlns="{NS}"><name>saw</name><weight>1.25</weight></tool>'
BARE = "<tool><name>saw</name><weight>1.25</weight></tool>"


def xml(server: Server, method: str, path: str, body: str | None = None, **headers: str) -> Answer:
    sent = {"Accept": TYPE, "Content-Type": TYPE if body is not None else ""} | headers
    return server.request(method, path, body.encode() if body is not None else None, headers=sent)


def made(server: Server, path: str, body: Any) -> None:
    assert server.request("PUT", path, body).status in {201, 204}


def errors(answer: Answer) -> list[dict[str, str | None]]:
    assert answer.headers["content-type"] == TYPE
    top = ElementTree.fromstring(answer.body)
    assert top.tag == f"{{{RESTCONF}}}errors"
    return [{part.tag.rpartition("}")[2]: part.text for part in error} for error in top]


def test_every_kind_of_node_is_told(workshop: Server) -> None:
    made(workshop, f"{SHOP}/tool=saw", {"workshop:tool": [{"name": "saw", "weight": "1.25"}]})
    made(workshop, f"{SHOP}/tag=a", {"workshop:tag": ["a"]})
    made(workshop, f"{SHOP}/night-shift", {"workshop:night-shift": {}})
    shop = "<tag>a</tag><tool><name>saw</name><weight>1.25</weight></tool><night-shift/>"
    for path, told in {
        DATA + "?content=config": f'<data xmlns="{RESTCONF}"><shop xmlns="{NS}">{shop}</shop></data>',
        SHOP: f'<shop xmlns="{NS}">{shop}</shop>',
        f"{SHOP}/tool=saw": SAW,
        f"{SHOP}/tool": SAW,
        f"{SHOP}/tool=saw/weight": f'<weight xmlns="{NS}">1.25</weight>',
        f"{SHOP}/tag=a": f'<tag xmlns="{NS}">a</tag>',
        f"{SHOP}/tag": f'<tag xmlns="{NS}">a</tag>',
        f"{SHOP}/night-shift": f'<night-shift xmlns="{NS}"/>',
    }.items():
        answer = xml(workshop, "GET", path)
        assert (answer.status, answer.headers["content-type"]) == (200, TYPE), answer.body
        assert answer.body.decode() == told


def test_list_of_several_entries_is_no_xml_document(workshop: Server) -> None:
    made(workshop, SHOP, {"workshop:shop": {"tag": ["a", "b"], "tool": [{"name": "a"}, {"name": "b"}]}})
    for path in (f"{SHOP}/tool", f"{SHOP}/tag"):
        answer = xml(workshop, "GET", path)
        assert (answer.status, errors(answer)[0]["error-tag"]) == (400, "invalid-value")
        assert "etag" not in answer.headers  # there is none of what was not told


def test_every_method_takes_xml(workshop: Server) -> None:
    post = xml(workshop, "POST", SHOP, SAW)
    assert (post.status, post.headers["location"]) == (201, f"{workshop.url}{SHOP}/tool=saw")
    assert xml(workshop, "POST", SHOP, SAW).status == 409
    assert xml(workshop, "PUT", f"{SHOP}/tool=saw", SAW.replace("1.25", "2.5")).status == 204
    assert xml(workshop, "PATCH", f"{SHOP}/tool=saw", SAW.replace("1.25", "3.5")).status == 204
    assert xml(workshop, "PUT", f"{SHOP}/title", f'<title xmlns="{NS}">Ours</title>').status == 201
    assert xml(workshop, "PUT", f"{SHOP}/tag=x", f'<tag xmlns="{NS}">x</tag>').status == 201
    assert xml(workshop, "POST", SHOP, f'<tag xmlns="{NS}">y</tag>').status == 201
    assert workshop.get(SHOP).json == {
        "workshop:shop": {"title": "Ours", "tag": ["x", "y"], "tool": [{"name": "saw", "weight": "3.5"}]}
    }
    assert xml(workshop, "DELETE", f"{SHOP}/tool=saw").status == 204
    cellar = f'<cellar xmlns="{NS}"><bottles>3</bottles></cellar>'
    assert xml(workshop, "PUT", DATA, f'<data xmlns="{RESTCONF}">{cellar}</data>').status == 204
    assert workshop.config() == {"workshop:cellar": {"bottles": 3}}
    assert xml(workshop, "PATCH", DATA, f'<data xmlns="{RESTCONF}">{cellar}</data>').status == 204
    assert workshop.request("PUT", DATA, {"ietf-restconf:data": {}}).status == 204
    assert xml(workshop, "POST", DATA, cellar).headers["location"] == f"{workshop.url}{DATA}/workshop:cellar"


@pytest.mark.parametrize(
    ("method", "path", "body", "tag"),
    [
        ("PUT", f"{SHOP}/title", "<title>Ours</title>", "unknown-namespace"),
        ("PUT", f"{SHOP}/title", f'<load xmlns="{NS}">3</load>', "unknown-element"),
        ("PUT", f"{SHOP}/load", f'<load xmlns="{NS}">101</load>', "invalid-value"),
        ("PUT", f"{SHOP}/tool=axe", SAW, "invalid-value"),
        ("PUT", f"{SHOP}/tag=x", f'<tag xmlns="{NS}">y</tag>', "invalid-value"),
        ("POST", SHOP, f'<toll xmlns="{NS}"/>', "unknown-element"),
        ("POST", SHOP, '<tool xmlns="urn:other"/>', "unknown-namespace"),
        ("POST", SHOP, f'<tool xmlns="{NS}"/>', "missing-element"),
        ("PUT", DATA, f'<config xmlns="{RESTCONF}"/>', "unknown-element"),
        ("POST", DATA, f'<data xmlns="{RESTCONF}"/>', "malformed-message"),
        ("PATCH", SHOP, f'<shop xmlns="{NS}">', "malformed-message"),
        ("PATCH", SHOP, f'<!DOCTYPE shop><shop xmlns="{NS}"/>', "malformed-message"),
        ("PATCH", SHOP, f'<shop xmlns="{NS}"><visits/></shop>', "invalid-value"),
        ("PATCH", SHOP, "", "invalid-value"),
    ],
)
def test_wrong_bodies_are_400_and_change_nothing(
    workshop: Server, method: str, path: str, body: str, tag: str
) -> None:
    answer = xml(workshop, method, path, body)
    assert (answer.status, errors(answer)[0]["error-tag"]) == (400, tag), answer.body
    assert workshop.config() == {}


def test_error_is_told_with_prefixed_path_and_namespaces(workshop: Server) -> None:
    body = f'<shop xmlns="{NS}"><load>200</load><tool><name>a\'b</name><weight>x</weight></tool></shop>'
    answer = xml(workshop, "PATCH", SHOP, body)
    load, weight = errors(answer)
    assert load["error-path"] == "/workshop:shop/workshop:load"
    assert load["error-app-tag"] == "not-a-percentage"
    assert load["error-message"] == "a percentage is 0 to 100"
    assert weight["error-path"] == '/workshop:shop/workshop:tool[workshop:name="a\'b"]/workshop:weight'
    assert f'<error-path xmlns:workshop="{NS}">'.encode() in answer.body
    assert b'<fault xmlns="urn:pyconfhoard:hoard">' in answer.body


def test_error_comes_in_the_encoding_that_is_accepted_or_else_sent(workshop: Server) -> None:
    for headers, wanted in (
        ({"Accept": TYPE}, TYPE),
        ({"Accept": "application/xml"}, TYPE),
        ({"Content-Type": TYPE}, TYPE),
        ({"Accept": "application/json", "Content-Type": TYPE}, "application/yang-data+json"),
        ({}, "application/yang-data+json"),
    ):
        answer = workshop.request("POST", SHOP, b"nonsense", headers=headers)
        assert (answer.status, answer.headers["content-type"]) == (400, wanted)
    assert workshop.get("/restconf/data", token="", headers={"Accept": TYPE}).headers["content-type"] == TYPE
    refused = workshop.get("/v1/datastore/running/workshop", headers={"Accept": TYPE})
    assert (refused.status, refused.headers["content-type"]) == (406, "application/yang-data+json")


def test_tags_differ_between_encodings_and_serve_as_preconditions_in_both(workshop: Server) -> None:
    made(workshop, f"{SHOP}/title", {"workshop:title": "Ours"})
    as_json, as_xml = workshop.get(SHOP).headers["etag"], xml(workshop, "GET", SHOP).headers["etag"]
    assert as_json != as_xml
    assert xml(workshop, "GET", SHOP, **{"If-None-Match": as_xml}).status == 304
    assert xml(workshop, "GET", SHOP, **{"If-None-Match": as_json}).status == 200
    assert workshop.get(SHOP, headers={"If-None-Match": as_xml}).status == 200
    body = f'<load xmlns="{NS}">3</load>'
    put = xml(workshop, "PUT", f"{SHOP}/load", body)
    assert put.headers["etag"] == xml(workshop, "GET", SHOP).headers["etag"]
    assert "Accept" in workshop.get(SHOP).headers["vary"].split(", ")


def test_query_parameters_mean_the_same(workshop: Server) -> None:
    made(workshop, f"{SHOP}/tool=saw", {"workshop:tool": [{"name": "saw", "weight": "1.25"}]})
    told = xml(workshop, "GET", f"{SHOP}?with-defaults=report-all").body.decode()
    assert told == f'<shop xmlns="{NS}"><title>untitled</title>{BARE}</shop>'
    tagged = xml(workshop, "GET", f"{SHOP}/title?with-defaults=report-all-tagged").body.decode()
    assert 'wd:default="true"' in tagged
    assert (
        xml(workshop, "GET", f"{SHOP}?depth=2").body.decode()
        == f'<shop xmlns="{NS}"><tool><name>saw</name></tool></shop>'
    )


def test_large_list_is_streamed_whole(workshop: Server) -> None:
    tools = "".join(f"<tool><name>tool-{n:05}</name><weight>1.25</weight></tool>" for n in range(5000))
    body = f'<shop xmlns="{NS}">{tools}</shop>'
    assert xml(workshop, "PUT", SHOP, body).status in {201, 204}
    answer = xml(workshop, "GET", SHOP)
    assert answer.headers.get("transfer-encoding") == "chunked"
    assert answer.body.decode() == body
