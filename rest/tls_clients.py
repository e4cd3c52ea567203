"""Which certificate the client of a connection has shown.

ASGI does not tell, so it is kept beside: by the client's address and port, from the handshake to the end of the
connection. It has been verified against the setting ``tls_clients`` by then.
"""

from __future__ import annotations

import asyncio
import ssl
from typing import Any, Final

from pyconfhoard.access.certificates import PeerCertificate, names_in

__all__ = ["forget", "remember", "shown_by"]

_SHOWN: Final[dict[tuple[str, int], PeerCertificate]] = {}


def remember(transport: asyncio.Transport) -> None:
    """A connection begins."""
    secure = transport.get_extra_info("ssl_object")
    peer = transport.get_extra_info("peername")
    if secure is None or not peer:
        return
    der = secure.getpeercert(binary_form=True)
    if der:
        _SHOWN[peer[0], peer[1]] = _certificate(der, secure.getpeercert(), secure.context)


def forget(transport: asyncio.Transport) -> None:
    """It is over."""
    peer = transport.get_extra_info("peername")
    if peer and _SHOWN:
        _SHOWN.pop((peer[0], peer[1]), None)


def shown_by(client: Any) -> PeerCertificate | None:
    """The certificate of the client (address, port) of a request; None where it has shown none."""
    return _SHOWN.get((client[0], client[1])) if client and _SHOWN else None


def _certificate(der: bytes, told: dict[str, Any], context: ssl.SSLContext) -> PeerCertificate:
    authorities = list(zip(context.get_ca_certs(), context.get_ca_certs(binary_form=True), strict=True))
    above: list[bytes] = []
    issuer = told.get("issuer")
    while len(above) <= len(authorities):
        found = next((pair for pair in authorities if pair[0].get("subject") == issuer), None)
        if found is None or found[1] in above:
            break
        above.append(found[1])
        issuer = found[0].get("issuer")
    names = tuple((kind, text) for kind, text in told.get("subjectAltName", ()) if isinstance(text, str))
    common = dict(names_in(told.get("subject", ()))).get("commonName", "")
    return PeerCertificate(der, tuple(above), names, common)
