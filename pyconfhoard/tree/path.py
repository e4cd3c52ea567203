"""Instance paths: where a node stands in a data tree.

A :class:`Path` is a tuple of steps with typed, canonical keys; two paths are the same place exactly when
equal. It has two textual forms, both exact both ways (``tree.path_text``): the instance-identifier of RFC
7951 section 6.11, which errors and files use, and the api-path of RFC 8040 section 3.5.3, which URLs use.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from pyconfhoard.schema.nodes import DataNode, LeafList, List
from pyconfhoard.schema.types.base import Value
from pyconfhoard.schema.types.decimal64 import decimal_text
from pyconfhoard.schema.types.instance_identifier import quoted
from pyconfhoard.tree.branch import same

__all__ = ["Path", "Step", "predicates", "value_text"]


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """``name`` is the RFC 7951 member name in its parent. ``key`` is None for a container, a leaf, or a list or leaf-list as a
    whole; the key values of a list entry; ``(value,)`` for one value of a leaf-list; ``(index,)`` from 0 in
    a keyless list.

    ``names`` are those of the key leaves (``.`` for a leaf-list), for the textual form only; :meth:`of`
    fills them in.
    """

    name: str
    key: tuple[Value, ...] | None = None
    names: tuple[str, ...] = field(default=(), repr=False)

    def __eq__(self, other: object) -> bool:
        """The same node; in a union ``1`` and ``true`` are two keys, though Python finds them equal."""
        if not isinstance(other, Step):
            return NotImplemented
        return self.name == other.name and same(self.key, other.key)

    def __hash__(self) -> int:
        return hash((self.name, self.key))

    @classmethod
    def of(cls, node: DataNode, key: tuple[Value, ...] | None = None) -> Step:
        """The step to ``node`` from its parent."""
        if isinstance(node, List):
            return cls(node.member, key, node.keys)
        return cls(node.member, key, (".",) if isinstance(node, LeafList) else ())


@dataclass(frozen=True, slots=True)
class Path:
    """Immutable and hashable. ``Path()`` is the root."""

    steps: tuple[Step, ...] = ()

    ROOT: ClassVar[Path]

    def __truediv__(self, step: Step) -> Path:
        return Path((*self.steps, step))

    def __add__(self, other: Path) -> Path:
        return Path(self.steps + other.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def child(self, node: DataNode, key: tuple[Value, ...] | None = None) -> Path:
        """The path one step deeper."""
        return Path((*self.steps, Step.of(node, key)))

    def entry(self, key: tuple[Value, ...]) -> Path:
        """The path of an entry of the list that this path names as a whole."""
        if not self.steps:
            return self
        last = self.steps[-1]
        return Path((*self.steps[:-1], Step(last.name, key, last.names)))

    @property
    def parent(self) -> Path:
        """One step up; the root is its own parent."""
        return Path(self.steps[:-1])

    @property
    def last(self) -> Step:
        """The last step. Raises ``IndexError`` at the root."""
        return self.steps[-1]

    def within(self, other: Path) -> bool:
        """True when this path is ``other`` or below it. A list as a whole holds its entries."""
        if len(self.steps) < len(other.steps):
            return False
        return all(
            mine.name == theirs.name and (theirs.key is None or same(mine.key, theirs.key))
            for mine, theirs in zip(self.steps, other.steps, strict=False)
        )

    def __str__(self) -> str:
        """The instance-identifier of RFC 7951 section 6.11; the root is ``/``."""
        return "".join(f"/{step.name}{predicates(step)}" for step in self.steps) or "/"


def value_text(value: Value) -> str:
    """The canonical lexical form of a value, whatever its type."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, bytes):
        return b64encode(value).decode("ascii")
    if isinstance(value, tuple):
        return " ".join(value)
    return str(value) if isinstance(value, int) else ""


def predicates(step: Step) -> str:
    """What stands behind a step's name in a path's text: its key."""
    if step.key is None:
        return ""
    if not step.names:
        return "".join(f"[{value + 1}]" for value in step.key if isinstance(value, int))
    pairs = zip(step.names, step.key, strict=False)
    return "".join(f"[{name}={quoted(value_text(value))}]" for name, value in pairs)


Path.ROOT = Path()
