"""``create-token`` of ``pyconfhoard-access``: a bearer token for a user.

The token is told once, in the answer; what is committed is its hash. So whoever asks needs the right to write the user's
tokens, besides that to invoke the rpc.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from pyconfhoard.access.tokens import token_digest
from pyconfhoard.access.users import TOKEN
from pyconfhoard.hoard.calls import Call, Handler
from pyconfhoard.schema.types.base import Json
from pyconfhoard.store.journal import write_time
from pyconfhoard.tree import Edit, decode, parse_path, value_in_use

if TYPE_CHECKING:
    from pyconfhoard.hoard.hoard import Hoard

__all__ = ["TOKEN_RPCS"]

_USERS: Final = "/ietf-system:system/authentication/user"


async def _create_token(hoard: Hoard, call: Call) -> Mapping[str, Json]:
    given: dict[str, Any] = {
        name: value_in_use(call.input, name) for name in ("user", "name", "scope", "lifetime", "comment")
    }
    token = secrets.token_urlsafe(32)
    now = hoard.now()
    entry = {"name": given["name"], "sha256": token_digest(token), "created": write_time(now)}
    told = {"token": token}
    if given["scope"] != "*":
        entry["scope"] = " ".join(given["scope"])
    if given["comment"]:
        entry["comment"] = given["comment"]
    if given["lifetime"] is not None:
        told["expires"] = entry["expires"] = write_time(now + timedelta(seconds=given["lifetime"]))
    users = parse_path(hoard.schema, _USERS)
    node = hoard.schema.find(f"{_USERS}/{TOKEN}")
    tokens = users.entry((given["user"],)).child(node)
    key = (given["name"],)
    made = decode(node, [entry], tokens).get(key)
    edits = [Edit("replace", tokens.entry(key), made)]
    await hoard.commit(edits, author=call.author, source=call.source, session=call.session)
    return told


TOKEN_RPCS: Final[Mapping[str, Handler]] = {"pyconfhoard-access:create-token": _create_token}
