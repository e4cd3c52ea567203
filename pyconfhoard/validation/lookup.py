"""``list[leaf = …]`` as a look-up instead of a search.

The predicates of a step are read as demands on leaves: an equality with a child on one side and,
on the other, an expression that gives the same whatever entry it is asked in: a literal, something
from the root or from ``current()``, or a path that begins with ``..`` and so begins, for every entry,
in the node above the list. If the demands cover all keys, entries are looked up by key; else those that
may meet the first demand are looked up in an index (``index``), and the predicates are asked of these.

It is exact. XPath compares strings, so a wanted string is turned into the key values *whose canonical
text it is*: ``[id = '017']`` finds no 17, and in a union one text may be several values. What cannot be
turned so (a boolean, a number beside a string) is searched for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from pyconfhoard.schema.nodes import List
from pyconfhoard.schema.types import (
    Enumeration,
    Identityref,
    InstanceIdentifier,
    Integer,
    InvalidValue,
    String,
    Type,
    Union,
    Value,
)
from pyconfhoard.tree import Entries
from pyconfhoard.validation.axes import Name, in_document_order
from pyconfhoard.validation.cursor import DUMMY, Cursor
from pyconfhoard.validation.expression import Expression, constant
from pyconfhoard.validation.index import PageIndex, entries_by, key_of
from pyconfhoard.validation.shapes import Kind, Shape, final_type
from pyconfhoard.xpath import (
    PARENT,
    SELF,
    BinaryOperation,
    Expr,
    LocationPath,
    NameTest,
    Step,
)

if TYPE_CHECKING:
    from pyconfhoard.validation.paths import Compile

__all__ = ["KeyTest", "Lookup", "key_tests", "values_with_text"]

_EXACT = 2.0**53
"""Up to here every integer is a double of its own."""


@dataclass(frozen=True, slots=True)
class KeyTest:
    """A conjunct ``name = wanted`` of a predicate; ``wanted`` is evaluated in the list's parent.

    ``identity`` is what ``wanted``, if it is a literal, names as an identity. A conjunct that is no
    such test has no name, and is never met by a look-up.
    """

    wanted: Expression
    name: Name | None = None
    identity: str = ""


_NO_TEST = KeyTest(constant("boolean", False))


def key_tests(predicate: Expr, compile_: Compile) -> tuple[KeyTest, ...]:
    """The conjuncts of a predicate."""
    if isinstance(predicate, BinaryOperation):
        if predicate.operator == "and":
            return key_tests(predicate.left, compile_) + key_tests(predicate.right, compile_)
        if predicate.operator == "=":
            sides = ((predicate.left, predicate.right), (predicate.right, predicate.left))
            for key, other in sides:
                name = _child_name(key, compile_)
                wanted = _from_above(other, compile_) if name is not None else None
                if wanted is not None and wanted.result != "boolean":
                    identity = "" if wanted.literal is None else compile_.scope.identity(wanted.literal)
                    return (KeyTest(wanted, name, identity),)
    return (_NO_TEST,)


def _child_name(expression: Expr, compile_: Compile) -> Name | None:
    match expression:
        case LocationPath(
            absolute=False, steps=(Step(axis="child", test=NameTest(prefix, name), predicates=()),)
        ):
            return None if name == "*" else (compile_.scope.module(prefix), name)
    return None


def _from_above(expression: Expr, compile_: Compile) -> Expression | None:
    """``expression`` to be evaluated in the node above the list, if it can be."""
    match expression:
        case LocationPath(absolute=False, steps=(first, *rest)) if first == PARENT:
            return compile_(LocationPath(absolute=False, steps=tuple(rest) or (SELF,)))
    compiled = compile_(expression)
    return compiled if compiled.anchored and not compiled.positional else None


class Lookup:
    """The demands of a step's leading predicates, ready to be tried on any list."""

    __slots__ = ("_plans", "_predicates")

    def __init__(self, predicates: Sequence[tuple[KeyTest, ...]]) -> None:
        self._predicates = predicates
        self._plans: dict[Shape, _Plan | None] = {}

    def __call__(
        self, parent: Cursor, shape: Shape, current: Cursor
    ) -> tuple[list[Cursor] | None, frozenset[int]]:
        """The entries that meet the demands on keys, and which predicates are thereby met; or None
        if this is not the way."""
        try:
            plan = self._plans[shape]
        except KeyError:
            plan = self._plans[shape] = _plan(shape, self._predicates)
        if plan is None:
            return None, _NONE
        if plan.index is not None:
            return self._indexed(plan, parent, shape, current), _NONE
        columns: list[list[Value]] = []
        for _, kind, test in plan.keys:
            values = _values(kind, test, test.wanted.run(parent, 1, 1, current))
            if values is None:
                return None, _NONE
            columns.append(values)
        if len(columns) == 1 and len(columns[0]) == 1:
            entry = parent.entry(shape, (columns[0][0],))
            return ([] if entry is None else [entry]), plan.met
        found: dict[int, Cursor] = {}
        for key in product(*columns):
            entry = parent.entry(shape, key)
            if entry is not None:
                found[id(entry.value)] = entry
        return in_document_order(list(found.values())), plan.met

    def _indexed(self, plan: _Plan, parent: Cursor, shape: Shape, current: Cursor) -> list[Cursor] | None:
        """The entries that may meet a demand on a leaf that is no key."""
        ((leaf, kind, test),) = plan.keys
        entries = parent.data(shape)
        if parent.document.mask is not None or not isinstance(entries, Entries) or plan.index is None:
            return None
        values = _values(kind, test, test.wanted.run(parent, 1, 1, current))
        if values is None:
            return None
        found = [
            Cursor(parent.document, parent, shape, branch, -1)
            for value in values
            for branch in plan.index.find(entries, key_of(leaf, value))
        ]
        return found if len(values) < 2 else in_document_order(found)


_NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Plan:
    keys: tuple[tuple[Shape, Type, KeyTest], ...]
    """In the order of the list's keys; or, with an index, the leaf that it is by."""
    met: frozenset[int]
    index: PageIndex | None = None


def _plan(shape: Shape, predicates: Sequence[tuple[KeyTest, ...]]) -> _Plan | None:
    node = shape.node
    if shape.kind is not Kind.LIST or not isinstance(node, List) or not node.keys:
        return None
    demanded: dict[Name, KeyTest] = {}
    for tests in predicates:
        for test in tests:
            if test.name is not None:
                demanded.setdefault(test.name, test)
    keys: list[tuple[Shape, Type, KeyTest]] = []
    for member in node.keys:
        key = node.children[member]
        leaf = shape.named[key.module, key.name]
        used = demanded.get((key.module, key.name))
        if used is None or leaf.type is None:
            return _index_plan(shape, demanded)
        keys.append((leaf, leaf.type, used))
    chosen = {id(test) for _, _, test in keys}
    met = (at for at, tests in enumerate(predicates) if all(id(test) in chosen for test in tests))
    return _Plan(tuple(keys), frozenset(met))


def _index_plan(shape: Shape, demanded: dict[Name, KeyTest]) -> _Plan | None:
    for name, test in demanded.items():
        leaf = shape.named.get(name)
        if leaf is not None and leaf.kind is Kind.LEAF and leaf.type is not None:
            return _Plan(((leaf, leaf.type, test),), _NONE, entries_by(shape, leaf))
    return None


def _values(kind: Type, test: KeyTest, wanted: Any) -> list[Value] | None:
    """The key values that equal what is wanted, or None if that cannot be told."""
    if type(wanted) is list:
        if len(wanted) == 1:
            return _same_as(kind, wanted[0])
        texts = dict.fromkeys(node.string() for node in wanted)
        return [value for text in texts for value in _of_text(kind, text, text)]
    if type(wanted) is str:
        return list(_of_text(kind, wanted, test.identity or wanted))
    if not isinstance(kind, Integer) or not -_EXACT < wanted < _EXACT:
        return None
    return [int(wanted)] if wanted.is_integer() else []


def _same_as(kind: Type, node: Cursor) -> list[Value]:
    own = node.shape.type
    if own is not None and node.value is not DUMMY:
        return values_with_text(kind, own, node.value)
    text = node.string()
    return list(_of_text(kind, text, text))


def values_with_text(kind: Type, own: Type, value: Value) -> list[Value]:
    """The values of type ``kind`` that have the canonical text of a value of type ``own``."""
    if kind is own and type(kind) is not Union:
        return [value]
    text = own.text(value)
    return list(_of_text(kind, text, text))


def _of_text(kind: Type, text: str, identity: str) -> Iterator[Value]:
    """The values of a type whose canonical text is ``text``."""
    match kind:
        case String() | Enumeration() | InstanceIdentifier():
            yield text
        case Identityref():
            yield identity
        case Union(members):
            for member in members:
                yield from _of_text(final_type(member), text, text)
        case _:
            try:
                value = kind.parse(text, "")
            except InvalidValue:
                return
            if kind.text(value) == text:
                yield value
