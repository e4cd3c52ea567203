"""The first data of owners that the journal has never initialised.

An owner takes its ``persist`` file, else its ``startup`` file (in which a value that equals its default is not made
explicit), else what comes with the project (access rules: :mod:`pyconfhoard.access.first`), else the model's defaults. A persist
file that is damaged or invalid is kept aside; a startup file like that stops the start, for a person wrote it just now.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from pyconfhoard.access.first import FIRST, first_root
from pyconfhoard.errors import BadInput, Conflict, Fault, HoardError, Invalid, NotFound
from pyconfhoard.hoard.bridge import run_sync
from pyconfhoard.hoard.commit import Origin, make
from pyconfhoard.hoard.owners import Owner, subtree
from pyconfhoard.hoard.state import State
from pyconfhoard.schema.nodes import Container
from pyconfhoard.store.documents import read_document
from pyconfhoard.store.files import Files
from pyconfhoard.store.journal import OwnerRow
from pyconfhoard.tree import Branch, Edit, Entries, get, value_in_use
from pyconfhoard.tree.defaults import default_of

if TYPE_CHECKING:
    from pyconfhoard.hoard.hoard import Hoard

__all__ = [
    "UNFIT",
    "first_data",
    "first_plan",
    "initialised",
    "is_initialised",
    "keep_aside",
    "take_file",
    "without_defaults",
]

_LOG: Final = logging.getLogger("pyconfhoard.hoard")

FileKind: TypeAlias = Literal["startup", "persist"]

UNFIT: Final = (BadInput, Invalid, Conflict, NotFound)
"""What may be wrong with the data in a file."""


def first_data(hoard: Hoard) -> None:
    """Give owners that were never initialised their first data; together, for it may refer to each other."""
    fresh = [owner for owner in hoard.owners.values() if not is_initialised(hoard.rows, owner)]
    plans = {owner.name: plan for owner in fresh if (plan := first_plan(hoard.state, hoard.files, owner))}
    if plans:
        try:
            take_file(
                hoard, [edit for plan in plans.values() for edit in plan[1]], "first data", ", ".join(plans)
            )
        except UNFIT:
            for owner in fresh:
                if owner.name in plans:
                    _alone(hoard, owner, plans[owner.name])
    hoard.put_rows(initialised(hoard, owner) for owner in fresh)


def first_plan(state: State, files: Files, owner: Owner) -> tuple[str, tuple[Edit, ...]] | None:
    """Where an owner's first data comes from, and the edits that make it; None: there is some, or no file."""
    part = subtree(state.schema, state.owners, owner, state.running)
    there = part.members if owner.kind == "module" else get(state.running, owner.path) is not None
    try:
        found = _read(state, files, owner, "persist")
    except BadInput as error:
        keep_aside(files, owner, error)
        found = None
    if there:
        if found is not None and found != part:
            message = "there was configuration already; stop the hoard, then edit the file that it wrote"
            keep_aside(files, owner, Conflict(Fault("data-exists", message, str(owner.path))))
        return None
    if found is not None:
        return "persist", _edits(owner, found)
    return _startup_plan(state, files, owner)


def _startup_plan(state: State, files: Files, owner: Owner) -> tuple[str, tuple[Edit, ...]] | None:
    try:
        found = _read(state, files, owner, "startup")
    except BadInput as error:
        raise files.explain("startup", owner.name, error) from error
    if found is None and owner.name in FIRST:
        return "first", _edits(owner, first_root(state.schema, owner.name))
    return None if found is None else ("startup", _edits(owner, without_defaults(found)))


def _read(state: State, files: Files, owner: Owner, kind: FileKind) -> Branch | None:
    """What a file holds of its owner's part; None for no file, and for one that we wrote: that was made for
    another path, or says no more than the model."""
    body = files.read(kind, owner.name)
    if body is None or files.ours(kind, owner.name):
        return None
    nothing = subtree(state.schema, state.owners, owner, Branch(state.schema.root, {}))
    branch = read_document(nothing.schema, owner.path, body)
    if owner.kind == "module":
        own = subtree(state.schema, state.owners, owner, branch)
        if own != branch:
            _LOG.warning(
                "%s/%s.json: what belongs to Things or other modules is passed over", kind, owner.name
            )
        branch = own
    return branch


def _edits(owner: Owner, branch: Branch) -> tuple[Edit, ...]:
    return (Edit("merge", owner.path, branch),) if branch.members else ()


def _alone(hoard: Hoard, owner: Owner, plan: tuple[str, tuple[Edit, ...]]) -> None:
    """First data of one owner: where not all went together."""
    kind, edits = plan
    try:
        take_file(hoard, edits, f"{kind}/{owner.name}.json", "first data")
    except UNFIT as error:
        if kind == "startup":
            raise hoard.files.explain("startup", owner.name, error) from error
        if kind == "first":
            raise
        keep_aside(hoard.files, owner, error)
        second = _startup_plan(hoard.state, hoard.files, owner)
        if second is not None:
            _alone(hoard, owner, second)


def without_defaults(branch: Branch) -> Branch:
    """``branch`` without values that would count just so if they were not there."""
    result = Branch(branch.schema, dict(branch.members), branch.revision, branch.meta)
    keys = getattr(branch.schema, "keys", ())
    for name, value in branch.members.items():
        child = branch.schema.children[name]
        less: Any = value
        if isinstance(value, Branch):
            less = without_defaults(value)
            if not less.members and isinstance(child, Container) and not child.presence:
                less = None
        elif isinstance(value, Entries):
            less = Entries.build(
                value.schema, (without_defaults(one) for one in value.values()), value.revision
            )
        elif name not in keys and _same(default_of(child), value):
            trial = result.without(name, branch.revision)
            less = None if _same(value_in_use(trial, name), value) else value
        if less is None:
            result = result.without(name, branch.revision)
        elif less is not value:
            result = result.with_member(name, less, branch.revision)
    return result


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def is_initialised(rows: Mapping[str, OwnerRow], owner: Owner) -> bool:
    """Whether an owner has had its first data."""
    return owner.name in rows and rows[owner.name].initialised


def initialised(hoard: Hoard, owner: Owner) -> OwnerRow:
    """The registry's row of an owner that has it."""
    known: Mapping[str, OwnerRow] = hoard.rows
    if owner.name in known:
        return replace(known[owner.name], initialised=True)
    return OwnerRow(
        name=owner.name, kind=owner.kind, module=owner.module, path=str(owner.path), initialised=True
    )


def keep_aside(files: Files, owner: Owner, error: HoardError) -> None:
    """Lay an owner's persist file aside, with what is wrong with it."""
    aside = files.keep_aside(owner.name, error)
    _LOG.warning("persist/%s.json is refused and kept as %s: %s", owner.name, aside.name, error)


def take_file(hoard: Hoard, edits: Iterable[Edit], source: str, comment: str) -> None:
    """Commit what a file says. Raises as :func:`~pyconfhoard.hoard.commit.make`."""
    run_sync(make(hoard, tuple(edits), Origin("file", source, comment)))
