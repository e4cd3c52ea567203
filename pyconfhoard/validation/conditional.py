"""Defaults that have a condition: which of them are in use where (RFC 7950 sections 7.6.1 and 7.21.5).

``tree`` knows the defaults that depend on the model and a choice's cases only. Whether a ``when`` holds, the whole tree says:
:class:`InUse` goes through it beside whoever reads it, and has for each branch what :func:`pyconfhoard.tree.defaults_in_use`
leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyconfhoard.tree import Branch, Path
from pyconfhoard.tree.entries import Key
from pyconfhoard.tree.view import has_conditional_defaults
from pyconfhoard.validation.cursor import Cursor, Document
from pyconfhoard.validation.shapes import Kind, Shape

__all__ = ["InUse", "in_use_at", "value_at"]


class InUse:
    """At one branch, or at all entries of a list of it: ``entries`` is that list. See
    :class:`pyconfhoard.tree.view.Conditions`."""

    __slots__ = ("_at", "_entries")

    def __init__(self, at: Cursor, entries: Shape | None = None) -> None:
        self._at = at
        self._entries = entries

    def defaults(self) -> Mapping[str, Any]:
        found: dict[str, Any] = {}
        for shape in self._at.shape.children:
            if not shape.guards or shape.implied is None or shape.member in self._at.value.members:
                continue
            value = self._at.data(shape)
            if value is not None:
                found[shape.member] = value
        return found

    def child(self, name: str) -> InUse | None:
        shape = self._at.shape.members[name]
        if shape.kind is Kind.LIST:
            return InUse(self._at, shape)
        found = next(iter(self._at.select(shape)), None)
        return None if found is None else InUse(found)

    def entry(self, key: Key) -> InUse | None:
        if self._entries is None:
            return None
        found = self._at.entry(self._entries, key)
        return None if found is None else InUse(found)


def in_use_at(shape: Shape, root: Branch, path: Path) -> InUse | None:
    """The conditions of what stands at ``path``, which may name a list as a whole, of ``root``, whose shape is ``shape``. None
    where nothing stands, or nothing there has a default with a condition."""
    top = Document(shape, root).root
    if not path.steps:
        return InUse(top) if has_conditional_defaults(shape.node) else None
    parent = top.find(path.parent)
    if parent is None:
        return None
    target = parent.shape.members.get(path.last.name)
    if target is None or target.kind not in {Kind.LIST, Kind.BRANCH}:
        return None
    if not has_conditional_defaults(target.node):
        return None
    found = InUse(parent).child(path.last.name)
    if found is None or path.last.key is None or target.kind is Kind.BRANCH:
        return found
    return found.entry(path.last.key)


def value_at(shape: Shape, root: Branch, path: Path) -> Any:
    """What stands at ``path``, a leaf or a leaf-list as a whole, by itself or by a default in use; None where nothing does."""
    parent = Document(shape, root).root.find(path.parent)
    return None if parent is None else parent.data(parent.shape.members[path.last.name])
