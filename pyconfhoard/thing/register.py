"""Making a Thing known: name, module and path recorded, the model compiled, a token of its own given.

Through the hoard that holds the datastore if there is one (``POST /v1/thing/<name>``, with the
administrator's token), else by opening the datastore here. Either way the Thing's token, the schema
and its configuration are left on this machine, so that the Thing can start at once, hoard or no hoard.
"""

from __future__ import annotations

import fcntl
from typing import Final

from pyconfhoard.errors import AccessDenied, BadInput, Conflict, LinkError, NotFound, Unauthorized
from pyconfhoard.settings import Settings
from pyconfhoard.store.lock import holder
from pyconfhoard.thing import http
from pyconfhoard.thing.declaration import Declaration
from pyconfhoard.thing.here import open_here
from pyconfhoard.thing.local import LocalCopy

__all__ = ["MEANINGS", "admin_token", "register", "serving"]

MEANINGS: Final = {400: BadInput, 401: Unauthorized, 403: AccessDenied, 404: NotFound, 409: Conflict}
"""What the hoard's status says about a request."""


def serving(settings: Settings) -> str:
    """The URL of the hoard to ask; empty when nobody has the datastore, so that it can be opened here."""
    if settings.hoard:
        return settings.url
    try:
        with (settings.run / "lock").open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return holder(settings.datastore)[1] or settings.url
    except OSError:  # no such folder yet, or one that whoever opens it will complain about
        return ""
    return ""


def admin_token(settings: Settings) -> str:
    """``PYCONF_TOKEN``, else the administrator's token of the datastore, made if there is none yet.

    Raises :class:`Unauthorized` when it can be neither read nor made.
    """
    if settings.token:
        return settings.token
    kept = settings.run / "admin.token"
    if not kept.exists() and not serving(settings):
        from pyconfhoard.access.tokens import Tokens  # noqa: PLC0415 - for this case only
        from pyconfhoard.store.lock import FolderLock  # noqa: PLC0415

        with FolderLock(settings.datastore, timeout=settings.lock_timeout):
            Tokens(settings.run)
    try:
        return kept.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise Unauthorized(
            f"the administrator's token cannot be read from {kept} ({error}); "
            "say where the datastore is (--datastore DIR), or give the token itself: PYCONF_TOKEN=..."
        ) from error


def register(declaration: Declaration, settings: Settings) -> str:
    """Register a Thing; gives a line that says what was done, and how to go on.

    Again is allowed, and changes what is different. Raises what the hoard answers: :class:`BadInput`,
    :class:`NotFound`, :class:`Conflict` (the subtree has an owner), :class:`Unauthorized`,
    :class:`LinkError`; and :class:`~pyconfhoard.errors.ModelError` for YANG that does not compile.
    """
    url = serving(settings)
    if url:
        _through_hoard(declaration, settings, url)
    else:
        _here(declaration, settings)
    return (
        f"{declaration.name} is registered: it owns {declaration.path} of {declaration.module}; "
        f"start it: ./launch --thing {declaration.file}"
    )


def _through_hoard(declaration: Declaration, settings: Settings, url: str) -> None:
    token = admin_token(settings)
    body = {"module": declaration.module, "path": declaration.path, "title": declaration.title}
    trust = settings.trusted
    answer = http.request("POST", f"{url}/v1/thing/{declaration.name}", token=token, body=body, trust=trust)
    if answer.status >= 400:
        raise MEANINGS.get(answer.status, LinkError)(
            f"the hoard at {url} does not register {declaration.name}: {answer.reason()}"
        )
    own = str(answer.json()["token"])
    local = LocalCopy(settings.run, declaration.name)
    local.keep_token(own)
    schema = http.request("GET", f"{url}/v1/schema", token=own, trust=trust)
    if schema.status == 200:
        local.keep_schema(schema.body)


def _here(declaration: Declaration, settings: Settings) -> None:
    from pyconfhoard import schema  # noqa: PLC0415 - compiling and storing are for this case only
    from pyconfhoard.thing.replica import Replica  # noqa: PLC0415

    with open_here(settings) as hoard:
        done = hoard.register_now(declaration.name, declaration.module, declaration.path, declaration.title)
        local = LocalCopy(settings.run, declaration.name)
        local.keep_token(done.token)
        local.keep_schema(schema.dump(hoard.schema))
        replica = Replica(hoard.schema, declaration.module, declaration.path, declaration.follows)
        replica.root = hoard.running
        replica.revision = hoard.revision
        local.keep_config(replica.dump())
