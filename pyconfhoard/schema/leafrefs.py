"""Where the ``path`` of a leafref leads, in the schema (RFC 7950 section 9.9.2).

The path is walked over schema nodes. Its predicates choose among instances, so they mean nothing
here and are cut out. ``..`` goes to the closest data node above; out of an rpc or action it goes
from the parameters to the node that holds the operation, out of a top-level node to the root.

The leaf may itself be a leafref: the type of a leafref is that of its target, so targets are
compiled first, and a chain that returns to where it came from is refused.

``deref(path)/../name``, which pyang knows and some models use, goes on from the target of the
leafref that ``path`` leads to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from pyconfhoard.schema.expression import XPath
from pyconfhoard.schema.nodes import (
    DataNode,
    Inner,
    Leaf,
    LeafList,
    Notification,
    Parameters,
    Root,
    Structure,
)

__all__ = ["PathError", "Tops", "lead", "step_down"]

_PREDICATE: Final = re.compile(r"\[[^\[\]]*\]")
_DEREF: Final = re.compile(r"\s*deref\s*\((.*?)\)\s*/(.*)", re.DOTALL)
_NAME: Final = re.compile(r"(?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*)", re.ASCII)

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
    text = _PREDICATE.sub("", path.text)
    deref = _DEREF.fullmatch(text)
    if deref:
        via = _walk(start, deref.group(1), path, tops)
        if not isinstance(via, Leaf | LeafList):
            raise PathError(f"{via.path()}, the argument of deref, is no leaf")
        found = _walk(target_of(via), deref.group(2), path, tops)
    else:
        found = _walk(start, text, path, tops)
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


def _walk(start: DataNode, text: str, path: XPath, tops: Tops) -> DataNode:
    here = start
    steps = [step.strip() for step in text.strip().split("/")]
    if steps[0] == "":
        while here.parent is not None:
            here = here.parent
        steps = steps[1:]
    for step in steps:
        if step == "..":
            if here.parent is None:
                raise PathError(f"the path {path.text!r} has too many '..'")
            here = here.parent
        elif step != ".":
            here = _down(here, step, start, path, tops)
    return here


def _down(here: DataNode, step: str, start: DataNode, path: XPath, tops: Tops) -> DataNode:
    named = _NAME.fullmatch(step)
    if not named:
        raise PathError(f"{step!r} in the path {path.text!r} is not a name")
    prefix, name = named.groups()
    if prefix and prefix not in path.prefixes:
        raise PathError(f"the prefix {prefix!r} in the path {path.text!r} is not declared")
    module = path.prefixes[prefix] if prefix else path.module
    found = step_down(here, module, name, start, tops) if isinstance(here, Inner) else None
    if found is None:
        above = here.path() if here.parent is not None else "the root"
        raise PathError(f"the path {path.text!r} leads nowhere: {above} has no {module}:{name}")
    return found
