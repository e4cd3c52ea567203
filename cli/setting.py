"""``set``, ``create`` and ``delete``: words that become edits of what is pending."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pyconfhoard.schema.nodes import AnyData, Container, DataNode, Inner, Leaf, LeafList, List, Schema
from pyconfhoard.schema.types.base import Value
from pyconfhoard.tree import api_path

from . import grammar
from .commands import CommandError
from .editing import Editing

__all__ = ["Setting"]


class Setting:
    """``schema`` gives the present one, ``from_here`` a path from the top. Each command raises
    :class:`~cli.grammar.GrammarError`, :class:`CommandError`, and what an edit raises."""

    def __init__(
        self,
        editing: Editing,
        schema: Callable[[], Schema],
        from_here: Callable[[Sequence[str]], list[str]],
    ) -> None:
        self._editing = editing
        self._schema = schema
        self._from_here = from_here

    def set(self, words: Sequence[str]) -> None:
        """``set <path> <value>``: a leaf, values of a leaf-list; of an entry or a presence container, as :meth:`create`."""
        place = self._target(words, "set <path> <value>")
        node = place.node
        if isinstance(node, Leaf | LeafList):
            if isinstance(node, Leaf) and node.is_key:
                raise CommandError(
                    f"{node.name} is the key of its entry and cannot be changed: create another, delete this one"
                )
            value = grammar.leaf_json(node, place.rest)
        elif place.rest:
            raise CommandError(f"{place.rest[0]!r} means nothing after {node.name}")
        else:
            self._make(place)
            return
        self._editing.merge(grammar.document(self._schema(), place.path, value))

    def create(self, words: Sequence[str]) -> None:
        """``create <list> <key>``, or a presence container."""
        place = self._target(words, "create <list> <key>")
        if not isinstance(place.node, List | Container) or place.rest:
            raise CommandError(
                f"{place.node.name} is {grammar.describe(place.node)}: create makes list entries; use set"
            )
        self._make(place)

    def delete(self, words: Sequence[str]) -> None:
        """``delete <path>``, or values of a leaf-list."""
        place = self._target(words, "delete <path>")
        if place.inside_keys:
            missing = ", ".join(place.node.keys[len(place.keys) :]) if isinstance(place.node, List) else ""
            raise CommandError(f"{place.node.name} also wants its key {missing}")
        paths = [place.path]
        if isinstance(place.node, LeafList) and place.rest:
            kind = place.node.type
            values: list[Value] = [grammar.parse_value(kind, word, place.node) for word in place.rest]
            paths = [place.path.parent.child(place.node, (value,)) for value in values]
        elif place.rest:
            raise CommandError(f"{place.rest[0]!r} is one word too many: delete takes a path, not a value")
        for path in paths:
            self._editing.remove(api_path(self._schema(), path))

    def _make(self, place: grammar.Place) -> None:
        node = place.node
        if isinstance(node, List) and (place.at_list or place.inside_keys):
            missing = ", ".join(node.keys[len(place.keys) :])
            raise CommandError(f"{node.name} is a list: name its entry by {missing}")
        if isinstance(node, Container) and not node.presence:
            raise CommandError(f"{node.name} is a container: set a leaf in it ({_some(node)})")
        if isinstance(node, AnyData):
            raise CommandError(f"{node.name} is anydata: it has no form on a command line")
        self._editing.merge(grammar.document(self._schema(), place.path, {}))

    def _target(self, words: Sequence[str], usage: str) -> grammar.Place:
        if not words:
            raise CommandError(f"usage: {usage}")
        return grammar.walk(self._schema(), self._from_here(words), config=True)


def _some(node: Inner | DataNode) -> str:
    names = list(grammar.named_children(node, config=True)) if isinstance(node, Inner) else []
    return ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")
