"""Which nodes of a datastore a client wants, and what of a tree that leaves: selection filters of RFC 8641.

A :class:`Selector` says it node by node, as a subtree filter does: it is applied to a tree on the way down, looks at
nothing that is not wanted, takes what is wanted whole as the object that it is, and finds entries of lists by their
keys. Subtree filters (:mod:`rest.filters.subtree`) are selectors, and so are XPath location paths of child steps with
predicates that compare a leaf to a literal, which is what people write; any other expression is evaluated
(:mod:`rest.filters.query`), and costs what it reads.

What is selected comes with the containers and entries it stands in, and their keys (RFC 8641 section 3.7).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from pyconfhoard.schema.nodes import DataNode, Inner, Leaf, LeafList, List, Schema
from pyconfhoard.schema.types.base import InvalidValue
from pyconfhoard.tree import Branch, Entries, Path
from pyconfhoard.tree.branch import same
from pyconfhoard.validation.cursor import Cursor
from pyconfhoard.validation.shapes import Kind
from pyconfhoard.xpath import (
    BinaryOperation,
    Expr,
    LocationPath,
    NameTest,
    NodeTypeTest,
    Step,
    String,
    XPathSyntaxError,
    parse,
)

from .query import LONGEST, Query, query

__all__ = ["WHOLE", "Evaluated", "Selection", "Selector", "either", "pick", "selection_of", "trimmed"]


@dataclass(frozen=True, slots=True)
class Selector:
    """What is wanted of a branch: all of it if it is ``whole``, else of the children named what their selectors say;
    nothing where one of the ``tests`` fails, that a leaf has a value. ``shows``: tested leaves are wanted, too."""

    whole: bool = False
    tests: Mapping[str, Any] = field(default_factory=dict)
    children: Mapping[str, tuple[Selector, ...]] = field(default_factory=dict)
    shows: bool = False


WHOLE: Final = Selector(whole=True)


class Evaluated:
    """A selection by any XPath expression that gives nodes."""

    def __init__(self, wanted: Query) -> None:
        self._query = wanted

    def pick(self, root: Branch) -> Branch:
        """What of a tree the expression selects."""
        trie: _Trie = {}
        for cursor in self._query.nodes(root):
            _insert(trie, cursor)
        found = _grown(root, trie)
        return found if isinstance(found, Branch) else Branch(root.schema, {})


Selection: TypeAlias = tuple[Selector, ...] | Evaluated


def pick(selection: Selection, root: Branch) -> Branch:
    """What of a tree is selected, with what it stands in; empty where nothing is."""
    if isinstance(selection, Evaluated):
        return selection.pick(root)
    return _picked(selection, root) or Branch(root.schema, {})


def either(*selections: tuple[Selector, ...]) -> tuple[Selector, ...]:
    """What any of them selects."""
    return tuple(selector for selectors in selections for selector in selectors)


def selection_of(text: str, schema: Schema, prefixes: Mapping[str, str] | None = None) -> Selection:
    """The selection that an XPath expression makes. Raises :class:`~pyconfhoard.errors.BadInput`."""
    evaluated = query(text, schema, schema.root, prefixes)
    try:
        simple = _simple(parse(text), schema, prefixes or {}) if len(text) <= LONGEST else None
    except XPathSyntaxError:  # the query has told it
        simple = None
    return Evaluated(evaluated) if simple is None else simple


# -- applying selectors ---------------------------------------------------------------------------


def _picked(selectors: Iterable[Selector], branch: Branch) -> Branch | None:
    wanted = [one for one in selectors if _passes(one, branch)]
    if not wanted:
        return None
    if any(one.whole for one in wanted):
        return branch
    members: dict[str, Any] = {}
    children: dict[str, list[Selector]] = {}
    for one in wanted:
        for name, below in one.children.items():
            children.setdefault(name, []).extend(below)
        if one.shows:
            members.update({name: branch.members[name] for name in one.tests})
    for name, selected in children.items():
        value = branch.members.get(name)
        found = None if value is None else _value(selected, value)
        if found is not None:
            members[name] = found
    return _kept(branch, members)


def _value(selectors: list[Selector], value: Any) -> Any:
    if isinstance(value, Branch):
        return _picked(selectors, value)
    if not isinstance(value, Entries):
        return value
    if any(one.whole and not one.tests for one in selectors):
        return value
    found = [
        picked for entry in _entries(selectors, value) if (picked := _picked(selectors, entry)) is not None
    ]
    return Entries.build(value.schema, found, value.revision) if found else None


def _entries(selectors: list[Selector], entries: Entries) -> Iterable[Branch]:
    """The entries that can pass: those of the keys, where all selectors name them."""
    keys = entries.schema.keys
    if not keys or not all(one.tests.keys() >= set(keys) for one in selectors):
        return entries.values()
    named = dict.fromkeys(tuple(one.tests[key] for key in keys) for one in selectors)
    return [entry for key in named if (entry := entries.get(key)) is not None]


def _passes(selector: Selector, branch: Branch) -> bool:
    for name, wanted in selector.tests.items():
        value = branch.members.get(name)
        if isinstance(branch.schema.children[name], LeafList):
            if value is None or not any(same(one, wanted) for one in value):
                return False
        elif value is None or not same(value, wanted):
            return False
    return True


def _kept(branch: Branch, members: dict[str, Any]) -> Branch | None:
    """A branch with some of its members, its keys among them, in the order of the model; None for none at all."""
    if not members:
        return None
    schema = branch.schema
    if isinstance(schema, List):
        members = {**{key: branch.members[key] for key in schema.keys}, **members}
    ordered = {name: members[name] for name in branch.members if name in members}
    meta = {name: notes for name, notes in branch.meta.items() if name in ordered}
    return Branch(schema, ordered, branch.revision, meta)


# -- paths as selectors ---------------------------------------------------------------------------


def _simple(expression: Expr, schema: Schema, prefixes: Mapping[str, str]) -> tuple[Selector, ...] | None:
    if isinstance(expression, BinaryOperation) and expression.operator == "|":
        left = _simple(expression.left, schema, prefixes)
        right = _simple(expression.right, schema, prefixes)
        return None if left is None or right is None else either(left, right)
    if not isinstance(expression, LocationPath):
        return None
    steps = [step for step in expression.steps if step.test != NodeTypeTest("node") or step.axis != "self"]
    if not steps:
        return (WHOLE,)
    selector = _steps(steps, schema.root, "", prefixes)
    return None if selector is None else (selector,)


def _steps(steps: list[Step], node: Inner, module: str, prefixes: Mapping[str, str]) -> Selector | None:
    """What is wanted of ``node`` where the first of the steps begins."""
    step = steps[0]
    if step.axis != "child" or not isinstance(step.test, NameTest) or step.test.name == "*":
        return None
    module = prefixes.get(step.test.prefix, step.test.prefix) or module
    if not module:
        return None
    child = _child(node, module, step.test.name)
    if child is None:
        return Selector()
    tests = _tests(step, child, module, prefixes)
    if tests is None:
        return None
    if len(steps) == 1:
        return Selector(children={child.member: (Selector(whole=True, tests=tests),)})
    if not isinstance(child, Inner):
        return Selector()
    below = _steps(steps[1:], child, module, prefixes)
    if below is None:
        return None
    return Selector(children={child.member: (Selector(tests=tests, children=below.children),)})


def _tests(step: Step, child: DataNode, module: str, prefixes: Mapping[str, str]) -> dict[str, Any] | None:
    """The predicates ``[leaf = 'literal']`` of a step on the entry that they stand on; None for any others."""
    tests: dict[str, Any] = {}
    for predicate in step.predicates:
        if not isinstance(child, Inner) or not isinstance(predicate, BinaryOperation):
            return None
        path, literal = predicate.left, predicate.right
        if predicate.operator != "=" or not isinstance(literal, String) or not isinstance(path, LocationPath):
            return None
        if path.absolute or len(path.steps) != 1:
            return None
        (only,) = path.steps
        if only.axis != "child" or not isinstance(only.test, NameTest) or only.predicates:
            return None
        name = prefixes.get(only.test.prefix, only.test.prefix) or module
        leaf = _child(child, name, only.test.name)
        value = _literal(leaf, literal.value)
        if leaf is None or value is None or leaf.member in tests:
            return None
        tests[leaf.member] = value
    return tests


def _literal(leaf: DataNode | None, text: str) -> Any:
    """A literal as the value of a leaf whose canonical text it is; None where it is not, or could be several."""
    if not isinstance(leaf, Leaf | LeafList) or leaf.type.name == "union":
        return None
    if isinstance(leaf, Leaf) and leaf.default is not None:  # XPath sees defaults, a selector what is stored
        return None
    try:
        value = leaf.type.parse(text, leaf.module)
    except InvalidValue:
        return None
    return value if leaf.type.text(value) == text else None


def _child(node: Inner, module: str, name: str) -> DataNode | None:
    return node.children.get(f"{module}:{name}") or (
        node.children.get(name) if node.module == module else None
    )


# -- nodes as a tree ------------------------------------------------------------------------------

_Trie: TypeAlias = dict[Any, Any]
"""By member, then by key of the entry or value of the leaf-list, what is wanted below; None: all."""


def _insert(trie: _Trie, cursor: Cursor) -> None:
    links: list[Any] = []
    here: Cursor | None = cursor
    while here is not None and here.parent is not None:
        node = here.shape.node
        if isinstance(node, List):
            links.append(here.key())
        elif isinstance(node, LeafList) and here.shape.kind is not Kind.TEXT:
            links.append((here.value,))
        if here.shape.kind is not Kind.TEXT:
            links.append(here.shape.member)
        here = here.parent
    at: _Trie = trie
    for link in reversed(links[1:]):
        below = at.setdefault(link, {})
        if below is None:
            return
        at = below
    if links:
        at[links[0]] = None
    else:
        trie[None] = None


def _grown(value: Any, trie: _Trie | None) -> Any:
    if trie is None or None in trie:
        return value
    if isinstance(value, Entries):
        found = [
            grown
            for key, below in trie.items()
            if (entry := value.get(key)) is not None and (grown := _grown(entry, below)) is not None
        ]
        return Entries.build(value.schema, found, value.revision) if found else None
    if isinstance(value, Branch):
        members = {
            name: grown
            for name, below in trie.items()
            if (member := value.members.get(name)) is not None
            and (grown := _grown(member, below)) is not None
        }
        return _kept(value, members)
    if isinstance(value, tuple):
        return tuple(one for one in value if any(same((one,), key) for key in trie))
    return value


# -- parts of trees -------------------------------------------------------------------------------


def trimmed(root: Branch, paths: Iterable[Path]) -> Branch:
    """Of a tree what stands at some paths, and on the way there the keys, leaves and leaf-lists: all that a selector can
    look at when these are what changed."""
    trie: _Trie = {}
    for path in paths:
        at = trie
        links = [
            link
            for step in path.steps
            for link in ((step.name,) if step.key is None else (step.name, step.key))
        ]
        if not links:
            return root
        for link in links[:-1]:
            below = at.setdefault(link, {})
            if below is None:
                break
            at = below
        else:
            at[links[-1]] = None
    return _trimmed(root, trie)


def _trimmed(branch: Branch, trie: _Trie | None) -> Branch:
    if trie is None:
        return branch
    members: dict[str, Any] = {}
    for name, value in branch.members.items():
        if not isinstance(value, Branch | Entries):
            members[name] = value
        elif name in trie:
            below = trie[name]
            if below is None:
                members[name] = value
            elif isinstance(value, Branch):
                members[name] = _trimmed(value, below)
            elif value.schema.ordered_by_user:  # what moved shows among the others only
                members[name] = value
            else:
                found = [
                    _trimmed(entry, more)
                    for key, more in below.items()
                    if (entry := value.get(key)) is not None
                ]
                if found:
                    members[name] = Entries.build(value.schema, found, value.revision)
    return Branch(branch.schema, members, branch.revision, branch.meta)
