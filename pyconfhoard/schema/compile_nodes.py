"""One statement to one node of the data tree, without what is in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from pyconfhoard.schema.nodes import AnyData, Container, DataNode, Leaf, LeafList, List
from pyconfhoard.schema.stmt import Statement, resolve, text_of
from pyconfhoard.schema.types import EmptyType

__all__ = ["MAKERS", "NO_TYPE", "fill_in"]

NO_TYPE: Final = EmptyType()
"""Stands in a leaf until its type is compiled."""


def fill_in(node: object, name: str, value: object) -> None:
    """Fill in a field of a node that is still being made."""
    object.__setattr__(node, name, value)


def _leaf(stmt: Statement, common: dict[str, Any]) -> DataNode:
    return Leaf(**common, type=NO_TYPE)


def _leaf_list(stmt: Statement, common: dict[str, Any]) -> DataNode:
    return LeafList(**common, type=NO_TYPE, **_list_like(stmt))


def _container(stmt: Statement, common: dict[str, Any]) -> DataNode:
    presence = stmt.search_one("presence")
    return Container(**common, presence="" if presence is None else presence.arg or " ", children={})


def _list(stmt: Statement, common: dict[str, Any]) -> DataNode:
    keys = tuple(resolve(stmt, key)[1] for key in text_of(stmt, "key").split())
    return List(**common, keys=keys, children={}, **_list_like(stmt))


def _list_like(stmt: Statement) -> dict[str, Any]:
    highest = text_of(stmt, "max-elements", "unbounded")
    return {
        "ordered_by_user": text_of(stmt, "ordered-by") == "user",
        "min_elements": int(text_of(stmt, "min-elements", "0")),
        "max_elements": None if highest == "unbounded" else int(highest),
    }


def _any(stmt: Statement, common: dict[str, Any]) -> DataNode:
    return AnyData(**common, xml=stmt.keyword == "anyxml")


MAKERS: Final[Mapping[str, Callable[[Statement, dict[str, Any]], DataNode]]] = {
    "anydata": _any,
    "anyxml": _any,
    "container": _container,
    "leaf": _leaf,
    "leaf-list": _leaf_list,
    "list": _list,
}
"""By keyword: a node of a statement and of the fields that all nodes have."""
