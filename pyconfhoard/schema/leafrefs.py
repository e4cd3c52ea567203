"""Where the ``path`` of a leafref leads, in the schema (RFC 7950 section 9.9.2).

The path is walked over schema nodes. A predicate chooses among the entries of a list, by a key; what it
compares the key with must be there, too. ``..`` goes to the closest data node above; out of an rpc or action it goes
from the parameters to the node that holds the operation, out of a top-level node to the root.

The leaf may itself be a leafref: the type of a leafref is that of its target, so targets are
compiled first, and a chain that returns to where it came from is refused.

``deref(path)/../name``, which pyang knows and some models use, goes on from the target of the
leafref that ``path`` leads to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pyconfhoard.schema.expression import XPath
from pyconfhoard.schema.nodes import (
    DataNode,
    Inner,
    Leaf,
    LeafList,
    List,
    Notification,
    Parameters,
    Root,
    Structure,
)
from pyconfhoard.xpath import (
    PARENT,
    SELF,
    BinaryOperation,
    Call,
    Expr,
    LocationPath,
    NameTest,
    PathFrom,
    Step,
    XPathSyntaxError,
    parse,
)

__all__ = ["PathError", "Tops", "lead", "step_down"]

Tops = Mapping[str, Inner]
"""Notifications and structures by ``module:name``: what a path from the root may find beside data."""


class PathError(ValueError):
    """The path leads nowhere; the message says where it ends."""


def lead(
    start: DataNode,
    path: XPath,
    tops: Tops,
    target_of: Callable[[Leaf | LeafList], DataNode],
) -> Leaf | LeafList:
    """The leaf or leaf-list where ``path`` leads from ``start`` (the root, if it is absolute).

    ``target_of`` gives the target of another leafref, for ``deref``. Raises :class:`PathError`.
    """
    try:
        syntax = parse(path.text)
    except XPathSyntaxError as reason:
        raise PathError(f"the path {path.text!r}: {reason}") from reason
    walk = _Walk(start, path, tops)
    match syntax:
        case LocationPath(absolute, steps):
            found = walk.along(_root_of(start) if absolute else start, steps, start)
        case PathFrom(Call("deref", (LocationPath(absolute, way),)), steps):
            via = walk.along(_root_of(start) if absolute else start, way, start)
            if not isinstance(via, Leaf | LeafList):
                raise PathError(f"{via.path()}, the argument of deref, is no leaf")
            target = target_of(via)
            found = walk.along(target, steps, target)
        case _:
            raise PathError(f"{path.text!r} is no path to a node")
    if not isinstance(found, Leaf | LeafList):
        raise PathError(f"the path {path.text!r} leads to {found.path()}, which is no leaf or leaf-list")
    return found


def step_down(node: Inner, module: str, name: str, start: DataNode, tops: Tops) -> DataNode | None:
    """The child called ``module:name``: data, or the operation, notification or structure around
    ``start`` (RFC 7950 section 6.4.1 puts it under the root or under the node that has it)."""
    member = name if node.module == module else f"{module}:{name}"
    found: DataNode | None = node.children.get(member) or node.notifications.get(member)
    if found is None and isinstance(node, Root):
        found = tops.get(member)
    if found is None:
        around = _around(start)
        if isinstance(around, Parameters) and around.parent is node and around.operation == member:
            found = around
    return found


def _around(node: DataNode) -> DataNode:
    while node.parent is not None and not isinstance(node, Parameters | Notification | Structure | Root):
        node = node.parent
    return node


def _root_of(node: DataNode) -> DataNode:
    while node.parent is not None:
        node = node.parent
    return node


@dataclass(frozen=True, slots=True)
class _Walk:
    leaf: DataNode
    """Where the path starts, and what ``current()`` means in its predicates."""
    path: XPath
    tops: Tops

    def along(self, here: DataNode, steps: tuple[Step, ...], start: DataNode) -> DataNode:
        """The node at which ``steps`` from ``here`` end; ``start`` as in :func:`step_down`."""
        for step in steps:
            if step == PARENT:
                if here.parent is None:
                    raise PathError(f"the path {self.path.text!r} has too many '..'")
                here = here.parent
            elif step != SELF:
                here = self._down(here, step, start)
                for predicate in step.predicates:
                    self._key(here, predicate)
        return here

    def _down(self, here: DataNode, step: Step, start: DataNode) -> DataNode:
        module, name = self._name(step)
        found = step_down(here, module, name, start, self.tops) if isinstance(here, Inner) else None
        if found is None:
            above = here.path() if here.parent is not None else "the root"
            raise PathError(f"the path {self.path.text!r} leads nowhere: {above} has no {module}:{name}")
        return found

    def _name(self, step: Step) -> tuple[str, str]:
        """Module and name of a step to a child."""
        test = step.test
        if step.axis != "child" or not isinstance(test, NameTest) or test.name == "*":
            raise PathError(f"a step of the path {self.path.text!r} is not a name")
        if test.prefix and test.prefix not in self.path.prefixes:
            raise PathError(f"the prefix {test.prefix!r} in the path {self.path.text!r} is not declared")
        return (self.path.prefixes[test.prefix] if test.prefix else self.path.module), test.name

    def _key(self, here: DataNode, predicate: Expr) -> None:
        """A predicate compares a key of a list with a node (section 9.9.2, ``path-equality-expr``)."""
        match predicate:
            case BinaryOperation("=", LocationPath(False, (Step() as key,)), PathFrom(Call("current"), way)):
                module, name = self._name(key)
                if not isinstance(here, List) or module != here.module or name not in here.keys:
                    raise PathError(f"in the path {self.path.text!r}, {name} is no key of {here.path()}")
                self.along(self.leaf, way, self.leaf)
            case _:
                raise PathError(f"the path {self.path.text!r} has a predicate other than key = current()/..")
