"""Changes of the configuration as notifications: ``netconf-config-change`` of RFC 6470.

One a commit: who made it, and each edit with its target and operation. They are made of a commit as it happens, and
of the journal's record when it is told again; both say the same. Of most commits nobody wants to know: what is told is
noted in words, and becomes data when it is looked at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from pyconfhoard.errors import BadInput, NotFound
from pyconfhoard.schema.nodes import Notification, Schema
from pyconfhoard.store.journal import Record
from pyconfhoard.tree import Branch, Change, decode
from pyconfhoard.validation import place_of

if TYPE_CHECKING:
    from pyconfhoard.hoard.commit import Commit

__all__ = ["CHANGE", "LISTED", "change_notice", "change_of_record"]

CHANGE: Final = "ietf-netconf-notifications:netconf-config-change"
LISTED: Final = 250
"""Edits that are listed. Of more only the closest node above all of them is told, as RFC 6470 section 2.2 has it."""

_KINDS: Final[Mapping[str, str]] = {
    "created": "create",
    "deleted": "delete",
    "modified": "replace",
    "moved": "merge",
}
"""Kind of change -> the operation of RFC 6241 that makes it."""

_OPERATIONS: Final[Mapping[str, str]] = {"insert": "create", "move": "merge", "remove": "delete"}
"""What edits of the journal are called in RFC 6241; the others have the same name."""

_OWN: Final = frozenset({"", "file"})
"""Authors who are nobody: the hoard itself, which reads its files."""


def change_notice(schema: Schema, commit: Commit) -> tuple[Notification, Callable[[], Branch]] | None:
    """The notification of a commit, and what makes its data; None where nothing changed, or where the model does not have
    it."""
    node = schema.notifications.get(CHANGE)
    if node is None or not commit.changes:
        return None
    changes = commit.changes
    if len(changes) > LISTED:
        changes = (*changes[:LISTED], changes[-1])
    author, told = commit.author, [_told(change) for change in changes]
    return node, lambda: _made(node, author, told)


def _told(change: Change) -> tuple[str, str]:
    noted = change.kind == "modified" and isinstance(change.new, Branch)
    return "merge" if noted else _KINDS[change.kind], str(change.path)


def change_of_record(schema: Schema, record: Record) -> tuple[Notification, Branch] | None:
    """:func:`change_notice` with its data, for what the journal remembers. Edits of an older model are not listed."""
    node = schema.notifications.get(CHANGE)
    if node is None:
        return None
    created = {edit["path"] for edit in json.loads(record.undo) if edit["op"] == "remove"}
    edits = [
        ("create" if edit["path"] in created else _OPERATIONS.get(edit["op"], edit["op"]), edit["path"])
        for edit in json.loads(record.edits)
    ]
    try:
        return node, _made(node, record.author, edits)
    except (BadInput, NotFound):
        return node, _made(node, record.author, [])


def _made(node: Notification, author: str, edits: list[tuple[str, str]]) -> Branch:
    by: dict[str, Any] = {"server": [None]} if author in _OWN else {"username": author, "session-id": 0}
    if len(edits) > LISTED:
        edits = [("merge", _above(edits[0][1], edits[-1][1]))]
    told = [{"target": path, "operation": operation} for operation, path in edits if path != "/"]
    data: dict[str, Any] = {"changed-by": by, "datastore": "running"}
    if told:
        data["edit"] = told
    branch: Branch = decode(node, data, place_of(node), content="all")
    return branch


def _above(first: str, last: str) -> str:
    """The path of the closest node that two are in, and all between them, since edits are in the order of the tree;
    ``/`` where that is the datastore."""
    common = 0
    while common < min(len(first), len(last)) and first[common] == last[common]:
        common += 1
    if common == len(first) and (common == len(last) or last[common] in "/["):
        return first
    if common == len(last) and first[common] in "/[":
        return last
    cut = _slashes(first[: common + 1])
    return first[:cut] if cut > 0 else "/"


def _slashes(text: str) -> int:
    """Where the last step of a path begins that may be incomplete; slashes in quotes do not count."""
    quote, found = "", 0
    for place, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter == "/":
            found = place
    return found
