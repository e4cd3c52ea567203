"""anydata and anyxml in XML (RFC 7950 sections 7.10.2 and 7.11.2), and their JSON without a schema.

What stands in an anydata is modelled somewhere, but not necessarily here. So nothing is guessed, and some things
cannot be told:

==================================== ===================================================
XML                                  JSON
==================================== ===================================================
element with elements in it          object
elements of one name                 array, in the place of the first
one element                          itself: an array of one is not seen
text                                 string, also ``5`` and ``true``
``<x/>``                             ``[null]``: not told from ``""``, ``{}`` or ``null``
another namespace than the parent's  ``module:name`` (``namespace:name`` for no module's)
no namespace                         ``:name``
attribute in a namespace             annotation: ``@``, ``@name`` (RFC 7952)
==================================== ===================================================

So JSON that came from XML gives the same XML again, while JSON of a client that goes through XML comes back with
its numbers and booleans as strings. JSON that no XML can hold (an array in an array, a name with a blank, a
control character) cannot be written: :class:`NotSupported`.

**anyxml** may be any XML. Where it is what an anydata may hold, without attributes and with its repeated elements
together, it is the same JSON, text alone a string. Where it is not, it is ``{"@xml": [...]}``: the list has text as
strings and elements as ``{"name": ..., "attributes": {...}, "content": [...]}``, the last two where there are any, names
as in the table. Prefixes within values are of no meaning here and stay as they are. Comments are not kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from pyconfhoard.errors import Fault, NotSupported
from pyconfhoard.schema.nodes import AnyData
from pyconfhoard.schema.types.base import InvalidValue, Json
from pyconfhoard.tree.xml_names import Names
from pyconfhoard.tree.xml_text import (
    BLANKS,
    XML_NAMESPACE,
    Element,
    attribute_text,
    element_text,
    is_name,
    unwritable,
)

__all__ = ["any_content", "any_from_xml", "scalar_text"]

_ANY_XML: Final = "@xml"
_RESERVED: Final = {XML_NAMESPACE, "http://www.w3.org/2000/xmlns/"}


def any_from_xml(names: Names, node: AnyData, element: Element) -> Json:
    """The JSON of what stands in ``element``; its own attributes are not looked at.

    Raises :class:`InvalidValue` for what an anydata cannot hold.
    """
    if not node.xml:
        return _members(names, element)
    if _is_data(element):
        return _data(names, element)
    return {_ANY_XML: _content(names, element)}


def _is_data(element: Element) -> bool:
    """Whether the JSON of a data tree says all that an anyxml holds."""
    if element.mixed:
        return False
    seen: set[str] = set()
    last = ""
    for child in element.children:
        if child.attributes or (child.name != last and child.name in seen) or not _is_data(child):
            return False
        last = child.name
        seen.add(last)
    return True


def _data(names: Names, element: Element) -> Json:
    if element.children:
        return _members(names, element)
    return element.text or [None]


def _members(names: Names, element: Element) -> dict[str, Json]:
    if element.mixed or (element.text.strip(BLANKS) and not element.children):
        raise InvalidValue(
            f"anydata holds elements, and text only in their ends: there is text in {element.local}"
        )
    groups: dict[str, list[Element]] = {}
    for child in element.children:
        groups.setdefault(child.name, []).append(child)
    result: dict[str, Json] = {}
    for children in groups.values():
        name = _member(names, children[0], element.namespace)
        values = [_data(names, child) for child in children]
        notes = [_notes(names, child) for child in children]
        for index, (value, note) in enumerate(zip(values, notes, strict=True)):
            if note and isinstance(value, dict):
                values[index] = {"@": note, **value}
                notes[index] = None
        result[name] = values[0] if len(values) == 1 else values
        if any(notes):
            result[f"@{name}"] = notes[0] if len(values) == 1 else notes
    return result


def _member(names: Names, element: Element, above: str) -> str:
    if element.namespace == above:
        return element.local
    return f"{names.module(element.namespace) if element.namespace else ''}:{element.local}"


def _notes(names: Names, element: Element) -> dict[str, Json] | None:
    result: dict[str, Json] = {}
    for name, text in element.attributes.items():
        namespace, _, local = name.rpartition(" ")
        if not namespace:
            raise InvalidValue(f"the attribute {local!r} has no namespace: it is no annotation (RFC 7952)")
        result[f"{names.module(namespace)}:{local}"] = text
    return result or None


def _content(names: Names, element: Element) -> list[Json]:
    result: list[Json] = [element.text] if element.text else []
    for child in element.children:
        made: dict[str, Json] = {"name": _full_name(names, child.name)}
        if child.attributes:
            made["attributes"] = {_full_name(names, name): text for name, text in child.attributes.items()}
        if child.text or child.children:
            made["content"] = _content(names, child)
        result.append(made)
        if child.tail:
            result.append(child.tail)
    return result


def _full_name(names: Names, name: str) -> str:
    namespace, _, local = name.rpartition(" ")
    return f"{names.module(namespace)}:{local}" if namespace else local


class _Unwritable(Exception):
    """There is no XML for that; the message says why."""


def any_content(names: Names, node: AnyData, json: Json) -> str:
    """What stands between the tags of the element of ``node``; "" for nothing. Annotations of the element itself,
    ``@`` in an anydata, are not among it.

    Raises :class:`NotSupported` for what has no form in XML.
    """
    namespace = names.namespaces[node.module]
    try:
        if node.xml and isinstance(json, dict) and json.keys() == {_ANY_XML}:
            return "".join(_written(names, json[_ANY_XML], namespace))
        return _inside(names, json, namespace)
    except _Unwritable as error:
        message = f"{node.name} cannot be written as XML: {error}; ask for it as JSON"
        raise NotSupported(Fault("operation-not-supported", message, node.path(), place=node.place)) from None


def scalar_text(value: Json) -> str:
    """A JSON scalar as text. Raises ``ValueError`` for an array, an object, or a character that XML cannot have."""
    if value is None or value == [None]:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        raise ValueError("an array or object is no text")  # noqa: TRY004 - of the document, not of the program
    text = value if isinstance(value, str) else repr(value)
    if bad := unwritable(text):
        raise ValueError(f"XML has no character {bad}")
    return text


def _text(value: Json) -> str:
    try:
        return scalar_text(value)
    except ValueError as error:
        raise _Unwritable(str(error)) from None


def _inside(names: Names, value: Json, namespace: str) -> str:
    if not isinstance(value, dict):
        return element_text(_text(value))
    parts: list[str] = []
    for name, item in value.items():
        if name.startswith("@"):
            continue
        uri, local = _split(names, name, namespace)
        start = f"<{local}" if uri == namespace else f'<{local} xmlns="{attribute_text(uri)}"'
        notes = value.get(f"@{name}")
        if isinstance(item, list) and item != [None]:
            beside = notes if isinstance(notes, list) else []
            for index, one in enumerate(item):
                note = beside[index] if index < len(beside) else None
                parts.append(_element(names, start, local, one, note, uri))
        else:
            parts.append(_element(names, start, local, item, notes, uri))
    return "".join(parts)


def _element(names: Names, start: str, local: str, value: Json, notes: Json, namespace: str) -> str:
    if isinstance(value, dict) and "@" in value:
        notes = value["@"]
    if isinstance(notes, dict) and notes:
        start += _attributes(names, notes)
    inner = _inside(names, value, namespace)
    return f"{start}>{inner}</{local}>" if inner else f"{start}/>"


def _split(names: Names, name: str, above: str) -> tuple[str, str]:
    """Namespace and local name of a member."""
    module, colon, local = name.rpartition(":")
    if not is_name(local):
        raise _Unwritable(f"{name[:80]!r} is no name of an element")
    uri = above if not colon else names.namespace(module) if module else ""
    if uri in _RESERVED or not _is_namespace(uri):
        raise _Unwritable(f"{uri[:80]!r} is no namespace of an element")
    return uri, local


def _is_namespace(uri: str) -> bool:
    return " " not in uri and not unwritable(uri)


def _attributes(names: Names, notes: dict[str, Json]) -> str:
    parts: list[str] = []
    seen: set[tuple[str, str]] = set()
    for index, (name, value) in enumerate(notes.items()):
        module, _, local = name.rpartition(":")
        uri = names.namespace(module) if module else ""
        reserved = uri in _RESERVED - {XML_NAMESPACE} or (not uri and local == "xmlns")
        if not is_name(local) or not _is_namespace(uri) or reserved:
            raise _Unwritable(f"{name[:80]!r} is no name of an attribute")
        if (uri, local) in seen:
            raise _Unwritable(f"the attribute {name[:80]!r} stands twice")
        seen.add((uri, local))
        text = attribute_text(_text(value))
        if uri == XML_NAMESPACE:
            parts.append(f' xml:{local}="{text}"')
        elif uri:
            parts.append(f' xmlns:_{index}="{attribute_text(uri)}" _{index}:{local}="{text}"')
        else:
            parts.append(f' {local}="{text}"')
    return "".join(parts)


def _written(names: Names, content: Any, namespace: str) -> Iterator[str]:
    """Content in the form that only anyxml has."""
    if not isinstance(content, list):
        raise _Unwritable(f"{_ANY_XML} is an array of strings and elements")
    for item in content:
        if isinstance(item, str):
            yield element_text(_text(item))
            continue
        name = item.get("name") if isinstance(item, dict) else None
        attributes = item.get("attributes", {}) if isinstance(item, dict) else None
        if not isinstance(name, str) or not isinstance(attributes, dict):
            raise _Unwritable('an element is {"name": ..., "attributes": {...}, "content": [...]}')
        uri, local = _split(names, name if ":" in name else f":{name}", namespace)
        start = f"<{local}" if uri == namespace else f'<{local} xmlns="{attribute_text(uri)}"'
        start += _attributes(names, attributes)
        inner = "".join(_written(names, item.get("content", []), uri))
        yield f"{start}>{inner}</{local}>" if inner else f"{start}/>"
