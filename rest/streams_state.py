"""What the server tells of its event streams: ``streams`` of ietf-restconf-monitoring (RFC 8040 section 9.3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from pyconfhoard.hoard import Hoard
from pyconfhoard.hoard.notices_follow import STREAMS
from pyconfhoard.store.journal import write_time
from pyconfhoard.tree import Branch, Edit, Path, apply, decode

__all__ = ["CAPABILITIES", "StreamsState", "location"]

_CAPABILITY: Final = "urn:ietf:params:restconf:capability:"

CAPABILITIES: Final = (f"{_CAPABILITY}filter:1.0", f"{_CAPABILITY}replay:1.0")
"""What the server can, beside what :mod:`rest.own_state` names (RFC 8040 section 9.1.1)."""

_MONITORING: Final = "ietf-restconf-monitoring:restconf-state"


def location(url: str, stream: str, encoding: str) -> str:
    """The URL of an access point."""
    return f"{url}/restconf/streams/{stream}/{encoding}"


class StreamsState:
    """Laid over the rest of the state once for each of its versions."""

    def __init__(self) -> None:
        self._told: Branch | None = None
        self._over: Branch | None = None
        self._begun: tuple[int, datetime] | None = None

    def over(self, told: Branch, hoard: Hoard, url: str) -> Branch:
        """``told`` with the streams; ``url`` is that of the server."""
        if self._over is None or told is not self._told:
            self._told, self._over = told, self._made(told, hoard, url)
        return self._over

    def _made(self, told: Branch, hoard: Hoard, url: str) -> Branch:
        if _MONITORING not in told.schema.children:
            return told
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
            _MONITORING: {"capabilities": {"capability": list(CAPABILITIES)}, "streams": {"stream": listed}}
        }
        made: Branch = decode(told.schema, data, Path.ROOT, content="nonconfig")
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
