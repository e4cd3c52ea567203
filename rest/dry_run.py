"""``?dry-run``: a request is decoded, checked and validated against what is there now, and nothing happens.

Only the Things' votes are left out: a Thing that was asked could not tell that nothing will come of it. The answer is the
structure ``dry-run`` of ``pyconfhoard-history``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pyconfhoard.access import Principal
from pyconfhoard.hoard import Author, Hoard
from pyconfhoard.hoard.commit import Edits, try_out
from pyconfhoard.hoard.difference import Difference, between, seen_by
from pyconfhoard.hoard.owners import affected
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.schema.types.base import Json
from pyconfhoard.tree import decode, dumps, encode_xml
from pyconfhoard.validation import place_of

from .negotiation import Encoding

__all__ = ["Trial", "rehearsed", "trial_form"]

_NAME: Final = "pyconfhoard-history:dry-run"


@dataclass(frozen=True, slots=True)
class Trial:
    """What would change, and the linked or unlinked Things whose it is, by name."""

    difference: Difference
    things: tuple[str, ...]


async def rehearsed(hoard: Hoard, edits: Edits, author: Author) -> Trial:
    """What a commit of ``edits`` to running by ``author`` would do now. Raises as that does, votes left out."""
    state = hoard.state

    def tried() -> Trial:
        permit = hoard.permit(author)
        root = try_out(state.validator, edits, state.running, state.revision + 1, permit)
        difference = between(state.schema, state.running, root)
        owners = affected(state.owners, difference.changes)
        things = sorted(name for name in owners if state.owners[name].kind == "thing")
        access = hoard.access(author) if isinstance(author, Principal) else None
        return Trial(difference if access is None else seen_by(access, difference), tuple(things))

    return await hoard.pace.run(tried)


def trial_form(schema: Schema, trial: Trial, encoding: Encoding) -> bytes:
    """The document that tells of it."""
    told: dict[str, Json] = {
        "text": trial.difference.text(),
        "edit": trial.difference.json(),
        "thing": list(trial.things),
    }
    if encoding == "json":
        return dumps({_NAME: told}).encode()
    structure = schema.structures[_NAME]
    return encode_xml(schema, structure, decode(structure, told, place_of(structure), content="all"))
