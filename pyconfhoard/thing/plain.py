"""Plain Python values as RFC 7951 JSON of the model: what a handler of an rpc or action gives.

Numbers are rounded to the model's fraction digits and text is read as YANG writes it, as for readings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.schema.nodes import DataNode, Inner, Leaf, LeafList, List
from pyconfhoard.schema.types.base import InvalidValue, Json
from pyconfhoard.thing.operational import canonical
from pyconfhoard.tree import nearest

__all__ = ["to_model"]


def to_model(node: DataNode, value: Any, path: str = "") -> Json:
    """``value`` of ``node``: a mapping for a container, a sequence of mappings for a list, of values for a leaf-list.

    Raises :class:`BadInput` for what the model does not have or cannot hold.
    """
    if isinstance(node, List) and not isinstance(value, Mapping):
        return [to_model(node, entry, path) for entry in value]
    if isinstance(node, Inner):
        if not isinstance(value, Mapping):
            raise BadInput(Fault("invalid-value", f"{node.name} takes a mapping", path, value=repr(value)))
        return {
            name: to_model(_child(node, name, path), item, f"{path}/{name}")
            for name, item in value.items()
            if item is not None
        }
    try:
        if isinstance(node, Leaf):
            return node.type.to_json(canonical(node, value))
        if isinstance(node, LeafList):
            return [node.type.to_json(canonical(node, item)) for item in value]
    except InvalidValue as error:
        raise BadInput(
            Fault("invalid-value", error.message, path, value=str(value), place=node.place, legal=error.legal)
        ) from error
    return value


def _child(node: Inner, name: str, path: str) -> DataNode:
    child = node.children.get(name) or node.children.get(name.removeprefix(f"{node.module}:"))
    if child is None:
        near = nearest(name, node.children)
        raise BadInput(Fault("unknown-element", f"{node.name} has no {name!r}", path, value=name, legal=near))
    return child
