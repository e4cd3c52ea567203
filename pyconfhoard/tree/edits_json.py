"""Edits as JSON: how the journal keeps them and links carry them.

One object an edit: ``op``, ``path`` (an instance-identifier), and where they apply ``value`` (RFC 7951), ``where`` and ``point``
(the neighbour's keys as texts). Nothing else is needed to read one but the schema.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.schema.nodes import DataNode, Leaf, LeafList, List, Schema
from pyconfhoard.schema.types.base import InvalidValue, Json, Value
from pyconfhoard.tree.branch import Branch
from pyconfhoard.tree.edit import Edit, Operation
from pyconfhoard.tree.entries import Entries, Key
from pyconfhoard.tree.json_decode import decode
from pyconfhoard.tree.json_encode import Content, to_json
from pyconfhoard.tree.path import Path, value_text
from pyconfhoard.tree.path_text import node_at, parse_path

__all__ = ["edits_from_json", "edits_to_json"]


def edits_to_json(schema: Schema, edits: Iterable[Edit]) -> list[Json]:
    """One JSON object an edit."""
    return [_to_json(schema, edit) for edit in edits]


def edits_from_json(schema: Schema, listed: list[Json], *, content: Content = "all") -> tuple[Edit, ...]:
    """The edits that :func:`edits_to_json` was given. Raises :class:`BadInput` (or ``NotFound``) for anything else."""
    if not isinstance(listed, list):
        raise BadInput(Fault("malformed-message", "edits are an array"))
    return tuple(_from_json(schema, item, content) for item in listed)


def _to_json(schema: Schema, edit: Edit) -> Json:
    result: dict[str, Json] = {"op": edit.operation, "path": str(edit.path)}
    if edit.value is not None:
        result["value"] = _value_json(node_at(schema, edit.path), edit.value)
    if edit.where is not None:
        result["where"] = edit.where
    if edit.point is not None:
        result["point"] = [value_text(value) for value in edit.point]
    return result


def _value_json(node: DataNode, value: Any) -> Json:
    if isinstance(node, LeafList) and not isinstance(value, tuple):
        return node.type.to_json(value)
    return to_json(node, value)


def _from_json(schema: Schema, item: Json, content: Content) -> Edit:
    if (
        not isinstance(item, dict)
        or item.get("op") not in get_args(Operation)
        or not isinstance(item.get("path"), str)
    ):
        raise BadInput(Fault("malformed-message", "an edit is an object with op and path"))
    path = parse_path(schema, item["path"])
    node = node_at(schema, path)
    point = _point(node, item["point"], path) if "point" in item else None
    value = _value(node, path, item["value"], content) if "value" in item else None
    return Edit(item["op"], path, value, item.get("where"), point)


def _value(node: DataNode, path: Path, raw: Json, content: Content) -> Any:
    if path.steps and path.last.key is not None:
        if isinstance(node, List):
            entries = decode(node, [raw], path, content=content)
            return (
                next(entries.values()) if isinstance(entries, Entries) and len(entries) else Branch(node, {})
            )
        if isinstance(node, LeafList):
            return path.last.key[0]
    return decode(node, raw, path, content=content)


def _point(node: DataNode, texts: Json, path: Path) -> Key:
    kinds: list[tuple[Any, str]] = []
    if isinstance(node, LeafList):
        kinds = [(node.type, node.module)]
    elif isinstance(node, List):
        kinds = [
            (leaf.type, leaf.module) for name in node.keys if isinstance(leaf := node.children[name], Leaf)
        ]
    if (
        not isinstance(texts, list)
        or len(texts) != len(kinds)
        or not all(isinstance(text, str) for text in texts)
    ):
        raise BadInput(Fault("malformed-message", "point is an array with a text for every key", str(path)))
    try:
        values: list[Value] = [
            kind.parse(text, module) for (kind, module), text in zip(kinds, texts, strict=True)
        ]
    except InvalidValue as error:
        raise BadInput(Fault("invalid-value", f"point: {error.message}", str(path))) from None
    return tuple(values)
