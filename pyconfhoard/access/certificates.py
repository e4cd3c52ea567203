"""Client certificates to user names: the list ``cert-to-name`` of RFC 7407, which is searched in the order of its ids.

An entry matches by the fingerprint of the certificate itself, or of a certificate authority that stands above it and that
we hold. TLS has verified the certificate before it comes here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from pyconfhoard.tree import Branch

__all__ = ["Mapping", "PeerCertificate", "mapping_of", "name_of", "names_in"]

_HASHES: Final = {1: "md5", 2: "sha1", 3: "sha224", 4: "sha256", 5: "sha384", 6: "sha512"}
"""RFC 5246 section 7.4.1.4.1: the first octet of a fingerprint."""

_ALTERNATIVES: Final = {
    "ietf-x509-cert-to-name:san-rfc822-name": ("email",),
    "ietf-x509-cert-to-name:san-dns-name": ("DNS",),
    "ietf-x509-cert-to-name:san-ip-address": ("IP Address",),
    "ietf-x509-cert-to-name:san-any": ("email", "DNS", "IP Address"),
}
_COMMON_NAME: Final = "ietf-x509-cert-to-name:common-name"
_SPECIFIED: Final = "ietf-x509-cert-to-name:specified"


@dataclass(frozen=True, slots=True)
class PeerCertificate:
    """What a client showed: ``der``, the certificate; ``authorities``, those above it that we hold; ``names``, its
    alternative names by kind (``DNS``, ``email``, ``IP Address``); ``common_name`` of its subject."""

    der: bytes
    authorities: tuple[bytes, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    common_name: str = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """An entry of the list. ``fingerprint``: the number of a hash, and the hash."""

    fingerprint: tuple[int, bytes]
    kind: str
    name: str = ""


def mapping_of(entry: Branch) -> Mapping:
    """An entry of a running root."""
    raw = bytes.fromhex(entry["fingerprint"].replace(":", ""))
    return Mapping((raw[0], raw[1:]), entry["map-type"], entry.get("name") or "")


def name_of(certificate: PeerCertificate, mappings: Iterable[Mapping]) -> str:
    """The user's name; empty where no entry gives one."""
    for mapping in mappings:
        if _matches(certificate, mapping.fingerprint):
            name = next(_names(certificate, mapping), "")
            if name:
                return name
    return ""


def _matches(certificate: PeerCertificate, fingerprint: tuple[int, bytes]) -> bool:
    number, wanted = fingerprint
    if number not in _HASHES:
        return False
    return any(
        hashlib.new(_HASHES[number], der, usedforsecurity=False).digest() == wanted
        for der in (certificate.der, *certificate.authorities)
    )


def _names(certificate: PeerCertificate, mapping: Mapping) -> Iterator[str]:
    if mapping.kind == _SPECIFIED:
        yield mapping.name
    elif mapping.kind == _COMMON_NAME:
        yield certificate.common_name
    for kind, text in certificate.names:
        if kind in _ALTERNATIVES.get(mapping.kind, ()):
            yield _canonical(kind, text)


def _canonical(kind: str, text: str) -> str:
    """As RFC 7407 has it: names of hosts in lower case, of a mail address its host part."""
    if kind == "email":
        local, at, host = text.rpartition("@")
        return f"{local}{at}{host.lower()}"
    return text.lower()


def names_in(fields: Any) -> Iterator[tuple[str, str]]:
    """The pairs of a name as :meth:`ssl.SSLSocket.getpeercert` has it."""
    for relative in fields:
        yield from relative
