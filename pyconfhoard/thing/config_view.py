"""Read-only, typed views of configuration: what ``self.config`` is.

A view is a place in one immutable tree: it never changes under the reader, and costs two
references. Paths are relative to the view, written as RESTCONF's instance identifiers without the
leading slash (``hardware/probe[id='28-000005e2fdc3']/offsets``); canonical values come back
(``Decimal`` for a decimal64, ``str`` for an enumeration, ...).

What a leaf gives is the value *in use* (RFC 7950 section 7.6.1): its explicit value, else its
default where that applies, else None. A path that the model does not have is an error, never None:
:class:`~pyconfhoard.errors.NotFound` or :class:`~pyconfhoard.errors.BadInput` with the nearest names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pyconfhoard.schema.nodes import AnyData, Container, Inner, LeafList, List, Schema
from pyconfhoard.schema.types.base import Value
from pyconfhoard.tree import Branch, Change, Entries, Path, get, node_at, parse_path, to_json, value_in_use

__all__ = ["Changes", "ConfigView", "absolute", "resolve"]


def absolute(module: str, path: str) -> str:
    """``/brewhouse/temperature`` of module ``brewerslab`` -> ``/brewerslab:brewhouse/temperature``."""
    steps = path.strip("/")
    first = steps.split("/", 1)[0].split("[", 1)[0]
    return f"/{steps}" if not steps or ":" in first else f"/{module}:{steps}"


def resolve(schema: Schema, base: Path, relative: str) -> Path:
    """The path at ``relative`` below ``base``; an absolute one (leading slash) stands for itself."""
    if relative.startswith("/"):
        return parse_path(schema, relative)
    steps = relative.strip("/")
    if not steps:
        return base
    return parse_path(schema, f"{base}/{steps}" if base.steps else f"/{steps}")


class ConfigView:
    """Configuration at and below one container, list entry or the root.

    ``view["fermentation/setpoint"]`` gives: of a leaf its value in use or None; of a leaf-list a tuple;
    of a list the tuple of its entries, each a view; of a container or entry a view, or None where
    a presence container or an entry does not exist; of anydata its RFC 7951 JSON.
    """

    __slots__ = ("_base", "_root", "_schema")

    def __init__(self, schema: Schema, root: Branch, base: Path) -> None:
        self._schema = schema
        self._root = root
        self._base = base

    @property
    def path(self) -> str:
        """Canonical instance path."""
        return str(self._base)

    @property
    def key(self) -> tuple[Value, ...]:
        """The key of a list entry, as canonical values; empty for anything else."""
        return (self._base.steps[-1].key or ()) if self._base.steps else ()

    def __repr__(self) -> str:
        return f"<ConfigView {self.path or '/'}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ConfigView):
            return NotImplemented
        return self._base == other._base and self.to_json() == other.to_json()

    __hash__ = None  # type: ignore[assignment]  # compared by content

    def __getitem__(self, relative: str) -> Any:
        path = resolve(self._schema, self._base, relative)
        node = node_at(self._schema, path)
        if isinstance(node, List) and path.steps[-1].key is None:
            return self._entries(path)
        if isinstance(node, Inner):
            there = self._branch(path) is not None
            return ConfigView(self._schema, self._root, path) if there else None
        if path.steps[-1].key is not None:  # an entry of a leaf-list
            return path.steps[-1].key[0] if path.steps[-1].key[0] in self._leaf(path) else None
        return self._leaf(path)

    def get(self, relative: str, default: Any = None) -> Any:
        """Like indexing, with ``default`` in place of None."""
        value = self[relative]
        return default if value is None else value

    def __contains__(self, relative: str) -> bool:
        """Whether there is anything: a value in use, an entry, a container that exists."""
        value = self[relative]
        return value is not None and value != ()

    def entries(self, relative: str) -> tuple[ConfigView, ...]:
        """The entries of a list, in its order. Raises ``TypeError`` when the node is no list."""
        path = resolve(self._schema, self._base, relative)
        if not isinstance(node_at(self._schema, path), List):
            raise TypeError(f"{path} is not a list: read it with config[{relative!r}]")
        return self._entries(path)

    def to_json(self) -> Any:
        """What is explicitly set here, as RFC 7951 JSON (without defaults)."""
        branch = get(self._root, self._base)
        return {} if branch is None else to_json(node_at(self._schema, self._base), branch)

    def _entries(self, path: Path) -> tuple[ConfigView, ...]:
        entries = get(self._root, path)
        if not isinstance(entries, Entries):
            return ()
        return tuple(ConfigView(self._schema, self._root, path.entry(key)) for key in entries)

    def _leaf(self, path: Path) -> Any:
        branch = self._branch(path.parent)
        name = path.steps[-1].name
        node = node_at(self._schema, path)
        if branch is None:
            return () if isinstance(node, LeafList) else None
        value: Any = value_in_use(branch, name)
        if isinstance(node, AnyData):
            return None if value is None else value.json
        if isinstance(node, LeafList) and value is None:
            return ()
        return value

    def _branch(self, path: Path) -> Branch | None:
        """The branch at ``path``; an empty one for a non-presence container that holds nothing."""
        found = get(self._root, path)
        if isinstance(found, Branch):
            return found
        node = node_at(self._schema, path)
        if isinstance(node, Container) and not node.presence and self._branch(path.parent) is not None:
            return Branch(node, {})
        return None


class Changes:
    """What one commit changes below the Thing's path: iterates over ``Change(path, kind, old, new)``.

    ``config`` and ``before`` are views of the Thing's configuration with and without the change;
    ``revision`` is that of the commit (in prepare: the one that it will have).
    """

    __slots__ = ("_all", "_base", "_schema", "before", "config", "revision")

    def __init__(
        self,
        schema: Schema,
        base: Path,
        changes: Sequence[Change],
        *,
        before: ConfigView,
        config: ConfigView,
        revision: int,
    ) -> None:
        self._schema = schema
        self._base = base
        self._all = tuple(changes)
        self.before = before
        self.config = config
        self.revision = revision

    def __len__(self) -> int:
        return len(self._all)

    def __getitem__(self, index: int) -> Change:
        return self._all[index]

    def __iter__(self) -> Iterator[Change]:
        return iter(self._all)

    def __contains__(self, relative: str) -> bool:
        """``"fermentation/setpoint" in changes`` is ``changes.touches("fermentation/setpoint")``."""
        return self.touches(relative)

    def touches(self, relative: str) -> bool:
        """Whether anything at, above or below ``relative`` changes."""
        steps = resolve(self._schema, self._base, relative).steps
        return any(
            all(_same(mine, theirs) for mine, theirs in zip(steps, change.path.steps, strict=False))
            for change in self._all
        )

    def __repr__(self) -> str:
        listed = ", ".join(f"{change.kind} {change.path}" for change in self._all)
        return f"<Changes r{self.revision}: {listed}>"


def _same(mine: Any, theirs: Any) -> bool:
    """Steps that can meet: a list's name without a key means each of its entries."""
    return mine.name == theirs.name and (mine.key is None or theirs.key is None or mine.key == theirs.key)
