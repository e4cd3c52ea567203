"""Schema nodes as JSON Schema: one named component for each container and list, and for each typedef.

A node has up to four forms:

========  ====================================================================================
read      what a GET may answer: all of it, nothing but keys required, with annotations (RFC 7952)
edit      what a PATCH may merge: configuration, nothing but keys required
new       what a PUT or POST brings: configuration, with what the model makes mandatory
input     the input of an rpc or action
========  ====================================================================================

A form that would say the same as another one is that other one. What JSON Schema has no word for stands in ``x-yang-``
keywords: ``must``, ``when``, the choice that members belong to, units. Components are made until the *budget* is used up; what
is deeper is an object of which nothing more is said.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias

from pyconfhoard.schema.nodes import AnyData, Choice, Container, DataNode, Inner, Leaf, LeafList, List, Root
from pyconfhoard.schema.types.base import Type

from .types import JsonSchema, text_schema, type_schema

__all__ = ["DATA_MEMBER", "Form", "Shapes"]

Form: TypeAlias = Literal["read", "edit", "new", "input"]

DATA_MEMBER: Final = "ietf-restconf:data"
_ANNOTATION: Final[JsonSchema] = {
    "^@": {"description": "Annotations of a member, or of the object (RFC 7952)."}
}
_ABSENT: Final[JsonSchema] = {"not": {}}
"""``false``, in the words that generators of clients know, too."""
_MOST_MEMBERS: Final = 24
"""A choice between more members is told, but not made a rule."""


class Shapes:
    """The components of one description. ``budget``: how many members of containers and lists are told."""

    def __init__(self, budget: int) -> None:
        self.components: dict[str, JsonSchema] = {}
        self._left = budget
        self._names: dict[tuple[int, Form], str] = {}
        self._types: dict[str, str] = {}
        self._waiting: deque[tuple[str, Inner, Form]] = deque()

    # -- values

    def value(self, node: DataNode, form: Form) -> JsonSchema:
        """The JSON value of a node: of a list, the array."""
        if isinstance(node, Leaf | LeafList):
            return self._leaf(node, form)
        if isinstance(node, AnyData):
            return {**_told(node), **({} if node.xml else {"type": "object"})}
        if isinstance(node, List):
            return self._list(node, form)
        if isinstance(node, Inner):
            return self._reference(node, form)
        raise TypeError(f"{node.name} has no instance data")

    def wrapped(self, node: DataNode, form: Form, *, one: bool = False) -> JsonSchema:
        """The document of a data resource (RFC 8040 section 4.3); ``one``: of an entry of a list or leaf-list."""
        value = self.value(node, form)
        if one:
            value = _one(self, node, form)
        name = DATA_MEMBER if isinstance(node, Root) else node.qname
        document: JsonSchema = {"type": "object", "properties": {name: value}, "required": [name]}
        if form == "read":
            document["patternProperties"] = _ANNOTATION
        document["additionalProperties"] = False
        return document

    def child(self, node: Inner) -> JsonSchema:
        """What a POST may create below a node: exactly one child, of a list one entry."""
        properties: dict[str, JsonSchema] = {}
        for child in node.children.values():
            if child.config and not (isinstance(child, Leaf) and child.is_key):
                many = isinstance(child, List | LeafList)
                properties[child.qname] = _one(self, child, "new") if many else self.value(child, "new")
        return {
            "type": "object",
            "properties": properties,
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
        }

    def members(self, node: Inner, form: Form, only: str = "") -> JsonSchema:
        """The members form of ``/v1``: children by their qualified names. ``only``: of one module. Keys of a list
        entry come from the owner's path."""
        shown = [child for child in node.children.values() if form == "read" or child.config]
        document: JsonSchema = {
            "type": "object",
            "properties": {c.qname: self.value(c, form) for c in shown if only in {"", c.module}},
        }
        if form == "read":
            document["patternProperties"] = _ANNOTATION
        document["additionalProperties"] = False
        return document

    def key(self, leaf: DataNode) -> JsonSchema:
        """A key, or a value of a leaf-list, in a URL."""
        if not isinstance(leaf, Leaf | LeafList):
            raise TypeError(f"{leaf.name} is no key")
        return text_schema(leaf.type, leaf.module)

    def entry(self, node: List, form: Form) -> JsonSchema:
        """One entry of a list."""
        return self._reference(node, form)

    def item(self, node: LeafList) -> JsonSchema:
        """One value of a leaf-list."""
        return self._type(node.type, node.module, node.typedef)

    def complete(self) -> dict[str, JsonSchema]:
        """All components, those that they refer to included, by name."""
        while self._waiting:
            name, node, form = self._waiting.popleft()
            self.components[name] = self._object(node, form)
        return self.components

    # -- parts

    def _leaf(self, node: Leaf | LeafList, form: Form) -> JsonSchema:
        told = _told(node)
        if node.units:
            told["x-yang-units"] = node.units
        kind = self._type(node.type, node.module, node.typedef)
        if isinstance(node, Leaf):
            if node.default is not None:
                told["default"] = node.type.to_json(node.default)
            return {**told, **kind}
        if node.defaults:
            told["default"] = [node.type.to_json(value) for value in node.defaults]
        many = told | {"type": "array", "items": kind}
        if node.config:
            many["uniqueItems"] = True
        return many | _bounds(node, form)

    def _type(self, kind: Type, module: str, typedef: str) -> JsonSchema:
        schema = type_schema(kind, module)
        if not typedef:
            return schema
        record = json.dumps([typedef, schema])
        name = self._types.get(record)
        if name is None:
            name = self._types[record] = self._free(typedef.replace(":", "."))
            self.components[name] = schema
        return _ref(name)

    def _list(self, node: List, form: Form) -> JsonSchema:
        return _told(node) | {"type": "array", "items": self._reference(node, form)} | _bounds(node, form)

    def _reference(self, node: Inner, form: Form) -> JsonSchema:
        if form == "new" and not _differs(node):
            form = "edit"
        name = self._names.get((id(node), form))
        if name is None:
            if self._left <= 0:
                return {"type": "object", "x-yang-path": node.path(), "x-yang-more": True}
            base = node.path().strip("/").replace("/", ".").replace(":", ".") or DATA_MEMBER.replace(":", ".")
            name = self._free(base if form in {"read", "input"} else f"{base}.{form}")
            self._names[id(node), form] = name
            self.components[name] = {}
            self._left -= len(node.children)
            self._waiting.append((name, node, form))
        return _ref(name)

    def _free(self, name: str) -> str:
        taken, number = name, 1
        while taken in self.components:
            number += 1
            taken = f"{name}-{number}"
        return taken

    def _object(self, node: Inner, form: Form) -> JsonSchema:
        shown = [child for child in node.children.values() if form in {"read", "input"} or child.config]
        told = {**_told(node), "type": "object", "x-yang-path": node.path()}
        if isinstance(node, Container) and node.presence:
            told["x-yang-presence"] = node.presence
        told["properties"] = {child.member: self.value(child, form) for child in shown}
        if required := [child.member for child in shown if _required(node, child, form)]:
            told["required"] = required
        if rules := [rule for choice in node.choices for rule in _exclusive(choice, form)]:
            told["allOf"] = rules
        if form == "read":
            told["patternProperties"] = _ANNOTATION
        told["additionalProperties"] = False
        return told


def _ref(name: str) -> JsonSchema:
    return {"$ref": f"#/components/schemas/{name}"}


def _one(shapes: Shapes, node: DataNode, form: Form) -> JsonSchema:
    items = shapes.entry(node, form) if isinstance(node, List) else shapes.item(_leaf_list(node))
    return {"type": "array", "items": items, "minItems": 1, "maxItems": 1}


def _leaf_list(node: DataNode) -> LeafList:
    if not isinstance(node, LeafList):
        raise TypeError(f"{node.name} has no entries")
    return node


def _told(node: DataNode) -> dict[str, Any]:
    """What a person wants to know of a node."""
    told: dict[str, Any] = {}
    if node.description:
        told["description"] = " ".join(node.description.split())
    if node.status != "current":
        told["deprecated"] = True
    if musts := [must.xpath.text for must in node.musts]:
        told["x-yang-must"] = musts
    if whens := [when.xpath.text for when in node.whens]:
        told["x-yang-when"] = whens
    return told


def _bounds(node: List | LeafList, form: Form) -> JsonSchema:
    if form == "read":
        return {}
    bounds: JsonSchema = {}
    if node.min_elements and form in {"new", "input"}:
        bounds["minItems"] = node.min_elements
    if node.max_elements is not None:
        bounds["maxItems"] = node.max_elements
    return bounds


def _required(node: Inner, child: DataNode, form: Form) -> bool:
    """Whether a member must be there in this form."""
    if isinstance(node, List) and child.member in node.keys:
        return True
    if form in {"read", "edit"} or child.whens or child.case is not None:
        return False
    if isinstance(child, List | LeafList):
        return child.min_elements > 0
    if isinstance(child, Container) and not child.presence:
        return any(
            _required(child, below, form) for below in child.children.values() if _told_in(below, form)
        )
    return child.mandatory


def _told_in(node: DataNode, form: Form) -> bool:
    return node.config or form == "input"


@lru_cache(maxsize=16384)
def _differs(node: Inner) -> bool:
    """Whether the form *new* of a node says more than *edit*."""
    keys = node.keys if isinstance(node, List) else ()
    for child in node.children.values():
        if not child.config:
            continue
        if child.member not in keys and _required(node, child, "new"):
            return True
        if isinstance(child, Inner) and _differs(child):
            return True
        if isinstance(child, List | LeafList) and child.min_elements:
            return True
    return False


def _exclusive(choice: Choice, form: Form) -> Iterator[JsonSchema]:
    """Rules for the members of a choice: those of at most one case may be there."""
    cases: dict[str, list[str]] = {}
    for name, case in choice.cases.items():
        members = [node.member for node in case.children if form in {"read", "input"} or node.config]
        if members:
            cases[name] = members
    listed = [member for members in cases.values() for member in members]
    if len(cases) > 1:
        rule: JsonSchema = {"x-yang-choice": choice.name, "x-yang-cases": cases}
        if len(listed) <= _MOST_MEMBERS:
            others = [[member for member in listed if member not in members] for members in cases.values()]
            rule["anyOf"] = [{"properties": dict.fromkeys(absent, _ABSENT)} for absent in others]
        yield rule
    for case in choice.cases.values():
        for nested in case.choices:
            yield from _exclusive(nested, form)
