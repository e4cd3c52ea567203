"""Client certificates to names, as RFC 7407 maps them."""

import hashlib

import pytest

from pyconfhoard.access.certificates import Mapping, PeerCertificate, name_of

SHOWN = PeerCertificate(
    b"leaf",
    (b"middle", b"root"),
    (("DNS", "Host.Example.com"), ("email", "Ann@Example.COM"), ("IP Address", "192.0.2.7")),
    "ann the brewer",
)


def mapping(of: bytes, kind: str, name: str = "", number: int = 4) -> Mapping:
    digest = {1: "md5", 4: "sha256", 6: "sha512"}.get(number, "sha256")
    fingerprint = (number, hashlib.new(digest, of).digest())
    return Mapping(fingerprint, f"ietf-x509-cert-to-name:{kind}", name)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("specified", "given"),
        ("common-name", "ann the brewer"),
        ("san-dns-name", "host.example.com"),
        ("san-rfc822-name", "Ann@example.com"),
        ("san-ip-address", "192.0.2.7"),
        ("san-any", "host.example.com"),
    ],
)
def test_name_is_taken_from_where_the_entry_says(kind, name):
    assert name_of(SHOWN, [mapping(b"leaf", kind, "given")]) == name


@pytest.mark.parametrize("of", [b"leaf", b"middle", b"root"])
@pytest.mark.parametrize("number", [1, 4, 6])
def test_fingerprint_is_that_of_the_certificate_or_of_one_above_it(of, number):
    assert name_of(SHOWN, [mapping(of, "specified", "ann", number)]) == "ann"


def test_entries_are_tried_in_their_order_until_one_gives_a_name():
    entries = [
        mapping(b"other", "specified", "wrong"),
        mapping(b"leaf", "specified", "never", number=99),
        mapping(b"root", "san-dns-name"),
        mapping(b"root", "specified", "later"),
    ]
    assert name_of(PeerCertificate(b"leaf", (b"root",)), entries) == "later"
    assert name_of(SHOWN, entries) == "host.example.com"
    assert name_of(SHOWN, entries[:2]) == ""
