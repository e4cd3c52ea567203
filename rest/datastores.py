"""``/restconf/ds/<datastore>``: the datastores of RFC 8342, each for itself (RFC 8527).

=============== ============================================================================================
``running``     what was configured; takes the same requests as ``/restconf/data``
``candidate``   what is prepared in the shared candidate, or in the private one that the header field
                :data:`CANDIDATE` names; takes the same requests. The rpcs of ``pyconfhoard-candidates`` make, show and
                commit it
``intended``    running, valid as it is: nothing is expanded or left out on the way
``startup``     what an owner begins with that the journal does not know yet
``operational`` what is in use: configuration with its defaults, and all state; ``with-origin`` tells where
                each value comes from
=============== ============================================================================================

A datastore is named by its identity, ``ietf-datastores:running``. Only running and candidate can be
written, and actions are invoked in operational (section 3.1).
"""

from __future__ import annotations

import asyncio
from typing import Final
from urllib.parse import unquote

from falcon.asgi import Request, Response

from pyconfhoard.errors import Fault, NotFound
from pyconfhoard.hoard.candidates import SHARED, Candidate

from .auth import principal_of
from .commit_options import CANDIDATE, session_of
from .compression import VARY
from .errors import method_not_allowed
from .media_types import BOTH
from .operations import ALLOW, action_at, data_at, invoke
from .own_state import DATASTORES
from .resource import Style, answer_options, answer_read
from .restconf import options_of_data, write_data, write_running
from .runtime import Runtime
from .source import Source
from .stores import CandidateStore
from .target import Target, below, resource_at

__all__ = ["NmdaDatastores"]

_ROUTE: Final = ("restconf", "ds", "")
_READ: Final = "GET, HEAD, OPTIONS"
_RUNNING: Final = "ietf-datastores:running"
_CANDIDATE: Final = "ietf-datastores:candidate"
_STARTUP: Final = "ietf-datastores:startup"
_OPERATIONAL: Final = "ietf-datastores:operational"

_CONFIGURED: Final = Style(BOTH)
_IN_USE: Final = Style(BOTH, defaults="report-all", origin=True)


class NmdaDatastores:
    """All of them, and all below each."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def _place(self, request: Request, datastore: str) -> tuple[str, Target]:
        """The datastore's identity, and what stands in it. Raises :class:`NotFound` and
        :class:`~pyconfhoard.errors.BadInput`."""
        name = unquote(datastore)
        if name not in DATASTORES:
            message = f"there is no datastore {name!r} here; there are: {', '.join(DATASTORES)}"
            raise NotFound(Fault("invalid-value", message, type="protocol", value=name, legal=DATASTORES))
        schema, raw = self._runtime.hoard.schema, below(request, _ROUTE)
        if name == _OPERATIONAL:
            return name, data_at(schema, raw, request.method)
        return name, resource_at(schema, raw)

    def _candidate(self, request: Request) -> Candidate:
        """The one that the request names. Raises :class:`NotFound` for another user's."""
        id = request.get_header(CANDIDATE) or SHARED
        return self._runtime.hoard.candidates.get(id, principal_of(request).name)

    async def on_get(self, request: Request, response: Response, datastore: str, **_: str) -> None:
        hoard = self._runtime.hoard
        name, target = self._place(request, datastore)
        shape = hoard.validator.table.shape
        if name == _OPERATIONAL:
            source = Source(hoard.running, self._runtime.operational, shape=shape)
        elif name == _CANDIDATE:
            source = Source(self._candidate(request).root, None, tagged=True, shape=shape)
        elif name == _STARTUP:
            source = Source(await asyncio.to_thread(hoard.history.root_of, "startup"), None)
        else:
            source = Source(hoard.running, None, tagged=True, shape=shape)
        await answer_read(
            request,
            response,
            hoard.schema,
            source,
            target,
            style=_IN_USE if name == _OPERATIONAL else _CONFIGURED,
            times=self._runtime.time_of,
        )
        if name == _CANDIDATE:
            response.set_header("Vary", f"{VARY}, {CANDIDATE}")

    on_head = on_get

    async def on_post(self, request: Request, response: Response, datastore: str, **_: str) -> None:
        if unquote(datastore) == _OPERATIONAL and request.method == "POST":
            found = action_at(self._runtime.hoard.schema, below(request, _ROUTE))
            if found is not None:
                await invoke(self._runtime, request, response, found[1], found[0])
                return
        name, target = self._place(request, datastore)
        place = f"/restconf/ds/{name}"
        if name == _RUNNING:
            await write_running(self._runtime, request, response, target, place)
        elif name == _CANDIDATE:
            candidate, principal = self._candidate(request), principal_of(request)
            store = CandidateStore(self._runtime.hoard, candidate, principal, session_of(request))
            await write_data(self._runtime, request, response, target, store, place)
        else:
            raise method_not_allowed(request.method, _READ, f"{name} is read-only: change {_RUNNING}")

    on_put = on_patch = on_delete = on_post

    async def on_options(self, request: Request, response: Response, datastore: str, **_: str) -> None:
        schema = self._runtime.hoard.schema
        if unquote(datastore) == _OPERATIONAL and action_at(schema, below(request, _ROUTE)) is not None:
            answer_options(response, ALLOW)
            return
        name, target = self._place(request, datastore)
        if name in {_RUNNING, _CANDIDATE}:
            options_of_data(response, target)
        else:
            answer_options(response, _READ)
