"""Two roots that differ as two states do, made from the records between them alone.

Records are applied, forwards and back, to a tree that holds nothing but the entries on the way to what they speak of.
That costs the records, whatever else the states hold and however long ago they are. Where the order of a user's list cannot be
told from them alone, it does not work.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyconfhoard.errors import BadInput, Conflict, NotFound
from pyconfhoard.schema.nodes import Container, List, Schema
from pyconfhoard.store.journal import Record
from pyconfhoard.tree import Branch, Edit, Path, apply, edits_from_text, get, node_at

__all__ = ["sparse", "ways"]


def sparse(
    schema: Schema, forwards: Iterable[Record], backwards: Iterable[Record], count: int
) -> tuple[Branch, Branch] | None:
    """Roots with what ``count`` records speak of as it was before them and after; None where that cannot be told."""
    try:
        root, there = Branch(schema.root, {}), 0
        for record in forwards:
            root = _upon(schema, root, edits_from_text(schema, record.edits))
            there += 1
        after = root
        for record in backwards:
            root = _upon(schema, root, edits_from_text(schema, record.undo))
    except (BadInput, Conflict, NotFound, ValueError):
        return None
    return (root, after) if there == count else None


def _upon(schema: Schema, root: Branch, edits: tuple[Edit, ...]) -> Branch:
    """Edits applied where the entries and presence containers on the way to them need not be there yet."""
    for edit in edits:
        root = apply(root, (*ways(schema, root, edit.path), edit), 0)
    return root


def ways(schema: Schema, root: Branch, path: Path) -> Iterator[Edit]:
    """Edits that make the list entries and presence containers on the way to ``path``, where they are not there."""
    for size in range(1, len(path)):
        place = Path(path.steps[:size])
        node = node_at(schema, place)
        key = place.last.key
        if isinstance(node, List) and key is not None and get(root, place) is None:
            yield Edit("merge", place, Branch(node, dict(zip(node.keys, key, strict=True))))
        elif isinstance(node, Container) and node.presence and get(root, place) is None:
            yield Edit("merge", place, Branch(node, {}))
