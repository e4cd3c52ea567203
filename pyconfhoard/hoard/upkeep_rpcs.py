"""The rpcs of ``pyconfhoard-upkeep``: a check of what is stored, and the first-boot files."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from weakref import WeakSet

from pyconfhoard.errors import Conflict, Fault, StoreError
from pyconfhoard.hoard.bridge import offload
from pyconfhoard.hoard.calls import Call, Handler
from pyconfhoard.hoard.first_boot import write_first_boot
from pyconfhoard.hoard.rpc_parts import Output
from pyconfhoard.store.beside import Checked, read_answer

if TYPE_CHECKING:
    from pyconfhoard.hoard.hoard import Hoard

__all__ = ["UPKEEP_RPCS"]

_CHECKED: WeakSet[Hoard] = WeakSet()
"""Hoards that are being checked."""


async def _check(hoard: Hoard, call: Call) -> Output:
    if hoard in _CHECKED:
        message = "the datastore is being checked already: ask again when that is done"
        raise Conflict(Fault("in-use", message))
    _CHECKED.add(hoard)
    try:
        found = await _apart(str(hoard.folder.absolute()))
    finally:
        _CHECKED.discard(hoard)
    told = {"problem": list(found.problems)} if found.problems else {}
    return {"revision": str(found.revision), **told} if found.revision else told


async def _apart(folder: str) -> Checked:
    """The check, made by a process of its own, which ends with whoever waits for it."""
    command = (sys.executable, "-m", "pyconfhoard.store.beside", folder)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603 - our own
    try:
        out, err = await offload(process.communicate)
    finally:
        process.kill()  # the thread that waits for it goes on then; one that has ended is not touched
    return _understood(process.returncode, out, err)


def _understood(code: int, out: bytes, err: bytes) -> Checked:
    if code:
        last = err.decode(errors="replace").strip().rpartition("\n")[2]
        how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        raise StoreError(
            Fault("operation-failed", f"the check {how}: {last}" if last else f"the check {how}")
        )
    return read_answer(out)


async def _write_first_boot_files(hoard: Hoard, call: Call) -> Output:
    revision, files = await write_first_boot(hoard, session=call.session)
    return {"revision": str(revision), "file": list(files)}


UPKEEP_RPCS: Final[Mapping[str, Handler]] = {
    "pyconfhoard-upkeep:check": _check,
    "pyconfhoard-upkeep:write-first-boot-files": _write_first_boot_files,
}
