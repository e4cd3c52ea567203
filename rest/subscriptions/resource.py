"""``/restconf/subscriptions/{id}``: a subscription's events (RFC 8650 section 3.4)."""

from __future__ import annotations

from typing import Final

from falcon.asgi import Request, Response

from ..auth import principal_of
from ..negotiation import choose
from ..query import only
from ..resource import answer_options
from ..runtime import Runtime
from ..streams.login import login_of
from ..streams.query import WITH_ID, position_of, with_ids
from ..streams.text import EVENT_STREAM
from .errors import SubscriptionError

__all__ = ["SubscriptionEvents"]

_METHODS: Final = "GET, HEAD, OPTIONS"


class SubscriptionEvents:
    """What a subscription tells."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def on_get(self, request: Request, response: Response, id: str) -> None:
        runtime = self._runtime
        choose(request.get_header("Accept"), (EVENT_STREAM,))
        only(request.query_string, WITH_ID)
        last = request.get_header("Last-Event-ID")
        ids = with_ids(request.query_string, last)
        principal = principal_of(request)
        if not (id.isascii() and id.isdigit() and len(id) <= 10):
            raise SubscriptionError("no-such-subscription", f"there is no subscription {id!r}", "delete")
        found = runtime.subscriptions.find(int(id), principal)
        hoard = runtime.hoard
        after = position_of(last, hoard.journal.first, hoard.revision)
        if request.method == "HEAD":
            runtime.outlets.describe(response)
            return
        runtime.outlets.admit(principal.name)
        listener = found.listen(after)
        login = login_of(request, hoard.authenticator)
        runtime.outlets.answer(response, principal.name, listener, f"subscription {id}", login, ids=ids)

    on_head = on_get

    async def on_options(self, request: Request, response: Response, id: str) -> None:
        answer_options(response, _METHODS)
