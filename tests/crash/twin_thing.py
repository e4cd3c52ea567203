"""The Thing of ``/twin:pair``, in a process of its own. What it is to do wrong stands in the files beside its log:

``hang`` keeps it in ``prepare`` until the file is gone, ``die-before`` and ``die`` kill it in ``prepare``, or when the change
is committed and about to be applied. Each pair of values that it applied, or found at its start, is a line of ``applied``.
"""

import os
import signal
import time
from pathlib import Path

from pyconfhoard import Refuse, Thing, every

PLACE = Path(os.environ["TWIN_PLACE"])


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Twin(Thing):
    module = "twin"
    path = "/pair"

    def setup(self):
        self.runs = 0
        self.apply(self.config)

    def prepare(self, changes):
        if (PLACE / "die-before").exists():
            (PLACE / "die-before").unlink()
            die()
        while (PLACE / "hang").exists():
            time.sleep(0.01)
        if changes.config["first"] == 13:
            raise Refuse("nobody wants 13", "first")

    def on_change(self, changes):
        if (PLACE / "die").exists():
            (PLACE / "die").unlink()
            die()
        self.apply(changes.config)

    def apply(self, config):
        with (PLACE / "applied").open("a") as applied:
            applied.write(f"{config['first'] or 0} {config['second'] or 0}\n")

    @every(seconds=0.1)
    def look(self):
        self.runs += 1
        self.operational["runs"] = self.runs
