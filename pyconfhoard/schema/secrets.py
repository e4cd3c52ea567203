"""Which leaves hold secrets.

A secret is a leaf or leaf-list of the type ``iana-crypt-hash:crypt-hash`` (RFC 7317), or one that carries the extension
``secret`` of pyconfhoard-access. An answer leaves it out for those who may not replace it
(:mod:`pyconfhoard.access.nacm`), and no error repeats its value: errors are shown, logged and passed on.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from pyconfhoard.schema.nodes import Leaf, LeafList, Node

__all__ = ["CRYPT_HASH", "SECRET", "is_secret"]

CRYPT_HASH: Final = "iana-crypt-hash:crypt-hash"
SECRET: Final = "pyconfhoard-access:secret"  # noqa: S105 - the extension's name


@lru_cache(maxsize=16384)
def is_secret(node: Node) -> bool:
    """Whether a leaf or leaf-list holds secrets."""
    if not isinstance(node, Leaf | LeafList):
        return False
    return node.typedef == CRYPT_HASH or any(name == SECRET for name, _ in node.extensions)
