"""Messages judged from JSON to faults, as a server would."""

from functools import cache
from typing import Any

from validation_lab import tree

from pyconfhoard.errors import Fault
from pyconfhoard.schema.nodes import Inner, Notification, Operation, Parameters, Schema
from pyconfhoard.tree import Branch, Path, decode, parse_path
from pyconfhoard.validation.operations import Operations, place_of
from pyconfhoard.validation.validator import Outcome


@cache
def operations(schema: Schema) -> Operations:
    return Operations(schema)


def state_of(schema: Schema, data: dict[str, Any]) -> Branch:
    branch = decode(schema.root, data, Path(), content="nonconfig")
    assert isinstance(branch, Branch)
    return branch


def message(node: Inner, raw: dict[str, Any], at: str | Path = "/", schema: Schema | None = None) -> Branch:
    """The instance of ``node`` in the document, whose one member is named as RFC 8040 and RFC 7951 have it."""
    name = f"{node.module}:{node.name}"
    assert list(raw) == [name]
    place = parse_path(schema, at) if isinstance(at, str) and schema is not None else Path.ROOT
    branch = decode(node, raw[name], place_of(node, place), content="all")
    assert isinstance(branch, Branch)
    return branch


class Exchange:
    """Messages on some running configuration and state data."""

    def __init__(
        self, schema: Schema, running: dict[str, Any] | None = None, state: dict[str, Any] | None = None
    ) -> None:
        self.schema = schema
        self.running = tree(schema, running or {})
        self.state = state_of(schema, state) if state else None

    def find(self, name: str, at: str = "/") -> Operation | Notification:
        """The operation or notification of a node."""
        node: Inner = self.schema.root
        for step in parse_path(self.schema, at).steps:
            node = node.children[step.name]  # type: ignore[assignment]  # only nodes with children hold messages
        if node is self.schema.root:
            return self.schema.rpcs.get(name) or self.schema.notifications[name]
        return node.actions.get(name) or node.notifications[name]

    def input(self, name: str, raw: dict[str, Any], at: str = "/") -> tuple[Fault, ...]:
        """What is wrong with an input, given without its outermost member."""
        operation = self.find(name, at)
        assert isinstance(operation, Operation)
        return self._judged(operation, operation.input, raw, at)

    def output(self, name: str, raw: dict[str, Any], at: str = "/") -> tuple[Fault, ...]:
        operation = self.find(name, at)
        assert isinstance(operation, Operation)
        return self._judged(operation, operation.output, raw, at)

    def notification(self, name: str, raw: dict[str, Any], at: str = "/") -> tuple[Fault, ...]:
        node = self.find(name, at)
        assert isinstance(node, Notification)
        return self._judged(node, node, raw, at)

    def _judged(
        self, what: Operation | Notification, node: Inner, raw: dict[str, Any], at: str
    ) -> tuple[Fault, ...]:
        rules = operations(self.schema)
        given = message(node, {f"{node.module}:{node.name}": raw}, at, self.schema)
        place = parse_path(self.schema, at)
        outcome: Outcome
        if isinstance(what, Notification):
            outcome = rules.check_notification(what, given, self.running, place, self.state)
        else:
            check = rules.check_input if node.name == "input" else rules.check_output
            outcome = check(what, given, self.running, place, self.state)
        assert outcome.total == len(outcome.faults)
        assert isinstance(node, Parameters | Notification)
        return outcome.faults
