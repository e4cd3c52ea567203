"""Outgoing operational data: values with quality and time, held while the hoard is away.

``self.operational["fermentation/results/latest"] = Decimal("18.2")`` checks the value against the
model in the Thing itself, stamps it, and leaves it with the :class:`Outbox`; the link's thread sends
it when it can.

Rules of the outbox.

* Every reading is kept until the hoard has acknowledged it, at most :data:`HELD` of them: beyond
  that the oldest go (and are counted). The *latest* of each path is never dropped.
* Readings go in their order. One message holds each path at most once, so that history, which takes
  every reading, gets them all; and it either publishes or removes, never both, so that order inside
  a message cannot matter.
* When a link is made anew, the latest of each path goes first (the hoard keeps operational data in
  memory only and may have lost it), then all that was not acknowledged. Sending twice is harmless:
  each reading carries its time.
"""

from __future__ import annotations

import base64
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Context, Decimal
from typing import Any, Final, Literal, TypeAlias

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.schema.nodes import DataNode, Leaf, LeafList, List, Root, Schema
from pyconfhoard.schema.types.base import Empty, InvalidValue, Type, Value
from pyconfhoard.schema.types.decimal64 import Decimal64
from pyconfhoard.schema.types.leafref import Leafref
from pyconfhoard.thing.clock import Clock
from pyconfhoard.thing.config_view import resolve
from pyconfhoard.tree import Path, node_at

__all__ = ["HELD", "QUALITIES", "Operational", "Outbox", "Quality", "Reading", "canonical"]

Quality: TypeAlias = Literal["good", "stale", "missing", "faulty", "simulated"]

QUALITIES: Final[frozenset[str]] = frozenset({"good", "stale", "missing", "faulty", "simulated"})

HELD: Final = 4096
"""Readings held while the hoard is away: more than an hour of one a second."""

_BATCH: Final = 512
"""Readings in one message."""

_PRECISION: Final = 20
"""No decimal64 has more digits than that before its point."""

_ROUND: Final = Context(prec=48)

_WINDOW: Final = 8
"""Messages that may be on their way without an acknowledgement."""

_KNOWN: Final = 1024
"""Paths whose look-up is remembered."""


@dataclass(frozen=True, slots=True)
class Reading:
    """``value`` canonical (None removes the node), ``time`` aware."""

    path: Path
    value: Value | tuple[Value, ...] | None
    quality: str
    time: datetime


class Outbox:
    """Readings on their way to the hoard. Safe between threads; it does no I/O.

    ``wake`` is called, outside the lock, whenever there is something new to send.
    """

    def __init__(self, wake: Callable[[], None] = lambda: None, *, held: int = HELD) -> None:
        self.wake = wake
        self.dropped = 0
        """Readings that were lost because the hoard was away for too long."""
        self._lock = threading.Lock()
        self._latest: dict[Path, Reading] = {}
        """The newest of each path; a removal stays until the hoard has it."""
        self._waiting: deque[Reading] = deque()
        self._flying: deque[tuple[int, tuple[Reading, ...]]] = deque()
        self._held = held
        self._seq = 0

    def __len__(self) -> int:
        """How many readings the hoard does not have yet, as far as is known."""
        with self._lock:
            return len(self._waiting) + sum(len(readings) for _, readings in self._flying)

    def put(self, reading: Reading) -> None:
        """Leave a reading to be sent; a removal also forgets what is below its path."""
        with self._lock:
            if reading.value is None:
                size = len(reading.path.steps)
                for path in [path for path in self._latest if path.steps[:size] == reading.path.steps]:
                    del self._latest[path]
            self._latest[reading.path] = reading
            self._waiting.append(reading)
            if len(self._waiting) > self._held:
                self._drop_oldest()
        self.wake()

    def _drop_oldest(self) -> None:
        for index, reading in enumerate(self._waiting):
            if self._latest.get(reading.path) is not reading:
                del self._waiting[index]
                self.dropped += 1
                return

    def latest(self, path: Path) -> Reading | None:
        """What was last put at ``path``, removals left out."""
        with self._lock:
            reading = self._latest.get(path)
        return None if reading is None or reading.value is None else reading

    def linked(self) -> None:
        """A new link: the latest of each path first, then all that was not acknowledged, in order."""
        with self._lock:
            for _, readings in reversed(self._flying):
                self._waiting.extendleft(reversed(readings))
            self._flying.clear()
            waiting = {reading.path for reading in self._waiting}
            refresh = [reading for path, reading in self._latest.items() if path not in waiting]
            self._waiting.extendleft(reversed(refresh))

    def take(self) -> tuple[int, tuple[Reading, ...]] | None:
        """The next message's number and readings; None when nothing waits or enough is in flight."""
        with self._lock:
            if len(self._flying) >= _WINDOW:
                return None
            chosen: dict[Path, Reading] = {}
            removes = False
            while self._waiting and len(chosen) < _BATCH:
                reading = self._waiting[0]
                if chosen and (reading.path in chosen or (reading.value is None) != removes):
                    break
                removes = reading.value is None
                chosen[reading.path] = self._waiting.popleft()
            if not chosen:
                return None
            self._seq += 1
            self._flying.append((self._seq, tuple(chosen.values())))
            return self._flying[-1]

    def seen(self, seq: int) -> None:
        """The hoard has message ``seq`` and those before it."""
        with self._lock:
            while self._flying and self._flying[0][0] <= seq:
                for reading in self._flying.popleft()[1]:
                    if reading.value is None and self._latest.get(reading.path) is reading:
                        del self._latest[reading.path]


class Operational:
    """What a Thing writes its readings to: ``self.operational``.

    Paths are relative to the owned subtree, values plain Python; numbers are rounded to the model's
    fraction digits, text is read as YANG writes it. Raises :class:`BadInput` when the node is not
    there, is configuration, or cannot hold the value: a reading that the model refuses is a fault
    of the Thing, and shows at once.
    """

    def __init__(self, model: Callable[[], tuple[Schema, Path]], outbox: Outbox, clock: Clock) -> None:
        self._model = model
        self._outbox = outbox
        self._clock = clock
        self._known: dict[str, tuple[Path, DataNode]] = {}
        self._schema: Schema | None = None

    def __setitem__(self, relative: str, value: Any) -> None:
        self.set(relative, value)

    def __delitem__(self, relative: str) -> None:
        self.remove(relative)

    def __getitem__(self, relative: str) -> Any:
        """The value that was last set in this process; None when there is none."""
        reading = self._outbox.latest(self._find(relative)[0])
        return None if reading is None else reading.value

    def reading(self, relative: str) -> Reading | None:
        """Value, quality and time that were last set in this process."""
        return self._outbox.latest(self._find(relative)[0])

    def set(
        self, relative: str, value: Any, *, quality: Quality = "good", time: datetime | None = None
    ) -> None:
        """Publish ``value`` with its quality; ``time`` (aware) is now unless told otherwise.

        None removes the node.
        """
        if quality not in QUALITIES:
            raise BadInput(
                Fault(
                    "invalid-value",
                    "no such quality",
                    path=relative,
                    value=quality,
                    legal=tuple(sorted(QUALITIES)),
                )
            )
        if value is None:
            self.remove(relative)
            return
        path, node = self._find(relative)
        stamp = self._clock.now() if time is None else time
        self._outbox.put(Reading(path, _typed(node, value, path), quality, stamp))

    def remove(self, relative: str) -> None:
        """Withdraw a value, an entry or a whole container."""
        path, _ = self._find(relative)
        self._outbox.put(Reading(path, None, "missing", self._clock.now()))

    def _find(self, relative: str) -> tuple[Path, DataNode]:
        schema, base = self._model()
        if schema is not self._schema:
            self._schema = schema
            self._known.clear()
        found = self._known.get(relative)
        if found is None:
            path = resolve(schema, base, relative)
            node = node_at(schema, path)
            if not path.within(base):
                raise BadInput(
                    Fault("access-denied", f"not below {base}, which this Thing owns", path=str(path))
                )
            if node.config or isinstance(node, Root):
                raise BadInput(
                    Fault(
                        "invalid-value",
                        "configuration, not state: a Thing publishes nodes that are config false",
                        path=str(path),
                        place=node.place,
                    )
                )
            found = path, node
            if len(self._known) < _KNOWN:
                self._known[relative] = found
        return found


def _typed(node: DataNode, value: Any, path: Path) -> Value | tuple[Value, ...]:
    """``value`` in the canonical form of ``node``; raises :class:`BadInput`."""
    try:
        match node:
            case Leaf():
                return canonical(node, value)
            case LeafList():
                return tuple(canonical(node, item) for item in value)
    except InvalidValue as error:
        raise BadInput(
            Fault(
                "invalid-value",
                error.message,
                path=str(path),
                value=str(value),
                app_tag=error.app_tag,
                place=node.place,
                legal=error.legal,
            )
        ) from error
    raise BadInput(
        Fault("invalid-value", "not a leaf: set its leaves one by one", path=str(path), place=node.place)
    )


def canonical(node: Leaf | LeafList, value: Any) -> Value:
    match value:
        case bool():
            text = "true" if value else "false"
        case float() | Decimal():
            text = _rounded(node.type, value if isinstance(value, Decimal) else Decimal(repr(value)))
        case bytes():
            text = base64.b64encode(value).decode()
        case tuple():  # bits
            text = " ".join(value)
        case Empty():
            text = ""
        case _:
            text = str(value)
    return node.type.parse(text, node.module)


def _rounded(type_: Type, number: Decimal) -> str:
    """A measured number has more digits than its model: keep those that the model holds."""
    while isinstance(type_, Leafref):
        type_ = type_.target
    if isinstance(type_, Decimal64) and number.is_finite() and number.adjusted() < _PRECISION:
        number = number.quantize(Decimal(1).scaleb(-type_.fraction_digits), context=_ROUND)
    return format(number, "f")


def message(
    schema: Schema, base: Path, seq: int, readings: tuple[Reading, ...], now: datetime
) -> dict[str, Any]:
    """The ``operational`` message of the link's protocol for readings below ``base``.

    Its ``data`` is the RFC 7951 object of the owned subtree's members (qualified, as at the top of any
    document), each leaf with the annotations ``pyconfhoard:quality`` and ``pyconfhoard:time``.
    """
    result: dict[str, Any] = {"type": "operational", "seq": seq, "time": now.isoformat(), "data": {}}
    removed = [str(reading.path) for reading in readings if reading.value is None]
    if removed:
        result["remove"] = removed
    for reading in readings:
        if reading.value is not None:
            _place(schema, base, result["data"], reading)
    return result


def _place(schema: Schema, base: Path, data: dict[str, Any], reading: Reading) -> None:
    """Put one reading into the nested object, making containers and entries on the way."""
    here = data
    path = base
    for step in reading.path.steps[len(base.steps) :]:
        node = node_at(schema, path / step)
        name = node.qname if path is base else node.member
        path = path / step
        match node:
            case List():
                here = _entry(node, here.setdefault(name, []), step.key or ())
            case Leaf() | LeafList():
                note = {"pyconfhoard:quality": reading.quality, "pyconfhoard:time": reading.time.isoformat()}
                here[name], here[f"@{name}"] = _encoded(node, reading.value, note)
            case _:
                here = here.setdefault(name, {})


def _encoded(node: Leaf | LeafList, value: Any, note: dict[str, str]) -> tuple[Any, Any]:
    """A value and its annotation (RFC 7952 section 5.2.3 for a leaf-list: one for each entry)."""
    if isinstance(node, LeafList):
        return [node.type.to_json(item) for item in value], [note] * len(value)
    return node.type.to_json(value), note


def _entry(node: List, entries: list[dict[str, Any]], key: tuple[Value, ...]) -> dict[str, Any]:
    """The object of the entry with ``key``, made with its key leaves if it is not there."""
    leaves = [node.children[name] for name in node.keys]
    keys = {
        leaf.member: leaf.type.to_json(value)
        for leaf, value in zip(leaves, key, strict=True)
        if isinstance(leaf, Leaf)
    }
    for entry in entries:
        if all(entry[name] == value for name, value in keys.items()):
            return entry
    entries.append(keys)
    return keys
