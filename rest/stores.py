"""Where writing requests go: the running configuration, or a candidate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pyconfhoard.access import Principal
from pyconfhoard.errors import Conflict, Fault
from pyconfhoard.hoard import Hoard
from pyconfhoard.hoard.candidates import Candidate
from pyconfhoard.hoard.commit import Edits
from pyconfhoard.tree import Branch

from .commit_options import CommitOptions
from .dry_run import Trial, rehearsed, trial_of
from .runtime import Runtime

__all__ = ["CandidateStore", "RunningStore", "Store", "Written", "refuse_voters"]


@dataclass(frozen=True, slots=True)
class Written:
    """The root with the change in it, and what the answer tells of it in its header."""

    root: Branch
    headers: Mapping[str, str] = field(default_factory=dict)


class Store(Protocol):
    """Where a change goes."""

    async def write(self, edits: Edits, comment: str = "") -> Written:
        """Carry it out; ``comment`` is why, where the request does not say. Raises what a commit raises."""

    async def rehearse(self, edits: Edits) -> Trial:
        """What it would do. Raises what a commit raises, votes left out."""


def refuse_voters(runtime: Runtime, principal: Principal) -> None:
    """A Thing that owes its vote on one commit cannot make or try another: it would wait for itself. Raises
    :class:`Conflict`."""
    if principal.name in runtime.links.voting:
        message = (
            f"{principal.name} is asked for its vote: nothing can be written or tried from inside prepare"
        )
        raise Conflict(Fault("in-use", message, type="protocol"))


class RunningStore:
    """Each request is a transaction of its own, validated, voted on and journaled."""

    def __init__(self, runtime: Runtime, principal: Principal, options: CommitOptions) -> None:
        self._runtime = runtime
        self._principal = principal
        self._options = options

    async def write(self, edits: Edits, comment: str = "") -> Written:
        refuse_voters(self._runtime, self._principal)
        hoard = self._runtime.hoard
        commit = await self._options.commit(hoard, edits, self._principal, comment)
        self._runtime.remember(commit.revision, commit.time)
        return Written(commit.root, self._options.told(hoard, commit))

    async def rehearse(self, edits: Edits) -> Trial:
        refuse_voters(self._runtime, self._principal)
        hoard, options = self._runtime.hoard, self._options
        options.check_id(hoard)
        return await rehearsed(hoard, edits, self._principal, options.session, options.persist_id)


class CandidateStore:
    """Requests pile up in the candidate; the model's rules wait for its commit."""

    def __init__(self, hoard: Hoard, candidate: Candidate, principal: Principal, session: str) -> None:
        self._hoard = hoard
        self._id = candidate.id
        self._principal = principal
        self._session = session

    async def write(self, edits: Edits, comment: str = "") -> Written:
        candidates = self._hoard.candidates
        changed = await candidates.write(self._id, edits, author=self._principal, session=self._session)
        return Written(changed.root)

    async def rehearse(self, edits: Edits) -> Trial:
        candidates = self._hoard.candidates
        tried = await candidates.rehearse(self._id, edits, author=self._principal, session=self._session)
        return await trial_of(self._hoard, *tried, self._principal)
