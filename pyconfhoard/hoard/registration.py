"""How a Thing becomes the owner of a subtree: its model is compiled, its first data found, its token made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from pyconfhoard.errors import BadInput, Conflict, NotFound
from pyconfhoard.hoard.bridge import offload
from pyconfhoard.hoard.commit import Origin, take, try_out
from pyconfhoard.hoard.first_data import UNFIT, first_plan, initialised, is_initialised
from pyconfhoard.hoard.opening import adopt
from pyconfhoard.hoard.owners import Owner, overlap, owners_of, subtree, thing_owner
from pyconfhoard.hoard.state import Registered, State
from pyconfhoard.hoard.upgrade import Waiting, prospect
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.store.documents import write_document
from pyconfhoard.store.files import Files
from pyconfhoard.store.journal import OwnerRow
from pyconfhoard.tree import Branch, Edit

if TYPE_CHECKING:
    from pyconfhoard.hoard.hoard import Hoard

__all__ = ["register"]


async def register(hoard: Hoard, name: str, module: str, path: str, title: str) -> Registered:
    """See :meth:`pyconfhoard.hoard.hoard.Hoard.register`."""
    async with hoard.turn:
        await hoard.recovery.recover()
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

        fresh = [one for one in after.owners.values() if not is_initialised({**hoard.rows, name: row}, one)]
        plans = {one.name: plan for one in fresh if (plan := first_plan(after, hoard.files, one))}
        edits = _valid_together(hoard.files, after, plans)
        if edits or schema is not before.schema:
            hoard.admit(Origin("file"))
            hoard.locks.permit(hoard.locks.others(""), (edit.path for edit in edits))
        if not (same and schema is before.schema and hoard.files.path("startup", name).exists()):
            await _write_startup(hoard, after, owner)
        token, digest = await offload(lambda: hoard.tokens.issue(name))
        row = replace(row, token_sha256=digest)
        if schema is not before.schema:
            await hoard.writer.do(lambda: adopt(hoard.journal, schema, root, before.revision))
        await hoard.writer.do(lambda: hoard.journal.put_owners((row,)))
        hoard.enter(after, (row,))
        if edits:
            await take(hoard, edits, Origin("file", ", ".join(plans), "first data"))
        done = [initialised(hoard, one) for one in fresh]
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
        except UNFIT as error:
            name, (kind, _) = next(iter(plans.items()))
            raise files.explain(kind, name, error) from error
    return edits


async def _write_startup(hoard: Hoard, after: State, owner: Owner) -> None:
    if hoard.files.path("startup", owner.name).exists() and not hoard.files.ours("startup", owner.name):
        return
    hoard.locks.admit("", "startup")
    nothing = subtree(after.schema, after.owners, owner, Branch(after.schema.root, {}))
    document = write_document(nothing, content="config", with_defaults="report-all")
    await offload(lambda: hoard.files.write_startup(owner.name, document))


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
