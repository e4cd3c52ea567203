"""``./launch --check`` and ``--repair``: what is wrong with a datastore, and the way back.

A hoard that has the datastore is asked to check it, and goes on with its work. Repairing puts another journal in the place
of the damaged one, and history begins anew where it cannot be read: that is not done under a hoard that is at work.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from pyconfhoard.errors import DatastoreInUse
from pyconfhoard.settings import Settings
from pyconfhoard.thing.register import serving
from pyconfhoard.thing.remote import Remote
from pyconfhoard.thing.stored import demand

__all__ = ["check", "repair"]


def check(settings: Settings, say: Callable[[str], None]) -> int:
    """Say what is wrong; the exit code: 0 for a datastore that is whole, else 1. Raises :class:`NotFound` where there is
    none, and what a hoard answers that has it."""
    url = serving(settings)
    if not url:
        from pyconfhoard.store import beside, checker  # noqa: PLC0415 - the launcher reads no data else

        folder = settings.datastore
        demand(folder)
        if not os.access(folder, os.W_OK):
            return _told(beside.check_beside(folder).problems, f"{folder}, which can only be read,", say)
        return _told(checker.check(folder), str(folder), say)
    say(f"the hoard at {url} reads all of its datastore ...")
    told = Remote.of(settings, url).call("pyconfhoard-upkeep:check")
    subject = f"the datastore of {url}" if settings.hoard else str(settings.datastore)
    if "revision" in told:
        subject += f", up to revision {told['revision']},"
    return _told(told.get("problem", ()), subject, say)


def repair(settings: Settings, say: Callable[[str], None]) -> int:
    """Go back to the last good revision, and say what was wrong and done; the exit code is that of :func:`check`
    afterwards. Raises :class:`NotFound` where there is no datastore, and :class:`DatastoreInUse` while a hoard has it."""
    from pyconfhoard.store import checker  # noqa: PLC0415
    from pyconfhoard.store.repair import repair as mend  # noqa: PLC0415

    demand(settings.datastore)
    try:
        found = mend(settings.datastore)
    except DatastoreInUse as error:
        raise DatastoreInUse(
            f"{error}. A repair puts another journal in the place of the one that is in use: the hoard has to be stopped for "
            "it. --check is made beside it, too"
        ) from error
    for line in found:
        say(line)
    return _told(checker.check(settings.datastore) if found else (), str(settings.datastore), say)


def _told(problems: Sequence[str], subject: str, say: Callable[[str], None]) -> int:
    for line in problems:
        say(line)
    if problems:
        say(f"{subject} is damaged: --repair goes back to the last good revision")
        return 1
    say(f"{subject} is whole")
    return 0
