"""What differs between two configurations in the words of two schemas, node by node: as text, and as records for blame.

Nodes are the same that have the same path, in text. The text is as that of ``pyconfhoard.hoard.difference``: ``-`` went,
``+`` came, and the nodes around show where. The order of lists is not compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final, TypeVar

from pyconfhoard.schema.nodes import DataNode, Leaf, LeafList, List
from pyconfhoard.schema.types.base import EMPTY, Json
from pyconfhoard.tree import AnyValue, Branch, Entries, Path, Step, dumps, to_json
from pyconfhoard.tree.branch import same
from pyconfhoard.tree.path import value_text

__all__ = ["Difference", "between"]

T = TypeVar("T")

_INDENT: Final = "  "


@dataclass(frozen=True, slots=True)
class _Side:
    """A node of one of the two: ``value`` as in a tree."""

    node: DataNode
    value: Any


@dataclass(frozen=True, slots=True)
class _Change:
    """``words`` name the nodes on the way, and in the end this one."""

    path: Path
    words: tuple[str, ...]
    old: _Side | None
    new: _Side | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Empty is false."""

    changes: tuple[_Change, ...]

    def __bool__(self) -> bool:
        return bool(self.changes)

    def text(self) -> str:
        """Lines, each with its end."""
        lines: list[str] = []
        shown: tuple[str, ...] = ()
        for change in self.changes:
            way = change.words[:-1]
            known = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(shown, way, strict=False)))
            lines += [f"  {_INDENT * depth}{word}" for depth, word in enumerate(way) if depth >= known]
            shown = way
            for sign, side in (("-", change.old), ("+", change.new)):
                if side is not None:
                    lines += [f"{sign} {_INDENT * len(way)}{line}" for line in _shown(side, change.words[-1])]
        return "".join(f"{line}\n" for line in lines)

    def edits(self) -> list[Json]:
        """What the journal and its blame are told: every path that went, and every one that came with its value; what
        ``was`` there. They are in the words of two models, and so nothing that can be applied."""
        gone = [
            {"op": "remove", "path": str(one.path), **_was(one)} for one in self.changes if one.new is None
        ]
        came = [
            {
                "op": "create" if one.old is None else "replace",
                "path": str(one.path),
                "value": _json(one.new),
                **_was(one),
            }
            for one in self.changes
            if one.new is not None
        ]
        return [*gone, *came]


def between(old: Branch, new: Branch) -> Difference:
    """The differences between two roots, in the order of the new one; what went, stands where it stood in the old."""
    return Difference(tuple(_members(old, new, Path.ROOT, ())))


def _members(old: Branch, new: Branch, path: Path, words: tuple[str, ...]) -> Iterator[_Change]:
    before = {_name(old, name): name for name in old.members}
    after = {_name(new, name): name for name in new.members}
    for name in _merged(before, after):
        one = _side(old, before.get(name))
        other = _side(new, after.get(name))
        yield from _compared(one, other, path, words)


def _merged(before: Iterable[T], after: Iterable[T]) -> Iterator[T]:
    """All names in the order of ``after``; those that it does not have, where they stood."""
    there = dict.fromkeys(after)
    gone: dict[T | None, list[T]] = {}
    last: T | None = None
    for name in before:
        if name in there:
            last = name
        else:
            gone.setdefault(last, []).append(name)
    yield from gone.get(None, ())
    for name in there:
        yield name
        yield from gone.get(name, ())


def _name(branch: Branch, member: str) -> str:
    """``module:name``: two models may leave out the module at different places."""
    return branch.schema.children[member].qname


def _side(branch: Branch, member: str | None) -> _Side | None:
    if member is None:
        return None
    return _Side(branch.schema.children[member], branch.members[member])


def _compared(old: _Side | None, new: _Side | None, path: Path, words: tuple[str, ...]) -> Iterator[_Change]:
    side = new or old
    assert side is not None, "one of them has the name"  # noqa: S101 - for the type checker
    label = side.node.member
    if old is not None and new is not None and _alike(old, new):
        return
    here = path / Step(label)
    if any(one is not None and isinstance(one.value, Entries) for one in (old, new)):
        yield from _entries(label, old, new, path, words)
    elif old is not None and new is not None:
        if isinstance(old.value, Branch) and isinstance(new.value, Branch):
            yield from _members(old.value, new.value, here, (*words, label))
        else:
            yield _Change(here, (*words, label), old, new)
    else:
        yield _Change(here, (*words, label), old, new)


def _entries(
    label: str, old: _Side | None, new: _Side | None, path: Path, words: tuple[str, ...]
) -> Iterator[_Change]:
    for one, other in ((old, None), (None, new)):
        side = one or other
        # Another kind of node: it went, or came, whole.
        if side is not None and not isinstance(side.value, Entries):
            yield _Change(path / Step(label), (*words, label), one, other)
    before, after = _by_key(old), _by_key(new)
    for key in _merged(before, after):
        first, second = before.get(key), after.get(key)
        side = second or first
        assert side is not None, "one of them has the key"  # noqa: S101 - for the type checker
        step, word = _entry(label, side)
        here = path / step
        if first is not None and second is not None:
            yield from _members(first.value, second.value, here, (*words, word))
        else:
            yield _Change(here, (*words, word), first, second)


def _by_key(side: _Side | None) -> dict[tuple[str, ...], _Side]:
    """The entries of a list by the texts of their keys; of what is none, none."""
    if side is None or not isinstance(side.value, Entries):
        return {}
    node = side.node
    return {tuple(map(value_text, entry.key)): _Side(node, entry) for entry in side.value.values()}


def _entry(label: str, side: _Side) -> tuple[Step, str]:
    """An entry's step, and how it is called in a text."""
    assert isinstance(side.node, List)  # noqa: S101 - it is an entry
    step = Step.of(side.node, side.value.key)
    return step, label + str(Path((Step("", step.key, step.names),)))[1:]


def _alike(old: _Side, new: _Side) -> bool:
    """Leaves with the same data; types may differ as long as what they write is the same."""
    if isinstance(old.node, Leaf) and isinstance(new.node, Leaf):
        if type(old.value) is str and old.value == new.value:
            return True
        return old.node.type.text(old.value) == new.node.type.text(new.value)
    if isinstance(old.node, LeafList) and isinstance(new.node, LeafList):
        return _texts(old) == _texts(new)
    return isinstance(old.value, AnyValue) and same(old.value, new.value)


def _texts(side: _Side) -> list[str]:
    return [side.node.type.text(value) for value in side.value]  # type: ignore[attr-defined]  # leaf-lists only


def _was(change: _Change) -> dict[str, Json]:
    return {} if change.old is None else {"was": _json(change.old)}


def _json(side: _Side) -> Json:
    return to_json(side.node, side.value)


def _shown(side: _Side, label: str) -> Iterator[str]:
    """A node with all that is below it, line by line."""
    node, value = side.node, side.value
    if isinstance(value, Branch):
        yield label
        keys = getattr(value.schema, "keys", ())
        for name, member in value.members.items():
            if name not in keys:
                child = _Side(value.schema.children[name], member)
                yield from (f"{_INDENT}{line}" for line in _below(child, name))
    elif isinstance(node, LeafList):
        yield from (f"{label} {_word(text)}" for text in _texts(side))
    elif isinstance(node, Leaf):
        yield label if value is EMPTY else f"{label} {_word(node.type.text(value))}"
    else:
        yield f"{label} {dumps(to_json(node, value))}"


def _below(side: _Side, name: str) -> Iterator[str]:
    if isinstance(side.value, Entries):
        for entry in _by_key(side).values():
            yield from _shown(entry, _entry(name, entry)[1])
    else:
        yield from _shown(side, name)


def _word(text: str) -> str:
    """A value on one line: as it is, or as a JSON string where it could be mistaken."""
    return text if text.isprintable() and text and not set(text) & set(" \"'\\") else dumps(text)
