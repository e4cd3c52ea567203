"""``/restconf/ds/<datastore>`` (RFC 8527), over HTTP."""

import pytest
from serving import Server
from workshop_paths import SHOP

DS = "/restconf/ds/ietf-datastores:"
XML = {"Accept": "application/yang-data+xml"}
ORIGIN = "ietf-origin:origin"


@pytest.fixture
def shop(workshop: Server) -> Server:
    tool = {"workshop:tool": [{"name": "saw", "weight": "1.25"}]}
    assert workshop.request("PUT", f"{SHOP}/tool=saw", tool).status == 201
    return workshop


@pytest.mark.parametrize("name", ["running", "intended", "operational"])
def test_configuration_is_in_every_datastore_that_has_it(shop: Server, name: str) -> None:
    answer = shop.get(f"{DS}{name}/workshop:shop/tool=saw/weight")
    assert (answer.status, answer.json) == (200, {"workshop:weight": "1.25"})


def test_a_datastore_is_told_in_the_wrapper_of_rfc_8040(shop: Server) -> None:
    for name in ("running", "intended", "startup", "operational"):
        answer = shop.get(DS + name)
        assert (answer.status, list(answer.json)) == (200, ["ietf-restconf:data"]), name
        told = shop.get(DS + name, headers=XML)
        assert told.body.startswith(b'<data xmlns="urn:ietf:params:xml:ns:yang:ietf-restconf">')


def test_head_of_operational_tells_that_the_server_has_nmda(workshop: Server) -> None:
    answer = workshop.request("HEAD", f"{DS}operational")
    assert (answer.status, answer.body) == (200, b"")


def test_running_and_intended_hold_no_state(shop: Server) -> None:
    library = "ietf-yang-library:yang-library"
    assert shop.get(f"{DS}operational/{library}").status == 200
    for name in ("running", "intended", "startup"):
        assert shop.get(f"{DS}{name}/{library}").status == 404, name


def test_startup_holds_what_the_files_hold(shop: Server) -> None:
    assert shop.get(f"{DS}startup/workshop:shop/tool=saw").status == 404


def test_running_takes_what_the_datastore_resource_takes(workshop: Server) -> None:
    path = f"{DS}running/workshop:shop"
    answer = workshop.request("POST", path, {"workshop:tool": [{"name": "saw"}]})
    assert (answer.status, answer.headers["location"]) == (201, f"{workshop.url}{path}/tool=saw")
    assert workshop.request("PATCH", path, {"workshop:shop": {"low": 1}}).status == 204
    assert workshop.request("DELETE", f"{path}/tool=saw").status == 204
    assert (
        workshop.request("OPTIONS", path).headers["allow"] == "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
    )
    tag = workshop.get(path).headers["etag"]
    assert workshop.get(path, headers={"If-None-Match": tag}).status == 304
    assert workshop.get(SHOP).json["workshop:shop"] == {"low": 1}


@pytest.mark.parametrize("name", ["intended", "startup", "operational"])
def test_a_read_only_datastore_takes_no_change(shop: Server, name: str) -> None:
    for method in ("PUT", "PATCH", "POST", "DELETE"):
        body = None if method == "DELETE" else {"workshop:shop": {}}
        answer = shop.request(method, f"{DS}{name}/workshop:shop", body)
        assert (answer.status, answer.error["error-tag"]) == (405, "operation-not-supported")
        assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert shop.request("OPTIONS", f"{DS}{name}/workshop:shop").headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("name", ["ietf-datastores:nonsense", "running", "operational", "ietf-datastores:"])
def test_a_datastore_is_named_by_its_identity(workshop: Server, name: str) -> None:
    answer = workshop.get(f"/restconf/ds/{name}")
    assert (answer.status, answer.error["error-tag"]) == (404, "invalid-value")


# -- with-defaults and with-origin (sections 3.2.1 and 3.2.2) ------------------------------------


@pytest.mark.parametrize("query", ["", "?with-defaults=explicit", "?with-defaults=report-all"])
def test_operational_has_the_values_in_use(shop: Server, query: str) -> None:
    assert shop.get(f"{DS}operational/workshop:shop/title{query}").json == {"workshop:title": "untitled"}
    assert shop.get(f"{DS}operational/workshop:shop{query}").json["workshop:shop"]["title"] == "untitled"


def test_operational_leaves_out_and_tags_defaults_when_asked(shop: Server) -> None:
    path = f"{DS}operational/workshop:shop"
    assert "title" not in shop.get(f"{path}?with-defaults=trim").json["workshop:shop"]
    told = shop.get(f"{path}?with-defaults=report-all-tagged").json["workshop:shop"]
    assert told["@title"] == {"ietf-netconf-with-defaults:default": True}


def test_running_tells_explicit_values_only(shop: Server) -> None:
    path = f"{DS}running/workshop:shop"
    assert "title" not in shop.get(path).json["workshop:shop"]
    assert shop.get(f"{path}?with-defaults=report-all").json["workshop:shop"]["title"] == "untitled"
    assert shop.get(f"{path}/title?with-defaults=explicit").status == 404


def test_with_origin_tells_where_a_value_comes_from(shop: Server) -> None:
    told = shop.get(f"{DS}operational/workshop:shop?with-origin").json["workshop:shop"]
    assert told["@"] == {ORIGIN: "ietf-origin:intended"}
    assert told["@title"] == {ORIGIN: "ietf-origin:default"}
    xml = shop.get(f"{DS}operational/workshop:shop?with-origin", headers=XML).body.decode()
    assert ':origin="' in xml
    assert "urn:ietf:params:xml:ns:yang:ietf-origin" in xml


def test_with_origin_goes_with_operational_only(shop: Server) -> None:
    for path in (f"{DS}running", f"{DS}intended", "/restconf/data"):
        answer = shop.get(f"{path}/workshop:shop?with-origin")
        assert (answer.status, answer.error["error-tag"]) == (400, "invalid-value")
    assert shop.get(f"{DS}operational/workshop:shop?with-origin=yes").status == 400


def test_content_and_depth_go_with_every_datastore(shop: Server) -> None:
    assert shop.get(f"{DS}operational/workshop:shop?content=config&depth=1").status == 200
    assert shop.get(f"{DS}operational/workshop:shop/visits?content=config").status == 404
    assert shop.get(f"{DS}running/workshop:shop?depth=2").json["workshop:shop"] == {"tool": [{"name": "saw"}]}
