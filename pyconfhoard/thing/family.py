"""What a supervisor and the processes that it starts agree on."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Mapping
from typing import Final

__all__ = ["HELD", "READY", "SUPERVISOR_FD", "UNLOADABLE", "explain", "reason_in", "reason_line"]

SUPERVISOR_FD: Final = "PYCONF_SUPERVISOR_FD"
"""Environment variable: number of an inherited socket whose other end the supervisor has. A child
writes lines into it; it closes when the supervisor dies."""

READY: Final = b"ready"
"""The line for each Thing that is at work."""

HELD: Final = 75
"""Exit code of a Thing: another process is this Thing (EX_TEMPFAIL of sysexits)."""

UNLOADABLE: Final = 78
"""Exit code of a Thing: its file is no thing, or hardware that it asks for is not there; trying again will not help
(EX_CONFIG of sysexits)."""


def reason_line(text: str) -> bytes:
    """The line by which a child says why it ends: the supervisor's last word on it."""
    return json.dumps({"reason": text}).encode() + b"\n"


def reason_in(line: bytes) -> str:
    """The reason that a line gives; empty when it is another one."""
    try:
        told = json.loads(line)
    except ValueError:
        return ""
    return str(told.get("reason", "")) if isinstance(told, dict) else ""


def explain(text: str, environ: Mapping[str, str] = os.environ) -> None:
    """Tell the supervisor, if there is one, why this process ends."""
    number = environ.get(SUPERVISOR_FD, "")
    if not number.isdecimal():
        return
    with contextlib.suppress(OSError), socket.socket(fileno=os.dup(int(number))) as supervisor:
        supervisor.sendall(reason_line(text))  # whoever inherits the variable may not have the socket
