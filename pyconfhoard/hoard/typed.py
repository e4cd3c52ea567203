"""What programs put into edits is configuration, and values are of their leaves' types, or the commit is refused.

Faces decode what they get, and give values in canonical form. A program makes its edits itself, and Python lets it
write ``Edit("merge", mode, "manual")`` where the model knows no such word. The rules of the model judge
instances, not types; and what is in the journal is read again by the types: it must never get there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.schema.nodes import Leaf, LeafList, Schema
from pyconfhoard.schema.secrets import is_secret
from pyconfhoard.schema.types.base import InvalidValue
from pyconfhoard.tree import Edit, node_at
from pyconfhoard.tree.branch import same

__all__ = ["typed"]


def typed(schema: Schema, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits, which are of configuration, and whose values for leaves and leaf-lists are in canonical form. Raises
    :class:`BadInput` with all that are not. Whole branches are taken as they are: :func:`~pyconfhoard.tree.decode` made them."""
    listed = tuple(edits)
    if faults := [fault for edit in listed for fault in _wrong(schema, edit)]:
        raise BadInput(faults)
    return listed


def _wrong(schema: Schema, edit: Edit) -> Iterator[Fault]:
    if edit.value is None:
        return
    try:
        node = node_at(schema, edit.path)
    except KeyError:
        yield Fault("unknown-element", "the model has no such node", str(edit.path))
        return
    if not node.config:
        message = f"{node.name} is state: it is reported, not configured"
        yield Fault("invalid-value", message, str(edit.path), place=node.place)
        return
    if not isinstance(node, Leaf | LeafList):
        return
    whole = isinstance(node, LeafList) and isinstance(edit.value, tuple) and edit.path.last.key is None
    for value in edit.value if whole else (edit.value,):
        if why := _why(node, value):
            shown = None if is_secret(node) else str(value)
            yield Fault("invalid-value", why, str(edit.path), value=shown, place=node.place)


def _why(node: Leaf | LeafList, value: Any) -> str:
    """What is wrong with a value; empty when nothing is."""
    try:
        back = node.type.from_json(node.type.to_json(value), node.module)
    except InvalidValue as error:
        return error.message
    except (TypeError, ValueError, AttributeError, ArithmeticError):
        back = None
    if same(back, value):
        return ""
    return f"a {type(value).__name__} is no value of this type in canonical form; decode makes one of JSON"
