"""The rpcs of ``pyconfhoard-locks``, by name: locks of those who come over a network.

The session is that of the request. Who may invoke ``lock`` may lock a whole datastore; a part of running is locked by those who
may change something in it. Nobody is told of a part that he may not read.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from pyconfhoard.access.nacm import Access
from pyconfhoard.errors import AccessDenied, Fault, NotFound
from pyconfhoard.hoard.calls import Call, Handler
from pyconfhoard.hoard.locks import Lock
from pyconfhoard.hoard.rpc_parts import Output, of
from pyconfhoard.schema.types.base import Json
from pyconfhoard.store.journal import write_time
from pyconfhoard.tree import parse_path

if TYPE_CHECKING:
    from pyconfhoard.hoard.hoard import Hoard

__all__ = ["LOCK_RPCS"]

_LOG: Final = logging.getLogger("pyconfhoard.hoard")


async def _lock(hoard: Hoard, call: Call) -> Output:
    paths = [parse_path(hoard.schema, text) for text in of(call, "path") or ()]
    access = hoard.access(call.author)
    for path in paths:
        access.demand_write(path)
    lock = await hoard.locks.take(
        call.author.name,
        target=of(call, "target"),
        paths=paths,
        lease=of(call, "lease"),
        session=call.session,
    )
    return {"lock": lock.id, "session": lock.session, "lease": int(lock.lease), **_expires(hoard, lock)}


async def _renew(hoard: Hoard, call: Call) -> Output:
    renewed = [hoard.locks.renew(lock.id, of(call, "lease")) for lock in _meant(hoard, call)]
    return _expires(hoard, min(renewed, key=lambda lock: lock.expires))


async def _unlock(hoard: Hoard, call: Call) -> Output:
    for lock in _meant(hoard, call):
        hoard.locks.release(lock.id)
    return None


async def _break(hoard: Hoard, call: Call) -> Output:
    lock = hoard.locks.get(of(call, "lock"))
    hoard.locks.release(lock.id)
    _LOG.warning("%s broke the lock that %s had of %s", call.author.name, lock.owner, lock.what())
    return None


async def _list(hoard: Hoard, call: Call) -> Output:
    access = hoard.access(call.author)
    told = [_told(hoard, lock, access, call.author.name) for lock in hoard.locks.held]
    return {"lock": [one for one in told if one is not None]}


LOCK_RPCS: Final[Mapping[str, Handler]] = {
    "pyconfhoard-locks:lock": _lock,
    "pyconfhoard-locks:renew-lock": _renew,
    "pyconfhoard-locks:unlock": _unlock,
    "pyconfhoard-locks:break-lock": _break,
    "pyconfhoard-locks:list-locks": _list,
}


def _meant(hoard: Hoard, call: Call) -> tuple[Lock, ...]:
    """The locks that the session of a call names: one, or all of its own. Raises :class:`NotFound` for none, and
    :class:`AccessDenied` for another session's."""
    id = of(call, "lock")
    if id is None:
        found = hoard.locks.of(call.session)
        if not found:
            message = "this session has no lock (any more): one that is not renewed ends with its lease"
            raise NotFound(Fault("invalid-value", message, type="protocol"))
        return found
    lock = hoard.locks.get(id)
    if lock.session != call.session:
        message = f"lock {id} is of another session of {lock.owner}: only that renews it or gives it back"
        raise AccessDenied(Fault("access-denied", message, type="protocol"))
    return (lock,)


def _told(hoard: Hoard, lock: Lock, access: Access, name: str) -> dict[str, Json] | None:
    """An entry of the list; None where all that it is about is hidden."""
    paths: list[Json] = [str(path) for path in lock.paths if access.may_read(path)]
    if lock.paths and not paths:
        return None
    return {
        "id": lock.id,
        "owner": lock.owner,
        "target": lock.target,
        **({"path": paths} if paths else {}),
        "since": write_time(lock.since),
        "lease": int(lock.lease),
        **_expires(hoard, lock),
        **({"session": lock.session} if lock.owner == name else {}),
    }


def _expires(hoard: Hoard, lock: Lock) -> dict[str, Json]:
    return {"expires": write_time(hoard.now() + timedelta(seconds=hoard.locks.left(lock)))}
