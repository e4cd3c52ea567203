"""The hoard over HTTP, as the command line needs it: schema, state, rpcs. What is edited: :mod:`cli.editing`.

Every answer that is not a success becomes :class:`RemoteError` with the faults that the server
listed, or :class:`Unreachable` when there is no answer at all.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import requests
import urllib3

from pyconfhoard import schema as schemas
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.schema.types.base import Json

__all__ = ["ROOT", "Client", "RemoteError", "Unreachable", "below", "find_token"]

_JSON: Final = "application/yang-data+json"
ROOT: Final = "ietf-restconf:data"
"""The name of the whole datastore (RFC 8040 section 3.3.1)."""
_OWN: Final = (
    "ietf-yang-library:",
    "ietf-restconf-monitoring:",
    "ietf-netconf-acm:",
    "ietf-subscribed-notifications:",
    "ietf-system:",
)
"""What the hoard tells of itself, and its access rules: pages of it, seen when asked for by name."""
_CONNECT_SECONDS: Final = 5.0
_ANSWER_SECONDS: Final = 120.0


class Unreachable(ConnectionError):
    """No hoard answers at the URL."""


@dataclass(frozen=True, slots=True)
class RemoteFault:
    """One entry of an ``ietf-restconf:errors`` body (RFC 8040 section 7.1)."""

    message: str
    path: str = ""
    tag: str = ""
    place: str = ""

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path and self.path not in self.message else ""
        return f"{where}{self.message}" + (f" [{self.place}]" if self.place else "")


class RemoteError(Exception):
    """The hoard said no; ``status`` is HTTP's, ``faults`` what it listed."""

    def __init__(self, status: int, faults: tuple[RemoteFault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.status = status
        self.faults = faults


def find_token(datastore: Path) -> str:
    """``PYCONF_TOKEN``, else the administrator's token of a hoard on this machine, else empty."""
    if token := os.environ.get("PYCONF_TOKEN", ""):
        return token
    try:
        return (datastore / "run" / "admin.token").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


class Client:
    """``url`` without a slash at the end; ``trust``: :mod:`pyconfhoard.trust`; ``session`` is the word by which the hoard knows
    whose a lock is. Nothing is sent before the first call."""

    def __init__(self, url: str, token: str, trust: Path | None = None, session: str = "") -> None:
        self.url = url
        self.session = session or secrets.token_urlsafe(16)
        self._token = token
        self._trust = trust
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy for the web is not one for a board in the shed
        if trust is not None:
            self._session.verify = str(trust)
        self._session.headers.update(
            {"Accept": _JSON, "PyConfHoard-Source": "cli", "PyConfHoard-Session": self.session}
        )
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"

    @property
    def host(self) -> str:
        """The host part of the URL."""
        return urlsplit(self.url).hostname or self.url

    def close(self) -> None:
        """Hang up."""
        self._session.close()

    def beside(self) -> Client:
        """The same session of the hoard through a connection of its own: for another thread."""
        return Client(self.url, self._token, self._trust, self.session)

    def schema(self) -> Schema:
        """The compiled schema that the hoard serves."""
        answer = self.request("GET", "/v1/schema")
        try:
            return schemas.restore(answer.content)
        except ValueError:
            raise self._no_hoard() from None

    def state(self, api_path: str) -> Json | None:
        """Operational data at ``api_path`` (RFC 8040 section 3.5.3), or None if there is none. Empty for all but what
        the hoard tells of itself."""
        found = self.get(f"/restconf/data{below(api_path)}", {"content": "nonconfig"})
        if api_path or not isinstance(found, dict):
            return found
        return {name: value for name, value in found.items() if not name.startswith(_OWN)}

    def owners(self) -> Mapping[str, Mapping[str, Json]]:
        """Who owns what, by name; ``linked`` is told of Things."""
        found: Mapping[str, Mapping[str, Json]] = self.document(self.request("GET", "/v1/discover"))[
            "datastores"
        ]
        return found

    def started(self) -> str:
        """When the hoard was started; what it keeps in memory, as candidates, is not older."""
        return str(self.document(self.request("GET", "/v1/discover")).get("started", ""))

    def waiting(self) -> str:
        """Why a changed model does not serve yet, and what to do; empty where none waits."""
        return str(self.document(self.request("GET", "/v1/discover")).get("waiting", ""))

    def history(self, name: str, **given: Json) -> Json:
        """Invoke an rpc of ``pyconfhoard-history``."""
        return self.call("pyconfhoard-history", name, **given)

    def call(self, module: str, name: str, **given: Json) -> Json:
        """Invoke an rpc (RFC 8040 section 3.6); its output, empty where there is none."""
        answer = self.request("POST", f"/restconf/operations/{module}:{name}", {f"{module}:input": given})
        output: Json = self.document(answer)[f"{module}:output"] if answer.content else {}
        return output

    def get(self, path: str, query: Mapping[str, str]) -> Json | None:
        """Data at a path; None where none stands, but in a candidate, where it is :class:`RemoteError`."""
        try:
            answer = self.request("GET", path, query=query)
        except RemoteError as error:
            if error.status == requests.codes.not_found and "/candidate/" not in path:
                return None
            raise
        data = self.document(answer) if answer.content else None
        return data[ROOT] if isinstance(data, dict) and ROOT in data else data

    def request(
        self, method: str, path: str, body: Json | None = None, query: Mapping[str, str] | None = None
    ) -> requests.Response:
        """One request; the answer, which is a success. Raises :class:`RemoteError`, :class:`Unreachable`."""
        data = None if body is None else json.dumps(body).encode()
        headers = {} if data is None else {"Content-Type": _JSON}
        try:
            answer = self._session.request(
                method,
                self.url + path,
                params=query,
                data=data,
                headers=headers,
                timeout=(_CONNECT_SECONDS, _ANSWER_SECONDS),
            )
        except requests.exceptions.SSLError as error:
            raise Unreachable(
                f"{self.url} is not spoken to: {_reason(error)}; a certificate of its own making is trusted by PYCONF_TRUST=FILE"
            ) from None
        except requests.ConnectionError as error:
            if _broke_off(error):
                raise Unreachable(
                    f"the hoard at {self.url} ended before it answered; nothing is known of the request"
                ) from None
            raise Unreachable(
                f"no hoard answers at {self.url}; start one with `make run` or `./launch --rest`"
            ) from None
        except requests.Timeout:
            raise Unreachable(
                f"the hoard at {self.url} took too long to answer; nothing is known of the request"
            ) from None
        except requests.RequestException as error:
            raise Unreachable(
                f"the answer from {self.url} broke off; nothing is known of the request ({error})"
            ) from None
        except OSError as error:
            raise Unreachable(f"{self.url} is not spoken to: {error}") from None
        if answer.ok:
            return answer
        raise RemoteError(answer.status_code, _faults(answer))

    def document(self, answer: requests.Response) -> Json:
        """The JSON of an answer."""
        try:
            return answer.json()
        except requests.JSONDecodeError:
            raise self._no_hoard() from None

    def _no_hoard(self) -> Unreachable:
        return Unreachable(
            f"what answers at {self.url} is no hoard; say where it is: --hoard URL, or --port N on this machine"
        )


def below(api_path: str) -> str:
    """An api-path as the end of a URL; empty for the root."""
    return f"/{api_path.lstrip('/')}" if api_path.strip("/") else ""


def _reason(error: BaseException) -> str:
    """What TLS has against it, without the wrappings."""
    while error.args and isinstance(inner := error.args[0], BaseException):
        error = inner
    return str(getattr(error, "reason", "") or error)


def _broke_off(error: requests.ConnectionError) -> bool:
    """Whether the request was on its way when the connection ended."""
    return bool(error.args) and isinstance(error.args[0], urllib3.exceptions.ProtocolError)


def _faults(answer: requests.Response) -> tuple[RemoteFault, ...]:
    try:
        listed = answer.json()["ietf-restconf:errors"]["error"]
        return tuple(_fault(one) for one in listed)
    except (ValueError, KeyError, TypeError):
        return (RemoteFault(f"{answer.status_code} {answer.reason} from {answer.url}"),)


def _fault(error: Mapping[str, Json]) -> RemoteFault:
    info: Mapping[str, Json] = next(iter(error.get("error-info", {}).values()), {})
    place = f"{info['file']}:{info['line']}" if "file" in info and "line" in info else ""
    return RemoteFault(
        error.get("error-message", error.get("error-tag", "no reason given")),
        error.get("error-path", ""),
        error.get("error-tag", ""),
        place,
    )
