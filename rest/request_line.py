"""The first line of a request and its ``Host``, as far as neither gunicorn nor Falcon asks about them.

A request of HTTP/1.1 names its host (RFC 9112 section 3.2). Its target may be a whole URL, whose host then counts instead
(section 3.2.2). A method that nobody knows is 501, one that a resource does not take is 405 (RFC 9110 section 9.1).
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from pyconfhoard.errors import BadInput, Fault

from .errors import HttpError

__all__ = ["ASTERISK", "METHODS", "understood"]

Scope: TypeAlias = dict[str, Any]

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""Those that some resource takes."""

ASTERISK: Final = "*"
"""The path of an ``OPTIONS`` for the server as a whole (RFC 9110 section 9.3.7)."""

_KNOWN: Final = frozenset({*METHODS, "TRACE", "CONNECT"})


def understood(scope: Scope) -> Scope:
    """The ASGI scope with a path in it where the request has a URL. Raises :class:`HttpError` and :class:`BadInput`."""
    method: str = scope["method"]
    if method not in _KNOWN:
        message = f"the method is none of {', '.join(METHODS)}"
        raise HttpError(501, "operation-not-supported", message, value=method)
    if scope["http_version"] == "1.1" and not any(name == b"host" for name, _ in scope["headers"]):
        raise BadInput(
            Fault("malformed-message", "a request of HTTP/1.1 has a Host header", type="transport")
        )
    path: str = scope["path"]
    if path.startswith("/") or "://" not in path:
        return scope
    authority, slash, below = path.partition("://")[2].partition("/")
    raw = scope["raw_path"].partition(b"://")[2].partition(b"/")[2]
    others = [(name, value) for name, value in scope["headers"] if name != b"host"]
    headers = [(b"host", authority.encode("latin-1", "replace")), *others]
    return {**scope, "path": f"/{below}" if slash else "/", "raw_path": b"/" + raw, "headers": headers}
