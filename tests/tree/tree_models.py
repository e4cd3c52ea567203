"""Small schemas built by hand, so that the tree is tested without the compiler."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyconfhoard.errors import Place
from pyconfhoard.schema.nodes import (
    AnyData,
    Case,
    Choice,
    Container,
    DataNode,
    Inner,
    Leaf,
    LeafList,
    List,
    Module,
    Root,
    Schema,
)
from pyconfhoard.schema.types import (
    Binary,
    Bits,
    Boolean,
    Decimal64,
    EmptyType,
    Enumeration,
    Integer,
    String,
    Type,
    Union,
)

PLACE = Place("m.yang", 1)


def leaf(name: str, type_: Type, **more: Any) -> Leaf:
    return Leaf(name=name, module="m", place=PLACE, member=name, type=type_, **more)


def leaf_list(name: str, type_: Type, **more: Any) -> LeafList:
    return LeafList(name=name, module="m", place=PLACE, member=name, type=type_, **more)


def anydata(name: str, **more: Any) -> AnyData:
    return AnyData(name=name, module="m", place=PLACE, member=name, **more)


def container(name: str, *children: DataNode, choices: Sequence[Choice] = (), **more: Any) -> Container:
    node = Container(
        name=name,
        module="m",
        place=PLACE,
        member=name,
        children={child.member: child for child in children},
        choices=tuple(choices),
        **more,
    )
    return _adopt(node)


def list_(
    name: str, keys: Sequence[str], *children: DataNode, choices: Sequence[Choice] = (), **more: Any
) -> List:
    node = List(
        name=name,
        module="m",
        place=PLACE,
        member=name,
        keys=tuple(keys),
        children={child.member: child for child in children},
        choices=tuple(choices),
        **more,
    )
    for key in keys:
        object.__setattr__(node.children[key], "is_key", True)
    return _adopt(node)


def case(name: str, *children: DataNode, choices: Sequence[Choice] = ()) -> tuple[str, Any, Any]:
    return name, children, choices


def choice(name: str, *cases: tuple[str, Any, Any], default: str = "") -> Choice:
    """A choice; the children of its cases must be given to the node that holds it too."""
    made: dict[str, Case] = {}
    node = Choice(name=name, module="m", place=PLACE, cases=made, default=default)
    for case_name, children, choices in cases:
        inside = [*children, *(child for one in choices for c in one.cases.values() for child in c.children)]
        one = Case(
            name=case_name,
            module="m",
            place=PLACE,
            choice=node,
            children=tuple(inside),
            choices=tuple(choices),
        )
        made[case_name] = one
        for child in children:
            object.__setattr__(child, "case", one)
        for nested in choices:
            object.__setattr__(nested, "case", one)
    return node


def schema(*children: DataNode) -> Schema:
    """A schema of the one module ``m``; the top-level nodes are qualified here."""
    for child in children:
        object.__setattr__(child, "member", f"m:{child.name}")
    root = Root(
        name="",
        module="",
        place=PLACE,
        member="",
        children={child.member: child for child in children},
    )
    _adopt(root)
    module = Module("m", "", "urn:m", "m", "1.1", PLACE)
    return Schema(
        modules={"m": module}, root=root, rpcs={}, notifications={}, identities={}, fingerprint="test"
    )


def _adopt(node: Any) -> Any:
    assert isinstance(node, Inner)
    for child in node.children.values():
        object.__setattr__(child, "parent", node)
    return node


def zoo() -> Schema:
    """A schema with one of everything that a tree has to care about."""
    string, boolean = String(), Boolean()
    mixed = Union((Integer("int8"), Boolean(), EmptyType(), Decimal64(2), String()))
    inner = choice("inner", case("i1", a2 := leaf("a2", string)), case("i2", a3 := leaf("a3", string)))
    outer = choice(
        "outer",
        case("a", a1 := leaf("a1", string), choices=[inner]),
        case("b", b1 := leaf("b1", string, default="bee"), b2 := container("b2", leaf("deep", string))),
        default="b",
    )
    settings = container(
        "settings",
        leaf("name", string),
        leaf("level", Integer("int8"), default=5),
        leaf("big", Integer("uint64")),
        leaf("ratio", Decimal64(3)),
        leaf("on", boolean, default=True),
        leaf("mixed", mixed),
        leaf("there", EmptyType()),
        leaf("flags", Bits({"up": 0, "down": 1, "left": 2})),
        leaf("blob", Binary()),
        leaf("mode", Enumeration({"off": 0, "heat": 1, "cool": 2})),
        leaf_list("tags", string, defaults=("x", "y")),
        leaf_list("order", Integer("int32"), ordered_by_user=True),
        leaf_list("unions", mixed),
        anydata("any"),
        anydata("xml", xml=True),
        container("present", leaf("x", string), presence="it matters"),
        container("plain", leaf("y", string, default="why"), container("deeper", leaf("z", string))),
        a1,
        a2,
        a3,
        b1,
        b2,
        choices=[outer],
    )
    system = list_(
        "system",
        ["k"],
        leaf("k", string),
        leaf("v", Integer("int32")),
        container("in", leaf("y", string)),
        list_("sub", ["id"], leaf("id", Integer("uint16")), leaf("w", string)),
    )
    user = list_("user", ["k"], leaf("k", Integer("int32")), leaf("v", string), ordered_by_user=True)
    pair = list_("pair", ["a", "b"], leaf("a", string), leaf("b", mixed), leaf("v", string))
    state = container(
        "state",
        leaf("counter", Integer("uint64"), config=False),
        leaf_list("seen", string, config=False),
        list_("log", [], leaf("msg", string, config=False), config=False),
        config=False,
    )
    return schema(settings, container("lists", system, user, pair), state)
