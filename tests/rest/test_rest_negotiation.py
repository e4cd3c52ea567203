"""rest/negotiation.py: media types."""

import pytest

from rest.errors import HttpError
from rest.media_types import BOTH, DATA, DATA_FIRST, DATA_XML, JSON, PATCH_XML, PLAIN_FIRST, XML
from rest.negotiation import check_body_coding, check_body_type, choose


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, DATA),
        ("", DATA),
        ("*/*", DATA),
        ("application/*", DATA),
        (DATA, DATA),
        (JSON, JSON),
        ("application/json;q=0.5, application/yang-data+json;q=0.9", DATA),
        ("application/json, application/yang-data+json;q=0.9", JSON),
        ("text/html, */*;q=0.1", DATA),
        ("*/*, application/yang-data+json;q=0", JSON),
        ("APPLICATION/JSON", JSON),
        ("nonsense, application/json", JSON),
        ("nonsense", DATA),
        ("x/y;q=z", DATA),
    ],
)
def test_accept_chooses_the_best_offer(accept: str | None, chosen: str) -> None:
    assert choose(accept, DATA_FIRST) == chosen


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (f"{DATA_XML}, {DATA}", DATA_XML),
        (f"{DATA}, {DATA_XML}", DATA),
        (f"{JSON}, {DATA_XML}", JSON),
        (f"{DATA};q=0.9, {DATA_XML};q=0.9", DATA),
        (f"{DATA};q=0.4, {DATA_XML}", DATA_XML),
        (f"text/html, {XML};q=0.9, */*;q=0.8", XML),
    ],
)
def test_of_what_is_wanted_equally_the_first_is_chosen(accept: str, chosen: str) -> None:
    assert choose(accept) == chosen


@pytest.mark.parametrize(
    ("accept", "sent", "chosen"),
    [
        (None, DATA_XML, DATA_XML),
        ("", PATCH_XML, DATA_XML),
        ("nonsense", f"{XML}; charset=utf-8", DATA_XML),
        (None, JSON, DATA),
        (None, "text/plain", DATA),
        (DATA, DATA_XML, DATA),
        ("*/*", DATA_XML, DATA),
    ],
)
def test_without_an_accept_header_the_encoding_of_the_body_is_chosen(
    accept: str | None, sent: str, chosen: str
) -> None:
    """RFC 8040 section 5.2."""
    assert choose(accept, BOTH, sent) == chosen


def test_v1_prefers_plain_json() -> None:
    assert choose("text/html,application/xhtml+xml,*/*;q=0.8", PLAIN_FIRST) == JSON


@pytest.mark.parametrize(
    "accept", ["application/yang-data+xml", "text/html", "application/json;q=0", "*/*;q=0"]
)
def test_accept_that_nothing_suits_is_406(accept: str) -> None:
    with pytest.raises(HttpError) as raised:
        choose(accept, DATA_FIRST)
    assert raised.value.status == 406


@pytest.mark.parametrize(
    "given", [DATA, JSON, "application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"']
)
def test_body_types_are_json_in_utf8(given: str) -> None:
    check_body_type(given)


@pytest.mark.parametrize(
    "given", [None, "", "text/plain", "application/yang-data+xml", "application/json; charset=latin-1"]
)
def test_other_body_types_are_415_and_tell_which_are_right(given: str | None) -> None:
    with pytest.raises(HttpError) as raised:
        check_body_type(given)
    assert raised.value.status == 415
    assert DATA in raised.value.headers["Accept-Patch"]
    assert raised.value.faults[0].legal == DATA_FIRST


@pytest.mark.parametrize("given", [None, "", "identity", "Identity"])
def test_a_body_that_is_not_coded_is_read(given: str | None) -> None:
    check_body_coding(given)


@pytest.mark.parametrize("given", ["gzip", "br", "identity, gzip"])
def test_a_body_that_is_compressed_is_415_and_says_which_coding_is_read(given: str) -> None:
    with pytest.raises(HttpError, match="without Content-Encoding") as caught:
        check_body_coding(given)
    assert caught.value.status == 415
    assert caught.value.headers == {"Accept-Encoding": "identity"}
