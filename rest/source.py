"""Where a GET takes its data from: a tree of configuration, a tree of state, or one laid over the other.

``config`` and ``state`` are two trees, so that the ``content`` parameter (RFC 8040 section 4.8.1) is a choice of tree
and costs nothing. Where both are wanted and state can stand below the target, the state is laid over the
configuration; the cost is that of the state that is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyconfhoard.schema.nodes import Container, Inner, Leaf, LeafList
from pyconfhoard.schema.types.base import Json
from pyconfhoard.tree import Branch, Entries, Path, get, revision_at, value_in_use
from pyconfhoard.validation.conditional import InUse, in_use_at, value_at
from pyconfhoard.validation.shapes import Shape

from .query import Query
from .target import Target

__all__ = ["Found", "Source", "implied", "overlaid"]


@dataclass(frozen=True, slots=True)
class Found:
    """``value`` as ``tree`` holds it; ``revision``: that of its branch, or the closest above it; ``state``: some of it is
    state; ``notes``: a leaf's annotations; ``default``: nobody has set it."""

    value: Any
    revision: int = 0
    state: bool = False
    notes: Json = None
    default: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """Both trees begin at ``base``. ``tagged``: revisions in ``config`` are those of the journal, or the
    stamps of a candidate, so that answers have an entity tag."""

    config: Branch | None
    state: Branch | None
    base: Path = Path.ROOT
    tagged: bool = False
    shape: Shape | None = None
    """Of ``config``, which begins at the root: by it defaults that have a condition are told. Without, they are left out."""

    def find(self, target: Target, query: Query) -> Found | None:
        """What stands at ``target``, as far as ``query`` wants it; None where nothing does."""
        if isinstance(target.node, Leaf) and target.node.config and not self.base.steps:
            return self._leaf(target, query)
        path = target.path
        if self.base.steps:
            path = Path(path.steps[len(self.base.steps) :])
        if not target.node.config:
            return self._state(target, path) if query.content != "config" else None
        config, default = None, False
        if self.config is not None and query.content != "nonconfig":
            config = get(self.config, path)
            if config is None:
                default = isinstance(target.node, Leaf | LeafList)
                config = self._implied(target, path, query)
        state = None
        if target.state and self.state is not None and query.content != "config":
            state = get(self.state, path)
        if state is None or (isinstance(state, Branch) and not state.members and not state.meta):
            return None if config is None else Found(config, self._revision(path), default=default)
        if config is None:
            return Found(state, state=True)
        return Found(overlaid(config, state), self._revision(path), state=True)

    def _revision(self, path: Path) -> int:
        return revision_at(self.config, path) if self.config is not None and self.tagged else 0

    def _leaf(self, target: Target, query: Query) -> Found | None:
        """The same for a leaf of configuration, in one walk: the request that clients make most."""
        if self.config is None or query.content == "nonconfig":
            return None
        branch = get(self.config, target.above)
        value = branch.members.get(target.path.last.name) if branch is not None else None
        if value is not None:
            return Found(value, branch.revision)
        value = self._implied(target, target.path, query)
        return None if value is None else Found(value, self._revision(target.path), default=True)

    def conditions(self, path: Path) -> InUse | None:
        """The defaults that have a condition, of what stands at ``path``."""
        if self.shape is None or self.config is None:
            return None
        return in_use_at(self.shape, self.config, path)

    def _implied(self, target: Target, path: Path, query: Query) -> Any:
        """What stands at ``path`` without being stored, as far as ``query`` wants it."""
        node, root = target.node, self.config
        if root is None or not (isinstance(node, Leaf | LeafList) and query.tells_default):
            return None if root is None else implied(root, path, defaults=query.adds_defaults)
        value = implied(root, path, defaults=True)
        if value is None:
            return None
        if self.shape is None:
            return value if query.adds_defaults or not node.whens else None
        return value_at(self.shape, root, path)

    def _state(self, target: Target, path: Path) -> Found | None:
        value = get(self.state, path) if self.state is not None else None
        if value is None or self.state is None:
            return None
        notes = None
        if path.steps and not isinstance(target.node, Inner):
            branch = get(self.state, path.parent)
            notes = branch.meta.get(path.last.name)
            if isinstance(target.node, LeafList) and not target.whole:
                notes = None
        return Found(value, state=True, notes=notes)


def implied(root: Branch, path: Path, *, defaults: bool = False) -> Any:
    """What stands at ``path`` without being stored: a non-presence container whose parent is there (RFC 7950
    section 7.5.1), and with ``defaults`` a default in use; else None."""
    here: Any = root
    for step in path.steps:
        if not isinstance(here, Branch):
            return None
        value = here.members.get(step.name)
        if value is None:
            child = here.schema.children[step.name]
            if step.key is not None or not child.config:
                return None
            if defaults or isinstance(child, Container):
                value = value_in_use(here, step.name)
        elif step.key is not None:
            value = value.get(step.key) if isinstance(value, Entries) else None
        if value is None:
            return None
        here = value
    return here


def overlaid(config: Any, state: Any) -> Any:
    """``state`` laid over ``config``, two values of one node."""
    if isinstance(config, Branch) and isinstance(state, Branch):
        members = dict(config.members)
        for name, value in state.members.items():
            before = members.get(name)
            members[name] = value if before is None else overlaid(before, value)
        return Branch(config.schema, members, config.revision, {**config.meta, **state.meta})
    if isinstance(config, Entries) and isinstance(state, Entries) and config.schema.config:
        laid = []
        for key, branch in state.items():
            entry = config.get(key)
            laid.append(branch if entry is None else overlaid(entry, branch))
        return config.update(laid, config.revision)
    return config
