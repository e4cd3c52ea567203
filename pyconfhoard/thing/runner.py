"""What makes a Thing run: the inbox, the timers, and who calls what when.

All code of the Thing is called from here and, apart from a ``start()`` of its own, from one thread:
:meth:`Runner.step` takes what the link delivered, one event at a time, and then one timed method
that is due. A prepare that arrives while a timed method blocks is answered late; the hoard does not
wait for it.

What user code raises:

* in ``prepare``: :class:`~pyconfhoard.errors.Refused`, or one of :data:`OBJECTIONS`, is a no with its
  reason;
* in what answers an rpc or action: the same two are the answer;
* in ``on_change``: one of :data:`OBJECTIONS` is told to the hoard as *not applied*, and the Thing
  goes on with what it did before;
* anything else, anywhere, ends the Thing (see ``thing.py``), after the hoard was told the reason.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pyconfhoard.errors import BadInput, Fault, HoardError, LinkError, NotFound, Refused, StoreError
from pyconfhoard.schema import restore
from pyconfhoard.schema.nodes import Operation, Schema
from pyconfhoard.thing.calls import Answers, Call, view_of_input
from pyconfhoard.thing.config_view import Changes, ConfigView, absolute
from pyconfhoard.thing.context import Context
from pyconfhoard.thing.followed import Follows
from pyconfhoard.thing.link import MISSED, Abort, Called, Change, Followed, Prepare, RefusedLink, Welcome
from pyconfhoard.thing.link_client import Connection, Down, Held, Incoming, LinkClient, Linked, this_process
from pyconfhoard.thing.local import LocalCopy
from pyconfhoard.thing.notices import Notifier
from pyconfhoard.thing.operational import Outbox
from pyconfhoard.thing.plain import to_model
from pyconfhoard.thing.replica import Replica
from pyconfhoard.thing.timers import Timers, timed_methods
from pyconfhoard.tree import Path, parse_path

if TYPE_CHECKING:
    from pyconfhoard.thing.thing import Thing

__all__ = ["FIRST_WAIT", "OBJECTIONS", "Runner"]

OBJECTIONS: Final = (HoardError, ValueError, LookupError, ArithmeticError, OSError)
"""What code that meets a value or a device that it does not like is expected to raise."""

FIRST_WAIT: Final = 10.0
"""Seconds that a starting Thing gives the first try to link."""

_T = TypeVar("_T")


class Runner:
    """The machinery of one Thing; ``own_start``: its ``start`` is a loop of its own."""

    def __init__(self, thing: Thing, context: Context, *, own_start: bool) -> None:
        self.own_start = own_start
        self.thing = thing
        self.context = context
        self.log = thing.log
        self.local = LocalCopy(context.settings.run, thing.name)
        self.outbox = Outbox()
        self.notifier = Notifier(self.model, thing.module, context.clock)
        self.timers = Timers(context.clock)
        self.linked = False
        self._replica: Replica | None = None
        self._inbox: queue.SimpleQueue[Incoming | None] = queue.SimpleQueue()
        self._later: list[Incoming] = []
        self._looping = threading.Lock()
        self._loop_thread = 0
        self._down_since = context.clock.monotonic()
        self._told = ""
        self._ready = False
        self._run = False
        self._voting = False
        self.ended = False
        self._connection: Connection | None = None
        self._bound: tuple[Schema, Answers] | None = None
        self.follow = Follows(lambda: self.replica, thing.module, self._stale, context.clock)

    # -- what the Thing sees -------------------------------------------------------------------

    @property
    def replica(self) -> Replica:
        """Raises :class:`LinkError` as long as there never was a hoard to give the model."""
        if self._replica is None:
            raise LinkError(
                f"{self.thing.name} has no configuration yet: the hoard at {self.url} has not answered, "
                "and there is no local copy; start it with ./launch --rest, or say where it is: --hoard URL"
            )
        return self._replica

    @property
    def config(self) -> ConfigView:
        return self.replica.config

    @property
    def url(self) -> str:
        return self.context.settings.url

    def model(self) -> tuple[Schema, Path]:
        """The schema and the owned path."""
        return self.replica.schema, self.replica.base

    def token(self) -> str:
        """``PYCONF_TOKEN``, else what registering kept."""
        return self.context.settings.token or self.local.token()

    # -- the beginning -------------------------------------------------------------------------

    def begin(self) -> None:
        """Get a configuration: from the hoard if it answers, else the local copy.

        Raises :class:`Held` when another process is this Thing.
        """
        if self.context.begun is not None:
            self.context.begun(self)
        schema = self._restore_copy()
        self._connection = self._connect(schema)
        self._connection.start(self._inbox.put, lambda: self._replica.revision if self._replica else 0)
        while not self.linked:
            try:
                event = self._inbox.get(timeout=FIRST_WAIT)
            except queue.Empty:
                event = Down(f"no answer within {FIRST_WAIT:g} s")
            if event is None:  # to be stopped before it began
                raise KeyboardInterrupt
            if isinstance(event, RefusedLink):
                self._connection.close()
                raise Held(event.reason)
            self._handle(event)
            if isinstance(event, Down) and (self._replica is not None or not self.context.patient):
                return

    def _connect(self, schema: Schema | None) -> Connection:
        if self.context.connect is not None:
            return self.context.connect(self)
        thing = self.thing
        path = absolute(thing.module, thing.path)
        follow = tuple(absolute(thing.module, followed) for followed in thing.follows)
        return LinkClient(
            this_process(thing.name, thing.module, path, follow),
            self.url,
            self.token,
            outbox=self.outbox,
            notifier=self.notifier,
            local=self.local,
            clock=self.context.clock,
            heartbeat=self.context.settings.heartbeat,
            trust=self.context.settings.trusted,
            schema=schema,
            answers=lambda model, base: Answers(thing, model, thing.module, base).operations,
        )

    def _restore_copy(self) -> Schema | None:
        """Start from the local copy, if there is one that can be read."""
        stored = self.local.schema()
        if not stored:
            return None
        try:
            schema = restore(stored)
            replica = self._new_replica(schema)
            replica.restore(self.local.config())
        except (ValueError, NotFound) as error:
            self.log.warning("the local copy cannot be used, the hoard has to be asked: %s", error)
            return None
        self._replica = replica
        return schema

    def _new_replica(self, schema: Schema) -> Replica:
        return Replica(schema, self.thing.module, self.thing.path, self.thing.follows)

    def ready(self) -> None:
        """``setup`` is done: tell the hoard, and put the timed methods on their grid.

        Raises :class:`NotFound` when the Thing answers an rpc or action that the model does not have.
        """
        self._check_answers()
        for period, call in timed_methods(self.thing):
            self.timers.add(period, call)
        self._ready = True
        if self.linked and self._connection is not None:
            self._connection.applied(self.replica.revision)

    def _check_answers(self) -> None:
        if self._replica is None:
            return
        answers = self._answers()
        answers.check(self.thing.name)
        if answers.unanswered:
            self.log.warning("nothing here answers %s", ", ".join(answers.unanswered))

    def _answers(self) -> Answers:
        """What the Thing answers under the model that there is."""
        replica = self.replica
        if self._bound is None or self._bound[0] is not replica.schema:
            self._bound = (
                replica.schema,
                Answers(self.thing, replica.schema, self.thing.module, replica.base),
            )
        return self._bound[1]

    # -- the loop ------------------------------------------------------------------------------

    def run(self) -> None:
        """The Thing's life after its construction; always ends in its ``stop``."""
        own = self.own_start
        self._run = True
        pump = threading.Thread(target=self._pump, name=f"{self.thing.name} callbacks", daemon=True)
        try:
            if own:
                pump.start()
            self.thing.start()
        finally:
            self.quit()
            if own:
                pump.join(1.0)
            self.end()

    def serve(self) -> None:
        """The loop; where nobody runs the Thing but its own file (``thing.start()``), its end, too."""
        try:
            self.loop()
        finally:
            if not self._run:
                self.end()

    def _pump(self) -> None:
        """Callbacks and timed methods beside a ``start`` of the Thing's own."""
        try:
            self.loop()
        finally:
            self.quit()

    def loop(self) -> None:
        """Until the Thing is to stop. Where another thread loops already, only wait."""
        if not self._looping.acquire(blocking=False):
            self.thing.should_quit.wait()
            return
        self._loop_thread = threading.get_ident()
        try:
            while not self.thing.should_quit.is_set():
                self.step(self.timers.wait())
        finally:
            self._loop_thread = 0
            self._looping.release()

    def step(self, wait: float | None = 0.0) -> None:
        """One round: every event that is there (waiting for the first), then one timed method."""
        self.drain(wait)
        call = self.timers.take()
        if call is not None and not self.thing.should_quit.is_set():
            call()

    def drain(self, wait: float | None = 0.0) -> None:
        """Take every event that is there, waiting for the first at most ``wait`` seconds (None: for ever)."""
        event = self._next(wait)
        while event is not None:
            self._handle(event)
            event = self._next(0.0)

    def _next(self, wait: float | None) -> Incoming | None:
        if self._later:
            return self._later.pop(0)
        try:
            return self._inbox.get(timeout=wait) if wait != 0.0 else self._inbox.get_nowait()
        except queue.Empty:
            return None

    def quit(self) -> None:
        """Ask the Thing to end; from any thread, at any time."""
        self.thing.should_quit.set()
        self._inbox.put(None)

    def end(self) -> None:
        """The Thing's ``stop``, then the goodbye to the hoard; once."""
        if self.ended:
            return
        self.ended = True
        try:
            self.thing.stop()
        finally:
            if self._connection is not None:
                self._connection.close()

    def meanwhile(self, job: Callable[[], _T]) -> _T:
        """Run ``job`` (a request to the hoard) in another thread than the loop's, and answer prepares meanwhile.

        The hoard asks this very Thing before it commits what this Thing sends. Other events wait
        until the Thing is back in its loop. Raises what ``job`` raises; :class:`Refused` when called
        from inside ``prepare``.
        """
        if self._voting:
            raise Refused("writes from inside prepare are refused: the commit that asks is not done yet")
        if self._loop_thread not in {0, threading.get_ident()}:
            return job()  # the loop, in its own thread, answers
        outcome: Future[_T] = Future()

        def work() -> None:
            try:
                outcome.set_result(job())
            except (HoardError, OSError) as error:
                outcome.set_exception(error)
            finally:
                self._inbox.put(None)

        threading.Thread(target=work, name=f"{self.thing.name} request", daemon=True).start()
        while not outcome.done():
            event = self._inbox.get()
            if isinstance(event, Prepare):
                self._vote(event)
            elif event is not None:
                self._later.append(event)
        return outcome.result()

    # -- events --------------------------------------------------------------------------------

    def _handle(self, event: Incoming) -> None:
        match event:
            case Linked(schema, welcome):
                self._welcome(schema, welcome)
            case Down(reason, denied):
                self._down(reason, denied=denied)
            case RefusedLink(reason):
                self._down(reason, denied=False)
            case Prepare():
                self._vote(event)
            case Change(revision, edits):
                changes = self._understood(lambda: self.replica.commit(edits, revision))
                if changes is not None:
                    self._apply(changes)
            case Followed():
                if self._understood(lambda: self._followed(event)):
                    self.thing.on_followed(event.path)
            case Called():
                self._answer(event)
            case Abort(id):
                self.log.debug("prepare %s was withdrawn", id)

    def _followed(self, event: Followed) -> bool:
        self.replica.follow(
            event.path,
            config=event.config,
            operational=event.operational,
            edits=event.edits,
            revision=self.replica.revision,
        )
        if event.config is not None or event.edits is not None:
            self._keep()
        return True

    def _understood(self, take: Callable[[], _T]) -> _T | None:
        """What ``take`` gives; None, and a new link, when the replica cannot follow what it was told."""
        try:
            return take()
        except HoardError as error:
            self.log.warning("what the hoard told does not fit what this Thing knows: %s", error)
            if self._connection is not None:
                self._connection.renew()
            return None

    def _welcome(self, schema: Schema, welcome: Welcome) -> None:
        changes = self._understood(lambda: self._told_all(schema, welcome))
        if changes is None:
            return
        self.linked = True
        self._told = ""
        self.log.info("linked to %s, configuration of revision %s", self.url, welcome.revision)
        if self._ready:
            if changes:
                self._apply(changes)
            elif self._connection is not None:
                self._connection.applied(self.replica.revision)
            for path in self.replica.follows:
                self.thing.on_followed(str(path))
        self._keep()

    def _told_all(self, schema: Schema, welcome: Welcome) -> Changes:
        """Take a welcome into the replica, a new one where the model is new; gives what is different."""
        replica = self._replica
        if replica is None or replica.schema is not schema:
            replica = self._new_replica(schema)
            replica.check()
            if self._replica is not None:
                with contextlib.suppress(BadInput, NotFound):  # it does not fit: all of it is new, then
                    replica.restore(self._replica.dump())
        changes = replica.load(welcome.config, welcome.revision)
        for part in welcome.followed:
            replica.follow(part["path"], config=part.get("config"), operational=part.get("operational"))
        self._replica = replica
        return changes

    def _down(self, reason: str, *, denied: bool) -> None:
        if self.linked:
            self.linked = False
            self._down_since = self.context.clock.monotonic()
        if reason == self._told:
            return
        self._told = reason
        way_out = (
            f"; register it: ./launch --thing {self.thing.name}'s file --register, or set PYCONF_TOKEN"
            if denied
            else ""
        )
        has = (
            f"running on the configuration of revision {self._replica.revision}"
            if self._replica is not None
            else "there is no configuration yet"
        )
        self.log.warning("no link to the hoard at %s: %s%s; %s; trying again", self.url, reason, way_out, has)

    def _vote(self, event: Prepare) -> None:
        assert self._connection is not None  # noqa: S101 - events come by it
        self._voting = True
        try:
            changes = self.replica.preview(event.edits, event.revision)
            if changes:
                self.thing.prepare(changes)
        except Refused as error:
            fault = error.faults[0]
            self._connection.vote(event.id, reason=fault.message, path=fault.path)
        except OBJECTIONS as error:
            self._connection.vote(event.id, reason=_words(error))
        except BaseException as error:
            self._connection.vote(event.id, reason=_words(error))
            raise
        else:
            self._connection.vote(event.id)
        finally:
            self._voting = False

    def _answer(self, event: Called) -> None:
        assert self._connection is not None  # noqa: S101 - events come by it
        output: Any = {}
        try:
            operation, handler = self._answers()[event.operation]
            replica = self.replica
            target = parse_path(replica.schema, event.path) if event.path else replica.base
            call = Call(
                event.operation,
                view_of_input(replica.schema, operation, event.input),
                ConfigView(replica.schema, replica.root, target),
            )
            output = _told(operation, handler(call) or {})
        except HoardError as error:
            self._connection.answer(event.id, {}, error.faults)
        except OBJECTIONS as error:
            self._connection.answer(event.id, {}, (Fault("operation-failed", _words(error)),))
        except BaseException as error:
            self._connection.answer(event.id, {}, (Fault("operation-failed", _words(error)),))
            raise
        else:
            self._connection.answer(event.id, output)

    def _apply(self, changes: Changes) -> None:
        assert self._connection is not None  # noqa: S101 - events come by it
        reason = ""
        try:
            if changes:
                self.thing.on_change(changes)
        except OBJECTIONS as error:
            reason = _words(error)
            self.log.error("revision %s is not applied: %s", changes.revision, reason)  # noqa: TRY400 - told
        except BaseException as error:
            self._connection.applied(changes.revision, reason=_words(error))
            raise
        self._connection.applied(changes.revision, reason=reason)
        self._keep()

    def _keep(self) -> None:
        """Refresh the local copy; a disk that is full does not stop a Thing."""
        try:
            self.local.keep_config(self.replica.dump())
        except StoreError as error:
            self.log.warning("no local copy: %s", error)

    def _stale(self) -> bool:
        if self.linked:
            return False
        patience = MISSED * self.context.settings.heartbeat
        return self.context.clock.monotonic() - self._down_since > patience


def _told(operation: Operation, output: Any) -> Any:
    """The output of a handler as RFC 7951 members. Raises :class:`Refused`: that the model does not have it is no fault of
    whoever called."""
    try:
        return to_model(operation.output, output)
    except BadInput as error:
        message = f"what answers {operation.name} gave what its model does not have: {error.faults[0]}"
        raise Refused(Fault("operation-failed", message)) from error


def _words(error: BaseException) -> str:
    """An exception in a line: that of the tree as they are, others with their kind."""
    text = str(error).strip()
    if isinstance(error, HoardError) and text:
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
