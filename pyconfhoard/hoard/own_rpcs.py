"""The rpcs that the hoard answers itself: those of ``pyconfhoard-history``, by name.

Each is a few lines over :mod:`pyconfhoard.hoard.history` and :mod:`pyconfhoard.hoard.confirmed`. Reading happens in a thread:
the past is on the disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from pyconfhoard.hoard.bridge import offload
from pyconfhoard.hoard.calls import Call, Handler
from pyconfhoard.hoard.commit import Commit
from pyconfhoard.hoard.difference import Difference
from pyconfhoard.hoard.merge import spread
from pyconfhoard.schema.types.base import Json
from pyconfhoard.store.journal import Line, write_time
from pyconfhoard.tree import Path, dumps, parse_path, value_in_use

if TYPE_CHECKING:
    from pyconfhoard.hoard.hoard import Hoard

__all__ = ["OWN_RPCS"]

_SOURCE: Final = "rpc"

_Output = Mapping[str, Json] | None


def _of(call: Call, name: str) -> Any:
    """A parameter's value in use; None where there is none."""
    return value_in_use(call.input, name)


async def _list_revisions(hoard: Hoard, call: Call) -> _Output:
    limit, before, author = _of(call, "limit"), _of(call, "before"), _of(call, "author")
    lines = await offload(
        lambda: hoard.history.revisions(
            limit=limit, before=before, author=author, labelled=_of(call, "labelled")
        )
    )
    return {"revision": [_line(line) for line in lines]}


async def _show_revision(hoard: Hoard, call: Call) -> _Output:
    detail = await offload(lambda: hoard.history.get(_of(call, "revision")))
    return {**_line(detail.line), **_difference(detail.difference)}


async def _compare(hoard: Hoard, call: Call) -> _Output:
    path = _path(hoard, call)
    difference = await offload(lambda: hoard.history.diff(_of(call, "from"), _of(call, "to"), path))
    return _difference(difference)


async def _blame(hoard: Hoard, call: Call) -> _Output:
    path = _path(hoard, call)
    found = await offload(lambda: hoard.history.blame(path))
    values = []
    for one in found:
        text = one.value if isinstance(one.value, str) else dumps(one.value)
        who = {} if one.by is None else {"revision": str(one.by.revision), **_who(one.by)}
        values.append({"path": str(one.path), "value": text, **who})
    return {"value": values}


async def _rollback(hoard: Hoard, call: Call) -> _Output:
    commit = await hoard.history.rollback(
        _of(call, "revision"), author=call.author, comment=_of(call, "comment") or "", source=_SOURCE
    )
    return _committed(commit)


async def _undo(hoard: Hoard, call: Call) -> _Output:
    commit = await hoard.history.undo(
        _of(call, "revision"), author=call.author, comment=_of(call, "comment") or "", source=_SOURCE
    )
    return _committed(commit)


async def _set_label(hoard: Hoard, call: Call) -> _Output:
    await hoard.history.label(_of(call, "label"), _of(call, "revision"))
    return None


async def _remove_label(hoard: Hoard, call: Call) -> _Output:
    await hoard.history.unlabel(_of(call, "label"))
    return None


async def _confirm_commit(hoard: Hoard, call: Call) -> _Output:
    await hoard.confirmed.confirm(_of(call, "persist-id"), author=call.author, source=_SOURCE)
    return None


async def _cancel_commit(hoard: Hoard, call: Call) -> _Output:
    return _committed(await hoard.confirmed.cancel(_of(call, "persist-id"), author=call.author.name))


OWN_RPCS: Final[Mapping[str, Handler]] = {
    f"pyconfhoard-history:{name}": handler
    for name, handler in (
        ("list-revisions", _list_revisions),
        ("show-revision", _show_revision),
        ("compare", _compare),
        ("blame", _blame),
        ("rollback", _rollback),
        ("undo", _undo),
        ("set-label", _set_label),
        ("remove-label", _remove_label),
        ("confirm-commit", _confirm_commit),
        ("cancel-commit", _cancel_commit),
    )
}


def _path(hoard: Hoard, call: Call) -> Path:
    return parse_path(hoard.schema, _of(call, "path"))


def _who(line: Line) -> dict[str, Json]:
    told = {"author": line.author, "source": line.source, "comment": line.comment}
    return {"time": write_time(line.time), **{name: text for name, text in told.items() if text}}


def _line(line: Line) -> dict[str, Json]:
    return {
        "revision": str(line.revision),
        **_who(line),
        **({"label": list(line.labels)} if line.labels else {}),
        "size": str(line.size),
    }


def _difference(difference: Difference) -> dict[str, Json]:
    return {"text": difference.text(), "edit": difference.json()}


def _committed(commit: Commit) -> dict[str, Json]:
    return {
        "revision": str(commit.revision),
        "changed": [str(change.path) for change in spread(commit.changes)],
    }
