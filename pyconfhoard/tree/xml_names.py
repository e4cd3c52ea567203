"""Namespaces of modules, and values that have names in them: what XML says with prefixes, JSON says with modules.

Four kinds of values have names of nodes or identities in them, and their text in XML depends on where it stands:

* **identityref** (RFC 7950 section 9.10.3): without a prefix, the identity is of the default namespace in scope.
* **instance-identifier** (section 9.13.2): every name has a prefix, also that of a key in a predicate; and where the
  key or leaf-list value that is looked for is itself such a value, so has it.
* **XPath** (``yang:xpath1.0`` and NACM's ``node-instance-identifier``): every ``prefix:name``, and a string that is one
  as a whole, for identities are named by strings (``derived-from``). Such leaves are known by their typedef. In the path of a
  rule of NACM a name may be without its module, which is that of the step before; in XML each has its prefix.
* **union** with one of these among its members (section 9.12): members are tried in their order.

In canonical values names carry their module. Written, they carry the module's own prefix, declared on the element; two
modules of one schema that chose the same prefix are told apart by a number.

A namespace that belongs to no module of the schema can stand in anydata and anyxml only. There it is its own name:
``urn:x:a`` is ``a`` in ``urn:x``, and a module that is not known is its own namespace.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias

from pyconfhoard.schema.nodes import DataNode, Inner, Leaf, LeafList, List, Schema
from pyconfhoard.schema.types.base import InvalidValue, Type, Value
from pyconfhoard.schema.types.identityref import Identityref
from pyconfhoard.schema.types.instance_identifier import (
    InstanceIdentifier,
    InstanceStep,
    format_instance,
    parse_instance,
    quoted,
)
from pyconfhoard.schema.types.leafref import Leafref
from pyconfhoard.schema.types.union import Union
from pyconfhoard.tree.xml_text import Scope, attribute_text

__all__ = ["Names", "Read", "Write", "names_of", "reader", "type_reader", "type_writer", "writer"]

Read: TypeAlias = Callable[[str, str, Scope], Value]
"""A value from its text, the module of its leaf, and the prefixes in scope. Raises :class:`InvalidValue`."""
Write: TypeAlias = Callable[[Value], tuple[str, tuple[str, ...]]]
"""The text of a value, and the modules whose prefixes stand in it, each once."""

_NODE: Final = "ietf-netconf-acm:node-instance-identifier"
_XPATH: Final = {"ietf-yang-types:xpath1.0", _NODE}

_NAME: Final = r"[A-Za-z_][A-Za-z0-9_.-]*"
_WORDS: Final = re.compile(
    rf"""(["'])(?:({_NAME}):)?((?:(?!\1).)*)\1|(?<![A-Za-z0-9_.-])({_NAME}):(?=[A-Za-z_*])""", re.DOTALL
).sub
"""A string, perhaps a qualified name as a whole; or the prefix of a name outside of strings."""
_BARE: Final = re.compile(_NAME).fullmatch
_WITHOUT: Final = re.compile(
    rf"""(["'])(?:(?!\1).)*\1|[/\[][ \t]*({_NAME})(?![A-Za-z0-9_.:-])""", re.DOTALL
).finditer
"""A string; or a name without a prefix, at the beginning of a step or predicate."""
_STEP: Final = re.compile(
    rf"""(["'])(?:(?!\1).)*\1|(?P<mark>[/\[])(?P<blank>\s*)(?:(?P<module>{_NAME}):)?(?P<name>{_NAME})(?![\w.:(-])""",
    re.DOTALL,
).sub
"""A string; or the name that begins a step or predicate."""


class Names:
    """The namespaces of one schema."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.namespaces = {name: module.namespace for name, module in schema.modules.items()}
        """By name of the module."""
        self.modules = {uri: name for name, uri in self.namespaces.items()}
        """By namespace."""
        self.prefixes = _prefixes(schema)
        """By name of the module; no two are the same."""

    def expanded(self, node: DataNode) -> str:
        """The name of the element, as ``tree.xml_text`` has it: ``"namespace local"``."""
        return f"{self.namespaces[node.module]} {node.name}"

    def namespace(self, module: str) -> str:
        """Also of a module that is not known: see the head of this module."""
        return self.namespaces.get(module, module)

    def module(self, namespace: str) -> str:
        """Also of a namespace that no module has. Raises :class:`InvalidValue` where it would be taken for something else."""
        module = self.modules.get(namespace)
        if module is None and (namespace in self.namespaces or namespace.startswith("@")):
            raise InvalidValue(
                f"the namespace {namespace[:80]!r} is no module's, and cannot be told from one's name"
            )
        return namespace if module is None else module

    def declared(self, modules: tuple[str, ...]) -> str:
        """The declarations of their prefixes, as attributes."""
        return "".join(
            [f' xmlns:{self.prefixes[one]}="{attribute_text(self.namespaces[one])}"' for one in modules]
        )


@lru_cache(maxsize=8)
def names_of(schema: Schema) -> Names:
    """The one :class:`Names` of a schema."""
    return Names(schema)


def _prefixes(schema: Schema) -> dict[str, str]:
    taken: dict[str, str] = {"wd": ""}
    for name in sorted(schema.modules):
        wanted = schema.modules[name].prefix or name
        if wanted.startswith("_") or wanted[:3].lower() == "xml":
            wanted = f"p{wanted}"  # the former are ours, for what has no module; the latter XML's
        prefix, number = wanted, 2
        while prefix in taken:
            prefix, number = f"{wanted}{number}", number + 1
        taken[prefix] = name
    return {name: prefix for prefix, name in taken.items() if name}


def reader(names: Names, node: Leaf | LeafList) -> Read | None:
    """How the text of a value is read; None where it is the same text wherever it stands: ``Type.parse``."""
    return type_reader(names, node.type, node.typedef)


def writer(names: Names, node: Leaf | LeafList) -> Write | None:
    """How a value is written; None where its text has no names in it: ``Type.text``."""
    return type_writer(names, node.type, node.typedef)


def type_reader(names: Names, kind: Type, typedef: str = "") -> Read | None:
    """As :func:`reader`, of a type."""
    if isinstance(kind, Leafref):
        kind = kind.final
    if isinstance(kind, Identityref):
        identities = kind
        return lambda text, module, scope: identities.parse(_identity(names, text, scope), module)
    if isinstance(kind, InstanceIdentifier):
        return lambda text, module, scope: _instance(names, text, scope)
    if isinstance(kind, Union):
        union = kind
        members = {id(member): read for member in kind.members if (read := type_reader(names, member))}
        if not members:
            return None

        def first(text: str, module: str, scope: Scope) -> Value:
            def convert(member: Type) -> Value:
                read = members.get(id(member))
                return read(text, module, scope) if read else member.parse(text, module)

            return union.first(convert)

        return first
    if typedef in _XPATH:
        strings = kind
        return lambda text, module, scope: strings.parse(
            _xpath(
                text,
                lambda prefix: _module(names, prefix, scope),
                lambda prefix: _known(names, prefix, scope),
            ),
            module,
        )
    return None


def type_writer(names: Names, kind: Type, typedef: str = "") -> Write | None:
    """As :func:`writer`, of a type."""
    if isinstance(kind, Leafref):
        kind = kind.final
    if isinstance(kind, Identityref):
        return lambda value: _identity_text(names, str(value))
    if isinstance(kind, InstanceIdentifier):
        return lambda value: _instance_text(names, str(value))
    if isinstance(kind, Union):
        if type_reader(names, kind) is None:
            return None
        union = kind

        def write(value: Value) -> tuple[str, tuple[str, ...]]:
            member = union.member(value)
            inner = type_writer(names, member)
            return inner(value) if inner else (member.text(value), ())

        return write
    if typedef == _NODE:
        return lambda value: _xpath_text(names, _modules_named(str(value)))
    if typedef in _XPATH:
        return lambda value: _xpath_text(names, str(value))
    return None


def _module(names: Names, prefix: str, scope: Scope) -> str:
    uri = scope.namespace(prefix)
    if uri is None:
        raise InvalidValue(f"the prefix {prefix[:80]!r} is not declared here (xmlns:{prefix[:80]}=...)")
    module = names.modules.get(uri)
    if module is None:
        whose = f"the prefix {prefix[:80]!r}" if prefix else "names without a prefix"
        raise InvalidValue(f"no module has the namespace {uri[:80]!r}, that of {whose} here")
    return module


def _known(names: Names, prefix: str, scope: Scope) -> str | None:
    uri = scope.namespace(prefix)
    return None if uri is None else names.modules.get(uri)


def _identity(names: Names, text: str, scope: Scope) -> str:
    """With its module in place of the prefix."""
    prefix, colon, name = text.partition(":")
    if colon:
        return f"{_module(names, prefix, scope)}:{name}"
    if scope.namespace("") is None:  # every element has a prefix: the leaf's own module is meant
        return text
    return f"{_module(names, '', scope)}:{text}"


def _identity_text(names: Names, value: str) -> tuple[str, tuple[str, ...]]:
    module, colon, name = value.partition(":")
    return (f"{names.prefixes[module]}:{name}", (module,)) if colon else (value, ())


def _instance(names: Names, text: str, scope: Scope) -> Value:
    steps = parse_instance(_all_qualified(text), lambda prefix: _module(names, prefix, scope))
    return format_instance(
        _converted(names, steps, lambda read, leaf, value: _text_of(read, leaf, value, scope))
    )


def _all_qualified(text: str) -> str:
    """``text``; raises :class:`InvalidValue` where a name in it has no prefix (RFC 7950 section 9.13.2)."""
    for found in _WITHOUT(text):
        name = found.group(2)
        if name is not None:
            raise InvalidValue(
                f"{name[:80]!r} needs a prefix: in XML every name of an instance-identifier has one"
            )
    return text


def _instance_text(names: Names, value: str) -> tuple[str, tuple[str, ...]]:
    used: dict[str, None] = {}

    def name(module: str, bare: str) -> str:
        used[module] = None
        return f"{names.prefixes[module]}:{bare}"

    def text_of(_: Read, leaf: Leaf | LeafList, text: str) -> str:
        write = writer(names, leaf)
        if write is None:
            return text
        try:
            written, modules = write(leaf.type.parse(text, leaf.module))
        except InvalidValue:
            return text
        used.update(dict.fromkeys(modules))
        return written

    words: list[str] = []
    for step in _converted(names, parse_instance(value), text_of):
        words.append("/" + name(step.module, step.name))
        for key, wanted in step.keys:
            module, colon, bare = key.rpartition(":")
            words.append(f"[{name(module if colon else step.module, bare)}={quoted(wanted)}]")
        if step.value is not None:
            words.append(f"[.={quoted(step.value)}]")
        if step.position is not None:
            words.append(f"[{step.position}]")
    return "".join(words), tuple(used)


def _text_of(read: Read, leaf: Leaf | LeafList, text: str, scope: Scope) -> str:
    try:
        return leaf.type.text(read(text, leaf.module, scope))
    except InvalidValue:  # no such key can exist: for the validation to say
        return text


def _converted(
    names: Names, steps: tuple[InstanceStep, ...], convert: Callable[[Read, Leaf | LeafList, str], str]
) -> tuple[InstanceStep, ...]:
    """``steps`` with ``convert`` applied to the values in predicates that have names in them."""
    node: DataNode | None = names.schema.root
    result: list[InstanceStep] = []
    for step in steps:
        node = _child(node, step)
        if step.keys and isinstance(node, List):
            children = node.children
            keys = [(key, _part(names, children.get(key), value, convert)) for key, value in step.keys]
            result.append(InstanceStep(step.module, step.name, tuple(keys)))
        elif step.value is not None:
            value = _part(names, node, step.value, convert)
            result.append(InstanceStep(step.module, step.name, value=value))
        else:
            result.append(step)
    return tuple(result)


def _child(node: DataNode | None, step: InstanceStep) -> DataNode | None:
    if not isinstance(node, Inner):
        return None
    name = step.name if step.module == node.module else f"{step.module}:{step.name}"
    return node.children.get(name)


def _part(
    names: Names, node: DataNode | None, text: str, convert: Callable[[Read, Leaf | LeafList, str], str]
) -> str:
    if not isinstance(node, Leaf | LeafList):
        return text
    read = reader(names, node)
    return text if read is None else convert(read, node, text)


def _xpath(text: str, outside: Callable[[str], str], inside: Callable[[str], str | None]) -> str:
    """``text`` with its prefixes replaced, ``outside`` of strings and ``inside``, where None leaves them be."""

    def replace(found: re.Match[str]) -> str:
        mark, prefix, rest, name = found.groups()
        if name is not None:
            return f"{outside(name)}:"
        if prefix is None or not _BARE(rest):
            return found.group()
        return f"{mark}{inside(prefix) or prefix}:{rest}{mark}"

    return _WORDS(replace, text)


def _modules_named(path: str) -> str:
    """A ``node-instance-identifier`` with the module of each name: where it has none, that of the step before."""
    step = ""

    def named(found: re.Match[str]) -> str:
        nonlocal step
        if found["name"] is None:
            return found[0]
        module = found["module"] or step
        if found["mark"] == "/":
            step = module
        return f"{found['mark']}{found['blank']}{module and module + ':'}{found['name']}"

    return _STEP(named, path)


def _xpath_text(names: Names, value: str) -> tuple[str, tuple[str, ...]]:
    used: dict[str, None] = {}

    def prefix(module: str) -> str:
        if module not in names.prefixes:
            return module
        used[module] = None
        return names.prefixes[module]

    return _xpath(value, prefix, prefix), tuple(used)
