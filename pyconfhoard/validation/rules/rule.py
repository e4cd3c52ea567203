"""What a rule is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Protocol

from pyconfhoard.errors import Fault, Place
from pyconfhoard.schema.nodes import Node
from pyconfhoard.validation.cursor import Cursor
from pyconfhoard.validation.reads import Reader

__all__ = ["Rule"]


class Rule(Protocol):
    """A compiled statement. It belongs to one schema node and is asked at instances either of that
    node, or of its parent in the data tree (see ``table``)."""

    keyword: ClassVar[str]
    """The statement that it is, or that it follows from."""

    @property
    def node(self) -> Node:
        """The schema node that carries the statement: a data node or a choice."""

    @property
    def place(self) -> Place:
        """Where the statement stands."""

    def check(self, at: Cursor) -> Iterator[Fault]:
        """What is wrong at one node, which exists (a default in use exists, too)."""

    def read(self, reader: Reader) -> None:
        """Tell everything that the verdict depends on."""
