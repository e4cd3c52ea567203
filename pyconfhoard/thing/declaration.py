"""What a thing file declares, found out without loading it here.

The launcher must know name and outputs of a Thing, but must not have its code (and its drivers) in
the process that supervises it, which may never hang or grow. So a process of its own constructs the
Thing, without link and without ``setup``, and tells.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pyconfhoard.errors import HoardError, NotFound
from pyconfhoard.thing.outputs import Output

__all__ = ["Declaration", "InvalidThing", "describe"]

_PATIENCE: Final = 60.0
"""Seconds that a file gets to be loaded and described."""


class InvalidThing(HoardError, ValueError):
    """A file that is no thing: ``X not a valid thing - cannot launch: why``."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} not a valid thing - cannot launch: {reason}")


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a thing file declares, known without running it."""

    file: Path
    name: str
    module: str
    path: str
    title: str
    follows: tuple[str, ...] = ()
    outputs: tuple[Output, ...] = ()


def describe(path: Path, environment: Mapping[str, str]) -> Declaration:
    """What a thing file declares, found out in another process.

    Raises :class:`NotFound` or :class:`InvalidThing`.
    """
    if not path.is_file():
        raise NotFound(f"{path} does not exist")
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            (sys.executable, "-m", "pyconfhoard.thing.loader", str(path)),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InvalidThing(path, f"loading it takes more than {_PATIENCE:g} s") from error
    if done.returncode != 0:
        raise InvalidThing(path, _last_words(path, done.stderr))
    told: dict[str, Any] = json.loads(done.stdout)
    return Declaration(
        path,
        told["name"],
        told["module"],
        told["path"],
        told["title"],
        tuple(told["follows"]),
        tuple(Output.parse(text) for text in told["outputs"]),
    )


def _last_words(path: Path, errors: str) -> str:
    """The reason in a traceback or message: its last line, and the line of the file that it names."""
    lines = [line for line in errors.splitlines() if line.strip()]
    if not lines:
        return "it ended without a word"
    reason = lines[-1].split(" - cannot launch: ", 1)[-1].strip()
    places = re.findall(rf'File "[^"]*{re.escape(path.name)}", line (\d+)', errors)
    return f"{reason} (line {places[-1]})" if places else reason
