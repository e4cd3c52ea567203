"""``./launch --upgrade`` and ``--downgrade``: a datastore taken to a changed model, and back, by a person who looks on.

The plan is shown before anything is done, and is what is done then: the folder's lock is held from the one to the
other. So the hoard must not run; whoever has the folder is named.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from pyconfhoard.settings import Settings
from pyconfhoard.thing.here import model_of

if TYPE_CHECKING:
    from pyconfhoard.hoard.upgrade import Restored, Upgrade

__all__ = ["agreed", "go_back", "upgrade"]


def agreed(question: str) -> bool:
    """Ask on the terminal; without one the answer is no."""
    if not sys.stdin.isatty():
        return False
    try:
        return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}
    except EOFError:
        return False


def upgrade(settings: Settings, say: Callable[[str], None], agree: Callable[[str], bool]) -> int:
    """Show the plan, and if ``agree`` says so, back up and apply. The exit code: 0 when it is done or there was
    nothing to do, 1 when the data does not fit or nobody agreed; nothing has changed then.

    Raises what :meth:`pyconfhoard.hoard.upgrade.Upgrade.open` and ``apply`` do.
    """
    from pyconfhoard.hoard.upgrade import Upgrade  # noqa: PLC0415 - the launcher reads no data else

    say(f"reading {settings.datastore} and planning ...")
    with Upgrade.open(settings.datastore, **model_of(settings)) as found:
        return _carried_out(found, settings, say, agree)


def _carried_out(
    found: Upgrade, settings: Settings, say: Callable[[str], None], agree: Callable[[str], bool]
) -> int:
    from pyconfhoard.hoard.upgrade import held  # noqa: PLC0415

    plan = found.plan
    if plan is None:
        say("The model has not changed: there is nothing to upgrade.")
        return 0
    say(plan.text().rstrip("\n"))
    if plan.faults:
        say(
            "Not upgraded, and nothing was changed: the old model keeps serving. Correct what is listed under the old "
            "model, or by rules beside the YANG (Documentation/upgrade.md), and try again."
        )
        return 1
    if plan.fits and held(found.folder) != plan.new.fingerprint:
        say("The next start takes this model by itself; an upgrade makes a backup first.")
    if not agree("Upgrade?"):
        say("Nothing was changed. To upgrade without a question: --yes")
        return 1
    say("backing up and applying ...")
    touched = found.touched()
    done = found.apply()
    say(f"Upgraded at revision {done.revision}. The backup of before is {done.backup}")
    for name, path in sorted(touched.items()):
        say(f"  {name}, which owns {path}: bring its file up to the new model, and register it again")
    say(f"Next: start the hoard as ever. To go back: {_command('--downgrade', settings)}")
    return 0


def go_back(settings: Settings, say: Callable[[str], None], agree: Callable[[str], bool]) -> int:
    """Restore the backup of the last upgrade, if ``agree`` says so. The exit code, and what is raised, as for
    :func:`upgrade`."""
    from pyconfhoard.hoard.upgrade import downgrade  # noqa: PLC0415

    def shown(going: Restored) -> bool:
        say(f"The last upgrade's backup is {going.file}, of revision {going.revision}.")
        if going.lost:
            commits = "the commit" if going.lost == 1 else f"the {going.lost} commits"
            say(f"Going back to it leaves out {commits} made since the upgrade, which are kept in aside/.")
        return agree("Go back?")

    done = downgrade(settings.datastore, agree=shown)
    if done is None:
        say("Nothing was changed. To go back without a question: --yes")
        return 1
    say(
        f"Back at revision {done.revision}, with the model of that time, which serves whatever is in the YANG files. "
        f"Next: start the hoard as ever. To upgrade again: {_command('--upgrade', settings)}"
    )
    return 0


def _command(flag: str, settings: Settings) -> str:
    words = ["./launch", flag]
    if settings.datastore != Settings().datastore.absolute():
        words += ["--datastore", str(settings.datastore)]
    return " ".join(words)
