"""Edits as JSON: how the journal keeps them and links carry them.

One object an edit: ``op``, ``path`` (an instance-identifier), and where they apply ``value`` (RFC 7951),
``where``, ``point`` (the neighbour's keys) and ``notes`` (RFC 7952 annotations of the node itself). Nothing else is
needed to read one but the schema.

A path is text, and text does not always tell which member of a union a key is of: in JSON ``5`` and ``"5"`` are
two values of a union of int8 and string, in a path both are ``'5'`` (RFC 7951 section 6.10). Where
that matters, ``keys`` has ``[step, [key, ...]]`` with the JSON form of the keys, steps counted from 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from json.encoder import encode_basestring  # the C one, where there is C
from operator import is_
from typing import Any, Final, TypeGuard, get_args

from pyconfhoard.errors import BadInput, Fault, HoardError, NotFound
from pyconfhoard.schema.nodes import DataNode, Inner, Leaf, LeafList, List, Schema
from pyconfhoard.schema.types.base import InvalidValue, Json, Value
from pyconfhoard.schema.types.leafref import Leafref
from pyconfhoard.schema.types.union import Union as UnionType
from pyconfhoard.tree.branch import Branch, same
from pyconfhoard.tree.edit import Edit, Operation
from pyconfhoard.tree.entries import Key, Where
from pyconfhoard.tree.json_decode import decode
from pyconfhoard.tree.json_encode import branch_writer, encode, to_json
from pyconfhoard.tree.json_text import dumps, parse_trusted
from pyconfhoard.tree.path import Path, Step, predicates
from pyconfhoard.tree.path_text import node_at, parse_path
from pyconfhoard.tree.view import Content

__all__ = ["edits_from_json", "edits_from_text", "edits_to_json", "edits_to_text"]

_OPERATIONS: Final = frozenset(get_args(Operation))
_PLACES: Final = frozenset(get_args(Where))
_MEMBERS: Final = frozenset(("op", "path", "keys", "value", "where", "point", "notes"))


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


def edits_to_text(schema: Schema, edits: Iterable[Edit]) -> str:
    """The text of :func:`edits_to_json`, faster: values are encoded as for an answer, and list pages keep their bytes."""
    texts: list[str] = []
    beside: _Siblings | None = None
    for edit in edits:
        if beside is None or not beside.include(edit):
            beside = _Siblings.of(schema, edit)
        texts.append(_to_text(schema, edit) if beside is None else beside.text(edit))
    return f"[{','.join(texts)}]"


def edits_from_text(schema: Schema, text: str) -> tuple[Edit, ...]:
    """:func:`edits_to_text` undone. Raises as :func:`edits_from_json`, and ``ValueError`` for damaged text."""
    return edits_from_json(schema, parse_trusted(text))


def _malformed(message: str, path: str = "") -> BadInput:
    return BadInput(Fault("malformed-message", message, path))


def _to_json(schema: Schema, edit: Edit) -> Json:
    nodes = list(_nodes(schema, edit.path))
    result = _without_value(nodes, edit)
    if edit.value is not None:
        node = nodes[-1] if nodes else schema.root
        result["value"] = node.type.to_json(edit.value) if _is_item(node, edit) else to_json(node, edit.value)
    return result


def _to_text(schema: Schema, edit: Edit) -> str:
    nodes = list(_nodes(schema, edit.path))
    text = dumps(_without_value(nodes, edit))
    if edit.value is None:
        return text
    node = nodes[-1] if nodes else schema.root
    item = dumps(node.type.to_json(edit.value)) if _is_item(node, edit) else None
    return f'{text[:-1]},"value":{encode(node, edit.value).decode() if item is None else item}}}'


class _Siblings:
    """Edits of one list's entries, of which there are many in a row when many come or go: what is the same in all of them
    is made once."""

    __slots__ = ("_above", "_name", "_start", "_value")

    def __init__(self, above: tuple[Step, ...], name: str, write: Callable[[Any], str]) -> None:
        self._above = above
        self._name = name
        self._start = f"{Path(above) if above else ''}/{name}"
        self._value = write

    @classmethod
    def of(cls, schema: Schema, edit: Edit) -> _Siblings | None:
        """Those beside an edit; None where it is not of an entry, or of one that its path's text does not tell from all
        others."""
        steps = edit.path.steps
        if not steps or not steps[-1].names or not _is_plain(edit):
            return None
        nodes = list(_nodes(schema, edit.path))
        node = nodes[-1]
        if not isinstance(node, List) or any(map(_is_mixed, _key_leaves(node))):
            return None
        if next(_unclear(nodes, edit.path), None) is not None:
            return None
        return cls(steps[:-1], steps[-1].name, branch_writer(node))

    def include(self, edit: Edit) -> bool:
        """Whether an edit is one of them."""
        steps = edit.path.steps
        if len(steps) != len(self._above) + 1 or steps[-1].name != self._name:
            return False
        return steps[-1].key is not None and all(map(is_, self._above, steps)) and _is_plain(edit)

    def text(self, edit: Edit) -> str:
        """The JSON of one of them."""
        path = encode_basestring(self._start + predicates(edit.path.steps[-1]))
        start = f'{{"op":"{edit.operation}","path":{path}'
        return f"{start}}}" if edit.value is None else f'{start},"value":{self._value(edit.value)}}}'


def _is_plain(edit: Edit) -> bool:
    if edit.where is not None or edit.point is not None or edit.notes is not None:
        return False
    return edit.value is None or isinstance(edit.value, Branch)


def _is_item(node: DataNode, edit: Edit) -> TypeGuard[LeafList]:
    """The value is one of a leaf-list's."""
    return isinstance(node, LeafList) and edit.path.last.key is not None


def _without_value(nodes: list[DataNode], edit: Edit) -> dict[str, Json]:
    result: dict[str, Json] = {"op": edit.operation, "path": str(edit.path)}
    if keys := [[at, _key_json(nodes[at], step.key)] for at, step in _unclear(nodes, edit.path)]:
        result["keys"] = keys
    if edit.where is not None:
        result["where"] = edit.where
    if edit.point is not None:
        result["point"] = _key_json(nodes[-1], edit.point)
    if edit.notes is not None:
        result["notes"] = edit.notes
    return result


def _nodes(schema: Schema, path: Path) -> Iterator[DataNode]:
    node: DataNode = schema.root
    for step in path.steps:
        node = node.children[step.name] if isinstance(node, Inner) else node
        yield node


def _key_leaves(node: DataNode) -> list[Leaf | LeafList]:
    """The leaves that a step's key has values of."""
    if isinstance(node, LeafList):
        return [node]
    if isinstance(node, List):
        return [leaf for name in node.keys if isinstance(leaf := node.children[name], Leaf)]
    return []


def _unclear(nodes: list[DataNode], path: Path) -> Iterator[tuple[int, Step]]:
    """The steps whose keys are not what their text says."""
    for at, (node, step) in enumerate(zip(nodes, path.steps, strict=True)):
        if step.key is not None and not all(map(_is_clear, _key_leaves(node), step.key)):
            yield at, step


def _is_clear(leaf: Leaf | LeafList, value: Value) -> bool:
    kind = leaf.type.final if isinstance(leaf.type, Leafref) else leaf.type
    return not isinstance(kind, UnionType) or same(kind.parse(kind.text(value), leaf.module), value)


def _is_mixed(leaf: Leaf | LeafList) -> bool:
    return isinstance(leaf.type.final if isinstance(leaf.type, Leafref) else leaf.type, UnionType)


def _key_json(node: DataNode, key: Key | None) -> list[Json]:
    leaves = _key_leaves(node)
    return [leaf.type.to_json(value) for leaf, value in zip(leaves, key or (), strict=True)]


def _key_value(node: DataNode, raw: Json, path: Path) -> Key:
    leaves = _key_leaves(node)
    if not isinstance(raw, list) or len(raw) != len(leaves):
        raise _malformed("a key is an array with a value for every key leaf", str(path))
    try:
        return tuple([leaf.type.from_json(item, leaf.module) for leaf, item in zip(leaves, raw, strict=True)])
    except InvalidValue as error:
        raise BadInput(Fault("invalid-value", f"key: {error.message}", str(path))) from None


def _exact(schema: Schema, path: Path, keys: Json) -> Path:
    """``path`` with the keys that its text could not say."""
    nodes = list(_nodes(schema, path))
    steps = list(path.steps)
    for item in keys if isinstance(keys, list) else [None]:
        match item:
            case [int(at), raw] if 0 <= at < len(steps):
                steps[at] = Step.of(nodes[at], _key_value(nodes[at], raw, path))
            case _:
                raise _malformed("keys is an array of [step, [key, ...]]", str(path))
    return Path(tuple(steps))


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
    if "keys" in item:
        path = _exact(schema, path, item["keys"])
    node = node_at(schema, path)
    point = _key_value(node, item["point"], path) if "point" in item else None
    value = _value(node, path, item["value"], content) if "value" in item else None
    return Edit(item["op"], path, value, item.get("where"), point, item.get("notes"))


def _value(node: DataNode, path: Path, raw: Json, content: Content) -> Any:
    if path.steps and path.last.key is not None and isinstance(node, LeafList):
        return path.last.key[0]
    return decode(node, raw, path, content=content)
