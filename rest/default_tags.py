"""Values that a client sends back with the tag of a default, as ``with-defaults=report-all-tagged`` told them.

Such a node is as if it were not there: it was not set, and has its default (RFC 6243 section 4.5.3). A tagged value that is
not the model's default is refused. In JSON the tag is an annotation, and is looked for in what was decoded; in XML it is an
attribute, and its element is left out while that is read.
"""

from __future__ import annotations

from typing import Any, Final

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.schema.nodes import DataNode, Leaf, LeafList, Schema
from pyconfhoard.schema.types.base import InvalidValue, Json
from pyconfhoard.tree import Branch, Element, Entries, Path
from pyconfhoard.tree.branch import holds, same
from pyconfhoard.tree.defaults import default_of
from pyconfhoard.tree.xml_names import names_of, reader

__all__ = ["ATTRIBUTES", "TAG", "XmlTags", "untagged"]

TAG: Final = "ietf-netconf-with-defaults:default"
_ATTRIBUTE: Final = "urn:ietf:params:xml:ns:netconf:default:1.0 default"
ATTRIBUTES: Final = frozenset((_ATTRIBUTE,))
"""Attributes that may stand anywhere in a body in XML."""


def untagged(value: Any, path: Path) -> Any:
    """``value``, decoded at ``path``, without what is tagged as a default. Raises :class:`BadInput` with all tags that lie."""
    faults: list[Fault] = []
    left = _without(value, path, faults)
    if faults:
        raise BadInput(faults)
    return left


def _without(value: Any, path: Path, faults: list[Fault]) -> Any:
    if isinstance(value, Entries):
        keyed = bool(value.schema.keys)
        entries = [
            _without(entry, path.entry(entry.key if keyed else (number,)), faults)
            for number, entry in enumerate(value.values())
        ]
        return Entries.build(value.schema, entries, value.revision)
    if not isinstance(value, Branch):
        return value
    members: dict[str, Any] = {}
    meta = dict(value.meta)
    for name, member in value.members.items():
        child = value.schema.children[name]
        place = path.child(child)
        notes = meta.get(name)
        if not _tagged(notes):
            members[name] = _without(member, place, faults)
            continue
        del meta[name]
        if not same(default_of(child), member):
            faults.append(_lie(child, place))
    return Branch(value.schema, members, value.revision, meta or None)


class XmlTags:
    """The ``claim`` of :func:`~pyconfhoard.tree.decode_xml`: takes the tagged elements away, and keeps in mind which lie."""

    def __init__(self, schema: Schema) -> None:
        self._names = names_of(schema)
        self._faults: list[Fault] = []

    def claim(self, path: Path, node: DataNode, element: Element) -> bool:
        """Whether an element is tagged as a default."""
        if element.attributes.get(_ATTRIBUTE) not in {"true", "1"} or not isinstance(node, Leaf | LeafList):
            return False
        read = reader(self._names, node)
        try:
            text = element.text
            value = read(text, node.module, element.scope) if read else node.type.parse(text, node.module)
        except InvalidValue:  # to be told as such when it is read
            return False
        known = holds(node.defaults, value) if isinstance(node, LeafList) else same(node.default, value)
        if not known:
            self._faults.append(_lie(node, path))
        return True

    def check(self) -> None:
        """Raise :class:`BadInput` with all tags that lied."""
        if self._faults:
            raise BadInput(self._faults)


def _lie(node: DataNode, path: Path) -> Fault:
    message = f"{node.name} is tagged as a default, and this is not its default"
    return Fault("invalid-value", message, str(path), place=node.place)


def _tagged(notes: Json) -> bool:
    """Whether a leaf, or every value of a leaf-list, is tagged."""
    listed = notes if isinstance(notes, list) else [notes]
    return bool(listed) and all(isinstance(note, dict) and note.get(TAG) is True for note in listed)
