"""Defaults that change with a model: where nobody has set a value, another one counts from then on.

Nothing of that is stored, so no rule can see it and no difference shows it. But a heater does not care where its
setpoint came from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyconfhoard.migration.loose import Loose, LooseLeaf, LooseValues
from pyconfhoard.schema.nodes import DataNode, Leaf, LeafList, Schema

__all__ = ["DefaultChange", "changes_in_use", "changes_of_models"]


@dataclass(frozen=True, slots=True)
class DefaultChange:
    """``path`` is that of the leaf in the new model, whatever the entries around it; ``before`` and ``after`` are texts."""

    path: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.path} {self.before} becomes {self.after}"


def changes_in_use(before: Loose, after: Loose) -> Iterator[DefaultChange]:
    """Those of values that nobody has set, in data that went through the rules and in what became of it."""
    was, becomes = dict(_implied(before)), dict(_implied(after))
    for path, text in becomes.items():
        if path in was and was[path] != text:
            yield DefaultChange(path, was[path], text)


def _implied(loose: Loose, path: str = "", module: str = "") -> Iterator[tuple[str, str]]:
    """The values that nobody has set, by path without keys: in all entries of a list they are the same."""
    for name, item in loose.members.items():
        own, _, bare = name.partition(":")
        here = f"{path}/{bare if own == module else name}"
        if isinstance(item, list):
            for entry in item:
                yield from _implied(entry, here, own)
        elif isinstance(item, Loose):
            yield from _implied(item, here, own)
        elif isinstance(item, LooseLeaf) and item.implied:
            yield here, item.text
        elif isinstance(item, LooseValues) and item.implied:
            yield here, ", ".join(value.text for value in item.values)


def changes_of_models(old: Schema, new: Schema) -> Iterator[DefaultChange]:
    """Those of configuration that has the same path in both models, in use or not."""
    was = {node.path(): text for node in old.walk() if (text := _default(node))}
    for node in new.walk():
        text = _default(node)
        path = node.path() if text else ""
        if path in was and was[path] != text:
            yield DefaultChange(path, was[path], text)


def _default(node: DataNode) -> str:
    if not node.config:
        return ""
    if isinstance(node, Leaf):
        return "" if node.default is None else node.type.text(node.default)
    return ", ".join(map(node.type.text, node.defaults)) if isinstance(node, LeafList) else ""
