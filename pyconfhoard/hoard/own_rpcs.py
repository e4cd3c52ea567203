"""The rpcs that the hoard answers itself, by name: those of ``pyconfhoard-history``, which are here, and those of
candidates, locks, tokens and upkeep.

Each is a few lines over :mod:`pyconfhoard.hoard.history` and :mod:`pyconfhoard.hoard.confirmed`. Reading happens in a thread:
the past is on the disk. Of data that the caller may not read nothing is told, neither what it is nor what it was.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Final

from pyconfhoard.errors import AccessDenied, Conflict, Invalid
from pyconfhoard.hoard.bridge import offload
from pyconfhoard.hoard.calls import Call, Handler
from pyconfhoard.hoard.candidate import Candidate
from pyconfhoard.hoard.candidate_rpcs import CANDIDATE_RPCS
from pyconfhoard.hoard.commit import Commit
from pyconfhoard.hoard.difference import Difference, seen_by
from pyconfhoard.hoard.lock_rpcs import LOCK_RPCS
from pyconfhoard.hoard.older import OldWords
from pyconfhoard.hoard.own_tokens import TOKEN_RPCS
from pyconfhoard.hoard.rpc_parts import Output, committed, of, told_difference
from pyconfhoard.hoard.upkeep_rpcs import UPKEEP_RPCS
from pyconfhoard.schema.types.base import Json
from pyconfhoard.schema.types.string import legal_text
from pyconfhoard.store.journal import Line, write_time
from pyconfhoard.tree import Path, dumps, parse_path

if TYPE_CHECKING:
    from pyconfhoard.hoard.hoard import Hoard

__all__ = ["OWN_RPCS"]


async def _list_revisions(hoard: Hoard, call: Call) -> Output:
    limit, before, author = of(call, "limit"), of(call, "before"), of(call, "author")
    lines = await offload(
        lambda: hoard.history.revisions(
            limit=limit, before=before, author=author, labelled=of(call, "labelled")
        )
    )
    return {"revision": [_line(line) for line in lines]}


async def _show_revision(hoard: Hoard, call: Call) -> Output:
    detail = await offload(lambda: hoard.history.get(of(call, "revision")))
    difference = _seen(hoard, call, detail.difference)
    return {**_line(detail.line), **told_difference(difference)}


async def _compare(hoard: Hoard, call: Call) -> Output:
    path = _path(hoard, call)
    difference = await offload(lambda: hoard.history.diff(of(call, "from"), of(call, "to"), path))
    return told_difference(_seen(hoard, call, difference))


async def _blame(hoard: Hoard, call: Call) -> Output:
    path, access = _path(hoard, call), hoard.access(call.author)
    access.demand_read(path)
    found = await offload(lambda: hoard.history.blame(path))
    values = []
    for one in found:
        if not access.may_read(one.path):
            continue
        text = one.value if isinstance(one.value, str) else dumps(one.value)
        who = {} if one.by is None else {"revision": str(one.by.revision), **_who(one.by)}
        values.append({"path": str(one.path), "value": text, **who})
    return {"value": values}


async def _rollback(hoard: Hoard, call: Call) -> Output:
    return await _go_back(hoard, call, hoard.history.rollback, hoard.history.load_rollback)


async def _undo(hoard: Hoard, call: Call) -> Output:
    return await _go_back(hoard, call, hoard.history.undo, hoard.history.load_undo)


async def _go_back(
    hoard: Hoard,
    call: Call,
    commit: Callable[..., Awaitable[Commit]],
    load: Callable[..., Awaitable[Candidate]],
) -> Output:
    """By a commit, or in a candidate where one is named."""
    said = {"author": call.author, "comment": of(call, "comment") or "", "session": call.session}
    if (candidate := of(call, "candidate")) is not None:
        mine = hoard.candidates.get(candidate, call.author.name)
        await load(of(call, "revision"), mine.id, **said)
        return None
    return committed(await commit(of(call, "revision"), source=call.source, **said))


async def _set_label(hoard: Hoard, call: Call) -> Output:
    await hoard.history.label(of(call, "label"), of(call, "revision"))
    return None


async def _remove_label(hoard: Hoard, call: Call) -> Output:
    await hoard.history.unlabel(of(call, "label"))
    return None


async def _confirm_commit(hoard: Hoard, call: Call) -> Output:
    await hoard.confirmed.confirm(
        of(call, "persist-id"), author=call.author, source=call.source, session=call.session
    )
    return None


async def _cancel_commit(hoard: Hoard, call: Call) -> Output:
    return committed(await hoard.confirmed.cancel(of(call, "persist-id"), author=call.author.name))


def _discreet(handler: Handler) -> Handler:
    """With errors that tell no more of what was than the caller may read: he has named a revision, not what is in it."""

    async def answer(hoard: Hoard, call: Call) -> Output:
        try:
            return await handler(hoard, call)
        except (AccessDenied, Conflict, Invalid) as error:
            raise hoard.access(call.author).concealed(error) from None

    return answer


_HISTORY: Final[Mapping[str, Handler]] = {
    f"pyconfhoard-history:{name}": handler
    for name, handler in (
        ("list-revisions", _list_revisions),
        ("show-revision", _show_revision),
        ("compare", _compare),
        ("blame", _blame),
        ("rollback", _discreet(_rollback)),
        ("undo", _discreet(_undo)),
        ("set-label", _set_label),
        ("remove-label", _remove_label),
        ("confirm-commit", _confirm_commit),
        ("cancel-commit", _cancel_commit),
    )
}

OWN_RPCS: Final[Mapping[str, Handler]] = {
    **_HISTORY,
    **CANDIDATE_RPCS,
    **LOCK_RPCS,
    **TOKEN_RPCS,
    **UPKEEP_RPCS,
}


def _seen(hoard: Hoard, call: Call, difference: Difference | OldWords) -> Difference | OldWords:
    """What may be told of it. Rules speak of the present model: who may not read everything is told nothing of another."""
    access = hoard.access(call.author)
    if isinstance(difference, OldWords):
        return difference if access.unrestricted else OldWords("")
    return seen_by(access, difference)


def _path(hoard: Hoard, call: Call) -> Path:
    return parse_path(hoard.schema, of(call, "path"))


def _who(line: Line) -> dict[str, Json]:
    told = {"author": line.author, "source": line.source, "comment": legal_text(line.comment)}
    return {"time": write_time(line.time), **{name: text for name, text in told.items() if text}}


def _line(line: Line) -> dict[str, Json]:
    return {
        "revision": str(line.revision),
        **_who(line),
        **({"label": list(line.labels)} if line.labels else {}),
        "size": str(line.size),
    }
