"""Which certificate a client takes for the hoard's: that of the public authorities, or a file.

A hoard with a certificate of its own making (``--self-signed``) is trusted by its file: nothing else is then, so that nobody in
between can show another one. ``ssl`` is imported when it is needed: most Things speak to a hoard on their own machine.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pyconfhoard.errors import LinkError

if TYPE_CHECKING:
    import ssl

__all__ = ["client_context"]


def client_context(trust: Path | None, *, verified: bool = True) -> ssl.SSLContext:
    """How to speak TLS to a hoard: ``trust`` has the certificates to trust (PEM); None: those that the system has. Not
    ``verified`` is for who tells nothing and asks no more than whether somebody answers.

    Raises :class:`LinkError` for a file that cannot be read."""
    import ssl  # noqa: PLC0415

    try:
        context = ssl.create_default_context(cafile=None if trust is None else str(trust))
    except OSError as error:  # ssl.SSLError is one
        raise LinkError(f"the certificates in {trust} cannot be read: {error.strerror or error}") from error
    if not verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
