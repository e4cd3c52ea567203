"""The schema that the tables of examples speak of: small names, one of everything that matters to them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from tree_schemas import choice, container, holding, leaf, leaf_list, list_, node, objects_of, schema_of

from pyconfhoard.schema.nodes import AnyData, Inner, Schema
from pyconfhoard.schema.types import (
    Binary,
    Bits,
    Boolean,
    Decimal64,
    EmptyType,
    Enumeration,
    Integer,
    String,
    Union,
)
from pyconfhoard.tree import Path, decode

__all__ = ["branches", "zoo"]


def zoo() -> Schema:
    """Containers ``settings``, ``lists`` and ``state``, below module ``m``."""
    mixed = Union((Integer("int8"), Boolean(), EmptyType(), Decimal64(2), String()))
    settings = holding(
        "settings",
        leaf("name"),
        leaf("level", Integer("int8"), default=5),
        leaf("big", Integer("uint64")),
        leaf("ratio", Decimal64(3)),
        leaf("on", Boolean(), default=True),
        leaf("mixed", mixed),
        leaf("there", EmptyType()),
        leaf("flags", Bits({"up": 0, "down": 1, "left": 2})),
        leaf("blob", Binary()),
        leaf("mode", Enumeration({"off": 0, "heat": 1, "cool": 2})),
        leaf_list("tags", defaults=("x", "y")),
        leaf_list("order", Integer("int32"), ordered_by_user=True),
        leaf_list("unions", mixed),
        node(AnyData, "any"),
        node(AnyData, "xml", xml=True),
        container("present", leaf("x"), presence="it matters"),
        container("plain", leaf("y", default="why"), container("deeper", leaf("z"))),
        choice(
            "outer",
            {
                "a": (leaf("a1"), choice("inner", {"i1": (leaf("a2"),), "i2": (leaf("a3"),)})),
                "b": (leaf("b1", default="bee"), container("b2", leaf("deep"))),
            },
            default="b",
        ),
    )
    lists = container(
        "lists",
        list_(
            "system",
            "k",
            leaf("k"),
            leaf("v", Integer("int32")),
            container("in", leaf("y")),
            list_("sub", "id", leaf("id", Integer("uint16")), leaf("w")),
        ),
        list_("user", "k", leaf("k", Integer("int32")), leaf("v"), ordered_by_user=True),
        list_("pair", "a b", leaf("a"), leaf("b", mixed), leaf("v")),
    )
    state = container(
        "state",
        leaf("counter", Integer("uint64"), config=False),
        leaf_list("seen", config=False),
        list_("log", "", leaf("msg", config=False), config=False),
        config=False,
    )
    return schema_of(settings, lists, state)


def branches(schema: Inner) -> st.SearchStrategy[Any]:
    """Random data of ``schema``, configuration and state."""
    return objects_of(schema, size=6, state=True).map(lambda raw: decode(schema, raw, Path(), content="all"))
