"""The server with a disk that fails when told: ``gunicorn faulty_app``, for tests.

While the file ``disk-fails`` stands beside the datastore's folder, no sync of the journal succeeds.
"""

import functools
import os
from pathlib import Path

from played_disk import PlayedDisk

from pyconfhoard.hoard import Hoard
from pyconfhoard.store import sqlite_file
from pyconfhoard.store.sqlite import SqliteJournal
from rest import runtime
from rest.app import application

__all__ = ["application"]

SWITCH = Path(os.environ["PYCONF_DATASTORE"]).parent / "disk-fails"


class FailingDisk(PlayedDisk):
    @property
    def failing(self):
        return int(SWITCH.exists())

    @failing.setter
    def failing(self, value):
        """It is the file that says so."""


disk = FailingDisk()


class FaultyHoard(Hoard):
    """A hoard on that disk."""

    @classmethod
    def open(cls, *arguments, **more):
        journal = functools.partial(SqliteJournal, connect=disk.connect)
        return Hoard.open(*arguments, journal=journal, **more)


sqlite_file.write_again = disk.write_again
runtime.Hoard = FaultyHoard
