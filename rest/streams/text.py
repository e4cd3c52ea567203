"""Notifications as server-sent events (RFC 8040 section 6.4), in JSON and XML.

An event is made once for each encoding and kept with its notice: five hundred listeners are sent the same bytes. Its
``id`` is the notice's position, from which a client goes on with ``Last-Event-ID``. RFC 8040 has servers send none, so
it is for clients that ask for it only.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from pyconfhoard.hoard.notices import Notice
from pyconfhoard.hoard.notices_follow import Mark
from pyconfhoard.store.journal import write_time
from pyconfhoard.tree import encode, xml_chunks

from ..media_types import Encoding
from .tree import planted

__all__ = [
    "COMMENT",
    "EVENT_STREAM",
    "event_of",
    "framed",
    "json_notification",
    "mark_event",
    "without_id",
    "xml_notification",
]

EVENT_STREAM: Final = "text/event-stream"
COMMENT: Final = b":\n\n"
"""A line that says nothing: it keeps the connection alive."""

_NOTIFICATION: Final = "urn:ietf:params:xml:ns:netconf:notification:1.0"
_MARKS: Final[Mapping[Mark, str]] = {Mark.REPLAYED: "replayComplete", Mark.ENDED: "notificationComplete"}
"""RFC 5277 section 4, whose schema says ``nc-notifications`` in YANG."""
_MARKS_MODULE: Final = "nc-notifications"
_MARKS_SPACE: Final = "urn:ietf:params:xml:ns:netmod:notification"


def event_of(notice: Notice, encoding: Encoding, *, named: bool = True) -> bytes:
    """The whole event of a notice; ``named``: with its position."""
    made: bytes | None = notice.memo.get(encoding)
    if made is None:
        tree = planted(notice)
        if encoding == "xml":
            content = b"".join(xml_chunks(notice.schema, tree.schema, tree))
            body = xml_notification(notice.time, content)
        else:
            body = json_notification(notice.time, encode(tree.schema, tree))
        notice.memo[encoding] = made = framed(body, str(notice.position) if named else "")
    return made


def json_notification(time: datetime, content: bytes) -> bytes:
    """The ``notification`` of an object with the one member that it tells of."""
    stamp = write_time(time).encode()
    return b'{"ietf-restconf:notification":{"eventTime":"%b",%b}' % (stamp, content[1:])


def xml_notification(time: datetime, content: bytes) -> bytes:
    """The ``notification`` of the element that it tells of."""
    return b'<notification xmlns="%b"><eventTime>%b</eventTime>%b</notification>' % (
        _NOTIFICATION.encode(),
        write_time(time).encode(),
        content,
    )


def mark_event(mark: Mark, time: datetime, encoding: Encoding) -> bytes:
    """The event of a mark; empty for one that has none."""
    name = _MARKS.get(mark)
    if name is None:
        return b""
    if encoding == "xml":
        return framed(xml_notification(time, f'<{name} xmlns="{_MARKS_SPACE}"/>'.encode()))
    return framed(json_notification(time, f'{{"{_MARKS_MODULE}:{name}":{{}}}}'.encode()))


def framed(body: bytes, position: str = "") -> bytes:
    """A document as an event; its lines, where it has some, as lines of the event."""
    head = f"id: {position}\n".encode() if position else b""
    text = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return head + b"".join([b"data: %b\n" % line for line in text.split(b"\n")]) + b"\n"


def without_id(event: bytes) -> bytes:
    """An event as RFC 8040 section 6.4 has it: data only."""
    return event.partition(b"\n")[2] if event.startswith(b"id: ") else event
