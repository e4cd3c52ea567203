"""Where writing requests go: the running configuration, or a private candidate."""

from __future__ import annotations

from pyconfhoard.hoard import Hoard
from pyconfhoard.hoard.candidates import Candidate
from pyconfhoard.tree import Branch

from .edits import Plan

__all__ = ["CandidateStore", "RunningStore"]


class RunningStore:
    """Each request is a transaction of its own, validated, voted on and journaled."""

    tagged = True

    def __init__(self, hoard: Hoard, author: str) -> None:
        self._hoard = hoard
        self._author = author

    async def write(self, plan: Plan) -> Branch:
        commit = await self._hoard.commit(plan.edits, author=self._author, source="rest")
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
