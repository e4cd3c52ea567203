"""XPath 1.0 over data without a schema: what the rules' expressions see.

Our evaluator wants shapes and branches, so a schema is made up for the data as it stands: every node is what it is by
being there, every value is its text. So no expression depends on types, and one that names what
nobody stored finds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeAlias

from pyconfhoard.errors import Place
from pyconfhoard.migration.loose import Item, Loose, LooseAny, LooseLeaf, LooseValues
from pyconfhoard.schema.expression import XPath
from pyconfhoard.schema.nodes import AnyData, Container, DataNode, Leaf, LeafList, List, Root, Schema
from pyconfhoard.schema.types import String
from pyconfhoard.tree import AnyValue, Branch, Entries
from pyconfhoard.validation.compile import compile_xpath
from pyconfhoard.validation.cursor import Cursor, Document
from pyconfhoard.validation.expression import Expression, Uncompilable
from pyconfhoard.validation.numbers import number_text
from pyconfhoard.validation.shapes import make_shapes

__all__ = ["NoNumber", "Reader", "Trail", "Uncompilable", "check_expression"]

Trail: TypeAlias = tuple[tuple[str, int | None], ...]
"""An instance: the names from the top, each with the entry's position where it is one of several."""

_NOWHERE: Final = Place("", 0)
_TEXT: Final = String()
_PREFIX: Final = re.compile(r"([A-Za-z_][\w.-]*):(?!:)")
"""What may be a prefix: each is a module's name, be there data of that module or not."""


class NoNumber(ValueError):
    """An expression that is to give a number gives none (NaN)."""


def check_expression(text: str, module: str) -> None:
    """Raise :class:`Uncompilable` with the reason for an expression that can mean nothing."""
    root = Root(name="", module="", member="", place=_NOWHERE)
    _compiled(text, module, _schema(root), _PREFIX.findall(text))


class Reader:
    """Evaluates expressions in ``root``, which is not changed meanwhile. Costs its size when it is made."""

    def __init__(self, root: Loose) -> None:
        modules: set[str] = set()
        node = Root(name="", module="", member="", place=_NOWHERE, children=_children([root], modules))
        self._schema = _schema(node)
        self._modules = modules
        self._document = Document(make_shapes(node), _branch(node, root), state=True)
        self._known: dict[tuple[str, str], Expression] = {}

    def value(self, expression: str, module: str, trail: Trail) -> str | None:
        """The text that an expression of a module gives for the node at ``trail``; None for an empty node-set.

        Raises :class:`NoNumber`, and :class:`Uncompilable`.
        """
        known = self._known.get((expression, module))
        if known is None:
            known = _compiled(
                expression, module, self._schema, (*self._modules, *_PREFIX.findall(expression))
            )
            self._known[expression, module] = known
        node = self._cursor(trail)
        found = known.run(node, 1, 1, node)
        match known.result:
            case "nodes":
                return found[0].string() if found else None
            case "number":
                if found != found:  # noqa: PLR0124 - NaN
                    raise NoNumber("the expression gives no number")
                return number_text(found)
            case "boolean":
                return "true" if found else "false"
            case "string":
                return str(found)

    def _cursor(self, trail: Trail) -> Cursor:
        node = self._document.root
        for name, index in trail:
            shape = node.shape.members[name]
            data: Any = node.value.members[name]
            if isinstance(data, Entries) and index is not None:
                data = data.get((index,))
            elif isinstance(data, tuple) and index is not None:
                data = data[index]
            node = Cursor(self._document, node, shape, data, index or 0)
        return node


def _compiled(text: str, module: str, schema: Schema, modules: Iterable[str]) -> Expression:
    return compile_xpath(XPath(text, module, {name: name for name in (*modules, module)}), schema)


def _schema(root: Root) -> Schema:
    return Schema(modules={}, root=root, rpcs={}, notifications={}, identities={}, fingerprint="")


def _children(some: list[Loose], modules: set[str]) -> dict[str, DataNode]:
    """The nodes that any of these have, by ``module:name``, which is their member name, too."""
    found: dict[str, list[Item]] = {}
    for loose in some:
        for name, item in loose.members.items():
            found.setdefault(name, []).append(item)
    return {name: _node(name, items, modules) for name, items in found.items()}


def _node(member: str, items: list[Item], modules: set[str]) -> DataNode:
    module, _, name = member.partition(":")
    modules.add(module)
    first = items[0]
    if isinstance(first, LooseLeaf):
        return Leaf(name=name, module=module, member=member, place=_NOWHERE, type=_TEXT)
    if isinstance(first, LooseValues):
        return LeafList(name=name, module=module, member=member, place=_NOWHERE, type=_TEXT)
    if isinstance(first, LooseAny):
        return AnyData(name=name, module=module, member=member, place=_NOWHERE)
    children = _children(list(_inside(items)), modules)
    if isinstance(first, Loose):
        return Container(
            name=name, module=module, member=member, place=_NOWHERE, presence="yes", children=children
        )
    return List(name=name, module=module, member=member, place=_NOWHERE, children=children)


def _inside(items: Iterable[Item]) -> Iterator[Loose]:
    for item in items:
        if isinstance(item, Loose):
            yield item
        elif isinstance(item, list):
            yield from item


def _branch(node: Container | List | Root, loose: Loose) -> Branch:
    members: dict[str, Any] = {}
    for name, item in loose.members.items():
        child = node.children[name]
        if isinstance(item, LooseLeaf):
            members[name] = item.text
        elif isinstance(item, LooseValues):
            members[name] = tuple([value.text for value in item.values])
        elif isinstance(item, LooseAny):
            members[name] = AnyValue(item.json)
        elif isinstance(item, Loose):
            assert isinstance(child, Container)  # noqa: S101 - made of the same items
            members[name] = _branch(child, item)
        else:
            assert isinstance(child, List)  # noqa: S101 - the same
            members[name] = Entries.build(child, [_branch(child, entry) for entry in item])
    return Branch(node, members)
