"""RFC 7951 JSON to instance data, with every fault of the document in one pass.

A fault does not stop the reading: the node is left out and reading goes on beside it, so that a person sees
all that is wrong at once. Only where a list entry's keys cannot be read is what stands in it not looked at.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from pyconfhoard.errors import MAX_FAULTS, BadInput, ErrorTag, Fault
from pyconfhoard.schema.nodes import AnyData, DataNode, Inner, Leaf, LeafList, List
from pyconfhoard.schema.types.base import InvalidValue, Json, Value
from pyconfhoard.tree.branch import AnyValue, Branch
from pyconfhoard.tree.entries import Entries
from pyconfhoard.tree.json_encode import Content
from pyconfhoard.tree.path import Path, Step

__all__ = ["decode", "nearest", "trusted_leaf", "trusted_meta"]

_SHOWN: Final = 80


def decode(node: DataNode, raw: Json, path: Path, *, content: Content = "config", revision: int = 0) -> Any:
    """``raw`` as the value of ``node``, which stands at ``path``.

    ``content`` says which nodes may appear: configuration only, state only (with the keys and containers on
    the way), or both. Raises :class:`BadInput` with all faults.
    """
    reader = _Reader(content, revision, path.parent if path.steps else path)
    if path.steps:
        reader.enter(path.last)
    value = reader.value(node, raw)
    if reader.faults:
        raise BadInput(reader.faults, total=reader.total)
    return value


def nearest(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """Up to three names that look like ``name``, with or without their module."""
    bare = {known.partition(":")[2] or known: known for known in names}
    found = difflib.get_close_matches(name.partition(":")[2] or name, bare, n=3, cutoff=0.6)
    return tuple(bare[near] for near in found)


@lru_cache(maxsize=16384)
def _aliases(schema: Inner) -> dict[str, str]:
    """Member names as they may be written: the RFC's form, and ``module:name`` where it lets the module out."""
    names = {child.qname: name for name, child in schema.children.items()}
    names.update({name: name for name in schema.children})
    return names


def trusted_leaf(node: DataNode, raw: Json) -> Any:
    """A leaf, leaf-list or anydata that we wrote ourselves."""
    if isinstance(node, Leaf):
        return node.type.from_json(raw, node.module)
    if isinstance(node, LeafList):
        read = node.type.from_json
        return tuple(read(item, node.module) for item in raw)
    return AnyValue(raw)


def trusted_meta(raw: Json) -> Json:
    """Annotations that we wrote ourselves."""
    return raw


class _Reader:
    """One document. ``_stack`` is where the reading stands: the path is only put together for a fault."""

    def __init__(self, content: Content, revision: int, path: Path) -> None:
        self.faults: list[Fault] = []
        self.total = 0
        self._content = content
        self._revision = revision
        self._above = path
        self._stack: list[Step] = []

    def enter(self, step: Step) -> None:
        """Stand at ``step``, the last one of the document's own path."""
        self._stack.append(step)

    def fault(self, tag: ErrorTag, message: str, node: DataNode | None = None, **more: Any) -> None:
        """Note a fault at the present place, which ``node`` is the schema node of."""
        self.total += 1
        if len(self.faults) < MAX_FAULTS:
            path = str(self._above + Path(tuple(self._stack)))
            self.faults.append(Fault(tag, message, path, place=node.place if node else None, **more))

    def below(self, child: DataNode, raw: Json) -> Any:
        """The value of a member of the branch that is being read."""
        if isinstance(child, Leaf):  # the common case, without a step of its own unless it is wrong
            try:
                return child.type.from_json(raw, child.module)
            except InvalidValue as error:
                self._stack.append(Step.of(child))
                self._invalid(error, raw, child)
                self._stack.pop()
                return None
        self._stack.append(Step.of(child))
        value = self.value(child, raw)
        self._stack.pop()
        return value

    def value(self, node: DataNode, raw: Json) -> Any:
        """The value of the node at the present place, or None where a fault was noted."""
        if isinstance(node, Leaf):
            return self._leaf(node, raw)
        if isinstance(node, LeafList):
            return self._leaf_list(node, raw)
        if isinstance(node, List):
            return self._list(node, raw)
        if isinstance(node, AnyData):
            return self._any(node, raw)
        if isinstance(node, Inner):
            return self._branch(node, raw)
        raise TypeError(f"{node.name} has no instance data")

    def _leaf(self, node: Leaf, raw: Json) -> Value | None:
        try:
            return node.type.from_json(raw, node.module)
        except InvalidValue as error:
            self._invalid(error, raw, node)
            return None

    def _invalid(self, error: InvalidValue, raw: Json, node: DataNode) -> None:
        self.fault(
            "invalid-value", error.message, node, app_tag=error.app_tag, value=_shown(raw), legal=error.legal
        )

    def _leaf_list(self, node: LeafList, raw: Json) -> tuple[Value, ...] | None:
        if not isinstance(raw, list):
            self._kind("an array of values", raw, node)
            return None
        values: list[Value] = []
        for item in raw:
            try:
                values.append(node.type.from_json(item, node.module))
            except InvalidValue as error:
                self._invalid(error, item, node)
        if node.config and len(set(values)) != len(values):
            seen: set[Value] = set()
            twice = next(value for value in values if value in seen or seen.add(value))  # type: ignore[func-returns-value]
            text = node.type.text(twice)
            message = f"{node.name} holds {text!r} twice; values are unique in configuration"
            self.fault("invalid-value", message, node, value=text)
        return tuple(values)

    def _any(self, node: AnyData, raw: Json) -> AnyValue | None:
        if not node.xml and not isinstance(raw, dict):
            self._kind("an object", raw, node)
            return None
        return AnyValue(raw)

    def _kind(self, wanted: str, raw: Json, node: DataNode) -> None:
        self.fault(
            "invalid-value",
            f"{node.name or 'the datastore'} is {wanted}, not {_kind_of(raw)}",
            node,
            value=_shown(raw),
        )

    def _list(self, node: List, raw: Json) -> Entries | None:
        if not isinstance(raw, list):
            self._kind("a list: an array of objects", raw, node)
            return None
        whole = self._stack.pop() if self._stack else Step.of(node)
        seen: set[tuple[Value, ...]] = set()
        branches: list[Branch] = []
        for index, item in enumerate(raw):
            self._stack.append(Step(whole.name, (index,)))
            branch = self._entry(node, item, whole, seen)
            if branch is not None:
                branches.append(branch)
            self._stack.pop()
        self._stack.append(whole)
        return Entries.build(node, branches, self._revision)

    def _entry(self, node: List, item: Json, whole: Step, seen: set[tuple[Value, ...]]) -> Branch | None:
        """One entry. Its place is a position until its keys are known."""
        if not isinstance(item, dict):
            self._kind("a list: every entry is an object", item, node)
            return None
        if not node.keys:
            return self._branch(node, item) or Branch(node, {})
        key = self._key(node, item)
        if key is None:
            return None
        self._stack[-1] = Step(whole.name, key, whole.names)
        if key in seen:
            self.fault("bad-element", f"{node.name} has two entries with this key", node)
            return None
        seen.add(key)
        return self._branch(node, item)

    def _key(self, node: List, item: dict[str, Json]) -> tuple[Value, ...] | None:
        values: list[Value] = []
        for name in node.keys:
            leaf = node.children[name]
            raw = item.get(name, item.get(leaf.qname))
            if raw is None:
                self.fault("missing-element", f"an entry of {node.name} needs its key {leaf.name}", leaf)
                continue
            value = self.below(leaf, raw)
            if value is not None:
                values.append(value)
        return tuple(values) if len(values) == len(node.keys) else None

    def _branch(self, node: Inner, raw: Json) -> Branch | None:
        if not isinstance(raw, dict):
            self._kind("an object", raw, node)
            return None
        aliases = _aliases(node)
        keys: tuple[str, ...] = getattr(node, "keys", ())
        members: dict[str, Any] = {}
        notes: dict[str, Json] = {}
        chosen = False
        for name, item in raw.items():
            member = aliases.get(name)
            if member is None:
                if name.startswith("@") and (name == "@" or name[1:] in aliases):
                    notes[aliases[name[1:]] if name != "@" else ""] = item
                else:
                    self._unknown(node, name)
                continue
            child = node.children[member]
            if member in members:
                self.fault("bad-element", f"{child.name} stands twice, with and without its module", node)
                continue
            if not self._admits(child, member in keys):
                continue
            value = self.below(child, item)
            if value is not None and not _is_nothing(child, value):
                members[member] = value
                chosen = chosen or child.case is not None
        if chosen:
            self._one_case(node, members)
        meta = {name: item for name, item in notes.items() if self._annotations(node, name, item)}
        return Branch(node, members, self._revision, meta)

    def _admits(self, child: DataNode, is_key: bool) -> bool:
        if self._content == "config" and not child.config:
            self.fault("invalid-value", f"{child.name} is state: it is reported, not configured", child)
            return False
        if self._content == "nonconfig" and child.config and not is_key and not isinstance(child, Inner):
            self.fault("invalid-value", f"{child.name} is configuration: it is set, not reported", child)
            return False
        return True

    def _unknown(self, node: Inner, name: str) -> None:
        near = nearest(name, node.children)
        where = f"below {node.name}" if node.name else "at the top"
        known = ", ".join(list(node.children)[:8]) or "nothing"
        way = f"did you mean {' or '.join(near)}?" if near else f"it has: {known}"
        self.fault("unknown-element", f"there is no {name!r} {where}; {way}", legal=near, value=name)

    def _one_case(self, node: Inner, members: dict[str, Any]) -> None:
        """Data of two cases of one choice (RFC 7950 section 7.9)."""
        chosen: dict[int, DataNode] = {}
        for member in members:
            child = node.children[member]
            case = child.case
            while case is not None:
                first = chosen.setdefault(id(case.choice), child)
                if first is not child and not _in_case(first, case):
                    message = f"{child.name} and {first.name} belong to different cases of the choice {case.choice.name}"
                    self.fault("bad-element", message, child)
                case = case.choice.case

    def _annotations(self, node: Inner, name: str, item: Json) -> bool:
        """RFC 7952 section 5.2: an object of ``module:name`` members; for a leaf-list an array of them and null."""
        child = node.children.get(name) if name else None
        listed = item if isinstance(child, LeafList | List) and isinstance(item, list) else [item]
        for one in listed:
            if one is None and listed is item:
                continue
            if not isinstance(one, dict):
                self.fault("invalid-value", f"@{name} is annotations: an object, not {_kind_of(one)}")
                return False
            for known in one:
                if ":" not in known:
                    self.fault(
                        "unknown-attribute", f"the annotation {known!r} needs its module: module:{known}"
                    )
                    return False
        return bool(item)


def _in_case(node: DataNode, case: Any) -> bool:
    """True when ``node`` stands in ``case``, directly or through nested choices."""
    at = node.case
    while at is not None:
        if at is case:
            return True
        at = at.choice.case
    return False


def _is_nothing(child: DataNode, value: Any) -> bool:
    """What is not stored: an empty non-presence container, a list or leaf-list without entries."""
    if isinstance(value, Entries):
        return len(value) == 0
    if isinstance(value, Branch):
        return not value.members and not value.meta and not getattr(child, "presence", "x")
    return isinstance(child, LeafList) and not value


def _kind_of(raw: Json) -> str:
    if raw is None:
        return "null"
    if isinstance(raw, bool):
        return "a boolean"
    if isinstance(raw, dict):
        return "an object"
    if isinstance(raw, list):
        return "an array"
    return "a string" if type(raw) is str else "a number"


def _shown(raw: Json) -> str:
    """A value for a message: as it was written, cut when long."""
    text = raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
