"""What the disk of a datastore is good for: advice to the owner of a card.

Readings change every few seconds. Their files (``operational/``) are never synced, but the kernel writes them out all the
same after half a minute, and a card wears. On a tmpfs they cost nothing, and the last ones are in the hoard anyway. The
other folders belong on the disk: ``run/`` has tokens by which Things are known.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pyconfhoard.store.lock import file_system

__all__ = ["advice"]

_MEMORY: Final = frozenset({"tmpfs", "ramfs"})


def advice(
    folder: Path,
    *,
    board: Path = Path("/proc/device-tree/model"),
    mountinfo: Path = Path("/proc/self/mountinfo"),
) -> str:
    """A line for the log where readings are written to the card of a board (the kernel tells its model in the file ``board``);
    empty where all is well, or nothing is known."""
    try:
        model = board.read_text(encoding="utf-8", errors="replace").strip("\0\n ")
    except OSError:
        return ""
    place = folder / "operational"
    kind = file_system(place, mountinfo)
    if not kind or kind in _MEMORY:
        return ""
    return (
        f"{place} is on a disk ({kind}) of this {model}: readings, which change all the time, wear a card. "
        "Mount a tmpfs there (Documentation/operation.md tells how)"
    )
