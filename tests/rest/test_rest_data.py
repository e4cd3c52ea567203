"""``/restconf/data``: the methods of RFC 8040 section 4 on every kind of target, over HTTP."""

import socket
from datetime import datetime
from email.utils import parsedate_to_datetime
from itertools import count
from typing import Any

import pytest
from serving import Server
from workshop_paths import DATA, SHOP

CELLAR = f"{DATA}/workshop:cellar"
IN_USE = "/restconf/ds/ietf-datastores:operational/workshop:cellar"
SAW = {"workshop:tool": [{"name": "saw", "weight": "1.25"}]}


def put(server: Server, path: str, body: Any) -> None:
    answer = server.request("PUT", path, body)
    assert answer.status in {201, 204}, answer.body


# -- annotations -------------------------------------------------------------------------------


def test_annotations_that_no_module_defines_are_refused(workshop: Server) -> None:
    for annotated in ({"title": "x", "@title": {"nowhere:note": 1}}, {"@": {"workshop:note": 1}}):
        for method in ("PUT", "PATCH"):
            answer = workshop.request(method, SHOP, {"workshop:shop": annotated})
            assert (answer.status, answer.error["error-tag"]) == (400, "unknown-attribute")
    for note in (
        {"ietf-origin:source": "ietf-origin:system"},
        {"ietf-origin:origin": "ietf-origin:nowhere"},
        {"ietf-origin:origin": {"a": 1}},
        {"pyconfhoard:quality": "good"},
    ):
        answer = workshop.request("PUT", SHOP, {"workshop:shop": {"title": "x", "@title": note}})
        assert (answer.status, answer.error["error-tag"]) in {
            (400, "unknown-attribute"),
            (400, "bad-attribute"),
        }
    xml = {"Content-Type": "application/yang-data+xml", "Accept": "application/yang-data+json"}
    space = "urn:pyconfhoard:test:workshop"
    lie = f'<title xmlns="{space}" xmlns:p="urn:pyconfhoard:hoard" p:quality="good">x</title>'
    body = f'<shop xmlns="{space}">{lie}</shop>'.encode()
    assert workshop.request("PUT", SHOP, body, headers=xml).error["error-tag"] == "unknown-attribute"
    note = {"ietf-origin:origin": "ietf-origin:system"}
    put(workshop, SHOP, {"workshop:shop": {"title": "x", "@title": note}})
    assert workshop.get(SHOP).json == {"workshop:shop": {"title": "x", "@title": note}}


# -- GET and HEAD ------------------------------------------------------------------------------


def test_get_of_the_datastore_has_the_rfcs_wrapper(workshop: Server) -> None:
    put(workshop, f"{DATA}/workshop:cellar/bottles", {"workshop:bottles": 7})
    assert workshop.get(f"{DATA}?content=config").json == {
        "ietf-restconf:data": {"workshop:cellar": {"bottles": 7}}
    }


def test_get_of_a_leaf_container_entry_and_list(workshop: Server) -> None:
    put(workshop, f"{SHOP}/tool=saw", SAW)
    assert workshop.get(f"{SHOP}/tool=saw/weight").json == {"workshop:weight": "1.25"}
    assert workshop.get(SHOP).json == {"workshop:shop": {"tool": [{"name": "saw", "weight": "1.25"}]}}
    assert workshop.get(f"{SHOP}/tool=saw").json == SAW
    assert workshop.get(f"{SHOP}/tool").json == SAW


def test_get_takes_names_with_their_module_below_the_top(workshop: Server) -> None:
    put(workshop, f"{SHOP}/tool=saw", SAW)
    assert workshop.get(f"{SHOP}/workshop:tool=saw/workshop:weight").status == 200


def test_the_first_name_of_a_path_has_its_module(workshop: Server) -> None:
    for path in ("shop", "cellar/bottles"):
        for door in (DATA, "/restconf/ds/ietf-datastores:running"):
            answer = workshop.get(f"{door}/{path}")
            assert (answer.status, answer.error["error-tag"]) == (400, "invalid-value")
            assert answer.error["error-message"].endswith(f"workshop:{path.partition('/')[0]}")
    assert workshop.get(f"{DATA}/workshop%3Ashop").status == 200


def test_get_of_a_non_presence_container_is_empty_where_nothing_is_in_it(workshop: Server) -> None:
    assert workshop.get(SHOP).json == {"workshop:shop": {}}


@pytest.mark.parametrize(
    "below", ["load", "tool=saw", "tool", "tag", "tag=x", "night-shift", "visits", "tool=saw/part=1,2"]
)
def test_get_of_what_is_not_there_is_404(workshop: Server, below: str) -> None:
    answer = workshop.get(f"{SHOP}/{below}")
    assert answer.status == 404
    assert answer.error["error-tag"] == "invalid-value"


def test_head_is_get_without_a_body(workshop: Server) -> None:
    put(workshop, f"{SHOP}/title", {"workshop:title": "Ours"})
    head, get = workshop.request("HEAD", f"{SHOP}/title"), workshop.get(f"{SHOP}/title")
    assert head.status == 200
    assert head.body == b""
    for name in ("etag", "content-type", "content-length", "last-modified"):
        assert head.headers[name] == get.headers[name]


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("28-000005e2fdc3", "28-000005e2fdc3"),
        ("a b", "a%20b"),
        ("a,b", "a%2Cb"),
        ("a/b", "a%2Fb"),
        ("..", ".."),
        ("../../etc/passwd", "..%2f..%2Fetc%2fpasswd"),
        ("a=b", "a%3Db"),
        ("100%", "100%25"),
        ("\"quoted\" and 'quoted'", "%22quoted%22%20and%20%27quoted%27"),
        ("{braces}[brackets]", "%7Bbraces%7D%5Bbrackets%5D"),
        ("Weißbier ☃", "Wei%C3%9Fbier%20%E2%98%83"),
        ("", ""),
        ("x?y#z", "x%3Fy%23z"),
    ],
)
def test_keys_of_any_letters_are_found_by_their_url(workshop: Server, name: str, url: str) -> None:
    entry = {"workshop:tool": [{"name": name}]}
    made = workshop.request("POST", SHOP, entry)
    assert made.status == 201, made.body
    assert workshop.get(f"{SHOP}/tool={url}").json == entry
    location = made.headers["location"].removeprefix(workshop.url)
    assert workshop.get(location).json == entry


def test_composite_keys_are_separated_by_commas(workshop: Server) -> None:
    put(workshop, f"{SHOP}/tool=saw", SAW)
    part = {"workshop:part": [{"row": 1, "column": 2, "label": "blade"}]}
    put(workshop, f"{SHOP}/tool=saw/part=1,2", part)
    assert workshop.get(f"{SHOP}/tool=saw/part=1,2").json == part
    assert workshop.get(f"{SHOP}/tool=saw/part=1%2C2").status == 400


def test_encoded_slash_makes_no_route(workshop: Server) -> None:
    for path in ("/restconf%2Fdata", "/restconf/data%2Fworkshop:shop", "/v1%2Fdatastore/running/workshop"):
        assert workshop.get(path).status == 404


def test_url_that_is_no_ascii_or_no_utf8_is_400(workshop: Server) -> None:
    assert workshop.get(f"{SHOP}/tool=%ff").status == 400


def test_patch_changes_a_default_in_use(workshop: Server) -> None:
    assert workshop.patch(f"{SHOP}/title", {"workshop:title": "Ours"}).status == 204
    assert workshop.get(f"{SHOP}/title").json == {"workshop:title": "Ours"}


def test_delete_of_a_default_in_use_is_404(workshop: Server) -> None:
    assert workshop.request("DELETE", f"{SHOP}/title").status == 404


def test_patch_of_what_is_not_there_names_the_method_that_makes_it(workshop: Server) -> None:
    answer = workshop.patch(f"{SHOP}/load", {"workshop:load": 3})
    assert answer.status == 404
    assert "PUT" in answer.error["error-message"]


# -- query parameters ------------------------------------------------------------------------------


def test_depth_leaves_out_what_is_deeper(workshop: Server) -> None:
    put(workshop, SHOP, {"workshop:shop": {"title": "Ours", "tool": [{"name": "saw", "weight": "1.0"}]}})
    shop = workshop.get(f"{SHOP}?depth=2").json["workshop:shop"]
    assert shop["title"] == "Ours"
    assert "weight" not in str(shop)


def test_defaults_are_told_when_asked_for(workshop: Server) -> None:
    assert workshop.get(f"{SHOP}?with-defaults=report-all").json == {"workshop:shop": {"title": "untitled"}}
    assert workshop.get(f"{SHOP}/title?with-defaults=report-all").json == {"workshop:title": "untitled"}


@pytest.mark.parametrize(
    ("node", "told"), [("shop/title", "untitled"), ("cellar/open", ["saturday", "sunday"])]
)
def test_get_of_a_leaf_that_nobody_set_is_its_default(workshop: Server, node: str, told: Any) -> None:
    """Whatever the basic mode is; a mode that the request names counts."""
    name = f"workshop:{node.rpartition('/')[2]}"
    assert workshop.get(f"{DATA}/workshop:{node}").json == {name: told}
    assert workshop.request("HEAD", f"{DATA}/workshop:{node}").status == 200
    for mode in ("explicit", "trim"):
        assert workshop.get(f"{DATA}/workshop:{node}?with-defaults={mode}").status == 404


def test_default_of_a_leaf_that_is_not_in_use_is_not_told(workshop: Server) -> None:
    put(workshop, f"{CELLAR}/rack=1", {"workshop:rack": [{"row": 1}]})
    for node in ("shop/night-shift/lamp", "cellar/guard", "cellar/vault/door", "cellar/rack=1/colour"):
        for query in ("", "?with-defaults=report-all"):
            assert workshop.get(f"{DATA}/workshop:{node}{query}").status == 404


FULL = {"bottles": 200, "rack": [{"row": 1, "wine": True}, {"row": 2, "wine": False}, {"row": 3}]}


def test_defaults_whose_condition_holds_are_told_where_it_does(workshop: Server) -> None:
    put(workshop, CELLAR, {"workshop:cellar": FULL})
    wine, water, bare = FULL["rack"]
    told = {
        **FULL,
        "open": ["saturday", "sunday"],
        "guard": "a dog",
        "vault": {"door": "steel"},
        "rack": [{**wine, "colour": "red"}, water, bare],
    }
    assert workshop.get(CELLAR).json == {"workshop:cellar": FULL}
    for place in (f"{CELLAR}?with-defaults=report-all", IN_USE):
        assert workshop.get(place).json == {"workshop:cellar": told}
    whole = workshop.get(f"{DATA}?with-defaults=report-all&content=config&fields=workshop:cellar")
    assert whole.json == {"ietf-restconf:data": {"workshop:cellar": told}}
    racks = workshop.get(f"{CELLAR}/rack?with-defaults=report-all").json
    assert racks == {"workshop:rack": told["rack"]}
    for entry, expected in zip((1, 2, 3), told["rack"], strict=True):
        found = workshop.get(f"{CELLAR}/rack={entry}?with-defaults=report-all").json
        assert found == {"workshop:rack": [expected]}
    assert workshop.get(f"{CELLAR}/guard").json == {"workshop:guard": "a dog"}
    assert workshop.get(f"{CELLAR}/vault/door").json == {"workshop:door": "steel"}
    assert workshop.get(f"{CELLAR}/rack=1/colour").json == {"workshop:colour": "red"}
    tagged = workshop.get(f"{CELLAR}?with-defaults=report-all-tagged").json["workshop:cellar"]
    tag = {"ietf-netconf-with-defaults:default": True}
    assert (tagged["@guard"], tagged["vault"]["@door"], tagged["rack"][0]["@colour"]) == (tag, tag, tag)


def test_trim_leaves_out_what_equals_the_default(workshop: Server) -> None:
    put(workshop, SHOP, {"workshop:shop": {"title": "untitled", "load": 3}})
    assert workshop.get(f"{SHOP}?with-defaults=trim").json == {"workshop:shop": {"load": 3}}


def test_content_nonconfig_of_configuration_is_nothing(workshop: Server) -> None:
    put(workshop, f"{SHOP}/title", {"workshop:title": "Ours"})
    assert workshop.get(f"{SHOP}/title?content=nonconfig").status == 404
    assert workshop.get(f"{SHOP}?content=config").json == {"workshop:shop": {"title": "Ours"}}


@pytest.mark.parametrize("query", ["depht=1", "filter=/x", "start-time=2026-11-21T00:00:00Z", "insert=first"])
def test_parameter_that_a_get_of_data_does_not_take_is_400(workshop: Server, query: str) -> None:
    answer = workshop.get(f"{SHOP}?{query}")
    assert (answer.status, answer.error["error-tag"]) == (400, "invalid-value")


# -- PUT ---------------------------------------------------------------------------------------


def test_put_creates_then_replaces(workshop: Server) -> None:
    made = workshop.request("PUT", f"{SHOP}/tool=saw", SAW)
    assert (made.status, made.headers["location"]) == (201, f"{workshop.url}{SHOP}/tool=saw")
    put(
        workshop,
        f"{SHOP}/tool=saw",
        {"workshop:tool": [{"name": "saw", "part": [{"row": 1, "column": 1, "label": "x"}]}]},
    )
    again = workshop.request("PUT", f"{SHOP}/tool=saw", SAW)
    assert again.status == 204
    assert workshop.get(f"{SHOP}/tool=saw").json == SAW


def test_put_of_a_key_that_is_not_the_urls_is_refused(workshop: Server) -> None:
    answer = workshop.request("PUT", f"{SHOP}/tool=axe", SAW)
    assert (answer.status, answer.error["error-tag"]) == (400, "invalid-value")
    assert "key" in answer.error["error-message"]
    assert workshop.get(f"{SHOP}/tool").status == 404


def test_put_of_a_leaf_list_value(workshop: Server) -> None:
    assert workshop.request("PUT", f"{SHOP}/tag=new", {"workshop:tag": ["new"]}).status == 201
    assert workshop.request("PUT", f"{SHOP}/tag=new", {"workshop:tag": ["new"]}).status == 204
    assert workshop.request("PUT", f"{SHOP}/tag=new", {"workshop:tag": ["old"]}).status == 400
    assert workshop.get(f"{SHOP}/tag").json == {"workshop:tag": ["new"]}


def test_put_below_an_entry_that_is_not_there_is_409(workshop: Server) -> None:
    answer = workshop.request("PUT", f"{SHOP}/tool=saw/weight", {"workshop:weight": "1.0"})
    assert (answer.status, answer.error["error-tag"]) == (409, "data-missing")


def test_put_of_anydata_keeps_what_it_is_given(workshop: Server) -> None:
    note = {"workshop:note": {"any": [1, "two", {"three": None}]}}
    put(workshop, f"{SHOP}/note", note)
    assert workshop.get(f"{SHOP}/note").json == note


# -- POST --------------------------------------------------------------------------------------


def test_post_creates_a_child_once(workshop: Server) -> None:
    made = workshop.request("POST", SHOP, SAW)
    assert (made.status, made.headers["location"]) == (201, f"{workshop.url}{SHOP}/tool=saw")
    again = workshop.request("POST", SHOP, SAW)
    assert (again.status, again.error["error-tag"]) == (409, "data-exists")


def test_post_to_the_datastore_makes_a_top_level_node(workshop: Server) -> None:
    made = workshop.request("POST", DATA, {"workshop:cellar": {"bottles": 3}})
    assert (made.status, made.headers["location"]) == (201, f"{workshop.url}{DATA}/workshop:cellar")


def test_post_of_state_is_refused_and_leaves_nothing(workshop: Server) -> None:
    shop = "urn:pyconfhoard:test:workshop"
    xml = {"Content-Type": "application/yang-data+xml", "Accept": "application/yang-data+json"}
    bodies: list[tuple[Any, dict[str, str]]] = [
        ({"workshop:visits": {"today": 1}}, {}),
        ({"workshop:visits": {}}, {}),
        (f'<visits xmlns="{shop}"><today>1</today></visits>'.encode(), xml),
    ]
    for body, headers in bodies:
        answer = workshop.request("POST", SHOP, body, headers=headers)
        assert (answer.status, answer.error["error-tag"]) == (400, "invalid-value")
        assert answer.error["error-path"] == "/workshop:shop/visits"
    put(workshop, f"{SHOP}/tool=saw", SAW)
    answer = workshop.request("POST", f"{SHOP}/tool=saw", {"workshop:worn": 3})
    assert (answer.status, answer.error["error-tag"]) == (400, "invalid-value")
    assert workshop.config() == {"workshop:shop": {"tool": [{"name": "saw", "weight": "1.25"}]}}


def test_post_to_what_is_not_there_is_404(workshop: Server) -> None:
    body = {"workshop:part": [{"row": 1, "column": 1, "label": "x"}]}
    assert workshop.request("POST", f"{SHOP}/tool=saw", body).status == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"workshop:title": "a", "workshop:load": 1},
        [],
        3,
        {"workshop:tool": [{"name": "a"}, {"name": "b"}]},
        {"workshop:tool": []},
    ],
)
def test_post_of_anything_but_one_child_is_400(workshop: Server, body: Any) -> None:
    assert workshop.request("POST", SHOP, body).status == 400
    assert workshop.config() == {}


# -- PATCH -------------------------------------------------------------------------------------


def test_patch_merges(workshop: Server) -> None:
    put(workshop, SHOP, {"workshop:shop": {"title": "Ours", "load": 1}})
    answer = workshop.patch(SHOP, {"workshop:shop": {"load": 2, "tag": ["x"]}})
    assert (answer.status, answer.body) == (204, b"")
    assert workshop.get(SHOP).json == {"workshop:shop": {"title": "Ours", "load": 2, "tag": ["x"]}}


@pytest.mark.parametrize("keys", [{}, {"row": 1}, {"workshop:column": 2}, {"row": 1, "column": 2}])
def test_patch_of_an_entry_may_leave_its_keys_to_the_path(workshop: Server, keys: dict[str, int]) -> None:
    part = f"{SHOP}/tool=saw/part=1,2"
    put(workshop, f"{SHOP}/tool=saw", SAW)
    put(workshop, part, {"workshop:part": [{"row": 1, "column": 2, "label": "old"}]})
    assert workshop.patch(part, {"workshop:part": [{**keys, "label": "new"}]}).status == 204
    told = "".join(
        f"<{name.rpartition(':')[2]}>{key}</{name.rpartition(':')[2]}>" for name, key in keys.items()
    )
    body = f'<part xmlns="urn:pyconfhoard:test:workshop">{told}<label>newer</label></part>'
    xml = {"Content-Type": "application/yang-data+xml"}
    assert workshop.patch(part, body.encode(), headers=xml).status == 204
    found = {"row": 1, "column": 2, "label": "newer"}
    assert workshop.get(part).json == {"workshop:part": [found]}


@pytest.mark.parametrize(
    ("method", "entry"),
    [
        ("PUT", [{"weight": "1.0"}]),
        ("PATCH", [{"name": "axe"}]),
        ("PATCH", {"weight": "1.0"}),
        ("PATCH", [{}, {}]),
        ("PATCH", ["saw"]),
    ],
)
def test_an_entry_of_a_body_is_that_of_the_path(workshop: Server, method: str, entry: Any) -> None:
    put(workshop, f"{SHOP}/tool=saw", SAW)
    assert workshop.request(method, f"{SHOP}/tool=saw", {"workshop:tool": entry}).status == 400
    assert workshop.get(f"{SHOP}/tool=saw").json == SAW


def test_patch_creates_no_target(workshop: Server) -> None:
    assert workshop.patch(f"{SHOP}/tool=saw", SAW).status == 404
    assert workshop.patch(f"{SHOP}/load", {"workshop:load": 3}).status == 404


def test_patch_of_the_whole_datastore(workshop: Server) -> None:
    body = {"ietf-restconf:data": {"workshop:cellar": {"bottles": 3}, "workshop:shop": {"load": 5}}}
    assert workshop.patch(DATA, body).status == 204
    assert workshop.config() == body["ietf-restconf:data"]


def test_entering_one_case_leaves_the_other(workshop: Server) -> None:
    put(workshop, f"{SHOP}/wood", {"workshop:wood": 3})
    put(workshop, f"{SHOP}/gas", {"workshop:gas": 4})
    assert workshop.get(SHOP).json == {"workshop:shop": {"gas": 4}}


# -- DELETE ------------------------------------------------------------------------------------


def test_delete_removes_and_is_404_where_nothing_is(workshop: Server) -> None:
    put(workshop, f"{SHOP}/tool=saw", SAW)
    assert workshop.request("DELETE", f"{SHOP}/tool=saw").status == 204
    assert workshop.request("DELETE", f"{SHOP}/tool=saw").status == 404
    assert workshop.config() == {}


def test_delete_of_one_value_of_a_leaf_list(workshop: Server) -> None:
    put(workshop, SHOP, {"workshop:shop": {"tag": ["a", "b", "c"]}})
    assert workshop.request("DELETE", f"{SHOP}/tag=b").status == 204
    assert workshop.get(f"{SHOP}/tag").json == {"workshop:tag": ["a", "c"]}


def test_lists_as_a_whole_are_not_written(workshop: Server) -> None:
    put(workshop, f"{SHOP}/tool=saw", SAW)
    for method, body in (("DELETE", None), ("PUT", SAW), ("PATCH", SAW)):
        answer = workshop.request(method, f"{SHOP}/tool", body)
        assert answer.status == 400
        assert "tool=<name>" in answer.error["error-message"]
    assert workshop.get(f"{SHOP}/tool").json == SAW


# -- what is allowed ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "allow"),
    [
        (DATA, {"GET", "HEAD", "POST", "PUT", "PATCH", "OPTIONS"}),
        (SHOP, {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}),
        (f"{SHOP}/tool=saw", {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}),
        (f"{SHOP}/tool", {"GET", "HEAD", "OPTIONS"}),
        (f"{SHOP}/title", {"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"}),
        (f"{SHOP}/visits", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_options_tells_what_a_resource_takes(workshop: Server, path: str, allow: set[str]) -> None:
    answer = workshop.request("OPTIONS", path)
    assert answer.status == 200
    assert set(answer.headers["allow"].split(", ")) == allow
    assert ("accept-patch" in answer.headers) == ("PATCH" in allow)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("OPTIONS", SHOP, None),
        ("PUT", f"{SHOP}/load", {"workshop:load": 1}),
        ("POST", SHOP, {"workshop:load": 1}),
        ("PATCH", SHOP, {"workshop:shop": {"load": 1}}),
        ("DELETE", f"{SHOP}/low", None),
    ],
)
def test_an_answer_without_a_body_has_no_media_type(
    workshop: Server, method: str, path: str, body: Any
) -> None:
    put(workshop, f"{SHOP}/low", {"workshop:low": 1})
    answer = workshop.request(method, path, body)
    assert (answer.status < 300, answer.body) == (True, b"")
    assert "content-type" not in answer.headers


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "TRACE"])
@pytest.mark.parametrize(
    "path",
    [
        DATA,
        SHOP,
        f"{SHOP}/load",
        "/restconf",
        "/restconf/operations",
        "/restconf/schema/workshop",
        "/restconf/nothing",
        "/.well-known/host-meta",
    ],
)
def test_every_answer_says_whether_it_may_be_cached(workshop: Server, method: str, path: str) -> None:
    assert "cache-control" in workshop.request(method, path).headers


@pytest.mark.parametrize("kind", ["", "application/yang-data+json", "text/plain"])
@pytest.mark.parametrize(("method", "path"), [("PUT", SHOP), ("PATCH", SHOP), ("POST", DATA), ("PUT", DATA)])
def test_a_request_that_needs_a_body_and_has_none_is_400(
    workshop: Server, method: str, path: str, kind: str
) -> None:
    answer = workshop.request(method, path, headers={"Content-Type": kind})
    assert (answer.status, answer.error["error-tag"]) == (400, "invalid-value")


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", f"{SHOP}/title"), ("DELETE", DATA), ("PUT", f"{SHOP}/visits/today"), ("TRACE", DATA)],
)
def test_method_that_a_resource_does_not_take_is_405_with_allow(
    workshop: Server, method: str, path: str
) -> None:
    answer = workshop.request(
        method,
        path,
        {"workshop:today": 1} if method == "PUT" else None,
        headers={"Content-Type": "application/json"},
    )
    if method == "POST":
        answer = workshop.request(method, path, {})
    assert (answer.status, answer.error["error-tag"]) == (405, "operation-not-supported")
    assert "GET" in answer.headers["allow"]


# -- tags and preconditions ---------------------------------------------------------------------


def test_tag_changes_with_what_is_below_and_with_nothing_else(workshop: Server) -> None:
    put(workshop, f"{SHOP}/tool=saw", SAW)
    put(workshop, f"{SHOP}/tool=axe", {"workshop:tool": [{"name": "axe"}]})
    saw, axe, shop = (
        workshop.get(f"{SHOP}{below}").headers["etag"] for below in ("/tool=saw", "/tool=axe", "")
    )
    written = workshop.request("PUT", f"{SHOP}/tool=axe/weight", {"workshop:weight": "2.0"})
    assert workshop.get(f"{SHOP}/tool=saw").headers["etag"] == saw
    assert workshop.get(f"{SHOP}/tool=axe").headers["etag"] == written.headers["etag"] != axe
    assert workshop.get(SHOP).headers["etag"] == written.headers["etag"] != shop


def test_change_of_nothing_changes_no_tag(workshop: Server) -> None:
    put(workshop, f"{SHOP}/title", {"workshop:title": "Ours"})
    before = workshop.get(SHOP).headers["etag"]
    put(workshop, f"{SHOP}/title", {"workshop:title": "Ours"})
    assert workshop.get(SHOP).headers["etag"] == before


def test_nothing_was_modified_after_the_date_of_the_answer(workshop: Server) -> None:
    told: list[list[datetime]] = []
    for number in count(1):
        answer = workshop.request("PUT", f"{SHOP}/low", {"workshop:low": number})
        told.append([parsedate_to_datetime(answer.headers[name]) for name in ("last-modified", "date")])
        if told[-1][0] > told[0][0]:  # the next second has begun
            break
    assert told == [sorted(both) for both in told]


@pytest.mark.parametrize(
    "date",
    ["yesterday", "Thu, 01 Jan 99999999999 00:00:00 GMT", "Thu, 01 Jan 2015 00:00:00 +99999999999999999999"],
)
def test_a_date_that_cannot_be_read_counts_as_absent(workshop: Server, date: str) -> None:
    title = f"{SHOP}/title"
    put(workshop, title, {"workshop:title": "Ours"})
    assert workshop.get(title, headers={"If-Modified-Since": date}).status == 200
    assert workshop.request("DELETE", title, headers={"If-Unmodified-Since": date}).status == 204


def test_get_with_the_tag_at_hand_is_304(workshop: Server) -> None:
    put(workshop, f"{SHOP}/title", {"workshop:title": "Ours"})
    first = workshop.get(SHOP)
    again = workshop.get(SHOP, headers={"If-None-Match": f'"x", {first.headers["etag"]}'})
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert workshop.get(SHOP, headers={"If-None-Match": '"0-other"'}).status == 200
    assert workshop.get(SHOP, headers={"If-Modified-Since": first.headers["last-modified"]}).status == 304
    assert workshop.get(SHOP, headers={"If-Modified-Since": "Thu, 01 Jan 2015 00:00:00 GMT"}).status == 200


def test_write_with_an_old_tag_is_412_and_changes_nothing(workshop: Server) -> None:
    put(workshop, f"{SHOP}/title", {"workshop:title": "Ours"})
    tag = workshop.get(SHOP).headers["etag"]
    assert workshop.patch(SHOP, {"workshop:shop": {"load": 1}}, headers={"If-Match": tag}).status == 204
    stale = workshop.patch(SHOP, {"workshop:shop": {"load": 2}}, headers={"If-Match": tag})
    assert (stale.status, stale.error["error-tag"]) == (412, "operation-failed")
    assert workshop.get(f"{SHOP}/load").json == {"workshop:load": 1}


def test_preconditions_of_writes(workshop: Server) -> None:
    title, body = f"{SHOP}/title", {"workshop:title": "Ours"}
    assert workshop.request("PUT", title, body, headers={"If-Match": "*"}).status == 412
    assert workshop.request("PUT", title, body, headers={"If-None-Match": "*"}).status == 201
    assert workshop.request("PUT", title, body, headers={"If-None-Match": "*"}).status == 412
    old = {"If-Unmodified-Since": "Thu, 01 Jan 2015 00:00:00 GMT"}
    assert workshop.request("DELETE", title, headers=old).status == 412
    new = {"If-Unmodified-Since": workshop.get(title).headers["last-modified"]}
    assert workshop.request("DELETE", title, headers=new).status == 204


# -- large answers and bodies ---------------------------------------------------------------------


def test_large_list_is_streamed_whole(workshop: Server) -> None:
    tools = [
        {"name": f"tool-{n:05}", "weight": "1.25", "part": [{"row": 1, "column": 1, "label": "x" * 40}]}
        for n in range(8000)
    ]
    put(workshop, SHOP, {"workshop:shop": {"tool": tools}})
    answer = workshop.get(f"{SHOP}/tool")
    assert answer.headers.get("transfer-encoding") == "chunked"
    assert answer.json == {"workshop:tool": tools}
    assert workshop.get(f"{SHOP}?with-defaults=report-all").json["workshop:shop"]["tool"] == tools


def test_body_beyond_the_limit_is_413_announced_or_not(workshop: Server) -> None:
    large = b'{"workshop:shop": {"title": "' + b"x" * 3_000_000 + b'"}}'
    assert workshop.patch(SHOP, large).status == 413
    chunked = send_in_chunks(workshop, large)
    assert chunked.startswith(b"HTTP/1.1 413 ")
    assert b'"too-big"' in chunked
    assert workshop.healthy()


def send_in_chunks(server: Server, body: bytes) -> bytes:
    """What a PATCH is answered whose length nobody announced."""
    head = (
        f"PATCH {SHOP} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.token}\r\nConnection: close\r\n"
    )
    head += "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as wire:
        wire.sendall(head.encode())
        for at in range(0, len(body), 65536):
            piece = body[at : at + 65536]
            wire.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        wire.sendall(b"0\r\n\r\n")
        with wire.makefile("rb") as answer:
            return answer.read()


def test_body_that_ends_early_changes_nothing(workshop: Server) -> None:
    revision = workshop.revision()
    body = b'{"workshop:shop": {"load": 1}}'
    head = f"PATCH {SHOP} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {workshop.token}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body) + 10}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", workshop.port), timeout=30) as wire:
        wire.sendall(head.encode() + body)
    assert workshop.healthy()
    assert workshop.revision() == revision
    assert workshop.config() == {}
