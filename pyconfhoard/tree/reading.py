"""What every reading of instance data has, whatever its encoding: where it stands, what was wrong, and the rules of a
branch that no encoding changes.

A fault does not stop the reading: the node is left out and reading goes on beside it, so that a person sees all that is
wrong at once. Where the reading stands is a stack of small tuples; a path is put together for a fault only.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, Final, TypeAlias

from pyconfhoard.errors import MAX_FAULTS, ErrorTag, Fault
from pyconfhoard.schema.nodes import Case, Container, DataNode, Inner, Leaf, LeafList
from pyconfhoard.schema.secrets import is_secret
from pyconfhoard.tree.branch import Branch
from pyconfhoard.tree.entries import Entries
from pyconfhoard.tree.pages import Key
from pyconfhoard.tree.path import Path, Step
from pyconfhoard.tree.view import Content

__all__ = ["SHOWN", "Reading", "is_nothing", "nearest", "shown"]

SHOWN: Final = 80
"""Characters of a value that a message shows."""

_MANY: Final = (Entries, tuple, list)

_Place: TypeAlias = tuple[DataNode, Key | int | None]
"""A node, and an entry's key, or its position while the key is not known."""


class Reading:
    """One document."""

    def __init__(self, content: Content, revision: int, above: Path) -> None:
        self.faults: list[Fault] = []
        self.total = 0
        self.content = content
        self.revision = revision
        self._above = above
        self.stack: list[_Place] = []

    def path(self) -> Path:
        """Where the reading stands."""
        return self._above + Path(tuple([_step(*place) for place in self.stack]))

    def fault(self, tag: ErrorTag, message: str, node: DataNode | None = None, **more: Any) -> None:
        """Note a fault at the present place; of a secret it does not repeat the value."""
        self.total += 1
        if len(self.faults) < MAX_FAULTS:
            place = node.place if node else None
            if node is not None and is_secret(node):
                more["value"] = None
            self.faults.append(Fault(tag, message, str(self.path()), place=place, **more))

    def twice(self, node: LeafList, value: Any) -> None:
        """Note the fault of a leaf-list that holds ``value`` more than once."""
        text = shown(node.type.text(value))
        what = "a value" if is_secret(node) else repr(text)
        message = f"{node.name} holds {what} twice; values are unique in configuration"
        self.fault("bad-element", message, node, value=text)

    def fault_at(self, child: DataNode, tag: ErrorTag, message: str, **more: Any) -> None:
        """Note a fault at a child of the node at the present place."""
        self.stack.append((child, None))
        self.fault(tag, message, child, **more)
        self.stack.pop()

    def admits(self, child: DataNode, *, is_key: bool) -> bool:
        """Whether ``content`` lets ``child`` appear; notes a fault if it does not."""
        if self.content == "all":
            return True
        if self.content == "config":
            if child.config:
                return True
            message = f"{child.name} is state: it is reported, not configured"
        else:
            if not child.config or is_key or isinstance(child, Inner):
                return True
            message = f"{child.name} is configuration: it is set, not reported"
        self.fault_at(child, "invalid-value", message)
        return False

    def unknown(self, node: Inner, name: str) -> None:
        """Note that ``node`` has no child of this name, and which it may have meant."""
        if len(self.faults) >= MAX_FAULTS:  # nobody will read it: do not look for what it may have meant
            self.total += 1
            return
        near = nearest(name, node.children)
        where = f"below {node.name}" if node.name else "at the top"
        known = ", ".join(list(node.children)[:8]) or "nothing"
        way = f"did you mean {' or '.join(near)}?" if near else f"it has: {known}"
        if name in node.actions or name in node.notifications:
            way = "it is an operation or a notification, not data"
        self.fault(
            "unknown-element", f"there is no {shown(name)!r} {where}; {way}", legal=near, value=shown(name)
        )

    def one_case(self, node: Inner, members: dict[str, Any]) -> None:
        """Note data of two cases of one choice (RFC 7950 section 7.9)."""
        chosen: dict[int, tuple[Case, DataNode]] = {}
        for member in members:
            child = node.children[member]
            case = child.case
            while case is not None:
                first, witness = chosen.setdefault(id(case.choice), (case, child))
                if first is not case:
                    message = (
                        f"{child.name} and {witness.name} belong to different cases of the choice "
                        f"{case.choice.name}: only one of them can be there"
                    )
                    self.fault("bad-element", message, child)
                case = case.choice.case


def _step(node: DataNode, at: Key | int | None) -> Step:
    if isinstance(at, int):  # an entry whose key is not known is shown by its position
        return Step(node.member, (at,))
    return Step.of(node, at)


def is_nothing(child: DataNode, value: Any) -> bool:
    """What is not stored: an empty non-presence container, a list or leaf-list without entries."""
    if isinstance(child, Leaf):
        return False
    if isinstance(value, Branch):
        return not value.members and not value.meta and isinstance(child, Container) and not child.presence
    return isinstance(value, _MANY) and len(value) == 0


def shown(text: str) -> str:
    """A text for a message: as it was written, cut when long."""
    return text if len(text) <= SHOWN else text[:SHOWN] + "..."


def nearest(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """Up to three of ``names`` that look like ``name``, with or without their module; of those that differ in the module
    only, the one in the module of ``name`` comes first."""
    module, _, word = name.rpartition(":")
    known: dict[str, list[str]] = {}
    for one in names:
        known.setdefault(one.rpartition(":")[2], []).append(one)
    close = difflib.get_close_matches((word or name)[:SHOWN], known, n=3, cutoff=0.6)
    found = [
        one for bare in close for one in sorted(known[bare], key=lambda one: one.rpartition(":")[0] != module)
    ]
    return tuple(found[:3])
