"""What a reader asked to see of a tree, as a tree: the ``content``, ``depth`` and ``with-defaults`` of RFC 8040 section 4.8.

A view is for encoding. It may hold what data never does: a container that is there because the depth ends at it, a default
that nobody set. Branches of which nothing is left out are those of the data.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, Literal, Protocol, TypeAlias

from pyconfhoard.schema.nodes import Container, DataNode, Inner, LeafList, List
from pyconfhoard.schema.types.base import Json
from pyconfhoard.tree.branch import Branch, same
from pyconfhoard.tree.defaults import default_of, defaults_in_use
from pyconfhoard.tree.entries import Entries, Key
from pyconfhoard.tree.pages import Page

__all__ = ["Conditions", "Content", "WithDefaults", "has_conditional_defaults", "view"]

Content: TypeAlias = Literal["all", "config", "nonconfig"]
WithDefaults: TypeAlias = Literal["explicit", "report-all", "report-all-tagged", "trim"]

_TAG: Final = {"ietf-netconf-with-defaults:default": True}
"""RFC 8040 section 4.8.9."""


class Conditions(Protocol):
    """The defaults that have a condition, of a branch and of what is below it: the validation knows which are in use."""

    def defaults(self) -> Mapping[str, Any]:
        """Those of this branch, and absent containers that have a condition which holds."""
        ...

    def child(self, name: str) -> Conditions | None:
        """Those of a member, or of all entries of a list; None where it does not stand."""
        ...

    def entry(self, key: Key) -> Conditions | None:
        """Those of one of the entries."""
        ...


def view(
    value: Any,
    *,
    content: Content = "all",
    depth: int | None = None,
    with_defaults: WithDefaults = "explicit",
    conditions: Conditions | None = None,
) -> Any:
    """``value``, if it is a branch or the entries of a list, without what was not asked for. Anything else is itself.

    ``depth`` counts levels from 1, the value itself; None: all. Where it ends, a container is empty and a list entry
    has its keys only. ``conditions`` has the defaults that depend on one: without, they are left out.
    """
    if isinstance(value, Branch | Entries) and (content, depth, with_defaults) != ("all", None, "explicit"):
        return _View(content, with_defaults).value(value, depth, conditions)
    return value


class _View:
    def __init__(self, content: Content, with_defaults: WithDefaults) -> None:
        self._content = content
        self._with_defaults = with_defaults
        self._shares = content == "config" and with_defaults == "explicit"
        """Whether configuration is seen as it is."""

    def value(
        self, value: Branch | Entries, depth: int | None, conditions: Conditions | None = None
    ) -> Branch | Entries:
        if depth is None and self._shares and not _holds_state(value.schema):
            return value
        if isinstance(value, Branch):
            return self._branch(value, depth, conditions)

        def told(branch: Branch) -> Branch:
            own = conditions.entry(branch.key) if conditions is not None and value.schema.keys else None
            return self._branch(branch, depth, own)

        pages = [
            Page.of({slot: told(branch) for slot, branch in page.load().items()}) for page in value.pages
        ]
        return Entries(value.schema, pages, value.revision)

    def _branch(self, branch: Branch, depth: int | None, conditions: Conditions | None) -> Branch:
        schema = branch.schema
        keys = schema.keys if isinstance(schema, List) else ()
        meta: dict[str, Json] = {"": branch.meta[""]} if "" in branch.meta else {}
        if depth is not None and depth <= 1:
            return Branch(
                schema, {name: branch.members[name] for name in keys}, branch.revision, meta or None
            )
        below = None if depth is None else depth - 1
        defaults: dict[str, Any] = {}
        if self._with_defaults in {"report-all", "report-all-tagged"}:
            defaults = dict(defaults_in_use(branch))
            if conditions is not None:
                defaults |= conditions.defaults()
        members: dict[str, Any] = {}
        for name, child in schema.children.items():
            value = branch.members.get(name, defaults.get(name))
            if value is None or not self._wanted(child, name in keys):
                continue
            if self._with_defaults == "trim" and name not in keys and same(default_of(child), value):
                continue
            if isinstance(value, Branch | Entries):
                inner = self.value(value, below, _below(conditions, child))
                presence = isinstance(child, Container) and bool(child.presence)
                if inner or (isinstance(inner, Branch) and inner.meta) or below == 1 or presence:
                    members[name] = inner
                continue
            members[name] = value
            if name in branch.meta:
                meta[name] = branch.meta[name]
            elif name in defaults and self._with_defaults == "report-all-tagged":
                meta[name] = [_TAG for _ in value] if isinstance(child, LeafList) else _TAG
        return Branch(schema, members, branch.revision, meta or None)

    def _wanted(self, child: DataNode, is_key: bool) -> bool:
        if self._content == "all" or is_key:
            return True
        if self._content == "config":
            return child.config
        return not child.config or (isinstance(child, Inner) and _holds_state(child))


def _below(conditions: Conditions | None, child: DataNode) -> Conditions | None:
    if conditions is None or not isinstance(child, Inner) or not has_conditional_defaults(child):
        return None
    return conditions.child(child.member)


@lru_cache(maxsize=16384)
def has_conditional_defaults(node: DataNode) -> bool:
    """Whether defaults below ``node`` depend on a condition."""
    return isinstance(node, Inner) and any(
        (bool(child.whens) and (default_of(child) is not None or isinstance(child, Container)))
        or has_conditional_defaults(child)
        for child in node.children.values()
    )


@lru_cache(maxsize=16384)
def _holds_state(node: Inner) -> bool:
    return any(not c.config or (isinstance(c, Inner) and _holds_state(c)) for c in node.children.values())
