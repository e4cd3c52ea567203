"""Immutable instance data: nodes, paths, edits, diff, RFC 7951 JSON, XML. No clock, no disk, no network."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from pyconfhoard.tree.branch import AnyValue, Branch
from pyconfhoard.tree.defaults import defaults_in_use, value_in_use
from pyconfhoard.tree.diff import Change, as_edits, diff, undoing
from pyconfhoard.tree.edit import Edit, apply
from pyconfhoard.tree.edits_json import edits_from_json, edits_from_text, edits_to_json, edits_to_text
from pyconfhoard.tree.entries import Entries
from pyconfhoard.tree.json_decode import decode
from pyconfhoard.tree.json_encode import chunks, encode, to_json
from pyconfhoard.tree.json_text import dumps, parse
from pyconfhoard.tree.lookup import get, revision_at
from pyconfhoard.tree.path import Path, Step
from pyconfhoard.tree.path_text import api_path, node_at, parse_api_path, parse_path
from pyconfhoard.tree.reading import nearest
from pyconfhoard.tree.snapshot import Frozen, Row, freeze, freezing, thaw
from pyconfhoard.tree.view import view
from pyconfhoard.tree.weight import weight

if TYPE_CHECKING:
    from pyconfhoard.tree.xml_decode import Claim, decode_xml
    from pyconfhoard.tree.xml_encode import encode_xml, xml_chunks
    from pyconfhoard.tree.xml_text import Element, parse_xml

__all__ = [
    "AnyValue",
    "Branch",
    "Change",
    "Claim",
    "Edit",
    "Element",
    "Entries",
    "Frozen",
    "Path",
    "Row",
    "Step",
    "api_path",
    "apply",
    "as_edits",
    "chunks",
    "decode",
    "decode_xml",
    "defaults_in_use",
    "diff",
    "dumps",
    "edits_from_json",
    "edits_from_text",
    "edits_to_json",
    "edits_to_text",
    "encode",
    "encode_xml",
    "freeze",
    "freezing",
    "get",
    "nearest",
    "node_at",
    "parse",
    "parse_api_path",
    "parse_path",
    "parse_xml",
    "revision_at",
    "thaw",
    "to_json",
    "undoing",
    "value_in_use",
    "view",
    "weight",
    "xml_chunks",
]

_XML: Final = {
    "Claim": "xml_decode",
    "decode_xml": "xml_decode",
    "encode_xml": "xml_encode",
    "xml_chunks": "xml_encode",
    "Element": "xml_text",
    "parse_xml": "xml_text",
}


def __getattr__(name: str) -> Any:
    """XML is loaded when it is asked for: a Thing never does, and has 0.7 MB more."""
    if name not in _XML:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"pyconfhoard.tree.{_XML[name]}"), name)
