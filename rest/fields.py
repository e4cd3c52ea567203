"""The ``fields`` query parameter (RFC 8040 section 4.8.3): which descendants of the target are told.

::

    fields-expr = path "(" fields-expr ")" / path ";" fields-expr / path
    path        = api-identifier [ "/" path ]

The expression is read twice: :func:`parse_fields` knows its grammar, :func:`resolve` the model. What comes out is a tree of
member names whose leaves (None) are told whole. Keys of list entries are always told: without them an entry could
not be told from its neighbour, in the answer as by a client that merges it into what it knows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.schema.nodes import Container, DataNode, Inner, List
from pyconfhoard.tree import Branch, Entries, nearest, view

__all__ = ["Fields", "parse_fields", "resolve", "select"]

Fields: TypeAlias = Mapping[str, "Fields | None"]
"""Name -> what is wanted of it; None: all."""

_TOKEN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*(?::[A-Za-z_][A-Za-z0-9_.-]*)?|[/;()]")
_DEEPEST: Final = 64
"""Levels of an expression."""


def parse_fields(text: str) -> Fields:
    """The tree of names in an expression. Raises :class:`BadInput`."""
    reader = _Reader(text)
    tree = reader.expression(0)
    if reader.word:
        raise reader.wrong("nothing is to follow here")
    return tree


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.word = ""
        self._next()

    def _next(self) -> None:
        start = self._at + len(self.word)
        found = _TOKEN.match(self._text, start)
        self._at, self.word = start, found.group() if found else ""
        if not found and start < len(self._text):
            raise self.wrong("this is no name")

    def wrong(self, why: str) -> BadInput:
        message = f"fields, at character {self._at + 1}: {why}"
        return BadInput(Fault("invalid-value", message, type="protocol", value=self._text))

    def expression(self, depth: int) -> dict[str, Fields | None]:
        if depth > _DEEPEST:
            raise self.wrong(f"deeper than {_DEEPEST} levels")
        tree: dict[str, Fields | None] = {}
        while True:
            _united(tree, self._path(depth))
            if self.word != ";":
                return tree
            self._next()

    def _path(self, depth: int) -> dict[str, Fields | None]:
        names = [self._name()]
        below: Fields | None = None
        while self.word == "/":
            self._next()
            names.append(self._name())
            if len(names) > _DEEPEST:
                raise self.wrong(f"deeper than {_DEEPEST} levels")
        if self.word == "(":
            self._next()
            below = self.expression(depth + 1)
            if self.word != ")":
                raise self.wrong("a closing parenthesis is missing")
            self._next()
        tree: dict[str, Fields | None] = {names.pop(): below}
        for name in reversed(names):
            tree = {name: tree}
        return tree

    def _name(self) -> str:
        name = self.word
        if not name or name in "/;()":
            raise self.wrong("the name of a node is expected")
        self._next()
        return name


def _united(tree: dict[str, Fields | None], more: Fields) -> None:
    for name, wanted in more.items():
        known = tree.get(name, {})
        if known is None or wanted is None:
            tree[name] = None
            continue
        both = dict(known)
        _united(both, wanted)
        tree[name] = both


def resolve(node: DataNode, fields: Fields) -> Fields:
    """``fields`` with member names, for the node that they are asked of. Raises :class:`BadInput` for what it does
    not have."""
    if not isinstance(node, Inner):
        raise BadInput(
            Fault(
                "invalid-value", f"{node.name} has no descendants: fields says nothing here", type="protocol"
            )
        )
    tree: dict[str, Fields | None] = {}
    for name, wanted in fields.items():
        child = node.children.get(name)
        if child is None and name.startswith(f"{node.module}:"):
            child = node.children.get(name.partition(":")[2])
        if child is None:
            near = nearest(name, node.children)
            way = f"; did you mean {' or '.join(near)}?" if near else ""
            message = f"fields: {node.name or 'the datastore'} has no {name!r}{way}"
            raise BadInput(Fault("invalid-value", message, type="protocol", value=name, legal=near))
        below = None if wanted is None else resolve(child, wanted)
        _united(tree, {child.member: below})
    return tree


def select(value: Any, fields: Fields, depth: int | None = None) -> Any:
    """``value``, a branch or the entries of a list, as far as ``fields`` goes. ``depth`` counts from the selected nodes, 1
    being they themselves; None: all."""
    if isinstance(value, Entries):
        branches = [_branch(branch, fields, depth) for branch in value.values()]
        return Entries.build(value.schema, branches, value.revision)
    return _branch(value, fields, depth)


def _branch(branch: Branch, fields: Fields, depth: int | None) -> Branch:
    schema = branch.schema
    members: dict[str, Any] = {}
    meta = {"": branch.meta[""]} if "" in branch.meta else {}
    keys = schema.keys if isinstance(schema, List) else ()
    for name in (*keys, *fields):
        value = branch.members.get(name)
        if value is None or name in members:
            continue
        wanted = fields.get(name)
        if isinstance(value, Branch | Entries):
            value = view(value, depth=depth) if wanted is None else select(value, wanted, depth)
            if isinstance(value, Branch) and wanted is not None and _is_nothing(value):
                continue
        members[name] = value
        if name in branch.meta:
            meta[name] = branch.meta[name]
    ordered = {name: members[name] for name in schema.children if name in members} if members else {}
    return Branch(schema, ordered, branch.revision, meta or None)


def _is_nothing(value: Branch) -> bool:
    """A container on the way in which nothing was wanted."""
    schema = value.schema
    return not value.members and not value.meta and isinstance(schema, Container) and not schema.presence
