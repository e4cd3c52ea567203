"""Passwords on their way in, and compared.

A value ``$0$word`` of RFC 7317's type ``crypt-hash`` asks the server to hash ``word``: it never gets into a datastore, a file
or the journal as it is. ``$5$`` and ``$6$`` are taken as they are, ``$1$`` (MD5) is refused.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from pyconfhoard.access.sha_crypt import LONGEST, Setting, hashed, parse
from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.schema.nodes import DataNode, Inner, Leaf, LeafList
from pyconfhoard.schema.secrets import CRYPT_HASH
from pyconfhoard.tree import Branch, Edit, Entries, Path
from pyconfhoard.validation import take_time

__all__ = ["DUMMY", "decoy", "matches", "sealed"]

_CLEAR: Final = "$0$"

DUMMY: Final = Setting.fresh().text
"""A setting without a hash: to compare with it is as much work, and nothing is equal to it."""


def matches(password: str, stored: str) -> bool:
    """Whether a password has the hash ``stored``. Takes as long for a wrong one as for a right one, and its time."""
    try:
        setting = parse(stored)
    except ValueError:
        setting, stored = parse(DUMMY), DUMMY
    if len(password.encode("utf-8", "surrogatepass")) > LONGEST:
        password, stored = "", DUMMY
    return hmac.compare_digest(hashed(password, setting).encode(), stored.encode("utf-8", "replace"))


def decoy(stored: str) -> str:
    """What costs as much to compare with as ``stored``, and is equal to nothing."""
    try:
        return parse(stored).text
    except ValueError:
        return DUMMY


def sealed(root: Inner, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """``edits`` of a datastore whose top is ``root``, with clear passwords hashed, which takes its time. Raises
    :class:`BadInput` for methods that are not taken, and :class:`~pyconfhoard.validation.Unready` for who is in a hurry where
    there is something to hash."""
    listed = tuple(edits)
    if not _takes_passwords(root):
        return listed
    return tuple(_edit(root, edit) for edit in listed)


@lru_cache(maxsize=16384)
def _takes_passwords(node: DataNode) -> bool:
    if isinstance(node, Inner):
        return any(_takes_passwords(child) for child in node.children.values())
    return isinstance(node, Leaf | LeafList) and node.typedef == CRYPT_HASH


def _edit(root: Inner, edit: Edit) -> Edit:
    node: DataNode | None = root
    for step in edit.path.steps:
        node = node.children.get(step.name) if isinstance(node, Inner) else None
    if node is None or edit.value is None or not _takes_passwords(node):
        return edit
    value = _value(node, edit.value, edit.path)
    return edit if value is edit.value else replace(edit, value=value)


def _value(node: DataNode, value: Any, path: Path) -> Any:
    if isinstance(value, Entries):
        entries = [_value(node, one, path.entry(key)) for key, one in value.items()]
        return Entries.build(value.schema, entries, value.revision)
    if isinstance(value, Branch):
        members = dict(value.members)
        for name, member in value.members.items():
            child = value.schema.children[name]
            if _takes_passwords(child):
                members[name] = _value(child, member, path.child(child))
        return Branch(value.schema, members, value.revision, value.meta)
    if isinstance(value, tuple):
        return tuple(_hash(one, path) for one in value)
    return _hash(value, path)


def _hash(value: str, path: Path) -> str:
    """Errors do not repeat the value: it is a secret."""
    try:
        if value.startswith(_CLEAR):
            take_time()
            return hashed(value.removeprefix(_CLEAR), Setting.fresh())
        parse(value)
    except ValueError as error:
        message = f"{error}; a password is written as $0$ and the password itself, and hashed here"
        raise BadInput(Fault("invalid-value", message, str(path))) from None
    return value
