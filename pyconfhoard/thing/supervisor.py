"""The parent process: starts children in stages, brings back what dies, makes outputs safe, ends all.

Rules.

* Children are started in stages; a stage begins when everything of the one before is ready, and the
  last stage's readiness is the supervisor's own.
* A child that ends is started again, after 0.2 s, then twice as long each time up to 30 s; running for
  ten seconds resets that. It stays ended when it says so by its exit code: 0 (its work is done), or
  one of :data:`FINAL`. One that is vital and ends before it ever was ready ends everything. Why a child
  could not start it says on its socket; that is the last line, whatever it has logged before.
* Whenever a child ends, however it ended, what is left of its process group is ended too, and its
  declared outputs are put into their safe state *from here*, before it is started again. Only a child
  that never ran, because another process is that Thing, has no say over the outputs.
* SIGINT and SIGTERM stop all, last stage first; what has not ended after :data:`GRACE` is killed; a
  second signal kills at once.
* When the supervisor itself is killed, three things end the rest within three seconds: the kernel
  sends each child SIGTERM (``PR_SET_PDEATHSIG``), each Thing sees its socket to the supervisor
  close, and the reaper (``reaper.py``) kills what ignores both, then makes the outputs safe.

One thread: ``PR_SET_PDEATHSIG`` follows the *thread* that forked, and code between fork and exec is
only safe without threads. It sleeps in ``select`` on signals and on its children's sockets.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, Final

from pyconfhoard.errors import StoreError
from pyconfhoard.thing.family import HELD, READY, SUPERVISOR_FD, UNLOADABLE, reason_in
from pyconfhoard.thing.outputs import Output, make_safe
from pyconfhoard.thing.reaper import lives, send

__all__ = ["FINAL", "GRACE", "Child", "Supervisor"]

FINAL: Final = frozenset({0, HELD, UNLOADABLE})
"""Exit codes after which a child stays ended (the last two: only if it never was ready)."""

GRACE: Final = 5.0
"""Seconds for a child to end when it is asked to."""

_POLL: Final = 0.05
_ASK: Final = 0.1
"""Seconds between two polls of a child's readiness."""
_SLOW: Final = 10.0
"""Seconds after which a child that is not ready is worth a word."""
_TWICE: Final = 0.3
"""Seconds within which two signals are one wish: some senders signal a process and its whole group."""
_FIRST: Final = 0.2
_MOST: Final = 30.0
_STEADY: Final = 10.0

_LIBC: Final = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """What is to run.

    ``ready`` is polled until it holds; with ``announces`` above zero the child is instead ready when it
    has said so that many times on its socket. ``log``: file for its output, else the terminal's.
    ``foreground``: it has the terminal, and its end ends all.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    stage: int = 0
    folder: Path | None = None
    outputs: tuple[Output, ...] = ()
    log: Path | None = None
    ready: Callable[[], bool] | None = None
    announces: int = 0
    vital: bool = False
    foreground: bool = False


@dataclass(slots=True, eq=False)
class _Running:
    """A child and its present process, if it has one."""

    child: Child
    process: subprocess.Popen[bytes] | None = None
    channel: socket.socket | None = None
    heard: int = 0
    half: bytes = b""
    """The beginning of a line on its socket."""
    reason: str = ""
    """Why it ends, as it said."""
    ready: bool = False
    asked: float = 0.0
    """When it was last asked whether it is ready (monotonic)."""
    told: bool = False
    """Whether it was reported to be slow."""
    was_ready: bool = False
    over: bool = False
    failures: int = 0
    started: float = 0.0
    restart: float = 0.0
    """When to start it again (monotonic)."""
    target: int = 0
    """What kill(2) takes to reach the last process and its own: below zero its group; 0 when nothing is left."""
    sweep: float = 0.0
    """When what an ended child has left is killed (monotonic)."""
    code: int | None = None
    log: IO[bytes] | None = field(default=None, repr=False)


def _die_with_parent(parent: int) -> Callable[[], None]:
    def prepare() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the kernel knew
            os._exit(1)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())

    return prepare


class Supervisor:
    """Runs ``children`` until told to stop; :meth:`run` gives the exit code.

    ``report`` gets each piece of news as one line; ``on_ready`` is called once, when all stages are
    ready for the first time.
    """

    def __init__(
        self,
        children: Sequence[Child],
        *,
        environment: Mapping[str, str],
        report: Callable[[str], None],
        on_ready: Callable[[], None] = lambda: None,
    ) -> None:
        self._all = [_Running(child) for child in sorted(children, key=lambda child: child.stage)]
        self._environment = environment
        self._report = report
        self._on_ready = on_ready
        self._stage = min((child.stage for child in children), default=0)
        self._announced = False
        self._wishes = 0
        self._wished = float("-inf")
        self._code = 0
        self._ending = False
        self._reaper: subprocess.Popen[bytes] | None = None
        self._bell, self._ringer = socket.socketpair()
        self._bell.setblocking(False)
        self._ringer.setblocking(False)

    def run(self) -> int:
        """Until the last child is over or a signal comes. Call it from the main thread.

        The exit code: 0 when all went well, the one of :data:`FINAL` by which a child ended first, else 1.
        """
        handlers = {
            number: signal.signal(number, self._on_signal)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)
        }
        wakeup = signal.set_wakeup_fd(self._ringer.fileno(), warn_on_full_buffer=False)
        try:
            self._start_reaper()
            while not self._wishes and not self._ending:
                self._start_due()
                self._wait()
                self._look()
            self._stop_all()
        finally:
            signal.set_wakeup_fd(wakeup)
            for number, handler in handlers.items():
                signal.signal(number, handler)
            self._dismiss_reaper()
            self._bell.close()
            self._ringer.close()
        return self._code

    def stop(self) -> None:
        """End all; for a caller's ``ready`` or ``on_ready``."""
        self._ending = True

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if number == signal.SIGINT and any(r.child.foreground and r.process for r in self._all):
            return  # the terminal's Ctrl-C is for the one that has the terminal
        now = time.monotonic()
        if number != signal.SIGCHLD and now - self._wished > _TWICE:
            self._wished = now
            self._wishes += 1

    # -- starting ------------------------------------------------------------------------------

    def _start_due(self) -> None:
        now = time.monotonic()
        for running in self._all:
            if running.over or running.process is not None or running.child.stage > self._stage:
                continue
            self._sweep(running)
            if now >= running.restart and not running.target:
                self._start(running)

    def _start(self, running: _Running) -> None:
        child = running.child
        ours, theirs = socket.socketpair()
        output = None
        if child.log is not None:
            try:
                child.log.parent.mkdir(parents=True, exist_ok=True)
                output = child.log.open("ab", buffering=0)
            except OSError as error:
                raise StoreError(f"cannot write {child.log}: {error.strerror}") from error
        environment = dict(child.environment) | {SUPERVISOR_FD: str(theirs.fileno())}
        with theirs, contextlib.ExitStack() as stack:
            if output is not None:
                stack.enter_context(output)
            running.process = subprocess.Popen(  # noqa: S603 - the launcher's own commands
                child.command,
                env=environment,
                cwd=child.folder,
                stdin=None if child.foreground else subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(theirs.fileno(),),
                process_group=None if child.foreground else 0,
                preexec_fn=_die_with_parent(os.getpid()),  # noqa: PLW1509 - this process has one thread
            )
        ours.setblocking(False)
        running.channel = ours
        running.heard = 0
        running.half, running.reason = b"", ""
        running.ready = running.told = False
        running.started = time.monotonic()
        running.target = running.process.pid * (1 if child.foreground else -1)
        self._tell_reaper()

    # -- waiting -------------------------------------------------------------------------------

    def _wait(self) -> None:
        """Until a signal, a word from a child, or the next moment at which something is due."""
        now = time.monotonic()
        waits = [
            max(_POLL, running.restart - now)
            for running in self._all
            if running.process is None and not running.over and running.child.stage <= self._stage
        ]
        if any(r.process is not None and not r.ready and not r.child.announces for r in self._all):
            waits.append(_ASK)
        if any(r.process is not None and not r.ready and not r.told for r in self._all):
            waits.append(_SLOW)
        channels = [running.channel for running in self._all if running.channel is not None]
        select.select([self._bell, *channels], [], [], min(waits, default=None))
        with contextlib.suppress(BlockingIOError):
            self._bell.recv(4096)

    def _look(self) -> None:
        """See what has ended, what has become ready, and whether the next stage may begin."""
        for running in self._all:
            self._hear(running)
            if running.process is not None and running.process.poll() is not None:
                self._ended(running, running.process.returncode)
        if self._reaper is not None and self._reaper.poll() is not None:
            self._start_reaper()
        if all(running.over for running in self._all):
            self._ending = True
            return
        for running in self._all:
            if running.process is not None and not running.ready:
                running.ready = self._is_ready(running)
                running.was_ready |= running.ready
        present = [running for running in self._all if running.child.stage <= self._stage]
        if not self._announced and all(running.ready or running.over for running in present):
            later = [running.child.stage for running in self._all if running.child.stage > self._stage]
            if later:
                self._stage = min(later)
            else:
                self._announced = True
                self._on_ready()

    def _hear(self, running: _Running) -> None:
        if running.channel is None:
            return
        try:
            words = running.channel.recv(4096)
        except (BlockingIOError, ConnectionResetError):
            return
        if not words:
            running.channel.close()
            running.channel = None
            return
        *lines, running.half = (running.half + words).split(b"\n")
        for line in lines:
            if line == READY:
                running.heard += 1
            else:
                running.reason = reason_in(line) or running.reason

    def _is_ready(self, running: _Running) -> bool:
        child = running.child
        now = time.monotonic()
        if not running.told and now - running.started > _SLOW:
            running.told = True
            where = f"; its log: {child.log}" if child.log is not None else ""
            self._report(f"{child.name} is not ready yet, after {_SLOW:g} s{where}")
        if child.announces:
            return running.heard >= child.announces
        if child.ready is None:
            return True
        if now - running.asked < _ASK:
            return False
        running.asked = now
        return child.ready()

    # -- ending --------------------------------------------------------------------------------

    def _hear_last(self, running: _Running) -> None:
        """What an ended child has still to say: all is in the socket's buffer."""
        while running.channel is not None:
            before = len(running.half), running.heard, running.reason
            self._hear(running)
            if before == (len(running.half), running.heard, running.reason) and running.channel is not None:
                running.channel.close()
                running.channel = None

    def _ended(self, running: _Running, code: int) -> None:
        child = running.child
        running.process = None
        running.code = code
        self._hear_last(running)
        if child.foreground:
            running.target = 0  # its number may be another's from now on
            self._tell_reaper()
        elif running.target:
            send(running.target, signal.SIGTERM)
            running.sweep = time.monotonic() + GRACE
            self._sweep(running)
        never_ran = code in {HELD, UNLOADABLE} and not running.was_ready
        if not never_ran:
            self._make_safe(child)
        if self._ending or self._wishes:
            return
        if code == 0 or never_ran or child.foreground:
            running.over = True
            self._fail(code if never_ran else 1 if code else 0)
            self._ending |= child.foreground
            if never_ran and child.log is not None:
                self._report(f"{child.name} cannot start{_why(running)}")
            return
        if child.vital and not running.was_ready:
            self._report(f"{child.name} cannot start{_why(running)}")
            running.over = self._ending = True
            self._fail(1)
            return
        steady = time.monotonic() - running.started >= _STEADY
        running.failures = 0 if steady else running.failures + 1
        wait = min(_MOST, _FIRST * 2.0 ** min(running.failures, 16))
        running.restart = time.monotonic() + wait
        self._report(f"{child.name} has ended ({_how(code)}); starting it again in {wait:.1f} s")

    def _fail(self, code: int) -> None:
        self._code = self._code or code

    def _sweep(self, running: _Running) -> None:
        """End what a child has left behind: a worker without its master, a helper without its Thing."""
        if running.process is not None or not running.target:
            return
        if time.monotonic() > running.sweep:
            send(running.target, signal.SIGKILL)
        elif lives(running.target):
            return
        running.target = 0
        self._tell_reaper()

    def _make_safe(self, child: Child) -> None:
        problem = make_safe(child.outputs, child.environment)
        if problem:
            pins = ", ".join(str(output.pin) for output in child.outputs)
            self._report(f"OUTPUTS MAY NOT BE SAFE (pins {pins} of {child.name}): {problem}")

    def _stop_all(self) -> None:
        self._ending = True
        for stage in sorted({running.child.stage for running in self._all}, reverse=True):
            self._stop_stage(stage)
        while any(running.target for running in self._all):
            for running in self._all:
                self._sweep(running)
            time.sleep(_POLL)

    def _stop_stage(self, stage: int) -> None:
        left = [running for running in self._all if running.child.stage == stage and running.process]
        for running in left:
            self._signal(running, signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        before = max(self._wishes, 1)
        while left:
            if time.monotonic() > deadline or self._wishes > before:
                for running in left:
                    self._report(f"{running.child.name} does not end: killing it")
                    self._signal(running, signal.SIGKILL)
                deadline = float("inf")
                before = self._wishes
            select.select([self._bell], [], [], _POLL)
            with contextlib.suppress(BlockingIOError):
                self._bell.recv(4096)
            for running in left:
                if running.process is not None and running.process.poll() is not None:
                    self._ended(running, running.process.returncode)
            left = [running for running in left if running.process is not None]

    def _signal(self, running: _Running, number: int) -> None:
        if running.process is not None:
            running.process.send_signal(number)

    # -- the reaper ----------------------------------------------------------------------------

    def _start_reaper(self) -> None:
        self._reaper = subprocess.Popen(
            (sys.executable, "-m", "pyconfhoard.thing.reaper"),
            env=dict(self._environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._tell_reaper()

    def _tell_reaper(self, **words: object) -> None:
        left = {
            str(running.target): [str(output) for output in running.child.outputs]
            for running in self._all
            if running.target
        }
        if self._reaper is None or self._reaper.stdin is None:
            return
        line = json.dumps(words or {"left": left}).encode() + b"\n"
        with contextlib.suppress(BrokenPipeError):  # it died: _look starts another
            self._reaper.stdin.write(line)
            self._reaper.stdin.flush()

    def _dismiss_reaper(self) -> None:
        if self._reaper is None or self._reaper.stdin is None:
            return
        self._tell_reaper(done=True)
        with contextlib.suppress(BrokenPipeError):
            self._reaper.stdin.close()
        self._reaper.wait(GRACE)


def _how(code: int) -> str:
    """An exit code in words."""
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"


def _why(running: _Running) -> str:
    """Why a child could not start: in its own words, else by its exit code and the last lines of its log."""
    if running.reason:
        return f": {running.reason}"
    return f" ({_how(running.code or 0)}){_tail(running.child.log)}"


def _tail(log: Path | None) -> str:
    """The last lines of a log, to show why a child could not start."""
    if log is None:
        return ""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:]
    except OSError:
        return ""
    return ":\n" + "\n".join(f"  {line}" for line in lines)
