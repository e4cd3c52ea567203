"""Play a hoard to one Thing, in one thread and on a clock of one's own: for tests of Things.

::

    played = play(TemperatureProvider, schema, {"fermentation": {"setpoint": "18.0"}}, folder=tmp_path)
    played.advance(5)                                   # timed methods run as they become due
    played.published["fermentation/results/latest"]     # what the Thing told the hoard
    played.change(Edit(...))                            # asks prepare, then tells on_change

The Thing is real, from its constructor to its outbox; only the network and the hoard are played.
"""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Generic, TypeVar

from pyconfhoard.errors import Fault, Refused
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.settings import Settings
from pyconfhoard.testing.clock import VirtualClock
from pyconfhoard.thing.context import Context, constructing
from pyconfhoard.thing.link import Called, Change, Followed, Prepare, Welcome
from pyconfhoard.thing.link_client import Down, Incoming, Linked
from pyconfhoard.thing.operational import Outbox, Reading, message
from pyconfhoard.thing.runner import Runner
from pyconfhoard.thing.thing import Thing
from pyconfhoard.tree import Edit, Path, edits_to_json

__all__ = ["Played", "PlayedLink", "play"]

_T = TypeVar("_T", bound=Thing)


class PlayedLink:
    """The hoard's end of a link, as a Thing sees it."""

    def __init__(self, schema: Schema | None, welcome: Welcome, outbox: Outbox) -> None:
        self.schema = schema
        self.welcome = welcome
        self.outbox = outbox
        self.votes: dict[int, tuple[str, str]] = {}
        """By prepare's id: reason and path of a refusal, both empty for a yes."""
        self.results: list[tuple[int, str]] = []
        """Revision, and the reason why it is not applied (empty when it is)."""
        self.answers: dict[int, tuple[dict[str, Any], tuple[Fault, ...]]] = {}
        """By call's id: the output's members, or what the Thing objects."""
        self.closed = False
        self.renewed = 0
        """How often the Thing asked to be told everything anew."""
        self._deliver: Callable[[Incoming], None] = lambda event: None

    def start(self, deliver: Callable[[Incoming], None], revision: Callable[[], int]) -> None:
        self._deliver = deliver
        if self.schema is None:
            deliver(Down("nobody plays the hoard"))
        else:
            deliver(Linked(self.schema, self.welcome))

    def deliver(self, event: Incoming) -> None:
        """Bring an event to the Thing's inbox."""
        self._deliver(event)

    def vote(self, id: int, *, reason: str = "", path: str = "") -> None:
        self.votes[id] = (reason, path)

    def applied(self, revision: int, *, reason: str = "") -> None:
        self.results.append((revision, reason))

    def answer(self, id: int, output: Mapping[str, Any], faults: Sequence[Fault] = ()) -> None:
        self.answers[id] = dict(output), tuple(faults)

    def renew(self) -> None:
        self.renewed += 1

    def close(self) -> None:
        self.closed = True


class Played(Generic[_T]):
    """A Thing at work, and what can be done to it."""

    def __init__(self, thing: _T, link: PlayedLink, clock: VirtualClock) -> None:
        self.thing = thing
        self.link = link
        self.clock = clock
        self.readings: list[Reading] = []
        """Everything published, in order."""
        self.published: dict[str, Any] = {}
        """Latest value by path relative to the owned subtree, modules left out where RFC 7951 lets them."""
        self.notified: list[tuple[str, dict[str, Any], str]] = []
        """Notifications, in order: name, RFC 7951 members, and the path that it is about, empty for none."""
        self.messages: list[dict[str, Any]] = []
        """The ``operational`` messages in which that went."""
        self._votes = 0
        self.collect()

    def step(self) -> None:
        """Let the Thing take what was brought, and run every timed method that is due now."""
        runner = self.thing.runner
        runner.drain()
        while runner.timers.wait() == 0.0:
            runner.step()
        self.collect()

    def advance(self, seconds: float) -> None:
        """Let time pass, stopping at each moment at which something is due."""
        end = self.clock.monotonic() + seconds
        self.step()
        while (wait := self.thing.runner.timers.wait()) is not None:
            if self.clock.monotonic() + wait > end:
                break
            self.clock.advance(wait)
            self.step()
        self.clock.advance(max(0.0, end - self.clock.monotonic()))

    def collect(self) -> None:
        """Take what the outbox holds, as the hoard would."""
        notifier = self.thing.runner.notifier
        for told in notifier.take():
            self.notified.append((told["name"], told["data"], told.get("at", "")))
            notifier.seen(told["seq"])
        while (batch := self.link.outbox.take()) is not None:
            number, readings = batch
            replica = self.thing.runner.replica
            base = len(replica.base.steps)
            self.messages.append(message(replica.schema, replica.base, number, readings, self.clock.now()))
            for reading in readings:
                self.readings.append(reading)
                text = str(Path(reading.path.steps[base:])).removeprefix("/")
                if reading.value is None:
                    self.published.pop(text, None)
                else:
                    self.published[text] = reading.value
            self.link.outbox.seen(number)

    def change(self, *edits: Edit) -> None:
        """Commit edits of the owned subtree. Raises :class:`Refused` when the Thing objects."""
        listed = tuple(edits_to_json(self.thing.runner.replica.schema, edits))
        revision = self.thing.runner.replica.revision + 1
        self._votes += 1
        self.link.deliver(Prepare(self._votes, revision, listed))
        self.step()
        reason, path = self.link.votes[self._votes]
        if reason:
            raise Refused(Fault("operation-failed", reason, path=path))
        self.link.deliver(Change(revision, listed))
        self.step()

    def call(self, operation: str, given: Mapping[str, Any] | None = None, path: str = "") -> dict[str, Any]:
        """Invoke an rpc (``module:name``) or action (its schema path, on the instance at ``path``) with the RFC 7951
        members of its input; those of its output. Raises :class:`Refused` when the Thing objects."""
        self._votes += 1
        self.link.deliver(Called(self._votes, operation, path, dict(given or {})))
        self.step()
        output, faults = self.link.answers[self._votes]
        if faults:
            raise Refused(faults)
        return output

    def follow(
        self,
        path: str,
        *,
        config: Mapping[str, Any] | None = None,
        operational: Mapping[str, Any] | None = None,
    ) -> None:
        """Bring news of a followed path: RFC 7951 members of what stands there."""
        self.link.deliver(Followed(path, config, operational, None))
        self.step()

    def cut(self, reason: str = "the cable is out") -> None:
        """Lose the hoard."""
        self.link.deliver(Down(reason))
        self.step()

    def end(self) -> None:
        """Stop the Thing as its process would."""
        self.thing.runner.quit()
        self.thing.runner.end()


def play(
    make: Callable[[], _T],
    schema: Schema | None,
    config: Mapping[str, Any] | None = None,
    *,
    folder: pathlib.Path,
    followed: Mapping[str, Mapping[str, Any]] | None = None,
    clock: VirtualClock | None = None,
    settings: Settings | None = None,
) -> Played[_T]:
    """Construct a Thing (a class, or a function that gives one) and play its hoard.

    ``config``: RFC 7951 members of the owned subtree; ``followed``: by path, ``{"config": members,
    "operational": members}``; ``folder``: the datastore, for the local copy. ``schema`` None: no hoard.
    """
    time = clock or VirtualClock()
    parts = tuple({"path": path} | dict(part) for path, part in (followed or {}).items())
    links: list[PlayedLink] = []

    def connect(runner: Runner) -> PlayedLink:
        links.append(PlayedLink(schema, Welcome(1, dict(config or {}), parts), runner.outbox))
        return links[0]

    chosen = replace(settings or Settings(), datastore=folder)
    with constructing(Context(settings=chosen, clock=time, connect=connect)):
        thing = make()
    return Played(thing, links[0], time)
