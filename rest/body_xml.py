"""Bodies of requests that write, in XML: the value of the target itself (PUT, PATCH), or of a child of it (POST).

The document element is the node (RFC 8040 sections 4.4 to 4.6); of the whole datastore it is ``data`` in RESTCONF's namespace.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.schema.nodes import DataNode, Inner, LeafList, List, Root, Schema
from pyconfhoard.tree import Element, Path, decode_xml, encode_xml, nearest, parse_xml
from pyconfhoard.tree.branch import same
from pyconfhoard.tree.xml_names import names_of

from .body_json import annotations_of, refuse_state
from .default_tags import ATTRIBUTES, XmlTags
from .target import Target

__all__ = ["RESTCONF", "child_from_xml", "child_named", "decoded_xml", "own_from_xml"]

RESTCONF: Final = "urn:ietf:params:xml:ns:yang:ietf-restconf"
_DATA: Final = f"{RESTCONF} data"


def own_from_xml(
    schema: Schema, target: Target, element: Element, *, keyed: bool = False, consume: bool = False
) -> Any:
    """The value of the target itself, out of a body of PUT or PATCH. ``keyed``: the keys of an entry may be left out, for
    they stand in the path. ``consume``: nobody else reads ``element`` any more. Raises :class:`BadInput`."""
    node, path = target.node, target.path
    if isinstance(node, Root):
        if element.name != _DATA:
            message = f"the document element is data in the namespace {RESTCONF}"
            raise BadInput(Fault("unknown-element", message, value=element.local, legal=("data",)))
        return decoded_xml(schema, node, element, path, consume=consume)
    if keyed and isinstance(node, List):
        there = {child.name for child in element.children}
        keys = zip(node.keys, path.last.key or (), strict=False)
        missing = [
            parse_xml(encode_xml(schema, node.children[name], value))
            for name, value in keys
            if names_of(schema).expanded(node.children[name]) not in there
        ]
        element.children = (*missing, *element.children)
    value = decoded_xml(schema, node, element, path, consume=consume)
    if isinstance(node, LeafList) and target.one_of_many and not same(value, path.last.key):
        message = f"the value in the body is not the one in the path of {node.name}: it does not change"
        raise BadInput(Fault("invalid-value", message, str(path), place=node.place))
    return value


def child_from_xml(schema: Schema, target: Target, element: Element) -> tuple[Path, Any]:
    """The path and value of the child that a POST creates. Nobody else reads ``element`` any more. Raises :class:`BadInput`."""
    node = target.node
    if not isinstance(node, Inner):
        raise TypeError(f"{node.name} has no children")
    if isinstance(node, Root) and element.name == _DATA:
        if len(element.children) != 1:
            message = f"data holds one child in this request, not {len(element.children)}"
            raise BadInput(Fault("malformed-message", message, type="protocol"))
        element = element.children[0]
    child = child_named(schema, node, element, target.path)
    path = target.path.child(child)
    refuse_state(child, path)
    elements = (element,) if isinstance(child, List | LeafList) else element
    value = decoded_xml(schema, child, elements, path, consume=True)
    if isinstance(child, List):
        (entry,) = value.values()
        return path.entry(entry.key), entry
    if isinstance(child, LeafList):
        return path.entry((value[0],)), None
    return path, value


def decoded_xml(
    schema: Schema,
    node: DataNode,
    elements: Element | Sequence[Element],
    path: Path,
    *,
    consume: bool = False,
) -> Any:
    """The value of elements, those tagged as defaults left out. Raises :class:`BadInput`."""
    tags = XmlTags(schema)
    known = annotations_of(schema)
    value = decode_xml(
        schema,
        node,
        elements,
        path,
        attributes=ATTRIBUTES,
        claim=tags.claim,
        annotations=known,
        consume=consume,
    )
    tags.check()
    return value


def child_named(schema: Schema, node: Inner, element: Element, path: Path) -> DataNode:
    """The child of ``node``, which stands at ``path``, that an element is of. Raises :class:`BadInput`."""
    children = _by_element(schema, node)
    found = children.get(element.name)
    if found is None:
        near = nearest(element.local, [child.name for child in children.values()])
        way = f"; its children are such as {' or '.join(near)}" if near else ""
        known = element.namespace in {module.namespace for module in schema.modules.values()}
        message = (
            f"{node.name or 'the datastore'} has no element {element.local!r} of {element.namespace!r}{way}"
        )
        tag: Any = "unknown-element" if known else "unknown-namespace"
        raise BadInput(Fault(tag, message, str(path), value=element.local, legal=near))
    return found


@lru_cache(maxsize=1024)
def _by_element(schema: Schema, node: Inner) -> dict[str, DataNode]:
    names = names_of(schema)
    return {names.expanded(child): child for child in node.children.values()}
