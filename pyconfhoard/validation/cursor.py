"""Instance nodes as XPath sees them: light cursors over the immutable tree.

The tree stores bare values, without parents and without what is merely implied. XPath wants nodes
with parents, names, an order, and the *accessible tree* of RFC 7950 section 6.4.1, in which there
are also defaults in use (sections 7.6.1, 7.7.2) and non-presence containers whose parent exists
(section 7.5.1). A :class:`Cursor` is such a node, made when an expression gets there and gone
soon after; a :class:`Document` is one accessible tree.

*Implied nodes.* An absent member counts as its default, or as an empty container, if the node is
configuration (or the tree holds state), the cases it stands in are in use, and each ``when`` on it
is true. A non-presence container in a case that is not in use does not exist.

*When.* In a tree that is not yet *settled* a stored member whose ``when`` is false does not exist
either. So conditions that depend on one another are evaluated in the order of their dependencies,
as section 7.21.5 wants. A condition that is met again while it is being evaluated (which that
section forbids) reads the tree as it is stored.

*Identity.* The same node may be reached through different cursors. :meth:`Cursor.order` tells
nodes apart and sorts them in document order: children in the order of the model, entries in the
order of their list. :meth:`Cursor.trail` tells them apart more cheaply, without an order.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from pyconfhoard.schema.nodes import LeafList, List
from pyconfhoard.schema.secrets import is_secret
from pyconfhoard.schema.types import Type, Union, Value
from pyconfhoard.tree import Branch, Entries, Path, Step
from pyconfhoard.tree.branch import same
from pyconfhoard.validation.numbers import text_number
from pyconfhoard.validation.shapes import TEXT, Kind, Shape, final_type

__all__ = ["DUMMY", "Cursor", "Document", "Mask"]


class _Dummy:
    """What stands for a node "with no value and no children" (RFC 7950 section 7.21.5)."""

    members: Final[dict[str, Any]] = {}


DUMMY: Final = _Dummy()


class Mask:
    """An alteration of the tree while a ``when`` is evaluated (RFC 7950 section 7.21.5): in one
    node some members are replaced by a dummy each, or taken away."""

    __slots__ = ("replacement", "shapes", "trail")

    def __init__(self, parent: Cursor, shapes: frozenset[Shape], *, dummy: bool) -> None:
        self.trail = parent.trail()
        self.shapes = shapes
        self.replacement: Any = DUMMY if dummy else None


class _Question:
    """Whether a child may exist, by every ``when`` on it."""

    __slots__ = ("identity", "parent", "pending", "shape")

    def __init__(self, parent: Cursor, shape: Shape, pending: bool) -> None:
        self.parent = parent
        self.shape = shape
        self.pending = pending
        """The answer if it turns out to depend on itself."""
        self.identity = (shape, parent.trail())


class _TooDeep(Exception):
    def __init__(self, question: _Question) -> None:
        super().__init__()
        self.question = question


_DEEPEST: Final = 4
"""So many conditions may wait for one another on Python's stack; more wait on our own."""

_KEPT: Final = 20_000
"""So many answers are kept from one question to the next."""


class Document:
    """One accessible tree.

    ``state``: the tree holds state data, so that implied nodes may be state, too. ``settled``: no
    stored node has a false ``when``.
    """

    __slots__ = ("_answers", "_base", "_pending", "_shape", "mask", "settled", "state", "tree")

    def __init__(self, shape: Shape, tree: Branch, *, state: bool = False, settled: bool = True) -> None:
        self.tree = tree
        self.state = state
        self.settled = settled
        self.mask: Mask | None = None
        self._base: Document | None = None
        self._shape = shape
        self._pending: set[Any] = set()
        self._answers: dict[Any, bool] = {}

    @property
    def root(self) -> Cursor:
        """A new one each time: one that was kept would hold the document, and with that the tree, as long as the garbage
        collector does not come."""
        return Cursor(self, None, self._shape, self.tree, 0)

    @property
    def base(self) -> Document:
        """The document without the mask."""
        return self if self._base is None else self._base

    def masked(self, parent: Cursor, shapes: frozenset[Shape], *, dummy: bool) -> Cursor:
        """``parent`` in this document altered by a :class:`Mask`."""
        altered = Document(self._shape, self.tree, state=self.state, settled=self.settled)
        altered.mask = Mask(parent, shapes, dummy=dummy)
        altered._base = self.base
        return altered.adopt(parent)

    def adopt(self, node: Cursor) -> Cursor:
        """The same node in this document."""
        chain = []
        while node.parent is not None:
            chain.append(node)
            node = node.parent
        here = self.root
        for link in reversed(chain):
            here = Cursor(self, here, link.shape, link.value, link.index)
        return here

    def allows(self, parent: Cursor, shape: Shape, *, pending: bool) -> bool:
        """Whether every ``when`` of a child is true; ``pending`` if that depends on itself.

        Each condition is evaluated in the tree as it is but for the alteration of its own. Answers
        are kept, so that chains of conditions cost their length; not all of them, as there may be
        one for each entry of a long list. A chain too deep for Python's stack is taken from its far
        end.
        """
        if self._base is not None:
            return self._base.allows(self._base.adopt(parent), shape, pending=pending)
        question = _Question(parent, shape, pending)
        answer = self._answers.get(question.identity)
        if answer is not None:
            return answer
        if question.identity in self._pending:
            return pending
        if len(self._pending) >= _DEEPEST:
            raise _TooDeep(question)
        if self._pending:
            return self._answer(question)
        agenda = {question.identity: question}
        try:
            while True:
                try:
                    answer = self._answer(question)
                except _TooDeep as deeper:
                    question = deeper.question
                    if question.identity in agenda:
                        self._answers[question.identity] = question.pending
                        question = next(reversed(agenda.values()))
                    agenda[question.identity] = question
                    continue
                del agenda[question.identity]
                if not agenda:
                    return answer
                question = next(reversed(agenda.values()))
        finally:
            if len(self._answers) > _KEPT:
                self._answers.clear()

    def _answer(self, question: _Question) -> bool:
        self._pending.add(question.identity)
        try:
            answer = all(guard(question.parent, question.shape) for guard in question.shape.guards)
        finally:
            self._pending.discard(question.identity)
        self._answers[question.identity] = answer
        return answer

    def position(self, entries: Entries, entry: Branch) -> int:
        """The place of an entry in its list, from 0."""
        return entries.place(entry.key)


class Cursor:
    """One instance node. ``value`` is a :class:`Branch` for what has children (also for a list
    entry), the canonical value of a leaf or of one entry of a leaf-list, or :data:`DUMMY`.

    ``index`` is the place in a list or leaf-list, from 0; -1 if it was looked up by key.
    """

    __slots__ = ("document", "index", "parent", "shape", "value")

    def __init__(
        self, document: Document, parent: Cursor | None, shape: Shape, value: Any, index: int
    ) -> None:
        self.document = document
        self.parent = parent
        self.shape = shape
        self.value = value
        self.index = index

    # -- members ---------------------------------------------------------------------------

    def stored(self, shape: Shape) -> Any:
        """The data of a child as far as it is stored and, in an unsettled tree, may exist."""
        document = self.document
        mask = document.mask
        if mask is not None and shape in mask.shapes and mask.trail == self.trail():
            return mask.replacement
        data = self.value.members.get(shape.member)
        if data is None or document.settled or not shape.guards:
            return data
        return data if document.allows(self, shape, pending=True) else None

    def data(self, shape: Shape) -> Any:
        """The data of a child, stored or implied: what the accessible tree has; else None."""
        document = self.document
        plain = document.settled and document.mask is None
        data = self.value.members.get(shape.member) if plain else self.stored(shape)
        if data is not None or shape.implied is None:
            return data
        return self._implied(shape)

    def _implied(self, shape: Shape) -> Any:
        document = self.document
        if self.value is DUMMY or not (shape.node.config or document.state):
            return None
        mask = document.mask
        if mask is not None and shape in mask.shapes and mask.trail == self.trail():
            return None
        for own, rivals, is_default in shape.cases:
            if not self.any_stored(own) and (not is_default or self.any_stored(rivals)):
                return None
        if shape.guards and not document.allows(self, shape, pending=False):
            return None
        return shape.implied

    def any_stored(self, shapes: tuple[Shape, ...]) -> bool:
        """Whether any of these children is stored."""
        return any(self.stored(shape) is not None for shape in shapes)

    def select(self, shape: Shape) -> list[Cursor]:
        """The instances of a child, in document order."""
        data = self.data(shape)
        if data is None:
            return []
        document = self.document
        kind = shape.kind
        if data is DUMMY or (kind is not Kind.LIST and kind is not Kind.LEAF_LIST):
            return [Cursor(document, self, shape, data, 0)]
        values = data.values() if kind is Kind.LIST else data
        return [Cursor(document, self, shape, value, index) for index, value in enumerate(values)]

    def each(self, shape: Shape) -> Iterator[Cursor]:
        """As :meth:`select`, one after the other."""
        if shape.kind is not Kind.LIST:
            yield from self.select(shape)
            return
        entries = self.data(shape)
        if entries is DUMMY:
            yield Cursor(self.document, self, shape, DUMMY, 0)
        elif entries is not None:
            for index, branch in enumerate(entries.values()):
                yield Cursor(self.document, self, shape, branch, index)

    def count(self, shape: Shape) -> int:
        """How many instances of a child there are."""
        data = self.data(shape)
        if data is None:
            return 0
        several = data is not DUMMY and (shape.kind is Kind.LIST or shape.kind is Kind.LEAF_LIST)
        return len(data) if several else 1

    def entry(self, shape: Shape, key: tuple[Value, ...]) -> Cursor | None:
        """The entry of a list child by its key."""
        entries = self.data(shape)
        if entries is None or entries is DUMMY:
            return None
        branch = entries.get(key)
        return None if branch is None else Cursor(self.document, self, shape, branch, -1)

    def find(self, path: Path) -> Cursor | None:
        """The node at a path from here; None if there is none, or if the path names a whole list."""
        node = self
        for step in path.steps:
            shape = node.shape.members.get(step.name)
            if shape is None:
                return None
            found: Cursor | None = None
            if isinstance(shape.node, List) and step.key is not None and shape.node.keys:
                found = node.entry(shape, step.key)
            elif step.key is not None:
                found = next((one for one in node.each(shape) if same(one.key(), step.key)), None)
            elif shape.kind is not Kind.LIST and shape.kind is not Kind.LEAF_LIST:
                found = next(node.each(shape), None)
            if found is None:
                return None
            node = found
        return node

    def children(self) -> list[Cursor]:
        """All child nodes, in document order; that of a leaf is its text."""
        if self.shape.type is not None:
            text = self.string()
            return [Cursor(self.document, self, TEXT, text, 0)] if text else []
        return [child for shape in self.shape.children for child in self.select(shape)]

    # -- values ----------------------------------------------------------------------------

    def string(self) -> str:
        """The string-value (XPath 1.0 section 5): canonical text; of anydata and dummies, empty."""
        value = self.value
        if type(value) is str:
            return value
        if value is DUMMY:
            return ""
        kind = self.shape.type
        if kind is not None:
            return kind.text(value)
        return "".join(node.string() for node in self.descendants() if node.shape.type is not None)

    def told(self) -> str | None:
        """The value as an error may repeat it: None for a secret."""
        return None if is_secret(self.shape.node) else self.string()

    def number(self) -> float:
        """``number(string-value)``."""
        value = self.value
        kind = type(value)
        return float(value) if kind is Decimal or kind is int else text_number(self.string())

    def value_type(self) -> Type | None:
        """The type of the value of a leaf, in a union that of the member which took it."""
        kind = self.shape.type
        if self.value is DUMMY:
            return None
        return final_type(kind.member(self.value)) if isinstance(kind, Union) else kind

    # -- place -----------------------------------------------------------------------------

    def descendants(self) -> Iterator[Cursor]:
        """All nodes below, in document order; texts of leaves are left out."""
        stack = [self]
        while stack:
            node = stack.pop()
            if node is not self:
                yield node
            if node.shape.type is None:
                stack.extend(reversed(node.children()))

    def trail(self) -> tuple[Any, ...]:
        """What tells this node from every other one in its tree (entries of keyless lists that
        are one and the same object excepted). Good as long as the tree is held."""
        links: list[Any] = []
        node: Cursor | None = self
        while node is not None:
            links.append(node.shape.place)
            if node.shape.kind is Kind.LIST:
                links.append(id(node.value))
            elif node.shape.kind is Kind.LEAF_LIST:
                links.append(node.index)
            node = node.parent
        return tuple(links)

    def order(self) -> tuple[int, ...]:
        """Equal for the same node; sorts in document order, ancestors first."""
        links: list[int] = []
        node = self
        while node.parent is not None:
            index = node.index
            if index < 0:
                index = node.document.position(node.parent.data(node.shape), node.value)
            links.append(index)
            links.append(node.shape.place)
            node = node.parent
        links.reverse()
        return tuple(links)

    def path(self) -> Path:
        """The instance path."""
        steps: list[Step] = []
        node = self
        while node.parent is not None:
            if node.shape.kind is not Kind.TEXT:
                steps.append(Step.of(node.shape.node, node.key()))
            node = node.parent
        return Path(tuple(reversed(steps)))

    def key(self) -> tuple[Value, ...] | None:
        """The key of a list entry or of an entry of a leaf-list, as in :class:`Step`; else None."""
        node = self.shape.node
        if self.value is DUMMY:
            return None
        if isinstance(node, List):
            members = self.value.members
            return tuple([members[name] for name in node.keys]) if node.keys else (self.index,)
        return (self.value,) if isinstance(node, LeafList) else None
