"""Configuration without a schema: what it is while it is between two.

Names are always ``module:name``, so that a node means the same wherever it is put. Leaves have their RFC 7951 value,
and their text. *Implied* ones were not stored: they are the old model's defaults, which expressions may read, and
none of them gets into the new data.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from pyconfhoard.schema.nodes import AnyData, Container, DataNode, Leaf, LeafList
from pyconfhoard.schema.types.base import Json
from pyconfhoard.tree import Branch, Entries, defaults_in_use

__all__ = ["Item", "Loose", "LooseAny", "LooseLeaf", "LooseValues", "Names", "as_json", "loosened"]

_PATHS: Final = frozenset({"ietf-netconf-acm:node-instance-identifier"})
"""Types derived from XPath whose values are paths of nodes."""

Names: TypeAlias = tuple[str, ...]
"""A place among nodes, whatever the entries: ``module:name`` of each, from the top."""


@dataclass(frozen=True, slots=True)
class LooseLeaf:
    """``text`` is the canonical one of its type. ``notes`` are RFC 7952 annotations. ``refers``: it is the path of a node."""

    json: Json
    text: str
    implied: bool = False
    notes: Json = None
    refers: bool = False


@dataclass(frozen=True, slots=True)
class LooseValues:
    """A leaf-list, ``values`` each as a leaf."""

    values: tuple[LooseLeaf, ...]
    implied: bool = False
    notes: Json = None


@dataclass(frozen=True, slots=True)
class LooseAny:
    """anydata or anyxml."""

    json: Json
    implied: bool = False
    notes: Json = None


@dataclass(slots=True, eq=False)
class Loose:
    """A container or a list entry. ``stays``: it says something by being there, even when it is empty."""

    members: dict[str, Item] = field(default_factory=dict)
    stays: bool = True
    implied: bool = False
    notes: Json = None


Item: TypeAlias = "Loose | list[Loose] | LooseLeaf | LooseValues | LooseAny"
"""What a member is; a list is that of its entries."""


def loosened(branch: Branch, *, implied: bool = False) -> Loose:
    """A branch out of the words of its schema, with the defaults in use."""
    schema = branch.schema
    stays = not isinstance(schema, Container) or bool(schema.presence)
    result = Loose(stays=stays, implied=implied, notes=branch.meta.get(""))
    there = dict(defaults_in_use(branch))
    for name, node in schema.children.items():
        if name in branch.members:
            result.members[node.qname] = _item(
                node, branch.members[name], implied=implied, notes=branch.meta.get(name)
            )
        elif name in there:
            result.members[node.qname] = _item(node, there[name], implied=True, notes=None)
    return result


def _item(node: DataNode, value: Any, *, implied: bool, notes: Json) -> Item:
    if isinstance(value, Branch):
        return loosened(value, implied=implied)
    if isinstance(value, Entries):
        return [loosened(entry, implied=implied) for entry in value.values()]
    if isinstance(node, Leaf):
        return LooseLeaf(node.type.to_json(value), node.type.text(value), implied, notes, _refers(node))
    if isinstance(node, LeafList):
        kind = node.type
        refers = _refers(node)
        values = tuple([LooseLeaf(kind.to_json(one), kind.text(one), implied, None, refers) for one in value])
        return LooseValues(values, implied, notes)
    assert isinstance(node, AnyData), "there is no other kind"  # noqa: S101 - for the type checker
    return LooseAny(value.json, implied, notes)


def _refers(node: Leaf | LeafList) -> bool:
    return node.type.name == "instance-identifier" or node.typedef in _PATHS


def as_json(loose: Loose, module: str = "") -> dict[str, Json]:
    """The RFC 7951 object of all that is not implied; ``module`` is that of the node itself. Containers that say nothing and
    hold nothing are left out."""
    result: dict[str, Json] = {}
    if loose.notes is not None:
        result["@"] = loose.notes
    for qname, item in loose.members.items():
        own, _, bare = qname.partition(":")
        name = bare if own == module else qname
        if isinstance(item, list):
            result[name] = [as_json(entry, own) for entry in item]
        elif item.implied:
            continue
        elif isinstance(item, Loose):
            members = as_json(item, own)
            if members or item.stays:
                result[name] = members
        else:
            result[name] = _json_of(item)
            if item.notes is not None:
                result[f"@{name}"] = item.notes
    return result


def _json_of(item: LooseLeaf | LooseValues | LooseAny) -> Json:
    if isinstance(item, LooseValues):
        return [value.json for value in item.values]
    return item.json
