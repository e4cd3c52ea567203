"""``--token USER:NAME``: a bearer token for a user, made by the rpc of ``pyconfhoard-access``; through the hoard that runs, or
here."""

from __future__ import annotations

from typing import Any, Final

from pyconfhoard.errors import BadInput, Fault, LinkError
from pyconfhoard.settings import Settings
from pyconfhoard.thing import http
from pyconfhoard.thing.here import open_here
from pyconfhoard.thing.register import MEANINGS, admin_token, serving

__all__ = ["make_token"]

_MODULE: Final = "pyconfhoard-access"
_RPC: Final = f"{_MODULE}:create-token"


def make_token(settings: Settings, text: str) -> str:
    """The token, which is told this once. Raises :class:`BadInput` unless ``text`` is ``USER:NAME``, and what the hoard
    answers: :class:`Conflict` where there is no such user."""
    user, colon, name = text.rpartition(":")
    if not (colon and user and name):
        message = "a token is a user's and has a name: --token USER:NAME"
        raise BadInput(Fault("invalid-value", message, value=text))
    given = {"user": user, "name": name}
    url = serving(settings)
    output = _through_hoard(settings, url, given) if url else _here(settings, given)
    return str(output["token"])


def _through_hoard(settings: Settings, url: str, given: dict[str, str]) -> dict[str, Any]:
    answer = http.request(
        "POST",
        f"{url}/restconf/operations/{_RPC}",
        token=admin_token(settings),
        body={f"{_MODULE}:input": given},
        trust=settings.trusted,
    )
    if answer.status >= 400:
        raise MEANINGS.get(answer.status, LinkError)(answer.reason())
    told: dict[str, Any] = answer.json()[f"{_MODULE}:output"]
    return told


def _here(settings: Settings, given: dict[str, str]) -> dict[str, Any]:
    from pyconfhoard.access import ADMIN  # noqa: PLC0415 - compiling and storing are for this case only
    from pyconfhoard.hoard.bridge import run_sync  # noqa: PLC0415
    from pyconfhoard.tree import decode  # noqa: PLC0415
    from pyconfhoard.validation import place_of  # noqa: PLC0415

    with open_here(settings) as hoard:
        rpc = hoard.schema.rpcs[_RPC]
        asked = decode(rpc.input, given, place_of(rpc.input), content="all")
        return dict(run_sync(hoard.calls.invoke(rpc, asked, ADMIN)).members)
