"""Tables of rules about models: a fact, a small YANG text, and what is said about it."""

import re
from pathlib import Path
from typing import TypeAlias

from yang_text import module, write

from pyconfhoard.errors import ModelError
from pyconfhoard.schema import load

Text: TypeAlias = str | tuple[str, ...]
"""Bodies of module ``m``; or whole modules, ``m`` among them."""


def texts(given: Text) -> list[str]:
    each = (given,) if isinstance(given, str) else given
    return [
        text if re.match(r"\s*(/[/*].*\n\s*)*(sub)?module\s", text) else module("m", text) for text in each
    ]


def judged(folder: Path, given: Text) -> str:
    """The refusal in words, empty for a model that is right; each of its faults has its place."""
    write(folder, *texts(given))
    try:
        load(["m"], folders=[folder])
    except ModelError as refusal:
        faults = refusal.faults
    else:
        return ""
    assert all(fault.place is not None for fault in faults), faults
    return "\n".join(map(str, faults))
