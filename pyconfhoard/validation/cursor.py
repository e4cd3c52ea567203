"""Nodes as XPath sees them: light cursors over the immutable tree.

Instance data has no parent pointers; a cursor remembers the way it came. The tree that it shows is the
accessible tree of RFC 7950 section 6.4.1: explicit nodes, defaults in use, and non-presence containers
whose parent exists; nodes whose ``when`` is false have no default here. Above the top-level nodes stands
the root node.

A cursor is made when it is looked at, so two of them may stand for one node: :attr:`Cursor.place` tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from pyconfhoard.schema.nodes import AnyData, Container, DataNode, Inner, Leaf, LeafList, List
from pyconfhoard.tree import Branch, Entries, Path, Step
from pyconfhoard.tree.defaults import default_of, in_use
from pyconfhoard.tree.entries import Key

__all__ = ["Cursor", "Place", "WhenTrue", "leaf_text", "root_cursor"]

Place = tuple[Any, ...]
WhenTrue = Callable[["Cursor", DataNode], bool]
"""Whether all ``when`` of an absent child of a cursor are true."""


class Cursor:
    """``value`` is what the tree holds: a Branch, or the value of a leaf or of one item of a leaf-list.

    ``key`` is the key of a list entry, ``(index,)`` of a leaf-list's item, else None. ``default`` says that
    the node is not explicit.
    """

    __slots__ = ("default", "key", "parent", "schema", "value", "when_true")

    def __init__(
        self,
        schema: DataNode,
        value: Any,
        parent: Cursor | None,
        when_true: WhenTrue,
        key: Key | None = None,
        default: bool = False,
    ) -> None:
        self.schema = schema
        self.value = value
        self.parent = parent
        self.when_true = when_true
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

    def text(self) -> str:
        """The string-value (XPath 1.0 section 5): a leaf's canonical text; of other nodes, that of all leaves below."""
        if isinstance(self.schema, Leaf | LeafList):
            return leaf_text(self.schema, self.value)
        if isinstance(self.schema, AnyData):
            return ""
        return "".join(child.text() for child in self.children())

    def children(self) -> Iterator[Cursor]:
        """All children in document order: that of the model, entries in theirs."""
        if isinstance(self.schema, Inner):
            for child in self.schema.children.values():
                yield from self.instances(child)

    def instances(self, child: DataNode) -> Iterator[Cursor]:
        """The nodes of one schema child, present or by default."""
        branch: Branch = self.value
        value = branch.members.get(child.member)
        if value is not None:
            if isinstance(value, Entries):
                for key, entry in value.items():
                    yield Cursor(child, entry, self, self.when_true, key)
            elif isinstance(child, LeafList):
                for index, item in enumerate(value):
                    yield Cursor(child, item, self, self.when_true, (index,))
            else:
                yield Cursor(child, value, self, self.when_true)
        else:
            yield from self._absent(child, branch)

    def entry(self, child: List, key: Key) -> Cursor | None:
        """The entry of a list by its key."""
        entries = self.value.members.get(child.member)
        found = entries.get(key) if entries is not None else None
        return None if found is None else Cursor(child, found, self, self.when_true, key)

    def _absent(self, child: DataNode, branch: Branch) -> Iterator[Cursor]:
        exists = not child.presence if isinstance(child, Container) else default_of(child) is not None
        if not exists or not in_use(branch, child) or not self.when_true(self, child):
            return
        if isinstance(child, Container):
            yield Cursor(child, Branch(child, {}), self, self.when_true, default=True)
        elif isinstance(child, LeafList):
            for index, item in enumerate(child.defaults):
                yield Cursor(child, item, self, self.when_true, (index,), default=True)
        else:
            yield Cursor(child, default_of(child), self, self.when_true, default=True)

    def descendants(self) -> Iterator[Cursor]:
        """Everything below, in document order; no recursion, however deep."""
        stack = [self.children()]
        while stack:
            child = next(stack[-1], None)
            if child is None:
                stack.pop()
                continue
            yield child
            if isinstance(child.schema, Inner):
                stack.append(child.children())


def root_cursor(root: Branch, when_true: WhenTrue) -> Cursor:
    """The root node of a whole tree."""
    return Cursor(root.schema, root, None, when_true)


def leaf_text(node: Leaf | LeafList, value: Any) -> str:
    """The canonical text of a leaf's value; strings without a detour."""
    return value if type(value) is str else node.type.text(value)
