"""Merging changes that were made on a base which has moved meanwhile.

*Mine* are the changes of a private candidate (or of a file that was edited by hand), *theirs* what was
committed since mine began. They conflict where

* both changed the same node, and not to the same;
* one created, replaced or deleted an ancestor of what the other changed;
* both put data into different cases of one choice;
* both changed the order of one user-ordered list, or mine put something behind an entry that theirs deleted.

Where they conflict, one may give way by request (:func:`settle`).

A non-presence container says nothing by being there, so it counts as its members. What does not
conflict is made anew on top of theirs, and the whole is validated again by the commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, TypeAlias

from pyconfhoard.errors import Conflict, Fault
from pyconfhoard.hoard.nearby import Nearby
from pyconfhoard.schema.nodes import Case, Choice, Container, DataNode, Inner, Schema
from pyconfhoard.tree import Branch, Change, Edit, Path, as_edits, diff

__all__ = ["Prefer", "merge", "settle", "spread"]

Prefer: TypeAlias = Literal["candidate", "running"]
"""Whose stays where mine (the candidate's) and theirs (running's) conflict."""


def spread(changes: Iterable[Change]) -> Iterator[Change]:
    """``changes`` with non-presence containers that came or went told as their members."""
    for change in changes:
        part = change.new if change.kind == "created" else change.old if change.kind == "deleted" else None
        if isinstance(part, Branch) and isinstance(part.schema, Container) and not part.schema.presence:
            nothing = Branch(part.schema, {})
            both = (nothing, part) if change.kind == "created" else (part, nothing)
            yield from spread(diff(*both, change.path))
        else:
            yield change


def merge(
    schema: Schema,
    mine: Iterable[Change],
    theirs: Iterable[Change],
    blame: Callable[[Path], str],
) -> tuple[Edit, ...]:
    """The edits that make ``mine`` on top of ``theirs``.

    Raises :class:`Conflict` with a fault for each node on which they meet; ``blame(path)`` tells who
    changed it and when.
    """
    own = tuple(spread(mine))
    other = tuple(spread(theirs))
    if other:
        met = dict(_conflicts(schema, own, other))
        if met:
            raise Conflict(
                [
                    Fault("in-use", f"changed meanwhile{blame(rival)}", str(path))
                    for path, rival in met.items()
                ]
            )
        done = {change.path for change in other}  # to the same, or it would be a conflict
        own = tuple(change for change in own if change.path not in done)
    return as_edits(own)


def settle(
    schema: Schema, mine: Iterable[Change], theirs: Iterable[Change], apart: Iterable[Change], prefer: Prefer
) -> tuple[Edit, ...]:
    """The edits that make ``mine`` on top of ``theirs``, where one gives way at each node on which they meet, with all below it;
    of lists whose order both changed, the whole. ``apart`` leads from what theirs made to what mine made."""
    own, other = tuple(spread(mine)), tuple(spread(theirs))
    tops = {top for pair in _conflicts(schema, own, other) for top in _tops(*pair)}
    met = Nearby((top, top) for top in tops).met
    done = {change.path for change in other}
    kept = [change for change in own if change.path not in done and not met(change.path)]
    if prefer == "candidate":
        kept += [change for change in spread(apart) if met(change.path)]
    return as_edits(kept)


def _tops(path: Path, rival: Path) -> tuple[Path, ...]:
    """What gives way or stays as one, of a conflict between the two."""
    if path.within(rival):
        return (rival,)
    if rival.within(path):
        return (path,)
    whole = _whole(path)
    return (whole,) if whole == _whole(rival) else (path, rival)


def _conflicts(
    schema: Schema, own: tuple[Change, ...], other: tuple[Change, ...]
) -> Iterator[tuple[Path, Path]]:
    """Where the two meet: the path of mine (or the one below mine), and that of theirs."""
    theirs = {change.path: change for change in other}
    mine = {change.path for change in own}
    for change in own:
        rival = theirs.get(change.path)
        if rival is not None and not _agree(change, rival):
            yield change.path, change.path
        for above in _above(change.path):
            if above in theirs:
                yield change.path, above
    for change in other:
        if any(above in mine for above in _above(change.path)):
            yield change.path, change.path
    yield from _choices(schema, own, other)
    ordered = {_whole(change.path): change.path for change in other if change.ordered}
    for change in own:
        if change.ordered and change.after is not None:
            neighbour = _whole(change.path).entry(change.after)
            if neighbour in theirs and theirs[neighbour].kind == "deleted":
                yield change.path, neighbour
        if change.ordered and _whole(change.path) in ordered and theirs.get(change.path) != change:
            yield change.path, ordered[_whole(change.path)]


def _agree(change: Change, rival: Change) -> bool:
    same_new = type(change.new) is type(rival.new) and bool(change.new == rival.new)
    return same_new and (change.ordered, change.after) == (rival.ordered, rival.after)


def _above(path: Path) -> Iterator[Path]:
    """Proper ancestors, and of a leaf-list's value or a list's entry the whole."""
    for size in range(1, len(path.steps)):
        yield Path(path.steps[:size])
    if path.steps and path.last.key is not None:
        yield _whole(path)


def _whole(path: Path) -> Path:
    step = path.last
    return path if step.key is None else Path((*path.steps[:-1], type(step)(step.name)))


def _choices(
    schema: Schema, own: tuple[Change, ...], other: tuple[Change, ...]
) -> Iterator[tuple[Path, Path]]:
    chosen: dict[tuple[Path, int], list[tuple[Case, Path]]] = {}
    for change in other:
        for place, choice, case in _cases(schema, change):
            chosen.setdefault((place, id(choice)), []).append((case, change.path))
    if not chosen:
        return
    for change in own:
        for place, choice, case in _cases(schema, change):
            for rival, path in chosen.get((place, id(choice)), ()):
                if rival is not case:
                    yield change.path, path


def _cases(schema: Schema, change: Change) -> Iterator[tuple[Path, Choice, Case]]:
    """The cases that a change puts data into, each with the path of the node that has the choice."""
    if change.kind == "deleted":
        return
    node: Any = schema.root
    for index, step in enumerate(change.path.steps):
        if not isinstance(node, Inner):
            return
        child: DataNode = node.children[step.name]
        case = child.case
        while case is not None:
            yield Path(change.path.steps[:index]), case.choice, case
            case = case.choice.case
        node = child
