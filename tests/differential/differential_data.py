"""Random documents for generated modules: valid ones, and such as are wrong in a place or two."""

from __future__ import annotations

import copy
from typing import Any

from differential_nodes import Module, Node
from hypothesis import strategies as st

__all__ = ["documents"]


@st.composite
def documents(draw: st.DrawFn, module: Module) -> dict[str, Any]:
    """One JSON document (RFC 7951)."""
    document = _members(draw, module.root)
    if document and draw(st.integers(0, 2)) == 0:
        document = copy.deepcopy(document)
        _spoil(draw, document)
    return document


def _members(draw: st.DrawFn, node: Node) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for child in node.children:
        if not child.active and draw(st.integers(0, 9)):
            continue
        if child.is_data:
            _member(draw, child, members)
        elif (
            child.word == "choice" and child.children and (child.has("mandatory") or draw(st.integers(0, 2)))
        ):
            case = draw(st.sampled_from(child.children))
            _of_case(draw, case, members)
            if draw(st.integers(0, 15)) == 0:
                _of_case(draw, draw(st.sampled_from(child.children)), members)
    return members


def _of_case(draw: st.DrawFn, case: Node, members: dict[str, Any]) -> None:
    if case.is_data:
        _member(draw, case, members, likely=True)
    else:
        members.update(_members(draw, case))


def _member(draw: st.DrawFn, node: Node, members: dict[str, Any], *, likely: bool = False) -> None:
    wanted = (
        node.is_key or likely or node.has("mandatory", "min-elements") or node.word in {"container", "list"}
    )
    if draw(st.integers(0, 15 if wanted else 1)) == 0 and not node.is_key:
        return
    match node.word:
        case "container":
            members[node.member()] = _members(draw, node)
        case "list":
            entries = [_members(draw, node) for _ in range(draw(st.integers(1, 3)))]
            keys = [node_key.member() for node_key in node.children if node_key.is_key]
            if draw(st.integers(0, 15)):
                entries = list({repr([entry.get(key) for key in keys]): entry for entry in entries}.values())
            members[node.member()] = entries
        case "leaf-list":
            values = [_value(draw, node) for _ in range(draw(st.integers(1, 3)))]
            if draw(st.integers(0, 15)):
                values = list({repr(value): value for value in values}.values())
            members[node.member()] = values
        case _:
            members[node.member()] = _value(draw, node)


def _value(draw: st.DrawFn, node: Node) -> Any:
    assert node.kind
    if node.kind.odd and draw(st.integers(0, 39)) == 0:
        return draw(st.sampled_from(node.kind.odd))
    return draw(st.sampled_from(node.kind.good[:3] if draw(st.booleans()) else node.kind.good))


def _spoil(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """One change to one of its objects."""
    objects: list[dict[str, Any]] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            objects.append(value)
        for below in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(below)

    walk(document)
    victim = draw(st.sampled_from([one for one in objects if one]))
    name = draw(st.sampled_from(sorted(victim)))
    match draw(st.integers(0, 7)):
        case 0 | 1 | 2:
            del victim[name]
        case 3:
            victim[f"{name.partition(':')[0]}:zz" if ":" in name else "zz"] = victim.pop(name)
        case 4:
            victim[f"nobody:{name.rpartition(':')[2]}"] = victim.pop(name)
        case 5 if isinstance(victim[name], list) and victim[name]:
            victim[name] = [*victim[name], copy.deepcopy(victim[name][0])]
        case 6:
            victim[name] = draw(st.sampled_from([None, [], {}, "", 0, [None], [{}], False]))
        case _:
            if isinstance(victim[name], list):
                victim[name] = victim[name][::-1]
            else:
                victim[name] = [victim[name]]
