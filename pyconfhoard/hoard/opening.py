"""What happens before a hoard serves, and when a Thing is registered.

* **State.** The journal is loaded under the model that it was written in. When the model has changed
  since, the stored data is read anew under the present one. Where it does not fit that as it is, or rules
  would change it, the old model keeps serving, and each path and reason is told (:mod:`upgrade`).
* **First data.** An owner that the journal has never initialised takes its ``persist`` file, else its
  ``startup`` file (in which a value that equals its default is not made explicit), else what comes with the
  project (access rules: :mod:`pyconfhoard.access.first`), else the model's defaults. A persist file that is damaged
  or invalid is kept aside; a startup file like that stops the start, for a person wrote it just now.
* **Edits by hand.** A persist file that is not as we wrote it is a change against the revision that it was
  written from: merged like a private candidate, validated, committed with the author ``file``. Refused, it
  is kept aside with the reason, and the last good state serves.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as File
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from pyconfhoard import schema as schemas
from pyconfhoard.access.first import FIRST, first_root
from pyconfhoard.errors import (
    BadInput,
    Conflict,
    Fault,
    HoardError,
    Invalid,
    NotFound,
    NotSupported,
    StoreError,
)
from pyconfhoard.hoard.bridge import offload, run_sync
from pyconfhoard.hoard.candidates import blame
from pyconfhoard.hoard.commit import Origin, make, take, try_out
from pyconfhoard.hoard.merge import merge, spread
from pyconfhoard.hoard.owners import Owner, overlap, owner_of, owners_of, subtree, thing_owner
from pyconfhoard.hoard.state import Registered, State
from pyconfhoard.hoard.upgrade import Waiting, held, prospect, stored_schema
from pyconfhoard.migration import changes_of_models
from pyconfhoard.schema.nodes import Container, Schema
from pyconfhoard.store.documents import read_document, write_document
from pyconfhoard.store.files import Files
from pyconfhoard.store.journal import Journal, Model, OwnerRow
from pyconfhoard.store.snapshots import freeze_into, load
from pyconfhoard.tree import (
    Branch,
    Edit,
    Entries,
    diff,
    get,
    revision_at,
    value_in_use,
)
from pyconfhoard.tree.defaults import default_of

if TYPE_CHECKING:
    from pyconfhoard.hoard.hoard import Hoard

__all__ = ["Present", "adopt", "first_data", "hand_edits", "register", "state", "without_defaults"]

_LOG: Final = logging.getLogger("pyconfhoard.hoard")

_LOGGED: Final = 20
"""Faults of a model that waits, at most, in the log."""

FileKind: TypeAlias = Literal["startup", "persist"]

_UNFIT = (BadInput, Invalid, Conflict, NotFound)


# -- state -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Present:
    """What a start finds: ``root`` at ``revision``, in the words of ``schema``. ``waiting``: a model in the YANG files that
    the data does not fit as it is, so that an older one serves."""

    schema: Schema
    root: Branch
    revision: int
    waiting: Waiting | None = None


def state(
    journal: Journal, schema: Schema, *, folder: File, yang: Sequence[File], rows: Iterable[OwnerRow]
) -> Present:
    """The configuration at the head of ``journal``: in the words of ``schema`` where it fits them as it is, else in those
    that it was written in."""
    stored = stored_schema(journal, schema)
    if stored is None:
        root, revision = Branch(schema.root, {}), 0
        adopt(journal, schema, root, revision)
        return Present(schema, root, revision)
    old = stored.schema
    root, revision = load(journal, old)
    if old.fingerprint == schema.fingerprint:
        if stored.assumed:
            adopt(journal, old, root, revision)
        return Present(old, root, revision)
    kept_back = held(folder) == schema.fingerprint
    found = prospect(old, schema, root, revision, rows=rows, yang=yang, cache=folder / "run", brief=True)
    if kept_back or not found.fits or found.after is None:
        waiting = Waiting(found, kept_back)
        _LOG.error("%s", waiting.error(_LOGGED))
        return Present(old, root, revision, waiting)
    for change in changes_of_models(old, schema):
        _LOG.warning("a default has changed with the model, where nobody has set a value: %s", change)
    adopt(journal, schema, found.after, revision)
    return Present(schema, found.after, revision)


def adopt(journal: Journal, schema: Schema, root: Branch, revision: int) -> None:
    """From now on the journal speaks in the words of ``schema``, in which its state is ``root``."""
    model = Model(revision + 1, schema.fingerprint, schemas.dump(schema))
    journal.add_model(model, freeze_into(journal, root, revision, schema.fingerprint))


def _served(hoard: Hoard, schema: Schema, row: OwnerRow, rows: Iterable[OwnerRow]) -> tuple[Schema, Branch]:
    """With a Thing registered: the schema that is to serve, where ``schema`` is what the YANG files say, and running under it.

    Raises :class:`Conflict` where the data does not fit it as it is.
    """
    before = hoard.state
    if schema.fingerprint == before.schema.fingerprint:
        return before.schema, before.running
    known = before.schema.modules.get(row.module)
    waits = hoard.waiting is not None and hoard.waiting.fingerprint == schema.fingerprint
    if waits and known is not None and known.implemented:
        return before.schema, before.running
    found = prospect(
        before.schema,
        schema,
        before.running,
        before.revision,
        rows=rows,
        yang=hoard.yang,
        cache=hoard.folder / "run",
        brief=True,
    )
    if not found.fits or found.after is None:
        raise Waiting(found).error()
    return schema, found.after


# -- first data ------------------------------------------------------------------------------------


def first_data(hoard: Hoard) -> None:
    """Give owners that were never initialised their first data; together, for it may refer to each other."""
    fresh = [owner for owner in hoard.owners.values() if not _is_initialised(hoard.rows, owner)]
    plans = {owner.name: plan for owner in fresh if (plan := _plan(hoard.state, hoard.files, owner))}
    if plans:
        try:
            _commit(
                hoard, [edit for plan in plans.values() for edit in plan[1]], "first data", ", ".join(plans)
            )
        except _UNFIT:
            for owner in fresh:
                if owner.name in plans:
                    _alone(hoard, owner, plans[owner.name])
    hoard.put_rows(_initialised(hoard, owner) for owner in fresh)


def _plan(state: State, files: Files, owner: Owner) -> tuple[str, tuple[Edit, ...]] | None:
    """Where an owner's first data comes from, and the edits that make it; None: there is some, or no file."""
    part = subtree(state.schema, state.owners, owner, state.running)
    there = part.members if owner.kind == "module" else get(state.running, owner.path) is not None
    try:
        found = _read(state, files, owner, "persist")
    except BadInput as error:
        _keep_aside(files, owner, error)
        found = None
    if there:
        if found is not None and found != part:
            message = "there was configuration already; stop the hoard, then edit the file that it wrote"
            _keep_aside(files, owner, Conflict(Fault("data-exists", message, str(owner.path))))
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
        _commit(hoard, edits, f"{kind}/{owner.name}.json", "first data")
    except _UNFIT as error:
        if kind == "startup":
            raise hoard.files.explain("startup", owner.name, error) from error
        if kind == "first":
            raise
        _keep_aside(hoard.files, owner, error)
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


# -- edits by hand ---------------------------------------------------------------------------------


def hand_edits(hoard: Hoard) -> None:
    """Look at every persist file: take over what a person changed, and note which files are to be written."""
    model = hoard.journal.models()[-1]
    behind: list[str] = []
    oldest = hoard.journal.first - 1
    for owner in hoard.owners.values():
        found = hoard.files.find(owner.name)
        written: Branch | int = hoard.running
        if found.state == "edited":
            # Retention lets go of nothing that a file lags behind: what is older than all that is kept, was the same.
            of = max(found.mark.revision, oldest) if found.mark is not None else hoard.revision
            _take_over(hoard, owner, of)
            written = hoard.running
        elif found.mark is not None and found.state == "ours":
            current = revision_at(hoard.running, owner.path) <= found.mark.revision
            if not current and found.mark.revision + 1 >= model.first:
                written = max(found.mark.revision, oldest)
            if current:
                hoard.upkeep.note(owner.name, written)
                continue
        hoard.upkeep.note(owner.name, written)
        behind.append(owner.name)
    hoard.upkeep.changed(behind)


def _take_over(hoard: Hoard, owner: Owner, revision: int) -> None:
    schema = hoard.schema
    try:
        base = hoard.root_at(revision)
    except (StoreError, NotSupported) as error:
        _keep_aside(hoard.files, owner, error)
        return
    try:
        before = hoard.part(owner.name, base)
        after = read_document(before.schema, owner.path, hoard.files.read("persist", owner.name) or b"")
        mine = tuple(spread(diff(before, after, owner.path)))
        for change in mine:
            whose = owner_of(hoard.owners, change.path)
            if whose is None or whose.name != owner.name:
                name = whose.name if whose is not None else "nobody"
                message = f"that belongs to {name}, and so into persist/{name}.json"
                raise BadInput(Fault("invalid-value", message, str(change.path)))
        theirs = tuple(diff(base, hoard.running))
        edits = merge(schema, mine, theirs, lambda path: blame(hoard, path, revision))
        _commit(hoard, edits, f"persist/{owner.name}.json", "edited by hand")
    except _UNFIT as error:
        _keep_aside(hoard.files, owner, error)


def _keep_aside(files: Files, owner: Owner, error: HoardError) -> None:
    aside = files.keep_aside(owner.name, error)
    _LOG.warning("persist/%s.json is refused and kept as %s: %s", owner.name, aside.name, error)


def _commit(hoard: Hoard, edits: Iterable[Edit], source: str, comment: str) -> None:
    run_sync(make(hoard, tuple(edits), Origin("file", source, comment)))


# -- registration ----------------------------------------------------------------------------------


async def register(hoard: Hoard, name: str, module: str, path: str, title: str) -> Registered:
    """See :meth:`pyconfhoard.hoard.hoard.Hoard.register`."""
    async with hoard.turn:
        await hoard.recover()
        row = OwnerRow(name=name, kind="thing", module=module, path=path, title=title)
        rows = {**hoard.rows, name: row}
        before = hoard.state
        compiled = await offload(lambda: hoard.compile(rows.values()))
        others = [one for one in hoard.rows.values() if one.name != name]
        schema, root = await offload(lambda: _served(hoard, compiled, row, others))
        try:
            owner = thing_owner(schema, name, module, path, title)
        except (BadInput, NotFound) as error:
            if hoard.waiting is None:
                raise
            raise Conflict((*error.faults, *hoard.waiting.error(0).faults)) from error
        overlap(owner, owners_of(schema, others).values())
        known = hoard.rows.get(name)
        same = known is not None and (known.module, known.path) == (module, str(owner.path))
        row = replace(row, path=str(owner.path), initialised=same and known is not None and known.initialised)
        after = hoard.state_of(schema, owners_of(schema, [*others, row]), root)

        fresh = [one for one in after.owners.values() if not _is_initialised({**hoard.rows, name: row}, one)]
        plans = {one.name: plan for one in fresh if (plan := _plan(after, hoard.files, one))}
        edits = _valid_together(hoard.files, after, plans)
        if edits or schema is not before.schema:
            hoard.admit(Origin("file"))
            hoard.locks.permit("", (edit.path for edit in edits))
        await _write_startup(hoard, after, owner)
        token, digest = await offload(lambda: hoard.tokens.issue(name))
        row = replace(row, token_sha256=digest)
        if schema is not before.schema:
            await hoard.writer.do(lambda: adopt(hoard.journal, schema, root, before.revision))
        await hoard.writer.do(lambda: hoard.journal.put_owners((row,)))
        hoard.enter(after, (row,))
        if edits:
            await take(hoard, edits, Origin("file", ", ".join(plans), "first data"))
        done = [_initialised(hoard, one) for one in fresh]
        if done:
            await hoard.writer.do(lambda: hoard.journal.put_owners(done))
            hoard.enter(hoard.state, done)
        return Registered(owner, token)


def _valid_together(
    files: Files, after: State, plans: Mapping[str, tuple[str, tuple[Edit, ...]]]
) -> tuple[Edit, ...]:
    """The edits of all plans. Raises :class:`StoreError` when what they make is not valid."""
    edits = tuple(edit for _, part in plans.values() for edit in part)
    if edits:
        try:
            try_out(after.validator, edits, after.running, after.revision + 1)
        except _UNFIT as error:
            name, (kind, _) = next(iter(plans.items()))
            raise files.explain(kind, name, error) from error
    return edits


async def _write_startup(hoard: Hoard, after: State, owner: Owner) -> None:
    if hoard.files.path("startup", owner.name).exists() and not hoard.files.ours("startup", owner.name):
        return
    nothing = subtree(after.schema, after.owners, owner, Branch(after.schema.root, {}))
    document = write_document(nothing, content="config", with_defaults="report-all")
    await offload(lambda: hoard.files.write_startup(owner.name, document))


def _is_initialised(rows: Mapping[str, OwnerRow], owner: Owner) -> bool:
    return owner.name in rows and rows[owner.name].initialised


def _initialised(hoard: Hoard, owner: Owner) -> OwnerRow:
    known: Mapping[str, OwnerRow] = hoard.rows
    if owner.name in known:
        return replace(known[owner.name], initialised=True)
    return OwnerRow(
        name=owner.name, kind=owner.kind, module=owner.module, path=str(owner.path), initialised=True
    )
