"""A schema of module ``m`` with everything that instance data can be, and random data of it.

Built by hand, so that trees are tested without the compiler. Data is generated as RFC 7951 JSON and comes
in through :func:`decode`, the one way in that a program has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hypothesis import strategies as st

from pyconfhoard.errors import Place
from pyconfhoard.schema.expression import XPath
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
    Identityref,
    InstanceIdentifier,
    Integer,
    Leafref,
    String,
    Type,
    Union,
)
from pyconfhoard.tree import Branch, Path, decode
from pyconfhoard.tree.json_text import Number

INT8 = Integer("int8")
INT64 = Integer("int64")
UINT16 = Integer("uint16")
DECIMAL = Decimal64(2)
STRING = String()
MIXED = Union((INT8, Boolean(), DECIMAL, EmptyType(), STRING))
IDENTITY = Identityref(("m:base",), frozenset({"m:ale", "n:lager"}))
MODE = Enumeration({"off": 0, "on": 1, "auto": 2})
FLAGS = Bits({"a": 0, "b": 1, "c": 2})


def node(kind: type[Any], name: str, *children: DataNode, module: str = "m", **more: Any) -> Any:
    """A node with its place: the line is the number of letters in its name, so that tests can tell."""
    if children:
        more["children"] = {child.member: child for child in children}
    made = kind(
        name=name, module=module, member=more.pop("member", name), place=Place("m.yang", len(name)), **more
    )
    for child in children:
        _set(child, "parent", made)
        if isinstance(made, List) and child.member in made.keys:
            _set(child, "is_key", True)
    return made


def _set(target: Any, name: str, value: Any) -> None:
    object.__setattr__(target, name, value)


def leaf(name: str, kind: Type = STRING, **more: Any) -> Leaf:
    return node(Leaf, name, type=kind, **more)


def leaf_list(name: str, kind: Type = STRING, **more: Any) -> LeafList:
    return node(LeafList, name, type=kind, **more)


def container(name: str, *children: DataNode, **more: Any) -> Container:
    return node(Container, name, *children, **more)


def list_(name: str, keys: str, *children: DataNode, **more: Any) -> List:
    return node(List, name, *children, keys=tuple(keys.split()), **more)


def choice(name: str, cases: Mapping[str, Iterable[DataNode | Choice]], **more: Any) -> Choice:
    """The nodes of the cases are given to their holder too (:func:`holding`)."""
    made = Choice(name=name, module="m", place=Place("m.yang", len(name)), **more)
    result: dict[str, Case] = {}
    for case_name, parts in cases.items():
        nodes = [part for part in parts if isinstance(part, DataNode)]
        nested = tuple(part for part in parts if isinstance(part, Choice))
        below = [child for one in nested for case in one.cases.values() for child in case.children]
        case = Case(
            name=case_name,
            module="m",
            place=made.place,
            choice=made,
            children=(*nodes, *below),
            choices=nested,
        )
        for one in nodes:
            _set(one, "case", case)
        for inside in nested:
            _set(inside, "case", case)
        result[case_name] = case
    _set(made, "cases", result)
    return made


def holding(name: str, *parts: DataNode | Choice, kind: type[Any] = Container, **more: Any) -> Any:
    """An inner node with choices among its children."""
    choices = tuple(part for part in parts if isinstance(part, Choice))
    children: list[DataNode] = []
    for part in parts:
        if isinstance(part, Choice):
            children += [child for case in part.cases.values() for child in case.children]
        else:
            children.append(part)
    return node(kind, name, *children, choices=choices, **more)


def schema_of(*top: DataNode) -> Schema:
    """A schema of the modules m and n; top-level names are qualified here."""
    for child in top:
        _set(child, "member", child.qname)
    root = Root(name="", module="", place=Place("", 0), member="", children={c.member: c for c in top})
    for child in top:
        _set(child, "parent", root)
    modules = {
        name: Module(name, "", f"urn:{name}", name, "1.1", Place(f"{name}.yang", 1)) for name in ("m", "n")
    }
    return Schema(modules=modules, root=root, rpcs={}, notifications={}, identities={}, fingerprint="")


def _paged(name: str, *children: DataNode, **more: Any) -> List:
    return list_(name, "k", leaf("k", UINT16), *children, **more)


SCHEMA = schema_of(
    container(
        "top",
        leaf("text"),
        leaf("small", INT8, default=7),
        leaf("large", INT64),
        leaf("exact", DECIMAL),
        leaf("flag", Boolean(), default=False),
        leaf("mode", MODE, default="auto"),
        leaf("flags", FLAGS),
        leaf("octets", Binary()),
        leaf("there", EmptyType()),
        leaf("kind", IDENTITY),
        leaf("where", InstanceIdentifier()),
        leaf("mixed", MIXED),
        leaf("like", Leafref(XPath("../small", "m", {}), INT8)),
        leaf("foreign", module="n", member="n:foreign"),
        leaf_list("sorted", MIXED),
        leaf_list("ordered", MIXED, ordered_by_user=True),
        leaf_list("preset", INT8, defaults=(1, 2)),
        container("plain", leaf("a"), container("deeper", leaf("b", default="x"))),
        container("presence", leaf("a"), presence="it counts"),
        node(AnyData, "any"),
        leaf("measured", DECIMAL, config=False),
        leaf_list("samples", INT8, config=False),
        list_("log", "", leaf("line", config=False), leaf("no", INT8, config=False), config=False),
    ),
    list_("one", "name", leaf("name"), leaf("v", INT8), container("c", leaf("w"), leaf("x", INT8))),
    list_("two", "a b", leaf("a"), leaf("b", INT8), leaf("v")),
    list_("mix", "key", leaf("key", MIXED), leaf("v", INT8)),
    list_("line", "id", leaf("id", MIXED), leaf("v", INT8), ordered_by_user=True),
    _paged(
        "nest",
        leaf("v", INT8),
        _paged("inner", leaf("v", INT8), container("c", _paged("innermost", leaf("v", INT8)))),
        _paged("queue", leaf("v", INT8), ordered_by_user=True),
    ),
    holding(
        "options",
        choice(
            "how",
            {
                "by-hand": (leaf("lever"), leaf("turns", INT8, default=3)),
                "by-motor": (
                    leaf("motor"),
                    choice("drive", {"belt": (leaf("belt", default="long"),), "chain": (leaf("chain"),)}),
                ),
                "box": (container("kit", leaf("tool", default="hammer")),),
            },
            default="by-hand",
        ),
        leaf("note"),
    ),
)

ROOT = SCHEMA.root

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"]), max_size=6)
"""Any text that a YANG string may be."""
awkward = st.sampled_from(
    [
        "",
        " ",
        "'",
        '"',
        "'\"",
        "''",
        '""',
        "a/b",
        "a]b",
        "[.='x']",
        "{x}",
        "%41",
        "%",
        "a,b",
        "=",
        "ü",
        "💧",
        "a b",
        "\\",
    ]
)
small_ints = st.integers(-128, 127)
decimals = st.integers(-999, 999).map(lambda n: f"{'-' * (n < 0)}{abs(n) // 100}.{abs(n) % 100:02}")


def values(kind: Type) -> st.SearchStrategy[Any]:
    """RFC 7951 values of a type, not always in canonical form."""
    if isinstance(kind, Leafref):
        return values(kind.final)
    if isinstance(kind, Union):
        return st.one_of([values(member) for member in kind.members])
    if isinstance(kind, Integer):
        if kind.name in {"int64", "uint64"}:
            return st.integers(kind.low, kind.high).map(str)
        return st.integers(max(kind.low, -128), min(kind.high, 300))
    if isinstance(kind, Decimal64):
        return decimals
    if isinstance(kind, Boolean):
        return st.booleans()
    if isinstance(kind, EmptyType):
        return st.just([None])
    if isinstance(kind, Enumeration | Identityref):
        return st.sampled_from(kind.legal())
    if isinstance(kind, Bits):
        return st.sets(st.sampled_from(sorted(kind.legal()))).map(
            lambda names: " ".join(sorted(names, reverse=True))
        )
    if isinstance(kind, Binary):
        return st.sampled_from(["", "AA==", "aGVsbG8="])
    if isinstance(kind, InstanceIdentifier):
        return st.sampled_from(["/m:top/text", "/m:one[name='x']/v", "/m:top/sorted[.='1']"])
    return awkward | texts


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | texts | st.sampled_from(["1.0", "-1.10", "1e2"]).map(Number),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
"""Any JSON, as anydata may hold."""


def _canonical(kind: Type, raw: Any) -> Any:
    value = kind.from_json(raw, "m")
    return type(value), value


def json_of(schema: DataNode, *, size: int = 4, state: bool = False) -> st.SearchStrategy[Any]:
    """RFC 7951 JSON of a node: objects for branches, arrays for lists and leaf-lists."""
    if isinstance(schema, Leaf):
        return values(schema.type)
    if isinstance(schema, LeafList):
        kind = schema.type
        unique = (lambda raw: _canonical(kind, raw)) if schema.config else None
        return st.lists(values(kind), max_size=size, unique_by=unique)
    if isinstance(schema, AnyData):
        return anything if schema.xml else st.dictionaries(texts, anything, max_size=2)
    assert isinstance(schema, Inner)
    entry = objects_of(schema, size=size, state=state)
    if not isinstance(schema, List):
        return entry
    if not schema.keys:
        return st.lists(entry, max_size=size)
    kinds = [(key, schema.children[key].type) for key in schema.keys]  # type: ignore[attr-defined]
    return st.lists(
        entry, max_size=size, unique_by=lambda raw: tuple(_canonical(kind, raw[key]) for key, kind in kinds)
    )


def objects_of(schema: Inner, *, size: int = 4, state: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """RFC 7951 objects of a branch; of a choice, one case."""
    keys = schema.keys if isinstance(schema, List) else ()
    required: dict[str, Any] = {}
    optional: dict[str, Any] = {}
    for name, child in schema.children.items():
        if child.config or state:
            made = json_of(child, size=max(size - 1, 1), state=state)
            (required if name in keys else optional)[name] = made
    return st.fixed_dictionaries(required, optional=optional).map(lambda raw: _one_case(schema, raw))


def _one_case(schema: Inner, raw: dict[str, Any]) -> dict[str, Any]:
    chosen: dict[int, Case] = {}
    kept: dict[str, Any] = {}
    for name, value in raw.items():
        case = schema.children[name].case
        while case is not None and chosen.setdefault(id(case.choice), case) is case:
            case = case.choice.case
        if case is None:
            kept[name] = value
    return kept


def trees(*, size: int = 4, state: bool = False) -> st.SearchStrategy[Branch]:
    """Whole trees of :data:`SCHEMA`."""
    content = "all" if state else "config"
    return objects_of(ROOT, size=size, state=state).map(lambda raw: tree(raw, content=content))


def tree(raw: dict[str, Any], *, content: Any = "config", revision: int = 0) -> Branch:
    """A tree of :data:`SCHEMA` from RFC 7951 JSON."""
    made = decode(ROOT, raw, Path(), content=content, revision=revision)
    assert isinstance(made, Branch)
    return made
