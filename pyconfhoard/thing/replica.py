"""What a Thing knows of the datastore: its own configuration, and what it follows. No I/O.

One immutable tree holds the configuration of the owned subtree and of the followed paths, a second
one the operational data of the followed paths; both lie at their true places below the root, so that
one path means the same here and in the hoard. Applying an edit gives a new tree and leaves the old
one to whoever reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pyconfhoard.errors import LinkError
from pyconfhoard.schema.nodes import Container, Inner, List, Schema
from pyconfhoard.thing.config_view import Changes, ConfigView, absolute
from pyconfhoard.tree import (
    Branch,
    Change,
    Edit,
    Path,
    apply,
    decode,
    diff,
    edits_from_json,
    get,
    node_at,
    parse_path,
    to_json,
)

__all__ = ["Replica"]


class Replica:
    """The data of one Thing under one schema.

    ``path`` and ``follows`` as the Thing declares them; raises NotFound or BadInput when the model
    has no such node.
    """

    def __init__(self, schema: Schema, module: str, path: str, follows: Iterable[str] = ()) -> None:
        self.schema = schema
        self.base: Path = parse_path(schema, absolute(module, path))
        self.follows: tuple[Path, ...] = tuple(
            parse_path(schema, absolute(module, followed)) for followed in follows
        )
        self.revision = 0
        self.root = Branch(schema.root, {})
        self.operational = Branch(schema.root, {})

    @property
    def config(self) -> ConfigView:
        """The owned subtree as it stands now."""
        return ConfigView(self.schema, self.root, self.base)

    # -- news ----------------------------------------------------------------------------------

    def load(self, config: Mapping[str, Any], revision: int) -> Changes:
        """Take the whole configuration of the owned subtree; gives what is different from before."""
        return self._moved(self._graft(self.root, self.base, config, "config"), revision)

    def preview(self, edits: Iterable[Any], revision: int) -> Changes:
        """What ``edits`` (the journal's form) would change; nothing changes yet."""
        return self._changes(self._edited(edits, revision), revision)

    def commit(self, edits: Iterable[Any], revision: int) -> Changes:
        """Take committed ``edits``; gives what they changed below the owned path."""
        return self._moved(self._edited(edits, revision), revision)

    def follow(
        self,
        path: str,
        *,
        config: Mapping[str, Any] | None = None,
        operational: Mapping[str, Any] | None = None,
        edits: Iterable[Any] | None = None,
        revision: int = 0,
    ) -> None:
        """Take news of a followed path: whole configuration or edits of it, and its whole state."""
        target = parse_path(self.schema, path)
        if config is not None:
            self.root = self._graft(self.root, target, config, "config")
        if edits is not None:
            self.root = self._edited(edits, revision)
        if operational is not None:
            self.operational = self._graft(self.operational, target, operational, "nonconfig")

    # -- the local copy ------------------------------------------------------------------------

    def dump(self) -> dict[str, Any]:
        """The configuration as it is kept on disk; :meth:`restore` takes it."""
        return {
            "revision": self.revision,
            "config": self._members(self.base),
            "followed": {str(path): self._members(path) for path in self.follows},
        }

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Start from what :meth:`dump` gave; paths that are no longer followed are left out."""
        self.load(kept.get("config", {}), int(kept.get("revision", 0)))
        wanted = {str(path) for path in self.follows}
        for path, config in kept.get("followed", {}).items():
            if path in wanted:
                self.follow(path, config=config)

    # -- inside --------------------------------------------------------------------------------

    def _members(self, path: Path) -> dict[str, Any]:
        """RFC 7951 members at ``path``, qualified; a leaf stands as the one member of its own."""
        value = get(self.root, path)
        if value is None:
            return {}
        node = node_at(self.schema, path)
        if not isinstance(node, Inner):
            return {node.qname: to_json(node, value)}
        members: dict[str, Any] = to_json(node, value)
        names = {child.member: child.qname for child in node.children.values()}
        return {names.get(name, name): member for name, member in members.items()}

    def _graft(self, root: Branch, path: Path, members: Mapping[str, Any], content: Any) -> Branch:
        """``root`` with what stands at ``path`` replaced."""
        node = node_at(self.schema, path)
        if isinstance(node, Inner):
            value: Any = decode(node, dict(members), path, content=content)
            there = bool(value.members)
        else:
            inside = members.get(node.qname, members.get(node.name))
            there = inside is not None
            value = decode(node, inside, path, content=content) if there else None
        if not path.steps:
            return Branch(self.schema.root, value.members)
        edits = (Edit("replace", path, value),) if there else (Edit("remove", path),)
        return apply(root, edits, self.revision)

    def _edited(self, edits: Iterable[Any], revision: int) -> Branch:
        return apply(self.root, edits_from_json(self.schema, list(edits)), revision)

    def _moved(self, root: Branch, revision: int) -> Changes:
        changes = self._changes(root, revision)
        self.root = root
        self.revision = revision
        return changes

    def _changes(self, root: Branch, revision: int) -> Changes:
        return Changes(
            self.schema,
            self.base,
            tuple(self._below(root)),
            before=self.config,
            config=ConfigView(self.schema, root, self.base),
            revision=revision,
        )

    def _below(self, root: Branch) -> Iterator[Change]:
        """What is different in the owned subtree, node by node even when it came or went as a whole."""
        node = node_at(self.schema, self.base)
        old, new = get(self.root, self.base), get(root, self.base)
        if old is new or not isinstance(node, Inner):
            return
        if old is None or new is None:
            presence = isinstance(node, List) or (isinstance(node, Container) and bool(node.presence))
            if presence:
                yield Change(self.base, "created" if old is None else "deleted", old, new)
        empty = Branch(node, {})
        yield from diff(old or empty, new or empty, self.base)

    def check(self) -> None:
        """A Thing owns a container or list entry. Raises :class:`LinkError`."""
        node = node_at(self.schema, self.base)
        if not isinstance(node, Inner):
            raise LinkError(
                f"{self.base} is a {type(node).__name__.lower()}: a Thing owns a container or entry"
            )
