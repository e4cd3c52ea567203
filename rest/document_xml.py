"""Instance data as the body of an answer in XML (RFC 8040 section 4.3), in pieces; its JSON twin is ``rest.document``.

A data resource is the document element, without a wrapper; the datastore as a whole is ``data`` in RESTCONF's namespace.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.schema.nodes import List, Root, Schema
from pyconfhoard.tree import xml_chunks

from .body_xml import RESTCONF
from .media_types import XML_LIST
from .source import Found
from .target import Target

__all__ = ["xml_form"]


def xml_form(schema: Schema, target: Target, found: Found, *, listed: bool = False) -> Iterator[bytes]:
    """The document of a data resource, or of the whole datastore. ``listed``: of a list or leaf-list, with ``xml-list`` around
    its entries (draft-ietf-netconf-list-pagination-rc section 2.2).

    Raises :class:`BadInput` for a list or leaf-list with more or less than one entry: an XML document has one element at
    its top.
    """
    node = target.node
    if isinstance(node, Root):
        return xml_chunks(schema, node, found.value, within=(RESTCONF, "data"))
    if listed:
        entries = xml_chunks(schema, node, found.value, notes=found.notes)
        return chain((b"<xml-list>",), entries, (b"</xml-list>",))
    if target.whole and len(found.value) != 1:
        message = (
            f"{node.name} has {len(found.value)} entries, and an XML document has one element at its top: name "
            f"one entry, ask for what it stands in, or take JSON or {XML_LIST}"
        )
        raise BadInput(Fault("invalid-value", message, str(target.path), "protocol"))
    value = found.value
    if target.one_of_many and not isinstance(node, List):
        value = (value,)
    return xml_chunks(schema, node, value, notes=found.notes)
