"""What the server tells of itself as state: ietf-yang-library (RFC 8525), ietf-restconf-monitoring (RFC 8040 section 9)."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from pyconfhoard.schema.library import modules_state, yang_library
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.tree import Branch, Path, decode

__all__ = ["CAPABILITIES", "DATASTORES", "OwnState"]

DATASTORES: Final = tuple(
    f"ietf-datastores:{name}" for name in ("running", "candidate", "intended", "startup", "operational")
)
"""Those of ``/restconf/ds`` (RFC 8527), and of the library."""

_CAPABILITY: Final = "urn:ietf:params:restconf:capability:"
_OURS: Final = "urn:pyconfhoard:restconf:capability:"

CAPABILITIES: Final = (
    f"{_CAPABILITY}defaults:1.0?basic-mode=explicit",
    f"{_CAPABILITY}depth:1.0",
    f"{_CAPABILITY}fields:1.0",
    f"{_CAPABILITY}with-defaults:1.0",
    f"{_CAPABILITY}with-operational-defaults:1.0",
    f"{_CAPABILITY}with-origin:1.0",
    f"{_CAPABILITY}yang-patch:1.0",
    f"{_OURS}commit-options:1.0",
    f"{_OURS}dry-run:1.0",
    f"{_OURS}private-candidate:1.0",
    f"{_OURS}with-id:1.0",
)
"""RFC 8040 section 9.1.1, RFC 8527 section 3.2, RFC 8072 section 2.8; and ours, which ``Documentation/rest.md`` tells of."""


class OwnState:
    """Made once for each schema, and laid beside what Things publish once for each publication."""

    def __init__(self) -> None:
        self._schema: Schema | None = None
        self._own: dict[str, Any] = {}
        self._published: Branch | None = None
        self._both: Branch | None = None

    def over(self, schema: Schema, published: Branch, url: str) -> Branch:
        """A root with both; ``url`` is that of the server, under which it has the modules' texts."""
        if schema is not self._schema:
            self._own = _made(schema, url)
            self._schema, self._both = schema, None
        if self._both is None or self._published is not published:
            members = {**published.members, **self._own}
            self._both = Branch(published.schema, members, published.revision, {**published.meta})
            self._published = published
        return self._both


def _made(schema: Schema, url: str) -> dict[str, Any]:
    def location(name: str, revision: str) -> str:
        return f"{url}/restconf/schema/{quote(name)}{f'@{revision}' if revision else ''}"

    told: dict[str, Any] = {
        **yang_library(schema, datastores=DATASTORES, location=location),
        **modules_state(schema, location=location),
        "ietf-restconf-monitoring:restconf-state": {"capabilities": {"capability": list(CAPABILITIES)}},
    }
    known = {name: value for name, value in told.items() if name in schema.root.children}
    branch: Branch = decode(schema.root, known, Path.ROOT, content="nonconfig")
    return branch.members
