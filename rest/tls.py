"""TLS: the certificate that the server shows, taken anew when its files change, and one of its own on request.

The context is made once and lives as long as the server: a certificate that is loaded into it later counts for connections
from then on, and those that are open stay. So a renewal (certbot, a copy over the files) needs no restart. A file that cannot be
loaded is told in the log, and the certificate from before serves on.

The certificate of :func:`make_self_signed` is made by the ``openssl`` command, which machines that speak TLS have: a
library that can do it would be as large as the hoard.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import ssl
import subprocess
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.settings import Settings

__all__ = ["DAYS", "LOOK", "Certificate", "certificate_of", "make_self_signed"]

LOOK: Final = 5.0
"""Seconds between two looks at the files."""
DAYS: Final = 825
"""How long a certificate of :func:`make_self_signed` is good: browsers take none that is longer."""

_LOG: Final = logging.getLogger("pyconfhoard.rest")


class Certificate:
    """A certificate with its chain in the file ``cert``, and its key in ``key`` (PEM). ``protocols`` are those of ALPN, best
    first. ``clients`` are the authorities of clients that show a certificate; they may leave it."""

    def __init__(
        self, cert: Path, key: Path, protocols: tuple[str, ...] = (), clients: Path | None = None
    ) -> None:
        self.cert = cert
        self.key = key
        self._protocols = protocols
        self._clients = clients
        self._stamp: tuple[object, ...] = ()
        self._context: ssl.SSLContext | None = None
        self._timer: asyncio.TimerHandle | None = None

    def context(self) -> ssl.SSLContext:
        """The context to serve with. Raises :class:`BadInput` for files that cannot be used."""
        if self._context is None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            if self._protocols:
                context.set_alpn_protocols(list(self._protocols))
            self._stamp = self._stamp_now()
            self._load(context)
            if self._clients is not None:
                _take_clients(context, self._clients)
            self._context = context
        return self._context

    def look(self) -> bool:
        """Load the files again if they are others; whether they were."""
        stamp = self._stamp_now()
        if self._context is None or stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            trial = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._load(trial)  # a half-written file must not get into the context that serves
            self._load(self._context)
        except BadInput as error:
            _LOG.error("%s; the certificate from before serves on", error)
            return False
        _LOG.info("the certificate in %s is served from now on", self.cert)
        return True

    def watch(self, call_later: Callable[..., asyncio.TimerHandle], seconds: float = LOOK) -> None:
        """Look every so many seconds, as long as the loop runs."""
        self.look()
        self._timer = call_later(seconds, self.watch, call_later, seconds)

    def _load(self, context: ssl.SSLContext) -> None:
        try:
            context.load_cert_chain(self.cert, self.key, password=_no_password)
        except (OSError, ssl.SSLError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            message = f"the certificate {self.cert} with the key {self.key} cannot be used: {why}"
            raise BadInput(Fault("invalid-value", message)) from error

    def _stamp_now(self) -> tuple[object, ...]:
        stamps: list[object] = []
        for file in (self.cert, self.key):
            try:
                found = os.stat(file)
            except OSError:
                stamps.append(None)
            else:
                stamps.append((found.st_mtime_ns, found.st_size, found.st_ino))
        return tuple(stamps)


def _take_clients(context: ssl.SSLContext, authorities: Path) -> None:
    try:
        context.load_verify_locations(authorities)
    except (OSError, ssl.SSLError) as error:
        message = f"the authorities in {authorities} cannot be used: {error.strerror or error}"
        raise BadInput(Fault("invalid-value", message)) from error
    context.verify_mode = ssl.CERT_OPTIONAL


def _no_password() -> str:
    raise ValueError("the key is encrypted: nobody is there to type its password")


def certificate_of(settings: Settings, protocols: tuple[str, ...] = ()) -> Certificate | None:
    """The certificate that settings name; None where there is no TLS."""
    if settings.tls_cert is not None:
        return Certificate(
            settings.tls_cert, settings.tls_key or settings.tls_cert, protocols, settings.tls_clients
        )
    if settings.self_signed:
        return Certificate(
            settings.run / "tls.crt", settings.run / "tls.key", protocols, settings.tls_clients
        )
    return None


def make_self_signed(cert: Path, key: Path, host: str) -> bool:
    """Make a certificate for this machine and the address ``host``, unless it is there; whether it was made.

    It names ``localhost``, the loopback addresses, the machine's name, also with ``.local``, and ``host``. The key is
    readable by its owner only. Raises :class:`BadInput` where ``openssl`` is not there or cannot.
    """
    if cert.exists() and key.exists():
        return False
    cert.parent.mkdir(parents=True, exist_ok=True)
    names = ",".join(_alternatives(host))
    mine = cert.with_name(f"{cert.name}.new")
    secret = key.with_name(f"{key.name}.new")
    secret.unlink(missing_ok=True)
    os.close(os.open(secret, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    command += ["-nodes", "-sha256", "-days", str(DAYS), "-subj", f"/CN={socket.gethostname()[:64]}"]
    command += ["-addext", f"subjectAltName={names}", "-keyout", str(secret), "-out", str(mine)]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)  # noqa: S603
    except (OSError, subprocess.SubprocessError) as error:
        why = getattr(error, "stderr", "") or str(error)
        message = f"no self-signed certificate can be made: {why.strip()}; install openssl, or name one by --tls-cert"
        raise BadInput(Fault("operation-failed", message)) from error
    secret.replace(key)
    mine.replace(cert)
    return True


def _alternatives(host: str) -> list[str]:
    name = socket.gethostname()
    names = dict.fromkeys(("DNS:localhost", f"DNS:{name}", f"DNS:{name.partition('.')[0]}.local"))
    for address in ("127.0.0.1", "::1", host):
        try:
            if not ip_address(address).is_unspecified:
                names[f"IP:{address}"] = None
        except ValueError:
            if address:
                names[f"DNS:{address}"] = None
    return list(names)
