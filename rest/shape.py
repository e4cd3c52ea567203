"""What of the data that stands at a target is told, whatever the encoding.

``depth``, ``fields`` and ``with-defaults`` are those of RFC 8040 section 4.8, ``with-origin`` that of RFC 8527 section 3.2.2.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from pyconfhoard.schema.nodes import AnyData, Leaf, LeafList, Root
from pyconfhoard.schema.types.base import Json
from pyconfhoard.tree import Branch, Entries, view
from pyconfhoard.tree.branch import same
from pyconfhoard.tree.defaults import default_of
from pyconfhoard.tree.json_encode import WithDefaults

from .fields import resolve, select
from .query import Query
from .source import Found, Source
from .target import Target

__all__ = ["check_fields", "shaped"]

_TAGGED: Final = {"ietf-netconf-with-defaults:default": True}
_ORIGIN: Final = "ietf-origin:origin"
_DEFAULT: Final = {_ORIGIN: "ietf-origin:default"}
_INTENDED: Final = {_ORIGIN: "ietf-origin:intended"}


def check_fields(target: Target, query: Query) -> None:
    """Raise :class:`~pyconfhoard.errors.BadInput` for ``fields`` that the target does not have."""
    if query.fields is not None:
        resolve(target.node, query.fields)


def shaped(target: Target, found: Found, query: Query, source: Source) -> Found | None:
    """``found`` without what was not asked for; None where nothing of a leaf is left."""
    if not isinstance(found.value, Branch | Entries):
        return _leaf(target, found, query)
    mode: WithDefaults = query.with_defaults
    if query.with_origin and mode in {"report-all", "explicit"}:
        mode = "report-all-tagged"
    fields = resolve(target.node, query.fields) if query.fields is not None else None
    depth = query.depth if fields is None else None
    conditions = source.conditions(target.path) if query.adds_defaults or query.with_origin else None
    value = view(found.value, depth=depth, with_defaults=mode, conditions=conditions)
    if fields is not None:
        value = select(value, fields, query.depth)
    if query.with_origin:
        value = _with_origin(value, top=isinstance(target.node, Root))
    return replace(found, value=value)


def _leaf(target: Target, found: Found, query: Query) -> Found | None:
    """A leaf, a leaf-list or anydata."""
    node = target.node
    if not node.config or isinstance(node, AnyData):
        return found
    is_default = found.default or same(default_of(node), found.value)
    if query.with_defaults == "trim" and is_default and not (isinstance(node, Leaf) and node.is_key):
        return None
    note: Json = None
    if query.with_origin:
        note = _DEFAULT if found.default else _INTENDED
    elif query.with_defaults == "report-all-tagged" and found.default:
        note = _TAGGED
    if note is None or target.one_of_many:
        return found
    return replace(found, notes=[note for _ in found.value] if isinstance(node, LeafList) else note)


def _with_origin(value: Any, *, top: bool) -> Any:
    """With the origin of what stands at the top of the answer, and below it where it differs: of defaults."""
    if isinstance(value, Entries):
        branches = [_with_origin(branch, top=False) for branch in value.values()]
        return Entries.build(value.schema, branches, value.revision)
    branch = _defaults_named(value)
    if not top:
        return _marked(branch) if branch.schema.config else branch
    members = dict(branch.members)
    meta = dict(branch.meta)
    for name, member in members.items():
        child = branch.schema.children[name]
        if not child.config:
            continue
        if isinstance(member, Branch):
            members[name] = _marked(member)
        elif isinstance(member, Entries):
            entries = [_marked(entry) for entry in member.values()]
            members[name] = Entries.build(member.schema, entries, member.revision)
        elif name not in meta:
            meta[name] = [_INTENDED for _ in member] if isinstance(child, LeafList) else _INTENDED
    return Branch(branch.schema, members, branch.revision, meta or None)


def _marked(branch: Branch) -> Branch:
    meta = {**branch.meta, "": {**_INTENDED, **(branch.meta.get("") or {})}}
    return Branch(branch.schema, branch.members, branch.revision, meta)


def _defaults_named(branch: Branch) -> Branch:
    """Defaults that are tagged as such, told as values whose origin that is."""
    members: dict[str, Any] = {}
    for name, member in branch.members.items():
        if isinstance(member, Branch):
            members[name] = _defaults_named(member)
        elif isinstance(member, Entries):
            entries = [_defaults_named(entry) for entry in member.values()]
            members[name] = Entries.build(member.schema, entries, member.revision)
        else:
            members[name] = member
    return Branch(branch.schema, members, branch.revision, _renamed(branch) or None)


def _renamed(branch: Branch) -> dict[str, Json]:
    def named(note: Json) -> Json:
        return _DEFAULT if note == _TAGGED else note

    return {
        name: [named(note) for note in notes] if isinstance(notes, list) else named(notes)
        for name, notes in branch.meta.items()
    }
