"""What differs between two states of the configuration, in the three ways in which it is wanted.

* :attr:`Difference.edits`: what makes the one of the other, for programs that go on with it.
* :meth:`Difference.json`: the edits of RFC 9144 section 5.2 (``nmda-compare``), which are those of a YANG patch
  (RFC 8072) with the value that stood there before as ``source-value``.
* :meth:`Difference.text`: for people. What changed is marked in the first column; where it stands is told by
  the nodes around it.

A non-presence container says nothing by being there: one that came or went counts as its members. So that text::

      brewerslab:brewhouse
        temperature
          fermentation
    -       setpoint 18.0
    +       setpoint 18.5
    +     probe[id='mash']
    +       offset 0.1
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from pyconfhoard.access.nacm import Access
from pyconfhoard.hoard.merge import spread
from pyconfhoard.schema.nodes import DataNode, Leaf, LeafList, Root, Schema
from pyconfhoard.schema.types.base import Json, Value
from pyconfhoard.tree import (
    Branch,
    Change,
    Edit,
    Entries,
    Path,
    api_path,
    as_edits,
    diff,
    dumps,
    get,
    node_at,
    to_json,
)
from pyconfhoard.tree.path import Step, value_text

__all__ = ["Difference", "between", "seen_by"]

_INDENT: Final = "  "


@dataclass(frozen=True)
class Difference:
    """``changes`` lead from one root to another, both in the words of ``schema``. Empty is false."""

    schema: Schema
    changes: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.changes)

    @cached_property
    def edits(self) -> tuple[Edit, ...]:
        """Edits that make the later state of the earlier one."""
        return as_edits(self.changes)

    def json(self) -> list[Json]:
        """One JSON object a change: ``edit-id`` (counted from 1), ``operation`` (``create``, ``delete``, ``replace``, ``insert``,
        ``move``, and ``merge`` where only annotations changed), ``target`` (an api-path with a slash in front),
        ``value`` and ``source-value`` (each an object with the one member that the target names), for
        user-ordered lists ``where`` and ``point``."""
        return [self._one(str(number), change) for number, change in enumerate(self.changes, start=1)]

    def _one(self, id: str, change: Change) -> Json:
        operation = {"created": "create", "deleted": "delete", "modified": "replace", "moved": "move"}[
            change.kind
        ]
        if change.kind == "created" and change.ordered:
            operation = "insert"
        annotated = change.kind == "modified" and isinstance(change.new, Branch) and change.notes is not None
        result: dict[str, Json] = {
            "edit-id": id,
            "operation": "merge" if annotated else operation,
            "target": "/" + api_path(self.schema, change.path),
        }
        if change.ordered:
            result["where"] = "first" if change.after is None else "after"
            if change.after is not None:
                result["point"] = "/" + api_path(self.schema, change.path.entry(change.after))
        if annotated or change.kind == "moved":
            return result
        if change.new is not None:
            result["value"] = self._value(change.path, change.new)
        if change.old is not None:
            result["source-value"] = self._value(change.path, change.old)
        return result

    def _value(self, path: Path, value: Any) -> Json:
        node = node_at(self.schema, path)
        if isinstance(node, Root):
            return to_json(node, value)
        item = path.last.key is not None
        if item and isinstance(node, LeafList):
            return {node.qname: [node.type.to_json(value)]}
        return {node.qname: [to_json(node, value)] if item else to_json(node, value)}

    def text(self) -> str:
        """Lines, each with its end; empty where nothing differs."""
        top = _Spot()
        for change in self.changes:
            top.find(change.path).changes.append(change)
        return "".join(f"{line.rstrip()}\n" for line in _lines(self.schema.root, top, 0))


def between(schema: Schema, old: Branch, new: Branch, path: Path = Path.ROOT) -> Difference:
    """What differs between two roots at ``path`` and below."""
    before, after = get(old, path), get(new, path)
    if isinstance(before, Branch) and isinstance(after, Branch):
        return Difference(schema, tuple(spread(diff(before, after, path))))
    return Difference(schema, tuple(one for one in spread(diff(old, new)) if _concerns(one, path)))


def seen_by(access: Access, difference: Difference) -> Difference:
    """What of a difference may be told to one who may not read everything."""
    shown = (access.shown(change) for change in difference.changes)
    return Difference(difference.schema, tuple(change for change in shown if change is not None))


def _concerns(change: Change, path: Path) -> bool:
    return change.path.within(path) or (change.kind != "moved" and path.within(change.path))


# -- text ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Spot:
    """A node that something happens at or below, with the nodes around it."""

    changes: list[Change] = field(default_factory=list)
    below: dict[Step, _Spot] = field(default_factory=dict)

    def find(self, path: Path) -> _Spot:
        spot = self
        for step in path.steps:
            spot = spot.below.setdefault(step, _Spot())
        return spot


def _lines(node: DataNode, spot: _Spot, depth: int, step: Step | None = None) -> Iterator[str]:
    for change in spot.changes:
        yield from _change(node, change, depth)
    if not spot.below:
        return
    inner = depth
    if step is not None:
        # A list entry that moved has told its name already.
        if not spot.changes:
            yield _line(" ", depth, _name(step))
        inner += 1
    for next_step, next_spot in spot.below.items():
        child = node.children[next_step.name]  # type: ignore[attr-defined]  # what has something below is inner
        yield from _lines(child, next_spot, inner, next_step)


def _change(node: DataNode, change: Change, depth: int) -> Iterator[str]:
    step = change.path.last if change.path.steps else Step(node.member)
    place = ""
    if change.ordered:
        place = (
            "  (first)"
            if change.after is None
            else f"  (after {_keys(Step(step.name, change.after, step.names))})"
        )
    if change.kind == "moved":
        yield _line("~", depth, _name(step) + place)
    elif change.kind == "modified" and isinstance(change.new, Branch):
        yield _line("~", depth, f"{_name(step)}  (annotations)")
    else:
        if change.old is not None:
            yield from _whole(node, step, change.old, "-", depth, "")
        if change.new is not None:
            yield from _whole(node, step, change.new, "+", depth, place)


def _whole(node: DataNode, step: Step, value: Any, sign: str, depth: int, place: str) -> Iterator[str]:
    if isinstance(value, Branch):
        yield _line(sign, depth, _name(step) + place)
        keys = getattr(value.schema, "keys", ())
        for name, member in value.members.items():
            if name not in keys:
                child = value.schema.children[name]
                yield from _whole(child, Step.of(child), member, sign, depth + 1, "")
    elif isinstance(value, Entries):
        for number, branch in enumerate(value.values()):
            key = branch.key if value.schema.keys else (number,)
            yield from _whole(node, Step.of(value.schema, key), branch, sign, depth, "")
    elif isinstance(node, LeafList) and isinstance(value, tuple) and step.key is None:
        for item in value:
            yield _line(sign, depth, f"{step.name} {_word(item)}")
    elif isinstance(node, Leaf | LeafList):
        yield _line(sign, depth, f"{step.name} {_word(value)}{place}")
    else:
        yield _line(sign, depth, f"{step.name} {dumps(to_json(node, value))}")


def _line(sign: str, depth: int, words: str) -> str:
    return f"{sign} {_INDENT * depth}{words}"


def _name(step: Step) -> str:
    return step.name + _keys(step)


def _keys(step: Step) -> str:
    return str(Path((Step("", step.key, step.names),)))[1:]


def _word(value: Value) -> str:
    """A value on one line: as it is, or as a JSON string where it could be mistaken."""
    text = value_text(value)
    if not isinstance(value, str):
        return text
    return text if text.isprintable() and text and not set(text) & set(" \"'\\") else dumps(text)
