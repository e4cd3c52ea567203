"""What a supervisor and the processes that it starts agree on."""

from __future__ import annotations

from typing import Final

__all__ = ["HELD", "SUPERVISOR_FD", "UNLOADABLE"]

SUPERVISOR_FD: Final = "PYCONF_SUPERVISOR_FD"
"""Environment variable: number of an inherited socket whose other end the supervisor has. A child
writes a line into it for each Thing that is at work; it closes when the supervisor dies."""

HELD: Final = 75
"""Exit code of a Thing: another process is this Thing."""

UNLOADABLE: Final = 78
"""Exit code of a Thing: its file is no thing; trying again will not help."""
