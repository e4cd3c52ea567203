"""The path of a rule (``node-instance-identifier``, RFC 8341 section 3.5.2) as schema nodes and conditions on keys.

It is an instance-identifier in which key predicates may be left out, and in which a value may be ``$USER``. Names are
qualified as in RFC 7951 section 6.11: by the module, or not at all where it is that of the parent. A prefix that no
module has as its name is taken for the prefix that a module gives to itself, which is what rules in XML use: the type
is ``xpath1.0``, so that nobody but its reader knows how to rewrite it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from pyconfhoard.schema.nodes import DataNode, Inner, Leaf, LeafList, List, Node, Schema
from pyconfhoard.schema.types.base import InvalidValue, Value
from pyconfhoard.tree import Path, node_at

__all__ = ["Condition", "Place", "Unplaced", "place_at", "place_of"]

_STEP: Final = re.compile(r"\s*/\s*(?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*)", re.ASCII)
_PREDICATE: Final = re.compile(
    r"\s*\[\s*(?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*|\.)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|(\$USER))\s*\]"
)


class Unplaced(ValueError):
    """A path that names nothing in the model; the text says why."""


@dataclass(frozen=True, slots=True)
class Condition:
    """The key at ``index`` of the step at ``depth`` (from 0) has ``value``."""

    depth: int
    index: int
    value: Value


@dataclass(frozen=True, slots=True)
class Place:
    """``node`` is the schema node that the path names; ``depth`` its number of steps, 0 for ``/``."""

    node: Node
    depth: int
    conditions: tuple[Condition, ...] = ()


def place_of(schema: Schema, text: str, user: str) -> Place:
    """What a rule's path names for ``user``. Raises :class:`Unplaced`."""
    node: Node = schema.root
    conditions: list[Condition] = []
    at, depth = 0, 0
    text = text.strip()
    if text == "/":
        return Place(node, 0)
    while at < len(text):
        step = _STEP.match(text, at)
        if step is None:
            raise Unplaced(f"it breaks at column {at + 1}")
        node = _child(schema, node, step[1] or "", step[2])
        at = step.end()
        while (predicate := _PREDICATE.match(text, at)) is not None:
            given = next((part for part in predicate.groups()[2:4] if part is not None), user)
            conditions.append(_condition(node, depth, predicate[2], given))
            at = predicate.end()
        depth += 1
    return Place(node, depth, tuple(conditions))


def _child(schema: Schema, node: Node, prefix: str, name: str) -> Node:
    if not isinstance(node, Inner):
        raise Unplaced(f"nothing stands below {node.name}")
    if not prefix and node is schema.root:
        found = [child for child in node.children.values() if child.name == name]
        found += [note for note in schema.notifications.values() if note.name == name]
        if len(found) == 1:
            return found[0]
        raise Unplaced(f"{name!r} stands at the top of {len(found)} modules: name the one that is meant")
    module = _module(schema, prefix) if prefix else node.module
    member = name if module == node.module else f"{module}:{name}"
    below: DataNode | None = node.children.get(member)
    if below is not None:
        return below
    for tied in (*node.actions.values(), *node.notifications.values()):
        if tied.name == name and tied.module == module:
            return tied
    top = schema.notifications.get(f"{module}:{name}") if node is schema.root else None
    if top is not None:
        return top
    raise Unplaced(f"there is no {name!r} of {module} {f'below {node.name}' if node.name else 'at the top'}")


def _module(schema: Schema, prefix: str) -> str:
    if prefix in schema.modules:
        return prefix
    own = [
        module.name for module in schema.modules.values() if module.prefix == prefix and module.implemented
    ]
    if len(own) != 1:
        raise Unplaced(f"there is no module {prefix!r}")
    return own[0]


def _condition(node: Node, depth: int, name: str, text: str) -> Condition:
    leaf: Leaf | LeafList
    if isinstance(node, LeafList) and name == ".":
        index, leaf = 0, node
    elif isinstance(node, List) and name in node.keys:
        index = node.keys.index(name)
        key = node.children[name]
        if not isinstance(key, Leaf):
            raise Unplaced(f"{name} is no leaf")
        leaf = key
    else:
        raise Unplaced(f"{name} is no key of {node.name}")
    try:
        return Condition(depth, index, leaf.type.parse(text, leaf.module))
    except InvalidValue as error:
        raise Unplaced(f"{name} of {node.name}: {error.message}") from None


def place_at(schema: Schema, path: Path) -> Place:
    """The place of an instance, its keys as conditions."""
    conditions = [
        Condition(depth, index, value)
        for depth, step in enumerate(path.steps)
        for index, value in enumerate(step.key or ())
    ]
    return Place(node_at(schema, path), len(path), tuple(conditions))
