"""The hoard: one process that holds the datastores of a set of YANG modules."""

from pyconfhoard.hoard.blame import Blame
from pyconfhoard.hoard.candidates import SHARED, Candidate, Candidates
from pyconfhoard.hoard.commit import Author, Commit, Origin
from pyconfhoard.hoard.confirmed import Pending, Terms
from pyconfhoard.hoard.difference import Difference
from pyconfhoard.hoard.history import Detail, History
from pyconfhoard.hoard.hoard import Hoard
from pyconfhoard.hoard.locks import Lock, Locks
from pyconfhoard.hoard.operational import Published
from pyconfhoard.hoard.owners import Owner
from pyconfhoard.hoard.retention import Retention
from pyconfhoard.hoard.state import Datastore, Registered, State, View
from pyconfhoard.hoard.votes import Voter, Votes, below

__all__ = [
    "SHARED",
    "Author",
    "Blame",
    "Candidate",
    "Candidates",
    "Commit",
    "Datastore",
    "Detail",
    "Difference",
    "History",
    "Hoard",
    "Lock",
    "Locks",
    "Origin",
    "Owner",
    "Pending",
    "Published",
    "Registered",
    "Retention",
    "State",
    "Terms",
    "View",
    "Voter",
    "Votes",
    "below",
]
