"""The first line of a request and its ``Host``, as far as neither gunicorn nor Falcon asks about them.

A request of HTTP/1.1 names its host (RFC 9112 section 3.2). Its target may be a whole URL, whose host then counts instead
(section 3.2.2); one without a path asks ``OPTIONS`` for the server as a whole (section 3.2.4). A method that nobody knows is
501, as is a transfer coding (section 6.1); one that a resource does not take is 405 (RFC 9110 section 9.1).
"""

from __future__ import annotations

import re
from typing import Any, Final, TypeAlias

from pyconfhoard.errors import BadInput, Fault

from .errors import HttpError

__all__ = ["ASTERISK", "METHODS", "understood"]

Scope: TypeAlias = dict[str, Any]

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""Those that some resource takes."""

ASTERISK: Final = "*"
"""The path of an ``OPTIONS`` for the server as a whole (RFC 9110 section 9.3.7)."""

_HOST: Final = re.compile(rb"(?:[\w.~!$&'()*+,;=%-]+|\[[\w.:~!$&'()*+,;=%-]+\])(?::[0-9]*)?")
"""``uri-host [ ":" port ]`` (RFC 9110 section 7.2); a name of any characters that RFC 3986 section 3.2.2 has."""

_KNOWN: Final = frozenset({*METHODS, "TRACE", "CONNECT"})


def understood(scope: Scope) -> tuple[Scope, bool]:
    """The ASGI scope with a path in it where the request has a URL, and whether a body comes with it. Raises
    :class:`HttpError` and :class:`BadInput`."""
    method: str = scope["method"]
    if method not in _KNOWN:
        message = f"the method is none of {', '.join(METHODS)}"
        raise HttpError(501, "operation-not-supported", message, value=method)
    brings = _check_fields(scope)
    path: str = scope["path"]
    if path.startswith("/") or "://" not in path:
        return scope, brings
    authority, slash, below = path.partition("://")[2].partition("/")
    host = authority.encode("latin-1", "replace")
    if not _HOST.fullmatch(host):
        raise _no_host("the URL")
    raw = scope["raw_path"].partition(b"://")[2].partition(b"/")[2]
    others = [(name, value) for name, value in scope["headers"] if name != b"host"]
    path = f"/{below}" if slash else ASTERISK if method == "OPTIONS" else "/"
    return {**scope, "path": path, "raw_path": b"/" + raw, "headers": [(b"host", host), *others]}, brings


def _check_fields(scope: Scope) -> bool:
    """Whether the header announces a body."""
    host = brings = False
    for name, value in scope["headers"]:
        if name == b"host":
            host = True
            if value and not _HOST.fullmatch(value):
                raise _no_host("Host")
        elif name == b"content-length":
            brings = value != b"0"
        elif name == b"transfer-encoding":
            if value.strip().lower() != b"chunked":
                message = "a body comes as it is, or in chunks: no other transfer coding is known here"
                raise HttpError(501, "operation-not-supported", message, value=value.decode("latin-1"))
            brings = True
    if not host and scope["http_version"] == "1.1":
        message = "a request of HTTP/1.1 has a Host header"
        raise BadInput(Fault("malformed-message", message, type="transport"))
    return brings


def _no_host(where: str) -> BadInput:
    return BadInput(Fault("malformed-message", f"{where} names no host", type="transport"))
