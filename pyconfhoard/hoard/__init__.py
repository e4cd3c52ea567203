"""The hoard: one process that holds the datastores of a set of YANG modules."""

from pyconfhoard.hoard.candidates import Candidate, Candidates
from pyconfhoard.hoard.commit import Commit, Origin
from pyconfhoard.hoard.hoard import Hoard
from pyconfhoard.hoard.operational import Published
from pyconfhoard.hoard.owners import Owner
from pyconfhoard.hoard.state import Datastore, Registered, State, View
from pyconfhoard.hoard.votes import Voter, Votes, below

__all__ = [
    "Candidate",
    "Candidates",
    "Commit",
    "Datastore",
    "Hoard",
    "Origin",
    "Owner",
    "Published",
    "Registered",
    "State",
    "View",
    "Voter",
    "Votes",
    "below",
]
