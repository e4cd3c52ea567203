"""The first-boot files: what runs now, made the first data of every owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyconfhoard.hoard.bridge import offload
from pyconfhoard.hoard.owners import subtree
from pyconfhoard.store.documents import write_document

if TYPE_CHECKING:
    from pyconfhoard.hoard.hoard import Hoard

__all__ = ["write_first_boot"]


async def write_first_boot(hoard: Hoard, *, session: str = "") -> tuple[int, tuple[str, ...]]:
    """Write ``startup/<owner>.json`` of every owner, all from one revision: that revision, and the files' names, relative
    to the hoard's folder. Raises :class:`~pyconfhoard.errors.Conflict` while another ``session`` has locked startup, and
    :class:`~pyconfhoard.errors.StoreError` when the disk fails: each file is the old one or the new one then."""
    hoard.locks.admit(session, "startup")
    state = hoard.state

    def write() -> None:
        for name, owner in state.owners.items():
            part = subtree(state.schema, state.owners, owner, state.running)
            hoard.files.write_startup(name, write_document(part))

    await offload(write)
    return state.revision, tuple(f"startup/{name}.json" for name in sorted(state.owners))
