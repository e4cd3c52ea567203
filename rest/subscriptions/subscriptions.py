"""Dynamic subscriptions over RESTCONF: RFC 8639 and RFC 8641 as RFC 8650 has them.

The rpcs are at ``/restconf/operations``; what is established is listened to at ``/restconf/subscriptions/<id>``, by who
established it. All is in memory: a subscription ends with the server.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from pyconfhoard.access import Principal
from pyconfhoard.hoard import Hoard
from pyconfhoard.hoard.notices import Notices
from pyconfhoard.hoard.notices_follow import STREAMS
from pyconfhoard.store.journal import write_time
from pyconfhoard.tree import Branch

from ..negotiation import ASKED_IN
from .errors import SN, YP, Doing, SubscriptionError
from .subscription import Subscription
from .terms import modified, terms_of
from .view import Viewer

if TYPE_CHECKING:
    from pyconfhoard.hoard.calls import Call

__all__ = ["RPCS", "Subscriptions"]

RPCS: Final = (
    f"{SN}:establish-subscription",
    f"{SN}:modify-subscription",
    f"{SN}:delete-subscription",
    f"{SN}:kill-subscription",
    f"{YP}:resync-subscription",
)

_URI: Final = "ietf-restconf-subscribed-notifications:uri"


class Subscriptions:
    """Those of a hoard. ``operational`` gives its whole state, ``url`` is the server's; ``most``: how many a user may
    have."""

    def __init__(self, notices: Notices, operational: Callable[[], Branch], url: str, most: int) -> None:
        self.version = 0
        """Grows with every one that comes or goes."""
        self._notices = notices
        self._operational = operational
        self._url = url
        self._most = most
        self._listed: dict[int, Subscription] = {}
        self._last = secrets.randbelow(1 << 30)  # a client of the server's last life finds nothing of others

    def __len__(self) -> int:
        return len(self._listed)

    @property
    def handlers(self) -> Mapping[str, Callable[[Hoard, Call], Any]]:
        """Who answers the rpcs, for :class:`pyconfhoard.hoard.calls.Calls`."""
        answer = (self._establish, self._modify, self._delete, self._kill, self._resync)
        return dict(zip(RPCS, answer, strict=True))

    def find(self, id: int, principal: Principal, doing: Doing = "delete") -> Subscription:
        """Raises :class:`SubscriptionError` for one that is not there, or is somebody else's."""
        found = self._listed.get(id)
        if found is None or found.user != principal.name:
            identity = "no-such-subscription-resync" if doing == "resync" else "no-such-subscription"
            raise SubscriptionError(identity, f"there is no subscription {id}", doing)
        return found

    # -- rpcs ----------------------------------------------------------------------------------

    async def _establish(self, hoard: Hoard, call: Call) -> Mapping[str, Any]:
        user = call.author.name
        terms = terms_of(hoard.schema, hoard.running, call.input, ASKED_IN.get(), hoard.now())
        if sum(one.user == user for one in self._listed.values()) >= self._most:
            message = f"{user} may have {self._most} subscriptions: end one of them"
            raise SubscriptionError(
                "insufficient-resources", message, "establish", datastore=bool(terms.datastore)
            )
        self._last += 1
        id = self._last
        viewer = Viewer(self._notices, call.author, self._operational)
        uri = f"{self._url}/restconf/subscriptions/{id}"
        self._listed[id] = Subscription(id, uri, terms, viewer, self._gone)
        self.version += 1
        told: dict[str, Any] = {"id": id, _URI: uri}
        oldest = self._oldest(hoard)
        if terms.replay is not None and oldest is not None and terms.replay < oldest[0]:
            told["replay-start-time-revision"] = oldest[1]
        return told

    async def _modify(self, hoard: Hoard, call: Call) -> None:
        found = self.find(call.input.members["id"], call.author, "modify")
        found.modify(modified(found.terms, hoard.schema, hoard.running, call.input, hoard.now()))
        self.version += 1

    async def _delete(self, hoard: Hoard, call: Call) -> None:
        self.find(call.input.members["id"], call.author).end()

    async def _kill(self, hoard: Hoard, call: Call) -> None:
        found = self._listed.get(call.input.members["id"])
        if found is None:
            raise SubscriptionError("no-such-subscription", "there is no such subscription", "delete")
        found.terminate("no-such-subscription")

    async def _resync(self, hoard: Hoard, call: Call) -> None:
        found = self.find(call.input.members["id"], call.author, "resync")
        if not found.resync():
            message = "only on-change subscriptions can be pushed anew"
            raise SubscriptionError("on-change-sync-unsupported", message, "resync")

    def _gone(self, subscription: Subscription) -> None:
        self._listed.pop(subscription.id, None)
        self.version += 1

    def _oldest(self, hoard: Hoard) -> tuple[Any, str] | None:
        """When the oldest change was made that can be told again."""
        first = hoard.journal.first
        record = next(hoard.journal.records(first - 1, first), None)
        return None if record is None else (record.time, write_time(record.time))

    # -- state ---------------------------------------------------------------------------------

    def state(self, begun: str) -> dict[str, Any]:
        """What there is, as RFC 7951 JSON of ietf-subscribed-notifications; ``begun``: since when streams can be told
        again."""
        streams = [
            {
                "name": stream.name,
                "description": stream.description,
                "replay-support": [None],
                "replay-log-creation-time": begun,
            }
            for stream in STREAMS.values()
        ]
        told: dict[str, Any] = {f"{SN}:streams": {"stream": streams}}
        if self._listed:
            listed = [one.state() for one in self._listed.values()]
            told[f"{SN}:subscriptions"] = {"subscription": listed}
        return told
