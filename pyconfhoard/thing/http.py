"""The little HTTP that a Thing and the launcher need, on the standard library alone.

``requests`` would cost every Thing's process 10 MB. One request a connection, no redirects, no
proxies: the other end is a hoard.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from pyconfhoard.errors import LinkError
from pyconfhoard.trust import client_context

__all__ = ["JSON", "Response", "request"]

JSON: Final = "application/yang-data+json"


@dataclass(frozen=True, slots=True)
class Response:
    """``headers`` by lower-case name."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body decoded. Raises :class:`LinkError` when it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise LinkError(f"the hoard's answer is not JSON: {error}") from error

    def reason(self) -> str:
        """What went wrong in words: the messages of RFC 8040's errors, else the status."""
        try:
            errors = json.loads(self.body)["ietf-restconf:errors"]["error"]
            return "; ".join(str(error.get("error-message", error["error-tag"])) for error in errors)
        except (ValueError, LookupError, TypeError, AttributeError):
            return f"status {self.status}"


def request(
    method: str,
    url: str,
    *,
    token: str = "",
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 10.0,
    trust: Path | None = None,
    verified: bool = True,
) -> Response:
    """One request; ``body`` is sent as JSON, and ``trust`` has the certificates to know the hoard by, if it is to be
    ``verified`` (:mod:`pyconfhoard.trust`). Raises :class:`LinkError` when nobody answers."""
    import http.client  # noqa: PLC0415 - 7 MB with what it draws in: not for a supervisor that asks nothing

    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise LinkError(f"{url!r} is no URL of a hoard: write http://host:port")
    if parts.scheme == "https":
        context = client_context(trust, verified=verified)
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            parts.hostname, parts.port, timeout=timeout, context=context
        )
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    sent = {"Accept": "application/yang-data+json, application/json"} | dict(headers or {})
    if token:
        sent["Authorization"] = f"Bearer {token}"
    payload = None
    if body is not None:
        payload = json.dumps(body, separators=(",", ":")).encode()
        sent["Content-Type"] = JSON
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method, target or "/", payload, sent)
        answer = connection.getresponse()
        received = {name.lower(): value for name, value in answer.getheaders()}
        return Response(answer.status, received, answer.read())
    except (OSError, http.client.HTTPException) as error:
        raise LinkError(f"no answer from the hoard at {parts.scheme}://{parts.netloc}: {error}") from error
    finally:
        connection.close()
