"""A file of configuration, in whatever form it is, as a tree.

The forms are told apart by their first characters and their first member: XML, RFC 7951 JSON, and JSON in the envelope of
RFC 9195, whose words about modules and times are for people.
"""

from __future__ import annotations

from typing import Any, Final

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.tree.branch import Branch
from pyconfhoard.tree.json_decode import decode
from pyconfhoard.tree.json_text import parse
from pyconfhoard.tree.path import Path
from pyconfhoard.tree.xml_decode import decode_xml
from pyconfhoard.tree.xml_text import parse_xml

__all__ = ["INSTANCE_DATA", "read_config"]

INSTANCE_DATA: Final = "ietf-yang-instance-data:instance-data-set"
"""The member that the envelope of RFC 9195 consists of."""


def read_config(schema: Schema, body: bytes) -> Branch:
    """The tree that a document, which begins at the root, holds. Raises :class:`BadInput` with every fault."""
    if body.lstrip()[:1] == b"<" or body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        root = decode_xml(schema, schema.root, parse_xml(body), Path.ROOT)
    else:
        raw: Any = parse(body)
        if isinstance(raw, dict) and list(raw) == [INSTANCE_DATA]:
            raw = _content(raw[INSTANCE_DATA])
        root = decode(schema.root, raw, Path.ROOT)
    if not isinstance(root, Branch):
        raise TypeError("a root is read as a branch")
    return root


def _content(envelope: Any) -> Any:
    if not isinstance(envelope, dict) or "content-data" not in envelope:
        raise BadInput(Fault("malformed-message", f"{INSTANCE_DATA} has no content-data", "/"))
    return envelope["content-data"]
