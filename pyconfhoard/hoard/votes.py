"""Votes: each linked Thing that a change touches may refuse it.

All are asked at the same time and have the same :data:`DEADLINE`. A refusal aborts the commit with the
Thing's reason. One that does not answer in time aborts this commit, too, and is **skipped** from then on,
until it is heard again (:meth:`Votes.answered`): a Thing that hangs stops one commit, not all.
Things that are not linked do not vote.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final, Protocol

from pyconfhoard.errors import Fault, Refused
from pyconfhoard.hoard.bridge import loop_runs
from pyconfhoard.hoard.owners import Owner
from pyconfhoard.tree import Branch, Change, Path, diff, get

__all__ = ["DEADLINE", "Voter", "Votes", "below"]

DEADLINE: Final = 2.0
"""Seconds."""


class Voter(Protocol):
    """A linked Thing, as a commit sees it."""

    async def prepare(self, revision: int, changes: tuple[Change, ...]) -> str:
        """Ask for its vote on the changes in its subtree; its reason to refuse, empty for consent.

        Raises :class:`ConnectionError` when the link breaks: then it does not vote.
        """

    def abort(self, revision: int) -> None:
        """Tell one that was asked that the change will not come. Does not wait."""


def below(path: Path, old: Branch, new: Branch, changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Of ``changes``, which lead from the root ``old`` to ``new``, what happens at ``path`` and below."""
    before, after = get(old, path), get(new, path)
    if before is after:
        return ()
    inside = tuple(change for change in changes if change.path.within(path))
    if inside:
        return inside
    if isinstance(before, Branch) and isinstance(after, Branch):
        return tuple(diff(before, after, path))
    # It came or went with something above it.
    if before is None:
        return (Change(path, "created", None, after),)
    return (Change(path, "deleted", before, None),)


class Votes:
    """Who votes. ``deadline`` in seconds."""

    def __init__(self, *, deadline: float = DEADLINE) -> None:
        self.deadline = deadline
        self._voters: dict[str, Voter] = {}
        self._skipped: set[str] = set()

    @property
    def linked(self) -> frozenset[str]:
        """Names of the Things that are linked."""
        return frozenset(self._voters)

    @property
    def skipped(self) -> frozenset[str]:
        """Those that missed a deadline and were not heard since."""
        return frozenset(self._skipped)

    def link(self, name: str, voter: Voter) -> None:
        """A Thing is there. It replaces one of that name."""
        self._voters[name] = voter
        self._skipped.discard(name)

    def unlink(self, name: str, voter: Voter) -> None:
        """It is gone; nothing happens when another one has taken its place."""
        if self._voters.get(name) is voter:
            del self._voters[name]
            self._skipped.discard(name)

    def answered(self, name: str) -> None:
        """A sign of life from one that was skipped: it votes again."""
        self._skipped.discard(name)

    def concerned(
        self, owners: Mapping[str, Owner], old: Branch, new: Branch, changes: tuple[Change, ...]
    ) -> dict[str, tuple[Voter, tuple[Change, ...]]]:
        """Who is to be asked, each with what changes in its subtree."""
        asked: dict[str, tuple[Voter, tuple[Change, ...]]] = {}
        for name, voter in self._voters.items():
            if name in self._skipped or name not in owners:
                continue
            if mine := below(owners[name].path, old, new, changes):
                asked[name] = voter, mine
        return asked

    def withdraw(self, revision: int) -> None:
        """A commit that all agreed to could not be stored: tell them that it will not come."""
        for voter in self._voters.values():
            voter.abort(revision)

    async def ask(
        self,
        owners: Mapping[str, Owner],
        revision: int,
        old: Branch,
        new: Branch,
        changes: tuple[Change, ...],
    ) -> None:
        """Let everyone concerned vote. Raises :class:`Refused` with all objections, after telling
        those who agreed that it will not come."""
        asked = self.concerned(owners, old, new, changes)
        if objections := await self._objections(asked, owners, revision):
            self._abort(asked, revision)
            raise Refused(objections)

    async def rehearse(
        self,
        owners: Mapping[str, Owner],
        revision: int,
        old: Branch,
        new: Branch,
        changes: tuple[Change, ...],
    ) -> list[Fault]:
        """What those concerned have against it. All are told then that it will not come."""
        asked = self.concerned(owners, old, new, changes)
        objections = await self._objections(asked, owners, revision)
        self._abort(asked, revision)
        return objections

    async def _objections(
        self,
        asked: Mapping[str, tuple[Voter, tuple[Change, ...]]],
        owners: Mapping[str, Owner],
        revision: int,
    ) -> list[Fault]:
        if not asked:
            return []
        if not loop_runs():
            raise RuntimeError(
                f"{', '.join(asked)} must be asked, which takes an event loop: await Hoard.commit"
            )
        questions = [
            self._one(name, owners[name], voter, revision, mine) for name, (voter, mine) in asked.items()
        ]
        try:
            return [fault for fault in await asyncio.gather(*questions) if fault is not None]
        except asyncio.CancelledError:
            self._abort(asked, revision)
            raise

    def _abort(self, asked: Mapping[str, tuple[Voter, tuple[Change, ...]]], revision: int) -> None:
        for voter, _ in asked.values():
            voter.abort(revision)

    async def _one(
        self, name: str, owner: Owner, voter: Voter, revision: int, changes: tuple[Change, ...]
    ) -> Fault | None:
        try:
            async with asyncio.timeout(self.deadline):
                reason = await voter.prepare(revision, changes)
        except TimeoutError:
            self._skipped.add(name)
            message = (
                f"{name} did not say within {self.deadline:g} s whether it agrees; "
                "it is passed over until it answers again: repeat the change to make it without its vote"
            )
            return Fault("operation-failed", message, str(owner.path))
        except ConnectionError:
            return None
        if not reason:
            return None
        return Fault(
            "operation-failed", f"{name} refuses: {reason}", str(owner.path), edit=str(changes[0].path)
        )
