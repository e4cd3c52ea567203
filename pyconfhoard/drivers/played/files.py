"""Small files that one process writes and others read: always whole, never half.

Nothing is synced to a disk: these are the states of a moment, and worth nothing after a power cut.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

__all__ = ["read_level", "write_level", "write_whole"]


def write_whole(file: Path, text: str) -> None:
    """Replace ``file``; readers see the old text or the new. Raises ``OSError``."""
    beside = file.with_name(f".{file.name}.{os.getpid()}.{threading.get_ident()}")
    beside.write_text(text, encoding="ascii")
    os.replace(beside, file)


def write_level(folder: Path, pin: int, level: int | None) -> None:
    """Show the level (0 or 1) of a pin that is driven; None: it is not driven any more."""
    file = folder / f"gpio{pin}"
    if level is None:
        file.unlink(missing_ok=True)
    else:
        write_whole(file, f"{level}\n")


def read_level(folder: Path, pin: int) -> int | None:
    """The level of a played pin; None when nobody drives it."""
    try:
        return int((folder / f"gpio{pin}").read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return None
