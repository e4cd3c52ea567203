"""``must`` (RFC 7950 sections 7.5.3 and 8.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pyconfhoard.errors import Fault, Place
from pyconfhoard.schema.nodes import DataNode
from pyconfhoard.schema.nodes import Must as Statement
from pyconfhoard.validation.cursor import Cursor
from pyconfhoard.validation.expression import Expression, as_boolean
from pyconfhoard.validation.reads import Reader

__all__ = ["Must"]


class Must:
    """Asked at the node itself, which is the context node."""

    keyword: ClassVar[str] = "must"
    __slots__ = ("_holds", "node", "place", "statement")

    def __init__(self, node: DataNode, statement: Statement, expression: Expression) -> None:
        self.node = node
        self.place: Place = statement.place
        self.statement = statement
        self._holds = as_boolean(expression)

    def check(self, at: Cursor) -> Iterator[Fault]:
        if self._holds(at, 1, 1, at):
            return
        statement = self.statement
        yield Fault(
            "operation-failed",
            statement.message or f"the model demands: {statement.xpath.text}",
            str(at.path()),
            app_tag=statement.app_tag or "must-violation",
            place=self.place,
            value=None if at.shape.type is None else at.told(),
        )

    def read(self, reader: Reader) -> None:
        reader.node(*reader.here)
        reader.expression(self.statement.xpath, reader.here)
