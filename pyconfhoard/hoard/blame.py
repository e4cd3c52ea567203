"""Blame: who last set each value, when, and in which revision.

The journal knows by path which revision set what stands there (:meth:`pyconfhoard.store.journal.Journal.blame`), and
a value was set by the latest of its own path and those above: a container that came whole set all that is in it.
So one walk over what is to be shown is enough.

Values only: a container or list entry has no line of its own, except a presence container that is empty
(keys stand for their entry). What nobody set, a default, has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyconfhoard.errors import Fault, NotFound
from pyconfhoard.schema.nodes import Container, DataNode, LeafList
from pyconfhoard.schema.types.base import Json
from pyconfhoard.store.journal import Line
from pyconfhoard.tree import Branch, Entries, Path, get, node_at, to_json

if TYPE_CHECKING:
    from pyconfhoard.hoard.hoard import Hoard

__all__ = ["Blame", "blame_below"]


@dataclass(frozen=True, slots=True)
class Blame:
    """``value`` (RFC 7951 JSON) at ``path`` was last set by ``by``; None: by a revision that is not known any more
    (the journal was repaired). A leaf-list has a line for each of its values."""

    path: Path
    value: Json
    by: Line | None


def blame_below(hoard: Hoard, path: Path) -> tuple[Blame, ...]:
    """See :meth:`pyconfhoard.hoard.history.History.blame`."""
    text = str(path)
    while True:
        state = hoard.state
        rows = hoard.journal.blame(text, state.revision)
        if rows is not None:
            break  # else blame was brought up to a later commit meanwhile
    found = get(state.running, path)
    if found is None:
        raise NotFound(Fault("invalid-value", "nothing was set here", text))
    above = max((rows.get(str(Path(path.steps[:size])), 0) for size in range(len(path))), default=0)
    if path.steps and path.last.key is not None:
        above = max(above, rows.get(str(Path((*path.steps[:-1], type(path.last)(path.last.name)))), 0))
    listed = list(_walk(node_at(state.schema, path), found, path, above, rows))
    lines = hoard.journal.lines_of(revision for _, _, revision in listed)
    return tuple(Blame(place, value, lines.get(revision)) for place, value, revision in listed)


def _walk(
    node: DataNode, value: Any, path: Path, above: int, rows: Mapping[str, int]
) -> Iterator[tuple[Path, Json, int]]:
    here = max(above, rows.get(str(path), 0))
    if isinstance(value, Branch):
        for name, member in value.members.items():
            child = value.schema.children[name]
            yield from _walk(child, member, path.child(child), here, rows)
        if not value.members and isinstance(node, Container):
            yield path, {}, here
    elif isinstance(value, Entries):
        for number, branch in enumerate(value.values()):
            key = branch.key if value.schema.keys else (number,)
            yield from _walk(node, branch, path.entry(key), here, rows)
    elif isinstance(node, LeafList) and path.last.key is None:
        for item in value:
            place = path.entry((item,))
            yield place, node.type.to_json(item), max(here, rows.get(str(place), 0))
    elif isinstance(node, LeafList):
        yield path, node.type.to_json(value), here
    else:
        yield path, to_json(node, value), here
