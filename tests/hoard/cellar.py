"""Short ways to say things about a hoard on the model ``yang/cellar.yang``."""

from pathlib import Path
from typing import Any

from pyconfhoard.hoard import Commit, Hoard
from pyconfhoard.tree import Edit, decode, get, node_at, parse_path, to_json

YANG = Path(__file__).parent / "yang"

ROOM = "/cellar:house/room"
PUMP = "/cellar:house/pump"


def edit(hoard: Hoard, operation: Any, path: str, raw: Any = None) -> Edit:
    """An edit by texts: ``raw`` is RFC 7951 JSON."""
    place = parse_path(hoard.schema, path)
    if raw is None:
        return Edit(operation, place)
    node = node_at(hoard.schema, place)
    if place.steps and place.last.key is not None and isinstance(raw, dict):
        return Edit(operation, place, decode(node, [raw], place).get(place.last.key))
    return Edit(operation, place, decode(node, raw, place))


def commit(hoard: Hoard, path: str, raw: Any = None, author: str = "me", **more: Any) -> Commit:
    """Merge ``raw`` at ``path``; without ``raw`` remove what is there."""
    operation = "remove" if raw is None else "merge"
    return hoard.commit_now([edit(hoard, operation, path, raw)], author=author, **more)


def value(hoard: Hoard, path: str, root: Any = None) -> Any:
    """RFC 7951 JSON of what stands at ``path``; None where nothing does."""
    place = parse_path(hoard.schema, path)
    found = get(hoard.running if root is None else root, place)
    return None if found is None else to_json(node_at(hoard.schema, place), found)
