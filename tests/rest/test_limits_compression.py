"""Answers in gzip: for those who ask, with tags of their own."""

import gzip
import json
import zlib
from collections.abc import Iterator

import pytest
from serving import Answer, Server

from rest.compression import asks, same_tag

SHOP = "/restconf/data/workshop:shop"
GZIP = {"Accept-Encoding": "gzip"}


@pytest.fixture
def stocked(workshop: Server) -> Iterator[Server]:
    tools = [{"name": f"tool-{number}", "weight": f"{number % 90}.25"} for number in range(4000)]
    answer = workshop.request("PUT", SHOP, {"workshop:shop": {"title": "full", "tool": tools}})
    assert answer.status == 201
    return workshop


def plain(answer: Answer) -> bytes:
    assert answer.headers["content-encoding"] == "gzip"
    return gzip.decompress(answer.body)


def test_a_large_answer_is_coded_while_it_streams(stocked: Server) -> None:
    as_is, coded = stocked.get(SHOP), stocked.get(SHOP, headers=GZIP)
    assert plain(coded) == as_is.body
    assert len(coded.body) < len(as_is.body) / 5
    assert "content-encoding" not in as_is.headers
    assert coded.headers["transfer-encoding"] == "chunked"


def test_an_answer_of_one_piece_is_coded_with_its_length(stocked: Server) -> None:
    coded = stocked.get("/openapi.json", headers=GZIP)
    assert int(coded.headers["content-length"]) == len(coded.body)
    assert json.loads(plain(coded))["openapi"]


def test_small_answers_and_those_without_a_body_are_as_they_are(stocked: Server) -> None:
    for path in (f"{SHOP}/title", "/healthz"):
        answer = stocked.get(path, headers=GZIP)
        assert "content-encoding" not in answer.headers
        assert answer.json
    assert "content-encoding" not in stocked.patch(SHOP, {"workshop:shop": {"load": 3}}, headers=GZIP).headers


def test_who_does_not_ask_or_refuses_gets_none(stocked: Server) -> None:
    for wanted in ("identity", "br", "gzip;q=0", "identity, gzip;q=0.5", "gzip;q=x"):
        assert "content-encoding" not in stocked.get(SHOP, headers={"Accept-Encoding": wanted}).headers, (
            wanted
        )
    for wanted in ("br, gzip", "*", "GZIP;q=0.1", "x-gzip", "gzip;q=1.0, identity; q=0.5"):
        assert asks({"headers": [(b"accept-encoding", wanted.encode())]}), wanted


def test_tags_differ_by_coding_and_name_the_same_state(stocked: Server) -> None:
    as_is, coded = stocked.get(SHOP).headers["etag"], stocked.get(SHOP, headers=GZIP).headers["etag"]
    assert coded == as_is[:-1] + '+gzip"'
    for tag in (as_is, coded):
        known = stocked.get(SHOP, headers=GZIP | {"If-None-Match": tag})
        assert (known.status, known.body, known.headers["etag"]) == (304, b"", tag)
        assert stocked.get(SHOP, headers={"If-None-Match": tag}).status == 304
    changed = stocked.patch(SHOP, {"workshop:shop": {"load": 1}}, headers={"If-Match": coded})
    assert changed.status == 204
    assert stocked.patch(SHOP, {"workshop:shop": {"load": 2}}, headers={"If-Match": coded}).status == 412
    assert stocked.get(SHOP, headers=GZIP | {"If-None-Match": coded}).status == 200


def test_the_description_and_the_model_are_known_by_either_tag(workshop: Server) -> None:
    for path in ("/openapi.json", "/v1/schema"):
        tag = workshop.get(path, headers=GZIP).headers["etag"]
        assert tag.endswith('+gzip"')
        assert workshop.get(path, headers=GZIP | {"If-None-Match": tag}).status == 304
        assert workshop.get(path, headers={"If-None-Match": tag.replace("+gzip", "")}).status == 304
    assert same_tag('"a", W/"b+gzip"', '"b"')
    assert not same_tag('"a", "b+br"', '"b"')


def test_head_tells_what_get_would_say(stocked: Server) -> None:
    got, head = (stocked.request(method, "/openapi.json", headers=GZIP) for method in ("GET", "HEAD"))
    assert head.body == b""
    for name in ("content-encoding", "etag", "vary", "content-type"):
        assert head.headers[name] == got.headers[name]


def test_caches_are_told_what_the_answer_depends_on(stocked: Server) -> None:
    for path in (
        SHOP,
        f"{SHOP}/title",
        "/restconf",
        "/openapi.json",
        "/v1/schema",
        "/v1/discover",
        "/docs/docs.js",
    ):
        assert "Accept-Encoding" in stocked.get(path).headers["vary"], path


def test_errors_and_xml_are_coded_too(stocked: Server) -> None:
    xml = stocked.get(SHOP, headers=GZIP | {"Accept": "application/yang-data+xml"})
    assert plain(xml).startswith(b"<shop ")
    wrong = stocked.patch(SHOP, {"workshop:shop": {f"no{n}": 1 for n in range(50)}}, headers=GZIP)
    assert wrong.status == 400
    assert len(json.loads(plain(wrong))["ietf-restconf:errors"]["error"]) == 50


def test_a_client_that_reads_piece_by_piece_can_decode_piece_by_piece(stocked: Server) -> None:
    decoder = zlib.decompressobj(16 + zlib.MAX_WBITS)
    coded = stocked.get(SHOP, headers=GZIP).body
    text = b"".join(decoder.decompress(coded[at : at + 1000]) for at in range(0, len(coded), 1000))
    assert decoder.eof
    assert json.loads(text)["workshop:shop"]["title"] == "full"
