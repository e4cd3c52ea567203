"""Rpcs and actions that a Thing answers: ``@rpc("play")``, ``@action("probe/calibrate")``.

::

    class Player(Thing):
        @rpc("play")
        def play(self, call):
            self.start_song(call.input["playlist"], call.input["song-number"])

        @action("speaker/level")
        def level(self, call):
            return {"decibel": self.measure(call.target["name"])}

The name of an rpc is that of the Thing's module, or has a module in front; that of an action is its path below what the
Thing owns, entries of lists without their keys. A handler runs in the Thing's thread like its timed methods. It
gives the output as plain Python, or None where there is nothing to tell; it refuses by raising
:class:`~pyconfhoard.Refuse`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias, TypeVar

from pyconfhoard.errors import Fault, NotFound
from pyconfhoard.schema.nodes import Inner, Operation, Schema
from pyconfhoard.schema.operation_id import operation_id
from pyconfhoard.thing.config_view import ConfigView
from pyconfhoard.tree import Branch, Path, decode, nearest, node_at

__all__ = ["Answers", "Call", "Handler", "action", "answered", "rpc", "view_of_input"]

_Method = TypeVar("_Method", bound=Callable[..., Any])
_MARK: Final = "__pyconfhoard_answers__"

Handler: TypeAlias = Callable[["Call"], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Call:
    """One invocation. ``input``: what it came with, values in use; ``target``: the instance that an action is invoked on,
    for an rpc all that the Thing owns."""

    operation: str
    """Name of the rpc as ``module:name``, or schema path of the action."""
    input: ConfigView
    target: ConfigView


def rpc(name: str) -> Callable[[_Method], _Method]:
    """Decorate the method of a Thing that answers an rpc."""
    return _mark("rpc", name)


def action(path: str) -> Callable[[_Method], _Method]:
    """Decorate the method of a Thing that answers an action below what it owns."""
    return _mark("action", path)


def _mark(kind: str, name: str) -> Callable[[_Method], _Method]:
    def mark(method: _Method) -> _Method:
        setattr(method, _MARK, (kind, name))
        return method

    return mark


@dataclass(frozen=True, slots=True)
class _Declared:
    kind: Literal["rpc", "action"]
    name: str
    handler: Handler


def answered(thing: object) -> Iterator[_Declared]:
    """Everything that :func:`rpc` and :func:`action` decorate, in order of the methods' names."""
    for name in dir(type(thing)):
        found = getattr(getattr(type(thing), name, None), _MARK, None)
        if found is not None:
            kind, called = found
            yield _Declared(kind, called, getattr(thing, name))


class Answers:
    """What a Thing answers under one schema: handlers by operation."""

    def __init__(self, thing: object, schema: Schema, module: str, base: Path) -> None:
        self._handlers: dict[str, tuple[Operation, Handler]] = {}
        self.unknown: list[_Declared] = []
        """What is declared and the model does not have."""
        self._below = {operation_id(one): one for one in _actions(node_at(schema, base))}
        for declared in answered(thing):
            found = self._find(schema, module, base, declared)
            if found is None:
                self.unknown.append(declared)
            else:
                self._handlers[operation_id(found)] = found, declared.handler

    def _find(self, schema: Schema, module: str, base: Path, declared: _Declared) -> Operation | None:
        name = declared.name
        if declared.kind == "rpc":
            return schema.rpcs.get(name if ":" in name else f"{module}:{name}")
        return self._below.get(f"{node_at(schema, base).path().rstrip('/')}/{name.strip('/')}")

    def __getitem__(self, operation: str) -> tuple[Operation, Handler]:
        return self._handlers[operation]

    @property
    def operations(self) -> tuple[str, ...]:
        """Ids of what is answered."""
        return tuple(self._handlers)

    @property
    def unanswered(self) -> tuple[str, ...]:
        """Actions below what the Thing owns that it has no method for."""
        return tuple(one for one in self._below if one not in self._handlers)

    def check(self, name: str) -> None:
        """Raise :class:`NotFound` when the Thing ``name`` declares what the model does not have."""
        if not self.unknown:
            return
        faults = []
        for one in self.unknown:
            known = self._below if one.kind == "action" else ()
            message = f"{name} answers the {one.kind} {one.name!r}, which the model does not have"
            faults.append(Fault("invalid-value", message, value=one.name, legal=nearest(one.name, known)))
        raise NotFound(faults)


def _actions(node: Any) -> Iterator[Operation]:
    if isinstance(node, Inner):
        yield from node.actions.values()
        for child in node.children.values():
            yield from _actions(child)


def view_of_input(schema: Schema, operation: Operation, given: Mapping[str, Any]) -> ConfigView:
    """The RFC 7951 members of an input, to be read as configuration is. Raises :class:`~pyconfhoard.errors.BadInput`."""
    branch = decode(operation.input, dict(given), Path.ROOT, content="all")
    root = replace(schema.root, children=operation.input.children, choices=operation.input.choices)
    return ConfigView(replace(schema, root=root), Branch(root, branch.members), Path.ROOT)
