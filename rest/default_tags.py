"""Values that a client sends back with the tag of a default, as ``with-defaults=report-all-tagged`` told them.

Such a node is as if it were not there: it was not set, and has its default (RFC 6243 section 4.5.3). A tagged value that is
not the model's default is refused.
"""

from __future__ import annotations

from typing import Any, Final

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.schema.types.base import Json
from pyconfhoard.tree import Branch, Entries, Path
from pyconfhoard.tree.branch import same
from pyconfhoard.tree.defaults import default_of

__all__ = ["TAG", "untagged"]

TAG: Final = "ietf-netconf-with-defaults:default"


def untagged(value: Any, path: Path) -> Any:
    """``value``, decoded at ``path``, without what is tagged as a default. Raises :class:`BadInput` with all tags that lie."""
    faults: list[Fault] = []
    left = _without(value, path, faults)
    if faults:
        raise BadInput(faults)
    return left


def _without(value: Any, path: Path, faults: list[Fault]) -> Any:
    if isinstance(value, Entries):
        keyed = bool(value.schema.keys)
        entries = [
            _without(entry, path.entry(entry.key if keyed else (number,)), faults)
            for number, entry in enumerate(value.values())
        ]
        return Entries.build(value.schema, entries, value.revision)
    if not isinstance(value, Branch):
        return value
    members: dict[str, Any] = {}
    meta = dict(value.meta)
    for name, member in value.members.items():
        child = value.schema.children[name]
        place = path.child(child)
        notes = meta.get(name)
        if not _tagged(notes):
            members[name] = _without(member, place, faults)
            continue
        del meta[name]
        if not same(default_of(child), member):
            message = f"{child.name} is tagged as a default, and this is not its default"
            faults.append(Fault("invalid-value", message, str(place), place=child.place))
    return Branch(value.schema, members, value.revision, meta or None)


def _tagged(notes: Json) -> bool:
    """Whether a leaf, or every value of a leaf-list, is tagged."""
    listed = notes if isinstance(notes, list) else [notes]
    return bool(listed) and all(isinstance(note, dict) and note.get(TAG) is True for note in listed)
