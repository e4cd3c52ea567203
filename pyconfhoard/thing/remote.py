"""The hoard that has the datastore, asked over HTTP by the launcher, as its administrator."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Self, TypeAlias, get_args

from pyconfhoard.errors import HoardError, StoreError
from pyconfhoard.settings import Settings
from pyconfhoard.thing import http
from pyconfhoard.thing.register import MEANINGS, admin_token

if TYPE_CHECKING:
    from pyconfhoard.schema.nodes import Schema
    from pyconfhoard.schema.types.base import Json
    from pyconfhoard.tree import Branch, Edit

__all__ = ["MODES", "LoadMode", "Remote"]

LoadMode: TypeAlias = Literal["merge", "replace", "override"]
MODES: Final[tuple[LoadMode, ...]] = get_args(LoadMode)
"""What a loaded file does to what is there: see :mod:`pyconfhoard.hoard.transfer`."""

_PATIENCE: Final = 600.0
"""Seconds that a hoard has for the whole of its configuration."""
_DATA: Final = "ietf-restconf:data"


@dataclass(frozen=True, slots=True)
class Remote:
    """The hoard at ``url``."""

    url: str
    token: str = field(repr=False)
    trust: Path | None

    @classmethod
    def of(cls, settings: Settings, url: str) -> Self:
        own = settings.run / "tls.crt"  # of the hoard that has this very folder
        found = None if settings.hoard or not own.exists() else own
        return cls(url, admin_token(settings), settings.trusted or found)

    def ask(self, method: str, path: str, body: Any = None) -> http.Response:
        """Raises what the answer means where it is no success."""
        answer = http.request(
            method, self.url + path, token=self.token, timeout=_PATIENCE, body=body, trust=self.trust
        )
        if answer.status >= 400:
            raise MEANINGS.get(answer.status, StoreError)(answer.reason())
        return answer

    def call(self, rpc: str) -> Mapping[str, Any]:
        """Invoke an rpc that needs no input; the members of its output."""
        told = self.ask("POST", f"/restconf/operations/{rpc}")
        if not told.body:
            return {}
        output: Mapping[str, Any] = told.json()[f"{rpc.partition(':')[0]}:output"]
        return output

    def schema(self) -> Schema:
        from pyconfhoard.schema import restore as restored  # noqa: PLC0415

        return restored(self.ask("GET", "/v1/schema").body)

    def revision(self) -> int:
        return int(self.ask("GET", "/v1/discover").json()["revision"])

    def running(self, schema: Schema) -> tuple[int, Branch]:
        """The revision, and what running was at it: asked for again where a commit came between."""
        from pyconfhoard.tree import Branch, Path, decode  # noqa: PLC0415

        while True:
            revision = self.revision()
            told = self.ask("GET", "/restconf/data?content=config").json()
            if revision == self.revision():
                root = decode(schema.root, told[_DATA], Path.ROOT)
                if not isinstance(root, Branch):
                    raise TypeError("a root is read as a branch")
                return revision, root

    def load(self, schema: Schema, edits: Iterable[Edit], comment: str) -> tuple[int, int]:
        """Make edits (merge and replace) in a private candidate, and commit that as a whole: the revision, and how much it
        changed."""
        from pyconfhoard.tree import api_path  # noqa: PLC0415

        candidate = f"/v1/candidate/{self.ask('POST', '/v1/candidate').json()['id']}"
        try:
            for edit in edits:
                place = "".join(f"/{part}" for part in (api_path(schema, edit.path),) if part)
                method = "PUT" if edit.operation == "replace" else "PATCH"
                self.ask(method, f"{candidate}/data{place}", _body(schema, edit))
            done = self.ask("POST", f"{candidate}/commit", {"comment": comment}).json()
        except HoardError:
            with contextlib.suppress(HoardError):  # it ends by itself when nobody touches it
                self.ask("DELETE", candidate)
            raise
        return int(done["revision"]), len(done["changed"])


def _body(schema: Schema, edit: Edit) -> dict[str, Json]:
    """What an edit says, as a request for its path has it (RFC 8040 section 4.5)."""
    from pyconfhoard.schema.nodes import LeafList, Root  # noqa: PLC0415
    from pyconfhoard.tree import node_at, to_json  # noqa: PLC0415

    node = node_at(schema, edit.path)
    if isinstance(node, Root):
        return {_DATA: to_json(node, edit.value)}
    item = edit.path.last.key is not None
    if item and isinstance(node, LeafList):
        return {node.qname: [node.type.to_json(edit.value)]}
    value = to_json(node, edit.value)
    return {node.qname: [value] if item else value}
