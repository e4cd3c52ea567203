"""``/v1/datastore/<datastore>/<owner>[/path]``: the simple way in, by Thing.

The owner's root is told as its children's members; deeper paths as RESTCONF tells them, on the same code.
A Thing's defaults in use show: people want to see what counts (``with-defaults`` says otherwise). ``running`` takes
changes; ``startup`` and ``persist`` show what the files hold, ``operational`` what the Thing publishes. What no
Thing owns is found under its module's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast
from urllib.parse import quote, unquote

from falcon.asgi import Request, Response

from pyconfhoard.errors import Conflict, Fault, NotFound
from pyconfhoard.hoard import Datastore, Hoard
from pyconfhoard.hoard.owners import Owner, owner_of
from pyconfhoard.tree import api_path, nearest
from pyconfhoard.tree.json_encode import WithDefaults

from .auth import principal_of
from .commit_options import commit_options
from .errors import method_not_allowed
from .media_types import PLAIN_FIRST
from .resource import Style, allow_of, answer_options, answer_read, answer_write
from .runtime import Runtime
from .source import Source
from .stores import RunningStore
from .target import Target, below, target_at

__all__ = ["DATASTORES", "Datastores"]

DATASTORES: Final = ("startup", "persist", "running", "operational")

_ROUTE: Final = ("v1", "datastore")
_READ: Final = "GET, HEAD, OPTIONS"


_KNOWN: Final = 8192
"""Places that are remembered."""


@dataclass(frozen=True, slots=True)
class _Place:
    """What a URL names. ``shared``: not all that lies below it is the owner's to show: other modules at the top, what Things
    own in a module."""

    datastore: Datastore
    owner: Owner
    target: Target
    style: Style
    shared: bool


class Datastores:
    """All four datastores of all owners."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._owners: Mapping[str, Owner] = {}
        self._places: dict[str, _Place] = {}

    def _place(self, hoard: Hoard, request: Request) -> _Place:
        """Remembered until the owners change, as they do with the model."""
        if hoard.owners is not self._owners:
            self._owners = hoard.owners
            self._places.clear()
        raw = below(request, _ROUTE)
        place = self._places.get(raw)
        if place is None:
            place = _place(hoard, raw)
            if len(self._places) >= _KNOWN:
                self._places.clear()
            self._places[raw] = place
        return place

    async def on_get(self, request: Request, response: Response, **_: str) -> None:
        hoard = self._runtime.hoard
        place = self._place(hoard, request)
        await answer_read(
            request,
            response,
            hoard.schema,
            _source(hoard, place),
            place.target,
            style=place.style,
            times=self._runtime.time_of,
        )

    on_head = on_get

    async def on_post(self, request: Request, response: Response, **_: str) -> None:
        hoard = self._runtime.hoard
        place = self._place(hoard, request)
        if place.datastore != "running":
            why = f"{place.datastore} is read-only: change running"
            raise method_not_allowed(request.method, _READ, why)
        _keep_off(hoard, place, request.method)
        principal = principal_of(request)
        await answer_write(
            request,
            response,
            hoard.schema,
            place.target,
            RunningStore(self._runtime, principal, commit_options(request)),
            style=place.style,
            limits=self._runtime.limits,
            times=self._runtime.time_of,
            locate=lambda path: _url(hoard, request, place.owner, path),
        )

    on_put = on_patch = on_delete = on_post

    async def on_options(self, request: Request, response: Response, **_: str) -> None:
        place = self._place(self._runtime.hoard, request)
        answer_options(response, _allow(place))


def _place(hoard: Hoard, raw: str) -> _Place:
    """What ``<datastore>/<owner>[/path]`` names. Raises :class:`NotFound` for the first part of it that does not exist."""
    segments = [*raw.split("/", 2), "", ""]
    datastore, name = unquote(segments[0]), unquote(segments[1])
    if datastore not in DATASTORES:
        near = nearest(datastore, DATASTORES)
        message = f"there is no datastore {datastore!r}; there are: {', '.join(DATASTORES)}"
        raise NotFound(
            Fault("invalid-value", message, type="protocol", value=datastore, legal=near or DATASTORES)
        )
    owner = hoard.owner(name)
    target = target_at(hoard.schema, owner.path, segments[2])
    if owner.kind == "module" and target.path.steps:
        _check_module(hoard, datastore, owner, target)
    shared = owner.kind == "module" and bool(not target.path.steps or _things_below(hoard, target))
    configured = owner.kind == "thing" and datastore != "operational"
    shown: WithDefaults = "report-all" if configured else "explicit"
    module = owner.module if owner.kind == "module" else ""
    style = Style(PLAIN_FIRST, strict=False, top=owner.path, defaults=shown, module=module)
    return _Place(cast(Datastore, datastore), owner, target, style, shared)


def _things_below(hoard: Hoard, target: Target) -> list[Owner]:
    things = (owner for owner in hoard.owners.values() if owner.kind == "thing")
    return [thing for thing in things if thing.path.within(target.path)]


def _check_module(hoard: Hoard, datastore: str, owner: Owner, target: Target) -> None:
    """What a Thing owns, or another module, is not found under this module."""
    found = owner_of(hoard.owners, target.path)
    if found is None or found.name == owner.name:
        return
    message = f"{target.path} belongs to {found.name}: /v1/datastore/{datastore}/{found.name}"
    raise NotFound(Fault("invalid-value", message, str(target.path), legal=(found.name,)))


def _keep_off(hoard: Hoard, place: _Place, method: str) -> None:
    """What a module has left must not take others' data away. Raises :class:`Conflict`, and 405 at its root."""
    if not place.shared or method not in {"PUT", "DELETE"}:
        return
    if not place.target.path.steps:
        raise method_not_allowed(
            method, _allow(place), "a module's data is not replaced as a whole: name a node"
        )
    other = _things_below(hoard, place.target)[0]
    message = (
        f"{other.name} owns {other.path}, which this would replace: write below, or through /restconf/data"
    )
    raise Conflict(Fault("in-use", message, str(place.target.path)))


def _allow(place: _Place) -> str:
    if place.datastore != "running":
        return _READ
    if not place.target.path.steps:
        return "GET, HEAD, POST, PATCH, OPTIONS"
    return allow_of(place.target, place.style)


def _source(hoard: Hoard, place: _Place) -> Source:
    name = place.owner.name
    match place.datastore:
        case "running":
            if place.shared:
                return Source(hoard.part(name), None, tagged=True)
            return Source(hoard.running, None, tagged=True, shape=hoard.validator.table.shape)
        case "operational":
            root = hoard.operational
            return Source(None, hoard.part(name, root) if place.shared else root)
    view = hoard.view(place.datastore, name)
    return Source(view.branch, None, place.owner.path)


def _url(hoard: Hoard, request: Request, owner: Owner, path: str) -> str:
    """The URL of an api-path from the root, below its owner."""
    rest = path.removeprefix(api_path(hoard.schema, owner.path)).removeprefix("/")
    return f"{request.prefix}/v1/datastore/running/{quote(owner.name, safe='')}/{rest}"
