"""What a hoard has to tell as it happens: notifications of its Things, and of itself, in the order that they came.

A :class:`Notice` is one notification with its time and its place in the order. :class:`Notices` keeps the last of
them, once for all who listen: a listener holds nothing but its :class:`Position` and reads on from there, so that a
slow one costs the hoard no memory and five hundred cost no more than one. Changes of configuration are also in the
journal, and can be told again from any revision that it holds; as many others again are in a file, where there is one
(:mod:`pyconfhoard.hoard.notices_file`), also those of before a restart.

*Position.* The revision of the configuration, and a number among what was told at that revision: 0 for the change
itself, then microseconds of the clock, made to grow. So a position of an earlier run of the process still says
what came before it and what after.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pyconfhoard.errors import BadInput, Fault, Invalid, NotFound
from pyconfhoard.hoard.notices_change import change_notice, change_of_record
from pyconfhoard.hoard.notices_file import NoticeFile
from pyconfhoard.schema.nodes import Inner, List, Notification, Schema
from pyconfhoard.schema.types.base import Json
from pyconfhoard.store.journal import Record, read_time, write_time
from pyconfhoard.tree import Branch, Path, decode, nearest, node_at, parse_path, to_json
from pyconfhoard.validation import Operations, place_of

if TYPE_CHECKING:
    from pyconfhoard.hoard.commit import Commit
    from pyconfhoard.hoard.hoard import Hoard

__all__ = ["KEPT", "Notice", "Notices", "Position"]

KEPT: Final = 2048
"""Notices kept for those who read on."""
_AFTER_ALL: Final = 10**18
"""Greater than any number of a position."""
_TOLD: Final = 512
"""Changes of the journal that are kept ready to be told again."""


class Position(NamedTuple):
    """A place in the order of notices; what comes after it is greater."""

    revision: int
    number: int = 0

    def __str__(self) -> str:
        return f"{self.revision}.{self.number}"

    @classmethod
    def parse(cls, text: str) -> Position:
        """``str`` undone. Raises ``ValueError``."""
        revision, _, number = text.partition(".")
        if not (revision.isdecimal() and number.isdecimal() and text.isascii() and len(text) <= 40):
            raise ValueError(f"{text!r} is no position")
        return cls(int(revision), int(number))


@dataclass(frozen=True, slots=True, eq=False)
class Notice:
    """One notification. ``at`` is the instance that it is about, if it is defined in a data node (RFC 7950 section
    7.16); ``memo`` is for those who encode it, so that they do it once. ``told`` may be what makes the data, when somebody
    looks."""

    schema: Schema
    node: Notification
    told: Branch | Callable[[], Branch]
    time: datetime
    position: Position
    at: Path = Path.ROOT
    memo: dict[Any, Any] = field(default_factory=dict)

    @property
    def branch(self) -> Branch:
        """The data."""
        if isinstance(self.told, Branch):
            return self.told
        if Notice not in self.memo:
            self.memo[Notice] = self.told()
        branch: Branch = self.memo[Notice]
        return branch

    @property
    def change(self) -> bool:
        """Whether it tells of a change of the configuration, which the journal tells too."""
        return self.position.number == 0


class Notices:
    """The notices of a hoard, from now on. Used in the event loop in which the hoard's commits run."""

    def __init__(self, hoard: Hoard, *, kept: int = KEPT, durable: bool = False) -> None:
        self.hoard = hoard
        self._kept = kept
        self._file = NoticeFile(hoard.folder / "run" / "notices.jsonl", kept) if durable else None
        self._number = int(hoard.now().timestamp() * 1_000_000) if durable else 0
        self._listed: list[Notice] = []
        self._floor = Position(hoard.revision, self._number)
        self._filed: deque[Position] = deque()
        self._lost: Position | None = None
        self._told: dict[int, Notice | None] = {}
        self._read: tuple[tuple[int, ...], list[tuple[Position, Mapping[str, Any]]]] = ((), [])
        self._operations: Operations | None = None
        self._news = asyncio.Event()
        self._end = hoard.subscribe(self._committed)

    def close(self) -> None:
        """Listen to the hoard no more, and write what waits."""
        self._end()
        if self._file is not None:
            self._file.close()

    @property
    def position(self) -> Position:
        """That of the last notice, or of the last revision where nothing was told since."""
        last = self._listed[-1].position if self._listed else self._floor
        return max(last, Position(self.hoard.revision))

    @property
    def lost(self) -> Position | None:
        """The last one that is not kept any more, among those that the journal does not have and that were told since the
        start."""
        return self._lost

    @property
    def news(self) -> asyncio.Event:
        """Set at the next notice. Take it before you read, and wait for it after."""
        return self._news

    # -- telling -------------------------------------------------------------------------------

    def publish(self, name: str, data: Json, at: str = "", *, time: datetime | None = None) -> Notice:
        """Tell a notification: ``name`` is ``module:name``, ``data`` its members as RFC 7951 JSON, ``at`` the
        instance path of the data node that it is about, where it is defined in one.

        Raises :class:`NotFound` for one that the model does not have, :class:`BadInput` for values that are not of
        their types, :class:`Invalid` for what breaks the model's rules.
        """
        schema = self.hoard.schema
        place = parse_path(schema, at) if at else Path.ROOT
        node = _notification(schema, name, place)
        branch = decode(node, data if data is not None else {}, place_of(node, place), content="all")
        given = branch if isinstance(branch, Branch) else Branch(node, {})
        self._judge(schema, node, given, place)
        return self.tell(node, given, place, time=time)

    def _judge(self, schema: Schema, node: Notification, given: Branch, place: Path) -> None:
        if self._operations is None or self._operations.schema is not schema:
            self._operations = Operations(schema)
        hoard = self.hoard
        outcome = self._operations.check_notification(
            node, given, hoard.running, at=place, state=hoard.operational
        )
        if outcome.faults:
            raise Invalid(outcome.faults, total=outcome.total)

    def tell(
        self, node: Notification, branch: Branch, at: Path = Path.ROOT, *, time: datetime | None = None
    ) -> Notice:
        """Tell what is known to be right. ``time`` None: now."""
        moment = self.hoard.now()
        self._number = max(self._number + 1, int(moment.timestamp() * 1_000_000))
        position = Position(self.hoard.revision, self._number)
        notice = Notice(self.hoard.schema, node, branch, time or moment, position, at)
        if self._file is not None:
            self._file.append(_line(notice))
        self._add(notice)
        return notice

    def _committed(self, commit: Commit) -> None:
        change = change_notice(self.hoard.schema, commit)
        if change is not None:
            node, told = change
            self._add(Notice(self.hoard.schema, node, told, commit.time, Position(commit.revision)))

    def _add(self, notice: Notice) -> None:
        self._listed.append(notice)
        if len(self._listed) > self._kept:
            for gone in self._listed[: len(self._listed) - self._kept * 3 // 4]:
                self._floor = gone.position
                if not gone.change:
                    self._filed.append(gone.position)
            while len(self._filed) > (self._kept if self._file is not None else 0):
                self._lost = self._filed.popleft()
            del self._listed[: len(self._listed) - self._kept * 3 // 4]
        self.wake()

    def wake(self) -> None:
        """Let all who wait for news look again."""
        news, self._news = self._news, asyncio.Event()
        news.set()

    # -- reading -------------------------------------------------------------------------------

    def after(self, position: Position) -> tuple[Notice, ...] | None:
        """What was told after ``position``, in order; None where that reaches further back than what is kept."""
        if position < self._floor:
            return None
        return tuple(self._listed[bisect_right(self._listed, position, key=_position) :])

    def older(self, position: Position, most: int) -> tuple[Position, tuple[Notice, ...]]:
        """What was told after ``position`` and is not kept here, as the journal and the file have it, of at most ``most``
        revisions, and how far that reaches. Blocks for the disk: call it in a thread."""
        floor, journal, told = self._floor, self.hoard.journal, self._told
        low = max(position.revision, journal.first - 1)
        high = min(low + most, floor.revision)
        found: list[Notice] = []
        wanted = range(low + 1, high + 1)
        missing = [revision for revision in wanted if revision not in told]
        if missing:
            fresh = {
                record.revision: self._change(record)
                for record in journal.records(missing[0] - 1, missing[-1])
            }
            self._told = told = dict([*told.items(), *fresh.items()][-_TOLD:])
        for revision in wanted:
            notice = told.get(revision)
            if notice is not None:
                found.append(notice)
        reach = floor if high >= floor.revision else Position(high, _AFTER_ALL)
        found.extend(self._of_file(position, reach))
        return reach, tuple(sorted(found, key=_position))

    def _of_file(self, low: Position, high: Position) -> Iterator[Notice]:
        if self._file is None:
            return
        stamp = self._file.stamp()
        if self._read[0] != stamp:
            self._read = stamp, [(place, line) for line in self._file.lines() if (place := _place(line))]
        for place, line in self._read[1]:
            if low < place <= high:
                notice = _of_line(self.hoard.schema, place, line)
                if notice is not None:
                    yield notice

    def _change(self, record: Record) -> Notice | None:
        schema = self.hoard.schema
        change = change_of_record(schema, record)
        if change is None:
            return None
        return Notice(schema, change[0], change[1], record.time, Position(record.revision))

    def first_since(self, time: datetime) -> Position:
        """The position after which stands all that was told at a time or later. Blocks for the disk."""
        journal = self.hoard.journal
        return Position(journal.since(time, journal.first, self.hoard.revision + 1) - 1)


def _position(notice: Notice) -> Position:
    return notice.position


def _line(notice: Notice) -> dict[str, Any]:
    """A notice as the file has it."""
    return {
        "position": str(notice.position),
        "time": write_time(notice.time),
        "name": notice.node.member,
        "at": str(notice.at) if notice.at.steps else "",
        "data": to_json(notice.node, notice.branch),
    }


def _place(line: Mapping[str, Any]) -> Position | None:
    try:
        return Position.parse(str(line.get("position")))
    except ValueError:
        return None


def _of_line(schema: Schema, place: Position, line: Mapping[str, Any]) -> Notice | None:
    """:func:`_line` undone; None where the model does not have it any more."""
    try:
        at = parse_path(schema, line["at"]) if line["at"] else Path.ROOT
        node = _notification(schema, line["name"], at)
        branch = decode(node, line["data"], place_of(node, at), content="all")
        time = read_time(line["time"])
    except (BadInput, NotFound, KeyError, TypeError, ValueError):
        return None
    given = branch if isinstance(branch, Branch) else Branch(node, {})
    return Notice(schema, node, given, time, place, at)


def _notification(schema: Schema, name: str, at: Path) -> Notification:
    known: Mapping[str, Notification] = schema.notifications
    if at.steps:
        holder = node_at(schema, at)
        known = holder.notifications if isinstance(holder, Inner) else {}
        found = known.get(name) or known.get(name.removeprefix(f"{holder.module}:"))
    else:
        found = known.get(name)
    if found is None:
        where = f" in {at}" if at.steps else ""
        message = f"there is no notification {name!r}{where}"
        raise NotFound(Fault("unknown-element", message, value=name, legal=nearest(name, known)))
    if at.steps and at.last.key is None and isinstance(node_at(schema, at), List):
        raise BadInput(Fault("missing-element", "a notification is about one entry: name its key", str(at)))
    return found
