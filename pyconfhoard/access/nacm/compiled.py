"""A user's rules on a model, compiled: which rule is the first that matches (RFC 8341 section 3.4.5).

**Where the time goes.** A request asks "may this user do this here" for one node, or for each node of a large
answer, and there may be a thousand rules. So rules are sorted once by what they name. Which of them can match a
*schema* node is found at its first use and kept: those for everything and for its module, and those whose path names it
or an ancestor. Of these only the first without conditions counts, and before it those with conditions on
keys, which are held in dictionaries by the keys' values. A verdict is then one look-up for each different shape of
conditions (``[name=...]``, ``[name=...][port=...]``), however many rules there are.

**Alike below.** Decisions are shared: two schema nodes with the same rules have the very same :class:`Decision`. A subtree
in which all have the decision of its top needs one verdict, and what is kept of its encoding can be sent as it is.

**Secrets.** A leaf that holds a secret (:mod:`pyconfhoard.schema.secrets`) is read by those only who may also
replace it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from pyconfhoard.access.nacm.places import Condition, Place, Unplaced, place_of
from pyconfhoard.access.nacm.rules import MODULE, Rule, RuleSet
from pyconfhoard.access.rights import RIGHTS, Right
from pyconfhoard.schema.nodes import DataNode, Inner, Node, Notification, Operation, Schema
from pyconfhoard.schema.secrets import is_secret
from pyconfhoard.tree import Step

__all__ = ["Compiled", "Decision", "Verdict"]

_NEVER: Final = 1 << 62
"""Behind every rule."""

_DENY_ALL: Final = f"{MODULE}:default-deny-all"
_DENY_WRITE: Final = f"{MODULE}:default-deny-write"

_Spot: TypeAlias = tuple[tuple[int, int], ...]
"""Depth and index of each key that a condition is on."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``rule`` None: no rule matched, and the default decides. ``depth``: how deep the path of the rule goes; 0 for a
    rule without one."""

    permit: bool
    rule: Rule | None = None
    depth: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """What decides at a schema node. ``fixed`` is the verdict where no condition holds; ``shapes`` hold rules with
    conditions that come before it: by the keys that they look at, their rank and verdict by the keys' values."""

    fixed: Verdict
    shapes: tuple[tuple[_Spot, dict[Any, tuple[int, Verdict]]], ...] = ()
    deepest: int = -1
    """The deepest step whose key is looked at; -1 for none."""
    too: Decision | None = None
    """Another one that must permit as well."""

    def at(self, steps: Sequence[Step]) -> Verdict:
        """The verdict for the instance at ``steps``."""
        found = self.fixed
        best = _NEVER
        for spot, ranked in self.shapes:
            hit = ranked.get(_values(steps, spot))
            if hit is not None and hit[0] < best:
                best, found = hit
        if self.too is not None and found.permit:
            other = self.too.at(steps)
            if not other.permit:
                return other
        return found

    def named(self, depth: int, count: int) -> list[tuple[Any, ...]] | None:
        """Keys, each of ``count`` values, of the entries at step ``depth`` that conditions name, and maybe of others: the
        verdict for all that are not among them is that for the list as a whole. None where a condition is on a part of a key
        only."""
        if self.deepest < depth:
            return []
        found: list[tuple[Any, ...]] = []
        for spot, ranked in self.shapes:
            own = [at for at, (deep, _) in enumerate(spot) if deep == depth]
            if own and [spot[at][1] for at in own] != list(range(count)):
                return None
            if own:
                found += [tuple([values[at][1] for at in own]) for values in ranked]
        if self.too is None:
            return found
        others = self.too.named(depth, count)
        return None if others is None else found + others


@dataclass(frozen=True, slots=True)
class _Placed:
    """A rule at its place."""

    rank: int
    rule: Rule
    depth: int
    conditions: tuple[Condition, ...]


class Compiled:
    """The rules of one user. ``first`` are built in and come before those of ``rules``, each with its place if it
    has one.

    ``warnings`` names rules whose path is not in the model: they match nothing.
    """

    def __init__(
        self,
        schema: Schema,
        rules: RuleSet,
        user: str,
        groups: frozenset[str],
        *,
        first: Iterable[tuple[Rule, Place | None]] = (),
    ) -> None:
        self.schema = schema
        self.warnings: list[str] = []
        writes = rules.write_default or not rules.enabled
        self._defaults: dict[Right, bool] = {
            "read": rules.read_default or not rules.enabled,
            "exec": rules.exec_default or not rules.enabled,
            "create": writes,
            "update": writes,
            "delete": writes,
        }
        self._extensions = rules.enabled
        self._named: dict[Right, list[tuple[int, Rule]]] = {right: [] for right in RIGHTS}
        self._by_node: dict[int, list[_Placed]] = {}
        self._ways: set[int] = set()
        self.by_module = False
        """Whether a rule names a module: then the rules may permit to read what stands below something that they do not."""
        ranked = [*first, *((rule, None) for rule in rules.of(groups) if rules.enabled)]
        for rank, (rule, place) in enumerate(ranked):
            self._sort(rank, rule, place, user)
        self._general: dict[tuple[str, Right], tuple[int, Rule] | None] = {}
        self._lists: dict[int, tuple[_Placed, ...]] = {}
        self._decisions: dict[tuple[int, Right], Decision] = {}
        self._shared: dict[Any, Decision] = {}
        self._alike: dict[tuple[int, Right], bool] = {}

    def _sort(self, rank: int, rule: Rule, place: Place | None, user: str) -> None:
        self.by_module = self.by_module or rule.module != "*"
        if rule.kind != "data":
            for right in rule.rights:
                self._named[right].append((rank, rule))
            return
        try:
            found = place or place_of(self.schema, rule.argument, user)
        except Unplaced as error:
            self.warnings.append(f"{rule} matches nothing: {rule.argument!r}: {error}")
            return
        placed = _Placed(rank, rule, found.depth, found.conditions)
        self._by_node.setdefault(id(found.node), []).append(placed)
        if rule.permit and "read" in rule.rights:
            above = found.node.parent
            while above is not None and id(above) not in self._ways:
                self._ways.add(id(above))
                above = above.parent

    # -- data nodes, actions and notifications in them ---------------------------------------------

    def verdict(self, node: Node, steps: Sequence[Step], right: Right) -> Verdict:
        """May ``right`` be exercised on the instance of ``node`` at ``steps``?"""
        return self.decision(node, right).at(steps)

    def decision(self, node: Node, right: Right) -> Decision:
        """What decides at ``node``. Nodes with the same rules have the very same object."""
        key = (id(node), right)
        found = self._decisions.get(key)
        if found is None:
            found = self._by_rules(node, right)
            if right == "read" and is_secret(node):
                found = self._guarded(found, self._by_rules(node, "update"))
            self._decisions[key] = found
        return found

    def certain(self, node: Node, steps: Sequence[Step], right: Right) -> bool:
        """Whether the keys in ``steps`` are enough to decide: a list as a whole has entries that rules name."""
        whole = bool(steps) and steps[-1].key is None
        return self.decision(node, right).deepest < len(steps) - whole

    def alike(self, node: DataNode, right: Right) -> bool:
        """Whether all below ``node`` have its decision."""
        if not isinstance(node, Inner):
            return True
        key = (id(node), right)
        found = self._alike.get(key)
        if found is None:
            here = self.decision(node, right)
            found = self._alike[key] = all(
                self.decision(child, right) is here and self.alike(child, right)
                for child in node.children.values()
            )
        return found

    def leads_to_permit(self, node: DataNode) -> bool:
        """Whether a rule that permits to read has a path that ends below ``node``: then one who may not read the node
        itself sees the way down."""
        return id(node) in self._ways

    def _by_rules(self, node: Node, right: Right) -> Decision:
        placed = self._placed(node)
        general = self._general_rule(node.module, right)
        fitting = _fitting(placed, node.module, right, general[0] if general is not None else _NEVER)
        certain = general is not None or (fitting and not fitting[-1].conditions)
        default = not certain and self._default(node, right)
        key = (tuple([one.rank for one in fitting]), general and general[0], default, bool(certain))
        found = self._shared.get(key)
        if found is None:
            found = self._shared[key] = _decision(fitting, general, default)
        return found

    def _guarded(self, found: Decision, too: Decision) -> Decision:
        """``found`` where ``too`` must permit as well."""
        if found is too or not (too.shapes or not too.fixed.permit):
            return found
        if not (found.shapes or found.fixed.permit):
            return found
        key = (id(found), id(too))
        guarded = self._shared.get(key)
        if guarded is None:
            deepest = max(found.deepest, too.deepest)
            guarded = self._shared[key] = Decision(found.fixed, found.shapes, deepest, too)
        return guarded

    def _placed(self, node: Node) -> tuple[_Placed, ...]:
        """Rules with a path that names ``node`` or what is above it, first things first. A node that no rule names
        has the very tuple of its parent."""
        found = self._lists.get(id(node))
        if found is None:
            found = self._placed(node.parent) if node.parent is not None else ()
            own = self._by_node.get(id(node))
            if own:
                found = tuple(sorted([*found, *own], key=_rank))
            self._lists[id(node)] = found
        return found

    def _general_rule(self, module: str, right: Right) -> tuple[int, Rule] | None:
        """The first rule for everything in ``module``, with its rank."""
        key = (module, right)
        if key not in self._general:
            self._general[key] = next(
                (
                    (rank, rule)
                    for rank, rule in self._named[right]
                    if rule.kind == "any" and rule.module in {"*", module}
                ),
                None,
            )
        return self._general[key]

    def _default(self, node: Node, right: Right) -> bool:
        """Where no rule matches: the model's extensions on the node or above it, then the configured defaults."""
        if self._extensions:
            here: Node | None = node
            while here is not None:
                marks = {name for name, _ in here.extensions}
                if _DENY_ALL in marks or (_DENY_WRITE in marks and right in {"create", "update", "delete"}):
                    return False
                here = here.parent
        return self._defaults[right]

    # -- rpcs and notifications --------------------------------------------------------------------

    def rpc(self, operation: Operation) -> Verdict:
        """May the rpc be invoked (RFC 8341 section 3.4.4)?"""
        return self._named_verdict("rpc", operation, "exec")

    def notification(self, notification: Notification) -> Verdict:
        """May a notification of the top be received (RFC 8341 section 3.4.6)?"""
        return self._named_verdict("notification", notification, "read")

    def _named_verdict(self, kind: str, node: Node, right: Right) -> Verdict:
        for _, rule in self._named[right]:
            if rule.module not in {"*", node.module}:
                continue
            if rule.kind == "any" or (rule.kind == kind and rule.argument in {"*", node.name}):
                return Verdict(rule.permit, rule)
        return Verdict(self._default(node, right))


def _rank(placed: _Placed) -> int:
    return placed.rank


def _fitting(placed: tuple[_Placed, ...], module: str, right: Right, before: int) -> list[_Placed]:
    """Those that are about ``right`` in ``module``, up to the first that always matches."""
    found: list[_Placed] = []
    for one in placed:
        if one.rank > before:
            break
        if right in one.rule.rights and one.rule.module in {"*", module}:
            found.append(one)
            if not one.conditions:
                break
    return found


def _values(steps: Sequence[Step], spot: _Spot) -> Any:
    """The keys' values at ``spot``, with their types: in a union ``1`` and ``true`` are two; None where a step has none."""
    values = []
    for depth, index in spot:
        key = steps[depth].key if depth < len(steps) else None
        if key is None or index >= len(key):
            return None
        values.append((type(key[index]), key[index]))
    return tuple(values)


def _decision(fitting: list[_Placed], general: tuple[int, Rule] | None, default: bool) -> Decision:
    fixed = Verdict(default) if general is None else Verdict(general[1].permit, general[1])
    shapes: dict[_Spot, dict[Any, tuple[int, Verdict]]] = {}
    deepest = -1
    for one in fitting:
        verdict = Verdict(one.rule.permit, one.rule, one.depth)
        if not one.conditions:
            fixed = verdict
            break
        ordered = sorted(one.conditions, key=lambda condition: (condition.depth, condition.index))
        spot = tuple((condition.depth, condition.index) for condition in ordered)
        values = tuple((type(condition.value), condition.value) for condition in ordered)
        shapes.setdefault(spot, {}).setdefault(values, (one.rank, verdict))
        deepest = max(deepest, ordered[-1].depth)
    return Decision(fixed, tuple(shapes.items()), deepest)
