"""The application: ``gunicorn rest.app`` serves :data:`application`.

The routes are one table. The hoard is opened when the server starts the application's lifespan, not when this
module is imported.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from falcon.asgi import App, Request, Response

from pyconfhoard.errors import BadInput, Fault, HoardError
from pyconfhoard.settings import Settings
from pyconfhoard.tree.xml_names import names_of

from . import errors
from .auth import OPEN, Gate
from .body import begun
from .caching import Caching
from .candidates import (
    CandidateChanges,
    CandidateCommit,
    CandidateData,
    Candidates,
    CandidateValidation,
    OneCandidate,
)
from .compression import Compressing, asks
from .cors import Cors
from .datastores import NmdaDatastores
from .discover import Discover, SchemaDump, ThingResource
from .health import Health
from .limits import busy
from .link import LinkResource
from .openapi import DocsFile, OpenApi
from .operations import OneOperation, Operations
from .request_line import ASTERISK, METHODS, understood
from .restconf import Data
from .root import ApiRoot, HostMeta, LibraryVersion
from .runtime import Runtime
from .schema_text import SchemaText
from .streams.resource import EventStream
from .subscriptions.resource import SubscriptionEvents
from .v1 import Datastores

__all__ = ["ROUTES", "Application", "application", "create_app"]

ROUTES: tuple[tuple[str, Callable[[Runtime], object]], ...] = (
    ("/healthz", Health),
    ("/v1/discover", Discover),
    ("/v1/schema", SchemaDump),
    ("/v1/datastore/{datastore}/{owner}", Datastores),
    ("/v1/datastore/{datastore}/{owner}/{below:path}", Datastores),
    ("/v1/candidate", Candidates),
    ("/v1/candidate/{id}", OneCandidate),
    ("/v1/candidate/{id}/data", CandidateData),
    ("/v1/candidate/{id}/data/{below:path}", CandidateData),
    ("/v1/candidate/{id}/changes", CandidateChanges),
    ("/v1/candidate/{id}/validate", CandidateValidation),
    ("/v1/candidate/{id}/commit", CandidateCommit),
    ("/v1/thing/{name}", ThingResource),
    ("/v1/link", LinkResource),
    ("/.well-known/host-meta", HostMeta),
    ("/.well-known/host-meta.json", HostMeta),
    ("/restconf", ApiRoot),
    ("/restconf/", ApiRoot),
    ("/restconf/yang-library-version", LibraryVersion),
    ("/restconf/yang-library-version/", LibraryVersion),
    ("/restconf/operations", Operations),
    ("/restconf/operations/", Operations),
    ("/restconf/operations/{name}", OneOperation),
    ("/restconf/schema/{file}", SchemaText),
    ("/restconf/streams/{stream}/{encoding}", EventStream),
    ("/restconf/subscriptions/{id}", SubscriptionEvents),
    ("/restconf/data", Data),
    ("/restconf/data/{below:path}", Data),
    ("/restconf/ds/{datastore}", NmdaDatastores),
    ("/restconf/ds/{datastore}/{below:path}", NmdaDatastores),
    ("/openapi.json", lambda runtime: OpenApi(runtime, [path for path, _ in ROUTES])),
    ("/docs", DocsFile),
    ("/docs/{file}", DocsFile),
)
"""Path -> resource."""


class Application(App[Request, Response]):
    """Falcon's application with a life of its own; ``stop`` and ``drain`` are what its server calls at the end."""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(middleware=[Gate(runtime), Caching()])
        # An answer without a body has no type (Falcon would write its default).
        self.resp_options.default_media_type = None  # type: ignore[assignment]
        self.runtime = runtime
        self.stop = runtime.stop
        self.drain = runtime.drain
        self._cors: Cors | None = None
        errors.install(self, lambda: runtime.settings.datastore, self._namespaces)
        resources: dict[Callable[[Runtime], object], object] = {}
        for path, kind in ROUTES:
            if kind not in resources:
                resources[kind] = kind(runtime)
            self.add_route(path, resources[kind])

    def _namespaces(self) -> errors.Names:
        return names_of(self.runtime.hoard.schema).namespaces if self.runtime.started else {}

    async def __call__(  # type: ignore[override]  # Falcon's own ASGI twin overrides its WSGI one so
        self, scope: dict[str, Any], receive: Any, send: Any
    ) -> None:
        kind = scope["type"]
        if kind == "lifespan":
            await self.runtime.lifespan(receive, send)
            return
        if kind != "http":
            await super().__call__(scope, receive, send)
            return
        if self._cors is None:
            self._cors = Cors(self.runtime.settings.cors)
        if self._cors:
            if await self._cors.answered(scope, send):
                return
            send = self._cors.granting(scope, send)
        try:
            scope, brings_body = understood(scope)
        except HoardError as error:
            await errors.refuse(scope, send, error)
            return
        if scope["path"] == ASTERISK:
            await _allow_all(send)
            return
        if asks(scope):
            send = Compressing(scope, send)
        if not scope["query_string"].isascii():  # Falcon would raise
            message = "a URL is ASCII: percent-encode the rest as UTF-8"
            await errors.refuse(scope, send, BadInput(Fault("invalid-value", message, type="protocol")))
            return
        if self.runtime.busy >= self.runtime.settings.requests and scope["path"] not in OPEN:
            await errors.refuse(scope, send, busy(f"{self.runtime.busy} requests are worked on"))
            return
        self.runtime.active += 1
        try:
            if brings_body:
                receive = await begun(receive, self.runtime.settings.patience)
            await super().__call__(scope, receive, send)
        except errors.HttpError as error:  # Falcon lets none out
            await errors.refuse(scope, send, error)
        finally:
            self.runtime.active -= 1


async def _allow_all(send: Any) -> None:
    """The answer to ``OPTIONS *``."""
    headers = [(b"allow", ", ".join(METHODS).encode()), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body"})


def create_app(settings: Settings | None = None) -> Application:
    """The application. ``settings`` None: those of the environment, read when it starts."""
    return Application(Runtime(settings))


application = create_app()
