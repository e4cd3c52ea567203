"""``/restconf/data``: RFC 8040's datastore resource and its data resources, in JSON and XML.

It shows configuration and state as one tree, and takes configuration; a POST on an action invokes that.
"""

from __future__ import annotations

from typing import Final

from falcon.asgi import Request, Response

from .auth import principal_of
from .commit_options import commit_options
from .media_types import BOTH
from .operations import ALLOW, action_at, data_at, invoke
from .resource import Style, allow_of, answer_options, answer_read, answer_write
from .runtime import Runtime
from .source import Source
from .stores import RunningStore, Store
from .target import Target, below
from .yang_patch.resource import PATCHES, answer_patch, is_patch

__all__ = ["Data", "options_of_data", "write_data", "write_running"]

_STYLE: Final = Style(BOTH, patches=PATCHES)
_ROUTE: Final = ("restconf", "data")


class Data:
    """The resource, and all below it."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def _target(self, request: Request) -> Target:
        """Raises :class:`NotFound`, and 405 for an action."""
        return data_at(self._runtime.hoard.schema, below(request, _ROUTE), request.method)

    async def on_get(self, request: Request, response: Response, **_: str) -> None:
        hoard = self._runtime.hoard
        target = self._target(request)
        state = self._runtime.operational if target.state else None
        await answer_read(
            request,
            response,
            hoard.schema,
            Source(hoard.running, state, tagged=True, shape=hoard.validator.table.shape),
            target,
            style=_STYLE,
            times=self._runtime.time_of,
        )

    on_head = on_get

    async def on_post(self, request: Request, response: Response, **_: str) -> None:
        found = action_at(self._runtime.hoard.schema, below(request, _ROUTE))
        if found is None:
            await self.on_put(request, response)
        else:
            await invoke(self._runtime, request, response, found[1], found[0])

    async def on_put(self, request: Request, response: Response, **_: str) -> None:
        await write_running(self._runtime, request, response, self._target(request), "/restconf/data")

    on_patch = on_delete = on_put

    async def on_options(self, request: Request, response: Response, **_: str) -> None:
        if action_at(self._runtime.hoard.schema, below(request, _ROUTE)) is not None:
            answer_options(response, ALLOW)
        else:
            options_of_data(response, self._target(request))


async def write_running(
    runtime: Runtime, request: Request, response: Response, target: Target, place: str
) -> None:
    """:func:`write_data` for the running configuration."""
    store = RunningStore(runtime, principal_of(request), commit_options(request))
    await write_data(runtime, request, response, target, store, place)


async def write_data(
    runtime: Runtime, request: Request, response: Response, target: Target, store: Store, place: str
) -> None:
    """POST, PUT, PATCH and DELETE on ``target`` of what ``store`` holds, a resource below the path ``place`` of this server."""
    schema = runtime.hoard.schema
    if request.method == "PATCH" and is_patch(request.content_type):
        await answer_patch(
            request,
            response,
            schema,
            target,
            store,
            style=_STYLE,
            limits=runtime.limits,
            times=runtime.time_of,
        )
        return
    await answer_write(
        request,
        response,
        schema,
        target,
        store,
        style=_STYLE,
        limits=runtime.limits,
        times=runtime.time_of,
        locate=lambda path: f"{request.prefix}{place}/{path}",
    )


def options_of_data(response: Response, target: Target) -> None:
    """OPTIONS on ``target`` of a datastore that can be written."""
    answer_options(response, allow_of(target, _STYLE), (*_STYLE.offers, *_STYLE.patches))
