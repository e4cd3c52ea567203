"""A notification where it stands in the tree: alone below the root, or in the data node that it is about.

Of that way only the containers, entries and their keys are there (RFC 7950 section 7.16.2). So it is encoded, and so
filters see it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Final

from pyconfhoard.hoard.notices import Notice
from pyconfhoard.schema.nodes import DataNode, Inner, List, Notification, Schema
from pyconfhoard.tree import Branch, Entries

__all__ = ["planted"]

_TREE: Final = "tree"


def planted(notice: Notice) -> Branch:
    """The root that holds ``notice`` and nothing else; its schema has nothing else either."""
    tree: Branch | None = notice.memo.get(_TREE)
    if tree is None:
        notice.memo[_TREE] = tree = _planted(notice)
    return tree


def _planted(notice: Notice) -> Branch:
    chain = _chain(notice.schema, notice.node, tuple(step.name for step in notice.at.steps))
    below: Branch | Entries = notice.branch
    member = notice.node.member
    for node, step in zip(chain[:0:-1], reversed(notice.at.steps), strict=True):
        if isinstance(node, List):
            keys = dict(zip(node.keys, step.key or (), strict=True))
            below = Entries.build(node, [Branch(node, {**keys, member: below})])
        else:
            below = Branch(node, {member: below})
        member = step.name
    return Branch(chain[0], {member: below})


@lru_cache(maxsize=64)
def _chain(schema: Schema, notification: Notification, names: tuple[str, ...]) -> tuple[Inner, ...]:
    """The root and the nodes on the way, each with the next one and its keys as its only children."""
    way: list[Inner] = [schema.root]
    for name in names:
        child = way[-1].children[name]
        if not isinstance(child, Inner):
            raise TypeError(f"{child.path()} holds no notification")
        way.append(child)
    made: list[Inner] = []
    below: DataNode = notification
    for node in reversed(way):
        kept: dict[str, DataNode] = {}
        if isinstance(node, List):
            kept = {key: node.children[key] for key in node.keys}
        below = replace(node, children={**kept, below.member: below}, choices=())
        made.append(below)
    return tuple(reversed(made))
