"""``/restconf/schema/<module>[@<revision>]``: the text of a module or submodule that is served (RFC 8040 section 3.7)."""

from __future__ import annotations

import asyncio
from typing import Final

from falcon.asgi import Request, Response

from pyconfhoard.errors import Fault, NotFound
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.schema.repository import PROJECT_YANG, Library
from pyconfhoard.tree import nearest

from .negotiation import choose
from .query import only
from .resource import answer_options
from .runtime import Runtime

__all__ = ["SchemaText"]

_YANG: Final = "application/yang"
_YIN: Final = "application/yin+xml"


class SchemaText:
    """The file from which the module was compiled. Only those that the library lists are shown."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def on_get(self, request: Request, response: Response, file: str) -> None:
        only(request.query_string)
        name, revision = _served(self._runtime.hoard.schema, file)
        text, yin = await asyncio.to_thread(self._read, name, revision)
        response.content_type = choose(request.get_header("Accept"), (_YIN if yin else _YANG, "text/plain"))
        response.set_header("Cache-Control", "no-cache")
        response.data = text

    on_head = on_get

    async def on_options(self, request: Request, response: Response, file: str) -> None:
        answer_options(response, "GET, HEAD, OPTIONS")

    def _read(self, name: str, revision: str) -> tuple[bytes, bool]:
        folders = [folder.absolute() for folder in self._runtime.settings.yang]
        found = Library.of([*folders, PROJECT_YANG]).find(name, revision)
        if found is not None:
            try:
                return found.path.read_bytes(), found.yin
            except OSError:  # gone or locked away since: as if it were not there
                pass
        message = f"the file of {name} is not there any more: it was compiled from one that has gone"
        raise NotFound(Fault("invalid-value", message, type="protocol", value=name))


def _served(schema: Schema, file: str) -> tuple[str, str]:
    """Name and revision of the module or submodule that ``file`` names. Raises :class:`NotFound`."""
    known = {(module.name, module.revision) for module in schema.modules.values()}
    known |= {(part.name, part.revision) for module in schema.modules.values() for part in module.submodules}
    name, _, revision = file.partition("@")
    for one in sorted(known, reverse=True):
        if one[0] == name and revision in {"", one[1]}:
            return one
    names = sorted({one[0] for one in known})
    message = f"no module {file!r} is served here"
    raise NotFound(Fault("invalid-value", message, type="protocol", value=file, legal=nearest(name, names)))
