"""The notifications of subscriptions as events: pushes of RFC 8641 section 3.7, and changes of state (RFC 8639 section 2.7).

Only who subscribed is told them, so they are in no stream. A push is put together of the bytes of its data: it may be large.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import chain
from typing import Any, Final

from pyconfhoard.hoard.notices import Notice, Position
from pyconfhoard.schema.nodes import DataNode, LeafList, List, Schema
from pyconfhoard.tree import Branch, Change, Path, api_path, decode, dumps, encode, node_at, xml_chunks
from pyconfhoard.tree.branch import same
from pyconfhoard.tree.xml_text import element_text
from pyconfhoard.validation import place_of

from ..media_types import Encoding
from ..streams.text import event_of, framed, json_notification, xml_notification
from .errors import SN, YP

__all__ = ["OPERATIONS", "push_change_update", "push_update", "records_of", "state_change"]

OPERATIONS: Final = ("create", "delete", "insert", "move", "replace")
"""Kinds of changes (RFC 8641, ``change-type``)."""

_PUSH_SPACE: Final = "urn:ietf:params:xml:ns:yang:ietf-yang-push"


def state_change(
    schema: Schema, name: str, data: Mapping[str, Any], time: datetime, encoding: Encoding
) -> bytes:
    """The event that tells of the state of a subscription: ``name`` is a notification of RFC 8639."""
    node = schema.notifications[f"{SN}:{name}"]
    branch: Branch = decode(node, dict(data), place_of(node), content="all")
    return event_of(Notice(schema, node, branch, time, Position(0)), encoding, named=False)


def push_update(schema: Schema, id: int, data: Branch, time: datetime, encoding: Encoding) -> bytes:
    """``push-update``: all that is selected, as a root that holds it."""
    if encoding == "xml":
        inner = b"".join(xml_chunks(schema, schema.root, data))
        content = (
            f'<push-update xmlns="{_PUSH_SPACE}"><id>{id}</id><datastore-contents>'.encode()
            + inner
            + b"</datastore-contents></push-update>"
        )
        return framed(xml_notification(time, content))
    content = b'{"%b:push-update":{"id":%d,"datastore-contents":%b}}' % (
        YP.encode(),
        id,
        encode(schema.root, data),
    )
    return framed(json_notification(time, content))


def records_of(changes: Iterable[Change], excluded: frozenset[str]) -> list[tuple[str, Change]]:
    """Changes with their operations of YANG Patch (RFC 8072 section 2.5), without those that are excluded, and without
    those of nothing but annotations: a reading of the same value is no change."""
    found: list[tuple[str, Change]] = []
    for change in changes:
        operation = _operation(change)
        if operation and operation not in excluded:
            found.append((operation, change))
    return found


def _operation(change: Change) -> str:
    if change.kind == "created":
        return "insert" if change.ordered else "create"
    if change.kind == "deleted":
        return "delete"
    if change.kind == "moved":
        return "move"
    return "" if isinstance(change.new, Branch) or same(change.old, change.new) else "replace"


def push_change_update(
    schema: Schema,
    id: int,
    number: int,
    records: list[tuple[str, Change]],
    time: datetime,
    encoding: Encoding,
) -> bytes:
    """``push-change-update``: what changed, as a YANG Patch."""
    if encoding == "xml":
        edits = b"".join(_xml_edit(schema, place, *record) for place, record in enumerate(records, 1))
        content = (
            f'<push-change-update xmlns="{_PUSH_SPACE}"><id>{id}</id><datastore-changes>'
            f"<yang-patch><patch-id>{number}</patch-id>"
        ).encode() + edits
        return framed(
            xml_notification(time, content + b"</yang-patch></datastore-changes></push-change-update>")
        )
    edits = b",".join(_json_edit(schema, place, *record) for place, record in enumerate(records, 1))
    patch = b'{"patch-id":"%d","edit":[%b]}' % (number, edits)
    content = b'{"%b:push-change-update":{"id":%d,"datastore-changes":{"yang-patch":%b}}}' % (
        YP.encode(),
        id,
        patch,
    )
    return framed(json_notification(time, content))


def _json_edit(schema: Schema, place: int, operation: str, change: Change) -> bytes:
    parts = {"edit-id": f"edit{place}", "operation": operation, **_where(schema, operation, change)}
    text = dumps({**parts, "target": _target(schema, change.path)}).encode()
    if change.new is None or operation in {"delete", "move"}:
        return text
    node = node_at(schema, change.path)
    value = encode(node, _held(node, change))
    if isinstance(node, List) and isinstance(change.new, Branch):
        value = b"[%b]" % value
    return b'%b,"value":{"%b":%b}}' % (text[:-1], node.qname.encode(), value)


def _xml_edit(schema: Schema, place: int, operation: str, change: Change) -> bytes:
    parts = {
        "edit-id": f"edit{place}",
        "operation": operation,
        "target": _target(schema, change.path),
        **_where(schema, operation, change),
    }
    text = "".join(f"<{name}>{element_text(value)}</{name}>" for name, value in parts.items())
    if change.new is None or operation in {"delete", "move"}:
        return f"<edit>{text}</edit>".encode()
    node = node_at(schema, change.path)
    pieces = xml_chunks(schema, node, _held(node, change))
    return b"".join(chain([f"<edit>{text}<value>".encode()], pieces, [b"</value></edit>"]))


def _held(node: DataNode, change: Change) -> Any:
    """The value as its encoders take it: one of a leaf-list as a leaf-list of it."""
    one_of_many = isinstance(node, LeafList) and change.path.last.key is not None
    return (change.new,) if one_of_many else change.new


def _where(schema: Schema, operation: str, change: Change) -> dict[str, str]:
    if operation not in {"insert", "move"}:
        return {}
    if change.after is None:
        return {"where": "first"}
    return {"where": "after", "point": _target(schema, change.path.entry(change.after))}


def _target(schema: Schema, path: Path) -> str:
    """A ``target-resource-offset`` (RFC 8072 section 2.4): the api-path, from the datastore."""
    return f"/{api_path(schema, path)}"
