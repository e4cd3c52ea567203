"""The process in which Things run: ``python -m pyconfhoard.thing.host [--debug] FILE...``.

One Thing runs in the main thread; several have a thread each, and share their fate: when one ends by
an error, the process ends. It never supervises: whoever started it does.

A watcher thread turns the outside into one wish, to stop: SIGTERM, SIGINT, or the supervisor's end
(its side of a socket closes, even after ``kill -9``). The Things are asked; a ``start()`` that still
blocks after a second is interrupted by ``KeyboardInterrupt``; what still runs then is left to the
supervisor's SIGKILL or, when there is none any more, ends at once.

Signals wake the watcher by a file descriptor. Python code in a signal handler must not touch an
``Event``: the interrupted thread may hold its lock.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Final

from pyconfhoard.errors import HardwareError, HoardError, NotFound
from pyconfhoard.settings import Settings
from pyconfhoard.thing.context import Context, constructing
from pyconfhoard.thing.declaration import InvalidThing
from pyconfhoard.thing.family import HELD, READY, SUPERVISOR_FD, UNLOADABLE, reason_line
from pyconfhoard.thing.link_client import Held
from pyconfhoard.thing.loader import load
from pyconfhoard.thing.runner import Runner

__all__ = ["main"]

_WISHES: Final = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})

_GRACE: Final = 1.0
"""Seconds for a Thing to stop by itself, and again after it was interrupted."""


class _Watcher(threading.Thread):
    def __init__(self) -> None:
        super().__init__(name="watcher", daemon=True)
        self.asked = threading.Event()
        self.done = threading.Event()
        self._runners: list[Runner] = []
        number = os.environ.pop(SUPERVISOR_FD, "")
        self._supervisor = socket.socket(fileno=int(number)) if number else None
        self._signals, ringer = socket.socketpair()
        ringer.setblocking(False)
        self._ringer = ringer
        for wish in _WISHES:
            signal.signal(wish, _noted)
        signal.signal(signal.SIGALRM, _interrupt)
        signal.set_wakeup_fd(ringer.fileno())

    def add(self, runner: Runner) -> None:
        self._runners.append(runner)
        if self.asked.is_set():
            runner.quit()

    def announce(self) -> None:
        """Tell the supervisor that this process is at work."""
        if self._supervisor is not None:
            self._supervisor.send(READY + b"\n")

    def explain(self, reason: str) -> None:
        """Tell the supervisor why this process ends."""
        if self._supervisor is not None:
            self._supervisor.sendall(reason_line(reason))

    def run(self) -> None:
        orphaned = self._wait()
        self.asked.set()
        for runner in self._runners:
            runner.quit()
        if self.done.wait(_GRACE):
            return
        if not any(runner.ended for runner in self._runners):
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGALRM)
        if not self.done.wait(_GRACE) and orphaned:
            os._exit(1)

    def _wait(self) -> bool:
        """Until somebody wants the end; whether that is because the supervisor is gone."""
        channels = [self._signals] + ([self._supervisor] if self._supervisor is not None else [])
        while True:
            ready, _, _ = select.select(channels, [], [])
            if self._supervisor in ready and self._supervisor is not None and not self._supervisor.recv(64):
                return True
            if self._signals in ready and _WISHES.intersection(self._signals.recv(64)):
                return False


def _noted(number: int, frame: FrameType | None) -> None:
    """The wakeup descriptor does the work."""


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _life(path: Path, settings: Settings, watcher: _Watcher) -> int:
    """One Thing from its file to its end; gives the exit code."""
    log = logging.getLogger("pyconfhoard")
    try:
        with constructing(Context(settings=settings, patient=True, begun=watcher.add)):
            thing = load(path)
    except KeyboardInterrupt:
        return 0
    except Held as error:
        log.error("%s", error)  # noqa: TRY400 - a message, not a fault of ours
        watcher.explain(str(error))
        return HELD
    except (NotFound, InvalidThing) as error:
        log.error("%s", error)  # noqa: TRY400
        watcher.explain(str(error))
        return UNLOADABLE
    except HardwareError as error:
        log.error("%s cannot start: %s", path, error)  # noqa: TRY400
        watcher.explain(str(error))
        return UNLOADABLE
    except HoardError as error:
        log.error("%s cannot start: %s", path, error)  # noqa: TRY400
        return 1
    watcher.announce()
    try:
        thing.runner.run()
    except KeyboardInterrupt:
        return 0
    except HardwareError as error:
        thing.log.error("ended by the hardware: %s", error)  # noqa: TRY400
        watcher.explain(str(error))
        return UNLOADABLE
    except HoardError:
        thing.log.exception("ended by an error")
        return 1
    return 0


def main(argv: Sequence[str]) -> int:
    """Run the Things of the files named; the exit code is the process's."""
    settings = Settings.from_environment(os.environ)
    logging.basicConfig(
        level=settings.log_level,
        format="%(asctime)s %(levelname)-7s %(name)s: %(message)s",
        datefmt="%H:%M:%S",
        stream=sys.stderr,
    )
    watcher = _Watcher()
    if argv and argv[0] == "--debug":
        from pyconfhoard.thing.debug import debug  # noqa: PLC0415 - IPython only when asked for

        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        return debug([Path(name) for name in argv[1:]], settings)
    files = [Path(name) for name in argv]
    watcher.start()
    try:
        if len(files) == 1:
            return _life(files[0], settings, watcher)
        return _together(files, settings, watcher)
    finally:
        watcher.done.set()


def _together(files: Sequence[Path], settings: Settings, watcher: _Watcher) -> int:
    """A thread each. The first to end by an error, or a wish to stop, ends all."""
    ends: list[int] = []
    changed = threading.Condition()

    def life(path: Path) -> None:
        code = 1
        try:
            code = _life(path, settings, watcher)
        finally:
            with changed:
                ends.append(code)
                changed.notify()

    threads = [threading.Thread(target=life, args=(path,), name=path.stem, daemon=True) for path in files]
    for thread in threads:
        thread.start()
    with changed:
        changed.wait_for(lambda: len(ends) == len(threads) or any(ends))
    worst = max(ends)
    if worst:
        os.kill(os.getpid(), signal.SIGTERM)
    for thread in threads:
        thread.join(2 * _GRACE)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
