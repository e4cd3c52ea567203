"""Who may do what, from configuration: the front of the rules.

:class:`Nacm` belongs to a hoard and gives each principal its :class:`Access`, compiled once for as long as ``/nacm``, the model
and the principal stay as they are. A face, and the commit, ask the access and nothing else.

Whom the rules do not bind: the administrator, whose token is the *recovery session* of RFC 8341 section 3.3.3. What is built
in for the others and comes before their rules: a Thing has every right in its own subtree, and a token has no more rights
than its scope, and with one changes no users.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from pyconfhoard.access.nacm.compiled import Compiled, Verdict
from pyconfhoard.access.nacm.places import Place, Unplaced, place_at, place_of
from pyconfhoard.access.nacm.reading import readable, reads_all, sees
from pyconfhoard.access.nacm.rules import MODULE, Rule, RuleSet, read_rules
from pyconfhoard.access.nacm.writing import Denied, denied, denied_anyway, guessed
from pyconfhoard.access.principal import Principal
from pyconfhoard.access.rights import ALL, WRITES, Right
from pyconfhoard.errors import MAX_FAULTS, AccessDenied, Fault, HoardError
from pyconfhoard.schema.nodes import DataNode, Notification, Operation, Schema
from pyconfhoard.tree import Branch, Change, Edit, Path, node_at, parse_path, weight

__all__ = ["Access", "Counters", "Nacm"]

HoardErrorT = TypeVar("HoardErrorT", bound=HoardError)

_LOG: Final = logging.getLogger("pyconfhoard.access")

_KNOWN: Final = 256
"""Principals whose rules are kept."""

_LONG: Final = 1000
"""Nodes from which on what is left of an answer is kept, until another one is asked for: clients page through a list, and
read the same one again and again."""

_OWN: Final = "a Thing may do everything in its own subtree"
_SCOPE: Final = "the scope of the token"
_USERS: Final = "/ietf-system:system/authentication"
_NO_USERS: Final = "a token with a scope changes no users: it would make itself one without"


@dataclass(slots=True)
class Counters:
    """RFC 8341 section 3.4.1: since the start."""

    denied_operations: int = 0
    denied_data_writes: int = 0
    denied_notifications: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class _Moment:
    """The rules of a ``schema`` and a ``/nacm``, and what has been compiled of them."""

    schema: Schema
    source: Any
    rules: RuleSet
    known: dict[Principal, Access] = field(default_factory=dict)


class Nacm:
    """The access control of a hoard; ``counters`` count what it denies."""

    def __init__(self) -> None:
        self.counters = Counters()
        self._last: _Moment | None = None

    def access(self, principal: Principal, schema: Schema, running: Branch) -> Access:
        """What ``principal`` may do under the rules of a running root. May be kept for one request, not longer. From any
        thread: a commit is judged in one, by the root that it rests on, while the loop answers by another."""
        source = running.members.get(f"{MODULE}:nacm")
        moment = self._last
        if moment is None or moment.schema is not schema or moment.source is not source:
            moment = self._last = _Moment(schema, source, read_rules(running))
        known = moment.known
        found = known.get(principal)
        if found is None:
            if len(known) >= _KNOWN:
                known.clear()
            found = known[principal] = Access(principal, schema, moment.rules, self.counters)
        return found


class Access:
    """What one principal may do. Its questions cost a look-up or two, whatever the number of rules."""

    def __init__(self, principal: Principal, schema: Schema, rules: RuleSet, counters: Counters) -> None:
        self.principal = principal
        self.schema = schema
        self.groups = rules.groups_of(principal.name, principal.groups)
        self._counters = counters
        self._rules: Compiled | None = None
        self._last: tuple[Any, Path, Any] | None = None
        if not principal.is_admin or principal.rights != ALL:
            if principal.is_admin:
                rules = RuleSet(enabled=False)
            self._rules = Compiled(
                schema, rules, principal.name, self.groups, first=_built_in(principal, schema)
            )
            for warning in self._rules.warnings:
                _LOG.warning("access rules for %s: %s", principal.name, warning)

    @property
    def unrestricted(self) -> bool:
        """Nothing is denied."""
        return self._rules is None

    # -- reading -----------------------------------------------------------------------------------

    def may_read(self, path: Path) -> bool:
        """Whether an answer about ``path`` may hold anything. It does not depend on what stands there."""
        return self._rules is None or sees(self._rules, node_at(self.schema, path), path.steps)

    def reads_all(self, path: Path) -> bool:
        """Whether nothing at or below ``path`` is hidden, whatever stands there."""
        return self._rules is None or reads_all(self._rules, node_at(self.schema, path), path.steps)

    def demand_read(self, path: Path) -> None:
        """Raise :class:`AccessDenied` unless :meth:`may_read`."""
        if not self.may_read(path):
            node = node_at(self.schema, path)
            verdict = self._verdict(node, path, "read")
            self._counters.denied_operations += 1
            raise AccessDenied(self._fault(Denied(path, "read", verdict)))

    def readable(self, node: DataNode, value: Any, path: Path) -> Any:
        """``value``, which stands at ``path``, without what may not be read; the very object where all of it may, None
        where nothing may. It may be a view that holds more than the data (defaults)."""
        if self._rules is None:
            return value
        if weight(value, _LONG) < _LONG:
            return readable(self._rules, node, value, path)
        known = self._last
        if known is None or known[0] is not value or known[1] != path:
            self._last = known = (value, path, readable(self._rules, node, value, path))
        return known[2]

    def shown(self, change: Change) -> Change | None:
        """A change, as far as it may be told to one who may not read all of it; None where nothing of it may."""
        if self._rules is None:
            return change
        node = node_at(self.schema, change.path)
        if change.kind == "moved":
            return change if sees(self._rules, node, change.path.steps) else None
        old, new = (
            None if value is None else readable(self._rules, node, value, change.path)
            for value in (change.old, change.new)
        )
        if old is None and new is None:
            return None
        return replace(change, old=old, new=new)

    # -- writing -----------------------------------------------------------------------------------

    def demand_write(self, path: Path, asked: Right = "update") -> None:
        """Raise :class:`AccessDenied` when nothing at or below ``path`` can be changed, whatever the change is; ``asked`` is the
        right that it says is missing. It is for faces, that would else tell what stands there; what a change does is checked
        by :meth:`check_edits`."""
        if self._rules is None:
            return
        node = node_at(self.schema, path)
        for right in WRITES:
            if not self._rules.alike(node, right) or not self._rules.certain(node, path.steps, right):
                return
            if self._rules.verdict(node, path.steps, right).permit:
                return
        self._counters.denied_operations += 1
        self._counters.denied_data_writes += 1
        raise AccessDenied(self._fault(Denied(path, asked, self._verdict(node, path, asked))))

    def check_edits(self, changes: Sequence[Change], edits: Sequence[Edit]) -> None:
        """Raise :class:`AccessDenied`, listing what of ``changes`` may not be made; ``edits`` made them."""
        if self._rules is None:
            return
        self._refuse(list(denied(self._rules, changes, edits)), edits)
        self.check_guesses(edits)

    def check_guesses(self, edits: Sequence[Edit]) -> None:
        """Raise :class:`AccessDenied` where ``edits`` hold something for nodes that may neither be read nor written, whether or
        not it is what stands there already."""
        if self._rules is not None:
            self._refuse(list(guessed(self._rules, edits)), edits)

    def check_failed(self, edits: Sequence[Edit]) -> None:
        """Raise :class:`AccessDenied` where ``edits``, which could not be made for what stands there or does not, may not be
        made anyway: to tell why would be to tell what stands there."""
        if self._rules is not None:
            self._refuse(list(denied_anyway(self._rules, edits)), edits)

    def _refuse(self, found: Sequence[Denied], edits: Sequence[Edit]) -> None:
        if not found:
            return
        self._counters.denied_data_writes += 1
        self._counters.denied_operations += 1
        told = dict.fromkeys(self._fault(self._tellable(one, edits)) for one in found[:MAX_FAULTS])
        raise AccessDenied(told, total=len(told) if len(told) < MAX_FAULTS else len(found))

    def _tellable(self, found: Denied, edits: Sequence[Edit]) -> Denied:
        """What would be deleted and may not be read is not named (RFC 8341 section 3.2.5), unless the one who asks did: then
        the path is that of the closest node above that may be."""
        path = found.path
        if found.right != "delete" or any(edit.path == path for edit in edits):
            return found
        while path.steps and not self.may_read(path):
            path = Path(path.steps[:-1])
        return found if path == found.path else replace(found, path=path, inside=True)

    def concealed(self, error: HoardErrorT) -> HoardErrorT:
        """``error``, about data that the one who is told may not have written himself, without naming what he may neither read
        nor write: it is said of the closest node above that he may read."""
        if self._rules is None:
            return error
        told = dict.fromkeys(map(self._concealed, error.faults))
        return type(error)(told, total=max(len(told), error.total - len(error.faults) + len(told)))

    def _concealed(self, fault: Fault) -> Fault:
        try:
            path = parse_path(self.schema, fault.path) if fault.path else Path.ROOT
            node = node_at(self.schema, path)
        except (HoardError, KeyError):  # of a message, or of another model
            return fault
        rights: tuple[Right, ...] = ("create", "update")
        if self.may_read(path) or any(self._verdict(node, path, right).permit for right in rights):
            return fault
        while path.steps and not self.may_read(path):
            path = Path(path.steps[:-1])
        denied = fault.tag == "access-denied"
        what = (
            f"{self.principal.name} may not change something in this"
            if denied
            else "something in this does not fit"
        )
        return Fault(fault.tag, what, str(path) if path.steps else "", fault.type, fault.app_tag)

    # -- operations and notifications --------------------------------------------------------------

    def may_exec(self, operation: Operation, path: Path | None = None) -> bool:
        """Whether an rpc may be invoked, or an action on the instance at ``path``: then that must be readable, too."""
        return self._exec_verdict(operation, path).permit

    def demand_exec(self, operation: Operation, path: Path | None = None) -> None:
        """Raise :class:`AccessDenied` unless :meth:`may_exec`."""
        verdict = self._exec_verdict(operation, path)
        if not verdict.permit:
            self._counters.denied_operations += 1
            raise AccessDenied(self._fault(Denied(path or Path.ROOT, "exec", verdict), operation.qname))

    def may_notify(self, notification: Notification, path: Path | None = None) -> bool:
        """Whether a notification may be received; ``path`` is that of the node that it belongs to. One that may not is
        counted: it will not be sent."""
        if self._rules is None:
            return True
        if path is None or not path.steps:
            permit = self._rules.notification(notification).permit
        else:
            permit = self.may_read(path) and self._rules.verdict(notification, path.steps, "read").permit
        self._counters.denied_notifications += not permit
        return permit

    def _exec_verdict(self, operation: Operation, path: Path | None) -> Verdict:
        if self._rules is None:
            return Verdict(True)
        if path is None or not path.steps:
            return self._rules.rpc(operation)
        verdict = self._rules.verdict(operation, path.steps, "exec")
        if verdict.permit and not self.may_read(path):
            return self._verdict(node_at(self.schema, path), path, "read")
        return verdict

    # -- why ---------------------------------------------------------------------------------------

    def _verdict(self, node: DataNode, path: Path, right: Right) -> Verdict:
        return Verdict(True) if self._rules is None else self._rules.verdict(node, path.steps, right)

    def _fault(self, found: Denied, operation: str = "") -> Fault:
        """The rule is named to those who may read the rules."""
        this = "something in this" if found.inside else "this"
        what = f"invoke {operation}" if operation else f"{found.right} {this}"
        message = f"{self.principal.name} may not {what}"
        rule = found.verdict.rule
        if rule is not None and rule.builtin:
            message += f": {rule}"
        elif self._reads_rules():
            message += f": {rule} denies it" if rule is not None else ": no rule permits it"
        return Fault("access-denied", message, str(found.path) if found.path.steps else "")

    def _reads_rules(self) -> bool:
        nacm = self.schema.root.children.get(f"{MODULE}:nacm")
        return nacm is not None and self.reads_all(Path.ROOT.child(nacm))


def _built_in(principal: Principal, schema: Schema) -> list[tuple[Rule, Place | None]]:
    """The rules of the principal itself."""
    first: list[tuple[Rule, Place | None]] = []
    if principal.rights != ALL:
        first.append((Rule("", _SCOPE, permit=False, rights=ALL - principal.rights), None))
        with suppress(Unplaced):
            users = place_of(schema, _USERS, principal.name)
            first.append((Rule("", _NO_USERS, permit=False, kind="data", rights=frozenset(WRITES)), users))
    if principal.kind == "thing" and _node(schema, principal.path) is not None:
        first.append((Rule("", _OWN, permit=True, kind="data"), place_at(schema, principal.path)))
    return first


def _node(schema: Schema, path: Path) -> DataNode | None:
    """The schema node of ``path``; None for one that the model does not have any more."""
    try:
        return node_at(schema, path)
    except KeyError:
        return None
