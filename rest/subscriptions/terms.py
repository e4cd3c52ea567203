"""What a subscription is about: the parameters of ``establish-subscription`` and ``modify-subscription``, understood.

Of a stream (RFC 8639): which one, a filter, where to begin. Of a datastore (RFC 8641): which one, a selection, and when to
push: in a period, or at changes. What cannot be done is a :class:`~rest.subscriptions.errors.SubscriptionError`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Protocol, TypeAlias

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.hoard.notices import Notice
from pyconfhoard.hoard.notices_follow import STREAMS, Stream
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.tree import AnyValue, Branch, nearest, to_json

from ..filters.notices import filter_of
from ..filters.select import WHOLE, Selection, pick, selection_of
from ..filters.subtree import subtree_of
from ..media_types import Encoding
from ..streams.query import moment
from ..streams.tree import planted
from .errors import SN, YP, Doing, SubscriptionError

__all__ = ["DATASTORES", "SHORTEST", "Filter", "OnChange", "Periodic", "Terms", "modified", "terms_of"]

SHORTEST: Final = 10
"""Centiseconds that a period has at least."""

DATASTORES: Final = frozenset(f"ietf-datastores:{name}" for name in ("running", "intended", "operational"))
"""Those that can be subscribed to."""

_STREAM_FILTERS: Final = ("stream-filter-name", "stream-subtree-filter", "stream-xpath-filter")
_SELECTIONS: Final = tuple(
    f"{YP}:{name}" for name in ("selection-filter-ref", "datastore-subtree-filter", "datastore-xpath-filter")
)
_PERIODIC: Final = f"{YP}:periodic"
_ON_CHANGE: Final = f"{YP}:on-change"
_DATASTORE: Final = f"{YP}:datastore"


class Filter(Protocol):
    """Decides which notifications are told."""

    def holds(self, notice: Notice) -> bool: ...


class _Subtree:
    """A subtree filter on notifications: those in which it selects anything."""

    def __init__(self, selection: Selection) -> None:
        self._selection = selection

    def holds(self, notice: Notice) -> bool:
        return bool(pick(self._selection, planted(notice)).members)


@dataclass(frozen=True, slots=True)
class Periodic:
    """``period`` in seconds; pushes are at multiples of it from ``anchor``, from the beginning where there is none."""

    period: float
    anchor: datetime | None


@dataclass(frozen=True, slots=True)
class OnChange:
    """``dampening`` in seconds between two pushes; ``sync``: all is pushed first; ``excluded``: kinds of changes, as
    operations of YANG Patch, that are not told."""

    dampening: float
    sync: bool
    excluded: frozenset[str]


Trigger: TypeAlias = Periodic | OnChange


@dataclass(frozen=True, slots=True)
class Terms:
    """``told`` are the parameters in RFC 7951 form, as state and notifications show them. Either ``stream`` is there, or
    ``datastore`` with ``selection`` and ``trigger``."""

    encoding: Encoding
    told: Mapping[str, Any]
    stop: datetime | None = None
    stream: Stream | None = None
    filter: Filter | None = None
    replay: datetime | None = None
    datastore: str = ""
    selection: Selection = (WHOLE,)
    trigger: Trigger | None = None


def terms_of(schema: Schema, running: Branch, given: Branch, asked_in: Encoding, now: datetime) -> Terms:
    """The terms that the input of ``establish-subscription`` asks for. ``asked_in``: the encoding of the request.

    Raises :class:`SubscriptionError`, and :class:`BadInput` for times and combinations that make no sense.
    """
    of_datastore = _DATASTORE in given.members
    encoding = _encoding(given.members.get("encoding"), asked_in, datastore=of_datastore)
    stop = _moment(given, "stop-time")
    told = {**to_json(given.schema, given), "encoding": f"{SN}:encode-{encoding}"}
    terms = Terms(encoding, told, stop)
    if of_datastore:
        terms = replace(terms, datastore=given.members[_DATASTORE], trigger=_trigger(given, "establish"))
        if terms.datastore not in DATASTORES:
            message = f"{terms.datastore} cannot be subscribed to; {', '.join(sorted(DATASTORES))} can"
            raise SubscriptionError("datastore-not-subscribable", message, "establish", datastore=True)
        if terms.trigger is None:
            raise _wrong(
                "a subscription to a datastore is periodic or on-change: say which", "missing-element"
            )
        terms = replace(terms, selection=_selection(schema, running, given, "establish"))
    else:
        if _PERIODIC in given.members or _ON_CHANGE in given.members:
            raise _wrong("periodic and on-change go with a datastore, not with a stream")
        name = given.members.get("stream", "")
        stream = STREAMS.get(name)
        if stream is None:
            message = f"there is no event stream {name!r}; there are {', '.join(STREAMS)}"
            raise BadInput(Fault("invalid-value", message, value=name, legal=nearest(name, STREAMS)))
        replay = _moment(given, "replay-start-time")
        if replay is not None and replay >= now:
            raise _wrong("replay-start-time must be in the past")
        terms = replace(
            terms, stream=stream, replay=replay, filter=_filter(schema, running, given, "establish")
        )
    _check_stop(terms, now)
    return terms


def modified(old: Terms, schema: Schema, running: Branch, given: Branch, now: datetime) -> Terms:
    """Terms with what the input of ``modify-subscription`` changes. Raises as :func:`terms_of`."""
    members = {name: value for name, value in to_json(given.schema, given).items() if name != "id"}
    groups: list[tuple[str, ...]] = [("stop-time",)] if "stop-time" in members else []
    if old.stream is not None:
        if any(name.startswith(f"{YP}:") for name in members):
            raise _wrong("the subscription is one of a stream, not of a datastore")
        new = replace(old, filter=_filter(schema, running, given, "modify"))
        groups.append(_STREAM_FILTERS)
    else:
        if given.members.get(_DATASTORE) != old.datastore:
            raise _wrong(f"the subscription is one of {old.datastore}, which cannot be changed")
        new = replace(old, selection=_selection(schema, running, given, "modify"))
        groups.append(_SELECTIONS)
        trigger = _trigger(given, "modify")
        if trigger is not None:
            if isinstance(trigger, OnChange) and isinstance(old.trigger, OnChange):
                trigger = replace(trigger, sync=old.trigger.sync, excluded=old.trigger.excluded)
                kept = old.told.get(_ON_CHANGE, {})
                members[_ON_CHANGE] = {**kept, **members[_ON_CHANGE]}
            elif type(trigger) is not type(old.trigger):
                raise _wrong("a subscription stays periodic or on-change: establish another one")
            new = replace(new, trigger=trigger)
            groups.append((_PERIODIC, _ON_CHANGE))
    gone = {name for group in groups for name in group}
    told = {**{name: value for name, value in old.told.items() if name not in gone}, **members}
    new = replace(new, told=told, stop=_moment(given, "stop-time") or old.stop)
    _check_stop(new, now)
    return new


# -- one parameter after the other ----------------------------------------------------------------


def _encoding(value: Any, asked_in: Encoding, *, datastore: bool) -> Encoding:
    if value is None:
        return asked_in
    found: Encoding | None = {f"{SN}:encode-json": "json", f"{SN}:encode-xml": "xml"}.get(value)  # type: ignore[assignment]
    if found is None:
        raise SubscriptionError(
            "encoding-unsupported", f"events cannot be had in {value}", "establish", datastore=datastore
        )
    return found


def _moment(given: Branch, name: str) -> datetime | None:
    text = given.members.get(name)
    return None if text is None else moment(name, text)


def _check_stop(terms: Terms, now: datetime) -> None:
    if terms.stop is None:
        return
    if terms.replay is not None and terms.stop <= terms.replay:
        raise _wrong("stop-time must be later than replay-start-time")
    if terms.replay is None and terms.stop <= now:
        raise _wrong("stop-time must be in the future")


def _filter(schema: Schema, running: Branch, given: Branch, doing: Doing) -> Filter | None:
    source = given
    name = given.members.get("stream-filter-name")
    if name is not None:
        source = _referred(running, "stream-filter", name, doing, datastore=False)
    try:
        text = source.members.get("stream-xpath-filter")
        if text is not None:
            found = filter_of(text)
            found.check(schema)
            return found
        content = source.members.get("stream-subtree-filter")
        if isinstance(content, AnyValue):
            root = replace(schema.root, children={**schema.root.children, **schema.notifications})
            return _Subtree(subtree_of(root, content.json))
    except BadInput as error:
        raise _unsupported(error, doing, datastore=False) from None
    return None


def _selection(schema: Schema, running: Branch, given: Branch, doing: Doing) -> Selection:
    source, prefix = given, f"{YP}:"
    name = given.members.get(f"{YP}:selection-filter-ref")
    if name is not None:
        source = _referred(running, f"{YP}:selection-filter", name, doing, datastore=True)
        prefix = ""
    try:
        text = source.members.get(f"{prefix}datastore-xpath-filter")
        if text is not None:
            return selection_of(text, schema)
        content = source.members.get(f"{prefix}datastore-subtree-filter")
        if isinstance(content, AnyValue):
            return subtree_of(schema.root, content.json)
    except BadInput as error:
        raise _unsupported(error, doing, datastore=True) from None
    return (WHOLE,)


def _referred(running: Branch, kind: str, name: str, doing: Doing, *, datastore: bool) -> Branch:
    """A filter that is configured in ``/ietf-subscribed-notifications:filters``."""
    filters = running.members.get(f"{SN}:filters")
    listed = filters.members.get(kind) if filters is not None else None
    found: Branch | None = listed.get((name,)) if listed is not None else None
    if found is None:
        message = f"there is no configured filter {name!r}"
        raise SubscriptionError(
            "filter-unsupported", message, doing, datastore=datastore, hints={"filter-failure-hint": message}
        )
    return found


def _unsupported(error: BadInput, doing: Doing, *, datastore: bool) -> SubscriptionError:
    message = error.faults[0].message
    hints = {"filter-failure-hint": message}
    return SubscriptionError("filter-unsupported", message, doing, datastore=datastore, hints=hints)


def _trigger(given: Branch, doing: Doing) -> Trigger | None:
    periodic = given.members.get(_PERIODIC)
    if periodic is not None:
        period = periodic.members["period"]
        if period < SHORTEST:
            raise _too_short(period, doing)
        return Periodic(period / 100, _moment(periodic, "anchor-time"))
    on_change = given.members.get(_ON_CHANGE)
    if on_change is None:
        return None
    members = on_change.members
    return OnChange(
        members.get("dampening-period", 0) / 100,
        members.get("sync-on-start", True),
        frozenset(members.get("excluded-change", ())),
    )


def _too_short(period: int, doing: Doing) -> SubscriptionError:
    message = f"a period of {period} centiseconds is too short: the shortest is {SHORTEST}"
    return SubscriptionError(
        "period-unsupported", message, doing, datastore=True, hints={"period-hint": SHORTEST}
    )


def _wrong(message: str, tag: Any = "invalid-value") -> BadInput:
    return BadInput(Fault(tag, message))
