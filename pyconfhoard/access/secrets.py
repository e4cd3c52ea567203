"""Which leaves hold secrets, and how they are told to those who may not see them.

A secret is a leaf or leaf-list of the type ``iana-crypt-hash:crypt-hash`` (RFC 7317), or one that carries the extension
``secret`` of pyconfhoard-access. Logs never show one, differences show that it changed and not to what, and an answer
leaves it out for those who may not replace it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from pyconfhoard.schema.nodes import DataNode, Inner, Leaf, LeafList, Node
from pyconfhoard.tree import Branch, Entries

__all__ = ["CRYPT_HASH", "HIDDEN", "SECRET", "hidden", "holds_secret", "is_secret"]

CRYPT_HASH: Final = "iana-crypt-hash:crypt-hash"
SECRET: Final = "pyconfhoard-access:secret"  # noqa: S105 - the extension's name
HIDDEN: Final = "(hidden)"
"""What stands for a secret."""


@lru_cache(maxsize=16384)
def is_secret(node: Node) -> bool:
    """Whether a leaf or leaf-list holds secrets."""
    if not isinstance(node, Leaf | LeafList):
        return False
    return node.typedef == CRYPT_HASH or any(name == SECRET for name, _ in node.extensions)


@lru_cache(maxsize=16384)
def holds_secret(node: DataNode) -> bool:
    """Whether it is one, or one stands below."""
    if isinstance(node, Inner):
        return any(holds_secret(child) for child in node.children.values())
    return is_secret(node)


def hidden(node: DataNode, value: Any) -> Any:
    """``value`` without its secrets: a secret by itself is :data:`HIDDEN`, those in a branch are left out."""
    if value is None or not holds_secret(node):
        return value
    if isinstance(value, Entries):
        branches = (hidden(node, one) for one in value.values())
        return Entries.build(value.schema, branches, value.revision)
    if not isinstance(value, Branch):
        return HIDDEN
    members = {
        name: hidden(value.schema.children[name], member)
        for name, member in value.members.items()
        if not is_secret(value.schema.children[name])
    }
    meta = {name: notes for name, notes in value.meta.items() if not name or name in members}
    return Branch(value.schema, members, value.revision, meta)
