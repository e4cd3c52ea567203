"""RFC 8040: the examples within its sections, request by request. Appendix B is in test_rfc8040_examples.py; the operations of
section 3.6, answered by a Thing, are in test_rest_operations.py."""

import re
from typing import Any

import pytest
from event_client import listening
from rfc8040_jukebox import (
    ALBUM,
    ASK_XML,
    FOO_FIGHTERS,
    JSON_TYPE,
    JUKEBOX,
    LIBRARY,
    MONITORING,
    NICK_CAVE,
    PLAYLIST,
    RESTCONF,
    SEND_XML,
    SPACE,
    XML_TYPE,
)
from serving import Server
from workshop_paths import DATA

OPS = "https://example.com/ns/example-ops"
WHOLE = {
    "example-jukebox:album": [{"name": "Wasting Light", "genre": "example-jukebox:alternative", "year": 2011}]
}


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


INPUT: dict[str, Any] = {"message": "Going down for system maintenance", "language": "en-US"}


def test_3_6_3_a_wrong_input_is_told_with_its_place(empty: Server) -> None:
    """As an error of the application, which a value out of its type is (RFC 7950 section 8.3.1); the message tells what is
    legal."""
    path = "/restconf/operations/example-ops:reboot"
    answer = empty.request("POST", path, {"example-ops:input": {"delay": -33, **INPUT}})
    assert (answer.status, answer.headers["content-type"]) == (400, JSON_TYPE)
    assert (answer.error["error-type"], answer.error["error-tag"]) == ("application", "invalid-value")
    assert answer.error["error-path"] == "/example-ops:input/delay"
    members = "".join(f"<{name}>{value}</{name}>" for name, value in {"delay": -33, **INPUT}.items())
    told = empty.request("POST", path, f'<input xmlns="{OPS}">{members}</input>'.encode(), headers=SEND_XML)
    assert (told.status, told.headers["content-type"]) == (400, XML_TYPE)
    found = re.search(
        r'<error-path xmlns:([\w-]+)="([^"]+)">/\1:input/\1:delay</error-path>', told.body.decode()
    )
    assert found is not None
    assert found[2] == OPS


def test_3_7_the_schema_of_a_module_is_found_and_fetched(empty: Server) -> None:
    path = f"{DATA}/ietf-yang-library:modules-state/module=example-jukebox,2016-08-15/schema"
    answer = empty.get(path, headers={"Accept": JSON_TYPE})
    assert (answer.status, answer.headers["content-type"]) == (200, JSON_TYPE)
    ((name, url),) = answer.json.items()
    assert name == "ietf-yang-library:schema"
    assert url.startswith(f"{empty.url}/")
    text = empty.get(url.removeprefix(empty.url), headers={"Accept": "application/yang"})
    assert (text.status, text.headers["content-type"]) == (200, "application/yang")
    assert text.body.startswith(b"module example-jukebox {")


def test_4_2_head_is_get_without_a_body(jukebox: Server) -> None:
    got, head = jukebox.get(ALBUM), jukebox.request("HEAD", ALBUM)
    assert (head.status, head.body) == (200, b"")
    for name in ("etag", "last-modified", "content-type", "cache-control"):
        assert head.headers[name] == got.headers[name]


def test_4_3_get_tells_the_album_in_xml(jukebox: Server) -> None:
    """The prefix of an identity is declared where it stands."""
    assert jukebox.request("DELETE", PLAYLIST).status == 204, "its songs refer to those of the album"
    assert jukebox.request("PUT", ALBUM, WHOLE).status == 204
    answer = jukebox.get(ALBUM, headers=ASK_XML)
    assert (answer.status, answer.headers["content-type"]) == (200, XML_TYPE)
    assert answer.headers["cache-control"] == "no-cache"
    assert {"etag", "last-modified"} <= answer.headers.keys()
    assert answer.body.decode() == (
        f'<album xmlns="{SPACE}"><name>Wasting Light</name>'
        f'<genre xmlns:jbox="{SPACE}">jbox:alternative</genre><year>2011</year></album>'
    )


def test_4_4_1_post_creates_the_jukebox(examples: Server) -> None:
    answer = examples.request("POST", DATA, {"example-jukebox:jukebox": {}})
    assert (answer.status, answer.headers["location"]) == (201, f"{examples.url}{JUKEBOX}")
    assert {"etag", "last-modified"} <= answer.headers.keys()


def test_4_4_2_post_invokes_an_operation(jukebox: Server) -> None:
    """Nobody plays here: the input is found right, and then that nobody answers."""
    path = "/restconf/operations/example-jukebox:play"
    answer = jukebox.request(
        "POST", path, {"example-jukebox:input": {"playlist": "Foo-One", "song-number": 2}}
    )
    assert (answer.status, answer.error["error-tag"]) == (501, "operation-not-supported")
    assert jukebox.request("POST", path, {"example-jukebox:input": {"playlist": "Foo-One"}}).status == 400


@pytest.mark.parametrize("encoding", ["json", "xml"])
def test_4_5_put_replaces_an_album(jukebox: Server, encoding: str) -> None:
    assert jukebox.request("DELETE", PLAYLIST).status == 204, "its songs refer to those of the album"
    text = (
        f'<album xmlns="{SPACE}" xmlns:jbox="{SPACE}"><name>Wasting Light</name>'
        "<genre>jbox:alternative</genre><year>2011</year></album>"
    )
    if encoding == "xml":
        answer = jukebox.request("PUT", ALBUM, text.encode(), headers=SEND_XML)
    else:
        answer = jukebox.request("PUT", ALBUM, WHOLE)
    assert (answer.status, answer.body) == (204, b"")
    assert {"etag", "last-modified"} <= answer.headers.keys()
    assert jukebox.get(ALBUM).json == WHOLE


def test_4_5_put_creates_an_album(empty: Server) -> None:
    assert (
        empty.request("POST", LIBRARY, {"example-jukebox:artist": [{"name": "Foo Fighters"}]}).status == 201
    )
    answer = empty.request("PUT", ALBUM, WHOLE)
    assert (answer.status, answer.headers["location"]) == (201, f"{empty.url}{ALBUM}")


def test_4_6_1_a_plain_patch_merges_without_the_key_in_its_body(jukebox: Server) -> None:
    tag = jukebox.get(ALBUM, headers=ASK_XML).headers["etag"]
    body = f'<album xmlns="{SPACE}"><year>2012</year></album>'.encode()
    answer = jukebox.request("PATCH", ALBUM, body, headers={**SEND_XML, "If-Match": tag})
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["etag"] != tag
    assert jukebox.get(f"{ALBUM}/year").json == {"example-jukebox:year": 2012}
    assert jukebox.get(f"{ALBUM}/song=Rope").status == 200


def test_4_7_delete(jukebox: Server) -> None:
    assert jukebox.request("DELETE", PLAYLIST).status == 204
    answer = jukebox.request("DELETE", ALBUM)
    assert (answer.status, answer.body) == (204, b"")
    again = jukebox.request("DELETE", ALBUM)
    assert (again.status, again.error["error-tag"]) == (404, "invalid-value")


def test_5_2_a_media_type_that_is_not_known(jukebox: Server) -> None:
    refused = jukebox.get(ALBUM, headers={"Accept": "text/html"})
    assert (refused.status, refused.error["error-tag"]) == (406, "invalid-value")
    refused = jukebox.request("PUT", ALBUM, b"{}", headers={"Content-Type": "text/plain"})
    assert (refused.status, refused.error["error-tag"]) == (415, "invalid-value")


def test_5_3_defaults_are_tagged_in_both_encodings(examples: Server) -> None:
    path = f"{DATA}/example:interfaces/interface=eth1"
    assert examples.request("PUT", path, {"example:interface": [{"name": "eth1"}]}).status == 201
    (entry,) = examples.get(f"{path}?with-defaults=report-all-tagged").json["example:interface"]
    assert (entry["mtu"], entry["@mtu"]) == (1500, {"ietf-netconf-with-defaults:default": True})
    told = examples.get(f"{path}?with-defaults=report-all-tagged", headers=ASK_XML).body.decode()
    assert re.search(
        r'<mtu xmlns:(\w+)="urn:ietf:params:xml:ns:netconf:default:1.0" \1:default="true">1500</mtu>', told
    )


def test_6_2_and_6_3_a_stream_is_found_and_listened_to(examples: Server) -> None:
    streams = examples.get(f"{DATA}/{MONITORING}/streams", headers=ASK_XML)
    assert (streams.status, streams.headers["content-type"]) == (200, XML_TYPE)
    text = streams.body.decode()
    assert text.startswith(
        '<streams xmlns="urn:ietf:params:xml:ns:yang:ietf-restconf-monitoring"><stream><name>'
    )
    (netconf,) = re.findall(r"<stream><name>NETCONF</name>.*?</stream>", text)
    assert "<replay-support>true</replay-support><replay-log-creation-time>" in netconf
    for encoding in ("xml", "json"):
        path = f"{DATA}/{MONITORING}/streams/stream=NETCONF/access={encoding}/location"
        told = examples.get(path, headers=ASK_XML).body.decode()
        found = re.fullmatch(
            r'<location xmlns="urn:ietf:params:xml:ns:yang:ietf-restconf-monitoring">([^<]+)</location>', told
        )
        assert found is not None
        assert f"<encoding>{encoding}</encoding><location>{found[1]}</location>" in netconf
        with listening(
            examples, found[1].removeprefix(examples.url), Accept_Encoding="gzip, deflate"
        ) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")


def test_7_1_a_datastore_that_is_locked(jukebox: Server) -> None:
    """The RFC's first example tells "lock-denied"; its section 1.4 demands "in-use", and so it is."""
    operation = "/restconf/operations/pyconfhoard-locks"
    session = jukebox.request("POST", f"{operation}:lock").json["pyconfhoard-locks:output"]["session"]
    try:
        answer = jukebox.request("DELETE", NICK_CAVE, headers={"Accept": JSON_TYPE})
        assert (answer.status, answer.headers["content-type"]) == (409, JSON_TYPE)
        assert (answer.error["error-type"], answer.error["error-tag"]) == ("protocol", "in-use")
    finally:
        headers = {"PyConfHoard-Session": session}
        assert jukebox.request("POST", f"{operation}:unlock", headers=headers).status == 204


def test_7_1_data_that_exists(jukebox: Server) -> None:
    """The RFC's second example has no body, which is no way to create anything, and an error-path that begins above the
    datastore. In both encodings, with a body:"""
    answer = jukebox.request("POST", DATA, {"example-jukebox:jukebox": {}})
    assert (answer.status, answer.headers["content-type"]) == (409, JSON_TYPE)
    assert (answer.error["error-type"], answer.error["error-tag"]) == ("application", "data-exists")
    assert answer.error["error-path"] == "/example-jukebox:jukebox"
    told = jukebox.request("POST", DATA, f'<jukebox xmlns="{SPACE}"/>'.encode(), headers=SEND_XML)
    assert (told.status, told.headers["content-type"]) == (409, XML_TYPE)
    text = told.body.decode()
    assert text.startswith(f'<errors xmlns="{RESTCONF}"><error><error-type>application</error-type>')
    assert "<error-tag>data-exists</error-tag>" in text
    assert re.search(rf'<error-path xmlns:([\w-]+)="{SPACE}">/\1:jukebox</error-path>', text)
    assert jukebox.request("POST", JUKEBOX).status == 400


def test_7_1_errors_are_told_in_the_encoding_that_was_asked_for(jukebox: Server) -> None:
    body = {"example-jukebox:album": [{"name": "X", "year": 1899}]}
    told = jukebox.request("POST", FOO_FIGHTERS, body, headers=ASK_XML)
    assert (told.status, told.headers["content-type"]) == (400, XML_TYPE)
    assert (
        jukebox.request("DELETE", f"{NICK_CAVE}/album=X", headers=ASK_XML).headers["content-type"] == XML_TYPE
    )
