"""An upgrade that is killed: ``upgrader.py FOLDER YANG MOMENT``."""

import os
import signal
import sys

from pyconfhoard.hoard import upgrade
from pyconfhoard.store.sqlite import SqliteJournal


def die():
    os.kill(os.getpid(), signal.SIGKILL)


class Mortal(SqliteJournal):
    """Ends the process at a moment of the one transaction."""

    moment = ""

    def _put_snapshot(self, writer, snapshot):
        gone = super()._put_snapshot(writer, snapshot)
        if self.moment == "in the transaction":
            die()
        return gone

    def add_model(self, model, snapshot, **more):
        if self.moment == "after the backup":
            die()
        super().add_model(model, snapshot, **more)
        if self.moment == "after it":
            die()


def main():
    folder, yang, moment = sys.argv[1:]
    Mortal.moment = moment
    with upgrade.Upgrade.open(folder, yang=[yang], modules=["brewery"], journal=Mortal) as found:
        if moment == "before the backup":
            die()
        found.apply()


main()
