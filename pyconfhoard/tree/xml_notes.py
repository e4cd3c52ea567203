"""Annotations as XML attributes (RFC 7952 section 5.1, RFC 6243 section 6).

In memory an annotation is what RFC 7951 JSON has: ``{"module:name": value}``. In XML it is an attribute in the
namespace of the module that defines it, its text typed as the module says. The one exception is ``default`` of
ietf-netconf-with-defaults, which has a namespace of its own in XML (RFC 6243) and a module's name in JSON (RFC 8040).
"""

from __future__ import annotations

from typing import Final

from pyconfhoard.errors import Fault, NotSupported
from pyconfhoard.schema.nodes import DataNode
from pyconfhoard.schema.types.base import InvalidValue, Json
from pyconfhoard.tree.xml_any import scalar_text
from pyconfhoard.tree.xml_names import Names, type_reader, type_writer
from pyconfhoard.tree.xml_text import Scope, attribute_text, is_name

__all__ = ["annotation", "attributes_of"]

_DEFAULT: Final = "ietf-netconf-with-defaults:default"
_DEFAULT_NAMESPACE: Final = "urn:ietf:params:xml:ns:netconf:default:1.0"
_WORDS: Final = {"true": True, "1": True, "false": False, "0": False}


def annotation(names: Names, name: str, text: str, scope: Scope) -> tuple[str, Json] | None:
    """An attribute as an annotation: its JSON name and value. None where no module defines it.

    Raises :class:`InvalidValue` for a value outside its type.
    """
    namespace, _, local = name.rpartition(" ")
    if name == f"{_DEFAULT_NAMESPACE} default" and _DEFAULT.partition(":")[0] in names.namespaces:
        if text not in _WORDS:
            raise InvalidValue("not a boolean", legal=("true", "false"))
        return _DEFAULT, _WORDS[text]
    module = names.modules.get(namespace)
    known = f"{module}:{local}"
    kind = names.schema.annotations.get(known)
    if module is None or kind is None:
        return None
    read = type_reader(names, kind)
    value = read(text, module, scope) if read else kind.parse(text, module)
    return known, kind.to_json(value)


def attributes_of(names: Names, node: DataNode, notes: Json) -> tuple[str, tuple[str, ...]]:
    """Annotations as attributes, and the modules whose prefixes stand in them, to be declared on the element.

    One that no module of the schema defines is written as it is told. Raises :class:`NotSupported` where that is
    an object, or a text that XML cannot hold.
    """
    parts: list[str] = []
    used: dict[str, None] = {}
    for index, (known, raw) in enumerate((notes or {}).items()):
        module, _, local = known.rpartition(":")
        try:
            text, modules = _text(names, known, raw)
        except ValueError as error:
            message = f"the annotation {known[:80]!r} of {node.name} cannot be written as XML: {error}"
            raise NotSupported(
                Fault("operation-not-supported", message, node.path(), place=node.place)
            ) from None
        text = attribute_text(text)
        if known == _DEFAULT:
            parts.append(f' xmlns:wd="{_DEFAULT_NAMESPACE}" wd:default="{text}"')
        elif module in names.prefixes:
            used.update(dict.fromkeys((module, *modules)))
            parts.append(f' {names.prefixes[module]}:{local}="{text}"')
        else:
            parts.append(f' xmlns:_{index}="{module}" _{index}:{local}="{text}"')
    return "".join(parts), tuple(used)


def _text(names: Names, known: str, raw: Json) -> tuple[str, tuple[str, ...]]:
    module, _, local = known.rpartition(":")
    if not is_name(local) or not is_name(module):
        raise ValueError("its name is none in XML")
    kind = names.schema.annotations.get(known)
    if kind is None:
        return scalar_text(raw), ()
    try:
        value = kind.from_json(raw, module)
    except InvalidValue:  # annotations in JSON are taken without a look at their type
        return scalar_text(raw), ()
    write = type_writer(names, kind)
    return write(value) if write else (kind.text(value), ())
