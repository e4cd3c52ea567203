"""``/docs``: the page that shows the description, without anything from elsewhere.

It is open to anybody and says nothing of the model: its script asks for the description with the token that its reader gives.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Final

from falcon.asgi import Request, Response

from pyconfhoard.errors import Fault, NotFound

from ..compression import VARY
from ..pages import PAGE, PARTS
from ..resource import answer_options
from ..runtime import Runtime

__all__ = ["DocsFile"]

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_READ: Final = "GET, HEAD, OPTIONS"


class DocsFile:
    """The page and its parts: three files of this package."""

    def __init__(self, runtime: Runtime) -> None:
        folder = files(__package__) / "docs"
        self._texts = {name: (folder / name).read_bytes() for name in PARTS}

    async def on_get(self, request: Request, response: Response, file: str = "index.html") -> None:
        text = self._texts.get(file)
        if text is None:
            message = f"there is no file {file!r} here; the page is {PAGE}"
            raise NotFound(Fault("invalid-value", message, type="protocol", value=file))
        response.content_type = PARTS[file]
        response.set_header("Cache-Control", "no-cache")
        response.set_header("Vary", VARY)
        response.set_header("Content-Security-Policy", _POLICY)
        response.set_header("X-Content-Type-Options", "nosniff")
        response.set_header("Referrer-Policy", "no-referrer")
        response.data = text

    on_head = on_get

    async def on_options(self, request: Request, response: Response, file: str = "") -> None:
        answer_options(response, _READ)
