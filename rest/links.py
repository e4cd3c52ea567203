"""The Things that are linked: who is who, what each is told, and how each votes. No sockets.

A Thing is one process. Whoever says hello as a Thing that is linked already is refused, with the holder's name, pid
and host, unless

* it *is* the holder (same machine, same pid), which has lost its connection and made a new one;
* the holder is on the same machine and gives no sign of life within :data:`PROBE` seconds: it hangs, or the
  machine was started anew before the old connection was found to be dead.

A holder on another machine is the holder until its link is dropped: a copy elsewhere must not take over
because of a weak radio.

What a Thing is told is computed when it is sent: state that it follows is marked as news, and only the newest is
sent, so that a slow Thing gets fewer messages and not a longer queue.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pyconfhoard.access import Principal
from pyconfhoard.access.nacm import MODULE as NACM
from pyconfhoard.errors import BadInput, Fault, HoardError, Refused
from pyconfhoard.hoard import Hoard
from pyconfhoard.hoard.commit import Commit
from pyconfhoard.hoard.notices import Notices
from pyconfhoard.hoard.operational import Published
from pyconfhoard.hoard.votes import below
from pyconfhoard.schema.nodes import Inner, Schema
from pyconfhoard.schema.served import SERVED
from pyconfhoard.schema.types.base import Json
from pyconfhoard.tree import Branch, Change, Path, as_edits, edits_to_json, get, node_at, parse_path, to_json

from .link_protocol import (
    CLOSE_HELD,
    CLOSE_RESTART,
    VERSION,
    Answer,
    Applied,
    Event,
    Hello,
    OperationalData,
    Pong,
    Session,
    Told,
    Vote,
)

__all__ = ["PROBE", "LinkedThing", "Links", "members_at"]

PROBE: Final = 1.0
"""Seconds that a holder has for a sign of life when another process wants its place."""

_log = logging.getLogger("pyconfhoard.link")


def members_at(schema: Schema, root: Branch, path: Path) -> dict[str, Any]:
    """What stands at ``path`` as RFC 7951 members, qualified as at the top of a document, with annotations; a leaf
    is the one member of its own object. Empty where nothing stands."""
    value = get(root, path)
    if value is None:
        return {}
    node = node_at(schema, path)
    if not isinstance(node, Inner):
        members = {node.qname: to_json(node, value)}
        above = get(root, path.parent)
        notes = above.meta.get(path.last.name) if isinstance(above, Branch) else None
        return members if notes is None else {**members, f"@{node.qname}": notes}
    names = {child.member: child.qname for child in node.children.values()}
    names |= {f"@{member}": f"@{name}" for member, name in names.items()}
    return {names.get(name, name): item for name, item in to_json(node, value).items()}


@dataclass(frozen=True, slots=True)
class Report:
    """What a Thing last said of applying a change: ``reason`` is empty where it is in effect."""

    revision: int
    reason: str


class LinkedThing:
    """A Thing with a welcome: the :class:`~pyconfhoard.hoard.votes.Voter` of its name."""

    def __init__(
        self,
        hoard: Hoard,
        hello: Hello,
        follows: tuple[Path, ...],
        session: Session,
        notices: Notices | None = None,
    ) -> None:
        self.hello = hello
        self.session = session
        self.report: Report | None = None
        self.wake: Callable[[], None] = lambda: None
        """Called when there is something to send, or when the session is over."""
        self._hoard = hoard
        self._notices = notices
        self._path = hoard.owner(hello.thing).path
        self._follows = follows
        self._news: set[Path] = set()
        self._votes: dict[int, asyncio.Future[str]] = {}
        self._calls: dict[int, asyncio.Future[Answer]] = {}
        self._asked: dict[int, int] = {}
        self._questions = 0
        self._alive: asyncio.Future[bool] | None = None

    def greet(self) -> None:
        """Send the welcome: everything as it is at this moment."""
        state = self._hoard.state
        followed = []
        for path in self._follows:
            part: dict[str, Any] = {
                "path": str(path),
                "config": members_at(state.schema, state.running, path),
            }
            part["operational"] = members_at(state.schema, self._hoard.operational, path)
            followed.append(part)
        config = members_at(state.schema, state.running, self._path)
        self.session.welcome(state.revision, config, followed)
        self.wake()

    @property
    def follows(self) -> tuple[Path, ...]:
        """What it is sent of others."""
        return self._follows

    @property
    def voting(self) -> bool:
        """Whether its vote is awaited."""
        return bool(self._votes)

    # -- voting --------------------------------------------------------------------------------

    async def prepare(self, revision: int, changes: tuple[Change, ...]) -> str:
        """Ask for its vote; its reason to refuse, or "". Raises ``ConnectionError`` when the link ends."""
        if self.session.state != "linked":
            raise ConnectionError(self.session.close_reason)
        self._questions += 1
        question = self._questions
        answer = self._votes[question] = asyncio.get_running_loop().create_future()
        self._asked[revision] = question
        self.session.prepare(question, revision, self._edits(changes))
        self.wake()
        try:
            reason: str = await answer
        finally:
            self._votes.pop(question, None)
        return reason

    def abort(self, revision: int) -> None:
        """Tell that the change will not come."""
        question = self._asked.pop(revision, None)
        if question is not None:
            self.session.abort(question)
            self.wake()

    # -- rpcs and actions ----------------------------------------------------------------------

    async def call(self, operation: str, path: Path, given: Json) -> Json:
        """Invoke an rpc or action: :class:`pyconfhoard.hoard.calls.Answerer`."""
        if self.session.state != "linked":
            raise ConnectionError(self.session.close_reason)
        self._questions += 1
        question = self._questions
        waiting = self._calls[question] = asyncio.get_running_loop().create_future()
        self.session.call(question, operation, str(path) if path.steps else "", given)
        self.wake()
        try:
            answer: Answer = await waiting
        finally:
            self._calls.pop(question, None)
        if answer.faults:
            raise Refused(answer.faults)
        return dict(answer.output)

    # -- news ----------------------------------------------------------------------------------

    def committed(self, commit: Commit) -> None:
        """Tell what of a commit concerns it."""
        self._asked.pop(commit.revision, None)
        own = below(self._path, commit.old, commit.root, commit.changes)
        if own:
            self.session.change(commit.revision, self._edits(own))
        for path in self._follows:
            if changes := below(path, commit.old, commit.root, commit.changes):
                self.session.followed(str(path), edits=self._edits(changes), revision=commit.revision)
        self.wake()

    def published(self, news: Published) -> None:
        """Mark what it follows as news where that changed."""
        for path in self._follows:
            if get(news.old, path) is not get(news.root, path) or self._moved_leaf(news, path):
                self._news.add(path)
        if self._news:
            self.wake()

    def _moved_leaf(self, news: Published, path: Path) -> bool:
        """A leaf of the same value has news when its annotations (quality, time) changed."""
        if not path.steps or isinstance(get(news.root, path), Branch):
            return False
        before, after = get(news.old, path.parent), get(news.root, path.parent)
        if before is after or not isinstance(before, Branch) or not isinstance(after, Branch):
            return before is not after
        return before.meta.get(path.last.name) != after.meta.get(path.last.name)

    def frames(self) -> tuple[str, ...]:
        """What is to be sent now, news included."""
        if self._news and self.session.state == "linked":
            schema, root = self._hoard.schema, self._hoard.operational
            for path in self._follows:
                if path in self._news:
                    self.session.followed(str(path), operational=members_at(schema, root, path))
            self._news.clear()
        return self.session.take()

    # -- from the Thing ------------------------------------------------------------------------

    def take(self, event: Event) -> None:
        """Act on what the Thing says."""
        match event:
            case Vote(id=question, reason=reason):
                self._hoard.votes.answered(self.hello.thing)
                answer = self._votes.get(question)
                if answer is not None and not answer.done():
                    answer.set_result(reason)
            case Applied(revision=revision, reason=reason):
                self._hoard.votes.answered(self.hello.thing)
                self.report = Report(revision, reason)
                if reason:
                    _log.warning("%s could not apply revision %d: %s", self.hello.thing, revision, reason)
            case OperationalData(seq=seq, data=data, remove=remove):
                try:
                    self._hoard.publish(self.hello.thing, data, remove)
                except HoardError as error:
                    _log.warning("%s publishes what its model does not have: %s", self.hello.thing, error)
                self.session.seen(seq)
                self.wake()
            case Told(seq=seq):
                try:
                    self._tell(event)
                except HoardError as error:
                    _log.warning("%s tells what its model does not have: %s", self.hello.thing, error)
                self.session.noted(seq)
                self.wake()
            case Answer(id=question):
                waiting = self._calls.get(question)
                if waiting is not None and not waiting.done():
                    waiting.set_result(event)
            case Pong():
                if self._alive is not None and not self._alive.done():
                    self._alive.set_result(True)

    def _tell(self, told: Told) -> None:
        """Pass a notification on. Raises :class:`BadInput` for one that is not the Thing's to send, and what
        :meth:`Notices.publish` raises."""
        if self._notices is None:
            return
        if told.at and not parse_path(self._hoard.schema, told.at).within(self._path):
            raise BadInput(Fault("access-denied", f"{told.at} is not below {self._path}", told.at))
        if not told.at and told.name.partition(":")[0] in SERVED:
            raise BadInput(Fault("access-denied", f"{told.name} is told by the hoard itself"))
        self._notices.publish(told.name, dict(told.data), told.at, time=_time(told.time))

    async def is_alive(self) -> bool:
        """Whether it gives a sign of life when asked."""
        if self.session.state != "linked":
            return False
        if self._alive is None or self._alive.done():
            self._alive = asyncio.get_running_loop().create_future()
            self.session.ping()
            self.wake()
        done, _ = await asyncio.wait({self._alive}, timeout=PROBE)
        return bool(done) and self._alive.result()

    def end(self, code: int, reason: str) -> None:
        """Close the session; votes and answers that are awaited do not come."""
        self.session.close(code, reason)
        awaited: list[asyncio.Future[Any]] = [*self._votes.values(), *self._calls.values()]
        for waiting in awaited:
            if not waiting.done():
                waiting.set_exception(ConnectionError(reason))
        if self._alive is not None and not self._alive.done():
            self._alive.set_result(False)
        self.wake()

    def _edits(self, changes: tuple[Change, ...]) -> list[Any]:
        listed: list[Any] = edits_to_json(self._hoard.schema, as_edits(changes))
        return listed


class Links:
    """All of a hoard's links, by the Thing's name."""

    def __init__(self, hoard: Hoard, *, heartbeat: float, notices: Notices | None = None) -> None:
        self.heartbeat = heartbeat
        self._notices = notices
        self._hoard = hoard
        self._linked: dict[str, LinkedThing] = {}
        self._principals: dict[str, Principal] = {}
        self._open: dict[int, tuple[Session, Callable[[], None]]] = {}
        self._closing = False
        hoard.subscribe(self._committed)
        hoard.subscribe_operational(self._published)

    @property
    def open(self) -> int:
        """Connections that are not closed yet, those without a welcome included."""
        return len(self._open)

    def reports(self) -> Mapping[str, Report | None]:
        """The linked Things, each with what it last said of applying a change."""
        return {name: thing.report for name, thing in self._linked.items()}

    @property
    def voting(self) -> frozenset[str]:
        """Names of the Things whose vote is awaited."""
        return frozenset(name for name, thing in self._linked.items() if thing.voting)

    def enter(self, now: float, wake: Callable[[], None]) -> Session:
        """A connection begins; ``wake`` is called when its session has something to send or is over."""
        session = Session(now, self.heartbeat)
        self._open[id(session)] = (session, wake)
        if self._closing:
            session.close(CLOSE_RESTART, _STOPS)
        return session

    def leave(self, session: Session, thing: LinkedThing | None) -> None:
        """It is gone: it votes no more, and what it told is stale."""
        self._open.pop(id(session), None)
        if thing is not None:
            thing.end(session.close_code, session.close_reason or "the link is gone")
            if self._linked.get(thing.hello.thing) is thing:
                del self._linked[thing.hello.thing]
            self._hoard.unlink(thing.hello.thing, thing)
            self._hoard.calls.unlink(thing.hello.thing, thing)

    async def admit(self, session: Session, hello: Hello, principal: Principal) -> LinkedThing | None:
        """Welcome a Thing, or refuse it: then None."""
        reason = self._objection(hello, principal)
        if reason:
            session.refuse(reason)
            return None
        try:
            follows = self._followed(hello, principal)
        except HoardError as error:
            session.refuse(f"{hello.thing} cannot follow: {error}")
            return None
        holder = self._linked.get(hello.thing)
        if holder is not None:
            if await self._keeps(holder, hello):
                session.refuse(_held(holder.hello), CLOSE_HELD)
                return None
            holder.end(CLOSE_HELD, f"{hello.thing} has linked anew: pid {hello.pid} on host {hello.host}")
        if session.state != "greeting":  # it went while the holder was asked
            return None
        rival = self._linked.get(hello.thing)
        if rival is not None and rival is not holder:  # somebody else was quicker
            session.refuse(_held(rival.hello), CLOSE_HELD)
            return None
        thing = LinkedThing(self._hoard, hello, follows, session, self._notices)
        self._principals[hello.thing] = principal
        thing.wake = self._open[id(session)][1]
        self._linked[hello.thing] = thing
        self._hoard.link(hello.thing, thing)
        self._hoard.calls.link(hello.thing, thing, frozenset(hello.answers))
        thing.greet()
        return thing

    async def _keeps(self, holder: LinkedThing, hello: Hello) -> bool:
        if holder.session.state != "linked":
            return False
        if holder.hello.machine != hello.machine:
            return True
        return holder.hello.pid != hello.pid and await holder.is_alive()

    def _objection(self, hello: Hello, principal: Principal) -> str:
        """Why this Thing cannot link; empty where it can."""
        owner = self._hoard.owners.get(hello.thing)
        if hello.version != VERSION:
            return f"the hoard speaks version {VERSION} of the link, {hello.thing} version {hello.version}"
        if not principal.may_link(hello.thing):
            return f"the token is that of {principal.name}, not of {hello.thing}"
        if owner is None or owner.kind != "thing":
            return f"{hello.thing} is not registered here: ./launch --thing FILE --register"
        if hello.path != str(owner.path):
            return f"{hello.thing} is registered for {owner.path}, not {hello.path}: register it again"
        return ""

    def _followed(self, hello: Hello, principal: Principal) -> tuple[Path, ...]:
        paths = tuple(parse_path(self._hoard.schema, text) for text in dict.fromkeys(hello.follow))
        for path in paths:
            principal.demand(self._may_follow(principal, path), "follow what is", path)
        return paths

    def _may_follow(self, principal: Principal, path: Path) -> bool:
        """A Thing is sent what it follows whole: so it must be allowed to read all of it."""
        return bool(path.steps) and self._hoard.access(principal).reads_all(path)

    def close_all(self, reason: str = "") -> None:
        """The hoard stops, or its model has changed (``reason``): the Things shall come again."""
        self._closing = self._closing or not reason
        for session, wake in tuple(self._open.values()):
            session.close(CLOSE_RESTART, reason or _STOPS)
            wake()

    def _committed(self, commit: Commit) -> None:
        if commit.old.members.get(_RULES) is not commit.root.members.get(_RULES):
            self._new_rules()
        for thing in tuple(self._linked.values()):
            thing.committed(commit)

    def _new_rules(self) -> None:
        """Access rules have changed: who follows what may no longer be read is sent away, and told why when it comes again."""
        for name, thing in tuple(self._linked.items()):
            if not all(self._may_follow(self._principals[name], path) for path in thing.follows):
                thing.end(CLOSE_RESTART, "the access rules have changed: come again")

    def _published(self, news: Published) -> None:
        for thing in tuple(self._linked.values()):
            thing.published(news)


_STOPS: Final = "the hoard stops"
_RULES: Final = f"{NACM}:nacm"


def _time(text: str) -> datetime | None:
    """When something happened; None, for now, where a Thing does not say it as it should."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo is not None else None


def _held(hello: Hello) -> str:
    return f"{hello.thing} runs already: pid {hello.pid} on host {hello.host}"
