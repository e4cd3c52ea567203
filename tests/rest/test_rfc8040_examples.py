"""RFC 8040: the examples of its sections and of appendix B, request by request.

The messages are the RFC's; the URIs are those of this server. Where it shows headers whose values are a server's own (dates,
entity tags), their form is checked. What the RFC shows for features that a server may leave out, or of a datastore
with other data, is shown with the data that there is.
"""

import re
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from serving import Server
from workshop_paths import DATA

JUKEBOX = f"{DATA}/example-jukebox:jukebox"
LIBRARY = f"{JUKEBOX}/library"
ALBUM = f"{LIBRARY}/artist=Foo%20Fighters/album=Wasting%20Light"
PLAYLIST = f"{JUKEBOX}/playlist=Foo-One"
SPACE = "https://example.com/ns/example-jukebox"
JSON_TYPE = "application/yang-data+json"
XML_TYPE = "application/yang-data+xml"
SEND_XML = {"Content-Type": XML_TYPE, "Accept": XML_TYPE}
ASK_XML = {"Accept": XML_TYPE}
RESTCONF = "urn:ietf:params:xml:ns:yang:ietf-restconf"
MONITORING = "ietf-restconf-monitoring:restconf-state"


def song_id(name: str) -> str:
    return (
        "/example-jukebox:jukebox/library/artist[name='Foo Fighters']/album[name='Wasting Light']"
        f"/song[name='{name}']"
    )


SONGS = [
    {"name": "Wasting Light", "location": "/media/foo/a7/wasting-light.mp3", "format": "MP3", "length": 286},
    {"name": "Rope", "location": "/media/foo/a7/rope.mp3", "format": "MP3", "length": 259},
    {"name": "Bridge Burning", "location": "/media/foo/a7/bridge.mp3"},
    {"name": "Dear Rosemary", "location": "/media/foo/a7/dear.mp3"},
]


@pytest.fixture
def empty(examples: Server) -> Server:
    """The jukebox is there, and nothing is in it."""
    assert examples.request("PUT", JUKEBOX, {"example-jukebox:jukebox": {}}).status == 201
    return examples


@pytest.fixture
def jukebox(empty: Server) -> Server:
    """An album with songs, another artist, and a playlist."""
    album = {"name": "Wasting Light", "genre": "example-jukebox:alternative", "year": 2011, "song": SONGS}
    library = {
        "artist": [{"name": "Foo Fighters", "album": [album]}, {"name": "Nick Cave and the Bad Seeds"}],
    }
    songs = [{"index": 1, "id": song_id("Rope")}, {"index": 2, "id": song_id("Bridge Burning")}]
    playlist = [{"name": "Foo-One", "description": "example playlist 1", "song": songs}]
    body = {"example-jukebox:jukebox": {"library": library, "playlist": playlist, "player": {"gap": "0.5"}}}
    assert empty.request("PUT", JUKEBOX, body).status == 204
    return empty


def indexes(server: Server) -> list[int]:
    return [song["index"] for song in server.get(f"{PLAYLIST}/song").json["example-jukebox:song"]]


# -- B.1.1: Retrieve the Top-Level API Resource (and section 3.1) -----------------------------------


def test_b_1_1_host_meta_leads_to_the_root(empty: Server) -> None:
    answer = empty.get("/.well-known/host-meta", headers={"Accept": "application/xrd+xml"})
    assert (answer.status, answer.headers["content-type"]) == (200, "application/xrd+xml")
    assert b"<XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'>" in answer.body
    assert b"<Link rel='restconf' href='/restconf'/>" in answer.body


def test_b_1_1_the_api_resource(empty: Server) -> None:
    answer = empty.get("/restconf", headers={"Accept": JSON_TYPE})
    assert (answer.status, answer.headers["content-type"]) == (200, JSON_TYPE)
    (api,) = answer.json.items()
    assert api == (
        "ietf-restconf:restconf",
        {"data": {}, "operations": {}, "yang-library-version": "2019-01-04"},
    )
    told = empty.get("/restconf", headers=ASK_XML)
    assert (told.status, told.headers["content-type"]) == (200, XML_TYPE)
    assert told.body.startswith(f'<restconf xmlns="{RESTCONF}"><data/><operations/>'.encode())


# -- B.1.2: Retrieve the Server Module Information ------------------------------------------------


def test_b_1_2_the_server_lists_its_modules(empty: Server) -> None:
    answer = empty.get(f"{DATA}/ietf-yang-library:modules-state", headers={"Accept": JSON_TYPE})
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-cache")
    modules = {each["name"]: each for each in answer.json["ietf-yang-library:modules-state"]["module"]}
    jukebox = modules["example-jukebox"]
    assert (jukebox["revision"], jukebox["namespace"]) == ("2016-08-15", SPACE)
    assert jukebox["conformance-type"] == "implement"
    assert modules["ietf-yang-library"]["conformance-type"] == "implement"


# -- B.1.3: Retrieve the Server Capability Information --------------------------------------------


def test_b_1_3_the_server_lists_its_capabilities_in_xml(empty: Server) -> None:
    answer = empty.get(f"{DATA}/{MONITORING}/capabilities", headers=ASK_XML)
    assert (answer.status, answer.headers["content-type"]) == (200, XML_TYPE)
    listed = re.findall(r"<capability>([^<]+)</capability>", answer.body.decode())
    for name in ("depth:1.0", "fields:1.0", "with-defaults:1.0", "defaults:1.0?basic-mode=explicit"):
        assert f"urn:ietf:params:restconf:capability:{name}" in listed


# -- B.2.1: Create New Data Resources --------------------------------------------------------------


def test_b_2_1_an_artist_and_an_album_are_created(empty: Server) -> None:
    artist = {"example-jukebox:artist": [{"name": "Foo Fighters"}]}
    answer = empty.request("POST", LIBRARY, artist)
    assert (answer.status, answer.body) == (201, b"")
    assert answer.headers["location"] == f"{empty.url}{LIBRARY}/artist=Foo%20Fighters"
    assert re.fullmatch(r'"[^"]+"', answer.headers["etag"])
    assert parsedate_to_datetime(answer.headers["last-modified"])
    body = f'<album xmlns="{SPACE}"><name>Wasting Light</name><year>2011</year></album>'
    answer = empty.request("POST", f"{LIBRARY}/artist=Foo%20Fighters", body.encode(), headers=SEND_XML)
    assert (answer.status, answer.headers["location"]) == (201, f"{empty.url}{ALBUM}")
    assert empty.get(f"{ALBUM}/year").json == {"example-jukebox:year": 2011}


# -- B.2.2: Detect Datastore Resource Entity-Tag Change --------------------------------------------


def test_b_2_2_the_datastore_has_an_entity_tag_that_changes(jukebox: Server) -> None:
    before = jukebox.request("HEAD", DATA)
    assert (before.status, before.body) == (200, b"")
    body = f'<genre xmlns="{SPACE}" xmlns:jbox="{SPACE}">jbox:blues</genre>'
    tag = jukebox.get(f"{ALBUM}/genre", headers=ASK_XML).headers["etag"]
    answer = jukebox.request("PATCH", f"{ALBUM}/genre", body.encode(), headers={**SEND_XML, "If-Match": tag})
    assert (answer.status, answer.body) == (204, b"")
    after = jukebox.request("HEAD", DATA)
    assert after.headers["etag"] != before.headers["etag"]


# -- B.2.3: Edit a Datastore Resource --------------------------------------------------------------


def test_b_2_3_the_datastore_is_merged(jukebox: Server) -> None:
    body = (
        f'<data xmlns="{RESTCONF}"><jukebox xmlns="{SPACE}"><library><artist><name>Foo Fighters</name>'
        "<album><name>Wasting Light</name><year>2011</year></album></artist>"
        "<artist><name>Nick Cave and the Bad Seeds</name><album><name>Tender Prey</name><year>1988</year>"
        "</album></artist></library></jukebox></data>"
    )
    answer = jukebox.request("PATCH", DATA, body.encode(), headers=SEND_XML)
    assert (answer.status, answer.body) == (204, b"")
    path = f"{LIBRARY}/artist=Nick%20Cave%20and%20the%20Bad%20Seeds/album=Tender%20Prey/year"
    assert jukebox.get(path).json == {"example-jukebox:year": 1988}
    assert jukebox.get(f"{ALBUM}/song=Rope").status == 200


# -- B.2.4: Replace a Datastore Resource -----------------------------------------------------------


def test_b_2_4_the_datastore_is_replaced(jukebox: Server) -> None:
    body = (
        f'<data xmlns="{RESTCONF}"><jukebox xmlns="{SPACE}"><library><artist><name>Foo Fighters</name>'
        "<album><name>One by One</name><year>2012</year></album></artist></library></jukebox></data>"
    )
    answer = jukebox.request("PUT", DATA, body.encode(), headers=SEND_XML)
    assert (answer.status, answer.body) == (204, b"")
    albums = jukebox.get(f"{LIBRARY}/artist=Foo%20Fighters/album").json["example-jukebox:album"]
    assert albums == [{"name": "One by One", "year": 2012}]
    assert jukebox.get(PLAYLIST).status == 404


# -- B.2.5: Edit a Data Resource -------------------------------------------------------------------


def test_b_2_5_a_data_resource_is_merged(jukebox: Server) -> None:
    path = f"{LIBRARY}/artist=Nick%20Cave%20and%20the%20Bad%20Seeds"
    body = {
        "example-jukebox:artist": [
            {
                "name": "Nick Cave and the Bad Seeds",
                "album": [
                    {"name": "The Good Son", "year": 1990},
                    {"name": "Tender Prey", "year": 1988},
                ],
            }
        ]
    }
    answer = jukebox.request("PATCH", path, body)
    assert (answer.status, answer.body) == (204, b"")
    albums = jukebox.get(f"{path}/album").json["example-jukebox:album"]
    assert {album["name"] for album in albums} == {"The Good Son", "Tender Prey"}


# -- B.3.1: "content" Parameter --------------------------------------------------------------------


def test_b_3_1_content_chooses_configuration_state_or_both(jukebox: Server) -> None:
    both = jukebox.get(f"{DATA}?content=all").json["ietf-restconf:data"]
    config = jukebox.get(f"{DATA}?content=config").json["ietf-restconf:data"]
    state = jukebox.get(f"{DATA}?content=nonconfig").json["ietf-restconf:data"]
    assert {"example-jukebox:jukebox", "ietf-yang-library:yang-library"} <= both.keys()
    assert list(config) == ["example-jukebox:jukebox"]
    assert "example-jukebox:jukebox" not in state
    assert "ietf-yang-library:yang-library" in state


# -- B.3.2: "depth" Parameter ----------------------------------------------------------------------


def test_b_3_2_depth_counts_from_the_target(jukebox: Server) -> None:
    whole = jukebox.get(f"{JUKEBOX}?depth=unbounded").json
    assert whole["example-jukebox:jukebox"]["library"]["artist"][0]["album"][0]["song"]
    assert jukebox.get(f"{JUKEBOX}?depth=1").json == {"example-jukebox:jukebox": {}}
    three = jukebox.get(f"{JUKEBOX}?depth=3").json["example-jukebox:jukebox"]
    assert three["player"] == {"gap": "0.5"}
    # an entry that shows is known by its keys
    assert all(artist.keys() <= {"name", "album"} for artist in three["library"]["artist"])


# -- B.3.3: "fields" Parameter ---------------------------------------------------------------------


def test_b_3_3_fields_choose_what_is_told(jukebox: Server) -> None:
    query = "fields=ietf-yang-library:modules-state/module(name;revision)"
    for path, wanted in (
        (f"{DATA}?{query}", ("ietf-restconf:data", "ietf-yang-library:modules-state")),
        (f"{DATA}/ietf-yang-library:modules-state?fields=module(name;revision)", None),
    ):
        told = jukebox.get(path).json
        if wanted is not None:
            assert list(told) == [wanted[0]]
            assert list(told[wanted[0]]) == [wanted[1]]
            told = told[wanted[0]]
        modules = told["ietf-yang-library:modules-state"]["module"]
        assert {"name": "example-jukebox", "revision": "2016-08-15"} in modules
        assert all(module.keys() == {"name", "revision"} for module in modules)


# -- B.3.4: "insert" Parameter ---------------------------------------------------------------------


def test_b_3_4_an_entry_is_inserted_first(jukebox: Server) -> None:
    body = {"example-jukebox:song": [{"index": 3, "id": song_id("Rope")}]}
    answer = jukebox.request("POST", f"{PLAYLIST}?insert=first", body)
    assert (answer.status, answer.headers["location"]) == (201, f"{jukebox.url}{PLAYLIST}/song=3")
    assert indexes(jukebox) == [3, 1, 2]


# -- B.3.5: "point" Parameter ----------------------------------------------------------------------


def test_b_3_5_an_entry_is_inserted_after_another(jukebox: Server) -> None:
    body = {"example-jukebox:song": [{"index": 3, "id": song_id("Bridge Burning")}]}
    point = "%2Fexample-jukebox%3Ajukebox%2Fplaylist%3DFoo-One%2Fsong%3D1"
    answer = jukebox.request("POST", f"{PLAYLIST}?insert=after&point={point}", body)
    assert (answer.status, answer.headers["location"]) == (201, f"{jukebox.url}{PLAYLIST}/song=3")
    assert indexes(jukebox) == [1, 3, 2]


# -- B.3.9: "with-defaults" Parameter --------------------------------------------------------------


def test_b_3_9_with_defaults_shows_defaults_and_tags_them(examples: Server) -> None:
    path = f"{DATA}/example-defaults:interfaces/interface=eth1"
    body = {"example-defaults:interface": [{"name": "eth1"}]}
    assert examples.request("PUT", path, body).status == 201
    name = "example-defaults:interface"
    assert examples.get(path).json == {name: [{"name": "eth1"}]}
    shown = examples.get(f"{path}?with-defaults=report-all").json[name][0]
    assert shown == {"name": "eth1", "mtu": 1500, "status": "ok"}
    tagged = examples.get(f"{path}?with-defaults=report-all-tagged").json[name][0]
    assert (tagged["mtu"], tagged["@mtu"]) == (1500, {"ietf-netconf-with-defaults:default": True})
    told = examples.get(f"{path}?with-defaults=report-all-tagged", headers=ASK_XML).body.decode()
    assert re.search(
        r'<mtu xmlns:(\w+)="urn:ietf:params:xml:ns:netconf:default:1.0" \1:default="true">1500<', told
    )


# -- sections 3 and 4 ------------------------------------------------------------------------------


def test_3_3_3_the_library_version(empty: Server) -> None:
    answer = empty.get("/restconf/yang-library-version", headers=ASK_XML)
    assert (answer.status, answer.headers["content-type"]) == (200, XML_TYPE)
    assert (
        answer.body == f'<yang-library-version xmlns="{RESTCONF}">2019-01-04</yang-library-version>'.encode()
    )


def test_3_5_3_a_key_is_percent_encoded(jukebox: Server) -> None:
    name = "/media, =?&#%é"
    path = f"{LIBRARY}/artist=%2Fmedia%2C%20%3D%3F%26%23%25%C3%A9"
    answer = jukebox.request("POST", LIBRARY, {"example-jukebox:artist": [{"name": name}]})
    assert (answer.status, answer.headers["location"]) == (201, f"{jukebox.url}{path}")
    assert jukebox.get(path).json == {"example-jukebox:artist": [{"name": name}]}


def test_3_6_3_an_rpc_with_wrong_input_is_told_with_its_place(empty: Server) -> None:
    answer = empty.request(
        "POST", "/restconf/operations/example-ops:reboot", {"example-ops:input": {"delay": -33}}
    )
    assert (answer.status, answer.headers["content-type"]) == (400, JSON_TYPE)
    (error,) = answer.json["ietf-restconf:errors"]["error"]
    assert (error["error-type"], error["error-tag"]) == ("application", "invalid-value")
    assert error["error-path"] == "/example-ops:input/delay"


def test_4_2_head_is_get_without_a_body(jukebox: Server) -> None:
    got, head = jukebox.get(ALBUM), jukebox.request("HEAD", ALBUM)
    assert (head.status, head.body) == (200, b"")
    for name in ("etag", "last-modified", "content-type", "cache-control"):
        assert head.headers[name] == got.headers[name]


def test_4_3_get_tells_the_album(jukebox: Server) -> None:
    answer = jukebox.get(f"{ALBUM}?fields=name;genre;year", headers=ASK_XML)
    assert answer.body.decode() == (
        f'<album xmlns="{SPACE}"><name>Wasting Light</name>'
        f'<genre xmlns:jbox="{SPACE}">jbox:alternative</genre><year>2011</year></album>'
    )


def test_4_4_1_post_creates_the_jukebox(examples: Server) -> None:
    answer = examples.request("POST", DATA, {"example-jukebox:jukebox": {}})
    assert (answer.status, answer.headers["location"]) == (201, f"{examples.url}{JUKEBOX}")
    again = examples.request("POST", DATA, {"example-jukebox:jukebox": {}})
    assert (again.status, again.error["error-tag"]) == (409, "data-exists")


def test_4_5_put_creates_and_replaces_an_album(jukebox: Server) -> None:
    body = {
        "example-jukebox:album": [
            {"name": "Wasting Light", "genre": "example-jukebox:alternative", "year": 2011}
        ]
    }
    assert jukebox.request("DELETE", PLAYLIST).status == 204
    answer = jukebox.request("PUT", ALBUM, body)
    assert (answer.status, answer.body) == (204, b"")
    assert jukebox.get(ALBUM).json == body
    other = jukebox.request("PUT", f"{LIBRARY}/artist=X", {"example-jukebox:artist": [{"name": "X"}]})
    assert other.status == 201


def test_4_6_1_a_plain_patch_merges(jukebox: Server) -> None:
    body = f'<album xmlns="{SPACE}"><year>2012</year></album>'
    assert jukebox.request("PATCH", ALBUM, body.encode(), headers=SEND_XML).status == 204
    assert jukebox.get(f"{ALBUM}/year").json == {"example-jukebox:year": 2012}
    assert jukebox.get(f"{ALBUM}/song=Rope").status == 200


def test_4_7_delete(jukebox: Server) -> None:
    answer = jukebox.request("DELETE", f"{LIBRARY}/artist=Nick%20Cave%20and%20the%20Bad%20Seeds")
    assert (answer.status, answer.body) == (204, b"")
    again = jukebox.request("DELETE", f"{LIBRARY}/artist=Nick%20Cave%20and%20the%20Bad%20Seeds")
    assert (again.status, again.error["error-tag"]) == (404, "invalid-value")


def test_5_2_a_media_type_that_is_not_known(jukebox: Server) -> None:
    refused = jukebox.get(ALBUM, headers={"Accept": "text/html"})
    assert (refused.status, refused.error["error-tag"]) == (406, "invalid-value")
    refused = jukebox.request("PUT", ALBUM, b"{}", headers={"Content-Type": "text/plain"})
    assert (refused.status, refused.error["error-tag"]) == (415, "invalid-value")


def test_7_1_errors_are_told_in_the_encoding_that_was_asked_for(jukebox: Server) -> None:
    body: dict[str, Any] = {"example-jukebox:album": [{"name": "X", "year": 1899}]}
    told = jukebox.request("POST", f"{LIBRARY}/artist=Foo%20Fighters", body, headers=ASK_XML)
    assert (told.status, told.headers["content-type"]) == (400, XML_TYPE)
    text = told.body.decode()
    assert text.startswith(f'<errors xmlns="{RESTCONF}"><error><error-type>application</error-type>')
    assert "<error-tag>invalid-value</error-tag>" in text
    assert f'xmlns:example-jukebox="{SPACE}"' in text


def test_7_1_data_that_exists(jukebox: Server) -> None:
    """The RFC's second example: POST of an entry that is there."""
    answer = jukebox.request("POST", JUKEBOX, {"example-jukebox:playlist": [{"name": "Foo-One"}]})
    (error,) = answer.errors
    assert (answer.status, error["error-type"], error["error-tag"]) == (409, "application", "data-exists")
    assert error["error-path"] == "/example-jukebox:jukebox/playlist[name='Foo-One']"
