"""JSON that is nearly in the words of a schema, read with every fault.

A value whose type has changed may mean the same in another form: 5 of a uint32 is "5" of a uint64 (RFC 7951 section
6.1), ``true`` of a boolean the word of an enumeration. So what is not the JSON of its new type, is read as text.
"""

from __future__ import annotations

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.schema.nodes import DataNode, Inner, Leaf, LeafList, Schema
from pyconfhoard.schema.types.base import InvalidValue, Json, Type
from pyconfhoard.tree import Branch, Path, decode
from pyconfhoard.tree.begun import is_begun
from pyconfhoard.validation import Validator

__all__ = ["fit", "read"]


def fit(
    schema: Schema, validator: Validator, raw: Json, revision: int
) -> tuple[Branch | None, tuple[Fault, ...], int]:
    """:func:`read`, values that are written in the form of another type included."""
    return read(schema, validator, _node(schema.root, raw), revision)


def read(
    schema: Schema, validator: Validator, raw: Json, revision: int
) -> tuple[Branch | None, tuple[Fault, ...], int]:
    """The configuration that ``raw`` is under a schema (None if it cannot be read), what is wrong with it, and how many
    faults there are. One in which nothing was written yet is not asked to be valid."""
    try:
        root: Branch = decode(schema.root, raw, Path.ROOT, content="config", revision=revision)
    except BadInput as error:
        return None, error.faults, error.total
    if not is_begun(root):
        return root, (), 0
    outcome = validator.validate(root)
    return root, outcome.faults, outcome.total


def _node(node: DataNode, raw: Json) -> Json:
    if isinstance(node, Inner):
        if isinstance(raw, list):
            return [_node(node, entry) for entry in raw]
        if isinstance(raw, dict):
            return {name: _member(node, name, value) for name, value in raw.items()}
    elif isinstance(node, Leaf):
        return _value(node.type, node.module, raw)
    elif isinstance(node, LeafList) and isinstance(raw, list):
        return [_value(node.type, node.module, item) for item in raw]
    return raw


def _member(node: Inner, name: str, value: Json) -> Json:
    child = node.children.get(name)
    return value if child is None else _node(child, value)


def _value(kind: Type, module: str, raw: Json) -> Json:
    try:
        kind.from_json(raw, module)
    except InvalidValue:
        if isinstance(raw, bool):
            text = "true" if raw else "false"
        elif isinstance(raw, str | int):
            text = str(raw)
        else:
            return raw
        try:
            return kind.to_json(kind.parse(text, module))
        except InvalidValue:
            return raw
    return raw
