"""The supervisor's last will: ends what a supervisor that died has left, and makes outputs safe.

``kill -9`` gives a supervisor no moment to do so itself, a hung child ignores every polite wish, and
a gunicorn worker lives on for seconds without its master. So the supervisor starts this small
process first and tells it, one JSON object a line on its standard input, what there is::

    {"groups": {"<process group>": ["17=0", ...]}}        the outputs that belong to the group

An end of the input without ``{"done": true}`` before it means that the supervisor is dead: each group
gets SIGTERM at once and SIGKILL after :data:`GRACE`; then all outputs are made safe. Nothing but the
standard library's smallest parts is imported, so that it costs little to have.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterable
from typing import Final

__all__ = ["GRACE", "group_lives", "signal_group"]

GRACE: Final = 1.5
"""Seconds between SIGTERM and SIGKILL; with the rest it stays below three."""

_POLL: Final = 0.02


def signal_group(group: int, number: int) -> bool:
    """Send a signal to a process group; whether there was one."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def group_lives(group: int) -> bool:
    """Whether any process of the group is left (a zombie counts until its parent reads it)."""
    return signal_group(group, 0)


def _end(groups: Iterable[int]) -> None:
    left = [group for group in groups if signal_group(group, signal.SIGTERM)]
    deadline = time.monotonic() + GRACE
    while left and time.monotonic() < deadline:
        time.sleep(_POLL)
        left = [group for group in left if group_lives(group)]
    for group in left:
        signal_group(group, signal.SIGKILL)


def main() -> int:
    """Read until the end of the input, then do what it says."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: dict[str, list[str]] = {}
    for line in sys.stdin:
        told = json.loads(line)
        if told.get("done"):
            return 0
        groups = told["groups"]
    _end(int(group) for group in groups)
    outputs = [text for texts in groups.values() for text in texts]
    if outputs:
        from pyconfhoard.thing.outputs import Output, make_safe  # noqa: PLC0415 - only now needed

        problem = make_safe((Output.parse(text) for text in outputs), os.environ)
        if problem:
            sys.stderr.write(f"outputs may not be safe: {problem}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
