"""What ``yanglint`` says of messages and data, and whether we say the same."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from itertools import count
from pathlib import Path
from typing import Any, Literal

import pytest

from pyconfhoard.errors import Fault
from pyconfhoard.schema.repository import shipped_folder

Kind = Literal["rpc", "reply", "notif", "data"]
Judged = tuple[object, tuple[Fault, ...], str | None]
"""A case, our faults, and where the first of yanglint's is."""

needs_yanglint = pytest.mark.skipif(
    shutil.which("yanglint") is None, reason="needs yanglint (libyang2-tools)"
)


class Yanglint:
    """One module, and running configuration with state for messages to stand beside."""

    def __init__(self, folder: Path, text: str, beside: dict[str, Any]) -> None:
        shipped = shipped_folder()
        assert shipped is not None
        self._model = folder / "model.yang"
        self._model.write_text(text)
        self._beside = folder / "beside.json"
        self._beside.write_text(json.dumps(beside))
        self._paths = ["-p", str(shipped / "ietf")]
        self._folder = folder
        self._numbers = count()

    def __call__(self, kind: Kind, raw: dict[str, Any]) -> str | None:
        """Where the first fault is; None if it finds none."""
        asked = self._folder / f"{next(self._numbers)}.json"
        asked.write_text(json.dumps(raw))
        beside = [] if kind == "data" else ["-O", str(self._beside)]
        command = ["yanglint", *self._paths, "-t", kind, *beside, str(self._model), str(asked)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        asked.unlink()
        if done.returncode == 0:
            return None
        found = re.search(r"err : .*\((?:Data|Schema) location \"?(/[^\s]*?)\"?[,.)]", done.stderr)
        assert found is not None, done.stderr
        return found[1]


def disagreements(judged: list[Judged]) -> list[str]:
    """Where the verdicts differ, or where we have no fault at the place of yanglint's first one."""
    wrong = []
    for case, faults, theirs in judged:
        places = [_told(fault.path) for fault in faults]
        agree = not places if theirs is None else any(_near(place, _told(theirs)) for place in places)
        if not agree:
            wrong.append(f"{case}: ours {places}, yanglint's {theirs}")
    return wrong


def _told(path: str) -> str:
    """A fault's path with nothing in it that yanglint has otherwise: it leaves ``input`` and ``output`` out; for a
    list of the wrong length it names an entry, for a double the first, and values of leaf-lists by position."""
    return re.sub(r"\[[^\]]*\]$", "", re.sub(r"/(input|output)(?=/|$)", "", path))


def _near(place: str, theirs: str) -> bool:
    """The same place; or, as yanglint has it for a missing node, one above it, and for a missing choice its name
    below the node, which is where RFC 7950 section 15.6 has the fault."""
    return place == theirs or place.startswith(f"{theirs}/") or place == theirs.rpartition("/")[0]
