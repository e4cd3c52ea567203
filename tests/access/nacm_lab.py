"""Rules on the models ``acme`` and ``acme-more``, and questions about them, by texts."""

from functools import cache
from pathlib import Path as File
from typing import Any

from pyconfhoard import schema as schemas
from pyconfhoard.access import Principal
from pyconfhoard.access.nacm import Access, Nacm
from pyconfhoard.schema.nodes import Schema
from pyconfhoard.tree import Branch, Edit, Path, apply, decode, diff, get, node_at, parse_path, to_json

YANG = File(__file__).parent / "yang"


@cache
def model() -> Schema:
    return schemas.load(["acme", "acme-more", "ietf-netconf-acm"], folders=[YANG])


def rule(name: str, action: str = "permit", **leaves: Any) -> dict[str, Any]:
    """A rule; underscores in the names of leaves are hyphens."""
    return {"name": name, "action": action} | {k.replace("_", "-"): v for k, v in leaves.items()}


def rule_list(name: str, groups: list[str], *rules: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "group": groups, "rule": list(rules)}


def nacm(*lists: dict[str, Any], groups: dict[str, list[str]] | None = None, **leaves: Any) -> dict[str, Any]:
    """``/nacm`` as JSON. Without ``groups``: ann is in ``staff``."""
    listed = [{"name": name, "user-name": users} for name, users in (groups or {"staff": ["ann"]}).items()]
    body = {k.replace("_", "-"): v for k, v in leaves.items()}
    return {"ietf-netconf-acm:nacm": body | {"groups": {"group": listed}, "rule-list": list(lists)}}


def root_of(*documents: dict[str, Any]) -> Branch:
    whole = {name: value for document in documents for name, value in document.items()}
    root: Branch = decode(model().root, whole, Path.ROOT)
    return root


def access_of(rules: dict[str, Any], user: str = "ann", **more: Any) -> Access:
    principal = more.pop("principal", None) or Principal(user, "user", **more)
    return Nacm().access(principal, model(), root_of(rules))


def path(text: str) -> Path:
    return parse_path(model(), text)


def shown(access: Access, text: str, data: dict[str, Any]) -> Any:
    """RFC 7951 JSON of what stands at a path, as the one who asks may see it."""
    place = path(text)
    node = node_at(model(), place)
    seen = access.readable(node, get(root_of(data), place), place)
    return None if seen is None else to_json(node, seen)


def edit(operation: Any, text: str, raw: Any = None) -> Edit:
    place = path(text)
    node = node_at(model(), place)
    if raw is None:
        return Edit(operation, place)
    if place.steps and place.last.key is not None and isinstance(raw, dict):
        return Edit(operation, place, decode(node, [raw], place).get(place.last.key))
    return Edit(operation, place, decode(node, raw, place))


def write(access: Access, before: dict[str, Any], *edits: Edit) -> None:
    """Have edits of ``before`` checked. Raises what the check raises."""
    old = root_of(before)
    access.check_edits(tuple(diff(old, apply(old, edits, 1))), edits)
