"""Discovery: host-meta, the API resource and the version of the library (RFC 8040 sections 3.1 and 3.3)."""

from xml.etree import ElementTree

import pytest
from serving import Server

XRD = "{http://docs.oasis-open.org/ns/xri/xrd-1.0}"
RESTCONF = "{urn:ietf:params:xml:ns:yang:ietf-restconf}"
XML = {"Accept": "application/yang-data+xml"}


def test_host_meta_tells_the_root_to_anybody(workshop: Server) -> None:
    answer = workshop.get("/.well-known/host-meta", token="")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/xrd+xml")
    link = ElementTree.fromstring(answer.body).find(f"{XRD}Link")
    assert link is not None
    assert link.attrib == {"rel": "restconf", "href": "/restconf"}


def test_host_meta_comes_as_json_too(workshop: Server) -> None:
    links = {"links": [{"rel": "restconf", "href": "/restconf"}]}
    named = workshop.get("/.well-known/host-meta.json", token="")
    assert (named.headers["content-type"], named.json) == ("application/json", links)
    asked = workshop.get("/.well-known/host-meta", token="", headers={"Accept": "application/json"})
    assert asked.json == links


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("depth=1", []),
        ("depth=2", ["data", "operations", "yang-library-version"]),
        ("depth=1&fields=operations;ietf-restconf:data", ["data", "operations"]),
        ("fields=yang-library-version", ["yang-library-version"]),
    ],
)
def test_depth_and_fields_go_with_the_api_resource(workshop: Server, query: str, names: list[str]) -> None:
    assert list(workshop.get(f"/restconf?{query}").json["ietf-restconf:restconf"]) == names
    top = ElementTree.fromstring(workshop.get(f"/restconf?{query}", headers=XML).body)
    assert [child.tag for child in top] == [f"{RESTCONF}{name}" for name in names]


@pytest.mark.parametrize(
    "query", ["fields=streams", "fields=data/workshop:shop", "depth=0", "content=config"]
)
def test_what_the_api_resource_does_not_have_is_400(workshop: Server, query: str) -> None:
    answer = workshop.get(f"/restconf?{query}")
    assert (answer.status, answer.error["error-tag"]) == (400, "invalid-value")


def test_root_tells_what_is_below_it(workshop: Server) -> None:
    root = {"data": {}, "operations": {}, "yang-library-version": "2019-01-04"}
    for path in ("/restconf", "/restconf/"):
        assert workshop.get(path).json == {"ietf-restconf:restconf": root}
    answer = workshop.get("/restconf", headers=XML)
    assert answer.headers["content-type"] == "application/yang-data+xml"
    top = ElementTree.fromstring(answer.body)
    assert top.tag == f"{RESTCONF}restconf"
    assert [(child.tag, child.text) for child in top] == [
        (f"{RESTCONF}data", None),
        (f"{RESTCONF}operations", None),
        (f"{RESTCONF}yang-library-version", "2019-01-04"),
    ]


def test_version_of_the_library_is_a_resource(workshop: Server) -> None:
    path = "/restconf/yang-library-version"
    for each in (path, f"{path}/"):
        assert workshop.get(each).json == {"ietf-restconf:yang-library-version": "2019-01-04"}
    top = ElementTree.fromstring(workshop.get(path, headers=XML).body)
    assert (top.tag, top.text) == (f"{RESTCONF}yang-library-version", "2019-01-04")


@pytest.mark.parametrize("path", ["/.well-known/host-meta", "/restconf", "/restconf/yang-library-version"])
def test_what_tells_of_the_server_can_only_be_read(workshop: Server, path: str) -> None:
    assert workshop.request("OPTIONS", path).headers["allow"] == "GET, HEAD, OPTIONS"
    assert workshop.request("HEAD", path).status == 200
    refused = workshop.request("PUT", path, {})
    assert (refused.status, refused.error["error-tag"]) == (405, "operation-not-supported")


def test_root_needs_a_token(workshop: Server) -> None:
    assert workshop.get("/restconf", token="").status == 401
    assert workshop.get("/restconf", headers={"Accept": "text/html"}).status == 406
