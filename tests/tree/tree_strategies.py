"""Random RFC 7951 JSON for the hand-built schemas, and random data of it."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from pyconfhoard.schema.nodes import AnyData, Container, DataNode, Inner, Leaf, LeafList, List
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
from pyconfhoard.tree import Path, decode

AWKWARD = [
    "",
    " ",
    "'",
    '"',
    "'\"",
    "''",
    '""',
    "/",
    "[a='b']",
    "]",
    "{}",
    "%",
    "%2F",
    "a,b",
    "=",
    "é",
    "\U0001f37a",
]
"""Strings that a path's syntax could trip over."""

texts = st.one_of(
    st.sampled_from(AWKWARD),
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=6),
    st.text("ab'\"", max_size=6),
)


def raw_value(kind: Type) -> st.SearchStrategy[Any]:
    """The JSON form of one value."""
    match kind:
        case String():
            return texts
        case Boolean():
            return st.booleans()
        case Integer():
            numbers = st.one_of(st.integers(0, 12), st.integers(kind.low, kind.high))
            return numbers.map(str) if kind.name.endswith("64") else numbers
        case Decimal64():
            return st.integers(-500, 500).map(lambda n: f"{n / 10 ** min(kind.fraction_digits, 2):.2f}")
        case EmptyType():
            return st.just([None])
        case Enumeration():
            return st.sampled_from(sorted(kind.enums))
        case Bits():
            return st.sets(st.sampled_from(sorted(kind.bits))).map(lambda names: " ".join(sorted(names)))
        case Binary():
            return st.sampled_from(["", "AA==", "aGVsbG8="])
        case Union():
            return st.one_of([raw_value(member) for member in kind.members])
        case _:
            raise NotImplementedError(kind)


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
    max_leaves=4,
)


_MOSTLY = st.integers(0, 3).map(bool)


@st.composite
def raw_branch(draw: st.DrawFn, node: Inner, *, content: str = "config", entries: int = 4) -> dict[str, Any]:
    """Members of ``node``, one case of each choice at most."""
    result: dict[str, Any] = {}
    keys = node.keys if isinstance(node, List) else ()
    for name, child in node.children.items():
        if content == "config" and not child.config:
            continue
        if name not in keys and not draw(st.booleans() if not isinstance(child, Inner) else _MOSTLY):
            continue
        if not _rivals(node, child, result):
            result[name] = draw(raw_member(child, content, entries))
    return result


def _rivals(node: Inner, child: DataNode, chosen: dict[str, Any]) -> bool:
    return any(_exclude(child, node.children[name]) for name in chosen)


def _cases(node: DataNode) -> dict[int, Any]:
    found = {}
    case = node.case
    while case is not None:
        found[id(case.choice)] = case
        case = case.choice.case
    return found


def _exclude(one: DataNode, other: DataNode) -> bool:
    theirs = _cases(other)
    return any(theirs.get(choice, case) is not case for choice, case in _cases(one).items())


def raw_member(child: DataNode, content: str, entries: int) -> st.SearchStrategy[Any]:
    if isinstance(child, Leaf):
        return raw_value(child.type)
    if isinstance(child, LeafList):
        # Unique after decoding is what counts: "1.0" and "1.00" are one decimal64.
        return st.lists(
            raw_value(child.type), max_size=4, unique_by=lambda raw: repr(child.type.from_json(raw, "m"))
        )
    if isinstance(child, AnyData):
        return anything if child.xml else st.dictionaries(st.sampled_from("abc"), anything, max_size=2)
    if isinstance(child, List):
        entry = raw_branch(child, content=content, entries=entries)

        def key(raw: dict[str, Any]) -> str:
            leaves = [child.children[name] for name in child.keys]
            return repr([leaf.type.from_json(raw[leaf.member], "m") for leaf in leaves])  # type: ignore[attr-defined]

        return st.lists(entry, max_size=entries, unique_by=key if child.keys else None)
    assert isinstance(child, Container)
    return raw_branch(child, content=content, entries=entries)


def branches(node: Inner, *, content: str = "config", entries: int = 4) -> st.SearchStrategy[Any]:
    """Random data of ``node``, decoded."""
    return raw_branch(node, content=content, entries=entries).map(
        lambda raw: decode(node, raw, Path(), content=content)  # type: ignore[arg-type]
    )
