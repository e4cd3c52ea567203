"""Nodes as XPath sees them: light cursors over the immutable tree.

Instance data has no parent pointers; a cursor remembers the way it came. The tree that it shows is the
accessible tree of RFC 7950 section 6.4.1: explicit nodes, defaults in use, and non-presence containers
whose parent exists; nodes whose ``when`` is false have no default here. Above the top-level nodes stands
the root node, and below a leaf its text node (unless the text is empty), as in the XML that XPath is about.

A cursor is made when it is looked at, so two of them may stand for one node: :attr:`Cursor.place` tells.

**Views.** What all cursors of one evaluation share is a :class:`View`. While a ``when`` is evaluated, the nodes
that it decides about are replaced by one dummy, or taken away (RFC 7950 section 7.21.5): a view with
:class:`Hidden` shows the tree so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from pyconfhoard.errors import Place as Origin
from pyconfhoard.schema.nodes import Container, DataNode, Inner, Leaf, LeafList, List
from pyconfhoard.tree import Branch, Entries, Path, Step
from pyconfhoard.tree.defaults import default_of, in_use
from pyconfhoard.tree.entries import Key

__all__ = ["TEXT", "Cursor", "Hidden", "Place", "StandIn", "View", "WhenTrue", "leaf_text", "root_cursor"]

Place = tuple[Any, ...]
WhenTrue = Callable[["Cursor", DataNode], bool]
"""Whether all ``when`` of an absent child of a cursor are true."""

TEXT: Final = DataNode(name="", module="", place=Origin("", 0), member="")
"""What a text node has for a schema."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Children of the node at ``place`` that a view does not show; ``dummy`` stands there instead, if any."""

    place: Place
    children: frozenset[int]
    """``id`` of the schema nodes."""
    dummy: DataNode | None = None


@dataclass(frozen=True, slots=True)
class View:
    when_true: WhenTrue
    hidden: Hidden | None = None


class Cursor:
    """``value`` is what the tree holds: a Branch, or the value of a leaf or of one item of a leaf-list.

    ``key`` is the key of a list entry, ``(index,)`` of a leaf-list's item, else None. ``default`` says that
    the node is not explicit.
    """

    __slots__ = ("default", "key", "parent", "schema", "value", "view")

    def __init__(
        self,
        schema: DataNode,
        value: Any,
        parent: Cursor | None,
        view: View,
        key: Key | None = None,
        default: bool = False,
    ) -> None:
        self.schema = schema
        self.value = value
        self.parent = parent
        self.view = view
        self.key = key
        self.default = default

    @property
    def place(self) -> Place:
        """The same for two cursors exactly when they stand for one node."""
        steps: list[Any] = []
        here: Cursor | None = self
        while here is not None:
            steps.append((id(here.schema), here.key))
            here = here.parent
        return tuple(steps)

    @property
    def path(self) -> Path:
        """The instance path."""
        steps: list[Step] = []
        here: Cursor | None = self
        while here is not None and here.parent is not None:
            key = (here.value,) if isinstance(here.schema, LeafList) else here.key
            steps.append(Step.of(here.schema, key))
            here = here.parent
        return Path(tuple(reversed(steps)))

    @property
    def root(self) -> Cursor:
        here = self
        while here.parent is not None:
            here = here.parent
        return here

    def seen(self, view: View) -> Cursor:
        """The same node in another view."""
        parent = None if self.parent is None else self.parent.seen(view)
        return type(self)(self.schema, self.value, parent, view, self.key, self.default)

    def text(self) -> str:
        """The string-value (XPath 1.0 section 5): a leaf's canonical text; of other nodes, that of all leaves below."""
        schema = self.schema
        if isinstance(schema, Leaf | LeafList):
            return leaf_text(schema, self.value)
        if isinstance(schema, Inner):
            return "".join([child.text() for child in self.children()])
        return str(self.value) if schema is TEXT else ""

    def children(self) -> Iterator[Cursor]:
        """All children in document order: that of the model, entries in theirs."""
        schema = self.schema
        if isinstance(schema, Inner):
            for child in schema.children.values():
                yield from self.instances(child)
        elif isinstance(schema, Leaf | LeafList) and (text := self.text()):
            yield Cursor(TEXT, text, self, self.view)

    def instances(self, child: DataNode) -> Iterator[Cursor]:
        """The nodes of one schema child, present or by default."""
        view = self.view
        if view.hidden is not None and self._hides(child, view.hidden):
            if child is view.hidden.dummy:
                yield StandIn.of(child, self)
            return
        branch: Branch = self.value
        value = branch.members.get(child.member)
        if value is None:
            yield from self._absent(child, branch)
        elif isinstance(value, Entries):
            for key, entry in value.items():
                yield Cursor(child, entry, self, view, key)
        elif isinstance(child, LeafList):
            for index, item in enumerate(value):
                yield Cursor(child, item, self, view, (index,))
        else:
            yield Cursor(child, value, self, view)

    def entry(self, child: List, key: Key) -> Cursor | None:
        """The entry of a list by its key."""
        if self.view.hidden is not None and self._hides(child, self.view.hidden):
            return None
        entries = self.value.members.get(child.member)
        found = entries.get(key) if entries is not None else None
        return None if found is None else Cursor(child, found, self, self.view, key)

    def _hides(self, child: DataNode, hidden: Hidden) -> bool:
        return id(child) in hidden.children and hidden.place == self.place

    def _absent(self, child: DataNode, branch: Branch) -> Iterator[Cursor]:
        exists = not child.presence if isinstance(child, Container) else default_of(child) is not None
        if not exists or not in_use(branch, child) or not self.view.when_true(self, child):
            return
        if isinstance(child, Container):
            yield Cursor(child, Branch(child, {}), self, self.view, default=True)
        elif isinstance(child, LeafList):
            for index, item in enumerate(child.defaults):
                yield Cursor(child, item, self, self.view, (index,), default=True)
        else:
            yield Cursor(child, default_of(child), self, self.view, default=True)

    def descendants(self) -> Iterator[Cursor]:
        """Everything below, in document order; no recursion, however deep."""
        stack = [self.children()]
        while stack:
            child = next(stack[-1], None)
            if child is None:
                stack.pop()
                continue
            yield child
            if child.schema is not TEXT:
                stack.append(child.children())


class StandIn(Cursor):
    """The dummy of RFC 7950 section 7.21.5: a node with a name and a parent, without value and children."""

    __slots__ = ()

    @classmethod
    def of(cls, schema: DataNode, parent: Cursor) -> StandIn:
        """The dummy for ``schema`` below ``parent``."""
        return cls(schema, "", parent, parent.view)

    def text(self) -> str:
        return ""

    def children(self) -> Iterator[Cursor]:
        return iter(())

    def instances(self, child: DataNode) -> Iterator[Cursor]:
        return iter(())

    def entry(self, child: List, key: Key) -> Cursor | None:
        return None


def root_cursor(root: Branch, when_true: WhenTrue) -> Cursor:
    """The root node of a whole tree."""
    return Cursor(root.schema, root, None, View(when_true))


def leaf_text(node: Leaf | LeafList, value: Any) -> str:
    """The canonical text of a leaf's value; strings without a detour."""
    return value if type(value) is str else node.type.text(value)
