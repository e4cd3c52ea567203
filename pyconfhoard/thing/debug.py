"""``./launch --thing PATH --debug``: a shell inside the Thing's process, with its data model at hand.

The Thing is linked and set up, but does not run: what the link brings is taken in before each line,
so that ``config`` is always the newest; ``run()`` runs it until Ctrl-C and comes back here.
IPython where it is installed (the extra ``debug``), else Python's own shell.
"""

from __future__ import annotations

import code
import contextlib
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pyconfhoard.errors import HoardError
from pyconfhoard.settings import Settings
from pyconfhoard.thing.context import Context, constructing
from pyconfhoard.thing.loader import load
from pyconfhoard.thing.thing import Thing

__all__ = ["banner", "debug", "namespace"]


def namespace(thing: Thing) -> dict[str, Any]:
    """The names that the shell knows."""
    return {
        "thing": thing,
        "config": thing.config,
        "operational": thing.operational,
        "follow": thing.follow,
        "binding": thing.binding,
        "log": thing.log,
        "run": lambda: _run(thing),
    }


def _run(thing: Thing) -> None:
    with contextlib.suppress(KeyboardInterrupt):
        thing.start() if thing.runner.own_start else thing.runner.loop()


def banner(thing: Thing) -> str:
    """What the shell says at its start."""
    link = f"linked to {thing.settings.url}" if thing.linked else "not linked: on the local copy"
    return (
        f"{thing.name} owns {thing.config.path} of {thing.module}; {link}, "
        f"revision {thing.runner.replica.revision}.\n"
        "  config['path']  operational['path'] = value  follow['path']  binding()  run()  Ctrl-D ends\n"
    )


def debug(files: Sequence[Path], settings: Settings) -> int:
    """The shell for the Thing of one file; gives the exit code."""
    try:
        with constructing(Context(settings=settings, patient=False)):
            thing = load(files[0])
        names = namespace(thing)
        words = banner(thing)
    except HoardError as error:
        logging.getLogger("pyconfhoard").error("%s", error)  # noqa: TRY400 - a message, not a fault of ours
        return 1

    def refresh() -> None:
        thing.runner.drain()
        names["config"] = thing.config

    try:
        _shell(names, words, refresh)
    finally:
        thing.runner.quit()
        thing.runner.end()
    return 0


def _shell(names: dict[str, Any], words: str, refresh: Callable[[], None]) -> None:
    try:
        from IPython.terminal.embed import InteractiveShellEmbed  # noqa: PLC0415 - an extra
    except ImportError:
        console = _Console(names, refresh)
        console.interact(f"{words}\n  (IPython makes this nicer: pip install 'pyconfhoard[debug]')", "")
        return
    make: Any = InteractiveShellEmbed
    shell = make(user_ns=names, banner1=words, exit_msg="", confirm_exit=False, enable_tip=False)

    def before_each(*_: object) -> None:
        refresh()
        shell.user_ns["config"] = names["config"]

    shell.events.register("pre_run_cell", before_each)
    shell()


class _Console(code.InteractiveConsole):
    """Python's own shell, refreshed before each line."""

    def __init__(self, names: dict[str, Any], refresh: Callable[[], None]) -> None:
        super().__init__(names)
        self._refresh = refresh

    def runcode(self, compiled: Any) -> None:
        self._refresh()
        super().runcode(compiled)
