"""Where writing requests go: the running configuration, or a private candidate."""

from __future__ import annotations

from pyconfhoard.access import Principal
from pyconfhoard.errors import Conflict, Fault
from pyconfhoard.hoard import Hoard
from pyconfhoard.hoard.candidates import Candidate
from pyconfhoard.tree import Branch

from .edits import Plan
from .runtime import Runtime

__all__ = ["CandidateStore", "RunningStore", "refuse_voters"]


def refuse_voters(runtime: Runtime, principal: Principal) -> None:
    """A Thing that owes its vote on one commit cannot make another: it would wait for itself. Raises :class:`Conflict`."""
    if principal.name in runtime.links.voting:
        message = f"{principal.name} is asked for its vote: nothing can be written from inside prepare"
        raise Conflict(Fault("in-use", message, type="protocol"))


class RunningStore:
    """Each request is a transaction of its own, validated, voted on and journaled."""

    tagged = True

    def __init__(self, runtime: Runtime, principal: Principal) -> None:
        self._runtime = runtime
        self._principal = principal

    async def write(self, plan: Plan) -> Branch:
        refuse_voters(self._runtime, self._principal)
        commit = await self._runtime.hoard.commit(plan.edits, author=self._principal.name, source="rest")
        return commit.root


class CandidateStore:
    """Requests pile up in the candidate; the model's rules wait for its commit."""

    tagged = False

    def __init__(self, hoard: Hoard, candidate: Candidate) -> None:
        self._hoard = hoard
        self._candidate = candidate

    async def write(self, plan: Plan) -> Branch:
        edits = plan.edits(self._candidate.root)
        return self._hoard.candidates.edit(self._candidate.id, edits).root
