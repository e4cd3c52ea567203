"""The configuration of ietf-netconf-acm (RFC 8341 section 3.5.2) as plain values, for one running root.

Nothing is decided here. :func:`read_rules` only takes over what stands below ``/nacm``; what it means for a user
on a model is :mod:`pyconfhoard.access.nacm.compiled`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from pyconfhoard.access.rights import ALL, Right
from pyconfhoard.tree import Branch, value_in_use

__all__ = ["MODULE", "NO_RULES", "Rule", "RuleKind", "RuleSet", "read_rules"]

MODULE: Final = "ietf-netconf-acm"

RuleKind: TypeAlias = Literal["any", "rpc", "notification", "data"]
"""What a rule is about: everything, or what its ``rule-type`` says."""

_KINDS: Final[tuple[tuple[str, RuleKind], ...]] = (
    ("rpc-name", "rpc"),
    ("notification-name", "notification"),
    ("path", "data"),
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One access control rule. ``argument`` is the rpc's or notification's name (``*``: every one), or the path.

    ``builtin``: it comes from no configuration (a Thing's own subtree, a token's scope), and ``list`` is empty.
    """

    list: str
    name: str
    permit: bool
    module: str = "*"
    kind: RuleKind = "any"
    argument: str = ""
    rights: frozenset[Right] = ALL

    @property
    def builtin(self) -> bool:
        return not self.list

    def __str__(self) -> str:
        return self.name if self.builtin else f"rule {self.name!r} of rule-list {self.list!r}"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All of ``/nacm``. ``lists`` are the rule-lists in their order, each with its groups and rules. Defaults are True for
    permit. ``enabled`` False: nothing is denied (RFC 8341 section 3.4.4, step 1)."""

    enabled: bool = True
    read_default: bool = True
    write_default: bool = False
    exec_default: bool = True
    external_groups: bool = True
    groups: tuple[tuple[str, frozenset[str]], ...] = ()
    lists: tuple[tuple[frozenset[str], tuple[Rule, ...]], ...] = ()

    def groups_of(self, user: str, external: frozenset[str] = frozenset()) -> frozenset[str]:
        """The groups of a user: those configured, and ``external`` ones where they count."""
        mine = frozenset(name for name, users in self.groups if user in users)
        return mine | external if self.external_groups else mine

    def of(self, groups: frozenset[str]) -> Iterator[Rule]:
        """The rules for one who is in ``groups``, in their order; none for one who is in no group (section 3.4.4, step
        5), not even those of ``*``."""
        if groups:
            for wanted, rules in self.lists:
                if "*" in wanted or not wanted.isdisjoint(groups):
                    yield from rules


NO_RULES: Final = RuleSet(read_default=False, exec_default=False)
"""For a hoard that does not serve ietf-netconf-acm: only what is built in is permitted."""


def read_rules(running: Branch) -> RuleSet:
    """What a running root says below ``/ietf-netconf-acm:nacm``, defaults included."""
    if f"{MODULE}:nacm" not in running.schema.children:
        return NO_RULES
    nacm: Branch = value_in_use(running, f"{MODULE}:nacm")
    groups: Branch | None = nacm.get("groups")
    return RuleSet(
        enabled=value_in_use(nacm, "enable-nacm"),
        read_default=value_in_use(nacm, "read-default") == "permit",
        write_default=value_in_use(nacm, "write-default") == "permit",
        exec_default=value_in_use(nacm, "exec-default") == "permit",
        external_groups=value_in_use(nacm, "enable-external-groups"),
        groups=tuple(
            (entry["name"], frozenset(entry.get("user-name") or ()))
            for entry in _entries(groups, "group")
            if groups is not None
        ),
        lists=tuple(
            (
                frozenset(entry.get("group") or ()),
                tuple(_rule(entry["name"], rule) for rule in _entries(entry, "rule")),
            )
            for entry in _entries(nacm, "rule-list")
        ),
    )


def _entries(branch: Branch | None, name: str) -> Iterator[Branch]:
    found: Any = branch.get(name) if branch is not None else None
    return iter(()) if found is None else found.values()


def _rule(list_name: str, entry: Branch) -> Rule:
    kind: RuleKind = "any"
    argument = ""
    for leaf, what in _KINDS:
        if leaf in entry:
            kind, argument = what, entry[leaf]
    rights = value_in_use(entry, "access-operations")
    return Rule(
        list=list_name,
        name=entry["name"],
        permit=entry["action"] == "permit",
        module=value_in_use(entry, "module-name"),
        kind=kind,
        argument=argument,
        rights=ALL if rights == "*" else frozenset(rights),
    )
