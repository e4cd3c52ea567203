"""What revisions from before an upgrade say: told as text, in the words of the model of their time.

The journal keeps each model that its records were written in. So what a revision changed, or some together
that one model has the words for, can be read as long as the records are there. It is no state of the present
model, even where it would be valid (64 degrees of one kind are not 64 of another): there are no edits to go on with, and
no rule of access speaks of it, so that only who may read everything is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pyconfhoard.hoard.difference import between
from pyconfhoard.hoard.sparse import sparse
from pyconfhoard.hoard.upgrade import upgraded_to
from pyconfhoard.schema import restore
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.schema.types.base import Json
from pyconfhoard.store.journal import Journal, Record
from pyconfhoard.tree import Path, dumps, parse

__all__ = ["OldWords", "old_change", "old_pair"]


@dataclass(frozen=True, slots=True)
class OldWords:
    """A difference as a :class:`~pyconfhoard.hoard.difference.Difference`, of which there is the text only. Empty is
    false."""

    lines: str

    def __bool__(self) -> bool:
        return bool(self.lines)

    def text(self) -> str:
        """Lines, each with its end."""
        return self.lines

    def json(self) -> list[Json]:
        """None: programs cannot go on with them."""
        return []


def old_change(journal: Journal, record: Record, path: Path = Path.ROOT) -> OldWords:
    """What a record of an older model, or an upgrade's own, changed at ``path`` and below. Where its model cannot be read
    any more, its edits are told as they stand."""
    listed: Any = parse(record.edits.encode())
    schema = None if upgraded_to(record) else _model(journal, record.revision, record.revision)
    pair = None if schema is None else sparse(schema, [record], [record], 1)
    if schema is None or pair is None:
        return OldWords("".join(f"{line}\n" for line in _raw(listed, path)))
    return OldWords(between(schema, *pair, path).text())


def old_pair(journal: Journal, old: int, new: int, path: Path) -> OldWords | None:
    """What differs between two revisions that one older model has the words for, or before and after an upgrade; None where
    it cannot be told from the records between them alone."""
    low, high = sorted((old, new))
    if low < journal.first - 1:
        return None
    own = journal.record(new) if new == old + 1 else None
    if own is not None and upgraded_to(own):
        return old_change(journal, own, path)
    schema = _model(journal, low + 1, high)
    if schema is None:
        return None
    records: Sequence[Record] = tuple(journal.records(low, high))
    pair = sparse(schema, records, reversed(records), high - low)
    if pair is None:
        return None
    before, after = pair if old < new else pair[::-1]
    return OldWords(between(schema, before, after, path).text())


def _model(journal: Journal, first: int, last: int) -> Schema | None:
    """The model that the records from ``first`` to ``last`` are in the words of; None where there is no such one."""
    models = journal.models()
    known = [model for model in models if model.first <= first]
    if not known or any(first < model.first <= last for model in models):
        return None
    try:
        return restore(known[-1].dump)
    except ValueError:  # written by a version that is too far from this one
        return None


def _raw(edits: Iterable[Any], path: Path) -> Iterator[str]:
    whole = str(path).rstrip("/")
    for edit in edits:
        if "path" not in edit or not f"{edit['path']}/".startswith((f"{whole}/", f"{whole}[")):
            continue
        if "was" in edit:
            yield f"- {edit['path']} {_word(edit['was'])}"
        elif edit["op"] in ("remove", "delete"):
            yield f"- {edit['path']}"
        if "value" in edit:
            yield f"+ {edit['path']} {_word(edit['value'])}"
        elif edit["op"] == "move":
            yield f"+ {edit['path']} at another place"


def _word(value: Json) -> str:
    return value if isinstance(value, str) and value.isprintable() and value else dumps(value)
