"""Owners: each part of the data belongs to exactly one.

A **Thing** owns the container or list entry that it registered, with all below. What no Thing owns
belongs to the hoard, one owner a **module**, named like it: the module's top-level nodes without the
Things' subtrees in them. A module of nothing but state has nothing to be kept, and is no owner. No subtree
has two owners: Things' paths neither equal nor hold each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from pyconfhoard.errors import BadInput, Conflict, Fault, NotFound
from pyconfhoard.schema.nodes import Container, Inner, List, Schema
from pyconfhoard.store.files import valid_name
from pyconfhoard.store.journal import OwnerRow
from pyconfhoard.tree import Branch, Change, Path, get, node_at, parse_path

__all__ = ["Owner", "absolute", "affected", "overlap", "owner_of", "owners_of", "subtree", "thing_owner"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """``path``: what a Thing owns; the root for a module, whose part is what :func:`subtree` gives."""

    name: str
    kind: Literal["thing", "module"]
    module: str
    path: Path
    title: str = ""


def absolute(module: str, path: str) -> str:
    """``/brewhouse/temperature`` of module ``brewerslab`` -> ``/brewerslab:brewhouse/temperature``."""
    steps = path.strip("/")
    first = steps.split("/", 1)[0].split("[", 1)[0]
    return f"/{steps}" if not steps or ":" in first else f"/{module}:{steps}"


def thing_owner(schema: Schema, name: str, module: str, path: str, title: str = "") -> Owner:
    """A Thing as an owner. Raises :class:`BadInput` or :class:`NotFound` for what cannot be one."""
    valid_name(name)
    if name in schema.modules or name == "admin":
        kind = "the administrator" if name == "admin" else "a module"
        raise BadInput(
            Fault("invalid-value", f"{name} is the name of {kind}: choose another one", value=name)
        )
    if module not in schema.modules:
        raise NotFound(Fault("invalid-value", f"the module {module} is not served", value=module))
    place = parse_path(schema, absolute(module, path))
    node = node_at(schema, place)
    entry = isinstance(node, List) and bool(place.steps) and place.last.key is not None
    if not (isinstance(node, Container) or entry) or not node.config:
        raise BadInput(
            Fault(
                "invalid-value",
                f"{name} cannot own {place}: a Thing owns a container, or one entry of a list, of configuration",
                str(place),
                place=node.place,
            )
        )
    return Owner(name=name, kind="thing", module=module, path=place, title=title)


def overlap(owner: Owner, others: Iterable[Owner]) -> None:
    """Raise :class:`Conflict` when another Thing owns part of what ``owner`` wants."""
    for other in others:
        if other.name == owner.name or other.kind != "thing":
            continue
        if owner.path.within(other.path) or other.path.within(owner.path):
            message = f"{owner.name} cannot own {owner.path}: {other.name} owns {other.path}; no subtree has two owners"
            raise Conflict(Fault("data-exists", message, str(owner.path)))


def owners_of(schema: Schema, rows: Iterable[OwnerRow]) -> Mapping[str, Owner]:
    """Every owner by name: the registered Things, then each module that has configuration."""
    things: dict[str, Owner] = {}
    for row in rows:
        if row.kind == "thing":
            owner = thing_owner(schema, row.name, row.module, row.path, row.title)
            overlap(owner, things.values())
            things[row.name] = owner
    modules = sorted({child.module for child in schema.root.children.values() if child.config})
    return {
        **things,
        **{name: Owner(name=name, kind="module", module=name, path=Path.ROOT) for name in modules},
    }


def owner_of(owners: Mapping[str, Owner], path: Path) -> Owner | None:
    """Whose ``path`` is; None for the root."""
    for owner in owners.values():
        if owner.kind == "thing" and path.within(owner.path):
            return owner
    if not path.steps:
        return None
    return owners.get(path.steps[0].name.partition(":")[0])


def affected(owners: Mapping[str, Owner], changes: Iterable[Change]) -> set[str]:
    """Names of the owners that changes touch: theirs, and Things below something that came or went whole."""
    things = [owner.path for owner in owners.values() if owner.kind == "thing"]
    found: set[str] = set()
    alone: set[str] = set()  # top-level nodes with no Thing in them, whose owner was found
    for change in changes:
        top = change.path.steps[0].name if change.path.steps else ""
        if top in alone:
            continue
        if top and not any(path.steps and path.steps[0].name == top for path in things):
            alone.add(top)
        first = owner_of(owners, change.path)
        if first is not None:
            found.add(first.name)
        found.update(
            owner.name
            for owner in owners.values()
            if owner.kind == "thing" and owner.path.within(change.path)
        )
    return found


def subtree(schema: Schema, owners: Mapping[str, Owner], owner: Owner, root: Branch) -> Branch:
    """What of ``root`` is ``owner``'s: the branch at its path (empty where nothing stands), or for a module a
    root with its members only."""
    if owner.kind == "thing":
        found = get(root, owner.path)
        if isinstance(found, Branch):
            return found
        node = node_at(schema, owner.path)
        assert isinstance(node, Inner), "checked when it was registered"  # noqa: S101 - for the type checker
        keys = owner.path.last.key or () if isinstance(node, List) else ()
        return Branch(node, dict(zip(getattr(node, "keys", ()), keys, strict=False)), root.revision)
    mine = {
        name: value
        for name, value in root.members.items()
        if root.schema.children[name].module == owner.module
    }
    pruned = Branch(root.schema, mine, root.revision)
    for other in owners.values():
        if other.kind == "thing" and other.path.steps[0].name in pruned.members:
            pruned = _without(pruned, other.path)
    return pruned


def _without(root: Branch, path: Path) -> Branch:
    """``root`` without what stands at ``path``, and without containers that held nothing else."""
    step, rest = path.steps[0], Path(path.steps[1:])
    below = root.members.get(step.name)
    if below is None:
        return root
    if step.key is None and not rest.steps:
        return root.without(step.name, root.revision)
    if step.key is None:
        left = _without(below, rest)
        if left is below:
            return root
        child = root.schema.children[step.name]
        if not left.members and not left.meta and not getattr(child, "presence", ""):
            return root.without(step.name, root.revision)
        return root.with_member(step.name, left, root.revision)
    entry = below.get(step.key)
    if entry is None:
        return root
    entries = (
        below.set(_without(entry, rest), root.revision)
        if rest.steps
        else below.remove(step.key, root.revision)
    )
    if not len(entries):
        return root.without(step.name, root.revision)
    return root.with_member(step.name, entries, root.revision)
