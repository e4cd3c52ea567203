"""Operational data: what the Things last told of the world, in one tree of state.

It holds state (``config false``) with the containers and keys on the way, in memory only. Every value
carries RFC 7952 annotations: ``pyconfhoard:quality`` (:data:`QUALITIES`) and ``pyconfhoard:time``, when it was read. When a
Thing's link is lost its last values stay, with their time, marked ``stale``; so do they over a restart of the hoard, as far
as the file of the last readings goes.

Publishing merges containers and entries of keyed lists; a leaf, a whole leaf-list and a whole keyless
list take the place of what was there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Any, Final

from pyconfhoard.errors import BadInput, Fault
from pyconfhoard.hoard.owners import Owner
from pyconfhoard.schema.nodes import DataNode, Inner, LeafList, List, Schema
from pyconfhoard.schema.types.base import Json
from pyconfhoard.store.documents import read_document
from pyconfhoard.store.journal import write_time
from pyconfhoard.tree import Branch, Edit, Entries, Path, apply, decode, get, node_at, parse_path, to_json

__all__ = ["QUALITIES", "QUALITY", "TIME", "Operational", "Published"]

QUALITY: Final = "pyconfhoard:quality"
TIME: Final = "pyconfhoard:time"
QUALITIES: Final = ("good", "stale", "missing", "faulty", "simulated")


@dataclass(frozen=True, slots=True)
class Published:
    """News: ``branch`` is what was published at ``path`` (the owner's), annotated; ``removed`` is gone.
    ``old`` and ``root`` are the whole tree before and after."""

    owner: str
    path: Path
    branch: Branch
    removed: tuple[Path, ...]
    old: Branch
    root: Branch


class Operational:
    """The tree. ``revision`` counts publications; it has nothing to do with configuration's."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self.root = Branch(schema.root, {})
        self.revision = 0

    def publish(
        self, owner: Owner, data: Json, remove: Iterable[str] = (), *, time: datetime, quality: str = "good"
    ) -> Published:
        """Take over ``data``, RFC 7951 members of the owner's subtree, and drop what stands at ``remove``.

        Values without annotations get ``quality`` and ``time``. Raises :class:`BadInput` or :class:`NotFound` for
        what is not state of that subtree; then nothing is taken over.
        """
        branch = self._decoded(owner, data)
        paths = tuple(self._removable(owner, text) for text in remove)
        notes = {QUALITY: quality, TIME: write_time(time)}
        _check_quality(quality, str(owner.path))
        branch = _annotated(branch, notes, owner.path)
        old = self.root
        self.revision += 1
        root = apply(old, [Edit("remove", path) for path in paths], self.revision)
        if branch.members:
            root = _overlaid(root, _wrapped(self._schema, owner.path, branch), self.revision)
        self.root = root
        return Published(owner.name, owner.path, branch, paths, old, root)

    def stale(self, owner: Owner) -> Published | None:
        """Mark all that the owner told as stale, its time left as it is; None when there is nothing."""
        part = get(self.root, owner.path)
        if not isinstance(part, Branch):
            return None
        old = self.root
        self.revision += 1
        marked = _marked(part, self.revision)
        self.root = _overlaid(old, _wrapped(self._schema, owner.path, marked), self.revision)
        return Published(owner.name, owner.path, marked, (), old, self.root)

    def recall(self, owner: Owner, body: bytes) -> None:
        """Take over what the file of an owner's last readings holds, all of it stale. The file is never synced: raises
        :class:`BadInput` or :class:`NotFound` for what cannot be read, and then nothing is taken over."""
        branch = read_document(
            _inner(node_at(self._schema, owner.path)), owner.path, body, content="nonconfig"
        )
        if branch.members:
            wrapped = _wrapped(self._schema, owner.path, _marked(branch, self.revision))
            self.root = _overlaid(self.root, wrapped, self.revision)

    def carry(self, schema: Schema) -> None:
        """Go on with another schema; what it does not know is dropped."""
        kept: dict[str, Any] = {}
        for name, value in self.root.members.items():
            node = schema.root.children.get(name)
            if node is None:
                continue
            raw = to_json(self._schema.root.children[name], value)
            try:
                kept[name] = decode(
                    node, raw, Path.ROOT.child(node), content="nonconfig", revision=self.revision
                )
            except BadInput:
                continue
        self._schema = schema
        self.root = Branch(schema.root, kept, self.revision)

    def _decoded(self, owner: Owner, data: Json) -> Branch:
        node = node_at(self._schema, owner.path)
        if not isinstance(data, dict):
            raise BadInput(Fault("malformed-message", "operational data is an object", str(owner.path)))
        if isinstance(node, List):
            keys = {name: to_json(node.children[name], value) for name, value in _keys(node, owner.path)}
            decoded = decode(node, [{**keys, **data}], owner.path, content="nonconfig").get(
                owner.path.last.key
            )
        else:
            decoded = decode(node, data, owner.path, content="nonconfig")
        return decoded if isinstance(decoded, Branch) else Branch(_inner(node), {})

    def _removable(self, owner: Owner, text: str) -> Path:
        path = parse_path(self._schema, text)
        node = node_at(self._schema, path)
        if not path.within(owner.path) or (node.config and not isinstance(node, Inner)):
            raise BadInput(Fault("invalid-value", f"that is no state of {owner.name}", text))
        return path


def _inner(node: Any) -> Inner:
    if not isinstance(node, Inner):
        raise TypeError("an owner has a container or a list entry")
    return node


def _keys(node: List, path: Path) -> list[tuple[str, Any]]:
    return list(zip(node.keys, path.last.key or (), strict=True))


def _wrapped(schema: Schema, path: Path, branch: Branch) -> Branch:
    """A root that holds ``branch`` at ``path`` and the keys on the way, nothing else."""
    whole: Any = branch
    for size in range(len(path.steps), 0, -1):
        step = path.steps[size - 1]
        above = Path(path.steps[: size - 1])
        parent = _inner(node_at(schema, above))
        if step.key is not None:
            node = parent.children[step.name]
            if isinstance(node, List):
                keyed = {**dict(zip(node.keys, step.key, strict=True)), **whole.members}
                whole = Entries.build(node, [Branch(node, keyed, 0, whole.meta)])
        members: dict[str, Any] = {step.name: whole}
        whole = Branch(parent, members)
    root: Branch = whole
    return root


def _overlaid(old: Branch, new: Branch, revision: int) -> Branch:
    members = dict(old.members)
    for name, value in new.members.items():
        before = members.get(name)
        if isinstance(value, Branch) and isinstance(before, Branch):
            members[name] = _overlaid(before, value, revision)
        elif isinstance(value, Entries) and isinstance(before, Entries) and value.schema.keys:
            laid = [
                branch if (entry := before.get(key)) is None else _overlaid(entry, branch, revision)
                for key, branch in value.items()
            ]
            members[name] = before.update(laid, revision)
        else:
            members[name] = value
    meta = {**old.meta, **new.meta}
    return Branch(old.schema, members, revision, meta)


def _annotated(branch: Branch, notes: dict[str, str], path: Path) -> Branch:
    """``branch`` with annotations on every value that is state, its own where it brings some."""
    members: dict[str, Any] = {}
    meta: dict[str, Json] = dict(branch.meta)
    for name, value in branch.members.items():
        child = branch.schema.children[name]
        here = path.child(child)
        if isinstance(value, Branch):
            members[name] = _annotated(value, notes, here)
        elif isinstance(value, Entries):
            entries = [_annotated(entry, notes, here.entry(key)) for key, entry in value.items()]
            members[name] = Entries.build(value.schema, entries)
        else:
            members[name] = value
            if not child.config:
                for given in _each(child, value, meta.get(name)):
                    _check_quality(given.get(QUALITY, "good"), str(here))
                meta[name] = _noted(child, value, meta.get(name), lambda given: {**notes, **given})
    return Branch(branch.schema, members, branch.revision, meta)


def _each(node: DataNode, value: Any, notes: Json) -> list[dict[str, Any]]:
    """The annotations of a leaf; of a leaf-list those of each of its values (RFC 7952 section 5.2.3)."""
    if not isinstance(node, LeafList):
        return [notes if isinstance(notes, dict) else {}]
    given = notes if isinstance(notes, list) else []
    return [one if isinstance(one, dict) else {} for one, _ in zip_longest(given[: len(value)], value)]


def _noted(
    node: DataNode, value: Any, notes: Json, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> Json:
    """The same, each changed, in their form."""
    changed = [change(one) for one in _each(node, value, notes)]
    return changed if isinstance(node, LeafList) else changed[0]


def _check_quality(quality: object, path: str) -> None:
    if quality not in QUALITIES:
        message = f"a quality is one of {', '.join(QUALITIES)}"
        raise BadInput(Fault("invalid-value", message, path, value=str(quality), legal=QUALITIES))


def _marked(branch: Branch, revision: int) -> Branch:
    members: dict[str, Any] = {}
    meta: dict[str, Json] = dict(branch.meta)
    for name, value in branch.members.items():
        if isinstance(value, Branch):
            members[name] = _marked(value, revision)
        elif isinstance(value, Entries):
            entries = (_marked(entry, revision) for entry in value.values())
            members[name] = Entries.build(value.schema, entries, revision)
        else:
            members[name] = value
            child = branch.schema.children[name]
            if not child.config:
                meta[name] = _noted(child, value, meta.get(name), lambda given: {**given, QUALITY: "stale"})
    return Branch(branch.schema, members, revision, meta)
