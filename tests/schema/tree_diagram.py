"""RFC 8340 tree diagrams, read from what other programs print, and made from our schema.

A diagram becomes a multiset of rows. A row's path starts at the topmost node of the node's own
module, so that what an augment adds is told the same whether it is printed in its target's tree
(there with a prefix) or in a section of its own.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from pyconfhoard.schema.nodes import (
    AnyData,
    Case,
    Choice,
    Container,
    DataNode,
    Inner,
    Leaf,
    LeafList,
    List,
    Node,
    Operation,
    Schema,
)
from pyconfhoard.schema.types import Leafref

_LINE = re.compile(
    r"^(?P<indent>[ |]*)[+xo]--(?P<access>rw|ro|mp|-w|-x|-n|--|:)? ?"
    r"(?P<name>\([^)]*\)|[\w.:-]+)(?P<mark>[?!*])?(?: \[(?P<keys>[^\]]*)\])?(?P<rest>.*)$"
)
_FEATURES = re.compile(r"\{.*\}\?")


@dataclass(frozen=True, order=True)
class Row:
    path: tuple[str, ...]
    """Choices as ``(name)``, cases as ``:(name)``."""
    access: str
    """``rw`` or ``ro`` in the data tree, else empty."""
    mark: str
    """``?``, ``!``, ``*`` or nothing."""
    keys: str
    type: str
    """Local name of the type as declared; ``->`` for a leafref."""


_SECTION = re.compile(r"\s*(module:|augment |rpcs:|notifications:|yang-data |structure |grouping )")


def read(text: str, *, augments: bool = True) -> dict[str, Counter[Row]]:
    """The rows of printed diagrams, by module; by prefix those that another's tree shows.

    Without ``augments``, the sections of augments are left out, as is always what stands in no
    datastore (RFC 8791, RFC 8040's yang-data) and the lines of ``input`` and ``output``.
    """
    rows: dict[str, Counter[Row]] = defaultdict(Counter)
    module, base, shown = "", 2, True
    above: list[_Step] = []
    for line in text.splitlines():
        section = _SECTION.match(line)
        if section:
            base = 4
            shown = section[1] in {"module:", "rpcs:", "notifications:"} or (
                augments and section[1] == "augment "
            )
            if section[1] == "module:":
                module, base = line.split()[1], 2
        found = _LINE.match(line)
        if found is None or not shown:
            continue
        step = _step(found)
        above = [*above[: (len(found["indent"]) - base) // 3], step]
        start = max((at + 1 for at, each in enumerate(above) if each.prefix != step.prefix), default=0)
        acting = not all(each.data for each in above)
        type_ = _FEATURES.sub("", found["rest"]).strip()
        row = Row(
            tuple(each.name for each in above[start:]),
            "" if acting else found["access"].strip(":").replace("mp", "rw"),
            "" if step.name.startswith(":") else found["mark"] or "",
            found["keys"] or "",
            "->" if type_.startswith("->") else type_.rpartition(":")[2].strip("<>"),
        )
        if step.name not in {"input", "output"}:
            rows[step.prefix or module][row] += 1
    return rows


@dataclass(frozen=True)
class _Step:
    name: str
    prefix: str
    data: bool
    """False for an rpc, action, notification, and what stands in their input."""


def _step(found: re.Match[str]) -> _Step:
    bare = found["name"].strip("()")
    prefix, _, local = bare.rpartition(":")
    name = f"({local})" if found["name"].startswith("(") else local
    if found["access"] == ":":
        name = ":" + name
    return _Step(name, prefix, found["access"] in {"rw", "ro", "mp", ":"})


def draw(schema: Schema, *, augments: bool = True) -> dict[str, Counter[Row]]:
    """The rows of our schema, by module; without ``augments``, what stands in its own module's tree."""
    rows: dict[str, Counter[Row]] = defaultdict(Counter)
    places = chain(
        _walk(schema.root, (), True),
        *(_operation(operation, ()) for operation in schema.rpcs.values()),
        *(_notification(notification, ()) for notification in schema.notifications.values()),
    )
    for node, path, data in places:
        if augments or all(module == node.module for module, _ in path):
            _add(rows, node, path, data)
    return rows


_Place = tuple[Node, tuple[tuple[str, str], ...], bool]


def _walk(parent: Inner, above: tuple[tuple[str, str], ...], data: bool) -> Iterator[_Place]:
    own = [child for child in parent.children.values() if child.case is None]
    yield from _members(own, parent.choices, above, data)
    for action in parent.actions.values():
        yield from _operation(action, above)
    for notification in parent.notifications.values():
        yield from _notification(notification, above)


def _members(
    children: list[DataNode], choices: tuple[Choice, ...], above: tuple[tuple[str, str], ...], data: bool
) -> Iterator[_Place]:
    for child in children:
        path = (*above, (child.module, child.name))
        yield child, path, data
        if isinstance(child, Inner):
            yield from _walk(child, path, data)
    for choice in choices:
        path = (*above, (choice.module, f"({choice.name})"))
        yield choice, path, data
        for case in choice.cases.values():
            branch = (*path, (case.module, f":({case.name})"))
            yield case, branch, data
            yield from _members(
                [each for each in case.children if each.case is case], case.choices, branch, data
            )


def _operation(operation: Operation, above: tuple[tuple[str, str], ...]) -> Iterator[_Place]:
    path = (*above, (operation.module, operation.name))
    yield operation, path, False
    for part in (operation.input, operation.output):
        if part.children:
            yield from _walk(part, (*path, (part.module, part.name)), False)


def _notification(node: Inner, above: tuple[tuple[str, str], ...]) -> Iterator[_Place]:
    path = (*above, (node.module, node.name))
    yield node, path, False
    yield from _walk(node, path, False)


def _add(rows: dict[str, Counter[Row]], node: Node, path: tuple[tuple[str, str], ...], data: bool) -> None:
    start = max((at + 1 for at, (module, _) in enumerate(path) if module != node.module), default=0)
    row = Row(
        tuple(name for _, name in path[start:]),
        ("rw" if node.config else "ro") if data and not isinstance(node, Case) else "",
        _mark(node),
        " ".join(node.keys) if isinstance(node, List) else "",
        _type(node),
    )
    rows[node.module][row] += 1


def _mark(node: Node) -> str:
    match node:
        case List() | LeafList():
            return "*"
        case Container():
            return "!" if node.presence else ""
        case Leaf():
            return "" if node.mandatory or node.is_key else "?"
        case AnyData() | Choice():
            return "" if node.mandatory else "?"
    return ""


def _type(node: Node) -> str:
    match node:
        case AnyData():
            return "anyxml" if node.xml else "anydata"
        case Leaf() | LeafList():
            if isinstance(node.type, Leafref) and not node.typedef:
                return "->"
            return node.typedef.rpartition(":")[2] or node.type.name
    return ""
