"""The hoard over HTTP, as the command line needs it: schema, data, one private candidate.

Every answer that is not a success becomes :class:`RemoteError` with the faults that the server
listed, or :class:`Unreachable` when there is no answer at all.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import requests

from pyconfhoard import schema as schemas
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.schema.types.base import Json

__all__ = ["Client", "Expired", "RemoteError", "Unreachable", "find_token"]

_JSON: Final = "application/yang-data+json"
_ROOT: Final = "ietf-restconf:data"
"""The name of the whole datastore (RFC 8040 section 3.3.1)."""
_OWN: Final = ("ietf-yang-library:", "ietf-restconf-monitoring:", "ietf-netconf-acm:")
"""What the hoard tells of itself, and its access rules: pages of it, seen when asked for by name."""
_CANDIDATES: Final = "pyconfhoard-candidates"
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


class Expired(Exception):
    """The private candidate is gone: idle too long, or the hoard was started anew."""


def find_token(datastore: Path) -> str:
    """``PYCONF_TOKEN``, else the administrator's token of a hoard on this machine, else empty."""
    if token := os.environ.get("PYCONF_TOKEN", ""):
        return token
    try:
        return (datastore / "run" / "admin.token").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


class Client:
    """``url`` without a slash at the end; ``trust``: :mod:`pyconfhoard.trust`. Nothing is sent before the first call."""

    def __init__(self, url: str, token: str, trust: Path | None = None) -> None:
        self.url = url
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy for the web is not one for a board in the shed
        if trust is not None:
            self._session.verify = str(trust)
        self._session.headers.update({"Accept": _JSON, "PyConfHoard-Source": "cli"})
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"
        self._candidate = ""

    @property
    def host(self) -> str:
        """The host part of the URL."""
        return urlsplit(self.url).hostname or self.url

    def close(self) -> None:
        """Discard what is pending and hang up; never raises."""
        with contextlib.suppress(Unreachable, RemoteError):  # an idle candidate ends by itself
            self.discard()
        self._session.close()

    def schema(self) -> Schema:
        """The compiled schema that the hoard serves."""
        answer = self._call("GET", "/v1/schema")
        try:
            return schemas.restore(answer.content)
        except ValueError:
            raise self._no_hoard() from None

    def state(self, api_path: str) -> Json | None:
        """Operational data at ``api_path`` (RFC 8040 section 3.5.3), or None if there is none. Empty for all but what
        the hoard tells of itself."""
        found = self._get(f"/restconf/data{_below(api_path)}", {"content": "nonconfig"})
        if api_path or not isinstance(found, dict):
            return found
        return {name: value for name, value in found.items() if not name.startswith(_OWN)}

    def config(self, api_path: str, *, with_defaults: bool = True) -> Json | None:
        """Configuration as it would be after a commit: running plus what is pending."""
        root = f"/v1/candidate/{self._candidate}/data" if self._candidate else "/restconf/data"
        query = {"content": "config", "with-defaults": "report-all" if with_defaults else "explicit"}
        try:
            return self._get(root + _below(api_path), query)
        except RemoteError as error:
            raise self._gone(error) from None

    @property
    def editing(self) -> bool:
        """True while there is a private candidate."""
        return bool(self._candidate)

    def begin(self) -> None:
        """Start a private candidate on the newest revision."""
        self._candidate = str(self._document(self._call("POST", "/v1/candidate"))["id"])

    def merge(self, data: Json) -> None:
        """Merge a document (RFC 7951, from the root) into the candidate."""
        self._edit("PATCH", "/data", {_ROOT: data})

    def remove(self, api_path: str) -> None:
        """Delete the node at ``api_path`` from the candidate."""
        self._edit("DELETE", f"/data{_below(api_path)}")

    def changes(self) -> list[Json]:
        """What is pending, as the hoard lists it; empty when nothing is."""
        if not self._candidate:
            return []
        return list(self._document(self._edit("GET", "/changes"))["changes"])

    def validate(self) -> None:
        """Check the candidate against the model. Raises :class:`RemoteError` with every fault."""
        self._edit("POST", "/validate")

    def commit(
        self, comment: str = "", label: str = "", seconds: int | None = None, extends: str = ""
    ) -> Json:
        """Commit what is pending, and go on with a fresh candidate on the new revision.

        ``seconds``: a confirmed commit, which ``extends`` the one of that id. The answer has ``revision``, ``changed``
        and, of a confirmed one, ``persist-id``.
        """
        given: dict[str, Json] = {"comment": comment, "label": label}
        if seconds is not None:
            given |= {"confirm-timeout": seconds, "persist-id": extends}
        try:
            result = self.call(
                _CANDIDATES,
                "commit-candidate",
                candidate=self._candidate,
                **{n: v for n, v in given.items() if v},
            )
        except RemoteError as error:
            raise self._gone(error) from None
        self._candidate = ""
        self.begin()
        return result

    def pending_text(self) -> str:
        """What is pending, as a text for a person; empty when nothing is."""
        if not self._candidate:
            return ""
        try:
            told = self.call(_CANDIDATES, "show-candidate", candidate=self._candidate)
        except RemoteError as error:
            raise self._gone(error) from None
        return str(told.get("text", "")).rstrip("\n")

    def take_back(self, name: str, revision: str, comment: str = "") -> None:
        """Put a way back, ``rollback`` or ``undo``, into the candidate; ``comment`` for its commit to remember."""
        why = {"comment": comment} if comment else {}
        try:
            self.history(name, revision=revision, candidate=self._candidate, **why)
        except RemoteError as error:
            raise self._gone(error) from None

    def replace(self, data: Mapping[str, Json]) -> None:
        """Put each top-level node of ``data`` in the place of the one that the candidate has."""
        for name, value in data.items():
            self._edit("PUT", f"/data/{name}", {name: value})

    def override(self, data: Mapping[str, Json]) -> None:
        """Put ``data`` in the place of everything that the candidate has."""
        self._edit("PUT", "/data", {_ROOT: data})

    def owners(self) -> Mapping[str, Mapping[str, Json]]:
        """Who owns what, by name; ``linked`` is told of Things."""
        found: Mapping[str, Mapping[str, Json]] = self._document(self._call("GET", "/v1/discover"))[
            "datastores"
        ]
        return found

    def waiting(self) -> str:
        """Why a changed model does not serve yet, and what to do; empty where none waits."""
        return str(self._document(self._call("GET", "/v1/discover")).get("waiting", ""))

    def history(self, name: str, **given: Json) -> Json:
        """Invoke an rpc of ``pyconfhoard-history``."""
        return self.call("pyconfhoard-history", name, **given)

    def call(self, module: str, name: str, **given: Json) -> Json:
        """Invoke an rpc (RFC 8040 section 3.6); its output, empty where there is none."""
        answer = self._call("POST", f"/restconf/operations/{module}:{name}", {f"{module}:input": given})
        output: Json = self._document(answer)[f"{module}:output"] if answer.content else {}
        return output

    def discard(self) -> None:
        """Forget what is pending."""
        gone, self._candidate = self._candidate, ""
        if gone:
            try:
                self._call("DELETE", f"/v1/candidate/{gone}")
            except RemoteError as error:
                if error.status != requests.codes.not_found:
                    raise

    def _edit(self, method: str, below: str, body: Json | None = None) -> requests.Response:
        try:
            return self._call(method, f"/v1/candidate/{self._candidate}{below}", body)
        except RemoteError as error:
            raise self._gone(error) from None

    def _gone(self, error: RemoteError) -> Exception:
        """Tell a candidate that ended from a path that does not exist: both are a 404."""
        if error.status != requests.codes.not_found or not self._candidate:
            return error
        try:
            self._call("GET", f"/v1/candidate/{self._candidate}/changes")
        except RemoteError:
            self._candidate = ""
            return Expired(
                "what was pending is gone (idle too long, or the hoard was started anew); begin again"
            )
        return error

    def _get(self, path: str, query: Mapping[str, str]) -> Json | None:
        try:
            answer = self._call("GET", path, query=query)
        except RemoteError as error:
            if error.status == requests.codes.not_found and "/candidate/" not in path:
                return None
            raise
        data = self._document(answer) if answer.content else None
        return data[_ROOT] if isinstance(data, dict) and _ROOT in data else data

    def _call(
        self, method: str, path: str, body: Json | None = None, query: Mapping[str, str] | None = None
    ) -> requests.Response:
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
        except requests.ConnectionError:
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
        if answer.ok:
            return answer
        raise RemoteError(answer.status_code, _faults(answer))

    def _document(self, answer: requests.Response) -> Json:
        try:
            return answer.json()
        except requests.JSONDecodeError:
            raise self._no_hoard() from None

    def _no_hoard(self) -> Unreachable:
        return Unreachable(
            f"what answers at {self.url} is no hoard; say where it is: --hoard URL, or --port N on this machine"
        )


def _below(api_path: str) -> str:
    return f"/{api_path.lstrip('/')}" if api_path.strip("/") else ""


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
