"""Rpcs and actions: checked against the model, given to whoever answers them, and the answer checked, too.

Who answers:

* the hoard, what is in its own table (:mod:`pyconfhoard.hoard.own_rpcs`);
* an action: the Thing that owns the instance it is invoked on;
* any other rpc: a Thing that says when it links that it does; of several, the one that linked first.

What is asked for is judged before anybody is asked (may the user invoke it? is the input as the model has it?), so that
a Thing gets nothing that is not right, and a mistake is told also where nobody answers. An answer that the model
does not have is the Thing's fault and is not passed on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from pyconfhoard.access import Principal
from pyconfhoard.errors import BadInput, Fault, Invalid, LinkError, NotFound, NotSupported
from pyconfhoard.hoard.owners import owner_of
from pyconfhoard.schema.nodes import Operation, Schema
from pyconfhoard.schema.operation_id import operation_id
from pyconfhoard.schema.types.base import Json
from pyconfhoard.tree import Branch, Path, decode, get, to_json
from pyconfhoard.validation import Operations, place_of

if TYPE_CHECKING:
    from pyconfhoard.hoard.hoard import Hoard

__all__ = ["CALL_DEADLINE", "RPC", "Answerer", "BrokenAnswer", "Call", "Calls", "Handler"]

CALL_DEADLINE: Final = 30.0
"""Seconds that a Thing has to answer."""

RPC: Final = "rpc"
"""The source of what an rpc commits, unless its face says another."""

_LOG: Final = logging.getLogger("pyconfhoard.hoard")


@dataclass(frozen=True, slots=True)
class Call:
    """What is invoked, on what (the root for an rpc), with what, and by whom; whose locks do not stand in the way is said by
    ``session``, through what a commit came by ``source``."""

    operation: Operation
    path: Path
    input: Branch
    author: Principal
    session: str = ""
    source: str = RPC


Handler: TypeAlias = Callable[["Hoard", Call], Awaitable[Mapping[str, Json] | None]]
"""Gives the output's RFC 7951 members; None or an empty one for none."""


class BrokenAnswer(LinkError):
    """A Thing answered what the model does not have."""

    default_tag = "operation-failed"


class Answerer(Protocol):
    """A linked Thing, as an invocation sees it."""

    async def call(self, operation: str, path: Path, given: Json) -> Json:
        """Ask for the answer; the output's RFC 7951 members.

        Raises what the Thing objects as :class:`~pyconfhoard.errors.Refused`, and ``ConnectionError`` when the link ends.
        """


class Calls:
    """All invocations of a hoard: :attr:`pyconfhoard.hoard.Hoard.calls`. ``deadline`` in seconds."""

    def __init__(self, hoard: Hoard, own: Mapping[str, Handler], *, deadline: float = CALL_DEADLINE) -> None:
        self.deadline = deadline
        self._hoard = hoard
        self._own = dict(own)
        self._linked: dict[str, tuple[Answerer, frozenset[str]]] = {}
        self._schema: Schema | None = None
        self._rules: Operations | None = None

    def answer(self, handlers: Mapping[str, Handler]) -> None:
        """Let ``handlers`` answer what they are named for, as the hoard's own: a face that has rpcs of its protocol."""
        self._own.update(handlers)

    def link(self, name: str, answerer: Answerer, operations: frozenset[str]) -> None:
        """A Thing is there, and answers ``operations`` (:func:`~pyconfhoard.schema.operation_id.operation_id`)."""
        for other, (_, theirs) in self._linked.items():
            twice = sorted(one for one in operations & theirs if not one.startswith("/"))
            if twice and other != name:
                _LOG.warning("%s answers %s already, and is asked before %s", other, ", ".join(twice), name)
        self._linked[name] = answerer, operations

    def unlink(self, name: str, answerer: Answerer) -> None:
        """It is gone; nothing happens when another one has taken its place."""
        if name in self._linked and self._linked[name][0] is answerer:
            del self._linked[name]

    async def invoke(
        self,
        operation: Operation,
        given: Branch,
        author: Principal,
        at: Path = Path.ROOT,
        session: str = "",
        source: str = RPC,
    ) -> Branch:
        """The output. ``given`` is the decoded input, ``at`` the instance that an action is invoked on, ``session`` that of
        the locks which do not stand in the way of what it commits, and ``source`` what history tells of its way.

        Raises :class:`~pyconfhoard.errors.AccessDenied`; :class:`NotFound` where that instance is not there;
        :class:`Invalid` for an input that breaks a rule; :class:`NotSupported` when nobody answers;
        :class:`LinkError` when the Thing that would is not linked or does not answer in time, and its kind
        :class:`BrokenAnswer`; and what whoever answers objects.
        """
        hoard = self._hoard
        hoard.access(author).demand_exec(operation, at if at.steps else None)
        rules, state = self._judge(), hoard.state
        if at.steps and get(state.running, at) is None and get(hoard.operational, at) is None:
            raise NotFound(Fault("invalid-value", f"there is nothing at {at}", str(at)))
        outcome = rules.check_input(operation, given, state.running, at, hoard.operational)
        if outcome.faults:
            raise Invalid(outcome.faults, total=outcome.total)
        name = operation_id(operation)
        handler = self._own.get(name)
        if handler is not None:
            told = await handler(hoard, Call(operation, at, given, author, session, source))
            return self._understood("the hoard", operation, told or {}, at)
        thing, answerer = self._who(name, at)
        try:
            async with asyncio.timeout(self.deadline):
                told = await answerer.call(name, at, to_json(operation.input, given))
        except TimeoutError:
            message = f"{thing} did not answer within {self.deadline:g} s; whether it did what it was asked is not known"
            raise LinkError(Fault("operation-failed", message, str(at))) from None
        except ConnectionError as error:
            message = f"the link of {thing} ended before it answered: {error}"
            raise LinkError(Fault("operation-failed", message, str(at))) from error
        return self._understood(thing, operation, told, at)

    def _judge(self) -> Operations:
        schema = self._hoard.schema
        if self._rules is None or self._schema is not schema:
            self._rules, self._schema = Operations(schema), schema
        return self._rules

    def _who(self, name: str, at: Path) -> tuple[str, Answerer]:
        """The Thing that answers. Raises :class:`NotSupported` and :class:`LinkError`."""
        owners = self._hoard.owners
        if at.steps:
            owner = owner_of(owners, at)
            thing = owner.name if owner is not None and owner.kind == "thing" else ""
            if thing and thing not in self._linked:
                message = f"{thing} would answer, and is not linked: start it, and try again"
                raise LinkError(Fault("resource-denied", message, str(at)))
            listed = [thing] if thing else []
        else:
            listed = list(self._linked)
        for thing in listed:
            answerer, operations = self._linked[thing]
            if name in operations:
                return thing, answerer
        message = f"nobody answers {name} here"
        where = str(at) if at.steps else ""
        raise NotSupported(Fault("operation-not-supported", message, where, "protocol", value=name))

    def _understood(self, who: str, operation: Operation, told: Any, at: Path) -> Branch:
        """The output. Raises :class:`BrokenAnswer`."""
        hoard = self._hoard
        try:
            output: Branch = decode(operation.output, told, place_of(operation.output, at), content="all")
        except BadInput as error:
            raise _broken(who, operation, error.faults) from error
        outcome = self._judge().check_output(operation, output, hoard.running, at, hoard.operational)
        if outcome.faults:
            raise _broken(who, operation, outcome.faults)
        return output


def _broken(who: str, operation: Operation, faults: tuple[Fault, ...]) -> BrokenAnswer:
    _LOG.warning("%s answered %s wrongly: %s", who, operation.qname, "; ".join(map(str, faults)))
    message = f"{who} answered what the model of {operation.qname} does not have: {faults[0]}"
    return BrokenAnswer(Fault("operation-failed", message))
