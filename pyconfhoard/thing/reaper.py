"""The supervisor's last will: ends what a supervisor that died has left, and makes outputs safe.

``kill -9`` gives a supervisor no moment to do so itself, a hung child ignores every polite wish, and
a gunicorn worker lives on for seconds without its master. So the supervisor starts this small
process first and tells it, one JSON object a line on its standard input, what there is::

    {"left": {"<target>": ["17=0", ...]}}        the outputs that belong to it

An end of the input without ``{"done": true}`` before it means that the supervisor is dead: each target
(as kill(2) has it: a process, or below zero a group) gets SIGTERM at once and SIGKILL after :data:`GRACE`;
then all outputs are made safe. Nothing but the standard library's smallest parts is imported, so that it
costs little to have.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterable
from typing import Final

__all__ = ["GRACE", "lives", "send"]

GRACE: Final = 1.5
"""Seconds between SIGTERM and SIGKILL; with the rest it stays below three."""

_POLL: Final = 0.02


def send(target: int, number: int) -> bool:
    """Send a signal to a process, or below zero to a group; whether there was one."""
    try:
        os.kill(target, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def lives(target: int) -> bool:
    """Whether anything of it is left (a zombie counts until its parent has read it)."""
    return send(target, 0)


def _end(targets: Iterable[int]) -> None:
    left = [target for target in targets if send(target, signal.SIGTERM)]
    deadline = time.monotonic() + GRACE
    while left and time.monotonic() < deadline:
        time.sleep(_POLL)
        left = [target for target in left if lives(target)]
    for target in left:
        send(target, signal.SIGKILL)


def main() -> int:
    """Read until the end of the input, then do what it says."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    left: dict[str, list[str]] = {}
    for line in sys.stdin:
        told = json.loads(line)
        if told.get("done"):
            return 0
        left = told["left"]
    _end(int(target) for target in left)
    outputs = [text for texts in left.values() for text in texts]
    if outputs:
        from pyconfhoard.thing.outputs import Output, make_safe  # noqa: PLC0415 - only now needed

        problem = make_safe((Output.parse(text) for text in outputs), os.environ)
        if problem:
            sys.stderr.write(f"outputs may not be safe: {problem}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
