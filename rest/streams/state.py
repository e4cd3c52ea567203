"""What the server tells of its event streams and subscriptions: ``streams`` of ietf-restconf-monitoring (RFC 8040 section
9.3), ``streams`` and ``subscriptions`` of ietf-subscribed-notifications (RFC 8639 section 3)."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from pyconfhoard.hoard import Hoard
from pyconfhoard.hoard.notices_follow import STREAMS
from pyconfhoard.store.journal import write_time
from pyconfhoard.tree import Branch, Edit, Path, apply, decode

from ..pagination.parameters import CAPABILITIES as PAGING
from ..subscriptions.subscriptions import Subscriptions

__all__ = ["CAPABILITIES", "StreamsState", "location"]

_CAPABILITY: Final = "urn:ietf:params:restconf:capability:"

CAPABILITIES: Final = (f"{_CAPABILITY}filter:1.0", f"{_CAPABILITY}replay:1.0")
"""What the server can, beside what :mod:`rest.own_state` names (RFC 8040 section 9.1.1)."""

_MONITORING: Final = "ietf-restconf-monitoring:restconf-state"


def location(url: str, stream: str, encoding: str) -> str:
    """The URL of an access point."""
    return f"{url}/restconf/streams/{stream}/{encoding}"


class StreamsState:
    """Laid over the rest of the state once for each of its versions, and where there are subscriptions once a second: they
    count what they send."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._key: tuple[Any, ...] = ()
        self._over: Branch | None = None
        self._begun: tuple[int, datetime] | None = None

    def over(self, told: Branch, hoard: Hoard, url: str, subscriptions: Subscriptions) -> Branch:
        """``told`` with the streams and subscriptions; ``url`` is that of the server."""
        second = int(self._clock()) if len(subscriptions) else 0
        key = (told, subscriptions.version, second)
        if self._over is None or key[0] is not self._key[0] or key[1:] != self._key[1:]:
            self._key, self._over = key, self._made(told, hoard, url, subscriptions)
        return self._over

    def _made(self, told: Branch, hoard: Hoard, url: str, subscriptions: Subscriptions) -> Branch:
        begun = write_time(self._log_begun(hoard))
        listed = [
            {
                "name": stream.name,
                "description": stream.description,
                "replay-support": True,
                "replay-log-creation-time": begun,
                "access": [
                    {"encoding": encoding, "location": location(url, stream.name, encoding)}
                    for encoding in ("json", "xml")
                ],
            }
            for stream in STREAMS.values()
        ]
        data: dict[str, Any] = {
            _MONITORING: {
                "capabilities": {"capability": [*CAPABILITIES, *PAGING]},
                "streams": {"stream": listed},
            },
            **subscriptions.state(begun),
        }
        known = {name: value for name, value in data.items() if name in told.schema.children}
        made: Branch = decode(told.schema, known, Path.ROOT, content="nonconfig")
        return apply(told, [Edit("merge", Path.ROOT, made)], told.revision)

    def _log_begun(self, hoard: Hoard) -> datetime:
        """When the oldest change was made that can be told again."""
        first = hoard.journal.first
        if self._begun is None or self._begun[0] != first:
            record = next(hoard.journal.records(first - 1, first), None)
            if record is None:
                return hoard.now()
            self._begun = first, record.time
        return self._begun[1]
