"""The rpcs of ``pyconfhoard-candidates``, by name: a candidate's life. Its data is a face's part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from pyconfhoard.hoard.bridge import offload
from pyconfhoard.hoard.calls import Call, Handler
from pyconfhoard.hoard.candidates import SHARED, Candidate
from pyconfhoard.hoard.confirmed import Terms
from pyconfhoard.hoard.difference import between, seen_by
from pyconfhoard.hoard.merge import Prefer
from pyconfhoard.hoard.rpc_parts import Output, committed, of, told_difference
from pyconfhoard.schema.types.base import Json

if TYPE_CHECKING:
    from pyconfhoard.hoard.hoard import Hoard

__all__ = ["CANDIDATE_RPCS"]


def _mine(hoard: Hoard, call: Call) -> Candidate:
    """The candidate that is meant, when it is the caller's or shared. Raises :class:`~pyconfhoard.errors.NotFound`."""
    return hoard.candidates.get(of(call, "candidate"), call.author.name)


def _described(hoard: Hoard, candidate: Candidate) -> dict[str, Json]:
    ends = {} if candidate.id == SHARED else {"expires-in": int(hoard.candidates.idle)}
    why = {"comment": candidate.comment} if candidate.comment else {}
    return {"base": str(candidate.revision), **ends, **why}


_PREFERRED: Final[Mapping[str, Prefer | None]] = {
    "revert-on-conflict": None,
    "prefer-candidate": "candidate",
    "prefer-running": "running",
}


async def _create(hoard: Hoard, call: Call) -> Output:
    candidate = hoard.candidates.create(call.author.name)
    return {"candidate": candidate.id, **_described(hoard, candidate)}


async def _show(hoard: Hoard, call: Call) -> Output:
    candidate, access = _mine(hoard, call), hoard.access(call.author)
    schema, base, root = hoard.schema, candidate.base, candidate.root
    difference = await offload(lambda: seen_by(access, between(schema, base, root)))
    return {**_described(hoard, candidate), **told_difference(difference)}


async def _validate(hoard: Hoard, call: Call) -> Output:
    id, known = _mine(hoard, call).id, of(call, "persist-id") or ""
    await hoard.candidates.check(id, call.author, session=call.session, confirms=known)
    return None


async def _commit(hoard: Hoard, call: Call) -> Output:
    candidate, timeout = _mine(hoard, call), of(call, "confirm-timeout")
    known = of(call, "persist-id") or ""
    terms = Terms(float(timeout), of(call, "persist") or "", known) if timeout is not None else None
    commit = await hoard.candidates.commit(
        candidate.id,
        author=call.author,
        comment=of(call, "comment") or "",
        source=call.source,
        label=of(call, "label") or "",
        session=call.session,
        terms=terms,
        confirms=known,
    )
    pending = hoard.confirmed.pending if terms is not None else None
    return {**committed(commit), **({"persist-id": pending.id} if pending is not None else {})}


async def _update(hoard: Hoard, call: Call) -> Output:
    candidate = _mine(hoard, call)
    prefer = _PREFERRED[of(call, "resolution-mode")]
    updated = await hoard.candidates.update(candidate.id, prefer, author=call.author, session=call.session)
    return _described(hoard, updated)


async def _discard(hoard: Hoard, call: Call) -> Output:
    await hoard.candidates.discard(_mine(hoard, call).id, author=call.author, session=call.session)
    return None


CANDIDATE_RPCS: Final[Mapping[str, Handler]] = {
    "pyconfhoard-candidates:create-candidate": _create,
    "pyconfhoard-candidates:show-candidate": _show,
    "pyconfhoard-candidates:validate-candidate": _validate,
    "pyconfhoard-candidates:commit-candidate": _commit,
    "pyconfhoard-candidates:update-candidate": _update,
    "pyconfhoard-candidates:discard-candidate": _discard,
}
