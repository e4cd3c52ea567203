"""Edits as JSON: how the journal keeps them and links carry them.

One object an edit: ``op``, ``path`` (an instance-identifier), and where they apply ``value`` (RFC 7951),
``where``, ``point`` (the neighbour's keys as texts) and ``notes`` (RFC 7952 annotations of the node itself). Nothing else
is needed to read one but the schema.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, get_args

from pyconfhoard.errors import BadInput, Fault, HoardError, NotFound
from pyconfhoard.schema.nodes import DataNode, Leaf, LeafList, List, Schema
from pyconfhoard.schema.types.base import InvalidValue, Json, Value
from pyconfhoard.tree.edit import Edit, Operation
from pyconfhoard.tree.entries import Key, Where
from pyconfhoard.tree.json_decode import decode
from pyconfhoard.tree.json_encode import Content, to_json
from pyconfhoard.tree.path import Path, value_text
from pyconfhoard.tree.path_text import node_at, parse_path

__all__ = ["edits_from_json", "edits_to_json"]

_OPERATIONS: Final = frozenset(get_args(Operation))
_PLACES: Final = frozenset(get_args(Where))
_MEMBERS: Final = frozenset(("op", "path", "value", "where", "point", "notes"))


def edits_to_json(schema: Schema, edits: Iterable[Edit]) -> list[Json]:
    """One JSON object an edit."""
    return [_to_json(schema, edit) for edit in edits]


def edits_from_json(schema: Schema, listed: list[Json], *, content: Content = "all") -> tuple[Edit, ...]:
    """The edits that :func:`edits_to_json` was given.

    Raises :class:`BadInput`, or :class:`NotFound` where only nodes are not in the model, with the faults
    of all of them.
    """
    if not isinstance(listed, list):
        raise _malformed("edits are an array")
    edits: list[Edit] = []
    wrong: list[HoardError] = []
    for item in listed:
        try:
            edits.append(_from_json(schema, item, content))
        except (BadInput, NotFound) as error:
            wrong.append(error)
    if wrong:
        kind = NotFound if all(isinstance(error, NotFound) for error in wrong) else BadInput
        faults = [fault for error in wrong for fault in error.faults]
        raise kind(faults, total=sum(error.total for error in wrong))
    return tuple(edits)


def _malformed(message: str, path: str = "") -> BadInput:
    return BadInput(Fault("malformed-message", message, path))


def _to_json(schema: Schema, edit: Edit) -> Json:
    result: dict[str, Json] = {"op": edit.operation, "path": str(edit.path)}
    if edit.value is not None:
        result["value"] = _value_json(node_at(schema, edit.path), edit.value)
    if edit.where is not None:
        result["where"] = edit.where
    if edit.point is not None:
        result["point"] = [value_text(value) for value in edit.point]
    if edit.notes is not None:
        result["notes"] = edit.notes
    return result


def _value_json(node: DataNode, value: Any) -> Json:
    if isinstance(node, LeafList) and not isinstance(value, tuple):
        return node.type.to_json(value)
    return to_json(node, value)


def _from_json(schema: Schema, item: Json, content: Content) -> Edit:
    if not isinstance(item, dict) or not isinstance(item.get("path"), str):
        raise _malformed("an edit is an object with op and path")
    text = item["path"]
    if item.get("op") not in _OPERATIONS:
        raise _malformed(f"op is one of {', '.join(sorted(_OPERATIONS))}", text)
    if item.get("where") is not None and item["where"] not in _PLACES:
        raise _malformed(f"where is one of {', '.join(sorted(_PLACES))}", text)
    if not item.keys() <= _MEMBERS:
        raise _malformed(f"an edit has no {' nor '.join(sorted(item.keys() - _MEMBERS))}", text)
    path = parse_path(schema, text)
    node = node_at(schema, path)
    point = _point(node, item["point"], path) if "point" in item else None
    value = _value(node, path, item["value"], content) if "value" in item else None
    return Edit(item["op"], path, value, item.get("where"), point, item.get("notes"))


def _value(node: DataNode, path: Path, raw: Json, content: Content) -> Any:
    if path.steps and path.last.key is not None and isinstance(node, LeafList):
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
        raise _malformed("point is an array with a text for every key", str(path))
    try:
        values: list[Value] = [
            kind.parse(text, module) for (kind, module), text in zip(kinds, texts, strict=True)
        ]
    except InvalidValue as error:
        raise BadInput(Fault("invalid-value", f"point: {error.message}", str(path))) from None
    return tuple(values)
