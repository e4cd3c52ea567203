"""``?dry-run``: a request is decoded, checked and validated against what is there now, and nothing happens.

The Things that it concerns are asked, as by a commit, and told at once that it will not come. The answer is the structure
``dry-run`` of ``pyconfhoard-history``, with their objections. In a candidate nobody is asked and no rule is tried, as when it
is changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pyconfhoard.access import Principal
from pyconfhoard.hoard import Author, Hoard
from pyconfhoard.hoard.commit import Edits, rehearse
from pyconfhoard.hoard.difference import Difference, between, seen_by
from pyconfhoard.hoard.owners import affected
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.schema.types.base import Json
from pyconfhoard.tree import Branch, decode, dumps, encode_xml
from pyconfhoard.validation import place_of

from .media_types import Encoding

__all__ = ["Trial", "rehearsed", "trial_form", "trial_of"]

_NAME: Final = "pyconfhoard-history:dry-run"


@dataclass(frozen=True, slots=True)
class Trial:
    """What would change, the linked or unlinked Things whose it is, by name, and what those that are linked have
    against it."""

    difference: Difference
    things: tuple[str, ...]
    objections: tuple[str, ...]


async def rehearsed(hoard: Hoard, edits: Edits, author: Author, session: str, confirms: str = "") -> Trial:
    """What a commit of ``edits`` to running by ``author`` would do now; ``confirms`` is the id of the confirmed commit that
    it would confirm or extend. Raises as that does, but for refusals: those of
    Things, and what keeps the session out for a while, are objections."""
    found = await rehearse(hoard, edits, author, session, confirms=confirms)
    objections = dict.fromkeys(fault.message for fault in (*found.kept_out, *found.objections))
    return await trial_of(hoard, found.old, found.root, author, tuple(objections))


async def trial_of(
    hoard: Hoard, old: Branch, new: Branch, author: Author, objections: tuple[str, ...] = ()
) -> Trial:
    """What ``author`` is told of the way from one root to the other."""
    state = hoard.state

    def told() -> Trial:
        difference = between(state.schema, old, new)
        owners = affected(state.owners, difference.changes)
        things = sorted(name for name in owners if state.owners[name].kind == "thing")
        access = hoard.access(author) if isinstance(author, Principal) else None
        return Trial(difference if access is None else seen_by(access, difference), tuple(things), objections)

    return await hoard.pace.run(told)


def trial_form(schema: Schema, trial: Trial, encoding: Encoding) -> bytes:
    """The document that tells of it."""
    told: dict[str, Json] = {
        "text": trial.difference.text(),
        "edit": trial.difference.json(),
        "thing": list(trial.things),
        **({"objection": list(trial.objections)} if trial.objections else {}),
    }
    if encoding == "json":
        return dumps({_NAME: told}).encode()
    structure = schema.structures[_NAME]
    return encode_xml(schema, structure, decode(structure, told, place_of(structure), content="all"))
